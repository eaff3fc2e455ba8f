/* Run Command: what sending, running and telling share. */
#ifndef OPS_SSM_COMMAND_REQUEST_H
#define OPS_SSM_COMMAND_REQUEST_H

#include "call/op.h"
#include "time/job.h"
#include "world/ssm/ssm_command.h"

/* Looks for the instances that the targets name and sends them the command that is its subject. */
struct command_targets {
    struct list targets; /* struct command_target */
};
extern const struct job_kind job_command_targets;
/* Sends a command on its way to an instance. */
void ssm_command_send(struct call *c, const struct ssm_command *command, const char *instance);

/* What is always empty: CloudWatchOutputConfig, NotificationConfig. */
void ssm_emit_no_logs(struct call *c);
void ssm_emit_nobody_told(struct call *c);

#endif
