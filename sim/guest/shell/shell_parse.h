/* A shell script as a list of steps with jumps between them.
 *
 * Where a script stands is thus a number: one that sleeps is kept in the store and goes on later.
 * It knows the grammar and no command; shell.c runs the steps. */
#ifndef GUEST_SHELL_PARSE_H
#define GUEST_SHELL_PARSE_H

#include <stdbool.h>

#include "base/list.h"

enum piece_schema { PIECE_TEXT, PIECE_QUOTED, PIECE_VARIABLE, PIECE_QUOTED_VARIABLE };

struct piece {
    enum piece_schema kind;
    const char *text; /* of a variable: its name */
};

struct word {
    struct list pieces; /* struct piece */
};

struct assignment {
    const char *name;
    struct word value;
};

enum redirect_schema { REDIRECT_IN, REDIRECT_OUT, REDIRECT_APPEND, REDIRECT_TO_FD, REDIRECT_TEXT };

struct redirect {
    enum redirect_schema kind;
    int fd, to; /* to: with REDIRECT_TO_FD */
    bool both; /* bash's &>: 2 as well */
    struct word word; /* the file; the text of a here-document */
};

enum step_schema {
    STEP_RUN,
    STEP_JUMP,
    STEP_IF_FAILED, /* jumps when the last status is not 0 */
    STEP_IF_OK,
    STEP_NOT, /* the last status the other way round */
    STEP_OK, /* status 0 */
    STEP_LOOP, /* begins a for loop: its words */
    STEP_NEXT, /* the next word into the variable, or jumps */
    STEP_BROKEN, /* a syntax error stands here */
};

struct step {
    enum step_schema kind;
    int line;
    size_t to; /* jumps: the next step */
    struct list assignments, words, redirects; /* RUN; LOOP: words */
    bool tolerated; /* RUN: its failure does not end the script under set -e */
    bool piped; /* RUN: its output is what the next one reads */
    size_t loop; /* LOOP, NEXT: which of the loops around it */
    const char *text; /* NEXT: the variable; BROKEN: what was not expected, NULL: the end */
};

/* The steps of a script (struct step). False: it uses what is not simulated; *ret_why says what. */
bool shell_parse(struct arena *a, const char *script, struct list *ret, const char **ret_why);

#endif
