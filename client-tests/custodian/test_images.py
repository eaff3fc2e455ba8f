"""Policies about images: what is old, unused, shared too widely, not encrypted, or has no owner."""

import datetime

import pytest
from conftest import FRIEND, STRANGER, utc


def deprecation(image):
    time = image["DeprecationTime"]
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))


def close(time, days):
    """Whether it is that many days from now, to the minute or two that a test takes."""
    return abs(time - utc(-days)) < datetime.timedelta(minutes=5)


@pytest.fixture
def share(world):
    def share(image, *accounts):
        add = [{"UserId": account} for account in accounts]
        world.ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": add})

    return share


@pytest.fixture
def shared_with(world):
    def shared_with(image):
        attribute = world.ec2.describe_image_attribute(
            ImageId=image, Attribute="launchPermission"
        )
        return {p.get("UserId") or p.get("Group") for p in attribute["LaunchPermissions"]}

    return shared_with


def test_old_images_that_nothing_runs_are_deregistered_with_their_snapshots(world):
    world.days_ago(100)
    unused, its_snapshot = world.image("unused")
    running, _ = world.image("running")
    world.instance(running)
    kept, _ = world.image("kept", Keep="for the auditors")
    world.days_ago(80)
    young, _ = world.image("young")

    found = world.run("ami-in-use", "ami-deregister-unused")
    assert found == {"ami-in-use": {running}, "ami-deregister-unused": {unused}}
    assert set(world.images()) == {running, kept, young}
    assert len(world.snapshots()) == 3 and its_snapshot not in world.snapshots()


def test_deprecation(world):
    world.days_ago(130)
    overdue, _ = world.image("overdue")
    world.days_ago(100)
    coming, _ = world.image("coming", Keep="yes")
    world.days_ago(10)
    young, _ = world.image("young", Stage="retired")

    found = world.run("ami-deprecate-by-age", "ami-deprecate-soon")
    assert found == {"ami-deprecate-by-age": {overdue, coming}, "ami-deprecate-soon": {young}}
    images = world.images()
    assert close(deprecation(images[overdue]), 0)  # a time that is past becomes the next minute
    assert close(deprecation(images[coming]), 20)
    assert close(deprecation(images[young]), 14)

    assert world.run("ami-deprecate-by-age", "ami-keep")["ami-keep"] == {coming}
    assert "DeprecationTime" not in world.images()[coming]


def test_only_who_is_on_the_list_may_launch(world, share, shared_with):
    golden, _ = world.image("golden")
    public, _ = world.image("public")
    private, _ = world.image("private")
    share(golden, FRIEND, STRANGER)
    share(public, FRIEND)
    world.ec2.disable_image_block_public_access()
    world.ec2.modify_image_attribute(
        ImageId=public, LaunchPermission={"Add": [{"Group": "all"}]}
    )
    # `matched` takes accounts only: public images need `remove: [all]`
    found = world.run("ami-share-remove-cross-account", "ami-not-public")
    assert found == {
        "ami-share-remove-cross-account": {golden, public},
        "ami-not-public": {public},
    }
    assert shared_with(golden) == shared_with(public) == {FRIEND}
    assert shared_with(private) == set()


def test_sharing(world, share, shared_with):
    world.days_ago(70)
    old, _ = world.image("old")
    world.days_ago(50)
    golden, _ = world.image("golden", Stage="golden")
    for image in (old, golden):
        share(image, STRANGER)
    world.run("ami-share", "ami-stop-share-old")
    assert shared_with(golden) == {FRIEND}
    assert shared_with(old) == set()


def test_what_others_shared_is_given_back(world, share, shared_with):
    golden, _ = world.image("golden")
    share(golden, FRIEND, STRANGER)
    assert world.run("ami-cancel-share-to-me", account=FRIEND)["ami-cancel-share-to-me"] == {golden}
    assert shared_with(golden) == {STRANGER}


def test_an_encrypted_copy_in_another_region(world):
    golden, _ = world.image("golden", Stage="golden")
    kms = world.client("kms", "eu-west-1")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/golden", TargetKeyId=key["KeyId"])
    assert world.run("ami-copy-encrypted")["ami-copy-encrypted"] == {golden}

    copies = world.client("ec2", "eu-west-1").describe_images(Owners=["self"])["Images"]
    assert [(c["Name"], c["SourceImageId"]) for c in copies] == [("golden-encrypted", golden)]
    (copied,) = world.snapshots("eu-west-1").values()
    assert (copied["Encrypted"], copied["KmsKeyId"]) == (True, key["Arn"])


def test_attributes(world):
    world.days_ago(90)
    golden, _ = world.image("golden")
    long_ago, _ = world.image("long-ago")
    never, _ = world.image("never")
    world.instance(long_ago)
    world.days_ago(10)
    world.instance(golden)
    world.ec2.modify_image_attribute(ImageId=golden, ImdsSupport={"Value": "v2.0"})

    found = world.run("ami-described", "ami-launched-recently", "ami-imds-optional")
    assert found == {
        "ami-described": {golden},
        "ami-launched-recently": {golden},
        "ami-imds-optional": {long_ago, never},
    }


def test_images_without_an_owner_get_a_week(world):
    owned, _ = world.image("owned", Owner="team-a")
    orphan, _ = world.image("orphan")
    rescued, _ = world.image("rescued")
    assert world.run("ami-mark")["ami-mark"] == {orphan, rescued}
    day = f"{utc(-7):%Y/%m/%d}"
    assert world.tags(orphan)["c7n_cleanup"] == f"Resource does not meet policy: deregister@{day}"

    world.tag(rescued, Owner="team-b")
    assert world.run("ami-unmark")["ami-unmark"] == {rescued}
    assert world.tags(rescued) == {"Owner": "team-b", "Checked": "yes"}
    assert world.run("ami-marked")["ami-marked"] == {orphan}
    assert set(world.images()) == {owned, rescued}


def test_a_dry_run_changes_nothing(world):
    world.days_ago(100)
    unused, snapshot = world.image("unused")
    found = world.run("ami-deregister-unused", options=["--dryrun"])
    assert found == {"ami-deregister-unused": {unused}}
    assert unused in world.images() and snapshot in world.snapshots()


def test_by_a_role_of_another_account(world):
    world.days_ago(100)
    mine, _ = world.image("mine")
    world.ec2 = world.client("ec2", account=FRIEND)
    theirs, _ = world.image("theirs")
    role = f"arn:aws:iam::{FRIEND}:role/Custodian"
    policy = "ami-deregister-unused"
    assert world.run(policy, options=["--assume", role]) == {policy: {theirs}}
    assert set(world.images()) == set()
    world.ec2 = world.client("ec2")
    assert set(world.images()) == {mine}
