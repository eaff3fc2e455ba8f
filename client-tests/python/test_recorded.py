"""Calls that AWS answered in September 2026, sent again: status, code, text and fields must be alike.

recorded.json has the facts: what was asked, in which state, what came. GIVEN makes each state. The cases of
operations that have tests of their own with the same facts (EBS direct, KMS, SSM) are not repeated.
"""

import json
import pathlib
import re
import xml.etree.ElementTree as ET

import pytest

CASES = json.loads((pathlib.Path(__file__).parent / "recorded.json").read_text())
OTHER = "917546008205"
GIVEN = {}


def given(*states):
    def keep(make):
        for state in states:
            GIVEN[state] = make
        return make

    return keep


class World:
    """The clients of one account and what the state's maker has named in it."""

    def __init__(self, client, account):
        self.ec2, self.kms, self.ebs = client("ec2"), client("kms"), client("ebs")
        self.other = client("ec2", account=OTHER)
        self.names = {"ACCOUNT": account, "OTHER_ACCOUNT": OTHER}

    def name(self, **names):
        self.names.update(names)

    def snapshot(self, blocks=0, size=1, complete=True, **start):
        made = self.ebs.start_snapshot(VolumeSize=size, **start)["SnapshotId"]
        if complete:
            self.ebs.complete_snapshot(SnapshotId=made, ChangedBlocksCount=0)
        self.name(SNAPSHOT=made)
        return made

    def volume(self, **parameters):
        wanted = {"AvailabilityZone": "us-east-1a", "VolumeType": "gp3", **parameters}
        if "SnapshotId" not in wanted:
            wanted.setdefault("Size", 1)
        made = self.ec2.create_volume(**wanted)["VolumeId"]
        self.name(VOLUME=made)
        return made

    def image(self, snapshot=None, name="recorded", ec2=None, **parameters):
        made = (ec2 or self.ec2).register_image(
            Name=name,
            Architecture="x86_64",
            VirtualizationType="hvm",
            RootDeviceName="/dev/xvda",
            BlockDeviceMappings=[{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot or self.snapshot()}}],
            **parameters,
        )["ImageId"]
        self.name(IMAGE=made)
        return made

    def instance(self, state="running"):
        image = self.ec2.describe_images(
            Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023*-x86_64"]}]
        )["Images"][0]["ImageId"]
        made = self.ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            Placement={"AvailabilityZone": "us-east-1a"},
        )["Instances"][0]["InstanceId"]
        if state in ("stopped", "terminated"):
            {"stopped": self.ec2.stop_instances, "terminated": self.ec2.terminate_instances}[state](InstanceIds=[made])
        self.name(INSTANCE=made, AMI=image)
        return made

    def key_pair(self, name="rec-key"):
        tags = [{"Key": "Name", "Value": "rec"}, {"Key": "suite", "Value": "rec"}]
        made = self.ec2.create_key_pair(
            KeyName=name, TagSpecifications=[{"ResourceType": "key-pair", "Tags": tags}]
        )
        self.name(KEYNAME=name, KEYID=made["KeyPairId"])

    def fill(self, text):
        for name in sorted(self.names, key=len, reverse=True):
            text = text.replace(f"${name}", self.names[name])
        return text


@given("none", "account never changed")
def nothing(world):
    world.name(KEYNAME="rec-new")


@given(
    "own completed snapshot",
    "own completed unencrypted snapshot",
    "own completed unencrypted snapshot 1 GiB",
    "own unencrypted snapshot",
    "own snapshot",
    "own unencrypted snapshot, public access not blocked",
    "own snapshot (pending or completed), not shared",
    "EBS-direct snapshot of 1 GiB completed with no block",
)
def own_snapshot(world):
    world.snapshot()


@given("own completed snapshot 8 GiB")
def own_snapshot_of_8(world):
    world.snapshot(size=8)


@given("own completed snapshot of a 2 GiB disk")
def own_snapshot_of_2(world):
    world.snapshot(size=2)


