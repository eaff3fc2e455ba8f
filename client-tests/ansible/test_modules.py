"""Each module on its own: check mode has no effect, and what was done once is not done again."""

import image_steps as steps
import pytest
from conftest import ACCOUNT, FRIEND, ZONE

TAGS = {"Stage": "golden"}


def tags(resource):
    return {tag["Key"]: tag["Value"] for tag in resource.get("Tags", [])}


@pytest.fixture
def volume(world):
    return world.ec2.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]


@pytest.fixture
def snapshot(world):
    return steps.snapshot(world.ec2)


@pytest.fixture
def instance(world):
    return steps.run(world.ec2)


# ---- Images ----


def image(world):
    (found,) = world.ec2.describe_images(Owners=["self"])["Images"]
    return found


def create(world, **arguments):
    """ec2_ami never looks whether the name is there: AWS refuses the second image, and check mode says so."""
    result = world.change("ec2_ami", idempotent=False, name="golden", wait=True, **arguments)
    before = world.state()
    world.refused("ec2_ami", "InvalidAMIName.Duplicate", name="golden", **arguments)
    checked = world.do("ec2_ami", True, name="golden", **arguments)
    assert not checked["changed"] and "already in use" in checked["msg"]
    assert world.state() == before
    return result["image_id"]


def test_image_of_an_instance(world, instance):
    extra = {"device_name": "/dev/sdf", "volume_size": 5, "volume_type": "gp3"}
    root = {"device_name": "/dev/xvda", "delete_on_termination": False}
    id = create(
        world,
        instance_id=instance,
        description="made by Ansible",
        no_reboot=True,
        device_mapping=[root, extra, {"device_name": "/dev/sdg", "virtual_name": "ephemeral0"}],
        tags=TAGS,
    )
    made = image(world)
    assert (made["ImageId"], made["Name"], made["State"]) == (id, "golden", "available")
    assert (made["Description"], made["SourceInstanceId"]) == ("made by Ansible", instance)
    disks = {m["DeviceName"]: m.get("Ebs", {}).get("VolumeSize") for m in made["BlockDeviceMappings"]}
    assert disks == {"/dev/xvda": 8, "/dev/sdf": 5, "/dev/sdg": None}
    (snapshot,) = world.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert tags(made) == tags(snapshot) == TAGS


def test_image_of_a_snapshot(world, snapshot):
    create(
        world,
        description="registered",
        architecture="x86_64",
        virtualization_type="hvm",
        root_device_name="/dev/xvda",
        enhanced_networking=True,
        boot_mode="uefi",
        tpm_support="v2.0",
        device_mapping=[
            {
                "device_name": "/dev/xvda",
                "snapshot_id": snapshot,
                "volume_type": "io2",
                "iops": 200,
                "volume_size": 4,
                "delete_on_termination": True,
            }
        ],
        tags=TAGS,
    )
    made = image(world)
    assert (made["BootMode"], made["TpmSupport"], made["EnaSupport"]) == ("uefi", "v2.0", True)
    ebs = made["BlockDeviceMappings"][0]["Ebs"]
    assert (ebs["SnapshotId"], ebs["VolumeType"], ebs["Iops"]) == (snapshot, "io2", 200)
    assert tags(made) == TAGS


@pytest.fixture
def golden(world, snapshot):
    return steps.register(
        world.ec2, snapshot, Name="golden", Description="at first", EnaSupport=True
    )


def test_changes_of_an_image(world, golden):
    def permissions():
        attribute = world.ec2.describe_image_attribute(
            ImageId=golden, Attribute="launchPermission"
        )
        return [permission["UserId"] for permission in attribute["LaunchPermissions"]]

    world.change("ec2_ami", image_id=golden, description="later")
    assert image(world)["Description"] == "later"
    world.change("ec2_ami", image_id=golden, launch_permissions={"user_ids": [FRIEND]})
    assert permissions() == [FRIEND]
    world.change("ec2_ami", image_id=golden, launch_permissions={"user_ids": []})
    assert permissions() == []
    world.change("ec2_ami", image_id=golden, tags=TAGS)
    world.change("ec2_ami", image_id=golden, tags={"Other": "tag"})
    assert tags(image(world)) == {"Other": "tag"}
    world.change("ec2_ami", image_id=golden, tags=TAGS, purge_tags=False)
    assert tags(image(world)) == {"Other": "tag", **TAGS}


