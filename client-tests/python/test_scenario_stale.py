"""Eventual consistency of what changed: a read still shows it as it was, for some calls, for some time."""

import image_steps as steps
import pytest
from simulator import refused


@pytest.fixture
def ec2(own, account):
    return own.client("ec2", account)


@pytest.fixture
def stale(own):
    """stale("Modify*", calls=2): the scenario of the test."""

    def put(operations, **how):
        rule = {"when": {"operations": [operations]}, "what": {"stale": how}}
        return own.control.put("scenarios/late", {"rules": [rule]})

    return put


@pytest.fixture
def image(ec2):
    return steps.register(ec2)


def test_calls(ec2, stale, image):
    stale("ModifyImageAttribute", calls=2)
    answer = ec2.modify_image_attribute(ImageId=image, Description={"Value": "new"})
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amisim-fault"] == "late/1"
    ec2.describe_regions()  # it does not show the image, so it does not count
    assert "Description" not in steps.describe(ec2, image)
    assert ec2.describe_image_attribute(ImageId=image, Attribute="description")["Description"] == {}
    assert steps.describe(ec2, image)["Description"] == "new"


def test_time(own, ec2, stale, image):
    stale("ModifyImageAttribute", **{"for": "30s"})
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": "210987654321"}]})
    for _ in range(5):
        assert ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"] == []
    own.control.clock(advance="30s")
    shared = ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]
    assert shared == [{"UserId": "210987654321"}]


def test_tags(ec2, stale, image):
    ec2.create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": "old"}])
    stale("CreateTags", calls=2)
    ec2.create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": "new"}, {"Key": "more", "Value": "1"}])
    assert steps.describe(ec2, image)["Tags"] == [{"Key": "stage", "Value": "old"}]
    by_tag = [{"Name": "tag:stage", "Values": ["old"]}]
    assert [i["ImageId"] for i in ec2.describe_images(Filters=by_tag)["Images"]] == [image]
    assert {t["Value"] for t in steps.describe(ec2, image)["Tags"]} == {"new", "1"}


def test_what_is_gone_is_still_there(ec2, stale):
    before, image, after = (steps.register(ec2) for _ in range(3))
    (snapshot,) = steps.snapshots_of(steps.describe(ec2, image))
    stale("De*", calls=1)
    ec2.deregister_image(ImageId=image)
    assert set(steps.ids(ec2.describe_images(Owners=["self"]))) == {before, image, after}
    assert set(steps.ids(ec2.describe_images(Owners=["self"]))) == {before, after}
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed"
    with refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshots(SnapshotIds=[snapshot])


def test_a_write_knows_what_is_true(ec2, stale, image):
    """Only reads are late: AWS refuses a second deregistration whatever a Describe shows."""
    stale("DeregisterImage", calls=5)
    ec2.deregister_image(ImageId=image)
    assert steps.describe(ec2, image)["State"] == "available"
    with refused("InvalidAMIID.Unavailable"):
        ec2.deregister_image(ImageId=image)


def test_a_state_that_has_gone_on(own, ec2, stale):
    instance = steps.run(ec2)
    stale("StopInstances", **{"for": "10m"})
    ec2.stop_instances(InstanceIds=[instance])
    own.control.clock(advance="5m")

    def state():
        return ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"]

    assert state() == "running"
    own.control.clock(advance="5m")
    assert state() == "stopped"


def test_whom_it_concerns(own, ec2, stale, image, another_account):
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": another_account}]})
    stale("ModifyImageAttribute", calls=1)
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "new"})
    assert steps.describe(own.client("ec2", another_account), image)["Description"] == "new"
    assert "Description" not in steps.describe(ec2, image)
    assert steps.describe(ec2, image)["Description"] == "new"


def test_a_refused_change_is_no_change(ec2, stale, image):
    stale("ModifyImageAttribute", calls=9)
    with refused("InvalidAMIAttributeItemValue"):
        ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": "1"}]})
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "one"})
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "two"})
    assert "Description" not in steps.describe(ec2, image)


def test_it_is_part_of_the_state(own, ec2, stale, image):
    stale("ModifyImageAttribute", calls=1)
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "new"})
    own.control.post("checkpoints/late")
    for _ in range(2):
        assert "Description" not in steps.describe(ec2, image)
        assert steps.describe(ec2, image)["Description"] == "new"
        own.control.post("checkpoints/late/restore")
    own.control.put("state", own.control.get("state"))
    assert "Description" not in steps.describe(ec2, image)


def test_what_is_hidden_beside_it(own, ec2, image):
    late = {"when": {"operations": ["ModifyImageAttribute"]}, "what": {"stale": {"calls": 1}}}
    own.control.put("scenarios/late", {"rules": [late, {"when": {"operations": ["CreateVolume"]}, "what": {"hide": {"calls": 1}}}]})
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "new"})
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    steps.describe(ec2, image)
    with refused("InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=[volume])
    ec2.describe_volumes(VolumeIds=[volume])
