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

/* Rows of what is always empty in answers. The struct S has .no, an enum tri that is NO. */
#define SSM_NO_LOGS_FIELDS(S)                                                                      \
    { CONSTANT_FIELD(""), .json = "CloudWatchOutputConfig/CloudWatchLogGroupName" },               \
    {                                                                                              \
        BOOL_FIELD(S, no), .json = "CloudWatchOutputConfig/CloudWatchOutputEnabled"                \
    }
#define SSM_NOBODY_TOLD_FIELDS(when)                                                               \
    { CONSTANT_FIELD(""), .json = "NotificationConfig/NotificationArn", when },                    \
        { EMPTY_LIST_FIELD, .json = "NotificationConfig/NotificationEvents", when },               \
    {                                                                                              \
        CONSTANT_FIELD(""), .json = "NotificationConfig/NotificationType", when                    \
    }
#define SSM_NO_BUCKET_FIELDS                                                                       \
    { CONSTANT_FIELD(""), .json = "OutputS3BucketName" },                                          \
    {                                                                                              \
        CONSTANT_FIELD(""), .json = "OutputS3KeyPrefix"                                            \
    }

#endif
