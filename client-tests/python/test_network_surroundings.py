"""What tools ask for before they build: what surrounds VPCs (rows for what a VPC has, AWS's published examples) and what
none here has (empty lists with their refusals)."""

import pytest
from model import documented_filters
from simulator import refused

NO_ENTRY = {"CidrBlock": "0.0.0.0/0", "Protocol": "-1"}


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]


@pytest.fixture
def default_vpc(ec2):
    return ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]


def of_vpc(vpc, name="vpc-id"):
    return [{"Name": name, "Values": [vpc]}]


# ---- What there is ----


def test_main_route_table(ec2, account, vpc):
    (table,) = ec2.describe_route_tables(Filters=of_vpc(vpc))["RouteTables"]
    (association,) = table.pop("Associations")
    assert association.pop("RouteTableAssociationId").startswith("rtbassoc-0")
    assert association == {
        "Main": True,
        "RouteTableId": table["RouteTableId"],
        "AssociationState": {"State": "associated"},
    }
    assert table.pop("RouteTableId").startswith("rtb-0")
    local = {"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "local", "State": "active"}
    assert table == {
        "VpcId": vpc,
        "OwnerId": account,
        "Routes": [{**local, "Origin": "CreateRouteTable"}],
        "PropagatingVgws": [],
        "Tags": [],
    }


def test_default_vpc_reaches_the_internet(ec2, account, vpc, default_vpc):
    (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
    attached = {"State": "available", "VpcId": default_vpc["VpcId"]}
    name = gateway.pop("InternetGatewayId")
    assert name.startswith("igw-0")
    assert gateway == {"Attachments": [attached], "OwnerId": account, "Tags": []}
    assert ec2.describe_internet_gateways(Filters=of_vpc(vpc, "attachment.vpc-id"))["InternetGateways"] == []
    by_route = ec2.describe_route_tables(Filters=of_vpc(name, "route.gateway-id"))["RouteTables"]
    assert [one["VpcId"] for one in by_route] == [default_vpc["VpcId"]]
    assert by_route[0]["Routes"] == [
        {
            "DestinationCidrBlock": "172.31.0.0/16",
            "GatewayId": "local",
            "State": "active",
            "Origin": "CreateRouteTable",
        },
        {
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": name,
            "State": "active",
            "Origin": "CreateRoute",
        },
    ]


def test_default_network_acl(ec2, account, vpc):
    subnets = {
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24")["Subnet"]["SubnetId"]
        for n in range(3)
    }
    (acl,) = ec2.describe_network_acls(Filters=of_vpc(vpc))["NetworkAcls"]
    name = acl.pop("NetworkAclId")
    assert name.startswith("acl-0")
    associations = acl.pop("Associations")
    assert {one["SubnetId"] for one in associations} == subnets
    assert {one["NetworkAclId"] for one in associations} == {name}
    assert len({one["NetworkAclAssociationId"] for one in associations}) == 3
    assert acl == {
        "VpcId": vpc,
        "OwnerId": account,
        "IsDefault": True,
        "Tags": [],
        "Entries": [
            {**NO_ENTRY, "Egress": egress, "RuleAction": action, "RuleNumber": number}
            for egress in (True, False)
            for action, number in (("allow", 100), ("deny", 32767))
        ],
    }
    one = subnets.pop()
    (found,) = ec2.describe_network_acls(Filters=of_vpc(one, "association.subnet-id"))["NetworkAcls"]
    assert found["NetworkAclId"] == name
    ec2.delete_subnet(SubnetId=one)
    assert ec2.describe_network_acls(Filters=of_vpc(one, "association.subnet-id"))["NetworkAcls"] == []


@pytest.mark.parametrize("region, domain", [("us-east-1", "ec2.internal"), ("eu-west-1", "eu-west-1.compute.internal")])
def test_dhcp_options(client, account, region, domain):
    ec2 = client("ec2", region)
    made = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]
    (options,) = ec2.describe_dhcp_options(DhcpOptionsIds=[made["DhcpOptionsId"]])["DhcpOptions"]
    assert options == {
        "DhcpOptionsId": made["DhcpOptionsId"],
        "OwnerId": account,
        "Tags": [],
        "DhcpConfigurations": [
            {"Key": "domain-name", "Values": [{"Value": domain}]},
            {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]},
        ],
    }
    assert ec2.describe_dhcp_options(Filters=of_vpc("example.com", "value"))["DhcpOptions"] == []


def test_they_go_with_their_vpc(ec2, vpc):
    ec2.delete_vpc(VpcId=vpc)
    assert ec2.describe_route_tables(Filters=of_vpc(vpc))["RouteTables"] == []
    assert ec2.describe_network_acls(Filters=of_vpc(vpc))["NetworkAcls"] == []


def test_first_look_finds_the_default_network(ec2):
    """Whichever comes first."""
    (table,) = ec2.describe_route_tables()["RouteTables"]
    assert len(table["Routes"]) == 2


def test_ids_are_those_of_every_run(start_amisim, account):
    def seen():
        ec2 = start_amisim().client("ec2", account)
        return [
            ec2.describe_route_tables()["RouteTables"],
            ec2.describe_network_acls()["NetworkAcls"],
            ec2.describe_internet_gateways()["InternetGateways"],
            ec2.describe_dhcp_options()["DhcpOptions"],
        ]

    assert seen() == seen()


