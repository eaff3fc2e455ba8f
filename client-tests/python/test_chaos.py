"""Routes of moto and LocalStack that existing suites use, without any header of ours."""

import json
import time

import pytest
from simulator import refused

FAULTS, EFFECTS = "/_localstack/chaos/faults", "/_localstack/chaos/effects"


@pytest.fixture
def own(start_amisim):
    return start_amisim("--seed", "7", "--pace", "instant")


@pytest.fixture
def ec2(own, account):
    return own.client("ec2", account)


@pytest.fixture
def send(own):
    """send("POST", path, body) -> what the JSON answer holds."""

    def call(method, path, body=None):
        text = None if body is None else json.dumps(body)
        reply = own.send(method, path, text, {"Content-Type": "application/json"})
        assert reply.status == 200, reply.body
        return json.loads(reply.body)

    return call


@pytest.mark.parametrize("path", ["/moto-api/reset", "/_localstack/state/reset"])
def test_resets(own, ec2, send, path):
    ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    send("POST", path)
    assert ec2.describe_volumes()["Volumes"] == []


def test_health(own, send):
    health = send("GET", "/_localstack/health")
    assert health["services"]["ec2"] == "running" and health["version"] == own.version


def test_pages_of_other_sites_are_refused(own):
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        for path in ("/moto-api/reset", "/_localstack/state/reset", FAULTS):
            assert own.send("POST", path, None, headers).status == 403


def test_faults(own, ec2, send, account):
    images = {"service": "ec2", "operation": "DescribeImages", "region": "us-east-1"}
    odd = {"operation": "DescribeTags", "error": {"statusCode": 409, "code": "Odd"}}
    assert send("GET", FAULTS) == []
    assert send("POST", FAULTS, [images]) == [images]
    with refused("ServiceUnavailable") as caught:
        ec2.describe_images()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    own.client("ec2", account, "eu-west-1").describe_images(Owners=["self"])
    assert send("PATCH", FAULTS, [odd]) == [images, odd] == send("GET", FAULTS)
    with refused("Odd") as caught:
        ec2.describe_tags()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert send("DELETE", FAULTS, [images]) == [odd]
    ec2.describe_images(Owners=["self"])
    assert send("POST", FAULTS, []) == []
    ec2.describe_tags()


def test_probability(ec2, send):
    send("POST", FAULTS, [{"service": "ec2", "probability": 0.0}])
    ec2.describe_tags()
    send("POST", FAULTS, [{"service": "ec2", "probability": 1.0}])
    with refused("ServiceUnavailable"):
        ec2.describe_tags()
    assert send("DELETE", FAULTS) == []
    ec2.describe_tags()


def test_a_latency_and_a_fault_together(ec2, send):
    send("POST", FAULTS, [{"service": "ec2"}])
    assert send("POST", EFFECTS, {"latency": 300}) == {"latency": 300} == send("GET", EFFECTS)
    began = time.monotonic()
    with refused("ServiceUnavailable"):
        ec2.describe_tags()
    assert time.monotonic() - began >= 0.3
    assert send("DELETE", EFFECTS) == {}


@pytest.mark.parametrize(
    "path, body", [(FAULTS, {}), (FAULTS, [{"colour": 1}]), (FAULTS, ["x"]), (EFFECTS, [])]
)
def test_what_is_no_rule_is_refused(own, send, path, body):
    assert own.send("POST", path, json.dumps(body)).status == 400
    assert not send("GET", path)


def test_a_latency_is_patched(ec2, send):
    assert send("PATCH", EFFECTS, {"latency": 1}) == {"latency": 1} == send("GET", EFFECTS)
    assert send("DELETE", EFFECTS) == {}
