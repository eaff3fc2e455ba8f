"""CreateSnapshot, DescribeSnapshots, DeleteSnapshot: what shows when, who sees what, what is refused."""

import re

import pytest
from simulator import refused

ZERO = "snap-00000000000000000"
NOWHERE = "snap-0ffffffffffffffff"
FRESH = {"SnapshotId", "VolumeId", "State", "StartTime", "Progress", "OwnerId"} | {
    "VolumeSize",
    "Description",
    "Encrypted",
    "Tags",
}


def make_volume(ec2, **more):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=2, **more)["VolumeId"]
    return volume


def shape(answer):
    return {key for key in answer if key != "ResponseMetadata"}


def snapshot_of(ec2, snapshot):
    return ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def tag_spec(**tags):
    return [
        {
            "ResourceType": "snapshot",
            "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
        }
    ]


@pytest.fixture
def volume(ec2):
    return make_volume(ec2)


@pytest.fixture
def snapshot(ec2, volume):
    return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


@pytest.fixture
def slow(start_amisim, account):
    """A simulator at AWS's own pace whose clock stands still, a client and a volume."""
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)
    amisim.control.clock(advance="1m")
    return amisim, ec2, volume


# ---- CreateSnapshot and the states ----


def test_create_answer(ec2, account, volume):
    made = ec2.create_snapshot(
        VolumeId=volume, Description="before the upgrade", TagSpecifications=tag_spec(Name="a")
    )
    assert shape(made) == FRESH
    assert re.fullmatch("snap-0[0-9a-f]{16}", made["SnapshotId"])
    assert made["VolumeId"] == volume
    assert (made["State"], made["Progress"]) == ("pending", "")
    assert (made["OwnerId"], made["VolumeSize"], made["Encrypted"]) == (account, 2, False)
    assert made["Description"] == "before the upgrade"
    assert made["Tags"] == [{"Key": "Name", "Value": "a"}]


def test_create_answer_on_the_wire(amisim, account, volume):
    """An empty progress, an empty description, an empty tagSet [recorded]."""
    reply = amisim.query(account, Action="CreateSnapshot", VolumeId=volume)
    assert re.sub(">[^<>]+<", "><", reply.body.partition("</requestId>")[2]) == (
        "<snapshotId></snapshotId><volumeId></volumeId><status></status><startTime></startTime>"
        "<progress/><ownerId></ownerId><volumeSize></volumeSize><description/>"
        "<encrypted></encrypted><tagSet/></CreateSnapshotResponse>"
    )


def test_completed(ec2, volume, snapshot):
    found = snapshot_of(ec2, snapshot)
    assert (found["State"], found["Progress"]) == ("completed", "100%")
    assert (found["StorageTier"], found["TransferType"]) == ("standard", "standard")
    assert found["FullSnapshotSizeInBytes"] == 0
    assert found["CompletionTime"] >= found["StartTime"]
    assert shape(found) == FRESH - {"Tags"} | {
        "StorageTier",
        "TransferType",
        "CompletionTime",
        "FullSnapshotSizeInBytes",
    }


def test_pending_on_the_virtual_clock(slow):
    amisim, ec2, volume = slow
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    amisim.control.clock(advance="22s")
    found = snapshot_of(ec2, snapshot)
    assert found["State"] == "pending"
    assert 0 < int(found["Progress"].rstrip("%")) < 99
    assert not {"CompletionTime", "FullSnapshotSizeInBytes", "StateMessage"} & set(found)
    amisim.control.clock(advance="10m")
    found = snapshot_of(ec2, snapshot)
    assert (found["State"], found["Progress"]) == ("completed", "100%")
    assert 40 < (found["CompletionTime"] - found["StartTime"]).total_seconds() < 60


def test_identical_requests_make_two(ec2, volume):
    """There is no ClientToken."""
    made = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(2)]
    assert made[0] != made[1]


def test_survives_its_volume(ec2, volume, snapshot):
    ec2.delete_volume(VolumeId=volume)
    assert snapshot_of(ec2, snapshot)["VolumeId"] == volume


