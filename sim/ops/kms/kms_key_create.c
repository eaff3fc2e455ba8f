/* KMS keys: their life from CreateKey to the end of a deletion window. */
#include "ops/kms/kms_common.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/page.h"
#include "store/noun.h"
#include "time/job.h"

extern const struct job_kind job_delete_key;

/* ---- What each key spec can do ---- */

#define ENCRYPT "ENCRYPT_DECRYPT"
#define SIGN "SIGN_VERIFY"
#define MAC "GENERATE_VERIFY_MAC"
#define AGREE "KEY_AGREEMENT"
#define ENCAPSULATE "ENCAPSULATE_DECAPSULATE"

#define RSA_SIGNATURES                                                                             \
    "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",         \
        "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"
#define RSA(spec)                                                                                  \
    { spec, ENCRYPT, { "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256" } },                               \
    {                                                                                              \
        spec, SIGN,                                                                                \
        {                                                                                          \
            RSA_SIGNATURES                                                                         \
        }                                                                                          \
    }
#define NIST(spec, signature)                                                                      \
    { spec, SIGN, { signature } },                                                                 \
    {                                                                                              \
        spec, AGREE,                                                                               \
        {                                                                                          \
            "ECDH"                                                                                 \
        }                                                                                          \
    }

/* The order of algorithms is AWS's [recorded: RSA, HMAC]. */
static const struct ability {
    const char *spec, *usage;
    const char *algorithms[7]; /* ends with NULL */
} abilities[] = {
    { "SYMMETRIC_DEFAULT", ENCRYPT, { "SYMMETRIC_DEFAULT" } },
    RSA("RSA_2048"),
    RSA("RSA_3072"),
    RSA("RSA_4096"),
    NIST("ECC_NIST_P256", "ECDSA_SHA_256"),
    NIST("ECC_NIST_P384", "ECDSA_SHA_384"),
    NIST("ECC_NIST_P521", "ECDSA_SHA_512"),
    { "ECC_SECG_P256K1", SIGN, { "ECDSA_SHA_256" } },
    { "ECC_NIST_EDWARDS25519", SIGN, { "ED25519_SHA_512", "ED25519_PH_SHA_512" } },
    { "HMAC_224", MAC, { "HMAC_SHA_224" } },
    { "HMAC_256", MAC, { "HMAC_SHA_256" } },
    { "HMAC_384", MAC, { "HMAC_SHA_384" } },
    { "HMAC_512", MAC, { "HMAC_SHA_512" } },
    { "ML_DSA_44", SIGN, { "ML_DSA_SHAKE_256" } },
    { "ML_DSA_65", SIGN, { "ML_DSA_SHAKE_256" } },
    { "ML_DSA_87", SIGN, { "ML_DSA_SHAKE_256" } },
    { "ML_KEM_512", ENCAPSULATE, { "ML_KEM" } },
    { "ML_KEM_768", ENCAPSULATE, { "ML_KEM" } },
    { "ML_KEM_1024", ENCAPSULATE, { "ML_KEM" } },
};

static const struct ability *ability_of(const char *spec, const char *usage)
{
    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++) {
        if (text_is(abilities[i].spec, spec) && text_is(abilities[i].usage, usage))
            return &abilities[i];
    }
    return NULL;
}

/* What it can do with its usage. */
static void set_algorithms(struct call *c, struct kms_key *key)
{
    const struct {
        const char *usage;
        struct list *algorithms;
    } usages[] = {
        { ENCRYPT, &key->can.encrypt },         { SIGN, &key->can.sign },   { MAC, &key->can.mac },
        { ENCAPSULATE, &key->can.encapsulate }, { AGREE, &key->can.agree },
    };
    const struct ability *can = ability_of(key->spec, key->usage);
    for (size_t i = 0; can && i < sizeof usages / sizeof *usages; i++) {
        if (!text_is(usages[i].usage, key->usage))
            continue;
        for (const char *const *name = can->algorithms; *name; name++)
            strs_add(c->a, usages[i].algorithms, *name);
    }
}

