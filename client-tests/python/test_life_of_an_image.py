"""The main job as a user types it: the AWS CLI builds, copies, registers and deregisters an image."""

import functools
import re

import pytest

NEWEST = "sort_by(Images, &CreationDate)[-1].ImageId"


@pytest.fixture
def ireland(aws):
    """The AWS CLI with eu-west-1 as the default Region."""
    return functools.partial(aws, region="eu-west-1")


@pytest.fixture
def instance(ireland):
    """A running instance of the newest Amazon Linux 2023."""
    base = ireland(
        "ec2 describe-images --owners amazon"
        f' --filters "Name=name,Values=al2023-ami-2023.*-x86_64" --query "{NEWEST}"'
    ).json
    made = ireland(f"ec2 run-instances --image-id {base} --instance-type t3.micro").json
    identifier = made["Instances"][0]["InstanceId"]
    assert ireland(f"ec2 wait instance-running --instance-ids {identifier}").status == 0
    return identifier


@pytest.fixture
def image(ireland, instance):
    """An available image of that instance."""
    made = ireland(f'ec2 create-image --instance-id {instance} --name "MyCustomAMI"').json
    assert list(made) == ["ImageId"]
    assert re.fullmatch("ami-0[0-9a-f]{16}", made["ImageId"])
    assert ireland(f"ec2 wait image-available --image-ids {made['ImageId']}").status == 0
    return made["ImageId"]


def described(cli, image, **where):
    return cli(f"ec2 describe-images --image-ids {image}", **where).json["Images"][0]


def snapshots_of(image):
    return [disk["Ebs"]["SnapshotId"] for disk in image["BlockDeviceMappings"] if "Ebs" in disk]


def test_create_image(ireland, account, image):
    made = described(ireland, image)
    assert made["State"] == "available"
    assert made["Name"] == "MyCustomAMI"
    assert made["OwnerId"] == account
    assert made["Public"] is False
    (snapshot,) = snapshots_of(made)
    assert ireland(f"ec2 wait snapshot-completed --snapshot-ids {snapshot}").status == 0
    root = ireland(f"ec2 describe-snapshots --snapshot-ids {snapshot}").json["Snapshots"][0]
    assert (root["State"], root["Progress"], root["OwnerId"]) == ("completed", "100%", account)


def test_copy_image(ireland, image):
    made = ireland(
        f"ec2 copy-image --source-image-id {image} --source-region eu-west-1"
        ' --region us-east-1 --name "CopiedAMI"'
    ).json
    assert list(made) == ["ImageId"]
    waited = ireland(f"ec2 wait image-available --region us-east-1 --image-ids {made['ImageId']}")
    assert waited.status == 0

    source = described(ireland, image)
    copy = described(ireland, made["ImageId"], region="us-east-1")
    assert copy["Name"] == "CopiedAMI"
    assert (copy["SourceImageId"], copy["SourceImageRegion"]) == (image, "eu-west-1")
    same = ["Architecture", "RootDeviceName", "VirtualizationType", "PlatformDetails"]
    assert [copy[name] for name in same] == [source[name] for name in same]
    assert len(snapshots_of(copy)) == 1
    assert not set(snapshots_of(copy)) & set(snapshots_of(source))


def test_register_image(ireland, image):
    (snapshot,) = snapshots_of(described(ireland, image))
    mapping = rf'[{{\"DeviceName\": \"/dev/xvda\", \"Ebs\":{{\"SnapshotId\":\"{snapshot}\"}}}}]'
    made = ireland(
        'ec2 register-image --name "my-linux-ami" --architecture x86_64'
        f' --root-device-name /dev/xvda --block-device-mappings "{mapping}"'
    ).json
    assert list(made) == ["ImageId"]
    registered = described(ireland, made["ImageId"])
    assert registered["Architecture"] == "x86_64"
    assert registered["RootDeviceName"] == "/dev/xvda"
    assert snapshots_of(registered) == [snapshot]


def test_deregister_image(ireland, image):
    (snapshot,) = snapshots_of(described(ireland, image))
    refused = ireland(f"ec2 delete-snapshot --snapshot-id {snapshot}")
    assert refused.status != 0
    assert "(InvalidSnapshot.InUse)" in refused.stderr

    assert ireland(f"ec2 deregister-image --image-id {image}").status == 0
    # an own image that was just deregistered is an empty set, not an error [recorded]
    assert ireland(f"ec2 describe-images --image-ids {image}").json["Images"] == []
    assert ireland(f"ec2 delete-snapshot --snapshot-id {snapshot}").status == 0
