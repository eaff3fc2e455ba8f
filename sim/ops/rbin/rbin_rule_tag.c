/* Recycle Bin (service rbin): the tags of the retention rules themselves. They are no tags of EC2:
 * DescribeTags does not show them. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/rbin/rbin_rule.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/account/retention_rule.h"

#define MAX_TAGS 200

struct tag_rule {
    const char *arn;
    struct list tags, keys;
};

#define RULE_ARN                                                                                   \
    {                                                                                              \
        "resourceArn", TEXT(struct tag_rule, arn), .flags = PARAM_REQUIRED | PARAM_PATH            \
    }

/* The rule that an ARN names, of the caller and here. */
static int find_by_arn(struct call *c, const char *arn, struct retention_rule *ret)
{
    const char *head = rbin_rule_arn(c, "");
    if (!text_starts(arn, head))
        return fail_with_reason(c, "RULE_NOT_FOUND", E_RetentionRuleNotFound, arn);
    return rbin_find_rule(c, arn + strlen(head), ret);
}

/* ---- ListTagsForResource ---- */

static const struct param list_tags_params[] = {
    RULE_ARN,
    { 0 },
};

static int list_tags(struct call *c, const struct tag_rule *in)
{
    struct retention_rule rule;
    if (find_by_arn(c, in->arn, &rule))
        return -1;
    rbin_emit_tags(c, &rule.tags);
    return 0;
}

OPERATION(rbin, ListTagsForResource, list_tags, list_tags_params, struct tag_rule,
          .route = "GET /tags/{resourceArn+}",
          .errors = "ResourceNotFoundException ValidationException");

/* ---- TagResource ---- */

static const struct param tag_rule_params[] = {
    RULE_ARN,
    { "Tags", LIST(struct tag_rule, tags, struct retention_tag, rbin_tag_params),
      .flags = PARAM_REQUIRED, .max = MAX_TAGS },
    { 0 },
};

static void remove_keys(struct call *c, struct retention_rule *rule, const struct list *keys)
{
    struct list kept = { 0 };
    LIST_EACH (struct retention_tag, tag, &rule->tags) {
        if (!strs_have(keys, tag->key))
            *list_add(c->a, &kept, struct retention_tag) = *tag;
    }
    rule->tags = kept;
}

static int tag_rule(struct call *c, const struct tag_rule *in)
{
    struct retention_rule rule;
    struct list keys = { 0 };
    if (find_by_arn(c, in->arn, &rule))
        return -1;
    LIST_EACH (struct retention_tag, tag, &in->tags)
        strs_add(c->a, &keys, tag->key);
    remove_keys(c, &rule, &keys);
    LIST_EACH (struct retention_tag, tag, &in->tags)
        *list_add(c->a, &rule.tags, struct retention_tag) = *tag;
    if (rule.tags.count > MAX_TAGS)
        return fail_with_reason(c, "SERVICE_QUOTA_EXCEEDED", E_RetentionRuleTags);
    store_put(c, &retention_rule_schema, &rule);
    c->outcome.status = 201;
    return 0;
}

OPERATION(rbin, TagResource, tag_rule, tag_rule_params, struct tag_rule, .flags = OP_WRITES,
          .route = "POST /tags/{resourceArn+}",
          .errors = "ResourceNotFoundException ValidationException ServiceQuotaExceededException",
          .effects = "Sets tags of the rule; a value replaces the old one.");

/* ---- UntagResource ---- */

static const struct param untag_rule_params[] = {
    RULE_ARN,
    { "tagKeys", TEXTS(struct tag_rule, keys), .flags = PARAM_REQUIRED | PARAM_QUERY,
      .max = MAX_TAGS },
    { 0 },
};

static int untag_rule(struct call *c, const struct tag_rule *in)
{
    struct retention_rule rule;
    if (find_by_arn(c, in->arn, &rule))
        return -1;
    remove_keys(c, &rule, &in->keys);
    store_put(c, &retention_rule_schema, &rule);
    rbin_no_content(c);
    return 0;
}

OPERATION(rbin, UntagResource, untag_rule, untag_rule_params, struct tag_rule, .flags = OP_WRITES,
          .route = "DELETE /tags/{resourceArn+}",
          .errors = "ResourceNotFoundException ValidationException",
          .effects = "Removes tags of the rule.");
