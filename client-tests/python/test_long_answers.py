"""Lists of more than 256 KB leave in pieces, and others are served in between."""

import contextlib
import re
import socket
import xml.etree.ElementTree

import pytest

COUNT = 150  # volumes of 8 KB each


@pytest.fixture
def world(start_amisim, account):
    """A simulator with many volumes of the account."""
    simulator = start_amisim("--pace", "instant", "--log", "off")
    simulator.account = account
    simulator.volumes = [make(simulator) for _ in range(COUNT)]
    return simulator


def make(simulator):
    tags = {}
    for n in range(1, 41):
        tags |= {f"TagSpecification.1.Tag.{n}.Key": f"k{n}", f"TagSpecification.1.Tag.{n}.Value": "v" * 200}
    made = simulator.query(simulator.account, Action="CreateVolume", Size=1, AvailabilityZone="us-east-1a",
                           **{"TagSpecification.1.ResourceType": "volume"}, **tags)
    return re.search("vol-[0-9a-f]+", made.body)[0]


class Reader:
    """A client that reads a list as slowly as it likes."""

    def __init__(self, simulator, version=b"1.1", method=b"GET"):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.settimeout(60)
        self.socket.connect((simulator.host, simulator.port))
        query = b"Action=DescribeVolumes&Version=2016-11-15&AWSAccessKeyId=" + simulator.account.encode()
        self.socket.sendall(b"%s /?%s HTTP/%s\r\nHost: localhost\r\n\r\n" % (method, query, version))
        self.received = b""

    def read(self, until=None):
        """All, or as much as is wanted; of an answer in chunks to its end."""
        while until is None or len(self.received) < until:
            more = self.socket.recv(4096)
            if not more:
                break
            self.received += more
            if until is None and self.received.endswith(b"\r\n0\r\n\r\n"):
                break
        return self.received

    def body(self):
        """What was read, without what HTTP puts around it."""
        head, _, rest = self.received.partition(b"\r\n\r\n")
        if b"Transfer-Encoding: chunked" not in head:
            return rest
        body = b""
        while match := re.match(rb"([0-9a-f]+)\r\n", rest):
            size = int(match[1], 16)
            body, rest = body + rest[match.end() : match.end() + size], rest[match.end() + size + 2 :]
            if not size:
                return body
        raise AssertionError("no end")


def shown(body):
    """The identifiers in the list, in its order."""
    root = xml.etree.ElementTree.fromstring(body)
    names = [child.tag.rpartition("}")[2] for child in root]
    assert names == ["requestId", "volumeSet"]
    return [item[0].text for item in root[1]]


@pytest.mark.parametrize("version", [b"1.1", b"1.0"])
def test_it_is_whole(world, version):
    with contextlib.closing((reader := Reader(world, version)).socket):
        body = reader.read() and reader.body()
    assert shown(body) == world.volumes
    assert reader.received.startswith(b"HTTP/1.1 200 OK\r\n") and len(body) > 1_000_000
    assert (b"Transfer-Encoding" in reader.received[:1000]) == (version == b"1.1")
    whole = world.query(world.account, Action="DescribeVolumes", MaxResults=500).body
    assert re.sub(rb"<requestId>.*?</requestId>", b"", body).decode() == re.sub("<requestId>.*?</requestId>", "", whole)


def test_the_connection_goes_on(world):
    """What was sent behind it is answered behind it, and boto3 reads it like any other."""
    assert len(world.client("ec2", world.account).describe_volumes()["Volumes"]) == COUNT
    with contextlib.closing((reader := Reader(world)).socket):
        reader.socket.sendall(b"GET /_amisim/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while more := reader.socket.recv(1 << 16):
            reader.received += more
    assert re.findall(rb"HTTP/1\.1 (\d+)", reader.received) == [b"200", b"200"]
    assert reader.received.endswith(b"}")


def test_the_world_goes_on_meanwhile(world):
    """What is deleted is not shown any more, what changes is shown as it is then, what is made then is not shown."""
    ec2 = world.client("ec2", world.account)
    with contextlib.closing((reader := Reader(world)).socket):
        reader.read(1000)
        ec2.delete_volume(VolumeId=world.volumes[-2])
        ec2.create_tags(Resources=[world.volumes[-1]], Tags=[{"Key": "k1", "Value": "changed"}])
        make(world)
        body = reader.read() and reader.body()
    assert shown(body) == world.volumes[:-2] + world.volumes[-1:]
    assert b"<value>changed</value>" in body


def test_a_reset_ends_it(world):
    with contextlib.closing((reader := Reader(world)).socket):
        reader.read(1000)
        world.control.post("reset")
        body = reader.read() and reader.body()
    assert 0 < len(shown(body)) < COUNT


def test_who_hangs_up_leaves_nothing(world):
    """Nor does who only asks for the head."""
    for _ in range(20):
        with contextlib.closing((reader := Reader(world)).socket):
            reader.read(1000)
    with contextlib.closing((reader := Reader(world, method=b"HEAD")).socket):
        assert reader.read(100).endswith(b"\r\n\r\n")
    assert world.send("GET", "/_amisim/health").status == 200


def resident(process):
    """Megabytes."""
    with open(f"/proc/{process.pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) // 1024


def test_slow_readers_take_little(world):
    """Each holds what it has not read of its pieces, not the answer."""
    before = resident(world.process)
    readers = [Reader(world) for _ in range(40)]
    for reader in readers:
        reader.read(1)
    assert world.send("GET", "/_amisim/health").status == 200
    grown = resident(world.process) - before
    for reader in readers:
        reader.socket.close()
    assert grown < 40 * 2, grown


def test_a_rule_has_the_whole_answer(world):
    """What is done to an answer is done to all of it."""
    world.control.put("scenarios/cut", {"rules": [{"when": {"operations": ["DescribeVolumes"]}, "what": {"cut": 600_000}}]})
    reader = Reader(world)
    with contextlib.closing(reader.socket):
        while more := reader.socket.recv(1 << 16):
            reader.received += more
    head, _, body = reader.received.partition(b"\r\n\r\n")
    assert len(body) == 600_000 and b"Content-Length: " in head


def test_a_late_one(world):
    world.control.put("scenarios/late", {"rules": [{"when": {"operations": ["DescribeVolumes"]}, "what": {"delay": "20ms"}}]})
    with contextlib.closing((reader := Reader(world)).socket):
        assert shown(reader.read() and reader.body()) == world.volumes
    reader = Reader(world)
    reader.socket.close()
    assert world.send("GET", "/_amisim/health").status == 200
