"""ModifyVolume with its states, limits and refusals. Recorded from AWS unless a test says otherwise."""

import pytest
from simulator import refused

ZONE = "us-east-1a"
UNCHANGED = "vol-0fedcba9876543210"


@pytest.fixture
def volume(ec2):
    return new_volume(ec2)


def new_volume(ec2, **parameters):
    asked = {"AvailabilityZone": ZONE, "Size": 1, "VolumeType": "gp3", **parameters}
    return ec2.create_volume(**asked)["VolumeId"]


def shown(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]


def modification(ec2, volume):
    return ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"][0]


def test_the_answer(ec2, volume):
    answer = ec2.modify_volume(VolumeId=volume, Size=2)["VolumeModification"]
    start = answer.pop("StartTime")
    assert start.microsecond == 0
    expected = {"VolumeId": volume, "ModificationState": "modifying", "Progress": 0}
    for name, value in {
        "Size": (2, 1),
        "Iops": (3000, 3000),
        "VolumeType": ("gp3", "gp3"),
        "Throughput": (125, 125),
        "MultiAttachEnabled": (False, False),
    }.items():
        expected[f"Target{name}"], expected[f"Original{name}"] = value
    assert answer == expected
    later = modification(ec2, volume)
    assert (later["ModificationState"], later["Progress"]) == ("completed", 100)
    assert later["EndTime"] >= start
    assert shown(ec2, volume)["Size"] == 2


def test_the_same_size_is_a_modification(ec2, volume):
    answer = ec2.modify_volume(VolumeId=volume, Size=1)["VolumeModification"]
    assert (answer["ModificationState"], answer["TargetSize"]) == ("modifying", 1)


def test_gp2_to_gp3(ec2):
    volume = new_volume(ec2, VolumeType="gp2")
    answer = ec2.modify_volume(VolumeId=volume, VolumeType="gp3")["VolumeModification"]
    assert (answer["OriginalVolumeType"], answer["OriginalIops"]) == ("gp2", 100)
    assert (answer["TargetIops"], answer["TargetThroughput"]) == (3000, 125)
    assert "OriginalThroughput" not in answer
    later = shown(ec2, volume)
    assert (later["VolumeType"], later["Iops"], later["Throughput"]) == ("gp3", 3000, 125)


@pytest.mark.parametrize(
    "before, change, after",
    [
        ({"VolumeType": "gp2", "Size": 2000}, {"VolumeType": "gp3"}, ("gp3", 6000, 250)),
        ({"Iops": 4000, "Size": 8}, {"Size": 16}, ("gp3", 4000, 125)),
        ({"Throughput": 500}, {"VolumeType": "gp2"}, ("gp2", 100, None)),
        ({"VolumeType": "gp2"}, {"Size": 500}, ("gp2", 1500, None)),
        ({"Size": 4}, {"VolumeType": "io2", "Iops": 200}, ("io2", 200, None)),
        ({"VolumeType": "io1", "Size": 4, "Iops": 150}, {"VolumeType": "io2"}, ("io2", 150, None)),
        ({"VolumeType": "io1", "Size": 4, "Iops": 150}, {"VolumeType": "gp3"}, ("gp3", 3000, 125)),
        ({"Size": 125}, {"VolumeType": "st1"}, ("st1", None, None)),
        ({"Size": 20}, {"Iops": 5000, "Throughput": 1000}, ("gp3", 5000, 1000)),
    ],
)
def test_changes_that_were_documented(ec2, before, change, after):
    volume = new_volume(ec2, **before)
    ec2.modify_volume(VolumeId=volume, **change)
    later = shown(ec2, volume)
    assert (later["VolumeType"], later.get("Iops"), later.get("Throughput")) == after


