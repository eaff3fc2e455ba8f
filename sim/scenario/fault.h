/* The gate: every call passes it once it is known what it asks for, and once more with its answer.
 */
#ifndef SCENARIO_FAULT_H
#define SCENARIO_FAULT_H

#include "reply/render.h"
#include "scenario/fault_rule.h"

struct changes;

/* What the gate found for one call: c->fault. */
struct fault {
    const struct fault_rule *rule; /* the one that acts; NULL: none, or only delays */
    const char *names; /* all that struck, for people: "a/1, b/slow"; NULL: none */
    int64_t delay; /* machine ms */
    struct changes *watched; /* while the call changes something; NULL: no rule asks */
    const void *before; /* the way back from what the call changed; NULL: no rule asks */
    size_t before_size;
    bool looked_back; /* the answer shows how something was */
};

/* -1 where the call ends here. */
int fault_before(struct call *c);
/* The answer as the client is to get it. Sets what the call made aside where it is to be hidden. */
void fault_after(struct call *c, struct reply *reply);

#endif
