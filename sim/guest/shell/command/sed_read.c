/* See sed.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/sed.h"

struct reader {
    struct sed_script *s;
    struct arena *a;
    const char *whole, *at;
    struct list open; /* size_t: braces */
    const char *error;
};

static void wrong(struct reader *r, const char *what)
{
    if (!r->error)
        r->error =
            arena_printf(r->a, "-e expression #1, char %zu: %s", (size_t)(r->at - r->whole), what);
}

/* Up to the next delimiter; \n stands for a newline, and a delimiter behind a backslash for itself.
 */
static const char *delimited(struct reader *r, char delimiter, bool pattern)
{
    struct buffer out = { 0 };
    bool in_set = false;
    for (; *r->at && (*r->at != delimiter || in_set); r->at++) {
        if (*r->at == '\n' && pattern) {
            wrong(r, "unterminated address regex");
            return "";
        }
        if (*r->at == '\\' && r->at[1] == delimiter && !in_set) {
            r->at++;
            if (delimiter != '/' && pattern && strchr(".*[]^$+?(){}|", delimiter))
                buffer_add(r->a, &out, "\\", 1);
        } else if (*r->at == '\\' && r->at[1]) {
            buffer_add(r->a, &out, r->at++, 1);
        } else if (pattern && *r->at == '[' && !in_set) {
            in_set = strchr(r->at, ']') != NULL;
            size_t n = 1 + (r->at[1] == '^');
            n += r->at[n] == ']';
            buffer_add(r->a, &out, r->at, n - 1);
            r->at += n - 1;
        } else if (*r->at == ']') {
            in_set = false;
        }
        buffer_add(r->a, &out, r->at, 1);
    }
    if (!*r->at) {
        wrong(r, "unterminated `s' command");
        return "";
    }
    r->at++;
    return buffer_text(r->a, &out);
}

static struct posix_pattern *compile(struct reader *r, const char *text, int flags)
{
    const char *error;
    if (!*text)
        return NULL;
    struct posix_pattern *p = posix_pattern_new(r->a, r->s->extended ? POSIX_EXTENDED : POSIX_BASIC,
                                                text, flags, NULL, NULL, &error);
    shell_spend(r->s->sh, 500 + 4 * strlen(text));
    if (!p)
        wrong(r, error);
    return p;
}

/* ---- Addresses ---- */

static int64_t read_number(struct reader *r)
{
    int64_t n = 0;
    for (; isdigit((unsigned char)*r->at); r->at++)
        n = n < INT32_MAX ? n * 10 + (*r->at - '0') : n;
    return n;
}

static void read_address(struct reader *r, struct sed_address *ret)
{
    if (isdigit((unsigned char)*r->at)) {
        ret->place = SED_LINE;
        ret->line = read_number(r);
        if (*r->at == '~') {
            r->at++;
            ret->place = SED_STEP;
            ret->step = read_number(r);
        }
    } else if (*r->at == '$') {
        ret->place = SED_LAST;
        r->at++;
    } else if (*r->at == '/' || *r->at == '\\') {
        r->at += *r->at == '\\';
        char delimiter = *r->at;
        int flags = 0;
        if (!delimiter) {
            wrong(r, "unterminated address regex");
            return;
        }
        r->at++;
        const char *text = delimited(r, delimiter, true);
        if (*r->at == 'I') {
            flags = PATTERN_NO_CASE;
            r->at++;
        }
        ret->place = SED_PATTERN;
        ret->pattern = compile(r, text, flags);
    }
}

static void read_addresses(struct reader *r, struct sed_command *c)
{
    read_address(r, &c->from);
    r->at += strspn(r->at, " \t");
    if (c->from.place != SED_ANY && *r->at == ',') {
        r->at++;
        r->at += strspn(r->at, " \t");
        c->ranged = true;
        if (*r->at == '+') {
            r->at++;
            c->to.place = SED_MORE;
            c->to.line = read_number(r);
        } else {
            read_address(r, &c->to);
        }
        if (c->to.place == SED_ANY)
            wrong(r, "unexpected `,'");
    }
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '!') {
        c->inverted |= *r->at == '!';
        r->at++;
    }
}

/* ---- Commands ---- */

/* a, i, c: to the end of the line, or as GNU's one-liners have it; a backslash continues it. */
static const char *read_text(struct reader *r)
{
    struct buffer out = { 0 };
    r->at += strspn(r->at, " \t");
    if (*r->at == '\\') {
        r->at++;
        r->at += strspn(r->at, " \t");
        r->at += *r->at == '\n';
    }
    for (; *r->at && *r->at != '\n'; r->at++) {
        r->at += *r->at == '\\' && r->at[1];
        buffer_add(r->a, &out, r->at, 1);
    }
    buffer_add(r->a, &out, "\n", 1);
    return buffer_text(r->a, &out);
}

static const char *read_label(struct reader *r)
{
    r->at += strspn(r->at, " \t");
    size_t n = strcspn(r->at, "\n;}");
    const char *from = r->at;
    r->at += n;
    while (n && (from[n - 1] == ' ' || from[n - 1] == '\t'))
        n--;
    return arena_strndup(r->a, from, n);
}

