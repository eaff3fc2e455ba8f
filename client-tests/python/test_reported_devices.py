"""Devices and their mappings as users met them on AWS, in words and in what is taken at all."""

import pytest
from image_steps import describe, name, public_image, register, snapshot, snapshots_of
from machines import launch, launched
from simulator import refusal

def mapping(device, **ebs):
    return {"DeviceName": device, "Ebs": ebs or {"VolumeSize": 1}}


@pytest.mark.parametrize(
    "device",
    [
        "/dev/sde1",
        "/dev/sda",
        "/dev/xvdal",
        "/dev/xvda1",
        "C:/Program Files/Git/dev/sda1",
        "/dev/hdb",
        "/dev/sdaa",
        "xvdea",
        "/dev/",
    ],
)
def test_launch_refuses_a_name_that_no_hvm_machine_has(ec2, device):
    image = public_image(ec2)
    said = refusal(launch, ec2, ImageId=image, BlockDeviceMappings=[mapping(device)])
    assert said == ("InvalidBlockDeviceMapping", f"Invalid device name {device}")


@pytest.mark.parametrize("device", ["/dev/sdf", "sdz", "xvdb", "/dev/xvdcz", "/dev/sda1"])
def test_launch_takes_the_names_of_the_guide(ec2, device):
    launched(ec2, BlockDeviceMappings=[mapping(device)])


def test_names_are_looked_at_in_templates_and_on_a_dry_run(ec2):
    data = {"ImageId": public_image(ec2), "InstanceType": "t3.micro"}
    data["BlockDeviceMappings"] = [mapping("/dev/sde1")]
    template = ec2.create_launch_template(LaunchTemplateName=name(), LaunchTemplateData=data)
    template_id = template["LaunchTemplate"]["LaunchTemplateId"]
    for request in (
        {"LaunchTemplate": {"LaunchTemplateId": template_id}},
        {**data, "DryRun": True},
    ):
        said = refusal(ec2.run_instances, MinCount=1, MaxCount=1, **request)
        assert said == ("InvalidBlockDeviceMapping", "Invalid device name /dev/sde1")


def test_partitions_and_hd_belong_to_paravirtual_images(ec2):
    register(
        ec2,
        RootDeviceName="/dev/sda1",
        VirtualizationType="paravirtual",
        BlockDeviceMappings=[
            mapping("/dev/sda1", SnapshotId=snapshot(ec2)),
            mapping("/dev/sdb15"),
            mapping("/dev/hdc"),
        ],
    )
    for device in ("/dev/sdb16", "/dev/sdb01", "xvdal"):
        said = refusal(
            register,
            ec2,
            RootDeviceName="/dev/sda1",
            VirtualizationType="paravirtual",
            BlockDeviceMappings=[
                mapping("/dev/sda1", SnapshotId=snapshot(ec2)),
                mapping(device),
            ],
        )
        assert said == ("InvalidBlockDeviceMapping", f"Invalid device name '{device}'")


def test_attachments_of_an_hvm_machine_have_no_partitions(ec2):
    instance = launched(ec2)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    for device in ("/dev/sdk1", "/dev/hdb", "/dev/sda"):
        said = refusal(ec2.attach_volume, Device=device, InstanceId=instance, VolumeId=volume)
        text = (
            f"Value ({device}) for parameter device is invalid. "
            f"{device} is not a valid EBS device name."
        )
        assert said == ("InvalidParameterValue", text)
    ec2.attach_volume(Device="/dev/xvdaa", InstanceId=instance, VolumeId=volume)


def test_an_attachment_finds_the_device_taken_with_or_without_dev(ec2):
    instance = launched(ec2, BlockDeviceMappings=[mapping("xvdb")])
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    said = refusal(ec2.attach_volume, Device="/dev/xvdb", InstanceId=instance, VolumeId=volume)
    assert said[1].endswith("Attachment point /dev/xvdb is already in use")


@pytest.mark.parametrize("pair", [("xvdb", "/dev/xvdb"), ("/dev/xvdb", "xvdb"), ("xvdb", "xvdb")])
def test_a_launch_knows_that_two_names_are_one_device(ec2, pair):
    said = refusal(launch, ec2, BlockDeviceMappings=[mapping(device) for device in pair])
    text = "The device 'xvdb' is used in more than one block-device mapping"
    assert said == ("InvalidBlockDeviceMapping", text)


def test_a_launch_must_name_the_devices_of_its_image_as_the_image_does(ec2):
    mappings = [mapping("/dev/xvda", SnapshotId=snapshot(ec2)), mapping("/dev/xvdb")]
    image = register(ec2, BlockDeviceMappings=mappings, EnaSupport=True)
    said = refusal(launch, ec2, ImageId=image, BlockDeviceMappings=[mapping("xvdb", VolumeSize=2)])
    assert said[1] == "The device 'xvdb' is used in more than one block-device mapping"
    launched(ec2, ImageId=image, BlockDeviceMappings=[mapping("/dev/xvdb", VolumeSize=2)])


def test_an_image_is_told_of_devices_that_are_assigned_twice(ec2):
    twice = [mapping("/dev/sdk"), mapping("/dev/sdk")]
    text = "/dev/sdk is being assigned to multiple times."
    root = mapping("/dev/xvda", SnapshotId=snapshot(ec2))
    said = refusal(register, ec2, BlockDeviceMappings=[root, *twice])
    assert said == ("InvalidBlockDeviceMapping", text)
    instance = launched(ec2)
    said = refusal(ec2.create_image, InstanceId=instance, Name=name(), BlockDeviceMappings=twice)
    assert said == ("InvalidBlockDeviceMapping", text)