def test_states_on_the_way(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    volume = new_volume(ec2)
    with refused("IncorrectState"):
        ec2.modify_volume(VolumeId=volume, Size=2)
    simulator.control.clock(advance="1m")
    ec2.modify_volume(VolumeId=volume, Size=2)
    busy = f"Volume {volume} cannot be modified in modification state "
    with refused("IncorrectModificationState", busy + "MODIFYING"):
        ec2.modify_volume(VolumeId=volume, Size=3)
    assert shown(ec2, volume)["Size"] == 1
    simulator.control.clock(advance="1s")
    assert modification(ec2, volume)["ModificationState"] == "optimizing"
    assert 0 < modification(ec2, volume)["Progress"] < 100
    assert "EndTime" not in modification(ec2, volume)
    assert shown(ec2, volume)["Size"] == 2
    with refused("IncorrectModificationState", busy + "OPTIMIZING"):
        ec2.modify_volume(VolumeId=volume, Size=3)
    simulator.control.clock(advance="1s")
    assert modification(ec2, volume)["ModificationState"] == "completed"
    ec2.modify_volume(VolumeId=volume, Size=3)


def test_four_in_a_day(start_amisim):
    simulator = start_amisim("--pace", "instant")
    simulator.control.clock(freeze=True)
    simulator.control.clock(set="2030-01-01T12:00:00Z")
    ec2 = simulator.client("ec2", "123456789012")
    volume = new_volume(ec2)
    for size in (2, 3, 4, 5):
        ec2.modify_volume(VolumeId=volume, Size=size)
        simulator.control.clock(advance="1h")
    text = (
        "You've reached the maximum modification rate per volume limit. Wait until "
        "2030-01-02T{}:00:00.000Z before you can issue the next modification request for this "
        "volume."
    )
    with refused("VolumeModificationRateExceeded", text.format(12)):
        ec2.modify_volume(VolumeId=volume, Size=6)
    simulator.control.clock(set="2030-01-02T12:00:00Z")
    ec2.modify_volume(VolumeId=volume, Size=6)
    with refused("VolumeModificationRateExceeded", text.format(13)):
        ec2.modify_volume(VolumeId=volume, Size=7)


RATIO = "Iops to volume size ratio of 2999.000000 is too high; maximum is 500"
NOTHING = (
    "Invalid input: Must specify at least one of size, type, iops, throughput or multi-attach."
)


@pytest.mark.parametrize(
    "change, code, message",
    [
        ({}, "InvalidParameterValue", NOTHING),
        ({"Size": 0}, "InvalidParameterValue", "New size cannot be smaller than existing size"),
        ({"VolumeType": "bad"}, "UnknownVolumeType",
         "Unsupported volume type 'bad' for volume creation. "),
        ({"Iops": 2999}, "InvalidParameterValue", RATIO),
        ({"MultiAttachEnabled": True}, "InvalidParameterCombination",
         "The parameter multi-attach-enabled is not supported for gp3 volumes."),
    ],
)  # fmt: skip
def test_refusals(ec2, volume, change, code, message):
    with refused("DryRunOperation"):
        ec2.modify_volume(VolumeId=volume, DryRun=True, **change)
    with refused(code, message):
        ec2.modify_volume(VolumeId=volume, **change)
    assert shown(ec2, volume)["Size"] == 1


def answers(amisim, account, action, **parameters):
    return amisim.query(account, Action=action, **parameters).body.replace("&apos;", "'")


ZERO = "vol-00000000000000000"
NULL_OR_EMPTY = "Value ({}) for parameter volumeId is invalid. Parameter may not be null or empty."


@pytest.mark.parametrize("action", ["ModifyVolume", "DescribeVolumeAttribute"])
def test_words_for_bad_ids(amisim, account, action):
    rest = {"Size": 1} if action == "ModifyVolume" else {"Attribute": "autoEnableIO"}
    for given, code, text in (
        ({}, "MissingParameter", NULL_OR_EMPTY.format("null")),
        ({"VolumeId": ""}, "MissingParameter", NULL_OR_EMPTY.format("")),
        ({"VolumeId": "bad"}, "InvalidParameterValue",
         "Value (bad) for parameter volumeId is invalid. Expected: 'vol-...'."),
        ({"VolumeId": ZERO}, "InvalidVolumeID.Malformed",
         f"Value ( {ZERO} ) for parameter VOLUME is invalid. "),
        ({"VolumeId": UNCHANGED}, "InvalidVolume.NotFound",
         f"The volume '{UNCHANGED}' does not exist."),
    ):  # fmt: skip
        body = answers(amisim, account, action, **rest, **given)
        assert f"<Code>{code}</Code><Message>{text}</Message>" in body
        body = answers(amisim, account, action, DryRun="true", **rest, **given)
        assert "<Code>DryRunOperation</Code>" in body


# ---- DescribeVolumesModifications ----


def test_never_modified(ec2, volume):
    text = f"Modification for volume '{volume}' does not exist."
    with refused("InvalidVolumeModification.NotFound", text):
        modification(ec2, volume)
    with refused("InvalidVolumeModification.NotFound"):
        bad = [{"Name": "bad", "Values": ["x"]}]
        ec2.describe_volumes_modifications(VolumeIds=[volume], Filters=bad)
    assert ec2.describe_volumes_modifications()["VolumesModifications"] == []


def test_deleted(ec2, volume):
    ec2.modify_volume(VolumeId=volume, Size=2)
    ec2.delete_volume(VolumeId=volume)
    with refused("InvalidVolumeModification.NotFound"):
        modification(ec2, volume)
    assert ec2.describe_volumes_modifications()["VolumesModifications"] == []


def test_modification_filters(ec2, volume):
    ec2.modify_volume(VolumeId=volume, Size=2)

    def found(name, value):
        filters = [{"Name": name, "Values": [value]}]
        return ec2.describe_volumes_modifications(Filters=filters)["VolumesModifications"]

    for name, value in (
        ("volume-id", volume),
        ("modification-state", "completed"),
        ("original-size", "1"),
        ("target-size", "2"),
        ("original-iops", "3000"),
        ("target-volume-type", "gp3"),
        ("original-multi-attach-enabled", "false"),
        ("target-multi-attach-enabled", "false"),
        ("start-time", "20*"),
    ):
        assert [each["VolumeId"] for each in found(name, value)] == [volume], name
    assert found("volume-id", ZERO) == []
    for name in ("originalMultiAttachEnabled", "bad-filter"):
        with refused("InvalidParameterValue", f"The filter '{name}' is invalid"):
            found(name, "false")


def test_words_for_bad_ids_of_modifications(amisim, account):
    for given, code, text in (
        ("", "MissingParameter", NULL_OR_EMPTY.format("")),
        ("bad", "InvalidParameterValue",
         "Value (bad) for parameter volumeId is invalid. Expected: 'vol-...'."),
        (ZERO, "InvalidVolumeID.Malformed", f"Value ( {ZERO} ) for parameter VOLUME is invalid. "),
    ):  # fmt: skip
        id = {"VolumeId.1": given}
        body = answers(amisim, account, "DescribeVolumesModifications", **id)
        assert f"<Code>{code}</Code><Message>{text}</Message>" in body
        body = answers(amisim, account, "DescribeVolumesModifications", DryRun="true", **id)
        assert "<Code>DryRunOperation</Code>" in body


def test_pages_of_modifications(ec2):
    for _ in range(6):
        ec2.modify_volume(VolumeId=new_volume(ec2), Size=2)
    pager = ec2.get_paginator("describe_volumes_modifications")
    pages = list(pager.paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["VolumesModifications"]) for page in pages] == [5, 1]
    text = "Value ( invalid ) for parameter NextToken is invalid. The token is Invalid."
    with refused("InvalidParameterValue", text):
        ec2.describe_volumes_modifications(NextToken="invalid")
    text = "The parameter volumeModificationSet cannot be used with the parameter maxResults"
    with refused("InvalidParameterCombination", text):
        ec2.describe_volumes_modifications(VolumeIds=[UNCHANGED], MaxResults=5)
    with refused("InvalidParameterValue"):
        ec2.describe_volumes_modifications(MaxResults=4)
