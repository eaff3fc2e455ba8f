"""What every operation shares on the wire: forms, headers, order of checks, identity, Region.

Forms and headers are as recorded from AWS; a text that is a guess is not asserted here.
"""

import http.client
import re

import pytest
from simulator import refused

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
CREDENTIALS_REFUSED = "AWS was not able to validate the provided access credentials"


def error_of(reply):
    """Status, code and message; the body must be EC2's error form to the byte."""
    form = re.fullmatch(
        re.escape(DECLARATION) + r"<Response><Errors><Error><Code>([^<]*)</Code><Message>([^<]*)"
        rf"</Message></Error></Errors><RequestID>({UUID})</RequestID></Response>\n?",
        reply.body,
    )
    assert form, reply.body
    assert reply.headers["x-amzn-RequestId"] == form[3]
    return reply.status, form[1], form[2]


@pytest.fixture
def query(amisim, account):
    """query(Action="DescribeRegions"): a signed request of the test's account."""

    def send(account=account, **parameters):
        return amisim.query(account, **parameters)

    return send


@pytest.mark.parametrize("method, presign", [("POST", False), ("GET", False), ("GET", True)])
def test_success_form(query, method, presign):
    reply = query(Action="DescribeRegions", method=method, presign=presign)
    assert reply.status == 200
    form = re.fullmatch(
        re.escape(f'{DECLARATION}<DescribeRegionsResponse xmlns="{NAMESPACE}"><requestId>')
        + rf"({UUID})</requestId><regionInfo>(<item>.*</item>)</regionInfo></DescribeRegionsResponse>\n?",
        reply.body,
    )
    assert form, reply.body
    assert "\n" not in form[2] and "> <" not in form[2]
    assert "<regionName>us-east-1</regionName>" in form[2]
    assert reply.headers["x-amzn-RequestId"] == form[1]


def test_headers(query):
    headers = query(Action="DescribeRegions").headers
    assert headers["Content-Type"] == "text/xml;charset=UTF-8"
    assert headers["Cache-Control"] == "no-cache, no-store"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["Server"] == "AmazonEC2"
    assert headers["Date"]


def test_request_ids_differ(query):
    ids = {query(Action="DescribeRegions").headers["x-amzn-RequestId"] for _ in range(5)}
    assert len(ids) == 5


def test_get_and_post_give_the_same(query):
    bodies = [query(Action="DescribeRegions", method=method).body for method in ("GET", "POST")]
    assert len({re.sub(UUID, "", body) for body in bodies}) == 1


def test_error_form_and_headers(query):
    reply = query(Action="DescribeLoadBalancers")
    text = "The action DescribeLoadBalancers is not valid for this web service."
    assert error_of(reply) == (400, "InvalidAction", text)
    assert reply.headers["Content-Type"] == "text/xml;charset=UTF-8"
    assert reply.headers["Server"] == "AmazonEC2"
    assert reply.headers["Connection"] == "close"


def test_error_text_is_escaped(query):
    reply = query(Action="<&>")
    text = "The action &lt;&amp;&gt; is not valid for this web service."
    assert error_of(reply) == (400, "InvalidAction", text)


@pytest.mark.parametrize(
    "service, call",
    [
        ("iam", "list_account_aliases"),
        ("cloudwatch", "list_metrics"),
        ("resource-groups", "list_groups"),
        ("s3", "list_buckets"),
        ("route53", "list_hosted_zones"),
        ("dynamodb", "list_tables"),
        ("lambda", "list_functions"),
        ("imagebuilder", "list_images"),
    ],
)
def test_other_services(client, service, call):
    name = {"cloudwatch": "monitoring"}.get(service, service)
    with refused("UnsupportedOperation", f"The service {name} is not simulated"):
        getattr(client(service), call)()


def test_missing_action(query):
    assert error_of(query())[:2] == (400, "MissingAction")


@pytest.mark.parametrize(
    "name, last",
    [
        ("Colour", "Colour"),
        ("dryRun", "dryRun"),
        ("Filter.1.Item", "Item"),
        ("RegionName.member.1", "member"),
    ],
)
def test_unknown_parameter(query, name, last):
    reply = query(Action="DescribeRegions", **{name: "x"})
    text = f"The parameter {last} is not recognized"
    assert error_of(reply) == (400, "UnknownParameter", text)


