"""KMS: keys and their states, aliases, policies, grants, tags.

What EC2 makes of a key is in the tests of images, snapshots and volumes. Recorded: the order and
presence of members, the texts of wrong states, the life of a deletion.
"""

import json
import re

import pytest
from simulator import refused

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
DAY = 86400


@pytest.fixture
def key(kms):
    return kms.create_key()["KeyMetadata"]


def call(amisim, account, operation, body, region="us-east-1"):
    """A bare JSON 1.1 request, for what botocore would not send or show."""
    credential = f"Credential={account}/20260101/{region}/kms/aws4_request"
    return amisim.send(
        "POST",
        "/",
        json.dumps(body),
        {
            "X-Amz-Target": f"TrentService.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0",
        },
    )


def state(kms, key):
    return kms.describe_key(KeyId=key["Arn"])["KeyMetadata"]["KeyState"]


# ---- Keys ----


def test_metadata_as_recorded(amisim, account):
    reply = call(amisim, account, "CreateKey", {})
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/x-amz-json-1.1"
    metadata = json.loads(reply.body)["KeyMetadata"]
    assert list(metadata) == [
        "AWSAccountId",
        "KeyId",
        "Arn",
        "CreationDate",
        "Enabled",
        "Description",
        "KeyUsage",
        "KeyState",
        "Origin",
        "KeyManager",
        "CustomerMasterKeySpec",
        "KeySpec",
        "EncryptionAlgorithms",
        "MultiRegion",
        "CurrentKeyMaterialId",
    ]
    assert re.fullmatch(UUID, metadata["KeyId"])
    assert metadata["Arn"] == f"arn:aws:kms:us-east-1:{account}:key/{metadata['KeyId']}"
    assert re.fullmatch("[0-9a-f]{64}", metadata["CurrentKeyMaterialId"])
    assert isinstance(metadata["CreationDate"], float)
    assert (metadata["Enabled"], metadata["KeyState"]) == (True, "Enabled")
    assert metadata["Description"] == ""
    assert metadata["EncryptionAlgorithms"] == ["SYMMETRIC_DEFAULT"]


def test_times_are_json_numbers_with_milliseconds(amisim, account):
    body = call(amisim, account, "CreateKey", {}).body
    assert re.search(r'"CreationDate":[0-9]{10}\.[0-9]{1,3},', body), body


def test_error_form(amisim, account):
    reply = call(amisim, account, "DescribeKey", {"KeyId": "alias/none"})
    assert reply.status == 400
    arn = f"arn:aws:kms:us-east-1:{account}:alias/none"
    expected = f'{{"__type":"NotFoundException","message":"Alias {arn} is not found."}}'
    assert reply.body == expected


def test_rsa_encryption_key(kms):
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    assert key["EncryptionAlgorithms"] == ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
    assert key["CustomerMasterKeySpec"] == key["KeySpec"] == "RSA_2048"
    assert not key.keys() & {"CurrentKeyMaterialId", "SigningAlgorithms"}


def test_signing_and_mac_keys(kms):
    key = kms.create_key(KeySpec="RSA_4096", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    assert key["SigningAlgorithms"] == [
        f"RSASSA_{padding}_SHA_{bits}"
        for padding in ("PKCS1_V1_5", "PSS")
        for bits in (256, 384, 512)
    ]
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    assert key["MacAlgorithms"] == ["HMAC_SHA_256"]


def test_multi_region_key(kms):
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]
    assert re.fullmatch("mrk-[0-9a-f]{32}", key["KeyId"])
    assert key["MultiRegionConfiguration"] == {
        "MultiRegionKeyType": "PRIMARY",
        "PrimaryKey": {"Arn": key["Arn"], "Region": "us-east-1"},
        "ReplicaKeys": [],
    }


def test_specs_that_do_not_fit(kms):
    with refused("ValidationException"):
        kms.create_key(KeySpec="RSA_2048")
    with refused("ValidationException"):
        kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="ENCRYPT_DECRYPT")
    with refused("ValidationException"):
        kms.create_key(KeySpec="RSA_2048", CustomerMasterKeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    with refused("UnsupportedOperationException"):
        kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId="cks-1")
    assert kms.list_keys()["Keys"] == []


