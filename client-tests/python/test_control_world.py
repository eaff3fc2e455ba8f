"""Routes that tell of the world as a whole: accounts, world, jobs, shipped scenarios, one request, the timeline."""

import http.client
import json

import pytest
from amisim.control import Refused
from simulator import refused
from test_volume_attach import launch

REGION, ELSEWHERE = "us-east-1", "eu-west-1"


def nodes_of(control, **query):
    answer = control.get("world?" + "&".join(f"{name}={value}" for name, value in query.items()))
    return {node["id"]: node for node in answer["nodes"]}, [(e["from"], e["to"], e["kind"]) for e in answer["edges"]]


@pytest.fixture
def lineage(own, account):
    """An instance, an image of it, a copy elsewhere, and what they are made of."""
    ec2, far = own.client("ec2", account), own.client("ec2", account, ELSEWHERE)
    instance = launch(ec2)
    image = ec2.create_image(InstanceId=instance, Name="first")["ImageId"]
    own.control.clock(advance="10m")
    copy = far.copy_image(SourceImageId=image, SourceRegion=REGION, Name="copied", Encrypted=True)["ImageId"]
    own.control.clock(advance="10m")
    return instance, image, copy


def snapshot_of(ec2, image):
    return ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]


def test_world(own, account, lineage):
    instance, image, copy = lineage
    ec2, far = own.client("ec2", account), own.client("ec2", account, ELSEWHERE)
    snapshot, copied = snapshot_of(ec2, image), snapshot_of(far, copy)
    nodes, edges = nodes_of(own.control, account=account)
    assert nodes[image]["kind"] == "image" and nodes[image]["name"] == "first"
    assert (nodes[copy]["region"], nodes[copy]["encrypted"]) == (ELSEWHERE, True)
    assert "encrypted" not in nodes[image]
    assert nodes[snapshot]["perMonth"] > 0 and nodes[instance]["state"] == "running"
    base = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["ImageId"]
    assert nodes[base]["account"] != account
    assert {
        (base, instance, "RunInstances"),
        (instance, image, "CreateImage"),
        (image, copy, "CopyImage"),
        (image, snapshot, "made-of"),
        (copy, copied, "made-of"),
        (snapshot, copied, "CopySnapshot"),
    } <= set(edges)


def test_world_remembers(own, account, lineage):
    """What is deregistered stays, with the snapshot that is still charged; so does what is gone, by its id."""
    instance, image, copy = lineage
    ec2 = own.client("ec2", account)
    snapshot = snapshot_of(ec2, image)
    ec2.deregister_image(ImageId=image)
    ec2.terminate_instances(InstanceIds=[instance])
    own.control.clock(advance="2d")
    nodes, edges = nodes_of(own.control, account=account)
    assert nodes[image]["state"] == "deregistered" and nodes[snapshot]["perMonth"] > 0
    assert nodes[instance] == {"id": instance, "kind": "instance", "state": "gone"}
    assert (instance, image, "CreateImage") in edges and (image, copy, "CopyImage") in edges


def test_world_of_a_region(own, account, lineage):
    _, image, copy = lineage
    nodes, edges = nodes_of(own.control, account=account, region=ELSEWHERE)
    others = {image, snapshot_of(own.client("ec2", account), image)}
    assert {node["region"] for node in nodes.values() if node["id"] not in others} == {ELSEWHERE}
    assert nodes[image]["region"] == REGION, "the other end of an edge is named wherever it is"
    assert (image, copy, "CopyImage") in edges


def test_world_of_all_accounts(own, account, another_account, lineage):
    _, image, _ = lineage
    other = own.client("ec2", another_account)
    volume = other.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    nodes, _ = nodes_of(own.control)
    assert nodes[image]["account"] == account and nodes[volume]["account"] == another_account
    assert sum(node["kind"] == "image" for node in nodes.values()) < 10, "images of the fixtures are left out"
    assert volume not in nodes_of(own.control, account=account)[0]


