"""VPCs, subnets, interfaces, security groups and their rules, as far as builders of images need them.

Forms, orders and most refusals are recorded from AWS.
"""

import re

import pytest
from machines import described, launched
from model import documented_filters
from simulator import refused


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.237.16.0/20")["Vpc"]["VpcId"]


@pytest.fixture
def group(ec2, vpc):
    made = ec2.create_security_group(GroupName="work", Description="d", VpcId=vpc)
    return made["GroupId"]


def elements(body, item):
    """Names of the elements directly inside the first <item> of that list."""
    inside = re.search(f"<{item}><item>(.*?)</item></{item}>", body)[1]
    inside = re.sub(r"<(\w+)>(?:<item>.*?</item>)+</\1>", r"<\1/>", inside)
    inside = re.sub(r"<(\w+)>[^<]*</\1>", r"<\1/>", inside)
    inside = re.sub(r"<(\w+)>(?:<\w+/>)+</\1>", r"<\1/>", inside)
    return re.findall(r"<(\w+)/>", inside)


# ---- The default network ----


def test_default_vpc(ec2, account, amisim):
    (found,) = ec2.describe_vpcs()["Vpcs"]
    assert found["IsDefault"] and found["CidrBlock"] == "172.31.0.0/16"
    assert found["OwnerId"] == account
    assert found["CidrBlockAssociationSet"][0]["CidrBlockState"] == {"State": "associated"}
    assert found["BlockPublicAccessStates"] == {"InternetGatewayBlockMode": "off"}
    body = amisim.query(account, Action="DescribeVpcs").body
    assert elements(body, "vpcSet") == [
        "vpcId",
        "ownerId",
        "state",
        "cidrBlock",
        "cidrBlockAssociationSet",
        "dhcpOptionsId",
        "instanceTenancy",
        "isDefault",
        "blockPublicAccessStates",
    ]


def test_default_subnets(ec2):
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    subnets = ec2.describe_subnets()["Subnets"]
    assert {one["AvailabilityZone"] for one in subnets} == {one["ZoneName"] for one in zones}
    first = min(subnets, key=lambda one: one["AvailabilityZone"])
    assert first["CidrBlock"] == "172.31.0.0/20" and first["AvailableIpAddressCount"] == 4091
    assert first["DefaultForAz"] and first["MapPublicIpOnLaunch"]
    assert first["SubnetArn"].endswith(f"subnet/{first['SubnetId']}")


def test_default_group(ec2, vpc, account):
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    (found,) = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    assert (found["GroupName"], found["Description"]) == ("default", "default VPC security group")
    (inward,) = found["IpPermissions"]
    assert inward["IpProtocol"] == "-1" and "FromPort" not in inward
    assert inward["UserIdGroupPairs"] == [{"UserId": account, "GroupId": found["GroupId"]}]
    (outward,) = found["IpPermissionsEgress"]
    assert outward["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    assert "Tags" not in found and found["SecurityGroupArn"]


def test_accounts_and_regions_have_their_own(ec2, client):
    ids = {
        one.describe_vpcs()["Vpcs"][0]["VpcId"]
        for one in (ec2, client("ec2", region="eu-west-1"), client("ec2", account="900000000888"))
    }
    assert len(ids) == 3


# ---- VPCs ----


def test_create_vpc(ec2, amisim, account):
    made = ec2.create_vpc(CidrBlock="10.237.19.7/20")["Vpc"]  # host bits are cut off
    assert (made["CidrBlock"], made["State"]) == ("10.237.16.0/20", "pending")
    assert made["Ipv6CidrBlockAssociationSet"] == []
    (found,) = ec2.describe_vpcs(VpcIds=[made["VpcId"]])["Vpcs"]
    assert found["State"] == "available" and "Ipv6CidrBlockAssociationSet" not in found
    assert not found["IsDefault"]


@pytest.mark.parametrize("block", ["10.0.0.0/15", "10.0.0.0/29"])
def test_vpc_range(ec2, block):
    with refused("InvalidVpc.Range", f"The CIDR '{block}' is invalid."):
        ec2.create_vpc(CidrBlock=block)


@pytest.mark.parametrize("vpc", ["vpc-invalid", "vpc-00000000000000000", "vpc-0fedcba9876543210"])
def test_unknown_vpc(ec2, vpc):
    text = f"The vpc ID '{vpc}' does not exist"
    with refused("InvalidVpcID.NotFound", text):
        ec2.describe_vpcs(VpcIds=[vpc])
    with refused("InvalidVpcID.NotFound", text):
        ec2.delete_vpc(VpcId=vpc)


def test_delete_vpc(ec2, vpc):
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.0/24")["Subnet"]["SubnetId"]
    text = f"The vpc '{vpc}' has dependencies and cannot be deleted."
    with refused("DependencyViolation", text):
        ec2.delete_vpc(VpcId=vpc)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)
    with refused("InvalidVpcID.NotFound"):
        ec2.describe_vpcs(VpcIds=[vpc])
    assert [one["VpcId"] for one in ec2.describe_security_groups()["SecurityGroups"]] != [vpc]


