"""SSM Run Command: scripts that change a guest's files, and what images make of them."""

import pytest
from guests import World
from simulator import refused

PROFILE = {"IamInstanceProfile": {"Name": "builder"}}
DATA_DISK = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}]


class Builder(World):
    """An instance that takes commands, and the words to send and read them."""

    def __init__(self, simulator, account, folder):
        super().__init__(simulator, account, folder)
        self.account = account

    def managed(self, **parameters):
        instance = self.launch(**{**PROFILE, **parameters})
        self.control.clock(advance="1m")
        return instance

    def send(self, instance, *lines, parameters=None, **more):
        wanted = {"commands": list(lines), **(parameters or {})}
        answer = self.ssm.send_command(
            InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters=wanted, **more
        )
        return answer["Command"]["CommandId"]

    def look(self, command, instance):
        return self.ssm.get_command_invocation(CommandId=command, InstanceId=instance)

    def run(self, instance, *lines, after="10s", **more):
        command = self.send(instance, *lines, **more)
        self.control.clock(advance=after)
        return self.look(command, instance)

    def output(self, instance, *lines, **more):
        done = self.run(instance, *lines, **more)
        assert (done["Status"], done["ResponseCode"]) == ("Success", 0), done
        return done["StandardOutputContent"]

    def known(self, **parameters):
        found = self.ssm.describe_instance_information(**parameters)["InstanceInformationList"]
        return [one["InstanceId"] for one in found]


def start(start_amisim, account, folder, pace):
    simulator = start_amisim("--seed", "1", "--pace", pace)
    simulator.control.clock(freeze=True)
    return Builder(simulator, account, folder)


@pytest.fixture
def world(start_amisim, account, tmp_path):
    """Things take their time, and the clock stands still."""
    return start(start_amisim, account, tmp_path, "real")


@pytest.fixture
def quick(start_amisim, account, tmp_path):
    """Things take no time, and the clock stands still: nothing is flushed by itself."""
    return start(start_amisim, account, tmp_path, "instant")


# ---- The agent ----


def test_an_instance_makes_itself_known_after_its_boot(world):
    bare, instance = world.launch(), world.launch(**PROFILE)
    assert world.known() == []
    world.control.clock(advance="1m")
    assert world.known() == [instance]
    [shown] = world.ssm.describe_instance_information()["InstanceInformationList"]
    [machine] = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert shown.pop("LastPingDateTime") > machine["LaunchTime"]
    assert shown.pop("AgentVersion").count(".") == 3
    assert shown == {
        "InstanceId": instance,
        "PingStatus": "Online",
        "IsLatestVersion": True,
        "PlatformType": "Linux",
        "PlatformName": "Amazon Linux",
        "PlatformVersion": "2023",
        "ResourceType": "EC2Instance",
        "IPAddress": machine["PrivateIpAddress"],
        "ComputerName": machine["PrivateDnsName"],
        "SourceId": instance,
        "SourceType": "AWS::EC2::Instance",
    }
    assert world.known(Filters=[{"Key": "InstanceIds", "Values": [bare]}]) == []


def test_a_stopped_instance_is_forgotten(world):
    instance = world.managed()
    assert world.known() == [instance]
    world.ec2.stop_instances(InstanceIds=[instance])
    world.control.clock(advance="1m")
    assert world.known() == []
    with refused("InvalidInstanceId", f"Instances [[{instance}]] not in a valid state for account {world.account}"):
        world.send(instance, "true")


def test_an_image_carries_its_agent(quick):
    first = quick.managed()
    again = quick.managed(image=quick.image_of(first)["ImageId"])
    assert sorted(quick.known()) == sorted([first, again])


def test_filters_and_pages(world):
    ids = [world.launch(**PROFILE) for _ in range(6)]
    world.control.clock(advance="1m")
    world.ec2.create_tags(Resources=ids[:2], Tags=[{"Key": "role", "Value": "builder"}])

    def found(key, *values):
        return world.known(Filters=[{"Key": key, "Values": list(values)}])

    assert found("tag:role", "builder") == found("tag-key", "role") == ids[:2]
    assert found("InstanceIds", *ids[3:5]) == ids[3:5]
    assert found("PlatformTypes", "Linux") == found("PingStatus", "Online") == ids
    assert found("PlatformTypes", "Windows") == found("ActivationIds", "x") == []
    assert world.known(InstanceInformationFilterList=[{"key": "InstanceIds", "valueSet": ids[:1]}]) == ids[:1]
    pages = world.ssm.get_paginator("describe_instance_information").paginate(PaginationConfig={"PageSize": 5})
    assert [len(page["InstanceInformationList"]) for page in pages] == [5, 1]
    with refused("InvalidFilterKey", "UnknownKey filter Key is invalid."):
        found("UnknownKey", "x")
    with refused("ValidationException", "Cannot use both legacy and new filter simultaneously."):
        world.known(
            Filters=[{"Key": "InstanceIds", "Values": ids}],
            InstanceInformationFilterList=[{"key": "InstanceIds", "valueSet": ids}],
        )
    with refused("ValidationException", "Cannot mix tag or inventory filter with any other filter."):
        world.known(Filters=[{"Key": "tag:a", "Values": ["b"]}, {"Key": "InstanceIds", "Values": ids}])


