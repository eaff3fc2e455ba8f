"""The program itself: options, exit statuses, signals, the database file, the control endpoints."""

import contextlib
import json
import re
import signal
import socket
import sqlite3
import subprocess

import pytest
from simulator import BINARY, Control

OPTIONS = """
    port bind db seed clock freeze pace fixtures scenario check attached log operations help version
""".split()


def run(*arguments):
    """Runs the program to its end, which must come by itself."""
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=10)


def complains(status, *arguments):
    """It must end with this status and one line on standard error, which is returned."""
    done = run(*arguments)
    assert done.returncode == status, done
    assert done.stdout == ""
    assert re.fullmatch(r"amisim: [^\n]+\n", done.stderr), done.stderr
    return done.stderr


def volume(ec2):
    return ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]


def test_help_names_every_option():
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    for option in OPTIONS:
        assert f"--{option}" in done.stdout


def test_version():
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"amisim \d+\.\d+\.\d+\n", done.stdout)


def test_operations():
    """The declarations as JSON, in the order that the look-up relies on."""
    done = run("--operations")
    assert (done.returncode, done.stderr) == (0, "")
    operations = json.loads(done.stdout)["operations"]
    names = [(operation["service"], operation["name"]) for operation in operations]
    assert names == sorted(set(names))
    assert ("ec2", "DescribeRegions") in names


@pytest.mark.parametrize(
    "arguments",
    [
        ["--colour"],
        ["--port"],
        ["--port", "x"],
        ["--port", "65536"],
        ["--pace", "slow"],
        ["--clock", "yesterday"],
        ["--log", "loud"],
        ["--seed", "x"],
        ["surplus"],
    ],
    ids=" ".join,
)
def test_wrong_usage(arguments):
    complains(2, *arguments)


def test_port_in_use():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert port in complains(1, "--port", port)


def test_unreadable_files(tmp_path):
    assert "no/such" in complains(1, "--port", "0", "--db", str(tmp_path / "no/such/file"))
    assert "nowhere" in complains(1, "--port", "0", "--fixtures", str(tmp_path / "nowhere.yaml"))

    no_database = tmp_path / "letter.txt"
    no_database.write_text("Dear simulator, " * 100)
    assert "letter.txt" in complains(1, "--port", "0", "--db", str(no_database))


