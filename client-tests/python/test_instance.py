"""Instances from state to state, and what DescribeInstances shows of them.

States, refusals and fields are as recorded from AWS.
"""

import base64
import re

import pytest
from machines import described, filtered, image_id, launch, launched, state_of, unknown, volumes_of
from model import documented_filters
from simulator import refused

USER_STOP = "Client.UserInitiatedShutdown: User initiated shutdown"


def codes(changes):
    (change,) = changes
    return change["PreviousState"]["Code"], change["CurrentState"]["Code"]


def stop(ec2, instance):
    return codes(ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"])


def start(ec2, instance):
    return codes(ec2.start_instances(InstanceIds=[instance])["StartingInstances"])


def terminate(ec2, instance):
    return codes(ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"])


# ---- The recorded table of states ----


def test_running(ec2):
    instance = launched(ec2)
    assert state_of(ec2, instance) == "running"
    assert start(ec2, instance) == (16, 16)
    ec2.reboot_instances(InstanceIds=[instance])
    assert stop(ec2, instance) == (16, 64)
    assert state_of(ec2, instance) == "stopped"


def test_stopped(ec2):
    instance = launched(ec2)
    stop(ec2, instance)
    assert stop(ec2, instance) == (80, 80)
    text = f"Cannot reboot instance {instance} that is currently in stopped state."
    with refused("IncorrectState", text):
        ec2.reboot_instances(InstanceIds=[instance])
    assert start(ec2, instance) == (80, 0)
    assert state_of(ec2, instance) == "running"


def test_terminate_running_and_stopped(ec2):
    running, stopped = launched(ec2), launched(ec2)
    stop(ec2, stopped)
    assert terminate(ec2, running) == (16, 32)
    assert terminate(ec2, stopped) == (80, 48)
    assert state_of(ec2, running) == state_of(ec2, stopped) == "terminated"


def test_terminated(ec2):
    instance = launched(ec2)
    terminate(ec2, instance)
    assert terminate(ec2, instance) == (48, 48)
    ec2.reboot_instances(InstanceIds=[instance])  # no error [recorded]
    text = f"The instance '{instance}' is not in a state from which it can be started."
    with refused("IncorrectInstanceState", text):
        ec2.start_instances(InstanceIds=[instance])
    text = f"This instance '{instance}' is not in a state from which it can be stopped."
    with refused("IncorrectInstanceState", text):
        ec2.stop_instances(InstanceIds=[instance])


def test_one_refusal_changes_nothing(ec2):
    alive, dead = launched(ec2), launched(ec2)
    terminate(ec2, dead)
    with refused("IncorrectInstanceState"):
        ec2.stop_instances(InstanceIds=[alive, dead])
    assert state_of(ec2, alive) == "running"


def test_states_take_their_time(start_amisim, account):
    amisim = start_amisim("--pace", "real", "--seed", "3")
    ec2, control = amisim.client("ec2", account), amisim.control
    control.clock(freeze=True)
    instance = launched(ec2)
    assert described(ec2, instance)["StateReason"] == {"Code": "pending", "Message": "pending"}
    assert described(ec2, instance)["BlockDeviceMappings"][0]["Ebs"]["Status"] == "attaching"
    assert start(ec2, instance) == (0, 0)
    text = f"This instance '{instance}' is not in a state from which it can be stopped."
    with refused("IncorrectInstanceState", text):
        ec2.stop_instances(InstanceIds=[instance])

    control.clock(advance="1m")
    found = described(ec2, instance)
    assert found["State"] == {"Code": 16, "Name": "running"}
    assert "StateReason" not in found and found["StateTransitionReason"] == ""
    assert found["MetadataOptions"]["State"] == "applied"
    assert found["BlockDeviceMappings"][0]["Ebs"]["Status"] == "attached"

    stop(ec2, instance)
    stopping = described(ec2, instance)
    assert stopping["State"] == {"Code": 64, "Name": "stopping"}
    assert stopping["MetadataOptions"]["State"] == "pending"
    assert stopping["StateReason"] == {
        "Code": "Client.UserInitiatedShutdown",
        "Message": USER_STOP,
    }
    form = r"User initiated \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d GMT\)"
    assert re.fullmatch(form, stopping["StateTransitionReason"])
    text = f"The instance '{instance}' is not in a state from which it can be started."
    with refused("IncorrectInstanceState", text):
        ec2.start_instances(InstanceIds=[instance])
    control.clock(advance="1m")
    assert state_of(ec2, instance) == "stopped"

    start(ec2, instance)
    control.clock(advance="1m")
    terminate(ec2, instance)
    assert state_of(ec2, instance) == "shutting-down"
    assert terminate(ec2, instance) == (32, 32)
    control.clock(advance="1m")
    assert state_of(ec2, instance) == "terminated"


def test_a_start_renews_launch_time_and_public_address(start_amisim, account):
    amisim = start_amisim("--pace", "instant", "--seed", "3")
    ec2 = amisim.client("ec2", account)
    instance = launched(ec2)
    before = described(ec2, instance)
    amisim.control.clock(advance="1h")
    stop(ec2, instance)
    stopped = described(ec2, instance)
    assert "PublicIpAddress" not in stopped and stopped["PublicDnsName"] == ""
    assert "Association" not in stopped["NetworkInterfaces"][0]
    assert stopped["PrivateIpAddress"] == before["PrivateIpAddress"]
    assert stopped["LaunchTime"] == before["LaunchTime"]
    start(ec2, instance)
    after = described(ec2, instance)
    assert after["LaunchTime"] > before["LaunchTime"]
    assert after["PublicIpAddress"] != before["PublicIpAddress"]
    assert after["PrivateIpAddress"] == before["PrivateIpAddress"]
    assert after["UsageOperationUpdateTime"] == before["UsageOperationUpdateTime"]


# ---- Termination ----


def test_what_a_terminated_instance_shows(ec2):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "v"}]}]
    instance = launched(ec2, TagSpecifications=tags, IamInstanceProfile={"Name": "builder"})
    before = described(ec2, instance)
    assert before["IamInstanceProfile"]["Arn"].endswith(":instance-profile/builder")
    terminate(ec2, instance)
    after = described(ec2, instance)
    for name in ("BlockDeviceMappings", "NetworkInterfaces", "SecurityGroups"):
        assert before[name] and after[name] == []
    assert after["PrivateDnsName"] == after["PublicDnsName"] == ""
    for name in (
        "SubnetId",
        "VpcId",
        "PrivateIpAddress",
        "PublicIpAddress",
        "IamInstanceProfile",
        "SourceDestCheck",
        "PrivateDnsNameOptions",
    ):
        assert name in before and name not in after, name
    for name in ("ImageId", "RootDeviceName", "Tags", "Placement", "LaunchTime", "ClientToken"):
        assert after[name] == before[name]
    assert after["StateReason"]["Message"] == USER_STOP


