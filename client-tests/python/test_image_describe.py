"""DescribeImages and DeregisterImage: who sees what, ids, filters, paging, what a deregistration leaves."""

import image_steps as steps
import pytest
from simulator import refused

UNKNOWN = "ami-0ffffffffffffffff"


@pytest.fixture
def other(client, another_account):
    return client("ec2", account=another_account)


def share(ec2, image, *accounts):
    ec2.modify_image_attribute(
        ImageId=image, LaunchPermission={"Add": [{"UserId": account} for account in accounts]}
    )


# ---- Identifiers ----


@pytest.mark.parametrize("bad", ["ami-00000000000000000", "ami-11111111111111111"])
def test_unacceptable_ids(ec2, bad):
    with refused("InvalidAMIID.Malformed", f'Invalid id: "{bad}"'):
        ec2.describe_images(ImageIds=[bad])


def test_ids_of_another_kind_and_empty_ones(ec2):
    with refused("InvalidAMIID.Malformed", 'Invalid id: "not_an_ami_id" (expecting "ami-...")'):
        ec2.describe_images(ImageIds=["not_an_ami_id", "neither"])
    with refused("MissingParameter", "The request must contain the parameter ImageId"):
        ec2.describe_images(ImageIds=[""])


def test_unknown_ids_are_named_together(ec2):
    image = steps.register(ec2)
    with refused("InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"):
        ec2.describe_images(ImageIds=[UNKNOWN])
    text = f"The image ids '[{UNKNOWN}, ami-abcd1234]' do not exist"
    with refused("InvalidAMIID.NotFound", text):
        ec2.describe_images(ImageIds=[UNKNOWN, image, "ami-abcd1234"])


def test_an_image_of_another_region_does_not_exist_here(ec2, client):
    image = steps.register(client("ec2", region="eu-west-1"))
    with refused("InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"):
        ec2.describe_images(ImageIds=[image])


def test_deregistered_and_unshared_images_are_an_empty_set(ec2, other):
    mine, theirs = steps.register(ec2), steps.register(other)
    assert ec2.describe_images(ImageIds=[theirs])["Images"] == []
    ec2.deregister_image(ImageId=mine)
    for _ in range(2):
        assert ec2.describe_images(ImageIds=[mine])["Images"] == []


def test_a_deregistered_image_is_forgotten_in_the_end(start_amisim):
    amisim = start_amisim("--pace", "instant")
    amisim.control.clock(freeze=True)
    ec2 = amisim.client("ec2", "123456789012")
    unused, used = (steps.register(ec2, EnaSupport=True) for _ in range(2))
    instance = steps.run(ec2, ImageId=used)
    for image in (unused, used):
        ec2.deregister_image(ImageId=image)
    amisim.control.clock(advance="167h")
    assert ec2.describe_images(ImageIds=[unused, used])["Images"] == []
    amisim.control.clock(advance="1h")
    with refused("InvalidAMIID.NotFound", f"The image id '[{unused}]' does not exist"):
        ec2.describe_images(ImageIds=[unused, used])
    assert ec2.describe_images(ImageIds=[used])["Images"] == []
    ec2.terminate_instances(InstanceIds=[instance])
    text = f"The image id '[{used}]' does not exist"
    for call in (
        lambda: ec2.describe_images(ImageIds=[used]),
        lambda: ec2.deregister_image(ImageId=used),
        lambda: steps.run(ec2, ImageId=used),
    ):
        with refused("InvalidAMIID.NotFound", text):
            call()


# ---- Sharing ----


def test_what_a_receiver_sees(ec2, other, account):
    image = steps.register(
        other,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}],
    )
    mine = steps.describe(other, image)
    share(other, image, account)
    seen = steps.describe(ec2, image)
    assert seen == {
        k: v for k, v in mine.items() if k not in ("Tags", "DeregistrationProtection")
    }
    other.reset_image_attribute(ImageId=image, Attribute="launchPermission")
    assert ec2.describe_images(ImageIds=[image])["Images"] == []


def test_executable_by(ec2, other, account):
    image = steps.register(other)
    share(other, image, account)
    for users in (["self"], [account]):
        assert steps.ids(ec2.describe_images(ExecutableUsers=users)) == [image]
    assert steps.ids(other.describe_images(ExecutableUsers=[account])) == [image]
    assert other.describe_images(ExecutableUsers=["self"])["Images"] == []
    assert ec2.describe_images(ImageIds=[image], ExecutableUsers=["all"])["Images"] == []
    assert image not in steps.ids(ec2.describe_images(ExecutableUsers=["all"]))
    assert steps.public_image(ec2) in steps.ids(ec2.describe_images(ExecutableUsers=["all"]))


