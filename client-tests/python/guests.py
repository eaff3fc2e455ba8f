"""Guests and their disks: files through the control routes, blocks through EBS direct."""

import os
import subprocess
import tempfile
import urllib.request

BLOCK = 524288
SBIN = {**os.environ, "PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"}


class Guest:
    """Files of one instance through the simulator's control routes."""

    def __init__(self, url, instance):
        self._url = f"{url}/_amisim/guests/{instance}"

    def _send(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self._url}/{path}", data=body, method=method, headers={"X-Amisim": "tests"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def write(self, path, data):
        self._send("PUT", f"files{path}", data)

    def read(self, path):
        return self._send("GET", f"files{path}")

    def remove(self, path):
        self._send("DELETE", f"files{path}")

    def sync(self):
        self._send("POST", "sync", b"")


class Disk:
    """The blocks of a snapshot, downloaded through EBS direct into a sparse file."""

    def __init__(self, ebs, snapshot, path):
        self.path = path
        listing = ebs.list_snapshot_blocks(SnapshotId=snapshot)
        assert "NextToken" not in listing
        with open(path, "wb") as disk:
            disk.truncate(listing["VolumeSize"] << 30)
            for block in listing["Blocks"]:
                answer = ebs.get_snapshot_block(
                    SnapshotId=snapshot, BlockIndex=block["BlockIndex"], BlockToken=block["BlockToken"]
                )
                disk.seek(block["BlockIndex"] * BLOCK)
                disk.write(answer["BlockData"].read())

    def fsck(self):
        """Exit status (0: clean) and what it says; -f looks although the mark says clean."""
        done = subprocess.run(["e2fsck", "-fn", self.path], capture_output=True, text=True, env=SBIN)
        return done.returncode, done.stdout + done.stderr

    def state(self):
        done = subprocess.run(["dumpe2fs", "-h", self.path], capture_output=True, text=True, env=SBIN, check=True)
        return next(line.split(":")[1].strip() for line in done.stdout.splitlines() if line.startswith("Filesystem state"))

    def read(self, path):
        with tempfile.NamedTemporaryFile() as out:
            done = subprocess.run(
                ["debugfs", "-R", f"dump {path} {out.name}", self.path], capture_output=True, text=True, env=SBIN
            )
            data = out.read()
        return None if "File not found" in done.stderr else data


class World:
    """Instances of one account, the images made of them, and these images' disks."""

    def __init__(self, simulator, account, folder):
        self.control = simulator.control
        self.ec2, self.ebs, self.ssm = (simulator.client(name, account) for name in ("ec2", "ebs", "ssm"))
        self._url, self._folder, self._disks = simulator.url, folder, 0
        self.base = self.ec2.describe_images(
            Owners=["amazon"],
            Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}, {"Name": "state", "Values": ["available"]}],
        )["Images"][0]["ImageId"]

    def launch(self, image=None, **parameters):
        answer = self.ec2.run_instances(
            ImageId=image or self.base, InstanceType="t3.micro", MinCount=1, MaxCount=1, **parameters
        )
        return answer["Instances"][0]["InstanceId"]

    def guest(self, instance):
        return Guest(self._url, instance)

    def image_of(self, instance, name="image", **parameters):
        made = self.ec2.create_image(InstanceId=instance, Name=name, **parameters)["ImageId"]
        [shown] = self.ec2.describe_images(ImageIds=[made])["Images"]
        assert shown["State"] == "available"
        return shown

    def disk(self, image, device=0):
        self._disks += 1
        snapshot = image["BlockDeviceMappings"][device]["Ebs"]["SnapshotId"]
        return Disk(self.ebs, snapshot, str(self._folder / f"disk{self._disks}"))

    def consistency(self, image):
        return self.control.get(f"images/{image['ImageId']}/consistency")

    def console(self, instance):
        return self.ec2.get_console_output(InstanceId=instance)["Output"]
