/* See organization.h. */
#include "catalog/organization.h"

#include <string.h>

#include "base/text.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "store/noun.h"

const struct schema organization_member_schema = {
    .name = "organization_member",
    .was = "membership",
    .size = sizeof(struct organization_member),
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct organization_member, id), .column = "id" },
                                { TEXT_FIELD(struct organization_member, account),
                                  .column = "account", .flags = FIELD_INDEXED },
                                { TEXT_FIELD(struct organization_member, arn), .column = "arn" },
                                { 0 } },
};

static const struct param organization_params[] = {
    { "arn", TEXT(struct organization, arn), .flags = PARAM_REQUIRED },
    { "accounts", TEXTS(struct organization, accounts), .flags = PARAM_REQUIRED },
    { 0 },
};

int organization_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct organization o = { 0 };
    if (fixtures_decode(c, organization_params, entry, &o))
        return -1;
    if (!text_starts(o.arn, "arn:aws:organizations::"))
        return fixtures_wrong(c, entry, "'arn' is no organization", "arn:aws:organizations::…");
    if (fixtures_accounts(c, value_get(entry, "accounts")))
        return -1;
    *list_add(c->a, &f->organizations, struct organization) = o;
    return 0;
}

bool organization_has(const struct sim *sim, const char *arn, const char *account)
{
    const struct organization *o =
        LIST_FIND(struct organization, &sim->fixtures->organizations, arn, arn);
    return o && strs_have(&o->accounts, account);
}

void organization_seed(struct call *c)
{
    store_exec(c->store, "DELETE FROM organization_member", NULL);
    LIST_EACH (struct organization, o, &c->sim->fixtures->organizations) {
        LIST_EACH (const char *, account, &o->accounts) {
            struct organization_member m = { .id = arena_printf(c->a, "%s/%s", *account, o->arn),
                                             .account = *account,
                                             .arn = o->arn };
            store_put(c, &organization_member_schema, &m);
        }
    }
}
