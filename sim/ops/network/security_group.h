/* What the operations on security groups and on their rules share. */
#ifndef OPS_SECURITY_GROUP_H
#define OPS_SECURITY_GROUP_H

#include "world/network/network.h"

/* The group that a request names by id or, in the default VPC, by name. */
int security_group_named_by(struct call *c, const char *id, const char *name,
                            struct security_group *ret);
/* At most 255 of the characters that names and descriptions may have. */
bool security_group_text_is_valid(const char *text);

#endif
