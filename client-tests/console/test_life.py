"""A page that is open while things go wrong: the server ends, answers are lost, the tab is hidden."""

import signal

import amisim
from conftest import ACCOUNT, ELSEWHERE, REGION
from playwright.sync_api import expect


def hide(page, hidden):
    page.page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


def test_a_hidden_tab_holds_no_connection(world, page):
    ended = []
    page.page.on("requestfailed", lambda request: ended.append(request.url))
    page.page.on("requestfinished", lambda request: ended.append(request.url))
    page.open("images")
    live = page.page.locator(".live")
    expect(live).to_contain_text("live")
    hide(page, True)
    expect(live).to_contain_text("hidden")
    assert any("follow=true" in url for url in ended)
    world.image(world.launch(), "meanwhile")
    count = len(page.requests)
    assert not any("follow=true" in url for url in page.requests[count:])
    hide(page, False)
    expect(live).to_contain_text("live")
    page.see("meanwhile")


def test_the_server_ends_and_comes_back(start, visit, tmp_path):
    world = start("--pace", "instant", "--db", str(tmp_path / "world.db"))
    page = visit(world)
    page.expected = "ERR_"
    world.image(world.launch(), "golden")
    page.open("images")
    page.choose("golden")
    form = page.act("Copy AMI")
    form.get_by_label("AMI copy name").fill("typed before")
    port = world.simulator.port
    world.simulator.process.send_signal(signal.SIGTERM)
    world.simulator.process.wait()
    expect(page.page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    again = amisim.Simulator("--port", str(port), "--db", str(tmp_path / "world.db"), "--freeze", "--pace", "instant")
    with again:
        expect(page.page.get_by_role("alert").filter(has_text="does not answer")).to_have_count(0)
        expect(form.get_by_label("AMI copy name")).to_have_value("typed before")
        form.get_by_label("Destination Region").select_option(ELSEWHERE)
        page.send("Copy AMI")
        world.client().create_tags(
            Resources=[world.client().describe_images(Owners=["self"])["Images"][0]["ImageId"]],
            Tags=[{"Key": "Name", "Value": "after"}],
        )
        page.see("after")
        copies = world.client("ec2", ELSEWHERE).describe_images(Owners=["self"])["Images"]
        assert [copy["Name"] for copy in copies] == ["typed before"]


def test_a_lost_answer_makes_no_second_image(world, page):
    """The call has a token: sent once more, by the browser itself or by hand, it finds what it made."""
    page.expected = "ERR_"
    world.image(world.launch(), "golden")
    rule = "{operations: [CopyImage]}"
    world.control.put("scenarios/lost", f"name: lost\nrules:\n  - name: lost\n    when: {rule}\n    what: {{drop: after}}\n")
    page.open("images")
    page.choose("golden")
    form = page.act("Copy AMI")
    form.get_by_label("Destination Region").select_option(ELSEWHERE)
    form.get_by_role("button", name="Copy AMI").click()
    expect(form.get_by_role("alert")).to_contain_text("does not answer")
    world.control.delete("scenarios/lost")
    page.send("Copy AMI")
    far = world.client("ec2", ELSEWHERE)
    assert len(far.describe_images(Owners=["self"])["Images"]) == 1
    assert len(world.control.lines("requests", operation="CopyImage")) > 1


def test_the_button_is_off_while_it_sends(world, page):
    world.launch()
    rule = "{operations: [CreateImage]}"
    world.control.put("scenarios/slow", f"name: slow\nrules:\n  - name: slow\n    when: {rule}\n    what: {{delay: 1s}}\n")
    page.open("instances")
    page.choose("builder")
    form = page.act("Create image")
    form.get_by_label("Image name").fill("once")
    button = form.get_by_role("button", name="Create image")
    button.click()
    expect(button).to_be_disabled()
    expect(page.dialog).to_have_count(0)
    assert len(world.control.lines("requests", operation="CreateImage")) == 1


def test_one_bad_answer_leaves_the_page_standing(world, page):
    page.expected = "500|503"
    world.control.put(
        "scenarios/bad",
        "name: bad\nrules:\n  - name: bad\n    when: {operations: [DescribeImages]}\n    what: {empty: 503}\n",
    )
    page.open("images")
    expect(page.page.get_by_role("alert")).to_contain_text("503")
    world.control.delete("scenarios/bad")  # that is told, and the page asks again
    page.see("No AMI in")


def test_a_reset_and_a_checkpoint_show_at_once(world, page):
    world.image(world.launch(), "golden")
    world.control.post("checkpoints/one")
    page.open("images")
    page.see("golden")
    world.control.post("reset")
    page.see("No AMI in")
    world.control.post("checkpoints/one/restore")
    page.see("golden")


def test_an_address_shows_the_same_again(world, visit):
    world.image(world.launch(), "golden")
    world.image(world.client().describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"], "other")
    page = visit().open("images")
    page.page.get_by_role("combobox", name="Find AMI").fill("name : gold")
    page.page.keyboard.press("Enter")
    expect(page.row("other")).to_have_count(0)
    second = visit()
    second.page.goto(page.page.url)
    second.see("golden")
    expect(second.row("other")).to_have_count(0)
    assert f"{ACCOUNT}/{REGION}/images" in page.page.url