def test_a_terminated_instance_shows_for_an_hour(start_amisim, account):
    amisim = start_amisim("--pace", "instant")
    ec2 = amisim.client("ec2", account)
    instance = launched(ec2)
    terminate(ec2, instance)
    amisim.control.clock(advance="59m")
    assert state_of(ec2, instance) == "terminated"
    amisim.control.clock(advance="2m")
    with refused("InvalidInstanceID.NotFound", f"The instance ID '{instance}' does not exist"):
        ec2.describe_instances(InstanceIds=[instance])
    assert ec2.describe_instances()["Reservations"] == []
    assert ec2.describe_tags()["Tags"] == []


def test_volumes_go_or_stay(ec2):
    data = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": False}}
    gone = {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}
    instance = launched(ec2, BlockDeviceMappings=[data, gone])
    volumes = volumes_of(ec2, instance)
    assert set(volumes) == {"/dev/xvda", "/dev/sdf", "/dev/sdg"}
    terminate(ec2, instance)
    (left,) = ec2.describe_volumes()["Volumes"]
    assert left["VolumeId"] == volumes["/dev/sdf"]["VolumeId"]
    assert left["State"] == "available" and left["Attachments"] == []


def test_protection(ec2):
    instance = launched(ec2, DisableApiTermination=True, DisableApiStop=True)
    form = "The instance '{}' may not be {}. Modify its '{}' instance attribute and try again."
    with refused(
        "OperationNotPermitted", form.format(instance, "terminated", "disableApiTermination")
    ):
        ec2.terminate_instances(InstanceIds=[instance])
    with refused("OperationNotPermitted", form.format(instance, "stopped", "disableApiStop")):
        ec2.stop_instances(InstanceIds=[instance])
    assert state_of(ec2, instance) == "running"


