"""Work that fails, is slow or is stuck: every fault with every kind of work that rules can name."""

import image_steps as steps
import pytest

LONG = "7d"


@pytest.fixture
def world(start_amisim, account):
    simulator = start_amisim("--seed", "3", "--pace", "real")
    simulator.control.clock(freeze=True)
    return World(simulator, account)


class World:
    """One account; each method begins some work and returns how to look at it: (state, reason)."""

    def __init__(self, simulator, account):
        self.control = simulator.control
        self.ec2, self.ssm = simulator.client("ec2", account), simulator.client("ssm", account)
        self.there = simulator.client("ec2", account, "eu-west-1")

    def wait(self, span=LONG):
        self.control.clock(advance=span)

    def volume(self):
        volume = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        self.wait("1h")
        return volume

    def done_snapshot(self):
        snapshot = self.ec2.create_snapshot(VolumeId=self.volume())["SnapshotId"]
        self.wait("1d")
        return snapshot

    def instance(self):
        instance = steps.run(self.ec2, IamInstanceProfile={"Name": "builder"})
        self.wait("1h")
        return instance

    def look_at_image(self, ec2, image):
        def look():
            found = steps.describe(ec2, image)
            return found["State"], found.get("StateReason", {}).get("Message")

        return look

    def look_at_snapshot(self, ec2, snapshot):
        def look():
            (found,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
            return found["State"], found.get("StateMessage") or None

        return look

    def image(self):
        instance = self.instance()
        return lambda: self.look_at_image(self.ec2, self.ec2.create_image(InstanceId=instance, Name="made")["ImageId"])

    def image_copy(self):
        image = steps.register(self.ec2, self.done_snapshot())
        self.wait("1d")
        return lambda: self.look_at_image(
            self.there, self.there.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="copy")["ImageId"]
        )

    def image_registration(self):
        """It takes time only where the snapshot is still pending."""
        volume = self.volume()

        def begin():
            snapshot = self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
            return self.look_at_image(self.ec2, steps.register(self.ec2, snapshot))

        return begin

    def snapshot(self):
        volume = self.volume()
        return lambda: self.look_at_snapshot(self.ec2, self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"])

    def snapshot_copy(self):
        snapshot = self.done_snapshot()
        return lambda: self.look_at_snapshot(
            self.there,
            self.there.copy_snapshot(SourceSnapshotId=snapshot, SourceRegion="us-east-1")["SnapshotId"],
        )

    def tiering(self):
        snapshot = self.done_snapshot()

        def begin():
            self.ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
            return lambda: (self.ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["StorageTier"], None)

        return begin

    def disk_import(self):
        disk = {"Format": "RAW", "UserBucket": {"S3Bucket": "disks", "S3Key": "disk.raw"}}

        def begin():
            task = self.ec2.import_snapshot(DiskContainer=disk)["ImportTaskId"]

            def look():
                (found,) = self.ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
                detail = found["SnapshotTaskDetail"]
                return detail["Status"], detail.get("StatusMessage")

            return look

        return begin

    def command(self):
        instance = self.instance()

        def begin():
            command = self.ssm.send_command(
                InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]}, TimeoutSeconds=2592000
            )["Command"]["CommandId"]

            def look():
                (found,) = self.ssm.list_command_invocations(CommandId=command, Details=True)["CommandInvocations"]
                said = self.ssm.get_command_invocation(CommandId=command, InstanceId=instance)["StandardErrorContent"]
                return found["Status"], said or None

            return look

        return begin


# Of each: how it is while it works, when it is done, when it failed, and whether a reason shows.
WORK = {
    "image": ("pending", "available", "failed", True),
    "image-copy": ("pending", "available", "failed", True),
    "image-registration": ("pending", "available", "failed", True),
    "snapshot": ("pending", "completed", "error", True),
    "snapshot-copy": ("pending", "completed", "error", True),
    "tiering": ("standard", "archive", "standard", False),
    "import": ("active", "completed", "deleted", True),
    "command": ("InProgress", "Success", "Failed", True),
}


def put(world, work, **fault):
    world.control.put("scenarios/work", {"rules": [{"when": {"jobs": [work]}, "what": {"job": fault}}]})


def begin(world, work):
    return getattr(world, "disk_import" if work == "import" else work.replace("-", "_"))()


@pytest.mark.parametrize("work", WORK)
def test_fails(world, work):
    going, _, failed, says = WORK[work]
    start = begin(world, work)
    put(world, work, fail="It broke.", progress=50)
    look = start()
    assert look()[0] == going
    world.wait()
    assert look() == (failed, "It broke." if says else None)


@pytest.mark.parametrize("work", WORK)
def test_is_stuck_until_the_scenario_ends(world, work):
    going, done, _, _ = WORK[work]
    start = begin(world, work)
    put(world, work, stuck=True)
    look = start()
    world.wait()
    assert look()[0] == going
    world.control.delete("scenarios/work")
    assert look()[0] == going
    world.wait()
    assert look()[0] == done


@pytest.mark.parametrize("work", WORK)
def test_is_slow(world, work):
    going, done, _, _ = WORK[work]
    start = begin(world, work)
    put(world, work, slow=100000)
    look = start()
    world.wait("1d")
    assert look()[0] == going
    for _ in range(40):
        world.wait("36500d")
        if look()[0] == done:
            return
    pytest.fail("it never ends")
