"""The life of main.tf: created, nothing to do, updated, repaired after others removed things, destroyed."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest
from simulator import Simulator

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, FRIEND = "123456789012", "210987654321"
NOTHING, CHANGES = 0, 2  # how plan -detailed-exitcode ends


class World:
    def __init__(self, folder):
        self.folder = folder
        self.simulator = Simulator("--seed", "1", "--pace", "instant", "--log", "off")
        self.ec2, self.kms, self.ssm = (self.simulator.client(name, ACCOUNT) for name in ("ec2", "kms", "ssm"))
        shutil.copy(HERE / "main.tf", folder)
        self.terraform("init", f"-plugin-dir={os.environ['TF_PLUGINS']}")

    def terraform(self, command, *arguments, ends=(0,)):
        done = subprocess.run(
            ["terraform", command, "-no-color", *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=400,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "CHECKPOINT_DISABLE": "1",
                "TF_IN_AUTOMATION": "1",
                "AWS_ENDPOINT_URL": self.simulator.url,
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "NO_PROXY": "127.0.0.1",
            },
        )
        assert done.returncode in ends, done.stdout + done.stderr
        return done

    def apply(self, stage):
        self.terraform("apply", "-auto-approve", "-input=false", f"-var=stage={stage}")

    def plan(self, stage):
        """Resource -> actions, without those that stay as they are."""
        done = self.terraform(
            "plan", "-input=false", "-detailed-exitcode", "-out=plan", f"-var=stage={stage}", ends=(NOTHING, CHANGES)
        )
        shown = json.loads(self.terraform("show", "-json", "plan").stdout)
        actions = {r["address"]: r["change"]["actions"] for r in shown["resource_changes"]}
        changes = {address: what for address, what in actions.items() if what != ["no-op"]}
        assert bool(changes) == (done.returncode == CHANGES)
        return changes

    def state(self):
        """Resource -> its attributes."""
        shown = json.loads(self.terraform("show", "-json").stdout)
        return {r["address"]: r["values"] for r in shown["values"]["root_module"]["resources"]}

    def images(self):
        return {image["Name"]: image for image in self.ec2.describe_images(Owners=["self"])["Images"]}

    def instance(self):
        (reservation,) = self.ec2.describe_instances(
            Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
        )["Reservations"]
        return reservation["Instances"][0]

    def codes(self):
        """What was refused, and with which code."""
        lines = self.simulator.send("GET", "/_amisim/requests").body.splitlines()
        return {(r.get("operation"), r["code"]) for r in map(json.loads, lines) if "code" in r}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.simulator.stop()


def tags(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def created_as_written(world):
    state, images = world.state(), world.images()
    assert set(images) == {"registered", "image", "copy"}
    assert state["aws_ami.registered"]["id"] == images["registered"]["ImageId"]
    assert images["registered"]["ImdsSupport"] == "v2.0"
    assert images["registered"]["DeprecationTime"] == "2030-01-01T00:00:00.000Z"
    permissions = world.ec2.describe_image_attribute(
        ImageId=images["registered"]["ImageId"], Attribute="launchPermission"
    )["LaunchPermissions"]
    assert permissions == [{"UserId": FRIEND}]
    assert len(images["image"]["BlockDeviceMappings"]) == 2
    assert [mapping["Ebs"]["Encrypted"] for mapping in images["copy"]["BlockDeviceMappings"]] == [True]
    assert tags(images["image"]) == {"Stage": "one"}
    assert tags(world.instance()) == {"Name": "builder", "Stage": "one"}
    assert state["aws_instance.builder"]["root_block_device"][0]["volume_size"] == 12
    assert world.ssm.get_parameter(Name="/images/golden")["Parameter"]["Value"] == images["image"]["ImageId"]


def updated_in_place(world):
    before = world.instance()["InstanceId"]
    planned = world.plan("two")
    assert set(map(tuple, planned.values())) == {("update",)}
    world.apply("two")
    images = world.images()
    assert images["registered"]["Description"] == "stage two"
    assert images["registered"]["DeprecationTime"] == "2031-01-01T00:00:00.000Z"
    assert {name: tags(image)["Stage"] for name, image in images.items()} == dict.fromkeys(images, "two")
    assert world.instance()["InstanceId"] == before
    volumes = world.ec2.describe_volumes()["Volumes"]
    assert sorted((v["Size"], v["Throughput"]) for v in volumes) == [(4, 200), (14, 125)]
    assert world.ssm.get_parameter(Name="/images/golden")["Parameter"]["Value"] == images["copy"]["ImageId"]
    assert world.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/images/golden")["TagList"] == [
        {"Key": "Stage", "Value": "two"}
    ]


def repaired(world):
    """What somebody else removed is found missing and made again; returns the snapshots that nobody has now."""
    images = world.images()
    state = world.state()
    orphans = set()
    for name in ("copy", "image"):
        orphans |= {mapping["Ebs"]["SnapshotId"] for mapping in images[name]["BlockDeviceMappings"]}
        world.ec2.deregister_image(ImageId=images[name]["ImageId"])
    world.ec2.delete_snapshot(SnapshotId=state["aws_ebs_snapshot_copy.data"]["id"])
    world.ec2.delete_launch_template(LaunchTemplateName="golden")
    world.ec2.reset_image_attribute(ImageId=images["registered"]["ImageId"], Attribute="launchPermission")
    world.ssm.delete_parameter(Name="/images/golden")
    missing = {
        "aws_ami_copy.copy",
        "aws_ami_from_instance.image",
        "aws_ebs_snapshot_copy.data",
        "aws_launch_template.golden",
        "aws_ami_launch_permission.friend",
        "aws_ssm_parameter.golden",
    }
    assert world.plan("two") == dict.fromkeys(missing, ["create"])
    world.apply("two")
    assert world.plan("two") == {}
    return orphans


def destroyed(world, orphans):
    world.terraform("destroy", "-auto-approve", "-input=false", "-var=stage=two")
    assert world.images() == {}
    assert world.ec2.describe_volumes()["Volumes"] == []
    states = [
        i["State"]["Name"] for r in world.ec2.describe_instances()["Reservations"] for i in r["Instances"]
    ]
    assert states == ["terminated"]
    snapshots = world.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {snapshot["SnapshotId"] for snapshot in snapshots} == orphans
    assert world.ec2.describe_key_pairs()["KeyPairs"] == []


def test_a_life(world):
    world.apply("one")
    created_as_written(world)
    assert world.plan("one") == {}
    updated_in_place(world)
    assert world.plan("two") == {}
    destroyed(world, repaired(world))
    assert {operation for operation, code in world.codes() if code == "UnsupportedOperation"} == set()
