/* [[ … ]]. See shell_syntax_parser.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

static struct condition *read_or(struct parser *p);

static struct condition *new_condition(struct parser *p, enum condition_kind kind)
{
    struct condition *c = arena_new(p->a, struct condition);
    c->kind = kind;
    return c;
}

static bool at_word(const struct parser *p)
{
    return p->token.kind == TOKEN_WORD && !parser_is_word(p, "]]");
}

static void read_operand(struct parser *p, struct word *ret)
{
    if (!at_word(p)) {
        parser_break(p);
        return;
    }
    *ret = p->token.word;
    parser_advance(p);
}

static bool is_unary(const char *word)
{
    return word && word[0] == '-' && word[1] && !word[2]
           && strchr("abcdefghknoprstuvwxzGLNORS", word[1]);
}

/* The operator at the token, of those with two operands; NULL: none. */
static const char *binary(const struct parser *p)
{
    static const char *const words[] = { "=",   "==",  "!=",  "=~",  "-eq", "-ne", "-lt",
                                         "-le", "-gt", "-ge", "-nt", "-ot", "-ef", NULL };
    if (parser_is(p, "<") || parser_is(p, ">"))
        return p->token.text;
    return p->token.kind == TOKEN_WORD && p->token.text && text_any(p->token.text, words)
               ? p->token.text
               : NULL;
}

static struct condition *read_two(struct parser *p, struct condition *c)
{
    c->kind = CONDITION_TWO;
    c->operator= binary(p);
    if (text_is(c->operator, "=~")) {
        p->at += strspn(p->at, " \t");
        parser_read_word(p, IN_REGEX, false, &c->right);
        if (!c->right.parts.count)
            parser_break(p);
        parser_advance(p);
        return c;
    }
    parser_advance(p);
    read_operand(p, &c->right);
    return c;
}

static struct condition *read_primary(struct parser *p)
{
    struct condition *c = new_condition(p, CONDITION_WORD);
    if (!parser_deeper(p))
        return c;
    if (parser_is(p, "(")) {
        parser_advance(p);
        c = read_or(p);
        if (!parser_is(p, ")"))
            parser_break(p);
        parser_advance(p);
    } else if (parser_is_word(p, "!")) {
        c->kind = CONDITION_NOT;
        parser_advance(p);
        c->first = read_primary(p);
    } else {
        const char *word = p->token.text;
        bool unary = p->token.kind == TOKEN_WORD && is_unary(word);
        read_operand(p, &c->left);
        if (binary(p)) {
            c = read_two(p, c);
        } else if (unary && at_word(p)) {
            c->kind = CONDITION_ONE;
            c->operator= word;
            read_operand(p, &c->left);
        }
    }
    parser_skip_newlines(p);
    p->depth--;
    return c;
}

static struct condition *read_and(struct parser *p)
{
    struct condition *left = read_primary(p);
    while (parser_is(p, "&&")) {
        struct condition *both = new_condition(p, CONDITION_AND);
        parser_advance(p);
        parser_skip_newlines(p);
        both->first = left;
        both->second = read_primary(p);
        left = both;
    }
    return left;
}

static struct condition *read_or(struct parser *p)
{
    struct condition *left = read_and(p);
    while (parser_is(p, "||")) {
        struct condition *both = new_condition(p, CONDITION_OR);
        parser_advance(p);
        parser_skip_newlines(p);
        both->first = left;
        both->second = read_and(p);
        left = both;
    }
    return left;
}

struct condition *parser_read_condition(struct parser *p)
{
    parser_advance(p);
    parser_skip_newlines(p);
    struct condition *c = read_or(p);
    if (!parser_is_word(p, "]]"))
        parser_break(p);
    parser_advance(p);
    return c;
}
