/* Run Command: what was sent, and what became of it on each instance. */
#ifndef WORLD_SSM_COMMAND_H
#define WORLD_SSM_COMMAND_H

#include "base/field.h"
#include "call/call.h"

struct ssm_command {
    const char *id, *account, *region;
    const char *document, *document_version, *comment;
    const char *script, *folder; /* what is run, and where */
    int64_t requested; /* ms */
    int64_t timeout, execution; /* ms until it is delivered, and that it may run */
};

struct ssm_invocation {
    const char *id; /* COMMAND/INSTANCE */
    const char *command, *instance, *account, *region;
    const char *status, *details; /* InProgress, Success, Failed, TimedOut; DeliveryTimedOut … */
    int64_t requested, started, ended; /* ms; the last two ABSENT until then */
    int64_t code; /* exit status; -1 while there is none [recorded] */
    const char *out, *err;
    const char *state; /* of a script that pauses */
    int64_t boots; /* in which boot of the machine it runs */
    enum tri waits; /* for a file system to be thawed */
};

extern const struct schema ssm_command_schema, ssm_invocation_schema;

/* A new one on an instance. */
void ssm_invocation_add(struct call *c, const struct ssm_command *command, const char *instance);
/* The caller's, in this Region, and the command it belongs to; id: COMMAND/INSTANCE. */
bool ssm_invocation_find(struct call *c, const char *id, struct ssm_invocation *ret,
                         struct ssm_command *ret_command);
/* Over with that status. */
void ssm_invocation_end(struct call *c, struct ssm_invocation *v, const char *status,
                        const char *details, int64_t code);
bool ssm_invocation_is_over(const struct ssm_invocation *v);

#endif
