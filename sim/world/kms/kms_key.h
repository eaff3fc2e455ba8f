/* KMS keys and aliases, as KMS shows them and as EC2 uses them. */
#ifndef WORLD_KMS_KEY_H
#define WORLD_KMS_KEY_H

#include "base/field.h"
#include "call/call.h"
#include "world/kms/kms_key_need.h"

struct kms_key {
    const char *arn; /* the key of the table */
    const char *id, *account, *region, *description;
    /* Enabled, Disabled, PendingDeletion, PendingImport */
    const char *state;
    const char *usage, *spec; /* ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT; as CreateKey takes them */
    const char *origin, *manager; /* AWS_KMS, EXTERNAL; CUSTOMER, AWS */
    const char *material; /* CurrentKeyMaterialId; NULL for all but symmetric keys */
    int64_t created, deletion; /* ms; deletion: ABSENT unless PendingDeletion */
    enum tri multi_region;
    const char *policy; /* key policy (kms_key_policy.h); NULL: the default one */
    /* Set before it is shown: */
    enum tri enabled;
    struct {
        struct list encrypt, sign, mac, agree, encapsulate;
    } can; /* algorithms (const char *), all of one usage */
};

/* Beside those of reply/emit_noun.h: the key is shown as the primary one of a multi-Region key. */
#define KMS_VIEW_PRIMARY (1 << 8)

struct kms_alias {
    const char *arn; /* the key of the table */
    const char *name, *account, *region, *target; /* target: key ARN */
    const char *target_id; /* set before it is shown */
    int64_t created, updated; /* ms */
};

/* What an account has chosen for EBS in a Region; the row exists from the first choice on. */
struct ebs_encryption_default {
    const char *id; /* "account/region" */
    enum tri encrypt; /* encryption by default */
    const char *key; /* ARN of the default key; NULL: alias/aws/ebs */
};

extern const struct schema kms_key_schema, kms_alias_schema, ebs_encryption_default_schema;

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
 * Fills *ret (where one was found) and returns what can be done with it. */
enum key_verdict kms_key_resolve(struct call *c, const struct key_need *need, const char *reference,
                                 struct kms_key *ret);
/* The key behind alias/aws/ebs of this account and Region; made on its first use. */
void kms_key_ebs_default(struct call *c, struct kms_key *ret);
/* The key that EBS takes when none is named: the account's choice, else alias/aws/ebs. Whether it
 * can be used is another question (kms_key_use): of one that was deleted only the ARN is left. */
void kms_key_for_ebs(struct call *c, struct kms_key *ret);
/* What something new is encrypted with, as an ARN: the key that is named; else that of EBS, where
 * encryption is asked for or is the default; else nothing, NULL. Anything but KEY_USABLE is about
 * the one that is named. */
enum key_verdict kms_key_choose(struct call *c, const struct key_need *need, const char *named,
                                enum tri encrypted, const char **ret_arn);
/* Encryption by default, per account and Region. */
bool kms_key_encrypts_by_default(struct call *c);
void ebs_encryption_default_get(struct call *c, struct ebs_encryption_default *ret);
void ebs_encryption_default_put(struct call *c, const struct ebs_encryption_default *choice);
bool kms_key_find(struct call *c, const char *arn, struct kms_key *ret); /* anyone's */
/* Whether the caller can use this key for that now. */
enum key_verdict kms_key_use(struct call *c, const struct key_need *need, const char *arn);
/* What EC2 sees of a key by itself it refuses at once; what only KMS knows (KEY_INACCESSIBLE) lets
 * the work fail later. In the words of CopySnapshot. */
int kms_key_check(struct call *c, const struct key_need *need, const char *given,
                  struct kms_key *ret, enum key_verdict *ret_verdict);

/* ---- For KMS itself ---- */

/* The key a reference names in this Region, whatever its state and whoever asks; false: none. */
bool kms_key_lookup(struct call *c, const char *reference, struct kms_key *ret);
/* A new key of the caller: sets arn, id, account, region, material and creation date. */
void kms_key_create(struct call *c, struct kms_key *key);
void kms_key_put(struct call *c, const struct kms_key *key);
/* Nobody can use it any more. Does nothing where there is no such key; arn may be NULL. */
void kms_key_disable(struct call *c, const char *arn);
/* Removes a key, its aliases and its grants. */
void kms_key_remove(struct call *c, const char *arn);
/* A new name of the caller's ("alias/x") for a key (its ARN). */
void kms_alias_create(struct call *c, const char *name, const char *key);
/* "arn:aws:kms:REGION:ACCOUNT:RESOURCE" of the caller. */
const char *kms_key_arn(struct call *c, const char *resource);
bool kms_key_is_symmetric(const struct kms_key *key);
/* The aliases that AWS keeps for itself: const char *, ending with NULL. */
extern const char *const kms_aws_aliases[];

#endif
