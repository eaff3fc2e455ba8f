"""The Recycle Bin: retention rules, and what happens to what is deleted under them."""

import datetime

import pytest
from simulator import refused

TAG = {"ResourceTagKey": "keep", "ResourceTagValue": "yes"}


@pytest.fixture
def rbin(client):
    return client("rbin")


def make_rule(rbin, days=7, resource="EBS_SNAPSHOT", **more):
    return rbin.create_rule(
        RetentionPeriod={"RetentionPeriodValue": days, "RetentionPeriodUnit": "DAYS"},
        ResourceType=resource,
        **more,
    )["Identifier"]


# ---- Rules ----


def test_create_answer(rbin, account):
    made = rbin.create_rule(
        RetentionPeriod={"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"},
        ResourceType="EBS_SNAPSHOT",
        Description="a week",
        Tags=[{"Key": "team", "Value": ""}],
        ResourceTags=[TAG],
    )
    identifier = made["Identifier"]
    assert len(identifier) == 11 and identifier.isalnum()
    assert made.pop("ResponseMetadata")["HTTPStatusCode"] == 201
    assert made == {
        "Identifier": identifier,
        "RetentionPeriod": {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"},
        "Description": "a week",
        "Tags": [{"Key": "team", "Value": ""}],
        "ResourceType": "EBS_SNAPSHOT",
        "ResourceTags": [TAG],
        "ExcludeResourceTags": [],
        "Status": "available",
        "RuleArn": f"arn:aws:rbin:us-east-1:{account}:rule/{identifier}",
    }


def test_get_update_delete(rbin):
    identifier = make_rule(rbin, ResourceTags=[TAG])
    rbin.update_rule(
        Identifier=identifier,
        RetentionPeriod={"RetentionPeriodValue": 30, "RetentionPeriodUnit": "DAYS"},
        Description="longer",
    )
    found = rbin.get_rule(Identifier=identifier)
    assert found["RetentionPeriod"]["RetentionPeriodValue"] == 30
    assert (found["Description"], found["ResourceTags"]) == ("longer", [TAG])
    rbin.update_rule(Identifier=identifier, ResourceTags=[])
    assert rbin.get_rule(Identifier=identifier)["ResourceTags"] == []
    assert rbin.delete_rule(Identifier=identifier)["ResponseMetadata"]["HTTPStatusCode"] == 204
    for gone in (rbin.get_rule, rbin.delete_rule, rbin.update_rule, rbin.unlock_rule):
        with refused("ResourceNotFoundException") as caught:
            gone(Identifier=identifier)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        assert caught.value.response["Reason"] == "RULE_NOT_FOUND"


def test_list(rbin, client):
    plain = make_rule(rbin)
    tagged = make_rule(rbin, ResourceTags=[TAG])
    excluding = make_rule(rbin, ExcludeResourceTags=[TAG])
    make_rule(rbin, resource="EC2_IMAGE")

    def ids(**wanted):
        found = rbin.list_rules(ResourceType="EBS_SNAPSHOT", **wanted)["Rules"]
        return [rule["Identifier"] for rule in found]

    assert ids() == [plain, tagged, excluding]
    assert ids(ResourceTags=[TAG]) == [tagged]
    assert ids(ResourceTags=[{"ResourceTagKey": "other"}]) == []
    assert ids(ExcludeResourceTags=[TAG]) == [excluding]
    assert ids(LockState="locked") == []
    pages = rbin.get_paginator("list_rules").paginate(
        ResourceType="EBS_SNAPSHOT", PaginationConfig={"PageSize": 2}
    )
    assert [len(page["Rules"]) for page in pages] == [2, 1]
    for elsewhere in (client("rbin", region="eu-west-1"), client("rbin", account="800000000004")):
        assert elsewhere.list_rules(ResourceType="EBS_SNAPSHOT")["Rules"] == []
    with refused("ValidationException"):
        rbin.list_rules(ResourceType="EBS_SNAPSHOT", NextToken="nonsense")


@pytest.mark.parametrize(
    "change",
    [
        {"RetentionPeriod": {"RetentionPeriodValue": 3651, "RetentionPeriodUnit": "DAYS"}},
        {"RetentionPeriod": {"RetentionPeriodValue": 1, "RetentionPeriodUnit": "HOURS"}},
        {"ResourceType": "EC2_INSTANCE"},
        {"Description": "x" * 256},
        {"ResourceTags": [TAG], "ExcludeResourceTags": [TAG]},
        {
            "ResourceTags": [TAG],
            "LockConfiguration": {
                "UnlockDelay": {"UnlockDelayValue": 7, "UnlockDelayUnit": "DAYS"}
            },
        },
    ],
)
def test_refused(rbin, change):
    wanted = {
        "RetentionPeriod": {"RetentionPeriodValue": 7, "RetentionPeriodUnit": "DAYS"},
        "ResourceType": "EBS_SNAPSHOT",
        **change,
    }
    with refused("ValidationException"):
        rbin.create_rule(**wanted)
    assert rbin.list_rules(ResourceType="EBS_SNAPSHOT")["Rules"] == []


def test_locked_rule(start_amisim, account):
    amisim = start_amisim()
    amisim.control.clock(freeze=True)
    rbin = amisim.client("rbin", account)
    delay = {"UnlockDelay": {"UnlockDelayValue": 7, "UnlockDelayUnit": "DAYS"}}
    identifier = make_rule(rbin, LockConfiguration=delay)
    found = rbin.get_rule(Identifier=identifier)
    assert (found["LockState"], found["LockConfiguration"]) == ("locked", delay)

    def changes():
        for change in (rbin.delete_rule, rbin.update_rule):
            with refused("ConflictException") as caught:
                change(Identifier=identifier)
            assert caught.value.response["Reason"] == "INVALID_RULE_STATE"

    changes()
    with refused("ConflictException"):
        rbin.lock_rule(Identifier=identifier, LockConfiguration=delay)
    unlocked = rbin.unlock_rule(Identifier=identifier)
    now = datetime.datetime.fromisoformat(amisim.control.clock()["now"])
    assert unlocked["LockState"] == "pending_unlock"
    assert unlocked["LockEndTime"] == now + datetime.timedelta(days=7)
    with refused("ConflictException"):
        rbin.unlock_rule(Identifier=identifier)
    amisim.control.clock(advance="167h")
    changes()
    amisim.control.clock(advance="1h")
    assert rbin.get_rule(Identifier=identifier)["LockState"] == "unlocked"
    assert rbin.lock_rule(Identifier=identifier, LockConfiguration=delay)["LockState"] == "locked"
    rbin.unlock_rule(Identifier=identifier)
    amisim.control.clock(advance="7d")
    rbin.delete_rule(Identifier=identifier)


def test_tags_of_a_rule(rbin, account, client):
    identifier = make_rule(rbin, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    arn = f"arn:aws:rbin:us-east-1:{account}:rule/{identifier}"

    def tags():
        found = rbin.list_tags_for_resource(ResourceArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    assert tags() == {"a": "1", "b": "2"}
    rbin.tag_resource(
        ResourceArn=arn, Tags=[{"Key": "b", "Value": "3"}, {"Key": "c d", "Value": ""}]
    )
    assert tags() == {"a": "1", "b": "3", "c d": ""}
    rbin.untag_resource(ResourceArn=arn, TagKeys=["a", "c d"])
    assert tags() == {"b": "3"}
    assert client("ec2").describe_tags()["Tags"] == []
    for other in (client("rbin", account="800000000005"), client("rbin", region="eu-west-1")):
        with refused("ResourceNotFoundException"):
            other.list_tags_for_resource(ResourceArn=arn)
    with refused("ServiceQuotaExceededException"):
        rbin.tag_resource(
            ResourceArn=arn, Tags=[{"Key": f"k{n}", "Value": ""} for n in range(200)]
        )
