"""Parameter Store: own parameters, their versions and secrets, and the public ones that name images.

Recorded: shapes of answers, order of lists, texts of refusals; see docs/fidelity.md for the rest.
"""

import base64
import json
import re

import pytest
from simulator import refused

AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


@pytest.fixture
def put(ssm):
    """put(name, value): a String parameter; `more` as for put_parameter."""

    def make(name, value="one", **more):
        answer = ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})
        del answer["ResponseMetadata"]
        return answer

    return make


def call(amisim, account, operation, body, region="us-east-1"):
    """A bare JSON 1.1 request, for what botocore would not send or show."""
    credential = f"Credential={account}/20260101/{region}/ssm/aws4_request"
    return amisim.send(
        "POST",
        "/",
        json.dumps(body),
        {
            "X-Amz-Target": f"AmazonSSM.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0",
        },
    )


# ---- One parameter ----


def test_put_and_get(amisim, account, put):
    assert put("/rec/string", Description="d", Tier="Standard") == {"Tier": "Standard", "Version": 1}
    parameter = json.loads(call(amisim, account, "GetParameter", {"Name": "/rec/string"}).body)
    parameter = parameter["Parameter"]
    assert isinstance(parameter.pop("LastModifiedDate"), float)
    assert parameter == {
        "ARN": f"arn:aws:ssm:us-east-1:{account}:parameter/rec/string",
        "DataType": "text",
        "Name": "/rec/string",
        "Type": "String",
        "Value": "one",
        "Version": 1,
    }


def test_not_there_has_no_message(amisim, account):
    reply = call(amisim, account, "GetParameter", {"Name": "/rec/missing"})
    assert (reply.status, reply.body) == (400, '{"__type":"ParameterNotFound"}')


def test_overwrite_keeps_what_is_not_given(ssm, put):
    put("/p", "fixture-one", Description="d", AllowedPattern="fixture-.*")
    with refused(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the "
        "request to true.",
    ):
        put("/p", "fixture-two")
    with refused(
        "ParameterPatternMismatchException",
        "Parameter value, cannot be validated against allowedPattern: fixture-.*",
    ):
        ssm.put_parameter(Name="/p", Value="different", Overwrite=True)
    answer = ssm.put_parameter(Name="/p", Value="fixture-two", Overwrite=True)
    assert (answer["Version"], answer["Tier"]) == (2, "Standard")
    (shown,) = ssm.describe_parameters()["Parameters"]
    assert (shown["Description"], shown["AllowedPattern"]) == ("d", "fixture-.*")
    assert (shown["Version"], shown["Type"]) == (2, "String")


def test_versions(ssm, put):
    put("/p")
    put("/p", "two", Overwrite=True, Type="StringList")
    for selector, value in ((":1", "one"), (":2", "two"), (":01", "one")):
        parameter = ssm.get_parameter(Name=f"/p{selector}")["Parameter"]
        assert (parameter["Value"], parameter["Selector"]) == (value, selector)
        assert parameter["Name"] == "/p"
    assert ssm.get_parameter(Name="/p:1")["Parameter"]["Type"] == "String"
    for selector in ("0", "99", "2147483648"):
        with refused(
            "ParameterVersionNotFound",
            f"Systems Manager could not find version {selector} of /p. "
            "Verify the version and try again.",
        ):
            ssm.get_parameter(Name=f"/p:{selector}")
    for label in ("missing", "-1"):
        with refused(
            "ParameterVersionNotFound",
            f"Systems Manager could not find a version of /p that has the specified label, {label}. "
            "Verify the parameter label and try again.",
        ):
            ssm.get_parameter(Name=f"/p:{label}")
    for wrong in ("/p:", "/p:1:2"):
        with refused(
            "ValidationException",
            "Invalid parameter name. Please use correct syntax for referencing a version/label  "
            "<name>:<version/label>",
        ):
            ssm.get_parameter(Name=wrong)


def test_a_hundred_versions_are_kept(ssm, put):
    put("/p", "v1")
    for n in range(2, 102):
        put("/p", f"v{n}", Overwrite=True)
    assert ssm.get_parameter(Name="/p:2")["Parameter"]["Value"] == "v2"
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name="/p:1")


@pytest.mark.parametrize("name", ["/rec/x", "plain", "/top"])
def test_by_arn(ssm, put, account, name):
    put(name)
    arn = f"arn:aws:ssm:us-east-1:{account}:parameter/{name.removeprefix('/')}"
    parameter = ssm.get_parameter(Name=arn)["Parameter"]
    assert (parameter["Name"], parameter["ARN"]) == (name, arn)
    assert ssm.get_parameter(Name=f"{arn}:1")["Parameter"]["Selector"] == ":1"