def test_encrypted_like_its_volume(ec2):
    volume = make_volume(ec2, Encrypted=True)
    key = ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["KmsKeyId"]
    made = ec2.create_snapshot(VolumeId=volume)
    assert (made["Encrypted"], made["KmsKeyId"]) == (True, key)
    assert snapshot_of(ec2, made["SnapshotId"])["KmsKeyId"] == key


def test_plain_volume_stays_plain(ec2, volume):
    """Encryption by default says nothing about snapshots of volumes."""
    ec2.enable_ebs_encryption_by_default()
    made = ec2.create_snapshot(VolumeId=volume)
    assert made["Encrypted"] is False


@pytest.mark.parametrize("volume", ["nonsense", "vol-", "vol-0FFFFFFFFFFFFFFFF"])
def test_create_malformed(ec2, volume):
    with refused(
        "InvalidParameterValue",
        f"Value ({volume}) for parameter volumeId is invalid. Expected: 'vol-...'.",
    ):
        ec2.create_snapshot(VolumeId=volume)


def test_create_without_volume(ec2):
    with refused(
        "InvalidVolume.NotFound", "The volume 'vol-0fffffffffffffff0' does not exist."
    ):
        ec2.create_snapshot(VolumeId="vol-0fffffffffffffff0")


def test_foreign_volume(client, volume):
    with refused("InvalidVolume.NotFound", f"The volume '{volume}' does not exist."):
        client("ec2", account="800000000001").create_snapshot(VolumeId=volume)


def test_descriptions(ec2, volume):
    with refused(
        "InvalidParameterValue",
        "Value (Größe) for parameter description is invalid. "
        "Character sets beyond ASCII are not supported.",
    ):
        ec2.create_snapshot(VolumeId=volume, Description="Größe")
    assert ec2.create_snapshot(VolumeId=volume, Description="x" * 255)["Description"] == "x" * 255
    with refused("InvalidParameterValue"):
        ec2.create_snapshot(VolumeId=volume, Description="x" * 256)


def test_places(ec2, volume):
    assert ec2.create_snapshot(VolumeId=volume, Location="regional")
    with refused("UnsupportedOperation"):
        ec2.create_snapshot(VolumeId=volume, Location="local")
    with refused("InvalidParameterValue"):
        ec2.create_snapshot(VolumeId=volume, Location="moon")
    with refused("UnsupportedOperation"):
        ec2.create_snapshot(
            VolumeId=volume, OutpostArn="arn:aws:outposts:us-east-1:1:outpost/op-1"
        )


def test_only_snapshots_are_tagged(ec2, volume):
    with refused(
        "InvalidParameterValue", "'volume' is not a valid taggable resource type for this operation."
    ):
        ec2.create_snapshot(
            VolumeId=volume,
            TagSpecifications=[{"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "b"}]}],
        )


def test_creating_volume(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)
    with refused(
        "IncorrectState", f"Volume '{volume}' is not in the 'available' or 'in-use' state."
    ):
        ec2.create_snapshot(VolumeId=volume)


def test_rate_of_one_volume(slow):
    amisim, ec2, volume = slow
    ec2.create_snapshot(VolumeId=volume)
    amisim.control.clock(advance="14s")
    with refused(
        "SnapshotCreationPerVolumeRateExceeded",
        "The maximum per volume CreateSnapshot request rate has been exceeded. Use an increasing "
        "or variable sleep interval between requests.",
    ):
        ec2.create_snapshot(VolumeId=volume)
    amisim.control.clock(advance="1s")
    assert ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


def test_five_pending_of_one_volume(start_amisim, account, tmp_path):
    (tmp_path / "quotas.yaml").write_text(
        "quotas:\n  - {name: pending-snapshots-per-volume, value: 2, source: guess, about: few}\n"
    )
    amisim = start_amisim("--pace", "real", "--fixtures", tmp_path / "quotas.yaml")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)
    amisim.control.clock(advance="1m")
    for _ in range(2):
        ec2.create_snapshot(VolumeId=volume)
        amisim.control.clock(advance="15s")
    with refused(
        "ConcurrentSnapshotLimitExceeded",
        "Maximum allowed in-progress snapshots for a single volume exceeded.",
    ):
        ec2.create_snapshot(VolumeId=volume)
    amisim.control.clock(advance="1m")
    assert ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


def test_limit_of_snapshots(start_amisim, account, tmp_path):
    (tmp_path / "quotas.yaml").write_text(
        "quotas:\n  - {name: snapshots, value: 1, source: guess, about: few}\n"
    )
    amisim = start_amisim("--pace", "instant", "--fixtures", tmp_path / "quotas.yaml")
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    for make in (
        lambda: ec2.create_snapshot(VolumeId=volume),
        lambda: ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot),
    ):
        with refused(
            "SnapshotLimitExceeded", "Maximum allowed active snapshot limit exceeded."
        ):
            make()


