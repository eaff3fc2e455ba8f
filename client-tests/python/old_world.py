"""A world that touches every table of the store and has work of every kind before it, and how it is read.

`AMISIM=an/older/amisim python old_world.py old_world/VERSION.tar.xz` makes what test_migration.py opens: the file
that this program wrote, its document of GET /_amisim/state, and its answers, at once and when all work is done.
"""

import base64
import contextlib
import hashlib
import json
import pathlib
import shutil
import sqlite3
import sys
import tarfile
import tempfile

import image_steps as steps
from botocore.exceptions import ClientError
from simulator import Simulator

ACCOUNT, OTHER = "123456789012", "210987654321"
HOME, ABROAD = "us-east-1", "eu-west-1"
FIXTURES = pathlib.Path(__file__).parent / "old_world/fixtures.yaml"
OPTIONS = ("--seed", "7", "--pace", "real", "--clock", "2026-06-01T09:00:00Z", "--freeze", "--fixtures", FIXTURES)
PRODUCT = "cvugziknvmxgqna9noibqnnsy"  # CentOS 7 of the Marketplace
BUCKET = "images-of-mine"
IN_S3 = {"S3Bucket": BUCKET, "S3Key": "disk.raw"}
SCRIPT = {"DocumentName": "AWS-RunShellScript"}
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFTgKxZ1CzPVCBQ0tmVV6hOI5s8FC5tS0Bu5HOtXmjvA mine"


def digest(data):
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def tagged(kind, **tags):
    """TagSpecifications of one kind of resource."""
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}]


