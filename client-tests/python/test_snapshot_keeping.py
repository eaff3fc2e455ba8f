"""What keeps a snapshot: locks, the archive tier, the Recycle Bin."""

import datetime

import pytest
from simulator import refused
from test_recycle_bin import TAG, make_rule, rbin  # noqa: F401
from test_snapshot import NOWHERE, make_volume, snapshot, snapshot_of, volume  # noqa: F401

DAY = datetime.timedelta(days=1)


@pytest.fixture
def still(start_amisim, account):
    """A simulator whose clock stands still and whose jobs take no time."""
    amisim = start_amisim("--pace", "instant")
    amisim.control.clock(freeze=True)
    return amisim


@pytest.fixture
def kept(still, account):
    """Its client and a completed snapshot."""
    ec2 = still.client("ec2", account)
    return ec2, ec2.create_snapshot(VolumeId=make_volume(ec2))["SnapshotId"]


def now_of(amisim):
    return datetime.datetime.fromisoformat(amisim.control.clock()["now"])


def cannot_delete(ec2, snapshot):  # noqa: F811
    with refused("OperationNotPermitted"):
        ec2.delete_snapshot(SnapshotId=snapshot)


# ---- Locks ----


def test_governance(still, kept, account):
    ec2, snapshot = kept  # noqa: F811
    now = now_of(still)
    locked = ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=10)
    locked.pop("ResponseMetadata")
    expected = {
        "SnapshotId": snapshot,
        "LockState": "governance",
        "LockDuration": 10,
        "LockCreatedOn": now,
        "LockDurationStartTime": now,
        "LockExpiresOn": now + 10 * DAY,
    }
    assert locked == expected
    (listed,) = ec2.describe_locked_snapshots()["Snapshots"]
    assert listed == {"OwnerId": account, **expected}
    cannot_delete(ec2, snapshot)
    with refused("DryRunOperation"):
        ec2.delete_snapshot(SnapshotId=snapshot, DryRun=True)
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    still.control.clock(advance="23h")
    cannot_delete(ec2, snapshot)
    still.control.clock(advance="1h")
    (listed,) = ec2.describe_locked_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert listed["LockState"] == "expired"
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert ec2.describe_locked_snapshots()["Snapshots"] == []


def test_unlock(kept):
    ec2, snapshot = kept  # noqa: F811
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Name", "Value": "kept"}])
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=10)
    assert ec2.unlock_snapshot(SnapshotId=snapshot)["SnapshotId"] == snapshot
    with refused("IncorrectState"):
        ec2.unlock_snapshot(SnapshotId=snapshot)
    assert snapshot_of(ec2, snapshot)["Tags"] == [{"Key": "Name", "Value": "kept"}]
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_compliance(still, kept):
    ec2, snapshot = kept  # noqa: F811

    def lock(mode="compliance", **more):
        return ec2.lock_snapshot(SnapshotId=snapshot, LockMode=mode, **more)

    def state():
        return ec2.describe_locked_snapshots()["Snapshots"][0]["LockState"]

    now = now_of(still)
    locked = lock(LockDuration=10, CoolOffPeriod=3)
    assert (locked["LockState"], locked["CoolOffPeriod"]) == ("compliance-cooloff", 3)
    assert locked["CoolOffPeriodExpiresOn"] == now + datetime.timedelta(hours=3)
    lock("governance", LockDuration=10)
    lock(LockDuration=5, CoolOffPeriod=2)
    cannot_delete(ec2, snapshot)
    still.control.clock(advance="2h")
    assert state() == "compliance"
    for change in (
        {"mode": "governance", "LockDuration": 20},
        {"LockDuration": 4},
        {"LockDuration": 20, "CoolOffPeriod": 1},
    ):
        with refused("OperationNotPermitted"):
            lock(**change)
    with refused("OperationNotPermitted"):
        ec2.unlock_snapshot(SnapshotId=snapshot)
    assert lock(LockDuration=20)["LockExpiresOn"] == now_of(still) + 20 * DAY
    still.control.clock(advance="480h")
    assert state() == "expired"
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_unlock_while_it_cools_off(kept):
    ec2, snapshot = kept  # noqa: F811
    ec2.lock_snapshot(
        SnapshotId=snapshot, LockMode="compliance", LockDuration=1, CoolOffPeriod=1
    )
    ec2.unlock_snapshot(SnapshotId=snapshot)
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_lock_until_a_date(still, kept):
    ec2, snapshot = kept  # noqa: F811
    until = now_of(still) + 3 * DAY
    locked = ec2.lock_snapshot(
        SnapshotId=snapshot, LockMode="governance", ExpirationDate=until
    )
    assert (locked["LockDuration"], locked["LockExpiresOn"]) == (3, until)


