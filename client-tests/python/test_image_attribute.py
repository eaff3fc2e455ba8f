"""Attributes and launch permissions: recorded answers first, then the rules of public images."""

import image_steps as steps
import pytest
from simulator import refused

OTHER = "555500007777"
ORGANIZATION = "arn:aws:organizations::112233445566:organization/o-xyzabc123w"
UNIT = "arn:aws:organizations::112233445566:ou/o-xyzabc123w/ou-1xyz-abc123yz"


@pytest.fixture
def other(client):
    return client("ec2", account=OTHER)


def attribute(ec2, image, name):
    answer = ec2.describe_image_attribute(ImageId=image, Attribute=name)
    answer.pop("ResponseMetadata")
    assert answer.pop("ImageId") == image
    return answer


def permissions(ec2, image):
    return attribute(ec2, image, "launchPermission")["LaunchPermissions"]


def modify(ec2, image, **change):
    answer = ec2.modify_image_attribute(ImageId=image, **change)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def add(ec2, image, *items):
    modify(ec2, image, LaunchPermission={"Add": list(items)})


# ---- DescribeImageAttribute ----


@pytest.mark.parametrize(
    "name, member",
    [
        ("description", "Description"),
        ("kernel", "KernelId"),
        ("ramdisk", "RamdiskId"),
        ("sriovNetSupport", "SriovNetSupport"),
        ("bootMode", "BootMode"),
        ("tpmSupport", "TpmSupport"),
        ("uefiData", "UefiData"),
        ("lastLaunchedTime", "LastLaunchedTime"),
        ("imdsSupport", "ImdsSupport"),
    ],
)
def test_unset_attributes_are_empty_elements(ec2, amisim, account, name, member):
    image = steps.register(ec2)
    assert attribute(ec2, image, name) == {member: {}}
    reply = amisim.query(account, Action="DescribeImageAttribute", ImageId=image, Attribute=name)
    assert f"<{name}/>" in reply.body


def test_set_attributes(ec2):
    image = steps.register(ec2, Description="words", EnaSupport=True, ImdsSupport="v2.0")
    assert attribute(ec2, image, "description") == {"Description": {"Value": "words"}}
    assert attribute(ec2, image, "sriovNetSupport") == {"SriovNetSupport": {"Value": "simple"}}
    assert attribute(ec2, image, "imdsSupport") == {"ImdsSupport": {"Value": "v2.0"}}
    assert attribute(ec2, image, "launchPermission") == {"LaunchPermissions": []}
    assert attribute(ec2, image, "productCodes") == {"ProductCodes": []}
    protection = {"DeregistrationProtection": {"Value": "disabled"}}
    assert attribute(ec2, image, "deregistrationProtection") == protection


def test_block_device_mapping_is_for_nobody(ec2):
    with refused("AuthFailure", "Unauthorized attempt to access restricted resource") as caught:
        attribute(ec2, steps.register(ec2), "blockDeviceMapping")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    "name", ["description", "launchPermission", "bootMode", "imdsSupport", "productCodes"]
)
def test_attributes_are_the_owners(ec2, other, name):
    image = steps.register(ec2)
    add(ec2, image, {"UserId": OTHER})
    with refused("AuthFailure", f"Not authorized for image:{image}") as caught:
        attribute(other, image, name)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_unknown_attribute_and_image(ec2):
    with refused("InvalidRequest", "The request received was invalid."):
        attribute(ec2, steps.register(ec2), "colour")
    with refused("InvalidAMIID.NotFound"):
        attribute(ec2, "ami-0ffffffffffffffff", "description")


def test_a_launch_is_reported_a_day_later(start_amisim):
    amisim = start_amisim("--pace", "instant")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    image = steps.register(ec2, EnaSupport=True)

    def last():
        return attribute(ec2, image, "lastLaunchedTime")["LastLaunchedTime"].get("Value")

    first = amisim.control.clock()["now"][:19] + "Z"
    steps.run(ec2, ImageId=image)
    assert last() is None
    amisim.control.clock(advance="24h")
    assert last() == first == steps.describe(ec2, image)["LastLaunchedTime"]
    second = amisim.control.clock()["now"][:19] + "Z"
    steps.run(ec2, ImageId=image)
    assert last() == first
    amisim.control.clock(advance="1d")
    assert last() == second
    public = steps.public_image(ec2)
    steps.run(ec2, ImageId=public)
    amisim.control.clock(advance="2d")
    assert "LastLaunchedTime" not in steps.describe(ec2, public)


