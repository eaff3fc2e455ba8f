"""AttachVolume and DetachVolume, and what becomes of volumes with their instance."""

import pytest
from simulator import refused

ZONE = "us-east-1a"


def newest_image(ec2):
    pattern = [{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}]
    images = ec2.describe_images(Owners=["amazon"], Filters=pattern)["Images"]
    return max(images, key=lambda image: image["CreationDate"])["ImageId"]


def launch(ec2, zone=ZONE, **parameters):
    asked = {"ImageId": newest_image(ec2), "InstanceType": "t3.nano", **parameters}
    place = {"AvailabilityZone": zone}
    launched = ec2.run_instances(MinCount=1, MaxCount=1, Placement=place, **asked)
    return launched["Instances"][0]["InstanceId"]


def new_volume(ec2, **parameters):
    return ec2.create_volume(**{"AvailabilityZone": ZONE, "Size": 1, **parameters})["VolumeId"]


def shown(ec2, volume):
    return ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]


def root_of(ec2, instance):
    found = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    mappings = found["BlockDeviceMappings"]
    return next(m["Ebs"]["VolumeId"] for m in mappings if m["DeviceName"] == "/dev/xvda")


@pytest.fixture
def instance(ec2):
    return launch(ec2)


@pytest.fixture
def volume(ec2):
    return new_volume(ec2)


def attach(ec2, volume, instance, device="/dev/sdf", **parameters):
    return ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device=device, **parameters)


def test_attach_and_detach(ec2, instance, volume):
    made = attach(ec2, volume, instance)
    assert (made["VolumeId"], made["InstanceId"], made["Device"]) == (volume, instance, "/dev/sdf")
    assert (made["State"], made["DeleteOnTermination"]) == ("attaching", False)
    later = shown(ec2, volume)
    assert later["State"] == "in-use"
    (attachment,) = later["Attachments"]
    assert attachment == {
        "VolumeId": volume,
        "InstanceId": instance,
        "Device": "/dev/sdf",
        "State": "attached",
        "AttachTime": made["AttachTime"],
        "DeleteOnTermination": False,
    }
    assert ec2.detach_volume(VolumeId=volume)["State"] == "detaching"
    assert (shown(ec2, volume)["State"], shown(ec2, volume)["Attachments"]) == ("available", [])


def test_states_on_the_way(start_amisim):
    simulator = start_amisim("--pace", "real")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", "123456789012")
    instance, volume = launch(ec2), new_volume(ec2)
    with refused("IncorrectState", f"Instance '{instance}' is not 'running'."):
        attach(ec2, volume, instance)
    simulator.control.clock(advance="2m")
    creating = new_volume(ec2)
    with refused("IncorrectState", f"Volume '{creating}' is not 'available'."):
        attach(ec2, creating, instance)
    attach(ec2, volume, instance)
    assert shown(ec2, volume)["State"] == "in-use"
    assert shown(ec2, volume)["Attachments"][0]["State"] == "attaching"
    simulator.control.clock(advance="1m")
    assert shown(ec2, volume)["Attachments"][0]["State"] == "attached"
    ec2.detach_volume(VolumeId=volume)
    assert shown(ec2, volume)["State"] == "in-use"
    assert shown(ec2, volume)["Attachments"][0]["State"] == "detaching"
    with refused("IncorrectState", f"Volume '{volume}' is in the 'detaching' state."):
        ec2.detach_volume(VolumeId=volume)
    simulator.control.clock(advance="1m")
    assert shown(ec2, volume)["State"] == "available"


def test_attachment_filters(ec2, instance, volume):
    new_volume(ec2)
    attach(ec2, volume, instance, "/dev/sdg")
    for name, value in (
        ("attachment.device", "/dev/sdg"),
        ("attachment.delete-on-termination", "false"),
        ("attachment.attach-time", "20*"),
    ):
        found = ec2.describe_volumes(Filters=[{"Name": name, "Values": [value]}])["Volumes"]
        assert volume in [each["VolumeId"] for each in found], name
    mine = [{"Name": "attachment.instance-id", "Values": [instance]}]
    assert len(ec2.describe_volumes(Filters=mine)["Volumes"]) == 2
    attached = [{"Name": "attachment.status", "Values": ["attached"]}]
    assert len(ec2.describe_volumes(Filters=attached)["Volumes"]) == 2


