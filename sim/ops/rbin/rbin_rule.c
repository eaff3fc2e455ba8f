/* Recycle Bin (service rbin): retention rules. What they do to deleted resources is in
 * world/account/retention_rule.h and in the resources themselves. */
#include "ops/rbin/rbin_rule.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

static const char *const days_only[] = { "DAYS", NULL };
static const char *const resource_types[] = { RETENTION_SNAPSHOT, RETENTION_IMAGE, RETENTION_VOLUME,
                                              NULL };
static const char *const lock_states[] = { "locked", "pending_unlock", "unlocked", NULL };

struct days {
    int64_t value;
    const char *unit;
};

static const struct param retention_params[] = {
    { "RetentionPeriodValue", INT(struct days, value), .flags = PARAM_REQUIRED, .min = 1,
      .max = 3650 },
    { "RetentionPeriodUnit", TEXT(struct days, unit), .flags = PARAM_REQUIRED,
      .values = days_only },
    { 0 },
};

static const struct param unlock_delay_params[] = {
    { "UnlockDelayValue", INT(struct days, value), .flags = PARAM_REQUIRED, .min = 7, .max = 30 },
    { "UnlockDelayUnit", TEXT(struct days, unit), .flags = PARAM_REQUIRED, .values = days_only },
    { 0 },
};

static const struct param lock_params[] = {
    { "UnlockDelay",
      STRUCT(
          struct { struct days delay; }, delay, unlock_delay_params),
      .flags = PARAM_REQUIRED },
    { 0 },
};

/* Tags of resources; without a value any value is meant. */
static const struct tag_words resource_tag_words = {
    .rows = { { "ResourceTagKey", TEXT(struct tag, key), .flags = PARAM_REQUIRED, .min = 1,
                .max = 128 },
              { "ResourceTagValue", TEXT(struct tag, value), .flags = PARAM_EMPTY, .min = 0,
                .max = 256 },
              { 0 } },
};

#define RESOURCE_TAGS(S, m) TAGS(S, m, resource_tag_words), .max = 50
#define EXCLUDED_TAGS(S, m) TAGS(S, m, resource_tag_words), .max = 5

/* What CreateRule and UpdateRule take alike. */
struct rule_input {
    const char *id, *type, *description;
    struct days retention, unlock_delay;
    bool has_retention, has_lock;
    struct list tags, resource_tags, exclude_tags;
};

/* ---- Answers ---- */

/* Sets what is shown and not stored. */
static void compute_rule(struct call *c, struct retention_rule *rule)
{
    rule->lock_state = retention_lock_state(c, rule);
    rule->arn = retention_rule_arn(c, rule->id);
}

static void emit_retention_rule(struct call *c, struct retention_rule *rule)
{
    bool locked = rule->unlock_days != ABSENT;
    compute_rule(c, rule);
    emit_noun(c, &retention_rule_schema, rule,
              locked ? VIEW_DESCRIBED | RETENTION_VIEW_LOCK : VIEW_DESCRIBED);
}

/* Changed, and shown as it is now. */
static int answer_changed_rule(struct call *c, struct retention_rule *rule)
{
    store_put(c, &retention_rule_schema, rule);
    emit_retention_rule(c, rule);
    return 0;
}

/* ---- Rules ---- */

/* A rule that is locked, or whose unlock delay runs, cannot be changed or deleted [guide]. */
static int unlocked_rule(struct call *c, const char *id, struct retention_rule *ret)
{
    if (retention_rule_own(c, id, ret))
        return -1;
    const char *lock = retention_lock_state(c, ret);
    if (lock && !text_is(lock, "unlocked"))
        return fail_with_reason(c, "INVALID_RULE_STATE", E_RetentionRuleLocked, id);
    return 0;
}

/* A rule is either for tagged resources or for all but some [model]. */
static int check_rule_tags(struct call *c, const struct retention_rule *rule)
{
    if (rule->resource_tags.count && rule->exclude_tags.count)
        return fail_with_reason(c, "INVALID_PARAMETER_VALUE", E_RetentionRuleInvalid,
                                "ExcludeResourceTags can't be used with ResourceTags");
    if (rule->resource_tags.count && rule->unlock_days != ABSENT)
        return fail_with_reason(c, "INVALID_PARAMETER_VALUE", E_RetentionRuleInvalid,
                                "Only Region-level retention rules can be locked");
    return 0;
}

