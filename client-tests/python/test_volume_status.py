"""The health of volumes: DescribeVolumeStatus, the autoEnableIO attribute, EnableVolumeIO."""

import pytest
from simulator import refused
from test_volume_attach import launch

ZONE = "us-east-1a"
ZERO = "vol-00000000000000000"
NULL_OR_EMPTY = "Value ({}) for parameter volumeId is invalid. Parameter may not be null or empty."


@pytest.fixture
def volume(ec2):
    return new_volume(ec2)


def new_volume(ec2, **parameters):
    size = {} if "SnapshotId" in parameters else {"Size": 1}
    asked = {"AvailabilityZone": ZONE, "VolumeType": "gp3", **size, **parameters}
    return ec2.create_volume(**asked)["VolumeId"]


def status(ec2, volume):
    return ec2.describe_volume_status(VolumeIds=[volume])["VolumeStatuses"][0]


def details(found):
    return {detail["Name"]: detail["Status"] for detail in found["VolumeStatus"]["Details"]}


def test_of_an_available_volume(ec2, volume):
    """Recorded."""
    assert status(ec2, volume) == {
        "VolumeId": volume,
        "AvailabilityZone": ZONE,
        "AvailabilityZoneId": "use1-az6",
        "VolumeStatus": {
            "Status": "ok",
            "Details": [
                {"Name": "io-enabled", "Status": "passed"},
                {"Name": "io-performance", "Status": "not-applicable"},
            ],
        },
        "Events": [],
        "Actions": [],
        "Operator": {"Managed": False, "HiddenByDefault": False},
    }


def test_ok_while_creating(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    volume = new_volume(ec2)
    assert ec2.describe_volumes()["Volumes"][0]["State"] == "creating"
    assert status(ec2, volume)["VolumeStatus"]["Status"] == "ok"
    ec2.delete_volume(VolumeId=volume)
    assert ec2.describe_volumes()["Volumes"][0]["State"] == "deleting"
    with refused("InvalidVolume.NotFound", f"The volume '{volume}' does not exist."):
        status(ec2, volume)
    assert ec2.describe_volume_status()["VolumeStatuses"] == []


def test_initialization(start_amisim):
    """Progress of what comes out of a snapshot: 1.6 GB of a public image at 100 MiB/s."""
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    pattern = [{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}]
    image = ec2.describe_images(Owners=["amazon"], Filters=pattern)["Images"][0]
    source = image["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    plain, rated = (
        new_volume(ec2, SnapshotId=source),
        new_volume(ec2, SnapshotId=source, VolumeInitializationRate=100),
    )
    found = status(ec2, plain)
    assert details(found)["initialization-state"] == "initializing"
    assert found["InitializationStatusDetails"] == {"InitializationType": "default", "Progress": 0}
    found = status(ec2, rated)["InitializationStatusDetails"]
    remaining = found.pop("EstimatedTimeToCompleteInSeconds")
    assert found == {"InitializationType": "provisioned-rate", "Progress": 0}
    assert remaining > 10
    simulator.control.clock(advance=f"{remaining - 5}s")
    found = status(ec2, rated)["InitializationStatusDetails"]
    assert 50 < found["Progress"] < 100
    assert found["EstimatedTimeToCompleteInSeconds"] == 5
    simulator.control.clock(advance="1h")
    for volume in (plain, rated):
        assert details(status(ec2, volume))["initialization-state"] == "completed"
        assert status(ec2, volume)["InitializationStatusDetails"]["Progress"] == 100


def test_of_attached_volumes(ec2, volume):
    """Documented: how fast I/O is is watched for io1, io2 and gp3 only."""
    instance, old = launch(ec2), new_volume(ec2, VolumeType="gp2")
    for each, device in ((volume, "/dev/sdf"), (old, "/dev/sdg")):
        ec2.attach_volume(VolumeId=each, InstanceId=instance, Device=device)
    found = status(ec2, volume)
    assert details(found)["io-performance"] == "normal"
    assert found["AttachmentStatuses"] == [{"IoPerformance": "normal", "InstanceId": instance}]
    found = status(ec2, old)
    assert details(found)["io-performance"] == "not-applicable"
    assert "AttachmentStatuses" not in found


def test_refusals_and_the_empty_id(amisim, account, ec2, volume):
    def body(**parameters):
        return amisim.query(account, Action="DescribeVolumeStatus", **parameters).body

    assert f"<volumeId>{volume}</volumeId>" in body(**{"VolumeId.1": ""})
    for bad, text in (
        ("bad", 'Invalid id: "bad" (expecting "vol-...")'),
        (ZERO, f'Invalid id: "{ZERO}"'),
    ):
        escaped = text.replace('"', "&quot;")
        found = body(**{"VolumeId.1": bad})
        assert "<Code>InvalidVolumeID.Malformed</Code>" in found
        assert f"<Message>{text}</Message>" in found or f"<Message>{escaped}</Message>" in found
        found = body(**{"VolumeId.1": bad, "DryRun": "true"})
        assert "<Code>DryRunOperation</Code>" in found
    text = "The parameter volumeIdsSet cannot be used with the parameter {}"
    with refused("InvalidParameterCombination", text.format("maxResults")):
        ec2.describe_volume_status(VolumeIds=[volume], MaxResults=5)
    with refused("InvalidParameterCombination", text.format("nextToken")):
        ec2.describe_volume_status(VolumeIds=[volume], NextToken="x")
    with refused("InvalidParameterValue", "The filter 'bad-filter' is invalid"):
        bad = [{"Name": "bad-filter", "Values": ["x"]}]
        ec2.describe_volume_status(VolumeIds=[volume], Filters=bad)
    with refused("InvalidParameterValue", "Unable to parse pagination token"):
        ec2.describe_volume_status(NextToken="invalid")


def test_status_filters(ec2, volume):
    def found(name, value):
        filters = [{"Name": name, "Values": [value]}]
        return len(ec2.describe_volume_status(Filters=filters)["VolumeStatuses"])

    assert found("volume-status.status", "ok") == 1
    assert found("volume-status.status", "impaired") == 0
    assert found("volume-status.details-name", "io-enabled") == 1
    assert found("volume-status.details-status", "passed") == 1
    assert found("availability-zone", ZONE) == 1
    assert found("availability-zone", "us-east-1b") == 0
    for nothing in ("event.event-id", "event.not-before", "action.code", "event.description"):
        assert found(nothing, "*") == 0


def test_pages_of_status(ec2):
    for _ in range(6):
        new_volume(ec2)
    pager = ec2.get_paginator("describe_volume_status")
    pages = list(pager.paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["VolumeStatuses"]) for page in pages] == [5, 1]


