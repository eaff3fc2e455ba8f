"""GET /_amisim/cost: snapshots are charged by their blocks until they are deleted.

The chain and its figures are worked out by hand, with prices that make them round: 1024 dollars for a
GB-month, so that 512 KiB cost half a dollar in a month of 30 days.
"""

import base64
import hashlib

import pytest
from test_volume_attach import launch

ACCOUNT, REGION, ZONE = "123456789012", "us-east-1", "us-east-1a"
PRICES = """
prices:
  region: us-east-1
  snapshot_gb_month: 1024.0
  snapshot_archive_gb_month: 102.4
  snapshot_archive_minimum_days: 90
  snapshot_restore_gb: 10.24
  fast_restore_hour: 0.75
  timed_copy_gb:
    - {minutes: 15, price: 20.48}
    - {minutes: 2880, price: 10.24}
  volumes: [{type: gp2, gb_month: 1.0}]
  factors:
    - {region: us-east-1, snapshots: 1.0, volumes: 1.0}
    - {region: eu-west-1, snapshots: 2.0, volumes: 1.0}
"""
HALF_MIB = 524288


@pytest.fixture
def world(start_amisim, tmp_path):
    (tmp_path / "prices.yaml").write_text(PRICES)
    simulator = start_amisim("--pace", "instant", "--fixtures", tmp_path / "prices.yaml")
    simulator.control.clock(freeze=True)
    return simulator


@pytest.fixture
def ec2(world):
    return world.client("ec2", ACCOUNT)


@pytest.fixture
def blocks(world):
    """blocks({0: "a", 1: "b"}, parent=…): a snapshot by EBS direct with these blocks."""
    ebs = world.client("ebs", ACCOUNT)

    def make(content, parent=None):
        begun = ebs.start_snapshot(VolumeSize=1, **({"ParentSnapshotId": parent} if parent else {}))
        for index, letter in content.items():
            data = letter.encode() * HALF_MIB
            ebs.put_snapshot_block(
                SnapshotId=begun["SnapshotId"],
                BlockIndex=index,
                BlockData=data,
                DataLength=HALF_MIB,
                Checksum=base64.b64encode(hashlib.sha256(data).digest()).decode(),
                ChecksumAlgorithm="SHA256",
            )
        ebs.complete_snapshot(SnapshotId=begun["SnapshotId"], ChangedBlocksCount=len(content))
        return begun["SnapshotId"]

    return make


def report(world, region=REGION, **query):
    answer = world.control.get("cost" + "".join(f"?{k}={v}" for k, v in query.items()))
    assert answer["currency"] == "USD"
    regions = {
        (account["account"], each["region"]): each
        for account in answer["accounts"]
        for each in account["regions"]
    }
    return regions[ACCOUNT, region]


def snapshots(world, region=REGION):
    return {each["snapshotId"]: each for each in report(world, region)["snapshots"]}


def in_blocks(found):
    return {name: size / HALF_MIB for name, size in found["bytes"].items()}


def days(world, number):
    world.control.clock(advance=f"{number}d")


def test_nothing_is_free_of_charge(world):
    answer = world.control.get("cost")
    assert (answer["amount"], answer["perMonth"], answer["accounts"]) == (0, 0, [])


