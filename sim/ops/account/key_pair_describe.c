/* DescribeKeyPairs and DeleteKeyPair: key pairs that are there, by name or by id. */
#include "call/errors.h"
#include "call/id.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/narrow.h"
#include "world/account/key_pair.h"

/* ---- DescribeKeyPairs ---- */

struct describe_key_pairs {
    struct list names, ids, filters;
    enum tri with_key;
};

static const struct param describe_key_pairs_params[] = {
    { "KeyName", TEXTS(struct describe_key_pairs, names), .flags = PARAM_EMPTY },
    { "KeyPairId", TEXTS(struct describe_key_pairs, ids), .flags = PARAM_EMPTY },
    { "IncludePublicKey", BOOL(struct describe_key_pairs, with_key) },
    { "Filter", FILTERS(struct describe_key_pairs, filters) },
    { 0 },
};

static int check_key_pair_id(struct call *c, const char *id)
{
    return id_well_shaped("key-", id) ? 0 : fail(c, E_InvalidValueOnly, id, "keyPairId");
}

/* Each pair once, however often it is asked for [recorded]. */
static void add_pair_once(struct call *c, struct list *pairs, const struct key_pair *pair)
{
    if (!LIST_FIND(struct key_pair, pairs, id, pair->id))
        *list_add(c->a, pairs, struct key_pair) = *pair;
}

static int named_pairs(struct call *c, const struct describe_key_pairs *in, struct list *ret)
{
    struct key_pair pair;
    LIST_EACH (const char *, name, &in->names) {
        if (!**name)
            return fail(c, E_InvalidValue, "", "keyPairNames", "It should not be blank");
        if (!key_pair_named(c, *name, &pair))
            return fail(c, E_KeyPairNotFound, *name);
        add_pair_once(c, ret, &pair);
    }
    LIST_EACH (const char *, id, &in->ids) {
        if (check_key_pair_id(c, *id))
            return -1;
        if (!key_pair_find(c, *id, &pair))
            return fail(c, E_KeyPairIdNotFound, *id);
        add_pair_once(c, ret, &pair);
    }
    return 0;
}

static const struct describe pair_list = {
    .schema = &key_pair_schema,
    .set = "keySet",
    .page = { .unpaged = true },
};

static int describe_key_pairs(struct call *c, const struct describe_key_pairs *in)
{
    const struct narrowed n = { &key_pair_schema, &key_pair_schema, .filters = &in->filters };
    struct list pairs = { 0 };
    if (!in->names.count && !in->ids.count)
        pairs = narrow_list(c, &n, MINE, SQL_ARGS(MINE_ARGS(c)));
    else if (named_pairs(c, in, &pairs))
        return -1;
    LIST_EACH (struct key_pair, pair, &pairs)
        pair->shown_key = in->with_key == YES ? pair->public_key : NULL;
    return describe_items(c, &pair_list, &(struct listing){ .filters = in->filters }, &pairs);
}

OPERATION(ec2, DescribeKeyPairs, describe_key_pairs, .dry_run = DRYRUN_FIRST,
          .errors = "InvalidKeyPair.NotFound");

/* ---- DeleteKeyPair ---- */

struct delete_key_pair {
    const char *name, *id;
};

static const struct param delete_key_pair_params[] = {
    { "KeyName", TEXT(struct delete_key_pair, name) },
    { "KeyPairId", TEXT(struct delete_key_pair, id) },
    { 0 },
};

/* One that is not there is no error; the answer then names no id. */
static int delete_key_pair(struct call *c, const struct delete_key_pair *in)
{
    struct key_pair pair;
    if (in->name && in->id)
        return fail(c, E_KeyNameAndId);
    if (!in->name && !in->id)
        return fail(c, E_MissingParameter, "KeyName");
    if (in->id && check_key_pair_id(c, in->id))
        return -1;
    bool found = in->name ? key_pair_named(c, in->name, &pair) : key_pair_find(c, in->id, &pair);
    emit_bool(c, "return", true);
    if (found) {
        store_remove(c, &key_pair_schema, pair.id);
        emit_text(c, "keyPairId", pair.id);
    }
    return 0;
}

OPERATION(ec2, DeleteKeyPair, delete_key_pair, .flags = OP_WRITES, .dry_run = DRYRUN_FIRST,
          .errors = "InvalidParameterCombination",
          .effects = "the key pair is gone; instances that name it keep the name");
