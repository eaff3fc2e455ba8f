"""EC2 query requests written by hand, as bytes: what boto3 sends, signed by nobody. It knows how to
ask one server one question and what the questions of the bench are."""

import dataclasses
import re
import socket
import time
import urllib.parse

from servers import BenchError

ACCOUNT = "123456789012"
ANSWER_SECONDS = 600


def request(port, action, account=ACCOUNT, **parameters):
    """The bytes of one call; underscores in names stand for dots: ImageId_1="ami-…"."""
    form = {"Action": action, "Version": "2016-11-15"}
    form |= {name.replace("_", "."): value for name, value in parameters.items()}
    body = urllib.parse.urlencode(form)
    now = time.gmtime()
    head = (
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Accept-Encoding: identity",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        "User-Agent: Boto3/1.44.8 md/Botocore#1.44.8 ua/2.1 os/linux lang/python#3.11 cfg/retry-mode#legacy",
        f"X-Amz-Date: {time.strftime('%Y%m%dT%H%M%SZ', now)}",
        "Authorization: AWS4-HMAC-SHA256 "
        f"Credential={account}/{time.strftime('%Y%m%d', now)}/us-east-1/ec2/aws4_request, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={'0' * 64}",
        "amz-sdk-invocation-id: 00000000-0000-4000-8000-000000000000",
        "amz-sdk-request: attempt=1",
        f"Content-Length: {len(body)}",
    )
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def answer(server, request_bytes):
    """The whole reply of one call, head and body, as it came over the wire."""
    with connection_to(server) as connection:
        return answer_over(connection, server, request_bytes)


def connection_to(server):
    return socket.create_connection(("127.0.0.1", server.port), ANSWER_SECONDS)


def answer_over(connection, server, request_bytes):
    """The same over a connection that stays. The pieces of an answer that comes in pieces are put together."""
    connection.sendall(request_bytes)
    with connection.makefile("rb") as reply:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = reply.readline()
            if not line:
                raise BenchError(f"{server.name} closed the connection after {head!r}")
            head += line
        if re.search(rb"(?i)\r\ntransfer-encoding: *chunked\r\n", head):
            return head + b"".join(pieces(reply))
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        body = reply.read(int(length[1])) if length else b""
        if length and len(body) < int(length[1]):
            raise BenchError(f"{server.name} closed the connection after {len(body)} of {int(length[1])} bytes")
        return head + body


def pieces(reply):
    while size := int(reply.readline().partition(b";")[0], 16):
        yield reply.read(size)
        reply.readline()
    while reply.readline().strip():
        pass


def ask(server, action, **parameters):
    """The body of a call that must succeed."""
    reply = answer(server, request(server.port, action, **parameters)).decode()
    if not reply.startswith("HTTP/1.1 200 "):
        raise BenchError(f"{server.name} refuses {action} {parameters}: {reply}")
    return reply.partition("\r\n\r\n")[2]


def element(body, name):
    found = re.search(f"<{name}>([^<]+)</{name}>", body)
    if not found:
        raise BenchError(f"no {name} in {body[:2000]}")
    return found[1]


def create_image(server):
    """Runs an instance of some public x86_64 image and makes an image of it; returns its id."""
    public = ask(
        server,
        "DescribeImages",
        Owner_1="amazon",
        Filter_1_Name="root-device-type",
        Filter_1_Value_1="ebs",
        Filter_2_Name="architecture",
        Filter_2_Value_1="x86_64",
        Filter_3_Name="name",
        Filter_3_Value_1="a*",
    )
    launched = ask(
        server,
        "RunInstances",
        ImageId=element(public, "imageId"),
        InstanceType="t3.micro",
        MinCount="1",
        MaxCount="1",
    )
    instance = element(launched, "instanceId")
    await_text(server, "<name>running</name>", "DescribeInstances", InstanceId_1=instance)
    image = element(
        ask(server, "CreateImage", InstanceId=instance, Name="bench", Description="of the bench"),
        "imageId",
    )
    await_text(server, "<imageState>available<", "DescribeImages", ImageId_1=image)
    return image


def await_text(server, text, action, **parameters):
    deadline = time.monotonic() + ANSWER_SECONDS
    while text not in (body := ask(server, action, **parameters)):
        if time.monotonic() > deadline:
            raise BenchError(f"{action} on {server.name} never answers {text}: {body}")
        time.sleep(0.01)


@dataclasses.dataclass
class Question:
    """One operation of the bench: what is sent, and what each answer must contain."""

    name: str
    action: str
    expect: str
    parameters: dict
    writes: bool = False
    alike: bool = True  # every server's answer is of about the same size

    def bytes(self, server, turn=0):
        """What writes does so in an account of its own each turn: the quotas are AWS's."""
        account = f"{int(ACCOUNT) + turn:012}" if self.writes else ACCOUNT
        return request(server.port, self.action, account, **self.parameters)


def questions(server):
    """The questions as this server's world can answer them."""
    image = create_image(server)
    return [
        Question(
            "DescribeImages by id",
            "DescribeImages",
            f"<imageId>{image}</imageId>",
            {"ImageId_1": image},
        ),
        Question(
            "DescribeImages by owner",
            "DescribeImages",
            "<imageOwnerAlias>amazon<",
            {"Owner_1": "amazon"},
            alike=False,
        ),
        Question("DescribeRegions", "DescribeRegions", "<regionName>us-east-1<", {}),
        Question(
            "CreateVolume",
            "CreateVolume",
            "<volumeId>vol-",
            {"AvailabilityZone": "us-east-1a", "Size": "1", "VolumeType": "gp3"},
            writes=True,
        ),
    ]
