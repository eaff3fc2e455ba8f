/* What the operations of Parameter Store share. */
#ifndef OPS_SSM_PARAMETER_REQUEST_H
#define OPS_SSM_PARAMETER_REQUEST_H

#include "call/op.h"
#include "ops/service_tag.h"
#include "world/ssm/ssm_parameter.h"

/* A name as it may be written: plain or as an ARN, with ":version" or ":label" behind it or not. */
struct ssm_reference {
    const char *written, *name, *selector; /* selector: with its colon; NULL: none */
};

/* Its parts; fails where no parameter can have such a name. */
int ssm_reference(struct call *c, const char *written, struct ssm_reference *ret);
/* The rules of names. */
int ssm_name_check(struct call *c, const char *name);

extern const struct tag_words ssm_tag_words;
/* Tags of parameters, by their ids. */
extern const struct tag_family ssm_tags;

/* How many slashes, which is how deep it is. */
size_t ssm_depth(const char *name);

/* Makes it ready for SSM_VIEW_VALUE. Fails where it is to be decrypted and its key cannot be used.
 */
int ssm_parameter_reveal(struct call *c, struct ssm_parameter *p, enum tri decrypted);
/* The caller's value of a tag of a resource; NULL: it has no such tag. */
const char *ssm_tag_value(struct call *c, const char *resource, const char *key);

#endif
