"""The worst inputs that are known, for each operation. What an operation requires is filled in by the names of its
parameters, from a copy of the mold of its own, so that it finds what it asks for; WORST says what is worse than that."""

import base64
import hashlib
import json
import re

from query import ACCOUNT

MANY_IDS, MANY_VALUES = 1000, 200
BLOCK = bytes(512 * 1024)
# Which of the mold's names a parameter wants, where it is not called the same.
NAMES = {
    "SourceImageId": "ImageId", "image": "ImageId", "instance": "InstanceId", "SourceSnapshotId": "SnapshotId",
    "SourceVolumeId": "VolumeId", "TargetKeyId": "KeyId", "KmsKeyId": "KeyId", "snapshotId": "SnapshotOfImage",
    "secondSnapshotId": "SnapshotOfImage", "firstSnapshotId": "SnapshotOfImage", "Template": "LaunchTemplateId",
}
# The ids of lists, by the list's parameter; of others the name of the parameter says it.
LISTED = {
    "KeyPairId": None, "SecurityGroupRuleId": None, "ImportTaskId": None, "ExportImageTaskId": None, "NetworkInterfaceId": None,
    "ReplaceRootVolumeTaskId": "ReplaceTask",
}
# The things that an operation asks for, where its parameter does not say which.
ASKED = {
    "DescribeVolumesModifications": "DataVolume", "ListSnapshotsInRecycleBin": "BinSnapshot", "ListImagesInRecycleBin": "BinImage",
    "RestoreImageFromRecycleBin": "BinImage", "RestoreSnapshotFromRecycleBin": "BinSnapshot", "RestoreSnapshotTier": "CopiedSnapshot",
}
VALUES = {
    "AllowedImagesSettingsState": "enabled", "AliasName": "alias/new", "CpuCredits": "standard", "DeprecateAt": "2027-01-01T00:00:00Z",
    "Device": "/dev/sdk", "DiskImageFormat": "VMDK", "DocumentName": "AWS-RunShellScript", "ImageBlockPublicAccessState": "block-new-sharing",
    "State": "block-all-sharing", "LockMode": "governance", "Bucket": "mold", "S3Bucket": "mold", "LaunchTemplateVersion": "1",
    "ResourceTagKey": "mold", "RetentionPeriodUnit": "DAYS", "RetentionPeriodValue": 7, "UnlockDelayUnit": "DAYS", "UnlockDelayValue": 7,
    "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/mold", "RoleSessionName": "mold", "MinCount": 1, "MaxCount": 1, "Operations": ["Decrypt"],
    "SourceRegion": "us-east-1", "VolumeSize": 1, "Path": "/", "WatermarkName": "new", "Version": "1", "TagKey": "new",
    "TagValue": "new", "Policy": "{}", "PublicKeyMaterial": "", "Description": "new", "GroupDescription": "new",
}


def filled(parameters, copy):
    """The parameters that are required, and those inside them."""
    given = {}
    for parameter in parameters:
        if not parameter.get("required") or parameter.get("refused"):
            continue
        name, kind = parameter["name"], parameter["type"]
        if kind in ("list", "structure"):
            inside = filled(parameter.get("members", ()), copy)
            value = [inside] if kind == "list" else inside
        else:
            value = copy(NAMES.get(name, name)) or VALUES.get(name) or (parameter.get("values") or ["new"])[0]
            value = [value] if kind == "strings" and not isinstance(value, list) else value
        given[name] = value
    return given


def pointed(op, copy):
    """Names that a call may give and will hardly do without."""
    return {
        parameter["name"]: copy(NAMES.get(parameter["name"], parameter["name"]))
        for parameter in op["parameters"]
        if parameter["type"] == "string" and not parameter.get("refused") and copy(NAMES.get(parameter["name"], parameter["name"]))
    }


