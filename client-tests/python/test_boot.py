"""What a guest does when it boots: user data as cloud-init takes it, what stays on the disk, what the console tells.
Nothing sleeps: the clock stands still and is moved."""

import email.mime.multipart
import email.mime.text
import gzip
import json
import subprocess
import time
import urllib.error

import pytest
from guests import World

BOOT = "30s"  # longer than every boot, shorter than every sleep below


@pytest.fixture
def world(start_amisim, account, tmp_path):
    simulator = start_amisim("--seed", "1", "--pace", "real", "--clock", "2026-10-05T09:00:00Z", "--freeze")
    return World(simulator, account, tmp_path)


def run(world, user_data, **parameters):
    """Launched and booted."""
    instance = world.launch(UserData=user_data, **parameters)
    world.control.clock(advance="8s")  # pending
    world.control.clock(advance=BOOT)
    return instance


def read(world, instance, path):
    try:
        return world.guest(instance).read(path).decode()
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return None


def result(world, instance):
    text = read(world, instance, "/var/lib/cloud/data/result.json")
    return json.loads(text)["v1"] if text else None


def mime(*parts):
    message = email.mime.multipart.MIMEMultipart()
    for subtype, text in parts:
        message.attach(email.mime.text.MIMEText(text, subtype))
    return message.as_string()


def test_a_script_runs_once_on_the_virtual_clock(world):
    begun = time.process_time(), time.monotonic()
    instance = run(world, "#!/bin/bash\necho begun\nsleep 600\necho ended > /srv/done\n")
    assert read(world, instance, "/srv/done") is None
    assert result(world, instance) is None
    world.control.clock(advance="600s")
    assert read(world, instance, "/srv/done") == "ended\n"
    assert result(world, instance) == {"datasource": "DataSourceEc2Local", "errors": []}
    assert time.monotonic() - begun[1] < 10
    folder = f"/var/lib/cloud/instances/{instance}"
    assert read(world, instance, f"{folder}/user-data.txt").startswith("#!/bin/bash\necho begun")
    assert read(world, instance, f"{folder}/scripts/part-001").startswith("#!/bin/bash")
    assert read(world, instance, f"{folder}/sem/config_scripts_user")
    assert "begun" in read(world, instance, "/var/log/cloud-init-output.log")
    # again with the same id: nothing, whatever happened to the user data
    world.guest(instance).remove("/srv/done")
    world.ec2.stop_instances(InstanceIds=[instance])
    world.control.clock(advance="60s")
    world.ec2.modify_instance_attribute(InstanceId=instance, UserData={"Value": b"#!/bin/sh\necho other > /srv/other\n"})
    world.ec2.start_instances(InstanceIds=[instance])
    world.control.clock(advance="700s")
    assert read(world, instance, "/srv/done") is None and read(world, instance, "/srv/other") is None
    log = read(world, instance, "/var/log/cloud-init.log")
    assert "helpers.py[DEBUG]: config-scripts-user already ran (freq=once-per-instance)" in log


def test_a_copy_is_a_new_instance(world):
    instance = run(world, "#!/bin/sh\necho first >> /srv/runs\n")
    image = world.ec2.create_image(InstanceId=instance, Name="copy")["ImageId"]
    world.control.clock(advance="600s")
    other = run(world, "#!/bin/sh\necho second >> /srv/runs\n", image=image)
    assert read(world, other, "/srv/runs") == "first\nsecond\n"
    assert read(world, other, f"/var/lib/cloud/instances/{instance}/user-data.txt")  # left in the image
    assert read(world, other, "/var/lib/cloud/data/previous-instance-id") == f"{instance}\n"
    keys = [read(world, i, "/etc/ssh/ssh_host_ed25519_key.pub") for i in (instance, other)]
    assert keys[0] != keys[1]
    assert read(world, other, "/etc/machine-id") == read(world, instance, "/etc/machine-id")
    quiet = world.launch(image=image)
    world.control.clock(advance="60s")
    assert read(world, quiet, "/srv/runs") == "first\n"


