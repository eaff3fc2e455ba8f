"""Blocks of 512 KiB over sockets that deliver them in odd pieces, and clients that go away."""

import base64
import contextlib
import hashlib
import http.client
import os
import pathlib
import re
import socket

import pytest

BLOCK = 524288


class Blocks:
    """A snapshot that is open for blocks, spoken to in bytes."""

    def __init__(self, amisim, account, ebs):
        self.port = amisim.port
        self.scope = (
            f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/ebs/aws4_request, "
            f"SignedHeaders=host, Signature={'0' * 64}"
        )
        self.id = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]

    def put(self, index, data):
        head = (
            f"PUT /snapshots/{self.id}/blocks/{index} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {self.scope}\r\n"
            f"x-amz-Data-Length: {BLOCK}\r\nx-amz-Checksum-Algorithm: SHA256\r\n"
            f"x-amz-Checksum: {base64.b64encode(hashlib.sha256(data).digest()).decode()}\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), 60)


@pytest.fixture
def blocks(amisim, account, ebs):
    return Blocks(amisim, account, ebs)


def statuses(connection, count):
    """Of so many replies; their bodies are short."""
    found = []
    received = b""
    while len(found) < count:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
        found = re.findall(rb"HTTP/1\.1 (\d+) ", received)
    return [int(status) for status in found]


def check(ebs, snapshot, sent):
    """Completed, it holds what was sent."""
    ebs.complete_snapshot(SnapshotId=snapshot, ChangedBlocksCount=len(sent))
    listed = ebs.list_snapshot_blocks(SnapshotId=snapshot)["Blocks"]
    assert [block["BlockIndex"] for block in listed] == sorted(sent)
    for block in listed:
        answer = ebs.get_snapshot_block(SnapshotId=snapshot, **block)
        assert answer["BlockData"].read() == sent[block["BlockIndex"]]


@pytest.mark.parametrize("piece", [1021, 4096, 4097, 65536, 200000, BLOCK])
def test_a_block_in_pieces(ebs, blocks, piece):
    data = os.urandom(BLOCK)
    request = blocks.put(3, data)
    with blocks.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(request), piece):
            connection.sendall(request[at : at + piece])
        assert statuses(connection, 1) == [201]
    check(ebs, blocks.id, {3: data})


def test_requests_sent_without_waiting_for_replies(ebs, blocks):
    sent = {index: os.urandom(BLOCK) for index in range(5)}
    with blocks.connect() as connection:
        connection.sendall(b"".join(blocks.put(index, data) for index, data in sent.items()))
        assert statuses(connection, 5) == [201] * 5
    check(ebs, blocks.id, sent)


def test_clients_that_go_away_leave_nothing_open(start_amisim, account):
    amisim = start_amisim("--pace", "instant")
    ebs = amisim.client("ebs", account, "us-east-1")
    blocks = Blocks(amisim, account, ebs)
    data = os.urandom(BLOCK)
    request = blocks.put(0, data)
    descriptors = pathlib.Path(f"/proc/{amisim.process.pid}/fd")
    before = len(list(descriptors.iterdir()))
    with blocks.connect() as connection:  # whether the others arrive before they leave is chance
        connection.sendall(request)
        assert connection.recv(100).startswith(b"HTTP/1.1 201")
    for sent in (len(request) // 2, len(request) - 1, len(request)):
        for _ in range(10):
            with blocks.connect() as connection:
                connection.sendall(request[:sent])
    check(ebs, blocks.id, {0: data})
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", amisim.port)) as connection:
        for block in ebs.list_snapshot_blocks(SnapshotId=blocks.id)["Blocks"] * 10:
            token = block["BlockToken"].replace("+", "%2B")
            path = f"/snapshots/{blocks.id}/blocks/0?blockToken={token}"
            connection.request("GET", path, headers={"Authorization": blocks.scope})
            assert connection.getresponse().status == 200
            connection.close()  # its 512 KiB are not read
    ebs.close()
    ebs = amisim.client("ebs", account, "us-east-1")
    check(ebs, ebs.start_snapshot(VolumeSize=1)["SnapshotId"], {})
    ebs.close()
    assert len(list(descriptors.iterdir())) <= before
