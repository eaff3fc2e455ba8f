/* See kms_common.h. */
#include "ops/kms/kms_common.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "world/account/sts_session.h"
#include "world/kms/kms_key_policy.h"

/* ---- References ---- */

const struct param kms_key_named_params[] = { KMS_KEY_ID(struct kms_key_named, key), { 0 } };

static bool is_hex(const char *s, size_t n)
{
    return strspn(s, "0123456789abcdef") >= n;
}

static bool is_key_id(const char *s)
{
    if (text_starts(s, "mrk-"))
        return strlen(s) == 36 && is_hex(s + 4, 32);
    return strlen(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
           && strspn(s, "0123456789abcdef-") == 36;
}

static const char *region_of_arn(struct call *c, const char *arn)
{
    const char *region = arn + strlen("arn:aws:kms:");
    return arena_strndup(c->a, region, strcspn(region, ":"));
}

/* What is not there, in the form that was asked for. A key of another account that is not there
 * looks like one that may not be used. */
static int no_such_key(struct call *c, const char *reference, const char *action)
{
    if (text_starts(reference, "alias/"))
        return fail(c, E_KmsNoAlias, kms_key_arn(c, reference));
    if (!text_starts(reference, "arn:"))
        return is_key_id(reference)
                   ? fail(c, E_KmsNoKey, kms_key_arn(c, arena_printf(c->a, "key/%s", reference)))
                   : fail(c, E_KmsInvalidKeyId, reference);
    if (!text_starts(reference, "arn:aws:kms:"))
        return fail(c, E_KmsInvalidArn, reference);
    const char *region = region_of_arn(c, reference);
    if (!text_is(region, c->region))
        return fail(c, E_KmsOtherRegion, region);
    if (!text_starts(reference, kms_key_arn(c, "")))
        return fail(c, E_KmsDeniedElsewhere, caller_arn(c), action);
    return strstr(reference, ":alias/") ? fail(c, E_KmsNoAlias, reference)
                                        : fail(c, E_KmsNoKey, reference);
}

static bool is_alias(const char *reference)
{
    return text_starts(reference, "alias/")
           || (text_starts(reference, "arn:") && strstr(reference, ":alias/"));
}

int kms_key_permitted(struct call *c, const char *reference, unsigned how, struct kms_key *ret)
{
    const char *action = arena_printf(c->a, "kms:%s", c->op->name);
    if (how & KMS_NO_ALIAS && is_alias(reference))
        return fail(c, E_KmsAliasRefused);
    if (!kms_key_lookup(c, reference, ret))
        return no_such_key(c, reference, action);
    bool own = text_is(ret->account, c->account);
    bool permitted = (own || how & KMS_OTHER_ACCOUNTS) && kms_key_permits(c, ret, action, NULL);
    if (permitted)
        return 0;
    return own ? fail(c, E_KmsDenied, caller_arn(c), action, ret->arn, action)
               : fail(c, E_KmsDeniedElsewhere, caller_arn(c), action);
}

int kms_not_pending_deletion(struct call *c, const struct kms_key *key)
{
    return text_is(key->state, "PendingDeletion")
               ? fail(c, E_KmsState, key->arn, "pending deletion")
               : 0;
}

int kms_not_pending(struct call *c, const struct kms_key *key)
{
    if (kms_not_pending_deletion(c, key))
        return -1;
    return text_is(key->state, "PendingImport") ? fail(c, E_KmsState, key->arn, "pending import")
                                                : 0;
}

int kms_enabled(struct call *c, const struct kms_key *key)
{
    if (kms_not_pending(c, key))
        return -1;
    return text_is(key->state, "Disabled") ? fail(c, E_KmsDisabled, key->arn) : 0;
}

/* ---- Principals ---- */

bool kms_is_principal(struct call *c, const char *text)
{
    if (text_digits(text, 12))
        return true;
    if (!text_starts(text, "arn:aws:iam::") && !text_starts(text, "arn:aws:sts::"))
        return false;
    const char *account = text + strlen("arn:aws:iam::");
    if (strlen(account) < 14 || account[12] != ':'
        || !text_digits(arena_strndup(c->a, account, 12), 12))
        return false;
    if (!text_starts(account + 13, "assumed-role/"))
        return true;
    /* assumed-role/ROLE/SESSION, without the role's path [recorded] */
    const char *name = strchr(account + 13 + strlen("assumed-role/"), '/');
    return name && !strchr(name + 1, '/');
}
