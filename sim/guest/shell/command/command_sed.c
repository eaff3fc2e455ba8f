/* sed at work. See sed.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/sed.h"

#define MOST_STEPS 200000 /* of commands on one input */

struct running {
    struct sed_script *s;
    struct arena *a;
    struct list lines; /* struct text_line */
    size_t next; /* line to be read */
    struct buffer space, hold, out, later; /* later: what a and r put behind the line */
    bool last_ended; /* the input's last line has a newline */
    bool substituted, over;
    int64_t status; /* of q; -1: none */
    size_t steps;
    struct posix_pattern *last;
};

/* ---- The space ---- */

static void set(struct running *r, struct buffer *b, const char *bytes, size_t n)
{
    struct buffer new = { 0 };
    buffer_add(r->a, &new, bytes, n);
    shell_spend(r->s->sh, n);
    *b = new;
}

static bool is_last(const struct running *r)
{
    return r->next >= r->lines.count;
}

/* The next line into the space; false: there is none. */
static bool read_line(struct running *r, bool append)
{
    if (is_last(r))
        return false;
    const struct text_line *l = list_at(&r->lines, struct text_line, r->next++);
    if (!append)
        r->space = (struct buffer){ 0 };
    else
        buffer_add(r->a, &r->space, "\n", 1);
    buffer_add(r->a, &r->space, l->at, l->n);
    return true;
}

static void print(struct running *r, const char *bytes, size_t n)
{
    buffer_add(r->a, &r->out, bytes, n);
    if (!is_last(r) || r->last_ended)
        buffer_add(r->a, &r->out, r->s->nul ? "\0" : "\n", 1);
    shell_spend(r->s->sh, n);
}

static void end_line(struct running *r, bool shows)
{
    if (shows && !r->s->quiet)
        print(r, r->space.n ? r->space.at : "", r->space.n);
    if (r->later.n && r->out.n && r->out.at[r->out.n - 1] != '\n')
        buffer_add(r->a, &r->out, "\n", 1);
    buffer_add(r->a, &r->out, r->later.n ? r->later.at : "", r->later.n);
    r->later = (struct buffer){ 0 };
}

/* ---- Addresses ---- */

static bool finds(struct running *r, struct posix_pattern *p, size_t from,
                  struct posix_span spans[POSIX_SPANS])
{
    p = p ? p : r->last;
    if (!p)
        return false;
    r->last = p;
    bool found = posix_pattern_find(p, r->space.n ? r->space.at : "", r->space.n, from, spans);
    shell_spend(r->s->sh, posix_pattern_cost(p));
    return found;
}

static bool is_at(struct running *r, const struct sed_address *a)
{
    struct posix_span spans[POSIX_SPANS];
    int64_t line = (int64_t)r->next;
    switch (a->place) {
    case SED_ANY:
        return true;
    case SED_LINE:
        return line == a->line;
    case SED_LAST:
        return is_last(r);
    case SED_PATTERN:
        return finds(r, a->pattern, 0, spans);
    case SED_STEP:
        return a->step > 0 ? line >= a->line && (line - a->line) % a->step == 0 : line == a->line;
    case SED_MORE:
        return false;
    }
    return false;
}

static bool range_has(struct running *r, struct sed_command *c)
{
    int64_t line = (int64_t)r->next;
    if (c->inside) {
        if (c->to.place == SED_MORE || c->to.place == SED_LINE) {
            c->inside = line < c->ends;
            return line <= c->ends;
        }
        c->inside = !is_at(r, &c->to);
        return true;
    }
    if (c->from.place == SED_LINE && c->from.line == 0 && line == 1) { /* 0,/re/ */
        c->inside = !is_at(r, &c->to);
        return true;
    }
    if (!is_at(r, &c->from))
        return false;
    c->ends = c->to.place == SED_MORE ? line + c->to.line : c->to.line;
    c->inside = c->to.place == SED_MORE || c->to.place == SED_LINE ? line < c->ends : !is_last(r);
    return true;
}

static bool applies(struct running *r, struct sed_command *c)
{
    bool yes = c->ranged ? range_has(r, c) : is_at(r, &c->from);
    return yes != c->inverted;
}

/* ---- s ---- */

