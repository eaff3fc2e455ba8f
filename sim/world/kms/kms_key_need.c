/* See kms_key_need.h. */
#include "world/kms/kms_key_need.h"

#include <stddef.h>

#define CREATE_GRANT "kms:CreateGrant"
#define DECRYPT "kms:Decrypt"
#define DATA_KEY "kms:GenerateDataKeyWithoutPlaintext"

const struct key_need need_copy_to = { "ec2", true, { CREATE_GRANT, DATA_KEY } }; /* [recorded] */
const struct key_need need_copy_from = { "ec2", false, { CREATE_GRANT } }; /* [recorded] */

/* [recorded] where there is something to encrypt anew; of an empty one [inferred] */
const struct key_need need_volume_new = { "ec2", false, { CREATE_GRANT, DATA_KEY } };
const struct key_need need_volume_to = { "ec2",
                                         false,
                                         { "kms:ReEncryptTo", CREATE_GRANT, DATA_KEY } };
const struct key_need need_volume_from = { "ec2", false, { "kms:ReEncryptFrom" } };

const struct key_need need_attach = { "ec2", false, { CREATE_GRANT, DECRYPT } }; /* [guide] */
const struct key_need need_read = { "ec2", true, { DECRYPT } }; /* [guess] */
const struct key_need need_import = { "ec2", true, { CREATE_GRANT, DATA_KEY } }; /* [guess] */

/* EBS direct comes through EC2, too [recorded]. */
const struct key_need need_direct_new = { "ec2", false, { "kms:GenerateDataKey" } };
const struct key_need need_direct_parent = { "ec2", false, { "kms:ReEncryptFrom" } };
const struct key_need need_direct_parent_read = { "ec2", false, { DECRYPT } };
const struct key_need need_direct_list = { "ec2", true, { NULL } };
const struct key_need need_direct_block = { "ec2", true, { DECRYPT } };

const struct key_need need_secure_write = { "ssm", false, { "kms:Encrypt" } }; /* [guide] */
const struct key_need need_secure_read = { "ssm", false, { DECRYPT } }; /* [guide] */