def test_vpc_attributes(ec2, vpc):
    def get(name):
        answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
        assert answer["VpcId"] == vpc
        return answer[name[0].upper() + name[1:]]["Value"]

    assert get("enableDnsSupport") is True
    assert get("enableDnsHostnames") is False
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    assert get("enableDnsHostnames") is True
    with refused("InvalidParameterCombination", "No attributes specified."):
        ec2.modify_vpc_attribute(VpcId=vpc)


def test_deleting_the_default_vpc_is_for_good(ec2):
    (default,) = ec2.describe_vpcs()["Vpcs"]
    for subnet in ec2.describe_subnets()["Subnets"]:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    text = f"No subnets found for the default VPC '{default['VpcId']}'. Please specify a subnet."
    with refused("MissingInput", text):
        launched(ec2)
    ec2.delete_vpc(VpcId=default["VpcId"])
    assert ec2.describe_vpcs()["Vpcs"] == []
    text = (
        "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC."
    )
    with refused("VPCIdNotSpecified", text):
        launched(ec2)
    with refused("VPCIdNotSpecified", text):
        ec2.create_security_group(GroupName="x", Description="d")


# ---- Subnets ----


def test_create_subnet(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.9/24", AvailabilityZone="us-east-1b")
    subnet = made["Subnet"]
    assert subnet["CidrBlock"] == "10.237.17.0/24"
    assert subnet["AvailableIpAddressCount"] == 251
    assert "BlockPublicAccessStates" not in subnet
    (found,) = ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"]
    assert found["BlockPublicAccessStates"] == {"InternetGatewayBlockMode": "off"}
    assert found["PrivateDnsNameOptionsOnLaunch"] == {
        "HostnameType": "ip-name",
        "EnableResourceNameDnsARecord": False,
        "EnableResourceNameDnsAAAARecord": False,
    }
    assert found["AvailabilityZone"] == "us-east-1b" and not found["MapPublicIpOnLaunch"]
    small = ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.18.0/28")["Subnet"]
    assert small["AvailableIpAddressCount"] == 11


def test_refused_subnets(ec2, vpc):
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.0/24")
    with refused("InvalidSubnet.Conflict"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.128/25")
    with refused("InvalidSubnet.Range"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")
    with refused("InvalidParameterValue"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.18.0/24", AvailabilityZone="us-east-1z")


def test_unknown_subnet(ec2):
    own = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    bad = "subnet-00000000000000000"
    with refused("InvalidSubnetID.NotFound", f"The subnet ID '{bad}' does not exist"):
        ec2.describe_subnets(SubnetIds=[own, bad])


def test_subnet_in_use(ec2):
    found = described(ec2, launched(ec2))
    subnet = found["SubnetId"]
    (shown,) = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
    assert shown["AvailableIpAddressCount"] == 4090
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)
    ec2.terminate_instances(InstanceIds=[found["InstanceId"]])
    ec2.delete_subnet(SubnetId=subnet)


def test_modify_subnet(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.0/24")["Subnet"]["SubnetId"]
    assert "PublicIpAddress" not in described(ec2, launched(ec2, SubnetId=made))
    ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
    found = described(ec2, launched(ec2, SubnetId=made))
    assert found["PublicIpAddress"]
    assert found["PublicDnsName"] == ""  # the VPC gives no names
    assert found["PrivateIpAddress"].startswith("10.237.17.")


def test_full_subnet(ec2, vpc):
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.237.17.0/28")["Subnet"]["SubnetId"]
    launched(ec2, SubnetId=made, count=11)
    with refused("InsufficientFreeAddressesInSubnet"):
        launched(ec2, SubnetId=made)


def test_pages_of_subnets(ec2, vpc):
    specs = [{"ResourceType": "subnet", "Tags": [{"Key": "stackd:probe", "Value": "v"}]}]
    for n in range(6):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.237.{16 + n}.0/24", TagSpecifications=specs)
    filters = [{"Name": "tag:stackd:probe", "Values": ["v"]}]
    first = ec2.describe_subnets(Filters=filters, MaxResults=5)
    assert len(first["Subnets"]) == 5
    for _ in range(2):  # the same token twice gives the same rest
        rest = ec2.describe_subnets(Filters=filters, MaxResults=5, NextToken=first["NextToken"])
        assert len(rest["Subnets"]) == 1 and "NextToken" not in rest
    filters.append({"Name": "tag:Name", "Values": ["absent"]})
    other = ec2.describe_subnets(Filters=filters, MaxResults=5, NextToken=first["NextToken"])
    assert other["Subnets"] == []


# ---- Interfaces ----


def test_interfaces(ec2, account):
    instance = launched(ec2)
    (found,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert found["Status"] == "in-use" and found["TagSet"] == []
    assert found["Attachment"]["InstanceId"] == instance
    assert found["Attachment"]["InstanceOwnerId"] == account
    assert found["Association"]["IpOwnerId"] == "amazon"
    filters = [{"Name": "attachment.instance-id", "Values": [instance]}]
    assert ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    ec2.terminate_instances(InstanceIds=[instance])
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    with refused("InvalidNetworkInterfaceID.NotFound"):
        ec2.describe_network_interfaces(NetworkInterfaceIds=["eni-1"])


def test_an_interface_may_stay(ec2):
    nic = {"DeviceIndex": 0, "DeleteOnTermination": False}
    instance = launched(ec2, NetworkInterfaces=[nic])
    ec2.terminate_instances(InstanceIds=[instance])
    (left,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert left["Status"] == "available" and "Attachment" not in left


# ---- Security groups ----


def test_create_group(ec2, vpc, amisim, account):
    made = ec2.create_security_group(GroupName="work", Description="d", VpcId=vpc)
    assert made["SecurityGroupArn"].endswith(f":security-group/{made['GroupId']}")
    assert "Tags" not in made
    (found,) = ec2.describe_security_groups(GroupIds=[made["GroupId"]])["SecurityGroups"]
    assert found["IpPermissions"] == []
    assert found["IpPermissionsEgress"][0]["IpProtocol"] == "-1"
    body = amisim.query(
        account,
        **{
            "Action": "CreateSecurityGroup",
            "GroupName": "packer",
            "GroupDescription": "d",
            "VpcId": "",  # as Packer sends it
            "TagSpecification.1.ResourceType": "security-group",
            "TagSpecification.1.Tag.1.Key": "a",
        },
    ).body
    assert re.search("<return>true</return><groupId>.*<securityGroupArn>.*<tagSet>", body)
    body = amisim.query(account, **{"Action": "DescribeSecurityGroups", "GroupName.1": "packer"}).body
    assert elements(body, "securityGroupInfo") == [
        "ownerId",
        "groupId",
        "groupName",
        "groupDescription",
        "vpcId",
        "ipPermissions",
        "ipPermissionsEgress",
        "tagSet",
        "securityGroupArn",
    ]


def test_group_names(ec2, vpc, group):
    text = f"The security group 'work' already exists for VPC '{vpc}'"
    with refused("InvalidGroup.Duplicate", text):
        ec2.create_security_group(GroupName="work", Description="d", VpcId=vpc)
    with refused("InvalidGroup.Duplicate"):  # in any case of letters
        ec2.create_security_group(GroupName="Work", Description="d", VpcId=vpc)
    ec2.create_security_group(GroupName="work", Description="d")  # in another VPC
    with refused("InvalidParameterValue", "Cannot use reserved security group name: default"):
        ec2.create_security_group(GroupName="default", Description="d", VpcId=vpc)
    with refused("InvalidGroup.Reserved", "The security group 'default' is reserved"):
        ec2.create_security_group(GroupName="default", Description="d")
    with refused("InvalidParameterValue"):
        ec2.create_security_group(GroupName="sg-x", Description="d", VpcId=vpc)


CHARACTERS = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
DESCRIPTIONS = (
    "Valid descriptions are strings less than 256 characters from the following set:  "
    + CHARACTERS
)


@pytest.mark.parametrize("text", ["the owner's", "x" * 256, "why?"])
def test_texts_of_groups(ec2, group, text):
    with refused("InvalidParameterValue", f"Invalid security group description. {DESCRIPTIONS}"):
        ec2.create_security_group(GroupName="other", Description=text)
    with refused("InvalidParameterValue", f"Invalid rule description. {DESCRIPTIONS}"):
        peers = {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": text}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(**peers)])
    with refused("InvalidParameterValue"):
        ec2.create_security_group(GroupName=text, Description="d")


def test_a_group_by_id_and_name(ec2):
    one = ec2.create_security_group(GroupName="one", Description="d")["GroupId"]
    ec2.create_security_group(GroupName="two", Description="d")
    with refused("InvalidParameterCombination"):
        ec2.delete_security_group(GroupId=one, GroupName="two")
    ec2.delete_security_group(GroupId=one, GroupName="one")


def test_delete_group(ec2, group, amisim, account):
    body = amisim.query(account, Action="DeleteSecurityGroup", GroupId=group).body
    assert re.search(f"<groupId>{group}</groupId><return>true</return>", body)
    with refused("InvalidGroup.NotFound", f"The security group '{group}' does not exist"):
        ec2.describe_security_groups(GroupIds=[group])
    with refused("InvalidGroupId.Malformed", 'Invalid id: "bad" (expecting "sg-...")'):
        ec2.delete_security_group(GroupId="bad")


def test_groups_in_use(ec2):
    used = ec2.create_security_group(GroupName="used", Description="d")["GroupId"]
    peer = ec2.create_security_group(GroupName="peer", Description="d")["GroupId"]
    instance = launched(ec2, SecurityGroupIds=[used])
    rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": peer}]}
    ec2.authorize_security_group_ingress(GroupId=used, IpPermissions=[rule])
    for group in (used, peer):
        with refused("DependencyViolation", f"resource {group} has a dependent object"):
            ec2.delete_security_group(GroupId=group)
    ec2.terminate_instances(InstanceIds=[instance])
    ec2.delete_security_group(GroupId=used)
    ec2.delete_security_group(GroupId=peer)
    default = ec2.describe_security_groups(GroupNames=["default"])["SecurityGroups"][0]["GroupId"]
    text = f'the specified group: "{default}" name: "default" cannot be deleted by a user'
    with refused("CannotDelete", text):
        ec2.delete_security_group(GroupId=default)


# ---- Rules ----


def permission(port=8080, **peers):
    peers = peers or {"IpRanges": [{"CidrIp": "10.237.17.19/24", "Description": "initial"}]}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peers}


def test_authorize(ec2, group, amisim, account):
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])
    (rule,) = answer["SecurityGroupRules"]
    assert rule["CidrIpv4"] == "10.237.17.0/24"  # host bits are cut off
    assert rule["Description"] == "initial" and rule["IsEgress"] is False
    assert rule["GroupOwnerId"] == account and "Tags" not in rule
    assert rule["SecurityGroupRuleArn"].endswith(rule["SecurityGroupRuleId"])
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    (shown,) = found["IpPermissions"]
    assert (shown["FromPort"], shown["ToPort"]) == (8080, 8080)
    assert shown["IpRanges"] == [{"CidrIp": "10.237.17.0/24", "Description": "initial"}]
    body = amisim.query(
        account,
        **{
            "Action": "AuthorizeSecurityGroupIngress",
            "GroupId": group,
            "IpPermissions.1.IpProtocol": "tcp",
            "IpPermissions.1.FromPort": "1",
            "IpPermissions.1.ToPort": "2",
            "IpPermissions.1.IpRanges.1.CidrIp": "0.0.0.0/0",
            "IpPermissions.1.IpRanges.1.Description": "x",
        },
    ).body
    assert elements(body, "securityGroupRuleSet") == [
        "groupOwnerId",
        "groupId",
        "securityGroupRuleId",
        "description",
        "isEgress",
        "ipProtocol",
        "fromPort",
        "toPort",
        "cidrIpv4",
        "securityGroupRuleArn",
    ]


def test_authorize_the_older_form(ec2, group):
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    text = (
        'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already'
        " exists"
    )
    with refused("InvalidPermission.Duplicate", text):
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        )


def test_a_source_group_by_name(ec2, account):
    for name in ("web", "db"):
        ec2.create_security_group(GroupName=name, Description="d")
    names = {"GroupName": "db", "SourceSecurityGroupName": "web"}
    with refused("InvalidGroup.NotFound"):
        ec2.authorize_security_group_ingress(**names, SourceSecurityGroupOwnerId="210987654321")
    made = ec2.authorize_security_group_ingress(**names, SourceSecurityGroupOwnerId=account)
    rules = [(r["IpProtocol"], r["FromPort"], r["ToPort"]) for r in made["SecurityGroupRules"]]
    assert rules == [("tcp", 0, 65535), ("udp", 0, 65535), ("icmp", -1, -1)]
    revoked = ec2.revoke_security_group_ingress(**names)["RevokedSecurityGroupRules"]
    assert len(revoked) == 3
    with refused("UnsupportedOperation"):
        ec2.revoke_security_group_ingress(**names, SourceSecurityGroupOwnerId=account)


FLAT = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
IN_A_LIST = {"IpPermissions": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}


@pytest.mark.parametrize(
    "change, code",
    [
        ({"CidrIp": "10.0.0.0/8", **IN_A_LIST}, "InvalidParameterCombination"),
        ({"ToPort": 22, **IN_A_LIST}, "InvalidParameterCombination"),
        ({"SourceSecurityGroupName": "x", "IpProtocol": "tcp"}, "InvalidParameterCombination"),
        ({"SourceSecurityGroupOwnerId": "210987654321"}, "MissingParameter"),
        ({"CidrIp": "10.0.0.0/8"}, "MissingParameter"),
        ({}, "MissingParameter"),
    ],
)
def test_forms_that_do_not_mix(ec2, group, change, code):
    with refused(code):
        ec2.authorize_security_group_ingress(GroupId=group, **change)


def test_egress_has_one_form(ec2, group):
    for name, value in {**FLAT, "SourceSecurityGroupName": "x"}.items():
        with refused("UnsupportedOperation") as caught:
            ec2.authorize_security_group_egress(GroupId=group, **{name: value})
        assert name in caught.value.response["Error"]["Message"]


def test_addresses_in_their_shortest_form(ec2, group):
    def authorize(block):
        peers = {"Ipv6Ranges": [{"CidrIpv6": block}]}
        answer = ec2.authorize_security_group_ingress(
            GroupId=group, IpPermissions=[permission(**peers)]
        )
        return answer["SecurityGroupRules"][0]["CidrIpv6"]

    assert authorize("2001:0DB8:0::1/32") == "2001:db8::/32"
    assert authorize("2001:db8::7f/121") == "2001:db8::/121"
    assert authorize("::/0") == "::/0"
    with refused("InvalidPermission.Duplicate"):
        authorize("2001:db8::/32")
    for block in ("2001:db8::/129", "2001:db8::", "2001:db8::/-1", "10.0.0.0/8", "x/8", "/8"):
        with refused("InvalidParameterValue", f"CIDR block {block} is malformed"):
            authorize(block)


def test_a_group_as_peer(ec2, group, account):
    peers = {"UserIdGroupPairs": [{"GroupId": group}]}
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(**peers)])
    info = answer["SecurityGroupRules"][0]["ReferencedGroupInfo"]
    assert info == {"GroupId": group, "UserId": account}
    other = ec2.create_security_group(GroupName="other", Description="d")["GroupId"]
    text = "You have specified two resources that belong to different networks."
    with refused("InvalidGroup.NotFound", text):
        peers = {"UserIdGroupPairs": [{"GroupId": other}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission(9, **peers)])
    for wrong in ({"UserId": "210987654321"}, {"VpcId": "vpc-0"}):
        peers = {"UserIdGroupPairs": [{"GroupId": group, **wrong}]}
        with refused("InvalidGroup.NotFound"):
            ec2.authorize_security_group_ingress(
                GroupId=group, IpPermissions=[permission(9, **peers)]
            )


@pytest.mark.parametrize(
    "change, message",
    [
        ({"IpProtocol": "ipx"}, "Invalid value 'ipx' for IP protocol. Unknown protocol."),
        (
            {"IpRanges": [{"CidrIp": "10.0.0.0/33"}]},
            "CIDR block 10.0.0.0/33 is malformed",
        ),
        ({"FromPort": 80, "ToPort": 22}, None),
        (
            {"ToPort": None},
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        ),
        (
            {"IpProtocol": "1", "FromPort": None, "ToPort": None},
            "Invalid value for portRange. Must specify both from and to ports with ICMP.",
        ),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": 0}, None),
    ],
)
def test_refused_rules(ec2, group, change, message):
    with refused("InvalidParameterValue", message):
        wanted = {k: v for k, v in {**permission(), **change}.items() if v is not None}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[wanted])


