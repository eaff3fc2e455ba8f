/* KMS key policies: who may use a key, in the words of its owner. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "ops/kms.h"
#include "reply/emit.h"
#include "world/key_policy.h"

static bool is_statement(const struct value *s)
{
    const char *effect = value_text(s, "Effect");
    return s->type == VALUE_MAP && (text_is(effect, "Allow") || text_is(effect, "Deny"))
           && (value_get(s, "Principal") || value_get(s, "NotPrincipal"))
           && (value_get(s, "Action") || value_get(s, "NotAction")) && value_get(s, "Resource");
}

static bool is_policy(const struct value *policy)
{
    const struct value *statement = policy ? value_get(policy, "Statement") : NULL;
    if (!statement || policy->type != VALUE_MAP)
        return false;
    if (statement->type == VALUE_LIST)
        statement = statement->first;
    bool any = false;
    for (; statement; statement = statement->next, any = true) {
        if (!is_statement(statement))
            return false;
    }
    return any;
}

int kms_policy_check(struct call *c, const char *text, bool bypass)
{
    const char *error, *beyond;
    if (!text)
        return 0;
    struct value *policy = value_from_json(c->a, text, strlen(text), &error);
    if (!is_policy(policy))
        return fail(c, E_KmsPolicyMalformed, ""); /* AWS's text is not known */
    beyond = key_policy_beyond(c, policy);
    if (beyond)
        return fail(c, E_KmsNotSimulated,
                    arena_printf(c->a, "%s in a key policy is not simulated", beyond));
    struct key would_be = { .account = c->account, .region = c->region, .arn = "", .policy = text };
    if (!bypass && !key_permits(c, &would_be, "kms:PutKeyPolicy", NULL))
        return fail(
            c, E_KmsPolicyMalformed,
            "The new key policy will not allow you to update the key policy in the future.");
    return 0;
}

struct get_policy {
    const char *key, *name;
};

static const struct param get_policy_params[] = {
    { "KeyId", TEXT(struct get_policy, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "PolicyName", TEXT(struct get_policy, name), .min = 1, .max = 128 },
    { 0 },
};

static int check_policy_name(struct call *c, const char *name)
{
    return name && !text_is(name, "default") ? fail(c, E_KmsNoPolicy) : 0;
}

static int get_policy(struct call *c, const struct get_policy *in)
{
    struct key key;
    if (kms_key(c, in->key, "kms:GetKeyPolicy", KMS_NO_ALIAS, &key)
        || check_policy_name(c, in->name))
        return -1;
    emit_text(c, "Policy", key_policy_text(c, &key));
    emit_text(c, "PolicyName", "default");
    return 0;
}

OPERATION(kms, GetKeyPolicy, get_policy, get_policy_params, struct get_policy,
          .errors = KMS_KEY_ERRORS);

struct put_policy {
    const char *key, *name, *policy;
    enum tri bypass;
};

static const struct param put_policy_params[] = {
    { "KeyId", TEXT(struct put_policy, key), .flags = PARAM_REQUIRED, .min = 1, .max = 2048 },
    { "PolicyName", TEXT(struct put_policy, name), .min = 1, .max = 128 },
    { "Policy", TEXT(struct put_policy, policy), .flags = PARAM_REQUIRED, .min = 1, .max = 131072 },
    { "BypassPolicyLockoutSafetyCheck", BOOL(struct put_policy, bypass) },
    { 0 },
};

/* Works on keys that are pending deletion, too [recorded]. */
static int put_policy(struct call *c, const struct put_policy *in)
{
    struct key key;
    if (kms_key(c, in->key, "kms:PutKeyPolicy", KMS_NO_ALIAS, &key)
        || check_policy_name(c, in->name) || kms_policy_check(c, in->policy, in->bypass == YES))
        return -1;
    key.policy = in->policy;
    key_put(c, &key);
    return 0;
}

OPERATION(kms, PutKeyPolicy, put_policy, put_policy_params, struct put_policy, .flags = OP_WRITES,
          .errors = KMS_KEY_ERRORS
          " MalformedPolicyDocumentException UnsupportedOperationException",
          .effects = "decides at once who may use the key, other accounts included");
