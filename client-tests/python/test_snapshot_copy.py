"""CopySnapshot: what is refused at once, what fails later, and what shows while it works."""

import pytest
from simulator import refused
from test_snapshot import (  # noqa: F401
    NOWHERE,
    ZERO,
    make_volume,
    snapshot,
    snapshot_of,
    tag_spec,
    volume,
)

UNSEEN = {"CompletionTime", "FullSnapshotSizeInBytes", "KmsKeyId"}


@pytest.fixture
def copy(ec2, snapshot):  # noqa: F811
    """copy(Encrypted=True): the identifier of a copy of the snapshot within its Region."""

    def make(**more):
        wanted = {"SourceRegion": "us-east-1", "SourceSnapshotId": snapshot, **more}
        return ec2.copy_snapshot(**wanted)["SnapshotId"]

    return make


@pytest.fixture
def default_key(kms):
    """The key of alias/aws/ebs as it will be once it is used."""

    def find(region_kms=kms):
        return region_kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]["Arn"]

    return find


# ---- A copy that works ----


def test_answer(amisim, account, snapshot):  # noqa: F811
    reply = amisim.query(
        account, Action="CopySnapshot", SourceRegion="us-east-1", SourceSnapshotId=snapshot
    )
    body = reply.body.partition("</requestId>")[2]
    assert body.startswith("<snapshotId>snap-0")
    assert body.endswith("</snapshotId></CopySnapshotResponse>")


def test_completed(ec2, snapshot, account, copy):  # noqa: F811
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "only", "Value": "source"}])
    made = snapshot_of(ec2, copy())
    assert made["SnapshotId"] != snapshot
    assert made["VolumeId"] == "vol-ffffffff"
    assert (made["State"], made["Progress"], made["OwnerId"]) == ("completed", "100%", account)
    assert (made["VolumeSize"], made["Encrypted"], made["Description"]) == (2, False, "")
    assert made["CompletionTime"] and made["FullSnapshotSizeInBytes"] == 0
    assert (made["StorageTier"], made["TransferType"]) == ("standard", "standard")
    assert not {"Tags", "KmsKeyId", "StateMessage"} & set(made)


def test_across_regions(client, ec2, snapshot):  # noqa: F811
    ireland = client("ec2", region="eu-west-1")
    made = ireland.copy_snapshot(
        SourceRegion="us-east-1",
        SourceSnapshotId=snapshot,
        Description="abroad",
        TagSpecifications=tag_spec(Name="b"),
    )
    assert made["Tags"] == [{"Key": "Name", "Value": "b"}]
    found = snapshot_of(ireland, made["SnapshotId"])
    assert (found["State"], found["Description"]) == ("completed", "abroad")
    assert found["Tags"] == [{"Key": "Name", "Value": "b"}]
    with refused("InvalidSnapshot.NotFound"):
        ec2.describe_snapshots(SnapshotIds=[made["SnapshotId"]])


def test_identical_requests_make_two(copy):
    assert copy() != copy()


def test_pending(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2, Encrypted=True)  # noqa: F811
    amisim.control.clock(advance="1m")
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    amisim.control.clock(advance="5m")
    made = ec2.copy_snapshot(
        SourceRegion="us-east-1",
        SourceSnapshotId=source,
        Description="d",
        TagSpecifications=tag_spec(Name="b"),
    )
    found = snapshot_of(ec2, made["SnapshotId"])
    assert (found["State"], found["Progress"], found["VolumeSize"]) == ("pending", "0%", 0)
    assert (found["Encrypted"], found["StateMessage"]) == (False, "Metadata not updated")
    assert (found["Description"], found["VolumeId"]) == ("d", "vol-ffffffff")
    assert found["Tags"] == [{"Key": "Name", "Value": "b"}]
    assert not UNSEEN & set(found)
    amisim.control.clock(advance="30m")
    found = snapshot_of(ec2, made["SnapshotId"])
    assert (found["State"], found["VolumeSize"], found["Encrypted"]) == ("completed", 2, True)
    assert "StateMessage" not in found


