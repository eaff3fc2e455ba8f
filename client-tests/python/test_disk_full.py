"""A disk that takes no more: the call is refused with AWS's InternalError, what was answered is kept, and the
simulator goes on."""

import datetime
import json
import resource

import pytest
from botocore.exceptions import ClientError
from simulator import refused


def test_what_was_acknowledged_is_kept(start_amisim, account, tmp_path):
    database = tmp_path / "world.db"
    simulator = start_amisim("--db", database, "--pace", "instant")
    ec2 = simulator.client("ec2", account)
    made = [ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]]
    limit = max(path.stat().st_size for path in tmp_path.iterdir()) + 200_000
    resource.prlimit(simulator.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    with pytest.raises(ClientError) as caught:
        for _ in range(2000):
            made.append(ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"])
    assert caught.value.response["Error"]["Code"] == "InternalError"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(made) > 2
    resource.prlimit(simulator.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    made.append(ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"])
    simulator.kill()
    again = start_amisim("--db", database, "--pace", "instant").client("ec2", account)
    found = {volume["VolumeId"] for volume in again.describe_volumes()["Volumes"]}
    assert found == set(made)


def disk(simulator, full):
    """Nothing can be written, to the database as to anything else; or all as before."""
    limit = 0 if full else resource.RLIM_INFINITY
    resource.prlimit(simulator.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def test_a_first_read_in_a_region_needs_no_room(start_amisim, account, tmp_path):
    """Public images are written when their Region is first asked for; where that cannot be, they are shown all the same."""
    simulator = start_amisim("--db", tmp_path / "world.db", "--pace", "instant")
    disk(simulator, full=True)
    paris = simulator.client("ec2", account, region="eu-west-3")
    first = paris.describe_images(Owners=["amazon"])["Images"]
    assert first and paris.describe_images(Owners=["amazon"])["Images"] == first
    disk(simulator, full=False)
    paris.create_volume(AvailabilityZone="eu-west-3a", Size=1)
    assert paris.describe_images(Owners=["amazon"])["Images"] == first


def requests(simulator):
    reply = simulator.send("GET", "/_amisim/requests")
    return [json.loads(line) for line in reply.body.splitlines()]


def test_reads_go_on_while_a_job_waits_for_room(start_amisim, account, tmp_path):
    """A volume is ready five seconds after it was asked for: each call after that tries to make it so."""
    simulator = start_amisim("--db", tmp_path / "world.db", "--pace", "real")
    ec2 = simulator.client("ec2", account)
    simulator.control.clock(rate=3)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    disk(simulator, full=True)
    due = volume["CreateTime"] + datetime.timedelta(seconds=6)
    overdue = 0
    while overdue < 5:
        (found,) = ec2.describe_volumes()["Volumes"]
        assert (found["VolumeId"], found["State"]) == (volume["VolumeId"], "creating")
        overdue += datetime.datetime.fromisoformat(simulator.control.clock()["now"]) > due
    assert simulator.control.get("state")["tables"]["volume"]["rows"]
    disk(simulator, full=False)
    ec2.create_tags(Resources=[volume["VolumeId"]], Tags=[{"Key": "room", "Value": "again"}])
    (found,) = ec2.describe_volumes()["Volumes"]
    assert found["State"] == "available"


def test_a_refused_change_leaves_no_trace(start_amisim, account, tmp_path):
    """The clock, the rules and the record of requests are as the store has them."""
    simulator = start_amisim("--db", tmp_path / "world.db", "--pace", "instant")
    ec2 = simulator.client("ec2", account)
    simulator.control.clock(freeze=True)
    before = simulator.control.clock()
    disk(simulator, full=True)
    internal = (500, "InternalError")
    assert simulator.control.refused("POST", "clock", {"advance": "1d"}) == internal
    assert simulator.control.clock() == before
    rule = {"when": {"operations": ["DescribeVolumes"]}, "what": {"error": {"code": "No"}}}
    assert simulator.control.refused("PUT", "scenarios/x", {"rules": [rule]}) == internal
    assert simulator.control.post("checkpoints/x")["name"] == "x"  # it needs no disk
    assert simulator.control.get("scenarios") == {"scenarios": []}
    ec2.describe_volumes()
    with refused("InternalError"):
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    first, second = requests(simulator)
    assert (first["operation"], first["status"]) == ("DescribeVolumes", 200)
    assert (second["operation"], second["status"], second["code"]) == ("CreateVolume", *internal)
