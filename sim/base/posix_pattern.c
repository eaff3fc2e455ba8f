/* See posix_pattern.h. A pattern is written once more in PCRE2's words. */
#include "base/posix_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define LONGEST 16384
#define MOST_KIB 4096
/* A match is tried with few steps, then with more, each of which counts. */
static const struct tier {
    uint32_t steps;
    size_t cost;
} tiers[] = { { 5000, 0 }, { 50000, 64 << 10 }, { 500000, 1 << 20 } };

struct posix_pattern {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    size_t cost;
};

/* ---- Memory: the arena's, so that nothing of PCRE2's is ever to be freed ---- */

static void *take_memory(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void leave_memory(void *memory, void *arena)
{
    (void)memory;
    (void)arena;
}

/* ---- Into PCRE2's words ---- */

struct writing {
    struct arena *a;
    const char *at;
    struct buffer out;
    enum posix_syntax syntax;
    const char *error;
    size_t groups; /* open ones */
    bool may_repeat; /* something stands before that can be repeated */
    size_t repeated; /* where the last repetition stands in `out`, +1; 0: none */
};

static void put(struct writing *w, const char *text)
{
    buffer_add_text(w->a, &w->out, text);
}

static void put_literal(struct writing *w, char c)
{
    if (!isalnum((unsigned char)c) && c != '_')
        put(w, "\\");
    buffer_add(w->a, &w->out, &c, 1);
    w->may_repeat = true;
    w->repeated = 0;
}

/* The end of a set, behind its bracket; NULL: it is not closed. */
static const char *set_end(const char *s)
{
    s += *s == '!' || *s == '^';
    s += *s == ']';
    while (*s && *s != ']') {
        if (*s == '[' && s[1] && strchr(":.=", s[1])) {
            const char end[3] = { s[1], ']', '\0' }, *closes = strstr(s + 2, end);
            s = closes ? closes + 1 : s;
        }
        s++;
    }
    return *s ? s + 1 : NULL;
}

static size_t put_class(struct writing *w, const char *s, const char *end)
{
    const char *closes = strstr(s + 2, ":]");
    if (s[1] != ':' || !closes || closes >= end)
        return 0;
    buffer_add(w->a, &w->out, s, (size_t)(closes + 2 - s));
    return (size_t)(closes + 2 - s);
}

static char escaped_in_set(char c)
{
    return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'f' ? '\f' : c;
}

/* w->at is behind the bracket that opens it. */
static void put_set(struct writing *w, const char *end)
{
    const char *s = w->at;
    bool glob = w->syntax >= POSIX_GLOB, escapes = glob || w->syntax == POSIX_AWK;
    put(w, "[");
    if (*s == '^' || (*s == '!' && glob)) {
        put(w, "^");
        s++;
    }
    for (bool first = true; s < end - 1; first = false) {
        size_t n = *s == '[' ? put_class(w, s, end) : 0;
        char c = *s;
        if (n) {
            s += n;
            continue;
        }
        if (c == '\\' && s + 1 < end - 1
            && (escapes || s[1] == 'n' || s[1] == 't' || s[1] == ']')) {
            c = escaped_in_set(*++s);
            put(w, "\\");
        } else if (strchr("[]\\^", c) || (c == '-' && (first || s + 1 == end - 1))) {
            put(w, "\\");
        }
        if (c == '\n')
            put(w, "n");
        else
            buffer_add(w->a, &w->out, &c, 1);
        s++;
    }
    put(w, "]");
    w->at = end;
    w->may_repeat = true;
    w->repeated = 0;
}

static void read_set(struct writing *w)
{
    const char *end = set_end(++w->at);
    if (end)
        put_set(w, end);
    else if (w->syntax >= POSIX_GLOB)
        put_literal(w, '[');
    else
        w->error = "Unmatched [, [^, [:, [., or [=";
}

/* ---- Globs ---- */

static const char *group_end(const char *s)
{
    int depth = 0;
    for (; *s; s++) {
        s += *s == '\\' && s[1];
        depth += *s == '(';
        depth -= *s == ')';
        if (!depth)
            return s;
    }
    return NULL;
}

static void write_glob(struct writing *w, const char *end, bool grouped);

/* ?( *( +( @( !( ; false: no group stands here. */
static bool glob_group(struct writing *w)
{
    char kind = *w->at;
    const char *end = strchr("?*+@!", kind) && w->at[1] == '(' ? group_end(w->at + 1) : NULL;
    if (!end || w->groups > 20)
        return false;
    w->at += 2;
    w->groups++;
    put(w, kind == '!' ? "(?:(?!(?:" : "(?:");
    write_glob(w, end, true);
    put(w, kind == '!' ? ")\\z).*)" : ")");
    if (kind == '?' || kind == '*' || kind == '+')
        buffer_add(w->a, &w->out, &kind, 1);
    w->groups--;
    w->at = end + 1;
    return true;
}

static void write_glob(struct writing *w, const char *end, bool grouped)
{
    while (w->at < end) {
        char c = *w->at;
        if (glob_group(w))
            continue;
        if (c == '[') {
            read_set(w);
            w->at = w->at > end ? end : w->at;
            continue;
        }
        if (c == '\\' && w->at + 1 < end)
            put_literal(w, *++w->at);
        else if (c == '*')
            put(w, w->syntax == POSIX_GLOB_LAZY ? ".*?" : ".*");
        else if (c == '?')
            put(w, ".");
        else if (c == '|' && grouped)
            put(w, "|");
        else
            put_literal(w, c);
        if (c == '*') {
            while (w->at + 1 < end && w->at[1] == '*' && w->at[2] != '(')
                w->at++;
        }
        w->at++;
    }
}

/* ---- Regular expressions ---- */

static bool is_basic(const struct writing *w)
{
    return w->syntax == POSIX_BASIC;
}

/* Two repetitions in a row are one: a+? is a*. */
static void repeat(struct writing *w, char c)
{
    if (!w->may_repeat) {
        put_literal(w, c);
        return;
    }
    if (w->repeated) {
        char *before = w->out.at + w->repeated - 1;
        if (*before == '}')
            w->error = "Invalid preceding regular expression";
        *before = *before == c ? c : '*';
        return;
    }
    buffer_add(w->a, &w->out, &c, 1);
    w->repeated = w->out.n;
}

/* {m,n}: its length with the brace that closes it; 0: it is none. */
static size_t interval(const char *s, bool basic)
{
    size_t n = 1 + strspn(s + 1, "0123456789");
    if (n == 1 && s[1] != ',')
        return 0;
    if (s[n] == ',')
        n += 1 + strspn(s + n + 1, "0123456789");
    return basic ? (text_starts(s + n, "\\}") ? n + 2 : 0) : s[n] == '}' ? n + 1 : 0;
}

static void repeat_between(struct writing *w, size_t n)
{
    const char *digits = w->at + 1;
    bool basic = is_basic(w);
    if (!w->may_repeat || w->repeated)
        w->error = "Invalid preceding regular expression";
    put(w, *digits == ',' ? "{0" : "{");
    buffer_add(w->a, &w->out, digits, n - (basic ? 3 : 2));
    put(w, "}");
    w->repeated = w->out.n;
    w->at += n;
}

static void open_group(struct writing *w)
{
    put(w, "(");
    w->groups++;
    w->may_repeat = false;
    w->repeated = 0;
}

static void close_group(struct writing *w)
{
    if (!w->groups) {
        w->error = "Unmatched ) or \\)";
        return;
    }
    put(w, ")");
    w->groups--;
    w->may_repeat = true;
    w->repeated = 0;
}

static void alternate(struct writing *w)
{
    put(w, "|");
    w->may_repeat = false;
    w->repeated = 0;
}

/* Behind a backslash. */
static void read_escape(struct writing *w)
{
    static const char control[] = "ntrfva", values[] = "\n\t\r\f\v\a";
    char c = w->at[1];
    const char *known = c ? strchr(control, c) : NULL;
    size_t n = is_basic(w) && c == '{' ? interval(w->at + 1, true) : 0;
    if (!c) {
        w->error = "Trailing backslash";
        return;
    }
    if (n) {
        w->at++;
        repeat_between(w, n);
        return;
    }
    w->at += 2;
    if (is_basic(w) && c == '(')
        open_group(w);
    else if (is_basic(w) && c == ')')
        close_group(w);
    else if (is_basic(w) && c == '|')
        alternate(w);
    else if (is_basic(w) && (c == '+' || c == '?'))
        repeat(w, c);
    else if (c >= '1' && c <= '9')
        put(w, arena_printf(w->a, "\\g{%c}", c));
    else if (c == '<')
        put(w, "\\b(?=\\w)");
    else if (c == '>')
        put(w, "\\b(?<=\\w)");
    else if (c == '`')
        put(w, "\\A");
    else if (strchr("wWsSbB", c))
        put(w, arena_printf(w->a, "\\%c", c));
    else
        put_literal(w, known ? values[known - control] : c);
    if (strchr("123456789wWsS", c)) {
        w->may_repeat = true;
        w->repeated = 0;
    }
}

/* ^ and $ are anchors at the ends of a basic expression and of its groups only. */
static bool anchors(const struct writing *w, const char *from)
{
    if (!is_basic(w))
        return true;
    if (*w->at == '^')
        return w->at == from || text_starts(w->at - 2, "\\(") || text_starts(w->at - 2, "\\|");
    return !w->at[1] || text_starts(w->at + 1, "\\)") || text_starts(w->at + 1, "\\|");
}

static void read_plain(struct writing *w, const char *from)
{
    char c = *w->at;
    size_t n = c == '{' && !is_basic(w) ? interval(w->at, false) : 0;
    if (n) {
        repeat_between(w, n);
        return;
    }
    if ((c == '^' || c == '$') && anchors(w, from)) {
        put(w, c == '^' ? "^" : "$");
        w->may_repeat = c == '$' && !is_basic(w);
        w->repeated = 0;
    } else if (c == '.') {
        put(w, ".");
        w->may_repeat = true;
        w->repeated = 0;
    } else if (c == '*' || (!is_basic(w) && (c == '+' || c == '?'))) {
        repeat(w, c);
    } else if (!is_basic(w) && c == '(') {
        open_group(w);
    } else if (!is_basic(w) && c == ')' && w->groups) {
        close_group(w);
    } else if (!is_basic(w) && c == '|') {
        alternate(w);
    } else {
        put_literal(w, c);
    }
    w->at++;
}

static void write_regex(struct writing *w)
{
    const char *from = w->at;
    while (*w->at && !w->error) {
        if (*w->at == '\\')
            read_escape(w);
        else if (*w->at == '[')
            read_set(w);
        else
            read_plain(w, from);
    }
    if (w->groups && !w->error)
        w->error = "Unmatched ( or \\(";
}

static const char *in_perl(struct arena *a, enum posix_syntax syntax, const char *text,
                           const char **ret_error)
{
    struct writing w = { .a = a, .at = text, .syntax = syntax };
    if (syntax == POSIX_PERL)
        return text;
    if (syntax == POSIX_GLOB || syntax == POSIX_GLOB_LAZY)
        write_glob(&w, text + strlen(text), false);
    else
        write_regex(&w);
    *ret_error = w.error;
    return buffer_text(a, &w.out);
}

/* ---- The doors ---- */

struct posix_pattern *posix_pattern_new(struct arena *a, enum posix_syntax syntax, const char *text,
                                        int flags, const char *before, const char *behind,
                                        const char **ret_error)
{
    int error;
    size_t at;
    uint32_t options = PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF
                       | PCRE2_NEVER_BACKSLASH_C | (flags & PATTERN_NO_CASE ? PCRE2_CASELESS : 0)
                       | (flags & PATTERN_LINES ? PCRE2_MULTILINE : 0);
    *ret_error = strlen(text) > LONGEST ? "Regular expression too big" : NULL;
    if (*ret_error)
        return NULL;
    const char *perl = in_perl(a, syntax, text, ret_error);
    if (*ret_error)
        return NULL;
    perl = arena_printf(a, "%s%s%s%s%s", before ? before : "", before || behind ? "(?:" : "", perl,
                        before || behind ? ")" : "", behind ? behind : "");
    pcre2_general_context *memory = pcre2_general_context_create(take_memory, leave_memory, a);
    pcre2_compile_context *compiling = pcre2_compile_context_create(memory);
    pcre2_set_parens_nest_limit(compiling, 100);
    struct posix_pattern *p = arena_new(a, struct posix_pattern);
    p->code = pcre2_compile((PCRE2_SPTR)perl, strlen(perl), options, &error, &at, compiling);
    if (!p->code) {
        *ret_error = "Invalid regular expression";
        return NULL;
    }
    p->data = pcre2_match_data_create(POSIX_SPANS, memory);
    p->context = pcre2_match_context_create(memory);
    pcre2_set_heap_limit(p->context, MOST_KIB);
    p->cost = strlen(perl);
    return p;
}

bool posix_pattern_find(struct posix_pattern *p, const char *text, size_t n, size_t from,
                        struct posix_span ret[POSIX_SPANS])
{
    int groups = PCRE2_ERROR_MATCHLIMIT;
    p->cost += n - from;
    for (size_t i = 0; i < sizeof tiers / sizeof *tiers && groups == PCRE2_ERROR_MATCHLIMIT; i++) {
        pcre2_set_match_limit(p->context, tiers[i].steps);
        p->cost += tiers[i].cost;
        groups = pcre2_match(p->code, (PCRE2_SPTR)text, n, from, PCRE2_NO_UTF_CHECK, p->data,
                             p->context);
    }
    if (groups == PCRE2_ERROR_HEAPLIMIT)
        p->cost += tiers[2].cost;
    if (groups < 0)
        return false;
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(p->data);
    for (int i = 0; i < POSIX_SPANS; i++) {
        bool there = i < groups && ends[2 * i] != PCRE2_UNSET;
        ret[i] = there ? (struct posix_span){ ends[2 * i], ends[2 * i + 1] }
                       : (struct posix_span){ 1, 0 };
    }
    return true;
}

size_t posix_pattern_cost(struct posix_pattern *p)
{
    size_t cost = p->cost;
    p->cost = 0;
    return cost;
}

int posix_pattern_groups(const struct posix_pattern *p)
{
    uint32_t count = 0;
    pcre2_pattern_info(p->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return (int)count;
}