def test_key_that_waits_for_its_material(kms):
    key = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]
    assert (key["KeyState"], key["Enabled"]) == ("PendingImport", False)
    assert "CurrentKeyMaterialId" not in key
    with refused("KMSInvalidStateException", f"{key['Arn']} is pending import."):
        kms.enable_key(KeyId=key["KeyId"])


def test_describe_by_every_form(kms, key):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    alias_arn = key["Arn"].replace(f"key/{key['KeyId']}", "alias/mine")
    for form in (key["KeyId"], key["Arn"], "alias/mine", alias_arn):
        assert kms.describe_key(KeyId=form)["KeyMetadata"] == key


def test_keys_that_are_not_there(kms, client, account):
    with refused("NotFoundException", "Invalid keyId 'auto'"):
        kms.describe_key(KeyId="auto")
    unknown = "00000000-0000-4000-8000-000000000000"
    arn = f"arn:aws:kms:us-east-1:{account}:key/{unknown}"
    with refused("NotFoundException", f"Key '{arn}' does not exist"):
        kms.describe_key(KeyId=unknown)
    with refused("NotFoundException", f"Key '{arn}' does not exist"):
        kms.describe_key(KeyId=arn)
    elsewhere = client("kms", region="eu-west-1").create_key()["KeyMetadata"]
    with refused("NotFoundException", "Invalid arn eu-west-1"):
        kms.describe_key(KeyId=elsewhere["Arn"])
    with refused("NotFoundException"):
        kms.describe_key(KeyId=elsewhere["KeyId"])


def test_disable_and_enable(kms, key):
    assert kms.disable_key(KeyId=key["KeyId"]).keys() == {"ResponseMetadata"}
    shown = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"]) == ("Disabled", False)
    kms.enable_key(KeyId=key["Arn"])
    assert state(kms, key) == "Enabled"


def test_states_take_no_alias(kms, key):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    for change in (kms.disable_key, kms.enable_key, kms.schedule_key_deletion):
        with refused("InvalidArnException", "Key Aliases are not supported for this operation."):
            change(KeyId="alias/mine")
    assert state(kms, key) == "Enabled"


def test_list_keys_in_pages(kms):
    keys = [kms.create_key()["KeyMetadata"] for _ in range(5)]
    wanted = [{"KeyId": key["KeyId"], "KeyArn": key["Arn"]} for key in keys]
    first = kms.list_keys(Limit=2)
    assert (len(first["Keys"]), first["Truncated"]) == (2, True)
    last = kms.list_keys(Limit=2, Marker=kms.list_keys(Limit=4)["NextMarker"])
    assert (len(last["Keys"]), last["Truncated"]) == (1, False)
    assert "NextMarker" not in last
    pages = kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 2})
    assert [key for page in pages for key in page["Keys"]] == wanted
    with refused("InvalidMarkerException", ""):
        kms.list_keys(Marker="bad")


def test_worlds_are_apart(kms, client, key):
    assert client("kms", region="eu-west-1").list_keys()["Keys"] == []
    assert client("kms", account="900000000099").list_keys()["Keys"] == []
    assert len(kms.list_keys()["Keys"]) == 1


# ---- Deletion ----


def test_schedule_deletion(amisim, account, kms, key):
    reply = call(
        amisim, account, "ScheduleKeyDeletion", {"KeyId": key["KeyId"], "PendingWindowInDays": 7}
    )
    answer = json.loads(reply.body)
    date = answer.pop("DeletionDate")
    assert answer == {
        "KeyId": key["Arn"],
        "KeyState": "PendingDeletion",
        "PendingWindowInDays": 7,
    }
    shown = json.loads(call(amisim, account, "DescribeKey", {"KeyId": key["Arn"]}).body)
    shown = shown["KeyMetadata"]
    assert (shown["Enabled"], shown["KeyState"]) == (False, "PendingDeletion")
    assert shown["DeletionDate"] == date
    assert "PendingDeletionWindowInDays" not in shown
    assert "CurrentKeyMaterialId" in shown
    again = json.loads(call(amisim, account, "DescribeKey", {"KeyId": key["Arn"]}).body)
    assert again["KeyMetadata"]["DeletionDate"] - shown["CreationDate"] == pytest.approx(
        7 * DAY, abs=60
    )


