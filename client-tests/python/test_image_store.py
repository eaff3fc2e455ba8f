"""Images in S3: stored with their blocks, listed, restored after their source is gone."""

import image_steps as steps
from simulator import refused

OTHER = "555500023456"
ACCOUNT = "123456789012"
BUCKET = "images-of-mine"


def tasks(ec2, **parameters):
    return ec2.describe_store_image_tasks(**parameters)["StoreImageTaskResults"]


def test_store_and_restore_without_the_source(ec2, account):
    snapshot = steps.snapshot(ec2, size=3)
    image = steps.register(ec2, snapshot, Name="to store", Description="d", EnaSupport=True)
    key = ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)["ObjectKey"]
    assert key == f"{image}.bin"
    (task,) = tasks(ec2)
    assert (task["AmiId"], task["Bucket"], task["S3objectKey"]) == (image, BUCKET, key)
    assert (task["StoreTaskState"], task["ProgressPercentage"]) == ("Completed", 100)
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)
    tags = [{"Key": "from", "Value": "s3"}]
    restored = ec2.create_restore_image_task(
        Bucket=BUCKET,
        ObjectKey=key,
        TagSpecifications=[
            {"ResourceType": "image", "Tags": tags},
            {"ResourceType": "snapshot", "Tags": tags},
        ],
    )["ImageId"]
    shown = steps.describe(ec2, restored)
    assert shown["State"] == "available"
    assert (shown["Name"], shown["Description"]) == ("to store", "d")
    assert (shown["OwnerId"], shown["ImageLocation"]) == (account, f"{account}/to store")
    assert (shown["EnaSupport"], shown["Tags"]) == (True, tags)
    (fresh,) = steps.snapshots_of(shown)
    assert fresh != snapshot
    assert shown["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"] == 3
    (snap,) = ec2.describe_snapshots(SnapshotIds=[fresh])["Snapshots"]
    assert (snap["State"], snap["VolumeSize"], snap["Tags"]) == ("completed", 3, tags)
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == [snap]


def test_moments(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", ACCOUNT)
    image = ec2.copy_image(
        SourceImageId=steps.public_image(ec2), SourceRegion="us-east-1", Name="mine"
    )["ImageId"]
    with refused("InvalidAMIID.Unavailable"):
        ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    amisim.control.clock(advance="24h")
    key = ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)["ObjectKey"]
    assert tasks(ec2)[0]["StoreTaskState"] == "InProgress"
    with refused("InvalidParameterValue"):
        ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey=key, Name="too early")
    amisim.control.clock(advance="1h")
    assert tasks(ec2)[0]["StoreTaskState"] == "Completed"
    restored = ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey=key, Name="again")["ImageId"]
    shown = steps.describe(ec2, restored)
    assert shown["State"] == "pending"
    assert steps.snapshots_of(shown) == [None]
    amisim.control.clock(advance="1h")
    assert steps.describe(ec2, restored)["State"] == "available"
    amisim.control.clock(advance="31d")
    assert tasks(ec2) == []


def test_listing(ec2):
    images = [steps.register(ec2) for _ in range(3)]
    for image in images:
        ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    ec2.create_store_image_task(ImageId=images[0], Bucket="another-bucket")
    assert [t["AmiId"] for t in tasks(ec2)] == [images[0], *reversed(images)]
    other_bucket = [{"Name": "bucket", "Values": ["another-bucket"]}]
    assert [t["AmiId"] for t in tasks(ec2, Filters=other_bucket)] == [images[0]]
    assert tasks(ec2, Filters=[{"Name": "task-state", "Values": ["Failed"]}]) == []
    latest = tasks(ec2, ImageIds=[images[0], images[1]], Filters=other_bucket)
    assert [(t["AmiId"], t["Bucket"]) for t in latest] == [
        (images[0], "another-bucket"),
        (images[1], BUCKET),
    ]
    page = ec2.describe_store_image_tasks(MaxResults=3)
    rest = ec2.describe_store_image_tasks(MaxResults=3, NextToken=page["NextToken"])
    assert len(rest["StoreImageTaskResults"]) == 1
    with refused("InvalidParameterCombination"):
        tasks(ec2, ImageIds=[images[0]], MaxResults=3)


