"""Every command that a form shows is run by the real AWS CLI on the same world: it does what the form does."""

import pytest
from conftest import ELSEWHERE, REGION
from playwright.sync_api import expect

HOSTILE = "it's \"quoted\" $HOME `id` \\ <script>alert(1)</script> \u202ertl \u05e9\u05dc\u05d5\u05dd"


def create_image(form):
    form.get_by_label("Image name").fill("it's (a) [b] ./-'@_")
    form.get_by_label("Image description").fill(HOSTILE[:60])  # AWS takes ASCII alone here
    form.get_by_label("Reboot instance").uncheck()
    form.get_by_label("Delete on termination").uncheck()
    form.get_by_label("Size of volume 1").fill("20")
    form.get_by_label("Type of volume 1").select_option("gp2")
    form.get_by_role("button", name="Add volume").click()
    form.get_by_label("Tag image and snapshots separately").check()
    form.get_by_role("button", name="Add tag").first.click()
    form.get_by_label("Key of tag 1", exact=True).first.fill(HOSTILE[:60])
    form.get_by_label("Value of tag 1", exact=True).first.fill(HOSTILE)


def reference(form):
    """The CLI would read this as the name of a file."""
    form.get_by_label("Image name").fill("plain")
    form.get_by_label("Image description").fill("file:///etc/hostname")


def copy_image(form):
    form.get_by_label("Destination Region").select_option(ELSEWHERE)
    form.get_by_label("AMI copy description").fill("-starts with a dash")
    form.get_by_label("Copy tags").check()
    form.get_by_label("Encrypt EBS snapshots of AMI copy").check()


def timed_copy(form):
    form.get_by_label("AMI copy name").fill("timed")
    form.get_by_label("Enable time-based copy").check()
    form.get_by_label("Completion duration in minutes").fill("30")


def launch(form):
    form.get_by_label("Name").fill(HOSTILE)
    form.get_by_label("Number of instances").fill("2")
    form.get_by_label("Size of the root volume").fill("12")
    form.get_by_label("Key pair").select_option("laptop")
    form.get_by_label("IAM instance profile").fill("lesson")
    form.get_by_label("User data").fill("#!/bin/sh\necho 'it''s' > /tmp/x\n")


def permissions(form):
    form.get_by_role("button", name="Add account ID").click()
    form.get_by_label("AWS account ID 1", exact=True).fill("111122223333")
    form.get_by_role("button", name="Add account ID").click()
    form.get_by_label("AWS account ID 2", exact=True).fill("444455556666")


def deprecation(form):
    form.get_by_label("Enable").check()
    form.get_by_label("Date and time (UTC)").fill("2027-06-01T12:30")


def protection(form):
    form.get_by_label("Enable with a 24-hour cooldown period").check()


def deregister(form):
    form.get_by_label("Delete associated snapshots").check()


def tags(form):
    form.get_by_role("button", name="Remove tag 1").click()
    form.get_by_role("button", name="Add tag").click()
    form.get_by_label("Key of tag 1", exact=True).fill(HOSTILE[:100])
    form.get_by_label("Value of tag 1", exact=True).fill("\u202e" + "x" * 127)


def register(form):
    form.get_by_label("Image name").fill("registered")
    form.get_by_label("Root device name").fill("/dev/xvda")
    form.get_by_label("Volume type").select_option("gp3")


def copy_snapshot(form):
    form.get_by_label("Destination Region").select_option(ELSEWHERE)


def share_snapshot(form):
    form.get_by_role("button", name="Add account").click()
    form.get_by_label("AWS account ID 1", exact=True).fill("111122223333")


def volume(form):
    form.get_by_label("Size (GiB)").fill("20")
    form.get_by_label("Volume type").select_option("io1")
    form.get_by_label("IOPS").fill("500")


def modify(form):
    form.get_by_label("Size (GiB)").fill("30")


def protect(form):
    form.get_by_label("Enable").check()


def nothing(_):
    pass


