"""Real blocks: what reboot and no-reboot do to the files of a guest, judged by the real e2fsck."""

import urllib.error

import pytest
from guests import World


@pytest.fixture
def world(start_amisim, account, tmp_path):
    """A simulator whose clock stands still: writeback happens when the test says so."""
    simulator = start_amisim("--seed", "1", "--pace", "instant")
    simulator.control.clock(freeze=True)
    return World(simulator, account, tmp_path)


def test_a_reboot_keeps_every_file(world):
    instance = world.launch()
    world.guest(instance).write("/srv/data", b"x" * 100_000)
    image = world.image_of(instance)
    disk = world.disk(image)
    assert disk.fsck()[0] == 0, disk.fsck()
    assert disk.state() == "clean"
    assert disk.read("/srv/data") == b"x" * 100_000
    assert b"al2023" in disk.read("/etc/os-release")
    told = world.consistency(image)
    assert told["consistent"] and told["lostFiles"] == 0
    assert "CreateImage" in world.console(instance)


def test_without_a_reboot_what_was_not_flushed_is_lost(world):
    instance = world.launch()
    guest = world.guest(instance)
    guest.write("/srv/old", b"first")
    guest.write("/srv/gone", b"soon removed")
    world.control.clock(advance="31s")  # writeback
    guest.write("/srv/old", b"second, longer than the first")
    guest.write("/srv/new", b"never flushed")
    guest.remove("/srv/gone")
    image = world.image_of(instance, NoReboot=True)
    disk = world.disk(image)
    assert disk.state() == "not clean"
    assert disk.read("/srv/old") == b"first"  # cut short
    assert disk.read("/srv/new") is None
    assert disk.read("/srv/gone") == b"soon removed"
    told = world.consistency(image)
    assert not told["consistent"] and told["lostFiles"] == 3
    [volume] = told["volumes"]
    assert {(lost["path"], lost["what"]) for lost in volume["lost"]} == {
        ("/srv/old", "stale"),
        ("/srv/new", "missing"),
        ("/srv/gone", "not removed"),
    }
    assert "3 changed files" in told["summary"]
    # the guest itself lost nothing
    assert guest.read("/srv/new") == b"never flushed"
    assert guest.read("/srv/old") == b"second, longer than the first"


def test_an_instance_from_an_inconsistent_image_shows_the_damage(world):
    instance = world.launch()
    world.guest(instance).write("/srv/lost", b"not yet on the disk")
    image = world.image_of(instance, NoReboot=True)
    again = world.launch(image["ImageId"])
    assert "recovery complete" in world.console(again)
    with pytest.raises(urllib.error.HTTPError):
        world.guest(again).read("/srv/lost")
    # its own shutdown leaves a clean disk
    assert world.disk(world.image_of(again, name="healed")).state() == "clean"


def test_a_clean_image_boots_without_recovery(world):
    instance = world.launch()
    world.guest(instance).write("/srv/kept", b"data")
    again = world.launch(world.image_of(instance)["ImageId"])
    assert "recovery" not in world.console(again)
    assert world.guest(again).read("/srv/kept") == b"data"


def lost_below(world, folder, image):
    """What the image caught too early; what a boot writes elsewhere waits for its writeback, too."""
    volumes = world.consistency(image)["volumes"]
    return [lost["path"] for volume in volumes for lost in volume["lost"] if lost["path"].startswith(folder)]


@pytest.mark.parametrize("flush", ["sync", "stop", "reboot", "writeback"])
def test_what_flushes(world, flush):
    instance = world.launch()
    guest = world.guest(instance)
    guest.write("/srv/data", b"data")
    if flush == "sync":
        guest.sync()
    elif flush == "stop":
        world.ec2.stop_instances(InstanceIds=[instance])
        world.ec2.start_instances(InstanceIds=[instance])
    elif flush == "reboot":
        world.ec2.reboot_instances(InstanceIds=[instance])
    else:
        world.control.clock(advance="29s")
        assert lost_below(world, "/srv", world.image_of(instance, "early", NoReboot=True)) == ["/srv/data"]
        world.control.clock(advance="1s")
    image = world.image_of(instance, NoReboot=True)
    assert world.disk(image).read("/srv/data") == b"data"
    assert lost_below(world, "/srv", image) == []