def lists_ids(op, crowd):
    """A thousand ids: the first list of texts of an operation that describes."""
    first = next((p for p in op["parameters"] if p["type"] == "strings" and p["name"].endswith("Id")), None)
    if not first or not op["name"].startswith(("Describe", "List")):
        return None
    name = ASKED.get(op["name"]) or LISTED.get(first["name"], first["name"])
    if name not in crowd.names:
        return None
    most = min(MANY_IDS, first.get("max") or MANY_IDS, crowd.count)
    return {first["name"]: [crowd.of(name, number) for number in range(most)]}


def filters(name, values):
    return [{"Name": name, "Value" if name else "Values": values}]


def hostile_values(count=MANY_VALUES):
    return [f"*a*{number}*b*a*" for number in range(count)]


def scenario(rules):
    return json.dumps({"name": "many", "rules": [
        {"when": {"operations": ["Describe*"], "names": [f"*a*{n}*b"], "tags": {"Name": f"*z*{n}*"}, "resources": [f"*{n}*q*"]},
         "what": {"error": {"code": "Nothing"}}} for n in range(rules)]})


def timeline(steps):
    call = {"service": "ec2", "operation": "CreateVolume", "account": "999988887777", "region": "us-east-1",
            "parameters": {"AvailabilityZone": "us-east-1a", "Size": "1"}}
    return json.dumps({"name": "steps", "timeline": [{"at": "1s", "call": call} for _ in range(steps)]})


def tags(count, key="Key", value="Value"):
    return [{key: f"key{number:04}" + "k" * 100, value: "v" * 250} for number in range(count)]


def worst(op, crowd, number):
    """Pairs of a word and an input; number is the copy whose things may be changed."""
    asked = ASKED.get(op["name"])

    def copy(name):
        name = asked if asked and name in ("ImageId", "SnapshotId") else name
        return crowd.of(name, number) if name in crowd.names else None

    special = SPECIAL.get((op["service"], op["name"]))
    if special:
        yield from special(crowd, copy)
        return
    least = filled(op["parameters"], copy)
    if op["writes"]:
        least = {**pointed(op, copy), **least}
    least |= ALSO.get(op["name"], {})
    least = {key: value for key, value in least.items() if value is not None}
    yield "", least
    ids = lists_ids(op, crowd)
    if ids:
        yield "1,000 ids", ids
    known = {parameter["name"] for parameter in op["parameters"]}
    if "Filter" in known and op["service"] == "ec2" and op["name"].startswith(("Describe", "List", "Get")):
        for name in FILTERS.get(op["name"], ("tag:mold",)):
            yield f"{MANY_VALUES} values of {name}", {**least, "Filter": filters(name, hostile_values())}


