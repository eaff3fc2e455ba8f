"""Measures amisim and prints the figures beside what was promised. A figure never fails the bench:
it exits with 1 only when a server or an answer is wrong. client-tests/bench/run builds what it needs.

A benchmark is a line in BENCHMARKS: a function that yields rows, and one that prints them."""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import blocks
import process
import servers
import steering
import throughput

HERE = pathlib.Path(__file__).resolve().parent

BENCHMARKS = {
    "throughput": (throughput.run, throughput.show),
    "blocks": (blocks.run, blocks.show),
    "rules": (steering.rules, steering.show_rules),
    "checkpoints": (steering.checkpoints, steering.show_checkpoints),
    "start-up": (process.start_up, process.show_start_up),
    "memory": (process.memory, process.show_memory),
}


@dataclasses.dataclass
class Bench:
    """What every benchmark is given."""

    amisim: pathlib.Path
    programs: pathlib.Path  # where bare and load are
    moto: str | None  # the command moto_server
    scratch: pathlib.Path  # on a real disk, removed at the end
    rounds: int
    seconds: float
    connections: int
    read_requests: int
    write_requests: int
    warm_requests: int
    starts: int

    def start_amisim(self, *arguments):
        command = [self.amisim, "--port", "0", "--log", "off", *arguments]
        return servers.start("amisim", command)

    def start_moto(self):
        return servers.start_moto(self.moto) if self.moto else contextlib.nullcontext()


def install_moto(venv):
    wanted = (HERE / "requirements.txt").read_text()
    made_from = venv / "made-from"
    if not made_from.exists() or made_from.read_text() != wanted:
        print("installing moto into", venv, file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        pip = [venv / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", HERE / "requirements.txt"], check=True)
        made_from.write_text(wanted)
    return str(venv / "bin/moto_server")


def find_moto(options):
    if options.smoke:
        return None
    if options.with_moto:
        return install_moto(options.venv)
    ours = options.venv / "bin/moto_server" if options.venv else None
    return str(ours) if ours and ours.exists() else shutil.which("moto_server")


def parse_options():
    parser = argparse.ArgumentParser(prog="client-tests/bench/run", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server (5)")
    parser.add_argument("--seconds", type=float, default=2, help="length of one turn (2)")
    parser.add_argument("--connections", type=int, default=16, help="calls under way (16)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the rows there")
    parser.add_argument("--with-moto", action="store_true", help="install moto for the comparison")
    parser.add_argument("--smoke", action="store_true", help="only see whether it works, quickly")
    for hidden in ("--amisim", "--programs", "--venv"):
        parser.add_argument(hidden, type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return options


def make_bench(options, scratch):
    common = {
        "amisim": options.amisim,
        "programs": options.programs,
        "moto": find_moto(options),
        "scratch": scratch,
    }
    if options.smoke:
        amounts = dict(rounds=1, seconds=60, connections=4, starts=2)
        requests = dict(read_requests=200, write_requests=200, warm_requests=4)
    else:
        amounts = dict(rounds=options.rounds, seconds=options.seconds, starts=20)
        amounts["connections"] = options.connections
        # Volumes of 1 GiB: an account may have 50 TiB of a type.
        requests = dict(read_requests=1000000, write_requests=20000, warm_requests=500)
    return Bench(**common, **amounts, **requests)


def describe(bench):
    turns = f"{bench.rounds} rounds of {bench.seconds:g} s, {bench.connections} connections, medians"
    load = os.getloadavg()[0]
    busy = " (the machine is busy: rates and times are worth little, CPU us more)" if load > 1 else ""
    return f"{turns}; load average at the start {load:.1f}{busy}"


def main():
    options = parse_options()
    servers.two_cores()
    results = {}
    with tempfile.TemporaryDirectory(prefix="scratch-", dir=options.programs) as scratch:
        bench = make_bench(options, pathlib.Path(scratch))
        print(describe(bench))
        for name in options.names or BENCHMARKS:
            run, show = BENCHMARKS[name]
            results[name] = list(run(bench))
            print()
            show(results[name])
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except (servers.BenchError, subprocess.CalledProcessError) as error:
        sys.exit(f"bench: {error}")
