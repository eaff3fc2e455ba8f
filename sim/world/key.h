/* KMS keys and aliases, as KMS shows them and as EC2 uses them. */
#ifndef WORLD_KEY_H
#define WORLD_KEY_H

#include "base/field.h"
#include "call/call.h"

struct key {
    const char *arn;        /* the key of the table */
    const char *id, *account, *region, *description;
    const char *state;      /* Enabled, Disabled, PendingDeletion, Unavailable, PendingImport */
    const char *usage, *spec, *origin, *manager; /* ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT, AWS_KMS, CUSTOMER */
    const char *material;   /* CurrentKeyMaterialId */
    int64_t created, deletion;
    enum tri multi_region;
    const char *policy;     /* key policy; NULL: the default one */
};

struct key_alias {
    const char *arn;        /* the key of the table */
    const char *name, *account, *region, *target; /* target: key ARN */
    int64_t created, updated;
};

extern const struct kind key_kind, key_alias_kind;

/* What EC2 makes of a key reference. */
enum key_verdict {
    KEY_USABLE,
    KEY_UNKNOWN,     /* no such key or alias here; another Region's key */
    KEY_DISABLED,
    KEY_PENDING_DELETION,
    KEY_UNSUITABLE,  /* asymmetric, HMAC, or not for encryption */
    KEY_FORBIDDEN,   /* another account's, whose policy does not allow this one */
};

/* A key id, mrk- id, alias/NAME, key ARN or alias ARN, as the caller may write it in this Region.
 * Fills *ret (where one was found) and returns what EC2 can do with it. */
enum key_verdict key_resolve(struct call *c, const char *reference, struct key *ret);
/* The key behind alias/aws/ebs of this account and Region; made on its first use. */
void key_ebs_default(struct call *c, struct key *ret);
/* The key that EBS takes when none is named: the account's choice, else alias/aws/ebs. */
void key_for_ebs(struct call *c, struct key *ret);
/* Encryption by default, per account and Region. */
bool key_encrypts_by_default(struct call *c);
bool key_find(struct call *c, const char *arn, struct key *ret); /* anyone's */
/* Whether data under this key can be used by the caller now. */
enum key_verdict key_use(struct call *c, const char *arn);

#endif