def test_executable_by_a_third_account_is_for_the_owner_alone(ec2, other, account):
    image = steps.register(other)
    share(other, image, account, "555500004444")
    assert ec2.describe_images(ExecutableUsers=["555500004444"])["Images"] == []
    assert steps.ids(other.describe_images(ExecutableUsers=["555500004444"])) == [image]


def test_owners(ec2, other, account, another_account):
    mine, theirs = steps.register(ec2), steps.register(other)
    share(other, theirs, account)
    assert steps.ids(ec2.describe_images(Owners=["self"])) == [mine]
    assert steps.ids(ec2.describe_images(Owners=[account])) == [mine]
    assert steps.ids(ec2.describe_images(Owners=[another_account])) == [theirs]
    assert set(steps.ids(ec2.describe_images(Owners=["self", another_account]))) == {mine, theirs}
    amazon = ec2.describe_images(Owners=["amazon"])["Images"]
    assert amazon and {image["ImageOwnerAlias"] for image in amazon} == {"amazon"}
    everything = steps.ids(ec2.describe_images())
    assert {mine, theirs, steps.public_image(ec2)} <= set(everything)
    with refused("InvalidUserID.Malformed"):
        ec2.describe_images(Owners=["nobody"])


def test_public_image_of_amazon(ec2):
    image = steps.describe(ec2, steps.public_image(ec2))
    assert image["ImageOwnerAlias"] == "amazon"
    assert image["OwnerId"] == "137112412989"
    assert image["ImageLocation"] == f"amazon/{image['Name']}"
    assert image["Public"] is True
    assert image["SourceImageRegion"] == "us-west-2"
    assert image["PublicSsmParameterName"].startswith("aws/service/ami-amazon-linux-latest/")
    assert image["BlockDeviceMappings"][0]["Ebs"]["Iops"] == 3000
    assert not {"Tags", "DeregistrationProtection"} & set(image)


# ---- Filters ----

DOCUMENTED_FILTERS = """
    architecture block-device-mapping.delete-on-termination block-device-mapping.device-name
    block-device-mapping.snapshot-id block-device-mapping.volume-size
    block-device-mapping.volume-type block-device-mapping.encrypted creation-date description
    ena-support free-tier-eligible hypervisor image-allowed image-id
    image-watermark.source-image-creation-time image-watermark.source-image-id
    image-watermark.source-image-region image-watermark.watermark-creation-time
    image-watermark.watermark-key image-type is-public kernel-id manifest-location name
    owner-alias owner-id platform product-code product-code.type public-ssm-parameter-name
    ramdisk-id root-device-name root-device-type source-image-id source-image-region
    source-instance-id state state-reason-code state-reason-message sriov-net-support
    tag:any tag-key virtualization-type
""".split()


@pytest.mark.parametrize("name", DOCUMENTED_FILTERS)
def test_every_documented_filter_is_known(ec2, name):
    steps.register(ec2)
    asked = ec2.describe_images(
        Owners=["self"], Filters=[{"Name": name, "Values": ["no such value"]}]
    )
    assert asked["Images"] == []


def test_unknown_filter(ec2):
    with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
        ec2.describe_images(Filters=[{"Name": "colour", "Values": ["red"]}])


def test_filters_find_an_image_by_each_of_its_fields(ec2, account):
    snapshot = steps.snapshot(ec2)
    tag = {"Key": "team", "Value": "blue"}
    image_id = steps.register(
        ec2,
        Name="find-me",
        Description="a description",
        EnaSupport=True,
        BlockDeviceMappings=[
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"SnapshotId": snapshot, "VolumeSize": 7, "DeleteOnTermination": False},
            }
        ],
        TagSpecifications=[{"ResourceType": "image", "Tags": [tag]}],
    )
    steps.register(ec2, Architecture="arm64", VirtualizationType="paravirtual")
    created = steps.describe(ec2, image_id)["CreationDate"]
    wanted = {
        "architecture": "x86_64",
        "block-device-mapping.delete-on-termination": "false",
        "block-device-mapping.snapshot-id": snapshot,
        "block-device-mapping.volume-size": "7",
        "description": "a desc*",
        "ena-support": "true",
        "image-id": image_id,
        "manifest-location": f"{account}/find-me",
        "name": "find-??",
        "sriov-net-support": "simple",
        "tag:team": "bl*",
        "tag-key": "team",
        "virtualization-type": "hvm",
    }
    for name, value in wanted.items():
        found = ec2.describe_images(
            Owners=["self"], Filters=[{"Name": name, "Values": ["nothing", value]}]
        )
        assert steps.ids(found) == [image_id], name
    day = [{"Name": "creation-date", "Values": [created[:10] + "*"]}]
    assert len(ec2.describe_images(Owners=["self"], Filters=day)["Images"]) == 2


