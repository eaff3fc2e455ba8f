"""Requests per second beside the bare server and moto: the same requests, in turns."""

import itertools
import json
import statistics
import subprocess

import query
import servers
from servers import BenchError

# Shown beside the results, never asserted.
TARGETS = {"DescribeImages by id": {"bare": 0.5, "moto": 100}}


def run(bench):
    """One row for each question and each way amisim keeps its state."""
    with bench.start_moto() as moto:
        moto_questions = query.questions(moto) if moto else []
        for keeps, arguments in (("memory", []), ("file", ["--db", bench.scratch / "db"])):
            with bench.start_amisim(*arguments) as amisim:
                questions = query.questions(amisim)
                for question, same in itertools.zip_longest(questions, moto_questions):
                    rivals = [(moto, same)] if same and question.alike else []
                    yield compare(bench, keeps, amisim, question, rivals)


def compare(bench, keeps, amisim, question, rivals):
    """Rounds of amisim, bare, moto, amisim, bare, moto, …; each ratio is of one round."""
    recorded = bench.scratch / "reply"
    recorded.write_bytes(query.answer(amisim, question.bytes(amisim)))
    with servers.start("bare", [bench.programs / "bare", recorded]) as bare:
        field = [(amisim, question), (bare, question), *rivals]
        rounds = {server.name: [] for server, _ in field}
        for turn in range(bench.rounds):
            for server, asked in field:
                rounds[server.name].append(measure(bench, server, asked, turn))
    row = {"operation": question.name, "keeps": keeps}
    for name, done in rounds.items():
        row[name] = {key: statistics.median(one[key] for one in done) for key in done[0]}
        if name != "amisim":
            pairs = zip(rounds["amisim"], done)
            ratio = statistics.median(a["per_second"] / b["per_second"] for a, b in pairs)
            row[name] |= {"ratio": ratio, "target": TARGETS.get(question.name, {}).get(name)}
    return row


def measure(bench, server, question, turn=0):
    """One round against one server: a warm-up, then the measured load."""
    recorded = bench.scratch / "request"
    recorded.write_bytes(question.bytes(server, turn))
    load(bench, server, question, recorded, bench.warm_requests, bench.seconds / 10)
    requests = bench.write_requests if question.writes else bench.read_requests
    cpu = server.cpu_seconds()
    done = load(bench, server, question, recorded, requests, bench.seconds)
    return {
        "per_second": done["per_second"],
        "cpu_us": (server.cpu_seconds() - cpu) / done["requests"] * 1e6,
        "p50_us": done["latency_us"]["p50"],
        "p99_us": done["latency_us"]["p99"],
    }


def load(bench, server, question, recorded, requests, seconds):
    command = [
        bench.programs / "load",
        *("--port", str(server.port), "--expect", question.expect),
        *("--connections", str(bench.connections)),
        *("--requests", str(requests), "--seconds", str(seconds)),
        recorded,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f"{question.name} on {server.name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


HEAD = (
    f"{'requests per second':<23}{'state':>7}{'amisim':>9}{'CPU us':>8}{'p99 us':>9}"
    f"{'bare':>9}{'CPU us':>8}{'x bare':>8}{'':8}{'moto':>8}{'x moto':>8}"
)


def show(rows):
    print(HEAD)
    for row in rows:
        ours, bare, moto = row["amisim"], row["bare"], row.get("moto")
        line = (
            f"{row['operation']:<23}{row['keeps']:>7}"
            f"{ours['per_second']:>9.0f}{ours['cpu_us']:>8.1f}{ours['p99_us']:>9.0f}"
            f"{bare['per_second']:>9.0f}{bare['cpu_us']:>8.1f}{versus(bare)}"
        )
        print(line + (f"{moto['per_second']:>8.1f}{versus(moto)}" if moto else ""))


def versus(rival):
    target = f" (>={rival['target']:g})" if rival["target"] else ""
    return f"{rival['ratio']:>8.{2 if rival['ratio'] < 10 else 0}f}{target:<8}"
