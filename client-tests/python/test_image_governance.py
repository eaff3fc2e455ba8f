"""Who uses which image, where images come from, reports and watermarks."""

import datetime

import image_steps as steps
import pytest
from simulator import refused

OTHER = "555500012345"
ACCOUNT = "123456789012"
UNKNOWN = "ami-0ffffffffffffffff"


@pytest.fixture
def other(client):
    return client("ec2", account=OTHER)


def share(ec2, image, *accounts):
    ec2.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": account} for account in accounts]}
    )


# ---- DescribeInstanceImageMetadata ----


def metadata(ec2, **parameters):
    return ec2.describe_instance_image_metadata(**parameters)["InstanceImageMetadata"]


def test_metadata_of_an_own_image(ec2, account):
    image = steps.register(ec2, Name="mine", EnaSupport=True)
    instance = steps.run(ec2, ImageId=image)
    (item,) = metadata(ec2)
    assert item["InstanceId"] == instance
    assert item["InstanceType"] == "t3.micro"
    assert item["State"] == {"Code": 16, "Name": "running"}
    assert item["OwnerId"] == account
    assert item["AvailabilityZone"].startswith("us-east-1") and item["ZoneId"].startswith("use1-")
    assert item["Operator"] == {"Managed": False, "HiddenByDefault": False}
    shown = item["ImageMetadata"]
    assert shown["ImageId"] == image
    assert shown["Name"] == "mine"
    assert shown["OwnerId"] == account
    assert shown["ImageOwnerAlias"] == account
    assert shown["State"] == "available"
    assert shown["IsPublic"] is False
    assert not {"ImageAllowed", "DeprecationTime"} & set(shown)
    assert len(shown["CreationDate"]) == len("2026-03-04T00:49:24Z")
    ec2.deregister_image(ImageId=image)
    assert metadata(ec2, InstanceIds=[instance])[0]["ImageMetadata"]["State"] == "deregistered"


def test_metadata_of_amazons_image_and_filters(ec2):
    public = steps.run(ec2)
    own = steps.run(ec2, ImageId=steps.register(ec2, EnaSupport=True))
    ec2.enable_allowed_images_settings(AllowedImagesSettingsState="audit-mode")
    ec2.replace_image_criteria_in_allowed_images_settings(
        ImageCriteria=[{"ImageProviders": ["none"]}]
    )

    def found(name, value):
        items = metadata(ec2, Filters=[{"Name": name, "Values": [value]}])
        return {item["InstanceId"] for item in items}

    assert found("image-allowed", "false") == {public}
    assert found("image-allowed", "true") == {own}
    assert found("owner-alias", "amazon") == {public}
    assert found("instance-id", own) == {own}
    assert found("instance-type", "t3.*") == {own, public}
    assert found("instance-state-name", "stopped") == set()
    assert metadata(ec2, InstanceIds=[public])[0]["ImageMetadata"]["ImageOwnerAlias"] == "amazon"
    with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
        found("colour", "red")


def test_metadata_pages_and_refusals(ec2):
    instances = {steps.run(ec2) for _ in range(3)}
    first = ec2.describe_instance_image_metadata(MaxResults=2)
    rest = ec2.describe_instance_image_metadata(MaxResults=2, NextToken=first["NextToken"])
    items = first["InstanceImageMetadata"] + rest["InstanceImageMetadata"]
    assert {item["InstanceId"] for item in items} == instances
    with refused("InvalidInstanceID.NotFound"):
        metadata(ec2, InstanceIds=["i-0fedcba9876543210"])


# ---- GetImageAncestry ----


def ancestry(ec2, image):
    entries = ec2.get_image_ancestry(ImageId=image)["ImageAncestryEntries"]
    return [(entry["ImageId"], entry.get("SourceImageId")) for entry in entries]


def test_ancestry_across_copies_and_regions(ec2, client):
    there = client("ec2", region="eu-west-1")
    public = steps.public_image(there)
    made = there.create_image(InstanceId=steps.run(there, ImageId=public), Name="made")["ImageId"]
    copied = ec2.copy_image(SourceImageId=made, SourceRegion="eu-west-1", Name="copied")["ImageId"]
    there.deregister_image(ImageId=made)
    entries = ec2.get_image_ancestry(ImageId=copied)["ImageAncestryEntries"]
    assert [e["ImageId"] for e in entries] == [copied, made, public]
    assert [e.get("ImageOwnerAlias") for e in entries] == [None, None, "amazon"]
    assert entries[0]["SourceImageRegion"] == "eu-west-1"
    assert isinstance(entries[0]["CreationDate"], datetime.datetime)