def test_cloud_config(world):
    config = """#cloud-config
hostname: web1.example.com
timezone: Europe/Berlin
bootcmd:
  - echo bootcmd >> /srv/order
write_files:
  - {path: /etc/one, content: aGVsbG8K, encoding: b64, permissions: '0600'}
  - {path: /etc/one, content: "more\\n", append: true}
  - {path: /etc/late, content: "late\\n", defer: true, owner: 'carol:carol'}
users:
  - default
  - {name: carol, groups: [wheel], sudo: "ALL=(ALL) NOPASSWD:ALL", ssh_authorized_keys: [ssh-ed25519 AAAAC3Nz carol]}
groups: [builders, {staff: [carol]}]
runcmd:
  - [cp, /etc/one, "/srv/it's one"]
  - echo runcmd >> /srv/order
final_message: "ready after $UPTIME"
ntp: {enabled: true}
"""
    instance = run(world, config)
    assert read(world, instance, "/srv/order") == "bootcmd\nruncmd\n"
    assert read(world, instance, "/srv/it's%20one") == "hello\nmore\n"
    assert read(world, instance, "/etc/one") == "hello\nmore\n"
    assert read(world, instance, "/etc/late") == "late\n"
    assert read(world, instance, "/etc/hostname") == "web1.example.com\n"
    assert read(world, instance, "/etc/timezone") == "Europe/Berlin\n"
    passwd, group = read(world, instance, "/etc/passwd"), read(world, instance, "/etc/group")
    assert ":/home/carol:/bin/bash\n" in passwd and ":/home/ec2-user:/bin/bash\n" in passwd
    members = {line.split(":")[0]: line.split(":")[3] for line in group.splitlines()}
    assert set(members["wheel"].split(",")) == {"ec2-user", "carol"}
    assert members["staff"] == "carol" and members["builders"] == ""
    assert read(world, instance, "/home/carol/.ssh/authorized_keys") == "ssh-ed25519 AAAAC3Nz carol\n"
    assert "carol ALL=(ALL) NOPASSWD:ALL\n" in read(world, instance, "/etc/sudoers.d/90-cloud-init-users")
    assert "ready after" in world.console(instance)
    log = read(world, instance, "/var/log/cloud-init.log")
    assert "[WARNING]: amisim does not simulate the module ntp" in log
    # once per instance, but for what comes with each boot
    world.ec2.reboot_instances(InstanceIds=[instance])
    world.control.clock(advance="60s")
    assert read(world, instance, "/srv/order") == "bootcmd\nruncmd\nbootcmd\n"


def test_parts(world):
    data = mime(
        ("cloud-boothook", "#cloud-boothook\n#!/bin/sh\necho hook >> /srv/order\n"),
        ("cloud-config", "#cloud-config\nruncmd:\n- echo runcmd >> /srv/order\n"),
        ("x-shellscript", "#!/bin/sh\necho part >> /srv/order\nexit 3\n"),
        ("x-shellscript-per-boot", "#!/bin/sh\necho each >> /srv/order\n"),
        ("part-handler", "#part-handler\n"),
        ("strange", "what is this"),
    )
    instance = run(world, data)
    assert read(world, instance, "/srv/order") == "hook\neach\npart\nruncmd\n"
    log = read(world, instance, "/var/log/cloud-init.log")
    assert "Unhandled unknown content-type (text/strange) userdata: 'b'what is this'...'" in log
    assert "amisim does not run text/part-handler" in log
    [error] = result(world, instance)["errors"]
    assert error == "('scripts-user', RuntimeError('Runparts: 1 failures (part-003) in 2 attempted commands'))"
    [status] = world.ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    world.control.clock(advance="120s")
    [status] = world.ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "ok"
    world.ec2.reboot_instances(InstanceIds=[instance])
    world.control.clock(advance="60s")
    assert read(world, instance, "/srv/order") == "hook\neach\npart\nruncmd\nhook\neach\n"


def test_gzip_archive_and_template(world):
    archive = """#cloud-config-archive
- |
  ## template: jinja
  #cloud-config
  write_files:
  - path: /srv/told
    content: "{{ v1.region }} {{ ds.meta_data['instance-id'] }} {{ nothing }}"
- type: text/x-shellscript
  content: |
    #!/bin/sh
    echo hi > /srv/hi
"""
    instance = run(world, gzip.compress(archive.encode()))
    assert read(world, instance, "/srv/told") == f"us-east-1 {instance} CI_MISSING_JINJA_VAR/nothing"
    assert read(world, instance, "/srv/hi") == "hi\n"
    log = read(world, instance, "/var/log/cloud-init.log")
    assert "Could not render jinja template variables in file 'part-001': nothing" in log


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ("nonsense\nmore", "Unhandled non-multipart (text/x-not-multipart) userdata: 'b'nonsense'...'"),
        ("\ufeff#!/bin/sh\n", "Unhandled non-multipart (text/x-not-multipart) userdata"),
        ("#cloud-config\na: [", "Failed at merging in cloud config part from part-001"),
        ("#cloud-config\nruncmd: [{a: b}]", "Failed to shellify runcmd"),
        ("#cloud-config\nwrite_files: [{path: /x, encoding: rot13}]", "Unknown encoding type rot13, assuming text/plain"),
        ("#include\nhttp://elsewhere/x", "for url: http://elsewhere/x"),
    ],
)
def test_what_is_wrong_is_said_and_the_boot_goes_on(world, data, complaint):
    instance = run(world, data)
    output = read(world, instance, "/var/log/cloud-init-output.log")
    assert complaint in output
    assert result(world, instance) is not None
    assert "finished at" in output


