/* What the files of service rbin share. */
#ifndef OPS_RBIN_RULE_H
#define OPS_RBIN_RULE_H

#include "call/op.h"
#include "world/account/retention_rule.h"

/* A rule's own tag: struct retention_tag. */
extern const struct param rbin_tag_params[];

/* The caller's, in this Region; else ResourceNotFoundException. */
int rbin_find_rule(struct call *c, const char *id, struct retention_rule *ret);
/* The ARN of the caller's rule of that id. */
const char *rbin_rule_arn(struct call *c, const char *id);
/* Tags: […] */
void rbin_emit_tags(struct call *c, const struct list *tags);
/* A good answer of status 204. */
void rbin_no_content(struct call *c);

#endif
