"""Checkpoints and the portable state: everything is as it was, clock and identifiers included."""

import json

import pytest
from simulator import refused



def test_a_checkpoint_brings_everything_back(own, account):
    kms = own.client("kms", account)
    key = kms.create_key(Description="before")["KeyMetadata"]["KeyId"]
    before = own.control.get("clock")["now"]
    own.control.post("checkpoints/base", {})
    kms.disable_key(KeyId=key)
    second = kms.create_key()["KeyMetadata"]["KeyId"]
    own.control.clock(advance="36h")
    for _ in range(2):  # a checkpoint is not used up
        own.control.post("checkpoints/base/restore", {})
        assert own.control.get("clock")["now"] == before
        assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
        with refused("NotFoundException"):
            kms.describe_key(KeyId=second)
        # the random state is back, too: the same call makes the same identifier
        assert kms.create_key()["KeyMetadata"]["KeyId"] == second


def test_jobs_come_back(own, account):
    kms = own.client("kms", account)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    own.control.post("checkpoints/doomed", {})
    own.control.clock(advance="8d")
    with refused("NotFoundException"):
        kms.describe_key(KeyId=key)
    own.control.post("checkpoints/doomed/restore", {})
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    own.control.clock(advance="8d")
    with refused("NotFoundException"):
        kms.describe_key(KeyId=key)


def test_listing_and_dropping(own):
    own.control.post("checkpoints/a", {})
    own.control.post("checkpoints/b", {})
    listed = own.control.get("checkpoints")["checkpoints"]
    assert [c["name"] for c in listed] == ["a", "b"] and all(c["bytes"] > 0 for c in listed)
    own.control.delete("checkpoints/a")
    assert [c["name"] for c in own.control.get("checkpoints")["checkpoints"]] == ["b"]
    assert own.control.refused("POST", "checkpoints/a/restore") == (404, "NoSuchCheckpoint")
    assert own.control.refused("POST", "checkpoints/a%20b") == (400, "ValidationException")


def test_state_moves_to_another_simulator(own, start_amisim, account):
    kms = own.client("kms", account)
    key = kms.create_key(Description="moved \u2713")["KeyMetadata"]["KeyId"]
    state = own.control.get("state")
    other = start_amisim("--seed", "99", "--pace", "instant")
    other.control.put("state", state)
    assert other.client("kms", account).describe_key(KeyId=key)["KeyMetadata"]["Description"] == "moved \u2713"
    assert other.control.get("clock") == own.control.get("clock")
    moved = other.control.get("state")
    for document in (moved, state):
        del document["tables"]["setting"]  # holds the machine's time
    assert moved == state
    following = kms.create_key()["KeyMetadata"]["KeyId"]
    assert other.client("kms", account).create_key()["KeyMetadata"]["KeyId"] == following


@pytest.mark.parametrize(
    "change",
    [
        {"version": 1000},
        {"tables": {"nowhere": {"columns": ["a"], "rows": []}}},
        {"tables": {"tag": {"columns": ["key; DROP TABLE tag"], "rows": []}}},
        {"tables": {"tag": {"columns": ["key", "value"], "rows": [["only one"]]}}},
        {"tables": {"tag": {"columns": ["key"], "rows": [[{"base64": "!"}]]}}},
        {"tables": {"tag": {"columns": ["account", "resource", "key"], "rows": [["1", None, None]]}}},
        {"tables": {"layer": {"columns": ["id", "parent"], "rows": [["text", 1]]}}},
        {"tables": {"job": {"columns": ["id", "due", "kind"], "rows": [[1, 1, "cleaning"]]}}},
        {"tables": {"job": {"columns": ["id", "due"], "rows": [[1, 1]]}}},
        {"tables": {"job": {"columns": ["id", "due", "kind", "region"], "rows": [[1, 1, "end_snapshot", "mars-1"]]}}},
        {"tables": {"layer": {"columns": ["id", "parent", "refs"], "rows": [[1, 2, 1], [2, 1, 1]]}}},
        {"tables": {"setting": {"columns": ["name", "value"], "rows": [["clock.base", 2**62]]}}},
        {"tables": []},
    ],
)
def test_a_bad_state_changes_nothing(own, account, change):
    kms = own.client("kms", account)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    state = {**own.control.get("state"), **change}
    assert own.control.refused("PUT", "state", state) == (400, "BadState")
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


TAG = {"columns": ["account", "resource", "key", "value", "region", "type"], "rows": []}


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "no state"),
        ("[]", "no state"),
        ("{", "no state"),
        ('{"version": 3}', "no state"),
        ('{"tables": {}}', "no state"),
        ('{"version": 0, "tables": {}}', "no state"),
        ('{"version": 3, "version": 3, "tables": {}}', "'version' is not expected there"),
        ('{"version": 3, "tables": {}, "more": 1}', "'more' is not expected there"),
        ('{"version": 3, "tables": {}} {}', "byte 29"),
        ('{"version": 3, "tables": {}', "byte 27"),
        ('{"version": 3, "tables": {"tag": {}}}', "columns and rows"),
        ('{"version": 3, "tables": {"tag": {"rows": [], "columns": ["key"]}}}', "columns and rows"),
        ('{"version": 3, "tables": {"tag": {"columns": ["key", "key"], "rows": []}}}', "a column is there twice"),
        ('{"version": 3, "tables": {"tag": {"columns": ["key"], "rows": [], "more": 1}}}', "more than columns and rows"),
        ('{"version": 3, "tables": {"tag": TAG, "tag": TAG}}', "table tag is there twice"),
        ('{"version": 3, "tables": {"tag": {"columns": ["key"], "rows": [["a" "b"]]}}}', "byte"),
        ('{"version": 3, "tables": {"tag": {"columns": ["key"], "rows": [["\\ud800"]]}}}', "byte"),
        ('{"version": 3, "tables": {"tag": {"columns": ["key"], "rows": [[1.5]]}}}', "no text, number, null or base64"),
        ('{"version": 3, "tables": {"job": {"columns": ["id"], "rows": [[1], [1]]}}}', "a row does not fit"),
        ('{"version": 3, "tables": {"job": {"columns": ["id"], "rows": [[' + "[" * 100_000, "byte"),
    ],
)
def test_a_document_that_is_none(own, account, text, words):
    key = own.client("kms", account).create_key()["KeyMetadata"]["KeyId"]
    reply = own.send("PUT", "/_amisim/state", text.replace("TAG", json.dumps(TAG)).encode(), {"X-Amisim": "1"})
    assert reply.status == 400 and json.loads(reply.body)["error"] == "BadState"
    assert words in json.loads(reply.body)["message"]
    assert own.client("kms", account).describe_key(KeyId=key)


def test_a_document_whose_members_were_sorted(own, start_amisim, account):
    """The version behind the tables, as jq -S writes it."""
    key = own.client("kms", account).create_key()["KeyMetadata"]["KeyId"]
    text = json.dumps(own.control.get("state"), sort_keys=True, indent=1)
    other = start_amisim("--pace", "instant")
    assert other.send("PUT", "/_amisim/state", text.encode(), {"X-Amisim": "1"}).status == 200
    assert other.client("kms", account).describe_key(KeyId=key)
