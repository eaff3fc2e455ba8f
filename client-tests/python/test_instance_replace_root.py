"""Replacing the root volume of a running instance. Documented; the words of refusals are ours."""

import pytest
from simulator import refused
from test_volume_attach import launch, newest_image, root_of

ZONE = "us-east-1a"


@pytest.fixture
def instance(ec2):
    return launch(ec2)


def volume(ec2, id):
    return ec2.describe_volumes(VolumeIds=[id])["Volumes"][0]


def replace(ec2, instance, **parameters):
    made = ec2.create_replace_root_volume_task(InstanceId=instance, **parameters)
    return made["ReplaceRootVolumeTask"]


def task(ec2, id):
    found = ec2.describe_replace_root_volume_tasks(ReplaceRootVolumeTaskIds=[id])
    return found["ReplaceRootVolumeTasks"][0]


def done(ec2, made):
    later = task(ec2, made["ReplaceRootVolumeTaskId"])
    assert later["TaskState"] == "succeeded"
    assert later["CompleteTime"] >= later["StartTime"]
    return later


def test_launch_state(ec2, instance):
    before = volume(ec2, root_of(ec2, instance))
    made = replace(ec2, instance)
    assert (made["InstanceId"], made["TaskState"]) == (instance, "pending")
    assert made["DeleteReplacedRootVolume"] is False
    assert "ImageId" not in made and "SnapshotId" not in made and "CompleteTime" not in made
    done(ec2, made)
    after = volume(ec2, root_of(ec2, instance))
    assert after["VolumeId"] != before["VolumeId"]
    for same in ("SnapshotId", "Size", "VolumeType", "Iops", "AvailabilityZone"):
        assert after[same] == before[same]
    (attachment,) = after["Attachments"]
    assert (attachment["Device"], attachment["DeleteOnTermination"]) == ("/dev/xvda", True)
    assert volume(ec2, before["VolumeId"])["State"] == "available"


def test_the_old_one_goes_where_that_was_asked_for(ec2, instance):
    before = root_of(ec2, instance)
    assert done(ec2, replace(ec2, instance, DeleteReplacedRootVolume=True))[
        "DeleteReplacedRootVolume"
    ]
    with refused("InvalidVolume.NotFound"):
        volume(ec2, before)


def test_a_snapshot_of_the_root(ec2, instance):
    snapshot = ec2.create_snapshot(VolumeId=root_of(ec2, instance))["SnapshotId"]
    made = done(ec2, replace(ec2, instance, SnapshotId=snapshot))
    assert made["SnapshotId"] == snapshot
    assert volume(ec2, root_of(ec2, instance))["SnapshotId"] == snapshot
    later = ec2.create_snapshot(VolumeId=root_of(ec2, instance))["SnapshotId"]
    for still in (snapshot, later):
        done(ec2, replace(ec2, instance, SnapshotId=still))


def test_snapshots_of_other_volumes_and_copies(ec2, instance):
    root = root_of(ec2, instance)
    other = ec2.create_volume(AvailabilityZone=ZONE, Size=8)["VolumeId"]
    strange = ec2.create_snapshot(VolumeId=other)["SnapshotId"]
    own = ec2.create_snapshot(VolumeId=root)["SnapshotId"]
    copy = ec2.copy_snapshot(SourceSnapshotId=own, SourceRegion="us-east-1")["SnapshotId"]
    for snapshot in (strange, copy):
        text = (
            f"Invalid value '{snapshot}' for snapshotId. It is not a snapshot of the root volume "
            f"'{root}'."
        )
        with refused("InvalidParameterValue", text):
            replace(ec2, instance, SnapshotId=snapshot)
    with refused("InvalidSnapshot.NotFound"):
        replace(ec2, instance, SnapshotId="snap-0fedcba9876543210")
    assert root_of(ec2, instance) == root


def test_an_image(ec2, instance):
    image = ec2.create_image(InstanceId=instance, Name="another root")["ImageId"]
    made = done(ec2, replace(ec2, instance, ImageId=image))
    assert made["ImageId"] == image
    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert found["ImageId"] == image
    snapshot = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
    assert volume(ec2, root_of(ec2, instance))["SnapshotId"] == snapshot["SnapshotId"]


def test_images_that_do_not_fit(ec2, instance):
    pattern = [{"Name": "name", "Values": ["al2023-ami-2023.*-arm64"]}]
    arm = ec2.describe_images(Owners=["amazon"], Filters=pattern)["Images"][0]["ImageId"]
    with refused("InvalidParameterValue"):
        replace(ec2, instance, ImageId=arm)
    wide = launch(
        ec2, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 30}}]
    )
    with refused("InvalidParameterValue"):
        replace(ec2, wide, ImageId=newest_image(ec2))


