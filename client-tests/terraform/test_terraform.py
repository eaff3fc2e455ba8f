"""Terraform against a simulator: make, refresh, change, take away; boto3 looks at what is there."""

import os
import pathlib
import shutil
import subprocess

import pytest
from simulator import Simulator

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, FRIEND = "123456789012", "210987654321"
HOME, ABROAD = "us-east-1", "eu-west-1"
NO_CHANGES, CHANGES = 0, 2


class World:
    """A folder of Terraform's and its simulator."""

    def __init__(self, folder):
        self.folder = folder
        shutil.copy(HERE / "main.tf", folder)
        self.simulator = Simulator("--seed", "1", "--pace", "instant", "--log", "off")
        self.run("init", "-get-plugins=false", f"-plugin-dir={os.environ['PLUGINS']}")

    def run(self, *arguments, status=0):
        done = subprocess.run(
            [os.environ["TERRAFORM"], *arguments, "-input=false", "-no-color"],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.folder),
                "CHECKPOINT_DISABLE": "1",
                "TF_IN_AUTOMATION": "1",
                "TF_VAR_endpoint": self.simulator.url,
                "NO_PROXY": "127.0.0.1",
            },
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def apply(self, *variables):
        return self.run("apply", "-auto-approve", *(f"-var={v}" for v in variables))

    def plan(self, status, *variables):
        """What would change: nothing, or something."""
        return self.run("plan", "-detailed-exitcode", *(f"-var={v}" for v in variables), status=status)

    def client(self, service="ec2", region=HOME, account=ACCOUNT):
        return self.simulator.client(service, account, region)

    def image(self, name, region=HOME):
        named = [{"Name": "name", "Values": [name]}]
        (image,) = self.client(region=region).describe_images(Owners=["self"], Filters=named)["Images"]
        return image

    def builder(self):
        running = [{"Name": "instance-state-name", "Values": ["running"]}]
        ((instance,),) = [r["Instances"] for r in self.client().describe_instances(Filters=running)["Reservations"]]
        return instance


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    world = World(tmp_path_factory.mktemp("terraform"))
    yield world
    world.simulator.stop()


def tag(resource, key):
    return {t["Key"]: t["Value"] for t in resource.get("Tags", [])}.get(key)


def test_made(world):
    world.apply()
    golden, registered = world.image("golden"), world.image("registered")
    assert golden["SourceInstanceId"] == world.builder()["InstanceId"]
    assert (golden["Description"], tag(golden, "Stage")) == ("stage new", "new")
    assert [m["DeviceName"] for m in golden["BlockDeviceMappings"]] == ["/dev/xvda", "/dev/sdg"]
    assert registered["BlockDeviceMappings"][1] == {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}
    for account in (ACCOUNT, FRIEND):
        assert world.client(account=account).describe_images(ImageIds=[golden["ImageId"]])["Images"]


def test_copies_are_encrypted_with_their_key(world):
    ec2 = world.client(region=ABROAD)
    (key,) = [k["KeyArn"] for k in world.client("kms", ABROAD).list_keys()["Keys"]]
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert len(snapshots) == 3 and {s.get("KmsKeyId") for s in snapshots} == {key}
    assert world.image("golden", ABROAD)["SourceImageId"] == world.image("golden")["ImageId"]


def test_nothing_to_do_a_second_time(world):
    assert "No changes." in world.plan(NO_CHANGES)


def test_changed(world):
    before = world.image("golden")["ImageId"]
    world.plan(CHANGES, "stage=golden", "size=12")
    world.apply("stage=golden", "size=12")
    golden = world.image("golden")
    assert golden["ImageId"] == before
    assert (golden["Description"], tag(golden, "Stage")) == ("stage golden", "golden")
    assert tag(world.builder(), "Stage") == "golden"
    assert 12 in [v["Size"] for v in world.client().describe_volumes()["Volumes"]]
    world.plan(NO_CHANGES, "stage=golden", "size=12")


def test_what_someone_else_took_away_is_noticed(world):
    world.client().deregister_image(ImageId=world.image("registered")["ImageId"])
    told = world.plan(CHANGES, "stage=golden", "size=12")
    assert "+ aws_ami.registered" in told and "Plan: 1 to add, 0 to change, 0 to destroy." in told


def test_taken_away(world):
    world.run("destroy", "-auto-approve", "-var=stage=golden", "-var=size=12")
    for region in (HOME, ABROAD):
        ec2 = world.client(region=region)
        assert ec2.describe_images(Owners=["self"])["Images"] == []
        assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
        assert ec2.describe_volumes()["Volumes"] == []
    assert world.client().describe_key_pairs()["KeyPairs"] == []
    (key,) = world.client("kms", ABROAD).list_keys()["Keys"]
    metadata = world.client("kms", ABROAD).describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert metadata["KeyState"] == "PendingDeletion"
