/* Run Command: what sending, running and telling share. */
#ifndef OPS_SSM_COMMAND_H
#define OPS_SSM_COMMAND_H

#include "call/op.h"
#include "time/job.h"
#include "world/ssm/ssm_command.h"

struct command_target {
    const char *key; /* InstanceIds, tag-key, tag:NAME */
    struct list values; /* const char * */
};

/* The ids of the instances that all targets (struct command_target) name. */
struct list ssm_command_targets(struct call *c, const struct list *targets);
/* Looks for them and sends them the command that is its subject. */
struct command_targets {
    struct list targets; /* struct command_target */
};
extern const struct job_kind job_command_targets;
/* Sends a command on its way to an instance. */
void ssm_command_send(struct call *c, const struct ssm_command *command, const char *instance);

/* Whether the caller's tags on an instance have a key ("tag-key") or a value ("tag:NAME"; no
 * values: any). */
bool ssm_tagged(struct call *c, const char *instance, const char *key, const struct list *values);

/* What is always empty: CloudWatchOutputConfig, NotificationConfig. */
void ssm_emit_no_logs(struct call *c);
void ssm_emit_nobody_told(struct call *c);

#endif
