/* See pattern.h. A user's pattern is read once before PCRE2 sees it: most of Java's syntax is
 * Perl's, a few things are written otherwise, and some that both know mean different things. */
#include "base/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <ctype.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/text.h"

#define MOST_CONSTANTS 64
#define LONGEST 16384 /* bytes, as PCRE2 sees it */
#define MOST_STEPS 100000
#define DEEPEST 100000
#define MOST_KIB 16384

/* ---- Our own ---- */

static struct kept {
    const char *text;
    pcre2_code *code;
    pcre2_match_data *data;
} kept[MOST_CONSTANTS];

static struct kept *keep(struct kept *k, const char *text)
{
    int error;
    size_t at;
    k->code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_DOLLAR_ENDONLY, &error,
                            &at, NULL);
    k->data = k->code ? pcre2_match_data_create(1, NULL) : NULL;
    if (!k->data)
        BUG("not a regular expression: %s", text);
    k->text = text;
    return k;
}

bool pattern_found(const char *constant, const char *text)
{
    struct kept *k = kept;
    while (k < kept + MOST_CONSTANTS && k->text && k->text != constant)
        k++;
    if (k == kept + MOST_CONSTANTS)
        BUG("more than %d regular expressions", MOST_CONSTANTS);
    if (!k->text)
        keep(k, constant);
    return pcre2_match(k->code, (PCRE2_SPTR)text, strlen(text), 0, 0, k->data, NULL) >= 0;
}

/* ---- From Java's words to Perl's ---- */

struct reading {
    struct arena *a;
    const char *at;
    struct list out; /* parts of what PCRE2 gets */
    bool in_class;
    const char *what; /* PATTERN_BEYOND: this */
};

static enum pattern_answer beyond(struct reading *r, const char *what)
{
    r->what = what;
    return PATTERN_BEYOND;
}

/* The next n bytes as they are. */
static enum pattern_answer take(struct reading *r, size_t n)
{
    strs_add(r->a, &r->out, arena_strndup(r->a, r->at, n));
    r->at += n;
    return PATTERN_MATCHES;
}

/* Java's POSIX classes are of ASCII, as [:alpha:] is without PCRE2_UCP. */
static const char *posix_class(const char *name, bool negated, struct arena *a)
{
    static const char *const names[] = { "Lower", "Upper",  "ASCII", "Alpha", "Digit",
                                         "Alnum", "Punct",  "Graph", "Print", "Blank",
                                         "Cntrl", "XDigit", "Space", NULL };
    return text_any(name, names)
               ? arena_printf(a, "[:%s%s:]", negated ? "^" : "", text_lower(a, name))
               : NULL;
}

/* \p{…}, \pL, and with a P what has not that property. */
static enum pattern_answer property(struct reading *r)
{
    bool negated = r->at[1] == 'P';
    if (r->at[2] != '{')
        return r->at[2] ? take(r, 3) : PATTERN_WRONG;
    const char *from = r->at + 3, *end = strchr(from, '}');
    if (!end)
        return PATTERN_WRONG;
    const char *name = arena_strndup(r->a, from, (size_t)(end - from));
    const char *whole = arena_strndup(r->a, r->at, (size_t)(end + 1 - r->at));
    const char *posix = posix_class(name, negated, r->a);
    const char *equals = strchr(name, '=');
    if (text_starts(name, "In") || text_starts(name, "java") || text_starts(name, "blk=")
        || text_starts(name, "block="))
        return beyond(r, whole);
    if (!posix)
        posix = arena_printf(r->a, "\\%c{%s}", negated ? 'P' : 'p',
                             equals                    ? equals + 1
                             : text_starts(name, "Is") ? name + 2
                                                       : name);
    else if (!r->in_class)
        posix = arena_printf(r->a, "[%s]", posix);
    strs_add(r->a, &r->out, posix);
    r->at = end + 1;
    return PATTERN_MATCHES;
}

static enum pattern_answer quotation(struct reading *r)
{
    const char *end = strstr(r->at + 2, "\\E");
    return take(r, end ? (size_t)(end + 2 - r->at) : strlen(r->at));
}

static enum pattern_answer escape(struct reading *r)
{
    char c = r->at[1];
    switch (c) {
    case 'p':
    case 'P':
        return property(r);
    case 'Q':
        return quotation(r);
    case 'u': /* four digits of a character */
        if (strspn(r->at + 2, "0123456789abcdefABCDEF") < 4)
            return PATTERN_WRONG;
        strs_add(r->a, &r->out, arena_printf(r->a, "\\x{%.4s}", r->at + 2));
        r->at += 6;
        return PATTERN_MATCHES;
    case '0': /* octal digits, of which Perl reads fewer */
        return beyond(r, "\\0");
    case 'N':
        return beyond(r, "\\N");
    case 'X':
        return beyond(r, "\\X");
    case 'x':
        if (r->at[2] == '{')
            return take(r, 2 + strcspn(r->at + 2, "}"));
        return strspn(r->at + 2, "0123456789abcdefABCDEF") < 2 ? PATTERN_WRONG : take(r, 4);
    case 'c':
        return r->at[2] ? take(r, 3) : PATTERN_WRONG;
    case 'k':
        return r->at[2] == '<' ? take(r, 3) : PATTERN_WRONG;
    default: /* letters that only Perl has, and a backslash at the end */
        return !c || strchr("CEKLUgilmoqyY", c) ? PATTERN_WRONG : take(r, 2);
    }
}

