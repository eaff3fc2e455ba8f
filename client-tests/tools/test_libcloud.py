"""Apache libcloud: its driver signs the requests and reads the XML by code of its own."""

import image_steps as steps
import pytest
from conftest import ACCOUNT, FRIEND, tags
from libcloud.compute.providers import get_driver
from libcloud.compute.types import NodeState, Provider


@pytest.fixture
def driver(world):
    def make(region="us-east-1"):
        return get_driver(Provider.EC2)(
            ACCOUNT,
            "anything",
            region=region,
            host=world.simulator.host,
            port=world.simulator.port,
            secure=False,
            signature_version="4",
        )

    return make


@pytest.fixture
def ec2(driver):
    return driver()


def launch(ec2, world, **more):
    (image,) = ec2.list_images(ex_image_ids=[steps.public_image(world.ec2)])
    (size,) = [size for size in ec2.list_sizes() if size.id == "t3.micro"]
    node = ec2.create_node(name="builder", image=image, size=size, **more)
    ((running, _),) = ec2.wait_until_running([node], wait_period=0.01)
    return running


def test_a_node_from_beginning_to_end(world, ec2):
    key = ec2.create_key_pair("mine")
    assert key.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----") and key.fingerprint
    group = ec2.ex_create_security_group("builders", "lets the builder in")["group_id"]
    assert ec2.ex_authorize_security_group_ingress(group, 22, 22, cidr_ips=["10.0.0.0/8"])
    disk = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 10, "DeleteOnTermination": True}}
    node = launch(
        ec2,
        world,
        ex_keyname="mine",
        ex_security_groups=["builders"],
        ex_blockdevicemappings=[disk],
        ex_metadata={"Stage": "build"},
    )
    assert node.state == NodeState.RUNNING and node.public_ips and node.private_ips
    assert ec2.ex_describe_tags(node) == {"Name": "builder", "Stage": "build"}
    assert ec2.ex_stop_node(node)
    assert [n.state for n in ec2.list_nodes()] == [NodeState.STOPPED]
    assert ec2.ex_start_node(node) and ec2.reboot_node(node)
    assert "Linux version" in ec2.ex_get_console_output(node)["output"]
    assert ec2.destroy_node(node)
    assert ec2.ex_delete_security_group("builders") and ec2.delete_key_pair(key)
    assert ec2.list_key_pairs() == []


def test_images(world, driver, ec2):
    node = launch(ec2, world)
    image = ec2.create_image(node, "golden", description="by libcloud", reboot=False)
    assert world.images()["golden"]["Description"] == "by libcloud"
    assert ec2.ex_create_tags(image, {"Stage": "golden"})
    assert ec2.ex_modify_image_attribute(image, {"LaunchPermission.Add.1.UserId": FRIEND})
    (shown,) = ec2.list_images(ex_owner="self")
    assert (shown.id, shown.name, shown.extra["state"]) == (image.id, "golden", "available")
    assert shown.extra["tags"] == {"Stage": "golden"}
    copied = driver("eu-west-1").copy_image(image, "us-east-1", name="copied")
    assert [found.id for found in driver("eu-west-1").list_images(ex_owner="self")] == [copied.id]
    assert ec2.delete_image(image)
    assert ec2.list_images(ex_owner="self") == []


def test_volumes_and_snapshots(world, ec2):
    node = launch(ec2, world)
    location = next(at for at in ec2.list_locations() if at.name == node.extra["availability"])
    volume = ec2.create_volume(2, "data", location=location, ex_volume_type="gp3")
    assert ec2.attach_volume(node, volume, "/dev/sdf")
    assert {found.size for found in ec2.list_volumes(node)} == {2, 8}
    snapshot = ec2.create_volume_snapshot(volume, "golden")
    assert [found.id for found in ec2.list_volume_snapshots(volume)] == [snapshot.id]
    permission = {"CreateVolumePermission.Add.1.UserId": FRIEND}
    assert ec2.ex_modify_snapshot_attribute(snapshot, permission)
    image = ec2.ex_register_image(
        "registered",
        architecture="x86_64",
        root_device_name="/dev/xvda",
        virtualization_type="hvm",
        ena_support=True,
        block_device_mapping=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot.id}}],
    )
    assert world.images()["registered"]["ImageId"] == image.id
    assert ec2.delete_image(image) and ec2.destroy_volume_snapshot(snapshot)
    assert ec2.detach_volume(volume) and ec2.destroy_volume(volume)
    (left,) = world.ec2.describe_volumes()["Volumes"]
    assert left["Size"] == 8 and not tags(left)
