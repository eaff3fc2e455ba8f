/* The data of launch templates, as the operations on them and RunInstances use it. */
#ifndef OPS_LAUNCH_TEMPLATE_DATA_H
#define OPS_LAUNCH_TEMPLATE_DATA_H

#include "ops/instance/launch_request.h"
#include "world/instance/launch_template.h"

/* What AWS stores with a warning: a refusal that only warns. code NULL: nothing. */
struct template_warning {
    const char *code, *message;
};

/* The checks that AWS makes of data when it is stored: -1 where it refuses. */
int template_data_check(struct call *c, const struct run_instances *data,
                        struct template_warning *ret);
/* <warning> of an answer, where there is one. */
void emit_template_warning(struct call *c, const struct template_warning *warning);
/* <launchTemplateData> of a version. */
void emit_template_data(struct call *c, const char *json);
/* Sets what filters ask of a version's data. */
void template_filter_values(struct call *c, struct launch_template_version *v);
/* A new version: the source's top-level members (NULL: none) with the given ones over them. */
void template_add_version(struct call *c, struct launch_template *t, const char *source,
                          const struct value *given, const char *description,
                          struct launch_template_version *ret);
/* The request of RunInstances (c->input) with the data of the template under it that it names:
 * *ret is decoded anew from both; fails where there is no such template, version or value. */
int template_resolve(struct call *c, const struct run_instances *in, struct run_instances *ret);

#endif
