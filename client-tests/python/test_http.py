"""HTTP/1.1 and 1.0 by cases of RFC 9112 and RFC 9110, as bytes on a socket. The section stands with each case.

Behind what a case sends comes one more request, the probe: where a message must be refused, nothing of what stands
behind it may be taken for a request.
"""

import contextlib
import email.utils
import json
import re
import resource
import socket
import time

import pytest

PROBE = b"GET /_amisim/health?probe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
GET = b"GET /_amisim/clock HTTP/1.1\r\nHost: localhost\r\n"
PUT = b"POST /_amisim/clock HTTP/1.1\r\nHost: localhost\r\nX-Amisim: 1\r\n"
CHUNKED = PUT + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = b'{"advance": "1s"}'
OK, LAST = [200, 200], [200]


def sized(body=BODY, fields=b""):
    return PUT + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunk(body, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(body), extension, body)


class Reply:
    def __init__(self, status, head, body, whole):
        self.status, self.head, self.body, self.whole = status, head, body, whole

    def field(self, name):
        found = re.findall(rb"(?im)^%s: (.*)\r$" % name.encode(), self.head)
        assert len(found) < 2, self.head
        return found[0].decode() if found else None


def unchunk(data):
    """The body, what stands behind it, and whether it has an end."""
    body = b""
    while match := re.match(rb"([0-9a-f]+)\r\n", data):
        size, data = int(match[1], 16), data[match.end() :]
        if not size:
            assert data.startswith(b"\r\n")
            return body, data[2:], True
        assert len(data) < size + 2 or data[size : size + 2] == b"\r\n"
        body, data = body + data[:size], data[size + 2 :]
    return body, b"", False


def replies(data, methods=()):
    """All that came, read by the rules for clients (RFC 9112, 6.3)."""
    found = []
    methods = list(methods)
    while data:
        head, end, rest = data.partition(b"\r\n\r\n")
        line = re.match(rb"HTTP/1\.1 (\d{3}) [ -~]*\r?\n?", head)
        assert line and end, data
        reply = Reply(int(line[1]), head + b"\r\n", b"", True)
        method = "GET" if reply.status == 100 or not methods else methods.pop(0)
        size = reply.field("Content-Length")
        if reply.field("Transfer-Encoding") == "chunked" and method != "HEAD":
            reply.body, rest, reply.whole = unchunk(rest)
        elif reply.status in (100, 204) or method == "HEAD":
            assert reply.status not in (100, 204) or size is None
        elif size is None:
            reply.body, rest = rest, b""
        else:
            reply.body, rest = rest[: int(size)], rest[int(size) :]
            reply.whole = len(reply.body) == int(size)
        found.append(reply)
        data = rest
    return found


def talk(own, sent, methods=(), piece=0):
    """Every reply until the door closes."""
    received = b""
    with contextlib.closing(socket.create_connection((own.host, own.port), timeout=30)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(sent), piece or len(sent)):
                connection.sendall(sent[at : at + (piece or len(sent))])
        with contextlib.suppress(ConnectionError):
            while more := connection.recv(1 << 16):
                received += more
    return replies(received, methods)