def test_time_based(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    amisim.control.clock(advance="1m")
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    amisim.control.clock(advance="5m")
    made = ec2.copy_snapshot(
        SourceRegion="us-east-1", SourceSnapshotId=source, CompletionDurationMinutes=30
    )["SnapshotId"]
    amisim.control.clock(advance="20m")
    found = snapshot_of(ec2, made)
    assert (found["State"], found["VolumeSize"]) == ("pending", 2)
    assert 50 < int(found["Progress"].rstrip("%")) < 99
    amisim.control.clock(advance="10m")
    found = snapshot_of(ec2, made)
    assert (found["State"], found["TransferType"]) == ("completed", "time-based")
    assert found["CompletionDurationMinutes"] == 30


# ---- Refused at once ----


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    "change, status, code, message",
    [
        (
            {"SourceSnapshotId": None},
            400,
            "MissingParameter",
            "The request must contain the parameter SourceSnapshotId",
        ),
        ({"SourceRegion": None}, 500, "InternalError", "An internal error has occurred"),
        *(
            (
                {"SourceSnapshotId": bad},
                400,
                "InvalidParameterValue",
                "The specified snapshotId is invalid",
            )
            for bad in ("", "bad", ZERO)
        ),
        (
            {"SourceRegion": "not-a-region"},
            400,
            "InvalidRegion",
            "not-a-region is not a valid region name.",
        ),
        *(
            (
                {"CompletionDurationMinutes": str(bad)},
                400,
                "InvalidParameterValue",
                f"'{bad}' is not a valid value for completion duration. Specify a value between 15 "
                "and 2880 minutes, in 15 minute increments only",
            )
            for bad in (-1, 0, 1, 14, 16, 2881)
        ),
    ],
)
def test_refused_before_dry_run(amisim, account, dry_run, change, status, code, message):
    wanted = {"SourceRegion": "us-east-1", "SourceSnapshotId": NOWHERE, **change}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    if dry_run:
        wanted["DryRun"] = "true"
    reply = amisim.query(account, Action="CopySnapshot", **wanted)
    assert reply.status == status
    assert f"<Code>{code}</Code><Message>{message}</Message>" in reply.body.replace("&apos;", "'")


def test_durations(ec2, copy):
    with refused("DryRunOperation"):
        copy(CompletionDurationMinutes=2880, DryRun=True)
    for minutes in (15, 2880):
        assert snapshot_of(ec2, copy(CompletionDurationMinutes=minutes))["State"] == "completed"


def raw_copy(amisim, account, snapshot, **more):  # noqa: F811
    """botocore writes its own PresignedUrl and DestinationRegion: these go past it."""
    return amisim.query(
        account,
        Action="CopySnapshot",
        SourceRegion="us-east-1",
        SourceSnapshotId=snapshot,
        **more,
    )


URL = "https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot&SourceRegion=us-east-1"


@pytest.mark.parametrize(
    "more, message",
    [
        (
            {"DestinationRegion": "us-west-2"},
            "DestinationRegion 'us-west-2' does not match the current region (us-east-1)",
        ),
        (
            {"PresignedUrl": "ftp://example.com"},
            "The protocol in PresignedUrl should be http or https",
        ),
        (
            {"PresignedUrl": f"{URL}&SourceSnapshotId={NOWHERE}&DestinationRegion=us-east-1"},
            f"The source snapshot specified in PresignedUrl '{NOWHERE}' does not match the source "
            "snapshot in the request: '$SNAPSHOT'",
        ),
        (
            {"PresignedUrl": f"{URL}&SourceSnapshotId=$SNAPSHOT&DestinationRegion=us-west-2"},
            "The destination region specified in PresignedUrl: 'us-west-2' is incorrect",
        ),
    ],
)
def test_destination_and_url(amisim, account, snapshot, more, message):  # noqa: F811
    more = {name: value.replace("$SNAPSHOT", snapshot) for name, value in more.items()}
    reply = raw_copy(amisim, account, snapshot, **more)
    assert reply.status == 400
    expected = message.replace("$SNAPSHOT", snapshot)
    assert f"<Code>InvalidParameterValue</Code><Message>{expected}</Message>" in reply.body.replace(
        "&apos;", "'"
    )
    assert raw_copy(amisim, account, snapshot, DryRun="true", **more).status == 412


def test_url_with_a_false_signature(amisim, account, snapshot):  # noqa: F811
    url = (
        f"{URL}&SourceSnapshotId={snapshot}&DestinationRegion=us-east-1&X-Amz-Signature={'0' * 64}"
    )
    assert raw_copy(amisim, account, snapshot, PresignedUrl=url).status == 200


def test_too_many_at_once(start_amisim, account, tmp_path):
    (tmp_path / "quotas.yaml").write_text(
        "quotas:\n  - {name: snapshot-copies-in-progress, value: 1, source: guess, about: few}\n"
    )
    amisim = start_amisim("--pace", "real", "--fixtures", tmp_path / "quotas.yaml")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    wanted = {"SourceRegion": "us-east-1", "SourceSnapshotId": NOWHERE}
    ec2.copy_snapshot(**wanted)
    with refused(
        "ResourceLimitExceeded",
        "Too many snapshot copies in progress. The limit is 1 for this destination region.",
    ):
        ec2.copy_snapshot(**wanted)
    amisim.control.clock(advance="1m")
    assert ec2.copy_snapshot(**wanted)["SnapshotId"]


# ---- Accepted, then failed ----


