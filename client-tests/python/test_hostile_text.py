"""Text that hurts: patterns, wildcards, control characters, times, documents, and a log that nobody reads."""

import contextlib
import http.client
import json
import subprocess

import pytest
from simulator import BINARY, refused

SECONDS = 20  # of processor time, for what takes well under one; sanitizers make it more


@contextlib.contextmanager
def bounded(simulator):
    before = simulator.cpu_seconds()
    yield
    assert simulator.cpu_seconds() - before < SECONDS


@pytest.fixture
def put(client):
    ssm = client("ssm")

    def parameter(pattern, value, name="/p"):
        return ssm.put_parameter(Name=name, Value=value, Type="String", AllowedPattern=pattern, Overwrite=True)

    return parameter


@pytest.mark.parametrize(
    "pattern, value",
    [
        (r"(?<year>\d{4})-\k<year>", "2026-2026"),
        (r"(?=.*\d)(?!.*x)[a-z\d]++", "abc1"),
        (r"\p{Alpha}+\h\p{IsAlphabetic}", "abc ä"),
        (r"\u00e4|b", "ä"),
    ],
)
def test_patterns_of_java(put, pattern, value):
    put(pattern, value)
    with refused(
        "ParameterPatternMismatchException",
        f"Parameter value, cannot be validated against allowedPattern: {pattern}",
    ):
        put(pattern, "!")


@pytest.mark.parametrize("pattern", ["((((((((.{0,255}){0,255}){0,255})))))", "(?R)", "(*UTF)a", "a{"])
def test_what_is_no_pattern(amisim, put, pattern):
    with bounded(amisim):
        with refused("InvalidAllowedPatternException", "The syntax of the allowedPattern parameter is invalid."):
            put(pattern, "x")


def test_patterns_that_are_not_simulated(put):
    with refused("UnsupportedOperationException", "&& in a class in an AllowedPattern is not simulated"):
        put("[a-z&&[^b]]", "a")


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a*)*b"])
def test_patterns_without_end(amisim, put, pattern):
    with bounded(amisim):
        with refused(
            "InvalidAllowedPatternException", f"The allowedPattern parameter takes too many steps on this value: {pattern}"
        ):
            put(pattern, "a" * 4094 + "bc")


def test_wildcards_are_never_given_up(amisim, ec2):
    name = "ab" * 60
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    disk = {"DeviceName": "/dev/sda1", "Ebs": {"SnapshotId": ec2.create_snapshot(VolumeId=volume)["SnapshotId"]}}
    image = ec2.register_image(Name=name, RootDeviceName="/dev/sda1", BlockDeviceMappings=[disk])["ImageId"]
    values = ["*a" * 60 + f"{n}*" for n in range(199)]

    def found(*values):
        filters = [{"Name": "name", "Values": values}]
        return [i["ImageId"] for i in ec2.describe_images(Owners=["self"], Filters=filters)["Images"]]

    with bounded(amisim):
        assert found(*values) == []
        assert found(*values, "*a" * 60 + "b") == [image]
        assert found("?" * 120) == [image] and found("?" * 119) == []
        assert found(name) == [image] and found(*(f"{name}{n}" for n in range(200))) == []


def test_control_characters(client, own):
    what = r"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\uD7FF"
    for service, call in [
        ("ebs", lambda c: c.start_snapshot(VolumeSize=1, Description="a\x01b")),
        ("ebs", lambda c: c.start_snapshot(VolumeSize=1, Tags=[{"Key": "k", "Value": "\x1b"}])),
        ("ssm", lambda c: c.put_parameter(Name="/p", Type="String", Value="a\x0cb")),
        ("kms", lambda c: c.create_key(Description="\uffff")),
    ]:
        with refused("ValidationException") as caught:
            call(client(service))
        assert what in caught.value.response["Error"]["Message"]
    client("ssm").put_parameter(Name="/p", Type="String", Value="a\tb\r\nc")
    for document in [b'rules:\n  - what: {error: "\\x01"}\n', b'{"rules":[{"name":"\\u0001","what":{"cut":1}}]}']:
        answer = own.send("PUT", "/_amisim/scenarios/s", document, {"X-Amisim": "1"})
        assert answer.status == 400, answer.body