def test_lock_of_a_pending_snapshot(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    amisim.control.clock(advance="1m")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]  # noqa: F811
    locked = ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    assert not {"LockExpiresOn", "LockDurationStartTime"} & set(locked)
    cannot_delete(ec2, snapshot)
    amisim.control.clock(advance="1h")
    (listed,) = ec2.describe_locked_snapshots()["Snapshots"]
    completed = snapshot_of(ec2, snapshot)["CompletionTime"]
    assert listed["LockDurationStartTime"] == completed
    assert listed["LockExpiresOn"] == completed + DAY


def test_lock_of_a_direct_snapshot(still, account):
    """It begins with the end of the snapshot; one that fails loses it."""
    ec2 = still.client("ec2", account)
    ebs = still.client("ebs", account)
    good, bad = (ebs.start_snapshot(VolumeSize=1)["SnapshotId"] for _ in range(2))
    for begun in (good, bad):
        ec2.lock_snapshot(SnapshotId=begun, LockMode="governance", LockDuration=1)
    ebs.complete_snapshot(SnapshotId=good, ChangedBlocksCount=0)
    ebs.complete_snapshot(SnapshotId=bad, ChangedBlocksCount=5)
    still.control.clock(advance="1m")
    assert snapshot_of(ec2, bad)["State"] == "error"
    (listed,) = ec2.describe_locked_snapshots()["Snapshots"]
    assert listed["SnapshotId"] == good
    assert listed["LockDurationStartTime"] == snapshot_of(ec2, good)["CompletionTime"]


@pytest.mark.parametrize(
    "more, code",
    [
        ({"LockMode": "governance"}, "InvalidParameterCombination"),
        (
            {
                "LockMode": "governance",
                "LockDuration": 1,
                "ExpirationDate": datetime.datetime(2099, 1, 1),
            },
            "InvalidParameterCombination",
        ),
        (
            {"LockMode": "governance", "LockDuration": 1, "CoolOffPeriod": 1},
            "InvalidParameterCombination",
        ),
        (
            {"LockMode": "governance", "ExpirationDate": datetime.datetime(2020, 1, 1)},
            "InvalidParameterValue",
        ),
        ({"LockMode": "governance", "LockDuration": 36501}, "InvalidParameterValue"),
        ({"LockMode": "compliance", "LockDuration": 1, "CoolOffPeriod": 73}, "InvalidParameterValue"),
        ({"LockMode": "other", "LockDuration": 1}, "InvalidParameterValue"),
    ],
)
def test_lock_refused(ec2, snapshot, more, code):  # noqa: F811
    with refused(code):
        ec2.lock_snapshot(SnapshotId=snapshot, **more)
    assert ec2.describe_locked_snapshots()["Snapshots"] == []


def test_locks_of_others(client, ec2, snapshot):  # noqa: F811
    other = client("ec2", account="800000000020")
    for call in (
        lambda: other.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1),
        lambda: other.unlock_snapshot(SnapshotId=snapshot),
    ):
        with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
            call()
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    assert other.describe_locked_snapshots()["Snapshots"] == []
    with refused("InvalidSnapshot.NotFound"):
        other.describe_locked_snapshots(SnapshotIds=[snapshot])
    found = ec2.describe_locked_snapshots(
        Filters=[{"Name": "lock-state", "Values": ["compliance*"]}]
    )
    assert found["Snapshots"] == []


# ---- The archive ----


def tier_of(ec2, snapshot):  # noqa: F811
    (found,) = ec2.describe_snapshot_tier_status(
        Filters=[{"Name": "snapshot-id", "Values": [snapshot]}]
    )["SnapshotTierStatuses"]
    return found


