"""Who may come in, how many, for how long, and what nobody may read: see docs/threat-model.md.

A real browser does the same in client-tests/browser.
"""

import http.client
import json
import os
import re
import resource
import socket
import stat
import subprocess

import pytest
from simulator import BINARY

SCOPE = "Credential={account}/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
FORM = "application/x-www-form-urlencoded"
STRANGERS = [
    {"Origin": "http://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://localhost:3000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "evil.test:4566"},
    {"Host": "0.0.0.0:4566"},
]
# One call of each protocol that would change something, and a path where there is nothing.
CALLS = {
    "ec2": ("POST", "/", "Action=CreateKeyPair&Version=2016-11-15&KeyName=x", FORM),
    "ec2 by GET": ("GET", "/?Action=CreateKeyPair&Version=2016-11-15&KeyName=x", None, None),
    "ec2 by HEAD": ("HEAD", "/?Action=CreateKeyPair&Version=2016-11-15&KeyName=x", None, None),
    "ec2 unroutable": ("POST", "/", "Action=Nothing", FORM),
    "ec2 malformed": ("POST", "/", "Action=%", FORM),
    "sts": ("POST", "/", "Action=GetSessionToken&Version=2011-06-15", FORM),
    "kms": ("POST", "/", "{}", "TrentService.CreateKey"),
    "ssm": ("POST", "/", '{"Name": "n", "Type": "String", "Value": "v"}', "AmazonSSM.PutParameter"),
    "tagging": ("POST", "/", '{"ResourceARNList": ["arn:aws:s3:::b"], "TagKeys": ["k"]}', "ResourceGroupsTaggingAPI_20170126.UntagResources"),
    "ebs": ("POST", "/snapshots", '{"VolumeSize": 1}', "text/plain"),
    "rbin": ("POST", "/rules", "{}", "text/plain"),
    "moto": ("POST", "/moto-api/reset", None, None),
    "localstack": ("POST", "/_localstack/state/reset", None, None),
    "amisim": ("POST", "/_amisim/reset", None, None),
    "preflight": ("OPTIONS", "/", None, None),
}


def head(call, account, stranger):
    service, kind = call.split(" ")[0], CALLS[call][3]
    signed = SCOPE.format(account=account, service="ec2" if service == "preflight" else service)
    made = {"Authorization": f"AWS4-HMAC-SHA256 {signed}", "X-Amisim": "1", **stranger}
    if kind:
        made["X-Amz-Target" if "." in kind else "Content-Type"] = kind
    return made


def code_of(call, reply):
    """The refusal in the words of the protocol."""
    service = call.split(" ")[0]
    if call == "ec2 by HEAD":
        return reply.headers["Server"] and "Foreign"
    if service in ("ec2", "preflight"):
        return re.search(r"<Response><Errors><Error><Code>(\w+)</Code>", reply.body)[1]
    if service == "sts":
        return re.search(r"<ErrorResponse .*<Type>Sender</Type>\s*<Code>(\w+)</Code>", reply.body, re.S)[1]
    if service in ("kms", "ssm", "tagging"):
        return json.loads(reply.body)["__type"]
    if service in ("ebs", "rbin"):
        return reply.headers["x-amzn-ErrorType"].split(":")[0]
    return json.loads(reply.body)["error"]


@pytest.mark.parametrize("call", CALLS)
def test_strangers_are_refused_by_every_protocol(own, account, call):
    own.client("ec2", account).create_volume(Size=1, AvailabilityZone="us-east-1a")
    before = own.control.get("state")["tables"]
    method, path, body, _ = CALLS[call]
    for stranger in STRANGERS:
        reply = own.send(method, path, body, head(call, account, stranger))
        assert reply.status == 403, (stranger, reply.body)
        assert code_of(call, reply).startswith("Foreign"), reply.body
        assert not [name for name in reply.headers if name.lower().startswith("access-control-")]
    after = own.control.get("state")["tables"]
    assert {**after, "setting": None} == {**before, "setting": None}


@pytest.mark.parametrize("call", [call for call in CALLS if " " not in call and call not in ("rbin", "preflight")])
def test_programs_and_our_own_pages_are_not(start_amisim, account, call):
    own = start_amisim("--pace", "instant", "--allow-host", "amisim.test")
    method, path, body, _ = CALLS[call]
    page = {"Origin": f"http://localhost:{own.port}", "Sec-Fetch-Site": "same-origin"}
    for friend in {}, page, {"Host": "amisim.test:1"}, {"Sec-Fetch-Site": "none"}:
        reply = own.send(method, path, body, head(call, account, friend))
        assert reply.status < 300 or "Already" in reply.body or "Duplicate" in reply.body, (friend, reply.body)


def test_without_the_header_nothing_else_matters(own):
    """The body is no JSON either: one refusal, and the process lives."""
    reply = own.send("POST", "/_amisim/clock", "no JSON", {})
    assert (reply.status, json.loads(reply.body)["error"]) == (403, "MissingHeader")
    assert own.send("GET", "/_amisim/health", None, {}).status == 200


def test_reads_under_a_foreign_name(own, account):
    path = f"/?Action=DescribeRegions&Version=2016-11-15&AWSAccessKeyId={account}"
    assert own.send("GET", path, None, {"Host": "evil.test"}).status == 403
    for host in "localhost.", "EC2.us-east-1.amazonaws.com:443", "ec2.eu-west-1.api.aws", "[::1]:1":
        assert own.send("GET", path, None, {"Host": host}).status == 200


def test_all_addresses(start_amisim, account):
    """Whoever listens for other machines can't know their names for it; with --allow-host it is told."""
    path = f"/?Action=DescribeRegions&Version=2016-11-15&AWSAccessKeyId={account}"
    exposed = start_amisim("--bind", "0.0.0.0")
    assert exposed.send("GET", path, None, {"Host": "amisim.test"}).status == 200
    assert exposed.send("GET", path, None, {"Origin": "http://amisim.test"}).status == 403
    assert exposed.send("GET", "/_amisim/health", None, {"Host": "amisim.test"}).status == 403
    named = start_amisim("--bind", "0.0.0.0", "--allow-host", "amisim.test")
    assert named.send("GET", "/_amisim/health", None, {"Host": "amisim.test"}).status == 200
    assert named.send("GET", path, None, {"Host": "evil.test"}).status == 403


@pytest.mark.parametrize("name", ["", "http://amisim.test", "a b", "user@host", "host:port"])
def test_no_name(name):
    done = subprocess.run([BINARY, "--allow-host", name], capture_output=True, text=True)
    assert done.returncode == 2 and "--allow-host takes" in done.stderr


# ---- How many ----


@pytest.fixture
def few_descriptors():
    """What is started has 40 descriptors and can't have more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))

    def lower(process, soft, hard):
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (soft, hard))

    yield lower
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_is_raised(few_descriptors, start_amisim):
    simulator = start_amisim()
    soft, hard = resource.prlimit(simulator.process.pid, resource.RLIMIT_NOFILE)
    assert soft == hard


def test_no_descriptor_left(few_descriptors, start_amisim):
    """It neither spins nor fills the log, and goes on when clients leave."""
    simulator = start_amisim()
    few_descriptors(simulator.process, 40, 40)
    clients = [socket.create_connection((simulator.host, simulator.port)) for _ in range(60)]
    used = cpu_seconds(simulator.process.pid)
    answered = [ask(client) for client in clients[:20]]
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answered)
    assert simulator.stderr().count("cannot accept") == 1
    assert len(simulator.stderr()) < 10_000
    for client in clients:
        client.close()
    assert simulator.send("GET", "/_amisim/health").status == 200
    assert cpu_seconds(simulator.process.pid) - used < 1


def test_as_many_as_there_may_be(start_amisim, monkeypatch, tmp_path):
    """Of the descriptors some are kept for files; who comes later is accepted when others leave."""
    program = tmp_path / "amisim"
    program.write_text(f'#!/bin/sh\nulimit -n 200\nexec {BINARY} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr("simulator.BINARY", program)
    simulator = start_amisim()
    clients = [socket.create_connection((simulator.host, simulator.port)) for _ in range(150)]
    assert all(ask(client).startswith(b"HTTP/1.1 200") for client in clients[:136])
    clients[-1].sendall(HEALTH)
    clients[-1].settimeout(0.2)
    with pytest.raises(TimeoutError):
        clients[-1].recv(100)
    assert simulator.stderr().count("cannot accept") == 1
    for client in clients[:20]:
        client.close()
    clients[-1].settimeout(30)
    assert clients[-1].recv(100).startswith(b"HTTP/1.1 200")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


HEALTH = b"GET /_amisim/health HTTP/1.1\r\nHost: localhost\r\n\r\n"


def ask(client):
    client.settimeout(30)
    client.sendall(HEALTH)
    return client.recv(65536)


# ---- How long ----


def connect(simulator, data=b""):
    client = socket.create_connection((simulator.host, simulator.port), timeout=30)
    client.sendall(data)
    return client


def is_let_go(client):
    """At its end; what still came before is left aside."""
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def test_slow_clients_are_let_go(start_amisim):
    simulator = start_amisim("--client-timeout", "1")
    follower = connect(simulator, HEALTH.replace(b"health", b"events?follow=true"))
    assert follower.recv(65536).startswith(b"HTTP/1.1 200")
    begun = [b"", b"POST / HT", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx", HEALTH]
    for client in [connect(simulator, data) for data in begun]:
        assert is_let_go(client)
    simulator.control.post("clock", {"advance": "1s"})
    assert b"SetClock" in follower.recv(65536)  # it may be silent as long as it likes


def test_one_that_sends_a_byte_now_and_then(start_amisim):
    simulator = start_amisim("--client-timeout", "1")
    client = connect(simulator, b"GET /")
    client.settimeout(0.2)
    with pytest.raises(ConnectionError):
        for _ in range(100):
            client.send(b"x")
            try:
                if client.recv(1) == b"":
                    raise ConnectionError
            except TimeoutError:
                pass


def test_an_answer_that_is_late_keeps_its_client(start_amisim, account):
    simulator = start_amisim("--client-timeout", "1")
    simulator.control.put("scenarios/late", {"rules": [{"when": {}, "what": {"delay": "2500ms"}}]})
    regions = simulator.client("ec2", account).describe_regions()["Regions"]
    assert regions


# ---- Answers that nobody reads ----


def resident(process):
    """Megabytes."""
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) // 1024


def test_answers_that_nobody_reads(start_amisim, account):
    """They are bounded in sum, and let go of with the clients."""
    simulator = start_amisim("--pace", "instant", "--log", "off")
    fill(simulator, account, 300)
    connection = http.client.HTTPConnection(simulator.host, simulator.port, timeout=120)
    connection.request("GET", "/_amisim/state")
    size = len(connection.getresponse().read()) // 2**20
    assert size >= 2
    clients = [connect(simulator) for _ in range(400 // size)]
    for client in clients:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(HEALTH.replace(b"health", b"state"))
    connection.request("GET", "/_amisim/health")
    assert connection.getresponse().read()
    if "/sanitize/" not in str(BINARY):  # which keeps what was freed
        assert resident(simulator.process) < 256 + 200
    for client in clients[:-2]:  # two are there when it ends
        client.close()
    connection.request("GET", "/_amisim/health")
    assert connection.getresponse().read()


def fill(simulator, account, count):
    tags = {}
    for n in range(1, 41):
        tags |= {f"TagSpecification.1.Tag.{n}.Key": f"k{n}", f"TagSpecification.1.Tag.{n}.Value": "v" * 200}
    for _ in range(count):
        simulator.query(
            account,
            Action="CreateVolume",
            Size=1,
            AvailabilityZone="us-east-1a",
            **{"TagSpecification.1.ResourceType": "volume"},
            **tags,
        )


def test_requests_without_end(start_amisim):
    """What is sent faster than it is answered, or by one who reads no answer, waits in the sockets."""
    simulator = start_amisim("--log", "off")
    before = resident(simulator.process)
    clients = [connect(simulator) for _ in range(4)]
    for client in clients:
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            while True:
                client.sendall(HEALTH * 1000)
    assert ask(connect(simulator)).startswith(b"HTTP/1.1 200")
    if "/sanitize/" not in str(BINARY):
        assert resident(simulator.process) - before < 8


# ---- What nobody may read ----


def test_the_state_is_its_owners(start_amisim, tmp_path):
    simulator = start_amisim("--db", tmp_path / "world.db")
    simulator.control.clock(advance="1s")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert "world.db" in modes and set(modes.values()) == {0o600}, modes
    simulator.stop()
    (tmp_path / "world.db").chmod(0o640)
    simulator = start_amisim("--db", tmp_path / "world.db")
    assert "mode=640" in simulator.stderr()
    assert stat.S_IMODE((tmp_path / "world.db").stat().st_mode) == 0o640


def test_secrets_are_in_no_record(own, account):
    ssm = own.client("ssm", account)
    ssm.put_parameter(Name="password", Type="SecureString", Value="hunter2")
    ssm.put_parameter(Name="password", Value="hunter3", Overwrite=True)
    state = json.dumps(own.control.get("state"))
    own.control.put("state", state)
    assert ssm.get_parameter(Name="password", WithDecryption=True)["Parameter"]["Value"] == "hunter3"
    requests, events = own.control.lines("requests"), own.control.lines("events")
    sent = [line["parameters"] for line in requests if line["operation"] == "PutParameter"]
    assert [(p["Name"], p["Value"]) for p in sent] == [("password", "(secret)")] * 2
    assert "hunter" not in json.dumps([requests, events])
    assert "hunter" not in own.stderr()
