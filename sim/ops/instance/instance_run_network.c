/* The network of a launch: which subnet, which security groups, which addresses. */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/region.h"
#include "ops/instance/instance_run.h"
#include "request/tag_spec.h"
#include "store/noun.h"

/* ---- Subnet ---- */

static const char *wanted_zone(const struct launch *l)
{
    const struct launch_placement *p = &l->in->placement;
    return p->zone ? p->zone : p->zone_id;
}

/* "us-east-1a, us-east-1b": where the type is offered, for AWS's advice. */
static const char *zones_with(struct call *c, const struct instance_type *type)
{
    struct list names = { 0 };
    LIST_EACH (struct zone, z, &region_find(c->sim, c->region)->zones) {
        if (text_is(z->type, "availability-zone") && instance_type_in_zone(type, z))
            strs_add(c->a, &names, z->name);
    }
    return strs_join(c->a, &names, ", ");
}

static int check_zone(struct call *c, const struct launch *l, const char *name)
{
    const struct zone *zone = zone_find(region_find(c->sim, c->region), name);
    if (!zone)
        return fail(c, E_LaunchZone, name);
    if (!instance_type_in_zone(l->type, zone))
        return fail(c, E_LaunchZoneType, l->type->name, zone->name, zones_with(c, l->type));
    return 0;
}

/* Without a zone AWS chooses one; here it is the first that offers the type. */
static int default_subnet(struct call *c, struct launch *l)
{
    const struct region *region = region_find(c->sim, c->region);
    const char *zone = wanted_zone(l);
    struct vpc vpc;
    if (zone && check_zone(c, l, zone))
        return -1;
    if (!vpc_default(c, &vpc))
        return fail(c, E_NoDefaultVpc);
    if (zone)
        return subnet_default(c, zone, &l->subnet) ? 0 : fail(c, E_NoDefaultSubnet, zone);
    LIST_EACH (struct zone, z, &region->zones) {
        if (instance_type_in_zone(l->type, z) && subnet_default(c, z->name, &l->subnet))
            return 0;
    }
    return fail(c, E_NoSubnets, vpc.id);
}

static int named_subnet(struct call *c, struct launch *l, const char *id)
{
    const char *zone = wanted_zone(l);
    if (subnet_own(c, id, &l->subnet))
        return -1;
    if (zone && !text_is(zone, l->subnet.zone) && !text_is(zone, l->subnet.zone_id))
        return fail(c, E_SubnetZone, id, zone);
    return check_zone(c, l, l->subnet.zone);
}

/* ---- Security groups ---- */

static int groups_by_name(struct call *c, const struct launch *l, struct list *into)
{
    LIST_EACH (const char *, name, &l->in->group_names) {
        struct security_group g;
        if (!security_group_named(c, l->subnet.vpc, *name, &g))
            return fail(c, E_GroupNameNotFound, *name, l->subnet.vpc);
        security_group_add_ref(c, &g, into);
    }
    return 0;
}

static void or_default_group(struct call *c, const struct launch *l, struct list *into)
{
    struct security_group g;
    if (!into->count && security_group_default(c, l->subnet.vpc, &g))
        security_group_add_ref(c, &g, into);
}

/* ---- Addresses ---- */

static int check_address(struct call *c, const struct launch *l, const char *address)
{
    if (!address)
        return 0;
    if (l->in->max_count > 1)
        return fail(c, E_AddressForMany);
    if (!subnet_has_address(c, &l->subnet, address))
        return fail(c, E_AddressOutside);
    return subnet_address_is_free(c, &l->subnet, address) ? 0 : fail(c, E_AddressInUse, address);
}

/* ---- Interfaces in the request ---- */

int launch_check_network(struct call *c, const struct run_instances *in)
{
    if (in->groups.count && in->group_names.count)
        return fail(c, E_GroupsTwice);
    if (in->group_names.count && in->subnet)
        return fail(c, E_GroupNameWithSubnet);
    if (!in->interfaces.count)
        return 0;
    if (in->subnet)
        return fail(c, E_InterfaceWithSubnet);
    if (in->groups.count || in->group_names.count)
        return fail(c, E_InterfaceWithGroups);
    return in->address ? fail(c, E_InterfaceWithAddress) : 0;
}

static const char *first_address(const struct launch_interface *i)
{
    LIST_EACH (struct launch_address, a, &i->addresses) {
        if (a->primary != NO)
            return a->address;
    }
    return i->address;
}

