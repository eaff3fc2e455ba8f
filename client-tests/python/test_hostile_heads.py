"""Hostile HTTP at the real door: the messages that fuzzing kept, changed at random by a fixed stream, as raw bytes."""

import contextlib
import random
import socket

import pytest
from model import ROOT

SIGNS = [b"\r\n", b"\n", b"\0", b":", b" ", b"\xff", b"%", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"]
STANDING = b"Host: localhost\r\nX-Amisim: 1\r\nConnection: close\r\n"


def messages():
    for line in (ROOT / "sim/tests/corpus/request").read_text().splitlines():
        head, _, body = line.encode().decode("unicode_escape").encode("latin-1").partition(b"\n\n")
        first, *fields = head.split(b"\n")
        size = b"Content-Length: %d\r\n\r\n" % len(body)
        yield b"\r\n".join([first + b" HTTP/1.1", *fields, STANDING]) + size + body


def changed(chance, message):
    """Bytes cut out, doubled, exchanged, or a sign that HTTP cares about put between them."""
    for _ in range(chance.randrange(4)):
        start = chance.randrange(len(message) + 1)
        end = min(len(message), start + chance.randrange(12))
        middle = chance.choice([b"", message[start:end] * 2, bytes([chance.randrange(256)]), chance.choice(SIGNS)])
        message = message[:start] + middle + message[end:]
    return message


def answer(own, message):
    """What comes back until the door closes; b"" where it says nothing."""
    with contextlib.closing(socket.create_connection((own.host, own.port), timeout=20)) as connection:
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            connection.sendall(message)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(1 << 16)
    return b""


@pytest.mark.parametrize("seed", [1, 2])
def test_hostile_heads(own, seed):
    chance = random.Random(seed)
    kept = list(messages())
    for message in chance.sample(kept, 300):
        told = answer(own, changed(chance, message))
        assert told == b"" or told.startswith(b"HTTP/1."), told
    assert own.send("GET", "/_amisim/health").status == 200
