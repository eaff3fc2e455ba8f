"""The console's files: what a browser gets at /_amisim/, and that no client sees a difference."""

import gzip
import http.client
import json
import re

import pytest

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def page(own):
    reply = own.send("GET", "/_amisim/")
    assert reply.status == 200
    return reply


def packed_of(own, path):
    """The file as gzip packs it, and its headers."""
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=60)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip, br"})
    reply = connection.getresponse()
    return reply.read(), reply.headers


def files_of(page):
    return re.findall(r"/_amisim/ui/[^\"']+", page.body)


def test_a_browser_is_led_there(own):
    reply = own.send("GET", "/", headers=HTML)
    assert (reply.status, reply.headers["Location"]) == (302, "/_amisim/")


@pytest.mark.parametrize(
    "method, path, headers",
    [
        ("GET", "/", {"Accept": "*/*"}),
        ("GET", "/", {}),
        ("POST", "/", HTML),
        ("GET", "/?Action=DescribeRegions&Version=2016-11-15", HTML),
    ],
)
def test_clients_see_no_difference(own, method, path, headers):
    reply = own.send(method, path, headers=headers)
    assert reply.status in (400, 401) and "<Response>" in reply.body


def test_credentials_are_no_visitor(own, account):
    scope = f"AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0"
    reply = own.send("GET", "/", headers={**HTML, "Authorization": scope})
    assert reply.status == 400 and "MissingAction" in reply.body


def test_the_page(page):
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe-" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in page.headers and page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert len(files_of(page)) == 2, "a style and a script, so that three requests are enough"
    state = json.loads(re.search(r'id="state">(.*?)</script>', page.body, re.DOTALL)[1])
    assert {"clock", "regions", "accounts", "jobs", "scenarios", "order", "version"} == state.keys()


def test_names_in_the_page_are_text(own, account):
    own.control.put("scenarios/x", "name: x\nstory: </script><script>alert(1)</script>\nrules: []\n")
    text = own.send("GET", "/_amisim/").body
    assert "alert(1)" in text and "<script>alert" not in text and text.count("</script>") == 2


def test_files_are_packed_and_never_change(own, page):
    for path in files_of(page):
        plain = own.send("GET", path)
        packed, headers = packed_of(own, path)
        assert plain.headers["Cache-Control"] == headers["Cache-Control"]
        assert "immutable" in plain.headers["Cache-Control"] and plain.headers["Vary"] == "Accept-Encoding"
        assert "Content-Encoding" not in plain.headers and headers["Content-Encoding"] == "gzip"
        assert plain.headers["X-Content-Type-Options"] == "nosniff"
        assert gzip.decompress(packed).decode() == plain.body


def test_what_is_known_is_not_sent_again(own, page):
    path = files_of(page)[0]
    tag = own.send("GET", path).headers["ETag"]
    again = own.send("GET", path, headers={"If-None-Match": tag})
    assert (again.status, again.body, again.headers["ETag"]) == (304, "", tag)
    assert own.send("GET", path, headers={"If-None-Match": '"other"'}).status == 200
    assert packed_of(own, path)[1]["ETag"] != tag, "another representation"


@pytest.mark.parametrize("name", ["index.html", "..%2findex.html", "..", "console.js", "%00", "x" * 4000])
def test_no_other_file(own, name):
    assert own.send("GET", f"/_amisim/ui/{name}").status in (400, 404)


def test_another_site_gets_nothing(own):
    reply = own.send("GET", "/_amisim/", headers={"Host": "evil.test", **HTML})
    assert reply.status == 403
