"""Keys as EC2 uses them: by every form of a name, in every state, and across accounts.

The recipient of an encrypted snapshot needs the snapshot and its key: sharing one does not share the
other. What may not be described is refused at once, what may not be used fails later [recorded].
"""

import json

import image_steps as steps
import pytest
from simulator import refused

ACCESSIBLE = "Given key ID is not accessible"


@pytest.fixture
def other(account):
    return f"8{account[1:]}"


@pytest.fixture
def stranger(client, other):
    return client("ec2", account=other)


def encrypted_snapshot(ec2, key):
    volume = ec2.create_volume(
        AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3", Encrypted=True, KmsKeyId=key
    )["VolumeId"]
    return ec2.create_snapshot(VolumeId=volume)["SnapshotId"]


def share(ec2, snapshot, account):
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[account],
    )


def copied(ec2, snapshot, **more):
    """State, message and key of a copy."""
    made = ec2.copy_snapshot(SourceSnapshotId=snapshot, SourceRegion="us-east-1", **more)
    (copy,) = ec2.describe_snapshots(SnapshotIds=[made["SnapshotId"]])["Snapshots"]
    return copy["State"], copy.get("StateMessage"), copy.get("KmsKeyId")


def allow(kms, key, account, *actions, **condition):
    policy = json.loads(kms.get_key_policy(KeyId=key)["Policy"])
    policy["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": list(actions),
            "Resource": "*",
            **condition,
        }
    )
    kms.put_key_policy(KeyId=key, Policy=json.dumps(policy))


@pytest.mark.parametrize("form", ["id", "arn", "alias", "alias arn"])
def test_every_form_of_a_key(ec2, kms, key, form):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    alias_arn = f"{key.rpartition(':')[0]}:alias/mine"
    given = {"id": key.rpartition("/")[2], "arn": key, "alias": "alias/mine", "alias arn": alias_arn}
    snapshot = encrypted_snapshot(ec2, given[form])
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (shown["Encrypted"], shown["KmsKeyId"]) == (True, key)


def test_multi_region_key_by_its_id(ec2, kms):
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]
    snapshot = encrypted_snapshot(ec2, key["KeyId"])
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["KmsKeyId"] == key["Arn"]


def test_the_default_key_is_made_by_its_first_use(ec2, kms, account):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3", Encrypted=True)
    (shown,) = ec2.describe_volumes(VolumeIds=[volume["VolumeId"]])["Volumes"]
    key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert shown["KmsKeyId"] == key["Arn"]
    assert key["AWSAccountId"] == account


def test_a_disabled_key_cannot_be_used_until_it_is_enabled(ec2, kms, key):
    snapshot = encrypted_snapshot(ec2, key)
    kms.disable_key(KeyId=key)
    with refused("InvalidParameterValue", f"The specified keyId {key} is disabled"):
        ec2.copy_snapshot(
            SourceSnapshotId=snapshot, SourceRegion="us-east-1", Encrypted=True, KmsKeyId=key
        )
    state, message, _ = copied(ec2, snapshot)
    assert (state, message) == ("error", ACCESSIBLE)
    kms.enable_key(KeyId=key)
    assert copied(ec2, snapshot, Encrypted=True, KmsKeyId=key) == ("completed", None, key)


def test_a_deleted_key_is_gone_for_good(ec2, kms, key, control):
    snapshot = encrypted_snapshot(ec2, key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert copied(ec2, snapshot)[:2] == ("error", ACCESSIBLE)
    control.clock(advance="7d1m")
    assert copied(ec2, snapshot)[:2] == ("error", ACCESSIBLE)
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (shown["State"], shown["KmsKeyId"]) == ("completed", key)


def test_a_shared_snapshot_needs_its_key(ec2, kms, key, other, stranger, client):
    snapshot = encrypted_snapshot(ec2, key)
    share(ec2, snapshot, other)
    assert copied(stranger, snapshot)[:2] == ("error", ACCESSIBLE)
    allow(kms, key, other, "kms:DescribeKey")
    assert copied(stranger, snapshot)[:2] == ("error", ACCESSIBLE)
    allow(kms, key, other, "kms:CreateGrant")
    state, _, used = copied(stranger, snapshot)
    own = client("kms", account=other).describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    assert (state, used) == ("completed", own)


def test_a_grant_shares_a_key_until_it_is_revoked(ec2, kms, key, other, stranger):
    snapshot = encrypted_snapshot(ec2, key)
    share(ec2, snapshot, other)
    grant = kms.create_grant(
        KeyId=key, GranteePrincipal=f"arn:aws:iam::{other}:root", Operations=["CreateGrant"]
    )["GrantId"]
    assert copied(stranger, snapshot)[0] == "completed"
    kms.revoke_grant(KeyId=key, GrantId=grant)
    assert copied(stranger, snapshot)[:2] == ("error", ACCESSIBLE)


def test_encrypting_with_anothers_key(ec2, kms, key, other, stranger):
    """Not described: refused at once. Described but not to be used: told by the copy."""
    snapshot = encrypted_snapshot(stranger, "alias/aws/ebs")

    def copy():
        return copied(stranger, snapshot, Encrypted=True, KmsKeyId=key)

    with refused("AuthFailure", f"Not authorized to use key {key} ") as caught:
        copy()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    allow(kms, key, other, "kms:DescribeKey")
    assert copy()[:2] == ("error", ACCESSIBLE)
    through_ec2 = {"Condition": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}}
    allow(kms, key, other, "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*", **through_ec2)
    assert copy() == ("completed", None, key)