# ---- One command ----


def test_send_and_look(world):
    instance = world.managed()
    command = world.ssm.send_command(
        InstanceIds=[instance],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["echo hello", "echo oh >&2", "sleep 3"], "executionTimeout": ["2"]},
        TimeoutSeconds=30,
    )["Command"]
    assert (command["ExpiresAfter"] - command["RequestedDateTime"]).total_seconds() == 32
    assert (command["Status"], command["TargetCount"], command["MaxConcurrency"], command["MaxErrors"]) == (
        "Pending",
        1,
        "50",
        "0",
    )
    assert command["AlarmConfiguration"] == {"IgnorePollAlarmFailure": False, "Alarms": []}
    assert command["Parameters"]["commands"] == ["echo hello", "echo oh >&2", "sleep 3"]
    at_once = world.look(command["CommandId"], instance)
    assert (at_once["Status"], at_once["StatusDetails"], at_once["ResponseCode"]) == ("InProgress", "InProgress", -1)
    assert at_once["ExecutionEndDateTime"] == "" and "ExecutionStartDateTime" not in at_once
    world.control.clock(advance="10s")
    done = world.look(command["CommandId"], instance)
    assert (done["Status"], done["StatusDetails"], done["ResponseCode"]) == ("Success", "Success", 0)
    assert (done["StandardOutputContent"], done["StandardErrorContent"]) == ("hello\n", "oh\n")
    assert (done["PluginName"], done["ExecutionElapsedTime"]) == ("aws:runShellScript", "PT3S")
    assert done["ExecutionStartDateTime"] < done["ExecutionEndDateTime"]


def test_a_script_that_fails(world):
    instance = world.managed()
    done = world.run(instance, "cd /srv", "zypper install -y nginx", "exit 3")
    assert (done["Status"], done["StatusDetails"], done["ResponseCode"]) == ("Failed", "Failed", 3)
    assert "_script.sh: line 2: zypper: command not found\n" in done["StandardErrorContent"]
    assert done["StandardErrorContent"].endswith("failed to run commands: exit status 3")
    assert world.run(instance, "set -e", "zypper update", "touch /srv/never")["ResponseCode"] == 127
    assert world.output(instance, "ls /srv") == ""
    nowhere = world.run(instance, "true", parameters={"workingDirectory": ["/none"]})
    assert (nowhere["Status"], nowhere["ResponseCode"]) == ("Failed", 1)
    assert world.output(instance, "pwd", parameters={"workingDirectory": ["/srv"]}) == "/srv\n"


def test_output_is_cut(world):
    instance = world.managed()
    done = world.run(instance, "X=0123456789", *["X=$X$X$X$X$X$X$X$X$X$X"] * 3, "echo $X$X$X", "echo $X >&2")
    assert len(done["StandardOutputContent"]) == 24000 and len(done["StandardErrorContent"]) == 8000
    [listed] = world.ssm.list_command_invocations(CommandId=done["CommandId"], Details=True)["CommandInvocations"]
    assert len(listed["CommandPlugins"][0]["Output"]) == 2500


def test_time_is_up(world):
    instance = world.managed()
    command = world.send(instance, "echo a", "sleep 100", "touch /srv/x", parameters={"executionTimeout": ["60"]})
    world.control.clock(advance="59s")
    assert world.look(command, instance)["Status"] == "InProgress"
    world.control.clock(advance="10m")
    done = world.look(command, instance)
    assert (done["Status"], done["StatusDetails"], done["ResponseCode"]) == ("TimedOut", "ExecutionTimedOut", 137)
    assert world.output(instance, "ls /srv") == ""