def test_names(ssm, put):
    for wrong in ("/x/bad name", "/x/", "/a//b", "ssm-x", "/SSM/x", "/x/ü"):
        with refused("ValidationException"):
            put(wrong)
    with refused("ValidationException", "Parameter name must be a fully qualified name."):
        put("a/b")
    with refused("AccessDeniedException", "No access to reserved parameter name: /aws/x."):
        put("/aws/x")
    put("/a" * 15)
    with refused("HierarchyLevelLimitExceededException"):
        put("/a" * 16)
    with refused("ValidationException"):
        ssm.get_parameter(Name="/x/bad name")
    assert len(ssm.describe_parameters()["Parameters"]) == 1


def test_values_that_are_refused(amisim, account, ssm, put):
    with refused(
        "ValidationException",
        "Parameter value: '{{ssm:x}}' failed to satisfy constraint: Parameter value can't nest "
        'another parameter. Do not use "{{}}" in the value.',
    ):
        put("/p", "{{ssm:x}}")
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'BadType' at 'type' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SecureString, StringList, String]",
    ):
        put("/p", Type="BadType")
    with refused(
        "ValidationException",
        "The following data type is not supported: bad. (Data type names are all lowercase.)",
    ):
        put("/p", DataType="bad")
    with refused(
        "InvalidAllowedPatternException", "The syntax of the allowedPattern parameter is invalid."
    ):
        put("/p", AllowedPattern="[")
    with refused("ValidationException"):
        ssm.put_parameter(Name="/p", Value="no type")
    put("/digits", "42", AllowedPattern=r"^\d+$")
    reply = call(amisim, account, "PutParameter", {"Name": "/p", "Value": "", "Type": "String"})
    assert json.loads(reply.body) == {
        "__type": "ValidationException",
        "message": "1 validation error detected: Value at 'value' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
    }
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name="/p")


def test_tiers(ssm, put):
    put("/full", "x" * 4096)
    with refused("ValidationException") as caught:
        put("/p", "x" * 4097)
    assert "Standard tier parameters support a maximum parameter value of 4096 characters." in str(
        caught.value
    )
    assert put("/p", "x" * 4097, Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    with refused("ValidationException") as caught:
        put("/p", "x", Tier="Standard", Overwrite=True)
    assert "This parameter uses the advanced-parameter tier. You can't downgrade" in str(caught.value)
    assert put("/p", "x", Overwrite=True) == {"Tier": "Advanced", "Version": 2}
    with refused("ValidationException"):
        put("/p", "x" * 8193, Overwrite=True)


def test_tags(ssm, put):
    put("/p", Tags=[{"Key": "team", "Value": "a"}])
    put("/q")
    with refused("ValidationException") as caught:
        put("/p", Overwrite=True, Tags=[{"Key": "a", "Value": "b"}])
    assert "Invalid request: tags and overwrite can't be used together." in str(caught.value)
    found = ssm.describe_parameters(ParameterFilters=[{"Key": "tag:team", "Values": ["a"]}])
    assert [p["Name"] for p in found["Parameters"]] == ["/p"]


def test_delete(amisim, account, ssm, put):
    put("/p")
    put("/p", "two", Overwrite=True)
    assert call(amisim, account, "DeleteParameter", {"Name": "/p"}).body == "{}"
    with refused("ParameterNotFound", ""):
        ssm.delete_parameter(Name="/p")
    assert put("/p", "new")["Version"] == 1
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name="/p:2")


def test_worlds_are_apart(ssm, client, put):
    put("/p")
    for other in (client("ssm", region="eu-west-1"), client("ssm", account="900000000097")):
        with refused("ParameterNotFound"):
            other.get_parameter(Name="/p")
        assert other.describe_parameters()["Parameters"] == []


# ---- Secrets ----


def test_secure_string(ssm, client, put):
    put("/secret", "hush", Type="SecureString")
    hidden = ssm.get_parameter(Name="/secret")["Parameter"]["Value"]
    key = client("kms").describe_key(KeyId="alias/aws/ssm")["KeyMetadata"]
    ciphertext = base64.b64decode(hidden)
    assert ciphertext[:5] == bytes([1, 2, 2, 0, 0x78])
    assert ciphertext[5:37].hex() == key["CurrentKeyMaterialId"]
    shown = ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]
    assert (shown["Value"], shown["Type"]) == ("hush", "SecureString")
    assert ssm.describe_parameters()["Parameters"][0]["KeyId"] == "alias/aws/ssm"


