"""Launch templates: the recorded rules of storing, versions and tokens, and launches from them."""

import pytest
from machines import described, image_id, launched
from simulator import refused

DRY = "Request would have succeeded, but DryRun flag is set."


@pytest.fixture
def template(ec2):
    data = {"InstanceType": "t3.nano", "ImageId": image_id(ec2)}
    made = ec2.create_launch_template(LaunchTemplateName="rec-lt", LaunchTemplateData=data)
    return made["LaunchTemplate"]["LaunchTemplateId"]


def versions(ec2, template, **more):
    answer = ec2.describe_launch_template_versions(LaunchTemplateId=template, **more)
    return answer["LaunchTemplateVersions"]


def numbers(found):
    return [one["VersionNumber"] for one in found]


def test_create(ec2, account):
    data = {
        "ImageId": "ami-00000000000000001",
        "InstanceType": "t3.nano",
        "KeyName": "missing-key",
        "BlockDeviceMappings": [
            {
                "DeviceName": "/dev/sda1",
                "Ebs": {"SnapshotId": "snap-00000000000000001", "VolumeSize": 8},
            }
        ],
        "SecurityGroupIds": ["sg-1"],
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}
        ],
        "MetadataOptions": {"HttpTokens": "required"},
        "EbsOptimized": True,
    }
    answer = ec2.create_launch_template(
        LaunchTemplateName="rec-lt",
        VersionDescription="first",
        LaunchTemplateData=data,
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": [{"Key": "k"}]}],
    )
    made = answer["LaunchTemplate"]
    assert "Warning" not in answer
    assert (made["DefaultVersionNumber"], made["LatestVersionNumber"]) == (1, 1)
    assert made["CreatedBy"] == f"arn:aws:iam::{account}:root"
    assert made["Operator"]["Managed"] is False
    (shown,) = ec2.describe_launch_templates()["LaunchTemplates"]
    assert shown == made
    (version,) = versions(ec2, made["LaunchTemplateId"])
    assert version["LaunchTemplateData"] == data
    assert version["DefaultVersion"] is True and version["VersionDescription"] == "first"


def test_interfaces_in_the_data(ec2):
    nic = {"DeviceIndex": 0, "Groups": ["sg-1"], "PrivateIpAddresses": [{"PrivateIpAddress": "1"}]}
    made = ec2.create_launch_template(
        LaunchTemplateName="nic", LaunchTemplateData={"NetworkInterfaces": [nic]}
    )
    (version,) = versions(ec2, made["LaunchTemplate"]["LaunchTemplateId"])
    assert version["LaunchTemplateData"]["NetworkInterfaces"] == [nic]


def test_warnings(ec2):
    data = {"InstanceType": "not-real"}
    answer = ec2.create_launch_template(LaunchTemplateName="type", LaunchTemplateData=data)
    assert answer["LaunchTemplate"]["LaunchTemplateId"]
    (error,) = answer["Warning"]["Errors"]
    assert error == {
        "Code": "InvalidInstanceType",
        "Message": "The following supplied instance types do not exist: [not-real]",
    }


@pytest.mark.parametrize(
    "data, code, message",
    [
        (
            {"ImageId": "nonsense", "InstanceType": "not-real", "UserData": "not base64"},
            "InvalidAMIID.Malformed",
            "The image ID 'nonsense' is not valid. The expected format is ami-xxxxxxxx or"
            " ami-xxxxxxxxxxxxxxxxx.",
        ),
        (
            {"UserData": "not base64"},
            "InvalidUserData.Malformed",
            "Invalid BASE64 encoding of user data.",
        ),
        ({}, "MissingParameter", None),
        ({"Placement": {}}, "MissingParameter", None),
        ({"InstanceMarketOptions": {"MarketType": "spot"}}, "UnsupportedOperation", None),
    ],
)
def test_refused_data(ec2, data, code, message):
    with refused(code, message):
        ec2.create_launch_template(LaunchTemplateName="rec-lt", LaunchTemplateData=data)
    assert ec2.describe_launch_templates()["LaunchTemplates"] == []


