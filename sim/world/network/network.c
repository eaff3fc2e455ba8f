/* VPCs, subnets, groups and interfaces in the store: what each account begins with, who finds what,
 * which address is free. It knows no operation. */
#include "world/network/network.h"

#include "base/cidr.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/default_network.h"
#include "catalog/region.h"
#include "store/noun.h"

/* ---- Addresses ---- */

/* Host parts from *ret_first on that instances may have. */
static int64_t subnet_usable(struct call *c, const struct subnet *s, uint32_t *ret_base,
                             int64_t *ret_first)
{
    const struct default_network *n = default_network(c->sim);
    struct cidr block = { 0, 32 };
    cidr_parse(s->cidr, &block);
    *ret_base = block.base;
    *ret_first = n->reserved_first;
    return (INT64_C(1) << (32 - block.prefix)) - n->reserved_first - n->reserved_last;
}

bool subnet_has_address(struct call *c, const struct subnet *s, const char *address)
{
    struct cidr one;
    uint32_t base;
    int64_t first, usable = subnet_usable(c, s, &base, &first);
    return cidr_parse(arena_printf(c->a, "%s/32", address), &one) && one.base >= base + first
           && one.base < base + first + usable;
}

static bool is_any(struct call *c, const char *sql, const struct sql_arg *binds)
{
    return store_number(c->store, sql, binds) != ABSENT;
}

bool subnet_address_is_free(struct call *c, const struct subnet *s, const char *address)
{
    return !is_any(c, "SELECT 1 FROM network_interface WHERE subnet = ? AND private_ip = ?",
                   SQL_ARGS(SQL_TEXT(s->id), SQL_TEXT(address)));
}

/* Addresses are given out in turn, so that a fresh one is seldom one that was just given back. */
const char *subnet_take_address(struct call *c, struct subnet *s)
{
    uint32_t base = 0;
    int64_t first, usable = subnet_usable(c, s, &base, &first);
    for (int64_t tried = 0; tried < usable; tried++) {
        int64_t host = s->next_address < first ? first : s->next_address;
        s->next_address = host + 1 < first + usable ? host + 1 : first;
        const char *address = address_format(c->a, base + (uint32_t)host);
        if (!subnet_address_is_free(c, s, address))
            continue;
        store_put(c, &subnet_schema, s);
        return address;
    }
    return NULL;
}

static const char *dashes(struct call *c, const char *address)
{
    char *text = arena_strdup(c->a, address);
    for (char *at = text; *at; at++)
        *at = *at == '.' ? '-' : *at;
    return text;
}

static const char *private_dns_name(struct call *c, const char *address)
{
    return arena_printf(c->a, "ip-%s.%s", dashes(c, address), private_domain(c, c->region));
}

/* Of Amazon's, or of 127.64.0.0/10, where this machine answers. */
static const char *public_address(struct call *c, const char *of)
{
    uint64_t n = hash_text(of);
    if (c->sim->ssh)
        return address_format(c->a, UINT32_C(0x7f400000) | (uint32_t)(n & 0x3ffffe) | 1);
    return address_format(c->a, UINT32_C(54) << 24 | (uint32_t)(n & 0xfffffe) | 1);
}

static const char *public_dns_name(struct call *c, const char *address)
{
    return arena_printf(c->a, "ec2-%s.%s", dashes(c, address), public_domain(c, c->region));
}

/* ---- Finding ---- */

/* Looking is what makes the default network. */
static bool find_own(struct call *c, const struct schema *k, const char *id, void *ret)
{
    network_ensure(c);
    return store_own(c, k, id, ret);
}

int vpc_own(struct call *c, const char *id, struct vpc *ret)
{
    return find_own(c, &vpc_schema, id, ret) ? 0 : fail(c, E_VpcNotFound, id);
}

int subnet_own(struct call *c, const char *id, struct subnet *ret)
{
    return find_own(c, &subnet_schema, id, ret) ? 0 : fail(c, E_SubnetNotFound, id);
}

int security_group_own(struct call *c, const char *id, struct security_group *ret)
{
    return find_own(c, &security_group_schema, id, ret) ? 0 : fail(c, E_GroupNotFound, id);
}

