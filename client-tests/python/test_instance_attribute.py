"""Attributes and settings of instances; instance types; attributes of the account."""

import base64
import re
import subprocess

import pytest
from machines import described, image_id, launched, unknown, volumes_of
from model import documented_filters
from simulator import refused


@pytest.fixture
def stopped(ec2):
    instance = launched(ec2)
    ec2.stop_instances(InstanceIds=[instance])
    return instance


def attribute(ec2, instance, name):
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)
    assert answer["InstanceId"] == instance
    return answer[name[0].upper() + name[1:]]


# ---- DescribeInstanceAttribute ----


def test_attributes_of_a_new_instance(ec2):
    instance = launched(ec2, UserData="#!/bin/sh")
    assert attribute(ec2, instance, "instanceType") == {"Value": "t3.micro"}
    assert attribute(ec2, instance, "rootDeviceName") == {"Value": "/dev/xvda"}
    assert attribute(ec2, instance, "userData") == {
        "Value": base64.b64encode(b"#!/bin/sh").decode()
    }
    assert attribute(ec2, instance, "instanceInitiatedShutdownBehavior") == {"Value": "stop"}
    for name in ("disableApiTermination", "disableApiStop", "ebsOptimized"):
        assert attribute(ec2, instance, name) == {"Value": False}
    for name in ("sourceDestCheck", "enaSupport"):
        assert attribute(ec2, instance, name) == {"Value": True}
    assert attribute(ec2, instance, "enclaveOptions") == {"Enabled": False}
    assert attribute(ec2, instance, "sriovNetSupport") == {"Value": "simple"}
    for name in ("kernel", "ramdisk"):
        answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute=name)
        assert answer[name.capitalize() + "Id"] == {}
    assert attribute(ec2, instance, "productCodes") == []
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="groupSet")
    assert answer["Groups"][0]["GroupId"] == described(ec2, instance)["SecurityGroups"][0]["GroupId"]
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="blockDeviceMapping")
    assert answer["BlockDeviceMappings"] == described(ec2, instance)["BlockDeviceMappings"]


def test_unknown_attribute(ec2):
    instance = launched(ec2)
    text = "Value (colour) for parameter attribute is invalid. Unknown attribute."
    with refused("InvalidParameterValue", text):
        ec2.describe_instance_attribute(InstanceId=instance, Attribute="colour")
    with refused("InvalidInstanceID.NotFound"):
        ec2.describe_instance_attribute(InstanceId=unknown(1), Attribute="userData")


# ---- ModifyInstanceAttribute ----


@pytest.mark.parametrize(
    "change, name, value",
    [
        ({"InstanceType": {"Value": "t3.large"}}, "instanceType", {"Value": "t3.large"}),
        ({"EnaSupport": {"Value": False}}, "enaSupport", {"Value": False}),
        ({"SriovNetSupport": {"Value": "simple"}}, "sriovNetSupport", {"Value": "simple"}),
        ({"EbsOptimized": {"Value": True}}, "ebsOptimized", {"Value": True}),
        ({"UserData": {"Value": b"new"}}, "userData", {"Value": "bmV3"}),
    ],
)
def test_what_needs_a_stop(ec2, change, name, value):
    instance = launched(ec2)
    with refused(
        "IncorrectInstanceState", f"The instance '{instance}' is not in the 'stopped' state."
    ):
        ec2.modify_instance_attribute(InstanceId=instance, **change)
    ec2.stop_instances(InstanceIds=[instance])
    ec2.modify_instance_attribute(InstanceId=instance, **change)
    assert attribute(ec2, instance, name) == value


@pytest.mark.parametrize(
    "change, name, value",
    [
        ({"DisableApiTermination": {"Value": True}}, "disableApiTermination", {"Value": True}),
        ({"DisableApiStop": {"Value": True}}, "disableApiStop", {"Value": True}),
        ({"SourceDestCheck": {"Value": False}}, "sourceDestCheck", {"Value": False}),
        (
            {"InstanceInitiatedShutdownBehavior": {"Value": "terminate"}},
            "instanceInitiatedShutdownBehavior",
            {"Value": "terminate"},
        ),
        (
            {"Attribute": "disableApiTermination", "Value": "true"},
            "disableApiTermination",
            {"Value": True},
        ),
    ],
)
def test_what_may_change_while_it_runs(ec2, change, name, value):
    instance = launched(ec2)
    ec2.modify_instance_attribute(InstanceId=instance, **change)
    assert attribute(ec2, instance, name) == value


