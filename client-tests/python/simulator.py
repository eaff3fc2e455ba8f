"""A started amisim and the clients that talk to it. It knows nothing of any single operation."""

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import re
import signal
import subprocess
import time
import sys
import tempfile
import urllib.parse

import amisim
import boto3
import botocore.config
import model
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from model import BINARY

SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")
VERSIONS = {"ec2": "2016-11-15", "sts": "2011-06-15"}
STOP_SECONDS = 30
os.environ.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")

# Reading the EC2 model takes half a second: one session keeps it for all clients.
_session = boto3.session.Session()


@contextlib.contextmanager
def refused(code, message=None):
    """The calls inside must end in this AWS error, with exactly this message when one is given."""
    with pytest.raises(ClientError) as caught:
        yield caught
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if message is not None:
        assert error["Message"] == message


def refusal(call, *arguments, **parameters):
    """Code and text of a call that AWS refuses with status 400."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **parameters)
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    return answer["Error"]["Code"], answer["Error"]["Message"]


def credentials(account):
    """What a user exports: a 12-digit access key is the account, the secret may be anything."""
    return {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "secret"}


class Simulator(amisim.Simulator):
    """One process. `arguments` follow `--port 0`; a later --port takes its place."""

    def __init__(self, *arguments, program=None):
        self._expected_status = 0
        super().__init__(*arguments, program=program or BINARY)
        self.control = Control(self.url)

    def stop(self):
        """SIGTERM must end it cleanly, and the sanitizers must have found nothing."""
        try:
            super().stop()
        except AssertionError:
            assert self.process.returncode == self._expected_status, self.stderr()
        assert not SANITIZER.search(self.stderr()), self.stderr()

    def cpu_seconds(self):
        """The processor time that it has used: a busy machine does not change it."""
        return time.clock_gettime(~self.process.pid << 3 | 2)  # what clock_getcpuclockid(3) answers on Linux

    def kill(self):
        """As a power cut does; stop() afterwards still looks at what the sanitizers said."""
        self._expected_status = -signal.SIGKILL
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def client(self, service, account, region="us-east-1", keys=None, **config):
        """A boto3 client that tries once and judges each answer; `config` as for botocore's Config.

        `keys` are Credentials as STS gives them out, in place of the account's own.
        """
        own = credentials(account)
        keys = keys or {
            "AccessKeyId": own["AWS_ACCESS_KEY_ID"],
            "SecretAccessKey": own["AWS_SECRET_ACCESS_KEY"],
        }
        made = _session.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=botocore.config.Config(
                retries={"total_max_attempts": 1}, proxies={}, read_timeout=60, **config
            ),
        )
        made.meta.events.register("after-call", model.judge)
        return made

    def query(
        self, account, region="us-east-1", service="ec2", method="POST", presign=False, **parameters
    ):
        """A signed query request as any client could send it, and the bare answer."""
        form = urllib.parse.urlencode({"Version": VERSIONS[service], **parameters})
        if method == "POST":
            request = AWSRequest(method, f"{self.url}/", data=form)
            request.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        else:
            request = AWSRequest(method, f"{self.url}/?{form}")
        sign = SigV4QueryAuth if presign else SigV4Auth
        sign(Credentials(account, "secret"), service, region).add_auth(request)
        signed = request.prepare()
        return self.send(method, signed.url.removeprefix(self.url), signed.body, signed.headers)

    def send(self, method, path, body=None, headers=()):
        """One request as it stands, on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read().decode())

    def aws(self, command, account, region="us-east-1", **environment):
        """Runs `aws COMMAND` in a shell, as a user would who had exported the environment."""
        return self.shell(
            f"aws {command}",
            AWS_ENDPOINT_URL=self.url,
            **{"AWS_DEFAULT_REGION": region, **credentials(account), **environment},
        )

    def shell(self, script, **environment):
        """Runs a script that finds the AWS CLI but none of this machine's AWS settings."""
        with tempfile.TemporaryDirectory() as home:
            done = subprocess.run(
                script,
                shell=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                env={
                    "PATH": f"{pathlib.Path(sys.executable).parent}:/usr/bin:/bin",
                    "HOME": home,
                    "LANG": "C.UTF-8",
                    "AWS_MAX_ATTEMPTS": "1",
                    "AWS_EC2_METADATA_DISABLED": "true",
                    "AWS_CONFIG_FILE": "/dev/null",
                    "AWS_PAGER": "",
                    **environment,
                },
            )
        return Answer(done.returncode, done.stdout, done.stderr)


@dataclasses.dataclass
class Reply:
    """An HTTP answer as it came; `headers` looks names up in any case."""

    status: int
    headers: http.client.HTTPMessage
    body: str


@dataclasses.dataclass
class Answer:
    """What the AWS CLI said."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self):
        """The answer of a call that must have succeeded; None where the CLI prints nothing."""
        assert self.status == 0, self.stderr
        return json.loads(self.stdout) if self.stdout.strip() else None


class Control(amisim.Control):
    """The simulator's own endpoints under /_amisim/."""

    def refused(self, method, path, body=None):
        """Status and error of a call that must be refused."""
        with pytest.raises(amisim.Refused) as caught:
            self._json(method, path, json.dumps(body or {}))
        return caught.value.status, caught.value.error
