"""axe-core on every page and dialog, in both themes, narrow and wide; and the lesson by the keyboard alone."""

import pathlib

import axe_playwright_python
import pytest
from conftest import ACCOUNT
from playwright.sync_api import expect

AXE = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = ["overview", "tour", "instances", "keys", "images", "volumes", "snapshots", "bin", "lineage", "timeline"]
PAGES += ["consistency", "cost", "clock", "scenarios", "checkpoints", "licences"]
LOOKS = [
    {"color_scheme": "light", "width": 1366},
    {"color_scheme": "dark", "width": 1366},
    {"color_scheme": "light", "width": 320},
    {"color_scheme": "dark", "width": 320},
]


def violations(page):
    """What axe says, short enough to read."""
    found = page.page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found]


@pytest.fixture
def looked_at(visit):
    def begin(look):
        page = visit(**look)
        page.context.add_init_script(AXE)
        return page

    return begin


def furnished(world):
    """A world that has one of everything; returns its instance, AMI, snapshot and volume."""
    ec2 = world.client()
    instance = world.launch()
    image = world.image(instance, "golden", Description=f"of {instance}")
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"UserId": "111122223333"}]})
    ec2.create_key_pair(KeyName="laptop")
    ec2.deregister_image(ImageId=world.image(instance, "careless", NoReboot=True))
    copied = world.client("ec2", "us-east-1").copy_image(SourceImageId=image, SourceRegion="eu-west-1", Name="far")
    world.control.post("checkpoints/one")
    world.control.put("scenarios/no-capacity", "")
    snapshot = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    assert copied
    return {"instances": instance, "images": image, "snapshots": snapshot, "volumes": volume}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look['color_scheme']}-{look['width']}")
def test_no_violation_on_any_page(world, looked_at, look):
    things = furnished(world)
    page = looked_at(look)
    wrong = {}
    for name in PAGES:
        page.open(name)
        page.page.wait_for_timeout(0)
        expect(page.page.get_by_text("Loading …")).to_have_count(0)
        wrong[name] = violations(page)
        wide = page.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{name} is {wide} px wider than the window"
    for name, thing in things.items():
        page.open(name, thing)
        expect(page.page.get_by_role("tab").first).to_be_visible()
        for tab in page.page.get_by_role("tab").all():
            tab.click()
            expect(page.page.get_by_text("Loading …")).to_have_count(0)
            wrong[f"{name} {tab.inner_text()}"] = violations(page)
    assert not {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look['color_scheme']}-{look['width']}")
def test_no_violation_in_any_dialog(world, looked_at, look):
    things = furnished(world)
    page = looked_at(look)
    wrong = {}
    for name, thing in things.items():
        page.open(name, thing)
        page.button("Actions").click()
        wrong[f"{name} menu"] = violations(page)
        labels = [
            entry.inner_text().split("\n")[0]
            for entry in page.page.get_by_role("menuitem").all()
            if entry.get_attribute("aria-disabled") != "true"
        ]
        page.page.keyboard.press("Escape")
        for label in labels:
            page.act(label)
            expect(page.page.get_by_text("Loading …")).to_have_count(0)
            wrong[f"{name} {label}"] = violations(page)
            page.page.keyboard.press("Escape")
            expect(page.dialog).to_have_count(0)
    page.open("timeline")
    page.page.get_by_role("button", name="Calls at").first.click()
    wrong["a call"] = violations(page)
    page.page.keyboard.press("Escape")
    page.button("Help").click()
    wrong["help"] = violations(page)
    assert not {name: found for name, found in wrong.items() if found}


@pytest.mark.parametrize("name", ["overview", "images", "lineage"])
def test_no_violation_in_the_classroom(world, looked_at, name):
    furnished(world)
    page = looked_at({"width": 1920}).open(name, search="?size=classroom")
    expect(page.page.get_by_text("Loading …")).to_have_count(0)
    assert page.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert not violations(page)


def test_an_empty_world_has_no_violation(looked_at):
    page = looked_at({"width": 1366}).open()
    page.see("Nothing here yet")
    assert not violations(page)


