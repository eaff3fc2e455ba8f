/* See shell_token.h. */
#include "guest/shell/shell_token.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

bool parser_stopped(const struct parser *p)
{
    return p->why || p->broken;
}

void parser_refuse(struct parser *p, const char *what)
{
    if (!parser_stopped(p))
        p->why = arena_printf(p->a, "line %d: the shell of the simulator has no %s", p->line, what);
}

struct step *parser_step(struct parser *p, size_t n)
{
    return list_at(p->steps, struct step, n);
}

/* ---- Words ---- */

static void add_piece(struct parser *p, struct word *w, enum piece_schema kind, const char *text,
                      size_t n)
{
    *list_add(p->a, &w->pieces, struct piece) =
        (struct piece){ kind, arena_strndup(p->a, text, n) };
}

static bool is_name(char c, bool first)
{
    return c == '_' || isalpha((unsigned char)c) || (!first && isdigit((unsigned char)c));
}

size_t shell_name_length(const char *s)
{
    size_t n = 0;
    while (is_name(s[n], n == 0))
        n++;
    return n;
}

/* At a dollar; takes the variable. */
static void read_variable(struct parser *p, struct word *w, bool quoted)
{
    enum piece_schema kind = quoted ? PIECE_QUOTED_VARIABLE : PIECE_VARIABLE;
    const char *s = p->at + 1;
    bool braces = *s == '{';
    s += braces;
    size_t n = shell_name_length(s);
    if (*s == '(') {
        parser_refuse(p, s[1] == '(' ? "arithmetic, $((…))" : "command substitution, $(…)");
        return;
    }
    if (!quoted && (*s == '\'' || *s == '"')) {
        parser_refuse(p, "$'…'");
        return;
    }
    if (!n && *s && strchr("?$#@*!-0123456789", *s))
        n = 1;
    if (braces && (!n || s[n] != '}')) {
        parser_refuse(p, "parameter expansion but $NAME and ${NAME}");
        return;
    }
    if (!n) {
        add_piece(p, w, quoted ? PIECE_QUOTED : PIECE_TEXT, "$", 1);
        p->at++;
        return;
    }
    add_piece(p, w, kind, s, n);
    p->at = s + n + braces;
}

static void read_single_quoted(struct parser *p, struct word *w)
{
    const char *end = strchr(p->at + 1, '\'');
    if (!end) {
        p->at += strlen(p->at);
        p->broken = true;
        return;
    }
    for (const char *c = p->at; c < end; c++)
        p->line += *c == '\n';
    add_piece(p, w, PIECE_QUOTED, p->at + 1, (size_t)(end - p->at - 1));
    p->at = end + 1;
}

/* Inside double quotes and here-documents, up to `end` (0: the end of the text). */
static void read_expandable(struct parser *p, struct word *w, char end)
{
    add_piece(p, w, PIECE_QUOTED, "", 0); /* "" is a word, too */
    while (*p->at && *p->at != end && !parser_stopped(p)) {
        if (*p->at == '`') {
            parser_refuse(p, "command substitution, `…`");
        } else if (*p->at == '$') {
            read_variable(p, w, true);
        } else if (*p->at == '\\' && p->at[1] && (strchr("$`\\\n", p->at[1]) || p->at[1] == end)) {
            if (p->at[1] != '\n')
                add_piece(p, w, PIECE_QUOTED, p->at + 1, 1);
            p->line += p->at[1] == '\n';
            p->at += 2;
        } else {
            size_t n = strcspn(p->at, end ? "$`\\\"\n" : "$`\\\n");
            if (!n) {
                p->line += *p->at == '\n' && end;
                n = 1;
            }
            add_piece(p, w, PIECE_QUOTED, p->at, n);
            p->at += n;
        }
    }
}

static void read_double_quoted(struct parser *p, struct word *w)
{
    p->at++;
    read_expandable(p, w, '"');
    if (parser_stopped(p))
        return;
    if (*p->at != '"')
        p->broken = true;
    else
        p->at++;
}

static const char ends_word[] = " \t\n;|&<>()";