/* GNU's \U, \L, \u, \l, \E. */
struct casing {
    char all, next;
};

static void put_cased(struct running *r, struct buffer *out, struct casing *k, const char *s,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char how = k->next ? k->next : k->all;
        char c = how == 'U' || how == 'u'   ? (char)toupper((unsigned char)s[i])
                 : how == 'L' || how == 'l' ? (char)tolower((unsigned char)s[i])
                                            : s[i];
        k->next = '\0';
        buffer_add(r->a, out, &c, 1);
    }
}

static void put_in(struct running *r, struct buffer *out, const char *text,
                   const struct posix_span spans[POSIX_SPANS])
{
    struct casing k = { 0 };
    for (; *text; text++) {
        int group = *text == '&' ? 0 : -1;
        if (*text == '\\' && text[1]) {
            text++;
            if (isdigit((unsigned char)*text))
                group = *text - '0';
            else if (strchr("ULEul", *text)) {
                if (*text == 'u' || *text == 'l')
                    k.next = *text;
                else
                    k.all = *text == 'E' ? '\0' : *text;
                continue;
            }
        } else if (group < 0) {
            put_cased(r, out, &k, text, 1);
            continue;
        }
        if (group >= 0 && spans[group].to >= spans[group].from)
            put_cased(r, out, &k, r->space.at + spans[group].from,
                      spans[group].to - spans[group].from);
        else if (group < 0)
            put_cased(r, out, &k, *text == 'n' ? "\n" : *text == 't' ? "\t" : text, 1);
    }
}

static void substitute(struct running *r, struct sed_command *c)
{
    struct posix_span spans[POSIX_SPANS];
    struct buffer out = { 0 };
    size_t at = 0;
    int64_t count = 0;
    bool done = false;
    if (!r->space.at)
        buffer_add(r->a, &r->space, "", 0);
    while (at <= r->space.n && finds(r, c->pattern, at, spans) && !shell_stopped(r->s->sh)) {
        bool counts = ++count >= (c->which ? c->which : 1);
        buffer_add(r->a, &out, r->space.at + at, spans[0].from - at);
        if (counts) {
            put_in(r, &out, c->text, spans);
            done = true;
        } else {
            buffer_add(r->a, &out, r->space.at + spans[0].from, spans[0].to - spans[0].from);
        }
        at = spans[0].to;
        if (spans[0].to == spans[0].from) { /* nothing was found between two characters */
            if (at < r->space.n)
                buffer_add(r->a, &out, r->space.at + at, 1);
            at++;
        }
        if (counts && !c->every)
            break;
    }
    if (!done)
        return;
    if (at < r->space.n)
        buffer_add(r->a, &out, r->space.at + at, r->space.n - at);
    r->space = out;
    r->substituted = true;
    if (c->prints)
        print(r, out.n ? out.at : "", out.n);
}

/* ---- Commands ---- */

static void exchange(struct running *r, struct sed_command *c)
{
    struct buffer before = r->space;
    if (c->letter == 'x') {
        r->space = r->hold;
        r->hold = before;
        return;
    }
    bool to_hold = c->letter == 'h' || c->letter == 'H';
    struct buffer *to = to_hold ? &r->hold : &r->space, *from = to_hold ? &r->space : &r->hold;
    if (c->letter == 'H' || c->letter == 'G') {
        buffer_add(r->a, to, "\n", 1);
        buffer_add(r->a, to, from->n ? from->at : "", from->n);
        shell_spend(r->s->sh, from->n);
    } else {
        set(r, to, from->n ? from->at : "", from->n);
    }
}

static size_t first_line(const struct buffer *b)
{
    const char *end = b->n ? memchr(b->at, '\n', b->n) : NULL;
    return end ? (size_t)(end - b->at) : b->n;
}

static void read_file(struct running *r, const char *path)
{
    const char *bytes;
    size_t n;
    if (!shell_read(r->s->sh, path, &bytes, &n))
        buffer_add(r->a, &r->later, bytes, n);
}

