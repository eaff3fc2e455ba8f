/* Tokens, redirections and here-documents. See
 * shell_syntax_parser.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_syntax_parser.h"

/* ---- Here-documents ---- */

static size_t line_length(const char *s)
{
    return strcspn(s, "\n");
}

static void read_here_document(struct parser *p, const struct awaited *w)
{
    struct buffer text = { 0 };
    size_t end = strlen(w->end);
    bool found = false;
    while (*p->at && !found) {
        p->at += w->tabs ? strspn(p->at, "\t") : 0;
        size_t n = line_length(p->at), whole = n + (p->at[n] == '\n');
        found = n == end && strncmp(p->at, w->end, n) == 0;
        if (!found)
            buffer_add(p->a, &text, p->at, whole);
        p->line += p->at[n] == '\n';
        p->at += whole;
    }
    struct redirect *r = list_at(&w->node->redirects, struct redirect, w->redirect);
    if (w->literal) {
        struct part *part = list_add(p->a, &r->word.parts, struct part);
        part->quoted = true;
        part->text = buffer_text(p->a, &text);
        return;
    }
    struct parser inner = *p;
    inner.at = buffer_text(p->a, &text);
    inner.awaited = (struct list){ 0 };
    parser_read_word(&inner, IN_TEXT, true, &r->word);
    p->broken = inner.broken;
    p->attempts = inner.attempts;
}

static void read_here_documents(struct parser *p)
{
    struct list awaited = p->awaited;
    p->awaited = (struct list){ 0 };
    LIST_EACH (struct awaited, w, &awaited) {
        if (!p->broken)
            read_here_document(p, w);
    }
}

/* ---- Tokens ---- */

static void skip_blanks(struct parser *p)
{
    for (;;) {
        if (*p->at == ' ' || *p->at == '\t') {
            p->at++;
        } else if (p->at[0] == '\\' && p->at[1] == '\n') {
            p->at += 2;
            p->line++;
        } else if (*p->at == '#') {
            p->at += line_length(p->at);
        } else {
            return;
        }
    }
}

static const char *operator_at(const struct parser *p)
{
    static const char *const sh[] = { "&&", "||", ";;", "<<-", "<<", ">>", "<&", ">&", "<>",
                                      ">|", "&",  "|",  ";",   "<",  ">",  "(",  ")",  NULL };
    static const char *const bash[] = { "&>>", "&>", "|&", ";;&", ";&", "<<<", NULL };
    for (const char *const *o = bash; p->bash && *o; o++) {
        if (text_starts(p->at, *o))
            return *o;
    }
    for (const char *const *o = sh; *o; o++) {
        if (text_starts(p->at, *o))
            return *o;
    }
    return NULL;
}

/* A number right before < or >, or bash's {name}. */
static void read_descriptor(struct parser *p)
{
    size_t n = strspn(p->at, "0123456789");
    if (n && n < 4 && (p->at[n] == '<' || p->at[n] == '>')) {
        p->token.fd = atoi(p->at);
        p->at += n;
        return;
    }
    n = p->bash && *p->at == '{' ? shell_name_length(p->at + 1) : 0;
    if (n && p->at[n + 1] == '}' && (p->at[n + 2] == '<' || p->at[n + 2] == '>')) {
        p->token.fd_name = arena_strndup(p->a, p->at + 1, n);
        p->at += n + 2;
    }
}

void parser_advance(struct parser *p)
{
    if (p->broken) {
        p->token = (struct token){ .kind = TOKEN_END, .line = p->line, .from = p->at, .fd = -1 };
        return;
    }
    skip_blanks(p);
    p->token = (struct token){ .line = p->line, .from = p->at, .fd = -1 };
    if (!*p->at) {
        p->token.kind = TOKEN_END;
        read_here_documents(p);
        return;
    }
    if (*p->at == '\n') {
        p->token.kind = TOKEN_NEWLINE;
        p->at++;
        p->line++;
        read_here_documents(p);
        return;
    }
    read_descriptor(p);
    bool process = p->bash && (*p->at == '<' || *p->at == '>') && p->at[1] == '(';
    p->token.text = process ? NULL : operator_at(p);
    if (p->token.text) {
        p->token.kind = TOKEN_OPERATOR;
        p->at += strlen(p->token.text);
        return;
    }
    p->token.kind = TOKEN_WORD;
    struct token token = p->token; /* what is nested in the word reads tokens of its own */
    parser_read_word(p, IN_WORD, false, &token.word);
    const struct part *only = token.word.parts.count == 1 ? token.word.parts.items : NULL;
    token.text = only && only->kind == PART_TEXT && !only->quoted ? only->text : NULL;
    p->token = token;
}