def test_one_attribute_at_a_time(ec2, stopped):
    with refused("InvalidParameterCombination", "No attributes specified."):
        ec2.modify_instance_attribute(InstanceId=stopped)
    text = "Fields for multiple attribute types specified: ebsOptimized, enaSupport"
    with refused("InvalidParameterCombination", text):
        ec2.modify_instance_attribute(
            InstanceId=stopped, EnaSupport={"Value": False}, EbsOptimized={"Value": True}
        )
    assert attribute(ec2, stopped, "enaSupport") == {"Value": True}


def test_the_older_form(ec2):
    instance = launched(ec2)
    with refused("MissingParameter", "The request must contain the parameter attribute"):
        ec2.modify_instance_attribute(InstanceId=instance, Value="true", DisableApiStop={"Value": True})
    for name in ("disableApiStop", "sourceDestCheck"):
        with refused("InvalidParameterValue"):
            ec2.modify_instance_attribute(InstanceId=instance, Attribute=name, Value="yes")
        ec2.modify_instance_attribute(InstanceId=instance, Attribute=name, Value="false")
        assert attribute(ec2, instance, name) == {"Value": False}


def test_several_interfaces(ec2):
    nics = [{"DeviceIndex": n, "NetworkCardIndex": 0} for n in range(2)]
    instance = launched(ec2, NetworkInterfaces=nics)
    text = (
        f"There are multiple interfaces attached to instance '{instance}'. Please specify an"
        " interface ID for the operation instead."
    )
    group = described(ec2, instance)["SecurityGroups"][0]["GroupId"]
    for change in ({"Groups": [group]}, {"SourceDestCheck": {"Value": False}}):
        with refused("InvalidInstanceID", text):
            ec2.modify_instance_attribute(InstanceId=instance, **change)
    with refused("InvalidInstanceID", text):
        ec2.reset_instance_attribute(InstanceId=instance, Attribute="sourceDestCheck")


def test_a_type_that_does_not_fit(ec2, stopped):
    for wrong, code in (
        ("t9.huge", "InvalidInstanceAttributeValue"),
        ("t4g.micro", "InvalidParameterValue"),
    ):
        with refused(code):
            ec2.modify_instance_attribute(InstanceId=stopped, InstanceType={"Value": wrong})
    ec2.modify_instance_attribute(InstanceId=stopped, EnaSupport={"Value": False})
    text = (
        "Enhanced networking with the Elastic Network Adapter (ENA) is required for the 'm5.large'"
        " instance type. Ensure that your instance is enabled for ENA."
    )
    with refused("InvalidParameterCombination", text):
        ec2.modify_instance_attribute(InstanceId=stopped, InstanceType={"Value": "m5.large"})


def test_groups(ec2):
    instance = launched(ec2)
    group = ec2.create_security_group(GroupName="g", Description="d")["GroupId"]
    ec2.modify_instance_attribute(InstanceId=instance, Groups=[group])
    found = described(ec2, instance)
    assert [one["GroupId"] for one in found["SecurityGroups"]] == [group]
    assert [one["GroupId"] for one in found["NetworkInterfaces"][0]["Groups"]] == [group]


def test_delete_on_termination(ec2):
    instance = launched(ec2)
    change = {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}
    ec2.modify_instance_attribute(InstanceId=instance, BlockDeviceMappings=[change])
    (root,) = volumes_of(ec2, instance).values()
    assert root["Attachments"][0]["DeleteOnTermination"] is False
    change = {"DeviceName": "/dev/sdz", "Ebs": {"DeleteOnTermination": False}}
    text = "No device is currently mapped at /dev/sdz"
    with refused("InvalidInstanceAttributeValue", text):
        ec2.modify_instance_attribute(InstanceId=instance, BlockDeviceMappings=[change])
    change = {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": True}}
    other = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    change["Ebs"]["VolumeId"] = other
    with refused("InvalidInstanceAttributeValue"):  # another one is there
        ec2.modify_instance_attribute(InstanceId=instance, BlockDeviceMappings=[change])
    change["Ebs"]["VolumeId"] = root["VolumeId"]
    ec2.modify_instance_attribute(InstanceId=instance, BlockDeviceMappings=[change])
    (root,) = volumes_of(ec2, instance).values()
    assert root["Attachments"][0]["DeleteOnTermination"] is True


def test_dry_run_of_a_modification(ec2):
    instance = launched(ec2)
    with refused("DryRunOperation"):
        ec2.modify_instance_attribute(
            InstanceId=instance, DisableApiStop={"Value": True}, DryRun=True
        )
    assert attribute(ec2, instance, "disableApiStop") == {"Value": False}


def test_reset(ec2, stopped):
    ec2.modify_instance_attribute(InstanceId=stopped, SourceDestCheck={"Value": False})
    ec2.reset_instance_attribute(InstanceId=stopped, Attribute="sourceDestCheck")
    assert attribute(ec2, stopped, "sourceDestCheck") == {"Value": True}
    ec2.reset_instance_attribute(InstanceId=stopped, Attribute="kernel")
    with refused("InvalidRequest"):
        ec2.reset_instance_attribute(InstanceId=stopped, Attribute="userData")


def test_a_kernel_is_for_paravirtual_machines(ec2, stopped):
    old = image_id(ec2, "*", **{"virtualization-type": "paravirtual", "root-device-type": "ebs"})
    instance = launched(ec2, ImageId=old, InstanceType="m1.small")
    kernels = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "image-type", "Values": ["kernel"]}])["Images"]
    kernel = next(k["ImageId"] for k in kernels if k["ImageId"] != described(ec2, instance)["KernelId"])
    with refused("InvalidParameterCombination"):
        ec2.modify_instance_attribute(InstanceId=stopped, Kernel={"Value": kernel})
    ec2.stop_instances(InstanceIds=[instance])
    with refused("InvalidAMIID.NotFound"):
        ec2.modify_instance_attribute(InstanceId=instance, Kernel={"Value": "aki-00000000"})
    ec2.modify_instance_attribute(InstanceId=instance, Kernel={"Value": kernel})
    answer = ec2.describe_instance_attribute(InstanceId=instance, Attribute="kernel")
    assert answer["KernelId"] == {"Value": kernel}