/* 11 letters and digits. */
static const char *new_rule_id(struct call *c)
{
    static const char signs[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char *id = arena_alloc(c->a, 12);
    uint64_t number = rng_next(&c->sim->ids);
    for (int i = 0; i < 11; i++, number /= 62)
        id[i] = signs[number % 62];
    return id_made(c, id);
}

/* ---- CreateRule ---- */

static const struct param create_rule_params[] = {
    { "RetentionPeriod", STRUCT(struct rule_input, retention, retention_params),
      .flags = PARAM_REQUIRED },
    { "ResourceType", TEXT(struct rule_input, type), .flags = PARAM_REQUIRED,
      .values = resource_types },
    { "Description", TEXT(struct rule_input, description), .min = 0, .max = 255 },
    { "Tags", TAGS(struct rule_input, tags, rbin_tag_words), .max = 200 },
    { "ResourceTags", RESOURCE_TAGS(struct rule_input, resource_tags) },
    { "ExcludeResourceTags", EXCLUDED_TAGS(struct rule_input, exclude_tags) },
    { "LockConfiguration", STRUCT(struct rule_input, unlock_delay, lock_params),
      .there = offsetof(struct rule_input, has_lock) },
    { 0 },
};

static int create_rule(struct call *c, const struct rule_input *in)
{
    struct retention_rule rule = {
        .id = new_rule_id(c),
        .account = c->account,
        .region = c->region,
        .type = in->type,
        .description = in->description,
        .days = in->retention.value,
        .unlock_days = in->has_lock ? in->unlock_delay.value : ABSENT,
        .unlocked_from = ABSENT,
        .resource_tags = in->resource_tags,
        .exclude_tags = in->exclude_tags,
    };
    if (check_rule_tags(c, &rule))
        return -1;
    store_add(c, &retention_rule_schema, &rule);
    if (service_tags_put(c, &rbin_tags, rule.id, &in->tags))
        return -1;
    emit_retention_rule(c, &rule);
    tags_emit(c, &rbin_tag_words, "Tags", &in->tags);
    return 0;
}

OPERATION_AS(
    rbin, CreateRule, create_rule, create_rule_params, struct rule_input, .flags = OP_WRITES,
    .answer = ANSWER_CREATED, .route = "POST /rules", .errors = "ValidationException",
    .effects = "What is deleted from now on and matches the rule goes to the Recycle Bin.");

/* ---- GetRule ---- */

struct rule_named {
    const char *id;
};

#define RULE_ID(S)                                                                                 \
    {                                                                                              \
        "identifier", TEXT(S, id), .flags = PARAM_REQUIRED | PARAM_PATH                            \
    }

static const struct param rule_named_params[] = {
    RULE_ID(struct rule_named),
    { 0 },
};

static int get_rule(struct call *c, const struct rule_named *in)
{
    struct retention_rule rule;
    if (retention_rule_own(c, in->id, &rule))
        return -1;
    emit_retention_rule(c, &rule);
    return 0;
}

OPERATION_AS(rbin, GetRule, get_rule, rule_named_params, struct rule_named,
             .route = "GET /rules/{identifier}",
             .errors = "ResourceNotFoundException ValidationException");

/* ---- ListRules ---- */

struct list_rules {
    const char *type, *lock_state;
    struct paging page;
    struct list resource_tags, exclude_tags;
};

static const struct param list_rules_params[] = {
    { "ResourceType", TEXT(struct list_rules, type), .flags = PARAM_REQUIRED,
      .values = resource_types },
    { "LockState", TEXT(struct list_rules, lock_state), .values = lock_states },
    { "ResourceTags", RESOURCE_TAGS(struct list_rules, resource_tags) },
    { "ExcludeResourceTags", EXCLUDED_TAGS(struct list_rules, exclude_tags) },
    PAGING_BETWEEN(struct list_rules, page, 1, 1000),
    { 0 },
};

static bool has_tags(const struct list *tags, const struct list *wanted)
{
    LIST_EACH (struct tag, tag, wanted) {
        if (!retention_tag_met(tags, tag))
            return false;
    }
    return true;
}

static bool is_listed_rule(const struct list_rules *in, const struct retention_rule *rule)
{
    return (!in->lock_state || text_is(in->lock_state, rule->lock_state))
           && has_tags(&rule->resource_tags, &in->resource_tags)
           && has_tags(&rule->exclude_tags, &in->exclude_tags);
}

static const struct describe rule_list = { .schema = &retention_rule_schema,
                                           .set = "Rules",
                                           .view = VIEW_BRIEF };

static int list_rules(struct call *c, const struct list_rules *in)
{
    struct list rules = { 0 };
    struct list all = store_list(c, &retention_rule_schema, MINE_BY("account") " AND type = ?3",
                                 SQL_ARGS(MINE_ARGS(c), SQL_TEXT(in->type)));
    LIST_EACH (struct retention_rule, rule, &all) {
        compute_rule(c, rule);
        if (is_listed_rule(in, rule))
            *list_add(c->a, &rules, struct retention_rule) = *rule;
    }
    return describe_page(c, &rule_list, &in->page, &rules);
}

OPERATION(rbin, ListRules, list_rules, .route = "POST /list-rules",
          .errors = "ValidationException");

/* ---- UpdateRule ---- */

static const struct param update_rule_params[] = {
    RULE_ID(struct rule_input),
    { "RetentionPeriod", STRUCT(struct rule_input, retention, retention_params),
      .there = offsetof(struct rule_input, has_retention) },
    { "ResourceType", TEXT(struct rule_input, type), .values = resource_types },
    { "Description", TEXT(struct rule_input, description), .flags = PARAM_EMPTY, .min = 0,
      .max = 255 },
    { "ResourceTags", RESOURCE_TAGS(struct rule_input, resource_tags) },
    { "ExcludeResourceTags", EXCLUDED_TAGS(struct rule_input, exclude_tags) },
    { 0 },
};

static int update_rule(struct call *c, const struct rule_input *in)
{
    struct retention_rule rule;
    if (unlocked_rule(c, in->id, &rule))
        return -1;
    if (in->type
        && !text_is(in->type, rule.type)) /* [guess]: the model lists it, the guide does not */
        return fail_with_reason(c, "INVALID_PARAMETER_VALUE", E_RetentionRuleInvalid,
                                "The resource type of a rule can't be changed");
    if (in->has_retention)
        rule.days = in->retention.value;
    if (in->description)
        rule.description = in->description;
    /* a list that is given replaces the old one, an empty list empties it */
    if (value_get(c->input, "ResourceTags"))
        rule.resource_tags = in->resource_tags;
    if (value_get(c->input, "ExcludeResourceTags"))
        rule.exclude_tags = in->exclude_tags;
    if (check_rule_tags(c, &rule))
        return -1;
    store_put(c, &retention_rule_schema, &rule);
    compute_rule(c, &rule);
    emit_noun(c, &retention_rule_schema, &rule, VIEW_DESCRIBED);
    return 0;
}

OPERATION_AS(rbin, UpdateRule, update_rule, update_rule_params, struct rule_input,
             .flags = OP_WRITES, .route = "PATCH /rules/{identifier}",
             .errors = "ResourceNotFoundException ValidationException ConflictException",
             .effects = "What is in the bin already keeps the time it was given.");

/* ---- DeleteRule ---- */

static int delete_rule(struct call *c, const struct rule_named *in)
{
    struct retention_rule rule;
    if (unlocked_rule(c, in->id, &rule))
        return -1;
    store_remove(c, &retention_rule_schema, rule.id);
    return 0;
}

OPERATION_AS(rbin, DeleteRule, delete_rule, rule_named_params, struct rule_named,
             .flags = OP_WRITES, .answer = ANSWER_NO_CONTENT, .route = "DELETE /rules/{identifier}",
             .errors = "ResourceNotFoundException ValidationException ConflictException",
             .effects = "What is in the bin stays there until its time is over.");

/* ---- LockRule, UnlockRule ---- */

struct lock_rule {
    const char *id;
    struct days delay;
};

static const struct param lock_rule_params[] = {
    RULE_ID(struct lock_rule),
    { "LockConfiguration", STRUCT(struct lock_rule, delay, lock_params), .flags = PARAM_REQUIRED },
    { 0 },
};

static int lock_rule(struct call *c, const struct lock_rule *in)
{
    struct retention_rule rule;
    if (retention_rule_own(c, in->id, &rule))
        return -1;
    if (text_is(retention_lock_state(c, &rule), "locked"))
        return fail_with_reason(c, "INVALID_RULE_STATE", E_RetentionRuleLocked, in->id);
    rule.unlock_days = in->delay.value;
    rule.unlocked_from = ABSENT;
    if (check_rule_tags(c, &rule))
        return -1;
    return answer_changed_rule(c, &rule);
}

OPERATION(
    rbin, LockRule, lock_rule, .flags = OP_WRITES, .route = "PATCH /rules/{identifier}/lock",
    .errors = "ResourceNotFoundException ValidationException ConflictException",
    .effects = "The rule can't be changed or deleted until it is unlocked and the delay over.");

static int unlock_rule(struct call *c, const struct rule_named *in)
{
    struct retention_rule rule;
    if (retention_rule_own(c, in->id, &rule))
        return -1;
    if (!text_is(retention_lock_state(c, &rule), "locked"))
        return fail_with_reason(c, "INVALID_RULE_STATE", E_RetentionRuleNotLocked, in->id);
    rule.unlocked_from = c->now + rule.unlock_days * DAY_MS;
    return answer_changed_rule(c, &rule);
}

OPERATION_AS(rbin, UnlockRule, unlock_rule, rule_named_params, struct rule_named,
             .flags = OP_WRITES, .route = "PATCH /rules/{identifier}/unlock",
             .errors = "ResourceNotFoundException ValidationException ConflictException",
             .effects = "The delay that the lock was given begins.");
