"""/_amisim/requests and /_amisim/events: what was asked, what happened, what was injected."""

import json

import pytest
from simulator import refused


@pytest.fixture
def own(start_amisim):
    simulator = start_amisim("--seed", "7", "--pace", "instant")
    simulator.control.clock(freeze=True)
    return simulator


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
        ("since=1", [second, third]),
        ("since=3", []),
    ]:
        assert lines(f"requests?{query}") == found


def test_a_long_message_ends_with_a_whole_character(own, lines, account):
    for shift in ("", "x"):
        own.query(account, Action="DescribeVolumes", **{"VolumeId.1": shift + "\u2713" * 200})
    for entry in lines("requests"):
        assert entry["message"].endswith("\u2713") and len(entry["message"].encode()) in (253, 254, 255)


def test_faults_are_named(own, lines, account):
    rule = {"name": "no", "when": {"operations": ["DescribeTags"]}, "what": {"empty": 503}}
    own.control.put("scenarios/x", {"rules": [rule]})
    own.query(account, Action="DescribeTags")
    own.query(account, Action="DescribeRegions")
    (request,) = lines("requests?fault=*no")
    assert (request["fault"], request["status"], request["operation"]) == ("x/no", 503, "DescribeTags")
    (event,) = lines("events?fault=x/*")
    assert (event["event"], event["subject"]) == ("fault", "DescribeTags")


def test_jobs_are_events(own, lines, account):
    ec2 = own.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.describe_volumes(VolumeIds=[volume])
    (event,) = lines(f"events?account={account}")
    assert (event["event"], event["subject"]) == ("volume_created", volume)


def test_only_the_last_are_kept(own, lines):
    for _ in range(2060):
        own.send("GET", "/?Action=X")
    kept = lines("requests")
    assert len(kept) == 2048 and [e["seq"] for e in kept] == list(range(13, 2061))
