"""sshd of the guests, asked by OpenSSH's own programs and by paramiko, and by nobody's client at all."""

import contextlib
import io
import itertools
import os
import socket
import subprocess
import time
from pathlib import Path

import paramiko
import pytest
from machines import described, image_id, launch
from simulator import BINARY

_groups = itertools.count()
QUIET = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"]
QUIET += ["-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-o", "BatchMode=yes"]


class Guest:
    """An instance with its door, and OpenSSH's clients at it."""

    def __init__(self, simulator, ec2, instance, key, user="ec2-user"):
        self.control, self.ec2, self.id, self.key, self.user = simulator.control, ec2, instance, key, user

    @property
    def door(self):
        """(address, port); None: it is closed."""
        told = self.control.get("ssh")
        assert told["enabled"]
        doors = [(door["address"], door["port"]) for door in told["doors"] if door["instance"] == self.id]
        return doors[0] if doors else None

    def client(self, program, *arguments, **options):
        """`ssh` takes its port as -p, the others as -P; {} in an argument is USER@ADDRESS."""
        address, port = self.door
        where = ["-p" if program == "ssh" else "-P", str(port)]
        command = [program, *QUIET, "-i", self.key, *where]
        command += [argument.replace("{}", f"{self.user}@{address}") for argument in arguments]
        return subprocess.run(command, capture_output=True, timeout=60, **options)

    def run(self, command, **options):
        done = self.client("ssh", "{}", command, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    @contextlib.contextmanager
    def paramiko(self, **options):
        address, port = self.door
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        options = {"username": self.user, "key_filename": self.key, **options}
        client.connect(address, port, timeout=20, allow_agent=False, look_for_keys=False, **options)
        try:
            yield client
        finally:
            client.close()


def unprivileged(folder):
    """A program that may have no port below 1024, whoever runs these tests."""
    script = folder / "unprivileged"
    drop = "setpriv --bounding-set=-net_bind_service " if os.geteuid() == 0 else ""
    script.write_text(f'#!/bin/sh\nexec {drop}{BINARY} "$@"\n')
    script.chmod(0o755)
    return script


@pytest.fixture
def simulator(start_amisim, tmp_path, request):
    """Its parameter makes the program of the test's folder."""
    program = request.param(tmp_path) if hasattr(request, "param") else None
    simulator = start_amisim("--seed", "7", "--pace", "instant", "--ssh", program=program)
    simulator.control.clock(freeze=True)
    return simulator


@pytest.fixture
def ec2(simulator, account):
    return simulator.client("ec2", account)


def open_group(ec2, port=22):
    group = ec2.create_security_group(GroupName=f"open-{next(_groups)}", Description="ssh")["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="203.0.113.0/24"
    )
    return group


@pytest.fixture
def start(simulator, ec2, tmp_path):
    """start(KeyType="rsa", ImageName="…") runs an instance that anybody can reach."""
    count = iter(range(100))

    def run(key_type="ed25519", image=None, user="ec2-user", groups=None):
        name = f"key-{next(count)}"
        made = ec2.create_key_pair(KeyName=name, KeyType=key_type)
        path = tmp_path / name
        path.touch(mode=0o600)
        path.write_text(made["KeyMaterial"])
        groups = [open_group(ec2)] if groups is None else groups
        answer = launch(ec2, KeyName=name, ImageId=image or image_id(ec2), SecurityGroupIds=groups)
        return Guest(simulator, ec2, answer["Instances"][0]["InstanceId"], str(path), user)

    return run


@pytest.fixture
def guest(start):
    return start()


# ---- Who gets in ----


def test_the_address_is_the_instance_s_own(guest, ec2):
    address, port = guest.door
    assert described(ec2, guest.id)["PublicIpAddress"] == address
    first, second, *_ = (int(part) for part in address.split("."))
    assert first == 127 and 64 <= second < 128 and port in (22, 2222)


@pytest.mark.skipif(
    int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 22, reason="all ports are everybody's"
)
@pytest.mark.parametrize("simulator", [unprivileged], indirect=True)
def test_the_port_of_an_unprivileged_process(guest):
    address, port = guest.door
    assert address != "127.0.0.1" and port == 2222
    assert guest.run("echo hello") == (0, "hello\n", "")


@pytest.mark.parametrize("key_type", ["ed25519", "rsa"])
def test_the_key_pair_gets_in(start, key_type):
    assert start(key_type).run("echo hello") == (0, "hello\n", "")


def test_others_do_not(simulator, guest, tmp_path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "other"], check=True)
    other = Guest(simulator, guest.ec2, guest.id, str(tmp_path / "other"))
    status, _, said = other.run("echo hello")
    assert status == 255 and "Permission denied (publickey)" in said
    guest.user = "nobody-of-that-name"
    status, _, said = guest.run("echo hello")
    assert status == 255 and "Permission denied (publickey)" in said
    with pytest.raises(paramiko.AuthenticationException):
        with guest.paramiko(username="ec2-user", password="guess", key_filename=None):
            pass


