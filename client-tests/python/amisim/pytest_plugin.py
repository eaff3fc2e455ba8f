"""The plugin: a simulator for each process of pytest, an account for each test."""

from __future__ import annotations

import contextlib
import sys
import typing
from collections.abc import Iterator

import pytest

from amisim.account import Account
from amisim.simulator import NotFound, Simulator

SHOWN = 20
MARKER = (
    "amisim(region=, account=, scenario=, clock=, options=): the Region and account of the test; a scenario that"
    " is in force; a moment at which the clock of a simulator of its own stands still; more options of one"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--amisim", metavar="PROGRAM", help="the program amisim, before that of amisim_program")
    parser.addini("amisim_program", "the program amisim; default: $AMISIM, the PATH, a build nearby")
    parser.addini("amisim_options", "more options of the simulator that tests share", type="args")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def _start(config: pytest.Config, *options: object) -> Simulator:
    common = ["--pace", "instant", "--log", "off", *config.getini("amisim_options")]
    program = config.getoption("amisim") or config.getini("amisim_program") or None
    try:
        return Simulator(*common, *options, program=program)
    except NotFound as missing:
        raise pytest.UsageError(str(missing)) from None


@pytest.fixture(scope="session")
def amisim_simulator(pytestconfig: pytest.Config) -> Iterator[Simulator]:
    """The one that the tests of this process share."""
    simulator = _start(pytestconfig)
    yield simulator
    simulator.stop()


@pytest.fixture
def amisim(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account of the test's own; the environment leads every AWS client there."""
    asked = _asked(request.node)
    options = [*asked["options"]]
    if asked["clock"]:
        options += ["--clock", asked["clock"], "--freeze"]
    with contextlib.ExitStack() as ends:
        if options:
            simulator = ends.enter_context(_start(request.config, *options))
        else:
            simulator = request.getfixturevalue("amisim_simulator")
        account = simulator.account(asked["account"], asked["region"])
        ends.enter_context(account.clock.kept())
        ends.callback(account.faults.clear)
        account.reset()  # one with a number of the test's choice may have been used before
        if asked["scenario"]:
            account.faults.put(asked["scenario"])
        _lead_there(account, monkeypatch)
        yield account


def _asked(node: pytest.Item) -> dict[str, typing.Any]:
    """What the marker says, and what holds without it."""
    asked = {"region": "us-east-1", "account": None, "scenario": None, "clock": None, "options": ()}
    marker = node.get_closest_marker("amisim")
    words = marker.kwargs if marker else {}
    unknown = [word for word in words if word not in asked]
    if unknown:
        raise pytest.UsageError(f"the marker amisim knows no {', '.join(unknown)}: {MARKER}")
    return {**asked, **words}


def _lead_there(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in account.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    if "boto3" in sys.modules:  # its default session remembers the credentials of an earlier test
        monkeypatch.setattr(sys.modules["boto3"], "DEFAULT_SESSION", None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    account = getattr(item, "funcargs", {}).get("amisim")
    if report.failed and report.when == "call" and isinstance(account, Account):
        report.sections.append(("amisim", _told(account)))


def _told(account: Account) -> str:
    """What a reader of the failure wants to know first: the last requests, and what was injected."""
    try:
        requests = account.requests()[-SHOWN:]
    except OSError as error:
        return f"the simulator is gone: {error}"
    lines = [f"account {account.id}, clock at {account.clock.now.isoformat()}"]
    for one in requests:
        said = f"{one['status']} {one.get('code', '')} {one.get('message', '')}".rstrip()
        fault = f"  [injected: {one['fault']}]" if "fault" in one else ""
        lines.append(f"{one['service']} {one.get('operation', '?')} {one['region']}: {said}{fault}")
    return "\n".join(lines)
