"""Scenario files: --check and --scenario, complaints with file and line, timelines, the same answers twice."""

import json
import subprocess

import pytest
import yaml
from model import BINARY, ROOT
from test_monkey import Monkey

SCHEMA = json.loads((ROOT / "docs/scenario.schema.json").read_text())


@pytest.fixture
def check(tmp_path):
    """check(text): exit status and complaint of --check."""

    def run(text):
        path = tmp_path / "it.yaml"
        path.write_text(text)
        done = subprocess.run([BINARY, "--check", path], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stderr.strip().replace(f"{tmp_path}/", "")

    return run


RULE = "rules:\n  - name: r\n    when: {%s}\n    what: {%s}\n"


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("name: [", "it.yaml:2: "),
        ("- 1", "it.yaml:1: this is no scenario; a mapping"),
        ("name: x\ncolour: red", "it.yaml:2: 'colour' is not known here"),
        (RULE % ("", ""), "it.yaml:4: 'what' says not what happens; "),
        (RULE % ("", "empty: 503, drop: after"), "it.yaml:4: 'what' says not what happens; "),
        (RULE % ("operations: [CopyImgae]", "empty: 503"),
         "it.yaml:3: no operation is called 'CopyImgae'; a name such as"),
        (RULE % ("probability: 2", "empty: 503"), "it.yaml:3: 'probability' is out of bounds; a number"),
        (RULE % ("nth: 0", "empty: 503"), "it.yaml:3: 'nth' is '0'; between 1 and"),
        (RULE % ("", "delay: soon"), "it.yaml:4: 'delay' is 'soon'; a span"),
        (RULE % ("until: never", "empty: 503"), "it.yaml:3: 'until' is 'never'; a span"),
        (RULE % ("", "drop: sometimes"), "it.yaml:4: 'drop' is 'sometimes'; one of before, after"),
        (RULE % ("", "job: {stuck: true}"), "it.yaml:4: 'job' happens to jobs only"),
        (RULE % ("jobs: [cooking]", "job: {stuck: true}"), "it.yaml:3: no job is called 'cooking'"),
        (RULE % ("jobs: [image]", "empty: 503"), "it.yaml:4: nothing happens to the job"),
        ("timeline:\n- at: 1h\n  call: {operation: Fly}", "it.yaml:3: a timeline cannot call 'Fly'"),
        ("timeline:\n- at: x\n  call: {operation: CopyImage}", "it.yaml:2: 'at' is 'x'; a span"),
    ],
)
def test_complaints(check, text, complaint):
    status, said = check(text)
    assert status == 1 and said.startswith(complaint), said


def test_what_is_right(check):
    assert check(RULE % ("", "empty: 503")) == (0, "")
    status, said = check("rules: 5")
    assert status == 1 and "list" in said


def test_shipped_ones_go_by_their_names(start_amisim, account):
    """The program carries them: a machine that has only the program can begin them, too."""
    simulator = start_amisim("--scenario", "answer-lost")
    (began,) = simulator.control.get("scenarios")["scenarios"]
    text = (ROOT / "scenarios/answer-lost.yaml").read_text()
    assert (began["name"], began["story"]) == ("answer-lost", yaml.safe_load(text)["story"])
    put = simulator.send("PUT", "/_amisim/scenarios/no-capacity", headers={"X-Amisim": "1"})
    assert json.loads(put.body)["rules"] == [{"name": "full", "met": 0, "struck": 0}]
    document = (ROOT / "scenarios/no-capacity.yaml").read_text()
    assert simulator.control.get("scenarios/no-capacity")["document"] == document
    none = simulator.send("PUT", "/_amisim/scenarios/answer", headers={"X-Amisim": "1"})
    names = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
    assert none.status == 404 and f"Shipped are: {', '.join(names)}" in none.body


