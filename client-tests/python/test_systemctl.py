"""systemctl and service in guests: what is enabled and what runs, over boots, in the words of systemd."""

from test_boot import read
from test_package import machine  # noqa: F401 fixture

LINK = "/etc/systemd/system/multi-user.target.wants/httpd.service"
FILE = "/usr/lib/systemd/system/httpd.service"


def after(output, name):
    """What was said between "<NAME>" and "</>STATUS"."""
    said, _, rest = output.partition(f"<{name}>\n")[2].partition("</>")
    return said, rest.splitlines()[0]


def step(name, command):
    return f"echo '<{name}>'; {command}; echo '</>'$?"


def test_a_service_of_a_package(machine):  # noqa: F811
    _, _, output = machine(
        "al2023",
        step("unknown", "systemctl start httpd"),
        step("no-file", "systemctl enable httpd"),
        "dnf install -y httpd",
        step("fresh", "systemctl is-active httpd; systemctl is-enabled httpd"),
        step("start", "systemctl start httpd"),
        step("active", "systemctl is-active httpd"),
        step("enable", "systemctl enable httpd.service"),
        step("again", "systemctl enable httpd"),
        step("enabled", "systemctl is-enabled httpd"),
        step("status", "systemctl status httpd"),
        step("disable", "systemctl disable --now httpd"),
        step("stopped", "systemctl is-active --quiet httpd"),
        step("verb", "systemctl frobnicate httpd"),
        step("reload", "systemctl daemon-reload"),
    )
    missing = "Failed to start httpd.service: Unit httpd.service not found.\n"
    assert after(output, "unknown") == (missing, "5")
    missing = "Failed to enable unit: Unit file httpd.service does not exist.\n"
    assert after(output, "no-file") == (missing, "1")
    assert after(output, "fresh") == ("inactive\ndisabled\n", "1")
    assert after(output, "start") == ("", "0")
    assert after(output, "active") == ("active\n", "0")
    assert after(output, "enable") == (f"Created symlink {LINK} → {FILE}.\n", "0")
    assert after(output, "again") == ("", "0")
    assert after(output, "enabled") == ("enabled\n", "0")
    said, code = after(output, "status")
    assert code == "0" and f"loaded ({FILE}; enabled)" in said and "active (running)" in said
    assert after(output, "disable") == (f'Removed "{LINK}".\n', "0")
    assert after(output, "stopped") == ("", "3")
    assert after(output, "verb") == ("Unknown command verb frobnicate.\n", "1")
    assert after(output, "reload") == ("", "0")


def test_what_is_enabled_runs_after_a_boot(machine):  # noqa: F811
    script = "/var/lib/cloud/scripts/per-boot/state.sh"
    world, instance, output = machine(
        "al2023",
        "dnf install -y httpd nginx",
        "systemctl enable httpd; systemctl start nginx",
        step("first", "systemctl is-active httpd; systemctl is-active nginx"),
        "mkdir -p /var/lib/cloud/scripts/per-boot",
        f"printf '#!/bin/sh\\nsystemctl is-active httpd nginx >/root/state\\n' >{script}",
        f"chmod +x {script}",
    )
    assert after(output, "first") == ("inactive\nactive\n", "0")
    world.ec2.reboot_instances(InstanceIds=[instance])
    world.control.clock(advance="10m")
    assert read(world, instance, "/root/state") == "active\ninactive\n"


def test_masked(machine):  # noqa: F811
    _, _, output = machine(
        "al2023",
        step("mask", "systemctl mask crond"),
        step("start", "systemctl start crond"),
        step("masked", "systemctl is-enabled crond"),
        step("unmask", "systemctl unmask crond"),
        step("works", "systemctl start crond"),
    )
    link = "/etc/systemd/system/crond.service"
    assert after(output, "mask") == (f"Created symlink {link} → /dev/null.\n", "0")
    said = "Failed to start crond.service: Unit crond.service is masked.\n"
    assert after(output, "start") == (said, "1")
    assert after(output, "masked") == ("masked\n", "1")
    assert after(output, "unmask") == (f'Removed "{link}".\n', "0")
    assert after(output, "works") == ("", "0")


def test_a_unit_of_ones_own(machine):  # noqa: F811
    unit = "/etc/systemd/system/own.service"
    _, _, output = machine(
        "al2023",
        f"printf '[Unit]\\nDescription=My own\\n[Service]\\nExecStart=/opt/own\\n' > {unit}",
        step("static", "systemctl is-enabled own"),
        step("enable", "systemctl enable own"),
        step("cat", "systemctl cat own | head -3"),
        step("status", "systemctl status own | head -1"),
        step("denied", "sudo -u ec2-user systemctl start own"),
    )
    assert after(output, "static") == ("static\n", "0")
    assert after(output, "enable")[0].startswith("The unit files have no installation config")
    assert after(output, "cat") == (f"# {unit}\n[Unit]\nDescription=My own\n", "0")
    assert after(output, "status") == ("○ own.service - My own\n", "0")
    said = "Failed to start own.service: Interactive authentication required.\n"
    assert after(output, "denied") == (said, "1")


def test_debian_and_the_old_command(machine):  # noqa: F811
    _, _, output = machine(
        "ubuntu",
        "apt-get update -y",
        "apt-get install -y nginx",
        step("enabled", "systemctl is-enabled nginx"),
        step("active", "systemctl is-active nginx ssh"),
        step("stop", "service nginx stop"),
        step("stopped", "systemctl is-active nginx"),
        step("unknown", "service unicorn start"),
    )
    assert after(output, "enabled") == ("enabled\n", "0")
    assert after(output, "active") == ("active\nactive\n", "0")
    assert after(output, "stop") == ("", "0")
    assert after(output, "stopped") == ("inactive\n", "3")
    assert after(output, "unknown") == ("unicorn: unrecognized service\n", "1")


def test_red_hat_says_where_it_leads(machine):  # noqa: F811
    _, _, output = machine("al2", step("service", "service sshd status | head -1"))
    said = "Redirecting to /bin/systemctl status sshd.service\n● sshd.service - sshd.service\n"
    assert after(output, "service") == (said, "0")
