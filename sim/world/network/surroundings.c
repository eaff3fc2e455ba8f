/* See surroundings.h. */
#include "world/network/surroundings.h"

#include "call/id.h"
#include "catalog/default_network.h"
#include "store/noun.h"
#include "world/network/network.h"

#define ANYWHERE "0.0.0.0/0"

static struct list own_vpcs(struct call *c)
{
    network_ensure(c);
    return store_list(c, &vpc_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
}

static const char *gateway_of(struct call *c, const struct vpc *v)
{
    return id_named(c, "igw-", v->id);
}

/* ---- Route tables ---- */

static void add_route(struct call *c, struct route_table *t, struct route route)
{
    *list_add(c->a, &t->routes, struct route) = route;
}

void route_tables(struct call *c, struct list *into)
{
    struct list vpcs = own_vpcs(c);
    LIST_EACH (struct vpc, v, &vpcs) {
        struct route_table *t = list_add(c->a, into, struct route_table);
        *t = (struct route_table){ .id = id_named(c, "rtb-", v->id),
                                   .owner = v->owner,
                                   .vpc = v->id };
        add_route(c, t, (struct route){ v->cidr, "local", "CreateRouteTable" });
        if (v->is_default == YES)
            add_route(c, t, (struct route){ ANYWHERE, gateway_of(c, v), "CreateRoute" });
        *list_add(c->a, &t->associations, struct route_table_association) =
            (struct route_table_association){ id_named(c, "rtbassoc-", v->id), t->id };
    }
}

/* ---- Network ACLs ---- */

/* The order is that of AWS's examples: what goes out first. */
static const struct network_acl_entry default_entries[] = {
    { 100, "allow", YES },
    { 32767, "deny", YES },
    { 100, "allow", NO },
    { 32767, "deny", NO },
};

static void add_subnets(struct call *c, struct network_acl *acl)
{
    struct list subnets = store_list(c, &subnet_schema, "vpc = ?", SQL_ARGS(SQL_TEXT(acl->vpc)));
    LIST_EACH (struct subnet, s, &subnets)
        *list_add(c->a, &acl->associations, struct network_acl_association) =
            (struct network_acl_association){ id_named(c, "aclassoc-", s->id), acl->id, s->id };
}

void network_acls(struct call *c, struct list *into)
{
    struct list vpcs = own_vpcs(c);
    LIST_EACH (struct vpc, v, &vpcs) {
        struct network_acl *acl = list_add(c->a, into, struct network_acl);
        *acl = (struct network_acl){ .id = id_named(c, "acl-", v->id),
                                     .owner = v->owner,
                                     .vpc = v->id };
        for (size_t i = 0; i < sizeof default_entries / sizeof *default_entries; i++)
            *list_add(c->a, &acl->entries, struct network_acl_entry) = default_entries[i];
        add_subnets(c, acl);
    }
}

/* ---- Internet gateways ---- */

void internet_gateways(struct call *c, struct list *into)
{
    struct vpc v;
    if (!vpc_default(c, &v))
        return;
    struct internet_gateway *g = list_add(c->a, into, struct internet_gateway);
    *g = (struct internet_gateway){ .id = gateway_of(c, &v), .owner = v.owner };
    *list_add(c->a, &g->attachments, struct gateway_attachment) =
        (struct gateway_attachment){ v.id };
}

/* ---- DHCP options ---- */

static void add_configuration(struct call *c, struct dhcp_options *o, const char *key,
                              const char *value)
{
    struct dhcp_configuration *one = list_add(c->a, &o->configurations, struct dhcp_configuration);
    *one = (struct dhcp_configuration){ .key = key };
    *list_add(c->a, &one->values, struct dhcp_value) = (struct dhcp_value){ value };
}

void dhcp_options(struct call *c, struct list *into)
{
    struct dhcp_options *o = list_add(c->a, into, struct dhcp_options);
    *o = (struct dhcp_options){ .id = dhcp_options_default(c), .owner = c->account };
    add_configuration(c, o, "domain-name", private_domain(c, c->region));
    add_configuration(c, o, "domain-name-servers", "AmazonProvidedDNS");
}