FORMS = {
    "create image": ("instances", "builder", "Create image", create_image, "Create image"),
    "a text like a file": ("instances", "builder", "Create image", reference, "Create image"),
    "stop": ("instances", "builder", "Stop instance", nothing, "Stop instance"),
    "terminate": ("instances", "builder", "Terminate", nothing, "Terminate (delete) instance"),
    "protect": ("instances", "builder", "Change termination", protect, "Save"),
    "instance tags": ("instances", "builder", "Manage tags", tags, "Save"),
    "copy image": ("images", "golden", "Copy AMI", copy_image, "Copy AMI"),
    "timed copy": ("images", "golden", "Copy AMI", timed_copy, "Copy AMI"),
    "launch": ("images", "golden", "Launch instance from AMI", launch, "Launch instance"),
    "permissions": ("images", "golden", "Edit AMI permissions", permissions, "Save changes"),
    "deprecation": ("images", "golden", "Manage AMI deprecation", deprecation, "Save"),
    "protection": ("images", "golden", "Manage AMI deregistration", protection, "Save"),
    "disable": ("images", "golden", "Disable AMI", nothing, "Disable AMI"),
    "deregister": ("images", "golden", "Deregister AMI", deregister, "Deregister AMI"),
    "register": ("snapshots", "snap-", "Create image from snapshot", register, "Create image"),
    "volume": ("snapshots", "snap-", "Create volume", volume, "Create volume"),
    "copy snapshot": ("snapshots", "snap-", "Copy snapshot", copy_snapshot, "Copy snapshot"),
    "share snapshot": ("snapshots", "snap-", "Modify permissions", share_snapshot, "Save changes"),
    "create snapshot": ("volumes", "vol-", "Create snapshot", nothing, "Create snapshot"),
    "modify volume": ("volumes", "vol-", "Modify volume", modify, "Modify"),
    "delete key pair": ("keys", "laptop", "Delete key pair", nothing, "Delete key pair"),
}


def state(world):
    """All of the world; tokens are drawn by whoever asks, and the settings tell when it was saved."""
    tables = world.control.get("state")["tables"]
    for name in ("setting", "token"):
        tables.pop(name)
    token = tables["instance"]["columns"].index("client_token")
    for row in tables["instance"]["rows"]:
        row[token] = None
    return tables


@pytest.mark.parametrize("what", FORMS)
def test_a_command_does_what_its_form_does(world, page, what):
    where, row, action, fill, button = FORMS[what]
    world.client().create_key_pair(KeyName="laptop")
    world.image(world.launch(), "golden")
    world.control.post("checkpoints/before")
    before = state(world)
    page.open(where)
    page.choose(row)
    form = page.act(action)
    fill(form)
    form.get_by_role("button", name="Copy", exact=True).click()
    command = page.page.evaluate("navigator.clipboard.readText()")
    page.send(button)
    by_form = state(world)
    assert by_form != before
    world.control.post("checkpoints/before/restore")
    world.shell(command)
    assert state(world) == by_form, command


def test_the_command_of_a_list_finds_the_same(world, page):
    instance = world.launch()
    for name in ("golden-1", "golden-2", "other"):
        world.image(instance, name)
    page.open("images")
    page.page.get_by_role("combobox", name="Find AMI").fill("name = golden*")
    page.page.keyboard.press("Enter")
    page.see("golden-1")
    expect(page.row("other")).to_have_count(0)
    page.button("CLI").click()
    command = page.page.get_by_label("AWS CLI command").inner_text()
    found = world.shell(f"{command} --query 'Images[].Name' --output text").split()
    assert sorted(found) == ["golden-1", "golden-2"] and REGION in command


def test_a_shell_is_set_up_by_what_is_copied(world, page):
    page.open()
    page.button("Launch instance").click()
    page.dialog.get_by_role("button", name="Copy set-up of a shell").click()
    setup = page.page.evaluate("navigator.clipboard.readText()")
    assert world.shell(f"{setup}\naws ec2 describe-key-pairs --region {REGION} --output text") == ""


def test_the_timeline_tells_what_other_clients_asked(world, page):
    """A recorded call as a command, of boto3 here: the same world twice."""
    instance = world.launch()
    world.control.post("checkpoints/before")
    world.client().create_image(
        InstanceId=instance,
        Name="golden",
        NoReboot=True,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "a b", "Value": HOSTILE}]}],
        BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5, "DeleteOnTermination": False}}],
    )
    made = state(world)
    page.open("timeline")
    page.page.get_by_role("button", name="Calls at").first.click()
    command = page.command()
    world.control.post("checkpoints/before/restore")
    world.shell(command)
    assert state(world) == made, command
