"""The product code of an AWS Marketplace image goes wherever its blocks go."""

import pytest
from machines import described, image_id, launched, volumes_of
from simulator import refused

MARKETPLACE = {"owner-alias": "aws-marketplace"}
ROOT = {"DeviceName": "/dev/sda1"}


@pytest.fixture
def code(client):
    ec2 = client("ec2")
    image = image_id(ec2, "*", **MARKETPLACE)
    return ec2.describe_images(ImageIds=[image])["Images"][0]["ProductCodes"][0]


@pytest.fixture
def amisim_with_product(start_amisim, account, another_account, code, tmp_path):
    path = tmp_path / "subscriptions.yaml"
    accounts = f'["{account}", "{another_account}"]'
    path.write_text(f"subscriptions:\n  - {{code: {code['ProductCodeId']}, accounts: {accounts}}}\n")
    return start_amisim("--pace", "instant", "--fixtures", path)


@pytest.fixture
def ec2(amisim_with_product, account):
    return amisim_with_product.client("ec2", account)


@pytest.fixture
def instance(ec2):
    return launched(ec2, ImageId=image_id(ec2, "*", **MARKETPLACE))


def root_of(ec2, instance):
    (volume,) = volumes_of(ec2, instance).values()
    return volume


def snapshot_of(ec2, volume):
    return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


def codes_of_snapshot(ec2, snapshot):
    asked = {"SnapshotId": snapshot, "Attribute": "productCodes"}
    return ec2.describe_snapshot_attribute(**asked)["ProductCodes"]


def test_it_goes_from_volume_to_snapshot_to_image(ec2, instance, code):
    volume = root_of(ec2, instance)["VolumeId"]
    asked = {"VolumeId": volume, "Attribute": "productCodes"}
    assert ec2.describe_volume_attribute(**asked)["ProductCodes"] == [code]
    snapshot = snapshot_of(ec2, volume)
    assert codes_of_snapshot(ec2, snapshot) == [code]
    copy = ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot)["SnapshotId"]
    assert codes_of_snapshot(ec2, copy) == [code]
    mapping = {**ROOT, "Ebs": {"SnapshotId": copy}}
    image = ec2.register_image(
        Name="product", RootDeviceName="/dev/sda1", BlockDeviceMappings=[mapping]
    )["ImageId"]
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["ProductCodes"] == [code]


def test_an_image_of_it_needs_a_subscription(amisim_with_product, ec2, instance):
    snapshot = snapshot_of(ec2, root_of(ec2, instance)["VolumeId"])
    stranger = amisim_with_product.client("ec2", "900000000666")
    mapping = {**ROOT, "Ebs": {"SnapshotId": snapshot}}
    image = ec2.register_image(
        Name="product",
        Architecture="x86_64",
        VirtualizationType="hvm",
        EnaSupport=True,
        RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[mapping],
    )["ImageId"]
    launched(ec2, ImageId=image)
    ec2.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": "900000000666"}]}
    )
    with refused("OptInRequired"):
        launched(stranger, ImageId=image)


def test_a_snapshot_of_it_is_not_made_public(ec2, instance, another_account):
    ec2.disable_snapshot_block_public_access()
    snapshot = snapshot_of(ec2, root_of(ec2, instance)["VolumeId"])
    share = {"SnapshotId": snapshot, "Attribute": "createVolumePermission", "OperationType": "add"}
    with refused("OperationNotPermitted"):
        ec2.modify_snapshot_attribute(**share, GroupNames=["all"])
    ec2.modify_snapshot_attribute(**share, UserIds=[another_account])


def test_its_volume_wants_a_stopped_instance(ec2, instance, code):
    root = root_of(ec2, instance)
    volume = root["VolumeId"]
    text = (
        f"Unable to detach volume '{volume}' with Marketplace codes from instance '{instance}' "
        "as the instance is not in the 'stopped' state."
    )
    with refused("IncorrectInstanceState", text):
        ec2.detach_volume(VolumeId=volume)
    ec2.stop_instances(InstanceIds=[instance])
    ec2.detach_volume(VolumeId=volume)

    other = launched(ec2, Placement={"AvailabilityZone": root["AvailabilityZone"]})
    attach = {"VolumeId": volume, "InstanceId": other, "Device": "/dev/sdf"}
    text = (
        f"Cannot attach volume '{volume}' with Marketplace codes as the instance '{other}' "
        "is not in the 'stopped' state."
    )
    with refused("IncorrectInstanceState", text):
        ec2.attach_volume(**attach)
    assert described(ec2, other)["ProductCodes"] == []
    ec2.stop_instances(InstanceIds=[other])
    ec2.attach_volume(**attach)
    assert described(ec2, other)["ProductCodes"] == [code]


def test_its_volume_wants_a_subscription(amisim_with_product, ec2, instance):
    snapshot = snapshot_of(ec2, root_of(ec2, instance)["VolumeId"])
    stranger = amisim_with_product.client("ec2", "900000000666")
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=["900000000666"],
    )
    other = launched(stranger)
    zone = described(stranger, other)["Placement"]["AvailabilityZone"]
    volume = stranger.create_volume(AvailabilityZone=zone, SnapshotId=snapshot)["VolumeId"]
    stranger.stop_instances(InstanceIds=[other])
    with refused("OptInRequired"):
        stranger.attach_volume(VolumeId=volume, InstanceId=other, Device="/dev/sdf")