def test_database_of_a_newer_version(start_amisim, tmp_path):
    path = tmp_path / "world.db"
    start_amisim("--db", path).stop()
    with contextlib.closing(sqlite3.connect(path)) as database:
        (version,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {version + 1}")
    assert "newer" in complains(1, "--port", "0", "--db", str(path))


def rename_jobs(path, kind):
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("UPDATE job SET kind = ?", (kind,)).rowcount
        database.commit()


def test_database_that_waits_for_unknown_work(start_amisim, tmp_path, account):
    """It is refused before anything falls due, and left as it is."""
    path = tmp_path / "world.db"
    first = start_amisim("--db", path, "--freeze", "--pace", "real")
    made = volume(first.client("ec2", account))
    first.stop()
    rename_jobs(path, "volume_of_tomorrow")
    for _ in range(2):
        said = complains(1, "--port", "0", "--db", str(path))
        assert said == f"amisim: {path}: it waits for a job 'volume_of_tomorrow' that this amisim does not know\n"
    rename_jobs(path, "volume_created")
    again = start_amisim("--db", path, "--freeze", "--pace", "real")
    again.control.clock(advance="1m")
    (found,) = again.client("ec2", account).describe_volumes(VolumeIds=[made])["Volumes"]
    assert found["State"] == "available"


def test_wrong_fixture_names_file_and_line(tmp_path):
    fixture = tmp_path / "mine.yaml"
    fixture.write_text("images:\n  - colour: red\n")
    assert "mine.yaml:2" in complains(1, "--port", "0", "--fixtures", str(fixture))


def test_first_lines_can_be_pasted(start_amisim):
    simulator = start_amisim("--log", "off")
    exports = simulator.line() + simulator.line()
    answer = simulator.shell(f"set -eu\n{exports}aws sts get-caller-identity")
    assert answer.json["Account"] == "000000000000"
    assert simulator.stderr() == ""


def test_a_log_in_json(start_amisim, account):
    simulator = start_amisim("--log", "json")
    simulator.client("ec2", account).describe_regions()
    simulator.stop()  # lines are written behind the answers of a turn
    lines = [json.loads(line) for line in simulator.stderr().splitlines()]
    (call,) = [line for line in lines if line["event"] == "request"]
    assert (call["operation"], call["account"], call["status"]) == ("DescribeRegions", account, 200)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(start_amisim, number):
    simulator = start_amisim()
    simulator.process.send_signal(number)
    assert simulator.process.wait(30) == 0


def test_attached_it_ends_with_its_input():
    """Whoever holds the other end need not say goodbye: its death closes the pipe."""
    command = [BINARY, "--port", "0", "--attached"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        url = process.stdout.readline().split()[-1].decode()
        process.stdin.write(b"what is written is ignored\n")
        process.stdin.flush()
        assert Control(url).get("health")["status"] == "ok"
        process.stdin.close()
        assert process.wait(30) == 0


def test_attached_to_nothing(tmp_path):
    """A file has no end that could be waited for."""
    with open(BINARY, "rb") as file:
        done = subprocess.run(
            [BINARY, "--port", "0", "--attached"], stdin=file, capture_output=True, timeout=10
        )
    assert done.returncode == 1 and b"standard input" in done.stderr


def test_same_seed_same_identifiers(start_amisim, account):
    def identifiers(seed):
        ec2 = start_amisim("--seed", seed, "--pace", "instant").client("ec2", account)
        return [volume(ec2) for _ in range(3)]

    first, again, other = identifiers(7), identifiers(7), identifiers(8)
    assert first == again
    assert not set(first) & set(other)
    assert len(set(first)) == 3


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_database_survives(start_amisim, account, tmp_path, end):
    """With a file, what was answered is there after a restart, and new identifiers are new."""
    made = []
    for _ in range(3):
        simulator = start_amisim("--db", tmp_path / "world.db", "--pace", "instant", "--seed", "1")
        ec2 = simulator.client("ec2", account)
        found = [volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]]
        assert sorted(found) == sorted(made)
        made.append(volume(ec2))
        getattr(simulator, end)()
    assert len(set(made)) == 3


def test_health(amisim):
    assert amisim.send("GET", "/_amisim/health").status == 200


def own_routes():
    """All of the simulator's own, as METHOD PATH."""
    table = json.loads(subprocess.run([BINARY, "--operations"], capture_output=True, check=True).stdout)
    return [operation["route"] for operation in table["operations"] if operation["service"] == "amisim"]


STRANGERS = [{"Origin": "http://example.com"}, {"Origin": "null"}, {"Host": "example.com"}, {"Host": "example.com:4566"}]


@pytest.mark.parametrize("route", own_routes())
def test_a_web_page_reaches_nothing_of_ours(amisim, route):
    """Every route looks at Host and Origin, also where it only reads; what changes something asks for a header
    that a page cannot send, but for the routes that other simulators have without one."""
    method, path = route.split(" ")
    path = re.sub(r"\{\w+\+?\}", "x", path)
    for stranger in STRANGERS:
        reply = amisim.send(method, path, "{}", {"X-Amisim": "1", **stranger})
        assert reply.status == 403, (stranger, reply.body)
    if method != "GET" and path.startswith("/_amisim/") and "/imds/" not in path:
        assert amisim.send(method, path, "{}").status == 403


@pytest.mark.parametrize("headers", [{"X-Amisim": "1"}, {"X-Amisim": ""}, {"X-Amisim": "1", "Host": "localhost:1"}])
def test_a_program_of_this_machine_does(start_amisim, headers):
    reply = start_amisim().send("POST", "/_amisim/clock", '{"freeze": true}', headers)
    assert reply.status == 200, reply.body


def test_clock(start_amisim):
    control = start_amisim("--clock", "2026-01-31T09:00:00Z").control
    assert control.clock(freeze=True)["now"].startswith("2026-01-31T09:0")
    control.clock(freeze=False)
    assert control.clock(set="2027-01-01T00:00:00Z", freeze=True)["now"] == "2027-01-01T00:00:00.000Z"
    before = control.clock()
    assert control.clock() == before
    assert "2027-01-01T00:00:00" in json.dumps(before)
    assert "2027-01-02T12:00:00" in json.dumps(control.clock(advance="36h"))
    control.post("reset")
    assert control.clock()["now"].startswith("2026-01-31T09:0")


def test_the_clock_begins_standing_still(start_amisim, tmp_path):
    began = {"now": "2026-01-31T09:00:00.000Z", "frozen": True, "rate": 1}
    options = "--clock", "2026-01-31T09:00:00Z", "--freeze", "--db", tmp_path / "world.db"
    simulator = start_amisim(*options)
    control = simulator.control
    assert control.clock() == began
    control.post("checkpoints/x")
    control.clock(freeze=False)
    control.post("checkpoints/x/restore")
    assert control.clock() == began
    control.clock(freeze=False)
    simulator.stop()
    control = start_amisim(*options).control
    assert not control.clock()["frozen"]  # the database has the word
    control.post("reset")
    assert control.clock() == began


def test_a_world_begins_once(start_amisim, tmp_path):
    """The clock of a database goes on; where it began says nothing any more."""
    for options in ["--clock", "2026-01-31T09:00:00Z"], ["--clock", "2026-01-31T09:00:00Z"], []:
        simulator = start_amisim("--db", tmp_path / "world.db", *options)
        now = simulator.control.clock(advance="1d")["now"]
        simulator.stop()
    assert now.startswith("2026-02-03T09:0")


def test_reset(start_amisim, account):
    simulator = start_amisim("--pace", "instant")
    ec2 = simulator.client("ec2", account)
    volume(ec2)
    simulator.control.post("reset")
    assert ec2.describe_volumes()["Volumes"] == []
