"""Encryption by default and the default key of EBS, per account and Region."""

import pytest
from simulator import refused

ZONE = "us-east-1a"


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def kms(client):
    return client("kms")


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]["Arn"]


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
