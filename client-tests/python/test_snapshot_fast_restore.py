"""Fast snapshot restore, and ImportSnapshot's tasks."""

import pytest
from simulator import refused
from test_snapshot import NOWHERE, make_volume, snapshot, snapshot_of, volume  # noqa: F401

ZONES = ["us-east-1a", "us-east-1b"]


@pytest.fixture
def slow(start_amisim, account):
    """A simulator at AWS's own pace whose clock stands still, and a completed snapshot."""
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1024)["VolumeId"]  # noqa: F811
    amisim.control.clock(advance="1m")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]  # noqa: F811
    amisim.control.clock(advance="1h")
    return amisim, ec2, snapshot


def states(ec2, **wanted):
    found = ec2.describe_fast_snapshot_restores(**wanted)["FastSnapshotRestores"]
    return [(item["AvailabilityZone"], item["State"]) for item in found]


def test_life(slow, account):
    amisim, ec2, snapshot = slow  # noqa: F811
    begun = ec2.enable_fast_snapshot_restores(
        AvailabilityZones=["us-east-1a"], SourceSnapshotIds=[snapshot]
    )
    assert begun["Unsuccessful"] == []
    (item,) = begun["Successful"]
    assert item.pop("EnablingTime")
    assert item == {
        "SnapshotId": snapshot,
        "AvailabilityZone": "us-east-1a",
        "AvailabilityZoneId": "use1-az6",
        "State": "enabling",
        "StateTransitionReason": "Client.UserInitiated",
        "OwnerId": account,
    }
    amisim.control.clock(advance="2m")
    (item,) = ec2.describe_fast_snapshot_restores()["FastSnapshotRestores"]
    assert item["State"] == "optimizing" and item["OptimizingTime"] > item["EnablingTime"]
    assert item["StateTransitionReason"] == "Client.UserInitiated - Lifecycle state transition"
    amisim.control.clock(advance="55m")
    assert states(ec2) == [("us-east-1a", "optimizing")]
    amisim.control.clock(advance="10m")
    (item,) = ec2.describe_fast_snapshot_restores()["FastSnapshotRestores"]
    assert item["State"] == "enabled" and item["EnabledTime"]
    for zone, expected in (("us-east-1a", True), ("us-east-1b", None)):
        made = ec2.create_volume(AvailabilityZone=zone, SnapshotId=snapshot)["VolumeId"]
        (found,) = ec2.describe_volumes(VolumeIds=[made])["Volumes"]
        assert found.get("FastRestored") is expected
    (item,) = ec2.disable_fast_snapshot_restores(
        AvailabilityZones=["us-east-1a"], SourceSnapshotIds=[snapshot]
    )["Successful"]
    assert item["State"] == "disabling"
    amisim.control.clock(advance="2m")
    assert states(ec2) == [("us-east-1a", "disabled")]


def test_several(ec2, snapshot):  # noqa: F811
    answer = ec2.enable_fast_snapshot_restores(
        AvailabilityZones=ZONES, SourceSnapshotIds=[snapshot, NOWHERE]
    )
    assert [item["AvailabilityZone"] for item in answer["Successful"]] == ZONES
    (failed,) = answer["Unsuccessful"]
    assert failed["SnapshotId"] == NOWHERE
    errors = failed["FastSnapshotRestoreStateErrors"]
    assert [item["AvailabilityZone"] for item in errors] == ZONES
    assert {item["Error"]["Code"] for item in errors} == {"InvalidSnapshot.NotFound"}
    assert states(ec2, Filters=[{"Name": "availability-zone", "Values": ["*b"]}]) == [
        ("us-east-1b", "enabled")
    ]
    assert len(states(ec2, MaxResults=1)) == 1
    again = ec2.enable_fast_snapshot_restores(
        AvailabilityZoneIds=["use1-az6"], SourceSnapshotIds=[snapshot]
    )
    assert again["Successful"][0]["State"] == "enabled"


def test_refused(ec2, snapshot):  # noqa: F811
    for more in ({}, {"AvailabilityZones": ZONES, "AvailabilityZoneIds": ["use1-az6"]}):
        with refused("InvalidParameterCombination"):
            ec2.enable_fast_snapshot_restores(SourceSnapshotIds=[snapshot], **more)
    with refused("InvalidParameterValue", "Invalid availability zones: [eu-west-1a]"):
        ec2.enable_fast_snapshot_restores(
            SourceSnapshotIds=[snapshot], AvailabilityZones=["eu-west-1a"]
        )
    answer = ec2.disable_fast_snapshot_restores(
        SourceSnapshotIds=[snapshot], AvailabilityZones=ZONES
    )
    assert answer["Successful"] == [] and len(answer["Unsuccessful"]) == 1


