"""AWS's own model, as botocore ships it, and a judge of answers by it.

Every answer that boto3 gets in these tests is judged: an element that AWS's model does not have, or a
value that is not of its type, ends the call with an AssertionError. So does an error code that the
program does not declare for the operation (`amisim --operations`).
"""

import functools
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import botocore.session

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("AMISIM", ROOT / "build/debug/amisim"))

_session = botocore.session.Session()

# Written by AWS beside what the model says: every EC2 answer, and those that have no output shape.
UNMODELLED = {"requestId", "return"}

# Values that AWS answers although its model spells them otherwise: name of the enum -> values.
OTHER_SPELLINGS = {
    "PlatformValues": {"windows"},
    # "any valid error code returned by the service that hosts the resource", says its description
    "ErrorCode": {
        "InvalidInstanceID.NotFound",
        "InvalidResourceId",
        "KMSInvalidStateException",
        "ResourceNotFoundException",
        "TagLimitExceeded",
    },
    "AttachmentStatus": {"available"},  # of internet gateways that are attached, says their documentation
    "SupportedAdditionalProcessorFeature": {"metal-compatibility"},  # observed, newer than this model
}

# Lists of EC2 whose items the model forgot to name; all others are <item>.
UNNAMED_ITEMS = {"InferenceDeviceInfoList"}

SCALARS = {
    "boolean": r"true|false",
    "integer": r"-?\d+",
    "long": r"-?\d+",
    "float": r"-?\d+(\.\d+)?",
    "double": r"-?\d+(\.\d+)?",
    "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z",
    "blob": r"[A-Za-z0-9+/\s]*=*\s*",
    "string": r"(?s).*",
}
JSON_TYPES = {
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
    "blob": str,
    "string": str,
}


def documented_filters(operation):
    """Names of the filters that the documentation of an EC2 Describe operation lists; `tag` stands for tag:KEY."""
    members = service("ec2").operation_model(operation).input_shape.members
    text = members["Filters" if "Filters" in members else "Filter"].documentation
    return set(re.findall(r"<li> ?<p> ?<code>([a-zA-Z0-9.-]+)</code>", text)) - {"tag"}


@functools.cache
def service(name):
    """The model of a service, by its name in the credential scope."""
    return _session.get_service_model({"tagging": "resourcegroupstaggingapi"}.get(name, name))


@functools.cache
def declared_errors():
    """(protocol of each service, codes common to each protocol, codes of each operation)."""
    text = subprocess.run([BINARY, "--operations"], capture_output=True, check=True).stdout
    declared = json.loads(text)
    protocols = {op["service"]: op["protocol"] for op in declared["operations"]}
    codes = {
        (op["service"], op["name"]): set(op.get("errors", "").split()) for op in declared["operations"]
    }
    return protocols, declared["common_errors"], codes


def judge(http_response, model, parsed=None, **_):
    """An `after-call` handler for botocore clients."""
    if http_response.status_code >= 300:
        # a scenario may answer anything
        if "X-Amisim-Fault" not in http_response.headers:
            _judge_error(parsed["Error"]["Code"], model)
        return
    protocol = model.service_model.protocol
    if protocol in ("ec2", "query"):
        _judge_xml(http_response.content, model, protocol)
    elif not model.has_streaming_output and http_response.content:
        _judge_json(json.loads(http_response.content), model.output_shape, model.name)


def _judge_error(code, model):
    protocols, common, codes = declared_errors()
    service = model.service_model.signing_name
    if service in protocols:
        declared = codes.get((service, model.name), set()).union(common[protocols[service]])
        assert code in declared, f"{service} {model.name} does not declare that it answers {code}"


def _judge_xml(content, model, protocol):
    root = xml.etree.ElementTree.fromstring(content)
    assert _tag(root) == f"{model.name}Response", root.tag
    if protocol == "query":
        wrapper, metadata = root
        assert (_tag(wrapper), _tag(metadata)) == (f"{model.name}Result", "ResponseMetadata")
        root = wrapper
    _structure(root, model.output_shape, model.name, UNMODELLED if protocol == "ec2" else set())


def _tag(element):
    return element.tag.rpartition("}")[2]


def _structure(element, shape, path, unmodelled=frozenset()):
    members = {
        member.serialization.get("name", name): member
        for name, member in (shape.members.items() if shape else ())
    }
    seen = set()
    for child in element:
        name = _tag(child)
        where = f"{path}.{name}"
        member = members.get(name)
        if member is None:
            assert name in unmodelled, f"{where} is not in AWS's model"
            continue
        flattened = member.serialization.get("flattened")
        assert name not in seen or flattened, f"{where} is there twice"
        seen.add(name)
        _value(child, member.member if flattened else member, where)


def _value(element, shape, path):
    if shape.type_name == "structure":
        _structure(element, shape, path)
    elif shape.type_name == "list":
        item = shape.member.serialization.get("name", "member")
        if shape.name in UNNAMED_ITEMS:
            item = "item"
        for child in element:
            assert _tag(child) == item, f"{path} has <{_tag(child)}> in place of <{item}>"
            _value(child, shape.member, f"{path}[]")
    else:
        assert len(element) == 0, f"{path} has elements inside"
        text = element.text or ""
        assert re.fullmatch(SCALARS[shape.type_name], text), f"{path}: {text!r}: {shape.type_name}"
        _check_choice(text, shape, path)


def _check_choice(text, shape, path):
    choices = getattr(shape, "enum", None)
    if not choices or text == "" or text in OTHER_SPELLINGS.get(shape.name, ()):
        return
    assert text in choices, f"{path}: {text!r} is none of {choices}"


def _judge_json(value, shape, path):
    if shape is None:
        assert value in ({}, None), f"{path}: {value} where AWS's model has nothing"
    elif value is None:
        pass
    elif shape.type_name == "structure":
        members = {m.serialization.get("name", n): m for n, m in shape.members.items()}
        for name, inner in value.items():
            assert name in members, f"{path}.{name} is not in AWS's model"
            _judge_json(inner, members[name], f"{path}.{name}")
    elif shape.type_name == "list":
        for inner in value:
            _judge_json(inner, shape.member, f"{path}[]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            _judge_json(inner, shape.value, f"{path}[{key}]")
    else:
        wanted = JSON_TYPES[shape.type_name]
        assert isinstance(value, wanted), f"{path}: {value!r}: {shape.type_name}"
        assert isinstance(value, bool) == (shape.type_name == "boolean"), f"{path}: {value!r}"
        if shape.type_name == "string":
            _check_choice(value, shape, path)
