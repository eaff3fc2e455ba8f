"""CopyImage: in and across Regions, encryption, sharing, and the copies that fail later."""

import re

import image_steps as steps
import pytest
from simulator import refused

HERE, THERE = "us-east-1", "eu-west-1"
NO_STORAGE = "You do not have permission to access the storage of this ami"
UNKNOWN = "ami-0ffffffffffffffff"


@pytest.fixture
def ec2(client):
    return client("ec2", region=HERE)


@pytest.fixture
def there(client):
    return client("ec2", region=THERE)


@pytest.fixture
def kms(client):
    return client("kms", region=HERE)


def copy(ec2, source, region, **parameters):
    wanted = {"SourceImageId": source, "SourceRegion": region, "Name": steps.name("copy")}
    answer = ec2.copy_image(**{**wanted, **parameters})
    assert set(answer) == {"ImageId", "ResponseMetadata"}
    return answer["ImageId"]


def snapshot_of(ec2, image, device=0):
    snapshot = steps.snapshots_of(steps.describe(ec2, image))[device]
    return ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]


def test_across_regions(ec2, there, account):
    root, data = steps.snapshot(there, size=2), steps.snapshot(there, size=3)
    source_id = steps.register(
        there,
        root,
        data,
        Description="the source",
        EnaSupport=True,
        BootMode="uefi",
        TpmSupport="v2.0",
        ImdsSupport="v2.0",
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}],
    )
    source = steps.describe(there, source_id)
    image_id = copy(ec2, source_id, THERE, Name="CopiedAMI")
    image = steps.describe(ec2, image_id)
    same = """Architecture ImageType RootDeviceType RootDeviceName VirtualizationType Hypervisor
              EnaSupport SriovNetSupport BootMode TpmSupport ImdsSupport PlatformDetails
              UsageOperation FreeTierEligible""".split()
    assert {k: image[k] for k in same} == {k: source[k] for k in same}
    assert image["SourceImageId"] == source_id
    assert image["SourceImageRegion"] == THERE
    assert image["State"] == "available"
    assert image["Name"] == "CopiedAMI"
    assert image["OwnerId"] == account
    assert not {"Description", "Tags", "SourceInstanceId"} & set(image)
    mine, theirs = steps.snapshots_of(image), steps.snapshots_of(source)
    assert len(mine) == 2 and not set(mine) & set(theirs)
    assert [m["Ebs"]["VolumeSize"] for m in image["BlockDeviceMappings"]] == [2, 3]
    snapshot = snapshot_of(ec2, image_id)
    assert snapshot["VolumeId"] == "vol-ffffffff"
    assert re.fullmatch(
        rf"Copied for DestinationAmi {image_id} from SourceAmi {source_id} for SourceSnapshot "
        rf"{root}\. Task created on \d{{1,3}}(,\d{{3}})+\.",
        snapshot["Description"],
    )
    there.deregister_image(ImageId=source_id)
    for gone in (root, data):
        there.delete_snapshot(SnapshotId=gone)
    assert steps.describe(ec2, image_id)["State"] == "available"


def test_within_a_region(ec2):
    source = steps.register(ec2)
    image = steps.describe(ec2, copy(ec2, source, HERE))
    assert (image["SourceImageId"], image["SourceImageRegion"]) == (source, HERE)


