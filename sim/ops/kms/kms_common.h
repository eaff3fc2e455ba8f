/* What the operations of KMS share: references, states, pages. */
#ifndef OPS_KMS_COMMON_H
#define OPS_KMS_COMMON_H

#include "call/op.h"
#include "world/kms/kms_key.h"

/* The refusals that every operation on a key shares. */
#define KMS_KEY_ERRORS                                                                             \
    "NotFoundException InvalidArnException KMSInvalidStateException AccessDeniedException"

/* What an operation takes for a key. */
enum kms_reference {
    KMS_ANY_FORM = 0,
    KMS_NO_ALIAS = 1 << 0, /* an alias is refused */
    KMS_OTHER_ACCOUNTS = 1 << 1, /* where the key's policy or a grant lets them */
};

/* The key that a request names, or the error. The caller must be allowed to do `action`
 * ("kms:DescribeKey") with it. */
int kms_key_permitted(struct call *c, const char *reference, const char *action, unsigned how,
                      struct kms_key_permitted *ret);
/* A key that waits for its deletion or its material cannot be changed. */
int kms_not_pending(struct call *c, const struct kms_key_permitted *key);
/* …nor can a disabled one. */
int kms_enabled(struct call *c, const struct kms_key_permitted *key);

/* Which of `count` items belong on this page; then, behind them, whether there are more. */
int kms_page(struct call *c, int64_t limit, int64_t usual, const char *marker, size_t count,
             size_t *ret_from, size_t *ret_to);
void kms_emit_page_end(struct call *c, size_t to, size_t count);

/* "Tags" of a request. */
struct kms_tag {
    const char *key, *value;
};
extern const struct param kms_tag_params[];
int kms_tags_put(struct call *c, const char *arn, const struct list *tags);

/* An account, its root, a user, a role or a session, by its shape. Whether a user or role exists is
 * not asked: there are none to ask. */
bool kms_is_principal(struct call *c, const char *text);
/* A key policy (NULL: none was given): well formed, simulated, and keeping its key manageable. */
int kms_policy_check(struct call *c, const char *policy, bool bypass);

#endif
