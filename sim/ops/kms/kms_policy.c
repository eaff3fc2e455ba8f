/* KMS key policies: who may use a key, in the words of its owner. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/kms/kms_common.h"
#include "reply/emit.h"
#include "request/page.h"
#include "world/kms/kms_key_policy.h"

typedef bool policy_test(struct call *c, const struct value *v);

/* Whether all of what stands alone or in a list passes; nothing does, too. */
static bool all_pass(struct call *c, const struct value *v, policy_test *passes)
{
    struct list items = kms_key_policy_items(c, v);
    LIST_EACH (const struct value *, item, &items) {
        if (!passes(c, *item))
            return false;
    }
    return true;
}

static bool is_text(struct call *c, const struct value *v)
{
    (void)c;
    return v->type == VALUE_TEXT;
}

static bool is_given(const struct value *v)
{
    return v && (v->type != VALUE_LIST || v->first);
}

static bool is_text_or_texts(struct call *c, const struct value *v)
{
    return is_given(v) && all_pass(c, v, is_text);
}

/* "*", or {"AWS": …} and its like. */
static bool is_principal(struct call *c, const struct value *v)
{
    if (!v || v->type != VALUE_MAP)
        return v && v->type == VALUE_TEXT && text_is(v->text, "*");
    bool all = v->first != NULL;
    for (const struct value *names = v->first; names; names = names->next)
        all &= is_text_or_texts(c, names);
    return all;
}

/* {operator: {key: value or values}} */
static bool is_condition(struct call *c, const struct value *v)
{
    if (!v || v->type != VALUE_MAP)
        return !v;
    for (const struct value *op = v->first; op; op = op->next) {
        if (op->type != VALUE_MAP)
            return false;
        for (const struct value *key = op->first; key; key = key->next) {
            if (key->type != VALUE_BOOL && !is_text_or_texts(c, key))
                return false;
        }
    }
    return true;
}

static bool is_statement(struct call *c, const struct value *s)
{
    const char *effect = value_text(s, "Effect");
    const struct value *principal = value_get(s, "Principal"), *action = value_get(s, "Action");
    return s->type == VALUE_MAP && (text_is(effect, "Allow") || text_is(effect, "Deny"))
           && is_principal(c, principal ? principal : value_get(s, "NotPrincipal"))
           && is_text_or_texts(c, action ? action : value_get(s, "NotAction"))
           && is_text_or_texts(c, value_get(s, "Resource"))
           && is_condition(c, value_get(s, "Condition"));
}

/* "*" or a principal's. */
static bool is_principal_name(struct call *c, const struct value *name)
{
    return text_is(name->text, "*") || kms_is_principal(c, name->text);
}

static bool has_principals(struct call *c, const struct value *statement)
{
    return all_pass(c, value_get(value_get(statement, "Principal"), "AWS"), is_principal_name);
}

int kms_policy_check(struct call *c, const char *text, bool bypass)
{
    const char *error, *beyond;
    if (!text)
        return 0;
    struct value *policy = value_from_json(c->a, text, strlen(text), &error);
    const struct value *statements = value_get(policy, "Statement");
    if (!is_given(statements) || !all_pass(c, statements, is_statement))
        return fail(c, E_KmsPolicyMalformed, ""); /* AWS's text is not known */
    if (!all_pass(c, statements, has_principals))
        return fail(c, E_KmsPolicyMalformed,
                    "Policy contains a statement with one or more invalid principals.");
    beyond = kms_key_policy_beyond(c, policy);
    if (beyond)
        return fail(c, E_JsonNotSimulated,
                    arena_printf(c->a, "%s in a key policy is not simulated", beyond));
    struct kms_key would_be = {
        .account = c->account, .region = c->region, .arn = "", .policy = text
    };
    if (!bypass && !kms_key_permits(c, &would_be, "kms:PutKeyPolicy", NULL))
        return fail(
            c, E_KmsPolicyMalformed,
            "The new key policy will not allow you to update the key policy in the future.");
    return 0;
}

struct get_key_policy {
    const char *key, *name;
};

static const struct param get_key_policy_params[] = {
    KMS_KEY_ID(struct get_key_policy, key),
    { "PolicyName", TEXT(struct get_key_policy, name), .min = 1, .max = 128 },
    { 0 },
};

static int check_policy_name(struct call *c, const char *name)
{
    return name && !text_is(name, "default") ? fail(c, E_KmsNoPolicy) : 0;
}

static int get_key_policy(struct call *c, const struct get_key_policy *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key) || check_policy_name(c, in->name))
        return -1;
    emit_text(c, "Policy", kms_key_policy_text(c, &key));
    emit_text(c, "PolicyName", "default");
    return 0;
}

OPERATION(kms, GetKeyPolicy, get_key_policy, .errors = KMS_KEY_ERRORS);

struct list_key_policies {
    const char *key;
    struct paging page;
};

static const struct param list_key_policies_params[] = {
    KMS_KEY_ID(struct list_key_policies, key),
    KMS_PAGING(struct list_key_policies),
    { 0 },
};

/* A key has one policy [model]. */
static int list_key_policies(struct call *c, const struct list_key_policies *in)
{
    struct kms_key key;
    struct list names = { 0 };
    const char *next;
    strs_add(c->a, &names, "default");
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key)
        || page_cut(c, &(struct page_rule){ .usual = 100 }, &in->page, &names, sizeof(const char *),
                    &next))
        return -1;
    emit_texts(c, "PolicyNames", &names);
    page_emit_next(c, next);
    return 0;
}

OPERATION(kms, ListKeyPolicies, list_key_policies,
          .errors = KMS_KEY_ERRORS " InvalidMarkerException");

struct put_key_policy {
    const char *key, *name, *policy;
    enum tri bypass;
};

static const struct param put_key_policy_params[] = {
    KMS_KEY_ID(struct put_key_policy, key),
    { "PolicyName", TEXT(struct put_key_policy, name), .min = 1, .max = 128 },
    { "Policy", TEXT(struct put_key_policy, policy), .flags = PARAM_REQUIRED, .min = 1,
      .max = 131072 },
    { "BypassPolicyLockoutSafetyCheck", BOOL(struct put_key_policy, bypass) },
    { 0 },
};

/* Works on keys that are pending deletion, too [recorded]. */
static int put_key_policy(struct call *c, const struct put_key_policy *in)
{
    struct kms_key key;
    if (kms_key_permitted(c, in->key, KMS_NO_ALIAS, &key) || check_policy_name(c, in->name)
        || kms_policy_check(c, in->policy, in->bypass == YES))
        return -1;
    key.policy = in->policy;
    kms_key_put(c, &key);
    return 0;
}

OPERATION(kms, PutKeyPolicy, put_key_policy, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS
          " MalformedPolicyDocumentException UnsupportedOperationException",
          .effects = "decides at once who may use the key, other accounts included");