def test_instance_store(ec2):
    image = image_id(ec2, "*", **{"root-device-type": "instance-store"})
    instance = launched(ec2, ImageId=image, InstanceType="m1.small", DisableApiStop=True)
    found = described(ec2, instance)
    assert found["RootDeviceType"] == "instance-store"
    assert found["BlockDeviceMappings"] == []
    with refused("UnsupportedOperation"):
        ec2.stop_instances(InstanceIds=[instance])
    text = (
        f"The instance '{instance}' may not be terminated."
        " Modify its 'disableApiStop' instance attribute and try again."
    )
    with refused("OperationNotPermitted", text):
        ec2.terminate_instances(InstanceIds=[instance])


# ---- Identifiers ----

BAD = ["i-123456789", "i-00123456789abcdef0", "i-00123456789abcdef01", "i-0123456789abcdeF0"]
ABSENT = ["i-00000000", "i-00000001", "i-12345678", "i-7fffffff", "i-1234567"]


@pytest.mark.parametrize("instance", BAD)
def test_malformed(ec2, instance):
    with refused("InvalidInstanceID.Malformed", f'Invalid id: "{instance}"'):
        ec2.describe_instances(InstanceIds=[instance])
    with refused("InvalidInstanceID.Malformed", f'Invalid id: "{instance}"'):
        ec2.describe_instance_status(InstanceIds=[instance], IncludeAllInstances=True)


@pytest.mark.parametrize("instance", ABSENT)
def test_unknown(ec2, instance):
    text = f"The instance ID '{instance}' does not exist"
    for call in (
        ec2.describe_instances,
        ec2.describe_instance_status,
        ec2.start_instances,
        ec2.stop_instances,
        ec2.reboot_instances,
        ec2.terminate_instances,
    ):
        with refused("InvalidInstanceID.NotFound", text):
            call(InstanceIds=[instance])


def test_several_unknown(ec2):
    text = f"The instance IDs '{unknown(1)}, {unknown(2)}' do not exist"
    with refused("InvalidInstanceID.NotFound", text):
        ec2.describe_instances(InstanceIds=[unknown(1), launched(ec2), unknown(2)])


def test_other_accounts_and_regions_see_nothing(ec2, client):
    instance = launched(ec2)
    for other in (client("ec2", account="900000000999"), client("ec2", region="eu-west-1")):
        with refused("InvalidInstanceID.NotFound"):
            other.describe_instances(InstanceIds=[instance])
        with refused("InvalidInstanceID.NotFound"):
            other.terminate_instances(InstanceIds=[instance])
        assert other.describe_instances()["Reservations"] == []


# ---- DescribeInstances ----


def test_fields(ec2, account):
    found = described(ec2, launched(ec2))
    assert found["Architecture"] == "x86_64"
    assert found["Hypervisor"] == "xen"  # on Nitro types, too [recorded]
    assert found["BootMode"] == "uefi-preferred"
    assert found["CurrentInstanceBootMode"] == "uefi"
    assert found["PlatformDetails"] == "Linux/UNIX"
    assert found["UsageOperation"] == "RunInstances"
    assert found["MaintenanceOptions"] == {"AutoRecovery": "default", "RebootMigration": "default"}
    assert found["NetworkPerformanceOptions"] == {"BandwidthWeighting": "default"}
    assert found["CapacityReservationSpecification"] == {"CapacityReservationPreference": "open"}
    assert found["HibernationOptions"] == {"Configured": False}
    assert found["EnclaveOptions"] == {"Enabled": False}
    assert found["CpuOptions"] == {"CoreCount": 1, "ThreadsPerCore": 2}
    assert found["SecondaryInterfaces"] == []
    assert found["ProductCodes"] == []
    assert found["Operator"]["Managed"] is False
    assert found["LaunchTime"].microsecond == 0
    assert found["MetadataOptions"] == {
        "State": "applied",
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "HttpEndpoint": "enabled",
        "HttpProtocolIpv6": "disabled",
        "InstanceMetadataTags": "disabled",
    }
    for name in ("Tags", "KeyName", "StateReason", "Platform", "KernelId", "TpmSupport"):
        assert name not in found
    disk = found["BlockDeviceMappings"][0]
    assert disk["Ebs"]["EbsCardIndex"] == 0
    assert "Encrypted" not in disk["Ebs"] and "KmsKeyId" not in disk["Ebs"]
    (interface,) = found["NetworkInterfaces"]
    assert interface["OwnerId"] == account
    assert interface["PrivateIpAddress"] == found["PrivateIpAddress"]
    assert interface["Groups"] == found["SecurityGroups"]
    assert interface["Attachment"]["DeviceIndex"] == 0


