"""/_amisim/requests and /_amisim/events: what was asked, what happened, what was injected."""

import http.client
import json
import socket

import pytest
from simulator import refused


@pytest.fixture
def lines(own):
    def read(path):
        reply = own.send("GET", f"/_amisim/{path}")
        assert reply.status == 200 and reply.headers["Content-Type"] == "application/x-ndjson"
        return [json.loads(line) for line in reply.body.splitlines()]

    return read


def test_requests(own, lines, account, another_account):
    ec2 = own.client("ec2", account)
    answer = ec2.describe_regions()
    with refused("InvalidParameterValue"):
        ec2.delete_volume(VolumeId="vol-1")
    own.client("kms", another_account, "eu-west-1").list_keys()
    first, second, third = lines("requests")
    assert first == {
        "seq": 1,
        "time": own.control.clock()["now"],
        "service": "ec2",
        "operation": "DescribeRegions",
        "account": account,
        "region": "us-east-1",
        "status": 200,
        "request": answer["ResponseMetadata"]["RequestId"],
    }
    assert (second["operation"], second["code"]) == ("DeleteVolume", "InvalidParameterValue")
    assert second["status"] == 400 and "vol-1" in second["message"]
    for query, found in [
        ("operation=Describe*", [first]),
        (f"account={another_account}", [third]),
        ("code=Invalid*", [second]),
        ("region=eu-*", [third]),
        ("service=kms", [third]),
        ("status=4*", [second]),
        ("since=1", [second, third]),
        ("since=3", []),
    ]:
        assert lines(f"requests?{query}") == found


def test_what_was_sent_and_what_came_of_it(own, lines, account):
    ec2, ebs, kms = (own.client(service, account) for service in ("ec2", "ebs", "kms"))
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "a&b", "Value": "c d=\u2713"}]}]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tags)["VolumeId"]
    ec2.describe_volumes(VolumeIds=[volume])
    snapshot = ebs.start_snapshot(VolumeSize=1, Description="by hand")["SnapshotId"]
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=0)
    kms.create_key(Description="mine")
    made, seen, started, completed, key = lines("requests")
    assert {name: value for name, value in made["parameters"].items() if name != "ClientToken"} == {
        "AvailabilityZone": "us-east-1a",
        "Size": "1",
        "TagSpecification.1.ResourceType": "volume",
        "TagSpecification.1.Tag.1.Key": "a&b",
        "TagSpecification.1.Tag.1.Value": "c d=\u2713",
    }
    assert made["answered"] == [volume]
    assert seen["parameters"] == {"VolumeId.1": volume} and "answered" not in seen
    assert started["path"] == "POST /snapshots" and started["answered"] == [snapshot]
    assert started["parameters"]["Description"] == "by hand"
    assert completed["path"] == f"POST /snapshots/completion/{snapshot}"
    assert key["parameters"] == {"Description": "mine"}
    assert lines(f"requests?resource={volume}") == [made, seen]
    assert lines(f"requests?resource={snapshot}") == [started, completed]


def test_what_is_too_long_is_cut(own, lines, account):
    for shift in ("", "x"):
        own.query(account, Action="DescribeVolumes", **{"VolumeId.1": shift + "\u2713" * 700, "VolumeId.2": "vol-1"})
    for entry in lines("requests"):
        assert entry["cut"] is True and "parameters" not in entry
        assert entry["message"].endswith("\u2713") and 1021 < len(entry["message"].encode()) < 1025


def test_faults_are_named(own, lines, account):
    rule = {"name": "no", "when": {"operations": ["DescribeTags"]}, "what": {"empty": 503}}
    own.control.put("scenarios/x", {"rules": [rule]})
    own.query(account, Action="DescribeTags")
    own.query(account, Action="DescribeRegions")
    (request,) = lines("requests?fault=*no")
    assert (request["fault"], request["status"], request["operation"]) == ("x/no", 503, "DescribeTags")
    (event,) = lines("events?fault=x/*")
    assert (event["event"], event["subject"]) == ("fault", "DescribeTags")


