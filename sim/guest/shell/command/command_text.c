/* cat, head, tail, wc, tee, tac, rev, nl, seq, yes. See text_input.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/text_input.h"

#define MOST_YES 8192

/* ---- Input ---- */

int text_read(struct shell *sh, const char *command, const char *path, const char **ret,
              size_t *ret_n)
{
    if (text_is(path, "-")) {
        *ret = shell_input(sh, ret_n);
        return 0;
    }
    const char *why = shell_read(sh, path, ret, ret_n);
    if (!why)
        return 0;
    shell_complain(sh, "%s: %s: %s", command, path, why);
    return -1;
}

struct buffer text_read_all(struct shell *sh, const char *command, const struct list *paths,
                            int64_t *status)
{
    struct buffer all = { 0 };
    struct list input = { 0 };
    strs_add(shell_arena(sh), &input, "-");
    LIST_EACH (const char *, path, paths->count ? paths : &input) {
        const char *bytes;
        size_t n;
        if (text_read(sh, command, *path, &bytes, &n))
            *status = 1;
        else
            buffer_add(shell_arena(sh), &all, bytes, n);
    }
    buffer_text(shell_arena(sh), &all);
    return all;
}

struct list text_lines(struct shell *sh, const char *bytes, size_t n)
{
    struct list lines = { 0 };
    for (size_t at = 0; at < n;) {
        const char *end = memchr(bytes + at, '\n', n - at);
        size_t length = end ? (size_t)(end - bytes) - at : n - at;
        *list_add(shell_arena(sh), &lines, struct text_line) =
            (struct text_line){ bytes + at, length };
        at += length + 1;
    }
    shell_spend(sh, lines.count * sizeof(struct text_line));
    return lines;
}

bool text_read_count(const char *text, int64_t *ret)
{
    char *end;
    *ret = strtoll(text, &end, 10);
    if (*end == 'k' || *end == 'K' || *end == 'M') {
        *ret *= *end == 'M' ? 1 << 20 : 1024;
        end++;
        end += *end == 'B';
    }
    return end != text && !*end && *ret<INT32_MAX && * ret> - INT32_MAX;
}

/* ---- cat, tac, rev, nl, tee ---- */

static void show_numbered(struct shell *sh, const struct buffer *all, bool blank)
{
    struct list lines = text_lines(sh, all->at, all->n);
    int64_t number = 0;
    LIST_EACH (struct text_line, l, &lines) {
        if (l->n || blank)
            shell_say(sh, "%6lld\t", (long long)++number);
        shell_put(sh, l->at, l->n);
        shell_put(sh, "\n", 1);
    }
}

static int64_t run_cat(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "nbuAETvets" };
    bool numbers = false, blank = true;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        if (c != 'n' && c != 'b' && c != 'u') {
            shell_complain(sh, "cat: only -n, -b and -u are simulated: -%c", c);
            return 1;
        }
        numbers |= c == 'n' || c == 'b';
        blank &= c != 'b';
    }
    struct buffer all = text_read_all(sh, "cat", &o.rest, &status);
    if (numbers)
        show_numbered(sh, &all, blank);
    else
        shell_put(sh, all.at, all.n);
    return status;
}

static int64_t run_nl(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "b:" };
    bool blank = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o)); blank |= text_is(o.value, "a")) {
        if (c == '?')
            return 1;
    }
    struct buffer all = text_read_all(sh, "nl", &o.rest, &status);
    show_numbered(sh, &all, blank);
    return status;
}

static int64_t run_tac(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "" };
    int64_t status = 0;
    if (shell_option(&o))
        return 1;
    struct buffer all = text_read_all(sh, "tac", &o.rest, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    for (size_t i = lines.count; i-- > 0;) {
        const struct text_line *l = list_at(&lines, struct text_line, i);
        shell_put(sh, l->at, l->n);
        shell_put(sh, "\n", 1);
    }
    return status;
}

static int64_t run_rev(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "" };
    int64_t status = 0;
    if (shell_option(&o))
        return 1;
    struct buffer all = text_read_all(sh, "rev", &o.rest, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    LIST_EACH (struct text_line, l, &lines) {
        char *back = arena_strndup(shell_arena(sh), l->at, l->n);
        for (size_t i = 0; i < l->n; i++)
            back[i] = l->at[l->n - 1 - i];
        shell_put(sh, back, l->n);
        shell_put(sh, "\n", 1);
    }
    return status;
}

static int64_t run_tee(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "append", 'a', false }, { NULL, 0, 0 } };
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "ai", .names = names };
    bool append = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o)); append |= c == 'a') {
        if (c == '?')
            return 1;
    }
    size_t size;
    const char *bytes = shell_input(sh, &size);
    if (shell_stopped(sh))
        return 0;
    LIST_EACH (const char *, path, &o.rest) {
        const char *why =
            append ? shell_append(sh, *path, bytes, size) : shell_write(sh, *path, bytes, size);
        if (why) {
            shell_complain(sh, "tee: %s: %s", *path, why);
            status = 1;
        }
    }
    shell_put(sh, bytes, size);
    return status;
}

