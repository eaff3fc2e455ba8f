/* echo and printf. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_format.h"
#include "guest/shell/shell_quote.h"

/* ---- Escapes ---- */

/* One behind a backslash at s; gives its length with the backslash, 0: \c, which ends all. */
static size_t escape(const char *s, bool octal_needs_0, char *ret)
{
    static const char from[] = "abefnrtv\\", to[] = "\a\b\033\f\n\r\t\v\\";
    const char *known = s[1] ? strchr(from, s[1]) : NULL;
    unsigned value = 0;
    size_t n = 1, most;
    if (known) {
        *ret = to[known - from];
        return 2;
    }
    if (s[1] == 'c')
        return 0;
    if (s[1] == 'x' && isxdigit((unsigned char)s[2])) {
        for (n = 2; n < 4 && isxdigit((unsigned char)s[n]); n++)
            value =
                value * 16
                + (unsigned)(isdigit((unsigned char)s[n]) ? s[n] - '0' : (s[n] | 32) - 'a' + 10);
        *ret = (char)value;
        return n;
    }
    bool zero = s[1] == '0';
    if ((octal_needs_0 && !zero) || s[1] < '0' || s[1] > '7') {
        *ret = '\\';
        return 1;
    }
    most = zero && octal_needs_0 ? 5 : 4;
    for (n = 1; n < most && s[n] >= '0' && s[n] <= '7'; n++)
        value = value * 8 + (unsigned)(s[n] - '0');
    *ret = (char)value;
    return n;
}

/* False: \c was met. */
static bool add_escaped(struct shell *sh, struct buffer *out, const char *s)
{
    while (*s) {
        char c = *s;
        size_t n = c == '\\' ? escape(s, true, &c) : 1;
        if (!n)
            return false;
        buffer_add(sh->s->a, out, &c, 1);
        s += n;
    }
    return true;
}

/* ---- echo ---- */

static bool is_echo_option(const char *word)
{
    return word[0] == '-' && word[1] && word[1 + strspn(word + 1, "neE")] == '\0';
}

static int64_t run_echo(struct shell *sh, size_t n, const char *const *words)
{
    struct buffer out = { 0 };
    bool newline = true, escapes = !sh->bash;
    size_t at = 1;
    for (; at < n && (sh->bash ? is_echo_option(words[at]) : at == 1 && text_is(words[at], "-n"));
         at++) {
        for (const char *letter = words[at] + 1; *letter; letter++) {
            newline &= *letter != 'n';
            escapes = *letter == 'e' || (escapes && *letter != 'E');
        }
    }
    for (size_t i = at; i < n && !shell_stopped(sh); i++) {
        if (i > at)
            buffer_add(sh->s->a, &out, " ", 1);
        if (!escapes)
            buffer_add_text(sh->s->a, &out, words[i]);
        else if (!add_escaped(sh, &out, words[i])) {
            newline = false;
            break;
        }
    }
    if (newline)
        buffer_add(sh->s->a, &out, "\n", 1);
    shell_put(sh, out.at, out.n);
    return 0;
}

/* ---- printf ---- */

struct printing {
    struct shell *sh;
    size_t n, at;
    const char *const *words;
    struct buffer out;
    int64_t status;
    bool over; /* \c */
};

static const char *next_argument(struct printing *p)
{
    return p->at < p->n ? p->words[p->at++] : NULL;
}

static int64_t next_number(struct printing *p)
{
    const char *text = next_argument(p);
    char *end;
    int64_t value;
    if (!text || !*text)
        return 0;
    if (*text == '\'' || *text == '"')
        return (unsigned char)text[1];
    value = strtoll(text, &end, 0);
    if (*end) {
        if (p->sh->bash)
            shell_protest(p->sh, "printf: %s: invalid number", text);
        else
            shell_protest(p->sh,
                          end == text ? "printf: %s: expected numeric value"
                                      : "printf: %s: not completely converted",
                          text);
        p->status = 1;
    }
    return value;
}

static double next_real(struct printing *p)
{
    const char *text = next_argument(p);
    return text ? strtod(text, NULL) : 0;
}