/* What follows "(?". */
static enum pattern_answer group(struct reading *r)
{
    const char *at = r->at + 2;
    if (*at == ':' || *at == '=' || *at == '!' || *at == '>')
        return take(r, 3);
    if (*at == '<' && (at[1] == '=' || at[1] == '!'))
        return take(r, 4);
    if (*at == '<')
        return isalpha((unsigned char)at[1]) && at[1 + strcspn(at + 1, ">_")] == '>'
                   ? take(r, 3)
                   : PATTERN_WRONG;
    size_t n = strspn(at, "-dimsuxU");
    if (!n || (at[n] != ')' && at[n] != ':'))
        return PATTERN_WRONG;
    return strcspn(at, "duxU") < n ? beyond(r, arena_strndup(r->a, r->at, n + 3)) : take(r, n + 3);
}

/* A { begins a number of times, or is escaped. */
static enum pattern_answer braces(struct reading *r)
{
    size_t n = 1 + strspn(r->at + 1, "0123456789");
    bool digits = n > 1;
    if (r->at[n] == ',')
        n += 1 + strspn(r->at + n + 1, "0123456789");
    return digits && r->at[n] == '}' ? take(r, n + 1) : PATTERN_WRONG;
}

static enum pattern_answer in_class(struct reading *r)
{
    if (*r->at == '\\')
        return escape(r);
    if (*r->at == '[')
        return beyond(r, "a class inside a class");
    if (r->at[0] == '&' && r->at[1] == '&')
        return beyond(r, "&& in a class");
    r->in_class = *r->at != ']';
    return take(r, 1);
}

static enum pattern_answer outside(struct reading *r)
{
    switch (*r->at) {
    case '\\':
        return escape(r);
    case '[': /* a ] right after it is a sign like others */
        r->in_class = true;
        size_t n = r->at[1] == '^' ? 2 : 1;
        return take(r, r->at[n] == ']' ? n + 1 : n);
    case '(':
        return r->at[1] == '?' ? group(r) : r->at[1] == '*' ? PATTERN_WRONG : take(r, 1);
    case '{':
        return braces(r);
    default:
        return take(r, 1);
    }
}

static enum pattern_answer as_perl(struct reading *r, const char **ret)
{
    while (*r->at) {
        enum pattern_answer answer = r->in_class ? in_class(r) : outside(r);
        if (answer != PATTERN_MATCHES)
            return answer;
    }
    *ret = strs_join(r->a, &r->out, "");
    return PATTERN_MATCHES;
}

/* ---- A user's ---- */

static enum pattern_answer match(pcre2_code *code, const char *text)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    if (!limits || !data)
        BUG("out of memory");
    pcre2_set_match_limit(limits, MOST_STEPS);
    pcre2_set_depth_limit(limits, DEEPEST);
    pcre2_set_heap_limit(limits, MOST_KIB);
    int found = pcre2_match(code, (PCRE2_SPTR)text, strlen(text), 0,
                            PCRE2_ANCHORED | PCRE2_ENDANCHORED, data, limits);
    pcre2_match_data_free(data);
    pcre2_match_context_free(limits);
    return found >= 0                     ? PATTERN_MATCHES
           : found == PCRE2_ERROR_NOMATCH ? PATTERN_DIFFERS
                                          : PATTERN_COSTLY;
}

static pcre2_code *compile(const char *perl)
{
    int error;
    size_t at;
    pcre2_compile_context *limits = pcre2_compile_context_create(NULL);
    if (!limits)
        BUG("out of memory");
    pcre2_set_max_pattern_length(limits, LONGEST);
    pcre2_set_newline(limits, PCRE2_NEWLINE_ANYCRLF);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)perl, PCRE2_ZERO_TERMINATED,
                                     PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, limits);
    pcre2_compile_context_free(limits);
    return code;
}

enum pattern_answer pattern_answer(struct arena *a, const char *pattern, const char *text,
                                   const char **ret_what)
{
    struct reading r = { .a = a, .at = pattern };
    const char *perl;
    enum pattern_answer answer = as_perl(&r, &perl);
    *ret_what = r.what;
    if (answer != PATTERN_MATCHES)
        return answer;
    pcre2_code *code = compile(perl);
    if (!code)
        return PATTERN_WRONG;
    answer = match(code, text);
    pcre2_code_free(code);
    return answer;
}
