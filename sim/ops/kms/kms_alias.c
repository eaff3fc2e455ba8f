/* KMS aliases: names for keys, per account and Region. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/describe.h"
#include "ops/kms/kms_common.h"
#include "store/noun.h"

#define MAX_ALIASES 50 /* for one key [guide] */

struct name_alias {
    const char *alias, *key;
};

#define ALIAS_PARAM(S)                                                                             \
    {                                                                                              \
        "AliasName", TEXT(S, alias), .flags = PARAM_REQUIRED, .min = 1, .max = 256,                \
                                     .pattern = "^[a-zA-Z0-9:/_-]+$"                               \
    }

static const struct param name_alias_params[] = {
    ALIAS_PARAM(struct name_alias),
    { "TargetKeyId", TEXT(struct name_alias, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { 0 },
};

static const struct param delete_alias_params[] = { ALIAS_PARAM(struct name_alias), { 0 } };

static int check_alias_name(struct call *c, const char *name)
{
    if (!text_starts(name, "alias/") || !name[strlen("alias/")])
        return fail(c, E_KmsAliasPrefix);
    return text_starts(name, "alias/aws/") ? fail(c, E_KmsAliasReserved) : 0;
}

/* The key of an alias: the caller's own, named by id or ARN, not on its way out. */
static int alias_target(struct call *c, const struct name_alias *in, struct kms_key *ret)
{
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, ret) || kms_not_pending_deletion(c, ret))
        return -1;
    struct list others =
        store_list(c, &kms_alias_schema, "target = ?", SQL_ARGS(SQL_TEXT(ret->arn)));
    return others.count >= MAX_ALIASES ? fail(c, E_KmsTagLimit, "Too many aliases for the key") : 0;
}

static int create_alias(struct call *c, const struct name_alias *in)
{
    struct kms_key key;
    struct kms_alias alias;
    if (check_alias_name(c, in->alias))
        return -1;
    const char *arn = kms_key_arn(c, in->alias);
    if (store_get(c, &kms_alias_schema, arn, &alias))
        return fail(c, E_KmsAliasExists, arn);
    if (alias_target(c, in, &key))
        return -1;
    kms_alias_create(c, in->alias, key.arn);
    return 0;
}

#define ALIAS_ERRORS                                                                               \
    "NotFoundException ValidationException NotAuthorizedException KMSInvalidStateException "       \
    "LimitExceededException"

OPERATION_AS(
    kms, CreateAlias, create_alias, name_alias_params, struct name_alias, .flags = OP_WRITES,
    .errors = "AlreadyExistsException AccessDeniedException InvalidArnException " ALIAS_ERRORS,
    .effects = "a name for the key");

static int alias_own(struct call *c, const char *name, struct kms_alias *ret)
{
    if (check_alias_name(c, name))
        return -1;
    const char *arn = kms_key_arn(c, name);
    return store_get(c, &kms_alias_schema, arn, ret) ? 0 : fail(c, E_KmsNoAlias, arn);
}

static int update_alias(struct call *c, const struct name_alias *in)
{
    struct kms_key key, old;
    struct kms_alias alias;
    if (alias_own(c, in->alias, &alias) || alias_target(c, in, &key))
        return -1;
    /* both keys must be of one kind and use, so that code that names the alias goes on working
     * [guide] */
    if (kms_key_find(c, alias.target, &old)
        && (kms_key_is_symmetric(&old) != kms_key_is_symmetric(&key)
            || !text_is(old.usage, key.usage)))
        return fail(c, E_KmsAliasMismatch);
    alias.target = key.arn;
    alias.updated = c->now;
    store_put(c, &kms_alias_schema, &alias);
    return 0;
}

OPERATION_AS(kms, UpdateAlias, update_alias, name_alias_params, struct name_alias,
             .flags = OP_WRITES,
             .errors = "AccessDeniedException InvalidArnException " ALIAS_ERRORS,
             .effects = "the name means another key from now on");

static int delete_alias(struct call *c, const struct name_alias *in)
{
    struct kms_alias alias;
    if (alias_own(c, in->alias, &alias))
        return -1;
    store_remove(c, &kms_alias_schema, alias.arn);
    return 0;
}

OPERATION_AS(kms, DeleteAlias, delete_alias, delete_alias_params, struct name_alias,
             .flags = OP_WRITES,
             .errors = "NotFoundException ValidationException NotAuthorizedException",
             .effects = "the name goes, the key stays");

/* ---- ListAliases ---- */

struct list_aliases {
    const char *key;
    struct paging page;
};

static const struct param list_aliases_params[] = {
    { "KeyId", TEXT(struct list_aliases, key), .min = 1, .max = 2048 },
    KMS_PAGING(struct list_aliases),
    { 0 },
};

static const struct describe alias_list = { .schema = &kms_alias_schema, .set = "Aliases" };

/* An alias of AWS's is listed before its key is made, without one [guide]. */
static void add_aws_aliases(struct call *c, struct list *aliases)
{
    for (const char *const *name = kms_aws_aliases; *name; name++) {
        struct kms_alias known;
        const char *arn = kms_key_arn(c, *name);
        if (store_get(c, &kms_alias_schema, arn, &known))
            continue;
        struct kms_alias *alias = list_add(c->a, aliases, struct kms_alias);
        schema_init(&kms_alias_schema, alias);
        alias->arn = arn;
        alias->name = *name;
    }
}

static int list_aliases(struct call *c, const struct list_aliases *in)
{
    struct kms_key key = { 0 };
    if (in->key && kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key))
        return -1;
    struct list aliases =
        store_list(c, &kms_alias_schema, MINE_BY("account") " AND (?3 IS NULL OR target = ?3)",
                   SQL_ARGS(MINE_ARGS(c), SQL_TEXT(key.arn)));
    LIST_EACH (struct kms_alias, alias, &aliases)
        alias->target_id = strrchr(alias->target, '/') + 1;
    if (!in->key)
        add_aws_aliases(c, &aliases);
    return describe_page(c, &alias_list, &in->page, &aliases);
}

OPERATION(
    kms, ListAliases, list_aliases,
    .errors = "NotFoundException InvalidArnException InvalidMarkerException AccessDeniedException");