def test_all_of_icmpv6(ec2, group):
    wanted = {"IpProtocol": "58", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[wanted])
    (rule,) = made["SecurityGroupRules"]
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("icmpv6", -1, -1)


def test_revoking_what_is_not_there_in_the_default_vpc(ec2):
    group = ec2.create_security_group(GroupName="work", Description="d")["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])
    unknown = [{"CidrIp": f"10.0.{n}.0/24"} for n in range(2)]
    peers = {"IpRanges": [{"CidrIp": "10.237.17.0/24"}, *unknown]}
    answer = ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission(**peers)])
    assert answer["Return"] is True
    (rule,) = answer["RevokedSecurityGroupRules"]
    assert rule["CidrIpv4"] == "10.237.17.0/24"
    (left,) = answer["UnknownIpPermissions"]
    assert (left["IpProtocol"], left["FromPort"], left["ToPort"]) == ("tcp", 8080, 8080)
    assert left["IpRanges"] == unknown
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert "UnknownIpPermissions" not in ec2.revoke_security_group_egress(
        GroupId=group, IpPermissions=[everything]
    )
    with refused("InvalidParameterCombination"):
        ec2.revoke_security_group_ingress(
            GroupId=group, IpPermissions=[everything], SecurityGroupRuleIds=["sgr-1"]
        )


