"""GET and PUT /_amisim/state of worlds that are larger than what memory should be taken for them: they leave and come in
pieces, while others are served."""

import base64
import contextlib
import hashlib
import http.client
import json
import pathlib
import re
import socket

import pytest
from simulator import BINARY, refused

BLOCK = 512 * 1024
BLOCKS = 140  # 70 MiB
MODEST = 48  # MiB that a state may take beside what the process had, however large it is


def peak(process):
    """The most memory that the process has had since it was asked last, in MiB."""
    proc = pathlib.Path(f"/proc/{process.pid}")
    most = int(re.search(r"VmHWM:\s+(\d+)", (proc / "status").read_text())[1]) // 1024
    (proc / "clear_refs").write_text("5")
    return most


def held(process):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]) // 1024


def block(index):
    """The same each time, and nothing that compresses or is stored once."""
    return hashlib.shake_256(str(index).encode()).digest(BLOCK)


def fill(ebs, blocks):
    snapshot = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    for index in range(blocks):
        data = block(index)
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        ebs.put_snapshot_block(
            SnapshotId=snapshot, BlockIndex=index, BlockData=data, DataLength=BLOCK, Checksum=digest, ChecksumAlgorithm="SHA256"
        )
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=blocks)
    return snapshot


def fetch(simulator, path, file):
    """The answer as it comes, into a file."""
    connection = http.client.HTTPConnection(simulator.host, simulator.port, timeout=120)
    with contextlib.closing(connection), open(file, "wb") as out:
        connection.request("GET", path)
        answer = connection.getresponse()
        assert answer.status == 200
        while piece := answer.read(1 << 20):
            out.write(piece)
    return file


def bring(simulator, file):
    connection = http.client.HTTPConnection(simulator.host, simulator.port, timeout=300)
    with contextlib.closing(connection), open(file, "rb") as body:
        headers = {"X-Amisim": "1", "Content-Length": str(file.stat().st_size)}
        connection.request("PUT", "/_amisim/state", body, headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')


def test_a_large_world_comes_back(start_amisim, account, tmp_path):
    simulator = start_amisim("--pace", "instant", "--db", tmp_path / "world.db")
    snapshot = fill(simulator.client("ebs", account), BLOCKS)
    before = held(simulator.process)
    peak(simulator.process)
    document = fetch(simulator, "/_amisim/state", tmp_path / "state.json")
    assert document.stat().st_size > BLOCKS * BLOCK * 4 // 3
    if "/sanitize/" not in str(BINARY):
        assert peak(simulator.process) < before + MODEST
    other = start_amisim("--pace", "instant", "--db", tmp_path / "other.db")
    bring(other, document)
    ebs = other.client("ebs", account)
    blocks = ebs.list_snapshot_blocks(SnapshotId=snapshot, MaxResults=10000)["Blocks"]
    assert [b["BlockIndex"] for b in blocks] == list(range(BLOCKS))
    for index in (0, 77, BLOCKS - 1):
        got = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockToken=blocks[index]["BlockToken"])
        assert got["BlockData"].read() == block(index)
    again = fetch(other, "/_amisim/state", tmp_path / "again.json")
    assert tables(again) == tables(document)


def tables(file):
    """What a document holds, without what tells of the machine."""
    found = json.loads(file.read_text())["tables"]
    del found["setting"]
    return found


@pytest.mark.parametrize("options", [[], ["--db"]])
def test_as_a_database_file(start_amisim, account, tmp_path, options):
    simulator = start_amisim("--pace", "instant", "--seed", "7", *(o for word in options for o in (word, tmp_path / "world.db")))
    kms = simulator.client("kms", account)
    key = kms.create_key(Description="kept")["KeyMetadata"]["KeyId"]
    simulator.control.clock(advance="36h")
    file = fetch(simulator, "/_amisim/state?format=sqlite", tmp_path / "copy.db")
    now = simulator.control.clock(freeze=True)["now"]
    following = kms.create_key()["KeyMetadata"]["KeyId"]
    reply = simulator.send("PUT", "/_amisim/state", file.read_bytes(), {"X-Amisim": "1"})
    assert reply.status == 400 and "--db FILE" in json.loads(reply.body)["message"]
    again = start_amisim("--pace", "instant", "--db", file)
    kms = again.client("kms", account)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["Description"] == "kept"
    assert again.control.clock()["now"][:13] == now[:13]
    with refused("NotFoundException"):
        kms.describe_key(KeyId=following)
    assert kms.create_key()["KeyMetadata"]["KeyId"] == following


def test_no_other_format(own):
    assert own.control.refused("GET", "state?format=xml")[0] == 400


def ask(simulator):
    """A client that has asked for the state and reads nothing yet."""
    client = socket.create_connection((simulator.host, simulator.port), timeout=60)
    client.sendall(b"GET /_amisim/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    return client


def read_all(client):
    answer = http.client.HTTPResponse(client)
    answer.begin()
    return answer.read()


def test_it_is_of_one_moment(start_amisim, account):
    """Whatever is made while it leaves is not in it, nor is what was there missing."""
    simulator = start_amisim("--pace", "instant")
    ebs, ec2 = simulator.client("ebs", account), simulator.client("ec2", account)
    snapshot = fill(ebs, 40)  # more than the sockets hold
    client = ask(simulator)
    volumes = [ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"] for _ in range(5)]
    ec2.delete_snapshot(SnapshotId=snapshot)
    document = json.loads(read_all(client))
    assert snapshot in str(document["tables"]["snapshot"])
    assert len(document["tables"]["block"]["rows"]) == 40
    assert not any(volume in str(document["tables"]["volume"]) for volume in volumes)


def descriptors(simulator):
    return len(list(pathlib.Path(f"/proc/{simulator.process.pid}/fd").iterdir()))


def test_readers_that_go_away_cost_nothing(start_amisim, account):
    simulator = start_amisim("--pace", "instant")
    fill(simulator.client("ebs", account), 16)
    simulator.control.get("state")
    before, open_before = held(simulator.process), descriptors(simulator)
    for _ in range(4):
        clients = [ask(simulator) for _ in range(20)]
        simulator.control.get("health")
        for client in clients:
            client.close()
    simulator.control.get("state")
    assert descriptors(simulator) <= open_before
    if "/sanitize/" not in str(BINARY):
        assert held(simulator.process) < before + MODEST
