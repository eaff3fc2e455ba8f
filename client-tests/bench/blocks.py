"""EBS direct's PutSnapshotBlock and GetSnapshotBlock beside SQLite alone: the same bytes as blobs into a
table and out of it, by Python's own sqlite3 with the same durability, a commit for each block."""

import base64
import concurrent.futures
import contextlib
import hashlib
import http.client
import json
import os
import sqlite3
import statistics
import time

import query
from servers import BenchError

BLOCK = 524288
TARGET = 0.5
WORKERS = 8  # coldsnap sends 64 at once; eight keep one thread of SQLite busy


def make_blocks(count):
    """Random bytes, so that nothing is stored once for many, and what their headers say."""
    blocks = [os.urandom(BLOCK) for _ in range(count)]
    return [(data, base64.b64encode(hashlib.sha256(data).digest()).decode()) for data in blocks]


class Direct:
    """EBS direct over kept connections, one for each worker."""

    def __init__(self, server):
        self._port = server.port
        self._scope = (
            f"AWS4-HMAC-SHA256 Credential={query.ACCOUNT}/20260101/us-east-1/ebs/aws4_request, "
            f"SignedHeaders=host, Signature={'0' * 64}"
        )

    def call(self, connection, method, path, body=None, expected=200, **headers):
        sent = {"Authorization": self._scope, **{k.replace("_", "-"): v for k, v in headers.items()}}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        data = answer.read()
        if answer.status != expected:
            raise BenchError(f"{method} {path}: {answer.status} {data[:300]!r}")
        return data

    def connect(self):
        return contextlib.closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60))

    def spread(self, work, items):
        """Seconds that the workers take for all items, each with its own connection."""

        def one(share):
            with self.connect() as connection:
                for item in share:
                    work(connection, *item)

        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            began = time.perf_counter()
            list(pool.map(one, [items[n::WORKERS] for n in range(WORKERS)]))
            return time.perf_counter() - began


def amisim_turn(server, blocks):
    direct = Direct(server)
    with direct.connect() as connection:
        start = json.dumps({"VolumeSize": 1 + len(blocks) // 2048})
        snapshot = json.loads(direct.call(connection, "POST", "/snapshots", start, 201))["SnapshotId"]

        def put(worker, index, block):
            direct.call(
                worker,
                "PUT",
                f"/snapshots/{snapshot}/blocks/{index}",
                block[0],
                201,
                x_amz_Data_Length=str(BLOCK),
                x_amz_Checksum=block[1],
                x_amz_Checksum_Algorithm="SHA256",
            )

        written = direct.spread(put, list(enumerate(blocks)))
        direct.call(
            connection,
            "POST",
            f"/snapshots/completion/{snapshot}",
            expected=202,
            x_amz_ChangedBlocksCount=str(len(blocks)),
        )
        listed = json.loads(direct.call(connection, "GET", f"/snapshots/{snapshot}/blocks"))["Blocks"]
        if len(listed) != len(blocks):
            raise BenchError(f"{len(listed)} blocks of {len(blocks)} are listed")

    def get(worker, index, token):
        path = f"/snapshots/{snapshot}/blocks/{index}?blockToken={token.replace('+', '%2B')}"
        if direct.call(worker, "GET", path) != blocks[index][0]:
            raise BenchError(f"block {index} came back changed")

    read = direct.spread(get, [(block["BlockIndex"], block["BlockToken"]) for block in listed])
    return written, read


def sqlite_turn(path, blocks):
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        if path != ":memory:":
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE block (id INTEGER PRIMARY KEY, bytes BLOB)")
        began = time.perf_counter()
        for index, (data, _) in enumerate(blocks):
            db.execute("INSERT INTO block VALUES (?, ?)", (index, data))
        written = time.perf_counter() - began
        began = time.perf_counter()
        for index, (data, _) in enumerate(blocks):
            if db.execute("SELECT bytes FROM block WHERE id = ?", (index,)).fetchone()[0] != data:
                raise BenchError(f"SQLite changed block {index}")
        return written, time.perf_counter() - began


def run(bench):
    """Turns of both in memory and with a file; a row for writing and one for reading."""
    count = 16 if bench.starts < 20 else 256
    for keeps in ("memory", "file"):
        ratios = {"put": [], "get": []}
        rates = {"put": [], "get": []}
        for turn in range(bench.rounds):
            blocks = make_blocks(count)
            plain = str(bench.scratch / f"plain-{turn}.db") if keeps == "file" else ":memory:"
            alone = sqlite_turn(plain, blocks)
            ours = ["--db", bench.scratch / f"blocks-{turn}.db"] if keeps == "file" else []
            with bench.start_amisim("--pace", "instant", *ours) as amisim:
                whole = amisim_turn(amisim, blocks)
            for what, seconds, peer in zip(("put", "get"), whole, alone, strict=True):
                ratios[what].append(peer / seconds)
                rates[what].append(count * BLOCK / 1e6 / seconds)
        for what in ("put", "get"):
            yield {
                "keeps": keeps,
                "what": what,
                "mb_per_second": statistics.median(rates[what]),
                "of_sqlite": statistics.median(ratios[what]),
                "target": TARGET,
            }


def show(rows):
    print(f"{'blocks of 512 KiB':<23}{'state':>7}{'MB/s':>9}{'of SQLite':>11}{'target':>8}")
    for row in rows:
        print(
            f"{row['what']:<23}{row['keeps']:>7}{row['mb_per_second']:>9.0f}"
            f"{row['of_sqlite']:>11.2f}{'%.1f' % row['target']:>8}"
        )
