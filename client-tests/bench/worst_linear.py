#!/usr/bin/env python3
"""worst_linear.py PROGRAM: every operation meets its worst inputs in a world and in one of twice the size, and what it
does there, counted (sim/tests/count_work.c), must not grow faster than the world. Nothing is timed: a busy machine changes nothing."""

import os
import pathlib
import sys
import tempfile

import crowd
import worst_input
from servers import start
from wire import send
from worst import OPTIONS, calls, operations

COUNT = 100
FLAT = 1.05  # what an index finds
SLACK = 30_000  # of work that does not depend on the world: another page of a table, a tick of the clock
LINEAR = 2.25  # n log n between these two sizes


def work_in(program, ops, folder, count):
    """What each call counted, by its name, in a world with so many of everything: those that find one thing; all others."""
    counter = pathlib.Path(folder) / f"work-{count}"
    os.environ["AMISIM_WORK"] = str(counter)

    def begin(path):
        return start("amisim", [program, *OPTIONS, path])

    def counted():
        return int.from_bytes(counter.read_bytes(), sys.byteorder)

    path = pathlib.Path(folder) / f"crowd-{count}.db"
    world = crowd.build(path, begin, ops, count)
    found, done = {}, {}
    with begin(path) as server:
        for service, name, word, given in worst_input.flat_inputs(world, COUNT // 2):
            send(server, ops[service, name], given)  # its statements are made ready
            before = counted()
            send(server, ops[service, name], given)
            found[f"{name} {word}"] = counted() - before
        for op, word, given in calls(ops, world):
            before = counted()
            send(server, op, given)
            send(server, ops["amisim", "GetHealth"], {})  # the work that the call has queued
            done[f"{op['service']} {op['name']} {word}".strip()] = counted() - before
    return found, done


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    ops = operations(program)
    with tempfile.TemporaryDirectory() as folder:
        (found, small), (found_in_large, large) = (work_in(program, ops, folder, count) for count in (COUNT, 2 * COUNT))
    worse = {name: (work, large[name]) for name, work in small.items() if large[name] > LINEAR * work + SLACK}
    worse |= {name: (work, found_in_large[name]) for name, work in found.items() if found_in_large[name] > FLAT * work}
    for name, (before, after) in sorted(worse.items()):
        print(f"{name}: {before:,} with {COUNT} of everything, {after:,} with {2 * COUNT}")
    print(f"{len(small)} inputs of {len(ops)} operations: {len(worse)} grow faster than the world")
    sys.exit(bool(worse))


if __name__ == "__main__":
    main()
