"""EBS direct: snapshots made and read block by block. Cases marked recorded are AWS's own answers."""

import base64
import hashlib

import pytest
from botocore.exceptions import ClientError
from simulator import refused

BLOCK = 524288


def digest(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def block(number):
    return bytes([number]) * BLOCK


def put(ebs, snapshot, index, data, **changes):
    return ebs.put_snapshot_block(
        **{
            "SnapshotId": snapshot,
            "BlockIndex": index,
            "BlockData": data,
            "DataLength": len(data),
            "Checksum": digest(data),
            "ChecksumAlgorithm": "SHA256",
            **changes,
        }
    )


def make(ebs, blocks, size=1, **start):
    """A completed snapshot that holds these blocks (index -> bytes)."""
    snapshot = ebs.start_snapshot(VolumeSize=size, **start)["SnapshotId"]
    for index, data in blocks.items():
        put(ebs, snapshot, index, data)
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(blocks))
    return snapshot


def listed(ebs, snapshot, **parameters):
    return {b["BlockIndex"]: b["BlockToken"] for b in ebs.list_snapshot_blocks(SnapshotId=snapshot, **parameters)["Blocks"]}


def read(ebs, snapshot, index):
    token = listed(ebs, snapshot)[index]
    return ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockToken=token)["BlockData"].read()


@pytest.fixture
def pending(ebs):
    return ebs.start_snapshot(VolumeSize=1)["SnapshotId"]


@pytest.fixture
def completed(ebs):
    return make(ebs, {0: block(1), 3: block(2), 7: block(0), 2047: block(3)})


def test_bytes_come_back(ebs, completed):
    assert list(listed(ebs, completed)) == [0, 3, 7, 2047]  # a zero block that was sent counts as written
    answer = ebs.get_snapshot_block(SnapshotId=completed, BlockIndex=3, BlockToken=listed(ebs, completed)[3])
    assert answer["BlockData"].read() == block(2)
    assert answer["DataLength"] == BLOCK
    assert answer["Checksum"] == digest(block(2))
    assert answer["ChecksumAlgorithm"] == "SHA256"


def test_what_ec2_shows(ebs, ec2, account):
    started = ebs.start_snapshot(VolumeSize=2, Description="by blocks", Tags=[{"Key": "a", "Value": "b"}])
    assert started["Status"] == "pending" and started["OwnerId"] == account
    assert started["BlockSize"] == BLOCK and started["VolumeSize"] == 2
    snapshot = started["SnapshotId"]
    [shown] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["State"] == "pending" and shown["Progress"] == "0%"
    assert shown["VolumeId"] == "vol-ffffffff" and "CompletionTime" not in shown
    put(ebs, snapshot, 5, block(9), Progress=99)
    [shown] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["Progress"] == "0%"  # whatever the client says [recorded]
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=1)
    [shown] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["State"] == "completed" and shown["Progress"] == "100%"
    assert shown["FullSnapshotSizeInBytes"] == BLOCK and shown["VolumeSize"] == 2
    assert shown["Tags"] == [{"Key": "a", "Value": "b"}] and shown["Description"] == "by blocks"


def test_a_snapshot_of_blocks_becomes_a_volume_and_its_snapshot_reads_equal(ebs, ec2, completed):
    volume = ec2.create_volume(SnapshotId=completed, AvailabilityZone="us-east-1a")["VolumeId"]
    again = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    assert listed(ebs, again).keys() == listed(ebs, completed).keys()
    assert read(ebs, again, 2047) == block(3)
    copy = ec2.copy_snapshot(SourceSnapshotId=again, SourceRegion="us-east-1")["SnapshotId"]
    assert read(ebs, copy, 0) == block(1)
    # the copy lives on when its source is gone
    ec2.delete_snapshot(SnapshotId=again)
    ec2.delete_snapshot(SnapshotId=completed)
    ec2.delete_volume(VolumeId=volume)
    assert read(ebs, copy, 3) == block(2)


def test_a_child_holds_what_its_parent_held(ebs, completed):
    child = make(ebs, {3: block(7), 4: block(8)}, ParentSnapshotId=completed)
    assert list(listed(ebs, child)) == [0, 3, 4, 7, 2047]
    assert read(ebs, child, 0) == block(1) and read(ebs, child, 3) == block(7)
    assert read(ebs, completed, 3) == block(2)
    changes = ebs.list_changed_blocks(FirstSnapshotId=completed, SecondSnapshotId=child)
    assert [c["BlockIndex"] for c in changes["ChangedBlocks"]] == [3, 4]
    assert "FirstBlockToken" in changes["ChangedBlocks"][0]
    assert "FirstBlockToken" not in changes["ChangedBlocks"][1]
    token = changes["ChangedBlocks"][0]["FirstBlockToken"]
    answer = ebs.get_snapshot_block(SnapshotId=completed, BlockIndex=3, BlockToken=token)
    assert answer["BlockData"].read() == block(2)


