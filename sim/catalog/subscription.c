/* Subscriptions and their section of the fixtures. */
#include "catalog/subscription.h"

#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"

bool marketplace_subscription_has(const struct sim *sim, const char *account, const char *code)
{
    const struct marketplace_subscription *s =
        LIST_FIND(struct marketplace_subscription, &sim->fixtures->subscriptions, code, code);
    return s && (!s->accounts.count || strs_have(&s->accounts, account));
}

static const struct param subscription_params[] = {
    { "code", TEXT(struct marketplace_subscription, code), .flags = PARAM_REQUIRED },
    { "accounts", TEXTS(struct marketplace_subscription, accounts) },
    { 0 },
};

int marketplace_subscription_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct marketplace_subscription s = { 0 };
    if (fixtures_accounts(c, value_get(entry, "accounts"))
        || fixtures_decode(c, subscription_params, entry, &s))
        return -1;
    *list_add(c->a, &f->subscriptions, struct marketplace_subscription) = s;
    return 0;
}