def test_world_in_the_recycle_bin(own, account, lineage):
    _, image, _ = lineage
    rbin, ec2 = own.client("rbin", account), own.client("ec2", account)
    rbin.create_rule(
        ResourceType="EC2_IMAGE", RetentionPeriod={"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    )
    ec2.deregister_image(ImageId=image)
    assert nodes_of(own.control, account=account)[0][image]["state"] == "recycled"


def test_jobs_and_progress(start_amisim, account):
    simulator = start_amisim("--pace", "real", "--freeze")
    ec2 = simulator.client("ec2", account)
    instance = launch(ec2)
    simulator.control.clock(advance="10m")
    image = ec2.create_image(InstanceId=instance, Name="slow")["ImageId"]
    jobs = simulator.control.get("jobs")["jobs"]
    job = next(job for job in jobs if job["subject"] == image)
    assert (job["kind"], job["account"], job["region"], job["progress"]) == ("image", account, REGION, 0)
    assert job["begun"] == simulator.control.clock()["now"] < job["due"]
    assert [job["due"] for job in jobs] == sorted(job["due"] for job in jobs)
    assert nodes_of(simulator.control, account=account)[0][image]["progress"] == 0
    simulator.control.clock(set=job["due"])
    assert not any(job["subject"] == image for job in simulator.control.get("jobs")["jobs"])
    assert "progress" not in nodes_of(simulator.control, account=account)[0][image]


def test_a_job_that_is_held_up(own, account, lineage):
    _, image, _ = lineage
    own.control.put("scenarios/copy-stuck", "")
    far = own.client("ec2", account, ELSEWHERE)
    copy = far.copy_image(SourceImageId=image, SourceRegion=REGION, Name="stuck")["ImageId"]
    job = next(job for job in own.control.get("jobs")["jobs"] if job["subject"] == copy)
    assert job["stuck"] == "copy-stuck" and "due" not in job and "progress" not in job


def test_accounts(own, account, another_account, lineage):
    own.client("kms", another_account).list_keys()
    accounts = {one["account"]: one for one in own.control.get("accounts")["accounts"]}
    mine = {one["region"]: one for one in accounts[account]["regions"]}
    assert mine[REGION] == {"region": REGION, "images": 1, "snapshots": 1, "volumes": 1, "instances": 1}
    assert mine[ELSEWHERE] == {"region": ELSEWHERE, "images": 1, "snapshots": 1, "volumes": 0, "instances": 0}
    assert accounts[another_account] | {"lastCall": ""} == {
        "account": another_account,
        "lastCall": "",
        "calls": 1,
        "regions": [],
    }
    assert accounts[another_account]["lastCall"] >= accounts[account]["lastCall"]
    assert len(accounts) == 2, "publishers of the fixtures are nobody's account"


def test_shipped_scenarios(own):
    assert "shipped" not in own.control.get("scenarios")
    own.control.put("scenarios/aki-missing", "")
    answer = own.control.get("scenarios?all=true")
    assert [one["name"] for one in answer["scenarios"]] == ["aki-missing"]
    shipped = {one["name"]: one for one in answer["shipped"]}
    assert shipped["aki-missing"]["story"].startswith("The target Region has no counterpart")
    assert shipped["aki-missing"]["try"].startswith("copy a paravirtual image")
    assert "kernel-missing" in shipped["aki-missing"]["document"] and len(shipped) > 10


# ---- One request ----


def last(control, **filters):
    return control.lines("requests", **filters)[-1]["seq"]


def test_one_request(own, account):
    ec2 = own.client("ec2", account)
    long = "x" * 255
    tags = [{"ResourceType": "volume", "Tags": [{"Key": f"key-{n}", "Value": long} for n in range(20)]}]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, TagSpecifications=tags)["VolumeId"]
    line = own.control.lines("requests")[-1]
    request = own.control.get(f"requests/{line['seq']}")
    assert line["cut"] and "cut" not in request, "a line has 2 KiB of what was sent, a request has it all"
    assert request["parameters"]["TagSpecification.1.Tag.20.Value"] == long
    assert request["answered"] == [volume] and request["status"] == 200
    answer = request["answer"]
    assert answer["contentType"].startswith("text/xml") and f"<volumeId>{volume}</volumeId>" in answer["body"]
    assert answer["size"] == len(answer["body"].encode()) and "cut" not in answer


def test_a_refusal_is_kept_as_it_was_answered(own, account):
    with refused("InvalidParameterValue"):
        own.client("ec2", account).delete_volume(VolumeId="vol-1")
    request = own.control.get(f"requests/{last(own.control)}")
    assert "<Code>InvalidParameterValue</Code>" in request["answer"]["body"]


def test_large_answers_are_cut(own, account):
    own.client("ec2", account).describe_images(Owners=["amazon"])
    answer = own.control.get(f"requests/{last(own.control)}")["answer"]
    assert answer["cut"] and len(answer["body"].encode()) == 16384 < answer["size"]


def test_secrets_are_withheld(own, account):
    ec2, sts, ssm = (own.client(service, account) for service in ("ec2", "sts", "ssm"))
    material = ec2.create_key_pair(KeyName="k")["KeyMaterial"]
    token = sts.get_session_token()["Credentials"]["SecretAccessKey"]
    ssm.put_parameter(Name="p", Value="top-secret", Type="SecureString")
    ssm.get_parameter(Name="p", WithDecryption=True)
    whole = "".join(json.dumps(own.control.get(f"requests/{seq}")) for seq in range(1, last(own.control) + 1))
    assert whole.count("it holds a secret") == 3
    for secret in (material.splitlines()[1], token, "top-secret"):
        assert secret not in whole


def test_blocks_are_withheld(own, account):
    ebs = own.client("ebs", account)
    ebs.start_snapshot(VolumeSize=1)
    ec2 = own.client("ec2", account)
    image = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023*"]}])
    snapshot = image["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    ec2.describe_snapshots(SnapshotIds=[snapshot])
    started = own.control.lines("requests", operation="StartSnapshot")[0]["seq"]
    assert json.loads(own.control.get(f"requests/{started}")["answer"]["body"])["VolumeSize"] == 1


def test_only_the_last_answers_are_kept(own, account):
    ec2 = own.client("ec2", account)
    for _ in range(513):
        ec2.describe_key_pairs()
    assert "answer" not in own.control.get("requests/1") and "answer" in own.control.get("requests/2")
    for wrong in ("514", "0", "999999999999999999"):
        with pytest.raises(Refused, match="NoSuchRequest"):
            own.control.get(f"requests/{wrong}")


# ---- Requests and events as one ----


def test_timeline(own, account, another_account):
    ec2 = own.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    own.control.clock(advance="1m")
    own.client("ec2", another_account).describe_regions()
    lines = own.control.lines("timeline")
    orders = [line["order"] for line in lines]
    assert orders == sorted(set(orders))
    told = [(line.get("event"), line.get("operation") or line.get("job") or line.get("state")) for line in lines]
    assert told == [
        ("control", "SetClock"),
        ("state", "creating"),
        (None, "CreateVolume"),
        ("state", "available"),
        ("job", "volume-created"),
        ("control", "SetClock"),
        (None, "DescribeRegions"),
    ]
    assert own.control.lines("timeline", since=orders[2]) == lines[3:]
    mine = own.control.lines("timeline", account=account)
    assert {line.get("subject", volume) for line in mine} == {volume} and len(mine) == 4


def test_timeline_as_it_comes(own, account):
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=60)
    connection.request("GET", "/_amisim/timeline?follow=true&since=1")  # 1: the clock of this test was stopped
    stream = connection.getresponse()
    ec2 = own.client("ec2", account)
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    first, second = json.loads(stream.readline()), json.loads(stream.readline())
    assert (first["event"], second["operation"]) == ("state", "CreateVolume")
    ec2.describe_regions()
    while json.loads(stream.readline()).get("operation") != "DescribeRegions":
        pass
    connection.close()


def test_what_is_lost_of_a_timeline_is_said(own, account):
    ec2 = own.client("ec2", account)
    ec2.describe_key_pairs()
    for _ in range(2049):
        ec2.describe_key_pairs()
    first, *rest = own.control.lines("timeline", since=1)
    assert first == {"skipped": 2} and len(rest) == 2048 and rest[0]["order"] == 4
