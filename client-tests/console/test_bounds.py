"""What the page costs, what it does with names that mean harm, and with thousands of rows."""

import gzip
import re
import urllib.request

import pytest
from conftest import ELSEWHERE, REGION
from playwright.sync_api import expect
from worlds import thousands

FIRST, ALL = 100_000, 150_000
NAMES = {
    "markup": "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
    "quotes": "it's \"quoted\" `id` $(id) \\ ; & | < >",
    "right to left": "\u202e\u05e9\u05dc\u05d5\u05dd abc\u2066 \u200b",
    "long": "W" * 128,
    "entities": "&lt;b&gt; &amp; ]]> {{state}} %s ${x}",
    "address": "javascript:alert(1)//",
}


def fetched(world, path, packed=True):
    request = urllib.request.Request(world.url + path, headers={"Accept-Encoding": "gzip"} if packed else {})
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def test_the_sizes(world):
    page = fetched(world, "/_amisim/", packed=False)
    files = [fetched(world, path) for path in re.findall(r"/_amisim/ui/[^\"']+", page.decode())]
    first = len(gzip.compress(page)) + sum(map(len, files))
    assert first < FIRST, first
    more = {name for file in files for name in re.findall(r"more-\w+\.js", gzip.decompress(file).decode())}
    assert len(more) == 1
    everything = first + sum(len(fetched(world, f"/_amisim/ui/{name}")) for name in more)
    assert everything < ALL, everything


def test_three_requests_before_it_can_be_used(world, page):
    """The style, the script and the page; then the stream, once the page is there."""
    world.image(world.launch(), "golden")
    page.page.goto(f"{world.url}/_amisim/")
    expect(page.page.get_by_role("heading", name="Regions")).to_be_visible()
    expect(page.page.get_by_role("link", name="1 images in eu-west-1")).to_be_visible()
    ways = [url.removeprefix(world.url) for url in page.requests if not url.startswith("data:")]
    assert ways[0] == "/_amisim/" and [way.rsplit(".")[-1] for way in ways[1:3]] == ["css", "js"]
    assert not any(way.startswith("/_amisim/ui/") for way in ways[3:]), ways


def test_nothing_is_asked_for_at_intervals(world, page):
    """A page that is looked at while nothing happens asks for nothing, however long."""
    page.open("images")
    page.see("No AMI in")
    page.page.clock.install()
    page.open("overview")
    page.page.wait_for_load_state()
    expect(page.page.get_by_role("status").first).to_contain_text("live")
    page.page.clock.run_for(2000)
    before = len(page.requests)
    page.page.clock.run_for(3600_000)
    assert page.requests[before:] == []


@pytest.mark.parametrize("kind", NAMES)
def test_names_that_mean_harm(world, page, kind):
    """Wherever they stand they are text, and the command has them as they are."""
    page.expected = "400"
    name, ec2 = NAMES[kind], world.client()
    instance = world.launch(name)
    image = world.image(instance, "plain", TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": name[:100], "Value": name}]}])
    ec2.create_tags(Resources=[image], Tags=[{"Key": "Name", "Value": name}])
    world.client("ec2", ELSEWHERE).copy_image(
        SourceImageId=image, SourceRegion=REGION, Name="far", CopyImageTags=True
    )
    story = name.replace("\\", "").replace('"', "'").replace("\u202e", "").replace("\u2066", "").replace("\u200b", "")
    world.control.put("scenarios/harm", f'name: harm\nstory: "{story}"\nrules: []\n')
    for where in ("overview", "instances", "images", "lineage", "timeline", "scenarios", "cost"):
        page.open(where)
        expect(page.page.get_by_text("Loading …")).to_have_count(0)
    for tab in ("details", "tags", "events", "lineage", "xml"):
        page.open("images", image, query=f"?tab={tab}")
        expect(page.page.get_by_text("Loading …")).to_have_count(0)
    assert page.page.locator("main script, main img, main a[href^=javascript]").count() == 0
    assert "owned" not in page.page.title()
    page.open("images", image, query="?tab=tags")
    cells = page.page.locator("tbody td").all_text_contents()
    assert name in cells
    form = page.act("Manage tags")
    form.get_by_role("button", name="Add tag").click()
    form.get_by_label(re.compile("^Key of tag")).last.fill("again")
    form.get_by_label(re.compile("^Value of tag")).last.fill(name)
    form.get_by_role("button", name="Copy", exact=True).click()
    world.shell(page.page.evaluate("navigator.clipboard.readText()"))
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [image]}, {"Name": "key", "Values": ["again"]}])
    assert [tag["Value"] for tag in tags["Tags"]] == [name]


def test_five_thousand_rows(world, page):
    thousands(world, 5000)
    page.open("images")
    expect(page.page.locator("main h1")).to_contain_text("(5000)")
    rows = page.page.locator("tbody tr:not(.gap)")
    assert rows.count() < 80, "only what is in view is in the document"
    assert page.page.get_by_role("table").get_attribute("aria-rowcount") == "5001"
    box = page.page.get_by_role("region", name="Amazon Machine Images")
    box.evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(page.row("row-4999")).to_be_visible()
    page.page.get_by_role("button", name="AMI name").click()
    page.page.get_by_role("button", name="AMI name").click()
    box.evaluate("box => box.scrollTo(0, 0)")
    expect(rows.first).to_contain_text("row-4999")
    page.page.get_by_role("combobox", name="Find AMI").fill("row-123")
    expect(page.page.locator("main h1")).to_contain_text("(10)")
    page.open("lineage")
    expect(page.page.locator("[data-id]").first).to_be_visible()
    assert page.page.locator("[data-id]").count() < 400
