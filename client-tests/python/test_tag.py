"""CreateTags, DeleteTags, DescribeTags: rules, refusals, and whose tags are whose."""

import re

import image_steps as steps
import pytest
from botocore.exceptions import ClientError
from simulator import refused


@pytest.fixture
def snapshots(ec2):
    """Public snapshots: what everybody can see and nobody here owns."""
    return sorted(found["SnapshotId"] for found in ec2.describe_snapshots()["Snapshots"])[:4]


@pytest.fixture
def snapshot(snapshots):
    return snapshots[0]


def put(ec2, *resources, **tags):
    pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
    ec2.create_tags(Resources=list(resources), Tags=pairs)


def tags_of(ec2, *resources):
    found = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": list(resources)}])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def test_answers_as_recorded(amisim, account, ec2, snapshot):
    tag = {"ResourceId.1": snapshot, "Tag.1.Key": "Name"}
    reply = amisim.query(account, Action="CreateTags", **tag)
    assert re.search(r"</requestId><return>true</return></CreateTagsResponse>\n?$", reply.body)
    reply = amisim.query(account, Action="DescribeTags")
    item = (
        f"<tagSet><item><resourceId>{snapshot}</resourceId><resourceType>snapshot</resourceType>"
        "<key>Name</key><value/></item></tagSet>"
    )
    assert item in reply.body
    reply = amisim.query(account, Action="DeleteTags", **tag)
    assert re.search(r"</requestId><return>true</return></DeleteTagsResponse>\n?$", reply.body)
    assert "<tagSet/>" in amisim.query(account, Action="DescribeTags").body


def test_a_value_is_replaced(ec2, snapshots):
    put(ec2, *snapshots[:2], Name="one", Stage="test")
    put(ec2, snapshots[0], Name="two")
    assert tags_of(ec2, snapshots[0]) == {"Name": "two", "Stage": "test"}
    assert tags_of(ec2, snapshots[1]) == {"Name": "one", "Stage": "test"}
    (shown,) = ec2.describe_snapshots(SnapshotIds=[snapshots[0]])["Snapshots"]
    assert {tag["Key"]: tag["Value"] for tag in shown["Tags"]} == {"Name": "two", "Stage": "test"}


def test_sorted_by_key_in_byte_order(ec2, snapshot):
    tags = [{"Key": key, "Value": ""} for key in ("probe:x", "Stage", "Name", "Empty", "a")]
    ec2.create_tags(Resources=[snapshot], Tags=tags)
    keys = [tag["Key"] for tag in ec2.describe_tags()["Tags"]]
    assert keys == ["Empty", "Name", "Stage", "a", "probe:x"]


def test_delete(ec2, snapshot):
    put(ec2, snapshot, a="1", b="2", c="3", d="")
    ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": "a"}, {"Key": "never"}])
    assert tags_of(ec2, snapshot) == {"b": "2", "c": "3", "d": ""}
    # recorded: a value that does not match is a success, and the tag stays
    ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": "b", "Value": "other"}])
    ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": "c", "Value": ""}])
    assert tags_of(ec2, snapshot) == {"b": "2", "c": "3", "d": ""}
    ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": "b", "Value": "2"}, {"Key": "d", "Value": ""}])
    assert tags_of(ec2, snapshot) == {"c": "3"}
    put(ec2, snapshot, x="", y="1")
    ec2.delete_tags(Resources=[snapshot])
    assert tags_of(ec2, snapshot) == {}


def test_filters(ec2, snapshots):
    one, two = snapshots[:2]
    put(ec2, one, Name="web", Stage="test")
    put(ec2, two, Name="db", **{"team:owner": "web"})

    def found(**filters):
        names = {name.replace("_", "-"): values for name, values in filters.items()}
        wanted = [{"Name": name, "Values": values} for name, values in names.items()]
        tags = ec2.describe_tags(Filters=wanted)["Tags"]
        return [(tag["ResourceId"], tag["Key"]) for tag in tags]

    assert found(key=["Name"]) == [(one, "Name"), (two, "Name")]
    assert found(value=["web"]) == [(one, "Name"), (two, "team:owner")]
    assert found(value=["w?b*"], resource_id=[two]) == [(two, "team:owner")]
    assert len(found(resource_type=["snapshot"])) == 4
    assert found(resource_type=["image"]) == []
    assert found(**{"tag:Name": ["db"]}) == [(two, "Name")]
    assert found(**{"tag:team:owner": ["web"]}) == [(two, "team:owner")]
    for wrong in ("tag-key", "colour"):
        with refused("InvalidParameterValue", f"The filter '{wrong}' is invalid"):
            ec2.describe_tags(Filters=[{"Name": wrong, "Values": ["x"]}])