@given("own completed snapshot; own image already has that name")
def name_is_taken(world):
    world.image(name="taken")
    world.name(NAME="taken")
    world.snapshot()


@given("two own completed snapshots")
def two_snapshots(world):
    first = world.snapshot()
    world.name(SNAPSHOT2=world.snapshot())
    world.name(SNAPSHOT=first)


@given("snapshot just begun with EBS-direct StartSnapshot (tags given), not completed")
def begun_snapshot(world):
    world.snapshot(complete=False, Tags=[{"Key": "suite", "Value": "rec"}], Description="rec")


@given(
    "own available gp3 volume of 1 GiB",
    "own volume",
    "own available volume",
    "own volume never modified",
    "some own volumes",
    "own available healthy volume",
    "own volume still creating",
)
def own_volume(world):
    world.volume()


@given("own available gp2 volume of 1 GiB")
def own_gp2_volume(world):
    world.volume(VolumeType="gp2")


@given(
    "own available gp3 volume 1 GiB in us-east-1a tagged suite=$TAGVALUE",
    "own available gp3 volume 1 GiB made from nothing, tagged",
)
def tagged_volume(world):
    world.name(TAGVALUE="recorded")
    tags = [{"Key": "suite", "Value": "recorded"}]
    world.volume(TagSpecifications=[{"ResourceType": "volume", "Tags": tags}])


@given("own available volume made from a snapshot, 2 GiB")
def restored_volume(world):
    world.volume(SnapshotId=world.snapshot(size=2))


@given(
    "own available image",
    "own available image without that attribute",
    "own image just registered from a bare 1 GiB snapshot with one tag and no description",
)
def own_image(world):
    world.image(TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "suite", "Value": "rec"}]}])


@given("own image shared with the own account and one other account", "own image shared with $OTHER_ACCOUNT",
       "own private image (shared with accounts only)")
def shared_image(world):
    world.image()
    for account in (world.names["ACCOUNT"], OTHER):
        world.ec2.modify_image_attribute(
            ImageId=world.names["IMAGE"], LaunchPermission={"Add": [{"UserId": account}]}
        )


@given("own image just deregistered (0.001 s before)", "own image already deregistered")
def deregistered_image(world):
    world.ec2.deregister_image(ImageId=world.image())


@given("own image after Description.Value=owned description and ImdsSupport.Value=v2.0")
def modified_image(world):
    image = world.image()
    world.ec2.modify_image_attribute(ImageId=image, Description={"Value": "owned description"})
    world.ec2.modify_image_attribute(ImageId=image, ImdsSupport={"Value": "v2.0"})


@given("image of ANOTHER account shared with the caller")
def foreign_image(world):
    volume = world.other.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    snapshot = world.other.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = world.image(snapshot, name=f"shared-{world.names['ACCOUNT']}", ec2=world.other)
    world.other.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": world.names["ACCOUNT"]}]}
    )


@given("snapshot of ANOTHER account, not shared")
def foreign_snapshot(world):
    volume = world.other.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    world.name(SNAPSHOT=world.other.create_snapshot(VolumeId=volume)["SnapshotId"])


@given("snapshot of ANOTHER account, shared with the caller")
def foreign_shared_snapshot(world):
    foreign_snapshot(world)
    world.other.modify_snapshot_attribute(
        SnapshotId=world.names["SNAPSHOT"],
        CreateVolumePermission={"Add": [{"UserId": world.names["ACCOUNT"]}]},
    )


@given("own snapshot used by one own image")
def used_snapshot(world):
    world.image(world.snapshot())


@given("own snapshot used by two own images ($IMAGE older, $IMAGE2 newer)")
def twice_used_snapshot(world):
    snapshot = world.snapshot()
    older = world.image(snapshot)
    world.name(IMAGE2=world.image(snapshot, name="newer"))
    world.name(IMAGE=older)


