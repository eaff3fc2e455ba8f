/* What a VPC can have and none here has: the lists that tools ask for, always empty. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"

/* ---- DescribeVpcEndpoints ---- */

static const struct param describe_vpc_endpoints_params[] = {
    { "VpcEndpointId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(vpc_endpoint, "vpcEndpointSet", "vpcEndpointIds", { .least = 1 }, E_VpcEndpointNotFound,
          NO_SUCH_TAG, NO_SUCH("ip-address-type"), NO_SUCH("service-name"),
          NO_SUCH("service-region"), NO_SUCH("vpc-id"), NO_SUCH("vpc-endpoint-id"),
          NO_SUCH("vpc-endpoint-state"), NO_SUCH("vpc-endpoint-type"), { 0 });

LISTS(ec2, DescribeVpcEndpoints, describe_vpc_endpoints_params, vpc_endpoint_list,
      .errors = "InvalidVpcEndpointId.NotFound InvalidParameterCombination");

/* ---- DescribeVpcPeeringConnections ---- */

static const struct param describe_vpc_peering_connections_params[] = {
    { "VpcPeeringConnectionId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(vpc_peering_connection, "vpcPeeringConnectionSet", "vpcPeeringConnectionIds", { 0 },
          E_VpcPeeringNotFound, NO_SUCH_TAG, NO_SUCH("accepter-vpc-info.cidr-block"),
          NO_SUCH("accepter-vpc-info.owner-id"), NO_SUCH("accepter-vpc-info.vpc-id"),
          NO_SUCH("expiration-time"), NO_SUCH("requester-vpc-info.cidr-block"),
          NO_SUCH("requester-vpc-info.owner-id"), NO_SUCH("requester-vpc-info.vpc-id"),
          NO_SUCH("status-code"), NO_SUCH("status-message"), NO_SUCH("vpc-peering-connection-id"),
          { 0 });

LISTS(ec2, DescribeVpcPeeringConnections, describe_vpc_peering_connections_params,
      vpc_peering_connection_list,
      .errors = "InvalidVpcPeeringConnectionID.NotFound InvalidParameterCombination");

/* ---- DescribeFlowLogs ---- */

static const struct param describe_flow_logs_params[] = {
    { "FlowLogId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(flow_log, "flowLogSet", "flowLogIds", { .least = 1 }, E_FlowLogNotFound, NO_SUCH_TAG,
          NO_SUCH("deliver-log-status"), NO_SUCH("log-destination-type"), NO_SUCH("flow-log-id"),
          NO_SUCH("log-group-name"), NO_SUCH("resource-id"), NO_SUCH("traffic-type"), { 0 });

LISTS(ec2, DescribeFlowLogs, describe_flow_logs_params, flow_log_list,
      .errors = "InvalidFlowLogId.NotFound InvalidParameterCombination");

/* ---- DescribeNatGateways ---- */

static const struct param describe_nat_gateways_params[] = {
    { "NatGatewayId", TEXTS(struct listing, ids) },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(nat_gateway, "natGatewaySet", "natGatewayIds", { 0 }, E_NatGatewayNotFound, NO_SUCH_TAG,
          NO_SUCH("nat-gateway-id"), NO_SUCH("state"), NO_SUCH("subnet-id"), NO_SUCH("vpc-id"),
          { 0 });

LISTS(ec2, DescribeNatGateways, describe_nat_gateways_params, nat_gateway_list,
      .errors = "NatGatewayNotFound InvalidParameterCombination");

/* ---- DescribeAddressesAttribute ---- */

static const struct param describe_addresses_attribute_params[] = {
    { "AllocationId", TEXTS(struct listing, ids) },
    { "Attribute", IGNORED(TEXT, "there are no addresses to describe") },
    PAGING(struct listing, page),
    { 0 },
};

NONE_HERE(address_attribute, "addressSet", "allocationIds", { .least = 1 }, E_AllocationNotFound,
          { 0 });

LISTS(ec2, DescribeAddressesAttribute, describe_addresses_attribute_params, address_attribute_list,
      .errors = "InvalidAllocationID.NotFound InvalidParameterCombination");
