"""Every declaration against AWS's model: no parameter is missing, misspelt or of another type.

A parameter that is not simulated must be declared as refused (or ignored, with the reason), so that
no one's request is answered as if it had not been sent.
"""

import json
import subprocess

import pytest
from model import judge, service
from simulator import BINARY

DECLARED = {
    "string": "string",
    "integer": "integer",
    "long": "integer",
    "double": "string",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "blob": "blob",
    "structure": "structure",
    "map": "document",
}

# Parameters that the model requires and the table does not, each with the reason.
CHECKED_BY_THE_HANDLER = {
    "CopySnapshot.SourceRegion": "its absence is an InternalError [recorded]",
    "DeleteVolume.VolumeId": "a missing one is refused in words of its own [recorded]",
    "DescribeVolumeAttribute.Attribute": "a missing one is refused in words of its own [recorded]",
    "DescribeVolumeAttribute.VolumeId": "a missing one is refused in words of its own [recorded]",
    "EnableVolumeIO.VolumeId": "a missing one is refused in words of its own [recorded]",
    "ModifyVolume.VolumeId": "a missing one is refused in words of its own [recorded]",
    "ModifyVolumeAttribute.VolumeId": "a missing one is refused in words of its own [recorded]",
    "CreateLaunchTemplateVersion.LaunchTemplateData": "may be empty where there is a SourceVersion",
}

# …and those that the table requires and the model does not.
REQUIRED_ANYWAY = {}


def operations():
    text = subprocess.run([BINARY, "--operations"], capture_output=True, check=True).stdout
    return [found for found in json.loads(text)["operations"] if found["protocol"] != "control"]


def wire_name(name, shape, protocol):
    """As botocore's serializers do it."""
    if protocol == "ec2":
        given = shape.serialization.get("queryName")
        name = shape.serialization.get("name", name)
        return given or name[0].upper() + name[1:]
    return shape.serialization.get("name", name)


def wire_type(shape):
    if shape.type_name == "list":
        return "list" if shape.member.type_name in ("structure", "list") else "strings"
    return DECLARED[shape.type_name]


def differences(declared, shape, protocol, path):
    """What is wrong with a parameter table, one line each."""
    table = {param["name"]: param for param in declared}
    members = shape.members if shape else {}
    modelled = {wire_name(n, m, protocol): (n, m) for n, m in members.items()}
    modelled.pop("DryRun", None) if protocol == "ec2" and not path.count(".") else None
    if len(table) != len(declared):
        yield f"{path}: a parameter is declared twice"
    for name in modelled.keys() - table.keys():
        yield f"{path}.{name} is in AWS's model and not declared"
    for name in table.keys() - modelled.keys():
        yield f"{path}.{name} is declared and not in AWS's model"
    for name in table.keys() & modelled.keys():
        member, inner = modelled[name]
        yield from parameter_differences(table[name], inner, protocol, f"{path}.{name}")
        must = shape.required_members and member in shape.required_members
        excused = f"{path}.{name}" in CHECKED_BY_THE_HANDLER
        if must and not table[name].get("required") and not excused:
            yield f"{path}.{name} is required by AWS's model"
        if table[name].get("required") and not must and f"{path}.{name}" not in REQUIRED_ANYWAY:
            yield f"{path}.{name} is not required by AWS's model"


def parameter_differences(param, shape, protocol, path):
    if param["type"] not in (wire_type(shape), "document"):
        yield f"{path} is declared {param['type']}, AWS's model has {wire_type(shape)}"
    if param.get("refused") or param.get("ignored"):
        if not param.get("why"):
            yield f"{path} is not simulated and does not say why"
    elif "members" in param:
        inner = shape.member if shape.type_name == "list" else shape
        yield from differences(param["members"], inner, protocol, path)


@pytest.mark.parametrize("declared", operations(), ids=lambda op: f"{op['service']}.{op['name']}")
def test_declaration(declared):
    model = service(declared["service"])
    operation = model.operation_model(declared["name"])
    found = list(
        differences(
            declared["parameters"], operation.input_shape, model.protocol, declared["name"]
        )
    )
    assert not found, "\n".join(found)
    if declared["protocol"] == "ec2":
        has_dry_run = "DryRun" in operation.input_shape.members
        assert declared["dry_run"] == has_dry_run


def test_exceptions_are_still_needed():
    """What the table does check by itself by now needs no excuse."""
    required = {
        f"{operation['name']}.{param['name']}"
        for operation in operations()
        for param in operation["parameters"]
        if param.get("required")
    }
    assert not required & CHECKED_BY_THE_HANDLER.keys()
    assert REQUIRED_ANYWAY.keys() <= required


class Answer:
    status_code = 200

    def __init__(self, content):
        self.content = content


@pytest.mark.parametrize(
    "inside, wrong",
    [
        ("<regionInfo><item><regionName>x</regionName></item></regionInfo>", None),
        ("<regionInfo/>", None),
        ("<regionList/>", "DescribeRegions.regionList is not in AWS's model"),
        ("<regionInfo><member/></regionInfo>", "<member> in place of <item>"),
        ("<regionInfo><item><colour/></item></regionInfo>", "regionInfo[].colour is not in"),
        ("<regionInfo/><regionInfo/>", "is there twice"),
        ("<regionInfo><item><regionName><b/></regionName></item></regionInfo>", "elements inside"),
    ],
)
def test_the_judge_of_answers(inside, wrong):
    model = service("ec2").operation_model("DescribeRegions")
    body = f"<DescribeRegionsResponse><requestId>1</requestId>{inside}</DescribeRegionsResponse>"
    if wrong is None:
        judge(Answer(body), model)
    else:
        with pytest.raises(AssertionError) as caught:
            judge(Answer(body), model)
        assert wrong in str(caught.value)