void security_group_add_ref(struct call *c, const struct security_group *g, struct list *into)
{
    *list_add(c->a, into, struct security_group_ref) =
        (struct security_group_ref){ .id = g->id, .name = g->name };
}

int security_group_refs(struct call *c, const struct list *ids, const char *vpc, const char *subnet,
                        struct list *into)
{
    LIST_EACH (const char *, id, ids) {
        struct security_group g;
        if (security_group_own(c, *id, &g))
            return -1;
        if (!text_is(g.vpc, vpc))
            return fail(c, E_GroupSubnet, g.id, subnet);
        security_group_add_ref(c, &g, into);
    }
    return 0;
}

/* ---- What still stands in what ---- */

bool vpc_in_use(struct call *c, const struct vpc *v)
{
    return is_any(c,
                  "SELECT 1 FROM subnet WHERE vpc = ?1 UNION ALL SELECT 1 FROM network_interface"
                  " WHERE vpc = ?1 UNION ALL SELECT 1 FROM security_group WHERE vpc = ?1"
                  " AND name <> 'default' LIMIT 1",
                  SQL_ARGS(SQL_TEXT(v->id)));
}

bool subnet_in_use(struct call *c, const struct subnet *s)
{
    return is_any(c, "SELECT 1 FROM network_interface WHERE subnet = ? LIMIT 1",
                  SQL_ARGS(SQL_TEXT(s->id)));
}

bool security_group_in_use(struct call *c, const struct security_group *g)
{
    return is_any(c,
                  "SELECT 1 FROM network_interface_groups WHERE id = ?1 UNION ALL"
                  " SELECT 1 FROM security_group_rule WHERE peer = ?1 AND grp <> ?1 LIMIT 1",
                  SQL_ARGS(SQL_TEXT(g->id)));
}

/* ---- Defaults and names ---- */

bool vpc_default(struct call *c, struct vpc *ret)
{
    network_ensure(c);
    return store_first(c, &vpc_schema, MINE " AND is_default = 1", SQL_ARGS(MINE_ARGS(c)), ret);
}

const char *dhcp_options_default(struct call *c)
{
    return id_named(c, "dopt-", "default");
}

bool subnet_default(struct call *c, const char *zone, struct subnet *ret)
{
    network_ensure(c);
    return store_first(c, &subnet_schema,
                       MINE " AND default_for_zone = 1 AND (?3 IS NULL OR zone = ?3"
                            " OR zone_id = ?3) ORDER BY zone",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(zone)), ret);
}

bool security_group_named(struct call *c, const char *vpc, const char *name,
                          struct security_group *ret)
{
    return store_first(c, &security_group_schema, MINE " AND vpc = ?3 AND name = ?4 COLLATE NOCASE",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(vpc), SQL_TEXT(name)), ret);
}

bool security_group_default(struct call *c, const char *vpc, struct security_group *ret)
{
    return security_group_named(c, vpc, default_network(c->sim)->group_name, ret);
}

/* ---- What is computed ---- */

bool vpc_prepare(struct call *c, void *vpc)
{
    struct vpc *v = vpc;
    v->cidrs = (struct list){ 0 };
    *list_add(c->a, &v->cidrs, struct cidr_association) =
        (struct cidr_association){ .id = v->association, .cidr = v->cidr, .state = "associated" };
    return true;
}

bool subnet_prepare(struct call *c, void *subnet)
{
    struct subnet *s = subnet;
    uint32_t base;
    int64_t first;
    s->free_addresses =
        subnet_usable(c, s, &base, &first)
        - store_number(c->store, "SELECT count(*) FROM network_interface WHERE subnet = ?",
                       SQL_ARGS(SQL_TEXT(s->id)));
    return true;
}

bool network_interface_prepare(struct call *c, void *interface)
{
    struct network_interface *i = interface;
    i->ip_owner =
        i->public_ip ? "amazon" : NULL; /* an address of Amazon's pool, not an elastic one */
    i->instance_owner = i->instance ? i->owner : NULL;
    i->card = i->instance ? 0 : ABSENT;
    struct network_interface self = *i;
    i->addresses = (struct list){ 0 };
    *list_add(c->a, &i->addresses, struct network_interface) = self;
    return true;
}