def test_keys_and_console(world, tmp_path):
    pair = world.ec2.create_key_pair(KeyName="mykey")
    instance = run(world, "#!/bin/sh\necho from the script\n", KeyName="mykey")
    (tmp_path / "pair").write_text(pair["KeyMaterial"] + "\n")
    (tmp_path / "pair").chmod(0o600)
    public = subprocess.run(
        ["ssh-keygen", "-yf", tmp_path / "pair"], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    keys = read(world, instance, "/home/ec2-user/.ssh/authorized_keys")
    assert keys.split()[1] == public and keys.count("\n") == 1
    root = read(world, instance, "/root/.ssh/authorized_keys")
    assert 'Please login as the user \\"ec2-user\\" rather than the user \\"root\\"' in root and public in root
    console = world.console(instance).replace("\r\n", "\n")
    assert "] cloud-init[1524]: from the script\n" in console
    assert "Authorized keys from /home/ec2-user/.ssh/authorized_keys for user ec2-user" in console
    block = console.split("-----BEGIN SSH HOST KEY KEYS-----\n")[1].split("-----END SSH HOST KEY KEYS-----")[0]
    fingerprints = console.split("-----BEGIN SSH HOST KEY FINGERPRINTS-----\n")[1].split("ec2: -----END")[0]
    assert len(block.splitlines()) == 2
    for kind, line, shown in zip(("ecdsa", "ed25519"), block.splitlines(), fingerprints.splitlines()):
        host = tmp_path / "host"
        host.write_text(read(world, instance, f"/etc/ssh/ssh_host_{kind}_key"))
        host.chmod(0o600)
        told = subprocess.run(["ssh-keygen", "-yf", host], capture_output=True, text=True, check=True)
        assert told.stdout.split()[:2] == line.split()[:2]
        (tmp_path / "host.pub").write_text(line + "\n")
        told = subprocess.run(
            ["ssh-keygen", "-lf", tmp_path / "host.pub"], capture_output=True, text=True, check=True
        )
        assert shown == f"ec2: {told.stdout.strip()}"
        assert read(world, instance, f"/etc/ssh/ssh_host_{kind}_key.pub") == line + "\n"


def test_the_console_tells_the_boot_as_it_goes(world):
    instance = world.launch(UserData="#!/bin/sh\necho slow\nsleep 100\n")
    world.control.clock(advance="8s")
    told = [world.console(instance)]
    for _ in range(14):
        world.control.clock(advance="1s")
        told.append(world.console(instance))
    stages = ["'init-local'", "'init'", "Started OpenSSH", "'modules:config'", "'modules:final'"]
    first = [next(n for n, text in enumerate(told) if stage in text) for stage in stages]
    assert first == sorted(first) and first[0] > 0 and len(set(first)) > 3
    assert "finished at" not in told[-1]
    world.control.clock(advance="100s")
    assert "Up 1" in world.console(instance).split("finished at")[1]


def boots_told(world):
    return len(world.control.get("state")["tables"]["guest_boot"]["rows"])


def test_who_does_not_look_pays_nothing(world):
    quiet = world.launch()
    world.control.clock(advance="1h")
    assert boots_told(world) == 0
    # whoever looks finds it as if it had been told all the time
    assert result(world, quiet) == {"datasource": "DataSourceEc2Local", "errors": []}
    finished = json.loads(read(world, quiet, "/var/lib/cloud/data/status.json"))["v1"]["modules-final"]["finished"]
    assert finished < 1791190800 + 60  # the boot's time, not that of the look
    assert read(world, quiet, "/etc/ssh/ssh_host_ed25519_key")
    assert boots_told(world) == 1


def test_power_state(world):
    instance = run(world, "#cloud-config\npower_state: {mode: poweroff, delay: +1}\n")
    world.control.clock(advance="120s")
    [shown] = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert shown["State"]["Name"] == "stopped"
    assert shown["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"


def test_the_same_seed_makes_the_same_keys(start_amisim, account, tmp_path):
    def key():
        simulator = start_amisim("--seed", "5", "--pace", "real", "--clock", "2026-10-05T09:00:00Z", "--freeze")
        world = World(simulator, account, tmp_path)
        return read(world, run(world, "#!/bin/sh\n"), "/etc/ssh/ssh_host_ecdsa_key")

    assert key() == key()
