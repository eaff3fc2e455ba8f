/* Assignments, with those of lists. See shell_syntax_parser.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

static struct word *read_index(struct parser *p)
{
    struct word *w = arena_new(p->a, struct word);
    parser_read_word(p, IN_INDEX, true, w);
    return w;
}

size_t parser_assignment_name(const struct parser *p, const char *s)
{
    size_t n = shell_name_length(s), end = n;
    if (!n)
        return 0;
    if (p->bash && s[end] == '[') {
        int depth = 0;
        for (; s[end] && s[end] != '\n'; end++) {
            depth += s[end] == '[';
            depth -= s[end] == ']';
            if (!depth)
                break;
        }
        end += s[end] == ']';
    }
    return s[end] == '=' || (p->bash && s[end] == '+' && s[end + 1] == '=') ? n : 0;
}

static void read_elements(struct parser *p, struct assignment *ret)
{
    struct token token = p->token;
    p->at++;
    for (;;) {
        parser_advance(p);
        if (p->broken || p->token.kind == TOKEN_END || parser_is(p, ")"))
            break;
        if (p->token.kind == TOKEN_NEWLINE)
            continue;
        if (p->token.kind != TOKEN_WORD) {
            parser_break(p);
            return;
        }
        struct element *e = list_add(p->a, &ret->elements, struct element);
        const char *end = strchr(p->token.from, ']');
        if (*p->token.from == '[' && end && end[1] == '=') {
            p->at = p->token.from + 1;
            e->index = read_index(p);
            p->at += strcspn(p->at, "=") + 1;
            parser_read_word(p, IN_WORD, false, &e->value);
        } else {
            e->value = p->token.word;
        }
    }
    if (p->token.kind == TOKEN_END)
        parser_break_at_end(p, ")");
    p->token = token;
}

void parser_read_assignment(struct parser *p, struct assignment *ret)
{
    size_t n = shell_name_length(p->at);
    ret->name = arena_strndup(p->a, p->at, n);
    p->at += n;
    if (*p->at == '[') {
        p->at++;
        ret->index = read_index(p);
        p->at += *p->at == ']';
    }
    ret->append = *p->at == '+';
    p->at += ret->append ? 2 : 1;
    ret->list = p->bash && *p->at == '(';
    if (!ret->list)
        parser_read_word(p, IN_WORD, false, &ret->value);
    else if (parser_deeper(p)) {
        read_elements(p, ret);
        p->depth--;
    }
}
