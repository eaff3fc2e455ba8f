"""Builds that end badly, by mistake or by a fault: what Packer says, and that it cleans up."""

import os
import signal

import pytest
from conftest import ABROAD, HOME, disks


def put_rule(world, when, what):
    world.control.put("scenarios/fault", {"name": "fault", "rules": [{"when": when, "what": what}]})


def test_name_that_is_taken(world):
    world.build("surrogate.json")
    before = world.images(), world.snapshots()
    image = world.image()["ImageId"]
    said = world.failed_build("surrogate.json")
    assert f"AMI Name: 'surrogate' is used by an existing AMI: {image}" in said
    assert (world.images(), world.snapshots()) == before
    assert not any(world.scaffolding().values())


def test_name_that_is_taken_abroad(world):
    """Packer looks at home only; AWS's refusal comes with the copy."""
    world.build("surrogate.json")
    ec2 = world.client("ec2")
    ec2.deregister_image(ImageId=world.image()["ImageId"], DeleteAssociatedSnapshots=True)
    said = world.failed_build("surrogate.json")
    assert "InvalidAMIName.Duplicate" in said
    assert world.nothing_is_left()
    assert len(world.images(ABROAD)) == 1 and len(world.snapshots(ABROAD)) == 2


def test_source_that_is_not_there(world):
    said = world.failed_build("devices.pkr.hcl", "-var", "source=no-such-image-*")
    assert "No AMI was found matching filters" in said
    assert world.nothing_is_left(ABROAD)


def test_architectures_that_do_not_match(world):
    said = world.failed_build("devices.pkr.hcl", "-var", "instance_type=m5.large")
    assert "InvalidParameterValue: The architecture 'x86_64' of the specified instance" in said
    assert world.nothing_is_left(ABROAD)


def test_spot(world):
    """Spot Instances are not simulated, and that is said."""
    said = world.failed_build("devices.pkr.hcl", "-var", "spot_price=auto", "-var", "ena=false")
    assert "UnsupportedOperation: The parameter InstanceMarketOptions is not simulated" in said
    assert world.nothing_is_left(ABROAD)


def test_public_image_of_an_encrypted_disk(world):
    world.client("ec2", ABROAD).disable_image_block_public_access()
    said = world.failed_build("devices.pkr.hcl", "-var", 'groups=["all"]')
    assert "Encrypted snapshots can’t be shared publicly" in said
    assert world.nothing_is_left(ABROAD)


@pytest.mark.parametrize("operation", ["RunInstances", "DescribeImages", "CreateImage", "CopyImage"])
def test_throttling_that_passes(world, operation):
    """The SDK inside tries again, and nothing is made twice."""
    put_rule(world, {"operations": [operation], "first": 2}, {"error": {"code": "RequestLimitExceeded"}})
    world.build("image.json")
    codes = [c.get("code") for c in world.requests() if c["operation"] == operation]
    assert codes[:3] == ["RequestLimitExceeded", "RequestLimitExceeded", None]
    for region in (HOME, ABROAD):
        assert len(world.images(region)) == len(world.snapshots(region)) == 1
        assert not any(world.scaffolding(region).values())


def test_limit_that_is_reached(world):
    put_rule(world, {"operations": ["RunInstances"]}, {"error": {"code": "VcpuLimitExceeded"}})
    assert "VcpuLimitExceeded" in world.failed_build("devices.pkr.hcl")
    assert world.nothing_is_left(ABROAD)


# What Packer 1.6 does not clean up: an image it waits for, and finished copies of one that failed.


def test_image_that_fails(world):
    put_rule(world, {"jobs": ["image"]}, {"job": {"fail": "the disk is unreadable"}})
    said = world.failed_build("devices.pkr.hcl")
    assert "Error waiting for AMI: Failed with ResourceNotReady" in said
    assert not any(world.scaffolding(ABROAD).values())
    image = world.image(ABROAD)
    assert (image["State"], image["StateReason"]["Message"]) == ("failed", "the disk is unreadable")


def check_failed_copy(world):
    said = world.failed_build("image.json")
    copied, failed = world.image(HOME), world.image(ABROAD)
    assert f"Error waiting for AMI ({failed['ImageId']}) in region ({ABROAD})" in said
    assert (copied["State"], failed["State"]) == ("available", "failed")
    for region, image in ((HOME, copied), (ABROAD, failed)):
        assert image["Name"] == "packer-golden"  # that of the image in between was another one
        assert set(world.snapshots(region)) <= {disk.get("SnapshotId") for disk in disks(image).values()}
        assert not any(world.scaffolding(region).values())
    return failed


def test_copy_that_fails(world):
    put_rule(world, {"jobs": ["image-copy"], "regions": [ABROAD]}, {"job": {"fail": "it broke"}})
    assert check_failed_copy(world)["StateReason"]["Message"] == "it broke"


def test_key_that_is_disabled(world):
    world.client("kms", ABROAD).disable_key(KeyId=world.keys[ABROAD])
    assert check_failed_copy(world)["StateReason"]["Code"] == "Client.InternalError"


def test_interrupted_while_it_waits_for_the_image(world):
    """As a pipeline that is cancelled does it."""
    put_rule(world, {"jobs": ["image"]}, {"job": {"stuck": True}})
    process = world.packer("build", world.template("devices.pkr.hcl"))
    for line in process.stdout:
        if "Waiting for AMI to become ready" in line:
            os.killpg(process.pid, signal.SIGINT)
            break
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 1 and "Cleanly cancelled builds after being interrupted" in said
    assert not any(world.scaffolding(ABROAD).values())
    assert world.image(ABROAD)["State"] == "pending"