/* ---- head, tail ---- */

/* How much of n bytes `count` lines take from the front. */
static size_t front(const char *bytes, size_t n, int64_t count)
{
    size_t at = 0;
    while (count-- > 0 && at < n) {
        const char *end = memchr(bytes + at, '\n', n - at);
        at = end ? (size_t)(end - bytes) + 1 : n;
    }
    return at;
}

static int64_t count_lines(const char *bytes, size_t n)
{
    int64_t lines = 0;
    for (size_t i = 0; i < n; i++)
        lines += bytes[i] == '\n';
    return lines + (n && bytes[n - 1] != '\n');
}

struct ends {
    bool tail, bytes, from_start, from_end; /* tail -n +5; head -n -5 */
    int64_t count;
};

static void show_end(struct shell *sh, const struct ends *e, const char *bytes, size_t n)
{
    int64_t whole = e->bytes ? (int64_t)n : count_lines(bytes, n), first = 0, last = whole;
    if (e->tail)
        first = e->from_start ? e->count - 1 : whole - e->count;
    else
        last = e->from_end ? whole - e->count : e->count;
    first = first < 0 ? 0 : first;
    last = last > whole ? whole : last;
    if (first >= last)
        return;
    size_t from = e->bytes ? (size_t)first : front(bytes, n, first);
    size_t to = e->bytes ? (size_t)last : front(bytes, n, last);
    shell_put(sh, bytes + from, to - from);
}

static bool read_end_count(struct ends *e, const char *text)
{
    e->from_start = e->tail && *text == '+';
    e->from_end = !e->tail && *text == '-';
    if (!text_read_count(text, &e->count))
        return false;
    if (e->count < 0)
        e->count = -e->count;
    return true;
}

/* head -5 and tail +5 as they were once written. */
static struct list modern(struct shell *sh, size_t n, const char *const *words)
{
    struct list all = { 0 };
    for (size_t i = 0; i < n; i++) {
        bool old = i && words[i][0] == '-' && isdigit((unsigned char)words[i][1]);
        bool value = i && words[i - 1][0] == '-'
                     && (text_ends(words[i - 1], "n") || text_ends(words[i - 1], "c"));
        strs_add(shell_arena(sh), &all,
                 old && !value ? arena_printf(shell_arena(sh), "-n%s", words[i] + 1) : words[i]);
    }
    return all;
}

static int64_t show_ends(struct shell *sh, size_t n, const char *const *words, bool tail)
{
    static const struct shell_option_name names[] = { { "lines", 'n', true },
                                                      { "bytes", 'c', true },
                                                      { "quiet", 'q', false },
                                                      { "verbose", 'v', false },
                                                      { NULL, 0, 0 } };
    struct list all = modern(sh, n, words);
    struct shell_options o = { .sh = sh,
                               .n = all.count,
                               .words = all.items,
                               .letters = tail ? "n:c:qvfF" : "n:c:qv",
                               .names = names };
    struct ends e = { .tail = tail, .count = 10 };
    bool quiet = false, verbose = false, headed = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        e.bytes = c == 'c' || (e.bytes && c != 'n');
        quiet |= c == 'q';
        verbose |= c == 'v';
        if ((c == 'n' || c == 'c') && !read_end_count(&e, o.value)) {
            shell_complain(sh, "%s: invalid number of %s: '%s'", words[0],
                           e.bytes ? "bytes" : "lines", o.value);
            return 1;
        }
    }
    if (!o.rest.count)
        strs_add(shell_arena(sh), &o.rest, "-");
    LIST_EACH (const char *, path, &o.rest) {
        const char *bytes;
        size_t size;
        if (text_is(*path, "-")) {
            bytes = shell_input(sh, &size);
        } else {
            const char *why = shell_read(sh, *path, &bytes, &size);
            if (why) {
                shell_complain(sh, "%s: cannot open '%s' for reading: %s", words[0], *path, why);
                status = 1;
                continue;
            }
        }
        if ((o.rest.count > 1 && !quiet) || verbose)
            shell_say(sh, "%s==> %s <==\n", headed ? "\n" : "",
                      text_is(*path, "-") ? "standard input" : *path);
        headed = true;
        show_end(sh, &e, bytes, size);
    }
    return status;
}

static int64_t run_head(struct shell *sh, size_t n, const char *const *words)
{
    return show_ends(sh, n, words, false);
}

static int64_t run_tail(struct shell *sh, size_t n, const char *const *words)
{
    return show_ends(sh, n, words, true);
}

/* ---- wc ---- */

struct counts {
    int64_t lines, words, bytes;
};

