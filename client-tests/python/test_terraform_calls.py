"""The calls of newer AWS providers of Terraform and OpenTofu (6.x), which cannot be had here: what each resource
does to be made, refreshed, changed and destroyed. client-tests/terraform runs the real 1.60."""

import contextlib
import datetime

import image_steps as steps
import pytest
from botocore.exceptions import ClientError
from simulator import refused

THERE, FRIEND = "eu-west-1", "210987654321"


@pytest.fixture
def there(client):
    return client("ec2", region=THERE)


def gone(find, *codes):
    """A finder that says `not found` by one of these codes, or by an empty list."""
    try:
        return not find()
    except ClientError as error:
        return error.response["Error"]["Code"] in codes


def find_image(ec2, image):
    """What its waiters look at: the state must be available, the id the one that was asked for."""
    (found,) = ec2.describe_images(ImageIds=[image])["Images"]
    assert found["ImageId"] == image
    return found


def read_image(ec2, image):
    found = find_image(ec2, image)
    for name in ("Architecture", "Hypervisor", "ImageLocation", "ImageType", "Name", "OwnerId", "PlatformDetails", "RootDeviceName", "UsageOperation", "VirtualizationType"):
        assert found[name], name
    assert found["Public"] is False
    with contextlib.suppress(ClientError):  # asked with the id of an image; the provider ignores every refusal
        ec2.get_instance_uefi_data(InstanceId=image)
    return found


def destroy_image(ec2, image, snapshots=()):
    ec2.deregister_image(ImageId=image)
    for snapshot in snapshots:
        ec2.delete_snapshot(SnapshotId=snapshot)
    assert gone(lambda: ec2.describe_images(ImageIds=[image])["Images"], "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")
    with pytest.raises(ClientError) as caught:  # a second destroy takes these codes for done
        ec2.deregister_image(ImageId=image)
    assert caught.value.response["Error"]["Code"] in ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")


def test_aws_ami(ec2):
    image = ec2.register_image(
        Architecture="x86_64",
        Description="",
        EnaSupport=True,
        ImageLocation="",
        Name="registered",
        RootDeviceName="/dev/xvda",
        SriovNetSupport="simple",
        VirtualizationType="hvm",
        BootMode="uefi-preferred",
        ImdsSupport="v2.0",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True, "SnapshotId": steps.snapshot(ec2), "VolumeSize": 2, "VolumeType": "gp3"}},
            {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"},
        ],
    )["ImageId"]
    ec2.create_tags(Resources=[image], Tags=[{"Key": "Name", "Value": "registered"}])
    found = read_image(ec2, image)
    assert (found["BootMode"], found["ImdsSupport"], found["SriovNetSupport"]) == ("uefi-preferred", "v2.0", "simple")
    ec2.modify_image_attribute(ImageId=image, Description={"Value": "changed"})
    assert find_image(ec2, image)["Description"] == "changed"
    moment = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=90)).replace(second=0, microsecond=0)
    ec2.enable_image_deprecation(ImageId=image, DeprecateAt=moment)
    assert find_image(ec2, image)["DeprecationTime"] == moment.strftime("%Y-%m-%dT%H:%M:00.000Z")
    ec2.disable_image_deprecation(ImageId=image)
    assert "DeprecationTime" not in find_image(ec2, image)
    destroy_image(ec2, image)


