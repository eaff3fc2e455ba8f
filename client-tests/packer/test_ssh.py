"""Builds that log in: shell, files both ways, a reboot, a script that fails."""

import socket

import pytest
from conftest import HOME, World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path, "--ssh")
    yield world
    world.simulator.stop()


@pytest.fixture
def uploads(tmp_path):
    folder = tmp_path / "uploads"
    (folder / "tree" / "in").mkdir(parents=True)
    (folder / "one").write_text("one\n")
    (folder / "tree" / "in" / "two").write_text("two\n")
    return folder


@pytest.fixture
def port():
    """The one that a process may have here."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.64.0.1", 22))
        except PermissionError:
            return "2222"
    return "22"


def test_it_configures_and_reboots(world, uploads, port):
    said = world.build("ssh.json", UPLOADS=str(uploads), SSH_PORT=port)
    assert "Connected to SSH!" in said
    assert (uploads / "both").read_text() == "one\ntwo\n"
    image = world.image(HOME)
    assert image["Name"] == "packer-configured"
    made = world.client("ec2").run_instances(
        ImageId=image["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1
    )["Instances"][0]["InstanceId"]

    def read(path):
        return world.simulator.send("GET", f"/_amisim/guests/{made}/files{path}").body

    assert read("/home/ec2-user/greeting") == "it's packer\n"
    assert read("/tmp/tree/in/two") == "two\n"


def test_a_script_that_fails_fails_the_build(world, uploads, port):
    said = world.failed_build("ssh.json", "-var", "status=3", UPLOADS=str(uploads), SSH_PORT=port)
    assert "Script exited with non-zero exit status: 3" in said
    assert not any(world.scaffolding(HOME).values())
