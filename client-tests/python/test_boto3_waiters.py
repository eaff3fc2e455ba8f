"""Every waiter that botocore has for an operation simulated here, and every way in which it can end.

Time stands still but for the waiting itself: each poll moves the virtual clock by the waiter's own delay.
botocore's file says which waiters there are and what they look for ("acceptors"); each acceptor has a test
here or a reason why AWS's own API never lets it happen.
"""

import image_steps as steps
import pytest
from botocore import xform_name
from botocore.exceptions import WaiterError
from botocore.loaders import Loader
from machines import launched
from test_model import operations

KNOWN = {op["name"] for op in operations() if op["service"] == "ec2"}
WAITERS = {
    name: waiter
    for name, waiter in Loader().load_service_model("ec2", "waiters-2")["waiters"].items()
    if waiter["operation"] in KNOWN
}
BUCKET = "amisim-waiters"


class World:
    """An account whose clock stands still. A method makes what a waiter is given, and returns that."""

    def __init__(self, amisim, account):
        self.amisim, self.account = amisim, account
        self.ec2 = amisim.client("ec2", account)
        self.polls = 0
        self.between = {}  # number of a poll -> what happens after it
        amisim.control.clock(freeze=True)

    def advance(self, span):
        self.amisim.control.clock(advance=span)

    def rule(self, when, what):
        self.amisim.control.put("scenarios/fault", {"rules": [{"when": when, "what": what}]})

    def fail(self, job):
        self.rule({"jobs": [job]}, {"job": {"fail": "it broke"}})

    def hide(self, operation):
        """What this operation makes cannot be found for two calls."""
        self.rule({"operations": [operation]}, {"hide": {"calls": 2}})

    def wait(self, name, parameters):
        """Returns after how many polls."""
        waiter = WAITERS[name]

        def polled(**_):
            self.polls += 1
            self.advance(f"{waiter['delay']}s")
            self.between.get(self.polls, lambda: None)()

        event = f"after-call.ec2.{waiter['operation']}"
        self.ec2.meta.events.register(event, polled)
        # bundling takes longer than the ten minutes that its waiter has the patience for
        config = {"Delay": 0, "MaxAttempts": 100 if name == "BundleTaskComplete" else waiter["maxAttempts"]}
        self.ec2.get_waiter(xform_name(name)).wait(**parameters, WaiterConfig=config)
        return self.polls

    # ---- What is waited for ----

    def image(self):
        return {"ImageIds": [steps.register(self.ec2, self.done_snapshot())]}

    def copy(self):
        public = steps.public_image(self.ec2)
        made = self.ec2.copy_image(Name="copy", SourceImageId=public, SourceRegion="us-east-1")
        return {"ImageIds": [made["ImageId"]]}

    def done_image(self):
        image = self.copy()["ImageIds"][0]
        self.advance("24h")
        return image

    def volume(self):
        made = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
        return {"VolumeIds": [made["VolumeId"]]}

    def done_volume(self):
        volume = self.volume()["VolumeIds"][0]
        self.advance("1h")
        return volume

    def deleted_volume(self):
        volume = self.done_volume()
        self.ec2.delete_volume(VolumeId=volume)
        return {"VolumeIds": [volume]}

    def attached_volume(self):
        volume, instance = self.done_volume(), self.running_instance()
        self.ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
        return {"VolumeIds": [volume]}

    def snapshot(self):
        return {"SnapshotIds": [self.ec2.create_snapshot(VolumeId=self.done_volume())["SnapshotId"]]}

    def done_snapshot(self):
        snapshot = self.snapshot()["SnapshotIds"][0]
        self.advance("1h")
        return snapshot

    def instance(self, **more):
        return {"InstanceIds": [launched(self.ec2, **more)]}

    def running_instance(self, **more):
        instance = launched(self.ec2, **more)
        self.advance("1h")
        return instance

    def stopped(self):
        instance = self.running_instance()
        self.ec2.stop_instances(InstanceIds=[instance])
        return {"InstanceIds": [instance]}

    def ending(self):
        instance = self.running_instance()
        self.ec2.terminate_instances(InstanceIds=[instance])
        return {"InstanceIds": [instance]}

    def ended(self):
        ending = self.ending()
        self.advance("10m")
        return ending

    def windows(self):
        self.ec2.create_key_pair(KeyName="mine")
        image = steps.public_image(self.ec2, "Windows_Server-2022-English-Full-Base*")
        return {"InstanceId": launched(self.ec2, ImageId=image, KeyName="mine")}

    def bundle(self):
        image = steps.public_image(self.ec2, "windows-of-old")
        instance = self.running_instance(ImageId=image, InstanceType="m3.medium")
        made = self.ec2.bundle_instance(
            InstanceId=instance, Storage={"S3": {"Bucket": BUCKET, "Prefix": "mine"}}
        )
        return {"BundleIds": [made["BundleTask"]["BundleId"]]}

    def cancelled_bundle(self):
        bundle = self.bundle()
        self.ec2.cancel_bundle_task(BundleId=bundle["BundleIds"][0])
        return bundle

    def report(self):
        made = self.ec2.create_image_usage_report(
            ImageId=self.done_image(), ResourceTypes=[{"ResourceType": "ec2:Instance"}]
        )
        return {"ReportIds": [made["ReportId"]]}

    def imported(self):
        disk = {"Format": "RAW", "UserBucket": {"S3Bucket": BUCKET, "S3Key": "disk.raw"}}
        made = self.ec2.import_snapshot(DiskContainer=disk)
        return {"ImportTaskIds": [made["ImportTaskId"]]}

    def stored(self):
        image = self.done_image()
        self.ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
        return {"ImageIds": [image]}

    def stored_without_key(self):
        kms = self.amisim.client("kms", self.account)
        key = kms.create_key()["KeyMetadata"]["Arn"]
        volume = self.ec2.create_volume(
            AvailabilityZone="us-east-1a", Size=1, Encrypted=True, KmsKeyId=key
        )["VolumeId"]
        self.advance("1h")
        snapshot = self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
        self.advance("1h")
        image = steps.register(self.ec2, snapshot)
        self.advance("1h")
        kms.disable_key(KeyId=key)
        self.ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)
        return {"ImageIds": [image]}

    def left_interface(self):
        """That of an instance which ends, and which it does not take along."""
        nics = [{"DeviceIndex": 0, "DeleteOnTermination": False}]
        instance = self.running_instance(NetworkInterfaces=nics)
        interfaces = self.ec2.describe_network_interfaces()["NetworkInterfaces"]
        self.ec2.terminate_instances(InstanceIds=[instance])
        return {"NetworkInterfaceIds": [nic["NetworkInterfaceId"] for nic in interfaces]}

    def key(self):
        self.ec2.create_key_pair(KeyName="mine")
        return {"KeyNames": ["mine"]}

    def later_key(self):
        self.between[2] = self.key
        return {"KeyNames": ["mine"]}

    def group(self):
        made = self.ec2.create_security_group(GroupName="mine", Description="mine")
        return {"GroupIds": [made["GroupId"]]}

    def later_group(self):
        self.between[2] = self.group
        return {"GroupNames": ["mine"]}

    def gateway(self):
        (gateway,) = self.ec2.describe_internet_gateways()["InternetGateways"]
        return {"InternetGatewayIds": [gateway["InternetGatewayId"]]}

    def vpc(self):
        return {"VpcIds": [self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]]}

    def subnet(self):
        (vpc,) = self.vpc()["VpcIds"]
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
        return {"SubnetIds": [made["Subnet"]["SubnetId"]]}