RULES = [{"IpProtocol": "tcp", "FromPort": n, "ToPort": n, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]} for n in range(1, 60)]
ALSO = {
    "LockSnapshot": {"LockDuration": 1},
    "EnableFastSnapshotRestores": {"AvailabilityZone": ["us-east-1b"]},
    "DisableFastSnapshotRestores": {"AvailabilityZone": ["us-east-1a"]},
    "ModifyVolume": {"Size": 5},
    "ImportKeyPair": {"KeyName": "imported"},
    "RestoreSnapshotTier": {"PermanentRestore": "true"},
    "ModifySnapshotTier": {"StorageTier": "archive"},
    "CreateVolume": {"AvailabilityZone": "us-east-1a", "KmsKeyId": None},
    "CopyImage": {"KmsKeyId": None},
    "CreateVpc": {"CidrBlock": "10.8.0.0/16"},
    "CreateSubnet": {"CidrBlock": "10.9.2.0/24"},
    "CreateLaunchTemplate": {"LaunchTemplateName": "new", "LaunchTemplateData": {"InstanceType": "t3.micro"}},
    "CreateLaunchTemplateVersion": {"LaunchTemplateName": None, "LaunchTemplateData": {"InstanceType": "t3.micro"}},
    "CreateReplaceRootVolumeTask": {"SnapshotId": None, "ImageId": None, "VolumeId": None},
    "CreateImageUsageReport": {"ResourceType": [{"ResourceType": "ec2:Instance"}]},
    "ImportImage": {"DiskContainer": [{"Format": "VMDK", "UserBucket": {"S3Bucket": "mold", "S3Key": "mold.vmdk"}}], "KmsKeyId": None},
    "ImportSnapshot": {"DiskContainer": {"Format": "VMDK", "UserBucket": {"S3Bucket": "mold", "S3Key": "mold.vmdk"}}, "KmsKeyId": None},
    "AuthorizeSecurityGroupEgress": {"IpPermissions": RULES},
    "ResetImageAttribute": {"Attribute": "launchPermission"},
    "ResetSnapshotAttribute": {"Attribute": "createVolumePermission"},
    "ResetInstanceAttribute": {"Attribute": "sourceDestCheck"},
    "ModifyInstanceAttribute": {"Attribute": None, "DisableApiTermination": {"Value": "true"}},
    "ModifySubnetAttribute": {"MapPublicIpOnLaunch": {"Value": "true"}},
    "ModifyVpcAttribute": {"EnableDnsSupport": {"Value": "true"}},
    "ModifyVolumeAttribute": {"AutoEnableIO": {"Value": "true"}},
    "DescribeInstanceAttribute": {"Attribute": "userData"},
    "DescribeSnapshotAttribute": {"Attribute": "createVolumePermission"},
}
FILTERS = {
    "DescribeImages": ("name", "block-device-mapping.snapshot-id", "tag:Name"),
    "DescribeSnapshots": ("description", "tag:Name"),
    "DescribeInstances": ("image-id", "tag:Name", "network-interface.group-id"),
    "DescribeVolumes": ("attachment.instance-id", "tag:Name"),
    "DescribeInstanceTypes": ("instance-type",),
    "DescribeInstanceTypeOfferings": ("instance-type",),
    "DescribeTags": ("key", "value", "resource-id"),
    "DescribeKeyPairs": ("key-name",),
    "DescribeSecurityGroups": ("group-name", "ip-permission.cidr"),
    "DescribeSecurityGroupRules": ("group-id",),
    "DescribeImageUsageReports": ("state",),
    "DescribeAvailabilityZones": ("zone-name",),
    "DescribeRegions": ("region-name",),
    "DescribeIamInstanceProfileAssociations": ("instance-id",),
    "DescribeBundleTasks": ("instance-id",),
    "DescribeFastSnapshotRestores": ("snapshot-id",),
    "DescribeInstanceCreditSpecifications": ("instance-id",),
    "DescribeInstanceStatus": ("availability-zone",),
    "DescribeLockedSnapshots": ("lock-state",),
    "DescribeStoreImageTasks": ("task-state",),
    "DescribeVolumeStatus": ("availability-zone",),
    "DescribeVolumesModifications": ("volume-id",),
}


def block(copy):
    digest = base64.b64encode(hashlib.sha256(BLOCK).digest()).decode()
    return {"snapshotId": copy("Direct"), "blockIndex": 0, "x-amz-Data-Length": len(BLOCK), "x-amz-Checksum": digest,
            "x-amz-Checksum-Algorithm": "SHA256", "BlockData": BLOCK}


def one(given, word=""):
    return lambda crowd, copy: [(word, given(copy) if callable(given) else given)]