# ---- ModifyImageAttribute ----


def test_description_and_imds(ec2):
    image = steps.register(ec2)
    modify(ec2, image, Description={"Value": "first"})
    assert steps.describe(ec2, image)["Description"] == "first"
    modify(ec2, image, Attribute="description", Value="second")
    assert steps.describe(ec2, image)["Description"] == "second"
    modify(ec2, image, ImdsSupport={"Value": "v2.0"})
    assert steps.describe(ec2, image)["ImdsSupport"] == "v2.0"


def test_nothing_to_change(ec2):
    image = steps.register(ec2)
    for change in ({}, {"LaunchPermission": {}}, {"LaunchPermission": {"Add": [{}]}}):
        with refused("InvalidParameterCombination", "No attributes specified."):
            modify(ec2, image, **change)


def test_two_attributes_at_once(ec2):
    image = steps.register(ec2)
    text = "Fields for multiple attribute types specified: description, imdsSupport"
    with refused("InvalidParameterCombination", text):
        modify(ec2, image, Description={"Value": "x"}, ImdsSupport={"Value": "v2.0"})
    assert "Description" not in steps.describe(ec2, image)


def test_what_cannot_be_emptied(ec2):
    image = steps.register(ec2)
    with refused("MissingParameter", "The request must contain the parameter description"):
        modify(ec2, image, Attribute="description", Value="")
    text = "The request must contain the parameter imdsSupport with value v2.0"
    with refused("MissingParameter", text):
        modify(ec2, image, ImdsSupport={"Value": ""})


def test_permissions_in_order_of_granting(ec2, account):
    image = steps.register(ec2)
    add(ec2, image, {"UserId": OTHER})
    add(ec2, image, {"UserId": account}, {"UserId": OTHER})
    assert permissions(ec2, image) == [{"UserId": OTHER}, {"UserId": account}]
    modify(ec2, image, LaunchPermission={"Remove": [{"UserId": OTHER}, {"UserId": "1" * 12}]})
    assert permissions(ec2, image) == [{"UserId": account}]


def test_attribute_named_beside_its_structure(ec2):
    """As Ansible does it, and in its spelling."""
    image = steps.register(ec2)
    modify(ec2, image, Attribute="Description", Description={"Value": "by Ansible"})
    assert steps.describe(ec2, image)["Description"] == "by Ansible"
    modify(ec2, image, Attribute="ImdsSupport", ImdsSupport={"Value": "v2.0"})
    assert steps.describe(ec2, image)["ImdsSupport"] == "v2.0"


def test_flat_form(ec2):
    image = steps.register(ec2)
    flat = {"Attribute": "launchPermission", "UserIds": [OTHER], "OrganizationArns": [ORGANIZATION]}
    modify(ec2, image, OperationType="add", **flat)
    assert permissions(ec2, image) == [{"UserId": OTHER}, {"OrganizationArn": ORGANIZATION}]
    modify(ec2, image, OperationType="remove", **flat)
    assert permissions(ec2, image) == []
    with refused("InvalidParameterCombination"):
        modify(ec2, image, **flat)
    with refused("InvalidParameterValue", "Unrecognized attribute."):
        modify(ec2, image, Attribute="productCodes", ProductCodes=["abc"])


def test_organizations_and_units(ec2):
    image = steps.register(ec2)
    add(ec2, image, {"OrganizationArn": ORGANIZATION}, {"OrganizationalUnitArn": UNIT})
    assert permissions(ec2, image) == [
        {"OrganizationArn": ORGANIZATION},
        {"OrganizationalUnitArn": UNIT},
    ]
    with refused("InvalidAMIAttributeItemValue"):
        add(ec2, image, {"OrganizationArn": "arn:aws:iam::1:root"})


