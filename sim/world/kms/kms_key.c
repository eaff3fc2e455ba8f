/* KMS keys: finding what a reference names, the keys that AWS makes by itself, and what EC2 may do
 * with a key. It knows nothing of KMS's operations. */
#include "world/kms/kms_key.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "store/noun.h"
#include "world/kms/kms_key_policy.h"

#define MULTI_REGION "MultiRegionConfiguration/"

/* The order of members in JSON is recorded. */
const struct schema kms_key_schema = {
    .name = "kms_key",
    .size = sizeof(struct kms_key),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct kms_key, arn), .column = "arn" },
            { TEXT_FIELD(struct kms_key, account), .column = "account", .json = "AWSAccountId",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct kms_key, region), .column = "region" },
            { TEXT_FIELD(struct kms_key, id), .column = "id", .json = "KeyId" },
            { TEXT_FIELD(struct kms_key, arn), .json = "Arn" },
            { TIME_FIELD(struct kms_key, created), .column = "created", .json = "CreationDate" },
            { BOOL_FIELD(struct kms_key, enabled), .json = "Enabled" },
            { TEXT_FIELD(struct kms_key, description), .column = "description",
              .json = "Description" },
            { TEXT_FIELD(struct kms_key, usage), .column = "usage", .json = "KeyUsage" },
            { TEXT_FIELD(struct kms_key, state), .column = "state", .json = "KeyState",
              .flags = FIELD_STATE },
            { TIME_FIELD(struct kms_key, deletion), .column = "deletion", .json = "DeletionDate" },
            { TEXT_FIELD(struct kms_key, origin), .column = "origin", .json = "Origin" },
            { TEXT_FIELD(struct kms_key, manager), .column = "manager", .json = "KeyManager" },
            { TEXT_FIELD(struct kms_key, spec), .json = "CustomerMasterKeySpec" },
            { TEXT_FIELD(struct kms_key, spec), .column = "spec", .json = "KeySpec" },
            { TEXTS_FIELD(struct kms_key, can.encrypt), .json = "EncryptionAlgorithms" },
            { TEXTS_FIELD(struct kms_key, can.sign), .json = "SigningAlgorithms" },
            { TEXTS_FIELD(struct kms_key, can.mac), .json = "MacAlgorithms" },
            { TEXTS_FIELD(struct kms_key, can.agree), .json = "KeyAgreementAlgorithms" },
            { TEXTS_FIELD(struct kms_key, can.encapsulate), .json = "EncapsulationAlgorithms" },
            { BOOL_FIELD(struct kms_key, multi_region), .column = "multi_region",
              .json = "MultiRegion" },
            { CONSTANT_FIELD("PRIMARY"), .json = MULTI_REGION "MultiRegionKeyType",
              .views = KMS_VIEW_PRIMARY },
            { TEXT_FIELD(struct kms_key, arn), .json = MULTI_REGION "PrimaryKey/Arn",
              .views = KMS_VIEW_PRIMARY },
            { TEXT_FIELD(struct kms_key, region), .json = MULTI_REGION "PrimaryKey/Region",
              .views = KMS_VIEW_PRIMARY },
            { EMPTY_LIST_FIELD, .json = MULTI_REGION "ReplicaKeys", .views = KMS_VIEW_PRIMARY },
            { TEXT_FIELD(struct kms_key, material), .column = "material",
              .json = "CurrentKeyMaterialId" },
            { TEXT_FIELD(struct kms_key, policy), .column = "policy" },
            { 0 } },
};

const struct schema kms_alias_schema = {
    .name = "kms_alias",
    .size = sizeof(struct kms_alias),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct kms_alias, arn), .column = "arn" },
            { TEXT_FIELD(struct kms_alias, name), .column = "name", .json = "AliasName" },
            { TEXT_FIELD(struct kms_alias, arn), .json = "AliasArn" },
            { TEXT_FIELD(struct kms_alias, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct kms_alias, region), .column = "region" },
            { TEXT_FIELD(struct kms_alias, target), .column = "target", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct kms_alias, target_id), .json = "TargetKeyId" },
            { TIME_FIELD(struct kms_alias, created), .column = "created", .json = "CreationDate" },
            { TIME_FIELD(struct kms_alias, updated), .column = "updated",
              .json = "LastUpdatedDate" },
            { 0 } },
};