def test_nothing_is_shown_of_its_snapshots_while_it_is_pending(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    source = steps.public_image(ec2)
    image = copy(ec2, source, HERE)
    for _ in range(2):
        shown = steps.describe(ec2, image)
        assert shown["State"] == "pending"
        assert steps.snapshots_of(shown) == [None]
        amisim.control.clock(advance="10s")
    amisim.control.clock(advance="24h")
    shown = steps.describe(ec2, image)
    assert shown["State"] == "available"
    assert steps.snapshots_of(shown) != [None]


def test_tags(ec2, there):
    source = steps.register(
        there,
        TagSpecifications=[
            {
                "ResourceType": "image",
                "Tags": [{"Key": "kept", "Value": "1"}, {"Key": "changed", "Value": "1"}],
            }
        ],
    )
    image = copy(
        ec2,
        source,
        THERE,
        CopyImageTags=True,
        TagSpecifications=[
            {"ResourceType": "image", "Tags": [{"Key": "changed", "Value": "2"}]},
            {"ResourceType": "snapshot", "Tags": [{"Key": "disk", "Value": "yes"}]},
        ],
    )
    assert steps.describe(ec2, image)["Tags"] == [
        {"Key": "changed", "Value": "2"},
        {"Key": "kept", "Value": "1"},
    ]
    assert snapshot_of(ec2, image)["Tags"] == [{"Key": "disk", "Value": "yes"}]


def test_idempotency(ec2, there):
    source = steps.register(there)
    request = {"ClientToken": "one", "Name": "idempotent"}
    image = copy(ec2, source, THERE, **request)
    assert copy(ec2, source, THERE, **request) == image
    text = (
        "Arguments on this idempotent request are inconsistent with arguments used in previous "
        "request(s)."
    )
    with refused("IdempotentParameterMismatch", text):
        copy(ec2, source, THERE, **{**request, "Description": "another"})


def test_description_is_what_was_passed(ec2):
    source = steps.register(ec2, Description="old")
    assert "Description" not in steps.describe(ec2, copy(ec2, source, HERE))
    image = copy(ec2, source, HERE, Description="new")
    assert steps.describe(ec2, image)["Description"] == "new"


# ---- Encryption ----


def test_one_key_for_all_snapshots(ec2, there, kms):
    source = steps.register(there, steps.snapshot(there), steps.snapshot(there, Encrypted=True))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    image = copy(ec2, source, THERE, Encrypted=True, KmsKeyId=key)
    for device in (0, 1):
        snapshot = snapshot_of(ec2, image, device)
        assert (snapshot["Encrypted"], snapshot["KmsKeyId"]) == (True, key)
    assert all(m["Ebs"]["Encrypted"] for m in steps.describe(ec2, image)["BlockDeviceMappings"])


def test_encrypted_without_a_key_takes_that_of_ebs(ec2, kms):
    image = copy(ec2, steps.register(ec2), HERE, Encrypted=True)
    default = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]
    assert snapshot_of(ec2, image)["KmsKeyId"] == default


def test_each_snapshot_stays_as_it_is(ec2, there, kms):
    key = kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = steps.snapshot(ec2, Encrypted=True, KmsKeyId=key)
    source = steps.register(ec2, steps.snapshot(ec2), encrypted)
    image = copy(ec2, source, HERE)
    assert snapshot_of(ec2, image)["Encrypted"] is False
    assert snapshot_of(ec2, image, 1)["KmsKeyId"] == key
    across = copy(there, source, HERE)
    assert snapshot_of(there, across, 1)["Encrypted"] is True
    assert snapshot_of(there, across, 1)["KmsKeyId"].startswith(f"arn:aws:kms:{THERE}:")


def test_encrypted_never_becomes_unencrypted(ec2):
    snapshot = steps.snapshot(ec2, Encrypted=True)
    source = steps.register(ec2, snapshot)
    text = (
        f"Snapshot {snapshot} is encrypted. Creating unencrypted copy from an encrypted snapshot "
        "is not supported."
    )
    with refused("InvalidRequest", text):
        copy(ec2, source, HERE, Encrypted=False)


def test_key_needs_encrypted(ec2):
    text = "The parameter [KmsKeyId] requires the parameter Encrypted to be set."
    with refused("InvalidParameterDependency", text):
        copy(ec2, steps.register(ec2), HERE, KmsKeyId="alias/aws/ebs")


