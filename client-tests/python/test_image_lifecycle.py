"""What becomes of an image: disabled, deprecated, protected, in the Recycle Bin; and the quotas."""

import datetime

import image_steps as steps
import pytest
from simulator import refused

OTHER = "555500008888"
ACCOUNT = "123456789012"


@pytest.fixture
def other(client):
    return client("ec2", account=OTHER)


@pytest.fixture
def frozen(start_amisim):
    """A simulator whose clock moves only when the test moves it."""
    amisim = start_amisim("--seed", "1", "--pace", "instant")
    amisim.control.clock(freeze=True)
    return amisim


def share(ec2, image, *accounts):
    ec2.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": account} for account in accounts]}
    )


def launch_refused(ec2, image, code):
    with refused(code) as caught:
        steps.run(ec2, ImageId=image)
    return caught.value.response["Error"]["Message"]


# ---- Disable and enable ----


def test_disabled_images(ec2, other):
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot, EnaSupport=True)
    share(ec2, image, OTHER)
    assert ec2.disable_image(ImageId=image)["Return"] is True
    assert ec2.describe_images(ImageIds=[image])["Images"] == []
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    assert other.describe_images(ImageIds=[image], IncludeDisabled=True)["Images"] == []
    assert steps.describe(ec2, image, IncludeDisabled=True)["State"] == "disabled"
    text = f"The AMI ID '{image}' is currently disabled and may not be used for this operation"
    assert launch_refused(ec2, image, "InvalidAMIID.Unavailable") == text
    with refused("InvalidAMIID.Unavailable", text):
        share(ec2, image, OTHER)
    with refused("InvalidAMIID.Unavailable", text):
        ec2.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="copy of disabled")
    with refused("InvalidSnapshot.InUse"):
        ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.disable_image(ImageId=image)
    ec2.enable_image(ImageId=image)
    assert steps.describe(ec2, image)["State"] == "available"
    assert other.describe_images(ImageIds=[image])["Images"] == []
    steps.run(ec2, ImageId=image)


def test_only_the_owner_disables(ec2, other):
    image = steps.register(ec2)
    share(ec2, image, OTHER)
    for call in (other.disable_image, other.enable_image, other.disable_image_deprecation):
        with refused("AuthFailure", f"Not authorized for image:{image}"):
            call(ImageId=image)


def test_a_disabled_image_can_be_deregistered(ec2):
    image = steps.register(ec2)
    ec2.disable_image(ImageId=image)
    ec2.deregister_image(ImageId=image)
    assert ec2.describe_images(ImageIds=[image], IncludeDisabled=True)["Images"] == []
    with refused("InvalidAMIID.Unavailable", f"The image ID '{image}' is no longer available"):
        ec2.enable_image(ImageId=image)


def test_snapshots_of_a_disabled_image_can_be_archived(ec2):
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot)
    with refused("InvalidSnapshot.InUse"):
        ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    ec2.disable_image(ImageId=image)
    ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["StorageTier"] == "archive"
    with refused("IncorrectState"):
        ec2.enable_image(ImageId=image)
    with refused("IncorrectState"):
        steps.register(ec2, snapshot)
    ec2.restore_snapshot_tier(SnapshotId=snapshot, PermanentRestore=True)
    ec2.enable_image(ImageId=image)
    assert steps.describe(ec2, image)["State"] == "available"


# ---- Deprecation ----


def now(amisim):
    return datetime.datetime.fromisoformat(amisim.control.clock()["now"])


def test_deprecated_images_are_hidden_from_others(frozen):
    ec2, other = frozen.client("ec2", ACCOUNT), frozen.client("ec2", OTHER)
    image = steps.register(ec2)
    share(ec2, image, OTHER)
    ec2.enable_image_deprecation(
        ImageId=image, DeprecateAt=now(frozen) + datetime.timedelta(hours=1)
    )

    def found(client, **parameters):
        return image in steps.ids(client.describe_images(**parameters))

    assert found(other)
    frozen.control.clock(advance="2h")
    assert not found(other)
    assert found(other, IncludeDeprecated=True)
    assert found(other, ImageIds=[image])
    assert found(ec2)
    ec2.disable_image_deprecation(ImageId=image)
    assert found(other)


def test_a_deprecated_image_can_be_launched(frozen):
    ec2 = frozen.client("ec2", ACCOUNT)
    image = steps.register(ec2, EnaSupport=True)
    ec2.enable_image_deprecation(
        ImageId=image, DeprecateAt=now(frozen) + datetime.timedelta(minutes=1)
    )
    frozen.control.clock(advance="1h")
    assert steps.run(ec2, ImageId=image)


@pytest.mark.parametrize("seconds, minute", [(29, 0), (30, 1)])
def test_deprecation_is_rounded_to_minutes(ec2, seconds, minute):
    image = steps.register(ec2)
    at = datetime.datetime(2030, 5, 1, 12, 0, seconds, tzinfo=datetime.UTC)
    ec2.enable_image_deprecation(ImageId=image, DeprecateAt=at)
    assert steps.describe(ec2, image)["DeprecationTime"] == f"2030-05-01T12:0{minute}:00.000Z"