/* What says or replaces the line; false: the line is done with. */
static bool say(struct running *r, struct sed_command *c)
{
    const char *bytes = r->space.n ? r->space.at : "";
    if (c->letter == 'p') {
        print(r, bytes, r->space.n);
    } else if (c->letter == 'P') {
        print(r, bytes, first_line(&r->space));
    } else if (c->letter == '=') {
        buffer_add_text(r->a, &r->out, arena_printf(r->a, "%zu\n", r->next));
    } else if (c->letter == 'i') {
        buffer_add_text(r->a, &r->out, c->text);
    } else if (c->letter == 'a') {
        buffer_add_text(r->a, &r->later, c->text);
    } else if (c->letter == 'r') {
        read_file(r, c->text);
    } else if (c->letter == 'w') {
        const char *why =
            shell_append(r->s->sh, c->text, arena_printf(r->a, "%.*s\n", (int)r->space.n, bytes),
                         r->space.n + 1);
        if (why)
            shell_complain(r->s->sh, "sed: couldn't open file %s: %s", c->text, why);
    } else {
        if (!c->ranged || c->inverted || !c->inside)
            buffer_add_text(r->a, &r->out, c->text);
        return false;
    }
    return true;
}

enum goes { GOES_ON, LINE_ENDS, LINE_VANISHES, LINE_AGAIN };

static enum goes take_command(struct running *r, struct sed_command *c, size_t *at)
{
    switch (c->letter) {
    case '{':
    case '}':
    case ':':
        return GOES_ON;
    case 's':
        substitute(r, c);
        return GOES_ON;
    case 'y':
        for (size_t i = 0; i < r->space.n; i++)
            r->space.at[i] = (char)c->map[(unsigned char)r->space.at[i]];
        return GOES_ON;
    case 'd':
        return LINE_VANISHES;
    case 'D':
        if (first_line(&r->space) == r->space.n)
            return LINE_VANISHES;
        set(r, &r->space, r->space.at + first_line(&r->space) + 1,
            r->space.n - first_line(&r->space) - 1);
        return LINE_AGAIN;
    case 'n':
    case 'N':
        if (is_last(r)) { /* GNU prints what there is */
            r->over = true;
            return LINE_ENDS;
        }
        if (c->letter == 'n')
            end_line(r, true);
        read_line(r, c->letter == 'N');
        return GOES_ON;
    case 'b':
        *at = c->to_command;
        return GOES_ON;
    case 't':
    case 'T':
        if (r->substituted == (c->letter == 't'))
            *at = c->to_command;
        r->substituted = false;
        return GOES_ON;
    case 'q':
    case 'Q':
        r->over = true;
        r->status = c->which;
        return c->letter == 'q' ? LINE_ENDS : LINE_VANISHES;
    case 'h':
    case 'H':
    case 'g':
    case 'G':
    case 'x':
        exchange(r, c);
        return GOES_ON;
    default:
        return say(r, c) ? GOES_ON : LINE_VANISHES;
    }
}

static enum goes take_line(struct running *r)
{
    r->substituted = false;
    for (size_t at = 0; at < r->s->commands.count && !shell_stopped(r->s->sh);) {
        struct sed_command *c = list_at(&r->s->commands, struct sed_command, at++);
        if (++r->steps > MOST_STEPS) {
            shell_complain(r->s->sh, "amisim: sed: more than %d steps", MOST_STEPS);
            r->over = true;
            return LINE_VANISHES;
        }
        if (!applies(r, c)) {
            at = c->letter == '{' ? c->to_command : at;
            continue;
        }
        enum goes goes = take_command(r, c, &at);
        if (goes != GOES_ON)
            return goes;
    }
    return LINE_ENDS;
}

int64_t sed_run(struct sed_script *s, const char *bytes, size_t n, struct buffer *out)
{
    struct running r = { .s = s, .a = shell_arena(s->sh), .status = -1 };
    r.lines = text_lines(s->sh, bytes, n);
    r.last_ended = !n || bytes[n - 1] == '\n';
    while (!r.over && !shell_stopped(s->sh) && read_line(&r, false)) {
        enum goes goes;
        do {
            goes = take_line(&r);
            end_line(&r, goes == LINE_ENDS);
        } while (goes == LINE_AGAIN && !r.over && !shell_stopped(s->sh));
    }
    buffer_add(r.a, out, r.out.n ? r.out.at : "", r.out.n);
    return r.status;
}

/* ---- The command ---- */

