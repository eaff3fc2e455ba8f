/* A script that a user of a guest started and waits for: it runs until it ends, over its pauses on
 * the virtual clock, and is kept until whoever started it asks how it ended. */
#ifndef GUEST_PROCESS_H
#define GUEST_PROCESS_H

#include "world/instance/instance.h"

struct guest_process {
    const char *id, *owner, *region, *instance;
    int64_t boots; /* of the machine: it does not outlive it */
    const char *script, *user, *folder; /* folder: where it begins */
    const char *state; /* of one that pauses */
    const char *out, *err; /* when it has ended */
    int64_t status;
    enum tri ended;
};

extern const struct schema guest_process_schema;

/* Starts p->script as p->user in p->folder. Either it has ended, and nothing is kept; or p->id is
 * what to ask for. */
void guest_process_begin(struct call *c, const struct instance *i, struct guest_process *p);
/* Whether it has ended: then it is forgotten. */
bool guest_process_end(struct call *c, const char *id, struct guest_process *ret);

/* Nobody waits for it any more: it ends where it is. Of all that were left by another run. */
void guest_process_forget(struct call *c, const char *id);
void guest_process_forget_all(struct call *c);

#endif
