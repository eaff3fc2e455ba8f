/* awk: a program as a tree, and the run of it. */
#ifndef GUEST_AWK_H
#define GUEST_AWK_H

#include "base/posix_pattern.h"
#include "guest/shell/command.h"

enum awk_kind {
    /* expressions */
    AWK_NUMBER,
    AWK_TEXT,
    AWK_REGEX,
    AWK_NAME,
    AWK_FIELD,
    AWK_ITEM,
    AWK_ASSIGN,
    AWK_CHOICE,
    AWK_OR,
    AWK_AND,
    AWK_IN,
    AWK_MATCH,
    AWK_COMPARE,
    AWK_JOIN,
    AWK_SUM,
    AWK_NOT,
    AWK_MINUS,
    AWK_PLUS,
    AWK_STEP,
    AWK_CALL,
    AWK_GETLINE,
    AWK_LIST,
    /* statements */
    AWK_BLOCK,
    AWK_IF,
    AWK_WHILE,
    AWK_DO,
    AWK_FOR,
    AWK_EACH,
    AWK_PRINT,
    AWK_NEXT,
    AWK_EXIT,
    AWK_BREAK,
    AWK_CONTINUE,
    AWK_DELETE,
    AWK_VALUE,
    AWK_RETURN
};

struct awk_node {
    enum awk_kind kind;
    const char *text; /* name, text, operator */
    double number;
    bool negated, after; /* !~; i++ */
    bool formatted; /* printf */
    const char *output; /* print > or >> */
    size_t slot; /* NAME, ITEM: of a function's own, +1 */
    struct posix_pattern *pattern;
    struct list nodes; /* struct awk_node * */
};

struct awk_rule {
    const struct awk_node *pattern, *end; /* NULL: every line; end: of a range */
    const struct awk_node *action; /* NULL: print */
    bool begins, ends; /* BEGIN, END */
    bool inside; /* of its range */
};

struct awk_function {
    const char *name;
    struct list parameters; /* const char * */
    const struct awk_node *body;
};

struct awk_program {
    struct list rules; /* struct awk_rule */
    struct list functions; /* struct awk_function */
    const char *error; /* what is wrong with the program; NULL: nothing */
};

#define AWK_DEEPEST 60

struct awk_program *awk_read(struct shell *sh, const char *text);
/* A text between quotes or behind -v with its escapes done. */
const char *awk_unescape(struct arena *a, const char *s, size_t n);

struct awk_value {
    double number;
    const char *text;
    bool is_text; /* else the number counts */
    bool looks; /* of the input: a number where it looks like one */
};

/* A file that getline reads from. */
struct awk_reader {
    const char *path, *at;
    size_t left;
};

struct awk_item {
    const char *key;
    struct awk_value value;
};

struct awk_variable {
    const char *name;
    struct awk_value value;
    struct list items; /* struct awk_item, by key */
    bool unset;
};

enum awk_flow { AWK_ON, AWK_BREAKS, AWK_CONTINUES, AWK_NEXTS, AWK_EXITS, AWK_RETURNS };

struct awk {
    struct shell *sh;
    struct arena *a;
    struct awk_program *program;
    struct list variables; /* struct awk_variable * */
    struct awk_variable **own; /* of the function at hand */
    struct list fields; /* const char *: $1 … */
    const char *line;
    struct list inputs; /* const char *: operands */
    size_t input;
    bool opened; /* some input was */
    const char *rest; /* of the input at hand */
    size_t left;
    struct list patterns; /* struct awk_pattern: of texts that are patterns */
    enum awk_flow flow;
    struct awk_value returned;
    int64_t status;
    int depth;
    void (*execute)(struct awk *w, const struct awk_node *n); /* for functions */
    struct list outputs; /* const char *: files that were begun */
    struct list readers; /* struct awk_reader: of getline < file */
};

/* awk_value.c */
struct awk_value awk_number(double number);
struct awk_value awk_text(const char *text);
double awk_as_number(const struct awk_value *v);
const char *awk_as_text(struct awk *w, const struct awk_value *v);
bool awk_is_true(const struct awk_value *v);
int awk_compare(struct awk *w, const struct awk_value *a, const struct awk_value *b);
struct awk_variable *awk_variable(struct awk *w, const char *name);
struct awk_item *awk_item(struct awk *w, struct awk_variable *v, const char *key, bool make);
void awk_delete(struct awk_variable *v, const char *key);
const char *awk_field(struct awk *w, size_t which);
void awk_set_field(struct awk *w, size_t which, const char *text);
void awk_set_line(struct awk *w, const char *line);
void awk_split(struct awk *w, const char *text, const char *separator, struct list *ret);
struct posix_pattern *awk_pattern(struct awk *w, const char *text);
bool awk_find(struct awk *w, struct posix_pattern *p, const char *text, size_t from,
              struct posix_span ret[POSIX_SPANS]);
const char *awk_format(struct awk *w, size_t n, const struct awk_value *values);

/* awk_call.c: the functions that awk has. `values` are the arguments, evaluated; false: there is
 * none of that name. */
bool awk_call(struct awk *w, const char *name, size_t n, const struct awk_value *values,
              struct awk_value *ret);
/* sub and gsub: what becomes of the text, and how often. */
const char *awk_substitute(struct awk *w, struct posix_pattern *p, const char *with,
                           const char *text, bool every, double *ret_count);
/* awk_evaluate.c */
struct awk_value awk_evaluate(struct awk *w, const struct awk_node *n);
void awk_store(struct awk *w, const struct awk_node *place, struct awk_value value);
struct awk_variable *awk_named(struct awk *w, const struct awk_node *n);
struct posix_pattern *awk_node_pattern(struct awk *w, const struct awk_node *n);
/* The next line of the input; false: there is none. awk_input.c */
bool awk_next_line(struct awk *w, const char **ret);
/* A line of some bytes; false: there is none. */
bool awk_take_line(struct awk *w, const char **at, size_t *left, const char **ret);

#endif