def test_ancestry_has_an_end(start_amisim, tmp_path):
    quotas = tmp_path / "quotas.yaml"
    quotas.write_text(
        "quotas:\n  - {name: image-ancestry-entries, value: 2, source: guess, about: test}\n"
    )
    ec2 = start_amisim("--pace", "instant", "--fixtures", quotas).client("ec2", ACCOUNT)
    line = [steps.register(ec2)]
    for n in range(2):
        copy = ec2.copy_image(SourceImageId=line[-1], SourceRegion="us-east-1", Name=f"copy {n}")
        line.append(copy["ImageId"])
    assert ancestry(ec2, line[2]) == [(line[2], line[1]), (line[1], line[0])]


def test_registered_images_have_no_ancestors(ec2):
    image = steps.register(ec2)
    assert ancestry(ec2, image) == [(image, None)]
    with refused("InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"):
        ancestry(ec2, UNKNOWN)


def test_ancestry_is_for_those_who_see_the_image(ec2, other):
    image = steps.register(ec2)
    copied = ec2.copy_image(SourceImageId=image, SourceRegion="us-east-1", Name="copied")["ImageId"]
    with refused("InvalidAMIID.NotFound"):
        ancestry(other, copied)
    share(ec2, copied, OTHER)
    assert ancestry(other, copied) == [(copied, image), (image, None)]


# ---- DescribeImageReferences ----


def references(ec2, *images, **parameters):
    answer = ec2.describe_image_references(ImageIds=list(images), **parameters)
    return [(r["ImageId"], r["ResourceType"], r["Arn"]) for r in answer["ImageReferences"]]


def test_references(ec2, client, account, other):
    image = steps.register(ec2, EnaSupport=True)
    share(ec2, image, OTHER)
    steps.run(other, ImageId=image)
    running, stopped = steps.run(ec2, ImageId=image), steps.run(ec2, ImageId=image)
    ec2.stop_instances(InstanceIds=[stopped])
    arns = {
        i: (image, "ec2:Instance", f"arn:aws:ec2:us-east-1:{account}:instance/{i}")
        for i in (running, stopped)
    }
    ssm = client("ssm")
    ssm.put_parameter(Name="/golden", Type="String", DataType="aws:ec2:image", Value=image)
    ssm.put_parameter(Name="/plain", Type="String", Value=image)
    parameter = (image, "ssm:Parameter", f"arn:aws:ssm:us-east-1:{account}:parameter/golden")
    everything = references(ec2, image, IncludeAllResourceTypes=True)
    assert sorted(everything) == sorted([*arns.values(), parameter])
    assert references(ec2, image, ResourceTypes=[{"ResourceType": "ssm:Parameter"}]) == [parameter]
    only_stopped = {
        "ResourceType": "ec2:Instance",
        "ResourceTypeOptions": [{"OptionName": "state-name", "OptionValues": ["stopped"]}],
    }
    assert references(ec2, image, ResourceTypes=[only_stopped]) == [arns[stopped]]
    both = references(ec2, image, ResourceTypes=[only_stopped], IncludeAllResourceTypes=True)
    assert sorted(both) == sorted([arns[stopped], parameter])


def test_launch_templates_are_references(ec2, account):
    old, new = steps.register(ec2), steps.register(ec2)
    template = ec2.create_launch_template(
        LaunchTemplateName="refers", LaunchTemplateData={"ImageId": old}
    )["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(
        LaunchTemplateId=template, LaunchTemplateData={"ImageId": new}
    )
    arn = f"arn:aws:ec2:us-east-1:{account}:launch-template/{template}"
    found = references(ec2, old, new, IncludeAllResourceTypes=True)
    assert found == [(i, "ec2:LaunchTemplate", arn) for i in (old, new)]
    newest = {
        "ResourceType": "ec2:LaunchTemplate",
        "ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": ["1"]}],
    }
    assert references(ec2, old, ResourceTypes=[newest]) == []
    assert references(ec2, new, ResourceTypes=[newest]) == [(new, "ec2:LaunchTemplate", arn)]
    ec2.create_image_usage_report(ImageId=old, ResourceTypes=[newest])
    ec2.create_image_usage_report(ImageId=new, ResourceTypes=[newest])
    entries = ec2.describe_image_usage_report_entries()["ImageUsageReportEntries"]
    assert [(e["ImageId"], e["AccountId"], e["UsageCount"]) for e in entries] == [
        (new, account, 1)
    ]