const struct schema ebs_encryption_default_schema = {
    .name = "ebs_encryption_default",
    .was = "ebs_choice",
    .size = sizeof(struct ebs_encryption_default),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct ebs_encryption_default, id), .column = "id", .flags = FIELD_OWNER },
            { BOOL_FIELD(struct ebs_encryption_default, encrypt), .column = "encrypt" },
            { TEXT_FIELD(struct ebs_encryption_default, key), .column = "key_arn" },
            { 0 } },
};

/* ---- Making keys ---- */

const char *kms_key_arn(struct call *c, const char *resource)
{
    return arena_printf(c->a, "arn:aws:kms:%s:%s:%s", c->region, c->account, resource);
}

bool kms_key_is_symmetric(const struct kms_key *key)
{
    return text_is(key->spec, "SYMMETRIC_DEFAULT");
}

/* Identity from a stream: the seeded one for the caller's keys, the name's own for AWS's. */
static void give_key_identity(struct call *c, struct kms_key *key, struct rng *from)
{
    char uuid[37];
    rng_uuid(from, uuid);
    key->id = arena_strdup(c->a, uuid);
    if (key->multi_region == YES)
        key->id = arena_printf(c->a, "mrk-%.8s%.4s%.4s%.4s%s", uuid, uuid + 9, uuid + 14, uuid + 19,
                               uuid + 24);
    key->account = c->account;
    key->region = c->region;
    key->arn = kms_key_arn(c, arena_printf(c->a, "key/%s", key->id));
    key->created = c->now;
    if (!kms_key_is_symmetric(key) || !text_is(key->origin, "AWS_KMS"))
        return;
    unsigned long long material[4];
    for (int i = 0; i < 4; i++)
        material[i] = rng_next(from);
    key->material = arena_printf(c->a, "%016llx%016llx%016llx%016llx", material[0], material[1],
                                 material[2], material[3]);
}

void kms_key_put(struct call *c, const struct kms_key *key)
{
    store_put(c, &kms_key_schema, key);
}

void kms_key_disable(struct call *c, const char *arn)
{
    struct kms_key key;
    if (!arn || !kms_key_find(c, arn, &key))
        return;
    key.state = "Disabled";
    kms_key_put(c, &key);
}

void kms_key_create(struct call *c, struct kms_key *key)
{
    give_key_identity(c, key, &c->sim->ids);
    id_made(c, key->id);
    kms_key_put(c, key);
}

void kms_key_remove(struct call *c, const char *arn)
{
    store_exec(c->store, "DELETE FROM kms_alias WHERE target = ?", SQL_ARGS(SQL_TEXT(arn)));
    store_exec(c->store, "DELETE FROM kms_grant WHERE key_arn = ?", SQL_ARGS(SQL_TEXT(arn)));
    store_remove(c, &kms_key_schema, arn);
}

void kms_alias_create(struct call *c, const char *name, const char *key)
{
    const struct kms_alias alias = { .arn = kms_key_arn(c, name),
                                     .name = name,
                                     .account = c->account,
                                     .region = c->region,
                                     .target = key,
                                     .created = c->now,
                                     .updated = c->now };
    store_put(c, &kms_alias_schema, &alias);
}

/* ---- The keys that AWS keeps for an account ---- */

#define EBS_ALIAS "alias/aws/ebs"
#define SSM_ALIAS "alias/aws/ssm"

const char *const kms_aws_aliases[] = { EBS_ALIAS, SSM_ALIAS, NULL };

