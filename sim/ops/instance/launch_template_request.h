/* What the operations on launch templates share. */
#ifndef OPS_LAUNCH_TEMPLATE_REQUEST_H
#define OPS_LAUNCH_TEMPLATE_REQUEST_H

#include "ops/instance/instance_run.h"
#include "world/instance/launch_template.h"

/* Checks that AWS makes of data when it is stored; *ret_warning is a refusal that only warns, or
 * NULL. */
int template_data_check(struct call *c, const struct run_instances *data, const char **ret_code,
                        const char **ret_warning);
void emit_template_warning(struct call *c, const char *code, const char *warning);
/* <launchTemplateData> of a version. */
void emit_template_data(struct call *c, const char *json);
/* Sets what filters ask of a version's data. */
void template_filter_values(struct call *c, struct launch_template_version *v);
/* A new version: the source's top-level members (NULL: none) with the given ones over them. */
void template_add_version(struct call *c, struct launch_template *t, const char *source,
                          const struct value *given, const char *description,
                          struct launch_template_version *ret);
/* The request of RunInstances with its template's data under it. */
int template_resolve(struct call *c, const struct run_instances *in, struct run_instances *ret);

#endif