def test_missing_parameter(query):
    reply = query(Action="DeleteSnapshot")
    text = "The request must contain the parameter SnapshotId"
    assert error_of(reply) == (400, "MissingParameter", text)


def test_unknown_comes_before_missing(query):
    reply = query(Action="DeleteSnapshot", Colour="red")
    assert error_of(reply)[1] == "UnknownParameter"


def test_credentials_come_before_the_action(amisim):
    """Asked without credentials, even for an action that is not there."""
    for action in ("DescribeRegions", "Nonsense"):
        reply = amisim.send("GET", f"/?Action={action}&Version=2016-11-15")
        status, code, text = error_of(reply)
        assert (status, code) == (400, "MissingParameter")
        assert text == "The request must contain the parameter AWSAccessKeyId"


def test_unknown_region(query, client):
    reply = query(Action="DescribeRegions", region="mars-east-1")
    assert error_of(reply) == (401, "AuthFailure", CREDENTIALS_REFUSED)
    with refused("AuthFailure", CREDENTIALS_REFUSED):
        client("ec2", region="mars-east-1").describe_volumes()


def test_region_is_that_of_the_credential_scope(query, client):
    for region in ("eu-west-1", "ap-southeast-2"):
        zones = client("ec2", region=region).describe_availability_zones()["AvailabilityZones"]
        assert {zone["RegionName"] for zone in zones} == {region}
    body = query(
        Action="DescribeAvailabilityZones", region="eu-west-1", method="GET", presign=True
    ).body
    assert set(re.findall("<regionName>([^<]+)<", body)) == {"eu-west-1"}


def test_region_without_scope(amisim, account):
    """The old signature has no scope: the Host name tells, else it is us-east-1."""
    path = f"/?Action=DescribeAvailabilityZones&Version=2016-11-15&AWSAccessKeyId={account}"
    for host, region in (
        ("ec2.eu-west-1.amazonaws.com", "eu-west-1"),
        (f"127.0.0.1:{amisim.port}", "us-east-1"),
    ):
        body = amisim.send("GET", path, headers={"Host": host}).body
        assert set(re.findall("<regionName>([^<]+)<", body)) == {region}


def test_dry_run(query):
    reply = query(Action="DescribeRegions", DryRun="true")
    text = "Request would have succeeded, but DryRun flag is set."
    assert error_of(reply) == (412, "DryRunOperation", text)


def test_caller_identity(client, account):
    identity = client("sts").get_caller_identity()
    assert identity["Account"] == account
    assert f"::{account}:" in identity["Arn"]
    assert identity["UserId"]


def test_caller_identity_form(query, account):
    """STS writes no declaration and two blanks a level."""
    reply = query(Action="GetCallerIdentity", service="sts")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/xml"
    namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
    form = re.fullmatch(
        rf'<GetCallerIdentityResponse xmlns="{namespace}">\n'
        r"  <GetCallerIdentityResult>\n"
        r"    <Arn>[^<]+</Arn>\n"
        r"    <UserId>[^<]+</UserId>\n"
        rf"    <Account>{account}</Account>\n"
        r"  </GetCallerIdentityResult>\n"
        r"  <ResponseMetadata>\n"
        rf"    <RequestId>({UUID})</RequestId>\n"
        r"  </ResponseMetadata>\n"
        r"</GetCallerIdentityResponse>\n",
        reply.body,
    )
    assert form, reply.body
    assert reply.headers["x-amzn-RequestId"] == form[1]


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "test", "12345678901", "1234567890123"])
def test_any_other_key_is_the_account_of_zeros(client, key):
    assert client("sts", account=key).get_caller_identity()["Account"] == "000000000000"


def test_accounts_and_regions_are_apart(client, another_account):
    mine = client("ec2").create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]

    def volumes(**where):
        return [found["VolumeId"] for found in client("ec2", **where).describe_volumes()["Volumes"]]

    assert volumes() == [mine]
    assert volumes(region="us-west-2") == []
    assert volumes(account=another_account) == []
    with refused("InvalidVolume.NotFound", f"The volume '{mine}' does not exist."):
        client("ec2", account=another_account).describe_volumes(VolumeIds=[mine])