@pytest.mark.parametrize(
    "wrong", [{}, {"VirtualName": "root"}, {"VirtualName": "ephemeral24"}, {"VirtualName": "ephemeral"}]
)
def test_a_mapping_must_say_what_the_device_is(ec2, wrong):
    only = [{"DeviceName": "/dev/sdf", **wrong}]
    expected = ("MissingParameter", "The request must contain the parameter ebs")
    assert refusal(launch, ec2, BlockDeviceMappings=only) == expected
    root = mapping("/dev/xvda", SnapshotId=snapshot(ec2))
    assert refusal(register, ec2, BlockDeviceMappings=[root, *only]) == expected


def test_a_new_volume_of_a_launch_needs_size_or_snapshot(ec2):
    bare = [mapping("/dev/sdf", DeleteOnTermination=True)]
    text = "The request must contain the parameter size or snapshotId"
    assert refusal(launch, ec2, BlockDeviceMappings=bare) == ("MissingParameter", text)


def test_a_virtual_name_beside_ebs_says_nothing(ec2):
    root = mapping("/dev/xvda", SnapshotId=snapshot(ec2))
    image = register(ec2, BlockDeviceMappings=[{**root, "VirtualName": "talos"}])
    (shown,) = describe(ec2, image)["BlockDeviceMappings"]
    assert "VirtualName" not in shown and shown["Ebs"]["VolumeSize"] == 1


@pytest.mark.parametrize("drive", ["st1", "sc1"])
def test_no_machine_boots_from_a_hard_disk_drive(ec2, drive):
    root = mapping("/dev/xvda", VolumeSize=500, VolumeType=drive)
    said = refusal(launch, ec2, BlockDeviceMappings=[root])
    text = f"The parameter iops is not supported for {drive} volumes."
    assert said == ("InvalidParameterCombination", text)
    launched(ec2, BlockDeviceMappings=[mapping("/dev/sdf", VolumeSize=500, VolumeType=drive)])


def test_an_image_may_be_larger_and_faster_than_the_volume(ec2):
    instance = launched(ec2, BlockDeviceMappings=[mapping("/dev/xvda", VolumeSize=9)])
    wanted = {"VolumeSize": 20, "VolumeType": "io2", "Iops": 500}
    image = ec2.create_image(
        InstanceId=instance, Name=name(), BlockDeviceMappings=[mapping("/dev/xvda", **wanted)]
    )["ImageId"]
    (shown,) = describe(ec2, image)["BlockDeviceMappings"]
    assert wanted.items() <= shown["Ebs"].items()
    (made,) = ec2.describe_snapshots(SnapshotIds=snapshots_of(describe(ec2, image)))["Snapshots"]
    assert made["VolumeSize"] == 9
    again = launched(ec2, ImageId=image)
    (volume,) = ec2.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [again]}]
    )["Volumes"]
    assert (volume["Size"], volume["VolumeType"], volume["Iops"]) == (20, "io2", 500)


def test_an_image_is_no_smaller_than_the_volume_and_obeys_its_type(ec2):
    instance = launched(ec2, BlockDeviceMappings=[mapping("/dev/xvda", VolumeSize=9)])
    for wrong, code in (
        ({"VolumeSize": 8}, "InvalidBlockDeviceMapping"),
        ({"VolumeType": "io2"}, "InvalidParameterCombination"),
        ({"VolumeType": "warp"}, "UnknownVolumeType"),
        ({"Iops": 99999999}, "InvalidParameterValue"),
    ):
        mappings = [mapping("/dev/xvda", **wrong)]
        said = refusal(
            ec2.create_image, InstanceId=instance, Name=name(), BlockDeviceMappings=mappings
        )
        assert said[0] == code


@pytest.mark.parametrize("encrypted", [True, False])
def test_an_image_cannot_contradict_the_encryption_of_the_volume(ec2, encrypted):
    instance = launched(
        ec2, BlockDeviceMappings=[mapping("xvdb", VolumeSize=1, Encrypted=not encrypted)]
    )
    said = refusal(
        ec2.create_image,
        InstanceId=instance,
        Name=name(),
        BlockDeviceMappings=[mapping("xvdb", Encrypted=encrypted)],
    )
    text = (
        "the encrypted flag cannot be specified since device xvdb has a conflicting "
        "encryption setting"
    )
    assert said == ("InvalidBlockDeviceMapping", text)
    same = [mapping("xvdb", Encrypted=not encrypted)]
    ec2.create_image(InstanceId=instance, Name=name(), BlockDeviceMappings=same)


def test_an_image_of_instance_store_takes_no_volumes(ec2):
    bundle = ec2.register_image(
        Name=name(),
        ImageLocation="bucket/image.manifest.xml",
        VirtualizationType="hvm",
        RootDeviceName="/dev/sda1",
    )["ImageId"]
    said = refusal(
        launch,
        ec2,
        ImageId=bundle,
        InstanceType="m3.medium",
        BlockDeviceMappings=[mapping("/dev/sdf")],
    )
    text = "EBS block device mappings not supported for instance-store AMIs."
    assert said == ("UnsupportedOperation", text)