class Builder:
    """Makes the world. First what is done in the end, then what is still going on when the file is closed."""

    def __init__(self, simulator):
        self.simulator, self.control = simulator, simulator.control
        self.ec2, self.ebs, self.kms, self.ssm, self.rbin, self.sts = (
            simulator.client(name, ACCOUNT) for name in ("ec2", "ebs", "kms", "ssm", "rbin", "sts")
        )
        self.abroad = simulator.client("ec2", ACCOUNT, ABROAD)
        self.other = simulator.client("ec2", OTHER)

    def build(self):
        self.keys()
        self.parameters()
        self.network()
        self.rules()
        self.machines()
        self.images()
        self.snapshots()
        self.tasks()
        self.control.clock(advance="2d")
        self.scenarios()
        self.ongoing_machines()
        self.ongoing_snapshots()
        self.ongoing_images()
        self.ongoing_commands()
        self.ongoing_faults()

    def wait(self, span="1h"):
        self.control.clock(advance=span)

    # ---- What is done ----

    def keys(self):
        tags = [{"TagKey": "team", "TagValue": "images"}, {"TagKey": "stage", "TagValue": ""}]
        self.key = self.kms.create_key(Description="of images", Tags=tags)["KeyMetadata"]["Arn"]
        self.kms.create_alias(AliasName="alias/images", TargetKeyId=self.key)
        self.kms.create_grant(
            KeyId=self.key, GranteePrincipal=f"arn:aws:iam::{OTHER}:root", Operations=["DescribeKey", "Decrypt"], Name="reads"
        )
        self.kms.disable_key(KeyId=self.kms.create_key(Description="off")["KeyMetadata"]["KeyId"])
        self.ec2.modify_ebs_default_kms_key_id(KmsKeyId=self.key)
        self.abroad.enable_ebs_encryption_by_default()
        self.ec2.import_key_pair(
            KeyName="mine", PublicKeyMaterial=KEY, TagSpecifications=tagged("key-pair", of="mine")
        )
        self.ec2.create_key_pair(KeyName="made", KeyType="ed25519")
        self.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/builder", RoleSessionName="nightly")
        self.sts.get_session_token()

    def parameters(self):
        tags = [{"Key": "team", "Value": "images"}]
        self.ssm.put_parameter(Name="/images/base", Value="one", Type="String", Description="d", Tags=tags)
        for value in ("two", "three"):
            self.ssm.put_parameter(Name="/images/base", Value=value, Type="String", Overwrite=True)
        self.ssm.put_parameter(Name="/images/secret", Value="s", Type="SecureString", KeyId=self.key)
        self.ssm.put_parameter(Name="/images/list", Value="a,b", Type="StringList")

    def network(self):
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", Name="mine"))["Vpc"]["VpcId"]
        self.subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.0.1.0/24", AvailabilityZone=f"{HOME}a")["Subnet"]["SubnetId"]
        self.group = self.ec2.create_security_group(
            GroupName="builders", Description="d", VpcId=self.vpc, TagSpecifications=tagged("security-group", a="b")
        )["GroupId"]
        ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "inside"}]}
        self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[ssh])

    def rules(self):
        week = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
        keep = [{"ResourceTagKey": "keep", "ResourceTagValue": "yes"}]
        for kind in ("EBS_SNAPSHOT", "EC2_IMAGE", "EBS_VOLUME"):
            self.rbin.create_rule(
                RetentionPeriod=week, ResourceType=kind, Description="a week", ResourceTags=keep, Tags=[{"Key": "team", "Value": kind}]
            )
        self.rbin.create_rule(
            RetentionPeriod=week, ResourceType="EBS_SNAPSHOT", LockConfiguration={"UnlockDelay": {"UnlockDelayValue": 7, "UnlockDelayUnit": "DAYS"}}
        )
        self.abroad_rule(week, keep)

    def abroad_rule(self, period, tags):
        abroad = self.simulator.client("rbin", ACCOUNT, ABROAD)
        abroad.create_rule(RetentionPeriod=period, ResourceType="EBS_SNAPSHOT", ExcludeResourceTags=tags)

    def machines(self):
        self.base = steps.public_image(self.ec2)
        self.instance = steps.run(
            self.ec2,
            ImageId=self.base,
            KeyName="mine",
            SubnetId=self.subnet,
            SecurityGroupIds=[self.group],
            IamInstanceProfile={"Name": "builder"},
            BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}],
            TagSpecifications=tagged("instance", Name="builder", keep="yes") + tagged("volume", of="builder"),
        )
        self.volume = self.ec2.create_volume(
            AvailabilityZone=f"{HOME}a", Size=1, VolumeType="gp3", ClientToken="once", TagSpecifications=tagged("volume", keep="yes")
        )["VolumeId"]
        self.wait()
        self.write("srv/kept", b"kept" * 1000)
        self.simulator.send("POST", f"/_amisim/guests/{self.instance}/sync", b"", {"X-Amisim": "1"})
        self.ec2.attach_volume(VolumeId=self.volume, InstanceId=self.instance, Device="/dev/sdg")
        self.wait()
        self.command(self.instance, "echo done > /srv/done", "ls /srv")
        self.wait()
        self.template = self.ec2.create_launch_template(
            LaunchTemplateName="builder",
            VersionDescription="first",
            LaunchTemplateData={"ImageId": self.base, "InstanceType": "t3.micro", "TagSpecifications": tagged("instance", a="b")},
            TagSpecifications=tagged("launch-template", team="images"),
        )["LaunchTemplate"]["LaunchTemplateId"]
        self.ec2.create_launch_template_version(LaunchTemplateId=self.template, SourceVersion="1", LaunchTemplateData={"KeyName": "mine"})

    def write(self, path, data):
        reply = self.simulator.send("PUT", f"/_amisim/guests/{self.instance}/files/{path}", data, {"X-Amisim": "1"})
        assert reply.status < 300, reply.body

    def command(self, *instances_and_lines, **more):
        instance, *lines = instances_and_lines
        return self.ssm.send_command(InstanceIds=[instance], Parameters={"commands": lines}, **SCRIPT, **more)["Command"]["CommandId"]

    def images(self):
        both = tagged("image", keep="yes") + tagged("snapshot", of="image")
        self.image = self.ec2.create_image(InstanceId=self.instance, Name="careful", TagSpecifications=both)["ImageId"]
        self.wait()
        self.write("srv/lost", b"lost" * 100)
        self.careless = self.ec2.create_image(InstanceId=self.instance, Name="careless", NoReboot=True)["ImageId"]
        self.wait()
        self.copied = self.ec2.copy_image(SourceImageId=self.base, SourceRegion=HOME, Name="copied", ClientToken="copy")["ImageId"]
        self.abroad.copy_image(SourceImageId=self.image, SourceRegion=HOME, Name="abroad", Encrypted=True)
        self.wait("1d")
        self.ec2.modify_image_attribute(ImageId=self.image, LaunchPermission={"Add": [{"UserId": OTHER}]})
        self.ec2.modify_image_attribute(ImageId=self.image, Description={"Value": "shared"})
        self.ec2.enable_image_deprecation(ImageId=self.image, DeprecateAt="2027-01-01T00:00:00Z")
        self.ec2.enable_image_deregistration_protection(ImageId=self.copied)
        self.ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
        self.ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
        marked = {"ImageWatermarks": [{"WatermarkKey": f"{OTHER}:good", "SourceImageRegion": ABROAD}]}
        self.ec2.replace_image_criteria_in_allowed_images_settings(ImageCriteria=[{"ImageProviders": ["amazon"]}, marked])
        self.ec2.attach_image_watermark(ImageId=self.image, WatermarkName="approved")
        templates = {"OptionName": "version-depth", "OptionValues": ["30"]}
        steps.run(self.other, ImageId=self.image)
        kinds = [{"ResourceType": "ec2:Instance"}, {"ResourceType": "ec2:LaunchTemplate", "ResourceTypeOptions": [templates]}]
        self.ec2.create_image_usage_report(ImageId=self.image, ResourceTypes=kinds)
        self.binned = steps.register(self.ec2, self.snapshot(), Name="binned", TagSpecifications=tagged("image", keep="yes"))
        self.wait()

    def snapshot(self, **more):
        return self.ec2.create_snapshot(VolumeId=self.volume, **more)["SnapshotId"]

    def slow_snapshot(self, word):
        """One of a volume at a time: more are refused."""
        self.wait()
        return self.snapshot(Description=word, TagSpecifications=tagged("snapshot", word=word))

    def snapshots(self):
        words = ("locked", "archived", "thawed", "fast", "shared", "in the bin", "out of the bin")
        self.locked, self.archived, self.thawed, self.fast, self.shared, *self.kept = (self.slow_snapshot(word) for word in words)
        self.ec2.create_tags(Resources=self.kept, Tags=[{"Key": "keep", "Value": "yes"}])
        made = self.ebs.start_snapshot(VolumeSize=1, Description="by blocks", Tags=[{"Key": "by", "Value": "blocks"}])["SnapshotId"]
        for index in range(3):
            self.put_block(made, index)
        self.ebs.complete_snapshot(SnapshotId=made, ChangedBlocksCount=3)
        self.wait("1d")
        self.ec2.lock_snapshot(SnapshotId=self.locked, LockMode="governance", LockDuration=10)
        for snapshot in (self.archived, self.thawed):
            self.ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")
        self.ec2.enable_fast_snapshot_restores(AvailabilityZones=[f"{HOME}a"], SourceSnapshotIds=[self.fast])
        self.ec2.modify_snapshot_attribute(SnapshotId=self.shared, CreateVolumePermission={"Add": [{"UserId": OTHER}]})
        self.ec2.enable_snapshot_block_public_access(State="block-all-sharing")
        self.wait("4d")
        self.ec2.restore_snapshot_tier(SnapshotId=self.thawed, TemporaryRestoreDays=30)

    def put_block(self, snapshot, index):
        data = bytes([index + 1]) * 524288
        checked = {"Checksum": digest(data), "ChecksumAlgorithm": "SHA256"}
        self.ebs.put_snapshot_block(SnapshotId=snapshot, BlockIndex=index, BlockData=data, DataLength=len(data), **checked)

    def tasks(self):
        self.tasks_of("done")
        self.ec2.create_replace_root_volume_task(InstanceId=self.instance, TagSpecifications=tagged("replace-root-volume-task", a="b"))
        steps.run(self.ec2, ImageId=self.product_image())
        self.windows_of_old = steps.run(
            self.ec2,
            ImageId=steps.public_image(self.ec2, "windows-of-old"),
            InstanceType="m3.medium",
            BlockDeviceMappings=[{"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
        )
        self.wait()
        self.bundle("done")
        self.wait()

    def product_image(self):
        product = [{"Name": "product-code", "Values": [PRODUCT]}]
        return min(one["ImageId"] for one in self.ec2.describe_images(Filters=product)["Images"])

    def tasks_of(self, word):
        """One of each kind of task that moves an image or a snapshot in or out."""
        disk = {"Description": word, "Format": "RAW", "UserBucket": IN_S3}
        place = {"S3Bucket": BUCKET, "S3Prefix": f"{word}/"}
        license = {"LicenseConfigurationArn": f"arn:aws:license-manager:{HOME}:{ACCOUNT}:license-configuration:lic-1"}
        self.ec2.import_image(DiskContainers=[disk], LicenseSpecifications=[license], TagSpecifications=tagged("import-image-task", is_=word))
        self.ec2.import_snapshot(DiskContainer=disk, TagSpecifications=tagged("import-snapshot-task", is_=word))
        self.ec2.export_image(
            ImageId=self.copied, DiskImageFormat="VMDK", S3ExportLocation=place, TagSpecifications=tagged("export-image-task", is_=word)
        )
        return self.ec2.create_store_image_task(
            ImageId=self.image, Bucket=f"{BUCKET}-{word}", S3ObjectTags=[{"Key": "is", "Value": word}]
        )["ObjectKey"]

    def bundle(self, prefix):
        self.ec2.bundle_instance(InstanceId=self.windows_of_old, Storage={"S3": {"Bucket": BUCKET, "Prefix": prefix}})

    # ---- What is going on when the file is closed ----

    def scenarios(self):
        rules = [
            {"name": "slow", "when": {"jobs": ["import"]}, "what": {"job": {"slow": 3}}},
            {"name": "nth", "when": {"operations": ["CreateTags"], "nth": 3}, "what": {"error": {"code": "InternalError"}}},
            {"name": "bucket", "when": {"operations": ["DescribeTags"]}, "what": {"throttle": {"rate": 1, "burst": 50}}},
            {"name": "late", "when": {"operations": ["ModifySnapshotAttribute"]}, "what": {"stale": {"for": "30d"}}},
            {"name": "no-kernel", "when": {"operations": ["CopyImage"], "names": ["no kernel"]}, "what": {"pretend": "kernel-missing"}},
            {"name": "fails", "when": {"jobs": ["snapshot-copy"], "regions": [ABROAD]}, "what": {"job": {"fail": "It broke.", "progress": 50}}},
            {"name": "unseen", "when": {"operations": ["CopySnapshot"]}, "what": {"hide": {"for": "30d"}}},
        ]
        step = {"at": "3d", "call": {"service": "ec2", "operation": "CreateVolume", "parameters": {"AvailabilityZone": f"{HOME}b", "Size": 2}}}
        document = {"story": "Old days.", "seed": 7, "rules": rules, "timeline": [step]}
        self.control.put(f"scenarios/old?account={ACCOUNT}", document)
        self.control.put("scenarios/copy-stuck", {"rules": [{"when": {"jobs": ["image-copy"], "times": 1}, "what": {"job": {"stuck": True}}}]})

    def ongoing_machines(self):
        self.stopped, stopped, ended, self.ready, replaced = (steps.run(self.ec2, ImageId=self.base) for _ in range(5))
        self.spare, going, bound, freed = (self.ec2.create_volume(AvailabilityZone=f"{HOME}a", Size=1)["VolumeId"] for _ in range(4))
        kept = self.ec2.create_volume(AvailabilityZone=f"{HOME}a", Size=1, TagSpecifications=tagged("volume", keep="yes"))
        self.wait()
        self.ec2.attach_volume(VolumeId=freed, InstanceId=self.ready, Device="/dev/sdh")
        self.ec2.stop_instances(InstanceIds=[self.stopped])
        self.ec2.terminate_instances(InstanceIds=[steps.run(self.ec2, ImageId=self.base)])
        self.wait("10m")
        self.ec2.stop_instances(InstanceIds=[stopped])
        self.ec2.terminate_instances(InstanceIds=[ended])
        self.ec2.create_replace_root_volume_task(InstanceId=self.ready)
        self.wait("6s")
        self.ec2.create_replace_root_volume_task(InstanceId=replaced)
        self.ec2.create_volume(AvailabilityZone=f"{HOME}a", Size=1, TagSpecifications=tagged("volume", new="yes"))
        self.ec2.attach_volume(VolumeId=bound, InstanceId=self.ready, Device="/dev/sdi")
        self.ec2.detach_volume(VolumeId=freed)
        self.ec2.delete_volume(VolumeId=going)
        self.ec2.delete_volume(VolumeId=kept["VolumeId"])
        self.write("srv/dirty", b"dirty" * 100)

    def ongoing_snapshots(self):
        pending = self.snapshot(Description="pending", TagSpecifications=tagged("snapshot", keep="yes"))
        steps.register(self.ec2, pending, Name="registered")
        self.ec2.copy_snapshot(SourceSnapshotId=self.shared, SourceRegion=HOME, Description="unseen")
        self.abroad.copy_snapshot(SourceSnapshotId=self.shared, SourceRegion=HOME)
        self.ec2.modify_snapshot_attribute(SnapshotId=self.shared, CreateVolumePermission={"Remove": [{"UserId": OTHER}]})
        self.ec2.restore_snapshot_tier(SnapshotId=self.archived, TemporaryRestoreDays=5)
        self.ec2.modify_snapshot_tier(SnapshotId=self.shared, StorageTier="archive")
        self.ec2.enable_fast_snapshot_restores(AvailabilityZones=[f"{HOME}b"], SourceSnapshotIds=[self.fast])
        self.ec2.disable_fast_snapshot_restores(AvailabilityZones=[f"{HOME}a"], SourceSnapshotIds=[self.fast])
        begun = self.ebs.start_snapshot(VolumeSize=1, Timeout=60)["SnapshotId"]
        self.put_block(begun, 7)
        self.complete = self.ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
        self.put_block(self.complete, 8)

    def ongoing_images(self):
        self.tasks_of("going")
        cancelled = self.ec2.import_image(DiskContainers=[{"UserBucket": IN_S3}])["ImportTaskId"]
        self.ec2.cancel_import_task(ImportTaskId=cancelled)
        place = {"S3Bucket": BUCKET, "S3Prefix": "cancelled/"}
        exported = self.ec2.export_image(ImageId=self.copied, DiskImageFormat="VHD", S3ExportLocation=place)["ExportImageTaskId"]
        self.ec2.cancel_export_task(ExportTaskId=exported)
        self.bundle("going")
        self.ec2.create_image_usage_report(ImageId=self.careless, ResourceTypes=[{"ResourceType": "ec2:Instance"}])
        self.ec2.create_restore_image_task(Bucket=f"{BUCKET}-done", ObjectKey=f"{self.image}.bin", Name="restored")
        self.ec2.create_image(InstanceId=self.instance, Name="pending", NoReboot=True)
        self.abroad.copy_image(SourceImageId=self.copied, SourceRegion=HOME, Name="stuck")
        self.abroad.copy_image(SourceImageId=self.copied, SourceRegion=HOME, Name="pending")
        self.abroad.copy_image(SourceImageId=self.old_image(), SourceRegion=HOME, Name="no kernel")
        windows = self.ec2.describe_images(
            Filters=[{"Name": "platform", "Values": ["windows"]}, {"Name": "root-device-type", "Values": ["ebs"]}]
        )["Images"]
        for image in sorted(one["ImageId"] for one in windows)[:2]:
            self.ec2.enable_fast_launch(ImageId=image)
        self.ec2.deregister_image(ImageId=self.binned)
        self.kms.schedule_key_deletion(KeyId=self.kms.create_key(Description="goes")["KeyMetadata"]["KeyId"], PendingWindowInDays=7)

    def old_image(self):
        """A public one that boots with a kernel image."""
        old = [{"Name": "virtualization-type", "Values": ["paravirtual"]}, {"Name": "root-device-type", "Values": ["ebs"]}]
        return min(one["ImageId"] for one in self.ec2.describe_images(Owners=["amazon"], Filters=old)["Images"])

    def ongoing_commands(self):
        self.command(self.instance, "sleep 600", "echo slept > /srv/slept", "reboot")
        self.command(self.instance, "shutdown -r +5")
        self.wait("2s")
        self.command(self.instance, "true", TimeoutSeconds=600)

    def ongoing_faults(self):
        """The last moment: what takes a second or two."""
        for snapshot in self.kept:
            self.ec2.delete_snapshot(SnapshotId=snapshot)
        self.ec2.restore_snapshot_from_recycle_bin(SnapshotId=self.kept[1])
        self.ebs.complete_snapshot(SnapshotId=self.complete, ChangedBlocksCount=1)
        self.ec2.modify_volume(VolumeId=self.spare, Size=10)
        self.ec2.start_instances(InstanceIds=[self.stopped])
        targets = [{"Key": "tag:Name", "Values": ["builder"]}]
        self.ssm.send_command(Targets=targets, Parameters={"commands": ["true"]}, **SCRIPT)
        self.ec2.create_tags(Resources=[self.image], Tags=[{"Key": "last", "Value": "word"}])
        self.write("srv/dirtier", b"dirtier" * 100)




# ---- What it answers ----

PLAIN = {
    "ec2": """
        describe_account_attributes describe_bundle_tasks describe_export_image_tasks describe_fast_launch_images
        describe_fast_snapshot_restores describe_image_usage_report_entries describe_image_usage_reports
        describe_import_image_tasks describe_import_snapshot_tasks describe_instance_image_metadata describe_instance_status
        describe_instances describe_key_pairs describe_launch_templates
        describe_locked_snapshots describe_network_interfaces describe_replace_root_volume_tasks
        describe_security_group_rules describe_security_groups describe_snapshot_tier_status
        describe_store_image_tasks describe_subnets describe_tags describe_volume_status describe_volumes describe_volumes_modifications
        describe_vpcs get_allowed_images_settings get_ebs_default_kms_key_id get_ebs_encryption_by_default
        get_image_block_public_access_state get_snapshot_block_public_access_state list_images_in_recycle_bin
        list_snapshots_in_recycle_bin list_volumes_in_recycle_bin""",
    "kms": "list_aliases list_keys",
    "ssm": "describe_instance_information describe_parameters list_command_invocations",
}
WITH = [
    ("ec2", "describe_images", {"Owners": ["self"], "IncludeDeprecated": True, "IncludeDisabled": True}),
    ("ec2", "describe_images", {"Owners": ["amazon"], "MaxResults": 50}),
    ("ec2", "describe_images", {"ExecutableUsers": ["self"]}),
    ("ec2", "describe_snapshots", {"OwnerIds": ["self"]}),
    ("ec2", "describe_snapshots", {"RestorableByUserIds": ["self"], "OwnerIds": [ACCOUNT]}),
    ("ec2", "describe_launch_template_versions", {"LaunchTemplateName": "builder"}),
    ("ssm", "get_parameters_by_path", {"Path": "/images", "WithDecryption": True}),
    ("ssm", "get_parameter", {"Name": "/images/base:2"}),
    ("ssm", "list_tags_for_resource", {"ResourceType": "Parameter", "ResourceId": "/images/base"}),
    ("kms", "describe_key", {"KeyId": "alias/images"}),
]


def read_all(simulator):
    """What the world answers to many questions, by question."""
    return dict(_questions(simulator))


def _questions(simulator):
    for account in (ACCOUNT, OTHER):
        for region in (HOME, ABROAD):
            ask = Asker(simulator, account, region)
            for service, names in PLAIN.items():
                for name in names.split():
                    yield ask(service, name)
            for service, name, parameters in WITH:
                yield ask(service, name, **parameters)
            yield from ask.each_key()
            yield from ask.each_rule()
            yield from ask.each_image()
            yield from ask.each_snapshot()
    yield "cost", simulator.control.get("cost")
    yield "scenarios", simulator.control.get("scenarios")
    yield "scenario", simulator.control.get("scenarios/old")


class Asker:
    """ask(service, operation, **parameters) -> (question, answer), of one account in one Region."""

    def __init__(self, simulator, account, region):
        self.simulator, self.account, self.region = simulator, account, region
        self.clients = {name: simulator.client(name, account, region) for name in ("ec2", "ebs", "kms", "ssm", "rbin")}

    def __call__(self, service, operation, **parameters):
        try:
            answer = getattr(self.clients[service], operation)(**parameters)
            answer.pop("ResponseMetadata")
        except ClientError as error:
            answer = error.response["Error"]
        words = json.dumps(parameters, sort_keys=True)
        return f"{self.account} {self.region} {service} {operation} {words}", plain(answer)

    def ids(self, service, operation, items, key, **parameters):
        found = self(service, operation, **parameters)[1]
        return [one[key] for one in found.get(items, [])]

    def each_key(self):
        for key in self.ids("kms", "list_keys", "Keys", "KeyId"):
            for operation in ("describe_key", "get_key_policy", "list_grants", "list_resource_tags"):
                yield self("kms", operation, KeyId=key)

    def each_rule(self):
        for kind in ("EBS_SNAPSHOT", "EC2_IMAGE", "EBS_VOLUME"):
            yield self("rbin", "list_rules", ResourceType=kind)
            for rule in self.ids("rbin", "list_rules", "Rules", "Identifier", ResourceType=kind):
                yield self("rbin", "get_rule", Identifier=rule)
                arn = f"arn:aws:rbin:{self.region}:{self.account}:rule/{rule}"
                yield self("rbin", "list_tags_for_resource", ResourceArn=arn)

    def each_image(self):
        for image in self.ids("ec2", "describe_images", "Images", "ImageId", Owners=["self"]):
            for attribute in ("launchPermission", "description"):
                yield self("ec2", "describe_image_attribute", ImageId=image, Attribute=attribute)
            reply = self.simulator.send("GET", f"/_amisim/images/{image}/consistency")
            yield f"consistency {image}", json.loads(reply.body)

    def each_snapshot(self):
        """Whom it is shared with, and which blocks it holds: their bytes by digest."""
        for snapshot in self.ids("ec2", "describe_snapshots", "Snapshots", "SnapshotId", OwnerIds=["self"]):
            yield self("ec2", "describe_snapshot_attribute", SnapshotId=snapshot, Attribute="createVolumePermission")
            listed = self("ebs", "list_snapshot_blocks", SnapshotId=snapshot)[1]
            blocks = [(one["BlockIndex"], self.block(snapshot, one)) for one in listed.get("Blocks", [])]
            yield f"blocks {self.account} {snapshot}", plain(blocks or listed)

    def block(self, snapshot, one):
        asked = {"SnapshotId": snapshot, "BlockIndex": one["BlockIndex"], "BlockToken": one["BlockToken"]}
        return digest(self.clients["ebs"].get_snapshot_block(**asked)["BlockData"].read())


def plain(answer):
    """As JSON holds it."""
    return json.loads(json.dumps(answer, default=str))


# ---- The file ----


def write(path):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        file = folder / "state.db"
        with running("--db", file) as simulator:
            Builder(simulator).build()
        close(file)
        kept = shutil.copy(file, folder / "read.db")
        with running("--db", kept) as simulator:
            (folder / "state.json").write_text(json.dumps(simulator.control.get("state"), separators=(",", ":")))
            now = read_all(simulator)
            end_all(simulator)
            answers = {"now": now, "later": read_all(simulator)}
        (folder / "answers.json").write_text(json.dumps(answers, indent=1))
        with tarfile.open(path, "w:xz", preset=9) as tar:
            for part in ("state.db", "state.json", "answers.json"):
                tar.add(folder / part, part, filter=nameless)


def end_all(simulator):
    """Lets go of what a scenario holds, and waits until all work that was pending is done."""
    simulator.control.delete("scenarios/copy-stuck")
    simulator.control.clock(advance="1000d")


def running(*options):
    return contextlib.closing(Ending(*OPTIONS, *options))


class Ending(Simulator):
    """A simulator that closing() stops."""

    def close(self):
        self.stop()


def close(file):
    """Puts what the write-ahead log holds into the file, and says which tables and works it has."""
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
        db.execute("VACUUM")
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        empty = [name for name in tables if not db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]]
        kinds = [kind for (kind,) in db.execute("SELECT DISTINCT kind FROM job ORDER BY kind")]
    print(f"empty tables: {', '.join(empty) or 'none'}; work of {len(kinds)} kinds: {', '.join(kinds)}")


def nameless(entry):
    """The same bytes whoever makes it, whenever."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    write(sys.argv[1])
