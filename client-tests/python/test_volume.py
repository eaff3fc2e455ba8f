"""Volumes: made, shown, deleted. Recorded from AWS unless a test says otherwise."""

import re

import pytest
from simulator import refused

ZONE = "us-east-1a"
DRY_RUN = "Request would have succeeded, but DryRun flag is set."
TAGGED = {"TagSpecification.1.ResourceType": "volume", "TagSpecification.1.Tag.1.Key": "suite"}


@pytest.fixture
def create(ec2):
    """create(VolumeType="gp3"): a volume of 1 GiB in us-east-1a, as its maker is shown it."""

    def make(client=ec2, **parameters):
        parameters = {"AvailabilityZone": ZONE, "Size": 1, **parameters}
        return client.create_volume(**{k: v for k, v in parameters.items() if v is not None})

    return make


@pytest.fixture
def snapshot(ec2, create):
    """A completed snapshot of 2 GiB; snapshot(Encrypted=True, …) of an encrypted volume."""

    def make(size=2, **parameters):
        volume = create(Size=size, **parameters)["VolumeId"]
        return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]

    return make


@pytest.fixture
def send(amisim, account):
    """send(Action=…): status, code and message of a bare request."""

    def query(**parameters):
        reply = amisim.query(account, **parameters)
        found = re.search(r"<Code>(.*)</Code><Message>(.*)</Message>", reply.body)
        assert found, reply.body
        return reply.status, found[1], found[2].replace("&apos;", "'").replace("&quot;", '"')

    return query


def shown(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]


def is_gone(ec2, volume):
    with refused("InvalidVolume.NotFound", f"The volume '{volume}' does not exist."):
        shown(ec2, volume)
    return True


# ---- What a volume looks like ----


def test_created_and_described_differ(ec2, create):
    made = create()
    del made["ResponseMetadata"]
    assert set(made) == {
        *("VolumeId", "Size", "SnapshotId", "AvailabilityZone", "AvailabilityZoneId", "State"),
        *("CreateTime", "Tags", "VolumeType", "Iops", "Encrypted", "MultiAttachEnabled"),
    }
    assert (made["State"], made["SnapshotId"], made["Tags"]) == ("creating", "", [])
    assert (made["AvailabilityZone"], made["AvailabilityZoneId"]) == (ZONE, "use1-az6")
    later = shown(ec2, made["VolumeId"])
    assert set(later) - set(made) == {"Attachments", "OwnerId", "VolumeArn", "Operator"}
    assert set(made) - set(later) == {"Tags"}
    assert (later["State"], later["Attachments"], later["SnapshotId"]) == ("available", [], "")
    assert later["Operator"] == {"Managed": False, "HiddenByDefault": False}
    arn = f"arn:aws:ec2:us-east-1:{later['OwnerId']}:volume/{made['VolumeId']}"
    assert later["VolumeArn"] == arn


def test_create_time_is_whole_seconds_at_first(start_amisim):
    ec2 = start_amisim("--pace", "instant").client("ec2", "123456789012")
    made = [ec2.create_volume(AvailabilityZone=ZONE, Size=1) for _ in range(3)]
    assert {one["CreateTime"].microsecond for one in made} == {0}
    later = ec2.describe_volumes()["Volumes"]
    assert {one["CreateTime"].microsecond for one in later} != {0}
    for one, other in zip(made, later, strict=True):
        assert one["CreateTime"] == other["CreateTime"].replace(microsecond=0)