def test_windows(ec2):
    image = image_id(ec2, "Windows_Server-2022-English-Full-Base*")
    found = described(ec2, launched(ec2, ImageId=image))
    assert found["Platform"] == "windows"
    assert (found["PlatformDetails"], found["UsageOperation"]) == ("Windows", "RunInstances:0002")


def test_reservations(ec2):
    pair = [one["InstanceId"] for one in launch(ec2, count=2)["Instances"]]
    single = launched(ec2)
    reservations = ec2.describe_instances()["Reservations"]
    shown = [[one["InstanceId"] for one in some["Instances"]] for some in reservations]
    assert shown == [pair, [single]]
    assert [one["AmiLaunchIndex"] for one in reservations[0]["Instances"]] == [0, 1]
    assert reservations[0]["Groups"] == []


def test_paging(ec2):
    launch(ec2, count=7)
    first = ec2.describe_instances(MaxResults=5)
    assert sum(len(one["Instances"]) for one in first["Reservations"]) == 5
    rest = ec2.describe_instances(MaxResults=5, NextToken=first["NextToken"])
    assert sum(len(one["Instances"]) for one in rest["Reservations"]) == 2
    assert "NextToken" not in rest
    text = "The parameter instancesSet cannot be used with the parameter maxResults"
    with refused("InvalidParameterCombination", text):
        ec2.describe_instances(InstanceIds=[unknown(1)], MaxResults=5)


def test_filters(ec2):
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "role", "Value": "web"}]}]
    mine = launched(ec2, TagSpecifications=tags, InstanceType="t3.small")
    other = launched(ec2)
    found = described(ec2, mine)
    disk, interface = found["BlockDeviceMappings"][0], found["NetworkInterfaces"][0]
    own = {
        "instance-id": mine,
        "instance-type": "t3.small",
        "tag:role": "w*",
        "tag-key": "role",
        "client-token": found["ClientToken"],
        "private-ip-address": found["PrivateIpAddress"],
        "ip-address": found["PublicIpAddress"],
        "dns-name": found["PublicDnsName"],
        "block-device-mapping.volume-id": disk["Ebs"]["VolumeId"],
        "network-interface.network-interface-id": interface["NetworkInterfaceId"],
        "network-interface.addresses.private-ip-address": interface["PrivateIpAddress"],
        "network-interface.attachment.attachment-id": interface["Attachment"]["AttachmentId"],
    }
    for name, value in own.items():
        assert filtered(ec2, name, value) == {mine}, name
    both = {
        "image-id": found["ImageId"],
        "instance-state-name": "running",
        "instance-state-code": "16",
        "vpc-id": found["VpcId"],
        "subnet-id": found["SubnetId"],
        "instance.group-name": "default",
        "network-interface.group-id": found["SecurityGroups"][0]["GroupId"],
        "availability-zone": found["Placement"]["AvailabilityZone"],
        "metadata-options.http-tokens": "required",
        "root-device-type": "ebs",
        "ena-support": "true",
    }
    for name, value in both.items():
        assert filtered(ec2, name, value) == {mine, other}, name
    assert filtered(ec2, "instance-state-name", "stopped") == set()
    assert filtered(ec2, "outpost-arn", "*") == set()
    with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
        filtered(ec2, "colour", "red")


def test_every_documented_filter_is_known(ec2):
    for operation, call in (
        ("DescribeInstances", ec2.describe_instances),
        ("DescribeInstanceStatus", ec2.describe_instance_status),
    ):
        names = documented_filters(operation)
        assert len(names) > 10
        for name in names:
            call(Filters=[{"Name": name, "Values": ["x"]}])