# ---- Attributes ----


def test_auto_enable_io(ec2, volume):
    def value():
        found = ec2.describe_volume_attribute(VolumeId=volume, Attribute="autoEnableIO")
        assert found["VolumeId"] == volume
        return found["AutoEnableIO"]["Value"]

    assert value() is False
    ec2.modify_volume_attribute(VolumeId=volume, AutoEnableIO={"Value": True})
    assert value() is True


def test_product_codes(ec2, volume):
    found = ec2.describe_volume_attribute(VolumeId=volume, Attribute="productCodes")
    assert found["ProductCodes"] == [] and "AutoEnableIO" not in found


def test_refusals_of_attributes(ec2, volume, amisim, account):
    for attribute in ({}, {"Attribute": ""}):
        query = {"Action": "DescribeVolumeAttribute", "VolumeId": volume, **attribute}
        body = amisim.query(account, **query).body
        assert "<Code>InvalidParameterCombination</Code>" in body
        assert "<Message>No attributes specified.</Message>" in body
        assert "<Code>DryRunOperation</Code>" in amisim.query(account, DryRun="true", **query).body
    text = "Value (bad) for parameter attribute is invalid. Unknown attribute."
    with refused("InvalidParameterValue", text):
        ec2.describe_volume_attribute(VolumeId=volume, Attribute="bad")
    with refused("DryRunOperation"):
        ec2.describe_volume_attribute(VolumeId=volume, Attribute="bad", DryRun=True)


def test_refusals_of_modify_attribute(amisim, account):
    query = {"Action": "ModifyVolumeAttribute", "AutoEnableIO.Value": "true"}
    body = amisim.query(account, **query).body
    assert "<Code>MissingParameter</Code><Message>volumeId</Message>" in body
    for bad in ("", "bad", ZERO):
        body = amisim.query(account, VolumeId=bad, **query).body.replace("&apos;", "'")
        assert f"<Message>The volume ID '{bad}' is malformed</Message>" in body
        assert "<Code>InvalidVolumeID.Malformed</Code>" in body
        body = amisim.query(account, VolumeId=bad, DryRun="true", **query).body
        assert "<Code>DryRunOperation</Code>" in body


# ---- EnableVolumeIO ----


def test_enable_io_of_a_healthy_volume(ec2, volume):
    with refused("IncorrectState", f"Volume {volume} already has IO enabled"):
        ec2.enable_volume_io(VolumeId=volume)


def test_refusals_of_enable_io(amisim, account):
    def answer(**parameters):
        reply = amisim.query(account, Action="EnableVolumeIO", **parameters)
        return reply.status, reply.body

    for given, text in (({}, "null"), ({"VolumeId": ""}, "")):
        code = "<Code>MissingParameter</Code>"
        status, body = answer(**given)
        assert status == 400 and code in body and NULL_OR_EMPTY.format(text) in body
    status, body = answer(VolumeId=ZERO)
    assert status == 500 and "<Code>InternalError</Code>" in body
    assert "<Code>InvalidParameterValue</Code>" in answer(VolumeId="bad")[1]
    assert answer(VolumeId="bad", DryRun="true")[0] == 412