def test_secure_string_lives_and_dies_with_its_key(ssm, client, put):
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    put("/secret", "hush", Type="SecureString", KeyId=key)
    kms.disable_key(KeyId=key)
    assert ssm.get_parameter(Name="/secret")["Parameter"]["Value"] != "hush"
    with refused("InvalidKeyId"):
        ssm.get_parameter(Name="/secret", WithDecryption=True)
    with refused("InvalidKeyId"):
        put("/secret", "more", Type="SecureString", Overwrite=True)
    kms.enable_key(KeyId=key)
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "hush"
    with refused("InvalidKeyId"):
        put("/other", Type="SecureString", KeyId="alias/none")
    with refused("ValidationException"):
        put("/other", Type="String", KeyId=key)


# ---- Lists ----


def test_get_parameters(ssm, put, account):
    for name in ("/b", "/a"):
        put(name)
    arn = f"arn:aws:ssm:us-east-1:{account}:parameter/a"
    answer = ssm.get_parameters(Names=["/none", "/b", "/b", arn, "/a", "/a:1", "/a:9"])
    found = [(p["Name"], p.get("Selector")) for p in answer["Parameters"]]
    assert sorted(found, key=str) == [("/a", ":1"), ("/a", None), ("/a", None), ("/b", None)]
    assert answer["InvalidParameters"] == ["/a:9", "/none"]
    assert ssm.get_parameters(Names=["/a"])["InvalidParameters"] == []
    names = [p["Name"] for p in ssm.get_parameters(Names=["/b", "/a"])["Parameters"]]
    assert names == ["/a", "/b"]


@pytest.fixture
def tree(put):
    for name in ("/rec/nested/string", "/rec/string", "/rec/list", "/rec/nested/a", "/recx", "plain"):
        put(name, Type="StringList" if name.endswith("list") else "String")


def names_by_path(ssm, **request):
    pages = ssm.get_paginator("get_parameters_by_path").paginate(**request)
    return [parameter["Name"] for page in pages for parameter in page["Parameters"]]


def test_by_path(ssm, tree):
    assert names_by_path(ssm, Path="/rec") == ["/rec/list", "/rec/string"]
    every = ["/rec/list", "/rec/string", "/rec/nested/a", "/rec/nested/string"]
    assert names_by_path(ssm, Path="/rec/", Recursive=True) == every
    assert names_by_path(ssm, Path="/rec/list") == []
    assert names_by_path(ssm, Path="/none") == []
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path="/rec", Recursive=True, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["Parameters"]) for page in pages] == [3, 1]


def test_a_page_that_is_just_full_has_no_token(ssm, tree):
    assert "NextToken" not in ssm.get_parameters_by_path(Path="/rec", MaxResults=2)
    token = ssm.get_parameters_by_path(Path="/rec", MaxResults=1)["NextToken"]
    assert token.startswith("AAEAA")
    with refused("InvalidNextToken"):
        ssm.get_parameters_by_path(Path="/rec", NextToken="bad")


def test_filters_by_path(amisim, account, ssm, tree):
    def lists(**filters):
        return names_by_path(ssm, Path="/rec", ParameterFilters=[filters])

    assert lists(Key="Type", Values=["StringList"]) == ["/rec/list"]
    assert lists(Key="Type", Option="BeginsWith", Values=["String"]) == ["/rec/list", "/rec/string"]
    assert lists(Key="Label", Values=["x"]) == []
    request = {"Path": "/rec", "ParameterFilters": [{"Key": "Name", "Values": ["x"]}]}
    reply = call(amisim, account, "GetParametersByPath", request)
    assert json.loads(reply.body) == {
        "__type": "InvalidFilterKey",
        "Message": "The following filter key is not valid: Name. "
        "Valid filter keys include: [Type, KeyId, Label].",
    }
    with refused(
        "InvalidFilterOption",
        "The following filter option is not valid: Contains. "
        "Valid options include: [BeginsWith, Equals].",
    ):
        lists(Key="Type", Option="Contains", Values=["String"])
    with refused("ValidationException"):
        ssm.get_parameters_by_path(Path="rec")


