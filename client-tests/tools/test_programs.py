"""Programs that publish, deprecate, remove, download and clean up."""

import image_steps as steps
from conftest import FRIEND, tags

GIB = 2**30
OURS = ("--account", "publisher", "--regions", "us-east-1")


def test_ec2imgutils(world):
    old, new = world.image("suse-v1"), world.image("suse-v2")
    listed = world.run("ec2listimg", *OURS, "--verbose", "1")
    assert all(word in listed for word in ("suse-v1", old, "suse-v2", new))

    world.run("ec2publishimg", *OURS, "--image-name", "suse-v1", "--share-with", FRIEND)
    permissions = world.ec2.describe_image_attribute(ImageId=old, Attribute="launchPermission")
    assert permissions["LaunchPermissions"] == [{"UserId": FRIEND}]
    world.ec2.disable_image_block_public_access()
    world.run("ec2publishimg", *OURS, "--image-name", "suse-v2")
    assert world.images()["suse-v2"]["Public"]

    world.run("ec2deprecateimg", *OURS, "--image-name", "suse-v1", "--replacement-name", "suse-v2")
    deprecated = world.images()["suse-v1"]
    assert tags(deprecated)["Replacement image"] == f"{new} -- suse-v2"
    assert "DeprecationTime" in deprecated

    world.run("ec2removeimg", *OURS, "--image-name", "suse-v1")
    assert set(world.images()) == {"suse-v2"} and len(world.snapshots()) == 1


def test_dsnap(world):
    """A disk is downloaded block by block through EBS direct; its digests are checked on the way."""
    image = steps.describe(world.ec2, steps.public_image(world.ec2))
    disk = image["BlockDeviceMappings"][0]["Ebs"]
    volume = world.ec2.create_volume(AvailabilityZone="us-east-1a", SnapshotId=disk["SnapshotId"])
    snapshot = world.ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    assert snapshot in world.run("dsnap", "list")
    world.run("dsnap", "get", snapshot, "--output", str(world.folder))
    with open(world.folder / f"{snapshot}.img", "rb") as image:
        image.seek(1080)
        assert image.read(2) == b"\x53\xef"  # ext4
        assert image.seek(0, 2) == disk["VolumeSize"] * GIB
    world.run("dsnap", "delete", snapshot)
    assert world.snapshots() == set()


def test_amicleaner(world):
    for version in (1, 2, 3):
        world.image(f"golden-{version}")
    steps.run(world.ec2, ImageId=world.images()["golden-1"]["ImageId"])
    by_name = ("--mapping-key", "name", "--mapping-values", "golden")
    report = world.run("amicleaner", *by_name, "--keep-previous", "1", "--force-delete")
    assert "golden" in report
    left = set(world.images())
    assert "golden-1" in left and len(left) == 2  # it runs, and one of the others is kept
    assert len(world.snapshots()) == 2


def test_amicleaner_by_id(world):
    image = world.image("golden")
    world.run("amicleaner", "--from-ids", image, answers="y\n")
    assert world.images() == {} and world.snapshots() == set()


def test_amicleaner_of_orphans(world):
    """It goes by the description that CreateImage gives to a snapshot."""
    instance = steps.run(world.ec2)
    for name in ("kept", "gone"):
        world.ec2.create_image(InstanceId=instance, Name=name)
    world.ec2.deregister_image(ImageId=world.images()["gone"]["ImageId"])
    other = steps.snapshot(world.ec2)
    world.run("amicleaner", "--check-orphans", answers="y\n")
    disk = world.images()["kept"]["BlockDeviceMappings"][0]["Ebs"]
    assert world.snapshots() == {disk["SnapshotId"], other}