def bad_keys(kms, elsewhere):
    disabled = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.disable_key(KeyId=disabled)
    leaving = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)
    asymmetric = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")
    return {
        "missing": "11111111-2222-3333-4444-555555555555",
        "missing alias": "alias/not-there",
        "disabled": disabled,
        "pending deletion": leaving,
        "asymmetric": asymmetric["KeyMetadata"]["Arn"],
        "of another Region": elsewhere.create_key()["KeyMetadata"]["Arn"],
    }


def test_bad_keys_are_accepted_and_fail_later(ec2, kms, client):
    source = steps.register(ec2)
    for case, key in bad_keys(kms, client("kms", region=THERE)).items():
        image = copy(ec2, source, HERE, Encrypted=True, KmsKeyId=key)
        shown = steps.describe(ec2, image)
        assert shown["State"] == "failed", case
        reason = shown["StateReason"]["Message"]
        assert reason.startswith("Copy image failed with an internal error"), case
        assert steps.snapshots_of(shown) == [None], case


def test_a_failing_copy_is_pending_first(start_amisim):
    amisim = start_amisim("--seed", "1", "--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    image = copy(
        ec2, steps.public_image(ec2), HERE, Encrypted=True, KmsKeyId="alias/not-there"
    )
    assert steps.describe(ec2, image)["State"] == "pending"
    amisim.control.clock(advance="5m")
    assert steps.describe(ec2, image)["State"] == "failed"
    with refused("InvalidAMIID.Unavailable"):
        copy(ec2, image, HERE)


# ---- Kernels and instance-store ----


def paravirtual(ec2):
    kernel = ec2.describe_images(
        Filters=[
            {"Name": "image-type", "Values": ["kernel"]},
            {"Name": "architecture", "Values": ["x86_64"]},
        ]
    )["Images"][0]["ImageId"]
    return steps.register(ec2, VirtualizationType="paravirtual", KernelId=kernel), kernel


def test_the_copy_gets_the_counterpart_of_its_kernel(ec2, there):
    source, kernel = paravirtual(there)
    assert kernel == "aki-dc9ed9af"
    assert steps.describe(ec2, copy(ec2, source, THERE))["KernelId"] == "aki-5c21674b"
    assert steps.describe(there, copy(there, source, THERE))["KernelId"] == kernel


def test_a_region_without_that_kernel_fails_the_copy(ec2, client):
    source, _ = paravirtual(ec2)
    north = client("ec2", region="eu-north-1")
    image = steps.describe(north, copy(north, source, HERE))
    assert image["State"] == "failed"
    assert "no counterpart in eu-north-1" in image["StateReason"]["Message"]
    assert steps.snapshots_of(image) == [None]


def test_instance_store(ec2, there, account):
    source = there.register_image(
        Name="bundled", Architecture="x86_64", ImageLocation="mine/path/bundle.manifest.xml"
    )["ImageId"]
    image_id = copy(ec2, source, THERE, Name="bundle-copy")
    image = steps.describe(ec2, image_id)
    assert image["RootDeviceType"] == "instance-store"
    assert re.fullmatch(
        rf"amis-for-{account}-in-{HERE}-[a-z]{{8}}/{image_id}-bundle-copy/bundle\.manifest\.xml",
        image["ImageLocation"],
    )
    assert image["State"] == "available"


# ---- Of other accounts ----


def test_amazons_public_images_can_be_copied(ec2, there):
    image = steps.describe(ec2, copy(ec2, steps.public_image(there), THERE))
    assert image["Public"] is False
    assert "ImageOwnerAlias" not in image and "DeprecationTime" not in image


def test_sharing_an_image_does_not_share_its_storage(ec2, client, account):
    owner = client("ec2", account="555500006666")
    snapshot = steps.snapshot(owner)
    source = steps.register(owner, snapshot)
    with refused("InvalidAMIID.NotFound", f"The image id '[{source}]' does not exist"):
        copy(ec2, source, HERE)
    owner.modify_image_attribute(
        ImageId=source, LaunchPermission={"Add": [{"UserId": account}]}
    )
    with refused("InvalidRequest", NO_STORAGE):
        copy(ec2, source, HERE)
    owner.modify_snapshot_attribute(
        SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": account}]}
    )
    image = steps.describe(ec2, copy(ec2, source, HERE))
    assert image["State"] == "available"
    assert image["OwnerId"] == account


