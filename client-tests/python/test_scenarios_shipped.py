"""Each scenario of scenarios/, met by a real client."""

import base64
import hashlib
import pathlib

import botocore.exceptions
import image_steps as steps
import pytest
from model import ROOT
from simulator import refused

HERE, THERE = "us-east-1", "eu-west-1"
FAILED = "Copy image failed with an internal error."
CHECKED = set()


class World:
    """A simulator with one scenario, things taking their time, the clock standing still."""

    def __init__(self, simulator, account):
        self.simulator, self.account = simulator, account
        simulator.control.clock(freeze=True)

    def client(self, service="ec2", region=HERE, **config):
        return self.simulator.client(service, self.account, region, **config)

    def wait(self, span="1h"):
        self.simulator.control.clock(advance=span)

    def image(self, region=HERE, **volume):
        ec2 = self.client(region=region)
        made = ec2.create_volume(AvailabilityZone=f"{region}a", Size=1, **volume)
        self.wait()
        snapshot = ec2.create_snapshot(VolumeId=made["VolumeId"])["SnapshotId"]
        self.wait()
        return steps.register(ec2, snapshot, EnaSupport=True)

    def instance(self):
        instance = steps.run(self.client())
        self.wait()
        return instance

    def copy(self, source, region=HERE, source_region=THERE, **more):
        return self.client(region=region).copy_image(
            SourceImageId=source, SourceRegion=source_region, Name=steps.name("copy"), **more
        )["ImageId"]


@pytest.fixture
def world(start_amisim, account, request):
    path = ROOT / f"scenarios/{request.param}.yaml"
    return World(start_amisim("--seed", "3", "--pace", "real", "--scenario", path), account)


def scenario(name):
    CHECKED.add(name)
    return pytest.mark.parametrize("world", [name], indirect=True)


@scenario("aki-missing")
def test_aki_missing(world):
    there = world.client(region=THERE)
    kernel = steps.register(there, *world_snapshots(world, there), VirtualizationType="paravirtual",
                            KernelId="aki-dc9ed9af")
    copied = world.copy(kernel)
    ec2 = world.client()
    assert steps.describe(ec2, copied)["State"] == "pending"
    world.wait("31s")
    image = steps.describe(ec2, copied)
    assert image["State"] == "failed" and "no counterpart" in image["StateReason"]["Message"]


def world_snapshots(world, ec2):
    return steps.snapshots_of(steps.describe(ec2, world.image(ec2.meta.region_name)))