static const struct aws_key {
    const char *alias, *service, *policy, *what, *description;
} ebs_key = {
    EBS_ALIAS,
    "ec2",
    "auto-ebs-2",
    "EBS",
    "Default key that protects my EBS volumes when no other key is defined", /* [recorded] */
}, ssm_key = {
    SSM_ALIAS,
    "ssm",
    "auto-ssm-1",
    "SSM",
    "Default key that protects my SSM parameters when no other key is defined", /* [guess] */
};

static void make_aws_key(struct call *c, const struct aws_key *which, const char *alias_arn,
                         struct kms_key *ret)
{
    *ret = (struct kms_key){ .description = which->description,
                             .state = "Enabled",
                             .usage = "ENCRYPT_DECRYPT",
                             .spec = "SYMMETRIC_DEFAULT",
                             .origin = "AWS_KMS",
                             .manager = "AWS",
                             .multi_region = NO,
                             .deletion = ABSENT,
                             .policy = kms_key_policy_for_aws(c, which->policy, which->service,
                                                              which->what) };
    struct rng own = { .state = hash_text(alias_arn) };
    give_key_identity(c, ret, &own);
    kms_key_put(c, ret);
    kms_alias_create(c, which->alias, ret->arn);
}

static void aws_key(struct call *c, const struct aws_key *which, struct kms_key *ret)
{
    struct kms_alias alias;
    const char *arn = kms_key_arn(c, which->alias);
    if (!store_get(c, &kms_alias_schema, arn, &alias) || !kms_key_find(c, alias.target, ret))
        make_aws_key(c, which, arn, ret);
}

void kms_key_ebs_default(struct call *c, struct kms_key *ret)
{
    aws_key(c, &ebs_key, ret);
}

/* ---- Finding keys ---- */

bool kms_key_find(struct call *c, const char *arn, struct kms_key *ret)
{
    return store_get(c, &kms_key_schema, arn, ret);
}

/* The Region and the resource of "arn:aws:kms:REGION:ACCOUNT:RESOURCE"; false where it is none. */
static bool split_arn(struct call *c, const char *arn, const char **ret_region,
                      const char **ret_resource)
{
    static const char head[] = "arn:aws:kms:";
    if (!text_starts(arn, head))
        return false;
    const char *region = arn + sizeof head - 1;
    const char *account = strchr(region, ':');
    const char *resource = account ? strchr(account + 1, ':') : NULL;
    if (!resource)
        return false;
    *ret_region = arena_strndup(c->a, region, (size_t)(account - region));
    *ret_resource = resource + 1;
    return true;
}

static bool lookup_alias(struct call *c, const char *arn, struct kms_key *ret)
{
    struct kms_alias alias;
    const struct aws_key *aws = text_is(arn, kms_key_arn(c, EBS_ALIAS))   ? &ebs_key
                                : text_is(arn, kms_key_arn(c, SSM_ALIAS)) ? &ssm_key
                                                                          : NULL;
    if (aws) {
        aws_key(c, aws, ret);
        return true;
    }
    return store_get(c, &kms_alias_schema, arn, &alias) && kms_key_find(c, alias.target, ret);
}

bool kms_key_lookup(struct call *c, const char *reference, struct kms_key *ret)
{
    const char *region, *resource;
    if (text_blank(reference))
        return false;
    if (split_arn(c, reference, &region, &resource)) {
        if (!text_is(region, c->region))
            return false;
        return text_starts(resource, "alias/") ? lookup_alias(c, reference, ret)
                                               : kms_key_find(c, reference, ret);
    }
    if (text_starts(reference, "alias/"))
        return lookup_alias(c, kms_key_arn(c, reference), ret);
    return kms_key_find(c, kms_key_arn(c, arena_printf(c->a, "key/%s", reference)), ret);
}

/* ---- What a service may do with a key ---- */

/* Where it must be described, whoever may do so learns at once what state it is in; that it may not
 * be used shows only when EC2 tries [recorded: CopySnapshot]. */
