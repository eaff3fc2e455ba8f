/* KMS keys and aliases, as KMS shows them and as EC2 uses them. */
#ifndef WORLD_KEY_H
#define WORLD_KEY_H

#include "base/field.h"
#include "call/call.h"

struct key {
    const char *arn; /* the key of the table */
    const char *id, *account, *region, *description;
    /* Enabled, Disabled, PendingDeletion, PendingImport */
    const char *state;
    const char *usage, *spec, *origin,
        *manager; /* ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT, AWS_KMS, CUSTOMER */
    const char *material; /* CurrentKeyMaterialId; NULL for all but symmetric keys */
    int64_t created, deletion;
    enum tri multi_region;
    const char *policy; /* key policy (key_policy.h); NULL: the default one */
};

struct key_alias {
    const char *arn; /* the key of the table */
    const char *name, *account, *region, *target; /* target: key ARN */
    int64_t created, updated;
};

/* What an account has chosen for EBS in a Region; the row exists from the first choice on. */
struct ebs_choice {
    const char *id; /* "account/region" */
    enum tri encrypt; /* encryption by default */
    const char *key; /* ARN of the default key; NULL: alias/aws/ebs */
};

extern const struct kind key_kind, key_alias_kind, ebs_choice_kind;

/* What EC2 makes of a key reference. */
enum key_verdict {
    KEY_USABLE,
    KEY_UNKNOWN, /* no such key or alias here; another Region's key */
    KEY_DISABLED, /* or waiting for imported material */
    KEY_PENDING_DELETION,
    KEY_UNSUITABLE, /* asymmetric, HMAC, or not for encryption */
    KEY_FORBIDDEN, /* the caller may not even describe it */
    KEY_INACCESSIBLE, /* may be described, but not used: what EC2 learns only while it works */
};

/* A key id, mrk- id, alias/NAME, key ARN or alias ARN, as the caller may write it in this Region.
 * Fills *ret (where one was found) and returns what EC2 can do with it. */
enum key_verdict key_resolve(struct call *c, const char *reference, struct key *ret);
/* The key behind alias/aws/ebs of this account and Region; made on its first use. */
void key_ebs_default(struct call *c, struct key *ret);
/* …behind alias/aws/ssm. */
void key_ssm_default(struct call *c, struct key *ret);
/* The key that EBS takes when none is named: the account's choice, else alias/aws/ebs. Whether it can
 * be used is another question (key_use): of one that was deleted only the ARN is left. */
void key_for_ebs(struct call *c, struct key *ret);
/* Encryption by default, per account and Region. */
bool key_encrypts_by_default(struct call *c);
void ebs_choice_get(struct call *c, struct ebs_choice *ret);
void ebs_choice_put(struct call *c, const struct ebs_choice *choice);
bool key_find(struct call *c, const char *arn, struct key *ret); /* anyone's */
/* Whether data under this key can be used by the caller now. */
enum key_verdict key_use(struct call *c, const char *arn);
/* The same two for another service than EC2 ("ssm"). */
enum key_verdict key_resolve_for(struct call *c, const char *service, const char *reference,
                                 struct key *ret);
enum key_verdict key_use_for(struct call *c, const char *service, const char *arn);

/* ---- For KMS itself ---- */

/* The key a reference names in this Region, whatever its state and whoever asks; false: none. */
bool key_lookup(struct call *c, const char *reference, struct key *ret);
/* A new key of the caller: sets arn, id, account, region, material and creation date. */
void key_create(struct call *c, struct key *key);
void key_put(struct call *c, const struct key *key);
/* Removes a key, its aliases and its grants. */
void key_remove(struct call *c, const char *arn);
bool key_alias_find(struct call *c, const char *arn, struct key_alias *ret);
void key_alias_put(struct call *c, const struct key_alias *alias);
/* "arn:aws:kms:REGION:ACCOUNT:RESOURCE" of the caller. */
const char *key_arn(struct call *c, const char *resource);
bool key_is_symmetric(const struct key *key);
/* The aliases that AWS keeps for itself: const char *, ending with NULL. */
extern const char *const key_aws_aliases[];

#endif
