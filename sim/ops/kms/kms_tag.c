/* Tags of KMS keys: they live with all other tags, under the key's ARN. */
#include "call/errors.h"
#include "ops/kms/kms_common.h"

static int kms_tag_refuse(struct call *c, enum tag_problem what, const char *key)
{
    (void)key;
    switch (what) {
    case TAG_RESERVED:
        return fail(c, E_KmsTag, "Tag keys that begin with aws: are reserved");
    case TAG_REPEATED:
        return fail(c, E_KmsTag, "Duplicate tag keys");
    case TAG_TOO_MANY:
        return fail(c, E_KmsTagLimit, "Too many tags");
    default:
        return 0;
    }
}

const struct tag_words kms_tag_words = {
    .rows = { { "TagKey", TEXT(struct tag, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
              { "TagValue", TEXT(struct tag, value), .flags = PARAM_REQUIRED | PARAM_EMPTY,
                .max = 256 },
              { 0 } },
    .most = 50,
    .refuse = kms_tag_refuse,
};

/* The tags of a key that waits for its deletion can be looked at only. */
static int kms_tagged_key(struct call *c, const struct tag_request *in, const char **ret_resource)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->id, KMS_NO_ALIAS, &key))
        return -1;
    *ret_resource = key.arn;
    return c->op->flags & OP_WRITES ? kms_not_pending_deletion(c, &key) : 0;
}

const struct tag_family kms_tags = {
    .type = "kms-key", .list = "Tags", .words = &kms_tag_words, .find = kms_tagged_key
};

static const struct param kms_tag_params[] = {
    KMS_KEY_ID(struct tag_request, id),
    { "Tags", TAGS(struct tag_request, tags, kms_tag_words), .flags = PARAM_REQUIRED },
    { 0 },
};

TAG_OPERATION(kms, TagResource, service_tag, kms_tag_params, kms_tags, .flags = OP_WRITES,
              .errors = KMS_KEY_ERRORS " TagException LimitExceededException",
              .effects = "sets tags; a value replaces the old one");

static const struct param kms_untag_params[] = {
    KMS_KEY_ID(struct tag_request, id),
    { "TagKeys", TEXTS(struct tag_request, keys), .flags = PARAM_REQUIRED },
    { 0 },
};

TAG_OPERATION(kms, UntagResource, service_untag, kms_untag_params, kms_tags, .flags = OP_WRITES,
              .errors = KMS_KEY_ERRORS,
              .effects = "removes tags; those that are not there do no harm");

static const struct param kms_list_tags_params[] = {
    KMS_KEY_ID(struct tag_request, id),
    KMS_PAGING(struct tag_request),
    { 0 },
};

TAG_OPERATION(kms, ListResourceTags, service_list_tags, kms_list_tags_params, kms_tags,
              .errors = KMS_KEY_ERRORS " InvalidMarkerException");
