"""A simulator with a world, a Chromium that reaches nothing but it, and what a person does on a page.

A request to another host, an error on the console and a report of the policy fail the test that saw them.
"""

import contextlib
import re
import shutil
import subprocess

import amisim
import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import expect, sync_playwright

ACCOUNT, REGION, ELSEWHERE = "123456789012", "eu-west-1", "us-east-1"
BASE = "al2023-ami-2023*-x86_64"
SECONDS = 30
expect.set_options(timeout=SECONDS * 1000)


class World:
    """One simulator, whose clock stands still unless a test moves it."""

    def __init__(self, *options):
        self.simulator = amisim.Simulator("--seed", "1", "--clock", "2026-11-01T09:00:00Z", "--freeze", *options)
        self.url, self.control = self.simulator.url, self.simulator.control

    def client(self, service="ec2", region=REGION, account=ACCOUNT):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=account,
            aws_secret_access_key="x",
            config=Config(retries={"max_attempts": 0}),
        )

    def launch(self, name="builder", region=REGION, account=ACCOUNT):
        ec2 = self.client("ec2", region, account)
        images = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": [BASE]}])["Images"]
        tags = [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}]
        made = ec2.run_instances(
            ImageId=images[0]["ImageId"],
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            TagSpecifications=tags,
            IamInstanceProfile={"Name": "lesson"},
        )
        self.control.clock(advance="2m")
        return made["Instances"][0]["InstanceId"]

    def image(self, instance, name, **how):
        image = self.client().create_image(InstanceId=instance, Name=name, **how)["ImageId"]
        self.control.clock(advance="10m")
        return image

    def shell(self, command):
        """What a person does who copies a command: the real AWS CLI in a shell."""
        environment = {
            "PATH": f"{shutil.os.environ['PATH']}",
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "amisim",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }
        done = subprocess.run(command, shell=True, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def start():
    with contextlib.ExitStack() as stops:

        def begin(*options):
            world = World(*options)
            stops.enter_context(world.simulator)
            return world

        yield begin


@pytest.fixture
def world(start):
    return start("--pace", "instant")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as driver:
        path = shutil.which("chromium") or "chromium-browser"
        # Nothing resolves but this machine: whoever asked for another host would be seen all the same.
        arguments = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        running = driver.chromium.launch(executable_path=path, args=arguments)
        yield running
        running.close()


class Page:
    """What a person sees and does, in their words."""

    def __init__(self, world, context):
        self.world, self.context = world, context
        self.page = context.new_page()
        self.wrong, self.requests = [], []
        self.expected = ""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._request)
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
        )

    def _console(self, message):
        if message.type in ("error", "warning") and not (self.expected and re.search(self.expected, message.text)):
            self.wrong.append(f"{message.type}: {message.text}")

    def _request(self, request):
        self.requests.append(request.url)
        if not request.url.startswith((self.world.url, "data:")):
            self.wrong.append(f"foreign: {request.url}")

    def open(self, page="overview", identifier="", region=REGION, account=ACCOUNT, query="", search=""):
        place = "/".join(filter(None, [account, region, page, identifier]))
        self.page.goto(f"{self.world.url}/_amisim/{search}#/{place}{query}")
        expect(self.page.locator("main h1")).to_be_visible()
        return self

    def button(self, name, exact=True):
        return self.page.get_by_role("button", name=name, exact=exact)

    def see(self, text, exact=False):
        expect(self.page.locator("main").get_by_text(text, exact=exact).first).to_be_visible()

    def row(self, text):
        return self.page.get_by_role("row").filter(has_text=text)

    @property
    def dialog(self):
        return self.page.get_by_role("dialog")

    def act(self, name):
        """Actions › NAME, and its form."""
        self.button("Actions").click()
        self.page.get_by_role("menuitem", name=name).click()
        expect(self.dialog).to_be_visible()
        return self.dialog

    def choose(self, text):
        self.row(text).get_by_role("checkbox").check()

    def send(self, name):
        """The form's button; it is gone when all went well."""
        self.dialog.get_by_role("button", name=name, exact=True).click()
        expect(self.dialog).to_have_count(0)

    def command(self):
        return self.dialog.get_by_label("AWS CLI command").inner_text()


@pytest.fixture
def visit(browser, world):
    """visit(width=…, color_scheme="dark") opens a window; visit() is a plain one."""
    pages = []

    def begin(of=None, **options):
        size = {"width": options.pop("width", 1366), "height": options.pop("height", 900)}
        context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=(of or world).url)
        context.set_default_timeout(SECONDS * 1000)
        pages.append(Page(of or world, context))
        return pages[-1]

    yield begin
    for page in pages:
        wrong = page.wrong
        page.context.close()
        assert not wrong, wrong


@pytest.fixture
def page(visit):
    return visit()
