"""The lesson in the console while boto3 sees the same state, and the other way round."""

import re

from conftest import ACCOUNT, ELSEWHERE, REGION
from playwright.sync_api import expect


def only(world, region=REGION):
    """The account's images there, by name."""
    images = world.client("ec2", region).describe_images(Owners=["self"], IncludeDisabled=True)["Images"]
    return {image["Name"]: image for image in images}


def test_the_lesson_in_the_console(world, page):
    ec2, control = world.client(), world.control
    # 1: an instance of a standard AMI, in a world that has nothing.
    page.open()
    page.see("Nothing here yet")
    page.button("Launch instance").click()
    page.dialog.get_by_label("Name").fill("builder")
    page.dialog.get_by_label("IAM instance profile").fill("lesson")
    page.send("Launch instance")
    control.clock(advance="2m")
    instance = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    assert instance["State"]["Name"] == "running" and instance["Tags"] == [{"Key": "Name", "Value": "builder"}]
    identifier = instance["InstanceId"]

    # 2: software on it.
    page.open("instances", identifier, query="?tab=files")
    page.page.get_by_label("Path").fill("/srv/app.conf")
    page.page.get_by_label("Text").fill("version=1")
    page.button("Write").click()
    page.button("srv/", exact=False).click()
    page.see("app.conf")

    # 3: an image, with reboot.
    page.open("instances")
    page.choose("builder")
    form = page.act("Create image")
    expect(form.get_by_label("Reboot instance")).to_be_checked()
    form.get_by_label("Image name").fill("golden")
    form.get_by_label("Image description").fill("by hand")
    form.get_by_role("button", name="Add tag").click()
    form.get_by_label("Key of tag 1", exact=True).fill("stage")
    form.get_by_label("Value of tag 1").fill("test")
    page.send("Create image")
    control.clock(advance="10m")
    golden = only(world)["golden"]
    assert golden["State"] == "available" and golden["Description"] == "by hand"
    assert golden["Tags"] == [{"Key": "stage", "Value": "test"}]
    assert "NoReboot" not in control.lines("requests", operation="CreateImage")[0]["parameters"]

    # 4: without reboot, and what is lost.
    control.put(f"guests/{identifier}/files/srv/late.txt", "late")
    page.choose("builder")
    form = page.act("Create image")
    form.get_by_label("Image name").fill("careless")
    form.get_by_label("Reboot instance").uncheck()
    expect(form).to_contain_text("does not guarantee the file system")
    page.send("Create image")
    control.clock(advance="10m")
    careless = only(world)["careless"]
    page.open("consistency", careless["ImageId"])
    page.see("Not consistent")
    page.see("/srv/late.txt")

    # 5: an instance of it.
    page.open("images")
    page.choose("golden")
    page.act("Launch instance from AMI").get_by_label("Name").fill("web")
    page.send("Launch instance")
    control.clock(advance="2m")
    found = ec2.describe_instances(Filters=[{"Name": "image-id", "Values": [golden["ImageId"]]}])
    assert len(found["Reservations"]) == 1

    # 6: a copy in another Region, with a key of its own.
    key = world.client("kms", ELSEWHERE).create_key()["KeyMetadata"]["Arn"]
    form = page.act("Copy AMI")
    form.get_by_label("Destination Region").select_option(ELSEWHERE)
    form.get_by_label("Encrypt EBS snapshots of AMI copy").check()
    form.get_by_label("KMS key").fill(key)
    page.send("Copy AMI")
    control.clock(advance="1h")
    copy = only(world, ELSEWHERE)["golden"]
    assert copy["SourceImageId"] == golden["ImageId"] and copy["BlockDeviceMappings"][0]["Ebs"]["Encrypted"]

    # Who may launch it; for how long; what protects it.
    form = page.act("Edit AMI permissions")
    form.get_by_role("button", name="Add account ID").click()
    form.get_by_label("AWS account ID 1", exact=True).fill("111122223333")
    page.send("Save changes")
    attribute = ec2.describe_image_attribute(ImageId=golden["ImageId"], Attribute="launchPermission")
    assert attribute["LaunchPermissions"] == [{"UserId": "111122223333"}]
    form = page.act("Manage AMI deprecation")
    form.get_by_label("Enable").check()
    form.get_by_label("Date and time (UTC)").fill("2027-06-01T00:00")
    page.send("Save")
    form = page.act("Manage AMI deregistration protection")
    form.get_by_label("Enable without cooldown").check()
    page.send("Save")
    golden = only(world)["golden"]
    assert golden["DeprecationTime"].startswith("2027-06-01T00:00")
    assert golden["DeregistrationProtection"].startswith("enabled")
    form = page.act("Manage AMI deregistration protection")
    form.get_by_label("Disable", exact=True).check()
    page.send("Save")

    # Disabled and enabled again.
    page.act("Disable AMI")
    page.send("Disable AMI")
    assert only(world)["golden"]["State"] == "disabled"
    page.page.get_by_label("Owner").select_option("disabled")
    page.choose("golden")
    page.act("Enable AMI")
    page.send("Enable AMI")
    page.page.get_by_label("Owner").select_option("mine")

    # 8: deregistered; its snapshot is still charged, until it is deleted.
    page.page.get_by_role("checkbox", name="Select all").uncheck()
    page.choose("careless")
    form = page.act("Deregister AMI")
    expect(form).to_contain_text("charged until you delete them")
    page.send("Deregister AMI")
    assert "careless" not in only(world)
    page.open("lineage")
    page.see("still charged")
    snapshot = careless["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    page.open("snapshots")
    page.choose(snapshot)
    page.act("Delete snapshot")
    page.send("Delete snapshot")
    assert snapshot not in {one["SnapshotId"] for one in ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    page.open("tour")
    page.see("of 9")


def test_boto3_acts_and_the_page_shows_it(world, page):
    """Without reload, on each page."""
    ec2, control = world.client(), world.control
    page.open("images")
    page.see("No AMI in")
    instance = world.launch()
    ec2.create_image(InstanceId=instance, Name="from-boto3")
    page.see("from-boto3")
    control.clock(advance="10m")
    expect(page.row("from-boto3")).to_contain_text("Available")
    expect(page.page.get_by_role("log")).to_contain_text("1 image became available")
    image = only(world)["from-boto3"]["ImageId"]
    ec2.create_tags(Resources=[image], Tags=[{"Key": "Name", "Value": "tagged"}])
    page.see("tagged")
    page.row("from-boto3").get_by_role("link", name=image).click()
    expect(page.page).to_have_url(re.compile(f"#/{ACCOUNT}/{REGION}/images/{image}$"))
    page.page.get_by_role("tab", name="Permissions").click()
    page.see("nobody but its owner")
    ec2.disable_image_block_public_access()
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    page.see("Everybody (Public)")
    page.expected = "400"  # the open tab asks for what is about to go
    ec2.deregister_image(ImageId=image)
    page.see("What is known of it")


def test_an_image_under_way_shows_its_progress(start, visit):
    world = start("--pace", "real")
    page = visit(world)
    instance = world.launch()
    image = world.image(instance, "first")
    copy = world.client("ec2", ELSEWHERE).copy_image(SourceImageId=image, SourceRegion=REGION, Name="second")
    page.open("lineage")
    boxes = page.page.locator(f"[data-id={copy['ImageId']}]")
    expect(boxes).to_contain_text("Pending")
    world.control.clock(advance="30s")
    expect(boxes).not_to_contain_text("Pending 0 %")
    page.open()
    page.see("due in")
    to_next = page.page.locator(".clock .next")
    while jobs := world.control.get("jobs")["jobs"]:
        expect(to_next).to_contain_text(f"{jobs[0]['kind']} in")
        to_next.click()
        expect(to_next).not_to_contain_text(f"{jobs[0]['kind']} in")
    page.see("Nothing is under way")
    assert only(world, ELSEWHERE)["second"]["State"] == "available"


def test_a_refusal_stands_at_its_field_and_the_form_keeps_what_was_typed(world, page):
    page.expected = "400"
    instance = world.launch()
    world.image(instance, "taken")
    page.open("instances", instance)
    form = page.act("Create image")
    form.get_by_label("Image name").fill("taken")
    form.get_by_label("Image description").fill("long work")
    form.get_by_role("button", name="Create image").click()
    field = form.locator(".field.wrong")
    expect(field).to_contain_text("InvalidAMIName.Duplicate")
    expect(field.get_by_label("Image name")).to_have_value("taken")
    expect(form.get_by_label("Image description")).to_have_value("long work")
    form.get_by_label("Image name").fill("free")
    page.send("Create image")
    assert only(world).keys() == {"taken", "free"}


def test_the_timeline_tells_all_of_a_call(world, page):
    page.expected = "400"
    instance = world.launch()
    world.image(instance, "golden")
    page.open("timeline")
    page.page.get_by_role("button", name=re.compile("^Calls at")).first.click()
    expect(page.dialog).to_contain_text("<imageId>ami-")
    expect(page.dialog).to_contain_text('"Name": "golden"')
    assert page.command() == f"aws ec2 create-image --region {REGION} \\\n    --instance-id {instance} \\\n    --name golden"
    page.dialog.get_by_role("button", name="Close").click()
    before = page.page.locator(".line").count()
    page.button("Pause the list", exact=False).click()
    world.client().create_key_pair(KeyName="k")
    expect(page.button("Go on", exact=False)).to_contain_text("1 new")
    assert page.page.locator(".line").count() == before
    page.button("Go on", exact=False).click()
    page.see("CreateKeyPair")


def test_scenarios_checkpoints_and_clock(world, page):
    page.open("scenarios")
    page.page.get_by_role("switch", name="no-capacity").click()
    expect(page.page.locator(".bar .fault")).to_contain_text("no-capacity")
    assert [one["name"] for one in world.control.get("scenarios")["scenarios"]] == ["no-capacity"]
    page.page.get_by_role("switch", name="no-capacity").click()
    expect(page.page.locator(".bar .fault")).to_have_count(0)
    page.open("checkpoints")
    page.page.get_by_label("Name").fill("before")
    page.button("Make checkpoint").click()
    page.see("before")
    world.client().create_key_pair(KeyName="k")
    page.button("Restore before").click()
    page.dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(page.page.get_by_role("log")).to_contain_text("restored")
    assert world.client().describe_key_pairs()["KeyPairs"] == []
    page.open("clock")
    page.page.get_by_label("Go to (UTC)").fill("2026-12-24T18:00")
    page.button("Go", exact=True).click()
    expect(page.page.locator(".clock time")).to_contain_text("2026-12-24 18:00")
    assert world.control.clock()["now"].startswith("2026-12-24T18:00")


def test_recycle_bin(world, page):
    rule = {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"}
    world.client("rbin").create_rule(ResourceType="EC2_IMAGE", RetentionPeriod=rule)
    image = world.image(world.launch(), "golden")
    world.client().deregister_image(ImageId=image)
    page.open("bin")
    page.choose(image)
    page.act("Recover")
    page.send("Recover")
    page.see("No resource in")
    assert "golden" in only(world)


def test_two_accounts(world, visit):
    """Each page is of the account in its address."""
    mine, other = visit(), visit()
    image = world.image(world.launch(), "golden")
    mine.open("images")
    other.open("images", account="111122223333")
    mine.see("golden")
    other.see("No AMI in")
    world.client().modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": "111122223333"}]})
    other.page.get_by_label("Owner").select_option("private")
    other.see("golden")
    other.see(ACCOUNT)