# ---- DescribeSnapshots ----


@pytest.mark.parametrize(
    "snapshot", ["snap-00000000", "snap-11111111", "snap-ffffffff", NOWHERE, "snap-0fedcba9876543210"]
)
def test_unknown(ec2, snapshot):
    with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
        ec2.describe_snapshots(SnapshotIds=[snapshot])


@pytest.mark.parametrize(
    "snapshot",
    [ZERO, "snap-fffffffffffffffff", "snap-0123456789abcdef0", "snap-01111111111111111"],
)
def test_malformed(ec2, snapshot):
    with refused("InvalidSnapshotID.Malformed", f'Invalid id: "{snapshot}"'):
        ec2.describe_snapshots(SnapshotIds=[snapshot])


@pytest.mark.parametrize("snapshot", ["snap-0400DC0055E85B9BF", "bad", "snap-"])
def test_no_identifier(ec2, snapshot):
    with refused(
        "InvalidParameterValue",
        f"Value ({snapshot}) for parameter snapshotId is invalid. Expected: 'snap-...'.",
    ):
        ec2.describe_snapshots(SnapshotIds=[snapshot])


def test_syntax_before_existence(ec2):
    with refused("InvalidSnapshotID.Malformed", f'Invalid id: "{ZERO}"'):
        ec2.describe_snapshots(SnapshotIds=[NOWHERE, ZERO])


def test_owners(client, ec2, account, snapshot):
    def ids(**scope):
        return {found["SnapshotId"] for found in ec2.describe_snapshots(**scope)["Snapshots"]}

    assert snapshot in ids()
    for mine in (["self"], [account], ["amazon", "self"]):
        assert snapshot in ids(OwnerIds=mine)
        assert ids(OwnerIds=["amazon"]).isdisjoint({snapshot})
    assert ids(OwnerIds=["800000000001"]) == set()
    assert snapshot in ids(RestorableByUserIds=["self"])
    assert ids(RestorableByUserIds=["800000000001"]) == set()
    assert snapshot not in ids(RestorableByUserIds=["all"])
    assert snapshot not in {
        found["SnapshotId"]
        for found in client("ec2", account="800000000001").describe_snapshots()["Snapshots"]
    }


@pytest.mark.parametrize("scope", ["OwnerIds", "RestorableByUserIds"])
def test_no_account(ec2, scope):
    with refused("InvalidUserID.Malformed", 'Invalid user id: "123"'):
        ec2.describe_snapshots(**{scope: ["123"]})


def test_regions_are_apart(client, snapshot):
    with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
        client("ec2", region="eu-west-1").describe_snapshots(SnapshotIds=[snapshot])