CASES = [
    # ---- Messages ----
    ("9112 2.1", "a request", GET + b"\r\n", OK),
    ("9112 2.2", "an empty line before it", b"\r\n" + GET + b"\r\n", OK),
    ("9112 2.2", "the first line ends without CR", GET.replace(b"1.1\r\n", b"1.1\n") + b"\r\n", [400]),
    ("9112 2.2", "the empty line has no CR", GET + b"\n", [400]),
    ("9112 2.2", "a header ends without CR", GET + b"X: y\n\r\n", [400]),
    ("9112 2.2", "a CR alone", GET + b"X: y\rZ: z\r\n\r\n", [400]),
    ("9112 2.2", "a blank after the first line", GET.replace(b"\r\nHost", b"\r\n Host") + b"\r\n", [400]),
    ("9112 2.3", "a later HTTP/1", GET.replace(b"1.1", b"1.2") + b"\r\n", [505]),
    ("9112 2.3", "HTTP/2 by hand", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505]),
    ("9110 2.5", "HTTP/0.9", b"GET /_amisim/clock\r\n\r\n", [505]),
    # ---- The first line ----
    ("9112 3", "two blanks before the target", GET.replace(b"GET ", b"GET  ") + b"\r\n", [400]),
    ("9112 3", "two blanks behind the target", GET.replace(b" HTTP", b"  HTTP") + b"\r\n", [400]),
    ("9112 3", "a tab for a blank", GET.replace(b" HTTP", b"\tHTTP") + b"\r\n", [400]),
    ("9112 3", "more than one target", GET.replace(b" HTTP", b" x HTTP") + b"\r\n", [400]),
    ("9112 3.1", "methods tell capitals from others", GET.replace(b"GET", b"get") + b"\r\n", [400]),
    ("9112 3.1", "a method that nobody knows", GET.replace(b"GET", b"BREW") + b"\r\n", [501]),
    ("9112 3.1", "a method that is not for here", GET.replace(b"GET", b"TRACE") + b"\r\n", [501]),
    ("9112 3", "a target without end", GET.replace(b"clock", b"a" * 70000) + b"\r\n", [414]),
    ("9112 3.2", "a fragment", GET.replace(b"clock", b"clock#a") + b"\r\n", [400]),
    ("9112 3.2", "no ASCII", GET.replace(b"clock", b"clock\xe9") + b"\r\n", [400]),
    ("9112 3.2", "no Host", b"GET /_amisim/clock HTTP/1.1\r\n\r\n", [400]),
    ("9112 3.2", "two Hosts", GET + b"Host: localhost\r\n\r\n", [400]),
    ("9112 3.2.2", "a URL", GET.replace(b"/_", b"http://localhost:1/_") + b"\r\n", OK),
    ("9112 3.2.2", "a URL has the last word", GET.replace(b"/_", b"http://evil.test/_") + b"\r\n", [403, 200]),
    ("9112 3.2.2", "even against a foreign Host", GET.replace(b"/_", b"http://localhost/_").replace(
        b"Host: localhost", b"Host: evil.test") + b"\r\n", OK),
    ("9112 3.2.3", "CONNECT", b"CONNECT localhost:1 HTTP/1.1\r\nHost: localhost:1\r\n\r\n", [501]),
    ("9112 3.2.4", "*", b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", [400]),
    ("9112 3.2.4", "* for another method", b"GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    # ---- Headers ----
    ("9112 5", "names have no case, blanks around values", GET.replace(b"Host: localhost", b"hOST:\t localhost \t")
        + b"\r\n", OK),
    ("9112 5", "empty values", GET + b"X:\r\nY:  \r\n\r\n", OK),
    ("9112 5", "no name", GET + b": x\r\n\r\n", [400]),
    ("9112 5", "no colon", GET + b"X\r\n\r\n", [400]),
    ("9112 5.1", "a blank before the colon", GET + b"X : y\r\n\r\n", [400]),
    ("9112 5.2", "a folded header", GET + b"X: y\r\n z\r\n\r\n", [400]),
    ("9112 5.2", "a folded length", PUT + b"Content-Length:\r\n 17\r\n\r\n" + BODY, [400]),
    ("9110 5.5", "a NUL", GET + b"X: a\0b\r\n\r\n", [400]),
    ("9110 5.5", "a sign of control", GET + b"X: a\x01b\r\n\r\n", [400]),
    ("9110 5.5", "bytes above ASCII", GET + b"X: \xe9\r\n\r\n", OK),
    ("9110 5.6.2", "a name with a bracket", GET + b"X(: y\r\n\r\n", [400]),
    ("6585 5", "100 headers", GET + b"X: y\r\n" * 99 + b"\r\n", OK),
    ("6585 5", "one more", GET + b"X: y\r\n" * 100 + b"\r\n", [431]),
    ("6585 5", "a head that is too large", GET + b"X: " + b"y" * 70000 + b"\r\n\r\n", [431]),
    # ---- Lengths ----
    ("9112 6.2", "a length", sized(), OK),
    ("9112 6.2", "length 0 for GET", GET + b"Content-Length: 0\r\n\r\n", OK),
    ("9112 6.3", "no length is no body", PUT + b"\r\n", OK),
    ("9112 6.3", "two lengths that differ", sized(fields=b"Content-Length: 3\r\n"), [400]),
    ("9112 6.3", "two lengths alike", sized(fields=b"Content-Length: 17\r\n"), [400]),
    ("9112 6.3", "lengths in a list", PUT + b"Content-Length: 17, 17\r\n\r\n" + BODY, [400]),
    ("9110 8.6", "a sign", PUT + b"Content-Length: +17\r\n\r\n" + BODY, [400]),
    ("9110 8.6", "a negative length", PUT + b"Content-Length: -1\r\n\r\n", [400]),
    ("9110 8.6", "a length in hex", PUT + b"Content-Length: 0x11\r\n\r\n" + BODY, [400]),
    ("9110 8.6", "an empty length", PUT + b"Content-Length:\r\n\r\n", [400]),
    ("9110 8.6", "a length beyond all numbers", PUT + b"Content-Length: 18446744073709551616\r\n\r\n", [400]),
    ("9110 15.5.14", "a length beyond the limit", PUT + b"Content-Length: 18446744073709551615\r\n\r\n", [413]),
    # ---- Chunks ----
    ("9112 7.1", "chunks", CHUNKED + chunk(BODY[:5]) + chunk(BODY[5:]) + b"0\r\n\r\n", OK),
    ("9112 7.1", "capitals and zeros in a size", CHUNKED + b"0011\r\n" + BODY + b"\r\n000\r\n\r\n", OK),
    ("9112 7.1.1", "extensions", CHUNKED + chunk(BODY, b";a;b=c") + b"0;z\r\n\r\n", OK),
    ("9112 7.1.1", "a quoted one", CHUNKED + chunk(BODY, b';d="e f"') + b"0\r\n\r\n", OK),
    ("9112 7.1.1", "an extension with LF", CHUNKED + chunk(BODY, b";a\nb") + b"0\r\n\r\n", [400]),
    ("9112 7.1.2", "trailers", CHUNKED + chunk(BODY) + b"0\r\nContent-Length: 3\r\nX: y\r\n\r\n", OK),
    ("9112 7.1.2", "a trailer without CR", CHUNKED + chunk(BODY) + b"0\r\nX: y\n\r\n", [400]),
    ("9112 7.1", "a size in 0x", CHUNKED + b"0x11\r\n" + BODY + b"\r\n0\r\n\r\n", [400]),
    ("9112 7.1", "a negative size", CHUNKED + b"-1\r\n" + BODY, [400]),
    ("9112 7.1", "a blank before a size", CHUNKED + b" 11\r\n" + BODY + b"\r\n0\r\n\r\n", [400]),
    ("9112 7.1", "no size", CHUNKED + b"\r\n" + BODY, [400]),
    ("9112 7.1", "a size that ends without CR", CHUNKED + b"11\n" + BODY + b"\r\n0\r\n\r\n", [400]),
    ("9112 7.1", "a chunk that ends without CR", CHUNKED + b"11\r\n" + BODY + b"\n0\r\n\r\n", [400]),
    ("9112 7.1", "a chunk that is longer than its size", CHUNKED + b"10\r\n" + BODY + b"\r\n0\r\n\r\n", [400]),
    ("9112 7.1", "a size beyond all numbers", CHUNKED + b"1" * 17 + b"\r\n" + BODY, [400]),
    ("9110 15.5.14", "a chunk beyond the limit", CHUNKED + chunk(b"x" * 17_000_000) + b"0\r\n\r\n", [413]),
    ("9112 6.1", "chunks and a length", sized(fields=b"Transfer-Encoding: chunked\r\n"), [400]),
    ("9112 6.1", "chunks in HTTP/1.0", CHUNKED.replace(b"1.1", b"1.0") + chunk(BODY) + b"0\r\n\r\n", [400]),
    ("9112 6.1", "another coding", CHUNKED.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", [501]),
    ("9112 6.3", "chunks are not the last coding", CHUNKED.replace(b"chunked", b"chunked, gzip") + b"0\r\n\r\n", [400]),
    ("9112 6.3", "a coding without chunks", CHUNKED.replace(b"chunked", b"identity") + b"0\r\n\r\n", [400]),
    ("9112 7", "chunked twice", CHUNKED.replace(b"chunked", b"chunked, chunked") + b"0\r\n\r\n", [400]),
    ("9112 7", "chunked in two lines", PUT + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n0\r\n\r\n", [400]),
    ("9112 6.1", "a name that is nearly a coding", PUT + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", [400]),
    ("9112 6.1", "a coding behind a vertical tab", CHUNKED.replace(b"chunked", b"\x0bchunked") + b"0\r\n\r\n", [400]),
    # ---- Connections ----
    ("9112 9.3", "several at once, in order", GET + b"\r\n" + sized() + GET + b"\r\n", [200] * 4),
    ("9112 9.3", "a hundred at once", (GET + b"\r\n") * 100, [200] * 101),
    ("9112 9.6", "nothing after close", GET + b"Connection: close\r\n\r\n", LAST),
    ("9112 9.6", "close among others, in capitals", GET + b"Connection: x, CLOSE\r\n\r\n", LAST),
    ("9112 9.3", "HTTP/1.0 closes", GET.replace(b"1.1", b"1.0") + b"\r\n", LAST),
    ("9112 C.2.2", "HTTP/1.0 that asks to go on", GET.replace(b"1.1", b"1.0") + b"Connection: keep-alive\r\n\r\n", OK),
    ("9110 7.8", "an upgrade is passed by", GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
        b"HTTP2-Settings: AAMAAABk\r\n\r\n", OK),
    ("9110 7.8", "an upgrade with a body", sized(fields=b"Connection: Upgrade\r\nUpgrade: websocket\r\n"), OK),
    # ---- Expectations ----
    ("9110 10.1.1", "another expectation", GET + b"Expect: the-best\r\n\r\n", [417]),
    ("9110 10.1.1", "100-continue with a body that is there", sized(fields=b"Expect: 100-continue\r\n"), OK),
    ("9110 10.1.1", "HTTP/1.0 expects nothing", sized(fields=b"Expect: 100-continue\r\n").replace(b"1.1", b"1.0"), LAST),
]


@pytest.mark.parametrize("section, what, sent, statuses", CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
@pytest.mark.parametrize("piece", [0, 3], ids=["whole", "in pieces"])
def test_case(amisim, section, what, sent, statuses, piece):
    if piece and len(sent) > 5000:
        piece = 4093
    found = talk(amisim, sent + PROBE, piece=piece)
    assert [reply.status for reply in found] == statuses, [reply.body for reply in found]
    assert all(reply.whole for reply in found)
    assert found[-1].field("Connection") == "close" or b" HTTP/1.0" in sent
    for reply in found:
        date = email.utils.parsedate_to_datetime(reply.field("Date"))  # 9110, 6.6.1
        assert abs(date.timestamp() - time.time()) < 5
        if reply.status in (400, 413, 414, 417, 431, 501, 505) and reply.field("Content-Type") == "text/plain":
            assert reply.body.endswith(b"\n") and len(reply.body) > 5


# ---- HEAD (9110, 9.3.2) ----


@pytest.mark.parametrize("path", [b"/_amisim/health", b"/_amisim/clock", b"/_amisim/events", b"/_amisim/nothing",
                                  b"/?Action=DescribeRegions&Version=2016-11-15&AWSAccessKeyId=123456789012"])
def test_head_is_get_without_a_body(amisim, path):
    sent = b"HEAD %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path
    get, *_ = talk(amisim, sent.replace(b"HEAD", b"GET") + PROBE)
    head, *_ = talk(amisim, sent + PROBE, ["HEAD", "GET"])
    assert (head.status, head.body) == (get.status, b"")
    assert head.field("Content-Length") == get.field("Content-Length") == str(len(get.body))
    assert head.field("Content-Type") == get.field("Content-Type")


def test_head_of_an_answer_without_end(amisim):
    sent = b"HEAD /_amisim/events?follow=true HTTP/1.1\r\nHost: localhost\r\n\r\n"
    head, probe = talk(amisim, sent + PROBE, ["HEAD", "GET"])
    assert (head.status, head.field("Transfer-Encoding"), probe.status) == (200, "chunked", 200)


def test_no_content(amisim, account):
    """204 has no length (9110, 8.6)."""
    kms = amisim.client("kms", account)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert key
    rule = b'{"ResourceType": "EBS_SNAPSHOT", "RetentionPeriod": {"RetentionPeriodValue": 1, "RetentionPeriodUnit": "DAYS"}}'
    scope = b"Authorization: AWS4-HMAC-SHA256 Credential=%s/20260101/us-east-1/rbin/aws4_request, SignedHeaders=host, " \
        b"Signature=0\r\n" % account.encode()
    made, _ = talk(amisim, b"POST /rules HTTP/1.1\r\nHost: localhost\r\n" + scope
                   + b"Content-Length: %d\r\n\r\n" % len(rule) + rule + PROBE)
    identifier = json.loads(made.body)["Identifier"].encode()
    gone, probe = talk(amisim, b"DELETE /rules/%s HTTP/1.1\r\nHost: localhost\r\n" % identifier + scope + b"\r\n" + PROBE)
    assert (gone.status, gone.body, probe.status) == (204, b"", 200)


# ---- 100 Continue (9110, 10.1.1) ----


def test_continue(amisim):
    head = sized(b"", b"Expect: 100-continue\r\n").replace(b"Length: 0", b"Length: %d" % len(BODY))
    with contextlib.closing(socket.create_connection((amisim.host, amisim.port), timeout=30)) as connection:
        connection.sendall(head)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY + PROBE)
        received = b""
        while more := connection.recv(1 << 16):
            received += more
    assert [reply.status for reply in replies(received)] == OK


def test_no_continue_for_what_is_refused(amisim):
    found = talk(amisim, PUT + b"Expect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
    assert [reply.status for reply in found] == [413]


# ---- The end of a connection ----


def test_one_that_says_it_will_ask_no_more_is_answered(amisim):
    """9112, 9.6: half of the connection is closed."""
    with contextlib.closing(socket.create_connection((amisim.host, amisim.port), timeout=30)) as connection:
        connection.sendall(GET + b"\r\n" + sized())
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while more := connection.recv(1 << 16):
            received += more
    assert [reply.status for reply in replies(received)] == OK


def test_an_incomplete_request_is_no_request(own):
    """9112, 8: the connection ends, and nothing was done."""
    before = own.control.get("clock")
    for sent in sized()[:-1], CHUNKED + chunk(BODY), CHUNKED + chunk(BODY) + b"0\r\n":
        with contextlib.closing(socket.create_connection((own.host, own.port), timeout=30)) as connection:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(100) == b""
    assert own.control.get("clock") == before


def test_without_chunks_the_end_of_the_connection_is_that_of_the_answer(own):
    """HTTP/1.0 (9112, 6.1 and 6.3)."""
    sent = b"GET /_amisim/events?follow=true HTTP/1.0\r\nHost: localhost\r\n\r\n"
    with contextlib.closing(socket.create_connection((own.host, own.port), timeout=30)) as follower:
        follower.sendall(sent)
        received = follower.recv(1 << 16)
        own.control.clock(advance="1s")
        while b"\n{" not in received:
            received += follower.recv(1 << 16)
    (reply,) = replies(received)
    assert reply.field("Transfer-Encoding") is None and reply.field("Connection") == "close"
    assert json.loads(reply.body.splitlines()[0])["operation"] == "SetClock"


# ---- Large bodies ----


def state_of(own, padding):
    state = own.send("GET", "/_amisim/state", None, {"X-Amisim": "1"}).body.encode()
    return state + b" " * padding


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_in_a_file(own, chunked):
    """Larger than 1 MiB, in pieces that begin and end anywhere."""
    body = state_of(own, 3_000_000)
    head = PUT.replace(b"POST /_amisim/clock", b"PUT /_amisim/state")
    if chunked:
        pieces = b"".join(chunk(body[at : at + 77_777]) for at in range(0, len(body), 77_777))
        sent = head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    else:
        sent = head + b"Content-Length: %d\r\n\r\n" % len(body) + body
    found = talk(own, (sent + GET + b"\r\n") * 2 + PROBE)
    assert [reply.status for reply in found] == [200] * 5, found[0].body


def test_no_folder_for_a_large_body(start_amisim, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    own = start_amisim()
    assert [reply.status for reply in talk(own, sized(b"x" * 2_000_000) + PROBE)] == [500]
    assert [reply.status for reply in talk(own, PROBE)] == LAST


def test_no_room_for_a_large_body(start_amisim):
    own = start_amisim()
    resource.prlimit(own.process.pid, resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))
    assert [reply.status for reply in talk(own, sized(b"x" * 3_000_000) + PROBE)] == [507]
    assert [reply.status for reply in talk(own, PROBE)] == LAST


def test_what_is_too_large_is_told_so(amisim):
    """The whole body is sent before the answer is read (9112, 9.6)."""
    assert [reply.status for reply in talk(amisim, sized(b"x" * 20_000_000) + PROBE)] == [413]
