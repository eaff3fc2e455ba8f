"""Sharing of snapshots: attributes, what the other account sees, keys, block public access."""

import pytest
from simulator import refused
from test_snapshot import NOWHERE, ZERO, make_volume, snapshot, volume  # noqa: F401

OTHER = "800000000010"
THIRD = "800000000011"
NOTHING = ("InvalidParameterCombination", "No attributes specified.")
INVALID = ("InvalidRequest", "The request received was invalid.")


@pytest.fixture
def other(client):
    """Another account's client."""
    return client("ec2", account=OTHER)


@pytest.fixture
def raw(amisim, account, snapshot):  # noqa: F811
    """raw("Reset", Attribute=""): status, code and message of a call about the snapshot."""

    def send(verb, account=account, **more):
        wanted = {"SnapshotId": snapshot, **more}
        wanted = {name: value for name, value in wanted.items() if value is not None}
        reply = amisim.query(account, Action=f"{verb}SnapshotAttribute", **wanted)
        body = reply.body.replace("&apos;", "'")
        if reply.status == 200:
            return 200, None, body
        return (
            reply.status,
            body.partition("<Code>")[2].partition("</Code>")[0],
            body.partition("<Message>")[2].partition("</Message>")[0],
        )

    return send


def shared_with(ec2, snapshot):  # noqa: F811
    return ec2.describe_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission"
    )["CreateVolumePermissions"]


def change(ec2, snapshot, **changes):  # noqa: F811
    """change(ec2, snapshot, Add=[…]) with accounts, or "all"."""
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot,
        CreateVolumePermission={
            verb: [{"Group": who} if who == "all" else {"UserId": who} for who in whom]
            for verb, whom in changes.items()
        },
    )


# ---- Requests and refusals, as recorded ----


def test_empty_lists(raw):
    for attribute in ("createVolumePermission", "productCodes"):
        status, _, body = raw("Describe", Attribute=attribute)
        assert status == 200
        assert f"</snapshotId><{attribute}/></DescribeSnapshotAttributeResponse>" in body


@pytest.mark.parametrize("verb", ["Describe", "Reset"])
def test_attributes(raw, verb):
    for bad in ("", "invalid"):
        assert raw(verb, Attribute=bad) == (400, *INVALID)
    assert raw(verb) == (
        400,
        "MissingParameter",
        "The request must contain the parameter Attribute",
    )
    assert raw(verb, Attribute="createVolumePermission")[0] == 200
    assert raw("Reset", Attribute="productCodes") == (400, *INVALID)


@pytest.mark.parametrize(
    "more, code, message",
    [
        ({}, *NOTHING),
        ({"CreateVolumePermission": ""}, *NOTHING),
        ({"CreateVolumePermission.Add": ""}, *NOTHING),
        (
            {"Attribute": "createVolumePermission"},
            "InvalidParameterCombination",
            "No operation specified for createVolumePermission attribute.",
        ),
        (
            {
                "CreateVolumePermission.Add.1.UserId": OTHER,
                "CreateVolumePermission.Remove.1.UserId": OTHER,
            },
            "InvalidParameterCombination",
            "One and only one operation type may be specified for createVolumePermissions",
        ),
        *(
            (
                {"CreateVolumePermission.Add.1.UserId": bad},
                "InvalidAMIAttributeItemValue",
                f"UserId {bad}",
            )
            for bad in ("123", "not-an-account", "9175-4600-8205", "")
        ),
        *(
            (
                {f"CreateVolumePermission.{verb}.1.Group": "everyone"},
                "InvalidAMIAttributeItemValue",
                "UserGroup everyone",
            )
            for verb in ("Add", "Remove")
        ),
        ({"Attribute": "productCodes"}, "InvalidParameterValue", "Unrecognized attribute."),
    ],
)
def test_modify_refused(raw, more, code, message):
    assert raw("Modify", **more) == (400, code, message)


