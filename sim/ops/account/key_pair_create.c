/* CreateKeyPair, ImportKeyPair: a new key pair, made here or brought in by its public half. */
#include <string.h>

#include "base/ssh_key.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/tag_spec.h"
#include "store/noun.h"
#include "world/account/key_pair.h"

#define LONGEST_NAME 255

/* ---- Names ---- */

static int check_key_name(struct call *c, const char *name)
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

static int check_new_key_name(struct call *c, const char *name)
{
    struct key_pair before;
    if (check_key_name(c, name))
        return -1;
    if (key_pair_named(c, name, &before))
        return fail(c, E_KeyPairDuplicate);
    int64_t limit = quota(c->sim, "key-pairs");
    return store_count(c, &key_pair_schema, MINE, SQL_ARGS(MINE_ARGS(c))) >= limit
               ? fail(c, E_KeyPairLimit, (long long)limit)
               : 0;
}

static void make_key_pair(struct call *c, const char *name, const struct ssh_key *key,
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
    if (check_key_name(c, in->name))
        return -1;
    if (in->type && !text_any(in->type, types))
        return fail(c, E_KeyTypeChoice, in->type);
    if (in->format && !text_any(in->format, formats))
        return fail(c, E_KeyFormatChoice, in->format);
    if (check_new_key_name(c, in->name))
        return -1;
    if (!ssh_key_make(c->a, text_is(in->type, "ed25519") ? SSH_ED25519 : SSH_RSA,
                      text_is(in->format, "ppk") ? SSH_PPK : SSH_PEM, in->name,
                      rng_next(&c->sim->ids), &key))
        return fail(c, E_InternalError);
    make_key_pair(c, in->name, &key, &in->tag_specs, &pair);
    emit_text(c, "keyName", pair.name);
    emit_text(c, "keyFingerprint", pair.fingerprint);
    emit_text(c, "keyMaterial", key.private_text);
    emit_text(c, "keyPairId", pair.id);
    emit_tags(c, "tagSet", &pair.tags);
    return 0;
}

OPERATION(ec2, CreateKeyPair, create_key_pair, .flags = OP_WRITES | OP_SECRET_ANSWER,
          .dry_run = DRYRUN_FIRST, .errors = "InvalidKeyPair.Duplicate KeyPairLimitExceeded",
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
    if (check_new_key_name(c, in->name))
        return -1;
    if (strlen(text) != n || !ssh_key_read(c->a, text, &key))
        return fail(c, E_KeyMaterial);
    make_key_pair(c, in->name, &key, &in->tag_specs, &pair);
    emit_noun(c, &key_pair_schema, &pair, VIEW_CREATED); /* not CreateKeyPair's order [recorded] */
    return 0;
}

OPERATION(ec2, ImportKeyPair, import_key_pair, .flags = OP_WRITES, .dry_run = DRYRUN_FIRST,
          .errors = "InvalidKeyPair.Duplicate InvalidKey.Format KeyPairLimitExceeded",
          .effects = "keeps a public key");