@pytest.mark.parametrize(
    "item", [{"OrganizationArn": ORGANIZATION}, {"OrganizationalUnitArn": UNIT}]
)
def test_members_see_launch_and_list_what_their_organization_may(start_amisim, tmp_path, item):
    (arn,) = item.values()
    members = tmp_path / "organizations.yaml"
    members.write_text(f'organizations:\n  - {{arn: "{arn}", accounts: ["{OTHER}"]}}\n')
    amisim = start_amisim("--pace", "instant", "--fixtures", members)
    ec2, member, stranger = (
        amisim.client("ec2", account) for account in ("123456789012", OTHER, "1" * 12)
    )
    image = steps.register(ec2, EnaSupport=True)
    assert member.describe_images(ImageIds=[image])["Images"] == []
    add(ec2, image, item)
    assert steps.describe(member, image)["Public"] is False
    assert steps.ids(member.describe_images(ExecutableUsers=["self"])) == [image]
    assert steps.ids(member.describe_images(Owners=["123456789012"])) == [image]
    assert steps.run(member, ImageId=image)
    assert stranger.describe_images(ImageIds=[image])["Images"] == []
    with refused("InvalidAMIID.NotFound"):
        member.cancel_image_launch_permission(ImageId=image)
    modify(ec2, image, LaunchPermission={"Remove": [item]})
    assert member.describe_images(ImageIds=[image])["Images"] == []


def test_bad_items_change_nothing(ec2):
    image = steps.register(ec2)
    text = 'Invalid attribute item value "123 " for userId item type.'
    with refused("InvalidAMIAttributeItemValue", text):
        add(ec2, image, {"UserId": OTHER}, {"UserId": "123"})
    text = 'Invalid attribute item value "everyone " for UserGroup item type.'
    with refused("InvalidAMIAttributeItemValue", text):
        modify(
            ec2, image, Attribute="launchPermission", OperationType="add", UserGroups=["everyone"]
        )
    assert permissions(ec2, image) == []


def test_receivers_may_not_modify(ec2, other):
    image = steps.register(ec2)
    add(ec2, image, {"UserId": OTHER})
    with refused("AuthFailure", f"Not authorized for image:{image}"):
        modify(other, image, Description={"Value": "mine"})


def test_dry_run_changes_nothing(ec2):
    image = steps.register(ec2)
    with refused("DryRunOperation"):
        modify(ec2, image, Description={"Value": "x"}, DryRun=True)
    assert "Description" not in steps.describe(ec2, image)


def test_managed_key_cannot_be_shared_own_key_can(ec2, client):
    managed = steps.register(ec2, steps.snapshot(ec2, Encrypted=True))
    text = (
        "Snapshots encrypted with the AWS Managed CMK can\u2019t be shared. "
        "Specify another snapshot."
    )
    with refused("InvalidParameter", text):
        add(ec2, managed, {"UserId": OTHER})
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    add(
        ec2,
        steps.register(ec2, steps.snapshot(ec2, Encrypted=True, KmsKeyId=key)),
        {"UserId": OTHER},
    )


def test_quota_of_permissions(start_amisim, tmp_path):
    quotas = tmp_path / "quotas.yaml"
    quotas.write_text(
        "quotas:\n  - {name: image-launch-permissions, value: 2, source: guess, about: test}\n"
    )
    amisim = start_amisim("--pace", "instant", "--fixtures", quotas)
    ec2 = amisim.client("ec2", "123456789012")
    image = steps.register(ec2)
    add(ec2, image, {"UserId": OTHER}, {"UserId": "1" * 12})
    with refused("ResourceLimitExceeded"):
        add(ec2, image, {"UserId": "2" * 12})
    modify(ec2, image, LaunchPermission={"Remove": [{"UserId": OTHER}]})
    add(ec2, image, {"UserId": "2" * 12})


# ---- Reset and cancel ----


def test_reset(ec2, other):
    image = steps.register(ec2)
    add(ec2, image, {"UserId": OTHER})
    ec2.reset_image_attribute(ImageId=image, Attribute="launchPermission")
    assert permissions(ec2, image) == []
    assert other.describe_images(ImageIds=[image])["Images"] == []
    with refused("InvalidRequest", "The request received was invalid."):
        ec2.reset_image_attribute(ImageId=image, Attribute="description")


def test_cancel_own_permission(ec2, other):
    image = steps.register(ec2)
    with refused("InvalidAMIID.NotFound"):
        other.cancel_image_launch_permission(ImageId=image)
    add(ec2, image, {"UserId": OTHER}, {"UserId": "1" * 12})
    assert other.cancel_image_launch_permission(ImageId=image)["Return"] is True
    assert permissions(ec2, image) == [{"UserId": "1" * 12}]
    assert other.describe_images(ImageIds=[image])["Images"] == []


def test_a_public_image_has_nothing_to_cancel(ec2):
    with refused("InvalidAMIID.NotFound"):
        ec2.cancel_image_launch_permission(ImageId=steps.public_image(ec2))


# ---- Public images ----


