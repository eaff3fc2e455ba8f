"""Policies about instances, above all that they run nothing but approved images."""

import pytest


@pytest.fixture
def two_instances(world):
    """One of an approved image and one of another, which is protected against its end."""
    approved, _ = world.image("approved", Approved="2026-11")
    other, _ = world.image("other")
    return approved, world.instance(approved), world.instance(
        other, DisableApiTermination=True, DisableApiStop=True
    )


def test_instances_of_images_that_are_not_on_the_list_are_terminated(world, two_instances):
    approved, good, bad = two_instances
    policy = "ec2-terminate-unapproved-ami"
    assert world.run(policy, variables={"approved": [approved]}) == {policy: {bad}}
    assert world.states() == {good: "running", bad: "terminated"}
    assert world.run(policy, variables={"approved": [approved]}) == {policy: set()}


def test_instances_of_images_without_the_tag_are_terminated(world, two_instances):
    _, good, bad = two_instances
    policy = "ec2-terminate-image-without-tag"
    assert world.run(policy) == {policy: {bad}}
    assert world.states() == {good: "running", bad: "terminated"}


def test_instances_whose_image_is_gone(world):
    image, _ = world.image("gone")
    left = world.instance(image)
    world.instance(world.image("there")[0])
    world.ec2.deregister_image(ImageId=image)
    assert world.run("ec2-deregistered-ami")["ec2-deregistered-ami"] == {left}


def test_age_of_image_and_instance(world):
    world.days_ago(80)
    image, _ = world.image("ancient")
    world.days_ago(40)
    old = world.instance(image)
    protected = world.instance(image, DisableApiTermination=True)
    world.days_ago(20)
    fresh = world.instance(image)
    newest = world.instance(world.image("new")[0])

    found = world.run("ec2-ancient-ami", "ec2-30-days-plus")
    assert found == {
        "ec2-ancient-ami": {old, protected, fresh},
        "ec2-30-days-plus": {old},
    }
    assert set(world.tags(old)) == {"Renew", "maid_status"}
    assert world.tags(protected) == world.tags(fresh) == {"Renew": "yes"}
    assert world.tags(newest) == {}
    assert world.run("ec2-terminate-marked")["ec2-terminate-marked"] == {old}
    assert world.states() == {
        old: "terminated", protected: "running", fresh: "running", newest: "running"
    }


def test_stop_and_start(world):
    world.days_ago(40)
    image, _ = world.image("golden")
    owned, orphan = world.instance(image), world.instance(image)
    world.tag(owned, Owner="team-a")
    asleep = world.instance(image)
    world.tag(asleep, Owner="team-b")
    world.ec2.stop_instances(InstanceIds=[asleep])
    before = set(world.snapshots())

    found = world.run("ec2-stop-without-owner", "ec2-stopped-long")
    assert found == {"ec2-stop-without-owner": {orphan}, "ec2-stopped-long": {asleep}}
    assert world.states() == {owned: "running", orphan: "stopped", asleep: "running"}
    (made,) = set(world.snapshots()) - before
    assert world.tags(made) == {"Owner": "team-b", "custodian_snapshot": "True"}


def test_what_an_instance_is_like(world):
    image, _ = world.image("golden")
    careless = world.instance(image, UserData="#!/bin/sh\nexport PASSWORD=secret\n")
    careful = world.instance(
        image,
        MetadataOptions={"HttpTokens": "required"},
        BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True}}],
    )
    found = world.run("ec2-root-not-encrypted", "ec2-user-data", "ec2-imds-v1")
    assert found == {
        "ec2-root-not-encrypted": {careless},
        "ec2-user-data": {careless},
        "ec2-imds-v1": {careless},
    }
    assert world.run("ec2-imds-v1")["ec2-imds-v1"] == set()
    assert set(world.states()) == {careless, careful}