def test_filters_add_up_and_join_ids(ec2):
    image = steps.register(ec2, Name="both-match")
    both = [
        {"Name": "name", "Values": ["both-match"]},
        {"Name": "architecture", "Values": ["arm64"]},
    ]
    assert ec2.describe_images(Owners=["self"], Filters=both)["Images"] == []
    assert ec2.describe_images(ImageIds=[image], Filters=both)["Images"] == []
    assert steps.ids(ec2.describe_images(ImageIds=[image], Filters=both[:1])) == [image]


def test_the_tags_of_others_match_nothing(ec2, other, account):
    image = steps.register(
        other,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "a", "Value": "b"}]}],
    )
    share(other, image, account)
    by_tag = [{"Name": "tag:a", "Values": ["b"]}]
    assert ec2.describe_images(Filters=by_tag)["Images"] == []
    assert steps.ids(other.describe_images(Filters=by_tag)) == [image]


# ---- Pages ----


def test_paging(ec2):
    images = {steps.register(ec2) for _ in range(7)}
    first = ec2.describe_images(Owners=["self"], MaxResults=5)
    assert len(first["Images"]) == 5
    rest = ec2.describe_images(Owners=["self"], MaxResults=5, NextToken=first["NextToken"])
    assert "NextToken" not in rest
    assert set(steps.ids(first)) | set(steps.ids(rest)) == images


def test_paging_refusals(ec2):
    image = steps.register(ec2)
    text = "Invalid value '1' for maxResults. Expecting a value greater than 5."
    with refused("InvalidParameterValue", text):
        ec2.describe_images(Owners=["self"], MaxResults=1)
    text = "The parameter imageIdsSet cannot be used with the parameter maxResults"
    with refused("InvalidParameterCombination", text):
        ec2.describe_images(ImageIds=[image], MaxResults=5)


# ---- DeregisterImage ----


def test_deregister_answers_with_an_empty_set(ec2, amisim, account):
    image = steps.register(ec2)
    reply = amisim.query(account, Action="DeregisterImage", ImageId=image)
    assert "<return>true</return><deleteSnapshotResultSet/>" in reply.body
    with refused("InvalidAMIID.Unavailable", f"The image ID '{image}' is no longer available"):
        ec2.deregister_image(ImageId=image)


def test_deregister_refusals(ec2, other, account):
    with refused("InvalidAMIID.NotFound", f"The image id '[{UNKNOWN}]' does not exist"):
        ec2.deregister_image(ImageId=UNKNOWN)
    image = steps.register(other)
    share(other, image, account)
    with refused("AuthFailure", f"Not authorized for image:{image}"):
        ec2.deregister_image(ImageId=image)
    with refused("DryRunOperation"):
        other.deregister_image(ImageId=image, DryRun=True)
    assert steps.describe(other, image)["State"] == "available"


def test_snapshots_stay_and_are_free_at_once(ec2):
    snapshot = steps.snapshot(ec2)
    older, newer = steps.register(ec2, snapshot), steps.register(ec2, snapshot)
    text = f"The snapshot {snapshot} is currently in use by {newer}, {older}"
    with refused("InvalidSnapshot.InUse", text):
        ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.deregister_image(ImageId=newer)
    text = f"The snapshot {snapshot} is currently in use by {older}"
    with refused("InvalidSnapshot.InUse", text):
        ec2.delete_snapshot(SnapshotId=snapshot)
    ec2.deregister_image(ImageId=older)
    assert ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed"
    ec2.delete_snapshot(SnapshotId=snapshot)


def test_delete_associated_snapshots(ec2):
    alone, used = steps.snapshot(ec2), steps.snapshot(ec2)
    image, user = steps.register(ec2, alone, used), steps.register(ec2, used)
    answer = ec2.deregister_image(ImageId=image, DeleteAssociatedSnapshots=True)
    assert answer["Return"] is True
    assert answer["DeleteSnapshotResults"] == [
        {"SnapshotId": alone, "ReturnCode": "success"},
        {"SnapshotId": used, "ReturnCode": "skipped"},
    ]
    with refused("InvalidSnapshot.NotFound", f"The snapshot '{alone}' does not exist."):
        ec2.describe_snapshots(SnapshotIds=[alone])
    assert steps.describe(ec2, user)["State"] == "available"
