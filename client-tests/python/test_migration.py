"""A file and a document that amisim 0.1.0 wrote: today's program answers as that one did, and ends its work.

old_world/0.1.0.tar.xz holds both and the answers of 0.1.0; old_world.py made it, and asks again here. Every table of
0.1.0 has rows in it, and work of every kind is pending.
"""

import json
import tarfile

import pytest
from old_world import FIXTURES, OPTIONS, end_all, read_all

ARCHIVE = FIXTURES.parent / "0.1.0.tar.xz"
KINDS = 42


@pytest.fixture
def old(tmp_path):
    """The folder with what 0.1.0 left."""
    with tarfile.open(ARCHIVE) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def answers(old):
    return json.loads((old / "answers.json").read_text())


def open_file(start, old):
    return start(*OPTIONS, "--db", old / "state.db")


def put_document(start, old):
    simulator = start(*OPTIONS)
    simulator.control.put("state", json.loads((old / "state.json").read_text()))
    return simulator


# What these show of a task has changed since: its steps, and when a member appears.
TASKS = {
    "describe_export_image_tasks",
    "describe_import_image_tasks",
    "describe_import_snapshot_tasks",
    "describe_replace_root_volume_tasks",
}


def compared(answers):
    """Of tasks what they are and what became of them, of all else everything."""
    kept = dict(answers)
    for question in answers:
        if TASKS & set(question.split()):
            kept[question] = [
                {key: one.get(key) for key in one if key.endswith(("Id", "Status", "State"))}
                for tasks in answers[question].values()
                for one in tasks
            ]
    return kept


def differences(simulator, expected):
    """The questions that are answered otherwise, with both answers."""
    found, expected = compared(read_all(simulator)), compared(expected)
    assert expected.keys() == found.keys()
    return {question: (found[question], answer) for question, answer in expected.items() if found[question] != answer}


def jobs(simulator):
    """What is pending: kind by number."""
    table = simulator.control.get("state")["tables"]["job"]
    id, kind = (table["columns"].index(name) for name in ("id", "kind"))
    return {row[id]: row[kind] for row in table["rows"]}


@pytest.mark.parametrize("bring", [open_file, put_document])
def test_it_answers_as_it_did_and_ends_its_work(start_amisim, old, answers, bring):
    simulator = bring(start_amisim, old)
    pending = jobs(simulator)
    assert len(set(pending.values())) == KINDS
    assert differences(simulator, answers["now"]) == {}
    end_all(simulator)
    assert {kind for id, kind in jobs(simulator).items() if id in pending} == set()
    assert differences(simulator, answers["later"]) == {}


def test_a_file_that_was_opened_once_is_opened_again(start_amisim, old, answers):
    open_file(start_amisim, old).stop()
    assert differences(open_file(start_amisim, old), answers["now"]) == {}