def test_one_bad_account_stops_all(raw, ec2, snapshot):  # noqa: F811
    more = {
        "CreateVolumePermission.Add.1.UserId": OTHER,
        "CreateVolumePermission.Add.2.UserId": "123",
    }
    assert raw("Modify", **more)[2] == "UserId 123"
    assert shared_with(ec2, snapshot) == []


def test_size_of_a_change(raw, account):
    more = {f"CreateVolumePermission.Add.{n}.UserId": account for n in range(1, 501)}
    assert raw("Modify", **more)[0] == 200
    more["CreateVolumePermission.Add.501.UserId"] = account
    assert raw("Modify", **more) == (
        400,
        "InvalidParameterValue",
        "Modification size must not be greater than 500",
    )


def test_unknown_attribute_beside_the_new_form(raw, ec2, snapshot):  # noqa: F811
    more = {"Attribute": "invalid", "CreateVolumePermission.Add.1.UserId": OTHER}
    assert raw("Modify", **more)[0] == 200
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}]


EXPECTED = "Value (bad) for parameter snapshotId is invalid. Expected: 'snap-...'."
OF_VALUE = f"Value ( {ZERO} ) for parameter SNAPSHOT is invalid. "
ADD = {"CreateVolumePermission.Add.1.UserId": OTHER}
PERMISSION = {"Attribute": "createVolumePermission"}
DRY = (412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")


@pytest.mark.parametrize(
    "verb, more, identifier, code, message, hidden",
    [
        ("Describe", PERMISSION, "bad", "InvalidParameterValue", EXPECTED, True),
        ("Describe", PERMISSION, ZERO, "InvalidSnapshotID.Malformed", OF_VALUE, True),
        ("Modify", ADD, "bad", "InvalidParameterValue", EXPECTED, False),
        ("Modify", ADD, ZERO, "InvalidSnapshotID.Malformed", OF_VALUE, False),
        *(
            (
                "Reset",
                PERMISSION,
                bad,
                "InvalidSnapshotID.Malformed",
                f"The snapshot ID '{bad}' is malformed",
                True,
            )
            for bad in ("bad", ZERO)
        ),
        *(
            (
                verb,
                more,
                NOWHERE,
                "InvalidSnapshot.NotFound",
                f"The snapshot '{NOWHERE}' does not exist.",
                True,
            )
            for verb, more in (("Describe", PERMISSION), ("Modify", ADD), ("Reset", PERMISSION))
        ),
    ],
)
def test_identifiers_and_dry_run(raw, verb, more, identifier, code, message, hidden):
    refusal = (400, code, message)
    assert raw(verb, SnapshotId=identifier, **more) == refusal
    dry = raw(verb, SnapshotId=identifier, DryRun="true", **more)
    assert dry == (DRY if hidden else refusal)


def test_reset_judges_the_attribute_before_dry_run(raw):
    assert raw("Reset", Attribute="invalid", DryRun="true") == (400, *INVALID)
    assert raw("Modify", DryRun="true", **{"CreateVolumePermission.Add.1.UserId": "bad"}) == DRY


def test_strangers(raw, ec2, snapshot):  # noqa: F811
    """Shared or not: it is not theirs to look at, though DryRun does not say so."""
    for share in (False, True):
        if share:
            change(ec2, snapshot, Add=[OTHER])
        for verb, more in (("Describe", PERMISSION), ("Modify", ADD), ("Reset", PERMISSION)):
            assert raw(verb, account=OTHER, **more) == (
                400,
                "InvalidSnapshot.NotFound",
                f"The snapshot '{snapshot}' does not exist.",
            )
            assert raw(verb, account=OTHER, DryRun="true", **more) == DRY


# ---- Lists ----


def test_lists(ec2, snapshot, account):  # noqa: F811
    change(ec2, snapshot, Add=[THIRD, OTHER, THIRD])
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}, {"UserId": THIRD}]
    change(ec2, snapshot, Add=[OTHER, account])
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}, {"UserId": THIRD}]
    change(ec2, snapshot, Add=["all"])
    assert shared_with(ec2, snapshot) == [{"Group": "all"}, {"UserId": OTHER}, {"UserId": THIRD}]
    change(ec2, snapshot, Remove=[THIRD, "800000000012"])
    assert shared_with(ec2, snapshot) == [{"Group": "all"}, {"UserId": OTHER}]
    ec2.reset_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission")
    assert shared_with(ec2, snapshot) == []