@pytest.mark.parametrize("device", ["/dev/sdf", "xvdaz", "/dev/xvdf", "/dev/xvdba", "xvdh"])
def test_device_names(ec2, instance, volume, device):
    assert attach(ec2, volume, instance, device)["Device"] == device


@pytest.mark.parametrize("device", ["/dev/foo", "/dev/sd", "/dev/sdf0", "/dev/sdf16", "/dev/sdff"])
def test_names_of_no_device(ec2, instance, volume, device):
    text = (
        f"Value ({device}) for parameter device is invalid. {device} is not a valid EBS device name."
    )
    with refused("InvalidParameterValue", text):
        attach(ec2, volume, instance, device)


def test_device_taken(ec2, instance, volume):
    for device in ("/dev/sdf", "/dev/xvda"):
        if device == "/dev/sdf":
            attach(ec2, new_volume(ec2), instance, device)
        text = f"Invalid value '{device}' for unixDevice. Attachment point {device} is already in use"
        with refused("InvalidParameterValue", text):
            attach(ec2, volume, instance, device)


def test_volume_in_use(ec2, instance, volume):
    attach(ec2, volume, instance)
    with refused("VolumeInUse", f"{volume} is already attached to an instance"):
        attach(ec2, volume, instance, "/dev/sdg")
    with refused("VolumeInUse", f"{volume} is already attached to an instance"):
        attach(ec2, volume, launch(ec2))
    with refused("VolumeInUse", f"Volume {volume} is currently attached to {instance}"):
        ec2.delete_volume(VolumeId=volume)


def test_other_zone(ec2, volume):
    elsewhere = launch(ec2, zone="us-east-1b")
    text = f"The volume '{volume}' is not in the same availability zone as instance '{elsewhere}'"
    with refused("InvalidVolume.ZoneMismatch", text):
        attach(ec2, volume, elsewhere)


def test_who_is_not_there(client, ec2, instance, volume):
    with refused("InvalidVolume.NotFound"):
        attach(ec2, "vol-0fedcba9876543210", instance)
    with refused("InvalidInstanceID.NotFound"):
        attach(ec2, volume, "i-0fedcba9876543210")
    stranger = client("ec2", account="111122223333")
    with refused("InvalidVolume.NotFound", f"The volume '{volume}' does not exist."):
        attach(stranger, volume, instance)
    with refused("InvalidVolume.NotFound"):
        stranger.detach_volume(VolumeId=volume)
    ec2.terminate_instances(InstanceIds=[instance])
    with refused("IncorrectState", f"Instance '{instance}' is not 'running'."):
        attach(ec2, volume, instance)


def test_dry_run(ec2, instance, volume):
    with refused("DryRunOperation"):
        attach(ec2, volume, instance, DryRun=True)
    assert shown(ec2, volume)["State"] == "available"


def test_attachment_limit(ec2, instance):
    most = 27  # of a t3.nano
    letters = "bcdefghijklmnopqrstuvwxyz"
    devices = [f"/dev/sd{letter}" for letter in letters] + [f"/dev/xvdc{x}" for x in letters]
    for device in devices[: most - 1]:  # the root is there
        attach(ec2, new_volume(ec2), instance, device)
    with refused("AttachmentLimitExceeded"):
        attach(ec2, new_volume(ec2), instance, devices[most])


# ---- Multi-Attach ----


