"""Package managers of guests and commands that fixtures declare, on the virtual clock."""

import textwrap

import pytest
from guests import World
from test_boot import BOOT, read

IMAGES = {
    "al2023": ("al2023-ami-2023*-kernel-6.1-x86_64", "dnf"),
    "al2": ("amzn2-ami-kernel-5.10-hvm-2.0*x86_64-gp2", "yum"),
    "ubuntu": ("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*", "apt-get"),
    "debian": ("debian-12-amd64-2*", "apt-get"),
    "rhel": ("RHEL-9*", "dnf"),
}


@pytest.fixture
def machine(start_amisim, account, tmp_path):
    """machine("al2023", "line", …): the output of a script of these lines at the first boot."""

    def start(system, *lines, clock="2026-10-05T09:00:00Z", fixtures=None):
        options = ("--fixtures", fixtures) if fixtures else ()
        simulator = start_amisim("--seed", "1", "--pace", "real", "--clock", clock, "--freeze", *options)
        world = World(simulator, account, tmp_path)
        images = world.ec2.describe_images(
            Filters=[{"Name": "name", "Values": [IMAGES[system][0]]}], IncludeDeprecated=True
        )["Images"]
        image = sorted(images, key=lambda i: i["CreationDate"])[-1]["ImageId"]
        script = "#!/bin/bash\necho BEGIN\n" + "\n".join(lines) + "\necho END\n"
        instance = world.launch(image, UserData=script)
        world.control.clock(advance="8s")
        world.control.clock(advance=BOOT)
        world.control.clock(advance="300s")
        output = read(world, instance, "/var/log/cloud-init-output.log")
        return world, instance, output.split("BEGIN\n")[1].split("END\n")[0]

    return start


@pytest.mark.parametrize("system", IMAGES)
def test_install_and_remove(machine, system):
    manager = IMAGES[system][1]
    debian = manager == "apt-get"
    query = "dpkg -l jq" if debian else "rpm -q jq"
    world, instance, output = machine(
        system,
        f"{manager} update -y" if debian else "true",
        f"{manager} install -y jq; echo install=$?",
        f"{query}; echo query=$?",
        "command -v jq; jq .; echo run=$?",
        f"{manager} install -y jq; echo again=$?",
        f"{manager} install -y no-such-package; echo unknown=$?",
        f"{manager} remove -y jq; echo remove=$?",
        f"{query}; echo gone=$?",
        "jq; echo none=$?",
    )
    codes = dict(line.split("=") for line in output.splitlines() if line.count("=") == 1 and line[-1].isdigit())
    unknown = "100" if debian else "1"
    assert codes == {
        "install": "0", "query": "0", "run": "0", "again": "0", "unknown": unknown, "remove": "0", "gone": "1", "none": "127",
    }  # fmt: skip
    words = {
        "dnf": ["Installing dependencies:\n oniguruma", "Complete!", "is already installed.", "Error: Unable to find a match: no-such-package"],
        "yum": ["Dependency Installed:", "already installed and latest version", "No package no-such-package available.\nError: Nothing to do"],
        "apt-get": ["The following additional packages will be installed:\n", "Setting up jq (", "is already the newest version (", "E: Unable to locate package no-such-package"],
    }[manager]  # fmt: skip
    for said in words:
        assert said in output
    record = read(world, instance, "/var/lib/dpkg/status" if debian else "/var/lib/rpm/installed")
    assert "jq1" in record if debian else "oniguruma 6" in record


def test_apt_sees_nothing_before_its_first_update(machine):
    _, _, output = machine("ubuntu", "apt-get install -y nginx; echo $?", "apt-get update -q", "apt-get install -y nginx; echo $?")
    assert "E: Unable to locate package nginx\n100\n" in output
    assert "Setting up nginx (" in output and output.endswith("0\n")


def test_a_release_is_visible_from_its_date(machine):
    _, _, early = machine("rhel", "dnf install -y -q httpd; rpm -q httpd", "dnf check-update; echo $?", clock="2026-05-14T00:00:00Z")
    _, _, late = machine("rhel", "dnf install -y -q httpd; rpm -q httpd", "dnf -y upgrade; rpm -q openssl", clock="2026-05-16T00:00:00Z")
    assert early == "httpd-2.4.62-1.el9.x86_64\n0\n"
    assert late.startswith("httpd-2.4.66-1.el9.x86_64\n")
    assert late.endswith("openssl-3.2.2-1.el9.x86_64\n")


def test_who_comes_second_waits_or_is_refused(machine):
    _, _, output = machine(
        "ubuntu",
        "apt-get update -q",
        "apt-get install -y docker.io >/dev/null & sleep 1",
        "apt-get install -y jq; echo refused=$?",
        "wait; apt-get install -y jq >/dev/null; echo then=$?",
    )
    assert "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process " in output
    assert "refused=100\nthen=0\n" in output
    _, _, output = machine(
        "al2023", "dnf install -yq docker & sleep 1", "date +%s; dnf install -y jq | head -1; date +%s; rpm -q docker jq; wait"
    )
    begun, said, ended, *installed = output.splitlines()
    assert said.startswith("Waiting for process with pid ")
    assert int(ended) - int(begun) >= 5 and len(installed) == 2


