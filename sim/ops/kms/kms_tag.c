/* Tags of KMS keys: they live with all other tags, under the key's ARN. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/kms/kms_common.h"
#include "reply/emit.h"
#include "store/tag_row.h"

#define MAX_KEY_TAGS 50

const struct param kms_tag_params[] = {
    { "TagKey", TEXT(struct kms_tag, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
    { "TagValue", TEXT(struct kms_tag, value), .flags = PARAM_REQUIRED | PARAM_EMPTY, .max = 256 },
    { 0 },
};

int kms_tags_put(struct call *c, const char *arn, const struct list *tags)
{
    struct list seen = { 0 }, plain = { 0 };
    LIST_EACH (struct kms_tag, tag, tags) {
        if (text_starts(text_lower(c->a, tag->key), "aws:"))
            return fail(c, E_KmsTag, "Tag keys that begin with aws: are reserved");
        if (strs_have(&seen, tag->key))
            return fail(c, E_KmsTag, "Duplicate tag keys");
        strs_add(c->a, &seen, tag->key);
        *list_add(c->a, &plain, struct tag) = (struct tag){ tag->key, tag->value };
    }
    tags_put(c, "kms-key", arn, &plain);
    struct list all = tags_of(c, arn);
    return all.count > MAX_KEY_TAGS ? fail(c, E_KmsTagLimit, "Too many tags") : 0;
}

struct tag_key {
    const char *key;
    struct list tags; /* struct kms_tag */
};

static const struct param tag_key_params[] = {
    { "KeyId", TEXT(struct tag_key, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "Tags", LIST(struct tag_key, tags, struct kms_tag, kms_tag_params), .flags = PARAM_REQUIRED },
    { 0 },
};

static int tag_key(struct call *c, const struct tag_key *in)
{
    struct kms_key_permitted key;
    if (kms_key_permitted(c, in->key, "kms:TagResource", KMS_NO_ALIAS, &key))
        return -1;
    if (text_is(key.state, "PendingDeletion"))
        return kms_not_pending(c, &key);
    return kms_tags_put(c, key.arn, &in->tags);
}

OPERATION(kms, TagResource, tag_key, tag_key_params, struct tag_key, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS " TagException LimitExceededException",
          .effects = "sets tags; a value replaces the old one");

struct untag_key {
    const char *key;
    struct list keys;
};

static const struct param untag_key_params[] = {
    { "KeyId", TEXT(struct untag_key, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "TagKeys", TEXTS(struct untag_key, keys), .flags = PARAM_REQUIRED },
    { 0 },
};

static int untag_key(struct call *c, const struct untag_key *in)
{
    struct kms_key_permitted key;
    if (kms_key_permitted(c, in->key, "kms:UntagResource", KMS_NO_ALIAS, &key))
        return -1;
    if (text_is(key.state, "PendingDeletion"))
        return kms_not_pending(c, &key);
    LIST_EACH (const char *, name, &in->keys)
        tags_remove(c, key.arn, *name, NULL);
    return 0;
}

OPERATION(kms, UntagResource, untag_key, untag_key_params, struct untag_key, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS, .effects = "removes tags; those that are not there do no harm");

struct list_tags {
    const char *key, *marker;
    int64_t limit;
};

static const struct param list_tags_params[] = {
    { "KeyId", TEXT(struct list_tags, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "Limit", INT(struct list_tags, limit), .min = 1, .max = 1000 },
    { "Marker", TEXT(struct list_tags, marker), .min = 1, .max = 1024 },
    { 0 },
};

static int list_tags(struct call *c, const struct list_tags *in)
{
    struct kms_key_permitted key;
    size_t from, to;
    if (kms_key_permitted(c, in->key, "kms:ListResourceTags", KMS_NO_ALIAS, &key))
        return -1;
    struct list tags = tags_of(c, key.arn);
    if (kms_page(c, in->limit, 50, in->marker, tags.count, &from, &to))
        return -1;
    emit_list(c, "Tags");
    for (size_t i = from; i < to; i++) {
        const struct tag *tag = list_at(&tags, struct tag, i);
        emit_item(c);
        emit_text(c, "TagKey", tag->key);
        emit_text(c, "TagValue", tag->value);
        emit_close(c);
    }
    emit_close(c);
    kms_emit_page_end(c, to, tags.count);
    return 0;
}

OPERATION(kms, ListResourceTags, list_tags, list_tags_params, struct list_tags,
          .errors = KMS_KEY_ERRORS " InvalidMarkerException");
