"""Images in and out: ImportImage, ExportImage, fast launch, bundles."""

import datetime

import image_steps as steps
import pytest
from simulator import refused

ACCOUNT = "123456789012"
BUCKET = "images-of-mine"
IN_S3 = {"UserBucket": {"S3Bucket": BUCKET, "S3Key": "disk.ova"}, "Format": "OVA"}


@pytest.fixture
def real(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    return amisim


# ---- ImportImage ----


def imports(ec2, **parameters):
    return ec2.describe_import_image_tasks(**parameters)["ImportImageTasks"]


def test_import_of_a_disk_in_s3(real):
    ec2 = real.client("ec2", ACCOUNT)
    tags = [{"Key": "vm", "Value": "old"}]
    started = ec2.import_image(
        Description="a machine",
        DiskContainers=[{"Description": "its disk", **IN_S3}],
        ClientData={"UploadSize": 2.5, "Comment": "by hand"},
        LicenseType="BYOL",
        BootMode="uefi",
        TagSpecifications=[{"ResourceType": "import-image-task", "Tags": tags}],
    )
    task_id = started["ImportTaskId"]
    assert task_id.startswith("import-ami-")
    assert (started["Status"], started["StatusMessage"]) == ("active", "pending")
    assert (started["Description"], started["LicenseType"]) == ("a machine", "BYOL")
    assert started["Tags"] == tags
    assert started["SnapshotDetails"][0]["UserBucket"] == IN_S3["UserBucket"]
    seen = []
    for _ in range(30):
        (task,) = imports(ec2, ImportTaskIds=[task_id])
        if task["Status"] == "completed":
            break
        seen.append(task["StatusMessage"])
        real.control.clock(advance="1m")
    assert list(dict.fromkeys(seen)) == [
        "pending",
        "validating",
        "validated",
        "converting",
        "updating",
        "updated",
        "preparing to boot",
        "booting",
        "booted",
        "preparing ami",
    ]
    assert "Progress" not in task and task["BootMode"] == "uefi"
    image = steps.describe(ec2, task["ImageId"])
    assert (image["Name"], image["Description"]) == (task_id, "a machine")
    assert (image["State"], image["BootMode"]) == ("available", "uefi")
    assert "EnaSupport" not in image
    (snapshot,) = steps.snapshots_of(image)
    assert task["SnapshotDetails"][0]["SnapshotId"] == snapshot
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["Description"] == f"Created by AWS-VMImport service for {task_id}"
    assert (shown["State"], shown["VolumeSize"]) == ("completed", 3)
    real.control.clock(advance="8d")
    assert imports(ec2) == []


def test_import_of_snapshots_and_windows(ec2):
    root, data = steps.snapshot(ec2, size=2), steps.snapshot(ec2, size=3)
    task_id = ec2.import_image(
        DiskContainers=[{"SnapshotId": root}, {"SnapshotId": data}],
        Platform="Windows",
        Architecture="x86_64",
    )["ImportTaskId"]
    (task,) = imports(ec2, ImportTaskIds=[task_id])
    image = steps.describe(ec2, task["ImageId"])
    assert (image["Platform"], image["PlatformDetails"]) == ("windows", "Windows")
    assert image["UsageOperation"] == "RunInstances:0002"
    assert [m["Ebs"]["VolumeSize"] for m in image["BlockDeviceMappings"]] == [2, 3]
    assert not {root, data} & set(steps.snapshots_of(image))


def test_encrypted_import(ec2, client):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    task_id = ec2.import_image(DiskContainers=[IN_S3], Encrypted=True, KmsKeyId=key)["ImportTaskId"]
    (task,) = imports(ec2, ImportTaskIds=[task_id])
    assert (task["Encrypted"], task["KmsKeyId"]) == (True, key)
    (snapshot,) = steps.snapshots_of(steps.describe(ec2, task["ImageId"]))
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["KmsKeyId"] == key
    text = (
        "The specified KMS key is not accessible. If this is a default EBS CMK, please retry "
        "your request without specifying the key explicitly"
    )
    with refused("InvalidParameterValue", text):
        ec2.import_image(DiskContainers=[IN_S3], Encrypted=True, KmsKeyId="alias/not-there")
    with refused("InvalidParameterDependency"):
        ec2.import_image(DiskContainers=[IN_S3], KmsKeyId=key)


def test_import_refusals(ec2):
    text = "The request must contain the parameter DiskContainers"
    with refused("MissingParameter", text):
        ec2.import_image(Description="nothing")
    with refused("InvalidParameter"):
        ec2.import_image(DiskContainers=[{"Format": "OVA"}])
    with refused("InvalidParameterValue"):
        ec2.import_image(DiskContainers=[{**IN_S3, "Format": "ISO"}])
    with refused("InvalidParameterValue"):
        ec2.import_image(DiskContainers=[IN_S3], BootMode="uefi-preferred")
    with refused("InvalidSnapshot.NotFound"):
        ec2.import_image(DiskContainers=[{"SnapshotId": "snap-0fedcba9876543210"}])
    with refused("InvalidConversionTaskId.Malformed"):
        imports(ec2, ImportTaskIds=["import-ami-0fedcba9876543210"])


def test_import_is_idempotent(ec2):
    request = {"DiskContainers": [IN_S3], "ClientToken": "once"}
    first = ec2.import_image(**request)["ImportTaskId"]
    assert ec2.import_image(**request)["ImportTaskId"] == first
    with refused("IdempotentParameterMismatch"):
        ec2.import_image(**request, Description="other")


def test_cancel_import(real, client):
    ec2 = real.client("ec2", ACCOUNT)
    task_id = ec2.import_image(DiskContainers=[IN_S3])["ImportTaskId"]
    with refused("InvalidConversionTaskId.Malformed"):
        real.client("ec2", "555500034567").cancel_import_task(ImportTaskId=task_id)
    cancelled = ec2.cancel_import_task(ImportTaskId=task_id, CancelReason="wrong disk")
    assert (cancelled["PreviousState"], cancelled["State"]) == ("active", "deleting")
    real.control.clock(advance="1h")
    deleted = [{"Name": "task-state", "Values": ["deleted"]}]
    (task,) = imports(ec2, Filters=deleted)
    assert task["StatusMessage"] == "wrong disk"
    assert ec2.describe_images(Owners=["self"])["Images"] == []
    with refused("IncorrectState"):
        ec2.cancel_import_task(ImportTaskId=task_id)
    snapshot_task = ec2.import_snapshot(
        DiskContainer={"Format": "RAW", "UserBucket": IN_S3["UserBucket"]}
    )["ImportTaskId"]
    cancelled = ec2.cancel_import_task(ImportTaskId=snapshot_task)
    assert (cancelled["ImportTaskId"], cancelled["PreviousState"]) == (snapshot_task, "active")


# ---- ExportImage ----


def exports(ec2, **parameters):
    return ec2.describe_export_image_tasks(**parameters)["ExportImageTasks"]


def export(ec2, image, **parameters):
    wanted = {"DiskImageFormat": "VMDK", "S3ExportLocation": {"S3Bucket": BUCKET}}
    return ec2.export_image(ImageId=image, **{**wanted, **parameters})


def own_image(real, ec2):
    public = {"SourceImageId": steps.public_image(ec2), "SourceRegion": "us-east-1"}
    image = ec2.copy_image(Name=steps.name(), **public)["ImageId"]
    real.control.clock(advance="24h")
    return image


def test_export(real):
    ec2 = real.client("ec2", ACCOUNT)
    image = own_image(real, ec2)
    location = {"S3Bucket": BUCKET, "S3Prefix": "exports/"}
    tags = [{"Key": "a", "Value": "b"}]
    started = export(
        ec2,
        image,
        S3ExportLocation=location,
        Description="out",
        TagSpecifications=[{"ResourceType": "export-image-task", "Tags": tags}],
    )
    task_id = started["ExportImageTaskId"]
    assert task_id.startswith("export-ami-")
    expected = {
        "ImageId": image,
        "Status": "active",
        "Progress": "0",
        "StatusMessage": "validating",
        "DiskImageFormat": "VMDK",
        "Description": "out",
        "S3ExportLocation": location,
        "Tags": tags,
    }
    assert {k: started.get(k) for k in expected} == expected
    real.control.clock(advance="10m")
    (task,) = exports(ec2, ExportImageTaskIds=[task_id])
    assert (task["Status"], task["StatusMessage"]) == ("active", "updating")
    real.control.clock(advance="1h")
    (task,) = exports(ec2, Filters=[{"Name": "task-state", "Values": ["completed"]}])
    assert "Progress" not in task and "StatusMessage" not in task
    bucket = {"S3Bucket": BUCKET, "S3Key": f"exports/{task_id}.vmdk"}
    imported = ec2.import_image(DiskContainers=[{"UserBucket": bucket}])["ImportTaskId"]
    real.control.clock(advance="1h")
    (task,) = imports(ec2, ImportTaskIds=[imported])
    assert task["SnapshotDetails"][0]["DiskImageSize"] == 8 * 2**30


def test_cancel_export(real):
    ec2 = real.client("ec2", ACCOUNT)
    image = own_image(real, ec2)
    task_id = export(ec2, image)["ExportImageTaskId"]
    ec2.cancel_export_task(ExportTaskId=task_id)
    assert exports(ec2)[0]["Status"] == "deleting"
    real.control.clock(advance="1h")
    assert exports(ec2)[0]["Status"] == "deleted"
    with refused("IncorrectState"):
        ec2.cancel_export_task(ExportTaskId=task_id)
    with refused("InvalidExportTaskID.NotFound"):
        ec2.cancel_export_task(ExportTaskId="export-ami-0fedcba9876543210")


def test_export_refusals(ec2):
    with refused("InvalidAMIID.NotFound"):
        export(ec2, "ami-0ffffffffffffffff")
    public = steps.public_image(ec2)
    with refused("AuthFailure", f"Not authorized for image:{public}"):
        export(ec2, public)
    encrypted = steps.register(ec2, steps.snapshot(ec2, Encrypted=True))
    with refused("UnsupportedOperation"):
        export(ec2, encrypted)
    with refused("InvalidParameterValue"):
        export(ec2, steps.register(ec2), DiskImageFormat="ISO")
    with refused("InvalidExportTaskID.NotFound"):
        exports(ec2, ExportImageTaskIds=["export-ami-0fedcba9876543210"])


# ---- Fast launch ----


def windows(ec2):
    found = ec2.describe_images(
        Filters=[
            {"Name": "platform", "Values": ["windows"]},
            {"Name": "root-device-type", "Values": ["ebs"]},
        ]
    )
    return found["Images"][0]["ImageId"]


def fast(ec2, **parameters):
    return ec2.describe_fast_launch_images(**parameters)["FastLaunchImages"]


def test_fast_launch_by_a_template(ec2):
    image = windows(ec2)
    template = ec2.create_launch_template(
        LaunchTemplateName="prepares", LaunchTemplateData={"InstanceType": "m5.large"}
    )["LaunchTemplate"]
    wanted = {"LaunchTemplateName": "prepares", "Version": "1"}
    started = ec2.enable_fast_launch(ImageId=image, LaunchTemplate=wanted)
    assert started["LaunchTemplate"] == {**wanted, "LaunchTemplateId": template["LaunchTemplateId"]}
    assert fast(ec2)[0]["LaunchTemplate"] == started["LaunchTemplate"]
    with pytest.raises(ec2.exceptions.ClientError, match="999"):
        ec2.enable_fast_launch(ImageId=image, LaunchTemplate={**wanted, "Version": "999"})


def test_fast_launch(real):
    ec2 = real.client("ec2", ACCOUNT)
    image = windows(ec2)
    started = ec2.enable_fast_launch(ImageId=image)
    expected = {
        "ImageId": image,
        "ResourceType": "snapshot",
        "SnapshotConfiguration": {"TargetResourceCount": 5},
        "MaxParallelLaunches": 6,
        "OwnerId": ACCOUNT,
        "State": "enabling",
    }
    assert {k: started.get(k) for k in expected} == expected
    assert isinstance(started["StateTransitionTime"], datetime.datetime)
    real.control.clock(advance="1h")
    (shown,) = fast(ec2, Filters=[{"Name": "state", "Values": ["enabled"]}])
    assert shown["ImageId"] == image
    assert fast(ec2, ImageIds=["ami-0ffffffffffffffff"]) == []
    assert fast(real.client("ec2", "555500045678")) == []
    stopped = ec2.disable_fast_launch(ImageId=image)
    assert stopped["State"] == "disabling"
    with refused("InvalidRequest"):
        ec2.disable_fast_launch(ImageId=image)
    real.control.clock(advance="1h")
    assert fast(ec2) == []


def test_fast_launch_refusals(ec2):
    with refused("UnsupportedOperation"):
        ec2.enable_fast_launch(ImageId=steps.public_image(ec2))
    with refused("InvalidAMIID.NotFound"):
        ec2.enable_fast_launch(ImageId="ami-0ffffffffffffffff")
    with refused("InvalidParameterValue"):
        ec2.enable_fast_launch(ImageId=windows(ec2), MaxParallelLaunches=5)
    with refused("InvalidRequest"):
        ec2.disable_fast_launch(ImageId=windows(ec2))


# ---- Bundles ----


def test_only_windows_on_instance_store_is_bundled(ec2):
    storage = {"S3": {"Bucket": BUCKET, "Prefix": "mine"}}
    text = (
        "The specified instance does not support bundling. You can only bundle instance "
        "store-backed Windows instances."
    )
    with refused("InvalidInstanceType", text):
        ec2.bundle_instance(InstanceId=steps.run(ec2), Storage=storage)
    with refused("InvalidInstanceID.NotFound"):
        ec2.bundle_instance(InstanceId="i-0fedcba9876543210", Storage=storage)
    with refused("InvalidBundleID.NotFound"):
        ec2.cancel_bundle_task(BundleId="bun-0fedcba9876543210")
    with refused("InvalidBundleID.NotFound"):
        ec2.describe_bundle_tasks(BundleIds=["bun-0fedcba9876543210"])
    assert ec2.describe_bundle_tasks()["BundleTasks"] == []


def bundled(real, ec2):
    image = steps.public_image(ec2, "windows-of-old")
    instance = steps.run(ec2, ImageId=image, InstanceType="m3.medium")
    real.control.clock(advance="1h")
    return instance


@pytest.fixture
def old(start_amisim, tmp_path):
    amisim = start_amisim("--pace", "real", "--fixtures", steps.old_windows(tmp_path))
    amisim.control.clock(freeze=True)
    return amisim


def test_bundle(old):
    ec2 = old.client("ec2", ACCOUNT)
    instance = bundled(old, ec2)
    storage = {"S3": {"Bucket": BUCKET, "Prefix": "mine"}}
    task = ec2.bundle_instance(InstanceId=instance, Storage=storage)["BundleTask"]
    assert (task["InstanceId"], task["State"]) == (instance, "pending")
    assert task["Storage"] == storage
    with refused("BundlingInProgress"):
        ec2.bundle_instance(InstanceId=instance, Storage=storage)
    states = []
    for _ in range(5):
        (shown,) = ec2.describe_bundle_tasks(BundleIds=[task["BundleId"]])["BundleTasks"]
        states.append(shown["State"])
        old.control.clock(advance="5m")
    assert states == ["pending", "waiting-for-shutdown", "bundling", "storing", "complete"]
    with refused("IncorrectState"):
        ec2.cancel_bundle_task(BundleId=task["BundleId"])


def test_cancel_bundle(old):
    ec2 = old.client("ec2", ACCOUNT)
    storage = {"S3": {"Bucket": BUCKET, "Prefix": "mine"}}
    task = ec2.bundle_instance(InstanceId=bundled(old, ec2), Storage=storage)["BundleTask"]
    cancelled = ec2.cancel_bundle_task(BundleId=task["BundleId"])["BundleTask"]
    assert cancelled["State"] == "cancelling"
    old.control.clock(advance="1h")
    failed = [{"Name": "state", "Values": ["failed"]}]
    (shown,) = ec2.describe_bundle_tasks(Filters=failed)["BundleTasks"]
    assert shown["BundleTaskError"]["Code"] == "Client.Cancelled"