def test_item_with_account_and_group(ec2, snapshot):  # noqa: F811
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, CreateVolumePermission={"Add": [{"UserId": OTHER, "Group": "all"}]}
    )
    assert shared_with(ec2, snapshot) == [{"Group": "all"}, {"UserId": OTHER}]


def test_old_form(ec2, snapshot):  # noqa: F811
    def old(operation, **whom):
        ec2.modify_snapshot_attribute(
            SnapshotId=snapshot,
            Attribute="createVolumePermission",
            OperationType=operation,
            **whom,
        )

    old("add", UserIds=[OTHER], GroupNames=["all"])
    assert shared_with(ec2, snapshot) == [{"Group": "all"}, {"UserId": OTHER}]
    old("remove", GroupNames=["all"])
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}]


def test_while_pending(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", account)
    volume = make_volume(ec2)  # noqa: F811
    amisim.control.clock(advance="1m")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]  # noqa: F811
    change(ec2, snapshot, Add=[OTHER])
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}]
    amisim.control.clock(advance="1h")
    assert shared_with(ec2, snapshot) == [{"UserId": OTHER}]


# ---- What the other account sees ----


def ids(ec2, **scope):
    return {found["SnapshotId"] for found in ec2.describe_snapshots(**scope)["Snapshots"]}


def test_seen_by_the_other(ec2, other, snapshot, account):  # noqa: F811
    ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "of", "Value": "owner"}])
    with refused("InvalidSnapshot.NotFound", f"The snapshot '{snapshot}' does not exist."):
        other.describe_snapshots(SnapshotIds=[snapshot])
    change(ec2, snapshot, Add=[OTHER])
    (found,) = other.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]
    assert found["OwnerId"] == account
    assert "Tags" not in found
    for scope in (
        {},
        {"OwnerIds": [account]},
        {"RestorableByUserIds": ["self"]},
        {"RestorableByUserIds": [OTHER]},
    ):
        assert snapshot in ids(other, **scope)
    for scope in ({"OwnerIds": ["self"]}, {"RestorableByUserIds": [account]}):
        assert snapshot not in ids(other, **scope)
    assert snapshot in ids(ec2, RestorableByUserIds=[OTHER])
    change(ec2, snapshot, Remove=[OTHER])
    with refused("InvalidSnapshot.NotFound"):
        other.describe_snapshots(SnapshotIds=[snapshot])


def test_tags_of_each_account(ec2, other, snapshot):  # noqa: F811
    mine, yours = {"Key": "who", "Value": "owner"}, {"Key": "who", "Value": "receiver"}
    ec2.create_tags(Resources=[snapshot], Tags=[mine])
    with refused("InvalidSnapshot.NotFound"):
        other.create_tags(Resources=[snapshot], Tags=[yours])
    change(ec2, snapshot, Add=[OTHER])
    other.create_tags(Resources=[snapshot], Tags=[yours])
    for who, tag in ((ec2, mine), (other, yours)):
        (found,) = who.describe_snapshots(
            SnapshotIds=[snapshot], Filters=[{"Name": "tag:who", "Values": [tag["Value"]]}]
        )["Snapshots"]
        assert found["Tags"] == [tag]
    change(ec2, snapshot, Remove=[OTHER])
    left = other.describe_tags(Filters=[{"Name": "resource-id", "Values": [snapshot]}])["Tags"]
    assert [tag["Value"] for tag in left] == ["receiver"]
    other.delete_tags(Resources=[snapshot], Tags=[{"Key": "who"}])
    with refused("InvalidSnapshot.NotFound"):
        other.create_tags(Resources=[snapshot], Tags=[yours])


