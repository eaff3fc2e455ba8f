/* What the files of control routes share. */
#ifndef OPS_CONTROL_H
#define OPS_CONTROL_H

#include "call/op.h"
#include "world/instance/instance.h"

/* The declarations as JSON: operations, parameters, types, limits, refusals (--operations). */
char *ops_json(struct arena *a, const struct contents *contents);
/* The row of a checkpoint's or a scenario's name, .name of the struct. */
#define CONTROL_NAME(S)                                                                            \
    {                                                                                              \
        "name", TEXT(S, name), .flags = PARAM_REQUIRED | PARAM_PATH, .max = 64, .min = 1,          \
                               .pattern = "^[A-Za-z0-9._-]+$"                                      \
    }
/* What routes tell, emitted into whatever is open: the console's page has all of it inside. */
void control_emit_clock(struct call *c);
void control_emit_accounts(struct call *c);
void control_emit_jobs(struct call *c);
/* Those that run. -1 where one cannot be read. */
int control_emit_scenarios(struct call *c);
/* The instance, whoever has it: control calls have no account, and the call goes on in its world.
 * NoSuchInstance where there is none. */
int control_instance(struct call *c, const char *id, struct instance *ret);
/* Everything is as after a start with the same options. */
int control_reset(struct call *c, const struct no_input *in);
/* A copy of the world, from which an answer comes in pieces: not too many at once. */
int control_copy(struct call *c, struct store **ret);
#define CONTROL_COPY_ERRORS "TooManyReaders"

#endif
