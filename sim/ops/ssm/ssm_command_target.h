/* Which instances a command is for. */
#ifndef OPS_SSM_COMMAND_TARGET_H
#define OPS_SSM_COMMAND_TARGET_H

#include "base/field.h"
#include "call/call.h"

struct command_target {
    const char *key; /* InstanceIds, tag-key, tag:NAME */
    struct list values; /* const char * */
};

extern const struct schema command_target_schema;

/* Whether its values are identifiers of instances; the key is taken in any case. */
bool ssm_target_names_instances(const struct command_target *t);
/* The ids of the instances that all targets (struct command_target) name. */
struct list ssm_command_targets(struct call *c, const struct list *targets);
/* Whether the caller's tags on an instance have a key ("tag-key") or a value ("tag:NAME"; no
 * values: any). */
bool ssm_tagged(struct call *c, const char *instance, const char *key, const struct list *values);

#endif