def test_egress_and_revoke(ec2, group):
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    answer = ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    assert answer["RevokedSecurityGroupRules"][0]["CidrIpv4"] == "0.0.0.0/0"
    text = "The specified rule does not exist in this security group."
    with refused("InvalidPermission.NotFound", text):
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[everything])
    made = ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[permission()])
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    ec2.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=[rule])
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["IpPermissionsEgress"] == []


def test_describe_rules(ec2, group, amisim, account):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])
    filters = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    assert {rule["IsEgress"] for rule in rules} == {True, False}
    everything = next(rule for rule in rules if rule["IsEgress"])
    assert (everything["FromPort"], everything["ToPort"]) == (-1, -1)
    assert everything["Tags"] == []
    body = amisim.query(
        account,
        **{
            "Action": "DescribeSecurityGroupRules",
            "SecurityGroupRuleId.1": everything["SecurityGroupRuleId"],
        },
    ).body
    names = elements(body, "securityGroupRuleSet")
    assert names == sorted(names)


def test_a_filter_of_another_groups_rules(ec2, group):
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()])

    def found(name, value):
        filters = [{"Name": name, "Values": [value]}]
        answer = ec2.describe_security_groups(Filters=filters)
        return [one["GroupId"] for one in answer["SecurityGroups"]]

    assert found("ip-permission.from-port", "8080") == [group]
    assert found("ip-permission.cidr", "10.237.17.0/24") == [group]
    assert found("egress.ip-permission.from-port", "8080") == []
    assert found("group-name", "work") == [group]