def hidden(operation, make):
    """As `make`, in a world where what is made is not found at first."""

    def later(world):
        world.hide(operation)
        return make(world)

    return later


def failed(job, make):
    def broken(world):
        world.fail(job)
        return make(world)

    return broken


# (waiter, what it looks for) -> what makes it happen
SUCCESS = {
    ("BundleTaskComplete", "complete"): World.bundle,
    ("ImageAvailable", "available"): World.copy,
    ("ImageExists", True): World.copy,
    ("ImageUsageReportAvailable", "available"): World.report,
    ("InstanceExists", True): World.instance,
    ("InstanceRunning", "running"): World.instance,
    ("InstanceStatusOk", "ok"): World.instance,
    ("InstanceStopped", "stopped"): World.stopped,
    ("InstanceTerminated", "terminated"): World.ending,
    ("InternetGatewayExists", True): World.gateway,
    ("KeyPairExists", True): World.key,
    ("NetworkInterfaceAvailable", "available"): World.left_interface,
    ("PasswordDataAvailable", True): World.windows,
    ("SecurityGroupExists", True): World.group,
    ("SnapshotCompleted", "completed"): World.snapshot,
    ("SnapshotImported", "completed"): World.imported,
    ("StoreImageTaskComplete", "Completed"): World.stored,
    ("SubnetAvailable", "available"): World.subnet,
    ("SystemStatusOk", "ok"): World.instance,
    ("VolumeAvailable", "available"): World.volume,
    ("VolumeDeleted", "InvalidVolume.NotFound"): World.deleted_volume,
    ("VolumeInUse", "in-use"): World.attached_volume,
    ("VpcAvailable", "available"): World.vpc,
    ("VpcExists", 200): World.vpc,
}
RETRY = {
    ("ImageExists", "InvalidAMIID.NotFound"): hidden("CopyImage", World.copy),
    ("InstanceExists", "InvalidInstanceID.NotFound"): hidden("RunInstances", World.instance),
    ("InstanceRunning", "InvalidInstanceID.NotFound"): hidden("RunInstances", World.instance),
    ("InstanceStatusOk", "InvalidInstanceID.NotFound"): hidden("RunInstances", World.instance),
    ("KeyPairExists", "InvalidKeyPair.NotFound"): World.later_key,
    ("SecurityGroupExists", "InvalidGroup.NotFound"): World.later_group,
    ("StoreImageTaskComplete", "InProgress"): World.stored,
    ("VpcExists", "InvalidVpcID.NotFound"): hidden("CreateVpc", World.vpc),
}
FAILURE = {
    ("BundleTaskComplete", "failed"): World.cancelled_bundle,
    ("ImageAvailable", "failed"): failed("image-copy", World.copy),
    ("InstanceRunning", "shutting-down"): World.ending,
    ("InstanceRunning", "terminated"): World.ended,
    ("InstanceRunning", "stopping"): World.stopped,
    ("InstanceStopped", "pending"): World.instance,
    ("InstanceStopped", "terminated"): World.ended,
    ("InstanceTerminated", "pending"): World.instance,
    ("InstanceTerminated", "stopping"): World.stopped,
    ("NetworkInterfaceAvailable", "InvalidNetworkInterfaceID.NotFound"): lambda w: {
        "NetworkInterfaceIds": ["eni-0fedcba9876543210"]
    },
    ("SnapshotCompleted", "error"): failed("snapshot", World.snapshot),
    ("StoreImageTaskComplete", "Failed"): World.stored_without_key,
}
NEVER = {
    ("InternetGatewayExists", "InvalidInternetGateway.NotFound"): "none is made but with the VPC",
    ("ImageUsageReportAvailable", "failed"): "no cause is known that makes a report fail",
    ("SnapshotImported", "error"): "a task that failed shows itself as deleted",
    ("VolumeAvailable", "deleted"): "a deleted volume is not found any more",
    ("VolumeDeleted", "deleted"): "a deleted volume is not found any more",
    ("VolumeInUse", "deleted"): "a deleted volume is not found any more",
}
# What they wait for cannot be made here.
NOT_MADE = {
    "ConversionTaskCancelled",
    "ConversionTaskCompleted",
    "ConversionTaskDeleted",
    "ExportTaskCancelled",
    "ExportTaskCompleted",
    "NatGatewayAvailable",
    "NatGatewayDeleted",
    "SpotInstanceRequestFulfilled",
    "VpcPeeringConnectionDeleted",
    "VpcPeeringConnectionExists",
}
# These succeed at the first poll.
AT_ONCE = {
    "ImageExists",
    "InstanceExists",
    "InternetGatewayExists",
    "KeyPairExists",
    "SecurityGroupExists",
    "SubnetAvailable",
    "VolumeInUse",  # while it is being attached
    "VpcAvailable",
    "VpcExists",
}