def mapping(copy):
    return [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": copy("SnapshotOfImage")}}]


def nothing(crowd, copy):
    """Comes last, for it changes what all others meet."""
    return ()


SPECIAL = {
    ("ec2", "RegisterImage"): lambda crowd, copy: [
        ("of a snapshot with many deregistered images", {
            "Name": "new", "RootDeviceName": "/dev/xvda", "Architecture": "x86_64",
            "BlockDeviceMapping": [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": crowd.names["SnapshotOfImage"]}}]})],
    ("ec2", "CreateImage"): lambda crowd, copy: [
        ("of an instance with many images", {"InstanceId": crowd.names["InstanceId"], "Name": "new of many", "NoReboot": "true"}),
        ("", {"InstanceId": copy("InstanceId"), "Name": "new of one"})],
    ("ec2", "CreateSnapshot"): lambda crowd, copy: [("", {"VolumeId": copy("VolumeId")})],
    ("ec2", "DeleteSnapshot"): lambda crowd, copy: [
        ("in use", {"SnapshotId": copy("SnapshotOfImage")}),
        ("of many deregistered images", {"SnapshotId": crowd.names["SnapshotOfImage"]}),
        ("", {"SnapshotId": copy("SnapshotId")})],
    ("ec2", "RunInstances"): lambda crowd, copy: [
        ("", {"ImageId": copy("ImageId"), "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}),
        ("a hundred", {"ImageId": copy("ImageId"), "InstanceType": "t3.nano", "MinCount": 100, "MaxCount": 100})],
    ("ec2", "CreateTags"): one(lambda copy: {"ResourceId": [copy("ImageId"), copy("SnapshotId")], "Tag": tags(40)}),
    ("ec2", "DeleteTags"): lambda crowd, copy: [("1,000 resources", {"ResourceId": [crowd.of("ImageId", n) for n in range(min(MANY_IDS, crowd.count))]})],
    ("ec2", "AuthorizeSecurityGroupIngress"): one(lambda copy: {"GroupId": copy("GroupId"), "IpPermissions": RULES}, "59 rules"),
    ("ec2", "ModifyImageAttribute"): one(lambda copy: {"ImageId": copy("ImageId"), "Attribute": "launchPermission", "OperationType": "add",
        "UserId": [f"{n:012}" for n in range(1, 900)]}, "899 accounts"),
    ("ec2", "ModifySnapshotAttribute"): one(lambda copy: {"SnapshotId": copy("SnapshotOfImage"), "Attribute": "createVolumePermission",
        "OperationType": "add", "UserId": [f"{n:012}" for n in range(1, 500)]}, "499 accounts"),
    ("ec2", "TerminateInstances"): lambda crowd, copy: [
        ("1,000 ids", {"InstanceId": [crowd.of("InstanceId", crowd.count - n) for n in range(1, min(MANY_IDS, crowd.count // 2))]})],
    ("ec2", "DescribeImageAttribute"): one(lambda copy: {"ImageId": copy("ImageId"), "Attribute": "launchPermission"}),
    ("ec2", "DescribeImageReferences"): one(lambda copy: {"ImageId": [copy("ImageId")], "IncludeAllResourceTypes": "true"}),
    ("ec2", "CreateSnapshots"): one(lambda copy: {"InstanceSpecification": {"InstanceId": copy("InstanceId")}}),
    ("ssm", "PutParameter"): one(lambda copy: {"Name": "/new/" + "p" * 900, "Value": "v" * 4000, "Type": "String", "AllowedPattern": "(v*)*(v*)*v{1,4000}"}),
    ("ssm", "DescribeParameters"): lambda crowd, copy: [
        ("", {}), ("that no name meets", {"MaxResults": 50, "ParameterFilters": [{"Key": "Name", "Option": "Contains", "Values": ["nothing"]}]})],
    ("ssm", "GetParametersByPath"): one({"Path": "/", "Recursive": True}),
    ("ssm", "GetParameters"): one(lambda copy: {"Names": [f"/mold{n:05x}/parameter" for n in range(1, 11)]}),
    ("ssm", "SendCommand"): one(lambda copy: {"DocumentName": "AWS-RunShellScript", "InstanceIds": [copy("InstanceId")],
        "Parameters": {"commands": ["i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"]}}),
    ("ebs", "StartSnapshot"): one({"VolumeSize": 1}),
    ("amisim", "PutScenario"): nothing,
    ("amisim", "SetClock"): nothing,
    ("amisim", "WriteGuestFile"): one(lambda copy: {"instance": copy("InstanceId"), "path": "mold/new", "content": b"x" * 1_000_000}),
    ("amisim", "PutState"): nothing,
    ("amisim", "Reset"): nothing,
    ("amisim", "GetRequests"): one({"resource": "nothing"}),
    ("amisim", "GetEvents"): one({"subject": "nothing"}),
    ("amisim", "LocalStackReset"): nothing,
    ("amisim", "MotoReset"): nothing,
}
LAST = (
    ("amisim", "PutScenario", "1,000 rules", {"name": "many", "document": scenario(1000)}),
    ("ec2", "DescribeImages", "that meets 1,000 rules", {"Owner": ["self"]}),
    ("amisim", "PutScenario", "a timeline of 1,000 steps", {"name": "steps", "document": timeline(1000)}),
    ("amisim", "SetClock", "1,000 steps fall due", {"advance": "2s"}),
    ("amisim", "SetClock", "a day", {"advance": "25h"}),
    ("amisim", "SetClock", "a hundred days", {"advance": "100d"}),
    ("amisim", "SetClock", "two years", {"advance": "730d"}),
    ("amisim", "Reset", "of the account", {"account": ACCOUNT}),
    ("amisim", "Reset", "", {}),
)


def flat_inputs(crowd, number):
    """Calls that find what belongs to one copy, by what an index knows: they may not cost more in a larger world."""
    def copy(name):
        return crowd.of(name, number)

    mold = crowd.text("mold", number)
    for service, name, word, given in (
        ("ec2", "DescribeImages", "by id", {"ImageId": [copy("ImageId")]}),
        ("ec2", "DescribeImages", "by name", {"Filter": filters("name", [mold])}),
        ("ec2", "DescribeImages", "by beginning of the name", {"Filter": filters("name", [f"{mold} reg*"])}),
        ("ec2", "DescribeImages", "by tag", {"Filter": filters("tag:Name", [mold])}),
        ("ec2", "DescribeImages", "by image-id", {"Filter": filters("image-id", [copy("ImageId")])}),
        ("ec2", "DescribeImages", "by snapshot", {"Filter": filters("block-device-mapping.snapshot-id", [copy("SnapshotOfImage")])}),
        ("ec2", "DescribeSnapshots", "by volume", {"Filter": filters("volume-id", [copy("VolumeId")])}),
        ("ec2", "DescribeVolumes", "by instance", {"Filter": filters("attachment.instance-id", [copy("InstanceId")])}),
        ("ec2", "DescribeInstances", "by instance-id", {"Filter": filters("instance-id", [copy("InstanceId")])}),
        ("ec2", "DescribeTags", "by resource", {"Filter": filters("resource-id", [copy("ImageId")])}),
    ):
        yield service, name, word, given


# What a call grows with: the first whose pattern is found in its name.
BOUNDS = (
    ("GetState|PutState", "everything there is"),
    ("Reset", "rows, those of the account or all"),
    ("Checkpoint", "pages of the database"),
    ("GetCost", "charges, and images made of what is charged"),
    ("SetClock|SetPace", "work that falls due"),
    ("Scenario|Chaos", "rules and steps of the document, at most 1,000"),
    ("GuestFile|GuestSync|SendCommand|Guest", "bytes and files of a guest"),
    ("values of", "what is listed, times values and their length: at most 200 of 255 characters"),
    ("1,000 ids", "ids: at most 1,000"),
    ("^ec2 (Describe|List)", "what the account sees in the Region"),
    ("^(ssm|kms|rbin|ebs) (Describe|List|Get)", "what the account has in the Region"),
    ("Delete(Snapshot|Volume)|DeregisterImage|Archive|Tier", "snapshots of the lineage, blocks of their layers"),
    ("CreateImage|CreateSnapshot|CopyImage|CopySnapshot|RegisterImage", "what the account has of it, counted for its quota"),
    ("RunInstances", "instances asked for"),
    ("CreateKeyPair", "nothing: an RSA key is made"),
)


def bound_of(name):
    return next((bound for pattern, bound in BOUNDS if re.search(pattern, name)), "nothing")
