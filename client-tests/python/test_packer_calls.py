"""The calls of newer Packers (plugin amazon 1.2 and later), which cannot be had here; one step of a build is
one function. client-tests/packer runs the real 1.6.6: what it calls, too, is not repeated here.

Packer sends what is not set as an empty value.
"""

import base64
import datetime

import pytest
from simulator import refused

HOME, ABROAD = "us-east-1", "eu-west-1"
NAME = "golden"
RUN_TAGS = [{"Key": "Name", "Value": "Packer Builder"}]
TAGS = [{"Key": "Stage", "Value": "golden"}]
FRIEND = "210987654321"
ORGANIZATION = "arn:aws:organizations::123456789012:organization/o-123example"
UNIT = "arn:aws:organizations::123456789012:ou/o-123example/ou-1234-5example"
UEFI_DATA = base64.b64encode(b"AMZNUEFI" + bytes(64)).decode()


@pytest.fixture
def ec2(client):
    """ec2(region)"""
    return lambda region=HOME: client("ec2", region)


def tag_specs(tags, *types):
    return [{"ResourceType": type, "Tags": tags} for type in types]


def name_filter(name):
    return [{"Name": "name", "Values": [name]}]


def prevalidate(ec2):
    """Which also asks for the Regions where they are not given as valid (skip_region_validation)."""
    regions = {region["RegionName"] for region in ec2().describe_regions()["Regions"]}
    assert {HOME, ABROAD} <= regions
    taken = ec2().describe_images(Owners=["self"], Filters=name_filter(NAME))["Images"]
    assert taken == []


def source_ami(ec2, name="al2023-ami-2023.*-x86_64"):
    found = ec2().describe_images(
        Owners=["amazon"],
        IncludeDeprecated=True,
        Filters=name_filter(name) + [{"Name": "root-device-type", "Values": ["ebs"]}],
    )["Images"]
    image = max(found, key=lambda image: image["CreationDate"])
    assert image["RootDeviceType"] == "ebs"
    return image


def scaffolding(ec2):
    """A key pair and a security group, tagged at once."""
    key = ec2().create_key_pair(
        KeyName="packer_key", KeyType="rsa", TagSpecifications=tag_specs(RUN_TAGS, "key-pair")
    )
    assert key["KeyMaterial"]
    group = ec2().create_security_group(
        GroupName="packer_group",
        Description="Temporary group for Packer",
        VpcId="",
        TagSpecifications=tag_specs(RUN_TAGS, "security-group"),
    )["GroupId"]
    ec2().get_waiter("security_group_exists").wait(GroupIds=[group])
    ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2().authorize_security_group_ingress(GroupId=group, IpPermissions=[ssh])
    return group


def run_source_instance(ec2, image, group, disks=(), **more):
    started = ec2().run_instances(
        ImageId=image["ImageId"],
        InstanceType="t3.micro",
        UserData="",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": ""},
        BlockDeviceMappings=list(disks),
        Placement={"AvailabilityZone": "", "Tenancy": "default"},
        EbsOptimized=False,
        EnclaveOptions={"Enabled": False},
        CreditSpecification={"CpuCredits": "standard"},
        MetadataOptions={
            "HttpEndpoint": "enabled",
            "HttpTokens": "required",
            "HttpPutResponseHopLimit": 1,
            "InstanceMetadataTags": "enabled",
        },
        CapacityReservationSpecification={"CapacityReservationPreference": "none"},
        TagSpecifications=tag_specs(RUN_TAGS, "instance", "network-interface")
        + tag_specs(TAGS, "volume"),
        KeyName="packer_key",
        SubnetId="",
        SecurityGroupIds=[group],
        InstanceInitiatedShutdownBehavior="stop",
        **more,
    )
    id = started["Instances"][0]["InstanceId"]
    ec2().get_waiter("instance_running").wait(InstanceIds=[id])
    return ec2().describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0]