def test_reference_refusals(ec2):
    image = steps.register(ec2)
    with refused("MissingParameter"):
        references(ec2, image)
    for option in (
        {"OptionName": "state-name", "OptionValues": ["asleep"]},
        {"OptionName": "version-depth", "OptionValues": ["1"]},
    ):
        with refused("InvalidParameterValue"):
            references(
                ec2,
                image,
                ResourceTypes=[{"ResourceType": "ec2:Instance", "ResourceTypeOptions": [option]}],
            )
    with refused("InvalidParameterValue"):
        references(ec2, *[f"ami-{n:08x}" for n in range(11)], IncludeAllResourceTypes=True)


# ---- Usage reports ----


def test_usage_report(start_amisim):
    amisim = start_amisim("--pace", "real")
    amisim.control.clock(freeze=True)
    ec2, other = amisim.client("ec2", ACCOUNT), amisim.client("ec2", OTHER)
    source = {"SourceImageId": steps.public_image(ec2), "SourceRegion": "us-east-1"}
    image = ec2.copy_image(Name="used by many", **source)["ImageId"]
    amisim.control.clock(advance="24h")
    share(ec2, image, OTHER)
    for client in (ec2, other, other):
        steps.run(client, ImageId=image)
    wanted = [
        {"ResourceType": "ec2:Instance"},
        {
            "ResourceType": "ec2:LaunchTemplate",
            "ResourceTypeOptions": [{"OptionName": "version-depth", "OptionValues": ["30"]}],
        },
    ]
    tags = [{"Key": "for", "Value": "audit"}]
    report = ec2.create_image_usage_report(
        ImageId=image,
        ResourceTypes=wanted,
        TagSpecifications=[{"ResourceType": "image-usage-report", "Tags": tags}],
    )["ReportId"]
    (shown,) = ec2.describe_image_usage_reports(ReportIds=[report])["ImageUsageReports"]
    assert (shown["State"], shown["ImageId"]) == ("pending", image)
    assert shown["ResourceTypes"] == [
        {"ResourceType": "ec2:Instance"},
        wanted[1],
    ]
    assert shown["Tags"] == tags
    assert shown["ExpirationTime"] - shown["CreationTime"] == datetime.timedelta(days=30)
    assert ec2.describe_image_usage_report_entries()["ImageUsageReportEntries"] == []
    amisim.control.clock(advance="1h")
    available = [{"Name": "state", "Values": ["available"]}]
    found = ec2.describe_image_usage_reports(ImageIds=[image], Filters=available)
    assert [r["ReportId"] for r in found["ImageUsageReports"]] == [report]
    entries = ec2.describe_image_usage_report_entries(ReportIds=[report])
    counts = {e["AccountId"]: e["UsageCount"] for e in entries["ImageUsageReportEntries"]}
    assert counts == {ACCOUNT: 1, OTHER: 2}
    first = entries["ImageUsageReportEntries"][0]
    assert (first["ResourceType"], first["ReportId"]) == ("ec2:Instance", report)
    assert (first["ImageId"], first["ReportCreationTime"]) == (image, shown["CreationTime"])
    filtered = ec2.describe_image_usage_report_entries(
        Filters=[{"Name": "account-id", "Values": [OTHER]}]
    )
    assert [e["AccountId"] for e in filtered["ImageUsageReportEntries"]] == [OTHER]
    assert other.describe_image_usage_reports()["ImageUsageReports"] == []
    amisim.control.clock(advance="30d")
    assert ec2.describe_image_usage_reports()["ImageUsageReports"] == []