def test_a_bad_file_stops_the_start(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("colour: red")
    done = subprocess.run([BINARY, "--port", "0", "--scenario", path], capture_output=True, text=True)
    assert done.returncode == 1 and "'colour' is not known here" in done.stderr


def test_a_timeline(start_amisim, tmp_path, account):
    path = tmp_path / "later.yaml"
    call = "{operation: CreateVolume, account: '%s', parameters: {AvailabilityZone: us-east-1a, Size: %s}}"
    path.write_text(f"timeline:\n- at: 1h\n  call: {call % (account, 1)}\n- at: 2h\n  call: {call % (account, -1)}\n")
    simulator = start_amisim("--scenario", path)
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", account)
    for _ in range(2):  # a reset begins it anew
        assert ec2.describe_volumes()["Volumes"] == []
        simulator.control.clock(advance="3h")
        assert len(ec2.describe_volumes()["Volumes"]) == 1
        simulator.control.post("reset")
        simulator.control.clock(freeze=True)
    steps = [json.loads(line) for line in simulator.send("GET", "/_amisim/events").body.splitlines()]
    told = [(step["operation"], step.get("code")) for step in steps if step["event"] == "step"]
    assert told == [("CreateVolume", None), ("CreateVolume", "InvalidParameterValue")] * 2


def test_the_same_calls_give_the_same_bytes(start_amisim, account):
    seen = []
    for _ in range(2):
        simulator = start_amisim("--seed", "5", "--pace", "real")
        simulator.control.clock(set="2030-01-01T00:00:00Z", freeze=True)
        rule = {"when": {"services": ["ec2"], "probability": 0.4}, "what": {"error": {"code": "Odd"}}}
        simulator.control.put("scenarios/x", {"seed": 3, "rules": [rule]})
        answers = []
        for n in range(20):
            wanted = {"Action": "CreateVolume", "AvailabilityZone": "us-east-1a", "Size": "1"}
            asked = wanted if n % 2 else {"Action": "DescribeVolumes"}
            reply = simulator.query(account, **asked)
            answers.append((reply.status, reply.body, reply.headers["x-amzn-RequestId"]))
            simulator.control.clock(advance="7s")
        seen.append(answers)
    assert seen[0] == seen[1]
    assert {status for status, _, _ in seen[0]} == {200, 400}


def test_a_whole_life_gives_the_same_bytes(start_amisim, account):
    """Every operation, faults that draw lots, work that takes time: two processes, and not a byte differs."""

    def live():
        simulator = start_amisim("--seed", "9", "--pace", "real", "--clock", "2030-01-01T00:00:00Z", "--freeze")
        rules = [
            {"when": {"services": ["ec2"], "probability": 0.1}, "what": {"error": {"code": "InternalError"}}},
            {"when": {"jobs": ["*"], "probability": 0.3}, "what": {"job": {"fail": "Broken.", "progress": 40}}},
            {"when": {"operations": ["Create*"], "probability": 0.2}, "what": {"hide": {"calls": 2}}},
            {"when": {"operations": ["Modify*"], "probability": 0.2}, "what": {"stale": {"calls": 2}}},
        ]
        simulator.control.put("scenarios/x", {"seed": 3, "rules": rules})
        monkey = Monkey(4)
        for turn in range(500):
            reply = simulator.query(account, **monkey.call())
            monkey.learn(reply.body)
            yield reply.status, reply.body, {k: v for k, v in reply.headers.items() if k != "Date"}
            if turn % 10 == 0:
                simulator.control.clock(advance="20m")
        for path in ("requests", "events", "state", "cost"):
            reply = simulator.send("GET", f"/_amisim/{path}")
            document = json.loads(reply.body) if path == "state" else {"tables": {}}
            machine = [row for row in document["tables"].pop("setting", {"rows": []})["rows"] if row[0] != "clock.machine"]
            yield reply.status, machine, document if path == "state" else reply.body

    for turn, (first, second) in enumerate(zip(live(), live(), strict=True)):
        assert first == second, turn


def keys(schema):
    """Names of a schema at every depth, for the tables to agree with."""
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from keys(inner)
        yield from keys(inner.get("items", {}))


def test_the_schema_knows_what_the_shipped_ones_say():
    known = set(keys(SCHEMA))

    def walk(value, free=False):
        for name, inner in value.items() if isinstance(value, dict) else ():
            assert free or name in known, name
            walk(inner, free or name in ("parameters", "tags"))
        for inner in value if isinstance(value, list) else ():
            walk(inner, free)

    for path in (ROOT / "scenarios").glob("*.yaml"):
        walk(yaml.safe_load(path.read_text()))


def test_a_scenario_begins_with_a_state(own, account, start_amisim, tmp_path):
    volume = own.client("ec2", account).create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    (tmp_path / "before.json").write_text(json.dumps(own.control.get("state")))
    (tmp_path / "story.yaml").write_text("name: story\nstate: before.json\nrules: []\n")
    simulator = start_amisim("--scenario", tmp_path / "story.yaml")
    (found,) = simulator.client("ec2", account).describe_volumes()["Volumes"]
    assert found["VolumeId"] == volume


def test_a_state_that_is_none(tmp_path):
    (tmp_path / "before.json").write_text('{"version": 1, "tables": []}')
    (tmp_path / "story.yaml").write_text("name: story\nstate: before.json\nrules: []\n")
    done = subprocess.run([BINARY, "--port", "0", "--scenario", tmp_path / "story.yaml"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "before.json: this is no state" in done.stderr