def test_aws_ami_copy_and_from_instance(ec2, there, client):
    instance = steps.run(ec2)
    specs = [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": "golden"}]} for kind in ("image", "snapshot")]
    image = ec2.create_image(Name="golden", Description="", InstanceId=instance, NoReboot=False, TagSpecifications=specs)["ImageId"]
    snapshots = steps.snapshots_of(read_image(ec2, image))
    key = client("kms", region=THERE).create_key()["KeyMetadata"]["Arn"]
    copy = there.copy_image(
        Name="golden", Description="", SourceImageId=image, SourceRegion="us-east-1", Encrypted=True, KmsKeyId=key, TagSpecifications=specs
    )["ImageId"]
    copied = read_image(there, copy)
    (mapping,) = copied["BlockDeviceMappings"]
    assert mapping["Ebs"]["Encrypted"] is True and mapping["Ebs"]["VolumeSize"] > 0
    destroy_image(there, copy, steps.snapshots_of(copied))
    destroy_image(ec2, image, snapshots)


@pytest.mark.parametrize("permission", [{"UserId": FRIEND}, {"Group": "all"}])
def test_aws_ami_launch_permission(ec2, permission):
    image = steps.register(ec2)
    with contextlib.suppress(ClientError):
        ec2.disable_image_block_public_access()

    def permissions():
        return ec2.describe_image_attribute(ImageId=image, Attribute="launchPermission")["LaunchPermissions"]

    def modify(**how):
        ec2.modify_image_attribute(ImageId=image, Attribute="launchPermission", LaunchPermission=how)

    modify(Add=[permission])
    assert permissions() == [permission]
    modify(Remove=[permission])
    assert permissions() == []
    ec2.deregister_image(ImageId=image)
    with pytest.raises(ClientError) as caught:
        modify(Remove=[permission])
    assert caught.value.response["Error"]["Code"] in ("InvalidAMIID.NotFound", "InvalidAMIID.Unavailable")


def test_aws_ebs_volume(ec2):
    specs = [{"ResourceType": "volume", "Tags": [{"Key": "Name", "Value": "data"}]}]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1, VolumeType="gp3", Throughput=125, ClientToken="terraform-1", TagSpecifications=specs)["VolumeId"]

    def read():
        (found,) = ec2.describe_volumes(VolumeIds=[volume])["Volumes"]
        return found

    found = read()
    assert (found["State"], found["Iops"], found["Throughput"], found["MultiAttachEnabled"]) == ("available", 3000, 125, False)
    ec2.modify_volume(VolumeId=volume, Size=2, Throughput=250)
    (modification,) = ec2.describe_volumes_modifications(VolumeIds=[volume])["VolumesModifications"]
    assert modification["ModificationState"] in ("optimizing", "completed")
    assert (read()["Size"], read()["Throughput"]) == (2, 250)
    final = ec2.create_snapshot(VolumeId=volume, TagSpecifications=[{"ResourceType": "snapshot", "Tags": specs[0]["Tags"]}])
    assert ec2.describe_snapshots(SnapshotIds=[final["SnapshotId"]])["Snapshots"][0]["State"] == "completed"
    ec2.delete_volume(VolumeId=volume)
    assert gone(lambda: ec2.describe_volumes(VolumeIds=[volume])["Volumes"], "InvalidVolume.NotFound")
    with refused("InvalidVolume.NotFound"):
        ec2.delete_volume(VolumeId=volume)


def test_aws_ebs_snapshot_and_copy(ec2, there):
    specs = [{"ResourceType": "snapshot", "Tags": [{"Key": "Name", "Value": "data"}]}]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume, Description="of the data", TagSpecifications=specs)["SnapshotId"]
    (found,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert (found["StorageTier"], found["VolumeId"], found["VolumeSize"], found["Encrypted"]) == ("standard", volume, 1, False)
    copy = there.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot, Description="", Encrypted=True, TagSpecifications=specs)["SnapshotId"]
    (copied,) = there.describe_snapshots(SnapshotIds=[copy])["Snapshots"]
    assert copied["KmsKeyId"].startswith(f"arn:aws:kms:{THERE}:")
    ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
    by_snapshot = [{"Name": "snapshot-id", "Values": [snapshot]}]
    (tier,) = ec2.describe_snapshot_tier_status(Filters=by_snapshot)["SnapshotTierStatuses"]
    assert tier["StorageTier"] == "archive"
    ec2.restore_snapshot_tier(SnapshotId=snapshot, PermanentRestore=True)
    for where, one in ((ec2, snapshot), (there, copy)):
        where.delete_snapshot(SnapshotId=one)
        assert gone(lambda: where.describe_snapshots(SnapshotIds=[one])["Snapshots"], "InvalidSnapshot.NotFound")  # noqa: B023
        with refused("InvalidSnapshot.NotFound"):
            where.delete_snapshot(SnapshotId=one)


def attribute(ec2, instance, name):
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)
    return answer[name[0].upper() + name[1:]].get("Value")


