/* Quotas: one finder and one section of the fixtures. What is refused, and how, is for the
 * operations. */
#include "catalog/quota.h"

#include "base/log.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"

int64_t quota(const struct sim *sim, const char *name)
{
    const struct quota *q = LIST_FIND(struct quota, &sim->fixtures->quotas, name, name);
    if (!q)
        BUG("no quota '%s' in fixtures/quotas.yaml", name);
    return q->value;
}

static const char *const sources[] = { "guide", "model", "recorded", "guess", NULL };

static const struct param quota_params[] = {
    { "name", TEXT(struct quota, name), .flags = PARAM_REQUIRED },
    { "value", INT(struct quota, value), .flags = PARAM_REQUIRED, .min = 0, .max = INT64_MAX },
    { "source", TEXT(struct quota, source), .flags = PARAM_REQUIRED, .values = sources },
    { "about", TEXT(struct quota, about) },
    { 0 },
};

int quota_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct quota q = { 0 };
    if (fixtures_decode(c, quota_params, entry, &q))
        return -1;
    *list_add(c->a, &f->quotas, struct quota) = q;
    return 0;
}
