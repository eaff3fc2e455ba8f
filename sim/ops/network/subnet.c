/* Subnets: made, described, changed, deleted. */
#include "base/cidr.h"
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/region.h"
#include "ops/describe.h"
#include "request/tag_spec.h"
#include "store/noun.h"
#include "world/network/network.h"

#define IPAM_WHY "address management (IPAM) is not simulated"
#define IPV6_WHY "the simulated network is IPv4 only"
#define OUTPOST_WHY "Outposts are not simulated"

/* ---- DescribeSubnets ---- */

static const struct param describe_subnets_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "SubnetId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

MISSING(no_subnet, E_SubnetNotFound);

static const struct describe subnet_list = {
    .schema = &subnet_schema,
    .set = "subnetSet",
    .ids_name = "SubnetIds",
    .visible = MINE,
    .before = network_ensure,
    .prepare = subnet_prepare,
    .missing = no_subnet,
};

/* The first look makes the default VPC: a write. */
LISTS(ec2, DescribeSubnets, describe_subnets_params, subnet_list, .flags = OP_WRITES,
      .errors = "InvalidSubnetID.NotFound InvalidParameterCombination");

/* ---- CreateSubnet ---- */

struct create_subnet {
    const char *vpc, *cidr, *zone, *zone_id;
    struct list tag_specs;
};

static const struct param create_subnet_params[] = {
    { "TagSpecification", TAG_SPECS(struct create_subnet, tag_specs, "subnet") },
    { "AvailabilityZone", TEXT(struct create_subnet, zone) },
    { "AvailabilityZoneId", TEXT(struct create_subnet, zone_id) },
    { "CidrBlock", TEXT(struct create_subnet, cidr) },
    { "Ipv6CidrBlock", REFUSED(TEXT, IPV6_WHY) },
    { "OutpostArn", REFUSED(TEXT, OUTPOST_WHY) },
    { "VpcId", TEXT(struct create_subnet, vpc), .flags = PARAM_REQUIRED },
    { "Ipv6Native", REFUSED(BOOL, IPV6_WHY) },
    { "Ipv4IpamPoolId", REFUSED(TEXT, IPAM_WHY) },
    { "Ipv4NetmaskLength", REFUSED(INT, IPAM_WHY) },
    { "Ipv6IpamPoolId", REFUSED(TEXT, IPAM_WHY) },
    { "Ipv6NetmaskLength", REFUSED(INT, IPAM_WHY) },
    { 0 },
};

static int check_block(struct call *c, const struct vpc *v, const char *cidr, struct cidr *ret)
{
    struct cidr whole = { 0 };
    if (!cidr_parse(cidr, ret))
        return fail(c, E_ValueInvalid, cidr, "cidrBlock", "This is not a valid CIDR block.");
    cidr_parse(v->cidr, &whole);
    if (ret->prefix > 28 || !cidr_has(whole, *ret))
        return fail(c, E_SubnetRange, cidr);
    struct list subnets = store_list(c, &subnet_schema, "vpc = ?", SQL_ARGS(SQL_TEXT(v->id)));
    LIST_EACH (struct subnet, s, &subnets) {
        struct cidr other = { 0 };
        cidr_parse(s->cidr, &other);
        if (cidr_has(other, *ret) || cidr_has(*ret, other))
            return fail(c, E_SubnetConflict, cidr);
    }
    return 0;
}

static int choose_zone(struct call *c, const struct create_subnet *in, const struct zone **ret)
{
    const struct region *region = region_find(c->sim, c->region);
    const char *wanted = in->zone ? in->zone : in->zone_id;
    struct list names = { 0 };
    *ret = wanted ? zone_find(region, wanted) : list_at(&region->zones, struct zone, 0);
    if (*ret)
        return 0;
    LIST_EACH (struct zone, z, &region->zones) {
        if (text_is(z->type, "availability-zone"))
            strs_add(c->a, &names, z->name);
    }
    return fail(c, E_ValueInvalid, wanted, "availabilityZone",
                arena_printf(c->a,
                             "Subnets can currently only be created in the following availability"
                             " zones: %s.",
                             strs_join(c->a, &names, ", ")));
}

