"""Policies about volumes: what lies about unattached, has no snapshot, or is not encrypted."""


def test_unattached_volumes_are_snapshotted_and_deleted(world):
    world.days_ago(40)
    old = world.volume()
    world.tag(old, Name="left-behind")
    image, _ = world.image("golden")
    world.instance(image)
    world.days_ago(10)
    young = world.volume()
    attached = {id for id, v in world.volumes().items() if v["State"] == "in-use"}
    before, unattached = set(world.snapshots()), world.volumes()

    found = world.run("ebs-unattached")["ebs-unattached"]
    assert old in found and young not in found and not found & attached
    assert found <= set(unattached)
    assert set(world.volumes()) == set(unattached) - found
    made = {s["VolumeId"]: s for id, s in world.snapshots().items() if id not in before}
    assert set(made) == found
    assert world.tags(made[old]["SnapshotId"]) == {
        "Name": "left-behind", "custodian_snapshot": "True"
    }


def test_volumes_without_a_recent_snapshot(world):
    never, long_ago, lately = (world.volume() for _ in range(3))
    world.days_ago(10)
    world.snapshot(long_ago)
    world.days_ago(2)
    world.snapshot(lately)
    policy = "ebs-without-recent-snapshot"
    assert world.run(policy) == {policy: {never, long_ago}}


def test_another_type(world):
    old, new = world.volume(VolumeType="gp2"), world.volume(VolumeType="gp3")
    assert world.run("ebs-to-gp3")["ebs-to-gp3"] == {old}
    assert {v["VolumeType"] for v in world.volumes().values()} == {"gp3"}
    assert set(world.volumes()) == {old, new}
    assert world.run("ebs-to-gp3")["ebs-to-gp3"] == set()


def test_tags_of_the_instance(world):
    image, _ = world.image("golden")
    instance = world.instance(image)
    world.tag(instance, Owner="team-a", Name="web")
    (volume,) = world.run("ebs-copy-instance-tags")["ebs-copy-instance-tags"]
    assert world.tags(volume)["Owner"] == "team-a"
    assert world.tags(volume)["LastAttachInstance"] == instance
    assert "Name" not in world.tags(volume)


def test_volumes_of_an_instance_are_encrypted(world):
    image, _ = world.image("golden")
    instance = world.instance(image)
    kms = world.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/golden", TargetKeyId=key["KeyId"])
    (plain,) = world.run("ebs-encrypt-attached")["ebs-encrypt-attached"]

    (volume,) = [v for v in world.volumes().values() if v["Attachments"]]
    assert volume["VolumeId"] != plain and plain not in world.volumes()
    assert (volume["Encrypted"], volume["KmsKeyId"]) == (True, key["Arn"])
    (attachment,) = volume["Attachments"]
    assert (attachment["InstanceId"], attachment["Device"]) == (instance, "/dev/xvda")
    assert attachment["DeleteOnTermination"]
    assert world.states() == {instance: "running"}
    assert world.run("ebs-with-golden-key")["ebs-with-golden-key"] == {volume["VolumeId"]}