@scenario("key-disabled-halfway")
def test_key_disabled_halfway(world):
    kms, ec2 = world.client("kms"), world.client()
    key = kms.create_key()["KeyMetadata"]["Arn"]
    source = world.image(THERE)
    copied = world.copy(source, Encrypted=True, KmsKeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
    world.wait("2h")
    assert not kms.describe_key(KeyId=key)["KeyMetadata"]["Enabled"]
    image = steps.describe(ec2, copied)
    assert (image["State"], image["StateReason"]["Message"]) == ("failed", FAILED)
    (snapshot,) = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert (snapshot["State"], snapshot["StateMessage"]) == ("error", "Given key ID is not accessible")


@scenario("key-denied")
def test_key_denied(world):
    kms, ec2 = world.client("kms"), world.client()
    key = kms.create_key()["KeyMetadata"]["Arn"]
    copied = world.copy(world.image(THERE), Encrypted=True, KmsKeyId=key)
    world.wait("1m")
    image = steps.describe(ec2, copied)
    assert (image["State"], image["StateReason"]["Message"]) == ("failed", FAILED)


@scenario("image-invisible")
def test_image_invisible(world):
    ec2 = world.client()
    image = ec2.create_image(InstanceId=world.instance(), Name="young")["ImageId"]
    with refused("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"):
        steps.describe(ec2, image)
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    with refused("InvalidAMIID.NotFound"):
        ec2.deregister_image(ImageId=image)
    assert steps.describe(ec2, image)["State"] == "pending"


@scenario("changes-late")
def test_changes_late(world):
    ec2, image = world.client(), world.image()
    ec2.create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": "golden"}])
    golden = [{"Name": "tag:stage", "Values": ["golden"]}]
    assert steps.ids(ec2.describe_images(Filters=golden)) == []
    with pytest.raises(botocore.exceptions.WaiterError):
        ec2.get_waiter("image_exists").wait(Filters=golden, WaiterConfig={"Delay": 0, "MaxAttempts": 2})
    world.wait("30s")
    assert steps.ids(ec2.describe_images(Filters=golden)) == [image]


@scenario("copy-stuck")
def test_copy_stuck(world):
    copied = world.copy(world.image(THERE))
    waiter = world.client().get_waiter("image_available")
    assert waiter.config.delay * waiter.config.max_attempts == 600
    world.wait("30d")
    with pytest.raises(botocore.exceptions.WaiterError, match="Max attempts exceeded"):
        waiter.wait(ImageIds=[copied], WaiterConfig={"Delay": 0, "MaxAttempts": 3})


@scenario("throttled-pipeline")
def test_throttled_pipeline(world):
    ec2 = world.client()
    for _ in range(4):
        ec2.describe_regions()
    with refused("RequestLimitExceeded", "Request limit exceeded."):
        ec2.describe_regions()
    world.simulator.control.clock(freeze=False)
    patient = world.simulator.aws(
        "ec2 describe-regions", world.account, AWS_MAX_ATTEMPTS="8", AWS_RETRY_MODE="standard"
    )
    assert patient.json["Regions"]


@scenario("reboot-never-returns")
def test_reboot_never_returns(world):
    ec2, instance = world.client(), world.instance()

    def status():
        (found,) = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
        return found["InstanceStatus"]["Status"], found["InstanceStatus"]["Details"][0]["Status"]

    assert status() == ("ok", "passed")
    ec2.create_image(InstanceId=instance, Name="with-reboot")
    assert status() == ("initializing", "initializing")
    world.wait("1d")
    assert status() == ("impaired", "failed")
    world.simulator.control.delete("scenarios/reboot-never-returns")
    ec2.reboot_instances(InstanceIds=[instance])
    world.wait()
    assert status() == ("ok", "passed")


@scenario("answer-lost")
def test_answer_lost(world):
    ec2, instance = world.client(), world.instance()
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        ec2.create_image(InstanceId=instance, Name="once")
    with refused("InvalidAMIName.Duplicate"):
        ec2.create_image(InstanceId=instance, Name="once")
    assert [i["Name"] for i in ec2.describe_images(Owners=["self"])["Images"]] == ["once"]


@scenario("orphaned-snapshots")
def test_orphaned_snapshots(world):
    ec2, image = world.client(), world.image()
    (snapshot,) = steps.snapshots_of(steps.describe(ec2, image))
    with refused("UnauthorizedOperation"):
        ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    ec2.deregister_image(ImageId=image)
    with refused("UnauthorizedOperation", "You are not authorized to perform this operation."):
        ec2.delete_snapshot(SnapshotId=snapshot)
    world.wait("30d")
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert snapshot in str(world.simulator.control.get(f"cost?account={world.account}"))


@scenario("base-deprecated")
def test_base_deprecated(world):
    ec2 = world.client()
    name = "al2023-ami-2023.12.20260930.0-kernel-6.1-x86_64"
    wanted = {"Owners": ["amazon"], "Filters": [{"Name": "name", "Values": [name]}]}
    (base,) = ec2.describe_images(**wanted)["Images"]
    world.wait("2h")
    assert ec2.describe_images(**wanted)["Images"] == []
    (old,) = ec2.describe_images(**wanted, IncludeDeprecated=True)["Images"]
    assert old["ImageId"] == base["ImageId"] and old["DeprecationTime"] < base["DeprecationTime"]
    steps.run(ec2, ImageId=base["ImageId"])


@scenario("shared-without-key")
def test_shared_without_key(world):
    ec2, image = world.client(), world.image(Encrypted=True)
    instance = steps.run(ec2, ImageId=image)
    world.wait("5m")
    (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    (found,) = reservation["Instances"]
    assert found["State"]["Name"] == "terminated"
    assert "KMS key" in found["StateReason"]["Message"]


@scenario("region-outage")
def test_region_outage(world):
    source = world.image(HERE)
    world.simulator.control.post("reset")  # the hour of the outage begins anew
    world.simulator.control.clock(freeze=True)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        world.client(region=THERE).describe_images(Owners=["self"])
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert source and world.client(region="eu-central-1").describe_images(Owners=["self"])
    world.wait()
    assert world.client(region=THERE).describe_images(Owners=["self"])["Images"] == []


@scenario("no-capacity")
def test_no_capacity(world):
    ec2 = world.client()
    for _ in range(2):
        with refused("InsufficientInstanceCapacity"):
            steps.run(ec2)
    assert steps.run(ec2)


@scenario("damaged-blocks")
def test_damaged_blocks(world):
    ebs = world.client("ebs")
    block = bytes(512 * 1024)
    checksum = base64.b64encode(hashlib.sha256(block).digest()).decode()
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    for index in range(3):
        ebs.put_snapshot_block(
            SnapshotId=snapshot, BlockIndex=index, BlockData=block, DataLength=len(block),
            Checksum=checksum, ChecksumAlgorithm="SHA256",
        )
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=3)
    world.wait()
    seen = []
    for found in ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]:
        answer = ebs.get_snapshot_block(
            SnapshotId=snapshot, BlockIndex=found["BlockIndex"], BlockToken=found["BlockToken"]
        )
        digest = hashlib.sha256(answer["BlockData"].read()).digest()
        seen.append(base64.b64encode(digest).decode() == answer["Checksum"])
    assert seen == [True, True, False]


def test_each_of_them_is_met_and_tells_its_story(start_amisim):
    shipped = {path.stem: path for path in pathlib.Path(ROOT / "scenarios").glob("*.yaml")}
    assert shipped.keys() == CHECKED
    simulator = start_amisim(*[word for path in shipped.values() for word in ("--scenario", path)])
    listed = simulator.control.get("scenarios")["scenarios"]
    assert {found["name"] for found in listed} == CHECKED
    assert all(len(found["story"]) > 20 for found in listed)
