/* A script that a user of a guest started and waits for: it runs until it ends, over its pauses on
 * the virtual clock, and what it says is kept until whoever started it takes it. */
#ifndef GUEST_PROCESS_H
#define GUEST_PROCESS_H

#include "world/instance/instance.h"

struct guest_process {
    const char *id, *owner, *region, *instance;
    int64_t boots; /* of the machine: it does not outlive it */
    const char *script, *user, *folder; /* folder: where it begins */
    const char *input; /* base64, all that came; NULL: none */
    enum tri input_open; /* more may come */
    enum tri session; /* the script is one line of many, on a terminal */
    const char *state; /* where it pauses; of a session: where the next line goes on */
    const char *out, *err; /* base64: what it said since it was taken last; NULL: nothing */
    int64_t status;
    enum tri ended, reads; /* reads: it waits for more input */
    enum tri left,
        unfinished; /* session: by exit; the line is not whole, and nothing of it was run */
};

extern const struct schema guest_process_schema;

/* Starts p->script as p->user in p->folder, with the input, as a session or not, and says in *p how
 * far it came. Where it has not ended p->id is what to ask for. */
void guest_process_begin(struct call *c, const struct instance *i, struct guest_process *p);
/* All that has come on its standard input. */
void guest_process_feed(struct call *c, const struct instance *i, const char *id, const char *input,
                        bool open);
/* What it said and how it stands; one that has ended is forgotten. False: it is not there. */
bool guest_process_take(struct call *c, const char *id, struct guest_process *ret);
/* Nobody waits for it any more: it ends where it is. Of all that were left by another run. */
void guest_process_forget(struct call *c, const char *id);
void guest_process_forget_all(struct call *c);

#endif
