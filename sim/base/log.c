/* See log.h. */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/list.h"
#include "base/text.h"
#include "base/timefmt.h"

#define LONGEST_FACT 500 /* bytes: a line of several still goes out in one piece */

static enum log_form log_form = LOG_TEXT;
static int64_t dropped;

void log_open(enum log_form form)
{
    log_form = form;
}

bool log_wanted(void)
{
    return log_form != LOG_OFF;
}

/* ---- A line as text or JSON ---- */

/* What strangers sent, cut where it is long, but not inside a character. */
static const char *shortened(struct arena *a, const char *s)
{
    size_t n = strnlen(s, LONGEST_FACT + 1);
    if (n <= LONGEST_FACT)
        return s;
    for (n = LONGEST_FACT; n && ((unsigned char)s[n] & 0xc0) == 0x80;)
        n--;
    return arena_printf(a, "%.*s…", (int)n, s);
}

static const char *json_line(struct arena *a, const char *when, const char *what,
                             const struct value *facts)
{
    struct value *line = value_new(a, VALUE_MAP);
    value_add_text(a, line, "time", when);
    value_add_text(a, line, "event", what);
    for (const struct value *v = facts ? facts->first : NULL; v; v = v->next) {
        struct value *copy = arena_new(a, struct value);
        *copy = *v;
        copy->next = NULL;
        if (v->type == VALUE_TEXT)
            copy->text = shortened(a, v->text);
        value_add(line, v->key, copy);
    }
    return value_to_json(a, line, JSON_ONLY_ASCII);
}

/* Control characters move a terminal's cursor: C0, DEL, C1 in UTF-8, and bytes that are no text. */
static bool is_control(const unsigned char *at, bool is_text)
{
    bool second = (*at & 0xc0) == 0x80; /* of C1 both bytes; is_text: there is one before */
    const unsigned char *c1 = is_text && second ? at - 1 : at;
    return *at < 0x20 || *at == 0x7f || (*at >= 0x80 && !is_text)
           || (c1[0] == 0xc2 && c1[1] >= 0x80 && c1[1] < 0xa0);
}

/* In quotes where a blank, a quote or an escape is in it, or nothing. */
static const char *quoted(struct arena *a, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    bool is_text = text_is_xml(s, strlen(s)), plain = *s != '\0';
    char *copy = arena_alloc(a, 4 * strlen(s) + 3), *to = copy + 1;
    for (const unsigned char *at = (const unsigned char *)s; *at; at++) {
        bool control = is_control(at, is_text);
        plain &= !control && !strchr(" \"=\\", *at);
        if (*at == '"' || *at == '\\')
            *to++ = '\\';
        if (control) {
            *to++ = '\\';
            *to++ = 'x';
            *to++ = hex[*at >> 4];
            *to++ = hex[*at & 15];
        } else {
            *to++ = (char)*at;
        }
    }
    if (plain)
        return copy + 1;
    copy[0] = *to = '"';
    return copy;
}

static const char *text_line(struct arena *a, const char *when, const char *what,
                             const struct value *facts)
{
    struct list words = { 0 };
    strs_add(a, &words, when);
    strs_add(a, &words, what);
    for (const struct value *v = facts ? facts->first : NULL; v; v = v->next) {
        const char *fact = value_scalar(a, v);
        if (fact)
            strs_add(a, &words, arena_printf(a, "%s=%s", v->key, quoted(a, shortened(a, fact))));
    }
    return strs_join(a, &words, " ");
}

/* ---- Writing, without ever waiting ---- */

/* A pipe that can be written to takes PIPE_BUF bytes at once; a socket says itself when it can't.
 * The descriptor is not made non-blocking: others have it, too. */
static bool write_now(const char *line, size_t n)
{
    struct pollfd err = { .fd = STDERR_FILENO, .events = POLLOUT };
    if (n > PIPE_BUF || poll(&err, 1, 0) != 1 || !(err.revents & POLLOUT)
        || err.revents & (POLLERR | POLLNVAL))
        return false;
    ssize_t sent = send(STDERR_FILENO, line, n, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == ENOTSOCK)
        sent = write(STDERR_FILENO, line, n);
    return sent == (ssize_t)n;
}

/* ---- Lines that wait for others ---- */

static struct {
    bool on;
    char bytes[PIPE_BUF];
    size_t size;
    int64_t lines, told; /* told: how many were dropped, as one of the lines says */
} gathered;

void log_flush(void)
{
    if (gathered.size && !write_now(gathered.bytes, gathered.size))
        dropped += gathered.lines + gathered.told;
    gathered.size = 0;
    gathered.lines = gathered.told = 0;
}

bool log_waits(void)
{
    return gathered.size > 0;
}

static bool write_line(const char *line, size_t n)
{
    if (!gathered.on)
        return write_now(line, n);
    if (gathered.size + n > sizeof gathered.bytes)
        log_flush();
    if (n > sizeof gathered.bytes)
        return false;
    memcpy(gathered.bytes + gathered.size, line, n);
    gathered.size += n;
    return true;
}

static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
static struct sigaction before[sizeof fatal / sizeof *fatal];

static void give_signals_back(void)
{
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &before[i], NULL);
}

/* What went wrong happens once more when this returns, and then to whoever was there before; a
 * signal that somebody sent is sent again. */
static void on_crash(int which, siginfo_t *why, void *context)
{
    (void)context;
    give_signals_back();
    log_flush();
    if (why->si_code <= 0)
        raise(which);
}

void log_gather(bool gather)
{
    static const struct sigaction crash = { .sa_sigaction = on_crash, .sa_flags = SA_SIGINFO };
    static bool at_exit;
    if (gather == gathered.on)
        return;
    log_flush();
    gathered.on = gather;
    if (!gather) {
        give_signals_back();
        return;
    }
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &crash, &before[i]);
    if (!at_exit)
        at_exit = atexit(log_flush) == 0;
}

/* ---- Events ---- */

static bool put_line(struct arena *a, const char *what, const struct value *facts)
{
    const char *when = time_format_ms(a, machine_time_ms());
    const char *line =
        log_form == LOG_JSON ? json_line(a, when, what, facts) : text_line(a, when, what, facts);
    line = arena_printf(a, "%s\n", line);
    return write_line(line, strlen(line));
}

void log_event(struct arena *a, const char *what, const struct value *facts)
{
    if (log_form == LOG_OFF)
        return;
    if (dropped) {
        struct value *missing = value_new(a, VALUE_MAP);
        value_add_int(a, missing, "dropped", dropped);
        if (put_line(a, "log", missing)) {
            gathered.told += gathered.on ? dropped : 0;
            dropped = 0;
        }
    }
    if (dropped || !put_line(a, what, facts))
        dropped++;
    else
        gathered.lines += gathered.on;
}

void bug_at(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "amisim: bug at %s:%d: ", file, line);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    abort(); /* what was gathered goes out by its signal */
}