@pytest.fixture
def world(start_amisim, account, tmp_path):
    amisim = start_amisim("--pace", "real", "--fixtures", steps.old_windows(tmp_path))
    return World(amisim, account)


def names(cases):
    return [f"{waiter}-{wanted}" for waiter, wanted in cases]


def test_nothing_is_forgotten():
    declared = {
        (name, acceptor["expected"], acceptor["state"])
        for name, waiter in WAITERS.items()
        for acceptor in waiter["acceptors"]
        if name not in NOT_MADE
    }
    assert NOT_MADE <= WAITERS.keys()
    tables = {"success": SUCCESS, "retry": RETRY, "failure": FAILURE}
    tested = {(*case, state) for state, table in tables.items() for case in table}
    never = {acceptor for acceptor in declared if acceptor[:2] in NEVER}
    assert len(never) == len(NEVER)
    assert declared - never == tested


@pytest.mark.parametrize("case", SUCCESS, ids=names(SUCCESS))
def test_success(world, case):
    name, _ = case
    polls = world.wait(name, SUCCESS[case](world))
    assert (polls == 1) == (name in AT_ONCE)


@pytest.mark.parametrize("case", RETRY, ids=names(RETRY))
def test_retry(world, case):
    """What is not there yet is asked for again."""
    name, wanted = case
    seen = []
    event = f"after-call.ec2.{WAITERS[name]['operation']}"
    parameters = RETRY[case](world)
    world.ec2.meta.events.register(event, lambda parsed, **_: seen.append(parsed))
    assert world.wait(name, parameters) > 2
    first, last = str(seen[0]), str(seen[-1])
    assert wanted in first and wanted not in last


@pytest.mark.parametrize("case", FAILURE, ids=names(FAILURE))
def test_failure(world, case):
    name, wanted = case
    parameters = FAILURE[case](world)
    with pytest.raises(WaiterError, match=wanted):
        world.wait(name, parameters)