def test_archive_and_restore(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    amisim.control.clock(advance="1m")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]  # noqa: F811
    with refused("IncorrectState"):
        ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    amisim.control.clock(advance="1h")
    started = now_of(amisim)
    begun = ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    assert (begun["SnapshotId"], begun["TieringStartTime"]) == (snapshot, started)
    with refused("IncorrectState"):
        ec2.modify_snapshot_tier(SnapshotId=snapshot)
    amisim.control.clock(advance="12h")
    found = tier_of(ec2, snapshot)
    assert found["LastTieringOperationStatus"] == "archival-in-progress"
    assert (found["StorageTier"], found["VolumeId"]) == ("standard", volume)
    assert 0 < found["LastTieringProgress"] < 100
    amisim.control.clock(advance="72h")
    found = tier_of(ec2, snapshot)
    assert found["LastTieringOperationStatus"] == "archival-completed"
    assert (found["StorageTier"], found["LastTieringProgress"]) == ("archive", 100)
    assert found["ArchivalCompleteTime"] > started
    assert snapshot_of(ec2, snapshot)["StorageTier"] == "archive"
    begun = ec2.restore_snapshot_tier(SnapshotId=snapshot, TemporaryRestoreDays=5)
    assert (begun["RestoreDuration"], begun["IsPermanentRestore"]) == (5, False)
    amisim.control.clock(advance="72h")
    found = snapshot_of(ec2, snapshot)
    assert found["StorageTier"] == "standard"
    assert tier_of(ec2, snapshot)["RestoreExpiryTime"] == found["RestoreExpiryTime"]
    ec2.restore_snapshot_tier(SnapshotId=snapshot, TemporaryRestoreDays=10)
    longer = snapshot_of(ec2, snapshot)["RestoreExpiryTime"]
    assert longer == now_of(amisim) + 10 * DAY
    amisim.control.clock(advance="10d")
    assert snapshot_of(ec2, snapshot)["StorageTier"] == "archive"
    begun = ec2.restore_snapshot_tier(SnapshotId=snapshot, PermanentRestore=True)
    assert begun["IsPermanentRestore"] is True and "RestoreDuration" not in begun
    amisim.control.clock(advance="72h")
    found = snapshot_of(ec2, snapshot)
    assert found["StorageTier"] == "standard" and "RestoreExpiryTime" not in found
    assert tier_of(ec2, snapshot)["LastTieringOperationStatus"] == "permanent-restore-completed"


def test_temporary_made_permanent(still, kept):
    ec2, snapshot = kept  # noqa: F811
    ec2.modify_snapshot_tier(SnapshotId=snapshot)
    ec2.restore_snapshot_tier(SnapshotId=snapshot, TemporaryRestoreDays=1)
    assert tier_of(ec2, snapshot)["LastTieringOperationStatus"] == "temporary-restore-completed"
    ec2.restore_snapshot_tier(SnapshotId=snapshot, PermanentRestore=True)
    still.control.clock(advance="10d")
    assert snapshot_of(ec2, snapshot)["StorageTier"] == "standard"
    assert tier_of(ec2, snapshot)["LastTieringOperationStatus"] == "permanent-restore-completed"


def test_archived_is_of_no_use(ec2, client, snapshot):  # noqa: F811
    other = "800000000021"
    permission = {"Add": [{"UserId": other}]}
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=permission)
    ec2.modify_snapshot_tier(SnapshotId=snapshot)
    assert snapshot_of(ec2, snapshot)["StorageTier"] == "archive"
    with refused("InvalidSnapshot.NotFound"):
        client("ec2", account=other).describe_snapshots(SnapshotIds=[snapshot])
    for call in (
        lambda: ec2.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot),
        lambda: ec2.modify_snapshot_attribute(
            SnapshotId=snapshot, CreateVolumePermission=permission
        ),
        lambda: ec2.modify_snapshot_tier(SnapshotId=snapshot),
    ):
        with refused("IncorrectState"):
            call()
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert ec2.describe_snapshot_tier_status()["SnapshotTierStatuses"] == []