def test_dry_run(ec2, group):
    with refused("DryRunOperation"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission()], DryRun=True)
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert found["IpPermissions"] == []


def test_every_documented_filter_is_known(ec2):
    for operation, call in (
        ("DescribeVpcs", ec2.describe_vpcs),
        ("DescribeSubnets", ec2.describe_subnets),
        ("DescribeNetworkInterfaces", ec2.describe_network_interfaces),
        ("DescribeSecurityGroups", ec2.describe_security_groups),
        ("DescribeSecurityGroupRules", ec2.describe_security_group_rules),
    ):
        names = documented_filters(operation)
        assert len(names) > 1
        for name in names:
            call(Filters=[{"Name": name, "Values": ["x"]}])


def test_there_are_no_addresses(ec2):
    """Elastic ones; whoever describes instances may ask for them (libcloud does)."""
    assert ec2.describe_addresses()["Addresses"] == []
    attached = [{"Name": "instance-id", "Values": ["i-0fedcba9876543210"]}]
    assert ec2.describe_addresses(Filters=attached)["Addresses"] == []
    with refused("InvalidAddress.NotFound", "Address '192.0.2.1' not found."):
        ec2.describe_addresses(PublicIps=["192.0.2.1"])
    with refused("InvalidAllocationID.NotFound"):
        ec2.describe_addresses(AllocationIds=["eipalloc-0fedcba9876543210"])
    with refused("UnsupportedOperation", "The operation AllocateAddress is not simulated"):
        ec2.allocate_address()