def test_pending_deletion_refuses_changes(kms, key):
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    pending = f"{key['Arn']} is pending deletion."
    tags = [{"TagKey": "a", "TagValue": "b"}]
    for change in (
        lambda: kms.enable_key(KeyId=key["KeyId"]),
        lambda: kms.disable_key(KeyId=key["KeyId"]),
        lambda: kms.schedule_key_deletion(KeyId=key["KeyId"]),
        lambda: kms.tag_resource(KeyId=key["KeyId"], Tags=tags),
        lambda: kms.untag_resource(KeyId=key["KeyId"], TagKeys=["a"]),
        lambda: kms.create_alias(AliasName="alias/late", TargetKeyId=key["KeyId"]),
    ):
        with refused("KMSInvalidStateException", pending):
            change()


def test_cancelled_deletion_leaves_it_disabled(kms, key, control):
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert kms.cancel_key_deletion(KeyId=key["KeyId"])["KeyId"] == key["Arn"]
    shown = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert (shown["KeyState"], shown["Enabled"]) == ("Disabled", False)
    assert "DeletionDate" not in shown
    control.clock(advance="8d")
    assert state(kms, key) == "Disabled"
    with refused("KMSInvalidStateException"):
        kms.cancel_key_deletion(KeyId=key["KeyId"])


def test_the_window_ends_on_the_virtual_clock(kms, key, control):
    """The window is the user's choice: no pace shortens it."""
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    control.clock(advance="29d23h")
    assert state(kms, key) == "PendingDeletion"
    control.clock(advance="1h1m")
    with refused("NotFoundException", f"Key '{key['Arn']}' does not exist"):
        kms.describe_key(KeyId=key["Arn"])
    with refused("NotFoundException"):
        kms.describe_key(KeyId="alias/mine")
    assert kms.list_keys()["Keys"] == []


@pytest.mark.parametrize("days, bound", [(6, "greater than or equal to 7"), (31, "less than or equal to 30")])
def test_window_limits(kms, key, days, bound):
    text = (
        f"1 validation error detected: Value '{days}' at 'pendingWindowInDays' failed to satisfy "
        f"constraint: Member must have value {bound}"
    )
    with refused("ValidationException", text):
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=days)
    assert state(kms, key) == "Enabled"


# ---- Aliases ----


def test_aliases(kms, key):
    kms.create_alias(AliasName="alias/app/one", TargetKeyId=key["KeyId"])
    (alias,) = kms.list_aliases(KeyId=key["KeyId"])["Aliases"]
    assert alias["AliasName"] == "alias/app/one"
    assert alias["AliasArn"] == key["Arn"].replace(f"key/{key['KeyId']}", "alias/app/one")
    assert alias["TargetKeyId"] == key["KeyId"]
    assert alias["CreationDate"] == alias["LastUpdatedDate"]
    with refused(
        "AlreadyExistsException", f"An alias with the name {alias['AliasArn']} already exists"
    ):
        kms.create_alias(AliasName="alias/app/one", TargetKeyId=key["KeyId"])

    other = kms.create_key()["KeyMetadata"]
    kms.update_alias(AliasName="alias/app/one", TargetKeyId=other["Arn"])
    assert kms.describe_key(KeyId="alias/app/one")["KeyMetadata"]["KeyId"] == other["KeyId"]
    assert kms.list_aliases(KeyId=key["KeyId"])["Aliases"] == []

    kms.delete_alias(AliasName="alias/app/one")
    with refused("NotFoundException", f"Alias {alias['AliasArn']} is not found."):
        kms.delete_alias(AliasName="alias/app/one")
    assert state(kms, other) == "Enabled"


