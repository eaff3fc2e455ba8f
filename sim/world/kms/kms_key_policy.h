/* Who may do what with a KMS key: key policies and grants.
 *
 * Every caller has all permissions that its account could give it (there are no users and no
 * identity policies here), so that a key's policy and its grants alone decide. */
#ifndef WORLD_KMS_KEY_POLICY_H
#define WORLD_KMS_KEY_POLICY_H

#include "world/kms/kms_key.h"

struct kms_grant {
    const char *id; /* 64 hex digits; the key of the table */
    const char *key; /* ARN */
    const char *name, *grantee, *retiring, *issuer;
    struct list operations; /* const char *: "Decrypt" */
    int64_t created; /* whole seconds */
};

extern const struct schema kms_grant_schema;

/* May the caller do `action` ("kms:Decrypt") with it, by way of a service ("ec2") or directly
 * (NULL)? */
bool kms_key_permits(struct call *c, const struct kms_key *key, const char *action,
                     const char *service);
/* The policy's text as GetKeyPolicy shows it. */
const char *kms_key_policy_text(struct call *c, const struct kms_key *key);
/* The policy that AWS gives to a key of its own: `id` is the policy's, `service` the one it is for,
 * `what` as its first statement names it. */
const char *kms_key_policy_for_aws(struct call *c, const char *id, const char *service,
                                   const char *what);
/* What a policy has alone or in a list (Statement, Action …): const struct value * each. */
struct list kms_key_policy_items(struct call *c, const struct value *v);
/* What of a policy is not simulated ("NotPrincipal"), or NULL. */
const char *kms_key_policy_beyond(struct call *c, const struct value *policy);

#endif
