"""One of everything, made by calls. What is made is remembered by what parameters call it: names["ImageId"]."""

import json
import re

from wire import send

ANY = {"Owner": ["amazon"], "Filter": [{"Name": "name", "Value": ["al2023-ami-2023*-x86_64"]}]}


class Mold:
    """Makes things on one server and remembers their names."""

    def __init__(self, server, ops, names):
        self.server, self.ops, self.names = server, ops, names

    def call(self, name, **given):
        service, _, action = name.rpartition(".")
        status, body = send(self.server, self.ops[service or "ec2", action], given)
        if not 200 <= status < 300:
            raise SystemExit(f"the mold cannot be made: {name} {given}: {status} {body[:500]}")
        return body.decode()

    def keep(self, name, body, element=None):
        """Remembers the text of an element or JSON member of an answer."""
        element = element or name[0].lower() + name[1:]
        found = re.search(rf'<{element}>([^<]+)<|"{element}": ?"([^"]+)"', body)
        if not found:
            raise SystemExit(f"no {element} in {body[:800]}")
        self.names[name] = found[1] or found[2]
        return self.names[name]


def stand_on(m):
    """What copies share: the account's own network."""
    for name in ("DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups"):
        m.call(name)
    m.keep("PublicImage", m.call("DescribeImages", **ANY), "imageId")
    m.keep("SharedSubnet", m.call("DescribeSubnets"), "subnetId")


def make_network(m):
    m.keep("VpcId", m.call("CreateVpc", CidrBlock="10.9.0.0/16"))
    m.keep("SubnetId", m.call("CreateSubnet", VpcId=m.names["VpcId"], CidrBlock="10.9.1.0/24"))
    group = m.keep("GroupId", m.call("CreateSecurityGroup", GroupName="mold", GroupDescription="mold"))
    m.call("AuthorizeSecurityGroupIngress", GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.0.0.0/8")


def make_keys(m):
    m.call("CreateKeyPair", KeyName="mold")
    key = m.keep("KeyId", m.call("kms.CreateKey", Description="mold", Tags=[{"TagKey": "mold", "TagValue": "mold"}]), "KeyId")
    m.call("kms.CreateAlias", AliasName="alias/mold", TargetKeyId=key)
    who = "arn:aws:iam::123456789012:role/mold"
    m.keep("GrantId", m.call("kms.CreateGrant", KeyId=key, GranteePrincipal=who, Operations=["Decrypt"]), "GrantId")
    m.call("ssm.PutParameter", Name="/mold/parameter", Value="mold", Type="String", Tags=[{"Key": "mold", "Value": "mold"}])


def make_machines(m):
    image = m.names["PublicImage"]
    data = {"ImageId": image, "InstanceType": "t3.micro"}
    m.keep("LaunchTemplateId", m.call("CreateLaunchTemplate", LaunchTemplateName="mold", LaunchTemplateData=data))
    run = m.call("RunInstances", ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, KeyName="mold",
                 SecurityGroupId=[m.names["GroupId"]], SubnetId=m.names["SharedSubnet"], ClientToken="mold")
    instance = m.keep("InstanceId", run)
    extra = m.keep("DataVolume", m.call("CreateVolume", AvailabilityZone="us-east-1a", Size=1), "volumeId")
    m.keep("VolumeId", m.call("CreateVolume", AvailabilityZone="us-east-1a", Size=1, ClientToken="mold"))
    m.call("ModifyVolume", VolumeId=extra, Size=2)
    m.call("MonitorInstances", InstanceId=[instance])
    m.keep("ReplaceTask", m.call("CreateReplaceRootVolumeTask", InstanceId=instance), "replaceRootVolumeTaskId")


def make_images(m):
    instance, tag = m.names["InstanceId"], {"Key": "Name", "Value": "mold"}
    tags = [{"ResourceType": "image", "Tag": [tag]}, {"ResourceType": "snapshot", "Tag": [tag]}]
    image = m.keep("ImageId", m.call("CreateImage", InstanceId=instance, Name="mold", TagSpecification=tags))
    m.call("DescribeImages", ImageId=[image])
    snapshot = m.keep("SnapshotOfImage", m.call("DescribeImages", ImageId=[image]), "snapshotId")
    m.keep("SnapshotId", m.call("CreateSnapshot", VolumeId=m.names["VolumeId"], Description="mold"))
    m.keep("CopiedImage", m.call("CopyImage", SourceImageId=image, SourceRegion="us-east-1", Name="mold copy"), "imageId")
    m.keep("CopiedSnapshot", m.call("CopySnapshot", SourceSnapshotId=snapshot, SourceRegion="us-east-1"), "snapshotId")
    mapping = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}]
    m.keep("Registered", m.call("RegisterImage", Name="mold registered", RootDeviceName="/dev/xvda",
                                Architecture="x86_64", BlockDeviceMapping=mapping), "imageId")
    m.call("ModifyImageAttribute", ImageId=image, Attribute="launchPermission", OperationType="add", UserId=["111122223333"])
    m.call("ModifySnapshotAttribute", SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add",
           UserId=["111122223333"])
    m.call("AttachImageWatermark", ImageId=image, WatermarkName="mold")


