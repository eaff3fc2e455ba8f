"""docs/operations.md, made from the declarations that the program itself prints.

    python3 client-tests/python/operations_page.py build/debug/amisim

writes the page. Run it after changing a declaration; test_operations_page.py fails while the page is behind.
"""

import collections
import json
import pathlib
import subprocess
import sys

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/operations.md"
SERVICES = {
    "ec2": "EC2",
    "ebs": "EBS direct",
    "kms": "KMS",
    "rbin": "Recycle Bin",
    "ssm": "Systems Manager",
    "sts": "STS",
    "tagging": "Resource Groups Tagging",
    "autoscaling": "Auto Scaling",
    "amisim": "amisim's own routes",
}
MARKS = {"strings": "[]", "list": "[]", "structure": "{}"}

INTRODUCTION = """\
# Operations

Made by `client-tests/python/operations_page.py` from `amisim --operations`; do not edit. A `*` marks what
is required, `[]` a list, `{}` a structure whose members follow behind a dot. A parameter that AWS knows
is simulated (behind `=` stands what is taken when it is not given), or it is refused when it is given, with the reason; it is ignored only where AWS shows no
effect of it either. What AWS does not know is refused as unknown.
"""


def operations(binary):
    text = subprocess.run([binary, "--operations"], capture_output=True, check=True).stdout
    return json.loads(text)["operations"]


# Lists that are the same wherever they are taken: shown without their members.
ALIKE = {"Filter", "TagSpecification"}


def parameters(declared, prefix=""):
    """(name as it is shown, declaration) of each parameter, at every depth."""
    for param in declared:
        name = f"{prefix}{param['name']}{MARKS.get(param['type'], '')}"
        if param.get("members") and param["name"] not in ALIKE:
            yield from parameters(param["members"], f"{name.removesuffix('{}')}.")
        else:
            default = f"={param['default']}" if "default" in param else ""
            yield f"{name}{'*' if param.get('required') else ''}{default}", param


def code(names):
    return ", ".join(f"`{name}`" for name in names)


def not_simulated(found, flag):
    """Names by the reason that they share."""
    reasons = collections.defaultdict(list)
    for name, param in found:
        if param.get(flag):
            reasons[param["why"]].append(name)
    return reasons.items()


def section(operation):
    found = list(parameters(operation["parameters"]))
    simulated = [n for n, p in found if not p.get("refused") and not p.get("ignored")]
    yield f"### {operation['name']}"
    yield ""
    if "route" in operation:
        yield f"- `{operation['route']}`"
    if "effects" in operation:
        effects = operation["effects"].rstrip(".")
        yield f"- Effect: {effects[0].lower()}{effects[1:]}."
    if simulated:
        yield f"- Takes {code(simulated)}."
    for reason, names in not_simulated(found, "refused"):
        yield f"- Refuses {code(names)}: {reason}."
    for reason, names in not_simulated(found, "ignored"):
        yield f"- Ignores {code(names)}: {reason}."
    if operation.get("dry_run") is False:
        yield "- Has no DryRun."
    if "errors" in operation:
        yield f"- Answers with {code(operation['errors'].split())}."
    yield ""


def page(declared):
    services = collections.defaultdict(list)
    for operation in declared:
        services[operation["service"]].append(operation)
    assert services.keys() <= SERVICES.keys(), services.keys()
    lines = [INTRODUCTION, "| service | operations |", "| --- | --- |"]
    order = [name for name in SERVICES if name in services]
    for name in order:
        links = ", ".join(f"[{o['name']}](#{o['name'].lower()})" for o in services[name])
        lines.append(f"| {SERVICES[name]} ({len(services[name])}) | {links} |")
    for name in order:
        lines += ["", f"## {SERVICES[name]}", ""]
        for operation in services[name]:
            lines += section(operation)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(operations(sys.argv[1])))
