"""Fixtures: every test has an account of its own, so tests share one simulator and stay apart.

A test that stops the clock, resets, or needs other options starts its own with `start_amisim`.
"""

import contextlib
import functools
import itertools
import os

import pytest

pytest.register_assert_rewrite("simulator", "model")
from simulator import Simulator  # noqa: E402

_accounts = itertools.count(1)


@pytest.fixture(scope="session")
def amisim():
    """The simulator that the tests of one pytest worker share; its jobs end at once."""
    simulator = Simulator("--seed", "1", "--pace", "instant")
    yield simulator
    simulator.stop()


@pytest.fixture
def start_amisim():
    """start_amisim("--db", path) starts one more, and the end of the test stops it."""
    with contextlib.ExitStack() as stops:

        def start(*arguments, program=None):
            simulator = Simulator(*arguments, program=program)
            stops.callback(simulator.stop)
            return simulator

        yield start


@pytest.fixture
def own(start_amisim):
    """A simulator of the test's own, for what concerns all of it; its clock stands still."""
    simulator = start_amisim("--seed", "7", "--pace", "instant")
    simulator.control.clock(freeze=True)
    return simulator


def fresh_account():
    """A 12-digit account that no other test uses; its beginning is that of no account written out."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return f"47{worker:02}{next(_accounts):08}"


@pytest.fixture
def account():
    """The test's own account."""
    return fresh_account()


@pytest.fixture
def another_account():
    """One more, for what strangers may see and do."""
    return fresh_account()


@pytest.fixture
def client(amisim, account):
    """client("ec2", region="eu-west-1"): a boto3 client of the test's account."""

    def make(service, region="us-east-1", account=account, **config):
        return amisim.client(service, account, region, **config)

    return make


@pytest.fixture
def ec2(client):
    return client("ec2")


@pytest.fixture
def ebs(client):
    return client("ebs")


@pytest.fixture
def kms(client):
    return client("kms")


@pytest.fixture
def ssm(client):
    return client("ssm")


@pytest.fixture
def key(kms):
    """The ARN of a key of the test's account."""
    return kms.create_key()["KeyMetadata"]["Arn"]


@pytest.fixture
def aws(amisim, account):
    """aws("ec2 describe-regions") runs the real AWS CLI; .json, or .status and .stderr."""
    return functools.partial(amisim.aws, account=account)


@pytest.fixture
def control(amisim):
    """control.clock(advance="36h"), control.get(path), control.post(path, body)."""
    return amisim.control
