/* What the parts of the parser share. From the lowest: shell_syntax_error.c, shell_syntax_word.c
 * (words), shell_syntax_token.c (tokens, redirections, here-documents), shell_syntax_assign.c,
 * shell_syntax_test.c ([[ ]]), shell_syntax_parse.c (the grammar). */
#ifndef GUEST_SHELL_SYNTAX_PARSER_H
#define GUEST_SHELL_SYNTAX_PARSER_H

#include "base/buffer.h"
#include "guest/shell/shell_syntax.h"

#define SYNTAX_MAX_DEPTH 64

enum token_kind { TOKEN_END, TOKEN_NEWLINE, TOKEN_OPERATOR, TOKEN_WORD };

struct token {
    enum token_kind kind;
    int line;
    const char *from; /* where it stands in the text */
    const char *text; /* operator; of a word without quotes and expansions: itself, else NULL */
    struct word word;
    int fd; /* before a redirection; -1: none */
    const char *fd_name; /* {name}> : bash keeps the number in a variable */
};

/* A here-document whose text comes after the line. */
struct awaited {
    struct node *node;
    size_t redirect;
    const char *end;
    bool tabs, literal;
};

struct parser {
    struct arena *a;
    struct program *program;
    const char *at;
    int line, depth, attempts;
    bool bash;
    bool broken; /* a syntax error was met: nothing more is read */
    struct token token;
    struct list awaited; /* struct awaited */
    /* The grammar, for what stands inside of words: commands up to a closing parenthesis, which is
     * read; commands up to the end. */
    struct node *(*nested)(struct parser *p);
    struct node *(*all)(struct parser *p);
};

/* A syntax error at the token; the first one counts. */
void parser_break(struct parser *p);
void parser_break_at_end(struct parser *p, const char *looking_for);
/* As far as the program goes, but not farther: `what` is not simulated. */
void parser_refuse(struct parser *p, const char *what);
bool parser_deeper(struct parser *p); /* false: too deep, and refused */

void parser_advance(struct parser *p);
bool parser_is(const struct parser *p, const char *operator);
bool parser_is_word(const struct parser *p, const char *reserved);

/* Where a word ends. */
enum context {
    IN_WORD,
    IN_QUOTES, /* "…" */
    IN_TEXT, /* a here-document */
    IN_BRACES, /* an operand of ${…} */
    IN_BRACES_SLASH, /* ends at a slash, too */
    IN_BRACES_COLON,
    IN_INDEX, /* [ … ] */
    IN_ARITHMETIC, /* (( … )): ends at a parenthesis */
    IN_COUNT, /* for ((…; …; …)) */
    IN_REGEX, /* behind =~ */
};
/* Reads parts up to the end, which is left to be read. quoted: nothing in it falls apart. */
void parser_read_word(struct parser *p, enum context context, bool quoted, struct word *ret);
/* A word that is an assignment: its name's length; 0: it is none. */
size_t parser_assignment_name(const struct parser *p, const char *s);
void parser_read_assignment(struct parser *p, struct assignment *ret);

struct node *parser_node(struct parser *p, enum node_kind kind);
/* One that is found again by its number. */
struct node *parser_numbered(struct parser *p, struct node *n);
void parser_skip_newlines(struct parser *p);
/* [[ was the last token. */
struct condition *parser_read_condition(struct parser *p);
/* A redirection, if there is one at the token. */
bool parser_read_redirect(struct parser *p, struct node *node);

#endif
