#!/usr/bin/env python3
"""client-tests/bench/flat.py PROGRAM [--images 100000] [--few 100] [--calls 2000]: what a call that finds one thing costs
among many images beside the same call among few, in processor time of the server, kernel included. Only ratios carry
over to another machine; a figure over the goal is marked."""

import argparse
import pathlib
import tempfile

import crowd
from query import answer_over, connection_to
from servers import start
from wire import call_bytes
from worst import OPTIONS, operations
from worst_input import flat_inputs

OF_EACH = 8  # images of one of the crowd
GOAL = 1.3
ROUNDS = 3


def microseconds(server, op, given, calls):
    """Processor time of one call over a connection that stays; the best of some rounds."""
    best = None
    with connection_to(server) as connection:
        asked = call_bytes(server.port, op, given)
        for _ in range(ROUNDS):
            before = server.cpu_seconds()
            for _ in range(calls // ROUNDS):
                reply = answer_over(connection, server, asked)
                assert reply.startswith(b"HTTP/1.1 200 ") and b"<item>" in reply, reply[:800]
            took = (server.cpu_seconds() - before) * 1e6 / (calls // ROUNDS)
            best = min(took, best or took)
    return best


def figures(program, ops, folder, images, calls):
    path = pathlib.Path(folder) / f"crowd-{images}.db"

    def begin(path):
        return start("amisim", [program, *OPTIONS, path])

    world = crowd.build(path, begin, ops, max(2, images // OF_EACH))
    with begin(path) as server:
        return {f"{name} {word}": microseconds(server, ops[service, name], given, calls)
                for service, name, word, given in flat_inputs(world, world.count // 2)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--calls", type=int, default=2000)
    options = parser.parse_args()
    ops = operations(options.program)
    with tempfile.TemporaryDirectory() as folder:
        few, many = (figures(options.program, ops, folder, n, options.calls) for n in (options.few, options.images))
    print(f"{'CPU us of one call among so many images':48} {options.few:>9,} {options.images:>9,}  ratio")
    for name, among_few in few.items():
        ratio = many[name] / among_few
        print(f"{name:48} {among_few:9.1f} {many[name]:9.1f} {ratio:6.2f}{'' if ratio <= GOAL else f'  over {GOAL}'}")


if __name__ == "__main__":
    main()
