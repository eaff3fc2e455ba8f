"""The same calls give the same bytes: in two processes, and whichever Regions were asked for before."""

import random
import re
import urllib.parse

START = ["--seed", "7", "--clock", "2026-06-01T09:00:00Z", "--freeze", "--pace", "instant"]
ACCOUNTS = ["111122223333", "111122223333", "222233334444"]
REGIONS = ["us-east-1", "us-east-1", "eu-west-1", "ap-southeast-2"]
WORDS = ["alpha", "beta", "gamma", "delta"]
CALLS = [
    "DescribeImages&ImageId.1={ami}",
    "DescribeImages&Owner.1=amazon&MaxResults=5",
    "DescribeImages&Owner.1=amazon&MaxResults=5&NextToken={token}",
    "DescribeImages&Owner.1=self&IncludeDeprecated=true&IncludeDisabled=true",
    "DescribeImages&Filter.1.Name=tag:{word}&Filter.1.Value.1=*",
    "DescribeSnapshots&Owner.1=amazon&MaxResults=5",
    "DescribeSnapshots&SnapshotId.1={snap}",
    "DescribeVolumes&MaxResults=5",
    "DescribeInstances",
    "DescribeTags",
    "CreateVolume&AvailabilityZone={region}a&Size=1",
    "CreateTags&ResourceId.1={ami}&Tag.1.Key={word}&Tag.1.Value={word}",
    "DeleteTags&ResourceId.1={ami}&Tag.1.Key={word}",
    "CopyImage&SourceRegion={other}&SourceImageId={ami}&Name={word}",
    "CopySnapshot&SourceRegion={other}&SourceSnapshotId={snap}",
    "RunInstances&ImageId={ami}&MinCount=1&MaxCount=1&InstanceType=t3.micro",
    "CreateImage&InstanceId={i}&Name={word}&NoReboot=true",
    "ModifyImageAttribute&ImageId={ami}&Description.Value={word}",
    "EnableImageDeprecation&ImageId={ami}&DeprecateAt=2026-07-01T00:00:00Z",
    "GetImageAncestry&ImageId={ami}",
    "DeregisterImage&ImageId={ami}",
    "DeleteSnapshot&SnapshotId={snap}",
]


def send(simulator, account, region, query):
    scope = f"{account}/20260101/{region}/ec2/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    reply = simulator.send("POST", "/", "Version=2016-11-15&Action=" + query, headers=headers)
    return reply.status, reply.body


def make_calls(simulator, count):
    """Random calls that name what answers told, each with its answer."""
    chance = random.Random(5)
    known = {"ami": [], "snap": [], "i": [], "token": []}
    calls = []
    for _ in range(count):
        region = chance.choice(REGIONS)
        words = {"word": chance.choice(WORDS), "region": region, "other": chance.choice(REGIONS)}
        words |= {kind: chance.choice(found or ["none"]) for kind, found in known.items()}
        call = (chance.choice(ACCOUNTS), region, chance.choice(CALLS).format(**words))
        answer = send(simulator, *call)
        calls.append((call, answer))
        for kind in ("ami", "snap", "i"):
            known[kind] = (known[kind] + re.findall(rf">({kind}-0[0-9a-f]{{16}})<", answer[1])[-3:])[-12:]
        tokens = re.findall("<nextToken>(.+?)<", answer[1])
        known["token"] = (known["token"] + [urllib.parse.quote(token) for token in tokens])[-4:]
    return calls


def without_request_id(answer):
    return answer[0], re.sub("<(requestId|RequestID)>.*?<", "", answer[1])


def test_in_two_processes(start_amisim):
    calls = make_calls(start_amisim(*START), 500)
    assert sum(status == 200 for _, (status, _) in calls) > 250
    again = start_amisim(*START)
    for call, answer in calls:
        assert send(again, *call) == answer, call


def test_whichever_region_was_asked_for_before(start_amisim):
    calls = make_calls(start_amisim(*START), 150)
    again = start_amisim(*START)
    for region in ("sa-east-1", "ap-southeast-2", "us-west-2", "eu-west-1"):
        send(again, ACCOUNTS[0], region, "DescribeImages&MaxResults=5")
    for call, answer in calls:
        assert without_request_id(send(again, *call)) == without_request_id(answer), call