bool parser_is(const struct parser *p, const char *operator)
{
    return p->token.kind == TOKEN_OPERATOR && text_is(p->token.text, operator);
}

bool parser_is_word(const struct parser *p, const char *reserved)
{
    return p->token.kind == TOKEN_WORD && text_is(p->token.text, reserved);
}

void parser_skip_newlines(struct parser *p)
{
    while (p->token.kind == TOKEN_NEWLINE)
        parser_advance(p);
}

/* ---- Redirections ---- */

static const struct redirect_form {
    const char *operator;
    enum redirect_kind kind;
    int fd;
    bool errors, force;
} forms[] = {
    { "<", REDIRECT_IN, 0, false, false },      { ">", REDIRECT_OUT, 1, false, false },
    { ">>", REDIRECT_APPEND, 1, false, false }, { ">|", REDIRECT_OUT, 1, false, true },
    { "<>", REDIRECT_BOTH, 0, false, false },   { "<&", REDIRECT_COPY, 0, false, false },
    { ">&", REDIRECT_COPY, 1, false, false },   { "<<", REDIRECT_TEXT, 0, false, false },
    { "<<-", REDIRECT_TEXT, 0, false, false },  { "<<<", REDIRECT_TEXT, 0, false, false },
    { "&>", REDIRECT_OUT, 1, true, false },     { "&>>", REDIRECT_APPEND, 1, true, false },
    { NULL, REDIRECT_IN, 0, false, false },
};

/* The word that ends a here-document, without its quotes. */
static void await(struct parser *p, struct node *node, bool tabs)
{
    struct awaited *w = list_add(p->a, &p->awaited, struct awaited);
    struct buffer end = { 0 };
    w->node = node;
    w->redirect = node->redirects.count - 1;
    w->tabs = tabs;
    LIST_EACH (struct part, part, &p->token.word.parts) {
        w->literal |= part->quoted;
        if (part->kind == PART_TEXT)
            buffer_add_text(p->a, &end, part->text);
        else if (part->kind == PART_PARAMETER)
            buffer_add_text(p->a, &end, arena_printf(p->a, "$%s", part->text));
    }
    w->end = buffer_text(p->a, &end);
}

/* >&word of bash, where the word is no number: &>word */
static void settle_copy(struct parser *p, struct redirect *r, int written_fd)
{
    const char *text = p->token.text;
    bool number = text
                  && (text_is(text, "-") || text[strspn(text, "0123456789")] == '\0'
                      || (text[0] && text[strlen(text) - 1] == '-'));
    if (r->kind == REDIRECT_COPY && p->bash && r->fd == 1 && written_fd < 0 && text && !number) {
        r->kind = REDIRECT_OUT;
        r->errors = true;
    }
}

bool parser_read_redirect(struct parser *p, struct node *node)
{
    const struct redirect_form *f = forms;
    if (p->token.kind != TOKEN_OPERATOR)
        return false;
    while (f->operator&& !text_is(f->operator, p->token.text))
        f++;
    if (!f->operator)
        return false;
    int fd = p->token.fd;
    bool here = text_is(f->operator, "<<") || text_is(f->operator, "<<-");
    struct redirect r = { .kind = f->kind,
                          .fd = fd < 0 ? f->fd : fd,
                          .fd_name = p->token.fd_name,
                          .errors = f->errors,
                          .force = f->force,
                          .line = text_is(f->operator, "<<<") };
    parser_advance(p);
    if (p->token.kind != TOKEN_WORD) {
        parser_break(p);
        return false;
    }
    settle_copy(p, &r, fd);
    if (!here)
        r.word = p->token.word;
    *list_add(p->a, &node->redirects, struct redirect) = r;
    if (here)
        await(p, node, f->operator[2] == '-');
    parser_advance(p);
    return true;
}