static struct ip_permission *permission_for(struct call *c, struct list *all,
                                            const struct security_group_rule *r)
{
    bool ports = !text_is(r->protocol, "-1"); /* shown without ports here [recorded] */
    LIST_EACH (struct ip_permission, p, all) {
        if (text_is(p->protocol, r->protocol) && (!ports || (p->from == r->from && p->to == r->to)))
            return p;
    }
    struct ip_permission *p = list_add(c->a, all, struct ip_permission);
    *p = (struct ip_permission){ .protocol = r->protocol,
                                 .from = ports ? r->from : ABSENT,
                                 .to = ports ? r->to : ABSENT };
    return p;
}

struct list ip_permissions_of(struct call *c, const struct list *rules)
{
    struct list all = { 0 };
    LIST_EACH (struct security_group_rule, r, rules) {
        struct ip_permission *p = permission_for(c, &all, r);
        struct list *peers = r->cidr          ? &p->ranges
                             : r->cidr6       ? &p->ranges6
                             : r->prefix_list ? &p->prefixes
                                              : &p->groups;
        *list_add(c->a, peers, struct security_group_rule) = *r;
    }
    return all;
}

static struct list permissions_in(struct call *c, const char *group, enum tri is_egress)
{
    struct list rules = store_list(c, &security_group_rule_schema, "grp = ? AND is_egress = ?",
                                   SQL_ARGS(SQL_TEXT(group), SQL_INT(is_egress == YES)));
    return ip_permissions_of(c, &rules);
}

bool security_group_prepare(struct call *c, void *group)
{
    struct security_group *g = group;
    g->ingress = permissions_in(c, g->id, NO);
    g->egress = permissions_in(c, g->id, YES);
    return true;
}

bool security_group_rule_prepare(struct call *c, void *rule)
{
    struct security_group_rule *r = rule;
    r->arn =
        arena_printf(c->a, "arn:aws:ec2:%s:%s:security-group-rule/%s", r->region, r->owner, r->id);
    return true;
}

/* ---- Making ---- */

static void rule_add(struct call *c, const struct security_group *g, struct security_group_rule r)
{
    r.id = id_named(c, "sgr-", arena_printf(c->a, "%s/%d", g->id, r.is_egress == YES));
    r.owner = g->owner;
    r.region = g->region;
    r.group = g->id;
    r.protocol = "-1";
    r.from = r.to = -1;
    store_put(c, &security_group_rule_schema, &r);
}

void security_group_create(struct call *c, struct security_group *g)
{
    g->owner = c->account;
    g->region = c->region;
    g->arn =
        arena_printf(c->a, "arn:aws:ec2:%s:%s:security-group/%s", c->region, c->account, g->id);
    store_put(c, &security_group_schema, g);
    rule_add(c, g, (struct security_group_rule){ .is_egress = YES, .cidr = "0.0.0.0/0" });
}

void security_group_remove(struct call *c, const struct security_group *g)
{
    struct list rules =
        store_list(c, &security_group_rule_schema, "grp = ?", SQL_ARGS(SQL_TEXT(g->id)));
    LIST_EACH (struct security_group_rule, r, &rules)
        store_remove(c, &security_group_rule_schema, r->id);
    store_remove(c, &security_group_schema, g->id);
}

void vpc_create(struct call *c, struct vpc *v)
{
    v->owner = c->account;
    v->region = c->region;
    v->dhcp_options = dhcp_options_default(c);
    v->association = id_named(c, "vpc-cidr-assoc-", v->id);
    store_put(c, &vpc_schema, v);
    struct security_group g = { .id = id_named(c, "sg-", v->id),
                                .vpc = v->id,
                                .name = default_network(c->sim)->group_name,
                                .description = default_network(c->sim)->group_description };
    security_group_create(c, &g);
    rule_add(
        c, &g,
        (struct security_group_rule){ .is_egress = NO, .peer = g.id, .peer_owner = c->account });
}

