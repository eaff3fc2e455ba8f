"""Imports and exports as users met them on AWS: spelling, refusals, steps and late members."""

import pytest
from image_steps import describe, public_image, register, run, snapshot
from simulator import refusal

ACCOUNT = "123456789012"
BUCKET = {"S3Bucket": "disks", "S3Key": "server.vmdk"}


@pytest.fixture
def real(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    return amisim


def image_task(ec2, task_id):
    (task,) = ec2.describe_import_image_tasks(ImportTaskIds=[task_id])["ImportImageTasks"]
    return task


def snapshot_task(ec2, task_id):
    (task,) = ec2.describe_import_snapshot_tasks(ImportTaskIds=[task_id])["ImportSnapshotTasks"]
    return task


# ---- ImportSnapshot ----


@pytest.mark.parametrize(
    "given, key, shown",
    [
        ("raw", "disk", "RAW"),
        ("vmdk", "disk", "VMDK"),
        ("Vhd", "disk", "VHD"),
        ("vhdx", "disk", "VHDX"),
        (None, "disk.vmdk", "VMDK"),
        (None, "disk.VHD", "VHD"),
        (None, "disk.img", "RAW"),
    ],
)
def test_a_format_is_taken_in_any_case_and_left_away(ec2, given, key, shown):
    container = {"UserBucket": {"S3Bucket": "disks", "S3Key": key}}
    if given:
        container["Format"] = given
    task_id = ec2.import_snapshot(DiskContainer=container)["ImportTaskId"]
    assert snapshot_task(ec2, task_id)["SnapshotTaskDetail"]["Format"] == shown


@pytest.mark.parametrize("scheme", ["s3", "S3"])
def test_an_address_in_s3_shows_bucket_and_key(ec2, scheme):
    url = f"{scheme}://disks/path/server.vmdk"
    task_id = ec2.import_snapshot(DiskContainer={"Url": url})["ImportTaskId"]
    detail = snapshot_task(ec2, task_id)["SnapshotTaskDetail"]
    assert detail["Url"] == url
    assert detail["UserBucket"] == {"S3Bucket": "disks", "S3Key": "path/server.vmdk"}


@pytest.mark.parametrize("url", ["zzz", "s3://", "s3://disks", "s3://disks/", "ftp://disks/key"])
def test_an_address_that_is_none_is_refused(ec2, url):
    said = refusal(ec2.import_snapshot, DiskContainer={"Url": url})
    assert said == ("InvalidParameter", "Invalid S3 source location")


def test_a_bucket_needs_a_key(ec2):
    said = refusal(ec2.import_snapshot, DiskContainer={"UserBucket": {"S3Bucket": "disks"}})
    assert said == ("MissingParameter", "The request must contain the parameter S3Key")


def test_an_import_of_a_snapshot_tells_what_it_knows(real):
    ec2 = real.client("ec2", ACCOUNT)
    size = {"UploadSize": 2}
    begun = ec2.import_snapshot(
        ClientData=size, DiskContainer={"Format": "raw", "UserBucket": BUCKET}
    )
    detail = begun["SnapshotTaskDetail"]
    assert begun["Tags"] == []
    assert (detail["Progress"], detail["StatusMessage"]) == ("0", "pending")
    assert detail["DiskImageSize"] == 0 and not {"Encrypted", "Format"} & detail.keys()
    real.control.clock(advance="3m")
    shown = snapshot_task(ec2, begun["ImportTaskId"])
    detail = shown["SnapshotTaskDetail"]
    assert (shown["Tags"], detail["Format"]) == ([], "RAW")
    assert detail["StatusMessage"] == "downloading/converting"
    assert detail["DiskImageSize"] == 2 * 2**30
    real.control.clock(advance="10m")
    detail = snapshot_task(ec2, begun["ImportTaskId"])["SnapshotTaskDetail"]
    assert detail["Status"] == "completed" and detail["SnapshotId"]
    assert detail["DiskImageSize"] == 2 * 2**30
    assert not {"Encrypted", "Progress", "StatusMessage"} & detail.keys()


def test_an_encrypted_import_says_so(ec2):
    task_id = ec2.import_snapshot(DiskContainer={"UserBucket": BUCKET}, Encrypted=True)
    detail = snapshot_task(ec2, task_id["ImportTaskId"])["SnapshotTaskDetail"]
    assert detail["Encrypted"] is True


# ---- ImportImage ----


def test_words_of_an_import_are_taken_in_any_case(ec2):
    task_id = ec2.import_image(
        DiskContainers=[{"Format": "vmdk", "UserBucket": BUCKET}],
        Platform="linux",
        LicenseType="byol",
    )["ImportTaskId"]
    task = image_task(ec2, task_id)
    assert (task["Platform"], task["LicenseType"]) == ("Linux", "BYOL")
    assert task["SnapshotDetails"][0]["Format"] == "VMDK"


@pytest.mark.parametrize(
    "wrong",
    [
        {"LicenseType": "BYOL", "UsageOperation": "RunInstances"},
        {"Platform": "Linux", "LicenseType": "aws"},
        {"Architecture": "arm64"},
    ],
)
def test_what_the_guide_rules_out_is_refused(ec2, wrong):
    disks = [{"UserBucket": BUCKET}]
    assert refusal(ec2.import_image, DiskContainers=disks, **wrong)[0] == "InvalidParameter"


def test_a_snapshot_with_a_boot_mode_needs_a_platform(ec2):
    request = {"DiskContainers": [{"SnapshotId": snapshot(ec2)}], "BootMode": "uefi"}
    assert refusal(ec2.import_image, **request)[0] == "MissingParameter"
    ec2.import_image(**request, Platform="Linux")


def test_an_import_of_22_volumes_fails_in_its_task(ec2):
    for count, status in ((21, "completed"), (22, "deleted")):
        disks = [{"UserBucket": BUCKET}] * count
        task = image_task(ec2, ec2.import_image(DiskContainers=disks)["ImportTaskId"])
        assert (task["Status"], "ImageId" in task) == (status, status == "completed")


def test_an_import_of_an_image_tells_what_it_finds_out(real):
    """Each member from the step on that the outputs of users show it with."""
    ec2 = real.client("ec2", ACCOUNT)
    begun = ec2.import_image(
        DiskContainers=[{"Format": "ova", "UserBucket": BUCKET}], ClientData={"UploadSize": 3}
    )
    assert (begun["Progress"], begun["StatusMessage"], begun["Tags"]) == ("2", "pending", [])
    assert begun["SnapshotDetails"] == [
        {"DiskImageSize": 0.0, "Format": "OVA", "UserBucket": BUCKET}
    ]
    first = {}
    for _ in range(60):
        task = image_task(ec2, begun["ImportTaskId"])
        if task["Status"] == "completed":
            break
        (disk,) = task["SnapshotDetails"]
        step = task["StatusMessage"]
        found = {name for name in ("Architecture", "Platform", "LicenseType") if name in task}
        found |= {name for name in ("DeviceName", "SnapshotId") if name in disk}
        found |= {f"{name}={disk[name]}" for name in ("Status", "Format") if name in disk}
        found |= {"size"} if disk["DiskImageSize"] == 3 * 2**30 else set()
        for what in found:
            first.setdefault(what, step)
        real.control.clock(advance="30s")
    assert first == {
        "Format=OVA": "pending",
        "Format=VMDK": "converting",
        "Status=active": "converting",
        "size": "converting",
        "Status=completed": "updating",
        "DeviceName": "booting",
        "Architecture": "booting",
        "Platform": "booting",
        "LicenseType": "booting",
        "SnapshotId": "preparing ami",
    }
    assert task["LicenseType"] == "BYOL" and "Progress" not in task


def test_a_cancelled_import_leaves_no_snapshot(real):
    ec2 = real.client("ec2", ACCOUNT)
    task_id = ec2.import_image(DiskContainers=[{"UserBucket": BUCKET}])["ImportTaskId"]
    real.control.clock(advance="20m")
    (disk,) = image_task(ec2, task_id)["SnapshotDetails"]
    assert ec2.describe_snapshots(SnapshotIds=[disk["SnapshotId"]])["Snapshots"]
    ec2.cancel_import_task(ImportTaskId=task_id)
    real.control.clock(advance="1h")
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []
    assert ec2.describe_images(Owners=["self"])["Images"] == []


@pytest.mark.parametrize("call", ["describe_import_image_tasks", "describe_import_snapshot_tasks"])
def test_an_unknown_task_is_malformed(ec2, call):
    prefix = "import-ami" if "image" in call else "import-snap"
    unknown = f"{prefix}-0fedcba9876543210"
    said = refusal(getattr(ec2, call), ImportTaskIds=[unknown])
    assert said[0] == "InvalidConversionTaskId.Malformed"


# ---- ExportImage ----


def own_image(simulator):
    """EC2, and an image of this account; public images cannot be exported."""
    ec2 = simulator.client("ec2", ACCOUNT)
    instance = run(ec2, ImageId=public_image(ec2))
    simulator.control.clock(advance="1h")
    image = ec2.create_image(InstanceId=instance, Name="mine")["ImageId"]
    simulator.control.clock(advance="1h")
    return ec2, image


def export(ec2, image, **more):
    location = {"S3Bucket": "disks"}
    return ec2.export_image(ImageId=image, DiskImageFormat="VMDK", S3ExportLocation=location, **more)


def test_an_export_says_what_it_does(real):
    ec2, image = own_image(real)
    begun = export(ec2, image)
    assert (begun["Progress"], begun["StatusMessage"], begun["Tags"]) == ("0", "validating", [])
    assert "RoleName" not in begun
    steps = []
    for _ in range(25):
        (task,) = ec2.describe_export_image_tasks()["ExportImageTasks"]
        steps.append(task.get("StatusMessage"))
        real.control.clock(advance="1m")
    assert list(dict.fromkeys(steps)) == ["validating", "updating", "converting", None]


def test_an_image_is_exported_once_at_a_time(real):
    ec2, image = own_image(real)
    export(ec2, image, RoleName="mine")
    assert refusal(export, ec2, image)[0] == "IncorrectState"
    real.control.clock(advance="1h")
    export(ec2, image)


def test_large_volumes_are_not_exported(ec2):
    mappings = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot(ec2)}}]
    mappings.append({"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1025}})
    image = register(ec2, BlockDeviceMappings=mappings)
    assert refusal(export, ec2, image)[0] == "UnsupportedOperation"
    assert describe(ec2, image)["State"] == "available"
