/* The log: nobody waits for it, what is lost is counted, and no line is more than one line. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fresh.h"

#include "base/log.h"
#include "base/text.h"

static int reader;

/* Standard error becomes one end, `reader` is the other. */
static void begin(bool as_socket)
{
    int ends[2];
    ck_assert_int_eq(as_socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : pipe(ends), 0);
    reader = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    fcntl(reader, F_SETFL, O_NONBLOCK);
}

static size_t drain(char *into, size_t room)
{
    size_t n = 0;
    for (ssize_t got; n + 1 < room && (got = read(reader, into + n, room - 1 - n)) > 0;)
        n += (size_t)got;
    into[n] = '\0';
    return n;
}

static const char *logged(struct arena *a, const char *key, const char *text)
{
    char *line = arena_alloc(a, 8192);
    struct value *facts = value_new(a, VALUE_MAP);
    value_add_text(a, facts, key, text);
    log_event(a, "happened", facts);
    drain(line, 8192);
    return strchr(line, ' ') ? line : NULL;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

START_TEST(test_full)
{
    static char text[1 << 22];
    struct arena a = { 0 };
    struct value *facts = value_new(&a, VALUE_MAP);
    value_add_text(&a, facts, "is", "full");
    begin(_i & 1);
    log_open(_i & 2 ? LOG_JSON : LOG_TEXT);
    for (int i = 0; i < 20000; i++)
        log_event(&a, "it", facts);
    drain(text, sizeof text);
    size_t written = count_lines(text);
    ck_assert_uint_lt(written, 20000);
    ck_assert_uint_gt(written, 50);
    log_event(&a, "it", facts);
    drain(text, sizeof text);
    ck_assert_uint_eq(count_lines(text), 2);
    ck_assert_ptr_nonnull(strstr(
        text,
        arena_printf(&a, _i & 2 ? "\"event\":\"log\",\"dropped\":%zu}\n" : " log dropped=%zu\n",
                     20000 - written)));
    log_event(&a, "it", facts);
    drain(text, sizeof text);
    ck_assert_uint_eq(count_lines(text), 1);
    arena_release(&a);
}
END_TEST

START_TEST(test_text)
{
    static const char *const cases[][2] = {
        { "plain-1:2/3", " happened k=plain-1:2/3\n" },
        { "", " happened k=\"\"\n" },
        { "two words", " happened k=\"two words\"\n" },
        { "a=b", " happened k=\"a=b\"\n" },
        { "say \"no\" \\", " happened k=\"say \\\"no\\\" \\\\\"\n" },
        { "a\n2026 request", " happened k=\"a\\x0a2026 request\"\n" },
        { "\x1b[2J\x7f", " happened k=\"\\x1b[2J\\x7f\"\n" },
        { "\xc2\x9b"
          "2J",
          " happened k=\"\\xc2\\x9b2J\"\n" },
        { "\xc3\xa4", " happened k=\xc3\xa4\n" },
        { "\xff\xc3", " happened k=\"\\xff\\xc3\"\n" },
    };
    struct arena a = { 0 };
    begin(false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(strchr(logged(&a, "k", cases[i][0]), ' '), cases[i][1]);
    arena_release(&a);
}
END_TEST

START_TEST(test_json)
{
    struct arena a = { 0 };
    begin(false);
    log_open(LOG_JSON);
    const char *error, *line = logged(&a, "two words", "a\n\"\x1b\xc2\x9b");
    if (!line)
        ck_abort_msg("nothing was written");
    struct value *v = value_from_json(&a, line, strlen(line), &error);
    ck_assert_str_eq(value_text(v, "two words"), "a\n\"\x1b\xc2\x9b");
    ck_assert_ptr_nonnull(strstr(line, "\\u009B"));
    ck_assert_uint_eq(count_lines(line), 1);
    arena_release(&a);
}
END_TEST

START_TEST(test_long)
{
    struct arena a = { 0 };
    char *text = arena_alloc(&a, 100001);
    memset(text, 'x', 100000);
    begin(false);
    const char *line = logged(&a, "k", text);
    ck_assert_uint_lt(strlen(line), 600);
    ck_assert_ptr_nonnull(strstr(line, "x\xe2\x80\xa6\n"));
    arena_release(&a);
}
END_TEST

/* ---- Lines that are gathered ---- */

START_TEST(test_gathered_lines_come_together)
{
    char text[8192];
    struct arena a = { 0 };
    begin(_i);
    log_gather(true);
    log_event(&a, "one", NULL);
    log_event(&a, "two", NULL);
    ck_assert(log_waits());
    ck_assert_uint_eq(drain(text, sizeof text), 0);
    log_flush();
    ck_assert(!log_waits());
    drain(text, sizeof text);
    ck_assert_uint_eq(count_lines(text), 2);
    ck_assert_ptr_nonnull(strstr(text, " one\n"));
    log_event(&a, "three", NULL);
    log_gather(false);
    ck_assert_uint_gt(drain(text, sizeof text), 0);
    arena_release(&a);
}
END_TEST

/* Each is there or counted, however full the other end is. */
START_TEST(test_gathered_lines_are_counted)
{
    static char text[1 << 22];
    struct arena a = { 0 };
    int64_t told = 0;
    begin(_i);
    log_gather(true);
    for (int i = 0; i < 20000; i++)
        log_event(&a, "it", NULL);
    log_flush();
    drain(text, sizeof text);
    size_t written = count_lines(text);
    ck_assert_uint_lt(written, 20000);
    log_event(&a, "it", NULL);
    log_flush();
    drain(text, sizeof text);
    const char *at = strstr(text, "dropped=");
    ck_assert(at && text_int(arena_strndup(&a, at + 8, strspn(at + 8, "0123456789")), &told));
    ck_assert_int_eq(told, 20000 - (int64_t)written);
    log_gather(false);
    arena_release(&a);
}
END_TEST

/* The last words before a crash are what one wants to read. */
START_TEST(test_a_crash_writes_them)
{
    static const int crashes[] = { SIGSEGV, SIGABRT, 0 };
    char text[8192];
    int status;
    struct arena a = { 0 };
    begin(false);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (!child) {
        log_gather(true);
        log_event(&a, "last", NULL);
        if (crashes[_i])
            raise(crashes[_i]);
        exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status != 0, crashes[_i] != 0);
    if (WIFSIGNALED(status)) /* a sanitizer makes an exit of it */
        ck_assert_int_eq(WTERMSIG(status), crashes[_i]);
    drain(text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, " last\n"));
    arena_release(&a);
}
END_TEST

/* Nobody at the other end, or no descriptor at all: life goes on. */
START_TEST(test_gone)
{
    struct arena a = { 0 };
    begin(_i);
    close(reader);
    log_event(&a, "lost", NULL);
    close(STDERR_FILENO);
    log_event(&a, "lost", NULL);
    arena_release(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("log");
    TCase *t = tcase_create("log");
    tcase_add_loop_test(t, test_full, 0, 4);
    tcase_add_test(t, test_text);
    tcase_add_test(t, test_json);
    tcase_add_test(t, test_long);
    tcase_add_loop_test(t, test_gathered_lines_come_together, 0, 2);
    tcase_add_loop_test(t, test_gathered_lines_are_counted, 0, 2);
    tcase_add_loop_test(t, test_a_crash_writes_them, 0, 3);
    tcase_add_loop_test(t, test_gone, 0, 2);
    suite_add_tcase(s, t);
    return run_suite(s);
}