# ---- Metadata, monitoring, credits, profiles ----


def test_metadata_options(ec2):
    instance = launched(ec2)
    answer = ec2.modify_instance_metadata_options(
        InstanceId=instance, HttpTokens="optional", HttpPutResponseHopLimit=3
    )
    options = answer["InstanceMetadataOptions"]
    assert (options["State"], options["HttpTokens"]) == ("pending", "optional")
    after = described(ec2, instance)["MetadataOptions"]
    assert (after["State"], after["HttpPutResponseHopLimit"]) == ("applied", 3)
    assert after["HttpEndpoint"] == "enabled"


def test_monitoring(ec2):
    instance = launched(ec2)

    def states(answer):
        return [one["Monitoring"]["State"] for one in answer["InstanceMonitorings"]]

    assert states(ec2.monitor_instances(InstanceIds=[instance])) == ["pending"]
    assert described(ec2, instance)["Monitoring"] == {"State": "enabled"}
    assert states(ec2.monitor_instances(InstanceIds=[instance])) == ["enabled"]
    assert states(ec2.unmonitor_instances(InstanceIds=[instance])) == ["disabling"]
    assert described(ec2, instance)["Monitoring"] == {"State": "disabled"}


def test_credits(ec2):
    unlimited = launched(ec2)
    standard = launched(ec2, CreditSpecification={"CpuCredits": "standard"})
    launched(ec2, InstanceType="m5.large")

    def modes(**more):
        answer = ec2.describe_instance_credit_specifications(**more)
        return {
            one["InstanceId"]: one["CpuCredits"] for one in answer["InstanceCreditSpecifications"]
        }

    assert modes() == {unlimited: "unlimited"}
    assert modes(InstanceIds=[standard]) == {standard: "standard"}
    with refused("InvalidParameterCombination"):
        launched(ec2, InstanceType="m5.large", CreditSpecification={"CpuCredits": "standard"})


def test_profiles(ec2, account):
    instance = launched(ec2, IamInstanceProfile={"Name": "builder"})
    launched(ec2)
    answer = ec2.describe_iam_instance_profile_associations()
    (one,) = answer["IamInstanceProfileAssociations"]
    assert one["InstanceId"] == instance and one["State"] == "associated"
    arn = f"arn:aws:iam::{account}:instance-profile/builder"
    assert one["IamInstanceProfile"]["Arn"] == arn
    assert one["AssociationId"].startswith("iip-assoc-")


# ---- Passwords ----


def password(ec2, instance):
    return ec2.get_password_data(InstanceId=instance)["PasswordData"]


def windows(ec2):
    return image_id(ec2, "Windows_Server-2022-English-Full-Base*")


def test_password(ec2, tmp_path):
    key = tmp_path / "key.pem"
    key.write_text(ec2.create_key_pair(KeyName="mine")["KeyMaterial"])
    instance = launched(ec2, ImageId=windows(ec2), KeyName="mine")
    data = password(ec2, instance)
    assert data == password(ec2, instance)
    clear = subprocess.run(
        ["openssl", "pkeyutl", "-decrypt", "-inkey", key],
        input=base64.b64decode(data),
        capture_output=True,
        check=True,
    ).stdout
    assert re.fullmatch(rb"[!-~]{32}", clear)
    copy = ec2.create_image(InstanceId=instance, Name="unprepared")["ImageId"]
    again = launched(ec2, ImageId=copy, KeyName="mine")
    assert password(ec2, again) == ""  # it was not prepared with Sysprep


