"""Rules: when something goes wrong, and what, as a real client meets it."""

import http.client
import time

import botocore.exceptions
import image_steps as steps
import pytest
from simulator import refused


@pytest.fixture
def ec2(own, account):
    return own.client("ec2", account)


@pytest.fixture
def rules(own):
    """rules({...}, {...}) makes them the scenario of the test."""

    def put(*given, **more):
        return own.control.put("scenarios/test", {"rules": list(given), **more})

    return put


def refuse(code="InternalError", **when):
    return {"when": when, "what": {"error": {"code": code}}}


def outcomes(call, count):
    """Of each of so many calls: its error code, or None."""
    codes = []
    for _ in range(count):
        try:
            call()
            codes.append(None)
        except botocore.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])
    return codes


def struck(call, count):
    return [n for n, code in enumerate(outcomes(call, count), 1) if code]


# ---- When ----


@pytest.mark.parametrize(
    "when, hit",
    [
        ({"nth": 3}, [3]),
        ({"first": 2}, [1, 2]),
        ({"every": 3}, [3, 6, 9]),
        ({"times": 2}, [1, 2]),
        ({"every": 2, "times": 2}, [2, 4]),
        ({"probability": 0}, []),
        ({"probability": 1}, list(range(1, 11))),
    ],
)
def test_counting(ec2, rules, when, hit):
    rules(refuse(operations=["DescribeRegions"], **when))
    assert struck(ec2.describe_regions, 10) == hit


def test_chance_is_seeded(ec2, own, rules):
    seen = {}
    for seed in (1, 1, 2):
        rules(refuse(operations=["DescribeRegions"], probability=0.5), seed=seed)
        hit = struck(ec2.describe_regions, 40)
        assert 5 < len(hit) < 35
        assert seen.setdefault(seed, hit) == hit
    assert seen[1] != seen[2]


def test_services_operations_and_regions(own, ec2, rules, account):
    rules(refuse(services=["ec2"], operations=["Describe*"], regions=["us-*"]))
    with refused("InternalError", "An internal error has occurred"):
        ec2.describe_images(Owners=["self"])
    own.client("ec2", account, "eu-west-1").describe_images(Owners=["self"])
    ec2.get_ebs_encryption_by_default()
    own.client("kms", account).list_keys()


def test_accounts(own, ec2, rules, account, another_account):
    rules(refuse(accounts=[account]))
    with refused("InternalError"):
        ec2.describe_regions()
    own.client("ec2", another_account).describe_regions()


def test_a_scenario_for_one_account(own, ec2, account, another_account):
    """As suites need it that share a simulator: its calls and its jobs, and steps without an account."""
    stranger = own.client("ec2", another_account)
    slow = {"when": {"jobs": ["snapshot"]}, "what": {"job": {"stuck": True}}}
    step = {"operation": "CreateVolume", "parameters": {"AvailabilityZone": "us-east-1a", "Size": 1}}
    own.control.put(
        f"scenarios/mine?account={account}",
        {"rules": [refuse(operations=["DescribeRegions"]), slow], "timeline": [{"at": "1h", "call": step}]},
    )
    with refused("InternalError"):
        ec2.describe_regions()
    stranger.describe_regions()
    own.control.clock(advance="1h")
    assert stranger.describe_volumes()["Volumes"] == []
    (volume,) = ec2.describe_volumes()["Volumes"]
    states = []
    for who, its in ((ec2, volume), (stranger, stranger.create_volume(AvailabilityZone="us-east-1a", Size=1))):
        snapshot = who.create_snapshot(VolumeId=its["VolumeId"])["SnapshotId"]
        own.control.clock(advance="1h")
        states += [found["State"] for found in who.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"]]
    assert states == ["pending", "completed"]
    shown = own.control.get("scenarios/mine")
    assert shown["account"] == account
    assert [(rule["met"], rule["struck"]) for rule in shown["rules"]] == [(1, 1), (1, 1)]
    assert own.control.refused("PUT", "scenarios/mine?account=me", {})[0] == 400


def test_resources_names_and_tags(ec2, rules):
    tagged = steps.register(
        ec2, TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "stage", "Value": "prod-1"}]}]
    )
    other = steps.register(ec2, Name="golden-7")
    for when, image, spared in [
        ({"resources": [tagged]}, tagged, other),
        ({"tags": {"stage": "prod*"}}, tagged, other),
        ({"names": ["golden-*"]}, other, tagged),
    ]:
        rules(refuse("Client.Whatever", operations=["DescribeImages"], **when))
        with refused("Client.Whatever"):
            ec2.describe_images(ImageIds=[spared, image])
        ec2.describe_images(ImageIds=[spared])
    rules(refuse(operations=["RegisterImage"], names=["golden-*"]))
    with refused("InternalError"):
        steps.register(ec2, Name="golden-8")
    steps.register(ec2, Name="silver")


