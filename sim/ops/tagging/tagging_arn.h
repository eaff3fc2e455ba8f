/* What the Resource Groups Tagging API reaches: the kinds of resources whose tags are simulated, by
 * their ARNs. Nothing here knows how tags are set: that is the work of each kind's own service. */
#ifndef OPS_TAGGING_ARN_H
#define OPS_TAGGING_ARN_H

#include "call/op.h"
#include "store/tag_row.h"

/* "arn:aws:ec2:us-east-1:123456789012:volume/vol-1", taken apart. */
struct tagging_arn {
    const char *whole;
    const char *service, *type; /* "ec2", "volume" */
    const char *id; /* what follows the type and its slash: "vol-1" */
};

struct tagging_kind {
    const struct service *service; /* whose name ARNs and filters have */
    const char *stored; /* the type of its tags in the store; NULL: EC2's, which has many */
    const char *type; /* in ARNs; NULL: EC2's, where they are called as in the store */
    const char *tag, *untag; /* the operations of that service, which do the work */
    const char *tags, *key, *value; /* their parameters for tags, and the members of one */
    const char *keys; /* parameter for the keys to remove; NULL: tags without a value */
    /* Puts the parameters that name the resource. */
    void (*name)(struct call *c, const struct tagging_arn *arn, struct value *input);
    /* The ARN of a resource by its name in the store; NULL where the caller has none here. */
    const char *(*arn)(struct call *c, const char *type, const char *resource);
};

/* A resource with its tags. */
struct tagging_resource {
    const char *arn, *service, *type;
    struct list tags; /* struct tag, by key */
};

/* Fails where it is no ARN. */
int tagging_arn_read(struct call *c, const char *text, struct tagging_arn *ret);
/* The kind that tags of this type in the store belong to; NULL: of none that is reached. */
const struct tagging_kind *tagging_kind_stored(struct call *c, const char *type);
/* The kind that an ARN is of, whoever's it is; NULL: of none. */
const struct tagging_kind *tagging_kind_of(struct call *c, const struct tagging_arn *arn);
/* The service, even where it has no such type; NULL: its tags are not simulated. */
const struct tagging_kind *tagging_service(const char *service);
/* Whether the ARN is one of the caller's account and Region, as AWS writes it. */
bool tagging_arn_is_own(struct call *c, const struct tagging_arn *arn);

/* The caller's resources here that have one of these tags (struct tag_row), with these tags alone,
 * by ARN. */
struct list tagging_resources(struct call *c, const struct list *rows);

#endif