static void emit_metadata(struct call *c, struct kms_key *key)
{
    key->enabled = text_is(key->state, "Enabled") ? YES : NO;
    set_algorithms(c, key);
    emit_open(c, "KeyMetadata");
    emit_noun(c, &kms_key_schema, key,
              key->multi_region == YES ? VIEW_DESCRIBED | KMS_VIEW_PRIMARY : VIEW_DESCRIBED);
    emit_close(c);
}

/* ---- CreateKey ---- */

struct create_key {
    const char *policy, *description, *usage, *old_spec, *spec, *origin;
    enum tri bypass, multi_region;
    struct list tags; /* struct tag */
};

static const char *const usages[] = { SIGN, ENCRYPT, MAC, AGREE, ENCAPSULATE, NULL };
static const char *const origins[] = { "AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE",
                                       NULL };
#define OLD_SPECS                                                                                  \
    "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521",         \
        "ECC_SECG_P256K1", "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512",    \
        "SM2"
static const char *const old_specs[] = { OLD_SPECS, NULL };
static const char *const specs[] = {
    OLD_SPECS,    "ML_DSA_44",  "ML_DSA_65",   "ML_DSA_87", "ECC_NIST_EDWARDS25519",
    "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024", NULL
};

static const struct param create_key_params[] = {
    { "Policy", TEXT(struct create_key, policy), .min = 1, .max = 131072 },
    { "Description", TEXT(struct create_key, description), .max = 8192, .otherwise = "" },
    { "KeyUsage", TEXT(struct create_key, usage), .values = usages },
    { "CustomerMasterKeySpec", TEXT(struct create_key, old_spec), .values = old_specs },
    { "KeySpec", TEXT(struct create_key, spec), .values = specs },
    { "Origin", TEXT(struct create_key, origin), .values = origins, .otherwise = "AWS_KMS" },
    { "CustomKeyStoreId", REFUSED(TEXT, "there are no custom key stores here") },
    { "BypassPolicyLockoutSafetyCheck", BOOL(struct create_key, bypass) },
    { "Tags", TAGS(struct create_key, tags, kms_tag_words) },
    { "MultiRegion", BOOL(struct create_key, multi_region) },
    { "XksKeyId", REFUSED(TEXT, "there are no external key stores here") },
    { 0 },
};

/* Spec, usage and origin with their defaults, or what does not fit together. */
static int settle_spec(struct call *c, const struct create_key *in, struct kms_key *key)
{
    if (in->spec && in->old_spec)
        return fail(c, E_KmsTwoSpecs);
    key->spec = in->spec ? in->spec : in->old_spec ? in->old_spec : "SYMMETRIC_DEFAULT";
    key->origin = in->origin;
    if (!in->usage && !kms_key_is_symmetric(key))
        return fail(c, E_KmsNoUsage);
    key->usage = in->usage ? in->usage : ENCRYPT;
    if (text_is(key->spec, "SM2"))
        return fail(c, E_KmsNotSimulated, "KeySpec SM2 is supported only in China Regions");
    if (!ability_of(key->spec, key->usage))
        return fail(c, E_KmsUsage, key->usage, key->spec);
    if (text_is(key->origin, "AWS_CLOUDHSM") || text_is(key->origin, "EXTERNAL_KEY_STORE"))
        return fail(c, E_KmsNotSimulated, "there are no custom key stores here");
    return 0;
}

static int create_key(struct call *c, const struct create_key *in)
{
    struct kms_key key = { 0 };
    schema_init(&kms_key_schema, &key);
    if (settle_spec(c, in, &key) || kms_policy_check(c, in->policy, in->bypass == YES))
        return -1;
    key.description = in->description;
    key.state = text_is(key.origin, "EXTERNAL") ? "PendingImport" : "Enabled";
    key.manager = "CUSTOMER";
    key.multi_region = tri_of(in->multi_region);
    key.policy = in->policy;
    kms_key_create(c, &key);
    if (service_tags_put(c, &kms_tags, key.arn, &in->tags))
        return -1;
    emit_metadata(c, &key);
    return 0;
}

