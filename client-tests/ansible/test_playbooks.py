"""Playbooks and an inventory, as their users run them."""

import json
import re
import sys

import image_steps as steps


def play(world, *arguments):
    """How many tasks changed something."""
    said = world.program(
        "ansible-playbook",
        "--inventory",
        "localhost,",
        "--extra-vars",
        f"ansible_python_interpreter={sys.executable}",
        *arguments,
    )
    return int(re.search(r"^localhost .*changed=(\d+)", said, re.MULTILINE)[1])


def test_an_image_from_beginning_to_end(world):
    empty = world.state()
    assert play(world, "--check", "surroundings.yml") == 3
    assert world.state() == empty
    assert play(world, "image.yml") == 9
    made = world.state()
    assert play(world, "image.yml") == 0
    assert world.state() == made
    assert play(world, "remove.yml") == 5
    assert not world.ec2.describe_images(Owners=["self"])["Images"]
    assert not world.ec2.describe_volumes()["Volumes"]


def test_inventory(world):
    image = steps.public_image(world.ec2)
    for name, stage in (("web", "build"), ("db", "build"), ("other", "prod")):
        tags = [{"Key": "Name", "Value": name}, {"Key": "Stage", "Value": stage}]
        steps.run(
            world.ec2,
            ImageId=image,
            TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
        )
    said = world.program("ansible-inventory", "--inventory", "build.aws_ec2.yml", "--list")
    found = json.loads(said)
    for group in ("aws_ec2", "type_t3_micro", "region_us_east_1"):
        assert set(found[group]["hosts"]) == {"web", "db"}
    assert "region_eu_west_1" not in found
    for host in found["_meta"]["hostvars"].values():
        assert host["base"] == {"__ansible_unsafe": image}
        assert host["ansible_host"] == host["private_ip_address"]