@pytest.fixture
def unblocked(ec2):
    ec2.disable_image_block_public_access()
    return ec2


BLOCKED = (
    "You can\u2019t publicly share this image because block public access for AMIs is enabled "
    "for this account. To publicly share the image, you must call the "
    "DisableImageBlockPublicAccess API."
)


def test_block_public_access(ec2):
    image = steps.register(ec2)
    state = ec2.get_image_block_public_access_state()
    assert state["ImageBlockPublicAccessState"] == "block-new-sharing"
    assert state["ManagedBy"] == "account"
    with refused("OperationNotPermitted", BLOCKED):
        add(ec2, image, {"Group": "all"})
    off = ec2.disable_image_block_public_access()
    assert off["ImageBlockPublicAccessState"] == "unblocked"
    add(ec2, image, {"Group": "all"})
    on = ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    assert on["ImageBlockPublicAccessState"] == "block-new-sharing"
    assert steps.describe(ec2, image)["Public"] is True
    with refused("OperationNotPermitted", BLOCKED):
        add(ec2, steps.register(ec2), {"Group": "all"})


def test_block_public_access_is_of_one_region(ec2, client):
    ec2.disable_image_block_public_access()
    state = client("ec2", region="eu-west-1").get_image_block_public_access_state()
    assert state["ImageBlockPublicAccessState"] == "block-new-sharing"


def test_blocking_takes_a_while_at_real_pace(start_amisim):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    ec2.disable_image_block_public_access()
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    state = ec2.get_image_block_public_access_state()
    assert state["ImageBlockPublicAccessState"] == "unblocked"
    amisim.control.clock(advance="10m")
    state = ec2.get_image_block_public_access_state()
    assert state["ImageBlockPublicAccessState"] == "block-new-sharing"


def test_everybody_sees_a_public_image(unblocked, other):
    image = steps.register(unblocked)
    add(unblocked, image, {"UserId": OTHER}, {"Group": "all"})
    assert permissions(unblocked, image) == [{"Group": "all"}, {"UserId": OTHER}]
    seen = steps.describe(other, image)
    assert seen["Public"] is True
    assert image in steps.ids(other.describe_images(ExecutableUsers=["all"]))
    modify(unblocked, image, LaunchPermission={"Remove": [{"Group": "all"}]})
    assert steps.describe(other, image)["Public"] is False


def test_public_images_get_a_deprecation_date(unblocked):
    image = steps.register(unblocked)
    add(unblocked, image, {"Group": "all"})
    shown = steps.describe(unblocked, image)
    assert int(shown["DeprecationTime"][:4]) == int(shown["CreationDate"][:4]) + 2
    assert shown["DeprecationTime"].endswith(":00.000Z")
    with refused("OperationNotPermitted"):
        unblocked.disable_image_deprecation(ImageId=image)
    unblocked.reset_image_attribute(ImageId=image, Attribute="launchPermission")
    unblocked.disable_image_deprecation(ImageId=image)
    assert "DeprecationTime" not in steps.describe(unblocked, image)


def test_encrypted_images_cannot_be_public(unblocked):
    image = steps.register(unblocked, steps.snapshot(unblocked, Encrypted=True))
    text = "Encrypted snapshots can\u2019t be shared publicly. Specify another snapshot."
    with refused("UnsupportedOperation", text):
        add(unblocked, image, {"Group": "all"})


def test_quota_of_public_images(unblocked):
    images = [steps.register(unblocked) for _ in range(6)]
    for image in images[:5]:
        add(unblocked, image, {"Group": "all"})
    text = (
        "You have reached your quota of 5 for the number of public images allowed in this "
        "Region. Deregister unused public images or make them private, or request an increase "
        "in your public AMIs quota."
    )
    with refused("ResourceLimitExceeded", text):
        add(unblocked, images[5], {"Group": "all"})
    unblocked.deregister_image(ImageId=images[0])
    add(unblocked, images[5], {"Group": "all"})


@pytest.mark.parametrize(
    "besides",
    [
        {"UserIds": [OTHER]},  # as Packer sends it
        {"Attribute": "launchPermission"},  # as Ansible sends it
        {"Attribute": "LaunchPermission"},
    ],
)
def test_the_structure_counts_beside_the_old_form_without_an_operation(ec2, besides):
    image = steps.register(ec2)
    modify(ec2, image, LaunchPermission={"Add": [{"UserId": OTHER}]}, **besides)
    assert permissions(ec2, image) == [{"UserId": OTHER}]