def test_a_script_does_not_outlive_its_machine(world):
    instance = world.managed()
    command = world.send(instance, "sleep 100", "touch /srv/x", parameters={"executionTimeout": ["200"]})
    world.control.clock(advance="30s")
    world.ec2.reboot_instances(InstanceIds=[instance])
    world.control.clock(advance="10m")
    assert world.look(command, instance)["StatusDetails"] == "ExecutionTimedOut"
    assert world.output(instance, "ls /srv") == ""


def test_a_machine_that_went_away_gets_no_command(world):
    instance = world.managed()
    command = world.send(instance, "true", TimeoutSeconds=120)
    world.ec2.stop_instances(InstanceIds=[instance])
    world.control.clock(advance="100s")
    assert world.look(command, instance)["Status"] == "InProgress"
    world.control.clock(advance="30s")
    done = world.look(command, instance)
    assert (done["Status"], done["StatusDetails"], done["ResponseCode"]) == ("TimedOut", "DeliveryTimedOut", -1)


def test_a_machine_that_comes_back_gets_its_command(world):
    instance = world.managed()
    command = world.send(instance, "echo here", TimeoutSeconds=600)
    world.ec2.stop_instances(InstanceIds=[instance])
    world.control.clock(advance="1m")
    world.ec2.start_instances(InstanceIds=[instance])
    world.control.clock(advance="2m")
    assert world.look(command, instance)["StandardOutputContent"] == "here\n"


# ---- Power ----


@pytest.mark.parametrize("behavior, state", [("stop", "stopped"), ("terminate", "terminated")])
def test_a_script_can_shut_its_machine_down(world, behavior, state):
    instance = world.managed(InstanceInitiatedShutdownBehavior=behavior)
    done = world.run(instance, "echo bye > /srv/last", "shutdown -h +2", "echo soon")
    assert done["Status"] == "Success"
    world.control.clock(advance="3m")
    [machine] = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert machine["State"]["Name"] == state
    assert machine["StateReason"] == {
        "Code": "Client.InstanceInitiatedShutdown",
        "Message": "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
    }


def test_a_script_can_reboot_its_machine(world):
    instance = world.managed()
    world.run(instance, "echo kept > /srv/kept", "reboot", after="2m")
    assert world.console(instance).count("Command line") == 2
    assert world.output(instance, "cat /srv/kept") == "kept\n"
    world.run(instance, "shutdown -r +5", "shutdown -c", after="10m")
    assert world.console(instance).count("Command line") == 2


# ---- Many ----


def test_targets_by_tag(world):
    ids = [world.launch(**PROFILE) for _ in range(3)]
    world.control.clock(advance="1m")
    world.ec2.create_tags(Resources=ids[:2], Tags=[{"Key": "role", "Value": "web"}])
    command = world.ssm.send_command(
        Targets=[{"Key": "tag:role", "Values": ["web"]}],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["hostname -s"]},
    )["Command"]
    assert (command["TargetCount"], command["InstanceIds"]) == (0, [])
    with refused("InvocationDoesNotExist", f"Invocation not found for {command['CommandId']}, {ids[0]}"):
        world.look(command["CommandId"], ids[0])
    world.control.clock(advance="10s")
    assert [world.look(command["CommandId"], one)["Status"] for one in ids[:2]] == ["Success"] * 2
    with refused("InvocationDoesNotExist"):
        world.look(command["CommandId"], ids[2])


def test_a_list_of_what_became_of_them(world):
    instance = world.managed()
    world.ec2.create_tags(Resources=[instance], Tags=[{"Key": "Name", "Value": "golden"}])
    good = world.run(instance, "echo one", "echo two >&2", Comment="first")["CommandId"]
    bad = world.run(instance, "false")["CommandId"]
    going = world.send(instance, "sleep 60")

    def found(**parameters):
        return [one["CommandId"] for one in world.ssm.list_command_invocations(**parameters)["CommandInvocations"]]

    assert found() == [going, bad, good]
    assert found(InstanceId="i-00000000000000000") == found(CommandId="0" * 36) == []
    assert found(Filters=[{"key": "Status", "value": "Failed"}]) == [bad]
    assert found(Filters=[{"key": "ExecutionStage", "value": "Executing"}]) == [going]
    assert found(Filters=[{"key": "DocumentName", "value": "AWS-RunPatchBaseline"}]) == []
    assert found(Filters=[{"key": "InvokedAfter", "value": "2200-01-01T00:00:00Z"}]) == []
    pages = world.ssm.get_paginator("list_command_invocations").paginate(PaginationConfig={"PageSize": 2})
    assert [len(page["CommandInvocations"]) for page in pages] == [2, 1]
    [shown] = world.ssm.list_command_invocations(CommandId=good, Details=True)["CommandInvocations"]
    assert (shown["InstanceName"], shown["Comment"], shown["Status"]) == ("golden", "first", "Success")
    [plugin] = shown["CommandPlugins"]
    assert plugin["Output"] == "one\n\n----------ERROR-------\ntwo\n"
    assert (plugin["Name"], plugin["ResponseCode"]) == ("aws:runShellScript", 0)
    with refused("ValidationException"):
        found(Filters=[{"key": "InvokedAfter", "value": "yesterday"}])