@pytest.mark.parametrize(
    "asked, found",
    [
        ({}, {"VolumeType": "gp2", "Iops": 100}),
        ({"Size": 1000}, {"VolumeType": "gp2", "Iops": 3000}),
        ({"Size": 16384}, {"VolumeType": "gp2", "Iops": 16000}),
        ({"VolumeType": "gp3"}, {"VolumeType": "gp3", "Iops": 3000, "Throughput": 125}),
        ({"VolumeType": "GP3"}, {"VolumeType": "gp3", "Iops": 3000, "Throughput": 125}),
        ({"VolumeType": "gp3", "Throughput": 124}, {"Iops": 3000, "Throughput": 125}),
        ({"VolumeType": "gp3", "Throughput": 750}, {"Iops": 3000, "Throughput": 750}),
        ({"VolumeType": "gp3", "Iops": 100}, {"Iops": 3000, "Throughput": 125}),
        ({"VolumeType": "gp3", "Iops": 5000, "Size": 10}, {"Iops": 5000, "Throughput": 125}),
        ({"VolumeType": "standard"}, {"VolumeType": "standard"}),
        ({"VolumeType": "st1", "Size": 125}, {"VolumeType": "st1"}),
        ({"VolumeType": "io1", "Size": 4, "Iops": 100}, {"VolumeType": "io1", "Iops": 100}),
        ({"VolumeType": "io2", "Size": 4, "Iops": 4000}, {"VolumeType": "io2", "Iops": 4000}),
        (
            {"VolumeType": "io1", "Size": 4, "Iops": 100, "MultiAttachEnabled": True},
            {"MultiAttachEnabled": True},
        ),
    ],
)
def test_types_and_their_defaults(create, asked, found):
    made = create(**asked)
    assert {name: made[name] for name in found} == found
    for name in ("Iops", "Throughput"):
        if name not in found and "VolumeType" in found:
            assert name not in made, made


