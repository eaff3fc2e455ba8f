"""The kit as its users have it: the wheel in an environment of its own, in a folder of theirs."""

import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

import pytest
import yaml

HERE = pathlib.Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"


def pytest_in(folder, *arguments, **environment):
    """pytest as a user runs it there."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def suite(tmp_path):
    """suite(text): a folder with a test file of this text."""

    def make(text):
        (tmp_path / "test_it.py").write_text(text)
        return tmp_path

    return make


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]])
def test_the_example(arguments):
    status, said = pytest_in(HERE / "example", *arguments)
    assert status == 0 and "8 passed" in said, said


def test_two_at_once_stay_apart():
    """Each has a simulator; none needs a port that the other one has."""
    runs = [
        subprocess.Popen([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=HERE / "example", stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for run in runs:
        said, _ = run.communicate(timeout=300)
        assert run.returncode == 0, said


def test_a_failure_tells_what_was_asked_and_injected(suite):
    folder = suite(
        """
def test_it(amisim):
    amisim.faults.put({"name": "no", "when": {"operations": ["DescribeTags"]}, "what": {"error": {"code": "Odd"}}})
    ec2 = amisim.client("ec2")
    ec2.describe_regions()
    ec2.describe_tags()
"""
    )
    status, said = pytest_in(folder)
    assert status == 1
    section = said[said.index("- amisim -") :]
    assert re.search(r"account \d{12}, clock at \d{4}-", section)
    assert "ec2 DescribeRegions us-east-1: 200\n" in section
    assert re.search(r"ec2 DescribeTags us-east-1: 400 Odd  \[injected: \d{12}-0/no\]", section)


def test_no_process_is_left_even_where_pytest_is_killed(suite):
    folder = suite(
        """
import os, pathlib, signal
def test_it(amisim, amisim_simulator):
    pathlib.Path("pid").write_text(str(amisim_simulator.process.pid))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    )
    status, said = pytest_in(folder)
    assert status == -9, said
    process = pathlib.Path("/proc") / (folder / "pid").read_text()
    patience = time.monotonic() + 60
    while process.exists() and time.monotonic() < patience:
        os.sched_yield()
    assert not process.exists()


def test_the_environment_is_the_test_s_own(suite):
    folder = suite(
        """
import os, boto3
def test_one(amisim):
    assert boto3.client("sts").get_caller_identity()["Account"] == amisim.id
    assert os.environ["AWS_REGION"] == "us-east-1" and "AWS_PROFILE" not in os.environ
def test_two(amisim):
    assert boto3.client("sts").get_caller_identity()["Account"] == amisim.id
def test_none():
    assert os.environ["AWS_PROFILE"] == "mine" and "AWS_ENDPOINT_URL" not in os.environ
"""
    )
    status, said = pytest_in(folder, AWS_PROFILE="mine")
    assert status == 0, said


def test_faults_end_with_the_test_and_the_clock_goes_on(suite):
    folder = suite(
        """
import pathlib
def test_one(amisim):
    amisim.faults.put({"when": {"operations": ["DescribeTags"]}, "what": {"error": {"code": "Odd"}}})
    amisim.faults.put("rules: [{when: {operations: [DescribeVpcs]}, what: {empty: 503}}]")
    path = pathlib.Path("mine.yaml")
    path.write_text("name: mine\\nrules: [{when: {operations: [DescribeRegions]}, what: {delay: 1ms}}]")
    name = amisim.faults.put(path)
    amisim.client("ec2").describe_regions()
    assert amisim.faults.rules(name)[0]["struck"] == 1
    amisim.clock.freeze()
def test_two(amisim):
    assert amisim.control.get("scenarios")["scenarios"] == []
    assert not amisim.control.clock()["frozen"]
"""
    )
    status, said = pytest_in(folder)
    assert status == 0, said