def test_parameters(ec2, own, account, rules):
    rules(
        refuse(parameters={"Filter.1.Name": "na*"}),
        refuse(services=["kms"], parameters={"Description": "bad*"}),
    )
    with refused("InternalError"):
        ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["x"]}])
    ec2.describe_images(Owners=["self"], Filters=[{"Name": "state", "Values": ["x"]}])
    kms = own.client("kms", account)
    with refused("InternalError"):
        kms.create_key(Description="bad one")
    kms.create_key(Description="good one")


def test_a_parameter_that_holds_others_fits_by_any_of_them(own, account, rules):
    rules(refuse(services=["kms"], parameters={"Tags": "bad*"}))
    kms = own.client("kms", account)
    with refused("InternalError"):
        kms.create_key(Tags=[{"TagKey": "a", "TagValue": "good"}, {"TagKey": "b", "TagValue": "bad one"}])
    kms.create_key(Tags=[{"TagKey": "a", "TagValue": "good"}])


@pytest.mark.parametrize(
    "parameters, hit, spared",
    [
        ("{Description: 1.5}", "1.5", "1.50"),
        ("{Description: 1.10}", "1.10", "1.1"),
        ("{Description: 007}", "007", "7"),
        ("{Description: 1.*}", "1.23", "2.1"),
        ("{Description: true}", "true", "false"),
    ],
)
def test_a_number_stands_for_what_was_written(own, account, parameters, hit, spared):
    document = f"rules: [{{when: {{parameters: {parameters}}}, what: {{error: {{code: Odd}}}}}}]"
    assert own.send("PUT", "/_amisim/scenarios/test", document, {"X-Amisim": "1"}).status == 200
    kms = own.client("kms", account)
    with refused("Odd"):
        kms.create_key(Description=hit)
    kms.create_key(Description=spared)


def test_numbers_among_accounts_and_tags(own, account):
    ec2 = own.client("ec2", "012345678901")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    ec2.create_tags(Resources=[volume], Tags=[{"Key": "version", "Value": "2.50"}])
    document = "rules: [{when: {accounts: [012345678901], tags: {version: %s}}, what: {error: {code: Odd}}}]"
    for version in ("2.5", "2.50"):
        own.send("PUT", "/_amisim/scenarios/test", document % version, {"X-Amisim": "1"})
        assert struck(lambda: ec2.describe_volumes(VolumeIds=[volume]), 1) == [1] * (version == "2.50")
    own.client("ec2", account).describe_volumes()


def test_a_window_of_virtual_time(ec2, own, rules):
    rules(refuse(operations=["DescribeRegions"], **{"from": "10m", "until": "1h"}))
    ec2.describe_regions()
    own.control.clock(advance="10m")
    with refused("InternalError"):
        ec2.describe_regions()
    own.control.clock(advance="50m")
    ec2.describe_regions()


# ---- What ----


def test_an_error_in_full(own, account, rules):
    rules(
        {
            "name": "mine",
            "when": {"operations": ["DescribeRegions"]},
            "what": {"error": {"code": "Odd", "message": "as told", "status": 418}},
        }
    )
    reply = own.query(account, Action="DescribeRegions")
    assert reply.status == 418 and "<Code>Odd</Code><Message>as told</Message>" in reply.body
    assert reply.headers["X-Amisim-Fault"] == "test/mine"
    assert "X-Amisim-Fault" not in own.query(account, Action="DescribeImages").headers


def test_a_fault_changes_nothing(ec2, rules):
    rules(refuse("InsufficientInstanceCapacity", operations=["RunInstances"]))
    with refused("InsufficientInstanceCapacity"):
        steps.run(ec2)
    assert ec2.describe_instances()["Reservations"] == []