def test_an_empty_type_is_gp2(amisim, account):
    parameters = {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": ""}
    body = amisim.query(account, Action="CreateVolume", **parameters).body
    assert "<volumeType>gp2</volumeType><iops>100</iops>" in body
    assert "<tagSet/>" in body and "<snapshotId/>" in body


def test_zone_by_id(create):
    made = create(AvailabilityZone=None, AvailabilityZoneId="use1-az6")
    assert (made["AvailabilityZone"], made["AvailabilityZoneId"]) == (ZONE, "use1-az6")


def test_tags_at_creation(ec2, create):
    tags = [{"Key": "suite", "Value": "v"}, {"Key": "Name", "Value": ""}]
    made = create(TagSpecifications=[{"ResourceType": "volume", "Tags": tags}])
    assert made["Tags"] == shown(ec2, made["VolumeId"])["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in made["Tags"]} == {"suite": "v", "Name": ""}


def test_creating_until_its_time(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    assert shown(ec2, volume)["State"] == "creating"
    simulator.control.clock(advance="10s")
    assert shown(ec2, volume)["State"] == "available"


# ---- Refusals of CreateVolume ----

TYPE_BAD = "Unsupported volume type 'bad' for volume creation. "
NO_THROUGHPUT = "The throughput parameter is not supported for {} volumes."
NO_IOPS = "The parameter iops is not supported for {} volumes."
NEEDS_IOPS = "The parameter iops must be specified for {} volumes."
SMALL = (
    "The volume size is invalid for {0} volumes: {1} GiB. {0} volumes must be at least {2} GiB in "
    "size. Please specify a volume size above the minimum limit."
)
LARGE = "Volume of {}GiB is too large for volume type {}; maximum is {}GiB"
NEGATIVE = "Value (-1) for parameter {} is invalid. Value must be a positive integer."
RATIO = "Iops to volume size ratio of {} is too high; maximum is {}"
COMBINATION, VALUE = "InvalidParameterCombination", "InvalidParameterValue"


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    "type, changes, code, message",
    [
        (None, {"Size": ""}, "MissingParameter", "size/snapshot"),
        ("bad", {}, "UnknownVolumeType", TYPE_BAD),
        ("gp2", {"Throughput": 125}, COMBINATION, NO_THROUGHPUT.format("gp2")),
        ("standard", {"Throughput": 125}, COMBINATION, NO_THROUGHPUT.format("standard")),
        ("gp2", {"Iops": 100}, COMBINATION, NO_IOPS.format("gp2")),
        ("st1", {"Iops": 100, "Size": 125}, COMBINATION, NO_IOPS.format("st1")),
        ("io1", {}, COMBINATION, NEEDS_IOPS.format("io1")),
        ("io2", {}, COMBINATION, NEEDS_IOPS.format("io2")),
        ("gp3", {"Size": 0}, VALUE, SMALL.format("gp3", 0, 1)),
        ("gp3", {"Size": -1}, VALUE, NEGATIVE.format("size")),
        ("gp3", {"Iops": -1}, VALUE, NEGATIVE.format("iops")),
        ("io1", {"Iops": 100}, VALUE, SMALL.format("io1", 1, 4)),
        ("io1", {"Iops": 64001}, VALUE, SMALL.format("io1", 1, 4)),
        ("io2", {"Iops": 100}, VALUE, SMALL.format("io2", 1, 4)),
        ("st1", {}, VALUE, SMALL.format("st1", 1, 125)),
        ("sc1", {}, VALUE, SMALL.format("sc1", 1, 125)),
        ("gp2", {"Size": 16385}, VALUE, LARGE.format(16385, "gp2", 16384)),
        ("gp3", {"Size": 65537}, VALUE, LARGE.format(65537, "gp3", 65536)),
        ("standard", {"Size": 1025}, VALUE, LARGE.format(1025, "standard", 1024)),
        ("gp3", {"Iops": 0}, VALUE, "Volume iops of 0 is too low; minimum is 100."),
        ("io1", {"Size": 4, "Iops": 99}, VALUE, "Volume iops of 99 is too low; minimum is 100."),
        ("io2", {"Size": 4, "Iops": 99}, VALUE, "Volume iops of 99 is too low; minimum is 100."),
        ("gp3", {"Iops": 80001}, VALUE, "Volume iops of 80001 is too high; maximum is 80000."),
        ("io2", {"Size": 999, "Iops": 256001}, VALUE, "Volume iops of 256001 is too high; "
         "maximum is 256000."),
        ("gp3", {"Iops": 3001}, VALUE, RATIO.format("3001.000000", 500)),
        ("gp3", {"Iops": 2999}, VALUE, RATIO.format("2999.000000", 500)),
        ("io1", {"Size": 4, "Iops": 201}, VALUE, RATIO.format("50.250000", 50)),
        ("gp3", {"Throughput": 2001}, VALUE, "Volume throughput of 2001 is too high; maximum is 2000."),
        ("gp3", {"Throughput": 751}, VALUE, "Throughput (MiBps) to iops ratio of 0.250333 is too "
         "high; maximum is 0.250000 MiBps per iops"),
        (None, {"AvailabilityZone": ""}, "MissingParameter", "zone"),
        (None, {"AvailabilityZone": "not-a-zone"}, "InvalidZone.NotFound",
         "The zone 'not-a-zone' does not exist."),
        (None, {"AvailabilityZone": "", "AvailabilityZoneId": "use1-az999"},
         "InvalidZone.NotFound", "The zone 'use1-az999' does not exist."),
        (None, {"AvailabilityZoneId": "use1-az6"}, COMBINATION, "AvailabilityZone and "
         "AvailabilityZoneId can't be used together. Specify only one of these parameters."),
        (None, {"TagSpecification.1.ResourceType": "snapshot", "TagSpecification.1.Tag.1.Key": "k"},
         VALUE, "'snapshot' is not a valid taggable resource type for this operation."),
        (None, {**TAGGED, "TagSpecification.1.Tag.2.Key": "aws:reserved"}, VALUE,
         "Tag keys starting with 'aws:' are reserved for internal use"),
        (None, {**TAGGED, "TagSpecification.1.Tag.2.Key": "suite"}, VALUE,
         "Duplicate tag key 'suite' specified."),
        (None, {**TAGGED, "TagSpecification.1.Tag.2.Key": "", "TagSpecification.1.Tag.2.Value": "x"},
         VALUE, "Tag key must have a value"),
    ],
)  # fmt: skip
def test_refused_whatever_dry_run_says(send, type, changes, code, message, dry_run):
    parameters = {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": type or "", **changes}
    if dry_run:
        parameters["DryRun"] = "true"
    if code == "MissingParameter":
        message = f"The request must contain the parameter {message}"
    assert send(Action="CreateVolume", **parameters) == (400, code, message)


@pytest.mark.parametrize(
    "changes, code, message",
    [
        ({"VolumeType": "gp3", "MultiAttachEnabled": "true"}, COMBINATION,
         "The parameter multi-attach-enabled is not supported for gp3 volumes."),
        ({"ClientToken": "x" * 65}, VALUE,
         "Client token must be less than or equal to 64 characters."),
        ({"VolumeInitializationRate": 100}, COMBINATION, "You can't specify "
         "VolumeInitializationRate for volumes that are not created from a snapshot."),
        ({"KmsKeyId": "alias/aws/ebs"}, "InvalidParameterDependency",
         "The parameter [KmsKeyId] requires the parameter Encrypted to be set."),
        ({"SnapshotId": "snap-0123456789abcdef0"}, "InvalidSnapshotID.Malformed",
         "Value ( snap-0123456789abcdef0 ) for parameter SNAPSHOT is invalid. "),
        ({"SnapshotId": "bad"}, VALUE,
         "Value (bad) for parameter snapshotId is invalid. Expected: 'snap-...'."),
        ({"SnapshotId": "snap-0fedcba9876543210"}, "InvalidSnapshot.NotFound",
         "Snapshot does not exist"),
    ],
)  # fmt: skip
def test_refused_unless_dry_run(send, changes, code, message):
    parameters = {"Action": "CreateVolume", "AvailabilityZone": ZONE, "Size": 1, **changes}
    assert send(**parameters) == (400, code, message)
    assert send(DryRun="true", **parameters) == (412, "DryRunOperation", DRY_RUN)


def test_local_zones_that_are_not_opted_in(client):
    west = client("ec2", region="us-west-2")
    zones = west.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    local = [zone["ZoneName"] for zone in zones if zone["OptInStatus"] == "not-opted-in"]
    assert local
    with refused("InvalidZone.NotFound", f"The zone '{local[0]}' does not exist."):
        west.create_volume(AvailabilityZone=local[0], Size=1)


# ---- From snapshots ----


def test_as_large_as_its_snapshot(create, snapshot):
    source = snapshot(size=2)
    assert create(SnapshotId=source, Size=None)["Size"] == 2
    smaller = create(SnapshotId=source, Size=1, VolumeType="gp3")
    assert (smaller["Size"], smaller["SnapshotId"]) == (2, source)
    assert create(SnapshotId=source, Size=3)["Size"] == 3


def test_tags_of_the_snapshot_stay_there(ec2, create, snapshot):
    source = snapshot()
    ec2.create_tags(Resources=[source], Tags=[{"Key": "k", "Value": "v"}])
    assert create(SnapshotId=source)["Tags"] == []


def test_initialization_rate(create, snapshot):
    source = snapshot()
    assert create(SnapshotId=source, VolumeInitializationRate=100)["VolumeInitializationRate"] == 100
    for rate in (99, 301):
        with refused("InvalidParameterValue"):
            create(SnapshotId=source, VolumeInitializationRate=rate)


def test_snapshot_must_be_complete(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    simulator.control.clock(advance="1m")
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    with refused("IncorrectState", "Snapshot is in invalid state - pending"):
        ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=source)


def test_snapshots_of_others(client, create, snapshot, ec2):
    stranger = client("ec2", account="111122223333")
    source = snapshot()
    with refused("InvalidSnapshot.NotFound", "Snapshot does not exist"):
        create(client=stranger, SnapshotId=source)


def test_snapshots_that_are_put_away(start_amisim):
    """In the archive and in the Recycle Bin; documented, the words of the first are ours."""
    simulator = start_amisim("--pace", "instant")
    ec2 = simulator.client("ec2", "123456789012")
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.modify_snapshot_tier(SnapshotId=source, StorageTier="archive")
    with refused("IncorrectState"):
        ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=source)
    ec2.restore_snapshot_tier(SnapshotId=source, TemporaryRestoreDays=1)
    ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=source)
    period = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    rbin = simulator.client("rbin", "123456789012")
    rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=period)
    ec2.delete_snapshot(SnapshotId=source)
    with refused("InvalidSnapshot.NotFound", "Snapshot does not exist"):
        ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=source)


