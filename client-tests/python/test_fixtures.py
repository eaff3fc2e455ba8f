"""What the world starts with: Regions, zones, public images; and --fixtures on top of it."""

import pytest
from simulator import refused

AMAZON = "137112412989"
AL2023 = "al2023-ami-2023.12.20260930.0-kernel-6.18-x86_64"


def image_named(ec2, name, **options):
    filters = [{"Name": "name", "Values": [name]}]
    return ec2.describe_images(Filters=filters, **options)["Images"]


def test_regions_in_the_order_of_aws(client):
    regions = client("ec2").describe_regions()["Regions"]
    assert len(regions) == 34
    assert [region["RegionName"] for region in regions[:3]] == ["ap-south-2", "ap-south-1", "eu-south-1"]
    assert regions[0]["OptInStatus"] == "opted-in"
    assert regions[0]["Geography"] == [{"Name": "India"}]


def test_local_zones_lie_elsewhere(client):
    """A local zone is shown only on request, with the geography of its own place."""
    ec2 = client("ec2")
    assert len(ec2.describe_availability_zones()["AvailabilityZones"]) == 6
    zones = ec2.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    lima = next(zone for zone in zones if zone["ZoneName"] == "us-east-1-lim-1a")
    assert lima["Geography"] == [{"Name": "Peru"}]
    assert lima["SubGeography"] == []
    assert lima["ParentZoneId"] == "use1-az2"
    assert lima["OptInStatus"] == "not-opted-in"


def test_public_image_as_recorded(client):
    (image,) = image_named(client("ec2"), AL2023, Owners=["amazon"])
    mapping = image["BlockDeviceMappings"][0]["Ebs"]
    assert mapping.pop("SnapshotId").startswith("snap-0")
    assert mapping == {
        "DeleteOnTermination": True,
        "Encrypted": False,
        "Iops": 3000,
        "Throughput": 125,
        "VolumeSize": 8,
        "VolumeType": "gp3",
    }
    expected = {
        "ImageId": "ami-0d27e0fb3bac4d724",
        "ImageLocation": f"amazon/{AL2023}",
        "ImageOwnerAlias": "amazon",
        "OwnerId": AMAZON,
        "Public": True,
        "BootMode": "uefi-preferred",
        "ImdsSupport": "v2.0",
        "EnaSupport": True,
        "SriovNetSupport": "simple",
        "FreeTierEligible": True,
        "SourceImageRegion": "us-west-2",
        "PublicSsmParameterName": (
            "aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
        ),
    }
    assert {key: image.get(key) for key in expected} == expected
    assert "Tags" not in image
    assert "DeregistrationProtection" not in image


def test_latest_is_latest(client):
    """How scripts look for the newest image; deprecated ones are hidden unless asked for."""
    ec2 = client("ec2", region="eu-west-1")
    pattern = "al2023-ami-2023*-x86_64"
    images = image_named(ec2, pattern, Owners=["amazon"])
    newest = max(images, key=lambda image: image["CreationDate"])
    assert newest["Name"] == AL2023
    everything = image_named(ec2, pattern, Owners=["amazon"], IncludeDeprecated=True)
    hidden = {image["Name"] for image in everything} - {image["Name"] for image in images}
    assert hidden == {"al2023-ami-2023.10.20260302.1-kernel-6.1-x86_64"}


@pytest.mark.parametrize(
    "name, owner, field, value",
    [
        ("ubuntu/images/*/ubuntu-noble-24.04-arm64-*", "099720109477", "Architecture", "arm64"),
        ("debian-12-amd64-*", "136693071363", "RootDeviceName", "/dev/xvda"),
        ("Windows_Server-2016-English-Full-Base-*", "801119661308", "Platform", "windows"),
        ("Windows_Server-2025-English-Full-Base-*", "801119661308", "UsageOperation", "RunInstances:0002"),
        ("TPM-Windows_Server-2022-*", "801119661308", "TpmSupport", "v2.0"),
        ("CentOS-7-*", "679593333241", "ImageOwnerAlias", "aws-marketplace"),
        ("amzn-ami-pv-*-ebs", AMAZON, "KernelId", "aki-5c21674b"),
        ("amzn-ami-pv-*-s3", AMAZON, "RootDeviceType", "instance-store"),
        ("pv-grub-hd0_1.05-i386.gz", AMAZON, "ImageType", "kernel"),
    ],
)
def test_publishers(client, name, owner, field, value):
    (image,) = image_named(client("ec2"), name, Owners=[owner])
    assert image[field] == value


def test_paravirtual_only_where_kernels_are(client):
    assert not image_named(client("ec2", region="eu-north-1"), "amzn-ami-pv-*")


def test_added_image(start_amisim, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        """
images:
  - owner: "111122223333"
    images:
      - name: golden
        architecture: x86_64
        created: "2026-01-15T09:00:00Z"
        regions: [eu-west-1]
        mappings: [{device: /dev/sda1, size: 20, type: gp3, iops: 3000, throughput: 125}]
"""
    )
    simulator = start_amisim("--fixtures", tmp_path / "mine.yaml")
    (image,) = image_named(
        simulator.client("ec2", "111122223333", "eu-west-1"), "golden", Owners=["self"]
    )
    assert image["ImageLocation"] == "111122223333/golden"
    assert image["DeregistrationProtection"] == "disabled"
    assert not image_named(simulator.client("ec2", "111122223333", "us-east-1"), "golden")


def test_region_that_is_not_enabled(start_amisim, tmp_path):
    """--fixtures replaces a Region by one that the account has not enabled: it refuses every call."""
    (tmp_path / "mine.yaml").write_text(
        """
regions:
  - {name: ap-east-2, code: ape2, long_name: Asia Pacific (Taipei), opt_in: not-opted-in,
     geography: Taiwan, zones: {a: 1}}
"""
    )
    simulator = start_amisim("--fixtures", tmp_path)
    ec2 = simulator.client("ec2", "111122223333", "eu-west-1")
    for everything in (False, True):
        answer = ec2.describe_regions(AllRegions=everything)
        assert ("ap-east-2" in {region["RegionName"] for region in answer["Regions"]}) is everything
    with refused("AuthFailure", "AWS was not able to validate the provided access credentials"):
        simulator.client("ec2", "111122223333", "ap-east-2").describe_regions()
