"""CreateImage: what it takes from the instance, its moments on the clock, its refusals, its failures."""

import image_steps as steps
import pytest
from simulator import refused

NOT_READY = "Instance is not in state 'running' or 'stopping' or 'stopped'"


@pytest.fixture
def real(start_amisim):
    """A simulator that takes as long as AWS, its clock standing still."""
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    return amisim


def snapshot_of(ec2, snapshot):
    return ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def test_the_life_of_an_image(real):
    """Times and partial mappings are recorded; that of the data disk is without a size, too."""
    ec2 = real.client("ec2", "123456789012")
    instance = steps.run(ec2)
    real.control.clock(advance="5m")
    image = ec2.create_image(InstanceId=instance, Name="slow", NoReboot=True)["ImageId"]
    shown = steps.describe(ec2, image)
    assert shown["State"] == "pending"
    ebs = shown["BlockDeviceMappings"][0]["Ebs"]
    assert "SnapshotId" not in ebs and "VolumeSize" not in ebs
    assert (ebs["VolumeType"], ebs["Iops"], ebs["Throughput"]) == ("gp3", 3000, 125)
    real.control.clock(advance="10s")
    shown = steps.describe(ec2, image)
    assert shown["State"] == "pending"
    ebs = shown["BlockDeviceMappings"][0]["Ebs"]
    assert ebs["VolumeSize"] == 8
    snapshot = snapshot_of(ec2, ebs["SnapshotId"])
    assert snapshot["State"] == "pending"
    real.control.clock(advance="10m")
    assert steps.describe(ec2, image)["State"] == "available"
    assert snapshot_of(ec2, ebs["SnapshotId"])["State"] == "completed"


def test_the_image_is_ready_some_time_after_its_snapshots(real):
    ec2 = real.client("ec2", "123456789012")
    instance = steps.run(ec2)
    real.control.clock(advance="5m")
    image = ec2.create_image(InstanceId=instance, Name="later")["ImageId"]
    real.control.clock(advance="10s")
    snapshot = steps.snapshots_of(steps.describe(ec2, image))[0]
    for _ in range(120):
        if snapshot_of(ec2, snapshot)["State"] == "completed":
            break
        real.control.clock(advance="5s")
    assert steps.describe(ec2, image)["State"] == "pending"
    real.control.clock(advance="30s")
    assert steps.describe(ec2, image)["State"] == "available"


def test_fields_and_snapshots(ec2, account):
    source = steps.public_image(ec2)
    instance = steps.run(
        ec2,
        ImageId=source,
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}},
            {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 3, "VolumeType": "gp3"}},
        ],
    )
    tags = [{"Key": "Name", "Value": "all of them"}]
    image_id = ec2.create_image(
        InstanceId=instance,
        Name="MyCustomAMI",
        Description="as it stands",
        TagSpecifications=[
            {"ResourceType": "image", "Tags": tags},
            {"ResourceType": "snapshot", "Tags": tags},
        ],
    )["ImageId"]
    image = steps.describe(ec2, image_id)
    expected = {
        "State": "available",
        "Name": "MyCustomAMI",
        "Description": "as it stands",
        "ImageLocation": f"{account}/MyCustomAMI",
        "SourceInstanceId": instance,
        "SourceImageId": source,
        "SourceImageRegion": "us-east-1",
        "EnaSupport": True,
        "SriovNetSupport": "simple",
        "BootMode": "uefi-preferred",
        "ImdsSupport": "v2.0",
        "DeregistrationProtection": "disabled",
        "FreeTierEligible": True,
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "Public": False,
        "Tags": tags,
    }
    assert {k: image.get(k) for k in expected} == expected
    assert "ImageOwnerAlias" not in image and "DeprecationTime" not in image
    root, data = image["BlockDeviceMappings"]
    assert (root["DeviceName"], root["Ebs"]["DeleteOnTermination"]) == ("/dev/xvda", False)
    assert data["DeviceName"] == "/dev/sdb" and data["Ebs"]["VolumeSize"] == 3
    snapshots = [snapshot_of(ec2, s) for s in steps.snapshots_of(image)]
    assert snapshots[0]["StartTime"] == snapshots[1]["StartTime"]
    for snapshot in snapshots:
        assert snapshot["Description"] == f"Created by CreateImage({instance}) for {image_id}"
        assert snapshot["Tags"] == tags
        assert snapshot["State"] == "completed"
    volumes = ec2.describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [instance]}]
    )["Volumes"]
    assert {s["VolumeId"] for s in snapshots} == {v["VolumeId"] for v in volumes}