def test_sha1_is_refused_where_it_is(start, ec2):
    """AL2023 refuses signatures of RSA with SHA-1, Ubuntu 20.04 takes them."""
    sha1 = ["-o", "PubkeyAcceptedAlgorithms=ssh-rsa", "{}", "true"]
    done = start("rsa").client("ssh", *sha1)
    assert done.returncode == 255 and b"Permission denied (publickey)" in done.stderr
    old = start("rsa", image_id(ec2, "ubuntu/images/*focal*-amd64-server-*"), "ubuntu")
    assert old.client("ssh", *sha1).returncode == 0


def test_a_security_group_closes_it(start, ec2):
    guest = start(groups=[])
    assert guest.door is None
    group = open_group(ec2)
    ec2.modify_instance_attribute(InstanceId=guest.id, Groups=[group])
    assert guest.run("true")[0] == 0
    ec2.revoke_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="203.0.113.0/24"
    )
    assert guest.door is None


def test_it_opens_when_sshd_starts(start_amisim, account):
    """At the pace of AWS that is seconds after the instance runs; no call has to come in between."""
    simulator = start_amisim("--seed", "7", "--pace", "real", "--ssh")
    simulator.control.clock(freeze=True)
    ec2 = simulator.client("ec2", account)
    instance = launch(ec2, SecurityGroupIds=[open_group(ec2)])["Instances"][0]["InstanceId"]
    guest = Guest(simulator, ec2, instance, "none")
    simulator.control.clock(advance="8s")
    assert described(ec2, instance)["State"]["Name"] == "running" and guest.door is None
    simulator.control.clock(advance="1m")
    assert guest.door is not None


def test_it_ends_with_the_machine(guest, ec2):
    with guest.paramiko() as client:
        ec2.stop_instances(InstanceIds=[guest.id])
        assert guest.door is None
        deadline = time.monotonic() + 30
        while client.get_transport().is_active():
            assert time.monotonic() < deadline
    ec2.start_instances(InstanceIds=[guest.id])
    assert guest.run("true")[0] == 0


