"""STS: identities and temporary keys, which go on meaning the same account, by the virtual clock."""

import base64
import re

import pytest
from simulator import refused

ROLE = "arn:aws:iam::{}:role/team/builder"


@pytest.fixture
def sts(client):
    return client("sts")


def test_session_token_means_the_same_account(sts, client, account):
    keys = sts.get_session_token()["Credentials"]
    assert re.fullmatch("ASIA[A-Z2-7]{16}", keys["AccessKeyId"])
    assert len(keys["SecretAccessKey"]) == 40
    identity = client("sts", keys=keys).get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:iam::{account}:root"
    key = client("kms", keys=keys).create_key()["KeyMetadata"]
    assert key["AWSAccountId"] == account


def test_assumed_role(sts, client, account):
    role = ROLE.format(account)
    answer = sts.assume_role(RoleArn=role, RoleSessionName="me@work", SourceIdentity="me")
    user = answer["AssumedRoleUser"]
    assert user["Arn"] == f"arn:aws:sts::{account}:assumed-role/builder/me@work"
    assert re.fullmatch("AROA[A-Z2-7]{17}:me@work", user["AssumedRoleId"])
    assert answer["SourceIdentity"] == "me"
    identity = client("sts", keys=answer["Credentials"]).get_caller_identity()
    assert identity["Arn"] == user["Arn"]
    assert (identity["UserId"], identity["Account"]) == (user["AssumedRoleId"], account)
    again = sts.assume_role(RoleArn=role, RoleSessionName="other")["AssumedRoleUser"]
    assert again["AssumedRoleId"].split(":")[0] == user["AssumedRoleId"].split(":")[0]


def test_role_of_another_account(sts, client, account):
    other = f"8{account[1:]}"
    keys = sts.assume_role(RoleArn=ROLE.format(other), RoleSessionName="visitor")["Credentials"]
    made = client("kms", keys=keys).create_key()["KeyMetadata"]
    assert made["AWSAccountId"] == other
    assert client("kms", account=other).describe_key(KeyId=made["KeyId"])
    assert client("kms").list_keys()["Keys"] == []


def test_keys_end_with_the_virtual_clock(start_amisim):
    amisim = start_amisim("--seed", "1")
    account = "900000000001"
    sts = amisim.client("sts", account)
    keys = sts.get_session_token(DurationSeconds=900)["Credentials"]

    def client(service):
        return amisim.client(service, account, keys=keys)

    amisim.control.clock(advance="14m")
    assert client("sts").get_caller_identity()["Account"] == account
    amisim.control.clock(advance="1m1s")
    with refused("ExpiredToken"):
        client("sts").get_caller_identity()
    with refused("RequestExpired", "Request has expired."):
        client("ec2").describe_regions()
    with refused("ExpiredTokenException"):
        client("kms").list_keys()


@pytest.mark.parametrize("duration, code", [
    ("900", None),
    ("0900", None),
    ("+900", None),
    (" 900 ", "MalformedInput"),
    ("900.0", "MalformedInput"),
    ("9e2", "MalformedInput"),
    ("2147483648", "MalformedInput"),
    ("0", "ValidationError"),
])
def test_numbers_as_recorded(amisim, account, duration, code):
    reply = amisim.query(
        account, service="sts", Action="GetSessionToken", DurationSeconds=duration
    )
    assert reply.status == (400 if code else 200)
    if code:
        assert f"<Code>{code}</Code>" in reply.body
        assert reply.body.startswith("<ErrorResponse xmlns=")


def test_form_of_the_answer(amisim, account):
    body = amisim.query(account, service="sts", Action="GetSessionToken").body
    assert body.startswith(
        '<GetSessionTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n'
        "  <GetSessionTokenResult>\n    <Credentials>\n      <AccessKeyId>ASIA"
    )
    assert re.search(r"<Expiration>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ</Expiration>", body)


def test_headers(amisim, account):
    headers = amisim.query(account, service="sts", Action="GetCallerIdentity").headers
    assert headers["Content-Type"] == "text/xml"
    extended = base64.b64decode(headers["x-amz-sts-extended-request-id"]).decode()
    assert re.fullmatch(r"1:us-east-1:S:\d{13}:R:.{8}", extended)
    assert headers["x-amzn-RequestId"]


def test_from_the_command_line(aws, account):
    """Temporary keys as a script passes them on."""
    role = ROLE.format(account)
    keys = aws(f"sts assume-role --role-arn {role} --role-session-name ci").json["Credentials"]
    identity = aws(
        "sts get-caller-identity",
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        AWS_SESSION_TOKEN=keys["SessionToken"],
    ).json
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/builder/ci"


def test_refusals(sts, client, account):
    with refused("ValidationError"):
        sts.assume_role(RoleArn=f"arn:aws:iam::{account}:user/nobody", RoleSessionName="me")
    with refused("ValidationError"):
        sts.assume_role(RoleArn=ROLE.format("12345"), RoleSessionName="me")
    with refused("ValidationError"):
        sts.assume_role(RoleArn=ROLE.format(account), RoleSessionName="a b")
    with refused("UnsupportedOperation"):
        sts.assume_role(RoleArn=ROLE.format(account), RoleSessionName="me", Policy="{}")
    tagged = sts.assume_role(
        RoleArn=ROLE.format(account),
        RoleSessionName="me",
        Tags=[{"Key": "a", "Value": "b"}],
        ExternalId="42",
    )
    session = client("sts", keys=tagged["Credentials"])
    with refused("AccessDenied", "Cannot call GetSessionToken with session credentials"):
        session.get_session_token()
    role = {"RoleArn": ROLE.format(account), "RoleSessionName": "again"}
    with refused("ValidationError") as caught:
        session.assume_role(**role, DurationSeconds=7200)
    assert "1 hour session limit for roles assumed by role chaining" in str(caught.value)
    assert session.assume_role(**role)["Credentials"]


def test_a_key_that_trusts_a_role(client, sts, account):
    """A role named in a key policy is let in; the root of its account is not that role."""
    other = f"8{account[1:]}"
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_grant(
        KeyId=key["KeyId"], GranteePrincipal=ROLE.format(other), Operations=["DescribeKey"]
    )
    with refused("AccessDeniedException"):
        client("kms", account=other).describe_key(KeyId=key["Arn"])
    keys = sts.assume_role(RoleArn=ROLE.format(other), RoleSessionName="me")["Credentials"]
    assert client("kms", keys=keys).describe_key(KeyId=key["Arn"])
