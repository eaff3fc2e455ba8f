/* Run Command: what sending, running and telling share. */
#ifndef OPS_SSM_COMMAND_REQUEST_H
#define OPS_SSM_COMMAND_REQUEST_H

#include "call/op.h"
#include "world/ssm/ssm_command.h"

/* Sends a command on its way to an instance. */
void ssm_command_send(struct call *c, const struct ssm_command *command, const char *instance);

/* What is always empty: CloudWatchOutputConfig, NotificationConfig. */
void ssm_emit_no_logs(struct call *c);
void ssm_emit_nobody_told(struct call *c);

#endif
