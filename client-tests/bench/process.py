"""What the process itself costs: the time until it is ready, and its resident memory."""

import statistics

import query
import throughput

READY_TARGET_MS = 50
RESIDENT_TARGET_MB = 20


def start_up(bench):
    """From spawn until the first line on standard output; the file is new, then an old one."""
    with bench.start_amisim("--db", bench.scratch / "old.db") as amisim:
        query.create_image(amisim)
    ways = {
        "memory": lambda turn: [],
        "new file": lambda turn: ["--db", bench.scratch / f"new-{turn}.db"],
        "old file": lambda turn: ["--db", bench.scratch / "old.db"],
    }
    for way, arguments in ways.items():
        times = []
        for turn in range(bench.starts):
            with bench.start_amisim(*arguments(turn)) as amisim:
                times.append(amisim.ready_seconds * 1000)
        yield {
            "start": way,
            "median_ms": statistics.median(times),
            "worst_ms": max(times),
            "target_ms": READY_TARGET_MS,
        }


def show_start_up(rows):
    print(f"{'ready after':<23}{'median ms':>10}{'worst ms':>10}{'target':>8}")
    for row in rows:
        print(
            f"{row['start']:<23}{row['median_ms']:>10.1f}{row['worst_ms']:>10.1f}"
            f"{'< %d' % row['target_ms']:>8}"
        )


def memory(bench):
    """VmRSS after the start, and after each question was asked for one round."""
    for keeps, arguments in (("memory", []), ("file", ["--db", bench.scratch / "memory.db"])):
        with bench.start_amisim(*arguments) as amisim:
            yield resident(keeps, "start", amisim)
            for question in query.questions(amisim):
                throughput.measure(bench, amisim, question)
                yield resident(keeps, question.name, amisim)


def resident(keeps, after, amisim):
    return {
        "keeps": keeps,
        "after": after,
        "resident_mb": amisim.resident_bytes() / 1e6,
        "target_mb": RESIDENT_TARGET_MB if after == "start" else None,
    }


def show_memory(rows):
    print(f"{'resident after':<23}{'state':>7}{'MB':>9}{'target':>8}")
    for row in rows:
        target = f"< {row['target_mb']}" if row["target_mb"] else ""
        print(f"{row['after']:<23}{row['keeps']:>7}{row['resident_mb']:>9.1f}{target:>8}")