def test_a_changed_state_makes_no_broken_xml(own, account):
    ec2 = own.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume, Description="mark-here")
    state = own.send("GET", "/_amisim/state").body.replace("mark-here", "mark\\u0001\\u001b<here")
    assert own.send("PUT", "/_amisim/state", state.encode(), {"X-Amisim": "1"}).status == 200
    assert ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["Description"] == "mark??<here"


@pytest.mark.parametrize(
    "moment",
    ["2027-02-31T00:00:00Z", "2027-02-29", "2027-04-31", "2027-01-01T24:00:00Z", "2027-06-30T23:59:60Z", "2027-00-01"],
)
def test_no_times(own, moment):
    with pytest.raises(Exception, match="set must be a time such as"):
        own.control.clock(set=moment)


def test_the_clock_ends(own, account):
    own.control.clock(set="9999-12-31T23:59:58Z")
    for more in ({"advance": "2s"}, {"advance": "100d"}):
        with pytest.raises(Exception, match="the clock ends with the year 9999"):
            own.control.clock(**more)
    own.control.clock(rate=1000000, freeze=False)
    assert own.control.clock()["now"].startswith("9999-12-31T23:59:5")
    ec2 = own.client("ec2", account)
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    assert volume["CreateTime"].year == 9999


@pytest.mark.parametrize(
    "document, problem",
    [
        ("".join(f"key{n}: 1\n" for n in range(50000)), "s:1: 'key0' is not known here"),
        ("".join(f"key{n}: 1\n" for n in range(40000)) + "key7: 2\n", "s:40001: 'key7' stands here twice"),
        ("a: [" + "0," * 200000 + "]", "s:1: more than 100000 values"),
        ("[" * 50 + "]" * 50, "s:1: nested too deeply: 32 levels are the most"),
        ("rules: [" + "{when: {operations: [x]}, what: {cut: 1}}," * 1001 + "]", "s:1: 'rules' has 1001 items; between 0 and 1000 was expected"),
    ],
)
def test_documents(own, document, problem):
    with bounded(own):
        answer = own.send("PUT", "/_amisim/scenarios/s", document.encode(), {"X-Amisim": "1"})
        assert (answer.status, json.loads(answer.body)["message"]) == (400, problem)


@pytest.mark.parametrize("document", [b"[" * 70 + b"]" * 70, b'{"rate":[' + b"0," * 1000001 + b"0]}"])
def test_json_documents(own, document):
    answer = own.send("POST", "/_amisim/clock", document, {"X-Amisim": "1"})
    assert answer.status == 400 and ("nested too deeply" in answer.body or "more than 1000000" in answer.body)


def test_a_thousand_steps_at_once(own, account):
    step = f"  - at: 10m\n    call: {{operation: CreateVolume, account: '{account}', region: us-east-1, " \
        "parameters: {Size: 1, AvailabilityZone: us-east-1a}}\n"  # fmt: skip
    document = "timeline:\n" + step * 1000
    assert own.send("PUT", "/_amisim/scenarios/s", document.encode(), {"X-Amisim": "1"}).status == 200
    own.control.clock(advance="11m")
    with bounded(own):
        assert len(own.client("ec2", account).describe_volumes()["Volumes"]) == 1000


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_log_that_nobody_reads(start_amisim, form, tmp_path):
    """Standard error is a pipe with nobody at its other end until the end."""
    command = [BINARY, "--port", "0", "--log", form, "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            url = process.stdout.readline().split()[-1]
            host, port = url.split("//")[1].rstrip("/").split(":")
            connection = http.client.HTTPConnection(host, int(port), timeout=SECONDS)
            for _ in range(1500):
                connection.request("GET", "/_amisim/health")
                assert connection.getresponse().read()
        finally:
            process.terminate()
        log = process.stderr.read()
    assert 100 < log.count("\n") < 1500
