/* KMS: CreateKey, what each key spec can do, and how a key is shown. */
#include "ops/kms/kms_common.h"

#include "base/text.h"
#include "call/errors.h"
#include "reply/emit_noun.h"

/* ---- What each key spec can do ---- */

#define ENCRYPT "ENCRYPT_DECRYPT"
#define SIGN "SIGN_VERIFY"
#define MAC "GENERATE_VERIFY_MAC"
#define AGREE "KEY_AGREEMENT"
#define ENCAPSULATE "ENCAPSULATE_DECAPSULATE"

#define RSA_ENCRYPTION "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"
#define RSA_SIGNATURES                                                                             \
    "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",         \
        "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"

/* The order of algorithms is AWS's [recorded: RSA, HMAC]. */
static const struct ability {
    const char *spec, *usage;
    const char *algorithms[7]; /* ends with NULL */
} abilities[] = {
    { "SYMMETRIC_DEFAULT", ENCRYPT, { "SYMMETRIC_DEFAULT" } },
    { "RSA_2048", ENCRYPT, { RSA_ENCRYPTION } },
    { "RSA_2048", SIGN, { RSA_SIGNATURES } },
    { "RSA_3072", ENCRYPT, { RSA_ENCRYPTION } },
    { "RSA_3072", SIGN, { RSA_SIGNATURES } },
    { "RSA_4096", ENCRYPT, { RSA_ENCRYPTION } },
    { "RSA_4096", SIGN, { RSA_SIGNATURES } },
    { "ECC_NIST_P256", SIGN, { "ECDSA_SHA_256" } },
    { "ECC_NIST_P256", AGREE, { "ECDH" } },
    { "ECC_NIST_P384", SIGN, { "ECDSA_SHA_384" } },
    { "ECC_NIST_P384", AGREE, { "ECDH" } },
    { "ECC_NIST_P521", SIGN, { "ECDSA_SHA_512" } },
    { "ECC_NIST_P521", AGREE, { "ECDH" } },
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
static void set_key_algorithms(struct call *c, struct kms_key *key)
{
    struct list *algorithms = text_is(key->usage, ENCRYPT)       ? &key->can.encrypt
                              : text_is(key->usage, SIGN)        ? &key->can.sign
                              : text_is(key->usage, MAC)         ? &key->can.mac
                              : text_is(key->usage, ENCAPSULATE) ? &key->can.encapsulate
                                                                 : &key->can.agree;
    const struct ability *can = ability_of(key->spec, key->usage);
    for (const char *const *name = can ? can->algorithms : NULL; name && *name; name++)
        strs_add(c->a, algorithms, *name);
}

void kms_emit_metadata(struct call *c, struct kms_key *key)
{
    key->enabled = text_is(key->state, "Enabled") ? YES : NO;
    set_key_algorithms(c, key);
    emit_noun_as(c, "KeyMetadata", &kms_key_schema, key,
                 key->multi_region == YES ? VIEW_DESCRIBED | KMS_VIEW_PRIMARY : VIEW_DESCRIBED);
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
static int settle_key_spec(struct call *c, const struct create_key *in, struct kms_key *key)
{
    if (in->spec && in->old_spec)
        return fail(c, E_KmsTwoSpecs);
    key->spec = in->spec ? in->spec : in->old_spec ? in->old_spec : "SYMMETRIC_DEFAULT";
    key->origin = in->origin;
    if (!in->usage && !kms_key_is_symmetric(key))
        return fail(c, E_KmsNoUsage);
    key->usage = in->usage ? in->usage : ENCRYPT;
    if (text_is(key->spec, "SM2"))
        return fail(c, E_JsonNotSimulated, "KeySpec SM2 is supported only in China Regions");
    if (!ability_of(key->spec, key->usage))
        return fail(c, E_KmsUsage, key->usage, key->spec);
    if (text_is(key->origin, "AWS_CLOUDHSM") || text_is(key->origin, "EXTERNAL_KEY_STORE"))
        return fail(c, E_JsonNotSimulated, "there are no custom key stores here");
    return 0;
}

static int create_key(struct call *c, const struct create_key *in)
{
    NOUN(struct kms_key, kms_key_schema, key);
    if (settle_key_spec(c, in, &key) || kms_policy_check(c, in->policy, in->bypass == YES))
        return -1;
    key.description = in->description;
    key.state = text_is(key.origin, "EXTERNAL") ? "PendingImport" : "Enabled";
    key.manager = "CUSTOMER";
    key.multi_region = tri_of(in->multi_region);
    key.policy = in->policy;
    kms_key_create(c, &key);
    if (service_tags_put(c, &kms_tags, key.arn, &in->tags))
        return -1;
    kms_emit_metadata(c, &key);
    return 0;
}

OPERATION(kms, CreateKey, create_key, .flags = OP_WRITES,
          .errors = "ValidationException UnsupportedOperationException TagException "
                    "LimitExceededException MalformedPolicyDocumentException",
          .effects = "a key in state Enabled (PendingImport for Origin EXTERNAL)");