static enum key_verdict judge_key(struct call *c, const struct key_need *need,
                                  const struct kms_key *key)
{
    if (need->described && !kms_key_permits(c, key, "kms:DescribeKey", need->service))
        return KEY_FORBIDDEN;
    if (!kms_key_is_symmetric(key) || !text_is(key->usage, "ENCRYPT_DECRYPT"))
        return KEY_UNSUITABLE;
    if (text_is(key->state, "PendingDeletion"))
        return KEY_PENDING_DELETION;
    if (!text_is(key->state, "Enabled"))
        return KEY_DISABLED;
    if (c->pretend & PRETEND_KEY_DENIED)
        return KEY_INACCESSIBLE;
    for (const char *const *action = need->actions; *action; action++) {
        if (!kms_key_permits(c, key, *action, need->service))
            return KEY_INACCESSIBLE;
    }
    return KEY_USABLE;
}

enum key_verdict kms_key_resolve(struct call *c, const struct key_need *need, const char *reference,
                                 struct kms_key *ret)
{
    return kms_key_lookup(c, reference, ret) ? judge_key(c, need, ret) : KEY_UNKNOWN;
}

enum key_verdict kms_key_use(struct call *c, const struct key_need *need, const char *arn)
{
    struct kms_key key;
    return kms_key_find(c, arn, &key) ? judge_key(c, need, &key) : KEY_UNKNOWN;
}

/* ---- What the account has chosen for EBS ---- */

void ebs_encryption_default_get(struct call *c, struct ebs_encryption_default *ret)
{
    const char *id = arena_printf(c->a, "%s/%s", c->account, c->region);
    if (!store_get(c, &ebs_encryption_default_schema, id, ret))
        *ret = (struct ebs_encryption_default){ .id = id };
}

void ebs_encryption_default_put(struct call *c, const struct ebs_encryption_default *choice)
{
    store_put(c, &ebs_encryption_default_schema, choice);
}

bool kms_key_encrypts_by_default(struct call *c)
{
    struct ebs_encryption_default choice;
    ebs_encryption_default_get(c, &choice);
    return choice.encrypt == YES;
}

void kms_key_for_ebs(struct call *c, struct kms_key *ret)
{
    struct ebs_encryption_default choice;
    ebs_encryption_default_get(c, &choice);
    if (!choice.key)
        kms_key_ebs_default(c, ret);
    else if (!kms_key_find(c, choice.key, ret)) /* deleted meanwhile: nothing takes its place */
        *ret = (struct kms_key){ .arn = choice.key };
}

enum key_verdict kms_key_choose(struct call *c, const struct key_need *need, const char *named,
                                enum tri encrypted, const char **ret_arn)
{
    struct kms_key key = { 0 };
    enum key_verdict verdict = named ? kms_key_resolve(c, need, named, &key) : KEY_USABLE;
    if (!named && (encrypted == YES || kms_key_encrypts_by_default(c)))
        kms_key_for_ebs(c, &key);
    *ret_arn = key.arn;
    return verdict;
}

int kms_key_check(struct call *c, const struct key_need *need, const char *given,
                  struct kms_key *ret, enum key_verdict *ret_verdict)
{
    switch (*ret_verdict = kms_key_resolve(c, need, given, ret)) {
    case KEY_DISABLED:
        return fail(c, E_SnapshotKey, ret->arn, "disabled");
    case KEY_PENDING_DELETION:
        return fail(c, E_SnapshotKey, ret->arn, "pending deletion"); /* [guess] */
    case KEY_UNKNOWN:
    case KEY_UNSUITABLE: /* [guess] */
        return fail(c, E_SnapshotKey, given, "invalid");
    case KEY_FORBIDDEN:
        return fail(c, E_SnapshotKeyForbidden, ret->arn);
    case KEY_INACCESSIBLE:
    case KEY_USABLE:
        break;
    }
    return 0;
}
