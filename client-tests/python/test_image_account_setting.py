"""Allowed AMIs: criteria, what they hide, what audit mode shows."""

import image_steps as steps
import pytest
from simulator import refused

AMAZON = "137112412989"
DEBIAN = "136693071363"
OTHER = "555500009999"


def criteria(ec2, *criteria):
    answer = ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=list(criteria))
    assert answer["ReturnValue"] is True


def enable(ec2, state="enabled"):
    answer = ec2.enable_allowed_images_settings(AllowedImagesSettingsState=state)
    assert answer["AllowedImagesSettingsState"] == state


def owners(ec2):
    return {image["OwnerId"] for image in ec2.describe_images(IncludeDeprecated=True)["Images"]}


def test_settings(ec2):
    before = ec2.get_allowed_images_settings()
    assert before["State"] == "disabled"
    assert before["ManagedBy"] == "account"
    assert before["ImageCriteria"] == []
    wanted = {
        "ImageProviders": ["amazon", OTHER],
        "ImageNames": ["al2023-*"],
        "MarketplaceProductCodes": ["abc123"],
        "CreationDateCondition": {"MaximumDaysSinceCreated": 300},
        "DeprecationTimeCondition": {"MaximumDaysSinceDeprecated": 0},
        "ImageWatermarks": [{"WatermarkKey": f"{OTHER}:good", "SourceImageRegion": "eu-west-1"}],
    }
    criteria(ec2, wanted, {"ImageProviders": ["none"]})
    enable(ec2, "audit-mode")
    settings = ec2.get_allowed_images_settings()
    assert settings["State"] == "audit-mode"
    assert settings["ImageCriteria"] == [wanted, {"ImageProviders": ["none"]}]
    answer = ec2.disable_allowed_images_settings()
    assert answer["AllowedImagesSettingsState"] == "disabled"
    criteria(ec2)
    assert ec2.get_allowed_images_settings()["ImageCriteria"] == []


def test_audit_mode_marks_and_hides_nothing(ec2):
    mine = steps.register(ec2)
    public = steps.public_image(ec2)
    assert "ImageAllowed" not in steps.describe(ec2, public)
    criteria(ec2, {"ImageProviders": [DEBIAN]})
    enable(ec2, "audit-mode")
    assert steps.describe(ec2, public)["ImageAllowed"] is False
    assert steps.describe(ec2, mine)["ImageAllowed"] is True
    allowed = [{"Name": "image-allowed", "Values": ["true"]}]
    found = ec2.describe_images(Filters=allowed, IncludeDeprecated=True)["Images"]
    assert {image["OwnerId"] for image in found} == {DEBIAN, steps.describe(ec2, mine)["OwnerId"]}
    assert steps.run(ec2, ImageId=public)


def test_enabled_makes_images_disappear(ec2, account):
    public, mine = steps.public_image(ec2), steps.register(ec2, EnaSupport=True)
    criteria(ec2, {"ImageProviders": [DEBIAN]})
    enable(ec2)
    assert owners(ec2) == {DEBIAN, account}
    assert ec2.describe_images(ImageIds=[public])["Images"] == []
    with refused("AuthFailure", f"Not authorized for images: [{public}]"):
        steps.run(ec2, ImageId=public)
    with refused("InvalidAMIID.NotFound", f"The image id '[{public}]' does not exist"):
        ec2.copy_image(SourceImageId=public, SourceRegion="us-east-1", Name="forbidden")
    assert steps.run(ec2, ImageId=mine)
    ec2.disable_allowed_images_settings()
    assert steps.describe(ec2, public)


def test_it_holds_in_one_region(ec2, client):
    criteria(ec2, {"ImageProviders": ["none"]})
    enable(ec2)
    assert owners(ec2) == set()
    assert owners(client("ec2", region="eu-west-1"))


def test_criteria_are_alternatives_and_their_fields_add_up(ec2):
    criteria(
        ec2,
        {"ImageProviders": ["amazon"], "ImageNames": ["al2023-*-arm64"]},
        {"ImageProviders": [DEBIAN]},
    )
    enable(ec2)
    for image in ec2.describe_images()["Images"]:
        name = image["Name"]
        assert image["OwnerId"] == DEBIAN or (name.startswith("al2023-") and "arm64" in name)


def test_age_and_deprecation(start_amisim):
    amisim = start_amisim("--pace", "instant")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    other = amisim.client("ec2", OTHER)
    image = steps.register(other)
    other.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": "123456789012"}]}
    )
    enable(ec2)

    def visible():
        return bool(ec2.describe_images(ImageIds=[image])["Images"])

    criteria(ec2, {"CreationDateCondition": {"MaximumDaysSinceCreated": 1}})
    assert visible()
    amisim.control.clock(advance="25h")
    assert not visible()
    now = amisim.control.clock()["now"]
    other.enable_image_deprecation(ImageId=image, DeprecateAt=now)
    criteria(ec2, {"DeprecationTimeCondition": {"MaximumDaysSinceDeprecated": 1}})
    amisim.control.clock(advance="1h")
    assert visible()
    criteria(ec2, {"DeprecationTimeCondition": {"MaximumDaysSinceDeprecated": 0}})
    assert not visible()


@pytest.mark.parametrize(
    "criterion",
    [
        {"ImageProviders": ["nobody"]},
        {"ImageProviders": ["12345"]},
        {"ImageNames": ["x" * 129]},
        {"MarketplaceProductCodes": ["x" * 26]},
        {"ImageNames": [f"name-{n}" for n in range(51)]},
        {"ImageProviders": [f"{n:012}" for n in range(201)]},
    ],
)
def test_bad_criteria(ec2, criterion):
    with refused("InvalidParameterValue"):
        criteria(ec2, criterion)
    assert ec2.get_allowed_images_settings()["ImageCriteria"] == []


def test_none_stands_alone_and_ten_are_the_most(ec2):
    with refused("InvalidParameterCombination"):
        criteria(ec2, {"ImageProviders": ["none", "amazon"]})
    with refused("InvalidParameterValue"):
        criteria(ec2, *[{"ImageProviders": ["amazon"]}] * 11)
    criteria(ec2, *[{"ImageProviders": ["amazon"]}] * 10)


def test_scans_are_not_simulated(ec2):
    with refused("UnsupportedOperation"):
        criteria(ec2, {"ScanResultCondition": {"MaximumSeverityLabel": "low"}})


def test_states_are_checked(ec2):
    with refused("InvalidParameterValue"):
        ec2.enable_allowed_images_settings(AllowedImagesSettingsState="on")
