"""A simulator for each test, and the programs of the environment, pointed at it."""

import pathlib
import subprocess
import sys

import image_steps as steps
import pytest
from simulator import Simulator

ACCOUNT, FRIEND = "123456789012", "210987654321"

# ec2imgutils reads keys from here and nowhere else.
ACCOUNTS = f"""
[account-publisher]
access_key_id = {ACCOUNT}
secret_access_key = anything
ssh_key_name = none
ssh_private_key = none
user = publisher
"""


class World:
    def __init__(self, folder):
        self.folder = folder
        (folder / ".ec2utils.conf").write_text(ACCOUNTS)
        self.simulator = Simulator("--seed", "1", "--pace", "instant", "--log", "off")
        self.ec2 = self.simulator.client("ec2", ACCOUNT)

    def run(self, program, *arguments, answers=""):
        """What it printed; it must end well."""
        done = subprocess.run(
            [pathlib.Path(sys.executable).parent / program, *arguments],
            capture_output=True,
            text=True,
            input=answers,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.folder),
                "TERM": "dumb",
                "AWS_ENDPOINT_URL": self.simulator.url,
                "AWS_ACCESS_KEY_ID": ACCOUNT,
                "AWS_SECRET_ACCESS_KEY": "anything",
                "AWS_DEFAULT_REGION": "us-east-1",
                "NO_PROXY": "127.0.0.1",
            },
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def image(self, name):
        """Registered from a snapshot of its own."""
        return steps.register(self.ec2, Name=name, EnaSupport=True)

    def images(self):
        """name -> image"""
        found = self.ec2.describe_images(Owners=["self"], IncludeDeprecated=True)["Images"]
        return {image["Name"]: image for image in found}

    def snapshots(self):
        found = self.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
        return {snapshot["SnapshotId"] for snapshot in found}


def tags(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.simulator.stop()
