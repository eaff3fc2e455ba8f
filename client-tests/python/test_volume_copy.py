"""CopyVolumes, and volumes in the Recycle Bin. Documented; the words of refusals are ours."""

import datetime

import pytest
from simulator import refused

ZONE = "us-east-1b"
VALUE = "InvalidParameterValue"


@pytest.fixture
def source(ec2):
    return new_volume(ec2)


def new_volume(ec2, **parameters):
    asked = {"AvailabilityZone": ZONE, "Size": 2, "VolumeType": "gp3", **parameters}
    return ec2.create_volume(**asked)["VolumeId"]


def shown(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]


def copy(ec2, source, **parameters):
    (made,) = ec2.copy_volumes(SourceVolumeId=source, **parameters)["Volumes"]
    return made


# ---- CopyVolumes ----


def test_copy(ec2, source):
    tags = [{"ResourceType": "volume", "Tags": [{"Key": "k", "Value": "v"}]}]
    made = copy(ec2, source, TagSpecifications=tags)
    assert made["VolumeId"] != source
    assert (made["SourceVolumeId"], made["State"], made["Size"]) == (source, "creating", 2)
    assert (made["VolumeType"], made["AvailabilityZone"]) == ("gp2", ZONE)
    assert made["Tags"] == tags[0]["Tags"]
    later = shown(ec2, made["VolumeId"])
    assert (later["State"], later["SourceVolumeId"]) == ("available", source)
    found = ec2.describe_volume_status(VolumeIds=[made["VolumeId"]])["VolumeStatuses"][0]
    assert found["InitializationStatusDetails"]["InitializationType"] == "volume-copy"


def test_copy_of_another_shape(ec2, source):
    made = copy(ec2, source, VolumeType="gp3", Size=10, Iops=4000, Throughput=500)
    assert (made["Size"], made["Iops"], made["Throughput"]) == (10, 4000, 500)


def test_copies_are_as_encrypted_as_their_source(client, ec2, source):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = copy(ec2, new_volume(ec2, Encrypted=True, KmsKeyId=key), Encrypted=False)
    assert shown(ec2, encrypted["VolumeId"])["KmsKeyId"] == key
    made = copy(ec2, source, Encrypted=True, KmsKeyId=key)
    assert shown(ec2, made["VolumeId"])["KmsKeyId"] == key
    assert shown(ec2, copy(ec2, source)["VolumeId"])["Encrypted"] is False
    with refused("InvalidParameterDependency"):
        copy(ec2, source, KmsKeyId=key)


def test_a_copy_with_a_dead_key_vanishes(client, ec2):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = new_volume(ec2, Encrypted=True, KmsKeyId=key)
    shown(ec2, encrypted)
    kms.disable_key(KeyId=key)
    made = copy(ec2, encrypted)["VolumeId"]
    with refused("InvalidVolume.NotFound"):
        shown(ec2, made)


def test_copy_token(ec2, source):
    first = copy(ec2, source, ClientToken="t")["VolumeId"]
    assert copy(ec2, source, ClientToken="t")["VolumeId"] == first
    with refused("IdempotentParameterMismatch"):
        copy(ec2, source, ClientToken="t", Size=9)
    assert len(ec2.describe_volumes()["Volumes"]) == 2


def test_refusals_of_copies(client, ec2, source):
    for change, code in (
        ({"Size": 1}, VALUE),
        ({"VolumeType": "bad"}, "UnknownVolumeType"),
        ({"VolumeType": "io2"}, "InvalidParameterCombination"),
        ({"MultiAttachEnabled": True}, "InvalidParameterCombination"),
        ({"DryRun": True}, "DryRunOperation"),
    ):
        with refused(code):
            copy(ec2, source, **change)
    text = "The volume 'vol-0fedcba9876543210' does not exist."
    with refused("InvalidVolume.NotFound", text):
        copy(ec2, "vol-0fedcba9876543210")
    with refused("InvalidVolume.NotFound"):
        copy(client("ec2", account="111122223333"), source)
    assert len(ec2.describe_volumes()["Volumes"]) == 1


def test_copies_in_progress(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    source = new_volume(ec2)
    with refused("IncorrectState", f"Volume '{source}' is in the 'creating' state."):
        copy(ec2, source)
    simulator.control.clock(advance="1m")
    for _ in range(5):
        copy(ec2, source)
    with refused("ResourceLimitExceeded"):
        copy(ec2, source)
    simulator.control.clock(advance="1m")
    copy(ec2, source)


# ---- The Recycle Bin ----


@pytest.fixture
def kept(start_amisim):
    """A world of its own whose clock stands still, with a rule that keeps volumes for 7 days."""
    simulator = start_amisim("--pace", "instant")
    simulator.control.clock(freeze=True)
    rbin = simulator.client("rbin", "123456789012")
    period = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    rbin.create_rule(ResourceType="EBS_VOLUME", RetentionPeriod=period)
    return simulator, simulator.client("ec2", "123456789012")


def in_bin(ec2, **parameters):
    return ec2.list_volumes_in_recycle_bin(**parameters)["Volumes"]


def test_deleted_and_kept(kept):
    simulator, ec2 = kept
    volume = new_volume(ec2)
    assert shown(ec2, volume)["State"] == "available"
    assert in_bin(ec2) == []
    ec2.delete_volume(VolumeId=volume)
    assert ec2.describe_volumes()["Volumes"] == []
    with refused("InvalidVolume.NotFound"):
        shown(ec2, volume)
    (found,) = in_bin(ec2)
    assert (found["VolumeId"], found["State"], found["Size"]) == (volume, "available", 2)
    span = found["RecycleBinExitTime"] - found["RecycleBinEnterTime"]
    assert span == datetime.timedelta(days=7)
    assert in_bin(ec2, VolumeIds=[volume]) == [found]
    simulator.control.clock(advance="167h")
    assert len(in_bin(ec2)) == 1
    simulator.control.clock(advance="1h")
    assert in_bin(ec2) == []
    with refused("InvalidVolume.NotFound"):
        ec2.restore_volume_from_recycle_bin(VolumeId=volume)


def test_restored(kept):
    simulator, ec2 = kept
    volume = new_volume(ec2)
    ec2.create_tags(Resources=[volume], Tags=[{"Key": "k", "Value": "v"}])
    before = shown(ec2, volume)
    ec2.delete_volume(VolumeId=volume)
    with refused("DryRunOperation"):
        ec2.restore_volume_from_recycle_bin(VolumeId=volume, DryRun=True)
    assert ec2.restore_volume_from_recycle_bin(VolumeId=volume)["Return"] is True
    assert shown(ec2, volume) == before
    assert in_bin(ec2) == []
    simulator.control.clock(advance="8d")
    assert shown(ec2, volume) == before


def test_nothing_keeps_what_never_was(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    rbin = simulator.client("rbin", "123456789012")
    period = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    rbin.create_rule(ResourceType="EBS_VOLUME", RetentionPeriod=period)
    ec2 = simulator.client("ec2", "123456789012")
    ec2.delete_volume(VolumeId=new_volume(ec2))
    assert in_bin(ec2) == []
    for bad in ("vol-0fedcba9876543210",):
        with refused("InvalidVolume.NotFound"):
            in_bin(ec2, VolumeIds=[bad])
        with refused("InvalidVolume.NotFound"):
            ec2.restore_volume_from_recycle_bin(VolumeId=bad)
