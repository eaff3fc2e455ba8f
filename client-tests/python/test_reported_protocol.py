"""Identities, operations and services that are refused, in each protocol's own words, and what the record tells of them."""

import json

import aws_operations
import pytest
from simulator import refusal

EC2_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
JSON_TYPE = {"Content-Type": "application/x-amz-json-1.1"}
INVALID = "The security token included in the request is invalid."
FIVE = (
    "Credential must have exactly 5 slash-delimited elements, e.g. "
    "keyid/date/region/service/term, got 'me'"
)


def authorization(credential):
    algorithm = "AWS4-HMAC-SHA256"
    return {"Authorization": f"{algorithm} Credential={credential}, SignedHeaders=host, Signature=0"}


def ask(amisim, service, headers):
    """One plain call of a service; status, code and text."""
    if service in ("kms", "ssm"):
        target = {"kms": "TrentService.ListKeys", "ssm": "AmazonSSM.DescribeParameters"}[service]
        headers = {**headers, **JSON_TYPE, "X-Amz-Target": target}
        answer = amisim.send("POST", "/", "{}", headers)
        said = json.loads(answer.body)
        return answer.status, said["__type"], said.get("message") or said.get("Message")
    if service == "ebs":
        answer = amisim.send("GET", "/snapshots/snap-0123456789abcdef0/blocks", None, headers)
        said = json.loads(answer.body)
        code = answer.headers["x-amzn-ErrorType"].partition(":")[0]
        return answer.status, code, said.get("message") or said.get("Message")
    action, version = {
        "ec2": ("DescribeRegions", "2016-11-15"),
        "sts": ("GetCallerIdentity", "2011-06-15"),
    }[service]
    body = f"Action={action}&Version={version}"
    answer = amisim.send("POST", "/", body, {**headers, **EC2_TYPE})
    code = answer.body.partition("<Code>")[2].partition("</Code>")[0]
    text = answer.body.partition("<Message>")[2].partition("</Message>")[0]
    return answer.status, code, text.replace("&apos;", "'").replace("&#39;", "'")


@pytest.mark.parametrize(
    "service, expected",
    [
        ("ec2", (400, "MissingParameter", "The request must contain the parameter AWSAccessKeyId")),
        ("sts", (403, "MissingAuthenticationToken", "Request is missing Authentication Token")),
        ("kms", (400, "MissingAuthenticationTokenException", "Missing Authentication Token")),
        ("ssm", (400, "MissingAuthenticationTokenException", "Missing Authentication Token")),
    ],
)
def test_no_credentials(amisim, service, expected):
    assert ask(amisim, service, {}) == expected


@pytest.mark.parametrize(
    "service, status, code",
    [
        ("ec2", 400, "AuthFailure"),
        ("sts", 400, "IncompleteSignature"),
        ("kms", 400, "IncompleteSignatureException"),
        ("ssm", 400, "IncompleteSignatureException"),
    ],
)
def test_a_credential_that_cannot_be_read(amisim, service, status, code):
    assert ask(amisim, service, authorization("me")) == (status, code, FIVE)


@pytest.mark.parametrize(
    "service, expected",
    [
        (
            "ec2",
            (401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
        ),
        ("sts", (403, "InvalidClientTokenId", INVALID)),
        ("kms", (400, "UnrecognizedClientException", INVALID)),
        ("ssm", (400, "UnrecognizedClientException", INVALID)),
        ("ebs", (403, "UnrecognizedClientException", INVALID)),
    ],
)
def test_a_temporary_key_that_nobody_issued(amisim, service, expected):
    scope = f"ASIAIOSFODNN7EXAMPLE/20261129/us-east-1/{service}/aws4_request"
    assert ask(amisim, service, authorization(scope)) == expected


def test_a_reset_forgets_temporary_keys(own):
    role = {"RoleArn": "arn:aws:iam::123456789012:role/builder", "RoleSessionName": "build"}
    issued = own.client("sts", "123456789012").assume_role(**role)["Credentials"]
    scope = f"{issued['AccessKeyId']}/20261129/us-east-1/ec2/aws4_request"
    assert ask(own, "ec2", authorization(scope))[0] == 200
    own.control.post("reset")
    assert ask(own, "ec2", authorization(scope))[:2] == (401, "AuthFailure")


# ---- What there is ----


@pytest.mark.parametrize(
    "service, call, code",
    [
        ("ec2", "describe_spot_price_history", "UnsupportedOperation"),
        ("autoscaling", "describe_policies", "UnsupportedOperation"),
        ("ssm", "list_documents", "UnsupportedOperationException"),
    ],
)
def test_what_aws_has_and_the_simulator_has_not(client, service, call, code):
    name = "".join(part.capitalize() for part in call.split("_"))
    said = refusal(getattr(client(service), call))
    assert said == (code, f"The operation {name} is not simulated")


def test_what_aws_lacks_too(amisim, account):
    answer = amisim.query(account, Action="DescribeUnicorns")
    assert "<Code>InvalidAction</Code>" in answer.body
    assert "DescribeUnicorns is not valid for this web service" in answer.body


def test_the_list_of_names_is_that_of_the_models(amisim):
    root = aws_operations.ROOT
    kept = (root / "sim/catalog/aws_operation_names.def").read_text()
    assert kept == aws_operations.page()


# ---- The record ----


def last_request(simulator, account):
    return simulator.control.lines("requests", account=account)[-1]


def test_the_record_names_what_was_refused(amisim, account, client):
    amisim.query(account, Action="DescribeUnicorns")
    entry = last_request(amisim, account)
    assert (entry["service"], entry["operation"]) == ("ec2", "DescribeUnicorns")
    assert entry["path"] == "POST /"
    refusal(client("ssm").list_documents)
    entry = last_request(amisim, account)
    assert (entry["service"], entry["operation"]) == ("ssm", "ListDocuments")
    refusal(client("dynamodb").list_tables)
    entry = last_request(amisim, account)
    assert (entry["service"], entry["operation"]) == ("dynamodb", "ListTables")


def test_the_log_names_what_was_refused(start_amisim):
    simulator = start_amisim("--log", "json")
    simulator.query("123456789012", Action="DescribeUnicorns")
    simulator.stop()
    (line,) = [
        json.loads(line) for line in simulator.stderr().splitlines() if "DescribeUnicorns" in line
    ]
    assert (line["service"], line["operation"], line["path"]) == ("ec2", "DescribeUnicorns", "/")