@pytest.mark.parametrize(
    "name, value, other",
    [
        ("description", "night*", "day"),
        ("encrypted", "false", "true"),
        ("owner-id", None, "800000000001"),
        ("progress", "100%", "99%"),
        ("snapshot-id", "snap-*", NOWHERE),
        ("start-time", "20*", "1999*"),
        ("status", "completed", "pending"),
        ("storage-tier", "standard", "archive"),
        ("transfer-type", "standard", "time-based"),
        ("volume-id", "vol-*", "vol-ffffffff"),
        ("volume-size", "2", "20"),
        ("tag:Name", "n?ght", "day"),
        ("tag-key", "Name", "name"),
        ("tag-value", "night", "day"),
    ],
)
def test_filters(ec2, account, volume, name, value, other):
    made = ec2.create_snapshot(
        VolumeId=volume, Description="nightly", TagSpecifications=tag_spec(Name="night")
    )
    for wanted, expected in ((value or account, [made["SnapshotId"]]), (other, [])):
        found = ec2.describe_snapshots(
            OwnerIds=["self"], Filters=[{"Name": name, "Values": [wanted]}]
        )
        assert [item["SnapshotId"] for item in found["Snapshots"]] == expected


def test_unknown_filter(ec2):
    with refused("InvalidParameterValue", "The filter 'kms-key-id' is invalid"):
        ec2.describe_snapshots(Filters=[{"Name": "kms-key-id", "Values": ["x"]}])


def test_pages(ec2, volume):
    made = [ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(7)]
    pages = list(
        ec2.get_paginator("describe_snapshots").paginate(
            OwnerIds=["self"], PaginationConfig={"PageSize": 5}
        )
    )
    assert [len(page["Snapshots"]) for page in pages] == [5, 2]
    assert [item["SnapshotId"] for page in pages for item in page["Snapshots"]] == made
    with refused("InvalidParameterCombination"):
        ec2.describe_snapshots(SnapshotIds=made[:1], MaxResults=5)
    with refused("InvalidParameterValue"):
        ec2.describe_snapshots(MaxResults=4)


def test_waiter(ec2, snapshot):
    ec2.get_waiter("snapshot_completed").wait(
        SnapshotIds=[snapshot], WaiterConfig={"Delay": 0, "MaxAttempts": 1}
    )


# ---- DeleteSnapshot ----


def test_delete(ec2, snapshot):
    ec2.delete_snapshot(SnapshotId=snapshot)
    for again in (
        lambda: ec2.delete_snapshot(SnapshotId=snapshot),
        lambda: ec2.describe_snapshots(SnapshotIds=[snapshot]),
    ):
        with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
            again()


def test_delete_answer(amisim, account, snapshot):
    reply = amisim.query(account, Action="DeleteSnapshot", SnapshotId=snapshot)
    assert "<return>true</return>" in reply.body


def test_delete_pending(slow):
    amisim, ec2, volume = slow
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.delete_snapshot(SnapshotId=snapshot)
    amisim.control.clock(advance="1h")
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_delete_foreign(client, snapshot):
    with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
        client("ec2", account="800000000001").delete_snapshot(SnapshotId=snapshot)


def test_delete_malformed(ec2):
    with refused("InvalidParameterValue"):
        ec2.delete_snapshot(SnapshotId="bad")
    with refused("InvalidSnapshotID.Malformed"):
        ec2.delete_snapshot(SnapshotId=ZERO)


def test_delete_in_use(ec2, volume, snapshot):
    """By any image, as root or as data; the newest image is named first [recorded]."""
    data = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]

    def register(name, **mappings):
        return ec2.register_image(
            Name=name,
            RootDeviceName="/dev/xvda",
            BlockDeviceMappings=[
                {"DeviceName": f"/dev/{device}", "Ebs": {"SnapshotId": source}}
                for device, source in mappings.items()
            ],
        )["ImageId"]

    older = register("older", xvda=snapshot, sdf=data)
    newer = register("newer", xvda=snapshot)
    for source, users in ((snapshot, f"{newer}, {older}"), (data, older)):
        with refused(
            "InvalidSnapshot.InUse", f"The snapshot {source} is currently in use by {users}"
        ):
            ec2.delete_snapshot(SnapshotId=source)
        with refused("DryRunOperation"):
            ec2.delete_snapshot(SnapshotId=source, DryRun=True)
    ec2.deregister_image(ImageId=newer)
    with refused("InvalidSnapshot.InUse", f"The snapshot {snapshot} is currently in use by {older}"):
        ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.deregister_image(ImageId=older)
    ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.delete_snapshot(SnapshotId=data)