# ---- Refusals ----


def test_refusals(world):
    instance = world.managed()
    windows = world.ec2.describe_images(
        Owners=["amazon"], Filters=[{"Name": "name", "Values": ["Windows_Server-2022-English-Full-Base-*"]}]
    )["Images"][0]["ImageId"]
    other = world.launch(image=windows, **PROFILE)
    world.control.clock(advance="10m")

    def send(instances=(instance,), document="AWS-RunShellScript", parameters=None, **more):
        wanted = parameters if parameters is not None else {"commands": ["true"]}
        world.ssm.send_command(InstanceIds=list(instances), DocumentName=document, Parameters=wanted, **more)

    with refused("InvalidDocument", "Document with name nothing does not exist."):
        send(document="nothing")
    with refused("InvalidDocument"):
        send(document="AWS-RunPowerShellScript")
    with refused("InvalidDocumentVersion"):
        send(DocumentVersion="7")
    with refused("DuplicateInstanceId"):
        send(instances=[instance, instance])
    with refused("InvalidInstanceId"):
        send(instances=["i-0123456789abcdef0"])
    with refused("UnsupportedPlatformType"):
        send(instances=[other])
    for bad in (
        {},
        {"commands": []},
        {"commands": ["true"], "unknown": ["x"]},
        {"commands": ["true"], "executionTimeout": ["soon"]},
        {"commands": ["true"], "workingDirectory": ["/", "/srv"]},
    ):
        with refused("InvalidParameters"):
            send(parameters=bad)
    with refused("UnsupportedOperationException", "commands, line 2: the shell of the simulator has no select"):
        send(parameters={"commands": ["true", "select x in a; do :; done"]})
    with refused("UnsupportedOperationException"):
        world.ssm.send_command(
            Targets=[{"Key": "InstanceIds", "Values": [instance, other]}, {"Key": "resource-groups:Name", "Values": ["x"]}],
            DocumentName="AWS-RunShellScript",
            Parameters={"commands": ["true"]},
        )
    with refused("ValidationException"):
        world.ssm.send_command(DocumentName="AWS-RunShellScript", Parameters={"commands": ["true"]})
    with refused("InvocationDoesNotExist"):
        world.look("0" * 36, instance)
    command = world.send(instance, "true")
    with refused("InvalidPluginName"):
        world.ssm.get_command_invocation(CommandId=command, InstanceId=instance, PluginName="aws:runPowerShellScript")


# ---- Faults ----


def scenario(world, job):
    world.control.put(
        "scenarios/commands", {"name": "commands", "rules": [{"when": {"jobs": ["command"]}, "what": {"job": job}}]}
    )


def test_a_command_that_gets_stuck(world):
    instance = world.managed()
    scenario(world, {"stuck": True})
    assert world.run(instance, "true", after="61s", TimeoutSeconds=60)["StatusDetails"] == "DeliveryTimedOut"


def test_a_command_that_fails_by_a_rule(world):
    instance = world.managed()
    scenario(world, {"fail": "failed to create orchestration directory"})
    done = world.run(instance, "true")
    assert (done["Status"], done["ResponseCode"]) == ("Failed", 1)
    assert done["StandardErrorContent"] == "failed to create orchestration directory"


# ---- Images of what was configured ----


def configure(world, *last):
    """A machine configured by a command; what lies on it, and whether the script flushes, is the test's."""
    instance = world.managed()
    world.output(
        instance,
        "set -eu",
        "mkdir -p /opt/app/releases",
        "VERSION=1.2",
        "cat <<E > /opt/app/releases/app.conf",
        "version=$VERSION",
        "E",
        "cp /opt/app/releases/app.conf /etc/app.conf",
        *last,
    )
    return instance


