/* KMS: what is told of keys: DescribeKey, ListKeys, GetKeyRotationStatus. */
#include "ops/describe.h"
#include "ops/kms/kms_common.h"
#include "reply/emit.h"
#include "store/noun.h"

/* ---- DescribeKey ---- */

static const struct param describe_key_params[] = {
    KMS_KEY_ID(struct kms_key_named, key),
    { "GrantTokens", IGNORED(TEXTS, "a grant acts at once, as with its token") },
    { 0 },
};

static int describe_key(struct call *c, const struct kms_key_named *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_OTHER_ACCOUNTS, &key))
        return -1;
    kms_emit_metadata(c, &key);
    return 0;
}

/* OP_WRITES: naming alias/aws/ebs makes the key behind it [guide]. */
OPERATION_AS(kms, DescribeKey, describe_key, describe_key_params, struct kms_key_named,
             .flags = OP_WRITES,
             .errors = "NotFoundException InvalidArnException AccessDeniedException",
             .effects = "naming alias/aws/ebs for the first time makes the key behind it");

/* ---- ListKeys ---- */

static const struct param list_keys_params[] = {
    KMS_PAGING(struct listing),
    { "ResourceOwners",
      REFUSED(TEXTS, "keys are not shared through Resource Access Manager here") },
    { 0 },
};

static const struct schema listed_key_schema = {
    .size = sizeof(struct kms_key),
    .fields = (const struct field[]){ { TEXT_FIELD(struct kms_key, id), .json = "KeyId" },
                                      { TEXT_FIELD(struct kms_key, arn), .json = "KeyArn" },
                                      { 0 } },
};

static const struct describe key_list = { .schema = &listed_key_schema,
                                          .set = "Keys",
                                          .page = { .usual = 100 } };

static int list_keys(struct call *c, const struct listing *in)
{
    struct list keys = store_list(c, &kms_key_schema, MINE_BY("account"), SQL_ARGS(MINE_ARGS(c)));
    return describe_page(c, &key_list, &in->page, &keys);
}

OPERATION_AS(kms, ListKeys, list_keys, list_keys_params, struct listing,
             .errors = "InvalidMarkerException");

/* ---- GetKeyRotationStatus ---- */

/* Rotation cannot be turned on here, so that it is off for every key [recorded: the answer then].
 */
static int get_key_rotation_status(struct call *c, const struct kms_key_named *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS | KMS_OTHER_ACCOUNTS, &key))
        return -1;
    emit_bool(c, "KeyRotationEnabled", false);
    emit_text(c, "KeyId", key.arn);
    return 0;
}

OPERATION_AS(kms, GetKeyRotationStatus, get_key_rotation_status, kms_key_named_params,
             struct kms_key_named,
             .errors = "NotFoundException InvalidArnException AccessDeniedException");
