"""RunInstances: what it refuses, in AWS's order, and what it makes of its parameters.

Texts that nobody has seen (guesses of docs/fidelity.md) are not asserted.
"""

import base64

import pytest
from image_steps import describe, register, snapshot
from machines import described, image_id, launch, launched, volumes_of
from simulator import refused


@pytest.fixture
def other(client):
    return client("ec2", account="900000000777")


# ---- The request alone ----


@pytest.mark.parametrize(
    "change, code, message",
    [
        ({"ImageId": None}, "MissingParameter", "The request must contain the parameter ImageId"),
        (
            {"MinCount": 0},
            "InvalidParameterValue",
            "Minimum instance count must be greater than zero",
        ),
        (
            {"MinCount": 2, "MaxCount": 1},
            "InvalidParameterValue",
            "Maximum instance count must not be smaller than minimum instance count",
        ),
        ({"ImageId": "ami-x"}, "InvalidAMIID.Malformed", 'Invalid id: "ami-x"'),
        (
            {"ImageId": "image"},
            "InvalidAMIID.Malformed",
            'Invalid id: "image" (expecting "ami-...")',
        ),
        ({"ClientToken": "x" * 65}, "InvalidParameterValue", None),
        ({"MetadataOptions": {"HttpTokens": "sometimes"}}, "InvalidParameterValue", None),
        (
            {
                "SubnetId": "subnet-1",
                "NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1"}],
            },
            "InvalidParameterCombination",
            "Network interfaces and an instance-level subnet ID may not be specified on the same"
            " request",
        ),
        (
            {"SecurityGroupIds": ["sg-1"], "NetworkInterfaces": [{"DeviceIndex": 0}]},
            "InvalidParameterCombination",
            "Network interfaces and an instance-level security groups may not be specified on the"
            " same request",
        ),
        ({"UserData": b"x" * 16385}, "InvalidParameterValue", None),
    ],
)
@pytest.mark.parametrize("dry", [False, True])
def test_refused_before_dry_run(ec2, change, code, message, dry):
    if isinstance(change.get("UserData"), bytes):
        change = {"UserData": change["UserData"].decode()}
    with refused(code, message):
        launch(ec2, DryRun=dry, **change)


def test_user_data_must_be_base64(amisim, account, ec2):
    reply = amisim.query(
        account,
        Action="RunInstances",
        ImageId=image_id(ec2),
        MinCount="1",
        MaxCount="1",
        UserData="no base64!",
    )
    assert "Invalid BASE64 encoding of user data." in reply.body


def test_dry_run(ec2):
    with refused("DryRunOperation"):
        launch(ec2, DryRun=True)
    assert ec2.describe_instances()["Reservations"] == []


def test_empty_values_are_absent(amisim, account, ec2):
    """As Packer sends them."""
    reply = amisim.query(
        account,
        **{
            "Action": "RunInstances",
            "ImageId": image_id(ec2),
            "InstanceType": "t3.micro",
            "MinCount": "1",
            "MaxCount": "1",
            "SubnetId": "",
            "KeyName": "",
            "UserData": "",
            "EbsOptimized": "false",
            "IamInstanceProfile.Name": "",
            "Placement.AvailabilityZone": "",
            "Placement.Tenancy": "",
            "CreditSpecification.CpuCredits": "unlimited",
        },
    )
    assert reply.status == 200, reply.body
    (one,) = ec2.describe_instances()["Reservations"][0]["Instances"]
    assert one["Placement"]["Tenancy"] == "default"


@pytest.mark.parametrize(
    "change",
    [
        {"InstanceMarketOptions": {"MarketType": "spot"}},
        {"Ipv6AddressCount": 1},
        {"Placement": {"HostId": "h-1"}},
        {"LicenseSpecifications": [{"LicenseConfigurationArn": "arn"}]},
    ],
)
def test_what_is_not_simulated_is_refused(ec2, change):
    with refused("UnsupportedOperation"):
        launch(ec2, **change)


