/* Eventual consistency: resources that exist and cannot be found yet. */
#ifndef SCENARIO_CONSISTENCY_HIDDEN_H
#define SCENARIO_CONSISTENCY_HIDDEN_H

#include "reply/render.h"
#include "scenario/fault_rule.h"

/* What the answer names for the first time is hidden, as the rule says. */
void hidden_add(struct call *c, const struct fault_what *what, const struct reply *reply);
/* Whether this resource is hidden; a question that finds it so counts as one of its calls. */
bool hidden_is(struct call *c, const char *resource);
/* -1 where the call changes or uses a hidden resource: AWS does not know it yet. */
int hidden_check(struct call *c);

#endif