def test_ids_in_their_order_and_once(ec2, vpc):
    first, second = (one["RouteTableId"] for one in ec2.describe_route_tables()["RouteTables"])
    found = ec2.describe_route_tables(RouteTableIds=[second, first, second])["RouteTables"]
    assert [one["RouteTableId"] for one in found] == [second, first]
    found = ec2.describe_route_tables(RouteTableIds=[second, first], Filters=of_vpc(vpc))
    assert [one["VpcId"] for one in found["RouteTables"]] == [vpc]
    bad = "rtb-4fc866a0"
    with refused("InvalidRouteTableID.NotFound", f"The routeTable ID '{bad}' does not exist"):
        ec2.describe_route_tables(RouteTableIds=[first, bad])


def test_pages(ec2):
    made = {ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"] for _ in range(6)}
    pages = list(ec2.get_paginator("describe_network_acls").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["NetworkAcls"]) for page in pages] == [5, 2]
    assert made < {one["VpcId"] for page in pages for one in page["NetworkAcls"]}


# ---- Lists and their refusals ----

# operation, member of the answer, parameter of ids and one, code and text for one that there is not
LISTS = {
    "describe_route_tables": ("RouteTables", "RouteTableIds", "rtb-4fc866a0", "InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"),
    "describe_network_acls": ("NetworkAcls", "NetworkAclIds", "acl-0804e62f77ad72b9c", "InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"),
    "describe_internet_gateways": ("InternetGateways", "InternetGatewayIds", "igw-4fc866a0", "InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
    "describe_dhcp_options": ("DhcpOptions", "DhcpOptionsIds", "dopt-005de86cff685951b", "InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{}' does not exist"),
    "describe_vpc_endpoints": ("VpcEndpoints", "VpcEndpointIds", "vpce-4fc866a0", "InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"),
    "describe_vpc_peering_connections": ("VpcPeeringConnections", "VpcPeeringConnectionIds", "pcx-4fc866a0", "InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"),
    "describe_flow_logs": ("FlowLogs", "FlowLogIds", "fl-4fc866a0", "InvalidFlowLogId.NotFound", "The flow log ID '{}' does not exist"),
    "describe_nat_gateways": ("NatGateways", "NatGatewayIds", "nat-0f23ac5d3265a98ff", "NatGatewayNotFound", "NAT gateway {} was not found"),
    "describe_addresses_attribute": ("Addresses", "AllocationIds", "eipalloc-4fc866a0", "InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"),
    "describe_export_tasks": ("ExportTasks", "ExportTaskIds", "export-i-4fc866a0", "InvalidExportTaskID.NotFound", "The export task ID '{}' does not exist"),
    "describe_conversion_tasks": ("ConversionTasks", "ConversionTaskIds", "import-i-4fc866a0", "InvalidConversionTaskId.Malformed", "The conversion task ID '{}' does not exist"),
    "describe_fpga_images": ("FpgaImages", "FpgaImageIds", "afi-08036a63bbd0a73d2", "InvalidFpgaImageID.NotFound", "Image ID '{}' not found."),
    "describe_spot_instance_requests": ("SpotInstanceRequests", "SpotInstanceRequestIds", "sir-ex1g53fg", "InvalidSpotInstanceRequestID.NotFound", "The spot instance request ID '{}' does not exist"),
    "describe_capacity_reservations": ("CapacityReservations", "CapacityReservationIds", "cr-08e7fee0b8dc3de5e", "InvalidCapacityReservationId.NotFound", "The capacity reservation '{}' does not exist"),
}
# The documentation of DescribeCapacityReservations lists values of filters as it lists filters.
VALUES = {"active", "expired", "cancelled", "pending", "failed", "unlimited", "limited", "open", "targeted"}
VALUES |= {"default", "dedicated"}
HAVE_ROWS = {"RouteTables", "NetworkAcls", "InternetGateways", "DhcpOptions"}


@pytest.mark.parametrize("operation", LISTS)
def test_list(ec2, amisim, account, operation):
    member, ids, one, code, text = LISTS[operation]
    call = getattr(ec2, operation)
    assert bool(call()[member]) == (member in HAVE_ROWS)
    with refused(code, text.format(one)):
        call(**{ids: [one]})
    name = ec2.meta.method_to_api_mapping[operation]
    shape = ec2.meta.service_model.operation_model(name).input_shape
    if "MaxResults" not in shape.members:
        return
    assert "NextToken" not in call(MaxResults=5)
    with refused("InvalidParameterValue", "Unable to parse pagination token"):
        call(NextToken="x")
    least = shape.members["MaxResults"].metadata.get("min", 1)
    too_small = amisim.query(account, Action=name, MaxResults=least - 1)
    assert (too_small.status, f"Invalid value '{least - 1}' for maxResults." in too_small.body) == (400, True)
    with refused("InvalidParameterCombination"):
        call(**{ids: [one]}, MaxResults=5)


@pytest.mark.parametrize("operation", LISTS)
def test_filters(ec2, operation):
    name = ec2.meta.method_to_api_mapping[operation]
    members = ec2.meta.service_model.operation_model(name).input_shape.members
    parameter = next((one for one in ("Filter", "Filters") if one in members), None)
    if not parameter or operation == "describe_export_tasks":  # AWS documents none for these
        return
    names = documented_filters(name) - VALUES
    assert len(names) > 3
    for filter_name in names:
        found = getattr(ec2, operation)(**{parameter: [{"Name": filter_name, "Values": ["x"]}]})
        assert found[LISTS[operation][0]] == []
    with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
        getattr(ec2, operation)(**{parameter: [{"Name": "colour", "Values": ["x"]}]})
