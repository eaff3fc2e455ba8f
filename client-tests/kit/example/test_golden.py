"""How tests of your own can look. Nothing of amisim is imported: `amisim` is the plugin's fixture."""

import datetime

import boto3
import pytest
from botocore.exceptions import ClientError

GOLDEN = "golden"


def build(ec2):
    """What is under test: it knows nothing of amisim."""
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    root = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}
    return ec2.register_image(Name=GOLDEN, RootDeviceName="/dev/xvda", BlockDeviceMappings=[root])["ImageId"]


def images(ec2):
    return [image["Name"] for image in ec2.describe_images(Owners=["self"])["Images"]]


@pytest.mark.parametrize("turn", range(3))
def test_each_test_is_alone(amisim, turn):
    ec2 = boto3.client("ec2")  # the environment leads there
    assert images(ec2) == []
    image = build(ec2)
    ec2.get_waiter("image_available").wait(ImageIds=[image])
    assert images(ec2) == [GOLDEN]


def test_time_that_nobody_waits_for(amisim):
    ec2, friend = amisim.client("ec2"), amisim.another()
    image = build(ec2)
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": friend.id}]})
    ec2.enable_image_deprecation(ImageId=image, DeprecateAt=amisim.clock.now + datetime.timedelta(days=90))
    others = friend.client("ec2")
    assert len(others.describe_images(Owners=[amisim.id])["Images"]) == 1
    amisim.clock.advance(datetime.timedelta(days=91))
    assert others.describe_images(Owners=[amisim.id])["Images"] == []


def test_a_refusal_that_is_hard_to_come_by(amisim):
    ec2 = amisim.client("ec2")
    with amisim.faults.during({"when": {"operations": ["RegisterImage"]}, "what": {"error": {"code": "InternalError"}}}):
        with pytest.raises(ClientError, match="InternalError"):
            build(amisim.client("ec2"))
    assert amisim.requests(operation="RegisterImage")[0]["fault"].endswith("/1")
    build(ec2)


@pytest.mark.amisim(scenario="no-capacity", region="eu-west-1")
def test_a_scenario_that_is_shipped(amisim):
    """boto3 tries again by itself what failed with status 500."""
    ec2 = amisim.client("ec2")
    newest = [{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}]
    base = ec2.describe_images(Owners=["amazon"], Filters=newest)["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=base, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    assert len(amisim.requests(code="InsufficientInstanceCapacity", fault="no-capacity/*")) == 2


@pytest.mark.amisim(clock="2026-01-31T09:00:00Z")
def test_dates_that_are_always_the_same(amisim):
    build(amisim.client("ec2"))
    (image,) = amisim.client("ec2").describe_images(Owners=["self"])["Images"]
    assert image["CreationDate"] == "2026-01-31T09:00:00.000Z"


def test_back_to_where_it_was(amisim):
    ec2 = amisim.client("ec2")
    build(ec2)
    for _ in range(2):  # the same name again, for the image is there again
        with amisim.checkpoint():
            (image,) = ec2.describe_images(Owners=["self"])["Images"]
            ec2.deregister_image(ImageId=image["ImageId"])
            assert images(ec2) == []
    assert images(ec2) == [GOLDEN]