def test_a_chain_worked_out_by_hand(world, ec2, blocks):
    """Ten blocks; four of them changed; the first snapshot deleted: 10, then 14, then 10 blocks.

    The first one (A) holds blocks 0 to 9: 5.00 a month. The second one (B) changes blocks 0 to 3 and
    continues A: it holds 10, of which 4 are its own: 2.00 a month, 7.00 for both. Without A, B is
    charged for all its 10 blocks: 5.00.
    """
    first = blocks(dict.fromkeys(range(10), "a"))
    found = snapshots(world)[first]
    assert in_blocks(found) == dict(full=10, alone=10, shared=0, charged=10, archived=0)
    assert (found["perMonth"], found["amount"], found["tier"]) == (5, 0, "standard")
    days(world, 15)
    assert snapshots(world)[first]["amount"] == pytest.approx(2.50)

    second = blocks(dict.fromkeys(range(4), "b"), parent=first)
    found = snapshots(world)
    assert in_blocks(found[first]) == dict(full=10, alone=4, shared=6, charged=10, archived=0)
    assert in_blocks(found[second]) == dict(full=10, alone=4, shared=6, charged=4, archived=0)
    assert report(world)["perMonth"] == 7
    days(world, 30)
    found = snapshots(world)
    assert found[first]["amount"] == pytest.approx(2.50 + 5.00)
    assert found[second]["amount"] == pytest.approx(2.00)

    ec2.delete_snapshot(SnapshotId=first)
    found = snapshots(world)
    assert in_blocks(found[second]) == dict(full=10, alone=10, shared=0, charged=10, archived=0)
    assert found[second]["perMonth"] == 5
    assert (found[first]["perMonth"], found[first]["amount"]) == (0, pytest.approx(7.50))
    assert "until" in found[first] and "bytes" not in found[first]
    days(world, 60)
    found = snapshots(world)
    assert found[second]["amount"] == pytest.approx(2.00 + 10.00)
    assert found[first]["amount"] == pytest.approx(7.50)
    assert report(world)["amount"] == pytest.approx(19.50)
    assert world.control.get("cost")["amount"] == pytest.approx(19.50)


def test_a_second_snapshot_of_an_unchanged_volume_costs_nothing(world, ec2, blocks):
    source = blocks({0: "a", 7: "b"})
    volume = ec2.create_volume(AvailabilityZone=ZONE, SnapshotId=source)["VolumeId"]
    again = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    found = snapshots(world)
    assert in_blocks(found[again]) == dict(full=2, alone=0, shared=2, charged=0, archived=0)
    ec2.delete_snapshot(SnapshotId=source)
    assert in_blocks(snapshots(world)[again])["charged"] == 2


def test_copies(world, ec2, blocks):
    """In its Region under no other key a copy shares; elsewhere it is whole, at that Region's price."""
    source = blocks({0: "a", 1: "b"})
    here = ec2.copy_snapshot(SourceSnapshotId=source, SourceRegion=REGION)["SnapshotId"]
    assert in_blocks(snapshots(world)[here])["charged"] == 0
    there = world.client("ec2", ACCOUNT, "eu-west-1")
    copied = there.copy_snapshot(SourceSnapshotId=source, SourceRegion=REGION)["SnapshotId"]
    found = snapshots(world, "eu-west-1")[copied]
    assert (in_blocks(found)["charged"], found["perMonth"]) == (2, 2.00)
    again = there.copy_snapshot(SourceSnapshotId=source, SourceRegion=REGION)["SnapshotId"]
    assert in_blocks(snapshots(world, "eu-west-1")[again])["charged"] == 0
    key = world.client("kms", ACCOUNT).create_key()["KeyMetadata"]["Arn"]
    other = ec2.copy_snapshot(
        SourceSnapshotId=source, SourceRegion=REGION, Encrypted=True, KmsKeyId=key
    )["SnapshotId"]
    assert in_blocks(snapshots(world)[other])["charged"] == 2


def test_a_timed_copy_costs_more(world, ec2, blocks):
    """1 MiB at 20.48 for each GiB: 2 cents, at once."""
    source = blocks({0: "a", 1: "b"})
    copied = ec2.copy_snapshot(
        SourceSnapshotId=source, SourceRegion=REGION, CompletionDurationMinutes=15
    )["SnapshotId"]
    assert snapshots(world)[copied]["amount"] == pytest.approx(0.02)


def test_an_image_and_what_deregistering_leaves(world, ec2):
    instance = launch(ec2)
    image = ec2.create_image(InstanceId=instance, Name="charged")["ImageId"]
    (snapshot,) = snapshots(world).values()
    assert snapshot["images"] == [image]
    assert snapshot["why"] == f"image {image} is made of it"
    assert snapshot["bytes"]["charged"] > 1 << 30
    (found,) = report(world)["images"]
    assert (found["imageId"], found["state"]) == (image, "available")
    assert found["snapshots"] == [snapshot["snapshotId"]]
    days(world, 30)
    per_month = snapshot["perMonth"]
    assert report(world)["images"][0]["amount"] == pytest.approx(per_month)

    ec2.deregister_image(ImageId=image)
    (snapshot,) = snapshots(world).values()
    assert snapshot["perMonth"] == per_month
    assert snapshot["why"].startswith(f"image {image} was deregistered at ")
    assert "charged until they are deleted" in snapshot["why"]
    days(world, 30)
    assert report(world)["amount"] == pytest.approx(2 * per_month)
    (found,) = report(world)["images"]
    assert found["state"] == "deregistered" and "deregistered" in found

    ec2.delete_snapshot(SnapshotId=snapshot["snapshotId"])
    days(world, 30)
    assert report(world)["amount"] == pytest.approx(2 * per_month)
    assert report(world)["perMonth"] == 0


