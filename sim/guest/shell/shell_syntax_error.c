/* What is said of a script that is no script. See shell_syntax_parser.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

static const char *near_token(struct parser *p)
{
    const struct token *t = &p->token;
    const char *name = t->kind == TOKEN_NEWLINE ? "newline" : t->text;
    if (!name)
        name = arena_strndup(p->a, t->from, (size_t)(p->at - t->from));
    if (p->bash)
        return arena_printf(p->a, "syntax error near unexpected token `%s'", name);
    if (t->kind == TOKEN_NEWLINE)
        return "Syntax error: newline unexpected";
    return arena_printf(p->a, "Syntax error: \"%s\" unexpected", name);
}

static void set_error(struct parser *p, int line, const char *text)
{
    if (p->broken)
        return;
    p->broken = true;
    p->program->error = text;
    p->program->error_line = line;
}

void parser_break(struct parser *p)
{
    if (p->broken)
        return;
    if (p->token.kind != TOKEN_END) {
        set_error(p, p->token.line, near_token(p));
        return;
    }
    set_error(p, p->line,
              p->bash ? "syntax error: unexpected end of file"
                      : "Syntax error: end of file unexpected");
    p->program->error_at_end = true;
}

void parser_break_at_end(struct parser *p, const char *looking_for)
{
    if (p->broken)
        return;
    const char *text =
        p->bash ? arena_printf(p->a, "unexpected EOF while looking for matching `%s'", looking_for)
        : *looking_for == '\'' || *looking_for == '"' ? "Syntax error: Unterminated quoted string"
        : *looking_for == '`' ? "Syntax error: EOF in backquote substitution"
                              : "Syntax error: end of file unexpected";
    set_error(p, p->bash ? p->token.line : p->line, text);
    p->program->error_at_end = true;
}

void parser_refuse(struct parser *p, const char *what)
{
    if (p->program->refused)
        return;
    p->broken = true;
    p->program->refused =
        arena_printf(p->a, "line %d: the shell of the simulator has no %s", p->line, what);
}

bool parser_deeper(struct parser *p)
{
    if (p->broken)
        return false;
    if (p->depth >= SYNTAX_MAX_DEPTH) {
        parser_refuse(p, "commands and words nested so deeply");
        return false;
    }
    p->depth++;
    return true;
}

struct node *parser_numbered(struct parser *p, struct node *n)
{
    n->number = p->program->numbered.count;
    *list_add(p->a, &p->program->numbered, struct node *) = n;
    return n;
}
