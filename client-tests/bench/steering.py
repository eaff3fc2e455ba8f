"""What a trainer's and a CI suite's means cost: a request under 100 active rules, and a checkpoint of
10,000 images with its restore."""

import contextlib
import http.client
import json
import statistics

import query
import throughput
from servers import BenchError

RULES = 100
RULES_TARGET = 1.1
IMAGES = 10000
CHECKPOINT_TARGET_MS = 100


def control(server, method, path, body=None):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as to:
        to.request(method, f"/_amisim/{path}", json.dumps(body or {}), {"X-Amisim": "bench"})
        answer = to.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise BenchError(f"{method} {path}: {answer.status} {told[:300]!r}")


# In what the rules differ from the bench's own calls; all else fits.
KINDS = {
    "operation": lambda n: {"operations": ["Copy*"]},
    "parameter": lambda n: {"parameters": {"Owner.1": f"nobody-{n}"}},
    "value": lambda n: {"parameters": {"ImageId.1": f"ami-0{n:016x}"}},
    "resource": lambda n: {"resources": [f"ami-0{n:016x}"]},
    "tag": lambda n: {"tags": {"stage": f"none-{n}"}},
}


def rules_scenario(differs):
    when = {"services": ["ec2"], "operations": ["Describe*"], "regions": ["us-*"]}
    what = {"error": {"code": "InternalError"}}
    return {
        "name": "many",
        "story": "A hundred rules that concern somebody else.",
        "rules": [
            {"name": f"rule-{n}", "when": {**when, **differs(n)}, "what": what} for n in range(RULES)
        ],
    }


def rules(bench):
    """Turns without and with the rules; CPU time of one request, and the ratio within each turn."""
    with bench.start_amisim() as amisim:
        (question,) = query.questions(amisim)[:1]
        for kind, differs in KINDS.items():
            none, many = [], []
            for turn in range(bench.rounds):
                none.append(throughput.measure(bench, amisim, question, turn)["cpu_us"])
                control(amisim, "PUT", "scenarios/many", rules_scenario(differs))
                many.append(throughput.measure(bench, amisim, question, turn)["cpu_us"])
                control(amisim, "DELETE", "scenarios/many")
            yield {
                "operation": question.name,
                "another": kind,
                "none_us": statistics.median(none),
                "many_us": statistics.median(many),
                "ratio": statistics.median(m / n for m, n in zip(many, none, strict=True)),
                "target": RULES_TARGET,
            }


def show_rules(rows):
    print(f"{rows[0]['operation']}, CPU us")
    print(f"{f'{RULES} rules of another':<23}{'no rule':>9}{f'{RULES} rules':>11}{'ratio':>8}{'target':>8}")
    for row in rows:
        print(
            f"{row['another']:<23}{row['none_us']:>9.1f}{row['many_us']:>11.1f}"
            f"{row['ratio']:>8.2f}{'<= %.1f' % row['target']:>8}"
        )


def checkpoints(bench):
    count = IMAGES if bench.starts >= 20 else 50
    with bench.start_amisim("--pace", "instant") as amisim:
        volume = query.element(
            query.ask(amisim, "CreateVolume", AvailabilityZone="us-east-1a", Size="1"), "volumeId"
        )
        snapshot = query.element(query.ask(amisim, "CreateSnapshot", VolumeId=volume), "snapshotId")
        for n in range(count):
            query.ask(
                amisim,
                "RegisterImage",
                Name=f"image {n}",
                Architecture="x86_64",
                VirtualizationType="hvm",
                RootDeviceName="/dev/xvda",
                BlockDeviceMapping_1_DeviceName="/dev/xvda",
                BlockDeviceMapping_1_Ebs_SnapshotId=snapshot,
            )
        times = []
        for _ in range(bench.rounds):
            began = amisim.cpu_seconds()
            control(amisim, "POST", "checkpoints/bench")
            control(amisim, "POST", "checkpoints/bench/restore")
            times.append((amisim.cpu_seconds() - began) * 1000)
        yield {"images": count, "cpu_ms": statistics.median(times), "target_ms": CHECKPOINT_TARGET_MS}


def show_checkpoints(rows):
    print(f"{'checkpoint and restore':<23}{'CPU ms':>9}{'target':>8}")
    for row in rows:
        print(f"{row['images']:>7,} images{'':8}{row['cpu_ms']:>10.1f}{'< %d' % row['target_ms']:>8}")
