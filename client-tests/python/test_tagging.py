"""The Resource Groups Tagging API: what is tagged over all services, and tags set by ARN."""

import contextlib
import http.client
import json
import urllib.parse

import cbor2
import pytest
from simulator import refused

TAGGED = {"Stage": "test"}
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture
def tagging(client):
    return client("resourcegroupstaggingapi")


@pytest.fixture
def volume(ec2):
    return new_volume(ec2)


def new_volume(ec2, **tags):
    made = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, **(specification("volume", tags) if tags else {}))
    return made["VolumeId"]


def specification(kind, tags):
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": pairs}]}


def found(tagging, **asked):
    pages = tagging.get_paginator("get_resources").paginate(**asked)
    return {
        item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]}
        for page in pages
        for item in page["ResourceTagMappingList"]
    }


def arn_of(account, kind, resource, service="ec2", region="us-east-1"):
    owner = "" if kind in ("image", "snapshot") else account
    return f"arn:aws:{service}:{region}:{owner}:{kind}/{resource}"


def make_all(client, account):
    """Something of each service that has tags; the ARNs."""
    ec2, key = client("ec2"), client("kms").create_key(Tags=[{"TagKey": "Stage", "TagValue": "test"}])
    tags = [{"Key": "Stage", "Value": "test"}]
    volume = new_volume(ec2, **TAGGED)
    snapshot = ec2.create_snapshot(VolumeId=volume, **specification("snapshot", TAGGED))["SnapshotId"]
    image = ec2.register_image(
        Name="tagged",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": settled(ec2, snapshot)}}],
        **specification("image", TAGGED),
    )["ImageId"]
    (instance,) = ec2.run_instances(
        ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, **specification("instance", TAGGED)
    )["Instances"]
    pair = ec2.create_key_pair(KeyName="tagged", **specification("key-pair", TAGGED))["KeyPairId"]
    for name in ("plain", "/a/path"):
        client("ssm").put_parameter(Name=name, Value="v", Type="String", Tags=tags)
    rule = client("rbin").create_rule(
        ResourceType="EBS_SNAPSHOT",
        RetentionPeriod={"RetentionPeriodValue": 1, "RetentionPeriodUnit": "DAYS"},
        Tags=tags,
    )["Identifier"]
    return {
        arn_of(account, "volume", volume),
        arn_of(account, "snapshot", snapshot),
        arn_of(account, "image", image),
        arn_of(account, "instance", instance["InstanceId"]),
        arn_of(account, "key-pair", pair),
        arn_of(account, "parameter", "plain", "ssm"),
        arn_of(account, "parameter", "a/path", "ssm"),
        arn_of(account, "rule", rule, "rbin"),
        key["KeyMetadata"]["Arn"],
    }


def settled(ec2, snapshot):
    ec2.get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot], WaiterConfig={"Delay": 1})
    return snapshot


def test_all_services(client, account, tagging):
    arns = make_all(client, account)
    assert found(tagging) == dict.fromkeys(arns, TAGGED)
    for filters in (["ec2"], ["ec2:volume"], ["kms", "ssm:parameter"], ["rbin:rule"], ["ec2:vol"], ["s3"]):
        kinds = {arn for arn in arns if any(is_of(arn, wanted) for wanted in filters)}
        assert found(tagging, ResourceTypeFilters=filters).keys() == kinds
    failed = tagging.tag_resources(ResourceARNList=sorted(arns), Tags={"Owner": "me", "Empty": ""})
    assert failed["FailedResourcesMap"] == {}
    assert found(tagging) == dict.fromkeys(arns, {**TAGGED, "Owner": "me", "Empty": ""})
    failed = tagging.untag_resources(ResourceARNList=sorted(arns), TagKeys=["Stage", "Empty", "never"])
    assert failed["FailedResourcesMap"] == {}
    assert found(tagging) == dict.fromkeys(arns, {"Owner": "me"})
    tagging.untag_resources(ResourceARNList=sorted(arns), TagKeys=["Owner"])
    assert found(tagging) == {}


def is_of(arn, wanted):
    service, _, kind = wanted.partition(":")
    parts = arn.split(":", 5)
    return parts[2] == service and kind in ("", parts[5].split("/")[0])