void subnet_create(struct call *c, struct subnet *s)
{
    s->owner = c->account;
    s->region = c->region;
    s->arn = arena_printf(c->a, "arn:aws:ec2:%s:%s:subnet/%s", c->region, c->account, s->id);
    s->next_address = 0;
    s->hostname_type = "ip-name";
    s->dns_a_record = s->dns_aaaa_record = s->dns64 = NO;
    store_put(c, &subnet_schema, s);
}

static void make_default_subnets(struct call *c, const char *vpc)
{
    size_t nth = 0;
    LIST_EACH (struct zone, zone, &region_find(c->sim, c->region)->zones) {
        if (!text_is(zone->type, "availability-zone"))
            continue;
        struct subnet s = { .id = id_named(c, "subnet-", zone->name),
                            .vpc = vpc,
                            .cidr = default_subnet_cidr(c, nth++),
                            .zone = zone->name,
                            .zone_id = zone->id,
                            .state = "available",
                            .default_for_zone = YES,
                            .map_public_ip = default_network(c->sim)->map_public_ip_on_launch };
        subnet_create(c, &s);
    }
}

void network_ensure(struct call *c)
{
    const char *made = arena_printf(c->a, "network/%s/%s", c->account, c->region);
    if (store_setting(c->store, made, 0))
        return;
    store_set(c->store, made, 1);
    struct vpc v = { .id = id_named(c, "vpc-", "default"),
                     .cidr = default_network(c->sim)->vpc_cidr,
                     .state = "available",
                     .tenancy = default_network(c->sim)->instance_tenancy,
                     .is_default = YES,
                     .dns_support = YES,
                     .dns_hostnames = YES,
                     .address_metrics = NO };
    vpc_create(c, &v);
    make_default_subnets(c, v.id);
}

static bool lets_in(const struct security_group_rule *r, int64_t port)
{
    bool any = text_is(r->protocol, "-1");
    return r->is_egress != YES && !r->peer
           && (any || (text_is(r->protocol, "tcp") && r->from <= port && port <= r->to));
}

bool security_groups_let_in(struct call *c, const struct list *groups, int64_t port)
{
    LIST_EACH (struct security_group_ref, g, groups) {
        struct list rules =
            store_list(c, &security_group_rule_schema, "grp = ?", SQL_ARGS(SQL_TEXT(g->id)));
        LIST_EACH (struct security_group_rule, r, &rules) {
            if (lets_in(r, port))
                return true;
        }
    }
    return false;
}

/* ---- Interfaces ---- */

void network_interface_create(struct call *c, const struct subnet *s, struct network_interface *ret)
{
    ret->id = id_new(c, "eni-");
    ret->owner = c->account;
    ret->region = c->region;
    ret->subnet = s->id;
    ret->vpc = s->vpc;
    ret->zone = s->zone;
    ret->zone_id = s->zone_id;
    ret->private_dns = private_dns_name(c, ret->private_ip);
    uint64_t mac = hash_text(ret->id);
    ret->mac = arena_printf(c->a, "0a:%02x:%02x:%02x:%02x:%02x", (unsigned)(mac & 255),
                            (unsigned)(mac >> 8 & 255), (unsigned)(mac >> 16 & 255),
                            (unsigned)(mac >> 24 & 255), (unsigned)(mac >> 32 & 255));
    ret->type = "interface";
    ret->status = "available";
    ret->source_dest_check = YES;
}

void network_interface_take_public_address(struct call *c, struct network_interface *i,
                                           const char *of)
{
    struct vpc vpc;
    i->public_ip = public_address(c, of);
    if (find_own(c, &vpc_schema, i->vpc, &vpc) && vpc.dns_hostnames == YES)
        i->public_dns = public_dns_name(c, i->public_ip);
}

struct list network_interfaces_of(struct call *c, const char *instance)
{
    struct list all = store_list(c, &network_interface_schema, "instance = ? ORDER BY device_index",
                                 SQL_ARGS(SQL_TEXT(instance)));
    LIST_EACH (struct network_interface, i, &all)
        network_interface_prepare(c, i);
    return all;
}
