"""RegisterImage: what the image shows, and every refusal [recorded where nothing else is said]."""

import image_steps as steps
import pytest
from simulator import refused

NAME_RULE = (
    "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, "
    "'(', ')', '.', '-', '/' and '_'"
)
ENCRYPTED_RULE = (
    "Parameter encrypted is invalid. You cannot specify the encrypted flag if specifying a "
    "snapshot id in a block device mapping."
)


def mapping(snapshot, device="/dev/xvda", **ebs):
    return {"DeviceName": device, "Ebs": {"SnapshotId": snapshot, **ebs}}


def test_minimal_image(ec2, account):
    snapshot = steps.snapshot(ec2)
    wanted = steps.name()
    image_id = steps.register(
        ec2,
        snapshot,
        Name=wanted,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "suite", "Value": "x"}]}],
    )
    image = steps.describe(ec2, image_id)
    assert image.pop("CreationDate").endswith(".000Z")
    assert image == {
        "ImageId": image_id,
        "ImageLocation": f"{account}/{wanted}",
        "State": "available",
        "OwnerId": account,
        "Public": False,
        "Architecture": "x86_64",
        "ImageType": "machine",
        "Name": wanted,
        "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda",
        "VirtualizationType": "hvm",
        "Hypervisor": "xen",
        "PlatformDetails": "Linux/UNIX",
        "UsageOperation": "RunInstances",
        "DeregistrationProtection": "disabled",
        "FreeTierEligible": True,
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {
                    "DeleteOnTermination": True,
                    "SnapshotId": snapshot,
                    "VolumeSize": 1,
                    "VolumeType": "gp2",
                    "Encrypted": False,
                },
            }
        ],
        "Tags": [{"Key": "suite", "Value": "x"}],
    }


def test_ena_brings_sriov_and_gp3_shows_no_iops(ec2):
    snapshot = steps.snapshot(ec2)
    image = steps.describe(
        ec2,
        steps.register(
            ec2,
            EnaSupport=True,
            ImdsSupport="v2.0",
            BootMode="uefi-preferred",
            BlockDeviceMappings=[
                mapping(snapshot, VolumeType="gp3", VolumeSize=9, DeleteOnTermination=False)
            ],
        ),
    )
    assert image["EnaSupport"] is True
    assert image["SriovNetSupport"] == "simple"
    assert image["ImdsSupport"] == "v2.0"
    assert image["BootMode"] == "uefi-preferred"
    assert image["BlockDeviceMappings"][0]["Ebs"] == {
        "DeleteOnTermination": False,
        "SnapshotId": snapshot,
        "VolumeSize": 9,
        "VolumeType": "gp3",
        "Encrypted": False,
    }


def test_data_disks_and_ephemeral_devices_keep_their_order(ec2):
    root, data = steps.snapshot(ec2), steps.snapshot(ec2)
    image = steps.describe(
        ec2,
        steps.register(
            ec2,
            BlockDeviceMappings=[
                mapping(data, "/dev/sdf"),
                mapping(root),
                {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 3, "Encrypted": True}},
                {"DeviceName": "/dev/sdh", "VirtualName": "ephemeral0"},
                {"DeviceName": "/dev/sdi", "NoDevice": ""},
            ],
        ),
    )
    devices = image["BlockDeviceMappings"]
    assert [m["DeviceName"] for m in devices] == ["/dev/sdf", "/dev/xvda", "/dev/sdg", "/dev/sdh"]
    assert devices[0]["Ebs"]["DeleteOnTermination"] is True
    assert devices[2]["Ebs"] == {
        "DeleteOnTermination": True,
        "VolumeSize": 3,
        "VolumeType": "gp2",
        "Encrypted": True,
    }
    assert devices[3] == {"DeviceName": "/dev/sdh", "VirtualName": "ephemeral0"}


def test_several_keys_in_one_image(ec2, client):
    kms = client("kms")
    keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2)]
    snapshots = [steps.snapshot(ec2, Encrypted=True, KmsKeyId=key) for key in keys]
    image = steps.describe(ec2, steps.register(ec2, *snapshots))
    assert steps.snapshots_of(image) == snapshots
    assert all(m["Ebs"]["Encrypted"] for m in image["BlockDeviceMappings"])
    shown = ec2.describe_snapshots(SnapshotIds=snapshots)["Snapshots"]
    assert {s["KmsKeyId"] for s in shown} == set(keys)


def test_defaults_are_i386_and_paravirtual(ec2):
    snapshot = steps.snapshot(ec2)
    image_id = ec2.register_image(
        Name=steps.name(),
        RootDeviceName="/dev/sda1",
        BlockDeviceMappings=[mapping(snapshot, "/dev/sda1")],
    )["ImageId"]
    image = steps.describe(ec2, image_id)
    assert (image["Architecture"], image["VirtualizationType"]) == ("i386", "paravirtual")