def test_names(ec2, template, amisim, account):
    with refused("InvalidLaunchTemplateName.AlreadyExistsException"):
        ec2.create_launch_template(
            LaunchTemplateName="rec-lt", LaunchTemplateData={"KeyName": "x"}
        )
    reply = amisim.query(
        account, Action="CreateLaunchTemplate", LaunchTemplateName="rec-dry", DryRun="true"
    )
    assert reply.status == 412


def test_versions(ec2, template):
    def add(data, **more):
        answer = ec2.create_launch_template_version(
            LaunchTemplateId=template, LaunchTemplateData=data, **more
        )
        return answer["LaunchTemplateVersion"]

    second = add({"KeyName": "k"})
    assert second["VersionNumber"] == 2 and second["DefaultVersion"] is False
    assert second["LaunchTemplateData"] == {"KeyName": "k"}  # nothing is taken over
    third = add({"InstanceType": "t3.large"}, SourceVersion="1")
    assert third["LaunchTemplateData"]["InstanceType"] == "t3.large"
    assert third["LaunchTemplateData"]["ImageId"]
    fourth = add({}, SourceVersion="$Latest")
    assert fourth["LaunchTemplateData"] == third["LaunchTemplateData"]
    assert numbers(versions(ec2, template)) == [4, 3, 2, 1]
    assert numbers(versions(ec2, template, Versions=["1", "1", "$Default"])) == [1, 1, 1]
    assert numbers(versions(ec2, template, MinVersion="2", MaxVersion="3")) == [3, 2]
    first = ec2.describe_launch_template_versions(LaunchTemplateId=template, MaxResults=1)
    assert numbers(first["LaunchTemplateVersions"]) == [4] and first["NextToken"]
    filters = [{"Name": "instance-type", "Values": ["t3.large"]}]
    assert numbers(versions(ec2, template, Filters=filters)) == [4, 3]
    latest = ec2.describe_launch_template_versions(Versions=["$Latest"])
    assert numbers(latest["LaunchTemplateVersions"]) == [4]


def test_refused_versions(ec2, template):
    text = "Could not find the specified version 999 for the launch template with ID " + template
    with refused("InvalidLaunchTemplateId.VersionNotFound", text + "."):
        versions(ec2, template, Versions=["999"])
    text = (
        "Invalid launch template version: either '$Default', '$Latest', or a numeric version are"
        " allowed."
    )
    with refused("InvalidParameterValue", text):
        versions(ec2, template, Versions=["0"])
    text = "Minimum version filter is not applicable when given a list of versions."
    with refused("InvalidParameterCombination", text):
        versions(ec2, template, Versions=["1"], MinVersion="2")
    text = "Either provide launch template ID or launch template name to modify the template."
    with refused("InvalidParameterCombination", text):
        versions(ec2, template, LaunchTemplateName="rec-lt")
    with refused("InvalidParameterValue", "The filter 'launch-template-id' is invalid"):
        filters = [{"Name": "launch-template-id", "Values": [template]}]
        ec2.describe_launch_template_versions(Versions=["$Default"], Filters=filters)
    with refused("MissingParameter"):
        ec2.describe_launch_template_versions()


def test_modify(ec2, template):
    text = (
        "A launch template version must be specified to set the new default version for the"
        f" template with ID {template}."
    )
    with refused("MissingParameter", text):
        ec2.modify_launch_template(LaunchTemplateId=template)
    ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"KeyName": "k"}
    )
    answer = ec2.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")
    shown = answer["LaunchTemplate"]
    assert shown["CreateTime"].year == 1970  # recorded
    assert (shown["DefaultVersionNumber"], shown["LatestVersionNumber"]) == (2, 2)
    (again,) = ec2.describe_launch_templates(LaunchTemplateNames=["rec-lt"])["LaunchTemplates"]
    assert again["CreateTime"].year > 2000


def test_delete_versions(ec2, template):
    for _ in range(2):
        ec2.create_launch_template_version(
            LaunchTemplateId=template, LaunchTemplateData={"KeyName": "k"}
        )
    with refused("InvalidParameterValue", "Invalid value for version: x"):
        ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["2", "x"])
    with refused("InvalidParameterValue"):
        ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["2", "1"])
    answer = ec2.delete_launch_template_versions(LaunchTemplateId=template, Versions=["3", "9"])
    assert numbers(answer["SuccessfullyDeletedLaunchTemplateVersions"]) == [3]
    assert numbers(answer["UnsuccessfullyDeletedLaunchTemplateVersions"]) == [9]
    made = ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"KeyName": "k"}
    )
    assert made["LaunchTemplateVersion"]["VersionNumber"] == 4  # numbers are not used again
    assert numbers(versions(ec2, template)) == [4, 2, 1]


