"""Every parameter that AWS's model knows, at every depth, is sent to its operation, one at a time. It is read
(whatever the call then answers) or refused by name; never is it unknown, ignored without a word, or a crash."""

import re

import pytest
from model import service
from test_model import operations, wire_name

VALUES = {"integer": "1", "long": "1", "double": "1", "float": "1", "boolean": "true", "timestamp": "2027-01-01T00:00:00Z", "blob": "QQ=="}
EC2 = service("ec2")


TABLE = {op["name"]: op for op in operations() if op["service"] == "ec2"}
# Without it the operation ends in an InternalError whatever else is sent [recorded].
NEEDED = {"CopySnapshot": {"SourceRegion": "us-east-1"}}


def leaves(shape, prefix, seen=()):
    """Wire names of the parameters in a shape, with a value that its type takes."""
    for name, member in shape.members.items():
        path = prefix + wire_name(name, member, "ec2")
        while member.type_name == "list":
            path, member = f"{path}.1", member.member
        if member.type_name == "structure":
            if member.name not in seen:
                yield from leaves(member, f"{path}.", (*seen, member.name))
        else:
            values = member.metadata.get("enum") or [VALUES.get(member.type_name, "x")]
            yield path, values[0]


def declared(parameters, path):
    """The declaration of one wire name; a refused or ignored one stands for all inside it."""
    for part in [part for part in path.split(".") if not part.isdigit()]:
        [parameter] = [p for p in parameters if p["name"] == part]
        if parameter.get("refused") or parameter.get("ignored"):
            break
        parameters = parameter.get("members", [])
    return parameter


def error_of(reply):
    code = re.search("<Code>(.*?)</Code>", reply.body)
    message = re.search("<Message>(.*?)</Message>", reply.body)
    return (code[1], message[1]) if code else (None, None)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_parameters(amisim, account, name):
    shape = EC2.operation_model(name).input_shape
    for path, value in leaves(shape, "") if shape else ():
        reply = amisim.query(account, Action=name, **{**NEEDED.get(name, {}), path: value})
        code, message = error_of(reply)
        assert code != "UnknownParameter" and reply.status < 500, (path, message)
        if path == "DryRun":
            continue
        parameter = declared(TABLE[name]["parameters"], path)
        if parameter.get("refused"):
            assert (code, parameter["name"] in message) == ("UnsupportedOperation", True), path
        if parameter.get("ignored"):
            assert parameter["why"]
    code, message = error_of(amisim.query(account, Action=name, NoSuchThing="x"))
    assert (code, message) == ("UnknownParameter", "The parameter NoSuchThing is not recognized")


def test_operations_that_are_not_simulated(amisim, account):
    for name in set(EC2.operation_names) - set(TABLE):
        assert error_of(amisim.query(account, Action=name)) == (
            "UnsupportedOperation",
            f"The operation {name} is not simulated",
        )
