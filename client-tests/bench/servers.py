"""The servers that are measured: how each is started, watched and ended. It knows of no request."""

import contextlib
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import time

START_SECONDS = 60
READY = re.compile(rb"(?:amisim \S+|bare) ready on http://127\.0\.0\.1:(\d+)\n")


class BenchError(Exception):
    """Something is wrong with a server or its answers: the figures would mean nothing."""


def two_cores():
    """Every process of the bench gets the same two cores, whatever the machine has."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


class Server:
    """One process on 127.0.0.1, ready to answer; end() it, or use it in a with statement."""

    def __init__(self, name, process, port, ready_seconds=None):
        self.name = name
        self.process = process
        self.port = port
        self.ready_seconds = ready_seconds

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind:
            self.process.kill()
        self.end()

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise BenchError(f"{self.name} does not end on SIGTERM") from None
        finally:
            if self.process.stdout:
                self.process.stdout.close()

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def cpu_seconds(self):
        """The processor time it has used so far, threads that have ended included."""
        process_clock = ~self.process.pid << 3 | 2  # what clock_getcpuclockid(3) answers on Linux
        return time.clock_gettime(process_clock)


def start(name, command):
    """Starts a program whose first line says that it is ready, and measures how long that takes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else b""
    seconds = time.perf_counter() - began
    ready = READY.fullmatch(line)
    if not ready:
        process.kill()
        process.wait()
        raise BenchError(f"{name} is not ready; its first line is {line!r}")
    return Server(name, process, int(ready[1]), seconds)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_moto(command):
    port = free_port()
    process = subprocess.Popen(
        [command, "--host", "127.0.0.1", "--port", str(port)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return Server("moto", process, port)
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise BenchError(f"{command} does not start")
