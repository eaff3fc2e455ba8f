"""Pages in a real Chromium, which send all that a page can: a page of another site changes nothing."""

import contextlib
import http.server
import json
import pathlib
import queue
import shutil
import socket
import subprocess
import threading
import urllib.parse
import urllib.request

import amisim
import pytest

PAGE = (pathlib.Path(__file__).parent / "attack.html").read_text()
ACCOUNT = "111122223333"
NAMES = {"form", "multipart", "plain", "image", "script", "link", "frame", "no-cors", "no-cors-get"}
NAMES |= {"cors", "cors-get", "beacon"}
SECONDS = 120


class Site(http.server.ThreadingHTTPServer):
    """A web server on this machine: the page, aimed at what the query names, and where it reports to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.reports = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        target = urllib.parse.unquote(urllib.parse.urlsplit(self.path).query)
        report = f"http://127.0.0.1:{self.server.server_port}/report"
        self.answer(PAGE.replace("TARGET", target).replace("REPORT", report).encode())

    def do_POST(self):
        self.server.reports.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with Site() as server:
        yield server
        server.shutdown()


class Relay:
    """What DNS rebinding does: the name leads to the site once, and to the simulator from then on."""

    def __init__(self, site, port):
        self._site, self._port = site, port
        self._socket = socket.create_server(("127.0.0.2", port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self._socket.accept()[0]
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            head = client.recv(65536)
            if not head:
                return
            there = self._site if head.startswith(b"GET /attack?") else self._port
            with socket.create_connection(("127.0.0.1", there)) as server:
                back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                back.start()
                server.sendall(head)
                self._copy(client, server)
                back.join()

    @staticmethod
    def _copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def start():
    with contextlib.ExitStack() as stops:

        def begin(*options):
            return stops.enter_context(amisim.Simulator("--seed", "1", "--pace", "instant", "--freeze", *options))

        yield begin


def visit(site, url, folder):
    """What the page was told, attempt by attempt."""
    chromium = subprocess.Popen(
        [
            shutil.which("chromium") or "chromium-browser",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
            "--no-proxy-server",
            "--remote-debugging-port=0",  # it stays until it is stopped
            f"--user-data-dir={folder}",
            "--host-resolver-rules=MAP evil.test 127.0.0.1, MAP rebound.test 127.0.0.2",
            url,
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        return site.reports.get(timeout=SECONDS)
    finally:
        chromium.terminate()
        chromium.wait()


def world(simulator):
    """All state but the settings, which tell how often and when they were saved."""
    tables = simulator.control.get("state")["tables"]
    return {name: rows for name, rows in tables.items() if name != "setting"}


def call(simulator, action, **parameters):
    form = {"Action": action, "Version": "2016-11-15", "AWSAccessKeyId": ACCOUNT, **parameters}
    with urllib.request.urlopen(f"{simulator.url}/", urllib.parse.urlencode(form).encode()) as answer:
        return answer.read().decode()


def arrived(simulator):
    """The key names of the attempts that reached the simulator, with what came of each."""
    found = {}
    for line in simulator.control.lines("requests"):
        sent = line.get("parameters")
        if isinstance(sent, dict) and "KeyName" in sent:
            found[sent["KeyName"]] = line.get("code")
    return found


def changes_nothing(simulator, site, page, folder, codes):
    call(simulator, "CreateKeyPair", KeyName="canary")
    before, events = world(simulator), simulator.control.lines("events")
    report = visit(site, page, folder)
    assert world(simulator) == before
    assert simulator.control.lines("events") == events
    tried = arrived(simulator)
    assert tried.pop("canary") is None
    assert tried.keys() == NAMES and set(tried.values()) <= codes, tried
    return report


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.test"])
def test_another_site_changes_nothing(start, site, tmp_path, name):
    simulator = start()
    page = f"http://{name}:{site.server_port}/attack?{simulator.url}"
    report = changes_nothing(simulator, site, page, tmp_path, {"ForeignOrigin"})
    assert {report.pop("no-cors"), report.pop("no-cors-get")} == {"opaque"}
    assert set(report.values()) == {"error"}, report  # and it can read nothing


def test_another_name_of_this_machine(start, site, tmp_path):
    """http://evil.test:PORT leads here, and a browser does not say where a request to it comes from."""
    simulator = start()
    page = f"http://evil.test:{site.server_port}/attack?http://evil.test:{simulator.port}"
    changes_nothing(simulator, site, page, tmp_path, {"ForeignHost"})


def test_a_rebound_name(start, site, tmp_path):
    """The browser takes the simulator for the page's own server: it lets it ask and read whatever it likes."""
    simulator = start()
    relay = Relay(site.server_port, simulator.port)
    here = f"http://rebound.test:{simulator.port}"
    report = changes_nothing(simulator, site, f"{here}/attack?{here}", tmp_path, {"ForeignHost"})
    relay.close()
    assert set(report.values()) == {403}, report


def test_a_page_that_is_let_in(start, site, tmp_path):
    """The same page of a site that --allow-host names: what it may send has its effect."""
    simulator = start("--allow-host", f"localhost:{site.server_port}")
    visit(site, f"http://localhost:{site.server_port}/attack?{simulator.url}", tmp_path)
    come = {name for name, code in arrived(simulator).items() if code is None}
    assert come == {"form", "multipart", "plain", "no-cors", "cors", "cors-get", "beacon"}


def test_a_page_of_our_own(start, site, tmp_path):
    """One that the simulator itself serves would have its origin, as this one has."""
    simulator = start("--allow-host", "rebound.test")
    relay = Relay(site.server_port, simulator.port)
    here = f"http://rebound.test:{simulator.port}"
    report = visit(site, f"{here}/attack?{here}", tmp_path)
    relay.close()
    assert report["kms"] == report["ebs"] == report["control"] == 200 or report["ebs"] == 201, report