static int create_subnet(struct call *c, const struct create_subnet *in)
{
    struct vpc v;
    struct cidr block;
    const struct zone *zone;
    if (!in->cidr)
        return fail(c, E_MissingParameter, "cidrBlock");
    if (vpc_own(c, in->vpc, &v) || choose_zone(c, in, &zone)
        || check_block(c, &v, in->cidr, &block))
        return -1;
    struct subnet s = { .id = id_new(c, "subnet-"),
                        .vpc = v.id,
                        .cidr = cidr_format(c->a, block),
                        .zone = zone->name,
                        .zone_id = zone->id,
                        .state = "available",
                        .default_for_zone = NO,
                        .map_public_ip = NO };
    subnet_create(c, &s);
    s.tags = tag_specs_put(c, &in->tag_specs, "subnet", s.id);
    subnet_prepare(c, &s);
    emit_noun_as(c, "subnet", &subnet_schema, &s, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, CreateSubnet, create_subnet, .flags = OP_WRITES,
          .errors = "InvalidVpcID.NotFound InvalidSubnet.Range InvalidSubnet.Conflict",
          .effects = "a subnet in the zone that was named, else in the first one");

/* ---- DeleteSubnet ---- */

struct delete_subnet {
    const char *id;
};

static const struct param delete_subnet_params[] = {
    { "SubnetId", TEXT(struct delete_subnet, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int delete_subnet(struct call *c, const struct delete_subnet *in)
{
    struct subnet s;
    if (subnet_own(c, in->id, &s))
        return -1;
    if (subnet_in_use(c, &s))
        return fail(c, E_SubnetInUse, in->id);
    store_remove(c, &subnet_schema, s.id);
    return 0;
}

OPERATION(ec2, DeleteSubnet, delete_subnet, .flags = OP_WRITES, .answer = ANSWER_RETURN,
          .errors = "InvalidSubnetID.NotFound DependencyViolation",
          .effects = "the subnet is gone");

/* ---- ModifySubnetAttribute ---- */

struct modify_subnet_attribute {
    const char *id, *hostname_type;
    struct boolean_value map_public_ip, dns64, a_record, aaaa_record;
};

static const char *const hostname_types[] = { "ip-name", "resource-name", NULL };

static const struct param modify_subnet_attribute_params[] = {
    { "AssignIpv6AddressOnCreation", REFUSED(STRUCT, IPV6_WHY) },
    { "MapPublicIpOnLaunch",
      STRUCT(struct modify_subnet_attribute, map_public_ip, boolean_value_params) },
    { "SubnetId", TEXT(struct modify_subnet_attribute, id), .flags = PARAM_REQUIRED },
    { "MapCustomerOwnedIpOnLaunch", REFUSED(STRUCT, OUTPOST_WHY) },
    { "CustomerOwnedIpv4Pool", REFUSED(TEXT, OUTPOST_WHY) },
    { "EnableDns64", STRUCT(struct modify_subnet_attribute, dns64, boolean_value_params) },
    { "PrivateDnsHostnameTypeOnLaunch", TEXT(struct modify_subnet_attribute, hostname_type),
      .values = hostname_types },
    { "EnableResourceNameDnsARecordOnLaunch",
      STRUCT(struct modify_subnet_attribute, a_record, boolean_value_params) },
    { "EnableResourceNameDnsAAAARecordOnLaunch",
      STRUCT(struct modify_subnet_attribute, aaaa_record, boolean_value_params) },
    { "EnableLniAtDeviceIndex", REFUSED(INT, OUTPOST_WHY) },
    { "DisableLniAtDeviceIndex", REFUSED(STRUCT, OUTPOST_WHY) },
    { 0 },
};

static int modify_subnet_attribute(struct call *c, const struct modify_subnet_attribute *in)
{
    struct subnet s;
    int given = (in->map_public_ip.value != UNSET) + (in->dns64.value != UNSET)
                + (in->a_record.value != UNSET) + (in->aaaa_record.value != UNSET)
                + (in->hostname_type != NULL);
    if (subnet_own(c, in->id, &s))
        return -1;
    if (given != 1) /* one attribute in each call [guide] */
        return fail(c, E_ParameterCombination,
                    given ? "Fields for multiple attribute types specified"
                          : "No attributes specified.");
    tri_set(&s.map_public_ip, in->map_public_ip.value);
    tri_set(&s.dns64, in->dns64.value);
    tri_set(&s.dns_a_record, in->a_record.value);
    tri_set(&s.dns_aaaa_record, in->aaaa_record.value);
    if (in->hostname_type)
        s.hostname_type = in->hostname_type;
    store_put(c, &subnet_schema, &s);
    return 0;
}

OPERATION(ec2, ModifySubnetAttribute, modify_subnet_attribute, .flags = OP_WRITES | OP_NO_DRYRUN,
          .answer = ANSWER_RETURN, .errors = "InvalidSubnetID.NotFound InvalidParameterCombination",
          .effects = "what instances launched later find there");