# ---- The image ----


def test_unknown_image(ec2):
    text = "The image id '[ami-0ffffffffffffffff]' does not exist"
    with refused("InvalidAMIID.NotFound", text):
        launch(ec2, ImageId="ami-0ffffffffffffffff")


def test_image_of_another_region(ec2, client):
    with refused("InvalidAMIID.NotFound"):
        launch(client("ec2", region="eu-west-1"), ImageId=image_id(ec2))


def test_foreign_image(ec2, other, account):
    image = register(other)
    with refused("AuthFailure", f"Not authorized for images: [{image}]"):
        launch(ec2, ImageId=image, InstanceType="t2.micro")
    permission = {"Add": [{"UserId": account}]}
    other.modify_image_attribute(ImageId=image, LaunchPermission=permission)
    instance = launched(ec2, ImageId=image, InstanceType="t2.micro")
    (disk,) = volumes_of(ec2, instance).values()
    assert disk["OwnerId"] == account  # the snapshot was never shared


def test_deregistered_image(ec2, other):
    image = register(ec2)
    ec2.deregister_image(ImageId=image)
    with refused("InvalidAMIID.Unavailable", f"The image ID '{image}' is no longer available"):
        launch(ec2, ImageId=image)
    with refused("InvalidAMIID.NotFound"):
        launch(other, ImageId=image)


