"""Calls as users met them on AWS: what is taken, what is refused, and in which words."""

import pytest
from image_steps import ids, name, register, snapshot
from machines import described, image_id, launch, launched
from simulator import refusal

# ---- Launches ----


def test_an_image_that_boots_by_uefi_needs_a_type_that_does(ec2):
    image = register(ec2, BootMode="uefi", EnaSupport=True)
    text = (
        "The t2.micro instance type does not support an AMI with a boot mode of UEFI. Only "
        "instance types built on the Nitro System support UEFI. Specify an instance type that "
        "supports UEFI, and try again."
    )
    said = refusal(launch, ec2, ImageId=image, InstanceType="t2.micro")
    assert said == ("InvalidParameterValue", text)
    launched(ec2, ImageId=image, InstanceType="t3.micro")


def test_the_boot_mode_is_looked_at_before_the_architecture(ec2):
    image = register(ec2, BootMode="uefi", EnaSupport=True, Architecture="arm64")
    said = refusal(launch, ec2, ImageId=image, InstanceType="t2.micro")
    assert "boot mode of UEFI" in said[1]
    said = refusal(launch, ec2, ImageId=image, InstanceType="t3.micro")
    assert "architecture" in said[1]


@pytest.fixture
def templated(ec2):
    """An instance of the second version of a launch template, asked for as $Latest."""
    data = {"ImageId": image_id(ec2), "InstanceType": "t3.micro"}
    data["TagSpecifications"] = [
        {"ResourceType": "instance", "Tags": [{"Key": "of", "Value": "template"}]}
    ]
    template = ec2.create_launch_template(LaunchTemplateName=name(), LaunchTemplateData=data)
    template_id = template["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(LaunchTemplateId=template_id, LaunchTemplateData=data)
    wanted = {"LaunchTemplateId": template_id, "Version": "$Latest"}
    made = ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=wanted)["Instances"][0]
    tags = {"aws:ec2launchtemplate:id": template_id, "aws:ec2launchtemplate:version": "2"}
    return made, tags


