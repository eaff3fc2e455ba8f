"""Builds that end well: every image, snapshot, key, tag and permission is looked at."""

from conftest import ABROAD, FRIEND, HOME, disks, tags


def shared_with(world, region, image):
    permissions = world.client("ec2", region).describe_image_attribute(
        ImageId=image["ImageId"], Attribute="launchPermission"
    )["LaunchPermissions"]
    return [permission.get("UserId") or permission["Group"] for permission in permissions]


def snapshot_shared_with(world, region, snapshot):
    permissions = world.client("ec2", region).describe_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission"
    )["CreateVolumePermissions"]
    return [permission["UserId"] for permission in permissions]


def check_golden(world, region):
    """As image.json describes it, and nothing beside it; returns its id."""
    image = world.image(region)
    assert (image["Name"], image["State"]) == ("packer-golden", "available")
    assert image["Description"] == "made by Packer"
    assert tags(image) == {"Stage": "golden"}
    assert shared_with(world, region, image) == [FRIEND]
    ((id, snapshot),) = world.snapshots(region).items()
    (disk,) = disks(image).values()
    assert (disk["SnapshotId"], disk["Encrypted"]) == (id, True)
    assert snapshot["KmsKeyId"] == world.keys[region]
    assert tags(snapshot) == {"Stage": "golden"}
    assert snapshot_shared_with(world, region, id) == [FRIEND]
    assert not any(world.scaffolding(region).values())
    return image["ImageId"]


def test_encrypted_in_two_regions_and_once_more(world):
    built = []
    for _ in range(2):
        said = world.build("image.json")
        built.append({region: check_golden(world, region) for region in (HOME, ABROAD)})
        for region, image in built[-1].items():
            assert f"{region}: {image}" in said
    assert not set(built[0].values()) & set(built[1].values())


def test_keys_by_alias(world):
    for region, key in world.keys.items():
        world.client("kms", region).create_alias(AliasName="alias/golden", TargetKeyId=key)
    world.build("image.json", HOME_KEY="alias/golden", COPY_KEY="alias/golden")
    for region in (HOME, ABROAD):
        check_golden(world, region)


def test_disks_tags_and_network(world):
    world.build("devices.pkr.hcl")
    image = world.image(ABROAD)
    (base,) = world.client("ec2", ABROAD).describe_images(
        ImageIds=[image["Description"].removeprefix("of ")]
    )["Images"]
    assert (image["Name"], image["Architecture"]) == ("devices", "arm64")
    assert (image["EnaSupport"], image["VirtualizationType"]) == (True, "hvm")
    assert tags(image) == {"Base": base["Name"], "Region": ABROAD}
    found = disks(image)
    assert found.pop("/dev/sdg") == "ephemeral0"
    root, data, blank = found["/dev/xvda"], found["/dev/sdf"], found["/dev/sdh"]
    assert len(found) == 3
    assert (root["VolumeSize"], root["VolumeType"], root["DeleteOnTermination"]) == (20, "gp2", True)
    assert (data["VolumeSize"], data["VolumeType"], data["Iops"]) == (6, "io1", 120)
    assert data["Encrypted"]
    assert (blank["VolumeSize"], "SnapshotId" in blank) == (5, False)
    snapshots = world.snapshots(ABROAD)
    assert set(snapshots) == {root["SnapshotId"], data["SnapshotId"]}
    # those of the image, too
    assert all(
        tags(snapshot) == {**tags(image), "Stage": "golden"} for snapshot in snapshots.values()
    )
    assert not snapshots[root["SnapshotId"]]["Encrypted"]
    assert snapshots[data["SnapshotId"]]["Encrypted"]
    assert not any(world.scaffolding(ABROAD).values())


def test_public(world):
    world.client("ec2", ABROAD).disable_image_block_public_access()
    world.build("devices.pkr.hcl", "-var", 'groups=["all"]', "-var", "encrypted=false")
    image = world.image(ABROAD)
    assert image["Public"] and shared_with(world, ABROAD, image) == ["all"]


def test_the_scaffolding_while_it_stands(world):
    """Public sharing is blocked at first: the build ends there, and is told to leave all as it is."""
    said = world.failed_build("devices.pkr.hcl", "-on-error=abort", "-var", 'groups=["all"]')
    assert "block public access for AMIs is enabled" in said
    (instance,) = world.instances(ABROAD)
    base = instance["ImageId"]
    assert tags(instance) == {"Name": "Packer Builder", "Stage": "building", "Base": base}
    assert (instance["State"]["Name"], instance["InstanceType"]) == ("stopped", "m6g.large")
    assert instance["Placement"]["AvailabilityZone"] == "eu-west-1b"
    assert instance["EbsOptimized"] and instance["EnaSupport"]
    (interface,) = instance["NetworkInterfaces"]
    (group,) = interface["Groups"]
    left = world.scaffolding(ABROAD)
    assert left["groups"] == [group["GroupName"]] and left["keys"] == [instance["KeyName"]]
    volumes = world.volumes(ABROAD)
    assert {volume["Size"] for volume in volumes} == {20, 6}
    assert all(tags(volume) == {"Stage": "building"} for volume in volumes)
    assert not tags(world.image(ABROAD))  # it would have been tagged after the share


def test_surrogate(world):
    """The image is made of the second and third disk; the fourth is left out of it."""
    world.build("surrogate.json")
    for region in (HOME, ABROAD):
        image = world.image(region)
        assert (image["Name"], image["RootDeviceName"]) == ("surrogate", "/dev/xvda")
        assert (image["Architecture"], image["EnaSupport"]) == ("x86_64", True)
        assert image["Description"] == "the second disk" and tags(image) == {"Stage": "golden"}
        assert shared_with(world, region, image) == [FRIEND]
        found, snapshots = disks(image), world.snapshots(region)
        assert {name: disk["VolumeSize"] for name, disk in found.items()} == {
            "/dev/xvda": 4, "/dev/xvdg": 2
        }
        assert set(snapshots) == {disk["SnapshotId"] for disk in found.values()}
        assert {snapshot["VolumeSize"] for snapshot in snapshots.values()} == {4, 2}
        assert all(tags(snapshot) == {"Stage": "golden-disk"} for snapshot in snapshots.values())
        assert not any(world.scaffolding(region).values())


def test_volumes(world):
    """No image at all: two volumes stay, with tags of their own instead of those of the build."""
    world.build("volumes.json")
    volumes = {tags(volume)["Name"]: volume for volume in world.volumes()}
    data, logs = volumes.pop("data"), volumes.pop("logs")
    assert not volumes
    assert set(tags(data)) == {"Name", "Base"} and set(tags(logs)) == {"Name"}
    assert (data["State"], data["VolumeType"], data["Size"], data["Iops"]) == (
        "available", "io1", 4, 100
    )
    assert (logs["State"], logs["VolumeType"], logs["Encrypted"]) == ("available", "st1", True)
    assert not world.images() and not world.snapshots()
    assert world.scaffolding() == {
        "instances": [], "keys": [], "groups": [], "templates": [],
        "volumes": [data["VolumeId"], logs["VolumeId"]],
    }