def test_restore_refused(ec2, snapshot):  # noqa: F811
    with refused("IncorrectState"):
        ec2.restore_snapshot_tier(SnapshotId=snapshot, PermanentRestore=True)
    for more in ({}, {"PermanentRestore": True, "TemporaryRestoreDays": 1}):
        with refused("InvalidParameterCombination"):
            ec2.restore_snapshot_tier(SnapshotId=snapshot, **more)
    with refused("InvalidParameterValue"):
        ec2.restore_snapshot_tier(SnapshotId=snapshot, TemporaryRestoreDays=0)
    with refused("InvalidSnapshot.NotFound"):
        ec2.restore_snapshot_tier(SnapshotId=NOWHERE, PermanentRestore=True)


def test_image_keeps_its_snapshots_out_of_the_archive(ec2, snapshot):  # noqa: F811
    image = ec2.register_image(
        Name="user",
        RootDeviceName="/dev/xvda",
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}],
    )["ImageId"]
    with refused(
        "InvalidSnapshot.InUse", f"The snapshot {snapshot} is currently in use by {image}"
    ):
        ec2.modify_snapshot_tier(SnapshotId=snapshot)


def test_quota_of_archives(start_amisim, account, tmp_path):
    (tmp_path / "quotas.yaml").write_text(
        "quotas:\n  - {name: archived-snapshots-per-volume, value: 1, source: guess, about: one}\n"
    )
    amisim = start_amisim("--pace", "instant", "--fixtures", tmp_path / "quotas.yaml")
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    first, second = (ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(2))
    ec2.modify_snapshot_tier(SnapshotId=first)
    with refused("SnapshotLimitExceeded"):
        ec2.modify_snapshot_tier(SnapshotId=second)


# ---- The Recycle Bin ----


def test_recycled_and_restored(still, kept, account):
    ec2, snapshot = kept  # noqa: F811
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "Name", "Value": "kept"}])
    make_rule(still.client("rbin", account), days=2)
    volume = snapshot_of(ec2, snapshot)["VolumeId"]  # noqa: F811
    now = now_of(still)
    ec2.delete_snapshot(SnapshotId=snapshot)
    with refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshots(SnapshotIds=[snapshot])
    with refused("InvalidSnapshot.NotFound"):
        ec2.delete_snapshot(SnapshotId=snapshot)
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    assert ec2.list_snapshots_in_recycle_bin()["Snapshots"] == [
        {
            "SnapshotId": snapshot,
            "RecycleBinEnterTime": now,
            "RecycleBinExitTime": now + 2 * DAY,
            "Description": "",
            "VolumeId": volume,
        }
    ]
    still.control.clock(advance="47h")
    restored = ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)
    assert (restored["State"], restored["SnapshotId"]) == ("recovering", snapshot)
    assert (restored["VolumeSize"], restored["Encrypted"]) == (2, False)
    assert (restored["Progress"], restored["OwnerId"]) == ("100%", account)
    still.control.clock(advance="10d")
    found = snapshot_of(ec2, snapshot)
    assert found["State"] == "completed"
    assert found["Tags"] == [{"Key": "Name", "Value": "kept"}]
    assert ec2.list_snapshots_in_recycle_bin()["Snapshots"] == []
    with refused("InvalidSnapshot.NotFound"):
        ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)


def test_time_in_the_bin_runs_out(still, kept, account):
    ec2, snapshot = kept  # noqa: F811
    rbin = still.client("rbin", account)  # noqa: F811
    make_rule(rbin, days=2)
    longest = make_rule(rbin, days=5)
    make_rule(rbin, days=3)
    make_rule(rbin, days=50, resource="EC2_IMAGE")
    ec2.delete_snapshot(SnapshotId=snapshot)
    rbin.delete_rule(Identifier=longest)
    still.control.clock(advance="119h")
    assert len(ec2.list_snapshots_in_recycle_bin(SnapshotIds=[snapshot])["Snapshots"]) == 1
    still.control.clock(advance="1h")
    assert ec2.list_snapshots_in_recycle_bin()["Snapshots"] == []
    with refused("InvalidSnapshot.NotFound"):
        ec2.restore_snapshot_from_recycle_bin(SnapshotId=snapshot)


