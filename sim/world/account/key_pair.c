/* Key pairs in the store. The order of elements is recorded. */
#include "world/account/key_pair.h"

#include "reply/emit_noun.h"
#include "store/noun.h"

const struct schema key_pair_schema = {
    .name = "key_pair",
    .noun = "key-pair",
    .size = sizeof(struct key_pair),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct key_pair, id), .column = "id", .filter = "key-pair-id" },
            { TEXT_FIELD(struct key_pair, owner), .column = "owner",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct key_pair, region), .column = "region" },
            { TEXT_FIELD(struct key_pair, name), .column = "name", .xml = "keyName",
              .filter = "key-name", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct key_pair, id), .xml = "keyPairId" },
            { TEXT_FIELD(struct key_pair, fingerprint), .column = "fingerprint",
              .xml = "keyFingerprint", .filter = "fingerprint" },
            { TEXT_FIELD(struct key_pair, type), .column = "type", .xml = "keyType",
              .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct key_pair, shown_key), .xml = "publicKey", .views = VIEW_DESCRIBED },
            { TIME_FIELD(struct key_pair, created), .column = "created", .xml = "createTime",
              .views = VIEW_DESCRIBED },
            { TAGS_FIELD(struct key_pair, tags), .xml = "tagSet", .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct key_pair, public_key), .column = "public_key" },
            { 0 } },
};

bool key_pair_named(struct call *c, const char *name, struct key_pair *ret)
{
    return store_first(c, &key_pair_schema, "name = ?3" AND_MINE,
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(name)), ret);
}

bool key_pair_find(struct call *c, const char *id, struct key_pair *ret)
{
    return store_own(c, &key_pair_schema, id, ret);
}
