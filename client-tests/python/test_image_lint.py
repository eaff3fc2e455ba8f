"""GET /_amisim/images/AMI/lint names what is left in an image and should not be."""

import pytest
from guests import World


@pytest.fixture
def world(start_amisim, account, tmp_path):
    simulator = start_amisim("--seed", "1", "--pace", "real", "--clock", "2026-10-05T09:00:00Z", "--freeze")
    world = World(simulator, account, tmp_path)
    world.ec2.create_key_pair(KeyName="pair")
    return world


def baked(world, script, look=True):
    """An image of an instance that ran a script."""
    parameters = {"UserData": script} if script else {}
    instance = world.launch(KeyName="pair", **parameters)
    world.control.clock(advance="120s")
    if look and not script:
        world.guest(instance).read("/etc/os-release")
    image = world.ec2.create_image(InstanceId=instance, Name=f"image {instance}")["ImageId"]
    world.control.clock(advance="600s")
    return instance, image


def lint(world, image):
    told = world.control.get(f"images/{image}/lint")
    assert told["clean"] == (not told["findings"])
    return {(found["rule"], found["path"]) for found in told["findings"]}, told


def expected(instance):
    return {
        ("authorized-keys", "/home/ec2-user/.ssh/authorized_keys"),
        ("host-keys", "/etc/ssh/ssh_host_ecdsa_key"),
        ("host-keys", "/etc/ssh/ssh_host_ed25519_key"),
        ("user-data", f"/var/lib/cloud/instances/{instance}"),
        ("logs", "/var/log/cloud-init.log"),
        ("machine-id", "/etc/machine-id"),
    }


def test_a_public_image_is_clean(world):
    found, told = lint(world, world.base)
    assert told["looked"] and not found


def test_what_an_instance_leaves(world):
    instance, image = baked(world, "#!/bin/sh\n")
    found, told = lint(world, image)
    assert told["looked"]
    assert found >= expected(instance)
    # nobody looked: nothing is on the blocks, and it is named all the same
    quiet, image = baked(world, None, look=False)
    found, told = lint(world, image)
    assert found == expected(quiet)
    assert all(f"boot of {quiet}" in finding["text"] for finding in told["findings"])


def test_secrets_and_passwords(world):
    script = """#!/bin/sh
mkdir -p /root/.aws
echo 'aws_secret_access_key = x' > /root/.aws/credentials
echo x > /home/ec2-user/.bash_history
echo '-----BEGIN RSA PRIVATE KEY-----' > /opt/deploy
echo x > /opt/site.pem
echo 'PermitRootLogin yes' > /etc/ssh/sshd_config
mkdir -p /etc/ssh/sshd_config.d
echo 'PasswordAuthentication yes' > /etc/ssh/sshd_config.d/10-own.conf
echo 'carol:$6$salt$hash:19000:0:99999:7:::' >> /etc/shadow
echo 'dave::19000:0:99999:7:::' >> /etc/shadow
"""
    _, image = baked(world, script)
    found, _ = lint(world, image)
    assert found >= {
        ("credentials", "/root/.aws/credentials"),
        ("credentials", "/opt/deploy"),
        ("credentials", "/opt/site.pem"),
        ("history", "/home/ec2-user/.bash_history"),
        ("root-login", "/etc/ssh/sshd_config"),
        ("password-authentication", "/etc/ssh/sshd_config.d/10-own.conf"),
        ("password", "/etc/shadow"),
        ("blank-password", "/etc/shadow"),
    }


def test_who_cleans_up_has_a_clean_image_until_its_packages_age(world):
    instance = world.launch(KeyName="pair", UserData="#!/bin/sh\ntrue\n", IamInstanceProfile={"Name": "agent"})
    world.control.clock(advance="120s")
    world.ssm.send_command(
        InstanceIds=[instance],
        DocumentName="AWS-RunShellScript",
        Parameters={
            "commands": [
                "cloud-init clean --logs --machine-id",
                "rm -f /etc/ssh/ssh_host_* /root/.ssh/authorized_keys /home/ec2-user/.ssh/authorized_keys",
                "sync",
            ]
        },
    )
    world.control.clock(advance="30s")
    # a reboot would make it all again
    image = world.ec2.create_image(InstanceId=instance, Name="clean", NoReboot=True)["ImageId"]
    world.control.clock(advance="600s")
    found, told = lint(world, image)
    assert told["clean"], found
    copy = world.ec2.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="copy")["ImageId"]
    world.control.clock(advance="600s")
    assert lint(world, copy)[1]["clean"]


def test_old_packages(world, start_amisim, account, tmp_path):
    simulator = start_amisim("--seed", "1", "--pace", "real", "--clock", "2026-05-10T09:00:00Z", "--freeze")
    world = World(simulator, account, tmp_path)
    instance = world.launch(UserData="#!/bin/sh\ndnf install -y httpd\n")
    world.control.clock(advance="60s")
    image = world.ec2.create_image(InstanceId=instance, Name="baked")["ImageId"]
    world.control.clock(advance="600s")
    assert ("old-package", "httpd") not in lint(world, image)[0]
    world.control.clock(advance="10d")
    assert ("old-package", "httpd") in lint(world, image)[0]


def test_an_image_that_is_not_there(world):
    with pytest.raises(Exception, match="NoSuchImage"):
        world.control.get("images/ami-0123456789abcdef0/lint")