def test_alias_names(kms, key):
    text = (
        "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
    )
    with refused("ValidationException", text):
        kms.create_alias(AliasName="alias/a b", TargetKeyId=key["KeyId"])
    with refused("ValidationException", "Invalid identifier"):
        kms.create_alias(AliasName="mine", TargetKeyId=key["KeyId"])
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/mine", TargetKeyId=key["KeyId"])
    with refused("InvalidArnException", "Key Aliases are not supported for this operation."):
        kms.create_alias(AliasName="alias/two", TargetKeyId="alias/one")


def test_alias_keeps_to_one_kind_of_key(kms, key):
    kms.create_alias(AliasName="alias/mine", TargetKeyId=key["KeyId"])
    rsa = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    with refused("ValidationException"):
        kms.update_alias(AliasName="alias/mine", TargetKeyId=rsa["KeyId"])


def test_list_aliases_in_pages(kms, key):
    names = [f"alias/{n}" for n in range(5)]
    for name in names:
        kms.create_alias(AliasName=name, TargetKeyId=key["KeyId"])
    pages = kms.get_paginator("list_aliases").paginate(
        KeyId=key["KeyId"], PaginationConfig={"PageSize": 2}
    )
    assert [alias["AliasName"] for page in pages for alias in page["Aliases"]] == names


# ---- The key of AWS ----


def test_ebs_key_is_made_on_first_use(kms, account):
    """Listed before there is a key; DescribeKey by the alias is such a use."""
    def ebs_alias():
        aliases = kms.list_aliases()["Aliases"]
        return next(alias for alias in aliases if alias["AliasName"] == "alias/aws/ebs")

    assert ebs_alias() == {
        "AliasName": "alias/aws/ebs",
        "AliasArn": f"arn:aws:kms:us-east-1:{account}:alias/aws/ebs",
    }
    assert kms.list_keys()["Keys"] == []
    key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    assert key["Description"] == (
        "Default key that protects my EBS volumes when no other key is defined"
    )
    assert (key["KeyManager"], key["KeyState"], key["Origin"]) == ("AWS", "Enabled", "AWS_KMS")
    assert key["MultiRegion"] is False
    assert re.fullmatch(UUID, key["KeyId"])
    assert "CurrentKeyMaterialId" in key
    assert ebs_alias()["TargetKeyId"] == key["KeyId"]
    assert kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"] == key
    assert [item["KeyId"] for item in kms.list_keys()["Keys"]] == [key["KeyId"]]


def test_ebs_key_cannot_be_changed(kms):
    key = kms.describe_key(KeyId="alias/aws/ebs")["KeyMetadata"]
    for action, change in {
        "kms:DisableKey": kms.disable_key,
        "kms:ScheduleKeyDeletion": kms.schedule_key_deletion,
    }.items():
        with refused("AccessDeniedException") as caught:
            change(KeyId=key["KeyId"])
        assert f"is not authorized to perform: {action} on resource: {key['Arn']}" in str(
            caught.value
        )
    with refused("AccessDeniedException"):
        kms.put_key_policy(KeyId=key["KeyId"], Policy=kms.get_key_policy(KeyId=key["KeyId"])["Policy"])
    with refused("AccessDeniedException"):
        kms.create_grant(
            KeyId=key["KeyId"], GranteePrincipal="arn:aws:iam::900000000077:root", Operations=["Decrypt"]
        )
    assert state(kms, key) == "Enabled"


# ---- Tags and rotation ----