static int check_interface(struct call *c, const struct launch_interface *i)
{
    if (i->id)
        return fail(c, E_InterfaceNotFound, i->id);
    if (i->card_index != ABSENT && i->card_index != 0)
        return fail(c, E_InterfaceCard, (long long)i->card_index);
    if (i->device_index == ABSENT)
        return fail(c, E_MissingParameter, "deviceIndex");
    return 0;
}

static int add_interface(struct call *c, struct launch *l, const struct launch_interface *wanted)
{
    struct launch_nic *nic = list_add(c->a, &l->nics, struct launch_nic);
    struct network_interface *like = &nic->like;
    *like = (struct network_interface){
        .description = wanted->description,
        .private_ip = first_address(wanted),
        .device_index = wanted->device_index,
        .delete_on_termination = wanted->delete_on_termination == NO ? NO : YES,
    };
    if (check_interface(c, wanted))
        return -1;
    if (wanted->subnet ? named_subnet(c, l, wanted->subnet) : default_subnet(c, l))
        return -1;
    if (security_group_refs(c, &wanted->groups, l->subnet.vpc, l->subnet.id, &like->groups)
        || groups_by_name(c, l, &like->groups) || check_address(c, l, like->private_ip))
        return -1;
    or_default_group(c, l, &like->groups);
    nic->subnet = l->subnet;
    like->wants_public_ip = l->subnet.map_public_ip;
    tri_set(&like->wants_public_ip, wanted->public_ip);
    return 0;
}

static int many_interfaces(struct call *c, struct launch *l)
{
    struct list indexes = { 0 };
    LIST_EACH (struct launch_interface, i, &l->in->interfaces) {
        const char *index = arena_printf(c->a, "%lld", (long long)i->device_index);
        if (strs_have(&indexes, index))
            return fail(c, E_InterfaceIndexTwice, index);
        strs_add(c->a, &indexes, index);
        if (add_interface(c, l, i))
            return -1;
    }
    if (!strs_have(&indexes, "0"))
        return fail(c, E_InterfaceNoFirst);
    if ((int64_t)indexes.count > l->type->enis)
        return fail(c, E_InterfaceLimit, (long long)l->type->enis, l->type->name);
    LIST_EACH (struct launch_nic, nic, &l->nics) {
        if (nic->like.device_index == 0)
            l->subnet = nic->subnet;
    }
    return 0;
}

/* Without interfaces in the request there is one, and the request itself says how it is. */
static int only_interface(struct call *c, struct launch *l)
{
    struct launch_interface plain = { .subnet = l->in->subnet,
                                      .address = l->in->address,
                                      .groups = l->in->groups,
                                      .card_index = ABSENT };
    return add_interface(c, l, &plain);
}

int launch_network(struct call *c, struct launch *l)
{
    return l->in->interfaces.count ? many_interfaces(c, l) : only_interface(c, l);
}

/* ---- Making ---- */

/* The first interface's addresses are the instance's. */
static void show_on_instance(struct instance *i, const struct network_interface *nic)
{
    i->subnet = nic->subnet;
    i->vpc = nic->vpc;
    i->private_ip = nic->private_ip;
    i->private_dns = nic->private_dns;
    i->public_ip = nic->public_ip;
    i->public_dns = nic->public_dns;
    i->groups = nic->groups;
}

int launch_make_interfaces(struct call *c, const struct launch *l, struct instance *i)
{
    LIST_EACH (struct launch_nic, wanted, &l->nics) {
        struct subnet s;
        struct network_interface nic = wanted->like;
        if (subnet_own(c, wanted->subnet.id, &s))
            return -1;
        if (!nic.private_ip)
            nic.private_ip = subnet_take_address(c, &s);
        if (!nic.private_ip)
            return fail(c, E_NoFreeAddress);
        network_interface_create(c, &s, &nic);
        nic.instance = i->id;
        nic.status = "in-use";
        nic.attachment = id_new(c, "eni-attach-");
        nic.attachment_status = "attached";
        nic.attached = i->launched;
        if (nic.wants_public_ip == YES)
            network_interface_take_public_address(c, &nic, nic.id);
        store_put(c, &network_interface_schema, &nic);
        tag_specs_put(c, &l->in->tag_specs, "network-interface", nic.id);
        if (nic.device_index == 0)
            show_on_instance(i, &nic);
    }
    return 0;
}
