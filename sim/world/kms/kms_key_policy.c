/* See kms_key_policy.h. */
#include "world/kms/kms_key_policy.h"

#include <string.h>

#include "base/text.h"
#include "store/noun.h"
#include "world/account/sts_session.h"

const struct schema kms_grant_schema = {
    .name = "kms_grant",
    .size = sizeof(struct kms_grant),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct kms_grant, id), .column = "id" },
            { TEXT_FIELD(struct kms_grant, key), .column = "key_arn", .json = "KeyId",
              .flags = FIELD_PART_OF | FIELD_INDEXED },
            { TEXT_FIELD(struct kms_grant, id), .json = "GrantId" },
            { TEXT_FIELD(struct kms_grant, name), .column = "name", .json = "Name",
              .flags = FIELD_SHOW_EMPTY },
            { TIME_FIELD(struct kms_grant, created), .column = "created", .json = "CreationDate" },
            { TEXT_FIELD(struct kms_grant, grantee), .column = "grantee",
              .json = "GranteePrincipal" },
            { TEXT_FIELD(struct kms_grant, retiring), .column = "retiring",
              .json = "RetiringPrincipal" },
            { TEXT_FIELD(struct kms_grant, issuer), .column = "issuer", .json = "IssuingAccount" },
            { TEXTS_FIELD(struct kms_grant, operations), .column = "operations",
              .json = "Operations", .flags = FIELD_SHOW_EMPTY },
            { 0 } },
};

/* ---- The policies that nobody wrote ---- */

/* The stored default, with AWS's own blanks [recorded]. */
static const char default_policy[] = "{\n"
                                     "  \"Version\" : \"2012-10-17\",\n"
                                     "  \"Id\" : \"key-default-1\",\n"
                                     "  \"Statement\" : [ {\n"
                                     "    \"Sid\" : \"Enable IAM User Permissions\",\n"
                                     "    \"Effect\" : \"Allow\",\n"
                                     "    \"Principal\" : {\n"
                                     "      \"AWS\" : \"arn:aws:iam::%s:root\"\n"
                                     "    },\n"
                                     "    \"Action\" : \"kms:*\",\n"
                                     "    \"Resource\" : \"*\"\n"
                                     "  } ]\n"
                                     "}";

/* Use by way of one service only, and no change by anybody [guide: AWS managed keys]. */
static const char aws_policy[] =
    "{\n"
    "  \"Version\" : \"2012-10-17\",\n"
    "  \"Id\" : \"%s\",\n"
    "  \"Statement\" : [ {\n"
    "    \"Sid\" : \"Allow access through %s for all principals in the account that are authorized "
    "to"
    " use %s\",\n"
    "    \"Effect\" : \"Allow\",\n"
    "    \"Principal\" : {\n"
    "      \"AWS\" : \"*\"\n"
    "    },\n"
    "    \"Action\" : [ \"kms:Encrypt\", \"kms:Decrypt\", \"kms:ReEncrypt*\","
    " \"kms:GenerateDataKey*\", \"kms:CreateGrant\", \"kms:DescribeKey\" ],\n"
    "    \"Resource\" : \"*\",\n"
    "    \"Condition\" : {\n"
    "      \"StringEquals\" : {\n"
    "        \"kms:CallerAccount\" : \"%s\",\n"
    "        \"kms:ViaService\" : \"%s.%s.amazonaws.com\"\n"
    "      }\n"
    "    }\n"
    "  }, {\n"
    "    \"Sid\" : \"Allow direct access to key metadata to the account\",\n"
    "    \"Effect\" : \"Allow\",\n"
    "    \"Principal\" : {\n"
    "      \"AWS\" : \"arn:aws:iam::%s:root\"\n"
    "    },\n"
    "    \"Action\" : [ \"kms:Describe*\", \"kms:Get*\", \"kms:List*\", \"kms:RevokeGrant\" ],\n"
    "    \"Resource\" : \"*\"\n"
    "  } ]\n"
    "}";

const char *kms_key_policy_for_aws(struct call *c, const char *id, const char *service,
                                   const char *what)
{
    return arena_printf(c->a, aws_policy, id, what, what, c->account, service, c->region,
                        c->account);
}

const char *kms_key_policy_text(struct call *c, const struct kms_key *key)
{
    return key->policy ? key->policy : arena_printf(c->a, default_policy, key->account);
}

/* ---- A statement against a request ---- */

struct question {
    struct call *c;
    const struct kms_key *key;
    const char *action; /* "kms:Decrypt" */
    const char *service; /* NULL: asked directly */
    struct sts_session caller;
};

struct list kms_key_policy_items(struct call *c, const struct value *v)
{
    struct list items = { 0 };
    if (v && v->type != VALUE_LIST)
        *list_add(c->a, &items, const struct value *) = v;
    for (const struct value *item = v && v->type == VALUE_LIST ? v->first : NULL; item;
         item = item->next)
        *list_add(c->a, &items, const struct value *) = item;
    return items;
}

static struct list texts_of(struct call *c, const struct value *v)
{
    struct list texts = { 0 }, items = kms_key_policy_items(c, v);
    LIST_EACH (const struct value *, item, &items) {
        if ((*item)->type == VALUE_TEXT)
            strs_add(c->a, &texts, (*item)->text);
    }
    return texts;
}

