"""Encryption by default and the default key of EBS, per account and Region."""

import json

import pytest
from simulator import refused

ZONE = "us-east-1a"


def volume(ec2, **parameters):
    made = ec2.create_volume(AvailabilityZone=ZONE, **{"Size": 1, **parameters})["VolumeId"]
    return ec2.describe_volumes(VolumeIds=[made])["Volumes"][0]


def default_key(kms):
    return kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]


def test_before_any_choice(amisim, account, ec2):
    """Recorded: false without an sseType, and the alias in place of an ARN."""
    body = amisim.query(account, Action="GetEbsEncryptionByDefault").body
    assert "<ebsEncryptionByDefault>false</ebsEncryptionByDefault></Get" in body
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


def test_on_and_off(client, ec2):
    assert ec2.enable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    for other in (client("ec2", region="eu-west-1"), client("ec2", account="111122223333")):
        assert other.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.disable_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_dry_run_changes_nothing(ec2):
    with refused("DryRunOperation"):
        ec2.enable_ebs_encryption_by_default(DryRun=True)
    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False


def test_new_volumes_are_encrypted_and_old_ones_stay(ec2, kms):
    before = volume(ec2)
    ec2.enable_ebs_encryption_by_default()
    for after in (volume(ec2), volume(ec2, Encrypted=False)):
        assert (after["Encrypted"], after["KmsKeyId"]) == (True, default_key(kms))
    again = ec2.describe_volumes(VolumeIds=[before["VolumeId"]])["Volumes"][0]
    assert again["Encrypted"] is False and "KmsKeyId" not in again


def test_snapshots_of_plain_volumes_stay_plain(ec2):
    plain = volume(ec2)["VolumeId"]
    ec2.enable_ebs_encryption_by_default()
    snapshot = ec2.create_snapshot(VolumeId=plain)["SnapshotId"]
    found = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]
    assert found["Encrypted"] is False
    assert volume(ec2, SnapshotId=snapshot)["Encrypted"] is True


def test_default_key(ec2, kms, key):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key)
    assert ec2.modify_ebs_default_kms_key_id(KmsKeyId="alias/mine")["KmsKeyId"] == key
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == key
    assert volume(ec2, Encrypted=True)["KmsKeyId"] == key
    assert "KmsKeyId" not in volume(ec2)
    managed = ec2.reset_ebs_default_kms_key_id()["KmsKeyId"]
    assert managed == default_key(kms)
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"
    assert volume(ec2, Encrypted=True)["KmsKeyId"] == managed


def test_an_own_snapshot_keeps_its_key(ec2, kms, key):
    source = volume(ec2, Encrypted=True, KmsKeyId=key)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=source)["SnapshotId"]
    other = kms.create_key()["KeyMetadata"]["Arn"]
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=other)
    ec2.enable_ebs_encryption_by_default()
    assert volume(ec2, SnapshotId=snapshot)["KmsKeyId"] == key


def test_a_default_key_that_dies(ec2, kms, key):
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    kms.disable_key(KeyId=key)
    made = ec2.create_volume(AvailabilityZone=ZONE, Size=1, Encrypted=True)["VolumeId"]
    with refused("InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=[made])


def test_keys_that_cannot_be_the_default(client, ec2, kms, key):
    asymmetric = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    elsewhere = client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    for reference, word in (
        ("alias/nobody", "invalid"),
        (asymmetric["Arn"], "invalid"),
        (elsewhere, "invalid"),
        (key, "disabled"),
    ):
        text = f"The specified keyId {reference} is {word}"
        with refused("InvalidParameterValue", text):
            ec2.modify_ebs_default_kms_key_id(KmsKeyId=reference)
    assert ec2.get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


# ---- What is encrypted by default ----


def newest_image(ec2):
    pattern = [{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}]
    images = ec2.describe_images(Owners=["amazon"], Filters=pattern)["Images"]
    return max(images, key=lambda image: image["CreationDate"])["ImageId"]


def encryption(ec2, snapshots):
    found = ec2.describe_snapshots(SnapshotIds=snapshots)["Snapshots"]
    return [(each["Encrypted"], each.get("KmsKeyId")) for each in found]


def snapshots_of(ec2, image):
    mappings = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
    return [mapping["Ebs"]["SnapshotId"] for mapping in mappings]


def test_launches_and_copies_are_encrypted_by_default(ec2, kms, key):
    plain = volume(ec2)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=plain)["SnapshotId"]
    source = newest_image(ec2)
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    ec2.enable_ebs_encryption_by_default()
    place = {"SourceRegion": "us-east-1"}
    copied = ec2.copy_snapshot(SourceSnapshotId=snapshot, **place)["SnapshotId"]
    assert encryption(ec2, [copied]) == [(True, key)]
    image = ec2.copy_image(SourceImageId=source, Name="copied", **place)["ImageId"]
    assert encryption(ec2, snapshots_of(ec2, image)) == [(True, key)]
    ec2.run_instances(ImageId=source, InstanceType="t3.nano", MinCount=1, MaxCount=1)
    root = ec2.describe_volumes(Filters=[{"Name": "size", "Values": ["8"]}])["Volumes"][0]
    assert (root["Encrypted"], root["KmsKeyId"]) == (True, key)


# ---- Keys of other accounts ----

STRANGER = "111122223333"


def allow(kms, key, account):
    """The key policy that every guide shows for sharing encrypted snapshots."""
    owner = kms.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"]

    def statement(account, actions):
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        return {"Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*"}

    use = ["kms:DescribeKey", "kms:CreateGrant", "kms:Decrypt", "kms:GenerateDataKey*"]
    statements = [statement(owner, "kms:*"), statement(account, use + ["kms:ReEncrypt*"])]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


@pytest.fixture
def shared(ec2, key):
    """A snapshot under an own key, shared with the stranger; the key is not."""
    source = volume(ec2, Encrypted=True, KmsKeyId=key)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=source)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        Attribute="createVolumePermission",
        OperationType="add",
        UserIds=[STRANGER],
    )
    return snapshot


def test_a_shared_snapshot_is_restored_under_the_own_default_key(client, kms, key, shared):
    """Recorded: whoever restores another's encrypted snapshot gets a volume under its own key."""
    allow(kms, key, STRANGER)
    stranger = client("ec2", account=STRANGER)
    made = volume(stranger, SnapshotId=shared)
    own = default_key(client("kms", account=STRANGER))
    assert (made["Encrypted"], made["KmsKeyId"]) == (True, own)
    assert made["KmsKeyId"] != key


def test_a_shared_snapshot_without_its_key(client, shared):
    """Accepted, then gone: its blocks cannot be read."""
    stranger = client("ec2", account=STRANGER)
    made = stranger.create_volume(AvailabilityZone=ZONE, SnapshotId=shared)
    assert (made["State"], made["Encrypted"]) == ("creating", True)
    with refused("InvalidVolume.NotFound"):
        stranger.describe_volumes(VolumeIds=[made["VolumeId"]])


def test_a_key_of_another_account(client, ec2, kms):
    theirs = client("kms", account=STRANGER)
    foreign = theirs.create_key()["KeyMetadata"]["Arn"]
    made = ec2.create_volume(AvailabilityZone=ZONE, Size=1, Encrypted=True, KmsKeyId=foreign)
    with refused("InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=[made["VolumeId"]])
    allow(theirs, foreign, made_by(client))
    assert volume(ec2, Encrypted=True, KmsKeyId=foreign)["KmsKeyId"] == foreign


def made_by(client):
    return client("sts").get_caller_identity()["Account"]