def test_public_image(world, golden):
    everyone = {"launch_permissions": {"group_names": ["all"]}}
    world.refused("ec2_ami", "OperationNotPermitted", image_id=golden, **everyone)
    world.ec2.disable_image_block_public_access()
    world.change("ec2_ami", image_id=golden, **everyone)
    assert image(world)["Public"]


def test_end_of_an_image(world, golden, snapshot):
    result = world.change("ec2_ami", image_id=golden, state="absent", delete_snapshot=True, wait=True)
    assert result["snapshots_deleted"] == [snapshot]
    assert world.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"] == []


def test_image_info(world, golden):
    world.ec2.create_tags(Resources=[golden], Tags=[{"Key": "Stage", "Value": "golden"}])
    (found,) = world.do(
        "ec2_ami_info", owners=["self"], filters={"tag:Stage": "golden"}, describe_image_attributes=True
    )["images"]
    assert (found["image_id"], found["tags"], found["launch_permissions"]) == (golden, TAGS, [])
    assert world.do("ec2_ami_info", image_ids=[golden])["images"][0]["name"] == "golden"
    assert world.do("ec2_ami_info", owners=["self"], executable_users=["self"])["images"] == []


def test_imported_image(world):
    disk = {"format": "raw", "user_bucket": {"s3_bucket": "amisim-disks", "s3_key": "disk.raw"}}
    world.change("ec2_import_image", task_name="disk", disk_containers=[disk])
    (task,) = world.do("ec2_import_image_info")["import_image"]
    assert task["status"] == "completed" and task["image_id"] == image(world)["ImageId"]


# ---- Snapshots and volumes ----


def test_snapshot(world, volume):
    made = world.change(
        "ec2_snapshot",
        volume_id=volume,
        description="by Ansible",
        snapshot_tags=TAGS,
        last_snapshot_min_age=60,
    )["snapshot_id"]
    (found,) = world.do("ec2_snapshot_info", snapshot_ids=[made])["snapshots"]
    assert (found["volume_id"], found["state"], found["tags"]) == (volume, "completed", TAGS)
    world.change("ec2_snapshot", snapshot_id=made, state="absent")
    assert world.do("ec2_snapshot_info", filters={"owner-id": ACCOUNT})["snapshots"] == []


def test_who_may_use_a_snapshot(world, snapshot):
    def permissions():
        attribute = world.ec2.describe_snapshot_attribute(
            SnapshotId=snapshot, Attribute="createVolumePermission"
        )
        return [permission["UserId"] for permission in attribute["CreateVolumePermissions"]]

    modify = {"snapshot_id": snapshot, "modify_create_vol_permission": True}
    world.change("ec2_snapshot", **modify, user_ids=[FRIEND])
    assert permissions() == [FRIEND]
    world.change("ec2_snapshot", **modify, user_ids=["111122223333"], purge_create_vol_permission=True)
    assert permissions() == ["111122223333"]


def test_volume(world, instance):
    new = {"name": "data", "zone": ZONE, "volume_size": 2, "volume_type": "gp3", "encrypted": True}
    made = world.change("ec2_vol", **new, tags=TAGS, honest=False)["volume_id"]
    world.change(
        "ec2_vol",
        id=made,
        zone=ZONE,
        volume_size=4,
        volume_type="gp3",
        throughput=250,
        modify_volume=True,
        idempotent=False,
    )
    (found,) = world.do("ec2_vol_info", filters={"tag:Name": "data"})["volumes"]
    assert (found["id"], found["size"], found["throughput"]) == (made, 4, 250)
    assert found["tags"] == {"Name": "data", **TAGS} and found["encrypted"]
    world.change("ec2_vol", id=made, instance=instance, device_name="/dev/sdf")
    assert world.do("ec2_vol_info", filters={"tag:Name": "data"})["volumes"][0]["status"] == "in-use"
    world.change("ec2_vol", id=made, instance="None", honest=False)
    world.change("ec2_vol", id=made, state="absent")
    assert world.do("ec2_vol_info", filters={"tag:Name": "data"})["volumes"] == []


def test_volume_of_a_snapshot(world, snapshot):
    made = world.change(
        "ec2_vol", name="copy", zone=ZONE, snapshot=snapshot, volume_type="gp2", honest=False
    )["volume_id"]
    (found,) = world.ec2.describe_volumes(VolumeIds=[made])["Volumes"]
    assert (found["SnapshotId"], found["Size"], tags(found)) == (snapshot, 1, {"Name": "copy"})