static int64_t star(void *of)
{
    return next_number(of);
}

/* strftime's %(…)T of bash, in UTC. */
static const char *print_time(struct printing *p, const char *s)
{
    const char *end = strchr(s, ')');
    if (!end || end[1] != 'T')
        return NULL;
    const char *format = arena_strndup(p->sh->s->a, s + 1, (size_t)(end - s - 1));
    int64_t seconds = p->at < p->n ? next_number(p) : -1;
    int64_t now = seconds < 0 ? shell_now(p->sh) : seconds * SECOND_MS;
    buffer_add_text(p->sh->s->a, &p->out,
                    time_format(p->sh->s->a, *format ? format : "%H:%M:%S", now));
    return end + 2;
}

static void print_text(struct printing *p, const struct conversion *c, char kind)
{
    const char *text = next_argument(p);
    struct buffer escaped = { 0 };
    text = text ? text : "";
    if (kind == 'b') {
        p->over = !add_escaped(p->sh, &escaped, text);
        format_text(p->sh->s->a, &p->out, c, buffer_text(p->sh->s->a, &escaped), escaped.n);
        return;
    }
    if (kind == 'q')
        text = quote_backslash(p->sh->s->a, text);
    format_text(p->sh->s->a, &p->out, c, text, kind == 'c' ? *text != '\0' : strlen(text));
}

/* Behind a percent sign; NULL: it is none that is known. */
static const char *print_one(struct printing *p, const char *s)
{
    struct conversion c;
    if (*s == '%') {
        buffer_add(p->sh->s->a, &p->out, "%", 1);
        return s + 1;
    }
    if (*s == '(' && p->sh->bash)
        return print_time(p, s);
    s = format_read(s, &c, star, p);
    shell_spend(p->sh, (size_t)(c.width < 0 ? -c.width : c.width));
    if (*s && strchr("diouxX", *s))
        format_integer(p->sh->s->a, &p->out, &c, *s, next_number(p));
    else if (*s && strchr("eEfFgG", *s))
        format_real(p->sh->s->a, &p->out, &c, *s, next_real(p));
    else if (*s && strchr(p->sh->bash ? "sbcq" : "sbc", *s))
        print_text(p, &c, *s);
    else
        return NULL;
    return s + 1;
}

static void print_format(struct printing *p, const char *format)
{
    for (const char *s = format; *s && !p->over && !shell_stopped(p->sh);) {
        char c = *s;
        size_t n = c == '\\' ? escape(s, false, &c) : 1;
        if (*s == '%') {
            const char *next = print_one(p, s + 1);
            if (!next) {
                shell_protest(p->sh, "printf: `%s': invalid format character", s + 1);
                p->status = 1;
                p->over = true;
                return;
            }
            s = next;
            continue;
        }
        if (c == '\\' && n == 1 && (s[1] == '"' || s[1] == '\'')) {
            c = s[1];
            n = 2;
        }
        p->over = !n;
        if (n)
            buffer_add(p->sh->s->a, &p->out, &c, 1);
        s += n;
    }
}

static int64_t run_printf(struct shell *sh, size_t n, const char *const *words)
{
    struct printing p = { .sh = sh, .n = n, .words = words, .at = 1 };
    const char *into = NULL;
    if (sh->bash && n > 2 && text_is(words[1], "-v")) {
        into = words[2];
        p.at = 3;
    }
    if (p.at < n && text_is(words[p.at], "--"))
        p.at++;
    if (p.at >= n) {
        shell_protest(sh, sh->bash ? "printf: usage: printf [-v var] format [arguments]"
                                   : "printf: usage: printf format [arg ...]");
        return 2;
    }
    const char *format = words[p.at++];
    for (;;) {
        size_t before = p.at;
        print_format(&p, format);
        if (p.at >= n || p.at == before || p.over || shell_stopped(sh))
            break;
        shell_step(sh);
    }
    if (into)
        variable_set(sh, into, buffer_text(sh->s->a, &p.out));
    else
        shell_put(sh, p.out.at, p.out.n);
    return p.status;
}

BUILTIN(echo, "echo", run_echo);
BUILTIN(printf, "printf", run_printf);