# ---- By the keyboard alone ----


class Keyboard:
    def __init__(self, page):
        self.page, self.keys = page, page.page.keyboard

    def focus(self):
        return self.page.page.evaluate(
            "(e => e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || e.tagName)"
            "(document.activeElement)"
        ).strip()

    def to(self, name, key="Tab"):
        """Goes on until what has the focus is called so."""
        for _ in range(150):
            if self.focus().startswith(name):
                return self
            self.keys.press(key)
        raise AssertionError(f"the keyboard does not reach {name!r}")

    def press(self, *keys):
        for key in keys:
            self.keys.press(key)
        return self

    def act(self, name):
        self.to("Actions").press("Enter")
        self.to(name, "ArrowDown").press("Enter")
        expect(self.page.dialog).to_be_visible()
        expect(self.page.page.get_by_text("Loading …")).to_have_count(0)

    def done(self):
        """The form is gone, and the focus is where it was."""
        expect(self.page.dialog).to_have_count(0)
        assert self.focus().startswith("Actions"), self.focus()


def test_create_copy_and_deregister_by_keyboard(world, page):
    ec2 = world.client()
    instance = world.launch()
    page.open()
    hand = Keyboard(page)
    hand.press("g", "i")
    page.see("builder")
    hand.to(f"Select {instance}").press("Space")
    hand.act("Create image")
    hand.to("Image name").keys.type("by-keys")
    hand.to("Reboot instance").press("Space")
    hand.to("Create image").press("Enter")
    hand.done()
    world.control.clock(advance="10m")
    image = ec2.describe_images(Owners=["self"])["Images"][0]
    assert image["Name"] == "by-keys"
    hand.press("g", "a")
    page.see("by-keys")
    hand.to(f"Select {image['ImageId']}").press("Space")
    hand.act("Copy AMI")
    hand.to("Destination Region").keys.type("us-east-1")
    hand.to("Copy AMI").press("Enter")
    hand.done()
    copies = world.client("ec2", "us-east-1").describe_images(Owners=["self"])["Images"]
    assert [copy["Name"] for copy in copies] == ["by-keys"]
    hand.act("Deregister AMI")
    hand.press("Escape")
    hand.done()
    hand.act("Deregister AMI")
    hand.to("Deregister AMI").press("Enter")
    hand.done()
    assert ec2.describe_images(Owners=["self"])["Images"] == []


def test_tabs_menus_and_lineage_by_arrows(world, page):
    things = furnished(world)
    page.open("images", things["images"])
    hand = Keyboard(page)
    hand.to("Details").press("ArrowRight")
    assert hand.focus() == "Permissions"
    hand.press("End")
    assert hand.focus() == "XML"
    page.see("<imageId>")
    page.open("lineage")
    page.page.locator(f"[data-id={things['images']}]").focus()
    hand.press("ArrowRight")
    assert hand.focus().startswith("AMI far")
    hand.press("ArrowLeft", "ArrowLeft")
    assert hand.focus().startswith("Instance builder")
    hand.press("Enter")
    expect(page.page.locator("main h1")).to_have_text("builder")
    assert ACCOUNT in page.page.url


def test_the_keys_can_be_turned_off(page):
    page.open()
    hand = Keyboard(page)
    hand.press("?")
    page.dialog.get_by_role("checkbox").uncheck()
    hand.press("Escape", "g", "a")
    assert "/overview" in page.page.url
    page.page.reload()
    hand.press("g", "a")
    assert "/overview" in page.page.url, "the view is remembered"


def test_a_picture_and_its_table_tell_the_same(world, page):
    furnished(world)
    page.open("lineage")
    boxes = page.page.locator("[data-id]")
    expect(boxes.first).to_be_visible()
    drawn = {box.get_attribute("data-id") for box in boxes.all()}
    page.button("As a table").click()
    expect(page.page.get_by_role("table")).to_be_visible()
    listed = {row.get_by_role("rowheader").inner_text() for row in page.page.locator("tbody tr").all()}
    assert drawn <= listed
    page.see("still charged")
