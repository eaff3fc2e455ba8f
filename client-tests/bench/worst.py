#!/usr/bin/env python3
"""client-tests/bench/worst.py PROGRAM [--count 10000] [--only NAME]: what one call can take of the one thread. Every
operation gets the worst inputs that are known (worst_input.py) in a world with so many of everything (crowd.py); the
hundred dearest are printed with their milliseconds of processor time.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

import crowd
import worst_input
from servers import start
from wire import send

OPTIONS = "--port 0 --seed 1 --clock 2026-06-01T09:00:00Z --freeze --pace instant --log off --db".split()
SHOWN = 100


def operations(program):
    declared = json.loads(subprocess.run([program, "--operations"], capture_output=True, check=True).stdout)
    return {(op["service"], op["name"]): op for op in declared["operations"]}


def calls(ops, world):
    """Each operation with each of its inputs, reading ones first; what changes the world for all others comes last."""
    for number, op in enumerate(sorted(ops.values(), key=lambda op: op["writes"]), 1):
        for word, given in worst_input.worst(op, world, number % world.count):
            yield op, word, given
    for service, name, word, given in worst_input.LAST:
        yield ops[service, name], word, given


def measure(server, op, given):
    before = server.cpu_seconds()
    status, body = send(server, op, given)
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

        def begin(path):
            return start("amisim", [options.program, *OPTIONS, path])

        world = crowd.build(path, begin, ops, options.count)
        with begin(path) as server:
            for op, word, given in calls(ops, world):
                if options.only not in op["name"]:
                    continue
                took, status, body = measure(server, op, given)
                rows.append((took, f"{op['service']} {op['name']} {word}".strip(), status, len(body)))
                if options.answers:
                    print(f"{took:10.1f} {rows[-1][1]}: {status} {body[:300]}", flush=True)
    print(f"{'CPU ms':>10} status {'bytes':>10} call")
    for took, name, status, size in sorted(rows, reverse=True)[:SHOWN]:
        print(f"{took:10.1f} {status:6} {size:10,} {name}")


if __name__ == "__main__":
    main()