# ---- ClientToken ----


def test_token_gives_the_volume_as_it_is_now(ec2, create):
    first = create(ClientToken="t", VolumeType="gp3")
    again = create(ClientToken="t", VolumeType="gp3")
    assert again["VolumeId"] == first["VolumeId"]
    assert (first["State"], again["State"]) == ("creating", "available")
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_what_a_token_calls_the_same(create):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    specs = [{"ResourceType": "volume", "Tags": tags}]
    turned = [{"ResourceType": "volume", "Tags": tags[::-1]}]
    first = create(ClientToken="t", VolumeType="gp3", TagSpecifications=specs)["VolumeId"]
    for same in (
        {"TagSpecifications": turned},
        {"AvailabilityZone": None, "AvailabilityZoneId": "use1-az6"},
        {"Throughput": 125},
    ):
        asked = {"ClientToken": "t", "VolumeType": "gp3", "TagSpecifications": specs, **same}
        assert create(**asked)["VolumeId"] == first


@pytest.mark.parametrize(
    "change", [{"Size": 2}, {"Iops": 3000}, {"Encrypted": False}, {"MultiAttachEnabled": False}]
)
def test_what_a_token_calls_different(create, change):
    text = (
        "Parameters on this idempotent request are inconsistent with parameters used in previous "
        "request(s)"
    )
    create(ClientToken="t", VolumeType="gp3")
    with refused("IdempotentParameterMismatch", text):
        create(**{"ClientToken": "t", "VolumeType": "gp3", **change})