def test_extras_services_users_and_the_lamp_of_the_guide(machine):
    world, instance, output = machine(
        "al2",
        "yum install -y php 2>&1 | tail -1",
        "amazon-linux-extras install -y php8.2 >/dev/null; echo extras=$?",
        "amazon-linux-extras install nothing; echo none=$?",
        "yum install -y httpd mariadb-server > /dev/null",
        "usermod -a -G apache ec2-user; chown -R ec2-user:apache /var/www; chmod 2775 /var/www",
        'echo "<?php phpinfo(); ?>" > /var/www/html/phpinfo.php; id -nG ec2-user',
    )
    assert output.startswith("Error: Nothing to do\nextras=0\n")
    assert "Topic nothing is not found.\nnone=16\n" in output
    assert "apache" in output.splitlines()[-1]
    assert "ExecStart" in read(world, instance, "/usr/lib/systemd/system/httpd.service")
    assert read(world, instance, "/var/www/html/phpinfo.php") == "<?php phpinfo(); ?>\n"


def test_only_root_installs(machine):
    _, _, output = machine("al2023", "su ec2-user -c 'dnf install -y jq'; echo $?")
    assert output.startswith("Error: This command has to be run with superuser privileges")
    assert output.endswith("\n1\n")


def test_an_image_keeps_what_was_installed(machine):
    world, instance, _ = machine("al2023", "dnf install -y httpd")
    image = world.ec2.create_image(InstanceId=instance, Name="with httpd")["ImageId"]
    world.control.clock(advance="600s")
    other = world.launch(image, UserData="#!/bin/sh\nrpm -q httpd\nhttpd -v && echo runs\n")
    world.control.clock(advance="60s")
    output = read(world, other, "/var/log/cloud-init-output.log")
    assert "httpd-2.4.66-1.amzn2023.0.1.x86_64\nruns\n" in output


def test_packages_of_cloud_config(start_amisim, account, tmp_path):
    simulator = start_amisim("--seed", "1", "--pace", "real", "--clock", "2026-10-05T09:00:00Z", "--freeze")
    world = World(simulator, account, tmp_path)
    good = world.launch(UserData="#cloud-config\npackages: [httpd, [jq, 1.7.1]]\nruncmd: [rpm -q httpd jq]\n")
    bad = world.launch(UserData="#cloud-config\npackages: [nope]\nruncmd: [echo still here]\n")
    world.control.clock(advance="60s")
    output = read(world, good, "/var/log/cloud-init-output.log")
    assert "httpd-2.4.66-1.amzn2023.0.1.x86_64\njq-1.7.1-1.amzn2023.0.1.x86_64\n" in output
    output = read(world, bad, "/var/log/cloud-init-output.log")
    assert "Failed to install packages: ['nope']" in output and "still here" in output


def test_declared_commands(machine, tmp_path):
    fixture = tmp_path / "commands.yaml"
    fixture.write_text(
        textwrap.dedent("""\
        commands:
          - {name: nvidia-smi, image: "137112412989/al2023*", output: "GPU 0: Tesla T4\\n"}
          - {name: /opt/vendor/setup, status: 3, time: 40s, errors: "licence missing\\n", files: {/opt/vendor/log: "tried\\n"}}
          - {name: ab, package: httpd-tools, output: "This is ApacheBench\\n"}
        """)
    )
    lines = [
        "nvidia-smi; echo gpu=$?",
        "date +%s; /opt/vendor/setup; echo setup=$?; date +%s; cat /opt/vendor/log",
        "ab 2>/dev/null; echo early=$?; dnf install -yq httpd-tools; ab",
        "undeclared; echo undeclared=$?",
    ]
    _, _, output = machine("al2023", *lines, fixtures=str(fixture))
    said = output.splitlines()
    assert said[:2] == ["GPU 0: Tesla T4", "gpu=0"]
    assert said[3:5] == ["licence missing", "setup=3"] and said[6] == "tried"
    assert int(said[5]) - int(said[2]) == 40
    assert said[7:9] == ["early=127", "This is ApacheBench"]
    assert said[-1] == "undeclared=127" and "undeclared: command not found" in said[-2]
    _, _, output = machine("rhel", "nvidia-smi; echo gpu=$?", fixtures=str(fixture))
    assert output.endswith("gpu=127\n")


def test_cloud_init_as_a_command(machine):
    world, instance, output = machine("al2023", "cloud-init status --long; echo $?", "cloud-init frob; echo $?")
    assert output.startswith("status: running\nboot_status_code: enabled-by-generator\nlast_update: Mon, 05 Oct 2026")
    assert output.endswith("2\n")
    instance = world.launch(UserData="#!/bin/sh\nsleep 120\n", IamInstanceProfile={"Name": "agent"})
    world.control.clock(advance="60s")
    command = world.ssm.send_command(
        InstanceIds=[instance],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["cloud-init status --wait; echo $?; cloud-init status --format json"]},
    )["Command"]["CommandId"]
    world.control.clock(advance="30s")
    told = world.ssm.get_command_invocation(CommandId=command, InstanceId=instance)
    assert told["Status"] == "InProgress"
    world.control.clock(advance="120s")
    told = world.ssm.get_command_invocation(CommandId=command, InstanceId=instance)["StandardOutputContent"]
    assert "...\nstatus: done\n0\n" in told and '"status": "done"' in told
    # whoever waits for it inside of it waits for ever, as there
    stuck = world.launch(UserData="#!/bin/sh\ncloud-init status --wait\n")
    world.control.clock(advance="24h")
    assert read(world, stuck, "/var/lib/cloud/data/result.json") is None
    cleaned = world.launch(UserData="#!/bin/sh\necho ran >> /root/ran\ncloud-init clean --logs --machine-id\nreboot\n")
    world.control.clock(advance="40s")
    world.control.clock(advance="40s")
    assert read(world, cleaned, "/root/ran").startswith("ran\nran\n")  # each boot is the first one