def test_pages(ec2, snapshot):
    put(ec2, snapshot, **{f"k{n:02}": "" for n in range(12)})
    pages = list(ec2.get_paginator("describe_tags").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["Tags"]) for page in pages] == [5, 5, 2]
    keys = [tag["Key"] for page in pages for tag in page["Tags"]]
    assert keys == [f"k{n:02}" for n in range(12)]
    with refused(
        "InvalidParameterValue",
        "Invalid value '4' for maxResults. Expecting a value greater than 5.",
    ):
        ec2.describe_tags(MaxResults=4)


def test_each_account_has_its_own_tags(ec2, client, snapshot):
    other = client("ec2", account="900000000098")
    put(ec2, snapshot, Name="mine")
    assert tags_of(other, snapshot) == {}
    put(other, snapshot, Name="theirs", More="1")
    assert tags_of(ec2, snapshot) == {"Name": "mine"}
    other.delete_tags(Resources=[snapshot])
    assert tags_of(ec2, snapshot) == {"Name": "mine"}
    assert client("ec2", region="eu-west-1").describe_tags()["Tags"] == []


@pytest.mark.parametrize("identifier", ["x", "ami-xyz", "snap-", "vol-00000000000000000"])
def test_no_identifier(ec2, identifier):
    with refused("InvalidID", f"The ID '{identifier}' is not valid"):
        ec2.create_tags(Resources=[identifier], Tags=[{"Key": "a"}])


@pytest.mark.parametrize(
    "identifier, code, message",
    [
        ("ami-0fedcba9876543210", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
        ("snap-0fedcba987654321", "InvalidID", "The ID '{}' is not valid"),
        ("snap-0fedcba9876543210", "InvalidSnapshot.NotFound", "The snapshot '{}' does not exist."),
        ("i-0fedcba9876543210", "InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"),
        ("vpc-0fedcba9876543210", "InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"),
        ("subnet-0fedcba9876543210", "InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"),
        ("sg-0fedcba9876543210", "InvalidGroup.NotFound", "The security group '{}' does not exist"),
        ("aki-0fedcba9876543210", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
        ("ari-0fedcba9876543210", "InvalidAMIID.NotFound", "The image id '[{}]' does not exist"),
        ("sgr-0fedcba9876543210", "InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"),
        ("amiur-0fedcba9876543210", "InvalidImageUsageReportId.NotFound", "The image usage report ID '{}' does not exist"),
        ("import-snap-0fedcba9876543210", "InvalidConversionTaskId.Malformed", "The import task '{}' does not exist."),
        ("import-ami-0fedcba9876543210", "InvalidConversionTaskId.Malformed", "The import task '{}' does not exist."),
        ("export-ami-0fedcba9876543210", "InvalidExportTaskID.NotFound", "The export task ID '{}' does not exist"),
        ("replacevol-0fedcba9876543210", "InvalidReplaceRootVolumeTaskID.NotFound", "The replace root volume task '{}' does not exist."),
        ("lt-0fedcba9876543210", "InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID {}, does not exist."),
    ],
)
def test_nothing_of_that_id(ec2, snapshot, identifier, code, message):
    """Nothing is tagged when one of the resources is not there."""
    with refused(code, message.format(identifier)):
        put(ec2, snapshot, identifier, a="1")
    assert tags_of(ec2, snapshot) == {}


def test_every_kind_of_resource(ec2, client):
    """What one launch makes or uses, and an image; with types are as AWS names them."""
    (image,) = ec2.describe_images(
        Filters=[{"Name": "name", "Values": ["al2023-ami-2023.*-kernel-6.1-x86_64"]}]
    )["Images"]
    launch = {"ImageId": image["ImageId"], "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}
    (made,) = ec2.run_instances(**launch)["Instances"]
    (made,) = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"]
    resources = {
        image["ImageId"]: "image",
        made["InstanceId"]: "instance",
        made["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]: "volume",
        made["NetworkInterfaces"][0]["NetworkInterfaceId"]: "network-interface",
        made["SubnetId"]: "subnet",
        made["VpcId"]: "vpc",
        made["SecurityGroups"][0]["GroupId"]: "security-group",
        ec2.create_key_pair(KeyName="pair")["KeyPairId"]: "key-pair",
    }
    put(ec2, *resources, Name="x")
    found = {tag["ResourceId"]: tag["ResourceType"] for tag in ec2.describe_tags()["Tags"]}
    assert found == resources
    stranger = client("ec2", account="900000000096")
    for resource, kind in resources.items():
        if kind == "image":
            put(stranger, resource, Name="theirs")
            continue
        with pytest.raises(ClientError, match=r"\(Invalid\w+\.NotFound\)"):
            put(stranger, resource, Name="theirs")
    tagged = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["x"]}])["Reservations"]
    assert tagged[0]["Instances"][0]["Tags"] == [{"Key": "Name", "Value": "x"}]


@pytest.fixture
def recycle_bin(client):
    """Everything that is deleted in this account is kept for a day."""
    for kind in ("EC2_IMAGE", "EBS_SNAPSHOT"):
        client("rbin").create_rule(
            ResourceType=kind,
            RetentionPeriod={"RetentionPeriodValue": 1, "RetentionPeriodUnit": "DAYS"},
        )


def test_tags_live_on_in_the_recycle_bin(ec2, recycle_bin):
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot)
    put(ec2, image, snapshot, before="1")
    ec2.deregister_image(ImageId=image)
    put(ec2, image, inside="2")
    assert tags_of(ec2, image) == {"before": "1", "inside": "2"}
    ec2.restore_image_from_recycle_bin(ImageId=image)
    assert tags_of(ec2, image) == {"before": "1", "inside": "2"}
    ec2.deregister_image(ImageId=image)
    ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.delete_tags(Resources=[image, snapshot], Tags=[{"Key": "before"}])
    put(ec2, snapshot, inside="3")
    assert tags_of(ec2, snapshot) == {"inside": "3"}
    assert tags_of(ec2, image) == {"inside": "2"}