def test_token_of_a_deleted_volume(ec2, create):
    text = (
        "The client token you have provided is associated with a resource that is already "
        "deleted. Please use a different client token."
    )
    ec2.delete_volume(VolumeId=create(ClientToken="t")["VolumeId"])
    with refused("IdempotentParameterMismatch", text):
        create(ClientToken="t")
    with refused("IdempotentParameterMismatch"):
        create(ClientToken="t", Size=2)


# ---- DescribeVolumes ----


@pytest.fixture
def one(create):
    tags = [{"Key": "suite", "Value": "special"}]
    specs = [{"ResourceType": "volume", "Tags": tags}]
    create(AvailabilityZone="us-east-1b", VolumeType="standard", Size=3, Encrypted=True)
    return create(VolumeType="gp3", TagSpecifications=specs)["VolumeId"]


@pytest.mark.parametrize(
    "name, value",
    [
        ("tag:suite", "special"),
        ("tag-key", "suite"),
        ("tag-value", "special"),
        ("availability-zone", ZONE),
        ("availability-zone-id", "use1-az6"),
        ("size", "1"),
        ("volume-type", "gp3"),
        ("volume-type", "gp?"),
        ("encrypted", "false"),
    ],
)
def test_filters(ec2, one, name, value):
    found = ec2.describe_volumes(Filters=[{"Name": name, "Values": [value]}])["Volumes"]
    assert [volume["VolumeId"] for volume in found] == [one]


