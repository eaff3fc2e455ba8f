/* KMS grants: leave to use a key, given to one principal until it is revoked. */
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/describe.h"
#include "ops/kms/kms_common.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/kms/kms_key_policy.h"

static const char *const grant_operations[] = { "Decrypt",
                                                "Encrypt",
                                                "GenerateDataKey",
                                                "GenerateDataKeyWithoutPlaintext",
                                                "ReEncryptFrom",
                                                "ReEncryptTo",
                                                "Sign",
                                                "Verify",
                                                "GetPublicKey",
                                                "CreateGrant",
                                                "RetireGrant",
                                                "DescribeKey",
                                                "GenerateDataKeyPair",
                                                "GenerateDataKeyPairWithoutPlaintext",
                                                "GenerateMac",
                                                "VerifyMac",
                                                "DeriveSharedSecret",
                                                "Encapsulate",
                                                "Decapsulate",
                                                NULL };

struct create_grant {
    const char *key, *grantee, *retiring, *name;
    struct list operations;
    enum tri dry_run;
};

#define NO_CONTEXT "what EC2 sends as encryption context is not simulated"
#define NO_SERVICES "services as principals are not simulated"

static const struct param create_grant_params[] = {
    KMS_KEY_ID(struct create_grant, key),
    { "GranteePrincipal", TEXT(struct create_grant, grantee), .min = 1, .max = 256 },
    { "RetiringPrincipal", TEXT(struct create_grant, retiring), .min = 1, .max = 256 },
    { "Operations", TEXTS(struct create_grant, operations), .flags = PARAM_REQUIRED,
      .values = grant_operations },
    { "Constraints", REFUSED(STRUCT, NO_CONTEXT) },
    { "GrantTokens", IGNORED(TEXTS, "a grant acts at once, as with its token") },
    { "Name", TEXT(struct create_grant, name), .min = 1, .max = 256,
      .pattern = "^[a-zA-Z0-9:/_-]+$" },
    { "DryRun", BOOL(struct create_grant, dry_run) },
    { "GranteeServicePrincipal", REFUSED(TEXT, NO_SERVICES) },
    { "RetiringServicePrincipal", REFUSED(TEXT, NO_SERVICES) },
    { 0 },
};

static int check_grant_principal(struct call *c, const char *principal)
{
    if (!principal || kms_is_principal(c, principal))
        return 0;
    return text_starts(principal, "arn:") ? fail(c, E_KmsPrincipalArn, principal)
                                          : fail(c, E_KmsPrincipalText);
}

static const char *new_grant_id(struct call *c)
{
    struct list parts = { 0 };
    for (int i = 0; i < 4; i++)
        strs_add(c->a, &parts,
                 arena_printf(c->a, "%016llx", (unsigned long long)rng_next(&c->sim->ids)));
    return id_made(c, strs_join(c->a, &parts, ""));
}

static bool same_texts(const struct list *a, const struct list *b)
{
    LIST_EACH (const char *, text, a) {
        if (!strs_have(b, *text))
            return false;
    }
    return a->count == b->count;
}

/* The same call with the same Name gives the same grant [recorded]. */
static bool same_grant(struct call *c, const struct kms_grant *like, struct kms_grant *ret)
{
    struct list all = store_list(c, &kms_grant_schema, "key_arn = ? AND name = ?",
                                 SQL_ARGS(SQL_TEXT(like->key), SQL_TEXT(like->name)));
    LIST_EACH (struct kms_grant, grant, &all) {
        if (text_is(grant->grantee, like->grantee) && text_is(grant->retiring, like->retiring)
            && same_texts(&grant->operations, &like->operations)) {
            *ret = *grant;
            return true;
        }
    }
    return false;
}

static int create_grant(struct call *c, const struct create_grant *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS | KMS_OTHER_ACCOUNTS, &key)
        || kms_enabled(c, &key))
        return -1;
    if (!in->grantee)
        return fail(c, E_KmsNoGrantee);
    if (check_grant_principal(c, in->grantee) || check_grant_principal(c, in->retiring))
        return -1;
    if (in->dry_run == YES)
        return fail(c, E_KmsDryRun);
    struct kms_grant grant = { .key = key.arn,
                               .name = in->name,
                               .grantee = in->grantee,
                               .retiring = in->retiring,
                               .operations = in->operations,
                               .issuer = arena_printf(c->a, "arn:aws:iam::%s:root", c->account),
                               .created = time_whole_seconds(c->now) };
    if (!in->name || !same_grant(c, &grant, &grant)) {
        grant.id = new_grant_id(c);
        store_put(c, &kms_grant_schema, &grant);
    }
    emit_text(c, "GrantId", grant.id);
    emit_text(c, "GrantToken", base64_encode(c->a, grant.id, strlen(grant.id)));
    return 0;
}

OPERATION(kms, CreateGrant, create_grant, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS " DisabledException DryRunOperationException",
          .effects = "lets a principal, also of another account, use the key");

struct list_grants {
    const char *key, *grant, *grantee;
    struct paging page;
};

static const struct param list_grants_params[] = {
    KMS_PAGING(struct list_grants),
    KMS_KEY_ID(struct list_grants, key),
    { "GrantId", TEXT(struct list_grants, grant), .min = 1, .max = 128 },
    { "GranteePrincipal", TEXT(struct list_grants, grantee), .min = 1, .max = 256 },
    { "GranteeServicePrincipal", REFUSED(TEXT, NO_SERVICES) },
    { 0 },
};

static const struct describe grant_list = { .schema = &kms_grant_schema, .set = "Grants" };

static int list_grants(struct call *c, const struct list_grants *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS | KMS_OTHER_ACCOUNTS, &key))
        return -1;
    struct list grants =
        store_list(c, &kms_grant_schema,
                   "key_arn = ?1 AND (?2 IS NULL OR id = ?2) AND (?3 IS NULL OR grantee = ?3)",
                   SQL_ARGS(SQL_TEXT(key.arn), SQL_TEXT(in->grant), SQL_TEXT(in->grantee)));
    return describe_page(c, &grant_list, &in->page, &grants);
}

OPERATION(kms, ListGrants, list_grants, .errors = KMS_KEY_ERRORS " InvalidMarkerException");

struct revoke_grant {
    const char *key, *grant;
    enum tri dry_run;
};

static const struct param revoke_grant_params[] = {
    KMS_KEY_ID(struct revoke_grant, key),
    { "GrantId", TEXT(struct revoke_grant, grant), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
    { "DryRun", BOOL(struct revoke_grant, dry_run) },
    { 0 },
};

static int revoke_grant(struct call *c, const struct revoke_grant *in)
{
    struct kms_key key;
    struct kms_grant grant;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS | KMS_OTHER_ACCOUNTS, &key))
        return -1;
    if (!store_get(c, &kms_grant_schema, in->grant, &grant) || !text_is(grant.key, key.arn))
        return fail(c, E_KmsNoGrant, in->grant);
    if (in->dry_run == YES)
        return fail(c, E_KmsDryRun);
    store_remove(c, &kms_grant_schema, grant.id);
    return 0;
}

OPERATION(kms, RevokeGrant, revoke_grant, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS " DryRunOperationException",
          .effects = "the grant ends at once");