def stop(ec2, instance):
    ec2().stop_instances(InstanceIds=[instance])
    ec2().get_waiter("instance_stopped").wait(InstanceIds=[instance])
    ec2().modify_instance_attribute(InstanceId=instance, EnaSupport={"Value": True})


def available(ec2, region, image):
    ec2(region).get_waiter("image_available").wait(ImageIds=[image])
    return ec2(region).describe_images(ImageIds=[image])["Images"][0]


def snapshots_of(image):
    return [m["Ebs"]["SnapshotId"] for m in image["BlockDeviceMappings"] if "Ebs" in m]


def tags(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


def copy(ec2, image, region, **more):
    copied = ec2(region).copy_image(
        SourceRegion=HOME, SourceImageId=image, Name=NAME, CopyImageTags=True, **more
    )["ImageId"]
    return available(ec2, region, copied)


def share(ec2, region, image):
    """Each attribute on its own; who is added is named twice."""
    change = ec2(region).modify_image_attribute
    id = image["ImageId"]
    change(ImageId=id, Description={"Value": "made by Packer"})
    change(ImageId=id, UserIds=[FRIEND], LaunchPermission={"Add": [{"UserId": FRIEND}]})
    change(
        ImageId=id,
        OrganizationArns=[ORGANIZATION],
        LaunchPermission={"Add": [{"OrganizationArn": ORGANIZATION}]},
    )
    change(
        ImageId=id,
        OrganizationalUnitArns=[UNIT],
        LaunchPermission={"Add": [{"OrganizationalUnitArn": UNIT}]},
    )
    change(ImageId=id, ImdsSupport={"Value": "v2.0"})
    for snapshot in snapshots_of(image):
        ec2(region).modify_snapshot_attribute(
            SnapshotId=snapshot,
            UserIds=[FRIEND],
            CreateVolumePermission={"Add": [{"UserId": FRIEND}]},
        )


def permissions(ec2, region, image):
    found = ec2(region).describe_image_attribute(ImageId=image, Attribute="launchPermission")
    return [value for permission in found["LaunchPermissions"] for value in permission.values()]


def tag(ec2, region, image):
    snapshots = snapshots_of(image)
    ec2(region).create_tags(Resources=[image["ImageId"], *snapshots], Tags=TAGS)
    ec2(region).create_tags(Resources=snapshots, Tags=[{"Key": "Disk", "Value": "yes"}])


def destroy(ec2, region, image):
    """DestroyAMIs, and force_deregister with force_delete_snapshot."""
    (shown,) = ec2(region).describe_images(ImageIds=[image])["Images"]
    ec2(region).deregister_image(ImageId=image)
    for snapshot in snapshots_of(shown):
        ec2(region).delete_snapshot(SnapshotId=snapshot)


def take_down(ec2, instance, group):
    ec2().terminate_instances(InstanceIds=[instance])
    ec2().get_waiter("instance_terminated").wait(InstanceIds=[instance])
    ec2().delete_security_group(GroupId=group)
    ec2().delete_key_pair(KeyName="packer_key")


def test_amazon_ebs(ec2, client):
    """encrypt_boot, region_kms_key_ids, deprecate_at, deregistration_protection, imds_support, ami_org_arns."""
    keys = {region: client("kms", region).create_key()["KeyMetadata"]["Arn"] for region in (HOME, ABROAD)}
    prevalidate(ec2)
    group = scaffolding(ec2)
    instance = run_source_instance(ec2, source_ami(ec2), group)
    (nic,) = ec2().describe_network_interfaces()["NetworkInterfaces"]
    assert {t["Key"]: t["Value"] for t in nic["TagSet"]} == tags(instance) == {"Name": "Packer Builder"}
    assert instance["MetadataOptions"]["InstanceMetadataTags"] == "enabled"
    id = instance["InstanceId"]
    stop(ec2, id)

    between = ec2().create_image(
        InstanceId=id,
        Name="UQwF8No",
        NoReboot=True,  # since the guest said that it has shut down
        BlockDeviceMappings=[],
        TagSpecifications=tag_specs(RUN_TAGS, "image", "snapshot"),
    )["ImageId"]
    plain = available(ec2, HOME, between)
    copies = {
        region: copy(ec2, between, region, Encrypted=True, KmsKeyId=key)
        for region, key in keys.items()
    }
    in_a_year = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365)
    in_a_year = in_a_year.replace(second=0)  # AWS knows no seconds here
    for region, image in copies.items():
        share(ec2, region, image)
        ec2(region).enable_image_deprecation(ImageId=image["ImageId"], DeprecateAt=in_a_year)
        ec2(region).enable_image_deregistration_protection(
            ImageId=image["ImageId"], WithCooldown=False
        )
        tag(ec2, region, image)
    destroy(ec2, HOME, between)
    take_down(ec2, id, group)

    for region, image in copies.items():
        (shown,) = ec2(region).describe_images(Owners=["self"])["Images"]
        assert (shown["ImageId"], shown["Name"]) == (image["ImageId"], NAME)
        assert shown["Description"] == "made by Packer" and shown["ImdsSupport"] == "v2.0"
        assert shown["DeprecationTime"] == f"{in_a_year:%Y-%m-%dT%H:%M}:00.000Z"
        assert shown["DeregistrationProtection"] == "enabled-without-cooldown"
        assert tags(shown) == {"Name": "Packer Builder", "Stage": "golden"}
        assert set(permissions(ec2, region, image["ImageId"])) == {FRIEND, ORGANIZATION, UNIT}
        (snapshot,) = ec2(region).describe_snapshots(OwnerIds=["self"])["Snapshots"]
        assert snapshot["KmsKeyId"] == keys[region]
        assert tags(snapshot) == {"Disk": "yes", "Stage": "golden"}
        with refused("OperationNotPermitted"):
            ec2(region).deregister_image(ImageId=image["ImageId"])
    assert tags(plain) == {"Name": "Packer Builder"}
    assert ec2().describe_key_pairs()["KeyPairs"] == []