@pytest.mark.parametrize(
    "name, value",
    [("status", "available"), ("multi-attach-enabled", "false"), ("operator.managed", "false")],
)
def test_filters_that_both_meet(ec2, one, name, value):
    assert len(ec2.describe_volumes(Filters=[{"Name": name, "Values": [value]}])["Volumes"]) == 2


def test_ids_and_filters_meet(ec2, one):
    def found(**filter):
        return ec2.describe_volumes(VolumeIds=[one], Filters=[filter])["Volumes"]

    assert len(found(Name="volume-id", Values=[one, "not-an-id"])) == 1
    assert found(Name="size", Values=["3"]) == []
    assert found(Name="size", Values=[]) == []


def test_refusals_of_describe(ec2, one, send):
    def describe(**parameters):
        return send(Action="DescribeVolumes", **parameters)

    text = "Value ({}) for parameter volumes is invalid. Expected: 'vol-...'."
    zero = "vol-00000000000000000"
    assert describe(**{"VolumeId.1": "bad"}) == (400, VALUE, text.format("bad"))
    assert describe(**{"VolumeId.1": zero}) == (400, VALUE, text.format(zero))
    missing = "The request must contain the parameter volumes"
    assert describe(**{"VolumeId.1": ""}) == (400, "MissingParameter", missing)
    for bad in ("", "bad", zero):
        assert describe(**{"VolumeId.1": bad, "DryRun": "true"})[1] == "DryRunOperation"
    with refused(VALUE, "The filter 'bad-filter' is invalid"):
        ec2.describe_volumes(VolumeIds=[one], Filters=[{"Name": "bad-filter", "Values": ["x"]}])
    assert is_gone(ec2, "vol-0fedcba9876543210")


@pytest.mark.parametrize("most", [0, 1, 4, 5, 501, 1001])
def test_pages_and_ids(ec2, one, most):
    text = "The parameter volumeIdsSet cannot be used with the parameter {}"
    with refused(COMBINATION, text.format("maxResults")):
        ec2.describe_volumes(VolumeIds=[one], MaxResults=most)
    with refused(COMBINATION, text.format("nextToken")):
        ec2.describe_volumes(VolumeIds=[one], NextToken="x")


def test_pages(ec2, create):
    made = {create()["VolumeId"] for _ in range(11)}
    pages = list(ec2.get_paginator("describe_volumes").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["Volumes"]) for page in pages] == [5, 5, 1]
    assert {volume["VolumeId"] for page in pages for volume in page["Volumes"]} == made
    assert len(ec2.describe_volumes(MaxResults=1001)["Volumes"]) == 11
    for most in (-1, 0, 1, 4):
        with refused(VALUE):
            ec2.describe_volumes(MaxResults=most)
    with refused(VALUE, "Unable to parse pagination token"):
        ec2.describe_volumes(NextToken="invalid")


def test_worlds_apart(client, one):
    for elsewhere in (client("ec2", region="eu-west-1"), client("ec2", account="111122223333")):
        assert is_gone(elsewhere, one)
        with refused("InvalidVolume.NotFound"):
            elsewhere.delete_volume(VolumeId=one)


# ---- DeleteVolume ----


def test_delete(ec2, create):
    volume = create()["VolumeId"]
    ec2.delete_volume(VolumeId=volume)
    assert is_gone(ec2, volume)
    with refused("InvalidVolume.NotFound", f"The volume '{volume}' does not exist."):
        ec2.delete_volume(VolumeId=volume)


