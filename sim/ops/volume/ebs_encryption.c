/* Encryption by default and the default key of EBS: what an account has chosen in a Region. The
 * choice itself, and what follows from it, is in world/kms/kms_key.c. */
#include "call/op.h"
#include "reply/emit.h"
#include "world/kms/kms_key.h"

/* ---- Encryption by default ---- */

static int show_encryption(struct call *c)
{
    emit_bool(c, "ebsEncryptionByDefault", kms_key_encrypts_by_default(c));
    return 0;
}

static int choose_encryption(struct call *c, enum tri encrypt)
{
    struct ebs_encryption_default choice;
    ebs_encryption_default_get(c, &choice);
    choice.encrypt = encrypt;
    ebs_encryption_default_put(c, &choice);
    return show_encryption(c);
}

static int enable_ebs_encryption_by_default(struct call *c, const struct no_input *in)
{
    (void)in;
    return choose_encryption(c, YES);
}

static int disable_ebs_encryption_by_default(struct call *c, const struct no_input *in)
{
    (void)in;
    return choose_encryption(c, NO);
}

static int get_ebs_encryption_by_default(struct call *c, const struct no_input *in)
{
    (void)in;
    return show_encryption(c); /* no sseType, though the model has it [recorded] */
}

OPERATION_AS(ec2, EnableEbsEncryptionByDefault, enable_ebs_encryption_by_default, no_params,
             struct no_input, .flags = OP_WRITES,
             .effects = "new volumes and copies of snapshots and images are encrypted from now on");
OPERATION_AS(ec2, DisableEbsEncryptionByDefault, disable_ebs_encryption_by_default, no_params,
             struct no_input, .flags = OP_WRITES,
             .effects = "new volumes and copies are encrypted only when asked for");
OPERATION_AS(ec2, GetEbsEncryptionByDefault, get_ebs_encryption_by_default, no_params,
             struct no_input, .flags = 0);

/* ---- The default key ---- */

/* Until an account chooses, the answer is the alias, no ARN [recorded]. */
#define EBS_ALIAS "alias/aws/ebs"

static int show_key(struct call *c, const char *key)
{
    emit_text(c, "kmsKeyId", key ? key : EBS_ALIAS);
    return 0;
}

static int get_ebs_default_kms_key_id(struct call *c, const struct no_input *in)
{
    struct ebs_encryption_default choice;
    (void)in;
    ebs_encryption_default_get(c, &choice);
    return show_key(c, choice.key);
}

OPERATION_AS(ec2, GetEbsDefaultKmsKeyId, get_ebs_default_kms_key_id, no_params, struct no_input,
             .flags = 0);

struct modify_ebs_default_kms_key_id {
    const char *key;
};

static const struct param modify_ebs_default_kms_key_id_params[] = {
    { "KmsKeyId", TEXT(struct modify_ebs_default_kms_key_id, key), .flags = PARAM_REQUIRED },
    { 0 },
};

static int modify_ebs_default_kms_key_id(struct call *c,
                                         const struct modify_ebs_default_kms_key_id *in)
{
    struct ebs_encryption_default choice;
    struct kms_key key;
    enum key_verdict verdict;
    if (kms_key_check(c, &need_copy_to, in->key, &key,
                      &verdict)) /* in CopySnapshot's words [guess] */
        return -1;
    ebs_encryption_default_get(c, &choice);
    choice.key = key.arn;
    ebs_encryption_default_put(c, &choice);
    return show_key(c, key.arn);
}

OPERATION(ec2, ModifyEbsDefaultKmsKeyId, modify_ebs_default_kms_key_id, .flags = OP_WRITES,
          .errors = "InvalidParameterValue",
          .effects = "the key of all that is encrypted without naming one, from now on");

/* Answers the managed key itself; whether AWS sends its ARN or its alias is not known [guess]. */
static int reset_ebs_default_kms_key_id(struct call *c, const struct no_input *in)
{
    struct ebs_encryption_default choice;
    struct kms_key key;
    (void)in;
    ebs_encryption_default_get(c, &choice);
    choice.key = NULL;
    ebs_encryption_default_put(c, &choice);
    kms_key_ebs_default(c, &key);
    return show_key(c, key.arn);
}

OPERATION_AS(ec2, ResetEbsDefaultKmsKeyId, reset_ebs_default_kms_key_id, no_params, struct no_input,
             .flags = OP_WRITES, .effects = "alias/aws/ebs is the default key again");
