/* The rules of the default network, as the fixtures give them; world/network/network.c makes nouns
 * of them.
 */
#include "catalog/default_network.h"

#include "base/cidr.h"
#include "base/text.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"

const struct default_network *default_network(const struct sim *sim)
{
    return sim->fixtures->network;
}

const char *private_domain(const struct call *c, const char *region)
{
    const struct default_network *n = default_network(c->sim);
    return text_is(region, n->first_region) ? n->first_private_domain
                                            : fixtures_in_region(c->a, n->private_domain, region);
}

const char *public_domain(const struct call *c, const char *region)
{
    const struct default_network *n = default_network(c->sim);
    return text_is(region, n->first_region) ? n->first_public_domain
                                            : fixtures_in_region(c->a, n->public_domain, region);
}

const char *default_subnet_cidr(const struct call *c, size_t nth)
{
    const struct default_network *n = default_network(c->sim);
    struct cidr block = { 0 };
    cidr_parse(n->vpc_cidr, &block);
    block.base += (uint32_t)nth << (32 - n->subnet_prefix);
    block.prefix = (int)n->subnet_prefix;
    return cidr_format(c->a, block);
}

/* ---- Fixtures ---- */

static const struct param network_params[] = {
    { "vpc_cidr", TEXT(struct default_network, vpc_cidr), .flags = PARAM_REQUIRED },
    { "subnet_prefix", INT(struct default_network, subnet_prefix), .flags = PARAM_REQUIRED,
      .min = 16, .max = 28 },
    { "map_public_ip_on_launch", BOOL(struct default_network, map_public_ip_on_launch),
      .flags = PARAM_REQUIRED },
    { "reserved_first", INT(struct default_network, reserved_first), .flags = PARAM_REQUIRED,
      .min = 0, .max = 8 },
    { "reserved_last", INT(struct default_network, reserved_last), .flags = PARAM_REQUIRED,
      .min = 0, .max = 8 },
    { "group_name", TEXT(struct default_network, group_name), .flags = PARAM_REQUIRED },
    { "group_description", TEXT(struct default_network, group_description),
      .flags = PARAM_REQUIRED },
    { "instance_tenancy", TEXT(struct default_network, instance_tenancy), .flags = PARAM_REQUIRED },
    { "private_domain", TEXT(struct default_network, private_domain), .flags = PARAM_REQUIRED },
    { "public_domain", TEXT(struct default_network, public_domain), .flags = PARAM_REQUIRED },
    { "first_region", TEXT(struct default_network, first_region), .flags = PARAM_REQUIRED },
    { "first_private_domain", TEXT(struct default_network, first_private_domain),
      .flags = PARAM_REQUIRED },
    { "first_public_domain", TEXT(struct default_network, first_public_domain),
      .flags = PARAM_REQUIRED },
    { 0 },
};

int default_network_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct default_network *n = arena_new(c->a, struct default_network);
    struct cidr block;
    if (fixtures_decode(c, network_params, entry, n))
        return -1;
    size_t most = 0;
    LIST_EACH (struct region, region, &f->regions) {
        size_t zones = 0;
        LIST_EACH (struct zone, zone, &region->zones)
            zones += zone_usable(zone);
        most = zones > most ? zones : most;
    }
    if (!cidr_parse(n->vpc_cidr, &block) || n->subnet_prefix < block.prefix
        || most > (size_t)1 << (n->subnet_prefix - block.prefix))
        return fixtures_wrong(c, value_get(entry, "vpc_cidr"),
                              arena_printf(c->a, "'%s' has no room for %zu subnets of /%lld",
                                           n->vpc_cidr, most, (long long)n->subnet_prefix),
                              "a block such as 172.31.0.0/16");
    f->network = n;
    return 0;
}