# ---- Instances ----


def test_life_of_an_instance(world):
    def state():
        (found,) = world.do("ec2_instance_info", filters={"tag:Name": "builder"})["instances"]
        return found["state"]["name"]

    world.ec2.create_key_pair(KeyName="builder")
    made = world.change(
        "ec2_instance",
        name="builder",
        image_id=steps.public_image(world.ec2),
        instance_type="t3.micro",
        key_name="builder",
        security_group="default",
        vpc_subnet_id=world.ec2.describe_subnets()["Subnets"][0]["SubnetId"],
        network_interfaces=None,
        volumes=[
            {"device_name": "/dev/xvda", "ebs": {"volume_size": 10, "delete_on_termination": True}},
            {"device_name": "/dev/sdb", "virtual_name": "ephemeral0"},
        ],
        user_data="#!/bin/sh\n",
        metadata_options={"http_tokens": "required", "instance_metadata_tags": "enabled"},
        cpu_credit_specification="standard",
        detailed_monitoring=True,
        ebs_optimized=True,
        tags=TAGS,
        state="running",
        wait=True,
    )
    (id,) = made["instance_ids"]
    assert state() == "running"
    (found,) = made["instances"]
    assert found["metadata_options"]["http_tokens"] == "required"
    assert found["tags"] == {"Name": "builder", **TAGS} and found["key_name"] == "builder"
    world.change("ec2_instance", instance_ids=[id], state="stopped", wait=True)
    assert state() == "stopped"
    world.change("ec2_instance", instance_ids=[id], state="started", wait=True)
    world.change("ec2_instance", instance_ids=[id], state="rebooted", wait=True, idempotent=False)
    world.change("ec2_instance", instance_ids=[id], state="restarted", wait=True, idempotent=False)
    assert state() == "running"
    world.change("ec2_instance", instance_ids=[id], state="present", termination_protection=True)
    world.refused("ec2_instance", "OperationNotPermitted", instance_ids=[id], state="absent")
    world.change("ec2_instance", instance_ids=[id], state="present", termination_protection=False)
    world.change("ec2_instance", instance_ids=[id], state="present", tags={"Name": "builder"})
    world.change("ec2_instance", name="builder", state="absent", wait=True)
    assert state() == "terminated"


def test_absent_by_filters_of_ones_own(world, instance):
    """The module terminates what it finds, also what is terminated; AWS takes that, and nothing comes of it."""
    gone = {"filters": {"instance-id": instance}, "state": "absent", "wait": True}
    assert world.do("ec2_instance", **gone)["changed"]
    before = world.state()
    again = world.do("ec2_instance", **gone)
    assert again["changed"] and again["terminate_success"] == [instance]
    assert world.state() == before


def test_exact_count(world):
    fleet = {
        "image_id": steps.public_image(world.ec2),
        "instance_type": "t3.micro",
        "filters": {"tag:Fleet": "build", "instance-state-name": "running"},
        "tags": {"Fleet": "build"},
        "wait": True,
    }
    for count in (3, 1):
        world.change("ec2_instance", exact_count=count, **fleet)
        found = world.do("ec2_instance_info", filters=fleet["filters"])["instances"]
        assert len(found) == count


def test_launch_template(world, golden):
    template = {"name": "golden", "image_id": golden, "tags": TAGS}
    world.change("ec2_launch_template", **template, instance_type="t3.micro")
    world.change("ec2_launch_template", **template, instance_type="t3.small", source_version="latest")
    (found,) = world.do("ec2_launch_template_info", filters={"launch-template-name": "golden"})["launch_templates"]
    assert (found["latest_version_number"], found["default_version_number"]) == (2, 2)
    kinds = [v["launch_template_data"]["instance_type"] for v in found["versions"]]
    assert sorted(kinds) == ["t3.micro", "t3.small"]
    made = world.do("ec2_instance", name="of-template", launch_template={"name": "golden"}, wait=True)
    assert made["instances"][0]["image_id"] == golden
    world.change("ec2_launch_template", name="golden", state="absent")


# ---- What is around them ----