def make_tasks(m):
    image, snapshot = m.names["ImageId"], m.names["SnapshotId"]
    m.keep("ReportId", m.call("CreateImageUsageReport", ImageId=image, ResourceType=[{"ResourceType": "ec2:Instance"}]))
    m.call("CreateStoreImageTask", ImageId=m.names["CopiedImage"], Bucket="mold")
    m.call("ExportImage", ImageId=image, DiskImageFormat="VMDK", S3ExportLocation={"S3Bucket": "mold"})
    m.call("ImportSnapshot", DiskContainer={"Format": "VMDK", "UserBucket": {"S3Bucket": "mold", "S3Key": "mold.vmdk"}})
    m.call("ImportImage", DiskContainer=[{"Format": "VMDK", "UserBucket": {"S3Bucket": "mold", "S3Key": "mold.vmdk"}}])
    m.call("LockSnapshot", SnapshotId=snapshot, LockMode="governance", LockDuration=1)
    m.call("EnableFastSnapshotRestores", SourceSnapshotId=[snapshot], AvailabilityZone=["us-east-1a"])
    m.call("ModifySnapshotTier", SnapshotId=m.names["CopiedSnapshot"], StorageTier="archive")


def make_bin(m):
    """In the Recycle Bin: an image and a snapshot. The rule is of these tags alone."""
    tags = [{"ResourceTagKey": "mold", "ResourceTagValue": "bin"}]
    for kind in ("EBS_SNAPSHOT", "EC2_IMAGE"):
        rule = m.call("rbin.CreateRule", ResourceType=kind, ResourceTags=tags,
                      RetentionPeriod={"RetentionPeriodValue": 365, "RetentionPeriodUnit": "DAYS"})
        m.names.setdefault("identifier", json.loads(rule)["Identifier"])
    snapshot = m.keep("BinSnapshot", m.call("CreateSnapshot", VolumeId=m.names["VolumeId"]), "snapshotId")
    image = m.keep("BinImage", m.call("CopyImage", SourceImageId=m.names["ImageId"], SourceRegion="us-east-1",
                                      Name="mold bin"), "imageId")
    m.call("CreateTags", ResourceId=[snapshot, image], Tag=[{"Key": "mold", "Value": "bin"}])
    m.call("DeleteSnapshot", SnapshotId=snapshot)
    m.call("DeregisterImage", ImageId=image)


def make_mold(m):
    for make in (make_network, make_keys, make_machines, make_images, make_tasks, make_bin):
        make(m)


def make_nightly(m):
    """One more image of an instance that has one: its snapshots continue a lineage."""
    image = m.keep("Nightly", m.call("CreateImage", InstanceId=m.names["InstanceId"], Name="mold nightly", NoReboot="true"), "imageId")
    m.keep("NightlySnapshot", m.call("DescribeImages", ImageId=[image]), "snapshotId")


def make_gone(m):
    """An image that was registered of a snapshot which stays, and deregistered."""
    mapping = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": m.names["SnapshotOfImage"]}}]
    gone = m.keep("Gone", m.call("RegisterImage", Name="mold gone", RootDeviceName="/dev/xvda", Architecture="x86_64",
                                 BlockDeviceMapping=mapping), "imageId")
    m.call("DeregisterImage", ImageId=gone)


# Each begins where the one before ended; what the first makes is shared by all copies.
STAGES = (stand_on, make_mold, make_nightly, make_gone)