def test_who_may_store(ec2, client, account):
    other = client("ec2", account=OTHER)
    snapshot = steps.snapshot(other)
    image = steps.register(other, snapshot)
    with refused("InvalidAMIID.NotFound"):
        ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    with refused("AuthFailure"):
        ec2.create_store_image_task(ImageId=steps.public_image(ec2), Bucket=BUCKET)
    other.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": account}]}
    )
    with refused("InvalidRequest", "You do not have permission to access the storage of this ami"):
        ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    other.modify_snapshot_attribute(
        SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": account}]}
    )
    key = ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)["ObjectKey"]
    restored = ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey=key)["ImageId"]
    assert steps.describe(ec2, restored)["OwnerId"] == account


def test_store_refusals(ec2):
    image = steps.register(ec2)
    ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    with refused("InvalidRequest"):
        ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
    with refused("InvalidParameterValue"):
        ec2.create_store_image_task(ImageId=image, Bucket="Not_A_Bucket")
    for unsuitable in (
        steps.register(ec2, VirtualizationType="paravirtual"),
        ec2.register_image(Name="bundled", ImageLocation="b/c.manifest.xml")["ImageId"],
    ):
        with refused("UnsupportedOperation"):
            ec2.create_store_image_task(ImageId=unsuitable, Bucket=BUCKET)


def test_restore_refusals(ec2, client):
    image = steps.register(ec2, Name="name taken")
    key = ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)["ObjectKey"]
    with refused(
        "InvalidAMIName.Duplicate", f"AMI name name taken is already in use by AMI {image}"
    ):
        ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey=key)
    with refused("InvalidParameterValue"):
        ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey="nothing.bin")
    with refused("InvalidParameterValue"):
        client("ec2", account=OTHER).create_restore_image_task(Bucket=BUCKET, ObjectKey=key)


def test_encrypted_images(ec2, client):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    image = steps.register(ec2, steps.snapshot(ec2, Encrypted=True, KmsKeyId=key))
    stored = ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)["ObjectKey"]
    restored = ec2.create_restore_image_task(Bucket=BUCKET, ObjectKey=stored, Name="enc")
    (snapshot,) = steps.snapshots_of(steps.describe(ec2, restored["ImageId"]))
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert shown["KmsKeyId"] == key
    kms.disable_key(KeyId=key)
    ec2.create_store_image_task(ImageId=image, Bucket="second-bucket")
    failed = tasks(ec2, Filters=[{"Name": "task-state", "Values": ["Failed"]}])
    assert [t["Bucket"] for t in failed] == ["second-bucket"]
    assert failed[0]["StoreTaskFailureReason"]


def test_quotas(start_amisim, tmp_path):
    quotas = tmp_path / "quotas.yaml"
    quotas.write_text(
        "quotas:\n"
        "  - {name: image-store-gib-in-progress, value: 10, source: guess, about: test}\n"
        "  - {name: image-restore-gib-in-progress, value: 10, source: guess, about: test}\n"
    )
    amisim = start_amisim("--pace", "real", "--fixtures", quotas)
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", ACCOUNT)
    public = {"SourceImageId": steps.public_image(ec2), "SourceRegion": "us-east-1"}
    images = [ec2.copy_image(Name=f"copy {n}", **public)["ImageId"] for n in range(2)]
    amisim.control.clock(advance="24h")
    ec2.create_store_image_task(ImageId=images[0], Bucket=BUCKET)
    with refused("ResourceLimitExceeded"):
        ec2.create_store_image_task(ImageId=images[1], Bucket=BUCKET)
    amisim.control.clock(advance="1h")
    restore = {"Bucket": BUCKET, "ObjectKey": f"{images[0]}.bin"}
    ec2.create_restore_image_task(Name="first", **restore)
    with refused("ResourceLimitExceeded"):
        ec2.create_restore_image_task(Name="second", **restore)
    amisim.control.clock(advance="1d")
    ec2.create_restore_image_task(Name="second", **restore)