def test_deleting_for_a_moment(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    volume = ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    ec2.delete_volume(VolumeId=volume)
    assert shown(ec2, volume)["State"] == "deleting"
    with refused("InvalidVolume.NotFound"):
        ec2.delete_volume(VolumeId=volume)
    simulator.control.clock(advance="1m")
    assert is_gone(ec2, volume)


def test_refusals_of_delete(send, create):
    def delete(**parameters):
        return send(Action="DeleteVolume", **parameters)

    missing = (
        "The request must include the VolumeId parameter. Add the required parameter and retry "
        "the request."
    )
    for dry_run in ("false", "true"):
        assert delete(DryRun=dry_run) == (400, "MissingParameter", missing)
        for bad in ("", "bad", "vol-00000000000000000"):
            text = f"The volume ID '{bad}' is malformed"
            assert delete(VolumeId=bad, DryRun=dry_run) == (400, VALUE, text)
    known = create()["VolumeId"]
    assert delete(VolumeId=known, DryRun="true") == (412, "DryRunOperation", DRY_RUN)


# ---- Encryption ----


def test_default_key_is_not_shown_at_first(ec2, create, kms):
    made = create(Encrypted=True)
    assert made["Encrypted"] is True and "KmsKeyId" not in made
    default = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    assert shown(ec2, made["VolumeId"])["KmsKeyId"] == default


def test_named_key(ec2, create, kms, key):
    made = create(Encrypted=True, KmsKeyId=key)
    assert made["KmsKeyId"] == shown(ec2, made["VolumeId"])["KmsKeyId"] == key


def test_every_form_of_a_key(ec2, create, kms, key):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    prefix = key.rpartition(":")[0]
    for form in (key.rpartition("/")[2], "alias/mine", f"{prefix}:alias/mine"):
        volume = create(Encrypted=True, KmsKeyId=form)["VolumeId"]
        assert shown(ec2, volume)["KmsKeyId"] == key


def test_the_managed_key_by_its_name(ec2, create, kms):
    """It need not be there before."""
    made = create(Encrypted=True, KmsKeyId="alias/aws/ebs")
    default = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    assert shown(ec2, made["VolumeId"])["KmsKeyId"] == default


def test_key_of_the_snapshot(create, snapshot, key):
    source = snapshot(Encrypted=True, KmsKeyId=key)
    made = create(SnapshotId=source)
    assert (made["Encrypted"], made["KmsKeyId"]) == (True, key)
    text = (
        "EncryptedVolume parameter [false] is inconsistent with snapshot encryption state [true]"
    )
    with refused(COMBINATION, text):
        create(SnapshotId=source, Encrypted=False)


def test_another_key_than_the_snapshot(create, snapshot, key, kms):
    other = kms.create_key()["KeyMetadata"]["Arn"]
    source = snapshot(Encrypted=True, KmsKeyId=key)
    assert create(SnapshotId=source, Encrypted=True, KmsKeyId=other)["KmsKeyId"] == other


@pytest.mark.parametrize("kind", ["unknown", "disabled", "pending", "asymmetric", "elsewhere"])
def test_a_dead_key_makes_the_volume_vanish(client, ec2, create, kms, key, kind):
    """Accepted, shown with its key; then it is gone."""
    if kind == "unknown":
        key = "alias/nobody"
    elif kind == "disabled":
        kms.disable_key(KeyId=key)
    elif kind == "pending":
        kms.schedule_key_deletion(KeyId=key)
    elif kind == "asymmetric":
        key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    else:
        key = client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
    made = create(Encrypted=True, KmsKeyId=key)
    assert (made["State"], made["Encrypted"], made["KmsKeyId"]) == ("creating", True, key)
    assert is_gone(ec2, made["VolumeId"])


def test_a_dead_key_of_the_snapshot(ec2, create, snapshot, kms, key):
    source = snapshot(Encrypted=True, KmsKeyId=key)
    kms.disable_key(KeyId=key)
    assert is_gone(ec2, create(SnapshotId=source)["VolumeId"])


def test_a_key_that_dies_later_harms_nothing(ec2, create, kms, key):
    volume = create(Encrypted=True, KmsKeyId=key)["VolumeId"]
    assert shown(ec2, volume)["State"] == "available"
    kms.disable_key(KeyId=key)
    assert shown(ec2, volume)["State"] == "available"