@pytest.mark.parametrize(
    "rule, tags, kept",
    [
        ({"ResourceTags": [TAG]}, {}, False),
        ({"ResourceTags": [TAG]}, {"keep": "no"}, False),
        ({"ResourceTags": [TAG]}, {"keep": "yes"}, True),
        ({"ResourceTags": [{"ResourceTagKey": "keep"}]}, {"keep": "no"}, True),
        ({"ExcludeResourceTags": [TAG]}, {"keep": "yes"}, False),
        ({"ExcludeResourceTags": [TAG]}, {"keep": "no"}, True),
    ],
)
def test_tags_of_rules(ec2, rbin, snapshot, rule, tags, kept):  # noqa: F811
    make_rule(rbin, **rule)
    for key, value in tags.items():
        ec2.create_tags(Resources=[snapshot], Tags=[{"Key": key, "Value": value}])
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert len(ec2.list_snapshots_in_recycle_bin()["Snapshots"]) == kept


def test_bins_are_apart(client, ec2, rbin, snapshot):  # noqa: F811
    make_rule(rbin)
    ec2.delete_snapshot(SnapshotId=snapshot)
    other = client("ec2", account="800000000022")
    assert other.list_snapshots_in_recycle_bin()["Snapshots"] == []
    for call in (
        lambda: other.restore_snapshot_from_recycle_bin(SnapshotId=snapshot),
        lambda: other.list_snapshots_in_recycle_bin(SnapshotIds=[snapshot]),
    ):
        with refused("InvalidSnapshot.NotFound"):
            call()


# ---- CreateSnapshots ----


@pytest.fixture
def instance(ec2):
    """A running instance with two more volumes; theirs and the root's identifiers by device."""
    base = ec2.describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023*-x86_64"]}]
    )["Images"][0]["ImageId"]
    made = ec2.run_instances(
        ImageId=base,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        BlockDeviceMappings=[
            {"DeviceName": f"/dev/sd{letter}", "Ebs": {"VolumeSize": 1}} for letter in "fg"
        ],
        TagSpecifications=[
            {"ResourceType": "volume", "Tags": [{"Key": "a", "Value": "volume"}]},
        ],
    )["Instances"][0]["InstanceId"]
    (found,) = ec2.describe_instances(InstanceIds=[made])["Reservations"][0]["Instances"]
    disks = {disk["DeviceName"]: disk["Ebs"]["VolumeId"] for disk in found["BlockDeviceMappings"]}
    assert found["RootDeviceName"] == "/dev/xvda" and len(disks) == 3
    return made, dict(sorted(disks.items()))


def test_all_volumes_at_once(ec2, instance, account):
    identifier, volumes = instance
    made = ec2.create_snapshots(
        InstanceSpecification={"InstanceId": identifier},
        Description="together",
        CopyTagsFromSource="volume",
        TagSpecifications=[
            {"ResourceType": "snapshot", "Tags": [{"Key": "b", "Value": "request"}]}
        ],
    )["Snapshots"]
    assert [item["VolumeId"] for item in made] == list(volumes.values())
    assert len({item["StartTime"] for item in made}) == 1
    for item in made:
        assert (item["State"], item["Progress"], item["OwnerId"]) == ("pending", "", account)
        assert (item["Description"], item["Encrypted"]) == ("together", False)
        assert item["Tags"] == [
            {"Key": "a", "Value": "volume"},
            {"Key": "b", "Value": "request"},
        ]
        assert snapshot_of(ec2, item["SnapshotId"])["State"] == "completed"


def test_some_volumes(ec2, instance):
    identifier, volumes = instance
    first, second, root = volumes.values()

    def volumes_of(**more):
        made = ec2.create_snapshots(
            InstanceSpecification={"InstanceId": identifier, **more}
        )["Snapshots"]
        assert all(item["Tags"] == [] for item in made)
        return [item["VolumeId"] for item in made]

    assert volumes_of(ExcludeBootVolume=True) == [first, second]
    assert volumes_of(ExcludeDataVolumeIds=[first]) == [second, root]
    for more in (
        {"ExcludeDataVolumeIds": [root]},
        {"ExcludeDataVolumeIds": ["vol-0ffffffffffffff00"]},
        {"ExcludeDataVolumeIds": [first, second], "ExcludeBootVolume": True},
    ):
        with refused("InvalidParameterValue"):
            volumes_of(**more)


def test_no_such_instance(ec2):
    with refused("InvalidInstanceID.NotFound"):
        ec2.create_snapshots(InstanceSpecification={"InstanceId": "i-0ffffffffffffff00"})