def test_the_recycle_bin_is_charged_as_before(world, ec2, blocks):
    period = {"RetentionPeriodValue": 15, "RetentionPeriodUnit": "DAYS"}
    rbin = world.client("rbin", ACCOUNT)
    rbin.create_rule(ResourceType="EBS_SNAPSHOT", RetentionPeriod=period)
    snapshot = blocks({0: "a", 1: "b"})
    ec2.delete_snapshot(SnapshotId=snapshot)
    found = snapshots(world)[snapshot]
    assert found["perMonth"] == 1.00
    assert found["why"].startswith("deleted, but kept in the Recycle Bin until ")
    days(world, 30)
    found = snapshots(world)[snapshot]
    assert (found["perMonth"], found["amount"]) == (0, pytest.approx(0.50))


def test_a_locked_snapshot(world, ec2, blocks):
    snapshot = blocks({0: "a"})
    assert snapshots(world)[snapshot]["why"] == "a snapshot is charged until it is deleted"
    ec2.lock_snapshot(SnapshotId=snapshot, LockMode="governance", LockDuration=10)
    assert snapshots(world)[snapshot]["why"].startswith("locked: it cannot be deleted before ")


def test_the_archive(world, ec2, blocks):
    """Whole, at a tenth of the price, for 90 days at least.

    A holds 10 blocks, B shares 6 of them. Archived, A is 10 blocks at 0.05: 0.50 a month; the 6 blocks
    that both held are B's from then on. A restore of 5 MiB costs 0.05; after 30 days in the archive the
    60 days that are missing cost 1.00.
    """
    first = blocks(dict.fromkeys(range(10), "a"))
    second = blocks(dict.fromkeys(range(4), "b"), parent=first)
    ec2.modify_snapshot_tier(SnapshotId=first, StorageTier="archive")
    found = snapshots(world)
    assert in_blocks(found[first]) == dict(full=10, alone=10, shared=0, charged=0, archived=10)
    assert (found[first]["tier"], found[first]["perMonth"]) == ("archive", 0.50)
    assert (in_blocks(found[second])["charged"], found[second]["perMonth"]) == (10, 5.00)
    days(world, 30)
    assert snapshots(world)[first]["amount"] == pytest.approx(0.50)
    ec2.restore_snapshot_tier(SnapshotId=first, PermanentRestore=True)
    found = snapshots(world)
    assert found[first]["amount"] == pytest.approx(0.50 + 0.05 + 1.00)
    assert (found[first]["tier"], found[first]["perMonth"]) == ("standard", 5.00)


def test_failed_copies_and_strangers(world, ec2, blocks):
    blocks({0: "a"})
    failed = ec2.copy_snapshot(SourceSnapshotId="snap-0fedcba9876543210", SourceRegion=REGION)
    assert failed["SnapshotId"] not in snapshots(world)
    other = world.client("ec2", "111122223333")
    volume = other.create_volume(AvailabilityZone=ZONE, Size=1)["VolumeId"]
    other.create_snapshot(VolumeId=volume)
    answer = world.control.get("cost")
    assert [each["account"] for each in answer["accounts"]] == ["111122223333", ACCOUNT]
    answer = world.control.get(f"cost?account={ACCOUNT}")
    assert [each["account"] for each in answer["accounts"]] == [ACCOUNT]
    assert world.control.get("cost?region=eu-west-1")["accounts"] == []


def test_who_only_uses_a_public_image_pays_nothing_for_it(world, ec2):
    """A snapshot of another account costs its owner, not those who use it."""
    launch(ec2)
    assert world.control.get("cost")["accounts"] == []
