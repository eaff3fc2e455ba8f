"""One call of any service as bytes, from its declaration (amisim --operations) and its input. Signed by nobody."""

import json
import re
import urllib.parse

from query import ACCOUNT, answer_over, connection_to

VERSIONS = {"ec2": "2016-11-15", "sts": "2011-06-15", "autoscaling": "2011-01-01"}
TARGETS = {"kms": "TrentService", "ssm": "AmazonSSM", "tagging": "ResourceGroupsTaggingAPI_20170126"}


def flat(prefix, value):
    """Parameters of the query protocol: {"Filter": [{"Name": …}]} as Filter.1.Name=…"""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from flat(f"{prefix}.{name}" if prefix else name, member)
    elif isinstance(value, list):
        for place, member in enumerate(value, 1):
            yield from flat(f"{prefix}.{place}", member)
    else:
        yield prefix, value


def place(op, given):
    """Path, query, headers and body of a call by route."""
    method, path = op["route"].split(" ", 1)
    query, headers, body = [], {}, {}
    where = {parameter["name"]: parameter.get("in") for parameter in op["parameters"]}
    for name, value in given.items():
        if where.get(name) == "path":
            path = re.sub(r"\{%s\+?\}" % name, urllib.parse.quote(str(value), safe="/"), path)
        elif where.get(name) == "query":
            query += [(name, each) for each in (value if isinstance(value, list) else [value])]
        elif where.get(name) == "header":
            headers[name] = value
        elif where.get(name) == "body":
            return method, path, query, headers, value
        else:
            body[name] = value
    return method, path, query, headers, json.dumps(body) if body else ""


def call_bytes(port, op, given, account=ACCOUNT, region="us-east-1"):
    service = op["service"]
    headers = {"Host": f"127.0.0.1:{port}", "X-Amisim": "bench"}
    if service in VERSIONS:
        method, path, query = "POST", "/", ""
        body = urllib.parse.urlencode([("Action", op["name"]), ("Version", VERSIONS[service]), *flat("", given)])
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    elif service in TARGETS:
        method, path, query, body = "POST", "/", "", json.dumps(given)
        headers |= {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": f"{TARGETS[service]}.{op['name']}"}
    else:
        method, path, query, more, body = place(op, given)
        headers |= more
    if service != "amisim":
        scope = f"{account}/20270101/{region}/{service}/aws4_request"
        headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
    content = body if isinstance(body, bytes) else body.encode()
    headers["Content-Length"] = len(content)
    target = path + ("?" + urllib.parse.urlencode(query) if query else "")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + content


def send(server, op, given, **who):
    """Status and body of one call."""
    with connection_to(server) as connection:
        reply = answer_over(connection, server, call_bytes(server.port, op, given, **who))
    head, _, body = reply.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body