def test_tags_are_those_of_the_services(client, account, ec2, tagging, volume):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    tagging.tag_resources(ResourceARNList=[key, arn_of(account, "volume", volume)], Tags=TAGGED)
    assert client("kms").list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "Stage", "TagValue": "test"}]
    (shown,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
    assert shown["Tags"] == [{"Key": "Stage", "Value": "test"}]


def test_tag_filters(ec2, account, tagging):
    both, stage, other = (
        arn_of(account, "volume", new_volume(ec2, **tags))
        for tags in ({"Stage": "test", "Owner": "me"}, {"Stage": "test"}, {"Stage": "live", "owner": "me"})
    )

    def with_tags(**filters):
        asked = [{"Key": key, **({"Values": values} if values else {})} for key, values in filters.items()]
        return set(found(tagging, TagFilters=asked))

    assert with_tags(Stage=None) == {both, stage, other}
    assert with_tags(Stage=["test"]) == {both, stage}
    assert with_tags(Stage=["test", "live"]) == {both, stage, other}
    assert with_tags(Stage=["test"], Owner=None) == {both}
    assert with_tags(Stage=["TEST"]) == with_tags(stage=None) == set()
    assert found(tagging, TagFilters=[{"Key": "Owner"}]) == {both: {"Stage": "test", "Owner": "me"}}
    assert found(tagging, TagFilters=[{"Key": "Stage", "Values": []}]).keys() == {both, stage, other}
    with refused("InvalidParameterException", "A tag filter must have a Key"):
        tagging.get_resources(TagFilters=[{"Values": ["test"]}])


def test_arns(ec2, account, tagging):
    first, second = (arn_of(account, "volume", new_volume(ec2, **TAGGED)) for _ in range(2))
    gone = arn_of(account, "volume", "vol-0a1b2c3d4e5f60718")
    assert found(tagging, ResourceARNList=[first, gone]).keys() == {first}
    assert found(tagging, ResourceARNList=[first, second], ResourceTypeFilters=["ec2:image"]) == {}
    wrong = f"arn:aws:ec2:us-east-1:{account}:i-0825a83d29e870145"
    for text in (wrong, "x", "arn:aws:ec2", "arn:aws:::::", f"{first[:-30]}"):
        with refused("InvalidParameterException", f"{text} is not a valid AmazonResourceName (ARN)"):
            tagging.get_resources(ResourceARNList=[text])
    for page in ({"ResourcesPerPage": 1}, {"TagsPerPage": 100}, {"PaginationToken": "x"}):
        with refused("InvalidParameterException", "ResourceARNList cannot be used with pagination parameters"):
            tagging.get_resources(ResourceARNList=[first], **page)


def test_pages(ec2, account, tagging):
    arns = [arn_of(account, "volume", new_volume(ec2, **TAGGED)) for _ in range(5)]
    shown, token, sizes = [], "", []
    while True:
        page = tagging.get_resources(ResourcesPerPage=2, PaginationToken=token)
        shown += [item["ResourceARN"] for item in page["ResourceTagMappingList"]]
        sizes.append(len(page["ResourceTagMappingList"]))
        token = page["PaginationToken"]
        if not token:
            break
    assert (sorted(shown), sizes) == (sorted(arns), [2, 2, 1])
    for name, size in (("ResourcesPerPage", 0), ("ResourcesPerPage", 101), ("TagsPerPage", 99), ("TagsPerPage", 501)):
        limits = "1 and 100" if name == "ResourcesPerPage" else "100 and 500"
        with refused("InvalidParameterException", f"{name} must be between {limits}"):
            tagging.get_resources(**{name: size})
    for token in ("x", "eyJzIjotMX0="):
        with refused("InvalidParameterException", f"The pagination token {token} is not valid"):
            tagging.get_resources(PaginationToken=token)


def test_tags_are_not_split_over_pages(ec2, account, tagging):
    """A resource whose tags are too many for the page is the first of the next one [guide]."""
    many = {f"key{n:02}": "" for n in range(45)}
    for _ in range(3):
        new_volume(ec2, **many)
    page = tagging.get_resources(TagsPerPage=100)
    assert [len(item["Tags"]) for item in page["ResourceTagMappingList"]] == [45, 45]
    page = tagging.get_resources(TagsPerPage=100, PaginationToken=page["PaginationToken"])
    assert [len(item["Tags"]) for item in page["ResourceTagMappingList"]] == [45]
    assert page["PaginationToken"] == ""


def test_keys_and_values(client, ec2, tagging):
    new_volume(ec2, Stage="live", Owner="me")
    new_volume(ec2, Stage="test", stage="x")
    client("ssm").put_parameter(Name="p", Value="v", Type="String", Tags=[{"Key": "Stage", "Value": "live"}])
    assert tagging.get_tag_keys()["TagKeys"] == ["Owner", "Stage", "stage"]
    assert tagging.get_tag_values(Key="Stage")["TagValues"] == ["live", "test"]
    none = tagging.get_tag_values(Key="never")
    assert (none["TagValues"], none["PaginationToken"]) == ([], "")
    elsewhere = client("resourcegroupstaggingapi", region="eu-west-1")
    assert elsewhere.get_tag_keys()["TagKeys"] == []


def test_keys_in_pages(ec2, tagging):
    for part in range(21):
        new_volume(ec2, **{f"key{part:02}{n:02}": "" for n in range(48)})
    first = tagging.get_tag_keys()
    rest = tagging.get_tag_keys(PaginationToken=first["PaginationToken"])
    assert (len(first["TagKeys"]), len(rest["TagKeys"]), rest["PaginationToken"]) == (1000, 8, "")
    with refused("InvalidParameterException", "The pagination token x is not valid"):
        tagging.get_tag_keys(PaginationToken="x")


def test_others_resources_are_not_listed(ec2, account, tagging):
    """Tags of one's own on a public snapshot are EC2's affair: it is no resource of the account."""
    snapshot = ec2.describe_snapshots(MaxResults=5)["Snapshots"][0]["SnapshotId"]
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Stage", "Value": "test"}])
    assert found(tagging) == {} and tagging.get_tag_keys()["TagKeys"] == []


def test_failed_resources(client, account, ec2, tagging, volume):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.schedule_key_deletion(KeyId=key)
    good = arn_of(account, "volume", volume)
    expected = {
        arn_of(account, "instance", "i-0a1b2c3d4e5f60718"): "InvalidInstanceID.NotFound",
        arn_of(account, "parameter", "none", "ssm"): "InvalidResourceId",
        arn_of(account, "rule", "abcdefghijk", "rbin"): "ResourceNotFoundException",
        arn_of(account, "volume", volume, region="eu-west-1"): "InvalidParameterException",
        arn_of("123456789012", "volume", volume): "InvalidParameterException",
        arn_of(account, "instance", volume): "InvalidParameterException",
        arn_of(account, "vpc-peering-connection", "pcx-0d149f0a760cca09a"): "InvalidParameterException",
        "arn:aws:s3:::bucket": "InvalidParameterException",
        key: "KMSInvalidStateException",
    }
    for call, tags in ((tagging.tag_resources, {"Tags": TAGGED}), (tagging.untag_resources, {"TagKeys": ["Stage"]})):
        failed = call(ResourceARNList=[good, *expected], **tags)["FailedResourcesMap"]
        assert {arn: why["ErrorCode"] for arn, why in failed.items()} == expected
        assert {why["StatusCode"] for why in failed.values()} <= {400, 404}
        why = failed[arn_of(account, "vpc-peering-connection", "pcx-0d149f0a760cca09a")]
        assert why["ErrorMessage"] == "'vpc-peering-connection' is not a recognized EC2ResourceType id "
        tagged = "Tags" in tags
        assert found(tagging) == ({good: TAGGED} if tagged else {})


def test_one_of_many_is_full(ec2, account, tagging):
    """All or nothing for each resource."""
    full = arn_of(account, "volume", new_volume(ec2, **{f"key{n}": "" for n in range(50)}))
    free = arn_of(account, "volume", new_volume(ec2))
    failed = tagging.tag_resources(ResourceARNList=[full, free], Tags={"a": "1", "b": "2"})["FailedResourcesMap"]
    assert [(arn, why["ErrorCode"]) for arn, why in failed.items()] == [(full, "TagLimitExceeded")]
    assert found(tagging)[free] == {"a": "1", "b": "2"} and len(found(tagging)[full]) == 50


def test_refusals(account, tagging, volume):
    arn = arn_of(account, "volume", volume)
    with refused("UnsupportedOperationException", "The parameter IncludeComplianceDetails is not simulated: tag policies are not simulated"):
        tagging.get_resources(IncludeComplianceDetails=True)
    with refused("UnsupportedOperationException", "The operation GetComplianceSummary is not simulated"):
        tagging.get_compliance_summary()
    tail = "failed to satisfy constraint: "
    for tags, text in (
        ({}, "Member must have length greater than or equal to 1"),
        ({f"k{n}": "" for n in range(51)}, "Member must have length less than or equal to 50"),
        ({"k" * 129: ""}, "Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"),
        ({"k": "v" * 257}, "Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must have length greater than or equal to 0]"),
    ):
        with refused("ValidationException", f"1 validation error detected: Value at 'tags' {tail}{text}"):
            tagging.tag_resources(ResourceARNList=[arn], Tags=tags)
    with refused("InvalidParameterException", "x is not a valid AmazonResourceName (ARN)"):
        tagging.tag_resources(ResourceARNList=[arn, "x"], Tags=TAGGED)
    assert found(tagging) == {}


# ---- RPC v2 CBOR ----

SERVICE = "ResourceGroupsTaggingAPI_20170126"


@pytest.fixture
def rpc(amisim, account):
    """rpc("GetResources", TagFilters=[]): (status, what the answer holds), as Go's SDK asks."""

    def ask(operation, body=None, service=SERVICE, scope="tagging", **parameters):
        sent = cbor2.dumps(parameters) if body is None else body
        scope = f"{account}/20260101/us-east-1/{scope}/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
            "Content-Type": "application/cbor",
            "Smithy-Protocol": "rpc-v2-cbor",
        }
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(amisim.url).netloc)
        with contextlib.closing(connection):
            connection.request("POST", f"/service/{service}/operation/{operation}", sent, headers)
            reply = connection.getresponse()
            assert reply.headers["Content-Type"] == "application/cbor"
            assert reply.headers["smithy-protocol"] == "rpc-v2-cbor"
            return reply.status, cbor2.loads(reply.read())

    return ask


