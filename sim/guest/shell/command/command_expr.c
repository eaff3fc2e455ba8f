/* expr. */
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/command.h"

#define DEEPEST 40

struct expression {
    struct shell *sh;
    size_t n, at;
    const char *const *words;
    const char *error;
    int depth;
};

static const char *read_or(struct expression *e);

static bool is(const struct expression *e, const char *word)
{
    return e->at < e->n && text_is(e->words[e->at], word);
}

static const char *number_text(struct expression *e, int64_t n)
{
    return arena_printf(shell_arena(e->sh), "%lld", (long long)n);
}

static bool is_empty(const char *text)
{
    int64_t n;
    return !*text || (text_int(text, &n) && !n);
}

/* TEXT : PATTERN: its first group, or how many characters it takes. */
static const char *match(struct expression *e, const char *text, const char *pattern)
{
    struct posix_span spans[POSIX_SPANS];
    struct posix_pattern *p =
        posix_pattern_new(shell_arena(e->sh), POSIX_BASIC, pattern, 0, "\\A", NULL, &e->error);
    bool found = p && posix_pattern_find(p, text, strlen(text), 0, spans);
    if (p)
        shell_spend(e->sh, 500 + posix_pattern_cost(p));
    if (p && posix_pattern_groups(p))
        return found && spans[1].to >= spans[1].from ? arena_strndup(
                   shell_arena(e->sh), text + spans[1].from, spans[1].to - spans[1].from)
                                                     : "";
    return number_text(e, found ? (int64_t)spans[0].to : 0);
}

static const char *read_word(struct expression *e)
{
    if (e->at < e->n)
        return e->words[e->at++];
    e->error = "syntax error: missing argument";
    return "0";
}

static const char *read_substring(struct expression *e)
{
    const char *text = read_word(e);
    int64_t from = 0, n = 0, length = (int64_t)strlen(text);
    const char *first = read_word(e), *second = read_word(e);
    bool good = text_int(first, &from) && text_int(second, &n);
    if (!good || from < 1 || n < 1 || from > length)
        return "";
    n = n < length - from + 1 ? n : length - from + 1;
    return arena_strndup(shell_arena(e->sh), text + from - 1, (size_t)n);
}

static const char *read_primary(struct expression *e)
{
    const char *word = read_word(e);
    if (++e->depth > DEEPEST)
        e->error = "syntax error";
    if (e->error)
        return "0";
    if (text_is(word, "(")) {
        const char *value = read_or(e);
        if (!is(e, ")"))
            e->error = "syntax error: expecting ')'";
        e->at++;
        word = value;
    } else if (text_is(word, "length") && e->at < e->n) {
        word = number_text(e, (int64_t)strlen(read_word(e)));
    } else if (text_is(word, "substr") && e->at < e->n) {
        word = read_substring(e);
    } else if (text_is(word, "match") && e->at + 1 < e->n) {
        const char *text = read_word(e);
        word = match(e, text, read_word(e));
    }
    e->depth--;
    return word;
}

static const char *read_match(struct expression *e)
{
    const char *left = read_primary(e);
    while (is(e, ":") && !e->error) {
        e->at++;
        left = match(e, left, read_primary(e));
    }
    return left;
}

static const char *calculate(struct expression *e, const char *left, char sign, const char *right)
{
    int64_t a, b;
    if (!text_int(left, &a) || !text_int(right, &b)) {
        e->error = "non-integer argument";
        return "0";
    }
    if ((sign == '/' || sign == '%') && !b) {
        e->error = "division by zero";
        return "0";
    }
    if (b == -1 && (sign == '/' || sign == '%'))
        return number_text(e, sign == '/' ? (int64_t)(0 - (uint64_t)a) : 0);
    return number_text(e, sign == '+'   ? (int64_t)((uint64_t)a + (uint64_t)b)
                          : sign == '-' ? (int64_t)((uint64_t)a - (uint64_t)b)
                          : sign == '*' ? (int64_t)((uint64_t)a * (uint64_t)b)
                          : sign == '/' ? a / b
                                        : a % b);
}

static const char *read_product(struct expression *e)
{
    const char *left = read_match(e);
    while ((is(e, "*") || is(e, "/") || is(e, "%")) && !e->error) {
        char sign = *e->words[e->at++];
        left = calculate(e, left, sign, read_match(e));
    }
    return left;
}

static const char *read_sum(struct expression *e)
{
    const char *left = read_product(e);
    while ((is(e, "+") || is(e, "-")) && !e->error) {
        char sign = *e->words[e->at++];
        left = calculate(e, left, sign, read_product(e));
    }
    return left;
}

static bool compare(const char *left, const char *sign, const char *right)
{
    int64_t a, b;
    int order = text_int(left, &a) && text_int(right, &b) ? (a > b) - (a < b) : strcmp(left, right);
    return *sign == '<'   ? sign[1] ? order <= 0 : order < 0
           : *sign == '>' ? sign[1] ? order >= 0 : order > 0
           : *sign == '!' ? order != 0
                          : order == 0;
}

static const char *read_comparison(struct expression *e)
{
    static const char *const signs[] = { "<", "<=", "=", "==", "!=", ">=", ">", NULL };
    const char *left = read_sum(e);
    while (e->at < e->n && text_any(e->words[e->at], signs) && !e->error) {
        const char *sign = e->words[e->at++];
        left = compare(left, sign, read_sum(e)) ? "1" : "0";
    }
    return left;
}

static const char *read_and(struct expression *e)
{
    const char *left = read_comparison(e);
    while (is(e, "&") && !e->error) {
        e->at++;
        const char *right = read_comparison(e);
        left = is_empty(left) || is_empty(right) ? "0" : left;
    }
    return left;
}

static const char *read_or(struct expression *e)
{
    const char *left = read_and(e);
    while (is(e, "|") && !e->error) {
        e->at++;
        const char *right = read_and(e);
        left = !is_empty(left) ? left : is_empty(right) ? "0" : right;
    }
    return left;
}

static int64_t run_expr(struct shell *sh, size_t n, const char *const *words)
{
    struct expression e = { .sh = sh, .n = n, .words = words, .at = 1 };
    if (n < 2) {
        shell_complain(sh, "expr: missing operand");
        return 2;
    }
    const char *value = read_or(&e);
    if (!e.error && e.at < n)
        e.error =
            arena_printf(shell_arena(sh), "syntax error: unexpected argument '%s'", words[e.at]);
    if (e.error) {
        shell_complain(sh, "expr: %s", e.error);
        return 2;
    }
    shell_say(sh, "%s\n", value);
    return is_empty(value);
}

COMMAND(expr, "expr", run_expr);
