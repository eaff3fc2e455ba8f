"""A simulator for each test, `packer build` against it, and what is there afterwards."""

import json
import os
import pathlib
import subprocess

import pytest
from simulator import Simulator

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, FRIEND = "123456789012", "210987654321"
HOME, ABROAD = "us-east-1", "eu-west-1"
GONE = ("shutting-down", "terminated")


class World:
    def __init__(self, folder, *options):
        self.folder = folder
        self.simulator = Simulator("--seed", "1", "--pace", "instant", "--log", "off", *options)
        self.control = self.simulator.control
        self.keys = {region: self.key(region) for region in (HOME, ABROAD)}

    def client(self, service, region=HOME, account=ACCOUNT):
        return self.simulator.client(service, account, region)

    def key(self, region):
        return self.client("kms", region).create_key()["KeyMetadata"]["Arn"]

    # ---- Packer ----

    def packer(self, *arguments, **environment):
        """Starts it; what it says can be read from .stdout, and it ends in .returncode."""
        return subprocess.Popen(
            ["packer", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # signals go to all of its processes, as from a terminal
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "CHECKPOINT_DISABLE": "1",
                "PACKER_NO_COLOR": "1",
                # its snapshots of several disks write one map side by side, which Go ends the process for
                "GOMAXPROCS": "1",
                "PACKER_CACHE_DIR": str(self.folder / "cache"),
                "AWS_ENDPOINT_URL": self.simulator.url,
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_POLL_DELAY_SECONDS": "1",
                "NO_PROXY": "127.0.0.1",
                "HOME_KEY": self.keys[HOME],
                "COPY_KEY": self.keys[ABROAD],
                "PKR_VAR_endpoint": self.simulator.url,
                **environment,
            },
        )

    def build(self, template, *options, **environment):
        """What a build said that must end well."""
        status, said = self.try_build(template, *options, **environment)
        assert status == 0, said
        return said

    def failed_build(self, template, *options, **environment):
        status, said = self.try_build(template, *options, **environment)
        assert status == 1, said
        return said

    def try_build(self, template, *options, **environment):
        process = self.packer("build", *options, self.template(template), **environment)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    @staticmethod
    def template(name):
        return str(HERE / name)

    def requests(self):
        """All calls of Packer, with the codes of those that were refused."""
        lines = self.simulator.send("GET", "/_amisim/requests").body.splitlines()
        return [json.loads(line) for line in lines]

    # ---- What is there ----

    def images(self, region=HOME):
        return self.client("ec2", region).describe_images(Owners=["self"])["Images"]

    def image(self, region=HOME):
        """The only one."""
        (image,) = self.images(region)
        return image

    def snapshots(self, region=HOME):
        found = self.client("ec2", region).describe_snapshots(OwnerIds=["self"])["Snapshots"]
        return {snapshot["SnapshotId"]: snapshot for snapshot in found}

    def instances(self, region=HOME):
        reservations = self.client("ec2", region).describe_instances()["Reservations"]
        instances = [i for reservation in reservations for i in reservation["Instances"]]
        return [i for i in instances if i["State"]["Name"] not in GONE]

    def volumes(self, region=HOME):
        return self.client("ec2", region).describe_volumes()["Volumes"]

    def scaffolding(self, region=HOME):
        """What a build puts up for itself and has to take down again."""
        ec2 = self.client("ec2", region)
        groups = ec2.describe_security_groups()["SecurityGroups"]
        return {
            "instances": [i["InstanceId"] for i in self.instances(region)],
            "volumes": [v["VolumeId"] for v in self.volumes(region)],
            "keys": [k["KeyName"] for k in ec2.describe_key_pairs()["KeyPairs"]],
            "groups": [g["GroupName"] for g in groups if g["GroupName"] != "default"],
            "templates": ec2.describe_launch_templates()["LaunchTemplates"],
        }

    def nothing_is_left(self, region=HOME):
        """Neither scaffolding nor what was to become of it."""
        return (
            not any(self.scaffolding(region).values())
            and not self.images(region)
            and not self.snapshots(region)
        )


def tags(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def disks(image):
    """Device name -> EBS settings, or the virtual name."""
    return {m["DeviceName"]: m.get("Ebs", m.get("VirtualName")) for m in image["BlockDeviceMappings"]}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.simulator.stop()