def test_tags(kms):
    key = kms.create_key(Tags=[{"TagKey": "a", "TagValue": ""}])["KeyMetadata"]
    assert "Tags" not in key
    kms.tag_resource(
        KeyId=key["Arn"],
        Tags=[{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}],
    )
    answer = kms.list_resource_tags(KeyId=key["KeyId"])
    assert answer["Tags"] == [{"TagKey": "a", "TagValue": "1"}, {"TagKey": "b", "TagValue": "2"}]
    assert answer["Truncated"] is False
    kms.untag_resource(KeyId=key["KeyId"], TagKeys=["a", "never"])
    assert [tag["TagKey"] for tag in kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]] == ["b"]
    with refused("TagException"):
        kms.tag_resource(KeyId=key["KeyId"], Tags=[{"TagKey": "aws:x", "TagValue": ""}])


def test_rotation_is_off(kms, key):
    answer = kms.get_key_rotation_status(KeyId=key["KeyId"])
    del answer["ResponseMetadata"]
    assert answer == {"KeyRotationEnabled": False, "KeyId": key["Arn"]}


# ---- Policies and grants ----


def policy_for(account, *others, actions="kms:*", **more):
    root = [f"arn:aws:iam::{account}:root"]
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"},
    ]
    if others:
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"AWS": list(others)},
                "Action": actions,
                "Resource": "*",
                **more,
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def test_default_policy_text(kms, key, account):
    answer = kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")
    assert answer["PolicyName"] == "default"
    assert answer["Policy"].startswith('{\n  "Version" : "2012-10-17",\n  "Id" : "key-default-1",\n')
    assert answer["Policy"].endswith('\n    "Resource" : "*"\n  } ]\n}')
    (statement,) = json.loads(answer["Policy"])["Statement"]
    assert statement["Sid"] == "Enable IAM User Permissions"
    assert statement["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    with refused("NotFoundException", "No such policy exists"):
        kms.get_key_policy(KeyId=key["KeyId"], PolicyName="other")


def test_a_key_has_one_policy(kms, key):
    assert kms.list_key_policies(KeyId=key["KeyId"])["PolicyNames"] == ["default"]
    with refused("NotFoundException"):
        kms.list_key_policies(KeyId="1234abcd-12ab-34cd-56ef-1234567890ab")


def test_another_description(kms, key):
    for text in ("of golden images", ""):
        kms.update_key_description(KeyId=key["KeyId"], Description=text)
        assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Description"] == text
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    with refused("KMSInvalidStateException"):
        kms.update_key_description(KeyId=key["KeyId"], Description="too late")


def test_policy_is_kept_as_it_was_written_even_while_deleting(kms, key, account):
    kms.schedule_key_deletion(KeyId=key["KeyId"])
    text = policy_for(account)
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=text)
    assert kms.get_key_policy(KeyId=key["KeyId"])["Policy"] == text


def test_a_policy_of_one_statement(kms, key, account, stranger):
    """Statement may be one alone; what stands behind it is no part of it."""
    statement = json.loads(policy_for(account, stranger.account))["Statement"][0]
    statement["Principal"]["AWS"].append(stranger.account)
    statement["Principal"]["Service"] = "ec2.amazonaws.com"
    text = json.dumps({"Statement": statement, "Id": "mine", "Version": "2012-10-17"})
    kms.put_key_policy(KeyId=key["KeyId"], Policy=text)
    assert stranger.describe_key(KeyId=key["Arn"])


def test_policies_that_are_refused(kms, key, account):
    for bad in ("{", "[]", "{}", '{"Statement": []}', '{"Statement": [{"Effect": "Maybe"}]}'):
        with refused("MalformedPolicyDocumentException"):
            kms.put_key_policy(KeyId=key["KeyId"], Policy=bad)
    for wrong in (
        {"Principal": {"AWS": []}},
        {"Principal": {"AWS": ["*", 5]}},
        {"Principal": "nobody"},
        {"Action": {}},
        {"Resource": None},
        {"Condition": "kms:CallerAccount"},
        {"Condition": {"StringEquals": ["kms:CallerAccount"]}},
        {"Condition": {"StringEquals": {"kms:CallerAccount": 5}}},
    ):
        policy = json.loads(policy_for(account, "*"))
        policy["Statement"][1].update(wrong)
        with refused("MalformedPolicyDocumentException"):
            kms.put_key_policy(KeyId=key["KeyId"], Policy=json.dumps(policy))
    for nobody in ("nobody", "123", "arn:aws:iam::12:root", "arn:aws:s3:::bucket"):
        with refused(
            "MalformedPolicyDocumentException",
            "Policy contains a statement with one or more invalid principals.",
        ):
            kms.put_key_policy(KeyId=key["KeyId"], Policy=policy_for(account, nobody))
    locked_out = policy_for("900000000078")
    with refused(
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    ):
        kms.put_key_policy(KeyId=key["KeyId"], Policy=locked_out)
    kms.put_key_policy(KeyId=key["KeyId"], Policy=locked_out, BypassPolicyLockoutSafetyCheck=True)
    with refused("AccessDeniedException"):
        kms.describe_key(KeyId=key["KeyId"])