static const char *read_name(struct reader *r)
{
    r->at += strspn(r->at, " \t");
    size_t n = strcspn(r->at, "\n");
    const char *name = arena_strndup(r->a, r->at, n);
    r->at += n;
    return name;
}

static void read_substitution(struct reader *r, struct sed_command *c)
{
    char delimiter = *r->at;
    int flags = 0;
    if (!delimiter || delimiter == '\n' || delimiter == '\\') {
        wrong(r, "unterminated `s' command");
        return;
    }
    r->at++;
    const char *pattern = delimited(r, delimiter, true);
    c->text = delimited(r, delimiter, false);
    for (; *r->at && strchr("gpiIm0123456789we", *r->at) && !r->error; r->at++) {
        c->every |= *r->at == 'g';
        c->prints |= *r->at == 'p';
        flags |= *r->at == 'i' || *r->at == 'I' ? PATTERN_NO_CASE : 0;
        flags |= *r->at == 'm' ? PATTERN_LINES : 0;
        if (isdigit((unsigned char)*r->at)) {
            c->which = read_number(r);
            r->at--;
        }
        if (*r->at == 'w' || *r->at == 'e')
            wrong(r, "unknown option to `s'");
    }
    c->pattern = compile(r, pattern, flags);
}

static void read_map(struct reader *r, struct sed_command *c)
{
    char delimiter = *r->at ? *r->at++ : '\0';
    const char *from = delimited(r, delimiter, false), *to = delimited(r, delimiter, false);
    unsigned char *map = arena_alloc(r->a, 256);
    for (int i = 0; i < 256; i++)
        map[i] = (unsigned char)i;
    for (; *from && *to; from++, to++) {
        from += *from == '\\' && from[1] == '\\';
        to += *to == '\\' && to[1] == '\\';
        bool newline = *from == '\\' && from[1] == 'n';
        from += newline;
        map[(unsigned char)(newline ? '\n' : *from)] = (unsigned char)*to;
    }
    if (*from || *to)
        wrong(r, "strings for `y' command are different lengths");
    c->map = map;
}

static void read_braces(struct reader *r, size_t at)
{
    if (list_at(&r->s->commands, struct sed_command, at)->letter == '{') {
        *list_add(r->a, &r->open, size_t) = at;
        return;
    }
    if (!r->open.count) {
        wrong(r, "unexpected `}'");
        return;
    }
    size_t open = *list_at(&r->open, size_t, --r->open.count);
    list_at(&r->s->commands, struct sed_command, open)->to_command = at + 1;
}

static void read_command(struct reader *r)
{
    size_t at = r->s->commands.count;
    struct sed_command *c = list_add(r->a, &r->s->commands, struct sed_command);
    read_addresses(r, c);
    char letter = c->letter = *r->at;
    if (!letter || !strchr("{}sypdDnNPhHgGxqQ=aicbtT:rwl", letter)) {
        wrong(r, letter ? arena_printf(r->a, "unknown command: `%c'", letter) : "missing command");
        return;
    }
    r->at++;
    if (letter == '{' || letter == '}')
        read_braces(r, at);
    else if (letter == 's')
        read_substitution(r, c);
    else if (letter == 'y')
        read_map(r, c);
    else if (strchr("aic", letter))
        c->text = read_text(r);
    else if (strchr("btT:", letter))
        c->text = read_label(r);
    else if (letter == 'r' || letter == 'w')
        c->text = read_name(r);
    else if (letter == 'q' || letter == 'Q') {
        r->at += strspn(r->at, " \t");
        c->which = read_number(r);
    }
    if (letter == 'l')
        wrong(r, "`l' is not simulated");
    r->at += strspn(r->at, " \t");
    if (!r->error && *r->at && letter != '{' && !strchr(";\n}#", *r->at))
        wrong(r, letter == 's' ? "unknown option to `s'" : "extra characters after command");
}

static void find_labels(struct reader *r)
{
    LIST_EACH (struct sed_command, c, &r->s->commands) {
        if (!strchr("btT", c->letter))
            continue;
        c->to_command = r->s->commands.count;
        bool found = !*c->text;
        for (size_t i = 0; i < r->s->commands.count && !found; i++) {
            const struct sed_command *label = list_at(&r->s->commands, struct sed_command, i);
            if (label->letter == ':' && text_is(label->text, c->text)) {
                c->to_command = i;
                found = true;
            }
        }
        if (!found)
            wrong(r, arena_printf(r->a, "can't find label for jump to `%s'", c->text));
    }
}

int sed_read(struct sed_script *s, const char *text)
{
    struct reader r = { .s = s, .a = shell_arena(s->sh), .whole = text, .at = text };
    s->commands = (struct list){ 0 };
    while (!r.error) {
        r.at += strspn(r.at, " \t\n;");
        if (*r.at == '#') {
            r.at += strcspn(r.at, "\n");
            continue;
        }
        if (!*r.at)
            break;
        read_command(&r);
    }
    if (!r.error && r.open.count)
        wrong(&r, "unmatched `{'");
    if (!r.error)
        find_labels(&r);
    if (r.error)
        shell_complain(s->sh, "sed: %s", r.error);
    return r.error ? -1 : 0;
}