def test_limits_of_deprecation(frozen):
    ec2 = frozen.client("ec2", ACCOUNT)
    image, day = steps.register(ec2), datetime.timedelta(days=1)
    for offset in (-day, 10 * 366 * day):
        with refused("InvalidParameterValue"):
            ec2.enable_image_deprecation(ImageId=image, DeprecateAt=now(frozen) + offset)
    ec2.disable_image_block_public_access()
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    with refused("InvalidParameterValue"):
        ec2.enable_image_deprecation(ImageId=image, DeprecateAt=now(frozen) + 740 * day)
    ec2.enable_image_deprecation(ImageId=image, DeprecateAt=now(frozen) + 30 * day)


# ---- Deregistration protection ----


def protection(ec2, image):
    return steps.describe(ec2, image)["DeregistrationProtection"]


def test_protection_without_cooldown(ec2):
    image = steps.register(ec2)
    assert ec2.enable_image_deregistration_protection(ImageId=image)["Return"] == "true"
    assert protection(ec2, image) == "enabled-without-cooldown"
    with refused("OperationNotPermitted"):
        ec2.deregister_image(ImageId=image)
    assert ec2.disable_image_deregistration_protection(ImageId=image)["Return"] == "true"
    assert protection(ec2, image) == "disabled"
    ec2.deregister_image(ImageId=image)


def test_protection_with_cooldown(frozen):
    ec2 = frozen.client("ec2", ACCOUNT)
    image = steps.register(ec2)
    ec2.enable_image_deregistration_protection(ImageId=image, WithCooldown=True)
    assert protection(ec2, image) == "enabled-with-cooldown"
    until = now(frozen) + datetime.timedelta(days=1)
    ec2.disable_image_deregistration_protection(ImageId=image)
    assert protection(ec2, image) == f"disabled after {until:%Y-%m-%dT%H:%M:%SZ}"
    frozen.control.clock(advance="23h")
    ec2.disable_image_deregistration_protection(ImageId=image)
    with refused("OperationNotPermitted"):
        ec2.deregister_image(ImageId=image)
    frozen.control.clock(advance="1h")
    assert protection(ec2, image) == "disabled"
    ec2.deregister_image(ImageId=image)


# ---- Recycle Bin ----


@pytest.fixture
def binned(frozen):
    """An account whose deregistered images are kept for three days."""
    frozen.client("rbin", ACCOUNT).create_rule(
        ResourceType="EC2_IMAGE",
        RetentionPeriod={"RetentionPeriodValue": 3, "RetentionPeriodUnit": "DAYS"},
    )
    return frozen


def test_into_the_bin_and_out_again(binned):
    ec2 = binned.client("ec2", ACCOUNT)
    image = steps.register(ec2, Name="kept", Description="in the bin", EnaSupport=True)
    before = steps.describe(ec2, image)
    ec2.deregister_image(ImageId=image)
    assert ec2.describe_images(ImageIds=[image])["Images"] == []
    launch_refused(ec2, image, "InvalidAMIID.Unavailable")
    listed = ec2.list_images_in_recycle_bin()["Images"]
    assert len(listed) == 1
    kept = listed[0]
    assert (kept["ImageId"], kept["Name"]) == (image, "kept")
    assert kept["Description"] == "in the bin"
    assert kept["RecycleBinEnterTime"] == now(binned)
    assert kept["RecycleBinExitTime"] - kept["RecycleBinEnterTime"] == datetime.timedelta(days=3)
    assert ec2.restore_image_from_recycle_bin(ImageId=image)["Return"] is True
    assert steps.describe(ec2, image) == before
    assert ec2.list_images_in_recycle_bin()["Images"] == []
    binned.control.clock(advance="10d")
    assert steps.describe(ec2, image) == before


def test_tags_can_be_edited_in_the_bin(binned):
    ec2 = binned.client("ec2", ACCOUNT)
    image = steps.register(ec2)
    ec2.deregister_image(ImageId=image)
    ec2.create_tags(Resources=[image], Tags=[{"Key": "in", "Value": "the bin"}])
    ec2.restore_image_from_recycle_bin(ImageId=image)
    assert steps.describe(ec2, image)["Tags"] == [{"Key": "in", "Value": "the bin"}]
    ec2.deregister_image(ImageId=image)
    with refused("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"):
        binned.client("ec2", OTHER).create_tags(
            Resources=[image], Tags=[{"Key": "not", "Value": "mine"}]
        )


def test_the_bin_expires(binned):
    ec2 = binned.client("ec2", ACCOUNT)
    image = steps.register(ec2)
    ec2.deregister_image(ImageId=image)
    binned.control.clock(advance="71h")
    assert steps.ids(ec2.list_images_in_recycle_bin(ImageIds=[image])) == [image]
    binned.control.clock(advance="1h")
    assert ec2.list_images_in_recycle_bin()["Images"] == []
    with refused("InvalidAMIID.NotFound"):
        ec2.restore_image_from_recycle_bin(ImageId=image)
    assert ec2.describe_images(ImageIds=[image])["Images"] == []