def test_without_encryption_and_in_no_hurry(ec2):
    """encrypt_boot unset: an empty key, no Encrypted; and snapshot_copy_duration_minutes."""
    group = scaffolding(ec2)
    instance = run_source_instance(ec2, source_ami(ec2), group)["InstanceId"]
    stop(ec2, instance)
    made = ec2().create_image(InstanceId=instance, Name=NAME)["ImageId"]
    available(ec2, HOME, made)
    copied = copy(ec2, made, ABROAD, KmsKeyId="", SnapshotCopyCompletionDurationMinutes=15)
    assert not copied["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]
    take_down(ec2, instance, group)
    for region, image in ((HOME, made), (ABROAD, copied["ImageId"])):
        destroy(ec2, region, image)
        assert ec2(region).describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_amazon_ebssurrogate(ec2):
    """boot_mode, tpm_support, uefi_data, gp3 with throughput, use_create_image = false."""
    group = scaffolding(ec2)
    disk = {
        "DeviceName": "/dev/xvdf",
        "Ebs": {
            "VolumeType": "gp3",
            "VolumeSize": 8,
            "Iops": 4000,
            "Throughput": 250,
            "DeleteOnTermination": True,
            "KmsKeyId": "",
        },
    }
    instance = run_source_instance(ec2, source_ami(ec2), group, [disk])
    stop(ec2, instance["InstanceId"])
    (volume,) = [
        m["Ebs"]["VolumeId"]
        for m in instance["BlockDeviceMappings"]
        if m["DeviceName"] == "/dev/xvdf"
    ]
    snapshot = ec2().create_snapshot(
        VolumeId=volume,
        Description="Packer: now",
        TagSpecifications=tag_specs(TAGS, "snapshot"),
    )["SnapshotId"]
    ec2().get_waiter("snapshot_completed").wait(SnapshotIds=[snapshot])
    del disk["Ebs"]["KmsKeyId"]
    image = ec2().register_image(
        Name=NAME,
        Architecture="x86_64",
        RootDeviceName="/dev/xvda",
        VirtualizationType="hvm",
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": {**disk["Ebs"], "SnapshotId": snapshot}}
        ],
        SriovNetSupport="simple",
        EnaSupport=True,
        BootMode="uefi",
        UefiData=UEFI_DATA,
        TpmSupport="v2.0",
        ImdsSupport="v2.0",
        TagSpecifications=tag_specs(TAGS, "image"),
    )["ImageId"]
    shown = available(ec2, HOME, image)
    assert (shown["BootMode"], shown["TpmSupport"], shown["ImdsSupport"]) == ("uefi", "v2.0", "v2.0")
    ebs = shown["BlockDeviceMappings"][0]["Ebs"]
    assert (ebs["VolumeType"], ebs["Iops"], ebs["Throughput"]) == ("gp3", 4000, 250)
    data = ec2().describe_image_attribute(ImageId=image, Attribute="uefiData")
    assert data["UefiData"]["Value"] == UEFI_DATA
    take_down(ec2, instance["InstanceId"], group)