def failed(ec2, copied, message):
    found = snapshot_of(ec2, copied)
    assert (found["State"], found["StateMessage"]) == ("error", message)
    assert found["Progress"] == "0%"
    assert not {"CompletionTime", "FullSnapshotSizeInBytes"} & set(found)
    return found


def test_no_such_source(ec2, copy):
    found = failed(ec2, copy(SourceSnapshotId=NOWHERE), "Source snapshot is not found")
    assert (found["VolumeSize"], found["Encrypted"]) == (0, False)


def test_source_of_another_region(ec2, copy):
    failed(ec2, copy(SourceRegion="eu-west-1"), "Source snapshot is not found")


def test_source_of_another_account(client, snapshot):  # noqa: F811
    other = client("ec2", account="800000000002")
    copied = other.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot)
    failed(other, copied["SnapshotId"], "Source snapshot is not found")


def test_deleted_source(ec2, snapshot, copy):  # noqa: F811
    ec2.delete_snapshot(SnapshotId=snapshot)
    failed(ec2, copy(), "Source snapshot is not found")


def test_pending_source(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    amisim.control.clock(advance="1m")
    source = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    wanted = {"SourceRegion": "us-east-1", "SourceSnapshotId": source}
    with refused("DryRunOperation"):
        ec2.copy_snapshot(DryRun=True, **wanted)
    copied = ec2.copy_snapshot(**wanted)["SnapshotId"]
    assert snapshot_of(ec2, copied)["StateMessage"] == "Metadata not updated"
    amisim.control.clock(advance="10m")
    failed(ec2, copied, "Source snapshot is not complete")


# ---- Keys ----


def test_encrypting(ec2, copy, key, default_key):
    for more, expected in (
        ({"Encrypted": True}, default_key),
        ({"Encrypted": True, "KmsKeyId": key}, lambda: key),
        ({"KmsKeyId": key}, lambda: key),
    ):
        found = snapshot_of(ec2, copy(**more))
        assert (found["State"], found["Encrypted"]) == ("completed", True)
        assert found["KmsKeyId"] == expected()


def test_encrypted_stays_encrypted(ec2, copy, key, default_key):
    """Encrypted=false is accepted and does nothing; the key is the Region's, not the source's."""
    source = copy(Encrypted=True, KmsKeyId=key)
    for more in ({}, {"Encrypted": False}):
        found = snapshot_of(ec2, copy(SourceSnapshotId=source, **more))
        assert (found["Encrypted"], found["KmsKeyId"]) == (True, default_key())


def test_encryption_by_default(ec2, copy, key):
    ec2.enable_ebs_encryption_by_default()
    ec2.modify_ebs_default_kms_key_id(KmsKeyId=key)
    assert snapshot_of(ec2, copy(Encrypted=False))["KmsKeyId"] == key


def test_unknown_key(ec2, copy):
    unknown = "arn:aws:kms:us-east-1:111111111111:key/00000000-0000-4000-8000-000000000000"
    for bad in ("alias/none", unknown):
        with refused("InvalidParameterValue", f"The specified keyId {bad} is invalid"):
            copy(Encrypted=True, KmsKeyId=bad)


def test_key_of_another_region(client, copy):
    key = client("kms", region="eu-west-1").create_key()["KeyMetadata"]["Arn"]
    with refused("InvalidParameterValue", f"The specified keyId {key} is invalid"):
        copy(Encrypted=True, KmsKeyId=key)


def test_disabled_key(copy, kms, key):
    kms.disable_key(KeyId=key)
    for name in (key, key.rpartition("/")[2]):
        with refused("InvalidParameterValue", f"The specified keyId {key} is disabled"):
            copy(Encrypted=True, KmsKeyId=name)


def test_key_pending_deletion(copy, kms, key):
    kms.schedule_key_deletion(KeyId=key)
    with refused("InvalidParameterValue"):
        copy(Encrypted=True, KmsKeyId=key)


def test_asymmetric_key(copy, kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["Arn"]
    with refused("InvalidParameterValue"):
        copy(Encrypted=True, KmsKeyId=key)


def test_key_of_the_source_is_gone(ec2, copy, kms, key):
    source = copy(Encrypted=True, KmsKeyId=key)
    snapshot_of(ec2, source)
    kms.disable_key(KeyId=key)
    found = failed(ec2, copy(SourceSnapshotId=source), "Given key ID is not accessible")
    assert (found["VolumeSize"], found["Encrypted"]) == (2, True)
    assert found["KmsKeyId"] != key


def test_foreign_key(client, copy):
    foreign = client("kms", account="800000000003").create_key()["KeyMetadata"]["Arn"]
    with refused("AuthFailure", f"Not authorized to use key {foreign} ") as caught:
        copy(Encrypted=True, KmsKeyId=foreign)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
