/* Eventual consistency: resources that exist and cannot be found yet. */
#ifndef SCENARIO_CONSISTENCY_HIDDEN_H
#define SCENARIO_CONSISTENCY_HIDDEN_H

#include "scenario/fault_rule.h"

/* Before the handler: what the call makes and its answer shows is to be hidden. */
void hidden_watch(struct call *c);
/* After it: that is hidden, as the rule says. */
void hidden_add(struct call *c, const struct fault_what *what);
/* struct sim: is_hidden. Whether this resource is hidden; a question that finds it so counts as one
 * of its calls. */
bool hidden_is(struct call *c, const char *resource);
/* -1 where the call changes or uses a hidden resource: AWS does not know it yet. */
int hidden_check(struct call *c);

#endif
