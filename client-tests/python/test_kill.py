"""kill -9 at any moment, under load: what was answered is there after a new start, and nothing of it by half.

AMISIM_KILLS says how often (default 8)."""

import os
import random
import threading
import time

from test_ebs_direct import block, make
from test_ebs_direct import read as read_block

KILLS = int(os.environ.get("AMISIM_KILLS", "8"))


class Load(threading.Thread):
    """One client that makes things until the simulator is gone; what it was told is in `told`."""

    def __init__(self, simulator, account, number):
        super().__init__()
        self.ec2, self.ebs = simulator.client("ec2", account), simulator.client("ebs", account)
        self.simulator, self.number = simulator, number
        self.volumes, self.gone, self.snapshots, self.images = set(), set(), {}, set()

    def run(self):
        steps = [self.volume, self.blocks, self.image, self.checkpoint]
        try:
            for turn in range(10_000):
                steps[(turn + self.number) % len(steps)](turn)
        except Exception:  # it was killed: the answer under way never came
            return

    def volume(self, turn):
        made = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
        self.volumes.add(made)
        if turn % 3 == 0:
            self.volumes.discard(made)  # in doubt until it is answered
            self.ec2.delete_volume(VolumeId=made)
            self.gone.add(made)

    def blocks(self, turn):
        number = (turn * 7 + self.number) % 250 + 1
        self.snapshots[make(self.ebs, {0: block(number), 5: block(number + 1)})] = number

    def image(self, turn):
        if not self.snapshots:
            return
        mapping = {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": next(iter(self.snapshots))}}
        made = self.ec2.register_image(
            Name=f"image-{time.monotonic_ns()}",
            Architecture="x86_64",
            RootDeviceName="/dev/xvda",
            VirtualizationType="hvm",
            BlockDeviceMappings=[mapping],
        )
        self.images.add(made["ImageId"])

    def checkpoint(self, turn):
        if turn % 8 == 3:
            self.simulator.control.post(f"checkpoints/of-{self.number}")


def check(simulator, account, load):
    ec2, ebs = simulator.client("ec2", account), simulator.client("ebs", account)
    found = {volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]}
    assert load.volumes <= found
    assert not load.gone & found
    assert load.images <= {image["ImageId"] for image in ec2.describe_images(Owners=["self"])["Images"]}
    known = {snapshot["SnapshotId"]: snapshot for snapshot in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    for snapshot, number in list(load.snapshots.items())[-3:]:
        assert known[snapshot]["State"] == "completed"
        assert read_block(ebs, snapshot, 0) == block(number)
        assert read_block(ebs, snapshot, 5) == block(number + 1)


def test_kill(start_amisim, account, tmp_path):
    chance = random.Random(1)
    accounts = [account, str(int(account) + 1).zfill(12)]
    for turn in range(KILLS):
        simulator = start_amisim("--db", tmp_path / "world.db", "--pace", "instant", "--log", "off")
        loads = [Load(simulator, owner, number) for number, owner in enumerate(accounts)]
        for load in loads:
            load.start()
        time.sleep(chance.uniform(0.05, 0.8))  # the machine's own time: a kill comes when it comes
        simulator.kill()
        for load in loads:
            load.join()
        again = start_amisim("--db", tmp_path / "world.db", "--pace", "instant", "--log", "off")
        for owner, load in zip(accounts, loads):
            check(again, owner, load)
        if turn % 4 == 3:  # a document of the world as it came through goes in whole
            assert again.control.put("state", again.control.get("state")) == {"status": "ok"}
        again.kill()
