"""The pictures of docs/console/: a world of one lesson, page by page. `run shots` makes them; look at them."""

import pathlib

from conftest import ACCOUNT, ELSEWHERE, REGION, World
from playwright.sync_api import sync_playwright

HERE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "console"
THIRD = "ap-southeast-2"


def lesson(world):
    """What the lesson leaves behind, with a copy under way."""
    ec2, control = world.client(), world.control
    instance = world.launch()
    control.put(f"guests/{instance}/files/srv/app.conf", "version=1")
    control.clock(advance="1h")
    tags = [{"ResourceType": "image", "Tags": [{"Key": "Name", "Value": "golden"}, {"Key": "stage", "Value": "prod"}]}]
    golden = world.image(instance, "golden-2026-11-01", Description="The November build", TagSpecifications=tags)
    control.clock(advance="1d")
    control.put(f"guests/{instance}/files/srv/notes.txt", "not on the volume yet")
    control.put(f"guests/{instance}/files/var/log/app.log", "neither is this")
    careless = world.image(instance, "careless", NoReboot=True)
    control.clock(advance="2d")
    far, key = world.client("ec2", ELSEWHERE), world.client("kms", ELSEWHERE).create_key()["KeyMetadata"]["Arn"]
    copy = far.copy_image(
        SourceImageId=golden, SourceRegion=REGION, Name="golden-2026-11-01", Encrypted=True, KmsKeyId=key
    )["ImageId"]
    control.clock(advance="2h")
    for name in ("web-1", "web-2"):
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        far.run_instances(ImageId=copy, InstanceType="t3.micro", MinCount=1, MaxCount=1, TagSpecifications=tags)
    ec2.deregister_image(ImageId=careless)
    control.clock(advance="20d")
    control.put(f"guests/{instance}/files/srv/hasty.txt", "not on the volume yet")
    hasty = world.image(instance, "hasty", NoReboot=True)
    december = world.image(instance, "golden-2026-12-01")
    ec2.create_key_pair(KeyName="laptop")
    world.launch("other", account="111122223333")
    control.put("scenarios/no-capacity", "")
    third = world.client("ec2", THIRD)
    third.copy_image(SourceImageId=december, SourceRegion=REGION, Name="golden-2026-12-01")
    control.clock(advance="70s")
    return {"instance": instance, "golden": golden, "hasty": hasty}


def create_image(page):
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Create image").click()
    page.get_by_label("Image name").fill("golden-2027-01-01")
    page.get_by_label("Reboot instance").uncheck()


def copy_image(page):
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Copy AMI").click()
    page.get_by_label("Destination Region").select_option(THIRD)
    page.get_by_label("Encrypt EBS snapshots of AMI copy").check()


# name: page, and what is opened and done there.
PICTURES = {
    "overview": {"where": "overview"},
    "create-image": {"where": "instances", "of": "instance", "act": create_image},
    "copy-image": {"where": "images", "of": "golden", "act": copy_image, "dark": True},
    "lineage": {"where": "lineage"},
    "timeline": {"where": "timeline", "dark": True},
    "consistency": {"where": "consistency", "of": "hasty"},
    "cost": {"where": "cost"},
    "scenarios": {"where": "scenarios", "dark": True},
    "tour": {"where": "tour"},
    "classroom": {"where": "lineage", "search": "?size=classroom", "size": (1920, 1080)},
    "narrow": {"where": "overview", "size": (360, 740), "dark": True},
}


def take(browser, world, things, name, what):
    width, height = what.get("size", (1366, 860))
    scheme = "dark" if what.get("dark") else "light"
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    place = "/".join(filter(None, [ACCOUNT, REGION, what["where"], things.get(what.get("of"), "")]))
    page.goto(f"{world.url}/_amisim/{what.get('search', '')}#/{place}")
    page.locator("main h1").wait_for()
    page.get_by_text("Loading …").first.wait_for(state="hidden")
    page.locator(".live.good").wait_for()
    what.get("act", lambda _: None)(page)
    page.wait_for_timeout(300)  # a picture of what has settled: no test
    page.screenshot(path=HERE / f"{name}.png")
    context.close()


def main():
    world = World("--pace", "real")
    with world.simulator, sync_playwright() as driver:
        things = lesson(world)
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, what in PICTURES.items():
            take(browser, world, things, name, what)


if __name__ == "__main__":
    main()
