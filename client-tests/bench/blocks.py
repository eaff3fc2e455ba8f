"""EBS direct's PutSnapshotBlock and GetSnapshotBlock beside SQLite alone: the same bytes as blobs into a
table and out of it, by a C program (plain.c) with the same durability, a commit for each block."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

import query
from servers import BenchError

BLOCK = 524288
TARGET = 0.5
SCOPE = (
    f"AWS4-HMAC-SHA256 Credential={query.ACCOUNT}/20260101/us-east-1/ebs/aws4_request, "
    f"SignedHeaders=host, Signature={'0' * 64}"
)


def make_blocks(folder, count):
    """Files of random bytes, so that nothing is stored once for many, and the paths of the requests
    whose bodies they are: NAME.body belongs to NAME."""
    requests = [folder / str(index) for index in range(count)]
    for request in requests:
        body_of(request).write_bytes(os.urandom(BLOCK))
    return requests


def body_of(request):
    return request.with_suffix(".body")


def head(method, path, length=0, **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: {SCOPE}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join([*lines, f"Content-Length: {length}"]) + "\r\n\r\n").encode()


def call(server, method, path, body=None, expected=200, **headers):
    sent = {"Authorization": SCOPE, **{k.replace("_", "-"): v for k, v in headers.items()}}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    with contextlib.closing(connection):
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        data = answer.read()
    if answer.status != expected:
        raise BenchError(f"{method} {path}: {answer.status} {data[:300]!r}")
    return json.loads(data)


def write_put(request, snapshot):
    data = body_of(request).read_bytes()
    put = head(
        "PUT",
        f"/snapshots/{snapshot}/blocks/{request.name}",
        BLOCK,
        x_amz_Data_Length=BLOCK,
        x_amz_Checksum=base64.b64encode(hashlib.sha256(data).digest()).decode(),
        x_amz_Checksum_Algorithm="SHA256",
    )
    request.write_bytes(put + data)


def write_get(request, snapshot, token):
    token = token.replace("+", "%2B")
    path = f"/snapshots/{snapshot}/blocks/{request.name}?blockToken={token}"
    request.write_bytes(head("GET", path))


def measure(bench, server, requests, *options):
    """All requests, each sent once; --bodies: and their bodies must come back. Seconds for all of
    them and the processor time of one."""
    command = [
        bench.programs / "load",
        *("--port", str(server.port), "--connections", str(bench.connections)),
        *("--requests", str(len(requests)), "--seconds", "600", "--expect", "x-amz-Checksum: "),
    ]
    cpu = server.cpu_seconds()
    done = subprocess.run([*command, *options, *requests], capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"blocks on {server.name}: {done.stderr.strip()}")
    return {
        "seconds": json.loads(done.stdout)["seconds"],
        "cpu_us": (server.cpu_seconds() - cpu) / len(requests) * 1e6,
    }


def amisim_turn(bench, server, requests):
    start = json.dumps({"VolumeSize": 1 + len(requests) // 2048})
    snapshot = call(server, "POST", "/snapshots", start, 201)["SnapshotId"]
    for request in requests:
        write_put(request, snapshot)
    put = measure(bench, server, requests, "--status", "201")
    count = str(len(requests))
    path = f"/snapshots/completion/{snapshot}"
    call(server, "POST", path, expected=202, x_amz_ChangedBlocksCount=count)
    listed = call(server, "GET", f"/snapshots/{snapshot}/blocks")["Blocks"]
    if len(listed) != len(requests):
        raise BenchError(f"{len(listed)} blocks of {len(requests)} are listed")
    for request, block in zip(requests, listed, strict=True):
        write_get(request, snapshot, block["BlockToken"])
    return {"put": put, "get": measure(bench, server, requests, "--bodies")}


def plain_turn(bench, requests, database):
    command = [bench.programs / "plain", *database, *map(body_of, requests)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(done.stderr.strip())
    return json.loads(done.stdout)


def one_turn(bench, keeps, folder, count):
    def database(name):
        return ["--db", folder / name] if keeps == "file" else []

    requests = make_blocks(folder, count)
    plain = plain_turn(bench, requests, database("plain.db"))
    with bench.start_amisim("--pace", "instant", *database("amisim.db")) as amisim:
        return amisim_turn(bench, amisim, requests), plain


def run(bench):
    """Turns of both in memory and with a file; a row for writing and one for reading."""
    count = 16 if bench.starts < 20 else 256
    for keeps in ("memory", "file"):
        turns = []
        for turn in range(bench.rounds):
            with tempfile.TemporaryDirectory(dir=bench.scratch) as folder:
                turns.append(one_turn(bench, keeps, pathlib.Path(folder), count))
        for what in ("put", "get"):
            yield row(keeps, what, count, turns)


def row(keeps, what, count, turns):
    median = statistics.median
    megabytes = count * BLOCK / 1e6
    return {
        "keeps": keeps,
        "what": what,
        "mb_per_second": median(megabytes / ours[what]["seconds"] for ours, _ in turns),
        "cpu_us": median(ours[what]["cpu_us"] for ours, _ in turns),
        "sqlite_mb_per_second": median(megabytes / plain[what] for _, plain in turns),
        "sha256_mb_per_second": median(megabytes / plain["sha256"] for _, plain in turns),
        "of_sqlite": median(plain[what] / ours[what]["seconds"] for ours, plain in turns),
        "target": TARGET,
    }


def show(rows):
    print(
        f"{'blocks, MB per second':<23}{'state':>7}{'amisim':>9}{'CPU us':>8}{'SQLite':>9}{'x SQLite':>10}"
        f"{'target':>8}{'SHA-256 alone':>15}"
    )
    for row in rows:
        print(
            f"{row['what']:<23}{row['keeps']:>7}{row['mb_per_second']:>9.0f}"
            f"{row['cpu_us']:>8.0f}"
            f"{row['sqlite_mb_per_second']:>9.0f}{row['of_sqlite']:>10.2f}{row['target']:>8.1f}"
            f"{row['sha256_mb_per_second']:>15.0f}"
        )