# ---- DescribeInstanceStatus ----


def test_status(ec2):
    instance = launched(ec2)
    (status,) = ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"]
    passed = {"Status": "ok", "Details": [{"Name": "reachability", "Status": "passed"}]}
    for name in ("SystemStatus", "InstanceStatus", "AttachedEbsStatus"):
        assert status[name] == passed
    assert status["InstanceState"] == {"Code": 16, "Name": "running"}
    assert status["AvailabilityZone"] and status["AvailabilityZoneId"]
    assert status["Operator"]["Managed"] is False
    assert "Events" not in status


def test_status_of_stopped_ones_on_demand(ec2):
    instance = launched(ec2)
    stop(ec2, instance)
    assert ec2.describe_instance_status(InstanceIds=[instance])["InstanceStatuses"] == []
    (status,) = ec2.describe_instance_status(IncludeAllInstances=True)["InstanceStatuses"]
    assert status["InstanceStatus"] == {"Status": "not-applicable"}
    with refused(
        "InvalidParameterCombination",
        "The parameter instancesSet cannot be used with the parameter maxResults",
    ):
        ec2.describe_instance_status(InstanceIds=[instance], MaxResults=5)


def test_status_pages_and_filters(ec2):
    launch(ec2, count=6)
    for size in (1000, 1001, 10000):
        answer = ec2.describe_instance_status(MaxResults=size)
        assert len(answer["InstanceStatuses"]) == 6 and "NextToken" not in answer
    first = ec2.describe_instance_status(MaxResults=5)
    second = ec2.describe_instance_status(MaxResults=5, NextToken=first["NextToken"])
    assert [len(one["InstanceStatuses"]) for one in (first, second)] == [5, 1]
    for value, number in (("ok", 6), ("impaired", 0)):
        filters = [{"Name": "system-status.status", "Values": [value]}]
        assert len(ec2.describe_instance_status(Filters=filters)["InstanceStatuses"]) == number


def test_status_is_initializing_at_first(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    ec2 = amisim.client("ec2", account)
    amisim.control.clock(freeze=True)
    launch(ec2)
    amisim.control.clock(advance="20s")
    (status,) = ec2.describe_instance_status()["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "initializing"
    amisim.control.clock(advance="3m")
    (status,) = ec2.describe_instance_status()["InstanceStatuses"]
    assert status["InstanceStatus"]["Status"] == "ok"


# ---- Console ----


def console(ec2, instance):
    return ec2.get_console_output(InstanceId=instance)["Output"]


def test_console_shows_each_turn(ec2):
    instance = launched(ec2)
    assert console(ec2, instance).count("Linux version") == 1
    ec2.reboot_instances(InstanceIds=[instance])
    assert console(ec2, instance).count("Linux version") == 2
    assert "Restarting system" in console(ec2, instance)
    stop(ec2, instance)
    assert "Power down" in console(ec2, instance)
    start(ec2, instance)
    text = console(ec2, instance)
    assert text.count("Linux version") == 3
    assert text.index("Restarting system") < text.index("Power down")
    assert text.rstrip().endswith("login:")


def test_console_is_base64_on_the_wire(amisim, account, ec2):
    instance = launched(ec2)
    body = amisim.query(account, Action="GetConsoleOutput", InstanceId=instance).body
    text = base64.b64decode(re.search("<output>([^<]+)</output>", body)[1]).decode()
    assert "Linux version" in text
    assert re.search("<instanceId>.*<timestamp>.*<output>", body)


def test_console_before_the_first_boot(start_amisim, account):
    amisim = start_amisim("--pace", "real")
    ec2 = amisim.client("ec2", account)
    amisim.control.clock(freeze=True)
    assert console(ec2, launched(ec2)) == ""


def test_console_refusals(ec2):
    with refused("InvalidInstanceID.NotFound"):
        ec2.get_console_output(InstanceId=unknown(1))
    instance = launched(ec2, InstanceType="m5.large")
    ec2.get_console_output(InstanceId=instance, Latest=True)
    old = launched(ec2, InstanceType="t2.micro")
    with refused("UnsupportedOperation"):
        ec2.get_console_output(InstanceId=old, Latest=True)