def test_unrelated_snapshots_are_not_compared(ebs, completed):
    other = make(ebs, {0: block(5)})
    with refused("ValidationException") as caught:
        ebs.list_changed_blocks(FirstSnapshotId=completed, SecondSnapshotId=other)
    assert caught.value.response["Reason"] == "UNRELATED_SNAPSHOTS"


def test_pages(ebs):
    snapshot = make(ebs, {i: block(i % 7) for i in range(130)})
    first = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100)
    assert [b["BlockIndex"] for b in first["Blocks"]] == list(range(100))
    second = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=100, NextToken=first["NextToken"])
    assert [b["BlockIndex"] for b in second["Blocks"]] == list(range(100, 130))
    assert "NextToken" not in second
    assert list(listed(ebs, snapshot, StartingBlockIndex=128)) == [128, 129]
    beyond = ebs.list_snapshot_blocks(SnapshotId=snapshot, StartingBlockIndex=2000)
    assert beyond["Blocks"] == []


def test_tokens_expire_on_the_virtual_clock(ebs, completed, control):
    token = listed(ebs, completed)[0]
    assert token != listed(ebs, completed)[0]  # every listing makes new ones, old ones stay good
    ebs.get_snapshot_block(SnapshotId=completed, BlockIndex=0, BlockToken=token)
    control.clock(advance="7d")
    with refused("ValidationException", f"The block token {token} is invalid."):
        ebs.get_snapshot_block(SnapshotId=completed, BlockIndex=0, BlockToken=token)


def test_checksum_of_all_blocks(ebs, ec2):
    blocks = {0: block(1), 9: block(2)}
    linear = digest(b"".join(hashlib.sha256(data).digest() for data in blocks.values()))

    def end(checksum, count=2):
        snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
        for index, data in blocks.items():
            put(ebs, snapshot, index, data)
        ebs.complete_snapshot(
            SnapshotId=snapshot,
            ChangedBlocksCount=count,
            Checksum=checksum,
            ChecksumAlgorithm="SHA256",
            ChecksumAggregationMethod="LINEAR",
        )
        [shown] = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
        return shown["State"], shown.get("StateMessage")

    assert end(linear) == ("completed", None)
    assert end(digest(b"")) == ("error", "Checksum mismatch for snapshot")
    assert end(linear, count=3) == ("error", "Changed blocks count mismatch for snapshot")


def test_a_snapshot_waits_no_longer_than_its_timeout(ebs, ec2, control):
    snapshot = ebs.start_snapshot(VolumeSize=1, Timeout=10)["SnapshotId"]

    def state():
        return ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"]

    control.clock(advance="9m")
    put(ebs, snapshot, 0, block(1))  # each block starts it anew
    control.clock(advance="9m")
    assert state() == "pending"
    control.clock(advance="2m")
    assert state() == "error"


def test_start_is_idempotent(ebs):
    first = ebs.start_snapshot(VolumeSize=1, ClientToken="one")
    ebs.complete_snapshot(SnapshotId=first["SnapshotId"], ChangedBlocksCount=0)
    again = ebs.start_snapshot(VolumeSize=1, ClientToken="one")
    assert again["SnapshotId"] == first["SnapshotId"] and again["Status"] == "pending"  # recorded
    with refused("ConflictException", "Current request does not match request stored with this token."):
        ebs.start_snapshot(VolumeSize=2, ClientToken="one")


def test_completing_again(ebs, completed):
    assert ebs.complete_snapshot(SnapshotId=completed, ChangedBlocksCount=1)["Status"] == "completed"  # recorded
    with refused("ValidationException", "Snapshot is already completed"):
        put(ebs, completed, 0, block(1))


VIOLATION = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}"


@pytest.mark.parametrize(
    "changes, code, message",
    [
        ({"BlockData": b"12345", "DataLength": 5}, "ValidationException", "Failed to read block data"),
        ({"BlockData": b"12345", "DataLength": BLOCK}, "ValidationException", "Failed to read block data"),
        ({"DataLength": 1}, "ValidationException", "Block data length 1 is not valid, expected 524288"),
        ({"BlockIndex": 2048}, "ValidationException", "Block index 2048 is beyond the volume size extent"),
        ({"BlockIndex": -1}, "ValidationException", VIOLATION.format("-1", "blockIndex", "have value greater than or equal to 0")),
        ({"Progress": -1}, "ValidationException", VIOLATION.format("-1", "progress", "have value greater than or equal to 0")),
        ({"Progress": 101}, "ValidationException", VIOLATION.format("101", "progress", "have value less than or equal to 100")),
        ({"ChecksumAlgorithm": "SHA1"}, "ValidationException", "Unsupported Checksum Algorithm 'SHA1', supported algorithms are SHA256"),
        (
            {"Checksum": "not-base64!"},
            "ValidationException",
            VIOLATION.format("not-base64!", "checksum", "satisfy regular expression pattern: ^[A-Za-z0-9+/=]+$"),
        ),
        (
            {"Checksum": digest(b"")},
            "InvalidSignatureException",
            "The value passed in as x-amz-Checksum does not match the computed checksum. "
            f"Computed checksum: {digest(block(4))} expected checksum: {digest(b'')}",
        ),
    ],
)
def test_refused_blocks(amisim, account, pending, changes, code, message):
    ebs = amisim.client("ebs", account, parameter_validation=False)
    with refused(code, message):
        put(ebs, pending, changes.pop("BlockIndex", 9), changes.pop("BlockData", block(4)), **changes)