def test_the_host_keys_are_those_on_the_disk(guest, ec2):
    address, port = guest.door
    scanned = subprocess.run(
        ["ssh-keyscan", "-p", str(port), address], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    shown = {tuple(line.split()[1:3]) for line in scanned.splitlines() if not line.startswith("#")}
    status, on_disk, _ = guest.run("cat /etc/ssh/ssh_host_*_key.pub")
    assert status == 0 and shown == {tuple(line.split()[:2]) for line in on_disk.splitlines()}
    ec2.reboot_instances(InstanceIds=[guest.id])
    again = subprocess.run(["ssh-keyscan", "-p", str(port), address], capture_output=True, text=True, timeout=60).stdout
    assert set(again.splitlines()) == set(scanned.splitlines())


def test_the_console_shows_the_host_keys(guest, ec2):
    guest.run("true")
    said = ec2.get_console_output(InstanceId=guest.id)["Output"]
    shown = said.split("-----BEGIN SSH HOST KEY KEYS-----")[1].split("-----END SSH HOST KEY KEYS-----")[0]
    address, port = guest.door
    scanned = subprocess.run(["ssh-keyscan", "-p", str(port), address], capture_output=True, text=True, timeout=60).stdout
    keys = {tuple(line.split()[1:3]) for line in scanned.splitlines() if not line.startswith("#")}
    assert {tuple(line.split()[:2]) for line in shown.split("\n") if line.strip()} == keys


# ---- Commands ----


def test_exit_status_and_both_streams(guest):
    assert guest.run("echo out; echo err >&2; exit 7") == (7, "out\n", "err\n")
    assert guest.run("/no/such/program")[0] == 127


def test_standard_input_and_bytes(guest):
    data = bytes(range(256)) * 2000
    assert guest.client("ssh", "{}", "cat > data", input=data).returncode == 0
    done = guest.client("ssh", "{}", "cat data", stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, data)
    assert guest.run("read a; read b; echo $b", input=b"one\ntwo\n") == (0, "two\n", "")


def test_users(guest):
    assert guest.run("id -un; pwd; echo $HOME") == (0, "ec2-user\n/home/ec2-user\n/home/ec2-user\n", "")
    status, _, said = guest.run("echo x > /etc/passwd")
    assert status == 1 and "Permission denied" in said
    assert guest.run("sudo id -un") == (0, "root\n", "")


def test_a_folder_keeps_its_mode_when_something_is_put_into_it(guest):
    assert guest.run("echo x > /tmp/x; stat -c '%a %U' /tmp") == (0, "1777 root\n", "")


def test_its_own_curl_reads_the_metadata(guest):
    """The image asks for tokens."""
    at = "http://169.254.169.254/latest"
    ttl = "X-aws-ec2-metadata-token-ttl-seconds: 60"
    script = f"""token=$(curl -s -X PUT {at}/api/token -H "{ttl}")
curl -s -H "X-aws-ec2-metadata-token: $token" {at}/meta-data/instance-id
curl -s -o /dev/null -w '%{{http_code}}' {at}/meta-data/instance-id; echo
curl -sf {at}/meta-data/instance-id; echo $?
curl -sS http://example.com; echo $?
"""
    assert guest.run(script) == (
        0,
        f"{guest.id}401\n22\n6\n",
        "curl: (6) Could not resolve host: http://example.com\n",
    )


def test_output_comes_as_it_is_said(guest):
    with guest.paramiko() as client:
        _, out, _ = client.exec_command("echo first; sleep 600; echo last")
        assert out.readline() == "first\n"
        guest.control.clock(advance="10m")
        assert out.readline() == "last\n" and out.channel.recv_exit_status() == 0


def test_many_channels_of_one_connection(guest):
    with guest.paramiko() as client:
        for number in range(25):
            _, out, _ = client.exec_command(f"echo {number}")
            assert out.read().decode() == f"{number}\n" and out.channel.recv_exit_status() == 0
        transport = client.get_transport()
        channels = [transport.open_session() for _ in range(10)]
        with pytest.raises(paramiko.ChannelException):
            transport.open_session()
        for channel in channels:
            channel.close()


def test_a_session_is_on_the_virtual_clock(guest):
    with guest.paramiko() as client:
        _, out, _ = client.exec_command("sleep 600; echo done")
        guest.control.clock(advance="599s")
        assert not out.channel.exit_status_ready()
        began = time.monotonic()
        guest.control.clock(advance="1s")
        assert out.read() == b"done\n" and time.monotonic() - began < 20


def test_a_reboot_ends_the_session_without_a_status(guest, ec2):
    with guest.paramiko() as client:
        _, out, _ = client.exec_command("sudo reboot")
        guest.control.clock(advance="5s")
        assert out.channel.recv_exit_status() in (-1, 0)
        deadline = time.monotonic() + 30
        while client.get_transport().is_active():
            assert time.monotonic() < deadline
    assert guest.run("echo back") == (0, "back\n", "")


def test_a_shell_line_by_line(guest):
    done = guest.client("ssh", "-T", "{}", input=b"echo one\nfalse\n")
    assert (done.returncode, done.stdout) == (1, b"one\n")
    done = guest.client("ssh", "-T", "{}", input=b"cd /tmp\nname=me\nif true\nthen pwd; echo $name\nfi\nexit 3\n")
    assert (done.returncode, done.stdout) == (3, b"/tmp\nme\n")
    done = guest.client("ssh", "-tt", "{}", input=b"echo typo\x7f\x7f\x7f\x7fone\nexit\n")
    assert done.returncode == 0
    assert b"$ " in done.stdout and b"\r\none\r\n" in done.stdout


def test_no_forwarding(guest):
    with guest.paramiko() as client:
        with pytest.raises(paramiko.ChannelException):
            client.get_transport().open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1))
        with pytest.raises(paramiko.SSHException):
            client.get_transport().request_port_forward("", 0)


