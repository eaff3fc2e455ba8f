/* What the operations of KMS share: references, states, pages. */
#ifndef OPS_KMS_COMMON_H
#define OPS_KMS_COMMON_H

#include "call/op.h"
#include "ops/service_tag.h"
#include "world/kms/kms_key.h"

/* The refusals that every operation on a key shares. */
#define KMS_KEY_ERRORS                                                                             \
    "NotFoundException InvalidArnException KMSInvalidStateException AccessDeniedException"

/* What an operation takes for a key. */
enum kms_reference {
    KMS_ANY_FORM = 0,
    KMS_NO_ALIAS = 1 << 0, /* an alias is refused */
    /* works across accounts where the key's policy or a grant lets it */
    KMS_OTHER_ACCOUNTS = 1 << 1,
};

/* The key that a request names, or the error. The caller must be allowed to do with it what the
 * operation is called ("kms:DescribeKey"). how: bits of enum kms_reference. */
int kms_key_permitted(struct call *c, const char *reference, unsigned how, struct kms_key *ret);
/* A key that waits for its deletion: nobody gives it names or tags. */
int kms_not_pending_deletion(struct call *c, const struct kms_key *key);
/* One that waits for its deletion or its material cannot be changed. */
int kms_not_pending(struct call *c, const struct kms_key *key);
/* …nor can a disabled one. */
int kms_enabled(struct call *c, const struct kms_key *key);

/* The row of the key that an operation is about. */
#define KMS_KEY_ID(S, m)                                                                           \
    {                                                                                              \
        "KeyId", TEXT(S, m), .flags = PARAM_REQUIRED, .min = 1, .max = 2048                        \
    }

/* The input of operations that take nothing else. */
struct kms_key_named {
    const char *key;
};
extern const struct param kms_key_named_params[];

/* The rows of a list's pages; .page of its struct is a struct paging. */
#define KMS_PAGING(S)                                                                              \
    { "Limit", INT(S, page.max_results), .min = 1, .max = 1000 },                                  \
    {                                                                                              \
        "Marker", TEXT(S, page.next_token), .min = 1, .max = 1024                                  \
    }

/* What CreateKey and DescribeKey answer; sets what the noun computes. */
void kms_emit_metadata(struct call *c, struct kms_key *key);

extern const struct tag_words kms_tag_words;
/* Tags of keys, by their ARNs. */
extern const struct tag_family kms_tags;

/* An account, its root, a user, a role or a session, by its shape. Whether a user or role exists is
 * not asked: there are none to ask. */
bool kms_is_principal(struct call *c, const char *text);
/* A key policy (NULL: none was given): well formed, simulated, and keeping its key manageable. */
int kms_policy_check(struct call *c, const char *policy, bool bypass);

#endif
