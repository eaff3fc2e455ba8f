/* A shell script as a tree, and the way from its text to there.
 *
 * The tree knows the grammar of sh and, where it is asked to, of bash; it knows no command. */
#ifndef GUEST_SHELL_SYNTAX_H
#define GUEST_SHELL_SYNTAX_H

#include <stdbool.h>

#include "base/list.h"

struct node;
struct word;

enum part_kind {
    PART_TEXT,
    PART_PARAMETER,
    PART_COMMAND, /* $( ) and backquotes: its output */
    PART_ARITHMETIC, /* $(( )) */
    PART_PROCESS, /* <( ) and >( ): a file */
};

/* What a parameter expansion does beyond giving the value. */
enum operation {
    GIVE,
    GIVE_DEFAULT, /* ${x-word} */
    GIVE_ASSIGNED, /* ${x=word} */
    GIVE_OR_FAIL, /* ${x?word} */
    GIVE_OTHER, /* ${x+word} */
    CUT_PREFIX, /* ${x#pattern}; twice: ## */
    CUT_SUFFIX, /* ${x%pattern} */
    REPLACE, /* ${x/pattern/word}; twice: // */
    REPLACE_PREFIX, /* ${x/#pattern/word} */
    REPLACE_SUFFIX, /* ${x/%pattern/word} */
    UPPER, /* ${x^pattern} */
    LOWER, /* ${x,pattern} */
    SUBSTRING, /* ${x:first:second} */
    LENGTH, /* ${#x} */
    NAMES, /* ${!x*} */
    KEYS, /* ${!x[@]} */
    TRANSFORM, /* ${x@Q} */
};

struct part {
    enum part_kind kind;
    bool quoted;
    const char *text; /* TEXT; PARAMETER: its name; TRANSFORM is told by `first` */
    enum operation operation;
    bool colon, twice, indirect; /* ${x:-…}; ${x##…}; ${!x} */
    struct word *index; /* ${x[…]} */
    struct word *first, *second; /* operands; ARITHMETIC: first */
    struct node *node; /* COMMAND, PROCESS */
    bool output; /* PROCESS: >( ) */
};

struct word {
    struct list parts; /* struct part */
    bool braces; /* an unquoted { is in it */
    struct assignment *assignment; /* of a declaring command: name=value, name=( … ) */
};

/* One element of name=( … ). */
struct element {
    struct word *index; /* [index]=value */
    struct word value;
};

struct assignment {
    const char *name;
    struct word *index; /* name[index]=value */
    bool append; /* += */
    bool list; /* name=( … ) */
    struct word value;
    struct list elements; /* struct element */
};

enum redirect_kind {
    REDIRECT_IN,
    REDIRECT_OUT,
    REDIRECT_APPEND,
    REDIRECT_BOTH, /* <> */
    REDIRECT_COPY, /* <& and >&: the word is a number or - */
    REDIRECT_TEXT, /* here-documents and here-strings */
};

struct redirect {
    enum redirect_kind kind;
    int fd;
    const char *fd_name; /* {name}>: bash chooses the number and keeps it there */
    bool errors; /* bash's &> : 2 goes there as well */
    bool force; /* >| */
    bool line; /* here-string: a newline is added */
    struct word word; /* the file; the text */
};

enum node_kind {
    NODE_COMMAND,
    NODE_SEQUENCE,
    NODE_CHAIN, /* && and || */
    NODE_NOT,
    NODE_PIPE,
    NODE_SUBSHELL,
    NODE_GROUP,
    NODE_IF, /* nodes: condition, body, condition, body, …, and else's body */
    NODE_WHILE, /* nodes: condition, body */
    NODE_UNTIL,
    NODE_FOR, /* nodes: body */
    NODE_COUNT, /* for (( ; ; )): words: three expressions */
    NODE_CASE,
    NODE_FUNCTION, /* nodes: body */
    NODE_TEST, /* [[ ]] */
    NODE_ARITHMETIC, /* (( )) */
    NODE_BACKGROUND, /* & */
    NODE_TIME, /* time … */
};

/* A way out of a case. */
struct branch {
    struct list patterns; /* struct word */
    struct node *body; /* NULL: nothing */
    bool falls, tests; /* ;& and ;;& */
};

enum condition_kind {
    CONDITION_WORD,
    CONDITION_ONE,
    CONDITION_TWO,
    CONDITION_NOT,
    CONDITION_AND,
    CONDITION_OR
};

/* A node of [[ ]]. */
struct condition {
    enum condition_kind kind;
    const char *operator; /* -f, ==, … */
    struct word left, right; /* ONE and WORD: left */
    struct condition *first, *second;
};

struct node {
    enum node_kind kind;
    int line;
    struct list nodes; /* struct node * */
    struct list assignments; /* struct assignment: before a command */
    struct list words; /* struct word: of a command, of for, of case (one) */
    struct list redirects; /* struct redirect */
    const char *name; /* FOR: the variable; FUNCTION */
    bool every; /* FOR without in; TIME -p */
    bool alternative; /* of a CHAIN: stands behind || */
    struct list branches; /* CASE: struct branch */
    struct condition *condition;
    size_t number; /* FUNCTION, BACKGROUND: its place in program.numbered */
};

/* Nobody changes it; where it stands is told by numbers. */
struct program {
    const char *text;
    bool bash;
    int first_line;
    struct list lines; /* struct node *: what is read together before any of it runs */
    struct list numbered; /* struct node *: functions, and what runs in the background */
    const char *error; /* syntax error behind the last line, in the shell's words; NULL: none */
    int error_line;
    bool error_at_end; /* the text ends too early: more of it may come */
    const char *refused; /* what is not simulated; NULL: nothing */
};

/* The text must outlive the program. first_line: usually 1. */
struct program *program_parse(struct arena *a, const char *text, bool bash, int first_line);
/* How much of a text is the name of a variable. */
size_t shell_name_length(const char *s);
/* The text of a word as expansions see here-documents: $ and backquotes only. */
struct word *word_parse_text(struct arena *a, const char *text, bool bash);

#endif