static struct counts count(const char *bytes, size_t n)
{
    struct counts c = { .bytes = (int64_t)n };
    bool inside = false;
    for (size_t i = 0; i < n; i++) {
        bool blank = isspace((unsigned char)bytes[i]);
        c.lines += bytes[i] == '\n';
        c.words += !blank && !inside;
        inside = !blank;
    }
    return c;
}

static void show_counts(struct shell *sh, const struct counts *c, const char *shown, int width,
                        const char *name)
{
    const char *between = "";
    const int64_t values[] = { c->lines, c->words, c->bytes };
    for (int i = 0; i < 3; i++) {
        if (!strchr(shown, "lwc"[i]))
            continue;
        shell_say(sh, "%s%*lld", between, width, (long long)values[i]);
        between = " ";
    }
    shell_say(sh, *name ? " %s\n" : "%s\n", name);
}

static int64_t run_wc(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "lines", 'l', false },
                                                      { "words", 'w', false },
                                                      { "bytes", 'c', false },
                                                      { "chars", 'm', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "lwcm", .names = names
    };
    char shown[4] = { 0 };
    size_t kinds = 0;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        c = c == 'm' ? 'c' : c;
        if (!strchr(shown, c))
            shown[kinds++] = c;
    }
    bool input = !o.rest.count;
    if (input)
        strs_add(shell_arena(sh), &o.rest, "-");
    if (!kinds)
        memcpy(shown, "lwc", 4);
    struct counts total = { 0 };
    struct list each = { 0 };
    LIST_EACH (const char *, path, &o.rest) {
        const char *bytes;
        size_t size;
        struct counts *c = list_add(shell_arena(sh), &each, struct counts);
        c->bytes = -1;
        if (text_read(sh, "wc", *path, &bytes, &size)) {
            status = 1;
            continue;
        }
        *c = count(bytes, size);
        total.lines += c->lines;
        total.words += c->words;
        total.bytes += c->bytes;
    }
    bool only = strlen(shown) == 1 && o.rest.count == 1;
    int width = only ? 1
                : input
                    ? 7
                    : (int)strlen(arena_printf(shell_arena(sh), "%lld", (long long)total.bytes));
    for (size_t i = 0; i < o.rest.count; i++) {
        const struct counts *c = list_at(&each, struct counts, i);
        if (c->bytes >= 0)
            show_counts(sh, c, shown, width, input ? "" : *list_at(&o.rest, const char *, i));
    }
    if (o.rest.count > 1)
        show_counts(sh, &total, shown, width, "total");
    return status;
}

/* ---- seq, yes ---- */

static int64_t run_seq(struct shell *sh, size_t n, const char *const *words)
{
    const char *between = "\n";
    bool padded = false, first = true;
    int64_t from = 1, step = 1, to;
    size_t at = 1;
    for (; at < n && (text_is(words[at], "-w") || text_is(words[at], "-s")); at++) {
        padded |= text_is(words[at], "-w");
        if (text_is(words[at], "-s") && at + 1 < n)
            between = words[++at];
    }
    size_t left = n - at;
    const char *bad = NULL;
    if (left < 1 || left > 3) {
        shell_complain(sh, left ? "seq: extra operand '%s'" : "seq: missing operand%s",
                       left ? words[at + 3] : "");
        return 1;
    }
    if (!text_int(words[n - 1], &to))
        bad = words[n - 1];
    if (left > 1 && !text_int(words[at], &from))
        bad = words[at];
    if (left > 2 && (!text_int(words[at + 1], &step) || !step))
        bad = words[at + 1];
    if (bad) {
        shell_complain(sh, "seq: invalid floating point argument: '%s'", bad);
        return 1;
    }
    int a = (int)strlen(words[n - 1]), b = left > 1 ? (int)strlen(words[at]) : 1;
    for (int64_t i = from; step > 0 ? i <= to : i >= to; i += step) {
        shell_say(sh, "%s%0*lld", first ? "" : between, padded ? (a > b ? a : b) : 1, (long long)i);
        first = false;
        if (shell_stopped(sh))
            return 1;
    }
    if (!first)
        shell_say(sh, "\n");
    return 0;
}

/* Until somebody stops reading: here, after some. */
static int64_t run_yes(struct shell *sh, size_t n, const char *const *words)
{
    struct list all = { (void *)(words + 1), n - 1, n - 1 };
    const char *text = n > 1 ? strs_join(shell_arena(sh), &all, " ") : "y";
    for (size_t said = 0; said < MOST_YES && !shell_stopped(sh); said += strlen(text) + 1)
        shell_say(sh, "%s\n", text);
    return 141;
}

COMMAND(cat, "cat", run_cat);
COMMAND(nl, "nl", run_nl);
COMMAND(tac, "tac", run_tac);
COMMAND(rev, "rev", run_rev);
COMMAND(tee, "tee", run_tee);
COMMAND(head, "head", run_head);
COMMAND(tail, "tail", run_tail);
COMMAND(wc, "wc", run_wc);
COMMAND(seq, "seq", run_seq);
COMMAND(yes, "yes", run_yes);