def test_throttling_by_a_token_bucket(ec2, own, account, rules):
    rules(
        {
            "when": {"operations": ["Describe*", "ListKeys"]},
            "what": {"throttle": {"rate": 0.5, "burst": 3}},
        }
    )
    limited = "RequestLimitExceeded"
    assert outcomes(ec2.describe_regions, 5) == [None, None, None, limited, limited]
    own.control.clock(advance="2s")
    assert outcomes(ec2.describe_regions, 2) == [None, limited]
    own.control.clock(advance="1h")
    assert outcomes(ec2.describe_regions, 4) == [None, None, None, limited]
    with refused("ThrottlingException", "Rate exceeded"):
        own.client("kms", account).list_keys()


def test_a_client_that_retries_gets_through(own, account, rules):
    rules(refuse("RequestLimitExceeded", operations=["DescribeRegions"], first=2))
    reply = own.aws("ec2 describe-regions", account, AWS_MAX_ATTEMPTS="4", AWS_RETRY_MODE="standard")
    assert reply.json["Regions"]
    assert own.control.get("scenarios/test")["rules"] == [{"name": "1", "met": 3, "struck": 2}]


def test_a_delay(ec2, rules):
    rules(
        {"when": {"operations": ["DescribeRegions"]}, "what": {"delay": "500ms"}},
        refuse(operations=["DescribeRegions"], nth=2),
    )
    began = time.monotonic()
    assert ec2.describe_regions(RegionNames=["us-east-1"])["ResponseMetadata"]["HTTPHeaders"][
        "x-amisim-fault"
    ] == "test/1"
    with refused("InternalError") as caught:
        ec2.describe_regions()
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amisim-fault"] == "test/1, test/2"
    assert time.monotonic() - began >= 1


def test_a_client_may_lose_patience(own, account, rules):
    rules({"when": {"operations": ["DescribeRegions"]}, "what": {"delay": "1h"}})
    connection = http.client.HTTPConnection(own.host, own.port, timeout=0.2)
    connection.request(
        "GET",
        "/?Action=DescribeRegions&Version=2016-11-15",
        headers={"Authorization": f"AWS4 Credential={account}/20260101/us-east-1/ec2/aws4_request"},
    )
    with pytest.raises(TimeoutError):
        connection.getresponse()
    connection.close()
    assert own.client("ec2", account).describe_images(Owners=["self"])["Images"] == []


@pytest.mark.parametrize("drop, made", [("before", 0), ("after", 1)])
def test_a_connection_that_drops(ec2, rules, drop, made):
    rules({"when": {"operations": ["CreateVolume"], "first": 1}, "what": {"drop": drop}})
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)
    assert len(ec2.describe_volumes()["Volumes"]) == made


def test_an_answer_cut_short(own, ec2, account, rules):
    whole = own.query(account, Action="DescribeRegions").body
    rules({"when": {"operations": ["DescribeRegions"]}, "what": {"cut": 100}})
    with pytest.raises(http.client.IncompleteRead) as caught:
        own.query(account, Action="DescribeRegions")
    assert caught.value.partial.decode()[:40] == whole[:40] and len(caught.value.partial) == 100
    assert caught.value.expected == len(whole) - 100
    with pytest.raises(botocore.parsers.ResponseParserError):  # it does not look at the length
        ec2.describe_regions()


def test_a_call_that_stops_half_way_keeps_its_rule(own, account, rules):
    """After an answer of 500 the rules are read again; the one in hand is still to be applied to that answer."""
    others = [refuse("Odd", operations=["CopyImage"]) for _ in range(20)]
    rules(*others, {"when": {"operations": ["CopySnapshot"]}, "what": {"cut": 100}})
    for _ in range(3):
        with pytest.raises(http.client.IncompleteRead) as caught:
            own.query(account, Action="CopySnapshot", SourceSnapshotId="snap-0123456789abcdef0")
        assert len(caught.value.partial) == 100
    last = own.control.lines("requests", operation="CopySnapshot")[-1]
    assert (last["status"], last["fault"]) == (500, "test/21")


def test_malformed_xml(ec2, rules):
    rules({"when": {"operations": ["DescribeRegions"]}, "what": {"malformed": True}})
    with pytest.raises(botocore.parsers.ResponseParserError):
        ec2.describe_regions()


@pytest.mark.parametrize("status", [500, 503])
def test_an_empty_body(own, account, rules, status):
    rules({"when": {"operations": ["DescribeRegions"]}, "what": {"empty": status}})
    reply = own.query(account, Action="DescribeRegions")
    assert (reply.status, reply.body) == (status, "")


