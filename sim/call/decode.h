/* Parameter tables at work: decodes a tree of values into a struct and checks it.
 *
 * The same tables read query strings, JSON bodies and YAML files; only the complaints differ. */
#ifndef CALL_BIND_H
#define CALL_BIND_H

#include "call/op.h"

enum bind_problem {
    BIND_UNKNOWN,  /* no such name; `at` is the stranger */
    BIND_REFUSED,  /* known to AWS, not simulated */
    BIND_MISSING,  /* required and not given, or given empty */
    BIND_TYPE,     /* no number, no boolean, no list … */
    BIND_RANGE,    /* number out of min…max */
    BIND_LENGTH,   /* text or list out of min…max */
    BIND_CHOICE,   /* not one of .values */
    BIND_PATTERN,  /* does not match .pattern */
    BIND_ID,       /* not shaped like an identifier */
};

/* How a problem is told: calls fail() and returns -1. `name` is the wire name, `at` the value (NULL
 * where it is missing). */
typedef int bind_complaint(struct call *c, enum bind_problem what, const struct param *p,
                           const char *name, const struct value *at);
bind_complaint bind_complain_ec2, bind_complain_query, bind_complain_json, bind_complain_yaml;

/* Checks only the names, at every depth: unknown and refused ones. */
int bind_names(struct call *c, const struct param *params, const struct value *map,
               bind_complaint *complain);
/* Decodes and checks all else. `into` is a zeroed struct of the table's. */
int bind_values(struct call *c, const struct param *params, const struct value *map, void *into,
                bind_complaint *complain);

/* Every number and time of a table's struct becomes ABSENT (bind_values does it by itself). */
void bind_defaults(const struct param *params, void *into);
/* The name in messages: "maxResults" for MaxResults. */
const char *bind_lower_camel(struct arena *a, const struct param *p);

#endif
