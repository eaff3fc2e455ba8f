/* Key pairs: CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPair. */
#include <string.h>

#include "base/ssh_key.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "store/noun.h"
#include "world/account/key_pair.h"

#define LONGEST_NAME 255

/* ---- Names ---- */

static int check_name(struct call *c, const char *name)
{
    size_t n = strlen(name);
    if (n > LONGEST_NAME)
        return fail(c, E_KeyNameLength);
    if (name[0] == ' ' || name[n - 1] == ' ')
        return fail(c, E_InvalidValue, name, "keyName", "It should be trimmed");
    for (const char *at = name; *at; at++) {
        if ((unsigned char)*at > 126)
            return fail(c, E_KeyNameAscii);
        if ((unsigned char)*at < 32)
            return fail(c, E_KeyNameControl, name); /* AWS swaps the two [recorded] */
    }
    return 0;
}

static int check_new_name(struct call *c, const char *name)
{
    struct key_pair before;
    if (check_name(c, name))
        return -1;
    if (key_pair_named(c, name, &before))
        return fail(c, E_KeyPairDuplicate);
    int64_t count =
        store_number(c->store, "SELECT count(*) FROM key_pair WHERE " MINE, SQL_ARGS(MINE_ARGS(c)));
    int64_t limit = quota(c->sim, "key-pairs");
    return count >= limit ? fail(c, E_KeyPairLimit, (long long)limit) : 0;
}

static void put_pair(struct call *c, const char *name, const struct ssh_key *key,
                     const struct list *tag_specs, struct key_pair *ret)
{
    *ret = (struct key_pair){ .id = id_new(c, "key-"),
                              .owner = c->account,
                              .region = c->region,
                              .name = name,
                              .fingerprint = key->fingerprint,
                              .type = key->type == SSH_RSA ? "rsa" : "ed25519",
                              .created = c->now };
    /* whatever comment it came with, the name takes its place [recorded] */
    ret->public_key = arena_printf(c->a, "%s %s\n", key->public_line, name);
    store_put(c, &key_pair_schema, ret);
    tag_specs_put(c, tag_specs, "key-pair", ret->id);
    ret->tags = tag_specs_for(tag_specs, "key-pair");
}

/* ---- CreateKeyPair ---- */

struct create_key_pair {
    const char *name, *type, *format;
    struct list tag_specs;
};

static const struct param create_key_pair_params[] = {
    { "KeyName", TEXT(struct create_key_pair, name), .flags = PARAM_REQUIRED },
    { "KeyType", TEXT(struct create_key_pair, type) },
    { "TagSpecification", TAG_SPECS(struct create_key_pair, tag_specs, "key-pair") },
    { "KeyFormat", TEXT(struct create_key_pair, format) },
    { 0 },
};

static int create_key_pair(struct call *c, const struct create_key_pair *in)
{
    static const char *const types[] = { "rsa", "ed25519", NULL };
    static const char *const formats[] = { "ppk", "pem", NULL };
    struct ssh_key key;
    struct key_pair pair;
    if (check_name(c, in->name))
        return -1;
    if (in->type && !text_any(in->type, types))
        return fail(c, E_KeyTypeChoice, in->type);
    if (in->format && !text_any(in->format, formats))
        return fail(c, E_KeyFormatChoice, in->format);
    if (check_new_name(c, in->name))
        return -1;
    if (!ssh_key_make(c->a, text_is(in->type, "ed25519") ? SSH_ED25519 : SSH_RSA,
                      text_is(in->format, "ppk") ? SSH_PPK : SSH_PEM, in->name,
                      rng_next(&c->sim->ids), &key))
        return fail(c, E_InternalError);
    put_pair(c, in->name, &key, &in->tag_specs, &pair);
    emit_text(c, "keyName", pair.name);
    emit_text(c, "keyFingerprint", pair.fingerprint);
    emit_text(c, "keyMaterial", key.private_text);
    emit_text(c, "keyPairId", pair.id);
    emit_tags(c, "tagSet", &pair.tags);
    return 0;
}

OPERATION(ec2, CreateKeyPair, create_key_pair, .flags = OP_WRITES, .dry_run = DRYRUN_FIRST,
          .errors = "InvalidKeyPair.Duplicate KeyPairLimitExceeded",
          .effects = "a real RSA or Ed25519 key; the private half is in the answer only");

/* ---- ImportKeyPair ---- */

struct import_key_pair {
    const char *name, *material;
    struct list tag_specs;
};

static const struct param import_key_pair_params[] = {
    { "TagSpecification", TAG_SPECS(struct import_key_pair, tag_specs, "key-pair") },
    { "KeyName", TEXT(struct import_key_pair, name), .flags = PARAM_REQUIRED },
    { "PublicKeyMaterial", BLOB(struct import_key_pair, material), .flags = PARAM_REQUIRED },
    { 0 },
};

static int import_key_pair(struct call *c, const struct import_key_pair *in)
{
    struct ssh_key key;
    struct key_pair pair;
    size_t n;
    const char *text = base64_decode(c->a, in->material, &n);
    if (check_new_name(c, in->name))
        return -1;
    if (strlen(text) != n || !ssh_key_read(c->a, text, &key))
        return fail(c, E_KeyMaterial);
    put_pair(c, in->name, &key, &in->tag_specs, &pair);
    emit_text(c, "keyName", pair.name);
    emit_text(c, "keyPairId", pair.id); /* another order than CreateKeyPair's [recorded] */
    emit_text(c, "keyFingerprint", pair.fingerprint);
    emit_tags(c, "tagSet", &pair.tags);
    return 0;
}

OPERATION(ec2, ImportKeyPair, import_key_pair, .flags = OP_WRITES, .dry_run = DRYRUN_FIRST,
          .errors = "InvalidKeyPair.Duplicate InvalidKey.Format KeyPairLimitExceeded",
          .effects = "keeps a public key");

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

static int check_id(struct call *c, const char *id)
{
    return id_well_shaped("key-", id) ? 0 : fail(c, E_InvalidValueOnly, id, "keyPairId");
}

/* Each pair once, however often it is asked for [recorded]. */
static int asked_pairs(struct call *c, const struct describe_key_pairs *in, struct list *ret)
{
    struct list seen = { 0 };
    struct key_pair pair;
    LIST_EACH (const char *, name, &in->names) {
        if (!**name)
            return fail(c, E_InvalidValue, "", "keyPairNames", "It should not be blank");
        if (!key_pair_named(c, *name, &pair))
            return fail(c, E_KeyPairNotFound, *name);
        if (!strs_have(&seen, pair.id))
            *list_add(c->a, ret, struct key_pair) = pair;
        strs_add(c->a, &seen, pair.id);
    }
    LIST_EACH (const char *, id, &in->ids) {
        if (check_id(c, *id))
            return -1;
        if (!key_pair_find(c, *id, &pair))
            return fail(c, E_KeyPairIdNotFound, *id);
        if (!strs_have(&seen, pair.id))
            *list_add(c->a, ret, struct key_pair) = pair;
        strs_add(c->a, &seen, pair.id);
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
    struct list pairs = { 0 };
    if (!in->names.count && !in->ids.count)
        pairs = store_list(c, &key_pair_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    else if (asked_pairs(c, in, &pairs))
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
    if (in->id && check_id(c, in->id))
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
