"""Steps that the tests of images share: a snapshot, an image, an instance to make one of."""

import itertools

_numbers = itertools.count(1)


def name(prefix="image"):
    """A name that no other test uses."""
    return f"{prefix}-{next(_numbers)}"


def snapshot(ec2, size=1, **volume):
    """A completed snapshot of a new volume (at pace instant)."""
    zone = f"{ec2.meta.region_name}a"
    made = ec2.create_volume(AvailabilityZone=zone, Size=size, **volume)
    return ec2.create_snapshot(VolumeId=made["VolumeId"])["SnapshotId"]


def register(ec2, *snapshots, **parameters):
    """RegisterImage as a user calls it; the first snapshot is the root."""
    devices = ["/dev/xvda", "/dev/sdb", "/dev/sdc"]
    mappings = [
        {"DeviceName": device, "Ebs": {"SnapshotId": snapshot_id}}
        for device, snapshot_id in zip(devices, snapshots or [snapshot(ec2)])
    ]
    wanted = {
        "Name": name(),
        "Architecture": "x86_64",
        "VirtualizationType": "hvm",
        "RootDeviceName": "/dev/xvda",
        "BlockDeviceMappings": mappings,
    }
    return ec2.register_image(**{**wanted, **parameters})["ImageId"]


def describe(ec2, image, **parameters):
    """The one image as DescribeImages shows it."""
    return ec2.describe_images(ImageIds=[image], **parameters)["Images"][0]


def ids(answer):
    return [image["ImageId"] for image in answer["Images"]]


def snapshots_of(image):
    return [m["Ebs"].get("SnapshotId") for m in image["BlockDeviceMappings"] if "Ebs" in m]


def public_image(ec2, pattern="al2023-ami-2023*-x86_64"):
    """The id of a public image of Amazon in this Region."""
    found = ec2.describe_images(
        Owners=["amazon"],
        Filters=[{"Name": "name", "Values": [pattern]}],
    )["Images"]
    return sorted(found, key=lambda image: image["Name"])[-1]["ImageId"]


def run(ec2, **parameters):
    """The id of an instance; running at pace instant."""
    wanted = {"InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    if "ImageId" not in parameters:
        wanted["ImageId"] = public_image(ec2)
    return ec2.run_instances(**{**wanted, **parameters})["Instances"][0]["InstanceId"]


def old_windows(folder):
    """A file for --fixtures: a Windows image of instance store, of which no public one is left."""
    file = folder / "images.yaml"
    file.write_text(
        """
images:
  - owner: "801119661308"
    owner_alias: amazon
    images:
      - name: windows-of-old
        architecture: x86_64
        created: "2012-01-01T00:00:00Z"
        virtualization: hvm
        root_device_type: instance-store
        location: windows-{region}/old.manifest.xml
        platform: windows
        platform_details: Windows
        usage_operation: "RunInstances:0002"
"""
    )
    return file