def test_an_image_with_reboot_holds_what_the_script_wrote(quick):
    image = quick.image_of(configure(quick))
    disk = quick.disk(image)
    assert disk.fsck()[0] == 0 and disk.state() == "clean"
    assert disk.read("/opt/app/releases/app.conf") == disk.read("/etc/app.conf") == b"version=1.2\n"
    again = quick.managed(image=image["ImageId"])
    assert quick.output(again, "cat /etc/app.conf") == "version=1.2\n"


def test_an_image_without_reboot_misses_what_was_not_flushed(world):
    instance = world.managed()
    world.output(instance, "echo early > /srv/early", after="40s")
    world.output(instance, "echo late > /srv/late", "echo changed > /srv/early", after="5s")
    made = world.ec2.create_image(InstanceId=instance, Name="torn", NoReboot=True)["ImageId"]
    world.control.clock(advance="10m")
    [image] = world.ec2.describe_images(ImageIds=[made])["Images"]
    disk = world.disk(image)
    assert disk.state() == "not clean"
    assert (disk.read("/srv/early"), disk.read("/srv/late")) == (b"early\n", None)
    again = world.managed(image=made)
    assert world.output(again, "cat /srv/early; test -e /srv/late || echo lost") == "early\nlost\n"


def test_sync_flushes_before_an_image_without_reboot(quick):
    image = quick.image_of(configure(quick, "sync"), NoReboot=True)
    assert quick.disk(image).read("/etc/app.conf") == b"version=1.2\n"
    assert quick.consistency(image)["lostFiles"] == 0
    assert quick.disk(image).state() == "not clean"


def test_fsfreeze_makes_an_image_without_reboot_clean(quick):
    instance = configure(quick, "fsfreeze -f /")
    image = quick.image_of(instance, NoReboot=True)
    assert quick.output(instance, "fsfreeze -u /", "echo after > /srv/after", "cat /srv/after") == "after\n"
    disk = quick.disk(image)
    assert disk.fsck()[0] == 0 and disk.state() == "clean"
    assert disk.read("/etc/app.conf") == b"version=1.2\n"
    assert quick.consistency(image)["consistent"]


def test_a_script_waits_at_a_frozen_file_system(world):
    instance = world.managed(BlockDeviceMappings=DATA_DISK)
    assert world.output(instance, "fsfreeze -f /mnt/sdf") == ""
    waiting = world.send(instance, "echo x > /mnt/sdf/x", "cat /mnt/sdf/x")
    world.control.clock(advance="1m")
    assert world.look(waiting, instance)["Status"] == "InProgress"
    world.output(instance, "fsfreeze -u /mnt/sdf")
    world.control.clock(advance="1s")
    assert world.look(waiting, instance)["StandardOutputContent"] == "x\n"


def test_variables_come_and_go(world):
    instance = world.managed()
    assert world.output(instance, "export A=1 B", "echo $A", "unset A", 'echo "[$A]"') == "1\n[]\n"
    failed = world.run(instance, "set -o errexit +o xtrace", "false", "echo never")
    assert (failed["ResponseCode"], failed["StandardOutputContent"]) == (1, "")


def test_date_tells_virtual_time(world):
    instance = world.managed()
    world.control.clock(set="2031-05-06T07:08:00Z")
    assert world.output(instance, "date -u +%Y-%m-%d", after="1s") == "2031-05-06\n"
    assert world.output(instance, "date").startswith("Tue May  6 07:08:")
    assert "setting the clock is not simulated" in world.run(instance, "date -s now")["StandardErrorContent"]


@pytest.mark.parametrize("command", ["mkdir", "rmdir", "rm", "touch"])
def test_commands_that_need_an_operand(world, command):
    done = world.run(world.managed(), command)
    missing = "missing file operand" if command == "touch" else "missing operand"
    assert done["ResponseCode"] == 1 and f"{command}: {missing}" in done["StandardErrorContent"]


def test_a_script_can_switch_its_machine_off(world):
    instance = world.managed()
    world.run(instance, "poweroff", after="2m")
    [machine] = world.ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]
    assert machine["State"]["Name"] == "stopped"


def test_cloud_init_clean_forgets_the_first_boot(world):
    instance = world.managed()
    assert f"instances/{instance}" in world.output(instance, "readlink /var/lib/cloud/instance")
    assert world.output(instance, "cloud-init clean --logs", "ls /var/lib/cloud") == ""
    assert world.run(instance, "cat /var/log/cloud-init.log")["ResponseCode"] == 1
    assert world.run(instance, "cloud-init schema")["ResponseCode"] == 2