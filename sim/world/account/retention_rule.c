/* Retention rules of the Recycle Bin. It knows no resource, only types and tags. */
#include "world/account/retention_rule.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

const struct schema retention_tag_schema = {
    .name = "recycle_tag",
    .size = sizeof(struct tag),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct tag, key), .column = "name", .json = "ResourceTagKey" },
            { TEXT_FIELD(struct tag, value), .column = "value", .json = "ResourceTagValue" },
            { 0 } },
};

const struct schema retention_rule_schema = {
    .name = "retention_rule",
    .was = "recycle_rule",
    .table_of_version_2 = /* a rule's own tags were a list inside it */
    "CREATE TABLE IF NOT EXISTS recycle_rule_tags (parent, position, name, value);",
    .from_version_2 =
        "INSERT OR IGNORE INTO tag (account, resource, key, value, region, type, place)"
        " SELECT r.account, r.id, t.name, t.value, r.region, 'retention-rule', t.position"
        " FROM recycle_rule_tags t JOIN retention_rule r ON r.id = t.parent;"
        "DROP TABLE recycle_rule_tags;",
    .size = sizeof(struct retention_rule),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct retention_rule, id), .column = "id", .json = "Identifier" },
            { TEXT_FIELD(struct retention_rule, account), .column = "account",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct retention_rule, region), .column = "region" },
            { TEXT_FIELD(struct retention_rule, description), .column = "description",
              .json = "Description" },
            { INT_FIELD(struct retention_rule, days), .column = "days",
              .json = "RetentionPeriod/RetentionPeriodValue" },
            { CONSTANT_FIELD("DAYS"), .json = "RetentionPeriod/RetentionPeriodUnit" },
            { TEXT_FIELD(struct retention_rule, lock_state), .json = "LockState" },
            { TEXT_FIELD(struct retention_rule, arn), .json = "RuleArn" },
            { TEXT_FIELD(struct retention_rule, type), .column = "type", .json = "ResourceType",
              .views = VIEW_DESCRIBED },
            { LIST_FIELD(struct retention_rule, resource_tags, &retention_tag_schema),
              .column = "resource_tags", .json = "ResourceTags", .views = VIEW_DESCRIBED,
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct retention_rule, exclude_tags, &retention_tag_schema),
              .column = "exclude_tags", .json = "ExcludeResourceTags", .views = VIEW_DESCRIBED,
              .flags = FIELD_SHOW_EMPTY },
            { CONSTANT_FIELD("available"), .json = "Status", .views = VIEW_DESCRIBED },
            { INT_FIELD(struct retention_rule, unlock_days), .column = "unlock_days",
              .json = "LockConfiguration/UnlockDelay/UnlockDelayValue",
              .views = RETENTION_VIEW_LOCK },
            { CONSTANT_FIELD("DAYS"), .json = "LockConfiguration/UnlockDelay/UnlockDelayUnit",
              .views = RETENTION_VIEW_LOCK },
            { TIME_FIELD(struct retention_rule, unlocked_from), .column = "unlocked_from",
              .json = "LockEndTime", .views = VIEW_DESCRIBED },
            { 0 } },
};

int retention_rule_own(struct call *c, const char *id, struct retention_rule *ret)
{
    if (store_get(c, &retention_rule_schema, id, ret) && text_is(ret->account, c->account)
        && text_is(ret->region, c->region))
        return 0;
    return fail_with_reason(c, "RULE_NOT_FOUND", E_RetentionRuleNotFound, id);
}

const char *retention_rule_arn(struct call *c, const char *id)
{
    return arena_printf(c->a, "arn:aws:rbin:%s:%s:rule/%s", c->region, c->account, id);
}

bool retention_tag_met(const struct list *tags, const struct tag *wanted)
{
    LIST_EACH (struct tag, tag, tags) {
        if (text_is(tag->key, wanted->key)
            && (!wanted->value || text_is(tag->value, wanted->value)))
            return true;
    }
    return false;
}

static bool has_one_of(const struct list *tags, const struct list *wanted)
{
    LIST_EACH (struct tag, want, wanted) {
        if (retention_tag_met(tags, want))
            return true;
    }
    return false;
}

static bool rule_matches(const struct retention_rule *rule, const struct list *tags)
{
    if (rule->resource_tags.count)
        return has_one_of(tags, &rule->resource_tags);
    return !has_one_of(tags, &rule->exclude_tags);
}

int64_t retention_until(struct call *c, const char *type, const struct list *tags)
{
    struct retention_rule rule;
    int64_t until = ABSENT;
    struct cursor *cur = store_find(c, &retention_rule_schema, MINE_BY("account") " AND type = ?",
                                    SQL_ARGS(MINE_ARGS(c), SQL_TEXT(type)));
    while (cursor_next(cur, &rule)) {
        int64_t end = c->now + rule.days * DAY_MS;
        if (end > until && rule_matches(&rule, tags))
            until = end;
    }
    return until;
}

const char *retention_lock_state(const struct call *c, const struct retention_rule *rule)
{
    if (rule->unlock_days == ABSENT)
        return NULL;
    if (rule->unlocked_from == ABSENT)
        return "locked";
    return c->now < rule->unlocked_from ? "pending_unlock" : "unlocked";
}