def test_delete(ec2, template):
    assert ec2.delete_launch_template(LaunchTemplateId=template)["LaunchTemplate"]
    text = f"The specified launch template, with template ID {template}, does not exist."
    with refused("InvalidLaunchTemplateId.NotFound", text):
        ec2.delete_launch_template(LaunchTemplateId=template)
    text = "At least one of the launch templates specified in the request does not exist."
    with refused("InvalidLaunchTemplateId.NotFound", text):
        ec2.describe_launch_templates(LaunchTemplateIds=[template])


def test_tokens(ec2):
    request = {
        "LaunchTemplateName": "rec-lt",
        "ClientToken": "t",
        "LaunchTemplateData": {"InstanceType": "t3.nano"},
    }
    first = ec2.create_launch_template(**request)["LaunchTemplate"]
    assert ec2.create_launch_template(**request)["LaunchTemplate"] == first
    with refused("IdempotentParameterMismatch", "Client token already used before."):
        ec2.create_launch_template(**request, VersionDescription="changed")
    version = {"LaunchTemplateId": first["LaunchTemplateId"], "SourceVersion": "1"}
    ec2.create_launch_template_version(**version, LaunchTemplateData={}, ClientToken="v")
    with refused("IdempotentParameterMismatch", "Client token already used before"):
        ec2.create_launch_template_version(
            **version, LaunchTemplateData={}, ClientToken="v", VersionDescription="x"
        )
    with refused("IdempotentParameterMismatch", "Client token already used before."):
        ec2.create_launch_template(**request)  # the template has changed meanwhile


def test_pages(ec2, template):
    ec2.create_launch_template(LaunchTemplateName="two", LaunchTemplateData={"KeyName": "k"})
    first = ec2.describe_launch_templates(MaxResults=1)
    assert len(first["LaunchTemplates"]) == 1
    rest = ec2.describe_launch_templates(MaxResults=1, NextToken=first["NextToken"])
    assert len(rest["LaunchTemplates"]) == 1


# ---- Launches ----


def test_launch(ec2):
    data = {
        "ImageId": image_id(ec2),
        "InstanceType": "t3.nano",
        "MetadataOptions": {"HttpTokens": "optional"},
        "TagSpecifications": [
            {"ResourceType": "instance", "Tags": [{"Key": "from", "Value": "template"}]}
        ],
        "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 21}}],
    }
    ec2.create_launch_template(LaunchTemplateName="rec-lt", LaunchTemplateData=data)
    request = {"MinCount": 1, "MaxCount": 1, "LaunchTemplate": {"LaunchTemplateName": "rec-lt"}}
    made = ec2.run_instances(**request)["Instances"][0]
    assert (made["InstanceType"], made["ImageId"]) == ("t3.nano", data["ImageId"])
    found = described(ec2, made["InstanceId"])
    assert found["MetadataOptions"]["HttpTokens"] == "optional"
    assert {"Key": "from", "Value": "template"} in found["Tags"]
    assert ec2.describe_volumes()["Volumes"][0]["Size"] == 21
    other = ec2.run_instances(**request, InstanceType="t3.small")["Instances"][0]
    assert other["InstanceType"] == "t3.small"  # the request wins


def test_refused_launches(ec2):
    made = ec2.create_launch_template(
        LaunchTemplateName="rec-lt", LaunchTemplateData={"InstanceType": "t3.nano"}
    )
    template = made["LaunchTemplate"]["LaunchTemplateId"]

    def launch(**reference):
        ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=reference, DryRun=True)

    with refused("MissingParameter", "The request must contain the parameter ImageId"):
        launch(LaunchTemplateId=template)
    text = f"Could not find the specified version 999 for the launch template with ID {template}."
    with refused("InvalidLaunchTemplateId.VersionNotFound", text):
        launch(LaunchTemplateId=template, Version="999")
    with refused("InvalidLaunchTemplateId.NotFound"):
        launch(LaunchTemplateId="lt-00000000000000001")
    assert launched(ec2)
