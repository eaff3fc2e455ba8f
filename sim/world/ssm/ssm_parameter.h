/* SSM parameters: an account's own, and the public ones that name the images of a Region. */
#ifndef WORLD_SSM_PARAMETER_H
#define WORLD_SSM_PARAMETER_H

#include "base/field.h"
#include "call/call.h"

struct ssm_parameter {
    const char *id; /* "REGION:ACCOUNT:NAME": "x" and "/x" share an ARN, yet are two */
    const char *arn;
    const char *name, *account, *region; /* account NULL: a public one */
    const char *type; /* String, StringList, SecureString */
    const char *value; /* plain; ssm_parameter_secret() hides it */
    const char *data_type; /* text, aws:ec2:image */
    const char *tier; /* Standard, Advanced */
    const char *description, *pattern; /* NULL: none */
    const char *key; /* KeyId as it was given; NULL unless it is a SecureString */
    const char *kms_key_arn;
    const char *user; /* who changed it last: ARN */
    int64_t version, modified; /* from 1; ms */
    const char *selector, *shown; /* set before it is shown: ":3" as it was asked for; its value */
};

/* Beside those of reply/emit_noun.h: a parameter with its value, as Get… shows it. VIEW_DESCRIBED
 * is all but the value. */
#define SSM_VIEW_VALUE (1 << 8)

/* What a version held; "name:3" asks for it. */
struct ssm_parameter_version {
    const char *id; /* "REGION:ACCOUNT:NAME:3" */
    const char *type, *value, *data_type, *kms_key_arn;
    const char *parameter; /* its id */
    int64_t version, modified;
};

extern const struct schema ssm_parameter_schema, ssm_parameter_version_schema;

/* The caller's parameter of a plain name, or a public one; false: none. */
bool ssm_parameter_find(struct call *c, const char *name, struct ssm_parameter *ret);
/* The same as it was in that version. */
bool ssm_parameter_find_version(struct call *c, const char *name, int64_t version,
                                struct ssm_parameter *ret);
/* The caller's own here, then, where `path` can hold them, the public ones. Not sorted. */
struct list ssm_parameters_below(struct call *c, const char *path);
struct list ssm_parameters_own(struct call *c);
/* Stores it as its new version and forgets the oldest one beyond 100. */
void ssm_parameter_put(struct call *c, struct ssm_parameter *p);
void ssm_parameter_remove(struct call *c, const struct ssm_parameter *p);
/* What a SecureString shows without decryption: base64 that begins with its key's material. */
const char *ssm_parameter_secret(struct call *c, const struct ssm_parameter *p);
bool ssm_parameter_is_public(const struct ssm_parameter *p);
/* The image that RunInstances names: "resolve:ssm:NAME" or "resolve:ssm:NAME:VERSION" is the value
 * of that parameter, anything else is what it is. */
int ssm_parameter_image(struct call *c, const char *written, const char **ret_image);
/* Sets id, arn, name, account and Region of a new one. */
void ssm_parameter_name(struct call *c, struct ssm_parameter *p, const char *name);

#endif
