"""A simulator for each test, the modules of amazon.aws, and the programs of Ansible."""

import contextlib
import functools
import importlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
from ansible.module_utils.testing import patch_module_args
from botocore.loaders import JSONFileLoader
from simulator import Simulator

HERE = pathlib.Path(__file__).resolve().parent
ACCOUNT, FRIEND = "123456789012", "210987654321"
ZONE = "us-east-1a"

# Each module makes its client anew, and to read AWS's model takes longer than all else that it does.
_load = functools.cache(functools.partial(JSONFileLoader.load_file, JSONFileLoader()))
JSONFileLoader.load_file = lambda _, path: _load(path)


class World:
    def __init__(self, folder, monkeypatch):
        self.folder = folder
        self.simulator = Simulator("--seed", "1", "--pace", "instant", "--log", "off")
        self.ec2 = self.simulator.client("ec2", ACCOUNT)
        self.ec2.describe_vpcs()  # the default one is there from the first look on
        self.environment = {
            "AWS_URL": self.simulator.url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_REGION": "us-east-1",
            "NO_PROXY": "127.0.0.1",
        }
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)

    def state(self):
        """All that there is in the simulator, but for its clock."""
        document = self.simulator.send("GET", "/_amisim/state").body
        return re.sub(r'"setting":\{.*?\]\]\}', "", document, count=1)

    # ---- Modules ----

    def module(self, name, check=False, /, **arguments):
        """What the module says, which is run in this process as Ansible runs it in one of its own."""
        module = importlib.import_module(f"ansible_collections.amazon.aws.plugins.modules.{name}")
        said = io.StringIO()
        with (
            patch_module_args({**arguments, "_ansible_check_mode": check}),
            contextlib.redirect_stdout(said),
            contextlib.suppress(SystemExit),
        ):
            module.main()
        return json.loads(said.getvalue())

    def do(self, name, check=False, /, **arguments):
        """As `module`, of one that must succeed."""
        result = self.module(name, check, **arguments)
        assert not result.get("failed"), (result["msg"], self.calls()[-1])
        return result

    def refused(self, name, code, /, **arguments):
        """A module that fails because AWS refuses a call with this code."""
        before = len(self.calls())
        result = self.module(name, **arguments)
        codes = [call["code"] for call in self.calls()[before:] if call.get("code")]
        assert result["failed"] and code in codes, (result["msg"], codes)

    def calls(self):
        lines = self.simulator.send("GET", "/_amisim/requests").body.splitlines()
        return [json.loads(line) for line in lines]

    def change(self, name, /, *, idempotent=True, honest=True, **arguments):
        """Runs a module that has something to do: in check mode, for real, and, where it is idempotent,
        once more and in check mode again. Only the second run may have an effect. A module that is not
        `honest` says `changed` in the last one. Returns what the second run said."""
        before = self.state()
        assert self.do(name, True, **arguments)["changed"]
        assert self.state() == before
        result = self.do(name, **arguments)
        after = self.state()
        assert result["changed"] and after != before
        if idempotent:
            assert not self.do(name, **arguments).get("changed", False)
            assert self.do(name, True, **arguments).get("changed", False) != honest
            assert self.state() == after
        return result

    # ---- Programs ----

    def program(self, name, *arguments):
        """What it wrote to standard output."""
        done = subprocess.run(
            [pathlib.Path(sys.executable).parent / name, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=HERE,
            env={
                **self.environment,
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_HOME": str(self.folder),
                "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
                "ANSIBLE_NOCOLOR": "true",
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            },
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def world(tmp_path, monkeypatch):
    world = World(tmp_path, monkeypatch)
    yield world
    world.simulator.stop()