def test_tags_go_with_their_resource(ec2):
    snapshot = steps.snapshot(ec2)
    image = steps.register(ec2, snapshot)
    put(ec2, image, snapshot, a="1")
    ec2.deregister_image(ImageId=image)
    assert tags_of(ec2, image, snapshot) == {"a": "1"}
    ec2.delete_snapshot(SnapshotId=snapshot)
    assert ec2.describe_tags()["Tags"] == []
    with refused("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"):
        put(ec2, image, a="1")


def test_missing_parameters(amisim, account, snapshot):
    for sent, missing in (({"Tag.1.Key": "a"}, "resourceIdSet"), ({"ResourceId.1": snapshot}, "tagSet")):
        body = amisim.query(account, Action="CreateTags", **sent).body
        assert "<Code>MissingParameter</Code>" in body
        assert f"The request must contain the parameter {missing}<" in body


def test_reserved_keys(ec2, snapshot):
    text = (
        "Value ( {} ) for parameter key is invalid. "
        "Tag keys starting with 'aws:' are reserved for internal use"
    )
    for key in ("aws:mine", "AWS:mine"):
        with refused("InvalidParameterValue", text.format(key)):
            put(ec2, snapshot, **{key: "x", "good": "y"})
        with refused("InvalidParameterValue", text.format(key)):
            ec2.delete_tags(Resources=[snapshot], Tags=[{"Key": key}])
    assert tags_of(ec2, snapshot) == {}


def test_keys_and_values(ec2, snapshot):
    put(ec2, snapshot, **{"k" * 127: "v" * 256, "ü" * 127: "☃"})
    assert tags_of(ec2, snapshot) == {"k" * 127: "v" * 256, "ü" * 127: "☃"}
    with refused("InvalidParameterValue"):
        put(ec2, snapshot, **{"k" * 128: ""})
    with refused("InvalidParameterValue"):
        put(ec2, snapshot, a="v" * 257)
    with refused("InvalidParameterValue", "Tag key must have a value"):
        ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "", "Value": "x"}])
    twice = [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]
    with refused("InvalidParameterValue", "Duplicate tag key 'a' specified."):
        ec2.create_tags(Resources=[snapshot], Tags=twice)


def test_fifty_tags(ec2, snapshot):
    put(ec2, snapshot, **{f"k{n}": "" for n in range(50)})
    put(ec2, snapshot, k7="changed")
    with refused(
        "TagLimitExceeded", "The resultant tag set must not have more than 50 user tags."
    ):
        put(ec2, snapshot, k7="again", one_more="")
    assert tags_of(ec2, snapshot)["k7"] == "changed"
    assert len(tags_of(ec2, snapshot)) == 50


def test_dry_run(ec2, snapshot):
    with refused(
        "DryRunOperation", "Request would have succeeded, but DryRun flag is set."
    ) as caught:
        ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "a"}], DryRun=True)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert tags_of(ec2, snapshot) == {}


def test_tags_of_keys_are_not_ec2s(ec2, client):
    client("kms").create_key(Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert ec2.describe_tags()["Tags"] == []
