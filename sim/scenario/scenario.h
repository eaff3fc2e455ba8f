/* Scenarios: a story, rules and a timeline under a name, kept in the store as the document they
 * were read from. What is active is decoded again whenever the store was exchanged (start, reset,
 * restore). */
#ifndef SCENARIO_SCENARIO_H
#define SCENARIO_SCENARIO_H

#include "call/op.h"
#include "scenario/fault_rule.h"

struct step_call {
    const char *service, *operation, *account, *region;
    const struct value *parameters;
};

struct step {
    const char *at;
    struct step_call call;
    int64_t due; /* virtual ms after the start; worked out */
};

/* A document as it was read. */
struct plan {
    const char *name, *story, *state;
    int64_t seed;
    struct list rules; /* struct fault_rule */
    struct list steps; /* struct step */
};

/* As the store keeps it. */
struct scenario {
    const char *name, *document; /* YAML or JSON */
    const char *origin; /* what a drop-in route was given, else NULL */
    const char *account; /* the one it is for; NULL: any */
    int64_t started, seed;
};

extern const struct schema scenario_schema, fault_rule_state_schema;

/* Reads a document; `file` is its name in complaints. -1 after fail(). */
int plan_read(struct call *c, const char *file, const char *text, size_t n, struct plan *ret);

/* Makes it active: its rules from now on, its timeline as jobs. Replaces one of that name. The
 * caller gives name, origin and account; `file` is the name of the text in complaints. */
int scenario_put(struct call *c, struct scenario *s, const char *file, const char *text, size_t n);
/* The text of one of scenarios/, which the program carries; NULL: there is none of that name. */
const char *scenario_shipped(const char *name, size_t *ret_n);
/* All of them by name (struct shipped). try: how to meet it, from the comment at its top. */
struct shipped {
    const char *name, *document, *try;
    size_t size;
};
struct list scenarios_all_shipped(struct arena *a);
/* Their names, for a person to choose from. */
const char *scenarios_shipped(struct arena *a);
bool scenario_find(struct call *c, const char *name, struct scenario *ret);
bool scenario_remove(struct call *c, const char *name);

/* The operation of a step; NULL where a timeline cannot call it. */
const struct op *step_operation(const struct sim *sim, const struct step_call *call);

/* ---- The process ---- */

/* Makes room for what is active; files: what --scenario was given (const char *). They are read
 * again with every reset. False and *ret_error where one cannot be read. */
bool scenarios_open(struct sim *sim, struct arena *a, const struct list *files,
                    const char **ret_error);
void scenarios_close(struct sim *sim);
/* After a reset: the files of --scenario begin anew. */
bool scenarios_begin(struct sim *sim, const char **ret_error);
/* After the store was exchanged: decodes what it holds. */
void scenarios_reload(struct sim *sim);
/* The active rules in order: struct fault_rule. */
const struct list *scenarios_rules(const struct sim *sim);
/* Reads a whole file; NULL and *ret_error, "file: why". */
const char *file_read(struct arena *a, const char *path, size_t *ret_n, const char **ret_error);
/* --check: NULL, or what is wrong with the file. */
const char *scenario_check(struct sim *sim, struct arena *a, const char *path);

#endif
