/* SSM parameters: an account's own, and the public ones that name the images of a Region. */
#ifndef WORLD_PARAMETER_H
#define WORLD_PARAMETER_H

#include "base/field.h"
#include "call/call.h"

struct parameter {
    const char *id; /* "REGION:ACCOUNT:NAME": "x" and "/x" share an ARN, yet are two */
    const char *arn;
    const char *name, *account, *region; /* account NULL: a public one */
    const char *type; /* String, StringList, SecureString */
    const char *value; /* plain; parameter_secret() hides it */
    const char *data_type; /* text, aws:ec2:image */
    const char *tier; /* Standard, Advanced */
    const char *description, *pattern; /* NULL: none */
    const char *key; /* KeyId as it was given; NULL unless it is a SecureString */
    const char *key_arn;
    const char *user; /* who changed it last: ARN */
    int64_t version, modified;
};

/* What a version held; "name:3" asks for it. */
struct parameter_version {
    const char *id; /* "REGION:ACCOUNT:NAME:3" */
    const char *type, *value, *data_type, *key_arn, *parameter;
    int64_t version, modified;
};

extern const struct kind parameter_kind, parameter_version_kind;

/* The caller's parameter of a plain name, or a public one; false: none. */
bool parameter_find(struct call *c, const char *name, struct parameter *ret);
/* The same as it was in that version. */
bool parameter_find_version(struct call *c, const char *name, int64_t version,
                            struct parameter *ret);
/* The caller's own here, then, where `path` can hold them, the public ones. Not sorted. */
struct list parameters_below(struct call *c, const char *path);
struct list parameters_own(struct call *c);
/* Stores it as its new version and forgets the oldest one beyond 100. */
void parameter_put(struct call *c, struct parameter *p);
void parameter_remove(struct call *c, const struct parameter *p);
/* What a SecureString shows without decryption: base64 that begins with its key's material. */
const char *parameter_secret(struct call *c, const struct parameter *p);
bool parameter_is_public(const struct parameter *p);
/* The image that RunInstances names: "resolve:ssm:NAME" or "resolve:ssm:NAME:VERSION" is the value of
 * that parameter, anything else is what it is. */
int parameter_image(struct call *c, const char *written, const char **ret_image);
/* Sets id, arn, name, account and Region of a new one. */
void parameter_name(struct call *c, struct parameter *p, const char *name);

#endif
