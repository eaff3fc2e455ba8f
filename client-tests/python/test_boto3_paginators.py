"""Every paginator that botocore has for an operation simulated here: pages of the size that was asked
for, the same items as in one answer, in the same order, none twice and none left out.

botocore's own files say which there are, so a new operation fails here until it is covered.
"""

import contextlib

import image_steps as steps
import pytest
from botocore import xform_name
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import Loader
from machines import launch, launched
from test_model import operations

COUNT, SIZE = 6, 5  # 5 is the smallest page that every operation takes
BUCKET = "amisim-pages"
ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]

# What has nothing to show, or too little for a second page.
ONE_PAGE = {
    ("ec2", "DescribeAddressesAttribute"): "no address can be allocated",
    ("ec2", "DescribeCapacityReservations"): "none can be made",
    ("ec2", "DescribeDhcpOptions"): "all VPCs have the same",
    ("ec2", "DescribeFlowLogs"): "none can be made",
    ("ec2", "DescribeFpgaImages"): "none can be made",
    ("ec2", "DescribeInternetGateways"): "the default VPC's alone",
    ("ec2", "DescribeNatGateways"): "none can be made",
    ("ec2", "DescribeSpotInstanceRequests"): "none can be made",
    ("ec2", "DescribeVpcEndpoints"): "none can be made",
    ("ec2", "DescribeVpcPeeringConnections"): "none can be made",
    ("autoscaling", "DescribeAutoScalingGroups"): "no group can be made",
    ("autoscaling", "DescribeLaunchConfigurations"): "none can be made",
    ("kms", "ListKeyPolicies"): "a key has one policy",
}