def test_quota_of_snapshots(ec2, volume):  # noqa: F811
    made = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(6)]
    for source in made[:5]:
        answer = ec2.enable_fast_snapshot_restores(
            SourceSnapshotIds=[source], AvailabilityZones=ZONES
        )
        assert answer["Unsuccessful"] == []
    last = {"SourceSnapshotIds": made[5:], "AvailabilityZones": ZONES}
    assert ec2.enable_fast_snapshot_restores(**last)["Successful"] == []
    ec2.disable_fast_snapshot_restores(SourceSnapshotIds=made[:1], AvailabilityZones=ZONES)
    ec2.delete_snapshot(SnapshotId=made[0])
    assert len(states(ec2)) == 8
    assert len(ec2.enable_fast_snapshot_restores(**last)["Successful"]) == 2


# ---- ImportSnapshot ----

DISK = {"Format": "VMDK", "UserBucket": {"S3Bucket": "disks", "S3Key": "server.vmdk"}}


def test_import(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    begun = ec2.import_snapshot(
        Description="a server",
        DiskContainer={"Description": "its disk", **DISK},
        ClientData={"UploadSize": 7.5},
        TagSpecifications=[
            {"ResourceType": "import-snapshot-task", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
    )
    begun.pop("ResponseMetadata")
    task = begun["ImportTaskId"]
    assert task.startswith("import-snap-0")
    assert begun == {
        "Description": "a server",
        "ImportTaskId": task,
        "SnapshotTaskDetail": {
            "Description": "its disk",
            "DiskImageSize": 0.0,
            "Progress": "0",
            "Status": "active",
            "StatusMessage": "pending",
            "UserBucket": DISK["UserBucket"],
        },
        "Tags": [{"Key": "a", "Value": "b"}],
    }

    def detail():
        (found,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
        return found["SnapshotTaskDetail"]

    amisim.control.clock(advance="5m")
    assert 0 < int(detail()["Progress"]) < 100
    assert detail()["StatusMessage"] == "downloading/converting"
    amisim.control.clock(advance="10m")
    found = detail()
    assert (found["Status"], found["DiskImageSize"]) == ("completed", 8.0 * 2**30)
    assert "Progress" not in found
    made = snapshot_of(ec2, found["SnapshotId"])
    assert (made["State"], made["VolumeSize"]) == ("completed", 8)
    assert made["Description"] == f"Created by AWS-VMImport service for {task}"


def test_import_encrypted(ec2, client):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    task = ec2.import_snapshot(DiskContainer=DISK, Encrypted=True, KmsKeyId=key)["ImportTaskId"]
    (found,) = ec2.describe_import_snapshot_tasks(
        ImportTaskIds=[task], Filters=[{"Name": "task-state", "Values": ["completed"]}]
    )["ImportSnapshotTasks"]
    made = snapshot_of(ec2, found["SnapshotTaskDetail"]["SnapshotId"])
    assert (made["Encrypted"], made["KmsKeyId"]) == (True, key)


def test_import_once(ec2):
    wanted = {"DiskContainer": DISK, "ClientToken": "once"}
    begun = ec2.import_snapshot(**wanted)
    assert begun["SnapshotTaskDetail"]["Progress"] == "0"
    first = begun["ImportTaskId"]
    assert ec2.import_snapshot(**wanted)["ImportTaskId"] == first
    with refused("IdempotentParameterMismatch"):
        ec2.import_snapshot(Description="other", **wanted)


@pytest.mark.parametrize(
    "more, code",
    [
        ({}, "MissingParameter"),
        ({"DiskContainer": {"Url": "server.vmdk"}}, "InvalidParameter"),
        ({"DiskContainer": {**DISK, "Format": "QCOW2"}}, "InvalidParameterValue"),
        ({"DiskContainer": {**DISK, "Url": "s3://a/b"}}, "InvalidParameterCombination"),
        ({"DiskContainer": {"Format": "RAW"}}, "InvalidParameterCombination"),
        ({"DiskContainer": DISK, "KmsKeyId": "alias/none"}, "InvalidParameterValue"),
        ({"DiskContainer": DISK, "ClientData": {"UploadSize": -1.0}}, "InvalidParameterValue"),
    ],
)
def test_import_refused(ec2, more, code):
    with refused(code):
        ec2.import_snapshot(**more)
    assert ec2.describe_import_snapshot_tasks()["ImportSnapshotTasks"] == []


def test_import_under_a_disabled_key(ec2, client):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    with refused("InvalidParameterValue", f"The specified keyId {key} is disabled"):
        ec2.import_snapshot(DiskContainer=DISK, Encrypted=True, KmsKeyId=key)


def test_tasks_of_others(client, ec2):
    task = ec2.import_snapshot(DiskContainer=DISK)["ImportTaskId"]
    other = client("ec2", account="800000000030")
    assert other.describe_import_snapshot_tasks()["ImportSnapshotTasks"] == []
    with refused("InvalidConversionTaskId.Malformed"):
        other.describe_import_snapshot_tasks(ImportTaskIds=[task])


def test_import_cancelled(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    task = ec2.import_snapshot(DiskContainer=DISK)["ImportTaskId"]
    assert ec2.cancel_import_task(ImportTaskId=task)["PreviousState"] == "active"
    amisim.control.clock(advance="1h")
    (found,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task])["ImportSnapshotTasks"]
    assert found["SnapshotTaskDetail"]["Status"] == "deleted"
    assert "SnapshotId" not in found["SnapshotTaskDetail"]
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