def test_swapped_root_volume(ec2):
    """amazon-ebssurrogate with use_create_image: the prepared disk becomes the root of the instance."""
    group = scaffolding(ec2)
    disk = {"DeviceName": "/dev/xvdf", "Ebs": {"VolumeSize": 9, "DeleteOnTermination": True}}
    instance = run_source_instance(ec2, source_ami(ec2), group, [disk])
    stop(ec2, instance["InstanceId"])
    volumes = {m["DeviceName"]: m["Ebs"]["VolumeId"] for m in instance["BlockDeviceMappings"]}
    for volume in volumes.values():
        ec2().detach_volume(VolumeId=volume)
        ec2().get_waiter("volume_available").wait(VolumeIds=[volume])
    ec2().attach_volume(
        VolumeId=volumes["/dev/xvdf"], InstanceId=instance["InstanceId"], Device="/dev/xvda"
    )
    ec2().get_waiter("volume_in_use").wait(VolumeIds=[volumes["/dev/xvdf"]])
    image = ec2().create_image(InstanceId=instance["InstanceId"], Name=NAME)["ImageId"]
    (root,) = available(ec2, HOME, image)["BlockDeviceMappings"]
    assert (root["DeviceName"], root["Ebs"]["VolumeSize"]) == ("/dev/xvda", 9)
    take_down(ec2, instance["InstanceId"], group)


def test_fast_launch(ec2):
    """Of a Windows image, by a launch template that is looked up by its name."""
    group = scaffolding(ec2)
    windows = source_ami(ec2, "Windows_Server-2022-English-Full-Base-*")
    instance = run_source_instance(ec2, windows, group)["InstanceId"]
    stop(ec2, instance)
    image = ec2().create_image(InstanceId=instance, Name=NAME)["ImageId"]
    available(ec2, HOME, image)
    ec2().create_launch_template(
        LaunchTemplateName="fast", LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    (template,) = ec2().describe_launch_templates(LaunchTemplateNames=["fast"])["LaunchTemplates"]
    ec2().enable_fast_launch(
        ImageId=image,
        MaxParallelLaunches=6,
        SnapshotConfiguration={"TargetResourceCount": 10},
        LaunchTemplate={
            "LaunchTemplateId": template["LaunchTemplateId"],
            "Version": str(template["LatestVersionNumber"]),
        },
    )
    (status,) = ec2().describe_fast_launch_images(ImageIds=[image])["FastLaunchImages"]
    assert status["State"] == "enabled"
    take_down(ec2, instance, group)