static int64_t edit_in_place(struct sed_script *s, const char *path)
{
    struct buffer out = { 0 };
    size_t n;
    const char *bytes, *why = shell_read(s->sh, path, &bytes, &n);
    if (why) {
        shell_complain(s->sh, "sed: can't read %s: %s", path, why);
        return 2;
    }
    LIST_EACH (struct sed_command, c, &s->commands)
        c->inside = false;
    sed_run(s, bytes, n, &out);
    if (shell_stopped(s->sh))
        return 0;
    if (*s->in_place)
        shell_write(s->sh, arena_printf(shell_arena(s->sh), "%s%s", path, s->in_place), bytes, n);
    why = shell_write(s->sh, path, out.n ? out.at : "", out.n);
    if (why)
        shell_complain(s->sh, "sed: couldn't open file %s: %s", path, why);
    return why ? 4 : 0;
}

static int read_script_file(struct sed_script *s, const char *path, struct list *parts)
{
    const char *bytes;
    size_t n;
    const char *why = shell_read(s->sh, path, &bytes, &n);
    if (why) {
        shell_complain(s->sh, "sed: couldn't open file %s: %s", path, why);
        return -1;
    }
    strs_add(shell_arena(s->sh), parts, arena_strndup(shell_arena(s->sh), bytes, n));
    return 0;
}

static int read_options(struct sed_script *s, struct shell_options *o, struct list *parts)
{
    for (char c; (c = shell_option(o));) {
        if (c == '?')
            return -1;
        s->quiet |= c == 'n';
        s->extended |= c == 'E' || c == 'r';
        s->separate |= c == 's';
        s->nul |= c == 'z';
        if (c == 'i') { /* its suffix is what follows at once */
            s->in_place = o->in && *o->in ? o->in : o->value ? o->value : "";
            o->in = NULL;
            o->value = NULL;
        }
        if (c == 'e')
            strs_add(shell_arena(s->sh), parts, o->value);
        if (c == 'f' && read_script_file(s, o->value, parts))
            return -1;
        if (c == 'z') {
            shell_complain(s->sh, "sed: -z is not simulated");
            return -1;
        }
    }
    return 0;
}

static int64_t run_sed(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "quiet", 'n', false },
                                                      { "silent", 'n', false },
                                                      { "regexp-extended", 'E', false },
                                                      { "in-place", 'i', false },
                                                      { "expression", 'e', true },
                                                      { "file", 'f', true },
                                                      { "separate", 's', false },
                                                      { "follow-symlinks", 'u', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "nErsze:f:iu", .names = names
    };
    struct sed_script s = { .sh = sh };
    struct list parts = { 0 };
    struct buffer out = { 0 };
    int64_t status = 0;
    size_t at = 0;
    if (read_options(&s, &o, &parts))
        return 1;
    if (!parts.count && !o.rest.count) {
        shell_complain(sh,
                       "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...");
        return 1;
    }
    if (!parts.count)
        strs_add(shell_arena(sh), &parts, *list_at(&o.rest, const char *, at++));
    if (sed_read(&s, strs_join(shell_arena(sh), &parts, "\n")))
        return 1;
    for (; s.in_place && at < o.rest.count && !shell_stopped(sh); at++)
        status |= edit_in_place(&s, *list_at(&o.rest, const char *, at));
    if (s.in_place)
        return status;
    struct list paths = { (const char **)o.rest.items + at, o.rest.count - at, o.rest.count - at };
    struct buffer all = { 0 };
    if (!paths.count)
        strs_add(shell_arena(sh), &paths, "-");
    LIST_EACH (const char *, path, &paths) {
        const char *bytes, *why = NULL;
        size_t size;
        if (text_is(*path, "-"))
            bytes = shell_input(sh, &size);
        else
            why = shell_read(sh, *path, &bytes, &size);
        if (why) {
            shell_complain(sh, "sed: can't read %s: %s", *path, why);
            status = 2;
            continue;
        }
        buffer_add(shell_arena(sh), &all, bytes, size);
    }
    int64_t quit = sed_run(&s, all.n ? all.at : "", all.n, &out);
    shell_put(sh, out.n ? out.at : "", out.n);
    return quit >= 0 ? quit : status;
}

COMMAND(sed, "sed", run_sed);
