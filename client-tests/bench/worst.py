#!/usr/bin/env python3
"""client-tests/bench/worst.py PROGRAM [--count 10000] [--only NAME]: what one call can take of the one thread. Every
operation gets the worst inputs that are known (worst_input.py) in a world with so many of everything (crowd.py); the
hundred dearest are printed with their milliseconds of processor time.
"""

import argparse
import json
import pathlib
import re
import subprocess
import tempfile

import crowd
import worst_input
from servers import BenchError, start
from wire import send

QUOTAS = pathlib.Path(__file__).resolve().parents[2] / "fixtures/quotas.yaml"
OPTIONS = "--port 0 --seed 1 --clock 2026-06-01T09:00:00Z --freeze --pace instant --log off --db".split()
SHOWN, SLOW = 100, 100


def operations(program):
    declared = json.loads(subprocess.run([program, "--operations"], capture_output=True, check=True).stdout)
    return {(op["service"], op["name"]): op for op in declared["operations"]}


def wide_quotas(folder):
    """Fixtures with quotas that a crowd does not meet."""
    path = pathlib.Path(folder) / "quotas.yaml"
    lines = (f"  - {{name: {name}, value: {int(value) * 1000}, source: guess, about: a crowd}}"
             for name, value in re.findall(r"name: ([a-z0-9-]+), value: (\d+)", QUOTAS.read_text()))
    path.write_text("\n".join(["quotas:", *lines]))
    return path


def calls(ops, world):
    """Each operation with each of its inputs, reading ones first; what changes the world for all others comes last."""
    for number, op in enumerate(sorted(ops.values(), key=lambda op: op["writes"]), 1):
        for word, given in worst_input.worst(op, world, number % world.count):
            yield op, word, given
    for service, name, word, given in worst_input.LAST:
        yield ops[service, name], word, given


def measure(server, op, given):
    """Milliseconds, status and body; status 0 where the connection was closed without an answer."""
    before = server.cpu_seconds()
    try:
        status, body = send(server, op, given)
    except BenchError as error:
        status, body = 0, str(error).encode()
    return (server.cpu_seconds() - before) * 1000, status, body


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--only", default="", help="operations with this in their name")
    parser.add_argument("--answers", action="store_true", help="says what was answered, too")
    options = parser.parse_args()
    ops = operations(options.program)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "crowd.db"

        quotas = wide_quotas(folder)

        def begin(path):
            return start("amisim", [options.program, "--fixtures", quotas, *OPTIONS, path])

        world = crowd.build(path, begin, ops, options.count)
        with begin(path) as server:
            for op, word, given in calls(ops, world):
                if options.only not in op["name"]:
                    continue
                took, status, body = measure(server, op, given)
                rows.append((took, f"{op['service']} {op['name']} {word}".strip(), status, len(body)))
                if server.process.poll() is not None:
                    raise SystemExit(f"{rows[-1][1]}: the process ended with {server.process.returncode}")
                if options.answers:
                    print(f"{took:10.1f} {rows[-1][1]}: {status} {body[:300]}", flush=True)
    print(f"{'CPU ms':>10} status {'bytes':>11} {'call':72} grows with")
    for took, name, status, size in sorted(rows, reverse=True)[:SHOWN]:
        print(f"{took:10.1f} {status:6} {size:11,} {name:72} {worst_input.bound_of(name)}")
    slow = sum(took > SLOW for took, *_ in rows)
    print(f"{len(rows)} calls, {sum(status >= 400 or not status for _, _, status, _ in rows)} of them refused: {slow} take over"
          f" {SLOW} ms, {sum(took > 10 * SLOW for took, *_ in rows)} over {10 * SLOW}")


if __name__ == "__main__":
    main()
