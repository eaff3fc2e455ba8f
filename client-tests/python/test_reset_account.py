"""Reset of one account: nothing is left of it, and nobody else notices."""

import pytest
from simulator import refused
from test_monkey import Monkey


def tables(simulator):
    """What the store holds, without what belongs to the process."""
    state = {name: table["rows"] for name, table in simulator.control.get("state")["tables"].items()}
    state["setting"] = [row for row in state["setting"] if "/" in row[0]]
    return state


def live(simulator, account, seed, calls):
    """A busy life in an account: whatever a monkey does, and what it is unlikely to hit upon."""
    ec2, kms, ssm = (simulator.client(service, account) for service in ("ec2", "kms", "ssm"))
    base = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["al2023-ami-2023.*-x86_64"]}])["Images"][0]["ImageId"]
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=key["Arn"].replace("kms:us-east-1", "iam:").rsplit(":", 1)[0] + ":root", Operations=["Decrypt"])
    for value in "12":
        ssm.put_parameter(Name="/mine", Value=value, Type="String", Overwrite=True)
    ec2.create_key_pair(KeyName="mine")
    instance = ec2.run_instances(ImageId=base, MinCount=1, MaxCount=1, InstanceType="t3.micro", KeyName="mine")["Instances"][0]["InstanceId"]
    simulator.send("PUT", f"/_amisim/guests/{instance}/files/etc/motd", b"hello", {"X-Amisim": "1"})
    image = ec2.create_image(InstanceId=instance, Name="mine", NoReboot=True)["ImageId"]
    ec2.get_console_output(InstanceId=instance)
    ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData={"ImageId": image})
    abroad = simulator.client("ec2", account, "eu-west-1")
    abroad.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="mine", Encrypted=True)
    simulator.control.put(f"scenarios/{account}?account={account}", {"rules": [{"when": {"operations": ["CreateTags"], "first": 1}, "what": {"delay": "1ms"}}]})
    monkey = Monkey(seed)
    for _ in range(calls):
        simulator.query(account, **monkey.call())
    return image


def test_nothing_is_left_and_nobody_notices(own, account, another_account):
    live(own, another_account, 5, 150)
    before = tables(own)
    live(own, account, 11, 400)
    assert any(account in str(row) for row in tables(own)["image"])
    assert own.control.post(f"reset?account={account}") == {"status": "ok"}
    after = tables(own)
    assert {name for name, rows in after.items() if rows != before.get(name)} == set()


def test_those_who_used_what_it_shared(own, account, another_account):
    image = live(own, account, 1, 0)
    mine, other = own.client("ec2", account), own.client("ec2", another_account)
    mine.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": another_account}]})
    run = other.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro")["Instances"][0]
    before = own.control.clock()
    own.control.post("reset", {"account": account})
    assert own.control.clock() == before
    with refused("InvalidAMIID.NotFound"):
        other.describe_images(ImageIds=[image])
    (instance,) = other.describe_instances(InstanceIds=[run["InstanceId"]])["Reservations"][0]["Instances"]
    assert instance["State"]["Name"] == "running" and instance["ImageId"] == image
    read = own.send("GET", f"/_amisim/guests/{run['InstanceId']}/files/etc/os-release")
    assert read.status == 200 and "al2023" in read.body
    other.create_image(InstanceId=run["InstanceId"], Name="kept")
    assert mine.describe_images(Owners=["self"])["Images"] == []
    assert mine.describe_vpcs()["Vpcs"]  # the default network is there as in a new account


@pytest.mark.parametrize("wrong, code", [("12", "ValidationException"), ("x" * 12, "ValidationException"), ("137112412989", "BadRequest")])
def test_a_wrong_account(own, wrong, code):
    assert own.control.refused("POST", f"reset?account={wrong}") == (400, code)