def reason_of(call, *arguments, **parameters):
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    return caught.value.response["Error"]["Message"], caught.value.response.get("Reason")


def test_refused_reads(ebs, completed, pending):
    tokens = listed(ebs, completed)
    gone = (f"The snapshot '{pending}' does not exist.", "SNAPSHOT_NOT_FOUND")
    assert reason_of(ebs.get_snapshot_block, SnapshotId=pending, BlockIndex=0, BlockToken="invalid") == gone
    assert reason_of(ebs.list_snapshot_blocks, SnapshotId=pending) == gone
    assert reason_of(ebs.list_changed_blocks, SecondSnapshotId=pending) == (
        "First snapshot should not be empty or null",
        "INVALID_SNAPSHOT_ID",
    )
    assert reason_of(ebs.list_snapshot_blocks, SnapshotId=completed, NextToken="invalid") == (
        "The pagination token invalid is invalid.",
        "INVALID_PAGE_TOKEN",
    )
    for index in (3, 5, 4096):  # another block's token fits nowhere else [recorded]
        assert reason_of(ebs.get_snapshot_block, SnapshotId=completed, BlockIndex=index, BlockToken=tokens[0]) == (
            f"The block token {tokens[0]} is invalid.",
            "INVALID_BLOCK_TOKEN",
        )


def test_refused_starts(ebs, pending, completed):
    assert reason_of(ebs.start_snapshot, VolumeSize=1, ParentSnapshotId=pending) == (
        f"Source snapshot ({pending}) is not complete.",
        "INVALID_SNAPSHOT_ID",
    )
    key = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012"
    assert reason_of(ebs.start_snapshot, VolumeSize=1, Encrypted=False, KmsKeyArn=key) == (
        "Encrypt cannot be false when KmsKeyArn is specified",
        "INVALID_PARAMETER_VALUE",
    )
    assert reason_of(ebs.start_snapshot, VolumeSize=1, ParentSnapshotId=completed, Encrypted=True) == (
        "ParentSnapshotId and Encrypt cannot be specified together",
        "INVALID_PARAMETER_VALUE",
    )


def test_a_disabled_key_opens_no_block(ebs, client):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    snapshot = make(ebs, {0: block(1)}, KmsKeyArn=key)
    assert read(ebs, snapshot, 0) == block(1)
    kms.disable_key(KeyId=key)
    token = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"][0]["BlockToken"]
    with refused("ValidationException") as caught:
        ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=0, BlockToken=token)
    assert caught.value.response["Reason"] == "INVALID_DEPENDENCY_REQUEST"
    kms.enable_key(KeyId=key)
    assert read(ebs, snapshot, 0) == block(1)


def test_accounts_and_regions_are_apart(ebs, client, completed):
    with refused("ResourceNotFoundException", f"The snapshot '{completed}' does not exist."):
        client("ebs", account="210987654321").list_snapshot_blocks(SnapshotId=completed)
    with refused("ResourceNotFoundException"):
        client("ebs", region="eu-west-1").list_snapshot_blocks(SnapshotId=completed)


def test_completed_in_ec2_is_readable_a_minute_later(start_amisim, account):
    """At AWS's pace; recorded twice: 57 to 61 seconds."""
    real = start_amisim("--pace", "real")
    real.control.clock(freeze=True)
    ebs, ec2 = real.client("ebs", account), real.client("ec2", account)
    snapshot = make(ebs, {0: block(1)})
    real.control.clock(advance="3s")
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed"
    with refused("ResourceNotFoundException"):
        ebs.list_snapshot_blocks(SnapshotId=snapshot)
    real.control.clock(advance="60s")
    assert list(listed(ebs, snapshot)) == [0]


def test_public_snapshots_of_others_are_refused(client, ebs, ec2, another_account):
    snapshot = make(ebs, {0: block(1)})
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission={"Add": [{"Group": "all"}]})
    assert listed(ebs, snapshot)
    with refused("ValidationException") as caught:
        client("ebs", account=another_account).list_snapshot_blocks(SnapshotId=snapshot)
    assert "Public snapshots are not supported" in str(caught.value)