def test_what_a_policy_cannot_say_here(kms, key, account):
    timed = policy_for(
        account,
        "900000000078",
        Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
    )
    with refused("UnsupportedOperationException"):
        kms.put_key_policy(KeyId=key["KeyId"], Policy=timed)


@pytest.fixture
def stranger(client, account):
    """KMS as seen from another account."""
    other = f"8{account[1:]}"
    made = client("kms", account=other)
    made.account = other
    return made


def test_key_of_another_account(kms, key, account, stranger):
    with refused("AccessDeniedException") as caught:
        stranger.describe_key(KeyId=key["Arn"])
    assert "kms:DescribeKey on this resource because the resource does not exist" in str(caught.value)
    with refused("NotFoundException"):
        stranger.describe_key(KeyId=key["KeyId"])
    kms.put_key_policy(
        KeyId=key["KeyId"], Policy=policy_for(account, stranger.account, actions=["kms:Describe*"])
    )
    assert stranger.describe_key(KeyId=key["Arn"])["KeyMetadata"]["AWSAccountId"] == account
    with refused("AccessDeniedException"):
        stranger.list_grants(KeyId=key["Arn"])
    with refused("AccessDeniedException"):
        stranger.disable_key(KeyId=key["Arn"])


def test_deny_wins_and_conditions_count(kms, key, account, stranger):
    by_account = {"Condition": {"StringEquals": {"kms:CallerAccount": stranger.account}}}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy_for(account, "*", **by_account))
    stranger.describe_key(KeyId=key["Arn"])
    not_you = {"Condition": {"StringEquals": {"kms:CallerAccount": "900000000079"}}}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy_for(account, "*", **not_you))
    with refused("AccessDeniedException"):
        stranger.describe_key(KeyId=key["Arn"])
    through_ec2 = {"Condition": {"StringEquals": {"kms:ViaService": "ec2.us-east-1.amazonaws.com"}}}
    kms.put_key_policy(KeyId=key["KeyId"], Policy=policy_for(account, "*", **through_ec2))
    with refused("AccessDeniedException"):
        stranger.describe_key(KeyId=key["Arn"])
    denied = json.loads(policy_for(account, stranger.account))
    denied["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "kms:describekey",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"kms:CallerAccount": account}},
        }
    )
    kms.put_key_policy(KeyId=key["KeyId"], Policy=json.dumps(denied))
    with refused("AccessDeniedException"):
        stranger.describe_key(KeyId=key["Arn"])
    assert kms.describe_key(KeyId=key["Arn"])