def test_terminating_loses_the_cache(world):
    mapping = [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}]
    instance = world.launch(BlockDeviceMappings=mapping)
    guest = world.guest(instance)
    guest.write("/srv/kept", b"flushed")
    guest.sync()
    guest.write("/srv/lost", b"in the cache")
    [volume] = world.ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"]
    world.ec2.terminate_instances(InstanceIds=[instance])
    snapshot = world.ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    disk = world.disk({"BlockDeviceMappings": [{"Ebs": {"SnapshotId": snapshot}}]})
    assert disk.read("/srv/kept") == b"flushed" and disk.read("/srv/lost") is None


@pytest.mark.parametrize("how", [{"Force": True}, {"SkipOsShutdown": True}])
def test_a_hard_stop_loses_the_cache_and_leaves_the_mark(world, how):
    instance = world.launch()
    guest = world.guest(instance)
    guest.write("/srv/kept", b"flushed")
    guest.sync()
    guest.write("/srv/lost", b"in the cache")
    world.ec2.stop_instances(InstanceIds=[instance], **how)
    disk = world.disk(world.image_of(instance))
    assert disk.state() == "not clean"
    assert disk.read("/srv/kept") == b"flushed" and disk.read("/srv/lost") is None
    world.ec2.start_instances(InstanceIds=[instance])
    assert "recovery complete" in world.console(instance)


def test_volumes_caught_apart_can_disagree(world):
    mapping = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}]
    instance = world.launch(BlockDeviceMappings=mapping)
    guest = world.guest(instance)
    guest.write("/srv/journal", b"1")
    guest.write("/mnt/sdf/table", b"1")
    guest.sync()
    volumes = world.ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance]}])["Volumes"]
    device = {v["Attachments"][0]["Device"]: v["VolumeId"] for v in volumes}
    root = world.ec2.create_snapshot(VolumeId=device["/dev/xvda"])["SnapshotId"]
    guest.write("/srv/journal", b"2")
    guest.write("/mnt/sdf/table", b"2")
    guest.sync()
    world.control.clock(advance="5s")
    data = world.ec2.create_snapshot(VolumeId=device["/dev/sdf"])["SnapshotId"]
    made = world.ec2.register_image(
        Name="apart",
        Architecture="x86_64",
        VirtualizationType="hvm",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": root}},
            {"DeviceName": "/dev/sdf", "Ebs": {"SnapshotId": data}},
        ],
    )["ImageId"]
    [image] = world.ec2.describe_images(ImageIds=[made])["Images"]
    assert world.disk(image, 0).read("/srv/journal") == b"1"
    assert world.disk(image, 1).read("/table") == b"2"
    told = world.consistency(image)
    assert not told["sameMoment"] and "different moments" in told["summary"]
    # one CreateImage catches both at one instant
    both = world.consistency(world.image_of(instance, NoReboot=True))
    assert both["sameMoment"] and len(both["volumes"]) == 2


def test_a_launch_writes_nothing_and_copies_share(world):
    def blocks():
        return len(world.control.get("state")["tables"]["block"]["rows"])

    instance = world.launch()
    image = world.image_of(instance)
    before = blocks()
    for _ in range(3):
        world.launch(image["ImageId"])
    copy = world.ec2.copy_image(SourceImageId=image["ImageId"], SourceRegion="us-east-1", Name="copy")["ImageId"]
    assert blocks() == before
    [shown] = world.ec2.describe_images(ImageIds=[copy])["Images"]
    assert world.disk(shown).fsck()[0] == 0


def test_folders(world):
    instance = world.launch()
    guest = world.guest(instance)
    guest.write("/srv/a/one", b"1")
    guest.sync()
    guest.write("/srv/a/two", b"22")
    guest.remove("/srv/a/one")
    listing = world.control.get(f"guests/{instance}/files/srv/a")
    assert [(e["name"], e["type"], e["size"]) for e in listing["entries"]] == [("two", "file", 2)]
    root = world.control.get(f"guests/{instance}/files")
    assert {"etc", "srv", "lost+found"} <= {e["name"] for e in root["entries"]}


def test_refusals(world):
    instance = world.launch()
    refused = world.control.refused
    assert refused("GET", f"guests/{instance}/files/nothing") == (404, "NoSuchFile")
    assert refused("PUT", f"guests/{instance}/files/a/..%2F..%2Fetc") == (400, "BadPath")
    assert refused("DELETE", f"guests/{instance}/files/nothing") == (404, "NoSuchFile")
    assert refused("GET", "guests/i-0123456789abcdef1/files") == (404, "NoSuchInstance")
    world.ec2.stop_instances(InstanceIds=[instance])
    assert refused("GET", f"guests/{instance}/files") == (409, "GuestNotRunning")
    assert refused("GET", "images/ami-0123456789abcdef1/consistency") == (404, "NoSuchImage")
