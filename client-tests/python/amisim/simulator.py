"""A simulator of one's own: one process on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading

from amisim.account import Account, fresh_id
from amisim.control import Clock, Control

READY = re.compile(r"amisim (\S+) ready on (http://([0-9.]+):(\d+))\n")
SECONDS = 30
BUILT = ("build/amisim", "build/debug/amisim")


class NotFound(Exception):
    """There is no program."""


def find_program(named: str | os.PathLike[str] | None = None) -> str:
    """The one that is named, else by $AMISIM, in the PATH, or built in this folder or one above it."""
    wanted = named or os.environ.get("AMISIM")
    if wanted:
        if not os.access(wanted, os.X_OK):
            raise NotFound(f"{wanted} is not a program")
        return os.fspath(wanted)
    found = shutil.which("amisim")
    folder = pathlib.Path.cwd()
    built = (above / path for above in (folder, *folder.parents) for path in BUILT)
    found = found or next((str(path) for path in built if os.access(path, os.X_OK)), None)
    if not found:
        raise NotFound("there is no amisim: name it in AMISIM, or put it into the PATH; `sim/up` builds it")
    return found


class Simulator:
    """Starts with these options; ends with stop(), with `with`, or with this process."""

    def __init__(self, *options: object, program: str | os.PathLike[str] | None = None) -> None:
        self._errors = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            [find_program(program), "--port", "0", "--attached", *map(str, options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        ready = READY.fullmatch(self.line())
        if not ready:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"amisim {' '.join(map(str, options))} did not start:\n{self.stderr()}")
        self.version, self.url, self.host = ready[1], ready[2], ready[3]
        self.port = int(ready[4])
        self.control = Control(self.url)
        self.clock = Clock(self.control)

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def account(self, id: str | None = None, region: str = "us-east-1") -> Account:
        """One that nobody else uses, or the one with this number."""
        return Account(self.control, id or fresh_id(), region)

    def line(self) -> str:
        """The next line of its output, "" at the end or when none comes."""
        with contextlib.suppress(queue.Empty):
            return self._lines.get(timeout=SECONDS)
        return ""

    def stderr(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def stop(self) -> None:
        """Ends it; a simulator that did not end well is an error."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(SECONDS)
        if self.process.stdin:
            self.process.stdin.close()
        assert status == 0, f"amisim ended with {status}:\n{self.stderr()}"

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")
