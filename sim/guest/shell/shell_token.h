/* Words and operators of a shell script, for the parser (guest/shell/shell_parse.c). */
#ifndef GUEST_SHELL_TOKEN_H
#define GUEST_SHELL_TOKEN_H

#include "guest/shell/shell_parse.h"

enum token_schema { TOKEN_END, TOKEN_NEWLINE, TOKEN_OPERATOR, TOKEN_WORD };

struct token {
    enum token_schema kind;
    const char *text; /* operator; of a word: as it was written */
    struct word word;
    bool quoted; /* a word that is no reserved word for that */
    int fd; /* before a redirection; -1: none */
};

/* A here-document whose text comes after the line; the step and redirection that want it. */
struct awaited {
    size_t step, redirect;
    const char *end;
    bool tabs, literal;
};

/* Jumps out of a loop, to be set at its end. */
struct loop {
    size_t top;
    struct list breaks; /* size_t */
};

struct parser {
    struct arena *a;
    const char *at;
    int line, depth;
    size_t fors; /* for loops around this place */
    struct token token;
    struct list *steps;
    struct list awaited; /* struct awaited */
    struct loop *loop; /* the innermost one */
    const char *why; /* not simulated */
    bool broken; /* syntax error at the token */
};

/* A syntax error, or something that is not simulated: nothing more is read. */
bool parser_stopped(const struct parser *p);
void parser_refuse(struct parser *p, const char *what);
struct step *parser_step(struct parser *p, size_t n);

/* The next token. */
void parser_advance(struct parser *p);
/* How much of a text is the name of a variable. */
size_t shell_name_length(const char *s);

#endif
