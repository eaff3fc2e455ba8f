"""The transcript in README.md does what it says, pasted as it stands."""

import json
import re

from model import ROOT

MARK = "<!-- client-tests/python/test_readme.py runs this block as it stands. -->\n"


def test_transcript(start_amisim):
    text = (ROOT / "README.md").read_text()
    block = re.search(re.escape(MARK) + r"```sh\n(.*?)```\n", text, re.DOTALL)[1]
    assert "http://127.0.0.1:4566" in block

    simulator = start_amisim("--pace", "instant")
    answer = simulator.shell(f"set -eu\n{block.replace('http://127.0.0.1:4566', simulator.url)}")

    assert answer.status == 0, answer.stderr
    answers = [json.loads(found) for found in re.findall(r"\{.*?\n\}", answer.stdout, re.DOTALL)]
    assert [list(found) for found in answers] == [["ImageId"]] * 3