def test_key_pairs(world):
    world.change("ec2_key", name="made", key_type="ed25519", tags=TAGS)
    world.change("ec2_key", name="made", key_type="ed25519", tags={"Other": "tag"})
    first = world.do("ec2_key_info", names=["made"])["keypairs"][0]
    assert (first["key_type"], first["tags"]) == ("ed25519", {"Other": "tag"})
    world.change("ec2_key", name="made", key_type="rsa", force=True)
    assert world.do("ec2_key_info", names=["made"])["keypairs"][0]["key_type"] == "rsa"
    public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1kxYcEXjc0FyGbTpVNQBsu8eM9bCPi1A4MG1MWm0Ba"
    world.change("ec2_key", name="imported", key_material=public, honest=False)
    for name in ("made", "imported"):
        world.change("ec2_key", name=name, state="absent")
    assert world.do("ec2_key_info")["keypairs"] == []


def test_kms_key(world):
    key = {"alias": "golden", "tags": TAGS}
    world.change("kms_key", **key, description="of images")
    world.change("kms_key", **key, description="of golden images")
    world.change("kms_key", **key, enabled=False)
    (found,) = world.do("kms_key_info", alias="golden")["kms_keys"]
    assert (found["key_state"], found["description"]) == ("Disabled", "of golden images")
    assert found["tags"] == TAGS and found["aliases"] == ["golden"]
    world.change("kms_key", **key, enabled=True)
    world.change("kms_key", alias="golden", state="absent")


def test_security_group(world):
    group = {"name": "builder", "description": "lets the builder in"}
    ssh = {"proto": "tcp", "ports": [22], "cidr_ip": "10.0.0.0/8", "rule_desc": "ours"}
    inside = {"proto": "tcp", "from_port": 8000, "to_port": 8010, "group_name": "builder"}
    world.change("ec2_security_group", **group, rules=[ssh], tags=TAGS)
    world.change("ec2_security_group", **group, rules=[ssh, inside, {**ssh, "cidr_ipv6": "::/0"}])
    world.change("ec2_security_group", **group, rules=[inside], rules_egress=[])
    (found,) = world.do("ec2_security_group_info", filters={"group-name": "builder"})["security_groups"]
    (rule,) = found["ip_permissions"]
    assert (rule["from_port"], rule["to_port"]) == (8000, 8010)
    assert rule["user_id_group_pairs"][0]["group_id"] == found["group_id"]
    assert found["ip_permissions_egress"] == [] and found["tags"] == TAGS
    world.change("ec2_security_group", name="builder", state="absent")


def test_network(world):
    net = world.change("ec2_vpc_net", name="net", cidr_block=["10.1.0.0/16"], tags=TAGS)["vpc"]
    subnet = {"vpc_id": net["id"], "cidr": "10.1.1.0/24"}
    world.change("ec2_vpc_subnet", **subnet, az=ZONE, tags=TAGS)
    world.change("ec2_vpc_subnet", **subnet, map_public=True, purge_tags=False)
    (found,) = world.do("ec2_vpc_subnet_info", filters={"vpc-id": net["id"]})["subnets"]
    assert found["map_public_ip_on_launch"] and found["tags"] == TAGS
    assert len(world.do("ec2_vpc_net_info", vpc_ids=[net["id"]])["vpcs"]) == 1
    world.change("ec2_vpc_subnet", **subnet, state="absent")
    world.change("ec2_vpc_net", name="net", cidr_block=["10.1.0.0/16"], state="absent")


def test_tags(world, golden):
    world.change("ec2_tag", resource=golden, tags={**TAGS, "Team": "a"})
    assert world.do("ec2_tag_info", resource=golden)["tags"] == {**TAGS, "Team": "a"}
    world.change("ec2_tag", resource=golden, tags=TAGS, purge_tags=True)
    assert world.do("ec2_tag_info", resource=golden)["tags"] == TAGS
    world.change("ec2_tag", resource=golden, tags=TAGS, state="absent")
    assert world.do("ec2_tag_info", resource=golden)["tags"] == {}


def test_where_and_who(world):
    assert world.do("aws_caller_info")["account"] == ACCOUNT
    zones = world.do("aws_az_info")["availability_zones"]
    assert ZONE in [zone["zone_name"] for zone in zones]
    regions = [region["region_name"] for region in world.do("aws_region_info")["regions"]]
    assert {"us-east-1", "eu-west-1"} <= set(regions)


def test_what_is_not_simulated_is_refused(world, instance):
    vpc = world.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    world.refused("ec2_eip", "UnsupportedOperation", device_id=instance)
    world.refused("ec2_vpc_igw", "UnsupportedOperation", vpc_id=vpc)