# ---- Files ----


@pytest.fixture
def tree(tmp_path):
    """A folder with a few files, and a large one."""
    folder = tmp_path / "tree"
    (folder / "in").mkdir(parents=True)
    (folder / "a").write_bytes(b"one\n")
    (folder / "in" / "b c").write_bytes(bytes(range(256)))
    (folder / "large").write_bytes(os.urandom(3_000_001))
    (folder / "empty").touch()
    return folder


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


@pytest.mark.parametrize("old", [["-O"], []], ids=["scp", "sftp"])
def test_scp_both_ways(guest, tree, tmp_path, old):
    assert guest.client("scp", *old, "-rp", str(tree), "{}:tree").returncode == 0
    assert guest.client("scp", *old, "-r", "{}:tree", str(tmp_path / "back")).returncode == 0
    assert content(tmp_path / "back") == content(tree)
    assert guest.client("scp", *old, str(tree / "a"), "{}:/tmp/x").returncode == 0
    assert guest.run("cat /tmp/x") == (0, "one\n", "")


@pytest.mark.parametrize("old", [["-O"], []], ids=["scp", "sftp"])
def test_scp_that_cannot(guest, tree, tmp_path, old):
    done = guest.client("scp", *old, "{}:/no/such", str(tmp_path / "x"))
    assert done.returncode == 1 and b"No such file or directory" in done.stderr
    done = guest.client("scp", *old, str(tree / "a"), "{}:/no/such/a")
    assert done.returncode == 1 and b"o such file or directory" in done.stderr.lower()
    done = guest.client("scp", *old, str(tree / "a"), "{}:/etc/os-release/a")
    assert done.returncode == 1
    done = guest.client("scp", *old, str(tree / "a"), "{}:/srv/a")
    assert done.returncode == 1 and b"ermission denied" in done.stderr
    done = guest.client("scp", *old, "{}:/etc/ssh/ssh_host_ed25519_key", str(tmp_path / "x"))
    assert done.returncode == 1 and b"ermission denied" in done.stderr


@pytest.mark.parametrize("old", [["-O"], []], ids=["scp", "sftp"])
def test_scp_keeps_modes(guest, tmp_path, old):
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\necho ran\n")
    script.chmod(0o750)
    assert guest.client("scp", *old, "-p", str(script), "{}:").returncode == 0
    assert guest.run("./script; stat -c '%a %U' script") == (0, "ran\n750 ec2-user\n", "")


def test_sftp(guest, tree, tmp_path):
    script = f"""mkdir new
put "{tree}/in/b c" new/b
rename new/b new/c
ls -l new
chmod 600 new/c
get new/c {tmp_path}/c
rm new/c
rmdir new
pwd
"""
    done = guest.client("sftp", "-b", "-", "{}", input=script.encode())
    assert done.returncode == 0, done.stderr
    assert b"-rw-r--r--    1 ec2-user ec2-user      256 " in done.stdout
    assert b"Remote working directory: /home/ec2-user\n" in done.stdout
    assert (tmp_path / "c").read_bytes() == bytes(range(256))
    assert guest.run("ls new")[0] != 0