def test_an_encrypted_image_needs_its_key_too(ec2, client, account):
    owner, kms = (client(name, account="555500007654") for name in ("ec2", "kms"))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    snapshot = steps.snapshot(owner, Encrypted=True, KmsKeyId=key)
    source = steps.register(owner, snapshot)
    receiver = {"Add": [{"UserId": account}]}
    owner.modify_image_attribute(ImageId=source, LaunchPermission=receiver)
    owner.modify_snapshot_attribute(SnapshotId=snapshot, CreateVolumePermission=receiver)
    failed = copy(ec2, source, HERE)
    assert steps.describe(ec2, failed)["State"] == "failed"
    kms.create_grant(
        KeyId=key,
        GranteePrincipal=f"arn:aws:iam::{account}:root",
        Operations=["Decrypt", "DescribeKey", "CreateGrant", "ReEncryptFrom"],
    )
    image = copy(ec2, source, HERE)
    shown = snapshot_of(ec2, image)
    assert shown["Encrypted"] is True
    assert shown["KmsKeyId"].startswith(f"arn:aws:kms:{HERE}:{account}:")


def test_marketplace_images_stay_with_their_owner(ec2):
    found = ec2.describe_images(Filters=[{"Name": "product-code.type", "Values": ["marketplace"]}])
    text = "Images from AWS Marketplace cannot be copied to another AWS account."
    with refused("InvalidRequest", text):
        copy(ec2, found["Images"][0]["ImageId"], HERE)


# ---- Refusals ----


def test_refused_at_once(ec2, there):
    source = steps.register(ec2)
    with refused("InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"):
        copy(ec2, UNKNOWN, HERE)
    with refused("InvalidAMIID.NotFound"):
        copy(ec2, source, THERE)
    with refused("InvalidRegion", "not-a-region is not a valid region name."):
        copy(ec2, source, "not-a-region")
    taken = steps.register(ec2, Name="taken by copy")
    text = f"AMI name taken by copy is already in use by AMI {taken}"
    with refused("InvalidAMIName.Duplicate", text):
        copy(ec2, source, HERE, Name="taken by copy")
    with refused("InvalidAMIName.Malformed"):
        copy(ec2, source, HERE, Name="a+b")
    ec2.deregister_image(ImageId=source)
    with refused("InvalidAMIID.Unavailable", f"The image ID '{source}' is no longer available"):
        copy(ec2, source, HERE)


@pytest.mark.parametrize("minutes", [1, 16, 2895])
def test_completion_duration(ec2, minutes):
    text = (
        f"'{minutes}' is not a valid value for completion duration. Specify a value between 15 "
        "and 2880 minutes, in 15 minute increments only"
    )
    with refused("InvalidParameterValue", text):
        copy(ec2, steps.register(ec2), HERE, SnapshotCopyCompletionDurationMinutes=minutes)


def test_time_based_copy(ec2):
    image = copy(ec2, steps.register(ec2), HERE, SnapshotCopyCompletionDurationMinutes=30)
    snapshot = snapshot_of(ec2, image)
    assert (snapshot["TransferType"], snapshot["CompletionDurationMinutes"]) == ("time-based", 30)


def test_outposts_and_local_zones_are_refused(ec2):
    source = steps.register(ec2)
    with refused("UnsupportedOperation"):
        copy(ec2, source, HERE, DestinationAvailabilityZone="us-east-1-bos-1a")


def test_dry_run(ec2):
    with refused("DryRunOperation"):
        copy(ec2, steps.register(ec2), HERE, DryRun=True)
