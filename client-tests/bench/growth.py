#!/usr/bin/env python3
"""client-tests/bench/growth.py PROGRAM [--gone 200000]: what the calls of a builder cost beside ever more images of one
name and one snapshot that are deregistered, while the clock stands still (so that none of them is forgotten), and how
many are left of them in a year. Processor time of the server; only ratios carry over to another machine."""

import argparse
import re

from query import answer_over, connection_to
from servers import start
from wire import call_bytes, send
from worst import OPTIONS, operations

LOOKS = 8
IN_MEMORY = [option for option in OPTIONS if option != "--db"]


class Builder:
    """An account that makes an image and takes it back, over and over."""

    def __init__(self, server, ops, connection):
        self.server, self.ops, self.connection = server, ops, connection
        self.volume = self.made("volumeId", "CreateVolume", AvailabilityZone="us-east-1a", Size=1)
        self.snapshot = self.made("snapshotId", "CreateSnapshot", VolumeId=self.volume)

    def call(self, name, **given):
        reply = answer_over(self.connection, self.server, call_bytes(self.server.port, self.ops["ec2", name], given))
        assert reply.startswith(b"HTTP/1.1 200 "), reply
        return reply

    def made(self, element, name, **given):
        return re.search(f"<{element}>([^<]+)<".encode(), self.call(name, **given))[1].decode()

    def register(self):
        mapping = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": self.snapshot}}]
        return self.made("imageId", "RegisterImage", Name="the same", RootDeviceName="/dev/xvda", Architecture="x86_64",
                         BlockDeviceMapping=mapping)

    def come_and_go(self):
        self.call("DeregisterImage", ImageId=self.register())

    def delete_another(self):
        self.call("DeleteSnapshot", SnapshotId=self.made("snapshotId", "CreateSnapshot", VolumeId=self.volume))

    def delete_refused(self):
        status, _ = send(self.server, self.ops["ec2", "DeleteSnapshot"], {"SnapshotId": self.snapshot})
        assert status == 400, status

    def list_own(self):
        self.call("DescribeImages", Owner=["self"])

    def microseconds(self, what, times=200):
        before = self.server.cpu_seconds()
        for _ in range(times):
            what()
        return (self.server.cpu_seconds() - before) * 1e6 / times


def beside(server, ops, most):
    print(f"{'CPU us beside':>14} {'register and':>14} {'create and':>14} {'delete, of an':>14} {'list':>14}")
    print(f"{'gone':>14} {'deregister':>14} {'delete':>14} {'image: refused':>14} {'own':>14}")
    with connection_to(server) as connection:
        builder = Builder(server, ops, connection)
        gone = 0
        for look in range(LOOKS + 1):
            while gone < most * look // LOOKS:
                builder.come_and_go()
                gone += 1
            taken = [builder.microseconds(what) for what in (builder.come_and_go, builder.delete_another)]
            image = builder.register()
            taken += [builder.microseconds(what) for what in (builder.delete_refused, builder.list_own)]
            builder.call("DeregisterImage", ImageId=image)
            gone += 201
            print(f"{gone - 201:14,}" + "".join(f"{each:15.1f}" for each in taken), flush=True)


def in_a_year(server, ops):
    with connection_to(server) as connection:
        builder = Builder(server, ops, connection)
        for _ in range(365 * 4):
            builder.come_and_go()
            send(server, ops["amisim", "SetClock"], {"advance": "6h"})
    _, state = send(server, ops["amisim", "GetState"], {})
    print(f"of {365 * 4:,} in a year, one each six hours, {state.count(b'deregistered') - 1} are remembered at its end")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--gone", type=int, default=200_000)
    options = parser.parse_args()
    ops = operations(options.program)
    for ask, given in ((beside, [options.gone]), (in_a_year, [])):
        with start("amisim", [options.program, *IN_MEMORY]) as server:
            ask(server, ops, *given)


if __name__ == "__main__":
    main()