@given("own snapshot whose images are all deregistered")
def freed_snapshot(world):
    world.ec2.deregister_image(ImageId=world.image(world.snapshot()))


@given("own snapshot just deleted")
def deleted_snapshot(world):
    world.ec2.delete_snapshot(SnapshotId=world.snapshot())


@given("own snapshot already shared with $OTHER_ACCOUNT")
def shared_snapshot(world):
    world.ec2.modify_snapshot_attribute(
        SnapshotId=world.snapshot(), CreateVolumePermission={"Add": [{"UserId": OTHER}]}
    )


@given(
    "own completed snapshot encrypted with the AWS managed key",
    "own snapshot encrypted with the AWS managed key, not shared",
    "own snapshot encrypted with the AWS managed key",
    "own completed ENCRYPTED snapshot",
)
def aws_key_snapshot(world):
    world.snapshot(Encrypted=True)


@given("own PENDING snapshot encrypted with the AWS managed key")
def pending_aws_key_snapshot(world):
    world.snapshot(complete=False, Encrypted=True)


@given(
    "own pending or completed snapshot encrypted with an own customer key",
    "own snapshot encrypted with an own customer key",
    "own completed ENCRYPTED snapshot (own key)",
)
def own_key_snapshot(world):
    key = world.kms.create_key()["KeyMetadata"]["Arn"]
    world.name(KEY=key)
    world.snapshot(KmsKeyArn=key)


@given("own completed snapshot, own disabled KMS key $KEY")
def disabled_key(world):
    key = world.kms.create_key()["KeyMetadata"]["Arn"]
    world.kms.disable_key(KeyId=key)
    world.name(KEY=key)
    world.snapshot()


@given("own completed unencrypted snapshot; own key $KEY")
def snapshot_and_key(world):
    world.name(KEY=world.kms.create_key()["KeyMetadata"]["Arn"])
    world.snapshot()


@given("own stopped instance")
def stopped_instance(world):
    world.instance("stopped")


@given("own terminated instance", "own instance terminated 10 s ago")
def terminated_instance(world):
    world.instance("terminated")


@given("own running instance", "own running instance in us-east-1a", "own running healthy t3 instance")
def running_instance(world):
    world.instance()


@given("own key pair $KEYNAME ($KEYID), rsa, two tags", "some key pairs")
def key_pair(world):
    world.key_pair()


@given("own key pairs $KEYNAME and rec-other")
def key_pairs(world):
    world.key_pair("rec-other")
    world.key_pair()


@given("one deleted snapshot")
def only_deleted(world):
    world.ec2.delete_snapshot(SnapshotId=world.snapshot())


def flat(element, path=()):
    """Every element with its path and text."""
    for child in element:
        below = (*path, child.tag.split("}")[-1])
        yield below, (child.text or "")
        yield from flat(child, below)


def has(found, field):
    path, _, value = field.partition("=")
    tail = tuple(path.split("."))
    return any(
        below[-len(tail) :] == tail and (not value or text == value) for below, text in found
    )



@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_answer(amisim, client, account, case):
    world = World(client, account)
    GIVEN[case["needs"]](world)
    params = {name: world.fill(value) for name, value in case["params"].items()}
    assert not re.search(r"\$[A-Z]", json.dumps(params)), params
    reply = amisim.query(account, Action=case["operation"], **params)
    expect = case["expect"]
    found = list(flat(ET.fromstring(reply.body)))
    told = reply.body[:600]
    assert reply.status == expect["status"], told
    if "code" in expect:
        assert has(found, f"Code={expect['code']}"), told
    if "message" in expect:
        assert ("Errors", "Error", "Message") in [path for path, _ in found], told
        [message] = [text for path, text in found if path[-1] == "Message"]
        assert message.strip() == world.fill(expect["message"]).strip()
    for field in expect.get("fields", []):
        assert has(found, world.fill(field)), f"{field} is missing: {reply.body}"
    for field in expect.get("absent", []):
        assert not has(found, field), f"{field} is there: {reply.body}"