class Maker:
    """Makes what is listed. A method that has the name of the call returns what narrows it."""

    def __init__(self, client):
        self.client = client
        self.ec2 = client("ec2")

    def volumes(self):
        return [
            self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
            for _ in range(COUNT)
        ]

    def snapshots(self):
        volume = self.volumes()[0]
        return [self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"] for _ in range(COUNT)]

    def images(self, **parameters):
        snapshot = steps.snapshot(self.ec2)
        return [steps.register(self.ec2, snapshot, **parameters) for _ in range(COUNT)]

    def instances(self, **parameters):
        return [launched(self.ec2, **parameters) for _ in range(COUNT)]

    def keys(self):
        kms = self.client("kms")
        return [kms.create_key()["KeyMetadata"]["KeyId"] for _ in range(COUNT)]

    def keep(self, kind):
        self.client("rbin").create_rule(
            ResourceType=kind,
            RetentionPeriod={"RetentionPeriodValue": 3, "RetentionPeriodUnit": "DAYS"},
        )

    # ---- EC2 ----

    def describe_iam_instance_profile_associations(self):
        self.instances(IamInstanceProfile={"Name": "builder"})

    def describe_instance_status(self):
        self.instances()

    def describe_instances(self):
        self.instances()

    def describe_instance_credit_specifications(self):
        self.instances()

    def describe_instance_image_metadata(self):
        self.instances()

    def describe_network_interfaces(self):
        launch(self.ec2, COUNT)

    def describe_security_groups(self):
        for number in range(COUNT):
            self.ec2.create_security_group(GroupName=f"group-{number}", Description="one of many")

    def describe_security_group_rules(self):
        self.describe_security_groups()

    def describe_snapshots(self):
        self.snapshots()
        return {"OwnerIds": ["self"]}

    def describe_tags(self):
        steps.run(
            self.ec2,
            TagSpecifications=[
                {
                    "ResourceType": "instance",
                    "Tags": [{"Key": f"key-{n}", "Value": "value"} for n in range(COUNT)],
                }
            ],
        )

    def describe_volumes(self):
        self.volumes()

    def describe_volume_status(self):
        self.volumes()

    def describe_volumes_modifications(self):
        for volume in self.volumes():
            self.ec2.modify_volume(VolumeId=volume, Size=2)

    def describe_vpcs(self):
        for number in range(COUNT - 1):  # and the default one
            self.ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")

    describe_network_acls = describe_route_tables = describe_vpcs  # one of each

    def describe_subnets(self):
        pass  # the default ones

    def describe_launch_templates(self):
        for number in range(COUNT):
            self.ec2.create_launch_template(
                LaunchTemplateName=f"template-{number}", LaunchTemplateData={"KeyName": "builder"}
            )

    def describe_launch_template_versions(self):
        first = self.ec2.create_launch_template(
            LaunchTemplateName="template", LaunchTemplateData={"KeyName": "builder"}
        )["LaunchTemplate"]["LaunchTemplateId"]
        for number in range(COUNT):
            self.ec2.create_launch_template_version(
                LaunchTemplateId=first, LaunchTemplateData={"KeyName": f"builder-{number}"}
            )
        return {"LaunchTemplateId": first}

    def describe_instance_types(self):
        pass

    def describe_instance_type_offerings(self):
        pass

    def describe_images(self):
        self.images()
        return {"Owners": ["self"]}

    def describe_image_references(self):
        images = self.images(EnaSupport=True)
        for image in images:
            steps.run(self.ec2, ImageId=image)
        return {"ImageIds": images, "IncludeAllResourceTypes": True}

    def describe_image_usage_reports(self):
        for image in self.images():
            self.usage_report(image)

    def usage_report(self, image):
        return self.ec2.create_image_usage_report(
            ImageId=image, ResourceTypes=[{"ResourceType": "ec2:Instance"}]
        )["ReportId"]

    def describe_image_usage_report_entries(self):
        images = self.images(EnaSupport=True)
        for image in images:
            steps.run(self.ec2, ImageId=image)
        return {"ReportIds": [self.usage_report(image) for image in images]}

    def describe_import_image_tasks(self):
        for number in range(COUNT):
            self.ec2.import_image(DiskContainers=[{"UserBucket": in_s3(number)}])

    def describe_import_snapshot_tasks(self):
        for number in range(COUNT):
            self.ec2.import_snapshot(DiskContainer={"Format": "RAW", "UserBucket": in_s3(number)})

    def describe_export_image_tasks(self):
        public = {"SourceImageId": steps.public_image(self.ec2), "SourceRegion": "us-east-1"}
        image = self.ec2.copy_image(Name="exported", **public)["ImageId"]
        for _ in range(COUNT):
            self.ec2.export_image(
                ImageId=image, DiskImageFormat="VMDK", S3ExportLocation={"S3Bucket": BUCKET}
            )

    def describe_store_image_tasks(self):
        for image in self.images():
            self.ec2.create_store_image_task(ImageId=image, Bucket=BUCKET)

    def describe_fast_launch_images(self):
        windows = steps.public_image(self.ec2, "Windows_Server-2022-English-Full-Base-*")
        for number in range(COUNT):
            image = self.ec2.copy_image(
                Name=f"windows-{number}", SourceImageId=windows, SourceRegion="us-east-1"
            )["ImageId"]
            self.ec2.enable_fast_launch(ImageId=image)

    def describe_fast_snapshot_restores(self):
        self.ec2.enable_fast_snapshot_restores(
            AvailabilityZones=ZONES, SourceSnapshotIds=self.snapshots()[:2]
        )

    def describe_replace_root_volume_tasks(self):
        instance = steps.run(self.ec2)
        for _ in range(COUNT):
            self.ec2.create_replace_root_volume_task(InstanceId=instance)

    def describe_snapshot_tier_status(self):
        for snapshot in self.snapshots():
            self.ec2.modify_snapshot_tier(SnapshotId=snapshot, StorageTier="archive")

    def list_snapshots_in_recycle_bin(self):
        self.keep("EBS_SNAPSHOT")
        for snapshot in self.snapshots():
            self.ec2.delete_snapshot(SnapshotId=snapshot)

    def list_images_in_recycle_bin(self):
        self.keep("EC2_IMAGE")
        for image in self.images():
            self.ec2.deregister_image(ImageId=image)

    # ---- The neighbours ----

    def list_keys(self):
        self.keys()

    def list_aliases(self):
        for number, key in enumerate(self.keys()):
            self.client("kms").create_alias(AliasName=f"alias/{number}", TargetKeyId=key)

    def list_grants(self):
        key = self.keys()[0]
        for number in range(COUNT):
            self.client("kms").create_grant(
                KeyId=key,
                GranteePrincipal=f"arn:aws:iam::90000000007{number}:root",
                Operations=["Decrypt"],
            )
        return {"KeyId": key}

    def list_resource_tags(self):
        tags = [{"TagKey": f"key-{n}", "TagValue": "value"} for n in range(COUNT)]
        return {"KeyId": self.client("kms").create_key(Tags=tags)["KeyMetadata"]["KeyId"]}

    def put_parameters(self):
        for number in range(COUNT):
            self.client("ssm").put_parameter(Name=f"/golden/{number}", Value="ami", Type="String")

    def describe_parameters(self):
        self.put_parameters()

    def get_parameters_by_path(self):
        self.put_parameters()
        return {"Path": "/golden"}

    def managed(self):
        return self.instances(IamInstanceProfile={"Name": "builder"})

    def describe_instance_information(self):
        self.managed()

    def list_command_invocations(self):
        self.client("ssm").send_command(
            InstanceIds=self.managed(),
            DocumentName="AWS-RunShellScript",
            Parameters={"commands": ["echo golden > /etc/stage"]},
        )

    def list_rules(self):
        for number in range(COUNT):
            self.client("rbin").create_rule(
                ResourceType="EC2_IMAGE",
                RetentionPeriod={"RetentionPeriodValue": 3, "RetentionPeriodUnit": "DAYS"},
                ResourceTags=[{"ResourceTagKey": f"key-{number}"}],
            )
        return {"ResourceType": "EC2_IMAGE"}


def in_s3(number):
    return {"S3Bucket": BUCKET, "S3Key": f"disk-{number}.raw"}


def simulated():
    """(service, operation) -> its paginator, for all that botocore declares and amisim simulates."""
    loader, known = Loader(), {(op["service"], op["name"]) for op in operations()}
    found = {}
    for service in {service for service, _ in known}:
        with contextlib.suppress(UnknownServiceError, DataNotFoundError):
            declared = loader.load_service_model(service, "paginators-1")["pagination"]
            found |= {(service, n): p for n, p in declared.items() if (service, n) in known}
    return found


PAGINATORS = simulated()


def test_the_exceptions_are_there():
    assert ONE_PAGE.keys() <= PAGINATORS.keys()


def still(items):
    """What does not change from one answer to the next."""
    return [{key: item[key] for key in item if key != "LastPingDateTime"} for item in items]


@pytest.mark.parametrize("service,name", sorted(PAGINATORS.keys() - ONE_PAGE.keys()))
def test_pages(client, service, name):
    call = xform_name(name)
    narrowed = getattr(Maker(client), call)() or {}
    key = PAGINATORS[service, name]["result_key"]
    paginator = client(service).get_paginator(call)
    whole = paginator.paginate(**narrowed)  # one answer, unless its usual page is smaller
    items = [item for page in whole for item in page[key]]
    assert len(items) >= COUNT
    pages = list(paginator.paginate(**narrowed, PaginationConfig={"PageSize": SIZE}))
    assert still(item for page in pages for item in page[key]) == still(items)
    full, rest = divmod(len(items), SIZE)
    assert [len(page[key]) for page in pages] == [SIZE] * full + [rest] * (rest > 0)
