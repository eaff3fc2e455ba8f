/* VPCs and their attributes; interfaces as they are described. */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "store/noun.h"
#include "world/network/network.h"

#define IPAM_WHY "address management (IPAM) is not simulated"
#define IPV6_WHY "the simulated network is IPv4 only"

/* ---- DescribeVpcs ---- */

static const struct param describe_vpcs_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "VpcId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

/* One bad id among good ones fails the call; none is malformed [recorded]. */
MISSING(no_vpc, E_VpcNotFound);

static const struct describe vpc_list = {
    .schema = &vpc_schema,
    .set = "vpcSet",
    .ids_name = "VpcIds",
    .visible = MINE,
    .before = network_ensure,
    .prepare = vpc_prepare,
    .missing = no_vpc,
};

/* The first look makes the default VPC: a write. */
LISTS(ec2, DescribeVpcs, describe_vpcs_params, vpc_list, .flags = OP_WRITES,
      .errors = "InvalidVpcID.NotFound InvalidParameterCombination");

/* ---- DescribeNetworkInterfaces ---- */

static const struct param describe_interfaces_params[] = {
    PAGING(struct listing, page),
    { "IncludeManagedResources", IGNORED(BOOL, "no interface here is managed by a service") },
    { "NetworkInterfaceId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_interface, E_InterfaceNotFound);

static const struct describe interface_list = {
    .schema = &network_interface_schema,
    .set = "networkInterfaceSet",
    .ids_name = "networkInterfaceIdSet",
    .visible = MINE,
    .prepare = network_interface_prepare,
    .missing = no_interface,
};

LISTS(ec2, DescribeNetworkInterfaces, describe_interfaces_params, interface_list,
      .errors = "InvalidNetworkInterfaceID.NotFound InvalidParameterCombination");

/* ---- CreateVpc ---- */

struct create_vpc {
    const char *cidr, *tenancy;
    struct list tag_specs;
    enum tri ipv6;
};

static const char *const tenancies[] = { "default", "dedicated", NULL };

static const struct param create_vpc_params[] = {
    { "CidrBlock", TEXT(struct create_vpc, cidr) },
    { "Ipv6Pool", REFUSED(TEXT, IPV6_WHY) },
    { "Ipv6CidrBlock", REFUSED(TEXT, IPV6_WHY) },
    { "Ipv4IpamPoolId", REFUSED(TEXT, IPAM_WHY) },
    { "Ipv4NetmaskLength", REFUSED(INT, IPAM_WHY) },
    { "Ipv6IpamPoolId", REFUSED(TEXT, IPAM_WHY) },
    { "Ipv6NetmaskLength", REFUSED(INT, IPAM_WHY) },
    { "Ipv6CidrBlockNetworkBorderGroup", REFUSED(TEXT, IPV6_WHY) },
    { "VpcEncryptionControl", REFUSED(STRUCT, "no traffic is simulated") },
    { "TagSpecification", TAG_SPECS(struct create_vpc, tag_specs, "vpc") },
    { "InstanceTenancy", TEXT(struct create_vpc, tenancy), .values = tenancies,
      .otherwise = "default" },
    { "AmazonProvidedIpv6CidrBlock", BOOL(struct create_vpc, ipv6) },
    { 0 },
};

static int create_vpc(struct call *c, const struct create_vpc *in)
{
    uint32_t base;
    int prefix;
    if (!in->cidr)
        return fail(c, E_MissingParameter, "cidrBlock");
    if (in->ipv6 == YES)
        return fail(c, E_NotSimulated, "AmazonProvidedIpv6CidrBlock", IPV6_WHY);
    if (!cidr_parse(in->cidr, &base, &prefix))
        return fail(c, E_ValueInvalid, in->cidr, "cidrBlock", "This is not a valid CIDR block.");
    if (prefix < 16 || prefix > 28)
        return fail(c, E_VpcRange, in->cidr);
    struct vpc v = { .id = id_new(c, "vpc-"),
                     .cidr = cidr_format(c->a, base, prefix), /* host bits are cut off [recorded] */
                     .state = "available",
                     .tenancy = in->tenancy,
                     .is_default = NO,
                     .dns_support = YES,
                     .dns_hostnames = NO,
                     .address_metrics = NO };
    vpc_create(c, &v);
    tag_specs_put(c, &in->tag_specs, "vpc", v.id);
    v.tags = tag_specs_for(&in->tag_specs, "vpc");
    v.state = "pending"; /* in this answer only [recorded] */
    vpc_prepare(c, &v);
    emit_open(c, "vpc");
    emit_noun(c, &vpc_schema, &v, VIEW_CREATED);
    emit_close(c);
    return 0;
}

OPERATION(ec2, CreateVpc, create_vpc, .flags = OP_WRITES, .errors = "InvalidVpc.Range",
          .effects = "a VPC with its default security group");

/* ---- DeleteVpc ---- */

struct delete_vpc {
    const char *id;
};

static const struct param delete_vpc_params[] = {
    { "VpcId", TEXT(struct delete_vpc, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static bool has_dependents(struct call *c, const struct vpc *v)
{
    return store_number(
               c->store,
               "SELECT 1 FROM subnet WHERE vpc = ?1 UNION ALL SELECT 1 FROM network_interface WHERE"
               " vpc = ?1 UNION ALL SELECT 1 FROM security_group WHERE vpc = ?1"
               " AND name <> 'default' LIMIT 1",
               SQL_ARGS(SQL_TEXT(v->id)))
           != ABSENT;
}

static int delete_vpc(struct call *c, const struct delete_vpc *in)
{
    struct vpc v;
    struct security_group g;
    network_ensure(c);
    if (!vpc_find(c, in->id, &v))
        return fail(c, E_VpcNotFound, in->id);
    if (has_dependents(c, &v))
        return fail(c, E_VpcInUse, in->id);
    if (security_group_default(c, v.id, &g))
        security_group_remove(c, &g);
    store_remove(c, &vpc_schema, v.id);
    return 0;
}

OPERATION(ec2, DeleteVpc, delete_vpc, .flags = OP_WRITES, .answer = ANSWER_RETURN,
          .errors = "InvalidVpcID.NotFound DependencyViolation",
          .effects = "the VPC and its default group are gone");

/* ---- DescribeVpcAttribute ---- */

struct describe_vpc_attribute {
    const char *id, *attribute;
};

static const char *const vpc_attributes[] = { "enableDnsSupport", "enableDnsHostnames",
                                              "enableNetworkAddressUsageMetrics", NULL };

static const struct param describe_vpc_attribute_params[] = {
    { "Attribute", TEXT(struct describe_vpc_attribute, attribute), .flags = PARAM_REQUIRED,
      .values = vpc_attributes },
    { "VpcId", TEXT(struct describe_vpc_attribute, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int describe_vpc_attribute(struct call *c, const struct describe_vpc_attribute *in)
{
    struct vpc v;
    network_ensure(c);
    if (!vpc_find(c, in->id, &v))
        return fail(c, E_VpcNotFound, in->id);
    enum tri value = text_is(in->attribute, "enableDnsSupport")     ? v.dns_support
                     : text_is(in->attribute, "enableDnsHostnames") ? v.dns_hostnames
                                                                    : v.address_metrics;
    emit_text(c, "vpcId", v.id);
    emit_open(c, in->attribute);
    emit_tri(c, "value", value);
    emit_close(c);
    return 0;
}

OPERATION(ec2, DescribeVpcAttribute, describe_vpc_attribute, .flags = OP_WRITES,
          .errors = "InvalidVpcID.NotFound");

/* ---- ModifyVpcAttribute ---- */

struct boolean_value {
    enum tri value;
};

struct modify_vpc_attribute {
    const char *id;
    struct boolean_value support, hostnames, metrics;
};

static const struct param boolean_value_params[] = {
    { "Value", BOOL(struct boolean_value, value) },
    { 0 },
};

static const struct param modify_vpc_attribute_params[] = {
    { "EnableDnsHostnames", STRUCT(struct modify_vpc_attribute, hostnames, boolean_value_params) },
    { "EnableDnsSupport", STRUCT(struct modify_vpc_attribute, support, boolean_value_params) },
    { "VpcId", TEXT(struct modify_vpc_attribute, id), .flags = PARAM_REQUIRED },
    { "EnableNetworkAddressUsageMetrics",
      STRUCT(struct modify_vpc_attribute, metrics, boolean_value_params) },
    { 0 },
};

static void set(enum tri *into, enum tri value)
{
    if (value != UNSET)
        *into = value;
}

static int modify_vpc_attribute(struct call *c, const struct modify_vpc_attribute *in)
{
    struct vpc v;
    int given = (in->support.value != UNSET) + (in->hostnames.value != UNSET)
                + (in->metrics.value != UNSET);
    network_ensure(c);
    if (!vpc_find(c, in->id, &v))
        return fail(c, E_VpcNotFound, in->id);
    if (given != 1)
        return fail(c, E_ParameterCombination,
                    given ? "Fields for multiple attribute types specified"
                          : "No attributes specified.");
    set(&v.dns_support, in->support.value);
    set(&v.dns_hostnames, in->hostnames.value);
    set(&v.address_metrics, in->metrics.value);
    store_put(c, &vpc_schema, &v);
    return 0;
}

OPERATION(ec2, ModifyVpcAttribute, modify_vpc_attribute, .flags = OP_WRITES | OP_NO_DRYRUN,
          .answer = ANSWER_RETURN, .errors = "InvalidVpcID.NotFound InvalidParameterCombination",
          .effects = "whether instances launched later get public DNS names");