def test_public(ec2, other, snapshot):  # noqa: F811
    change(ec2, snapshot, Add=["all"])
    assert snapshot in ids(other, RestorableByUserIds=["all"])
    assert snapshot in ids(other)
    assert snapshot not in ids(other, RestorableByUserIds=["self"])
    copied = other.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot)
    (found,) = other.describe_snapshots(SnapshotIds=[copied["SnapshotId"]])["Snapshots"]
    assert found["State"] == "completed"


# ---- Encrypted ones ----


@pytest.fixture
def encrypted(ec2, snapshot, client):  # noqa: F811
    """encrypted(customer=True): a copy of the snapshot under a customer key, or AWS's own."""

    def make(customer):
        more = {}
        if customer:
            more["KmsKeyId"] = client("kms").create_key()["KeyMetadata"]["Arn"]
        return ec2.copy_snapshot(
            SourceRegion="us-east-1", SourceSnapshotId=snapshot, Encrypted=True, **more
        )["SnapshotId"]

    return make


def test_aws_managed_key(ec2, encrypted, account):
    made = encrypted(customer=False)
    for who in (OTHER, account):
        with refused(
            "OperationNotPermitted", "Encrypted snapshots with EBS default key cannot be shared"
        ):
            change(ec2, made, Add=[who])
    with refused("OperationNotPermitted", "Encrypted snapshots cannot be shared publicly."):
        change(ec2, made, Add=["all"])
    change(ec2, made, Remove=[OTHER])
    ec2.reset_snapshot_attribute(SnapshotId=made, Attribute="createVolumePermission")


def test_customer_key(ec2, other, encrypted, account):
    """The key policy is not looked at before somebody uses the snapshot."""
    made = encrypted(customer=True)
    change(ec2, made, Add=[OTHER, account])
    with refused("OperationNotPermitted", "Encrypted snapshots cannot be shared publicly."):
        change(ec2, made, Add=["all"])
    assert shared_with(ec2, made) == [{"UserId": OTHER}]
    copied = other.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=made)["SnapshotId"]
    (found,) = other.describe_snapshots(SnapshotIds=[copied])["Snapshots"]
    assert (found["State"], found["StateMessage"]) == ("error", "Given key ID is not accessible")


# ---- Block public access ----


def test_block_public_access(client):
    ec2 = client("ec2")
    state = ec2.get_snapshot_block_public_access_state()
    assert (state["State"], state["ManagedBy"]) == ("unblocked", "account")
    for wanted in ("block-new-sharing", "block-all-sharing"):
        assert ec2.enable_snapshot_block_public_access(State=wanted)["State"] == wanted
        assert ec2.get_snapshot_block_public_access_state()["State"] == wanted
    assert (
        client("ec2", region="eu-west-1").get_snapshot_block_public_access_state()["State"]
        == "unblocked"
    )
    with refused("InvalidParameterValue"):
        ec2.enable_snapshot_block_public_access(State="unblocked")
    assert ec2.disable_snapshot_block_public_access()["State"] == "unblocked"


def test_block_needs_a_state(amisim, account):
    reply = amisim.query(account, Action="EnableSnapshotBlockPublicAccess")
    assert "<Message>The request must contain the parameter State</Message>" in reply.body


def test_blocked(ec2, other, snapshot):  # noqa: F811
    change(ec2, snapshot, Add=["all"])
    ec2.enable_snapshot_block_public_access(State="block-new-sharing")
    assert snapshot in ids(other)
    with refused("OperationNotPermitted"):
        change(ec2, snapshot, Add=["all"])
    change(ec2, snapshot, Add=[THIRD])
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    assert snapshot not in ids(other)
    failed = other.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot)["SnapshotId"]
    (found,) = other.describe_snapshots(SnapshotIds=[failed])["Snapshots"]
    assert found["StateMessage"] == "Source snapshot is not found"
    assert shared_with(ec2, snapshot) == [{"Group": "all"}, {"UserId": THIRD}]
    ec2.disable_snapshot_block_public_access()
    assert snapshot in ids(other)
