/* What surrounds the VPCs, as it is described; nothing here makes or changes it. The first look
 * makes the default VPC: a write. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "world/network/surroundings.h"

/* ---- DescribeRouteTables ---- */

static const struct param describe_route_tables_params[] = {
    PAGING(struct listing, page),
    { "RouteTableId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_route_table, E_RouteTableNotFound);

static const struct describe route_table_list = {
    .schema = &route_table_schema,
    .set = "routeTableSet",
    .ids_name = "routeTableIds",
    .compute = route_tables,
    .missing = no_route_table,
};

LISTS(ec2, DescribeRouteTables, describe_route_tables_params, route_table_list, .flags = OP_WRITES,
      .errors = "InvalidRouteTableID.NotFound InvalidParameterCombination");

/* ---- DescribeNetworkAcls ---- */

static const struct param describe_network_acls_params[] = {
    PAGING(struct listing, page),
    { "NetworkAclId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_network_acl, E_NetworkAclNotFound);

static const struct describe network_acl_list = {
    .schema = &network_acl_schema,
    .set = "networkAclSet",
    .ids_name = "networkAclIds",
    .compute = network_acls,
    .missing = no_network_acl,
};

LISTS(ec2, DescribeNetworkAcls, describe_network_acls_params, network_acl_list, .flags = OP_WRITES,
      .errors = "InvalidNetworkAclID.NotFound InvalidParameterCombination");

/* ---- DescribeInternetGateways ---- */

static const struct param describe_internet_gateways_params[] = {
    PAGING(struct listing, page),
    { "InternetGatewayId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_internet_gateway, E_InternetGatewayNotFound);

static const struct describe internet_gateway_list = {
    .schema = &internet_gateway_schema,
    .set = "internetGatewaySet",
    .ids_name = "internetGatewayIds",
    .compute = internet_gateways,
    .missing = no_internet_gateway,
};

LISTS(ec2, DescribeInternetGateways, describe_internet_gateways_params, internet_gateway_list,
      .flags = OP_WRITES,
      .errors = "InvalidInternetGatewayID.NotFound InvalidParameterCombination");

/* ---- DescribeDhcpOptions ---- */

static const struct param describe_dhcp_options_params[] = {
    { "DhcpOptionsId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

MISSING(no_dhcp_options, E_DhcpOptionsNotFound);

static const struct describe dhcp_options_list = {
    .schema = &dhcp_options_schema,
    .set = "dhcpOptionsSet",
    .ids_name = "dhcpOptionsIds",
    .compute = dhcp_options,
    .missing = no_dhcp_options,
};

LISTS(ec2, DescribeDhcpOptions, describe_dhcp_options_params, dhcp_options_list,
      .errors = "InvalidDhcpOptionID.NotFound InvalidParameterCombination");