OPERATION(kms, CreateKey, create_key, .flags = OP_WRITES,
          .errors = "ValidationException UnsupportedOperationException TagException "
                    "LimitExceededException MalformedPolicyDocumentException",
          .effects = "a key in state Enabled (PendingImport for Origin EXTERNAL)");

/* ---- DescribeKey, EnableKey, DisableKey ---- */

struct describe_key {
    const char *key;
    struct list tokens;
};

static const struct param describe_key_params[] = {
    { "KeyId", TEXT(struct describe_key, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "GrantTokens", IGNORED(TEXTS, "a grant acts at once, as with its token") },
    { 0 },
};

static int describe_key(struct call *c, const struct describe_key *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, "kms:DescribeKey", KMS_OTHER_ACCOUNTS, &key))
        return -1;
    emit_metadata(c, &key);
    return 0;
}

/* OP_WRITES: naming alias/aws/ebs makes the key behind it [guide]. */
OPERATION(kms, DescribeKey, describe_key, .flags = OP_WRITES,
          .errors = "NotFoundException InvalidArnException AccessDeniedException",
          .effects = "naming alias/aws/ebs for the first time makes the key behind it");

struct name_key {
    const char *key;
};

static const struct param name_key_params[] = {
    { "KeyId", TEXT(struct name_key, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { 0 },
};

static int set_state(struct call *c, const char *reference, const char *action, const char *state)
{
    struct kms_key key;
    if (kms_key_permitted(c, reference, action, KMS_NO_ALIAS, &key) || kms_not_pending(c, &key))
        return -1;
    key.state = state;
    kms_key_put(c, &key);
    return 0;
}

static int enable_key(struct call *c, const struct name_key *in)
{
    return set_state(c, in->key, "kms:EnableKey", "Enabled");
}

static int disable_key(struct call *c, const struct name_key *in)
{
    return set_state(c, in->key, "kms:DisableKey", "Disabled");
}

OPERATION_AS(kms, EnableKey, enable_key, name_key_params, struct name_key, .flags = OP_WRITES,
             .errors = KMS_KEY_ERRORS, .effects = "Disabled -> Enabled");
OPERATION_AS(
    kms, DisableKey, disable_key, name_key_params, struct name_key, .flags = OP_WRITES,
    .errors = KMS_KEY_ERRORS,
    .effects = "Enabled -> Disabled; EC2 cannot encrypt with it or read what it encrypted");

/* ---- ListKeys ---- */

struct list_keys {
    struct paging page;
};

static const struct param list_keys_params[] = {
    KMS_PAGING(struct list_keys),
    { "ResourceOwners",
      REFUSED(TEXTS, "keys are not shared through Resource Access Manager here") },
    { 0 },
};

static int list_keys(struct call *c, const struct list_keys *in)
{
    const char *next;
    struct list keys = store_list(c, &kms_key_schema, MINE_BY("account"), SQL_ARGS(MINE_ARGS(c)));
    if (page_cut(c, &(struct page_rule){ .usual = 100 }, &in->page, &keys, sizeof(struct kms_key),
                 &next))
        return -1;
    emit_list(c, "Keys");
    LIST_EACH (struct kms_key, key, &keys) {
        emit_item(c);
        emit_text(c, "KeyId", key->id);
        emit_text(c, "KeyArn", key->arn);
        emit_close(c);
    }
    emit_close(c);
    page_emit_next(c, next);
    return 0;
}

OPERATION(kms, ListKeys, list_keys, .errors = "InvalidMarkerException");

/* ---- Deletion ---- */

struct schedule_key_deletion {
    const char *key;
    int64_t days;
};

static const struct param schedule_key_deletion_params[] = {
    { "KeyId", TEXT(struct schedule_key_deletion, key), .flags = PARAM_REQUIRED, .min = 1,
      .max = 2048 },
    /* the model says 1 to 365; what is taken is 7 to 30 [guide] */
    { "PendingWindowInDays", INT(struct schedule_key_deletion, days), .min = 7, .max = 30,
      .otherwise = "30" },
    { 0 },
};

static int schedule_key_deletion(struct call *c, const struct schedule_key_deletion *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, "kms:ScheduleKeyDeletion", KMS_NO_ALIAS, &key))
        return -1;
    if (text_is(key.state, "PendingDeletion"))
        return kms_not_pending(c, &key);
    key.state = "PendingDeletion";
    key.deletion = c->now + in->days * DAY_MS;
    kms_key_put(c, &key);
    job_after(c, in->days * DAY_MS, &job_delete_key, key.arn, NULL);
    emit_text(c, "KeyId", key.arn);
    emit_epoch(c, "DeletionDate", key.deletion);
    emit_text(c, "KeyState", key.state);
    emit_int(c, "PendingWindowInDays", in->days);
    return 0;
}