def test_cbor_says_what_json_says(ec2, account, tagging, rpc, volume):
    arn = arn_of(account, "volume", volume)
    assert rpc("TagResources", ResourceARNList=[arn], Tags=TAGGED) == (200, {"FailedResourcesMap": {}})
    status, answer = rpc("GetResources", TagFilters=[{"Key": "Stage", "Values": ["test", "é"]}], ResourcesPerPage=1)
    shown = tagging.get_resources(TagFilters=[{"Key": "Stage", "Values": ["test", "é"]}], ResourcesPerPage=1)
    assert (status, answer) == (200, {key: shown[key] for key in ("ResourceTagMappingList", "PaginationToken")})
    assert answer["ResourceTagMappingList"] == [{"ResourceARN": arn, "Tags": [{"Key": "Stage", "Value": "test"}]}]
    assert rpc("GetTagKeys", body=b"") == (200, {"TagKeys": ["Stage"], "PaginationToken": ""})
    failed = rpc("UntagResources", ResourceARNList=[arn, "arn:aws:s3:::b"], TagKeys=["Stage"])[1]["FailedResourcesMap"]
    assert failed["arn:aws:s3:::b"]["StatusCode"] == 400 and len(failed) == 1


def test_cbor_in_every_form(account, tagging, rpc, volume):
    """Lists, maps and texts without a length, and lengths that are longer than they need be."""
    arn = arn_of(account, "volume", volume).encode()
    text = b"\x7f\x64Reso\x6burceARNList\xff"
    body = b"\xbf" + text + b"\x9f\x79" + len(arn).to_bytes(2, "big") + arn + b"\xff" + b"\x64Tags\xb8\x01\x61k\x61v\xff"
    assert rpc("TagResources", body=body) == (200, {"FailedResourcesMap": {}})
    assert found(tagging) == {arn.decode(): {"k": "v"}}