def test_cli_shows_an_error_as_aws_does(aws):
    answer = aws("ec2 delete-snapshot --snapshot-id snap-0123456789abcdef9")
    assert answer.status in (254, 255)
    assert "An error occurred (InvalidSnapshot" in answer.stderr
    assert "when calling the DeleteSnapshot operation" in answer.stderr


def regions_of(reply):
    assert reply.status == 200, reply.body
    return set(re.findall("<regionName>([^<]+)<", reply.body))


@pytest.mark.parametrize(
    "values, found",
    [
        (["us-east-1"], {"us-east-1"}),
        (["us-east-?"], {"us-east-1", "us-east-2"}),
        (["eu-west-*"], {"eu-west-1", "eu-west-2", "eu-west-3"}),
        (["us-east-1", "us-west-1"], {"us-east-1", "us-west-1"}),
        (["US-EAST-1"], set()),
        ([r"us-east-\?"], set()),
        (["us-east"], set()),
    ],
)
def test_filters(client, values, found):
    filters = [{"Name": "region-name", "Values": values}]
    regions = client("ec2").describe_regions(Filters=filters)["Regions"]
    assert {region["RegionName"] for region in regions} == found


def test_all_filters_must_match(client):
    filters = [
        {"Name": "region-name", "Values": ["us-east-*"]},
        {"Name": "endpoint", "Values": ["*-2.amazonaws.com"]},
    ]
    regions = client("ec2").describe_regions(Filters=filters)["Regions"]
    assert [region["RegionName"] for region in regions] == ["us-east-2"]


def test_filters_that_are_refused(client):
    def describe(name, values):
        client("ec2").describe_regions(Filters=[{"Name": name, "Values": values}])

    with refused("InvalidParameterValue", "The filter 'colour' is invalid"):
        describe("colour", ["red"])
    describe("region-name", ["x"] * 200)
    text = "The maximum number of filter values specified on a single call is 200"
    with refused("FilterLimitExceeded", text):
        describe("region-name", ["x"] * 201)


def test_list_indexes_may_have_gaps(query):
    names = {"RegionName.3": "us-east-1", "RegionName.7": "us-west-1"}
    reply = query(Action="DescribeRegions", **names)
    assert regions_of(reply) == {"us-east-1", "us-west-1"}


@pytest.mark.parametrize("method, region", [("GET", "us-east-1"), ("POST", "us-west-1")])
def test_a_parameter_given_twice(amisim, account, method, region):
    """GET takes the first value, POST the last."""
    form = (
        "Action=DescribeRegions&Version=2016-11-15&RegionName.1=us-east-1&RegionName.1=us-west-1"
        f"&AWSAccessKeyId={account}"
    )
    if method == "GET":
        reply = amisim.send("GET", f"/?{form}")
    else:
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        reply = amisim.send("POST", "/", form, headers)
    assert regions_of(reply) == {region}


def test_an_empty_scalar_is_absent(query):
    assert regions_of(query(Action="DescribeRegions", AllRegions="")) >= {"us-east-1"}


def test_connection_is_kept(amisim, account):
    connection = http.client.HTTPConnection(amisim.host, amisim.port, timeout=60)
    path = f"/?Action=DescribeRegions&Version=2016-11-15&AWSAccessKeyId={account}"
    sockets = set()
    for _ in range(3):
        connection.request("GET", path)
        sockets.add(connection.sock.getsockname())
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    connection.close()
    assert len(sockets) == 1


@pytest.mark.parametrize(
    "body",
    [
        "Action=DescribeRegions&RegionName.1=" + "x" * 20_000_000,
        "Action=DescribeRegions&" + "&".join(f"RegionName.{n}=x" for n in range(1, 100_001)),
        "Action=DescribeRegions&" + ".".join(["A"] * 10_000) + "=x",
        "Action=DescribeRegions&RegionName.99999999999999999999=x",
        "Action=DescribeRegions&RegionName.%zz=x",
        "Action=DescribeRegions&RegionName.1=%ff%fe",
    ],
    ids=["long body", "many parameters", "deep", "index", "percent", "not UTF-8"],
)
def test_unreasonable_requests_are_refused(amisim, account, body):
    try:
        reply = amisim.send("POST", "/", f"{body}&Version=2016-11-15&AWSAccessKeyId={account}")
        assert 400 <= reply.status < 500
    except (BrokenPipeError, ConnectionResetError):
        pass  # it need not read to the end what is too long
    assert amisim.control.get("health")