def test_it_reboots_and_says_running(ec2):
    instance = steps.run(ec2)

    def console():
        return ec2.get_console_output(InstanceId=instance)["Output"]

    before = console()
    ec2.create_image(InstanceId=instance, Name="no reboot", NoReboot=True)
    assert console() == before
    ec2.create_image(InstanceId=instance, Name="reboot")
    assert len(console()) > len(before)
    state = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert state["State"] == {"Code": 16, "Name": "running"}


def test_a_stopped_instance_stays_stopped(ec2):
    instance = steps.run(ec2)
    ec2.stop_instances(InstanceIds=[instance])
    image = ec2.create_image(InstanceId=instance, Name="stopped one")["ImageId"]
    assert steps.describe(ec2, image)["State"] == "available"
    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    assert found["State"]["Name"] == "stopped"


def test_an_image_of_an_image(ec2):
    first = steps.describe(
        ec2, ec2.create_image(InstanceId=steps.run(ec2), Name="first")["ImageId"]
    )
    instance = steps.run(ec2, ImageId=first["ImageId"])
    second = steps.describe(ec2, ec2.create_image(InstanceId=instance, Name="2nd")["ImageId"])
    assert second["SourceImageId"] == first["ImageId"]
    assert steps.snapshots_of(first) != steps.snapshots_of(second)


# ---- Block device overrides ----


def devices_of(ec2, image):
    return {m["DeviceName"]: m for m in steps.describe(ec2, image)["BlockDeviceMappings"]}


def test_overrides(ec2):
    instance = steps.run(
        ec2, BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 2}}]
    )
    extra = steps.snapshot(ec2, size=4)
    image = ec2.create_image(
        InstanceId=instance,
        Name="overridden",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/sdb", "NoDevice": ""},
            {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}},
            {"DeviceName": "/dev/sdc", "Ebs": {"SnapshotId": extra}},
            {"DeviceName": "/dev/sdd", "Ebs": {"VolumeSize": 5}},
            {"DeviceName": "/dev/sde", "VirtualName": "ephemeral0"},
        ],
    )["ImageId"]
    devices = devices_of(ec2, image)
    assert set(devices) == {"/dev/xvda", "/dev/sdc", "/dev/sdd", "/dev/sde"}
    assert devices["/dev/xvda"]["Ebs"]["DeleteOnTermination"] is False
    assert devices["/dev/sdc"]["Ebs"]["SnapshotId"] == extra
    assert devices["/dev/sdc"]["Ebs"]["VolumeSize"] == 4
    assert "SnapshotId" not in devices["/dev/sdd"]["Ebs"]
    assert devices["/dev/sde"] == {"DeviceName": "/dev/sde", "VirtualName": "ephemeral0"}