def test_cbor_refusals(rpc):
    status, answer = rpc("GetResources", ResourceARNList=["x"])
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert answer["Message"] == "x is not a valid AmazonResourceName (ARN)"
    for body in (b"\x01", b"\xa1", b"\xa1\x01\x02", b"\x81" * 5000, b"\x9f" * 5000, b"\xbb" + b"\xff" * 8, b"{}", b"\xa0\xa0", b"\xa2\x61a\x01\x61a\x01"):
        assert rpc("GetResources", body=body) == (400, {"__type": "SerializationException"})
    assert rpc("GetNothing")[1]["__type"] == "UnknownOperationException"
    elsewhere = rpc("ListMetrics", service="GraniteServiceVersion20100801", scope="monitoring")
    assert elsewhere == (400, {"__type": "UnsupportedOperation", "message": "The service monitoring is not simulated"})
    wrong = rpc("GetResources", TagFilters="x")
    assert (wrong[0], wrong[1]["__type"]) == (400, "SerializationException")


def test_cbor_in_the_record(amisim, account, rpc):
    rpc("GetResources", TagFilters=[{"Key": "Stage"}])
    (line,) = amisim.send("GET", f"/_amisim/requests?account={account}").body.splitlines()
    entry = json.loads(line)
    assert (entry["operation"], entry["parameters"]) == ("GetResources", {"TagFilters": [{"Key": "Stage"}]})
