"""The simulator's own routes under /_amisim/, with nothing but the standard library."""

from __future__ import annotations

import contextlib
import datetime
import json
import typing
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

Json = typing.Any
SECONDS = 60


class Refused(Exception):
    """The simulator refused one of its own routes; `status` and `error` say why."""

    def __init__(self, route: str, status: int, answer: Json) -> None:
        self.status, self.error = status, answer["error"]
        super().__init__(f"{route}: {status} {self.error}: {answer['message']}")


class Control:
    """control.get("health"), control.post("clock", {"advance": "36h"}); see docs/control.md."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> Json:
        return self._json("GET", path)

    def post(self, path: str, body: Json = None) -> Json:
        return self._json("POST", path, json.dumps(body or {}))

    def put(self, path: str, body: Json) -> Json:
        """A text goes as it is, all else as JSON."""
        return self._json("PUT", path, body if isinstance(body, str) else json.dumps(body))

    def delete(self, path: str) -> Json:
        return self._json("DELETE", path)

    def lines(self, path: str, **filters: str) -> list[Json]:
        """What `requests` and `events` answer: one object for each line."""
        query = urllib.parse.urlencode(filters)
        return [json.loads(line) for line in self._send("GET", f"{path}?{query}").splitlines()]

    def clock(self, **changes: Json) -> Json:
        """clock() reads it; clock(advance="36h"), set=, freeze=, rate= change it."""
        return self.post("clock", changes) if changes else self.get("clock")

    def _json(self, method: str, path: str, body: str | None = None) -> Json:
        return json.loads(self._send(method, path, body))

    def _send(self, method: str, path: str, body: str | None = None) -> str:
        request = urllib.request.Request(
            f"{self.url}/_amisim/{path}",
            data=None if body is None else body.encode(),
            method=method,
            headers={"X-Amisim": "tests", "Content-Type": "application/json"},
        )
        try:
            with self._opener.open(request, timeout=SECONDS) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}", error.code, json.load(error)) from None


class Clock:
    """Virtual time, which all who use the simulator share. It never goes back."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self._control.clock()["now"].replace("Z", "+00:00"))

    def advance(self, span: str | datetime.timedelta) -> None:
        """By "36h" or a timedelta; everything that falls due on the way happens."""
        if isinstance(span, datetime.timedelta):
            span = f"{span // datetime.timedelta(milliseconds=1)}ms"
        self._control.clock(advance=span)

    def set(self, time: str | datetime.datetime) -> None:
        """To a later moment; one without a time zone is UTC."""
        if isinstance(time, datetime.datetime):
            utc = time.replace(tzinfo=time.tzinfo or datetime.timezone.utc).astimezone(datetime.timezone.utc)
            time = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._control.clock(set=time)

    def freeze(self) -> None:
        self._control.clock(freeze=True)

    def go(self, rate: float = 1) -> None:
        """It runs, so many times as fast as the machine's."""
        self._control.clock(freeze=False, rate=rate)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Afterwards it stands still, or runs as fast, as before."""
        before = self._control.clock()
        try:
            yield
        finally:
            self._control.clock(freeze=before["frozen"], rate=before["rate"])

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """It stands still inside."""
        with self.kept():
            self.freeze()
            yield