def test_multi_attach(ec2):
    asked = {"VolumeType": "io2", "Size": 4, "Iops": 100, "MultiAttachEnabled": True}
    volume, one, two = new_volume(ec2, **asked), launch(ec2), launch(ec2)
    attach(ec2, volume, one)
    with refused("VolumeInUse"):
        attach(ec2, volume, one, "/dev/sdg")
    attach(ec2, volume, two)
    assert {a["InstanceId"] for a in shown(ec2, volume)["Attachments"]} == {one, two}
    with refused("InvalidParameterCombination"):
        ec2.detach_volume(VolumeId=volume)
    ec2.detach_volume(VolumeId=volume, InstanceId=one)
    assert [a["InstanceId"] for a in shown(ec2, volume)["Attachments"]] == [two]
    assert shown(ec2, volume)["State"] == "in-use"
    ec2.detach_volume(VolumeId=volume)
    assert shown(ec2, volume)["State"] == "available"


def test_multi_attach_is_for_nitro(ec2):
    """Documented, not recorded: the words are ours."""
    asked = {"VolumeType": "io2", "Size": 4, "Iops": 100, "MultiAttachEnabled": True}
    volume, xen = new_volume(ec2, **asked), launch(ec2, InstanceType="t2.micro")
    with refused("UnsupportedOperation"):
        attach(ec2, volume, xen)
    assert shown(ec2, volume)["State"] == "available"


# ---- Detaching ----


def test_refusals_of_detach(ec2, instance, volume):
    with refused("IncorrectState", f"Volume '{volume}' is in the 'available' state."):
        ec2.detach_volume(VolumeId=volume)
    attach(ec2, volume, instance)
    text = f"The volume {volume} is not attached to instance {instance} as device /dev/sdz"
    with refused("InvalidAttachment.NotFound", text):
        ec2.detach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdz")
    other = launch(ec2)
    text = f"The volume {volume} is not attached to instance {other} as device /dev/sdf"
    with refused("InvalidAttachment.NotFound", text):
        ec2.detach_volume(VolumeId=volume, InstanceId=other, Device="/dev/sdf")
    with refused("DryRunOperation"):
        ec2.detach_volume(VolumeId=volume, DryRun=True)
    assert shown(ec2, volume)["State"] == "in-use"


def test_root_only_of_a_stopped_instance(ec2, instance):
    root = root_of(ec2, instance)
    text = f"Unable to detach root volume '{root}' from instance '{instance}'"
    with refused("IncorrectState", text):
        ec2.detach_volume(VolumeId=root)
    ec2.stop_instances(InstanceIds=[instance])
    ec2.detach_volume(VolumeId=root)
    assert shown(ec2, root)["State"] == "available"
    attach(ec2, root, instance, "/dev/xvda")
    ec2.start_instances(InstanceIds=[instance])


# ---- Termination ----


def test_what_termination_leaves(ec2, instance, volume):
    """What was attached later stays, the root goes."""
    attach(ec2, volume, instance)
    root = root_of(ec2, instance)
    assert shown(ec2, root)["Attachments"][0]["DeleteOnTermination"] is True
    ec2.terminate_instances(InstanceIds=[instance])
    assert (shown(ec2, volume)["State"], shown(ec2, volume)["Attachments"]) == ("available", [])
    with refused("InvalidVolume.NotFound"):
        shown(ec2, root)


def test_root_that_stays(ec2):
    keep = [{"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}]
    instance = launch(ec2, BlockDeviceMappings=keep)
    root = root_of(ec2, instance)
    ec2.terminate_instances(InstanceIds=[instance])
    assert shown(ec2, root)["State"] == "available"


# ---- Keys ----


def test_a_volume_whose_key_died_does_not_attach(client, ec2, instance):
    """It comes back as available; AWS tells the reason in EventBridge only."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    volume = new_volume(ec2, Encrypted=True, KmsKeyId=key)
    assert shown(ec2, volume)["State"] == "available"
    kms.disable_key(KeyId=key)
    assert attach(ec2, volume, instance)["State"] == "attaching"
    assert (shown(ec2, volume)["State"], shown(ec2, volume)["Attachments"]) == ("available", [])
    kms.enable_key(KeyId=key)
    attach(ec2, volume, instance)
    assert shown(ec2, volume)["State"] == "in-use"
