"""boto3's resources: objects with actions, collections, references and waiters in place of calls.

boto3's own file says which there are. `covers` names what a test uses of it, and nothing of what ends in an
operation that is simulated may be left out.
"""

import boto3
import botocore.config
import model
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from machines import image_id
from simulator import refused
from test_model import operations

KNOWN = {op["name"] for op in operations() if op["service"] == "ec2"}
ZONE, PORTS = "us-east-1a", {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
SSH = [{**PORTS, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
TAGS = [{"Key": "Stage", "Value": "golden"}]
AS_DICT = {"Stage": "golden"}
_session = boto3.session.Session()


# ---- What boto3 has ----

# Resources of which there are none here, because what makes them is not simulated.
NONE = {
    "ClassicAddress",
    "DhcpOptions",
    "InternetGateway",
    "NetworkAcl",
    "NetworkInterfaceAssociation",
    "RouteTable",
    "VpcAddress",
    "VpcPeeringConnection",
}
# References to resources that cannot be there.
UNREACHABLE = {
    "Instance.classic_address": "EC2-Classic is gone",
    "NetworkInterface.association": "there are no Elastic IP addresses",
}


def declared():
    """"Image.deregister" and so on: all that ends in an operation simulated here."""
    folder = f"{boto3.__path__[0]}/data"
    shown = Loader([folder], include_default_search_paths=False).load_service_model("ec2", "resources-1")
    for name, resource in {"ServiceResource": shown["service"], **shown["resources"]}.items():
        if name in NONE:
            continue
        for kind in ("actions", "batchActions", "hasMany"):
            for action, about in resource.get(kind, {}).items():
                if about["request"]["operation"] in KNOWN:
                    batch = "all." if kind == "batchActions" else ""
                    yield f"{name}.{batch}{xform_name(action)}"
        if resource.get("load", {}).get("request", {}).get("operation") in KNOWN:
            yield f"{name}.load"
            for waiter in resource.get("waiters", {}):
                yield f"{name}.wait_until_{xform_name(waiter)}"
            for reference, about in resource.get("has", {}).items():
                if any(i["source"] == "data" for i in about["resource"]["identifiers"]):
                    yield f"{name}.{xform_name(reference)}"


COVERED = set()


def covers(*names):
    COVERED.update(names)
    return lambda test: test


def test_nothing_is_forgotten():
    assert set(declared()) - UNREACHABLE.keys() == COVERED
    assert UNREACHABLE.keys() <= set(declared())


# ---- Fixtures ----


@pytest.fixture
def resource(amisim, account):
    """resource("eu-west-1"): boto3's EC2 resource of the test's account; its answers are judged."""

    def make(region="us-east-1"):
        made = _session.resource(
            "ec2",
            region_name=region,
            endpoint_url=amisim.url,
            aws_access_key_id=account,
            aws_secret_access_key="secret",
            config=botocore.config.Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        made.meta.client.meta.events.register("after-call", model.judge)
        return made

    return make


@pytest.fixture
def ec2(resource):
    return resource()


@pytest.fixture
def instance(ec2):
    (made,) = ec2.create_instances(
        ImageId=image_id(ec2.meta.client), InstanceType="t3.micro", MinCount=1, MaxCount=1
    )
    return made


@pytest.fixture
def volume(ec2):
    return ec2.create_volume(AvailabilityZone=ZONE, Size=1)


@pytest.fixture
def snapshot(volume):
    return volume.create_snapshot(Description="of a volume")


@pytest.fixture
def image(ec2, snapshot):
    return ec2.register_image(
        Name="golden",
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot.id}}],
    )


@pytest.fixture
def vpc(ec2):
    return ec2.create_vpc(CidrBlock="10.0.0.0/16")


@pytest.fixture
def group(ec2):
    return ec2.create_security_group(GroupName="builders", Description="builders")


def pairs(tags):
    return {tag["Key"]: tag["Value"] for tag in tags or []}


def default_vpc(ec2):
    (found,) = ec2.vpcs.filter(Filters=[{"Name": "is-default", "Values": ["true"]}])
    return found


# ---- What stands around a VPC ----


@covers("ServiceResource.dhcp_options_sets", "Vpc.dhcp_options")
@covers("ServiceResource.internet_gateways", "Vpc.internet_gateways")
@covers("ServiceResource.network_acls", "Vpc.network_acls")
@covers("ServiceResource.route_tables", "Vpc.route_tables")
def test_surroundings_of_a_vpc(ec2):
    (vpc,) = ec2.vpcs.all()
    assert list(ec2.dhcp_options_sets.all()) == [vpc.dhcp_options]
    for around in ("internet_gateways", "network_acls", "route_tables"):
        found = list(getattr(ec2, around).all())
        assert len(found) == 1 and list(getattr(vpc, around).all()) == found


@covers("ServiceResource.vpc_peering_connections")
@covers("Vpc.accepted_vpc_peering_connections", "Vpc.requested_vpc_peering_connections")
def test_a_vpc_has_no_peers(ec2):
    (vpc,) = ec2.vpcs.all()
    for peers in (
        ec2.vpc_peering_connections,
        vpc.accepted_vpc_peering_connections,
        vpc.requested_vpc_peering_connections,
    ):
        assert list(peers.all()) == []


# ---- Images ----


@covers("ServiceResource.register_image", "ServiceResource.images", "Image.load")
@covers("Image.wait_until_exists", "Image.create_tags", "Image.deregister")
def test_image(ec2, image, snapshot):
    image.wait_until_exists()
    assert (image.name, image.state, image.root_device_name) == ("golden", "available", "/dev/xvda")
    (tag,) = image.create_tags(Tags=TAGS)
    assert (tag.resource_id, tag.key, tag.value) == (image.id, "Stage", "golden")
    image.load()
    assert pairs(image.tags) == AS_DICT
    tagged = ec2.images.filter(Owners=["self"], Filters=[{"Name": "tag:Stage", "Values": ["golden"]}])
    assert list(tagged) == [image]
    assert sum(1 for _ in ec2.images.limit(7)) == 7
    image.deregister()
    assert list(ec2.images.filter(Owners=["self"])) == []
    snapshot.delete()


@covers("Image.describe_attribute", "Image.modify_attribute", "Image.reset_attribute")
def test_attributes_of_an_image(image, another_account):
    def shared_with():
        permissions = image.describe_attribute(Attribute="launchPermission")["LaunchPermissions"]
        return [permission["UserId"] for permission in permissions]

    image.modify_attribute(LaunchPermission={"Add": [{"UserId": another_account}]})
    assert shared_with() == [another_account]
    image.reset_attribute(Attribute="launchPermission")
    assert shared_with() == []


# ---- Instances ----


@covers("ServiceResource.create_instances", "ServiceResource.instances", "Instance.load")
@covers("Instance.wait_until_exists", "Instance.wait_until_running", "Instance.wait_until_stopped")
@covers("Instance.wait_until_terminated", "Instance.start", "Instance.stop", "Instance.terminate")
@covers("Instance.reboot")
def test_life_of_an_instance(ec2, instance):
    instance.wait_until_exists()
    instance.wait_until_running()
    instance.reload()
    assert instance.state["Name"] == "running"
    instance.reboot()
    instance.stop()
    instance.wait_until_stopped()
    instance.load()
    assert instance.state["Name"] == "stopped"
    instance.start()
    instance.wait_until_running()
    running = [{"Name": "instance-state-name", "Values": ["running"]}]
    assert list(ec2.instances.filter(Filters=running)) == [instance]
    instance.terminate()
    instance.wait_until_terminated()
    assert [i.state["Name"] for i in ec2.instances.all()] == ["terminated"]


@covers("Instance.create_image", "Instance.image", "Instance.create_tags", "Tag.delete", "Tag.load")
def test_image_of_an_instance(ec2, instance):
    image = instance.create_image(Name="golden", NoReboot=True)
    image.wait_until_exists(Filters=[{"Name": "state", "Values": ["available"]}])
    assert image.state == "available" and image.source_instance_id == instance.id
    assert instance.image.owner_id != image.owner_id  # that of Amazon, which it was launched from
    (tag,) = instance.create_tags(Tags=TAGS)
    tag.load()
    assert tag.value == "golden" and tag.resource_type == "instance"
    tag.delete()
    instance.reload()
    assert not instance.tags
    instance.create_tags(Tags=TAGS)
    instance.delete_tags(Tags=TAGS)
    instance.reload()
    assert not instance.tags


@covers("Instance.volumes", "Instance.attach_volume", "Instance.detach_volume")
def test_volumes_of_an_instance(instance, volume):
    root = list(instance.volumes.all())
    assert len(root) == 1
    instance.attach_volume(VolumeId=volume.id, Device="/dev/sdf")
    assert set(instance.volumes.all()) == {*root, volume}
    instance.detach_volume(VolumeId=volume.id)
    assert list(instance.volumes.all()) == root


@covers("Instance.describe_attribute", "Instance.modify_attribute", "Instance.reset_attribute")
@covers("Instance.reset_source_dest_check", "Instance.reset_kernel", "Instance.reset_ramdisk")
def test_attributes_of_an_instance(instance):
    def checked():
        attribute = instance.describe_attribute(Attribute="sourceDestCheck")
        return attribute["SourceDestCheck"]["Value"]

    for reset in (
        instance.reset_source_dest_check,
        lambda: instance.reset_attribute(Attribute="sourceDestCheck"),
    ):
        instance.modify_attribute(SourceDestCheck={"Value": False})
        assert not checked()
        reset()
        assert checked()
    instance.stop()
    for reset in (instance.reset_kernel, instance.reset_ramdisk):
        reset()


@covers("Instance.monitor", "Instance.unmonitor", "Instance.console_output")
@covers("Instance.password_data")
def test_what_an_instance_says(instance):
    instance.monitor()
    instance.reload()
    assert instance.monitoring["State"] == "enabled"
    instance.unmonitor()
    instance.reload()
    assert instance.monitoring["State"] == "disabled"
    assert instance.console_output()["InstanceId"] == instance.id
    assert instance.password_data()["PasswordData"] == ""


@covers("Instance.key_pair", "Instance.subnet", "Instance.vpc", "Instance.network_interfaces")
@covers("Instance.placement_group", "PlacementGroup.instances", "Instance.vpc_addresses")
@covers("ServiceResource.vpc_addresses", "ServiceResource.classic_addresses")
def test_what_an_instance_refers_to(ec2):
    ec2.create_key_pair(KeyName="mine")
    (instance,) = ec2.create_instances(
        ImageId=image_id(ec2.meta.client),
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        KeyName="mine",
    )
    assert instance.key_pair.key_fingerprint
    assert instance.vpc == default_vpc(ec2)
    assert instance.subnet.vpc == instance.vpc
    (interface,) = instance.network_interfaces
    assert interface.private_ip_address == instance.private_ip_address
    assert instance.placement_group.name == ""
    assert list(ec2.PlacementGroup("none").instances.all()) == []
    for addresses in (instance.vpc_addresses, ec2.vpc_addresses, ec2.classic_addresses):
        assert list(addresses.all()) == []


@covers("Instance.all.create_tags", "Instance.all.monitor", "Instance.all.unmonitor")
@covers("Instance.all.reboot", "Instance.all.stop", "Instance.all.start", "Instance.all.terminate")
@covers("Tag.all.delete")
def test_many_instances_at_once(ec2):
    made = ec2.create_instances(
        ImageId=image_id(ec2.meta.client), InstanceType="t3.micro", MinCount=3, MaxCount=3
    )
    ids = [instance.id for instance in made]
    fleet = ec2.instances.filter(InstanceIds=ids)

    def seen(attribute):
        (value,) = {str(getattr(instance, attribute)) for instance in fleet.all()}
        return value

    fleet.create_tags(Tags=TAGS)
    assert seen("tags") == str(TAGS)
    fleet.monitor()
    assert "enabled" in seen("monitoring")
    fleet.unmonitor()
    assert "disabled" in seen("monitoring")
    fleet.reboot()
    fleet.stop()
    assert "stopped" in seen("state")
    fleet.start()
    assert "running" in seen("state")
    for instance in fleet:
        ec2.Tag(instance.id, "Stage", "golden").delete()
    assert seen("tags") == "None"
    answers = fleet.pages()
    assert [len(page) for page in answers] == [3]
    fleet.terminate()
    assert "terminated" in seen("state")


# ---- Volumes and snapshots ----


@covers("ServiceResource.create_volume", "ServiceResource.volumes", "Volume.load", "Volume.create_tags")
@covers("Volume.attach_to_instance", "Volume.detach_from_instance", "Volume.delete")
def test_volume(ec2, instance, volume):
    volume.create_tags(Tags=TAGS)
    volume.load()
    assert pairs(volume.tags) == AS_DICT and volume.state == "available"
    volume.attach_to_instance(InstanceId=instance.id, Device="/dev/sdf")
    volume.reload()
    assert volume.state == "in-use" and volume.attachments[0]["InstanceId"] == instance.id
    volume.detach_from_instance(InstanceId=instance.id)
    volume.delete()
    assert volume not in list(ec2.volumes.all())


@covers("Volume.describe_attribute", "Volume.modify_attribute", "Volume.enable_io")
@covers("Volume.describe_status")
def test_health_of_a_volume(volume):
    volume.modify_attribute(AutoEnableIO={"Value": True})
    assert volume.describe_attribute(Attribute="autoEnableIO")["AutoEnableIO"]["Value"]
    with refused("IncorrectState"):  # it is
        volume.enable_io()
    (status,) = volume.describe_status()["VolumeStatuses"]
    assert status["VolumeStatus"]["Status"] == "ok"


@covers("ServiceResource.create_snapshot", "ServiceResource.snapshots", "Volume.create_snapshot")
@covers("Volume.snapshots", "Snapshot.load", "Snapshot.wait_until_completed", "Snapshot.volume")
@covers("Snapshot.create_tags", "Snapshot.delete")
def test_snapshot(ec2, volume, snapshot):
    snapshot.wait_until_completed()
    snapshot.create_tags(Tags=TAGS)
    snapshot.load()
    assert pairs(snapshot.tags) == AS_DICT and snapshot.state == "completed"
    assert snapshot.volume == volume
    other = ec2.create_snapshot(VolumeId=volume.id)
    assert set(volume.snapshots.all()) == set(ec2.snapshots.filter(OwnerIds=["self"]))
    assert set(volume.snapshots.all()) == {snapshot, other}
    snapshot.delete()
    assert list(volume.snapshots.all()) == [other]


@covers("Snapshot.copy")
def test_copy_of_a_snapshot(resource, snapshot):
    abroad = resource("eu-west-1")
    copied = abroad.Snapshot(snapshot.id).copy(SourceRegion="us-east-1", Encrypted=True)
    copy = abroad.Snapshot(copied["SnapshotId"])
    copy.wait_until_completed()
    assert copy.encrypted and copy.volume_size == snapshot.volume_size


@covers("Snapshot.describe_attribute", "Snapshot.modify_attribute", "Snapshot.reset_attribute")
def test_attributes_of_a_snapshot(snapshot, another_account):
    def shared_with():
        attribute = snapshot.describe_attribute(Attribute="createVolumePermission")
        return [permission["UserId"] for permission in attribute["CreateVolumePermissions"]]

    snapshot.modify_attribute(CreateVolumePermission={"Add": [{"UserId": another_account}]})
    assert shared_with() == [another_account]
    snapshot.reset_attribute(Attribute="createVolumePermission")
    assert shared_with() == []


# ---- Key pairs and security groups ----


@covers("ServiceResource.create_key_pair", "ServiceResource.import_key_pair", "ServiceResource.key_pairs")
@covers("KeyPair.delete", "KeyPairInfo.delete", "KeyPairInfo.load")
def test_key_pairs(ec2):
    made = ec2.create_key_pair(KeyName="made", KeyType="ed25519")
    assert made.key_material.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1kxYcEXjc0FyGbTpVNQBsu8eM9bCPi1A4MG1MWm0Ba"
    ec2.import_key_pair(KeyName="imported", PublicKeyMaterial=public.encode())
    found = {key.key_name: key for key in ec2.key_pairs.all()}
    assert set(found) == {"made", "imported"}
    found["imported"].load()
    assert found["imported"].key_type == "ed25519"
    made.delete()
    found["imported"].delete()
    assert list(ec2.key_pairs.all()) == []


@covers("ServiceResource.create_security_group", "ServiceResource.security_groups")
@covers("SecurityGroup.load", "SecurityGroup.create_tags", "SecurityGroup.delete")
@covers("SecurityGroup.authorize_ingress", "SecurityGroup.revoke_ingress")
@covers("SecurityGroup.authorize_egress", "SecurityGroup.revoke_egress")
def test_security_group(ec2, group):
    group.authorize_ingress(IpPermissions=SSH)
    group.authorize_egress(IpPermissions=SSH)
    group.create_tags(Tags=TAGS)
    group.load()
    assert pairs(group.tags) == AS_DICT
    assert [rule["FromPort"] for rule in group.ip_permissions] == [22]
    assert len(group.ip_permissions_egress) == 2
    group.revoke_ingress(IpPermissions=SSH)
    group.revoke_egress(IpPermissions=SSH)
    group.reload()
    assert group.ip_permissions == [] and len(group.ip_permissions_egress) == 1
    assert group in list(ec2.security_groups.all())
    group.delete()
    assert group not in list(ec2.security_groups.all())


# ---- The network ----


@covers("ServiceResource.create_vpc", "ServiceResource.vpcs", "Vpc.load", "Vpc.wait_until_exists")
@covers("Vpc.wait_until_available", "Vpc.create_tags", "Vpc.describe_attribute")
@covers("Vpc.modify_attribute", "Vpc.delete")
def test_vpc(ec2, vpc):
    vpc.wait_until_exists()
    vpc.wait_until_available()
    vpc.create_tags(Tags=TAGS)
    vpc.load()
    assert pairs(vpc.tags) == AS_DICT and vpc.cidr_block == "10.0.0.0/16"
    vpc.modify_attribute(EnableDnsHostnames={"Value": True})
    assert vpc.describe_attribute(Attribute="enableDnsHostnames")["EnableDnsHostnames"]["Value"]
    assert set(ec2.vpcs.all()) == {vpc, default_vpc(ec2)}
    vpc.delete()
    with refused("InvalidVpcID.NotFound"):
        vpc.load()


@covers("ServiceResource.create_subnet", "ServiceResource.subnets", "Vpc.create_subnet")
@covers("Vpc.create_security_group", "Vpc.subnets", "Vpc.instances", "Vpc.network_interfaces")
@covers("Vpc.security_groups", "Subnet.load", "Subnet.create_tags", "Subnet.create_instances")
@covers("Subnet.instances", "Subnet.network_interfaces", "Subnet.vpc", "Subnet.delete")
@covers("ServiceResource.network_interfaces", "NetworkInterface.load", "NetworkInterface.subnet")
@covers("NetworkInterface.vpc", "NetworkInterface.create_tags")
def test_what_is_in_a_vpc(ec2, vpc):
    subnet = vpc.create_subnet(CidrBlock="10.0.1.0/24")
    empty = ec2.create_subnet(VpcId=vpc.id, CidrBlock="10.0.2.0/24")
    group = vpc.create_security_group(GroupName="inside", Description="inside")
    subnet.create_tags(Tags=TAGS)
    subnet.load()
    assert subnet.vpc == vpc and pairs(subnet.tags) == AS_DICT
    (instance,) = subnet.create_instances(
        ImageId=image_id(ec2.meta.client),
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SecurityGroupIds=[group.id],
    )
    for inside in (vpc, subnet):
        assert list(inside.instances.all()) == [instance]
        (interface,) = inside.network_interfaces.all()
    assert list(ec2.network_interfaces.all()) == [interface]
    interface.create_tags(Tags=TAGS)
    interface.load()
    assert pairs(interface.tag_set) == AS_DICT
    assert (interface.subnet, interface.vpc) == (subnet, vpc)
    assert {g.group_name for g in vpc.security_groups.all()} == {"default", "inside"}
    assert set(vpc.subnets.all()) == {subnet, empty} < set(ec2.subnets.all())
    empty.delete()
    assert list(vpc.subnets.all()) == [subnet]


# ---- Tags ----


@covers("ServiceResource.create_tags")
def test_tags(ec2, volume, snapshot):
    made = ec2.create_tags(Resources=[volume.id, snapshot.id], Tags=TAGS)
    assert {(tag.resource_id, tag.key) for tag in made} == {
        (volume.id, "Stage"), (snapshot.id, "Stage")
    }
    for tagged in (volume, snapshot):
        tagged.reload()
        assert pairs(tagged.tags) == AS_DICT