def test_what_is_hidden_is_not_found(ec2, rules):
    """By the code of its kind, which is what a waiter for it looks at."""
    rules(
        {"when": {"operations": ["Create*"]}, "what": {"hide": {"for": "1h"}}},
    )
    data = {"KeyName": "mine"}
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    default = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]
    subnet = ec2.create_subnet(VpcId=default["VpcId"], CidrBlock="172.31.200.0/24")["Subnet"]
    group = ec2.create_security_group(GroupName="mine", Description="mine")["GroupId"]
    template = ec2.create_launch_template(LaunchTemplateName="mine", LaunchTemplateData=data)
    with refused("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist"):
        ec2.describe_vpcs(VpcIds=[vpc])
    with refused("InvalidSubnetID.NotFound"):
        ec2.describe_subnets(SubnetIds=[subnet["SubnetId"]])
    with refused("InvalidGroup.NotFound"):
        ec2.describe_security_groups(GroupIds=[group])
    with refused("InvalidLaunchTemplateId.NotFound"):
        ec2.describe_launch_templates(
            LaunchTemplateIds=[template["LaunchTemplate"]["LaunchTemplateId"]]
        )


def test_only_what_was_made_is_hidden(own, ec2, rules):
    """A launch shows the network it was put into; that was there before."""
    rules({"when": {"operations": ["RunInstances"]}, "what": {"hide": {"for": "1h"}}})
    image = steps.public_image(ec2)
    (launched,) = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)["Instances"]
    with refused("InvalidInstanceID.NotFound"):
        ec2.describe_instances(InstanceIds=[launched["InstanceId"]])
    assert ec2.describe_subnets(SubnetIds=[launched["SubnetId"]])["Subnets"]
    assert ec2.describe_vpcs(VpcIds=[launched["VpcId"]])["Vpcs"]


def test_a_key_is_hidden(own, account, rules):
    """Its identifier is a UUID, and its ARN names it, too."""
    kms = own.client("kms", account)
    rules({"when": {"operations": ["CreateKey"]}, "what": {"hide": {"calls": 2}}})
    key = kms.create_key()["KeyMetadata"]
    for name in (key["KeyId"], key["Arn"]):
        with refused("NotFoundException", f"Key '{key['KeyId']}' does not exist"):
            kms.describe_key(KeyId=name)
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["Arn"] == key["Arn"]


def test_a_rule_about_what_a_filter_names(ec2, rules):
    image = steps.register(ec2)
    rules(refuse(resources=[image]))
    ec2.describe_images(Filters=[{"Name": "name", "Values": [image]}])
    with refused("InternalError"):
        ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image]}])


# ---- The set of scenarios ----


def test_the_set(own, ec2):
    own.control.put("scenarios/b", {"story": "two", "rules": [refuse(operations=["DescribeTags"])]})
    own.control.put("scenarios/a", {"name": "a", "story": "one"})
    listed = own.control.get("scenarios")["scenarios"]
    assert [(s["name"], s["story"]) for s in listed] == [("b", "two"), ("a", "one")]
    with refused("InternalError"):
        ec2.describe_tags()
    own.control.delete("scenarios/b")
    ec2.describe_tags()
    assert own.control.refused("DELETE", "scenarios/b") == (404, "NoSuchScenario")
    assert own.control.refused("GET", "scenarios/b") == (404, "NoSuchScenario")
    assert own.control.refused("PUT", "scenarios/x", {"name": "y"}) == (400, "BadScenario")
    own.control.post("reset")
    assert own.control.get("scenarios")["scenarios"] == []


def test_checkpoints_bring_counters_and_scenarios_back(own, ec2, rules):
    rules(refuse(operations=["DescribeRegions"], nth=3))
    assert struck(ec2.describe_regions, 2) == []
    own.control.post("checkpoints/two")
    for _ in range(2):
        assert struck(ec2.describe_regions, 2) == [1]
        own.control.delete("scenarios/test")
        own.control.post("checkpoints/two/restore")
    state = own.control.get("state")
    own.control.post("reset")
    assert struck(ec2.describe_regions, 3) == []
    own.control.put("state", state)
    assert struck(ec2.describe_regions, 2) == [1]


def test_the_file_goes_on_where_it_stopped(start_amisim, tmp_path, account):
    database = tmp_path / "state.db"
    first = start_amisim("--db", database)
    first.control.put("scenarios/x", {"rules": [refuse(operations=["DescribeRegions"], nth=2)]})
    assert struck(first.client("ec2", account).describe_regions, 1) == []
    first.stop()
    second = start_amisim("--db", database)
    assert struck(second.client("ec2", account).describe_regions, 2) == [1]