def test_no_password(ec2):
    ec2.create_key_pair(KeyName="rsa")
    assert password(ec2, launched(ec2, KeyName="rsa")) == ""
    assert password(ec2, launched(ec2, ImageId=windows(ec2))) == ""


def test_a_password_takes_its_time(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    ec2 = amisim.client("ec2", account)
    amisim.control.clock(freeze=True)
    ec2.create_key_pair(KeyName="mine")
    instance = launched(ec2, ImageId=windows(ec2), KeyName="mine")
    amisim.control.clock(advance="2m")
    assert password(ec2, instance) == ""
    amisim.control.clock(advance="5m")
    assert password(ec2, instance)


# ---- Instance types ----


def test_type(ec2):
    (found,) = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"]
    assert found["VCpuInfo"] == {
        "DefaultVCpus": 2,
        "DefaultCores": 1,
        "DefaultThreadsPerCore": 2,
        "ValidCores": [1],
        "ValidThreadsPerCore": [1, 2],
    }
    assert found["MemoryInfo"] == {"SizeInMiB": 1024}
    assert found["ProcessorInfo"]["SupportedArchitectures"] == ["x86_64"]
    assert found["SupportedBootModes"] == ["legacy-bios", "uefi"]
    assert found["NetworkInfo"]["EnaSupport"] == "required"
    assert found["NitroTpmSupport"] == "supported"
    assert found["NitroTpmInfo"] == {"SupportedVersions": ["2.0"]}
    assert found["EbsInfo"]["EbsOptimizedInfo"]["BaselineThroughputInMBps"] == 10.875
    assert found["BurstablePerformanceSupported"] and found["FreeTierEligible"]
    assert "InstanceStorageInfo" not in found and not found["InstanceStorageSupported"]
    for name in ("BareMetal", "RebootMigrationSupport", "SupportedInRegion"):
        assert name in found


@pytest.mark.parametrize("names", [["stackd.invalid"], ["t3.nano", "stackd.invalid"]])
def test_unknown_type(ec2, names):
    text = "The following supplied instance types do not exist: [stackd.invalid]"
    with refused("InvalidInstanceType", text):
        ec2.describe_instance_types(InstanceTypes=names)


def test_filters_of_types(ec2):
    def found(**wanted):
        filters = [
            {"Name": name.replace("_", "-"), "Values": [value]} for name, value in wanted.items()
        ]
        pages = ec2.get_paginator("describe_instance_types").paginate(Filters=filters)
        return {one["InstanceType"] for page in pages for one in page["InstanceTypes"]}

    assert "t4g.micro" in found(**{"processor-info.supported-architecture": "arm64"})
    assert "t3.micro" not in found(**{"processor-info.supported-architecture": "arm64"})
    assert found(**{"instance-type": "t3.m*"}) == {"t3.micro", "t3.medium"}
    paravirtual = found(**{"supported-virtualization-type": "paravirtual"})
    assert "m1.small" in paravirtual and "t3.micro" not in paravirtual


def test_pages_of_types(ec2):
    first = ec2.describe_instance_types(MaxResults=5)
    second = ec2.describe_instance_types(MaxResults=5, NextToken=first["NextToken"])
    names = [[one["InstanceType"] for one in some["InstanceTypes"]] for some in (first, second)]
    assert len(names[0]) == len(names[1]) == 5 and not set(names[0]) & set(names[1])


def test_offerings(ec2):
    def found(kind, name="t3.micro"):
        answer = ec2.describe_instance_type_offerings(
            LocationType=kind, Filters=[{"Name": "instance-type", "Values": [name]}]
        )
        return [one["Location"] for one in answer["InstanceTypeOfferings"]]

    assert found("region") == ["us-east-1"]
    zones = found("availability-zone")
    assert "us-east-1a" in zones and "us-east-1e" not in zones  # recorded
    assert "use1-az6" in found("availability-zone-id")
    assert found("outpost") == []


def test_every_documented_filter_is_known(ec2):
    for operation, call in (
        ("DescribeInstanceTypes", ec2.describe_instance_types),
        ("DescribeInstanceTypeOfferings", ec2.describe_instance_type_offerings),
    ):
        names = documented_filters(operation)
        assert len(names) > 1
        for name in names:
            call(Filters=[{"Name": name, "Values": ["x"]}])


# ---- The account ----


def test_account_attributes(ec2):
    def values(**more):
        answer = ec2.describe_account_attributes(**more)["AccountAttributes"]
        return {
            one["AttributeName"]: one["AttributeValues"][0]["AttributeValue"] for one in answer
        }

    assert values()["supported-platforms"] == "VPC"
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    assert values(AttributeNames=["default-vpc"]) == {"default-vpc": vpc}
    with refused("InvalidParameterValue"):
        values(AttributeNames=["colour"])
