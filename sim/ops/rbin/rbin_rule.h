/* What the files of service rbin share: the tags of retention rules. */
#ifndef OPS_RBIN_RULE_H
#define OPS_RBIN_RULE_H

#include "call/op.h"
#include "ops/service_tag.h"
#include "world/account/retention_rule.h"

extern const struct tag_words rbin_tag_words;
/* A rule's own tags, by its id. */
extern const struct tag_family rbin_tags;

#endif