def test_an_attached_volume_takes_no_other_snapshot(ec2):
    instance = steps.run(ec2)
    with refused("InvalidBlockDeviceMapping"):
        ec2.create_image(
            InstanceId=instance,
            Name=steps.name(),
            BlockDeviceMappings=[
                {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": steps.snapshot(ec2)}}
            ],
        )


def test_override_refusals(ec2):
    instance = steps.run(ec2)

    def create(*mappings):
        ec2.create_image(
            InstanceId=instance, Name=steps.name(), BlockDeviceMappings=list(mappings)
        )

    text = "Either snapshot ID or volume size must be provided for: /dev/sdb"
    with refused("InvalidBlockDeviceMapping", text):
        create({"DeviceName": "/dev/sdb", "Ebs": {"VolumeType": "gp2"}})
    with refused("UnknownParameter", "The parameter KmsKeyId is not recognized"):
        create({"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 1, "KmsKeyId": "alias/aws/ebs"}})
    with refused("InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."):
        create({"DeviceName": "/dev/xvda", "NoDevice": ""})


# ---- Refusals ----


def test_unknown_and_malformed_instances(ec2):
    text = "The instance ID 'i-0fedcba9876543210' does not exist"
    with refused("InvalidInstanceID.NotFound", text):
        ec2.create_image(InstanceId="i-0fedcba9876543210", Name="name")
    with refused("InvalidInstanceID.Malformed", 'Invalid id: "x" (expecting "i-...")'):
        ec2.create_image(InstanceId="x", Name="name")


def test_terminated_and_pending_instances(ec2, real):
    gone = steps.run(ec2)
    ec2.terminate_instances(InstanceIds=[gone])
    with refused("InvalidParameterValue", f"Invalid value '{gone}' for instanceId. {NOT_READY}"):
        ec2.create_image(InstanceId=gone, Name="gone")
    slow = real.client("ec2", "123456789012")
    pending = steps.run(slow)
    text = f"Invalid value '{pending}' for instanceId. {NOT_READY}"
    with refused("InvalidParameterValue", text):
        slow.create_image(InstanceId=pending, Name="pending")


def test_name_rules_come_before_the_reboot(ec2):
    instance = steps.run(ec2)
    taken = ec2.create_image(InstanceId=instance, Name="taken")["ImageId"]
    before = ec2.get_console_output(InstanceId=instance)["Output"]
    text = f"AMI name taken is already in use by AMI {taken}"
    with refused("InvalidAMIName.Duplicate", text):
        ec2.create_image(InstanceId=instance, Name="taken")
    with refused("InvalidAMIName.Malformed"):
        ec2.create_image(InstanceId=instance, Name="a:b")
    assert ec2.get_console_output(InstanceId=instance)["Output"] == before


def test_local_snapshots_are_refused(ec2):
    with refused("UnsupportedOperation"):
        ec2.create_image(InstanceId=steps.run(ec2), Name="local", SnapshotLocation="local")


def test_dry_run(ec2):
    with refused("DryRunOperation"):
        ec2.create_image(InstanceId=steps.run(ec2), Name="dry run", DryRun=True)
    assert ec2.describe_images(Owners=["self"])["Images"] == []


def test_the_instance_of_another_account_does_not_exist(ec2, client):
    theirs = steps.run(client("ec2", account="555500005555"))
    with refused("InvalidInstanceID.NotFound"):
        ec2.create_image(InstanceId=theirs, Name="not mine")


# ---- Failures ----


def test_termination_meanwhile_fails_the_image(real):
    ec2 = real.client("ec2", "123456789012")
    instance = steps.run(ec2)
    real.control.clock(advance="5m")
    image = ec2.create_image(InstanceId=instance, Name="too late")["ImageId"]
    ec2.terminate_instances(InstanceIds=[instance])
    real.control.clock(advance="1h")
    shown = steps.describe(ec2, image)
    assert shown["State"] == "failed"
    assert shown["StateReason"] == {
        "Code": "Client.InstanceTerminated",
        "Message": "The instance was terminated or rebooted during AMI creation.",
    }
    text = f"The AMI ID '{image}' is currently failed and may not be used for this operation"
    with refused("InvalidAMIID.Unavailable", text):
        ec2.modify_image_attribute(ImageId=image, Description={"Value": "x"})
    found = ec2.describe_images(
        Filters=[{"Name": "state-reason-code", "Values": ["Client.InstanceTerminated"]}]
    )
    assert steps.ids(found) == [image]
    ec2.deregister_image(ImageId=image)


def test_pending_images(real):
    ec2 = real.client("ec2", "123456789012")
    instance = steps.run(ec2)
    real.control.clock(advance="5m")
    image = ec2.create_image(InstanceId=instance, Name="pending")["ImageId"]
    text = f"The AMI ID '{image}' is currently pending and may not be used for this operation"
    with refused("InvalidAMIID.Unavailable", text):
        ec2.modify_image_attribute(ImageId=image, Description={"Value": "x"})
    with refused("InvalidAMIID.Unavailable", text):
        ec2.disable_image(ImageId=image)
    ec2.deregister_image(ImageId=image)
    real.control.clock(advance="1h")
    assert ec2.describe_images(ImageIds=[image])["Images"] == []