def test_states_and_work_are_events(own, lines, account):
    ec2 = own.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.describe_volumes(VolumeIds=[volume])
    ec2.delete_volume(VolumeId=volume)
    with refused("InvalidVolume.NotFound"):
        ec2.delete_volume(VolumeId=volume)
    told = [
        (e["event"], e.get("was"), e.get("state"), e.get("job"))
        for e in lines(f"events?account={account}&subject={volume}")
    ]
    assert told == [
        ("state", None, "creating", None),
        ("state", "creating", "available", None),
        ("job", None, None, "volume-created"),
        ("state", "available", "deleting", None),
        ("state", "deleting", "gone", None),
        ("job", None, None, "volume-gone"),
    ]
    begun, *_ = lines(f"events?subject={volume}&state=creating")
    assert begun == {
        "seq": begun["seq"],
        "time": own.control.clock()["now"],
        "event": "state",
        "resource": "volume",
        "subject": volume,
        "state": "creating",
        "account": account,
        "region": "us-east-1",
    }


def test_what_was_undone_is_no_event(own, lines, account):
    ec2 = own.client("ec2", account)
    reply = own.query(account, Action="RunInstances", ImageId="ami-00000000000000000", MinCount=1, MaxCount=1)
    assert reply.status == 400
    with refused("DryRunOperation"):
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, DryRun=True)
    assert lines("events?event=state") == []


def test_our_own_changes_are_events(own, lines):
    own.control.clock(advance="1h")
    own.control.clock()
    own.control.post("reset")
    *_, moved, reset = lines("events?event=control")
    assert (moved["operation"], moved["parameters"]) == ("SetClock", {"advance": "1h"})
    assert (reset["operation"], reset["path"]) == ("Reset", "POST /_amisim/reset")


class Follower:
    """The lines of an answer that does not end, one after the other."""

    def __init__(self, simulator, path, room=None):
        self._connection = http.client.HTTPConnection(simulator.host, simulator.port, timeout=30)
        self._connection.connect()
        if room:
            self._connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
        self._connection.request("GET", f"/_amisim/{path}")
        self.answer = self._connection.getresponse()

    def line(self):
        return json.loads(self.answer.readline())

    def close(self):
        self.answer.close()
        self._connection.close()


def test_following(own, account, another_account):
    ec2, others = own.client("ec2", account), own.client("ec2", another_account)
    ec2.describe_tags()
    requests = Follower(own, f"requests?follow=true&account={account}")
    assert requests.answer.status == 200
    assert requests.answer.headers["Content-Type"] == "application/x-ndjson"
    assert requests.line()["operation"] == "DescribeTags"
    events = Follower(own, "events?follow=true&event=state&state=available")
    others.describe_regions()
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    assert requests.line()["answered"] == [volume]
    ec2.describe_volumes(VolumeIds=[volume])
    assert requests.line()["operation"] == "DescribeVolumes"
    assert events.line()["subject"] == volume
    requests.close()
    ec2.describe_volumes(VolumeIds=[volume])
    own.stop()  # ends the other answer as it should
    assert events.answer.read() == b""


def test_one_who_does_not_read_misses_lines_and_is_told(own, account):
    slow = Follower(own, "requests?follow=true", room=65536)
    fast = http.client.HTTPConnection(own.host, own.port)
    for _ in range(6000):  # more than the sockets hold and the record keeps
        fast.request("GET", "/?Action=DescribeRegions&Filter=" + "X" * 2000)
        fast.getresponse().read()
    fast.close()
    ids = [slow.line()]
    while "skipped" not in ids[-1]:
        ids.append(slow.line())
    skipped, following = ids.pop(), slow.line()
    assert [entry["seq"] for entry in ids] == list(range(1, len(ids) + 1))
    assert following["seq"] == ids[-1]["seq"] + skipped["skipped"] + 1
    slow.close()


def test_not_everyone_can_follow(own):
    many = [Follower(own, "events?follow=true") for _ in range(64)]
    one_more = Follower(own, "events?follow=true")
    assert one_more.answer.status == 503
    assert json.loads(one_more.answer.read())["error"] == "TooManyFollowers"
    many.pop().close()
    assert own.send("GET", "/_amisim/health").status == 200
    for follower in many:
        follower.close()


def test_only_the_last_are_kept(own, lines):
    for _ in range(2060):
        own.send("GET", "/?Action=X")
    kept = lines("requests")
    assert len(kept) == 2048 and [e["seq"] for e in kept] == list(range(13, 2061))