static bool is_caller(const struct question *q, const char *principal)
{
    struct arena *a = q->c->a;
    return text_is(principal, "*") || text_is(principal, q->caller.account)
           || text_is(principal, arena_printf(a, "arn:aws:iam::%s:root", q->caller.account))
           || text_is(principal, q->caller.arn)
           || (q->caller.role && text_is(principal, q->caller.role));
}

static bool names_caller(const struct question *q, const struct value *principal)
{
    const struct value *aws =
        principal && principal->type == VALUE_MAP ? value_get(principal, "AWS") : principal;
    struct list names = texts_of(q->c, aws);
    LIST_EACH (const char *, name, &names) {
        if (is_caller(q, *name))
            return true;
    }
    return false;
}

/* Actions are compared without regard to case [guide]. */
static bool names_action(const struct question *q, const struct value *actions)
{
    struct list names = texts_of(q->c, actions);
    const char *wanted = text_lower(q->c->a, q->action);
    LIST_EACH (const char *, name, &names) {
        if (text_glob(text_lower(q->c->a, *name), wanted))
            return true;
    }
    return false;
}

/* What is known of a request, by condition key; NULL: nothing. */
static const char *known_of_request(const struct question *q, const char *name)
{
    if (text_is(name, "kms:CallerAccount") || text_is(name, "aws:PrincipalAccount"))
        return q->caller.account;
    if (text_is(name, "aws:PrincipalArn"))
        return q->caller.role ? q->caller.role : q->caller.arn;
    if (text_is(name, "kms:ViaService") && q->service)
        return arena_printf(q->c->a, "%s.%s.amazonaws.com", q->service, q->key->region);
    if (text_is(name, "kms:GrantIsForAWSResource"))
        return q->service ? "true" : "false";
    return NULL;
}

static const struct {
    const char *name;
    bool negative, wild;
} operators[] = {
    { "StringEquals", false, false }, { "StringNotEquals", true, false },
    { "StringLike", false, true },    { "StringNotLike", true, true },
    { "ArnEquals", false, true },     { "ArnNotEquals", true, true },
    { "ArnLike", false, true },       { "ArnNotLike", true, true },
    { "Bool", false, false },
};

static int operator_of(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (text_is(operators[i].name, name))
            return (int)i;
    }
    return -1;
}

static bool condition_holds(const struct question *q, int operator, const struct value * wanted)
{
    const char *fact = known_of_request(q, wanted->key);
    struct list values = texts_of(q->c, wanted);
    if (wanted->type == VALUE_BOOL)
        strs_add(q->c->a, &values, wanted->flag ? "true" : "false");
    bool any = false;
    LIST_EACH (const char *, value, &values) {
        if (fact)
            any |= operators[operator].wild ? text_glob(*value, fact) : text_is(*value, fact);
    }
    return operators[operator].negative ? !any : any;
}

static bool conditions_hold(const struct question *q, const struct value *conditions)
{
    for (const struct value *op = conditions ? conditions->first : NULL; op; op = op->next) {
        int operator= operator_of(op->key);
        for (const struct value *v = op->first; v; v = v->next) {
            if (operator<0 || !condition_holds(q, operator, v))
                return false;
        }
    }
    return true;
}

static bool statement_applies(const struct question *q, const struct value *statement)
{
    const struct value *not_action = value_get(statement, "NotAction");
    bool action =
        not_action ? !names_action(q, not_action) : names_action(q, value_get(statement, "Action"));
    return action && names_caller(q, value_get(statement, "Principal"))
           && conditions_hold(q, value_get(statement, "Condition"));
}

enum decision { SILENT, ALLOWED, DENIED };

static enum decision by_policy(const struct question *q)
{
    const char *text = kms_key_policy_text(q->c, q->key), *error;
    struct value *policy = value_from_json(q->c->a, text, strlen(text), &error);
    enum decision decision = SILENT;
    struct list statements = kms_key_policy_items(q->c, value_get(policy, "Statement"));
    LIST_EACH (const struct value *, s, &statements) {
        if (!statement_applies(q, *s))
            continue;
        if (text_is(value_text(*s, "Effect"), "Deny"))
            return DENIED;
        decision = ALLOWED;
    }
    return decision;
}

static bool by_grant(const struct question *q)
{
    struct list grants =
        store_list(q->c, &kms_grant_schema, "key_arn = ?", SQL_ARGS(SQL_TEXT(q->key->arn)));
    LIST_EACH (struct kms_grant, grant, &grants) {
        if (is_caller(q, grant->grantee)
            && strs_have(&grant->operations, q->action + strlen("kms:")))
            return true;
    }
    return false;
}

bool kms_key_permits(struct call *c, const struct kms_key *key, const char *action,
                     const char *service)
{
    struct question q = { .c = c, .key = key, .action = action, .service = service };
    sts_session_of_caller(c, &q.caller);
    enum decision decision = by_policy(&q);
    return decision == ALLOWED || (decision == SILENT && by_grant(&q));
}

const char *kms_key_policy_beyond(struct call *c, const struct value *policy)
{
    struct list statements = kms_key_policy_items(c, value_get(policy, "Statement"));
    LIST_EACH (const struct value *, s, &statements) {
        if (value_get(*s, "NotPrincipal"))
            return "NotPrincipal";
        const struct value *conditions = value_get(*s, "Condition");
        for (const struct value *op = conditions ? conditions->first : NULL; op; op = op->next) {
            if (operator_of(op->key) < 0)
                return arena_printf(c->a, "the condition operator %s", op->key);
        }
    }
    return NULL;
}