def test_one_snapshot_serves_two_images(ec2):
    snapshot = steps.snapshot(ec2)
    assert steps.register(ec2, snapshot) != steps.register(ec2, snapshot)


def test_instance_store_image(ec2):
    kernel = ec2.describe_images(
        Filters=[
            {"Name": "image-type", "Values": ["kernel"]},
            {"Name": "architecture", "Values": ["x86_64"]},
        ]
    )["Images"][0]["ImageId"]
    image_id = ec2.register_image(
        Name=steps.name(),
        ImageLocation="bucket/path/bundle.manifest.xml",
        Architecture="x86_64",
        KernelId=kernel,
    )["ImageId"]
    image = steps.describe(ec2, image_id)
    assert image["RootDeviceType"] == "instance-store"
    assert image["ImageLocation"] == "bucket/path/bundle.manifest.xml"
    assert image["KernelId"] == kernel
    assert "RootDeviceName" not in image
    assert image["BlockDeviceMappings"] == []


# ---- Refusals ----


def test_name_in_use_names_the_image(ec2):
    image = steps.register(ec2, Name="taken-name")
    with refused(
        "InvalidAMIName.Duplicate", f"AMI name taken-name is already in use by AMI {image}"
    ):
        steps.register(ec2, Name="taken-name")


def test_name_is_free_in_another_region_and_account_and_after_deregistration(ec2, client):
    image = steps.register(ec2, Name="busy-name")
    steps.register(client("ec2", region="eu-west-1"), Name="busy-name")
    steps.register(client("ec2", account="555500001111"), Name="busy-name")
    ec2.deregister_image(ImageId=image)
    steps.register(ec2, Name="busy-name")


def test_short_name(amisim, account):
    reply = amisim.query(account, Action="RegisterImage", Name="x", ImageLocation="b/x.manifest.xml")
    assert reply.status == 400
    assert NAME_RULE.replace("'", "&apos;") in reply.body or NAME_RULE in reply.body


@pytest.mark.parametrize("bad", ["a" * 129, "Centos 7 + Stuff", "name:colon", "käse"])
def test_bad_names(ec2, bad):
    with refused("InvalidAMIName.Malformed", NAME_RULE):
        steps.register(ec2, Name=bad)


@pytest.mark.parametrize("good", ["xyz", "a" * 128, "It's [one] (good) image./-_@"])
def test_good_names(ec2, good):
    assert steps.describe(ec2, steps.register(ec2, Name=good))["Name"] == good


def test_no_root_snapshot(ec2):
    snapshot = steps.snapshot(ec2)
    for mappings in (
        [mapping(snapshot, "/dev/sdb")],
        [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}, mapping(snapshot, "/dev/sdb")],
    ):
        with refused(
            "InvalidBlockDeviceMapping", "No root snapshot specified in device mapping."
        ):
            steps.register(ec2, BlockDeviceMappings=mappings)


def test_unknown_snapshot(ec2):
    missing = "snap-00000000000000000"
    with refused("InvalidSnapshotID.NotFound", f"The snapshot ID '{missing}' does not exist"):
        steps.register(ec2, missing)


@pytest.mark.parametrize("flag", [True, False])
def test_encrypted_flag_with_a_snapshot(ec2, flag):
    snapshot = steps.snapshot(ec2)
    with refused("InvalidParameter", ENCRYPTED_RULE):
        steps.register(ec2, BlockDeviceMappings=[mapping(snapshot, Encrypted=flag)])


def test_shared_snapshot_of_another_account(ec2, client, account):
    other = client("ec2", account="555500002222")
    snapshot = steps.snapshot(other)
    missing = f"The snapshot ID '{snapshot}' does not exist"
    with refused("InvalidSnapshotID.NotFound", missing):
        steps.register(ec2, snapshot)
    other.modify_snapshot_attribute(
        SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": account}]}
    )
    text = f"Invalid value '{snapshot}' for snapshotId. Snapshot does not belong to {account}"
    with refused("InvalidParameterValue", text):
        steps.register(ec2, snapshot)


def test_volume_smaller_than_its_snapshot(ec2):
    snapshot = steps.snapshot(ec2, size=4)
    text = f"Volume of size 3GB is smaller than snapshot '{snapshot}', expect size >= 4GB"
    with refused("InvalidBlockDeviceMapping", text):
        steps.register(ec2, BlockDeviceMappings=[mapping(snapshot, VolumeSize=3)])


