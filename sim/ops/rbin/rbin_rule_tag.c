/* Recycle Bin (service rbin): the tags of the retention rules themselves. They live with all other
 * tags, under the rule's id, but are no tags of EC2: DescribeTags does not show them. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/rbin/rbin_rule.h"

#define MAX_TAGS 200

static int rule_tag_refuse(struct call *c, enum tag_problem what, const char *key)
{
    (void)key;
    return what == TAG_TOO_MANY ? fail_with_reason(c, "SERVICE_QUOTA_EXCEEDED", E_RetentionRuleTags)
                                : 0;
}

const struct tag_words rbin_tag_words = {
    .rows = { { "Key", TEXT(struct tag, key), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
              { "Value", TEXT(struct tag, value), .flags = PARAM_REQUIRED | PARAM_EMPTY, .min = 0,
                .max = 256 },
              { 0 } },
    .most = MAX_TAGS,
    .refuse = rule_tag_refuse,
};

/* The rule that an ARN names, of the caller and here. */
static int tagged_rule(struct call *c, const struct tag_request *in, const char **ret_resource)
{
    struct retention_rule rule;
    const char *head = retention_rule_arn(c, "");
    if (!text_starts(in->id, head))
        return fail_with_reason(c, "RULE_NOT_FOUND", E_RetentionRuleNotFound, in->id);
    if (retention_rule_own(c, in->id + strlen(head), &rule))
        return -1;
    *ret_resource = rule.id;
    return 0;
}

const struct tag_family rbin_tags = {
    .type = "retention-rule",
    .list = "Tags",
    .words = &rbin_tag_words,
    .page = { .unpaged = true },
    .as_put = true,
    .find = tagged_rule,
};

#define RULE_ARN                                                                                   \
    {                                                                                              \
        "resourceArn", TEXT(struct tag_request, id), .flags = PARAM_REQUIRED | PARAM_PATH          \
    }

/* ---- ListTagsForResource ---- */

static const struct param list_params[] = {
    RULE_ARN,
    { 0 },
};

TAG_OPERATION(rbin, ListTagsForResource, service_list_tags, list_params, rbin_tags,
              .route = "GET /tags/{resourceArn+}",
              .errors = "ResourceNotFoundException ValidationException");

/* ---- TagResource ---- */

static const struct param tag_params[] = {
    RULE_ARN,
    { "Tags", TAGS(struct tag_request, tags, rbin_tag_words), .flags = PARAM_REQUIRED,
      .max = MAX_TAGS },
    { 0 },
};

TAG_OPERATION(
    rbin, TagResource, service_tag, tag_params, rbin_tags, .flags = OP_WRITES,
    .answer = ANSWER_CREATED, .route = "POST /tags/{resourceArn+}",
    .errors = "ResourceNotFoundException ValidationException ServiceQuotaExceededException",
    .effects = "Sets tags of the rule; a value replaces the old one.");

/* ---- UntagResource ---- */

static const struct param untag_params[] = {
    RULE_ARN,
    { "tagKeys", TEXTS(struct tag_request, keys), .flags = PARAM_REQUIRED | PARAM_QUERY,
      .max = MAX_TAGS },
    { 0 },
};

TAG_OPERATION(rbin, UntagResource, service_untag, untag_params, rbin_tags, .flags = OP_WRITES,
              .answer = ANSWER_NO_CONTENT, .route = "DELETE /tags/{resourceArn+}",
              .errors = "ResourceNotFoundException ValidationException",
              .effects = "Removes tags of the rule.");
