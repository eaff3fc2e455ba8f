"""What a call needs of a KMS key: each action is denied in turn, as it was recorded on AWS.

A cell is the call, the key that it is about, the action that is denied, and what comes of it.
"""

import json

import pytest
from botocore.exceptions import ClientError
from test_ebs_direct import block, make, read
from test_kms_key_use import copied, share

ACTIONS = [
    "DescribeKey",
    "CreateGrant",
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
]
FAILED = ("error", "Given key ID is not accessible")


def deny(kms, key, action):
    """No one may do it any more, whatever else is said."""
    policy = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    policy["Statement"].append(
        {"Effect": "Deny", "Principal": "*", "Action": f"kms:{action}", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))


def open_to(kms, key, account):
    policy = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    policy["Statement"].append(
        {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    )
    kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))


@pytest.fixture
def shared(ec2, kms, key, client, another_account):
    """An encrypted snapshot that another account may use with its key, and that account's EC2."""
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId=key)
    snapshot = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    share(ec2, snapshot, another_account)
    open_to(kms, key, another_account)
    return snapshot, client("ec2", account=another_account)


@pytest.fixture
def theirs(client, another_account):
    """KMS and a key of the other account."""
    kms = client("kms", account=another_account)
    return kms, kms.create_key()["KeyMetadata"]["Arn"]


def answer_of(call, *arguments, **parameters):
    """Status, code and reason of a refusal; what the call gives otherwise."""
    try:
        return call(*arguments, **parameters)
    except ClientError as error:
        answer = error.response
        status = answer["ResponseMetadata"]["HTTPStatusCode"]
        return status, answer["Error"]["Code"], answer.get("Reason"), answer["Error"]["Message"]


@pytest.mark.parametrize("action", ACTIONS)
def test_the_key_of_a_copy(ec2, kms, key, action):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    deny(kms, key, action)
    got = answer_of(copied, ec2, snapshot, Encrypted=True, KmsKeyId=key)
    if action == "DescribeKey":
        assert got == (403, "AuthFailure", None, f"Not authorized to use key {key} ")
    elif action in ("CreateGrant", "GenerateDataKeyWithoutPlaintext"):
        assert got == (*FAILED, key)
    else:
        assert got == ("completed", None, key)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_key_of_what_is_copied(kms, key, shared, theirs, action):
    snapshot, stranger = shared
    deny(kms, key, action)
    got = copied(stranger, snapshot, Encrypted=True, KmsKeyId=theirs[1])[:2]
    assert got == (FAILED if action == "CreateGrant" else ("completed", None))


@pytest.mark.parametrize("which", ["source", "target"])
@pytest.mark.parametrize("action", ACTIONS)
def test_the_keys_of_a_volume(kms, key, shared, theirs, which, action):
    snapshot, stranger = shared
    their_kms, their_key = theirs
    deny(*((kms, key) if which == "source" else theirs), action)
    volume = stranger.create_volume(
        AvailabilityZone="us-east-1a", SnapshotId=snapshot, Encrypted=True, KmsKeyId=their_key
    )
    assert volume["State"] == "creating"
    wanted = [{"Name": "volume-id", "Values": [volume["VolumeId"]]}]
    found = stranger.describe_volumes(Filters=wanted)["Volumes"]
    needed = {
        "source": ["ReEncryptFrom"],
        "target": ["ReEncryptTo", "CreateGrant", "GenerateDataKeyWithoutPlaintext"],
    }
    assert bool(found) == (action not in needed[which])


@pytest.mark.parametrize("action", ACTIONS)
def test_a_snapshot_needs_nothing(ec2, kms, key, action):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId=key)
    deny(kms, key, action)
    made = ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]
    assert ec2.describe_snapshots(SnapshotIds=[made])["Snapshots"][0]["State"] == "completed"


NOT_FOUND = (404, "ResourceNotFoundException", "DEPENDENCY_RESOURCE_NOT_FOUND", "KMS key not found")
DEPENDENCY = (400, "ValidationException", "INVALID_DEPENDENCY_REQUEST")


@pytest.mark.parametrize("action", ACTIONS)
def test_a_direct_snapshot(ebs, kms, key, action):
    deny(kms, key, action)
    got = answer_of(ebs.start_snapshot, VolumeSize=1, Encrypted=True, KmsKeyArn=key)
    if action == "GenerateDataKey":
        assert got[:3] == DEPENDENCY and "kms:GenerateDataKey " in got[3]
    else:
        assert got["KmsKeyArn"] == key


@pytest.mark.parametrize("action", ACTIONS)
def test_a_direct_snapshot_on_a_parent(ebs, kms, key, action):
    parent = make(ebs, {0: block(1)}, KmsKeyArn=key)
    deny(kms, key, action)
    got = answer_of(ebs.start_snapshot, VolumeSize=1, ParentSnapshotId=parent)
    if action == "Decrypt":
        assert got == NOT_FOUND
    elif action == "ReEncryptFrom":
        assert got[:3] == DEPENDENCY and "kms:ReEncryptFrom " in got[3]
    else:
        assert got["KmsKeyArn"] == key


@pytest.mark.parametrize("action", ACTIONS)
def test_reading_directly(ebs, kms, key, action):
    snapshot = make(ebs, {0: block(1)}, KmsKeyArn=key)
    (listed,) = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]
    deny(kms, key, action)
    listing = answer_of(ebs.list_snapshot_blocks, SnapshotId=snapshot)
    if action == "DescribeKey":
        assert listing == NOT_FOUND
    else:
        assert len(listing["Blocks"]) == 1
    got = answer_of(
        ebs.get_snapshot_block, SnapshotId=snapshot, BlockIndex=0, BlockToken=listed["BlockToken"]
    )
    if action in ("DescribeKey", "Decrypt"):
        assert got == NOT_FOUND
    else:
        assert got["BlockData"].read() == block(1)


def test_reading_changes_directly(ebs, kms, key):
    first = make(ebs, {0: block(1)}, KmsKeyArn=key)
    second = make(ebs, {0: block(2)}, ParentSnapshotId=first)
    assert read(ebs, second, 0) == block(2)
    pair = {"FirstSnapshotId": first, "SecondSnapshotId": second}
    deny(kms, key, "Decrypt")
    assert len(ebs.list_changed_blocks(**pair)["ChangedBlocks"]) == 1
    deny(kms, key, "DescribeKey")
    assert answer_of(ebs.list_changed_blocks, **pair) == NOT_FOUND