def test_mapping_without_content(ec2):
    root = mapping(steps.snapshot(ec2))
    with refused("MissingParameter", "The request must contain the parameter ebs"):
        steps.register(ec2, BlockDeviceMappings=[root, {"DeviceName": "/dev/sdb"}])
    text = "Either snapshot ID or volume size must be provided for: /dev/sdb, /dev/sdc"
    with refused("InvalidBlockDeviceMapping", text):
        empty = {"VolumeType": "gp2"}
        steps.register(
            ec2,
            BlockDeviceMappings=[
                root,
                {"DeviceName": "/dev/sdb", "Ebs": empty},
                {"DeviceName": "/dev/sdc", "Ebs": empty},
            ],
        )
    with refused("InvalidBlockDeviceMapping", "Missing device name"):
        steps.register(ec2, BlockDeviceMappings=[root, {"Ebs": {"VolumeSize": 1}}])
    with refused("InvalidBlockDeviceMapping"):
        steps.register(ec2, BlockDeviceMappings=[root, root])


def test_kms_key_in_a_mapping_is_unknown(ec2):
    snapshot = steps.snapshot(ec2)
    with refused("UnknownParameter", "The parameter KmsKeyId is not recognized"):
        steps.register(ec2, BlockDeviceMappings=[mapping(snapshot, KmsKeyId="alias/aws/ebs")])


def test_volume_limits_are_those_of_create_volume(ec2):
    snapshot = steps.snapshot(ec2)
    text = "Unsupported volume type 'bad' for volume creation. "
    with refused("UnknownVolumeType", text):
        steps.register(ec2, BlockDeviceMappings=[mapping(snapshot, VolumeType="bad")])


def test_boot_rules(ec2):
    for parameters in (
        {"TpmSupport": "v2.0"},
        {"TpmSupport": "v2.0", "BootMode": "uefi-preferred"},
        {"UefiData": "AAAA"},
        {"UefiData": "AAAA", "BootMode": "legacy-bios"},
    ):
        with refused("InvalidParameterCombination"):
            steps.register(ec2, **parameters)
    image = steps.describe(
        ec2, steps.register(ec2, TpmSupport="v2.0", BootMode="uefi", UefiData="AAAA")
    )
    assert (image["TpmSupport"], image["BootMode"]) == ("v2.0", "uefi")


def test_kernels_are_for_paravirtual_images(ec2):
    with refused("InvalidParameterCombination"):
        steps.register(ec2, KernelId="aki-5c21674b")
    with refused("InvalidKernelId.NotFound"):
        steps.register(ec2, KernelId="aki-12345678", VirtualizationType="paravirtual")
    with refused("InvalidKernelId.Malformed"):
        steps.register(ec2, KernelId="nonsense", VirtualizationType="paravirtual")
    image = steps.register(ec2, KernelId="aki-5c21674b", VirtualizationType="paravirtual")
    assert steps.describe(ec2, image)["KernelId"] == "aki-5c21674b"


def test_neither_snapshots_nor_location(ec2):
    with refused("MissingParameter"):
        ec2.register_image(Name=steps.name())
    with refused("InvalidManifest"):
        ec2.register_image(Name=steps.name(), ImageLocation="no-path")


def test_billing_products_are_for_the_privileged(ec2):
    with refused("AuthFailure"):
        steps.register(ec2, BillingProducts=["bp-6ba54002"])


def test_only_the_image_can_be_tagged(ec2):
    text = "'snapshot' is not a valid taggable resource type for this operation."
    with refused("InvalidParameterValue", text):
        tags = [{"Key": "a", "Value": "b"}]
        steps.register(ec2, TagSpecifications=[{"ResourceType": "snapshot", "Tags": tags}])


def test_a_refused_call_leaves_nothing(ec2, account):
    with refused("InvalidSnapshotID.NotFound"):
        steps.register(ec2, steps.snapshot(ec2), "snap-0fedcba9876543210", Name="half-made")
    named = [{"Name": "name", "Values": ["half-made"]}]
    assert ec2.describe_images(Owners=["self"], Filters=named)["Images"] == []


def test_dry_run(ec2):
    with refused("DryRunOperation", "Request would have succeeded, but DryRun flag is set."):
        steps.register(ec2, steps.snapshot(ec2), Name="dry-one", DryRun=True)
    assert ec2.describe_images(Owners=["self"])["Images"] == []


def test_pending_snapshot_keeps_the_image_pending(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    zone = "us-east-1a"
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1)["VolumeId"]
    amisim.control.clock(advance="1m")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = steps.register(ec2, snapshot)
    assert steps.describe(ec2, image)["State"] == "pending"
    amisim.control.clock(advance="1h")
    assert steps.describe(ec2, image)["State"] == "available"
