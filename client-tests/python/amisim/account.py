"""One account in one simulator: what a test works with."""

from __future__ import annotations

import contextlib
import itertools
import os
import typing
from collections.abc import Iterator

from amisim.control import Clock, Control, Json
from amisim.faults import Faults

_accounts = itertools.count(1)
_checkpoints = itertools.count(1)


def fresh_id() -> str:
    """12 digits that nobody else has: those of this process are apart from those of others."""
    return f"{4 * 10**6 + os.getpid() % 10**6}{next(_accounts):05}"


class Account:
    """`id` is its number; a client of any kind gets there with `environment`."""

    def __init__(self, control: Control, id: str, region: str = "us-east-1") -> None:
        self.control, self.id, self.region = control, id, region
        self.endpoint = control.url
        self.clock = Clock(control)
        self.faults = Faults(control, id)

    @property
    def environment(self) -> dict[str, str]:
        """For a process of its own, such as the AWS CLI or Packer."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.id,
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def another(self, region: str | None = None) -> Account:
        """A stranger in the same simulator, to share with."""
        return Account(self.control, fresh_id(), region or self.region)

    def client(self, service: str, region: str | None = None, **more: typing.Any) -> typing.Any:
        """A client of boto3, which must be installed."""
        import boto3

        return boto3.session.Session(
            aws_access_key_id=self.id, aws_secret_access_key="anything", region_name=region or self.region
        ).client(service, endpoint_url=self.endpoint, **more)

    def resource(self, service: str, region: str | None = None, **more: typing.Any) -> typing.Any:
        """A resource of boto3, which must be installed."""
        import boto3

        return boto3.session.Session(
            aws_access_key_id=self.id, aws_secret_access_key="anything", region_name=region or self.region
        ).resource(service, endpoint_url=self.endpoint, **more)

    @contextlib.contextmanager
    def checkpoint(self) -> Iterator[None]:
        """What happens inside never happened afterwards: state of all accounts, jobs, clock, chances."""
        name = f"{self.id}-{next(_checkpoints)}"
        self.control.post(f"checkpoints/{name}")
        try:
            yield
        finally:
            self.control.post(f"checkpoints/{name}/restore")
            self.control.delete(f"checkpoints/{name}")

    def requests(self, **filters: str) -> list[Json]:
        """What this account asked: requests(operation="Create*"), code=, fault=, resource=, since=."""
        return self.control.lines("requests", account=self.id, **filters)

    def events(self, **filters: str) -> list[Json]:
        """What happened to it: events(event="state", subject=image), state=, fault=, since=."""
        return self.control.lines("events", account=self.id, **filters)

    def reset(self) -> None:
        """Nothing is left of it."""
        self.control.post(f"reset?account={self.id}")