def test_restoring_needs_the_name_and_the_snapshots(binned):
    ec2 = binned.client("ec2", ACCOUNT)
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot, Name="wanted twice")
    ec2.deregister_image(ImageId=image)
    second = steps.register(ec2, Name="wanted twice")
    text = f"AMI name wanted twice is already in use by AMI {second}"
    with refused("InvalidAMIName.Duplicate", text):
        ec2.restore_image_from_recycle_bin(ImageId=image)
    ec2.deregister_image(ImageId=second)
    ec2.delete_snapshot(SnapshotId=snapshot)
    with refused("IncorrectState"):
        ec2.restore_image_from_recycle_bin(ImageId=image)


def test_snapshots_come_back_before_their_image(binned):
    binned.client("rbin", ACCOUNT).create_rule(
        ResourceType="EBS_SNAPSHOT",
        RetentionPeriod={"RetentionPeriodValue": 3, "RetentionPeriodUnit": "DAYS"},
    )
    ec2 = binned.client("ec2", ACCOUNT)
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot)
    results = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert results["DeleteSnapshotResults"] == [
        {"SnapshotId": snapshot, "ReturnCode": "success"}
    ]
    assert len(ec2.list_snapshots_in_recycle_bin()["Snapshots"]) == 1
    with refused("IncorrectState"):
        ec2.restore_image_from_recycle_bin(ImageId=image)
    ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)
    ec2.restore_image_from_recycle_bin(ImageId=image)
    assert steps.snapshots_of(steps.describe(ec2, image)) == [snapshot]


def test_without_a_rule_nothing_is_kept(ec2):
    image = steps.register(ec2)
    ec2.deregister_image(ImageId=image)
    assert ec2.list_images_in_recycle_bin()["Images"] == []
    with refused("InvalidAMIID.NotFound"):
        ec2.list_images_in_recycle_bin(ImageIds=[image])


def test_rules_by_tag(frozen):
    frozen.client("rbin", ACCOUNT).create_rule(
        ResourceType="EC2_IMAGE",
        ResourceTags=[{"ResourceTagKey": "keep", "ResourceTagValue": "yes"}],
        RetentionPeriod={"RetentionPeriodValue": 1, "RetentionPeriodUnit": "DAYS"},
    )
    ec2 = frozen.client("ec2", ACCOUNT)
    tags = [{"ResourceType": "image", "Tags": [{"Key": "keep", "Value": "yes"}]}]
    tagged, plain = steps.register(ec2, TagSpecifications=tags), steps.register(ec2)
    for image in (tagged, plain):
        ec2.deregister_image(ImageId=image)
    assert steps.ids(ec2.list_images_in_recycle_bin()) == [tagged]


def test_pages_of_the_bin(binned):
    ec2 = binned.client("ec2", ACCOUNT)
    images = [steps.register(ec2) for _ in range(3)]
    for image in images:
        ec2.deregister_image(ImageId=image)
    first = ec2.list_images_in_recycle_bin(MaxResults=2)
    rest = ec2.list_images_in_recycle_bin(MaxResults=2, NextToken=first["NextToken"])
    assert steps.ids(first) + steps.ids(rest) == images
    assert "NextToken" not in rest


# ---- Quotas ----


def limited(start_amisim, tmp_path, name, value):
    quotas = tmp_path / "quotas.yaml"
    quotas.write_text(f"quotas:\n  - {{name: {name}, value: {value}, source: guess, about: test}}\n")
    return start_amisim("--pace", "real", "--fixtures", quotas)


def test_quota_of_images(start_amisim, tmp_path):
    amisim = limited(start_amisim, tmp_path, "images", 1)
    ec2 = amisim.client("ec2", ACCOUNT)
    bundle = {"ImageLocation": "bucket/a.manifest.xml", "Architecture": "x86_64"}
    image = ec2.register_image(Name="first", **bundle)["ImageId"]
    with refused("ResourceLimitExceeded"):
        ec2.register_image(Name="second", **bundle)
    amisim.client("ec2", ACCOUNT, "eu-west-1").register_image(Name="second", **bundle)
    ec2.deregister_image(ImageId=image)
    ec2.register_image(Name="second", **bundle)


def test_quota_of_copies_in_progress(start_amisim, tmp_path):
    amisim = limited(start_amisim, tmp_path, "image-copies-in-progress", 1)
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", ACCOUNT)
    source = {"SourceImageId": steps.public_image(ec2), "SourceRegion": "us-east-1"}
    ec2.copy_image(Name="one", **source)
    with refused("ResourceLimitExceeded"):
        ec2.copy_image(Name="two", **source)
    amisim.control.clock(advance="24h")
    ec2.copy_image(Name="two", **source)