def read_instance(ec2, instance):
    """All that a refresh asks for."""
    (found,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    (kind,) = ec2.describe_instance_types(InstanceTypes=[found["InstanceType"]])["InstanceTypes"]
    assert kind["BurstablePerformanceSupported"] is True
    (credits,) = ec2.describe_instance_credit_specifications(InstanceIds=[instance])["InstanceCreditSpecifications"]
    assert credits["CpuCredits"] == "unlimited"
    (volume,) = ec2.describe_volumes(VolumeIds=[m["Ebs"]["VolumeId"] for m in found["BlockDeviceMappings"]])["Volumes"]
    assert volume["Attachments"][0]["Device"] == found["RootDeviceName"]
    attached = [{"Name": "attachment.instance-id", "Values": [instance]}]
    assert [v["VolumeId"] for v in ec2.describe_volumes(Filters=attached)["Volumes"]] == [volume["VolumeId"]]
    assert ec2.describe_images(ImageIds=[found["ImageId"]])["Images"][0]["RootDeviceName"] == found["RootDeviceName"]
    assert ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [instance]}, {"Name": "key", "Values": ["aws:ec2launchtemplate:id"]}])["Tags"] == []
    for name in ("CapacityReservationSpecification", "CpuOptions", "EnclaveOptions", "MaintenanceOptions", "MetadataOptions", "Monitoring", "Placement", "PrivateDnsNameOptions"):
        assert found[name], name
    assert found["MetadataOptions"]["State"] == "applied"
    assert attribute(ec2, instance, "instanceInitiatedShutdownBehavior") == "stop"
    assert attribute(ec2, instance, "userData") is None
    return found


def test_aws_instance(ec2):
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    group = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}])["SecurityGroups"][0]["GroupId"]
    instance = steps.run(
        ec2,
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True, "VolumeSize": 10, "VolumeType": "gp3"}}],
        ClientToken="terraform-20260101",
        DisableApiStop=False,
        DisableApiTermination=False,
        EbsOptimized=False,
        InstanceInitiatedShutdownBehavior="stop",
        Monitoring={"Enabled": False},
        SecurityGroupIds=[group],
        TagSpecifications=[{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": "web"}]} for kind in ("instance", "volume")],
    )
    found = read_instance(ec2, instance)
    (root,) = [m["Ebs"]["VolumeId"] for m in found["BlockDeviceMappings"]]

    ec2.modify_instance_attribute(InstanceId=instance, DisableApiStop={"Value": True})
    ec2.modify_instance_attribute(InstanceId=instance, DisableApiTermination={"Value": True})
    assert attribute(ec2, instance, "disableApiStop") and attribute(ec2, instance, "disableApiTermination")
    for name in ("DisableApiStop", "DisableApiTermination"):
        ec2.modify_instance_attribute(InstanceId=instance, **{name: {"Value": False}})
    ec2.modify_instance_metadata_options(
        InstanceId=instance, HttpEndpoint="enabled", HttpPutResponseHopLimit=2, HttpTokens="required", InstanceMetadataTags="disabled"
    )
    ec2.monitor_instances(InstanceIds=[instance])
    ec2.modify_volume(VolumeId=root, Size=12)
    ec2.modify_instance_attribute(
        InstanceId=instance, BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}]
    )
    assert ec2.describe_iam_instance_profile_associations(Filters=[{"Name": "instance-id", "Values": [instance]}])["IamInstanceProfileAssociations"] == []
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, InstanceType={"Value": "t3.small"})
    ec2.start_instances(InstanceIds=[instance])
    changed = read_instance(ec2, instance)
    assert (changed["InstanceType"], changed["Monitoring"]["State"]) == ("t3.small", "enabled")
    assert changed["MetadataOptions"]["HttpTokens"] == "required"
    assert changed["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"] is False

    ec2.terminate_instances(InstanceIds=[instance])
    (ended,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert ended["State"]["Name"] == "terminated"
    assert ec2.describe_volumes(VolumeIds=[root])["Volumes"][0]["State"] == "available"
    with refused("InvalidInstanceID.NotFound"):
        ec2.terminate_instances(InstanceIds=["i-0fedcba9876543210"])
