/* Parameter tables at work: decodes a tree of values into a struct and checks it.
 *
 * The same tables read query strings, JSON bodies and YAML files; only the complaints differ. */
#ifndef CALL_DECODE_H
#define CALL_DECODE_H

#include "call/op.h"

enum decode_problem {
    DECODE_UNKNOWN, /* no such name; `at` is the stranger */
    DECODE_REFUSED, /* known to AWS, not simulated */
    DECODE_MISSING, /* required and not given, or given empty */
    DECODE_TYPE, /* no number, no boolean, no list … */
    DECODE_RANGE, /* number out of min…max */
    DECODE_LENGTH, /* text or list out of min…max */
    DECODE_CHOICE, /* not one of .values */
    DECODE_PATTERN, /* does not match .pattern */
    DECODE_ID, /* not shaped like an identifier */
};

/* How a problem is told: calls fail() and returns -1. `name` is the wire name, `at` the value (NULL
 * where it is missing). */
typedef int complaint(struct call *c, enum decode_problem what, const struct param *p,
                      const char *name, const struct value *at);
complaint complain_ec2, complain_query, complain_json, complain_yaml;

/* Checks only the names, at every depth: unknown and refused ones. */
int decode_names(struct call *c, const struct param *params, const struct value *map,
                 complaint *complain);
/* Decodes and checks all else. `into` is a zeroed struct of the table's. */
int decode_values(struct call *c, const struct param *params, const struct value *map, void *into,
                  complaint *complain);

/* Every number and time of a table's struct becomes ABSENT (decode_values does it by itself). */
void decode_defaults(const struct param *params, void *into);

#endif