def test_report_of_some_accounts_and_its_end(ec2, other):
    image = steps.register(ec2, EnaSupport=True)
    share(ec2, image, OTHER)
    steps.run(ec2, ImageId=image)
    steps.run(other, ImageId=image)
    request = {
        "ImageId": image,
        "ResourceTypes": [{"ResourceType": "ec2:Instance"}],
        "AccountIds": [OTHER],
        "ClientToken": "once",
    }
    report = ec2.create_image_usage_report(**request)["ReportId"]
    assert ec2.create_image_usage_report(**request)["ReportId"] == report
    entries = ec2.describe_image_usage_report_entries()["ImageUsageReportEntries"]
    assert [e["AccountId"] for e in entries] == [OTHER]
    ec2.create_tags(Resources=[report], Tags=[{"Key": "later", "Value": "1"}])
    by_tag = [{"Name": "tag:later", "Values": ["1"]}]
    assert len(ec2.describe_image_usage_reports(Filters=by_tag)["ImageUsageReports"]) == 1
    assert ec2.delete_image_usage_report(ReportId=report)["Return"] is True
    with refused("InvalidImageUsageReportId.NotFound"):
        ec2.delete_image_usage_report(ReportId=report)
    with refused("InvalidImageUsageReportId.NotFound"):
        ec2.describe_image_usage_reports(ReportIds=[report])


def test_report_refusals(ec2, other):
    image = steps.register(ec2)
    share(ec2, image, OTHER)
    types = [{"ResourceType": "ec2:Instance"}]
    with refused("AuthFailure", f"Not authorized for image:{image}"):
        other.create_image_usage_report(ImageId=image, ResourceTypes=types)
    with refused("InvalidParameterValue"):
        ec2.create_image_usage_report(ImageId=image, ResourceTypes=[{"ResourceType": "x"}])
    with refused("InvalidAMIID.NotFound"):
        ec2.create_image_usage_report(ImageId=UNKNOWN, ResourceTypes=types)
    text = "'image' is not a valid taggable resource type for this operation."
    with refused("InvalidParameterValue", text):
        ec2.create_image_usage_report(
            ImageId=image,
            ResourceTypes=types,
            TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}],
        )


# ---- Watermarks ----


def marks(ec2, image):
    return steps.describe(ec2, image).get("ImageWatermarks", [])


def test_watermarks_travel(ec2, client, account):
    there = client("ec2", region="eu-west-1")
    image = steps.register(ec2, EnaSupport=True)
    key = ec2.attach_image_watermark(ImageId=image, WatermarkName="approved")["WatermarkKey"]
    assert key == f"{account}:approved"
    (mark,) = marks(ec2, image)
    assert mark["WatermarkKey"] == key
    assert (mark["SourceImageId"], mark["SourceImageRegion"]) == (image, "us-east-1")
    made = ec2.create_image(InstanceId=steps.run(ec2, ImageId=image), Name="made")["ImageId"]
    copied = there.copy_image(SourceImageId=made, SourceRegion="us-east-1", Name="copied")["ImageId"]
    assert marks(there, copied) == [mark]
    by_key = [{"Name": "image-watermark.watermark-key", "Values": [key]}]
    assert set(steps.ids(ec2.describe_images(Filters=by_key))) == {image, made}
    for _ in range(2):
        ec2.detach_image_watermark(ImageId=image, WatermarkKey=key)
    assert marks(ec2, image) == []
    assert marks(there, copied) == [mark]


def test_receivers_see_watermarks_and_owners_attach_them(ec2, other):
    image = steps.register(ec2)
    share(ec2, image, OTHER)
    ec2.attach_image_watermark(ImageId=image, WatermarkName="seen")
    assert len(marks(other, image)) == 1
    with refused("AuthFailure", f"Not authorized for image:{image}"):
        other.attach_image_watermark(ImageId=image, WatermarkName="mine")


def test_five_watermarks_and_their_names(ec2):
    image = steps.register(ec2)
    for n in range(5):
        ec2.attach_image_watermark(ImageId=image, WatermarkName=f"mark {n}")
    ec2.attach_image_watermark(ImageId=image, WatermarkName="mark 4")
    with refused("ResourceLimitExceeded"):
        ec2.attach_image_watermark(ImageId=image, WatermarkName="mark 5")
    with refused("InvalidParameterValue"):
        ec2.attach_image_watermark(ImageId=image, WatermarkName="a:b")


def test_watermarks_and_public_images_exclude_each_other(ec2):
    ec2.disable_image_block_public_access()
    public, marked = steps.register(ec2), steps.register(ec2)
    everybody = {"Add": [{"Group": "all"}]}
    ec2.modify_image_attribute(ImageId=public, LaunchPermission=everybody)
    with refused("UnsupportedOperation"):
        ec2.attach_image_watermark(ImageId=public, WatermarkName="too late")
    ec2.attach_image_watermark(ImageId=marked, WatermarkName="private")
    with refused("UnsupportedOperation"):
        ec2.modify_image_attribute(ImageId=marked, LaunchPermission=everybody)
