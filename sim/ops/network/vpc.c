/* VPCs: made, described, deleted, and their attributes. */
#include "base/cidr.h"
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
    struct cidr block;
    if (!in->cidr)
        return fail(c, E_MissingParameter, "cidrBlock");
    if (in->ipv6 == YES)
        return fail(c, E_NotSimulated, "AmazonProvidedIpv6CidrBlock", IPV6_WHY);
    if (!cidr_parse(in->cidr, &block))
        return fail(c, E_ValueInvalid, in->cidr, "cidrBlock", "This is not a valid CIDR block.");
    if (block.prefix < 16 || block.prefix > 28)
        return fail(c, E_VpcRange, in->cidr);
    struct vpc v = { .id = id_new(c, "vpc-"),
                     .cidr = cidr_format(c->a, block), /* host bits are cut off [recorded] */
                     .state = "available",
                     .tenancy = in->tenancy,
                     .is_default = NO,
                     .dns_support = YES,
                     .dns_hostnames = NO,
                     .address_metrics = NO };
    vpc_create(c, &v);
    v.tags = tag_specs_put(c, &in->tag_specs, "vpc", v.id);
    v.state = "pending"; /* in this answer only [recorded] */
    vpc_prepare(c, &v);
    emit_noun_as(c, "vpc", &vpc_schema, &v, VIEW_CREATED);
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

static int delete_vpc(struct call *c, const struct delete_vpc *in)
{
    struct vpc v;
    struct security_group g;
    if (vpc_own(c, in->id, &v))
        return -1;
    if (vpc_in_use(c, &v))
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
    if (vpc_own(c, in->id, &v))
        return -1;
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

struct modify_vpc_attribute {
    const char *id;
    struct boolean_value support, hostnames, metrics;
};

static const struct param modify_vpc_attribute_params[] = {
    { "EnableDnsHostnames", STRUCT(struct modify_vpc_attribute, hostnames, boolean_value_params) },
    { "EnableDnsSupport", STRUCT(struct modify_vpc_attribute, support, boolean_value_params) },
    { "VpcId", TEXT(struct modify_vpc_attribute, id), .flags = PARAM_REQUIRED },
    { "EnableNetworkAddressUsageMetrics",
      STRUCT(struct modify_vpc_attribute, metrics, boolean_value_params) },
    { 0 },
};

static int modify_vpc_attribute(struct call *c, const struct modify_vpc_attribute *in)
{
    struct vpc v;
    int given = (in->support.value != UNSET) + (in->hostnames.value != UNSET)
                + (in->metrics.value != UNSET);
    if (vpc_own(c, in->id, &v))
        return -1;
    if (given != 1)
        return fail(c, E_ParameterCombination,
                    given ? "Fields for multiple attribute types specified"
                          : "No attributes specified.");
    tri_set(&v.dns_support, in->support.value);
    tri_set(&v.dns_hostnames, in->hostnames.value);
    tri_set(&v.address_metrics, in->metrics.value);
    store_put(c, &vpc_schema, &v);
    return 0;
}

OPERATION(ec2, ModifyVpcAttribute, modify_vpc_attribute, .flags = OP_WRITES | OP_NO_DRYRUN,
          .answer = ANSWER_RETURN, .errors = "InvalidVpcID.NotFound InvalidParameterCombination",
          .effects = "whether instances launched later get public DNS names");