def test_paramiko_s_sftp(guest):
    with guest.paramiko() as client, client.open_sftp() as sftp:
        data = os.urandom(200_000)
        sftp.putfo(io.BytesIO(data), "data")
        assert sftp.stat("data").st_size == len(data)
        with sftp.open("data", "r+b") as file:
            file.seek(100)
            file.write(b"changed")
        with sftp.open("data", "ab") as file:
            file.write(b"more")
        with sftp.open("data", "rb") as file:
            assert file.read() == data[:100] + b"changed" + data[107:] + b"more"
        sftp.chmod("data", 0o640)
        assert sftp.stat("data").st_mode == 0o100640 and sftp.stat("/tmp").st_mode == 0o41777
        with pytest.raises(PermissionError):
            sftp.open("/etc/passwd", "w")
        sftp.truncate("data", 3)
        assert sftp.listdir(".").count("data") == 1 and sftp.stat("data").st_size == 3
        assert sftp.normalize("../../srv/./x") == "/srv/x"
        with pytest.raises(FileNotFoundError):
            sftp.stat("/none")
        with pytest.raises(OSError):
            sftp.open("data", "x")
        with pytest.raises(OSError):
            sftp.mkdir("data")
        with pytest.raises(OSError):
            sftp.rename("/", "/srv/root")


# ---- Hostile clients ----

HELLO = b"SSH-2.0-hostile\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\0" * 100_000,
        b"SSH-1.5-old\r\n",
        HELLO + b"\xff" * 40_000,
        HELLO + (0x7FFFFFFF).to_bytes(4, "big") + b"\x04\x14" + b"\0" * 1000,
        HELLO + b"\0\0\0\x0c\x0a\x15" + b"\0" * 10,
        b"x" * 300_000,
    ],
)
def test_bytes_that_are_no_ssh(guest, sent):
    with socket.create_connection(guest.door, timeout=20) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            while connection.recv(65536):
                pass
    assert guest.run("echo fine") == (0, "fine\n", "")


def test_clients_that_say_nothing_hold_nobody_up(start_amisim, account, tmp_path):
    """They are let go after --client-timeout, and there is room for others in the meantime."""
    simulator = start_amisim("--seed", "7", "--pace", "instant", "--ssh", "--client-timeout", "2")
    ec2 = simulator.client("ec2", account)
    instance = launch(ec2, SecurityGroupIds=[open_group(ec2)])["Instances"][0]["InstanceId"]
    guest = Guest(simulator, ec2, instance, "none")
    silent = [socket.create_connection(guest.door, timeout=20) for _ in range(200)]
    began = time.monotonic()
    assert ec2.describe_instances()["Reservations"] and time.monotonic() - began < 5
    for connection in silent:
        with contextlib.suppress(ConnectionError):
            while connection.recv(4096):
                pass
        connection.close()
    with socket.create_connection(guest.door, timeout=20) as connection:
        assert connection.recv(100).startswith(b"SSH-2.0-OpenSSH_")


def test_a_client_that_reads_nothing(guest, tree):
    """What it asks for waits within bounds, and others are served."""
    with guest.paramiko() as client:
        with client.open_sftp() as sftp:
            sftp.put(str(tree / "large"), "large")
        channel = client.get_transport().open_session(window_size=64 * 1024)
        channel.exec_command("scp -f large")
        channel.sendall(b"\0\0")
        assert guest.run("echo fine") == (0, "fine\n", "")
        channel.close()


def test_off_by_default(amisim, account):
    ec2 = amisim.client("ec2", account)
    instance = launch(ec2, SecurityGroupIds=[open_group(ec2)])["Instances"][0]["InstanceId"]
    assert not described(ec2, instance)["PublicIpAddress"].startswith("127.")
    assert amisim.control.get("ssh") == {"enabled": False, "doors": []}