def test_a_volume(ec2, instance):
    root = volume(ec2, root_of(ec2, instance))
    other = ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=root["SnapshotId"])["VolumeId"]
    done(ec2, replace(ec2, instance, VolumeId=other))
    assert root_of(ec2, instance) == other
    with refused("IncorrectState", f"Volume '{other}' is not 'available'."):
        replace(ec2, instance, VolumeId=other)
    elsewhere = ec2.create_volume(AvailabilityZone="us-east-1b", Size=8)["VolumeId"]
    with refused("InvalidVolume.ZoneMismatch"):
        replace(ec2, instance, VolumeId=elsewhere)


def test_an_encrypted_root_stays_encrypted(ec2):
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}
    instance = launch(ec2, BlockDeviceMappings=[mapping])
    before = volume(ec2, root_of(ec2, instance))
    plain = ec2.create_volume(AvailabilityZone=ZONE, Size=8)["VolumeId"]
    with refused("InvalidParameterValue"):
        replace(ec2, instance, VolumeId=plain)
    done(ec2, replace(ec2, instance))
    after = volume(ec2, root_of(ec2, instance))
    assert (after["Encrypted"], after["KmsKeyId"]) == (True, before["KmsKeyId"])


def test_only_running_instances(ec2, instance):
    ec2.stop_instances(InstanceIds=[instance])
    with refused("IncorrectState", f"Instance '{instance}' is not 'running'."):
        replace(ec2, instance)
    with refused("InvalidInstanceID.NotFound"):
        replace(ec2, "i-0fedcba9876543210")


def test_one_source(ec2, instance):
    with refused("InvalidParameterCombination"):
        replace(ec2, instance, ImageId=newest_image(ec2), SnapshotId="snap-0fedcba9876543210")
    with refused("DryRunOperation"):
        replace(ec2, instance, DryRun=True)
    assert ec2.describe_replace_root_volume_tasks()["ReplaceRootVolumeTasks"] == []


def test_states_and_an_instance_that_goes(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    first, second = launch(ec2), launch(ec2)
    simulator.control.clock(advance="5m")
    root = root_of(ec2, first)
    made = [replace(ec2, each)["ReplaceRootVolumeTaskId"] for each in (first, second)]
    assert task(ec2, made[0])["TaskState"] == "pending"
    simulator.control.clock(advance="6s")
    assert task(ec2, made[0])["TaskState"] == "in-progress"
    assert root_of(ec2, first) == root
    ec2.terminate_instances(InstanceIds=[second])
    simulator.control.clock(advance="2m")
    assert task(ec2, made[0])["TaskState"] == "succeeded"
    assert task(ec2, made[1])["TaskState"] == "failed"


def test_a_dead_key_fails_the_task(client, ec2):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    mapping = {"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": key}}
    instance = launch(ec2, BlockDeviceMappings=[mapping])
    root = root_of(ec2, instance)
    kms.disable_key(KeyId=key)
    made = replace(ec2, instance)["ReplaceRootVolumeTaskId"]
    assert task(ec2, made)["TaskState"] == "failed"
    assert root_of(ec2, instance) == root


def test_tokens_tags_filters(ec2, instance):
    tags = [{"Key": "k", "Value": "v"}]
    specs = [{"ResourceType": "replace-root-volume-task", "Tags": tags}]
    asked = {"ClientToken": "t", "TagSpecifications": specs}
    first = replace(ec2, instance, **asked)
    assert first["Tags"] == tags
    again = replace(ec2, instance, **asked)
    assert again["ReplaceRootVolumeTaskId"] == first["ReplaceRootVolumeTaskId"]
    assert again["TaskState"] == "succeeded"
    replace(ec2, launch(ec2))

    def found(**parameters):
        answer = ec2.describe_replace_root_volume_tasks(**parameters)
        return [each["InstanceId"] for each in answer["ReplaceRootVolumeTasks"]]

    assert len(found()) == 2
    assert found(Filters=[{"Name": "instance-id", "Values": [instance]}]) == [instance]
    assert len(found(MaxResults=1)) == 1
    unknown = "replacevol-0fedcba9876543210"
    text = f"The replace root volume task '{unknown}' does not exist."
    with refused("InvalidReplaceRootVolumeTaskID.NotFound", text):
        found(ReplaceRootVolumeTaskIds=[unknown])