def test_grants(kms, key, account, stranger):
    root = f"arn:aws:iam::{stranger.account}:root"
    made = kms.create_grant(
        KeyId=key["KeyId"],
        GranteePrincipal=root,
        RetiringPrincipal=root,
        Operations=["DescribeKey", "Decrypt"],
        Name="share",
    )
    assert re.fullmatch("[0-9a-f]{64}", made["GrantId"])
    assert made["GrantToken"]
    answer = kms.list_grants(KeyId=key["KeyId"])
    (grant,) = answer["Grants"]
    assert answer["Truncated"] is False
    assert grant.pop("CreationDate").microsecond == 0
    assert grant == {
        "KeyId": key["Arn"],
        "GrantId": made["GrantId"],
        "Name": "share",
        "GranteePrincipal": root,
        "RetiringPrincipal": root,
        "IssuingAccount": f"arn:aws:iam::{account}:root",
        "Operations": ["DescribeKey", "Decrypt"],
    }
    assert stranger.describe_key(KeyId=key["Arn"])
    kms.revoke_grant(KeyId=key["KeyId"], GrantId=made["GrantId"])
    with refused("AccessDeniedException"):
        stranger.describe_key(KeyId=key["Arn"])
    assert kms.list_grants(KeyId=key["KeyId"])["Grants"] == []
    with refused("NotFoundException"):
        kms.revoke_grant(KeyId=key["KeyId"], GrantId=made["GrantId"])


def test_same_grant_with_a_name_is_made_once(kms, key):
    wanted = {
        "KeyId": key["KeyId"],
        "GranteePrincipal": "arn:aws:iam::900000000078:root",
        "Operations": ["DescribeKey"],
    }
    named = [kms.create_grant(**wanted, Name="one")["GrantId"] for _ in range(2)]
    assert named[0] == named[1]
    unnamed = [kms.create_grant(**wanted)["GrantId"] for _ in range(2)]
    assert unnamed[0] != unnamed[1]
    other = kms.create_grant(**{**wanted, "Operations": ["Decrypt"]}, Name="one")["GrantId"]
    assert other != named[0]
    pages = kms.get_paginator("list_grants").paginate(
        KeyId=key["KeyId"], PaginationConfig={"PageSize": 2}
    )
    assert len([grant for page in pages for grant in page["Grants"]]) == 4


def test_grants_that_are_refused(kms, key, account):
    path = f"arn:aws:sts::{account}:assumed-role/path/role/session"
    with refused("InvalidArnException", f"ARN is not valid: {path}"):
        kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=path, Operations=["Decrypt"])
    with refused("InvalidArnException", "Input does not refer to a valid principal"):
        kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="nobody", Operations=["Decrypt"])
    root = f"arn:aws:iam::{account}:root"
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'no blanks' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ):
        kms.create_grant(
            KeyId=key["KeyId"], GranteePrincipal=root, Operations=["Decrypt"], Name="no blanks"
        )
    with refused(
        "DryRunOperationException",
        "The request would have succeeded, but the DryRun option is set.",
    ):
        kms.create_grant(
            KeyId=key["KeyId"], GranteePrincipal=root, Operations=["Decrypt"], DryRun=True
        )
    kms.disable_key(KeyId=key["KeyId"])
    with refused("DisabledException", f"{key['Arn']} is disabled."):
        kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=root, Operations=["Decrypt"])
    assert kms.list_grants(KeyId=key["KeyId"])["Grants"] == []


def test_from_the_command_line(aws):
    key = aws("kms create-key --description images --tags TagKey=a,TagValue=b").json["KeyMetadata"]
    assert aws(f"kms create-alias --alias-name alias/images --target-key-id {key['KeyId']}").status == 0
    shown = aws("kms describe-key --key-id alias/images").json["KeyMetadata"]
    assert (shown["KeyId"], shown["Description"]) == (key["KeyId"], "images")
    gone = aws(f"kms schedule-key-deletion --key-id {key['KeyId']} --pending-window-in-days 7").json
    assert gone["KeyState"] == "PendingDeletion"


@pytest.mark.parametrize(
    "id, message",
    [
        ("mrk-" + "0" * 32, "Key '{}' does not exist"),
        ("mrk-" + "x" * 32, "Invalid keyId '{}'"),
        ("00000000-0000-4000-8000-000000000000", "Key '{}' does not exist"),
    ],
)
def test_which_words_are_identifiers(kms, account, id, message):
    arn = f"arn:aws:kms:us-east-1:{account}:key/{id}"
    with refused("NotFoundException", message.format(arn if "exist" in message else id)):
        kms.describe_key(KeyId=id)