def test_a_key_of_another_region(ec2, client):
    elsewhere = client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
    snapshot = encrypted_snapshot(ec2, "alias/aws/ebs")
    with refused("InvalidParameterValue", f"The specified keyId {elsewhere} is invalid"):
        copied(ec2, snapshot, Encrypted=True, KmsKeyId=elsewhere)


def test_asymmetric_keys_encrypt_no_volumes(ec2, kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    snapshot = encrypted_snapshot(ec2, "alias/aws/ebs")
    with refused("InvalidParameterValue"):
        copied(ec2, snapshot, Encrypted=True, KmsKeyId=key)


def test_a_volume_of_a_shared_snapshot_needs_its_key(ec2, kms, key, other, stranger):
    """Accepted either way; without the key the volume is gone a moment later [recorded]."""
    snapshot = encrypted_snapshot(ec2, key)
    share(ec2, snapshot, other)

    def made():
        volume = stranger.create_volume(AvailabilityZone="us-east-1a", SnapshotId=snapshot)["VolumeId"]
        wanted = [{"Name": "volume-id", "Values": [volume]}]
        return [found["KmsKeyId"] for found in stranger.describe_volumes(Filters=wanted)["Volumes"]]

    assert made() == []
    allow(kms, key, other, "kms:ReEncryptFrom")
    (used,) = made()
    assert f":{other}:" in used


def test_a_launch_from_a_shared_image_needs_its_key(ec2, kms, key, other, stranger):
    image = steps.register(ec2, encrypted_snapshot(ec2, key), EnaSupport=True)
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": other}]})
    launch = {"ImageId": image, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}

    def launched():
        instance = stranger.run_instances(**launch)["Instances"][0]["InstanceId"]
        (found,) = stranger.describe_instances(InstanceIds=[instance])["Reservations"]
        return found["Instances"][0]

    failed = launched()
    assert failed["State"]["Name"] == "terminated"
    assert failed["StateReason"]["Code"].startswith("Client.")
    allow(kms, key, other, "kms:ReEncryptFrom")
    assert launched()["State"]["Name"] == "running"
    kms.disable_key(KeyId=key)
    assert launched()["StateReason"] == {
        "Code": "Client.InvalidKMSKey.InvalidState",
        "Message": "Client.InvalidKMSKey.InvalidState: "
        "The KMS key provided is in an incorrect state",
    }


@pytest.mark.parametrize("end", ["disabled", "deleted"])
def test_the_default_key_must_be_usable_too(ec2, kms, key, control, end):
    """Nothing takes the place of the chosen default key."""
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3")["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = steps.register(ec2, snapshot)
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)

    def copied_image():
        made = ec2.copy_image(
            SourceImageId=image, SourceRegion="us-east-1", Name=steps.name(), Encrypted=True
        )
        return steps.describe(ec2, made["ImageId"])["State"]

    assert copied(ec2, snapshot, Encrypted=True) == ("completed", None, key)
    assert copied_image() == "available"
    if end == "disabled":
        kms.disable_key(KeyId=key)
    else:
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
        control.clock(advance="7d1m")
    assert copied(ec2, snapshot, Encrypted=True)[:2] == ("error", ACCESSIBLE)
    assert copied_image() == "failed"
    gone = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3", Encrypted=True)
    wanted = [{"Name": "volume-id", "Values": [gone["VolumeId"]]}]
    assert ec2.describe_volumes(Filters=wanted)["Volumes"] == []
    ec2.reset_ebs_default_kms_key_id()
    assert copied(ec2, snapshot, Encrypted=True)[0] == "completed"