def test_a_clock_that_stands_still_for_all_stays_so(suite):
    folder = suite(
        """
def test_one(amisim):
    amisim.clock.go(rate=60)
def test_two(amisim):
    with amisim.clock.frozen():
        pass
    assert amisim.control.clock()["frozen"] and amisim.control.clock()["rate"] == 1
"""
    )
    (folder / "pytest.ini").write_text("[pytest]\namisim_options = --freeze\n")
    status, said = pytest_in(folder)
    assert status == 0, said


def test_faults_do_not_take_each_other_s_place(suite):
    folder = suite(
        """
def rule(code):
    return {"when": {"operations": ["DescribeTags"]}, "what": {"error": {"code": code}}}
def test_it(amisim):
    first, second = amisim.faults.put(rule("One")), amisim.faults.put(rule("Two"))
    amisim.faults.end(first)
    assert amisim.faults.put(rule("Three")) != second
    assert len(amisim.control.get("scenarios")["scenarios"]) == 2
"""
    )
    status, said = pytest_in(folder)
    assert status == 0, said


def test_a_marker_with_a_word_too_many(suite):
    folder = suite('import pytest\n@pytest.mark.amisim(reqion="x")\ndef test_it(amisim): pass\n')
    status, said = pytest_in(folder, "--strict-markers")
    assert status == 1 and "the marker amisim knows no reqion" in said


def test_no_program(suite):
    folder = suite("def test_it(amisim): pass\n")
    status, said = pytest_in(folder, AMISIM="", PATH="/nowhere")
    assert status == 1 and "there is no amisim: name it in AMISIM" in said


def test_a_program_of_the_command_line(suite):
    folder = suite("def test_it(amisim): pass\n")
    status, said = pytest_in(folder, "--amisim", os.environ["AMISIM"], AMISIM="/nowhere")
    assert status == 0, said


def test_options_of_all(suite):
    folder = suite('def test_it(amisim):\n    assert amisim.control.clock()["now"].startswith("2027-")\n')
    (folder / "pytest.ini").write_text("[pytest]\namisim_options = --clock 2027-01-01T00:00:00Z\n")
    status, said = pytest_in(folder)
    assert status == 0, said


class TestWithUnittest(unittest.TestCase):
    def test_a_simulator_of_ones_own(self):
        import amisim

        with amisim.Simulator("--pace", "instant", "--log", "off") as simulator:
            one, two = simulator.account(), simulator.account(region="eu-west-1")
            self.assertNotEqual(one.id, two.id)
            volume = one.client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
            states = [event["state"] for event in one.events(event="state", subject=volume)]
            self.assertEqual(states[0], "creating")
            with simulator.clock.frozen():
                self.assertEqual(simulator.clock.now, simulator.clock.now)
            with self.assertRaises(amisim.Refused) as caught:
                simulator.control.post("checkpoints/none/restore")
            self.assertEqual((caught.exception.status, caught.exception.error), (404, "NoSuchCheckpoint"))


def jobs():
    """The job files of docs/ci.md: GitHub's and GitLab's, as lists of shell lines."""
    github, gitlab = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", (DOCS / "ci.md").read_text(), re.S))
    yield [step["run"] for step in github["jobs"]["test"]["steps"] if "run" in step]
    yield gitlab["images"]["before_script"] + gitlab["images"]["script"]


@pytest.mark.parametrize("lines", list(jobs()), ids=["github", "gitlab"])
def test_the_jobs_of_the_page(lines, tmp_path):
    """What they name is there, and their last line runs a suite."""
    (tmp_path / "amisim").symlink_to(DOCS.parent)
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "tests").symlink_to(HERE / "example")
    for named in re.findall(r"(?:^| )(?:\./)?((?:amisim|venv)/[\w/-]+)", "\n".join(lines), re.M):
        assert (tmp_path / named).exists(), named
    done = subprocess.run(lines[-1], shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and (tmp_path / "report.xml").exists(), done.stdout