def test_pending_image(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    ec2 = amisim.client("ec2", account)
    amisim.control.clock(freeze=True)
    instance = launched(ec2)
    amisim.control.clock(advance="1m")
    image = ec2.create_image(InstanceId=instance, Name="unfinished")["ImageId"]
    text = f"The AMI ID '{image}' is currently pending and may not be used for this operation"
    with refused("InvalidAMIID.Unavailable", text):
        launch(ec2, ImageId=image)


# ---- Image and type ----


def test_architecture(ec2):
    arm = image_id(ec2, "al2023-ami-2023*-arm64")
    text = (
        "The architecture 'x86_64' of the specified instance type does not match the architecture"
        " 'arm64' of the specified AMI. Specify an instance type and an AMI that have matching"
        " architectures, and try again. You can use 'describe-instance-types' or 'describe-images'"
        " to discover the architecture of the instance type or AMI."
    )
    with refused("InvalidParameterValue", text):
        launch(ec2, ImageId=arm)
    instance = launched(ec2, ImageId=arm, InstanceType="t4g.micro")
    assert described(ec2, instance)["CurrentInstanceBootMode"] == "uefi"


def test_virtualization(ec2):
    paravirtual = image_id(ec2, "*", **{"virtualization-type": "paravirtual", "root-device-type": "ebs"})
    text = "Virtualization type 'hvm' is required for instances of type 't2.micro'."
    with refused("InvalidParameterCombination", text):
        launch(ec2, ImageId=paravirtual, InstanceType="t2.micro")
    text = (
        "Non-Windows instances with a virtualization type of 'hvm' are currently not supported for"
        " this instance type."
    )
    with refused("InvalidParameterCombination", text):
        launch(ec2, InstanceType="m1.small")
    with refused("InvalidParameterCombination", text):
        launch(ec2, InstanceType=None)  # m1.small is the default
    found = described(ec2, launched(ec2, ImageId=paravirtual, InstanceType="m1.small"))
    assert found["KernelId"].startswith("aki-")
    assert found["VirtualizationType"] == "paravirtual"


def test_ena(ec2):
    image = register(ec2)
    text = (
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.xlarge'"
        " instance type. Ensure that you are using an AMI that is enabled for ENA."
    )
    with refused("InvalidParameterCombination", text):
        launch(ec2, ImageId=image, InstanceType="m5.xlarge")
    launch(ec2, ImageId=register(ec2, EnaSupport=True), InstanceType="m5.xlarge")


def test_root_device(ec2):
    image = image_id(ec2, "*", **{"root-device-type": "instance-store"})
    with refused("UnsupportedOperation"):
        launch(ec2, ImageId=image, InstanceType="t1.micro")
    text = (
        "The attribute instanceInitiatedShutdownBehavior can only be used for EBS-backed images."
    )
    with refused("InvalidParameterCombination", text):
        launch(
            ec2,
            ImageId=image,
            InstanceType="m1.small",
            InstanceInitiatedShutdownBehavior="terminate",
        )


def test_boot_mode(ec2):
    image = register(ec2, EnaSupport=True, BootMode="uefi")
    found = described(ec2, launched(ec2, ImageId=image))
    assert (found["BootMode"], found["CurrentInstanceBootMode"]) == ("uefi", "uefi")
    preferred = register(ec2, EnaSupport=True, BootMode="uefi-preferred")
    found = described(ec2, launched(ec2, ImageId=preferred, InstanceType="t2.micro"))
    assert found["CurrentInstanceBootMode"] == "legacy-bios"


def test_unknown_type_and_zone(ec2):
    with refused("InvalidParameterValue"):
        launch(ec2, InstanceType="t9.huge")
    with refused("InvalidParameterValue", "Invalid availability zone: [us-east-1z]"):
        launch(ec2, Placement={"AvailabilityZone": "us-east-1z"})
    with refused("Unsupported") as caught:
        launch(ec2, Placement={"AvailabilityZone": "us-east-1e"})
    text = caught.value.response["Error"]["Message"]
    assert text.startswith(
        "Your requested instance type (t3.micro) is not supported in your requested Availability"
        " Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or"
        " choosing us-east-1a, "
    )


# ---- Disks ----


def ebs(device="/dev/xvda", **members):
    return {"DeviceName": device, "Ebs": members}


def test_disks_of_the_image(ec2):
    instance = launched(ec2)
    (root,) = volumes_of(ec2, instance).values()
    mapping = describe(ec2, described(ec2, instance)["ImageId"])["BlockDeviceMappings"][0]
    for name in ("SnapshotId", "VolumeType", "Iops", "Throughput", "Encrypted"):
        assert root[name] == mapping["Ebs"][name]
    assert root["Size"] == mapping["Ebs"]["VolumeSize"]
    assert root["State"] == "in-use"
    assert root["Attachments"][0]["DeleteOnTermination"] is True


def test_overrides_are_merged_field_by_field(ec2):
    instance = launched(ec2, BlockDeviceMappings=[ebs(VolumeSize=20, DeleteOnTermination=False)])
    (root,) = volumes_of(ec2, instance).values()
    assert (root["Size"], root["VolumeType"], root["Iops"]) == (20, "gp3", 3000)
    assert root["SnapshotId"]
    assert root["Attachments"][0]["DeleteOnTermination"] is False


def test_another_type_drops_what_belonged_to_the_old_one(ec2):
    image = register(ec2, BlockDeviceMappings=[ebs(SnapshotId=snapshot(ec2, 8), VolumeType="io1", Iops=400)])
    instance = launched(ec2, ImageId=image, InstanceType="t2.micro", BlockDeviceMappings=[ebs(VolumeType="gp3")])
    (root,) = volumes_of(ec2, instance).values()
    assert (root["VolumeType"], root["Iops"], root["Throughput"]) == ("gp3", 3000, 125)


def test_data_disks(ec2):
    image = register(ec2, snapshot(ec2), snapshot(ec2, 2))
    mappings = [
        {"DeviceName": "/dev/sdb", "NoDevice": ""},
        ebs("/dev/sdf", VolumeSize=3, VolumeType="gp3"),
        ebs("/dev/sdg", SnapshotId=snapshot(ec2, 4)),
        {"DeviceName": "/dev/sdh", "VirtualName": "ephemeral0"},
    ]
    instance = launched(ec2, ImageId=image, InstanceType="t2.micro", BlockDeviceMappings=mappings)
    volumes = volumes_of(ec2, instance)
    assert {device: one["Size"] for device, one in volumes.items()} == {
        "/dev/xvda": 1,
        "/dev/sdf": 3,
        "/dev/sdg": 4,
    }
    assert not volumes["/dev/sdf"]["Attachments"][0]["DeleteOnTermination"]


def test_refused_mappings(ec2):
    root = snapshot(ec2, 4)
    image = register(ec2, root)

    def refuse(message, *mappings, code="InvalidBlockDeviceMapping"):
        with refused(code, message):
            launch(ec2, ImageId=image, InstanceType="t2.micro", BlockDeviceMappings=list(mappings))

    refuse(
        f"Volume of size 2GB is smaller than snapshot '{root}', expect size >= 4GB",
        ebs(VolumeSize=2),
    )
    refuse("snapshotId cannot be modified on root device", ebs(SnapshotId=snapshot(ec2, 4)))
    refuse("Missing device name", {"Ebs": {"VolumeSize": 1}})
    refuse(None, ebs("/dev/sdf", VolumeSize=1), ebs("/dev/sdf", VolumeSize=1))
    refuse(None, {"DeviceName": "/dev/xvda", "NoDevice": ""})
    refuse(
        "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        ebs(KmsKeyId="alias/aws/ebs"),
        code="InvalidParameterDependency",
    )
    refuse(None, ebs("/dev/sdf", SnapshotId="snap-0ffffffffffffffff"), code="InvalidSnapshot.NotFound")
    assert ec2.describe_instances()["Reservations"] == []


def test_encrypted_at_launch(ec2, client):
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    mapping = ebs(Encrypted=True, KmsKeyId=key)
    with refused("DryRunOperation"):
        launch(ec2, DryRun=True, BlockDeviceMappings=[mapping])
    instance = launched(ec2, BlockDeviceMappings=[mapping])
    (root,) = volumes_of(ec2, instance).values()
    assert (root["Encrypted"], root["KmsKeyId"]) == (True, key)


def test_a_key_that_cannot_be_used_ends_the_launch_later(ec2, client):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    answer = launch(ec2, BlockDeviceMappings=[ebs(Encrypted=True, KmsKeyId=key)])
    assert answer["Instances"][0]["State"]["Name"] == "pending"
    found = described(ec2, answer["Instances"][0]["InstanceId"])
    assert found["State"]["Name"] == "terminated"
    assert found["StateReason"]["Code"] == "Client.InvalidKMSKey.InvalidState"
    assert ec2.describe_volumes()["Volumes"] == []


# ---- The network ----


def test_default_network(ec2):
    found = described(ec2, launched(ec2))
    assert found["PrivateIpAddress"].startswith("172.31.")
    dashed = found["PrivateIpAddress"].replace(".", "-")
    assert found["PrivateDnsName"] == f"ip-{dashed}.ec2.internal"
    dashed = found["PublicIpAddress"].replace(".", "-")
    assert found["PublicDnsName"] == f"ec2-{dashed}.compute-1.amazonaws.com"
    assert [group["GroupName"] for group in found["SecurityGroups"]] == ["default"]


def test_names_of_other_regions(client):
    ec2 = client("ec2", region="eu-west-1")
    found = described(ec2, launched(ec2))
    assert found["PrivateDnsName"].endswith(".eu-west-1.compute.internal")
    assert found["PublicDnsName"].endswith(".eu-west-1.compute.amazonaws.com")


def test_the_same_network_for_all_of_an_account(ec2):
    one, two = described(ec2, launched(ec2)), described(ec2, launched(ec2))
    assert (one["VpcId"], one["SubnetId"]) == (two["VpcId"], two["SubnetId"])
    assert one["PrivateIpAddress"] != two["PrivateIpAddress"]


def test_a_zone_by_name_or_id(ec2):
    by_name = described(ec2, launched(ec2, Placement={"AvailabilityZone": "us-east-1b"}))
    assert by_name["Placement"]["AvailabilityZone"] == "us-east-1b"
    zone = by_name["Placement"]["AvailabilityZoneId"]
    by_id = described(ec2, launched(ec2, Placement={"AvailabilityZoneId": zone}))
    assert by_id["SubnetId"] == by_name["SubnetId"]


def test_unknown_parts(ec2):
    with refused("InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist"):
        launch(ec2, SubnetId="subnet-1")
    group = "sg-0123456789abcde00"
    with refused("InvalidGroup.NotFound", f"The security group '{group}' does not exist"):
        launch(ec2, SecurityGroupIds=[group])
    with refused("InvalidKeyPair.NotFound", "The key pair 'mine' does not exist"):
        launch(ec2, KeyName="mine")


def test_interface_in_the_request(ec2):
    first = described(ec2, launched(ec2))
    nic = {
        "DeviceIndex": 0,
        "SubnetId": first["SubnetId"],
        "Groups": [first["SecurityGroups"][0]["GroupId"]],
        "AssociatePublicIpAddress": False,
        "PrivateIpAddress": "172.31.0.77",
        "Description": "eth",
    }
    found = described(ec2, launched(ec2, NetworkInterfaces=[nic]))
    assert found["PrivateIpAddress"] == "172.31.0.77"
    assert "PublicIpAddress" not in found
    assert found["NetworkInterfaces"][0]["Description"] == "eth"
    with refused("InvalidIPAddress.InUse", "Address 172.31.0.77 is in use."):
        launch(ec2, NetworkInterfaces=[nic])
    with refused("InvalidParameterValue"):
        launch(ec2, PrivateIpAddress="10.0.0.7")
    with refused("InvalidNetworkInterfaceID.NotFound"):
        launch(ec2, NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": "eni-1"}])


# ---- Tokens ----


def test_the_same_token_shows_the_present_state(ec2):
    request = {"ClientToken": "again", "count": 2}
    first = launch(ec2, **request)
    assert first["Instances"][0]["BlockDeviceMappings"] == []
    assert "PublicIpAddress" not in first["Instances"][0]
    second = launch(ec2, **request)
    assert second["ReservationId"] == first["ReservationId"]
    ids = [[one["InstanceId"] for one in some["Instances"]] for some in (first, second)]
    assert ids[0] == ids[1]
    assert second["Instances"][0]["BlockDeviceMappings"]
    assert second["Instances"][0]["State"]["Name"] == "running"
    assert len(ec2.describe_instances()["Reservations"]) == 1


def test_a_token_with_other_parameters(ec2):
    launch(ec2, ClientToken="again")
    with refused("IdempotentParameterMismatch"):
        launch(ec2, ClientToken="again", MetadataOptions={"HttpTokens": "optional"})


def test_the_token_of_a_terminated_instance(ec2):
    instance = launched(ec2, ClientToken="again")
    ec2.terminate_instances(InstanceIds=[instance])
    with refused("IdempotentInstanceTerminated"):
        launch(ec2, ClientToken="again")


# ---- The rest ----


def test_tags(ec2):
    kinds = ("instance", "volume", "network-interface")
    specs = [{"ResourceType": kind, "Tags": [{"Key": "k", "Value": kind}]} for kind in kinds]
    instance = launched(ec2, TagSpecifications=specs)
    shown = {tag["ResourceType"]: tag["Value"] for tag in ec2.describe_tags()["Tags"]}
    assert shown == {kind: kind for kind in kinds}
    assert described(ec2, instance)["Tags"] == [{"Key": "k", "Value": "instance"}]
    with refused(
        "InvalidParameterValue",
        "'snapshot' is not a valid taggable resource type for this operation.",
    ):
        launch(ec2, TagSpecifications=[{"ResourceType": "snapshot", "Tags": [{"Key": "k"}]}])


def test_metadata_options(ec2):
    old = register(ec2, EnaSupport=True)
    options = described(ec2, launched(ec2, ImageId=old))["MetadataOptions"]
    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("optional", 1)
    wanted = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 5, "InstanceMetadataTags": "enabled"}
    options = described(ec2, launched(ec2, MetadataOptions=wanted))["MetadataOptions"]
    assert wanted.items() <= options.items()


def test_last_launched(ec2):
    image = register(ec2, EnaSupport=True)
    launch(ec2, ImageId=image)
    answer = ec2.describe_image_attribute(ImageId=image, Attribute="lastLaunchedTime")
    assert "LastLaunchedTime" in answer


def test_options_are_kept(ec2):
    instance = launched(
        ec2,
        EbsOptimized=True,
        Monitoring={"Enabled": True},
        CpuOptions={"CoreCount": 1, "ThreadsPerCore": 1},
        MaintenanceOptions={"AutoRecovery": "disabled"},
        CapacityReservationSpecification={"CapacityReservationPreference": "none"},
        PrivateDnsNameOptions={"HostnameType": "resource-name"},
        UserData="#!/bin/sh",
    )
    found = described(ec2, instance)
    assert found["EbsOptimized"] is True
    assert found["Monitoring"] == {"State": "enabled"}
    assert found["CpuOptions"] == {"CoreCount": 1, "ThreadsPerCore": 1}
    assert found["MaintenanceOptions"]["AutoRecovery"] == "disabled"
    assert found["PrivateDnsNameOptions"]["HostnameType"] == "resource-name"
    assert base64.b64encode(b"#!/bin/sh")


def test_quota(start_amisim, account, tmp_path):
    path = tmp_path / "quotas.yaml"
    path.write_text("quotas:\n  - {name: on-demand-standard-vcpus, value: 5, source: guess, about: few}\n")
    ec2 = start_amisim("--pace", "instant", "--fixtures", path).client("ec2", account)
    assert len(launch(ec2, count=1, MaxCount=4)["Instances"]) == 2  # two vCPUs each
    with refused("VcpuLimitExceeded") as caught:
        launch(ec2)
    assert "your current vCPU limit of 5 allows" in caught.value.response["Error"]["Message"]


def test_marketplace(start_amisim, account, tmp_path, ec2):
    product = {"owner-alias": "aws-marketplace"}
    image = image_id(ec2, "*", **product)
    with refused("OptInRequired"):
        launch(ec2, ImageId=image)
    (code,) = describe(ec2, image)["ProductCodes"]
    path = tmp_path / "subscriptions.yaml"
    text = f'subscriptions:\n  - {{code: {code["ProductCodeId"]}, accounts: ["{account}"]}}\n'
    path.write_text(text)
    amisim = start_amisim("--pace", "instant", "--fixtures", path)
    subscribed = amisim.client("ec2", account)
    found = described(subscribed, launched(subscribed, ImageId=image))
    assert found["ProductCodes"] == [code]
    with refused("OptInRequired"):
        launch(amisim.client("ec2", "900000000666"), ImageId=image)


def test_disabled_image(ec2):
    image = register(ec2, EnaSupport=True)
    ec2.disable_image(ImageId=image)
    with refused("InvalidAMIID.Unavailable"):
        launch(ec2, ImageId=image)
    ec2.enable_image(ImageId=image)
    launch(ec2, ImageId=image)


def test_allowed_images(ec2):
    own, public = register(ec2, EnaSupport=True), image_id(ec2)
    criteria = [{"ImageProviders": ["123456789012"]}]
    ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=criteria)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    launch(ec2, ImageId=public)
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="enabled")
    launch(ec2, ImageId=own)  # own images are always allowed
    with refused("AuthFailure", f"Not authorized for images: [{public}]"):
        launch(ec2, ImageId=public)