def test_describe(ssm, put, account):
    put("/p", "x", Description="d", AllowedPattern="x*")
    (shown,) = ssm.describe_parameters()["Parameters"]
    shown.pop("LastModifiedDate")
    assert shown == {
        "ARN": f"arn:aws:ssm:us-east-1:{account}:parameter/p",
        "AllowedPattern": "x*",
        "DataType": "text",
        "Description": "d",
        "LastModifiedUser": f"arn:aws:iam::{account}:root",
        "Name": "/p",
        "Policies": [],
        "Tier": "Standard",
        "Type": "String",
        "Version": 1,
    }


def test_describe_filters(ssm, tree):
    def found(**filters):
        answer = ssm.describe_parameters(ParameterFilters=[filters])
        return [p["Name"] for p in answer["Parameters"]]

    assert found(Key="Path", Values=["/rec"]) == ["/rec/list", "/rec/string"]
    assert len(found(Key="Path", Option="Recursive", Values=["/rec"])) == 4
    assert found(Key="Name", Option="Contains", Values=["string"]) == [
        "/rec/nested/string",
        "/rec/string",
    ]
    assert found(Key="Name", Values=["plain"]) == ["plain"]
    with refused(
        "InvalidFilterValue", "The following filter values are missing : null for filter key KeyId."
    ):
        ssm.describe_parameters(ParameterFilters=[{"Key": "KeyId"}])
    old = ssm.describe_parameters(Filters=[{"Key": "Name", "Values": ["/rec/n"]}])["Parameters"]
    assert [p["Name"] for p in old] == ["/rec/nested/a", "/rec/nested/string"]
    pages = ssm.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": 4})
    assert [len(page["Parameters"]) for page in pages] == [4, 2]


# ---- Parameters of images ----


def test_parameter_of_an_image(ssm, put):
    """Whether there is such an image is asked after the call has succeeded."""
    image = ssm.get_parameter(Name=AL2023)["Parameter"]["Value"]
    put("/golden", image, DataType="aws:ec2:image")
    assert ssm.get_parameter(Name="/golden")["Parameter"]["DataType"] == "aws:ec2:image"
    put("/none", "ami-0fedcba9876543210", DataType="aws:ec2:image")
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name="/none")


def test_launch_by_parameter(client, ssm, put):
    ec2 = client("ec2")
    launch = {"InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1}

    def launched(image):
        return ec2.run_instances(ImageId=image, **launch)["Instances"][0]["ImageId"]

    newest = ssm.get_parameter(Name=AL2023)["Parameter"]["Value"]
    assert launched(f"resolve:ssm:{AL2023}") == newest
    put("/golden", newest)
    put("/golden", "no-image", Overwrite=True)
    assert launched("resolve:ssm:/golden:1") == newest
    with refused("InvalidAMIID.Malformed"):
        launched("resolve:ssm:/golden")
    with refused("InvalidParameterValue"):
        launched("resolve:ssm:/none")
    with refused("InvalidParameterValue"):
        launched("resolve:ssm:/golden:9")


def test_from_the_command_line(aws):
    """As build scripts find their base image and hand on what they made."""
    image = aws(f"ssm get-parameters --names {AL2023} --query Parameters[0].Value").json
    assert re.fullmatch("ami-[0-9a-f]{17}", image)
    assert aws(f"ssm put-parameter --name /golden --type String --value {image}").json["Version"] == 1
    below = aws("ssm get-parameters-by-path --path / --query Parameters[].[Name,Value]").json
    assert below == [["/golden", image]]


# ---- Tags ----


def test_tags_of_a_parameter(ssm, put):
    put("/tagged", Tags=[{"Key": "a", "Value": "1"}])
    where = {"ResourceType": "Parameter", "ResourceId": "/tagged"}
    ssm.add_tags_to_resource(Tags=[{"Key": "b", "Value": ""}, {"Key": "a", "Value": "2"}], **where)
    assert ssm.list_tags_for_resource(**where)["TagList"] == [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]
    ssm.remove_tags_from_resource(TagKeys=["a", "none"], **where)
    assert ssm.list_tags_for_resource(**where)["TagList"] == [{"Key": "b", "Value": ""}]
    with refused("TooManyTagsError"):
        ssm.add_tags_to_resource(Tags=[{"Key": f"k{n}", "Value": ""} for n in range(50)], **where)
    for nowhere in ("/none", AL2023):
        with refused("InvalidResourceId"):
            ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=nowhere)
    with refused("UnsupportedOperationException"):
        ssm.list_tags_for_resource(ResourceType="Document", ResourceId="x")