OPERATION(
    kms, ScheduleKeyDeletion, schedule_key_deletion, .flags = OP_WRITES, .errors = KMS_KEY_ERRORS,
    .effects = "any -> PendingDeletion; when the window ends the key, its aliases and grants go");

static void delete_key(struct call *c, const char *subject)
{
    struct kms_key key;
    if (kms_key_find(c, subject, &key) && text_is(key.state, "PendingDeletion"))
        kms_key_remove(c, subject);
}

JOB(delete_key, .name = "delete_key");

/* The key comes back disabled, never enabled [recorded]. */
static int cancel_key_deletion(struct call *c, const struct name_key *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, "kms:CancelKeyDeletion", KMS_NO_ALIAS, &key))
        return -1;
    if (!text_is(key.state, "PendingDeletion"))
        return fail(c, E_KmsState, key.arn, "not pending deletion");
    key.state = "Disabled";
    key.deletion = ABSENT;
    kms_key_put(c, &key);
    job_cancel(c, &job_delete_key, key.arn);
    emit_text(c, "KeyId", key.arn);
    return 0;
}

OPERATION_AS(kms, CancelKeyDeletion, cancel_key_deletion, name_key_params, struct name_key,
             .flags = OP_WRITES, .errors = KMS_KEY_ERRORS,
             .effects = "PendingDeletion -> Disabled");

/* ---- UpdateKeyDescription ---- */

struct update_key_description {
    const char *key, *description;
};

static const struct param update_key_description_params[] = {
    { "KeyId", TEXT(struct update_key_description, key), .flags = PARAM_REQUIRED, .min = 1,
      .max = 2048 },
    { "Description", TEXT(struct update_key_description, description),
      .flags = PARAM_REQUIRED | PARAM_EMPTY, .max = 8192 },
    { 0 },
};

static int update_key_description(struct call *c, const struct update_key_description *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, "kms:UpdateKeyDescription", KMS_NO_ALIAS, &key)
        || kms_not_pending(c, &key))
        return -1;
    key.description = in->description;
    kms_key_put(c, &key);
    return 0;
}

OPERATION(kms, UpdateKeyDescription, update_key_description, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS);

/* ---- GetKeyRotationStatus ---- */

/* Rotation cannot be turned on here, so that it is off for every key [recorded: the answer then].
 */
static int get_key_rotation_status(struct call *c, const struct name_key *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, "kms:GetKeyRotationStatus", KMS_NO_ALIAS | KMS_OTHER_ACCOUNTS,
                          &key))
        return -1;
    emit_bool(c, "KeyRotationEnabled", false);
    emit_text(c, "KeyId", key.arn);
    return 0;
}

OPERATION_AS(kms, GetKeyRotationStatus, get_key_rotation_status, name_key_params, struct name_key,
             .errors = "NotFoundException InvalidArnException AccessDeniedException");
