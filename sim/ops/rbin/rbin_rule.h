/* What the files of service rbin share. */
#ifndef OPS_RBIN_RULE_H
#define OPS_RBIN_RULE_H

#include "call/op.h"
#include "ops/service_tag.h"
#include "world/account/retention_rule.h"

extern const struct tag_words rbin_tag_words;
/* A rule's own tags, by its id. */
extern const struct tag_family rbin_tags;

/* The caller's, in this Region; else ResourceNotFoundException. */
int rbin_find_rule(struct call *c, const char *id, struct retention_rule *ret);
/* The ARN of the caller's rule of that id. */
const char *rbin_rule_arn(struct call *c, const char *id);
/* A good answer of status 204. */
void rbin_no_content(struct call *c);

#endif
