"""A world that began half a year ago, a way back to the machine's present, and `custodian run`.

Custodian tells ages by the machine's time. So what a test wants to be old is made while the simulator's
clock is in the past (`world.days_ago(100)`), and `world.run()` first sets that clock to the present.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.request

import boto3
import botocore.config
import pytest

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, FRIEND, STRANGER = "123456789012", "210987654321", "333344445555"
ZONE = "us-east-1a"
IDS = {
    "aws.ami": "ImageId",
    "aws.ebs": "VolumeId",
    "aws.ebs-snapshot": "SnapshotId",
    "aws.ec2": "InstanceId",
}
CUSTODIAN = pathlib.Path(sys.executable).parent / "custodian"


def utc(days_ago=0):
    """By the machine's clock."""
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days_ago)


class World:
    def __init__(self, folder):
        self.folder = folder
        self.process = subprocess.Popen(
            [os.environ["AMISIM"], "--port", "0", "--seed", "1", "--pace", "instant"]
            + ["--log", "off", "--clock", f"{utc(days_ago=180):%Y-%m-%dT%H:%M:%SZ}"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = re.search(r"ready on (\S+)", self.process.stdout.readline())[1]
        self.ec2 = self.client("ec2")
        self.present = False  # once it is there, the clock goes on by itself

    def stop(self):
        self.process.terminate()
        assert self.process.wait(30) == 0

    def client(self, service, region="us-east-1", account=ACCOUNT):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="secret",
            config=botocore.config.Config(proxies={}, retries={"total_max_attempts": 1}),
        )

    def control(self, path, **body):
        request = urllib.request.Request(
            f"{self.url}/_amisim/{path}",
            json.dumps(body).encode() if body else None,
            {"X-Amisim": "tests"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request) as answer:
            return answer.read().decode()

    def days_ago(self, days):
        self.control("clock", set=f"{utc(days):%Y-%m-%dT%H:%M:%SZ}")

    def codes(self):
        """Of all calls that were refused so far."""
        calls = map(json.loads, self.control("requests").splitlines())
        return {call["code"] for call in calls if call.get("code")}

    def run(self, *policies, account=ACCOUNT, variables=None, options=()):
        """Runs these policies, in the order of their files, and returns the ids of what each one found."""
        if not self.present:
            self.days_ago(0)
            self.present = True
        output = self.folder / "output"
        (self.folder / "vars.json").write_text(json.dumps(variables or {}))
        done = subprocess.run(
            [CUSTODIAN, "run", "--output-dir", output, "--cache-period", "0"]
            + ["--vars-file", self.folder / "vars.json", *options]
            + [word for name in policies for word in ("--policies", name)]
            + sorted(HERE.glob("*.yml")),
            capture_output=True,
            text=True,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "AWS_ENDPOINT_URL": self.url,
                "AWS_ACCESS_KEY_ID": account,
                "AWS_SECRET_ACCESS_KEY": "secret",
                "AWS_DEFAULT_REGION": "us-east-1",
                "NO_PROXY": "127.0.0.1",
            },
        )
        # some say that they failed and go on as if nothing had been found
        assert done.returncode == 0 and not re.search("ERROR|Exception", done.stderr), done.stderr
        return {name: self.found(output / name) for name in policies}

    @staticmethod
    def found(folder):
        resources = json.loads((folder / "resources.json").read_text())
        policy = json.loads((folder / "metadata.json").read_text())["policy"]
        return {resource[IDS[policy["resource"]]] for resource in resources}

    # ---- Making things ----

    def volume(self, **more):
        return self.ec2.create_volume(AvailabilityZone=ZONE, Size=1, **more)["VolumeId"]

    def snapshot(self, volume=None, **more):
        return self.ec2.create_snapshot(VolumeId=volume or self.volume(), **more)["SnapshotId"]

    def image(self, name, **tags):
        """Registered from a snapshot of its own; both are returned."""
        snapshot = self.snapshot()
        image = self.ec2.register_image(
            Name=name,
            Description=f"the image {name}",
            Architecture="x86_64",
            VirtualizationType="hvm",
            EnaSupport=True,
            RootDeviceName="/dev/xvda",
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
        )["ImageId"]
        self.tag(image, **tags)
        return image, snapshot

    def instance(self, image, **more):
        launched = self.ec2.run_instances(
            ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, **more
        )
        return launched["Instances"][0]["InstanceId"]

    def tag(self, resource, **tags):
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            self.ec2.create_tags(Resources=[resource], Tags=pairs)

    # ---- Looking ----

    def images(self, **asked):
        answer = self.ec2.describe_images(**asked or {"Owners": ["self"]})
        return {image["ImageId"]: image for image in answer["Images"]}

    def snapshots(self, region="us-east-1"):
        answer = self.client("ec2", region).describe_snapshots(OwnerIds=["self"])
        return {snapshot["SnapshotId"]: snapshot for snapshot in answer["Snapshots"]}

    def volumes(self):
        return {volume["VolumeId"]: volume for volume in self.ec2.describe_volumes()["Volumes"]}

    def states(self):
        reservations = self.ec2.describe_instances()["Reservations"]
        instances = [i for reservation in reservations for i in reservation["Instances"]]
        return {i["InstanceId"]: i["State"]["Name"] for i in instances}

    def tags(self, resource):
        filters = [{"Name": "resource-id", "Values": [resource]}]
        return {t["Key"]: t["Value"] for t in self.ec2.describe_tags(Filters=filters)["Tags"]}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    # some filters and actions pass over a refusal without a word; these two they look for
    assert world.codes() <= {"InvalidVolume.NotFound", "OperationNotPermitted"}
    world.stop()