def plain(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_an_instance_says_of_which_template_it_is(ec2, templated):
    made, tags = templated
    assert plain(made["Tags"]) == {"of": "template", **tags}
    instance = made["InstanceId"]
    assert plain(described(ec2, instance)["Tags"]) == {"of": "template", **tags}
    filters = [{"Name": "key", "Values": ["aws:ec2launchtemplate:id"]}]
    found = ec2.describe_tags(Filters=filters)["Tags"]
    assert [(tag["ResourceId"], tag["Value"]) for tag in found] == [
        (instance, tags["aws:ec2launchtemplate:id"])
    ]


def test_tags_of_aws_stay_as_they_are_and_do_not_count(ec2, templated):
    made, tags = templated
    instance = [made["InstanceId"]]
    aws_key = next(iter(tags))
    for change in (ec2.create_tags, ec2.delete_tags):
        said = refusal(change, Resources=instance, Tags=[{"Key": aws_key, "Value": "x"}])
        assert said[0] == "InvalidParameterValue"
    more = [{"Key": f"key{n}", "Value": ""} for n in range(49)]
    ec2.create_tags(Resources=instance, Tags=more)
    said = refusal(ec2.create_tags, Resources=instance, Tags=[{"Key": "one", "Value": ""}])
    assert said[0] == "TagLimitExceeded"
    ec2.delete_tags(Resources=instance)
    assert plain(described(ec2, instance[0])["Tags"]) == tags


def test_an_instance_without_a_template_has_no_such_tags(ec2):
    assert "Tags" not in described(ec2, launched(ec2))


# ---- Reading ----


@pytest.mark.parametrize("states", [["disabled"], ["available", "disabled"]])
def test_disabled_images_are_asked_for_twice(ec2, states):
    filters = [{"Name": "state", "Values": states}]
    text = (
        "When filtering by the 'disabled' state, 'IncludeDisabled' must be set to 'true' in the "
        "request."
    )
    assert refusal(ec2.describe_images, Filters=filters) == ("InvalidParameter", text)
    image = register(ec2)
    ec2.disable_image(ImageId=image)
    shown = ec2.describe_images(Owners=["self"], Filters=filters, IncludeDisabled=True)
    assert image in ids(shown)


@pytest.mark.parametrize(
    "value, escape",
    [("a\\d+", "\\d"), ("\\", "\\"), ("\\\\\\x", "\\x"), ("\\é", "\\é")],
)
@pytest.mark.parametrize("filter_name", ["name", "tag:of"])
def test_an_escape_that_is_none_is_refused(ec2, value, escape, filter_name):
    filters = [{"Name": filter_name, "Values": [value]}]
    text = f"Invalid filter value: The escape sequence '{escape}' is invalid"
    assert refusal(ec2.describe_images, Filters=filters) == ("InvalidParameterValue", text)


def test_escapes_find_signs_literally(ec2):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.create_tags(Resources=[volume], Tags=[{"Key": "of", "Value": "*?\\"}])
    for value, found in (("\\*\\?\\\\", 1), ("\\*\\*\\\\", 0)):
        filters = [{"Name": "tag:of", "Values": [value]}]
        assert len(ec2.describe_volumes(Filters=filters)["Volumes"]) == found


@pytest.mark.parametrize(
    "pattern", ["*????????????", "app-*-??????????????-rc1", "a*b*c*d*e*f*g*h*-rc1", "*-*-*-*-*rc1"]
)
def test_a_name_that_matches_is_found_whatever_the_pattern_costs(ec2, pattern):
    image = register(ec2, Name="app-abcdefgh-2026-11-29-00-00-rc1")
    filters = [{"Name": "name", "Values": [pattern]}]
    assert image in ids(ec2.describe_images(Owners=["self"], Filters=filters))


def test_a_deregistered_image_is_an_empty_list_for_days(own):
    ec2 = own.client("ec2", "123456789012")
    image = register(ec2)
    ec2.deregister_image(ImageId=image)
    for hours in (0, 24, 24):
        own.control.clock(advance=f"{hours}h")
        assert ec2.describe_images(ImageIds=[image])["Images"] == []


# ---- Bare values, old versions ----


def test_a_bare_value_is_a_list_of_one(amisim, account, ec2):
    image = register(ec2)
    for bare in ({"Owner": "self"}, {"ImageId": image}, {"Owner": "self", "ImageId.1": image}):
        answer = amisim.query(account, Action="DescribeImages", **bare)
        assert answer.status == 200 and f"<imageId>{image}</imageId>" in answer.body
    answer = amisim.query(
        account, Action="DescribeSnapshots", RestorableBy="self", Owner="self"
    )
    assert answer.status == 200 and "<snapshotSet" in answer.body


def test_a_bare_value_is_no_list_of_structures(amisim, account):
    answer = amisim.query(account, Action="DescribeImages", Filter="name")
    assert answer.status == 400 and "InvalidParameterValue" in answer.body


@pytest.mark.parametrize("version", ["2006-06-26", "2010-08-31", "2014-06-15", "2016-11-15"])
def test_scripts_with_an_older_version_are_served(amisim, account, version):
    answer = amisim.query(account, Action="DescribeRegions", Version=version)
    assert answer.status == 200 and "us-east-1" in answer.body


@pytest.mark.parametrize("version", ["2006-06-25", "2016-11-16", "2010-13-01", "2010-8-31", "new"])
def test_a_version_that_never_was_is_refused(amisim, account, version):
    answer = amisim.query(account, Action="DescribeRegions", Version=version)
    assert answer.status == 400 and "<Code>NoSuchVersion</Code>" in answer.body


# ---- Sharing, deprecation, deletion ----


@pytest.mark.parametrize("flat", [{"UserIds": ["123456789012"]}, {"UserGroups": ["all"]}])
def test_users_alone_are_no_change_of_permissions(ec2, flat):
    said = refusal(ec2.modify_image_attribute, ImageId=register(ec2), **flat)
    assert said == (
        "MissingParameter",
        "The request must contain the parameter LaunchPermission",
    )


def test_a_group_other_than_all_is_told_with_a_blank_behind(ec2):
    permission = {"Add": [{"Group": "some"}]}
    said = refusal(ec2.modify_image_attribute, ImageId=register(ec2), LaunchPermission=permission)
    text = 'Invalid attribute item value "some " for UserGroup item type.'
    assert said == ("InvalidAMIAttributeItemValue", text)


def test_only_a_permission_of_ones_own_can_be_given_back(client, ec2, another_account):
    stranger = client("ec2", account=another_account)
    public, own = register(ec2), register(ec2)
    permission = {"Add": [{"Group": "all"}]}
    ec2.disable_image_block_public_access()
    ec2.modify_image_attribute(ImageId=public, LaunchPermission=permission)
    for who, image in ((stranger, public), (ec2, own)):
        said = refusal(who.cancel_image_launch_permission, ImageId=image)
        assert said == ("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist")


def test_deprecation_has_words_of_its_own_for_an_unknown_image(client, ec2):
    elsewhere = register(client("ec2", region="eu-west-1"))
    for image in (elsewhere, "ami-0ffffffffffffffff"):
        said = refusal(ec2.enable_image_deprecation, ImageId=image, DeprecateAt="2030-01-01")
        assert said == ("InvalidAMIID.NotFound", f"Invalid ImageId: {image}")


def test_a_snapshot_with_fast_restore_cannot_be_deleted(ec2):
    made = snapshot(ec2)
    zones = ["us-east-1b", "us-east-1c"]
    ec2.enable_fast_snapshot_restores(SourceSnapshotIds=[made], AvailabilityZones=zones)
    said = refusal(ec2.delete_snapshot, SnapshotId=made)
    text = (
        f"The snapshot {made} is currently enabled for fast restores in us-east-1b, us-east-1c. "
        "Fast snapshot restores must be disabled within all Availability Zones before the "
        "snapshot may be deleted."
    )
    assert said == ("InvalidSnapshot.InUse", text)
    ec2.disable_fast_snapshot_restores(SourceSnapshotIds=[made], AvailabilityZones=zones)
    ec2.delete_snapshot(SnapshotId=made)


def test_fast_restore_takes_ten_snapshots_at_a_time(ec2):
    many = [snapshot(ec2)] * 11
    said = refusal(
        ec2.enable_fast_snapshot_restores, SourceSnapshotIds=many, AvailabilityZones=["us-east-1a"]
    )
    text = "Number of values of parameter SourceSnapshotIds must be less than or equal to 10."
    assert said == ("InvalidRequest", text)


def test_a_description_has_255_characters(ec2):
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    text = "x" * 256
    said = refusal(ec2.create_snapshot, VolumeId=volume, Description=text)
    assert said == (
        "InvalidParameterValue",
        f"Value ({text}) for parameter description is invalid. It exceeds 255 characters",
    )
    ec2.create_snapshot(VolumeId=volume, Description=text[1:])


def test_a_missing_size_is_told_before_a_foreign_zone(ec2):
    said = refusal(ec2.create_volume, AvailabilityZone="eu-west-1a")
    assert said == ("MissingParameter", "The request must contain the parameter size/snapshot")
    said = refusal(ec2.create_volume, AvailabilityZone="eu-west-1a", Size=1)
    assert said[0] == "InvalidZone.NotFound"


# ---- Commands ----


@pytest.mark.parametrize("key", ["instanceids", "InstanceIds", "INSTANCEIDS"])
def test_a_command_finds_its_instances_whatever_the_case_of_the_key(ec2, ssm, key):
    instance = launched(ec2, IamInstanceProfile={"Name": "ssm"})
    sent = ssm.send_command(
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["true"]},
        Targets=[{"Key": key, "Values": [instance]}],
    )["Command"]["CommandId"]
    shown = ssm.list_command_invocations(CommandId=sent)["CommandInvocations"]
    assert [one["InstanceId"] for one in shown] == [instance]