static void read_word(struct parser *p)
{
    const char *from = p->at;
    p->token.kind = TOKEN_WORD;
    while (*p->at && !strchr(ends_word, *p->at) && !parser_stopped(p)) {
        if (*p->at == '\'') {
            read_single_quoted(p, &p->token.word);
            p->token.quoted = true;
        } else if (*p->at == '"') {
            read_double_quoted(p, &p->token.word);
            p->token.quoted = true;
        } else if (*p->at == '$') {
            read_variable(p, &p->token.word, false);
        } else if (*p->at == '`') {
            parser_refuse(p, "command substitution, `…`");
        } else if (*p->at == '\\' && p->at[1] == '\n') {
            p->line++;
            p->at += 2;
        } else if (*p->at == '\\' && p->at[1]) {
            add_piece(p, &p->token.word, PIECE_QUOTED, p->at + 1, 1);
            p->token.quoted = true;
            p->at += 2;
        } else {
            size_t n = strcspn(p->at + 1, "'\"$`\\ \t\n;|&<>()") + 1;
            add_piece(p, &p->token.word, PIECE_TEXT, p->at, n);
            p->at += n;
        }
    }
    /* a quote that nothing closes goes to the end */
    p->token.text = p->broken ? NULL : arena_strndup(p->a, from, (size_t)(p->at - from));
}

/* ---- Tokens ---- */

/* The lines up to the one that ends it; takes them. */
static const char *here_body(struct parser *p, const struct awaited *w)
{
    const char *from = p->at;
    char *body = NULL, *into = NULL;
    for (int writing = 0; writing < 2; writing++) {
        size_t size = 0;
        for (p->at = from; *p->at;) {
            size_t n = strcspn(p->at, "\n"), tabs = w->tabs ? strspn(p->at, "\t") : 0;
            const char *line = p->at + tabs;
            p->at += n + (p->at[n] == '\n');
            p->line += writing;
            if (n - tabs == strlen(w->end) && strncmp(line, w->end, n - tabs) == 0)
                break;
            size += n - tabs + 1;
            if (writing) {
                memcpy(into, line, n - tabs);
                into[n - tabs] = '\n';
                into += n - tabs + 1;
            }
        }
        if (!writing)
            body = into = arena_alloc(p->a, size + 1);
    }
    return body;
}

/* The texts of here-documents begin on the line after the command. */
static void read_here_documents(struct parser *p)
{
    LIST_EACH (struct awaited, w, &p->awaited) {
        const char *body = here_body(p, w);
        struct redirect *r =
            list_at(&parser_step(p, w->step)->redirects, struct redirect, w->redirect);
        struct parser inner = { .a = p->a, .at = body, .line = p->line };
        if (w->literal)
            add_piece(p, &r->word, PIECE_QUOTED, body, strlen(body));
        else
            read_expandable(&inner, &r->word, '\0');
        p->why = p->why ? p->why : inner.why;
    }
    p->awaited = (struct list){ 0 };
}

static void skip_blanks(struct parser *p)
{
    for (;;) {
        if (*p->at == ' ' || *p->at == '\t') {
            p->at++;
        } else if (*p->at == '\\' && p->at[1] == '\n') {
            p->at += 2;
            p->line++;
        } else if (*p->at == '#') {
            p->at += strcspn(p->at, "\n");
        } else {
            return;
        }
    }
}

static bool read_operator(struct parser *p)
{
    static const char *const operators[] = { "<<<", "<<-", "&>>", "&&", "||", ";;", "<<",
                                             ">>",  "<&",  ">&",  "&>", ">|", "<>", "&",
                                             "|",   ";",   "<",   ">",  "(",  ")",  NULL };
    for (const char *const *o = operators; *o; o++) {
        if (text_starts(p->at, *o)) {
            p->token.kind = TOKEN_OPERATOR;
            p->token.text = *o;
            p->at += strlen(*o);
            return true;
        }
    }
    return false;
}

void parser_advance(struct parser *p)
{
    p->token = (struct token){ .fd = -1 };
    if (parser_stopped(p))
        return;
    skip_blanks(p);
    if (!*p->at)
        return;
    if (*p->at == '\n') {
        p->token.kind = TOKEN_NEWLINE;
        p->at++;
        p->line++;
        read_here_documents(p);
        return;
    }
    if (isdigit((unsigned char)*p->at) && (p->at[1] == '<' || p->at[1] == '>'))
        p->token.fd = *p->at++ - '0';
    if (!read_operator(p))
        read_word(p);
}
