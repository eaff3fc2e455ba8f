"""Policies about snapshots: what is old, unused, without a volume, or shared too widely."""

import pytest
from conftest import FRIEND, STRANGER


@pytest.fixture
def share(world):
    def share(snapshot, *accounts):
        world.ec2.modify_snapshot_attribute(
            SnapshotId=snapshot,
            CreateVolumePermission={"Add": [{"UserId": account} for account in accounts]},
        )

    return share


@pytest.fixture
def shared_with(world):
    def shared_with(snapshot):
        attribute = world.ec2.describe_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission"
        )
        return {p["UserId"] for p in attribute["CreateVolumePermissions"]}

    return shared_with


def test_stale_snapshots_go_and_those_of_images_stay(world):
    world.days_ago(30)
    stale = world.snapshot()
    _, of_an_image = world.image("golden")
    world.days_ago(20)
    young = world.snapshot()
    assert world.run("snapshot-unused", "snapshot-delete-stale") == {
        "snapshot-unused": {young},  # the stale one is gone by then: policies run in file order
        "snapshot-delete-stale": {stale},
    }
    assert set(world.snapshots()) == {of_an_image, young}


def test_snapshots_of_images_are_never_deleted_by_a_policy_without_filters(world):
    loose = world.snapshot()
    _, of_an_image = world.image("golden")
    assert world.run("snapshot-delete-all")["snapshot-delete-all"] == {loose, of_an_image}
    assert set(world.snapshots()) == {of_an_image}


def test_snapshots_by_their_volume(world):
    volume, gone = world.volume(Encrypted=True), world.volume()
    kept, orphan = world.snapshot(volume), world.snapshot(gone)
    world.ec2.delete_volume(VolumeId=gone)
    found = world.run("snapshot-without-volume", "snapshot-of-encrypted-volume")
    assert found == {
        "snapshot-without-volume": {orphan},
        "snapshot-of-encrypted-volume": {kept},
    }
    assert world.tags(orphan) == {"Orphan": "true"} and world.tags(kept) == {}


def test_sharing(world, share, shared_with):
    shared, golden, retired = (world.snapshot() for _ in range(3))
    world.tag(golden, Stage="golden")
    world.tag(retired, Stage="retired")
    share(shared, FRIEND, STRANGER)
    share(retired, FRIEND)
    found = world.run(
        "snapshot-share-remove-cross-account", "snapshot-share", "snapshot-unshare-all"
    )
    assert found["snapshot-share-remove-cross-account"] == {shared}
    assert [shared_with(s) for s in (shared, golden, retired)] == [{FRIEND}, {FRIEND}, set()]


def test_a_copy_in_another_region_with_a_key(world):
    world.days_ago(30)
    old = world.snapshot()
    world.days_ago(3)
    golden, plain = world.snapshot(Description="nightly"), world.snapshot()
    for snapshot in (old, golden):
        world.tag(snapshot, Stage="golden")
    kms = world.client("kms", "eu-west-1")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/golden", TargetKeyId=key["KeyId"])

    assert world.run("snapshot-copy-away")["snapshot-copy-away"] == {golden}
    (copied,) = world.snapshots("eu-west-1").values()
    assert (copied["Description"], copied["KmsKeyId"]) == ("nightly", key["Arn"])
    assert copied["Tags"] == [{"Key": "Stage", "Value": "golden"}]
    assert set(world.snapshots()) == {old, golden, plain}
