"""The metadata service of an instance: asked as botocore asks it, and case by case."""

import base64
import contextlib
import http.client
import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request

import botocore.session
import botocore.utils
import pytest
from botocore.credentials import InstanceMetadataProvider
from machines import described, image_id, launched
from simulator import refused

TTL = "X-aws-ec2-metadata-token-ttl-seconds"
TOKEN = "X-aws-ec2-metadata-token"


class Imds:
    """One instance's service; an answer is (status, text, headers)."""

    def __init__(self, url, instance):
        self.url = f"{url}/_amisim/guests/{instance}/imds"

    def ask(self, path, method="GET", **headers):
        request = urllib.request.Request(self.url + path, method=method)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def token(self, ttl="21600", **headers):
        return self.ask("/latest/api/token", "PUT", **{TTL: ttl}, **headers)

    def get(self, path, token=None):
        """The text at a path of meta-data, which must be there."""
        status, text, _ = self.ask(f"/latest/{path}", **({TOKEN: token} if token else {}))
        assert status == 200, (path, text)
        return text

    def status(self, path, **headers):
        return self.ask(path, **headers)[0]


@pytest.fixture
def launch(amisim, ec2):
    """launch(**parameters) runs an instance; its service and its id."""

    def run(**parameters):
        parameters.setdefault("MetadataOptions", {"HttpTokens": "optional"})
        instance = launched(ec2, **parameters)
        return Imds(amisim.url, instance), instance

    return run


def walk(imds, folder):
    """Every path below a folder, and what is there."""
    found = {}
    for name in imds.get(folder).split("\n"):
        path = folder + name.split("=")[0]
        if "=" in name or name.endswith("/") or path in ("meta-data", "dynamic"):
            found |= walk(imds, path.rstrip("/") + "/")
        else:
            found[path] = imds.get(path)
    return found


# ---- Paths ----


def test_every_path_that_a_list_names_is_there(launch, ec2):
    ec2.create_key_pair(KeyName="mine")
    imds, instance = launch(
        KeyName="mine",
        UserData="#!/bin/sh\necho hello\n",
        IamInstanceProfile={"Name": "builder"},
        MetadataOptions={"HttpTokens": "optional", "InstanceMetadataTags": "enabled"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "a/b", "Value": "hidden"}]}
        ],
    )
    shown = described(ec2, instance)
    found = walk(imds, "")
    nic = shown["NetworkInterfaces"][0]
    mac = f"meta-data/network/interfaces/macs/{nic['MacAddress']}"
    (key,) = ec2.describe_key_pairs(KeyNames=["mine"], IncludePublicKey=True)["KeyPairs"]
    root = shown["RootDeviceName"]
    expected = {
        "user-data": "#!/bin/sh\necho hello\n",
        "meta-data/ami-id": shown["ImageId"],
        "meta-data/ami-launch-index": "0",
        "meta-data/ami-manifest-path": "(unknown)",
        "meta-data/block-device-mapping/ami": root,
        "meta-data/block-device-mapping/root": root,
        "meta-data/events/maintenance/history": "[]",
        "meta-data/events/maintenance/scheduled": "[]",
        "meta-data/hibernation/configured": "false",
        "meta-data/hostname": shown["PrivateDnsName"],
        "meta-data/instance-action": "none",
        "meta-data/instance-id": instance,
        "meta-data/instance-life-cycle": "on-demand",
        "meta-data/instance-type": "t3.micro",
        "meta-data/local-hostname": shown["PrivateDnsName"],
        "meta-data/local-ipv4": shown["PrivateIpAddress"],
        "meta-data/mac": nic["MacAddress"],
        "meta-data/placement/availability-zone": shown["Placement"]["AvailabilityZone"],
        "meta-data/placement/region": "us-east-1",
        "meta-data/public-hostname": shown["PublicDnsName"],
        "meta-data/public-ipv4": shown["PublicIpAddress"],
        "meta-data/public-keys/0/openssh-key": key["PublicKey"],
        "meta-data/security-groups": "default",
        "meta-data/services/domain": "amazonaws.com",
        "meta-data/services/partition": "aws",
        "meta-data/system": "nitro",
        "meta-data/tags/instance/Name": "web",
        f"{mac}/device-number": "0",
        f"{mac}/interface-id": nic["NetworkInterfaceId"],
        f"{mac}/ipv4-associations/{shown['PublicIpAddress']}": shown["PrivateIpAddress"],
        f"{mac}/local-ipv4s": shown["PrivateIpAddress"],
        f"{mac}/mac": nic["MacAddress"],
        f"{mac}/network-card-index": "0",
        f"{mac}/owner-id": nic["OwnerId"],
        f"{mac}/public-ipv4s": shown["PublicIpAddress"],
        f"{mac}/security-group-ids": nic["Groups"][0]["GroupId"],
        f"{mac}/security-groups": "default",
        f"{mac}/subnet-id": shown["SubnetId"],
        f"{mac}/subnet-ipv4-cidr-block": "172.31.0.0/20",
        f"{mac}/vpc-id": shown["VpcId"],
        f"{mac}/vpc-ipv4-cidr-blocks": "172.31.0.0/16",
        "dynamic/fws/instance-monitoring": "disabled",
    }
    assert {path: found.get(path) for path in expected} == expected
    assert "meta-data/tags/instance/a/b" not in found


def test_folders(launch, ec2):
    ec2.create_key_pair(KeyName="mine")
    imds, _ = launch(KeyName="mine")
    assert imds.get("").split("\n") == ["dynamic", "meta-data"]
    assert imds.get("meta-data") == imds.get("meta-data/")
    assert {"ami-id", "public-keys/", "placement/"} <= set(imds.get("meta-data/").split("\n"))
    assert imds.get("meta-data/public-keys/") == "0=mine"
    assert imds.get("meta-data/public-keys/0/") == "openssh-key"
    status, versions, _ = imds.ask("/")
    assert status == 200 and versions.startswith("1.0\n2007-01-19\n") and versions.endswith("\nlatest")
    assert imds.status("/2009-04-04/meta-data/ami-id") == 200


@pytest.mark.parametrize(
    "path",
    [
        "/latest/user-data",
        "/latest/meta-data/public-keys/",
        "/latest/meta-data/public-keys/0/openssh-key",
        "/latest/meta-data/iam/info",
        "/latest/meta-data/iam/security-credentials/",
        "/latest/meta-data/product-codes",
        "/latest/meta-data/spot/instance-action",
        "/latest/meta-data/spot/termination-time",
        "/latest/meta-data/tags/instance/",
        "/latest/meta-data/tags/instance/Name",
        "/latest/meta-data/ramdisk-id",
        "/latest/meta-data/events/recommendations/rebalance",
        "/latest/meta-data/network/interfaces/macs/02:00:00:00:00:00/mac",
        "/latest/nothing",
        "/1999-01-01/meta-data/ami-id",
        "/latest" + "/a" * 1000,
    ],
)
def test_what_an_instance_does_not_have(launch, path):
    imds, _ = launch(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}])
    status, text, headers = imds.ask(path)
    assert status == 404 and "<title>404 - Not Found</title>" in text
    assert headers["Content-Type"] == "text/html" and headers["Server"] == "EC2ws"


def test_user_data_is_any_bytes(launch):
    data = bytes(range(256))
    imds, _ = launch(UserData=data)
    with urllib.request.urlopen(f"{imds.url}/latest/user-data", timeout=60) as answer:
        assert answer.read() == data
        assert answer.headers["Content-Type"] == "application/octet-stream"


def test_disks_of_the_launch_alone(launch, ec2):
    extra = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1}}
    imds, instance = launch(BlockDeviceMappings=[extra])
    assert imds.get("meta-data/block-device-mapping/").split("\n") == ["ami", "ebs1", "root"]
    assert imds.get("meta-data/block-device-mapping/ebs1") == "sdf"


def test_the_key_stays_when_its_pair_is_gone(launch, ec2):
    made = ec2.create_key_pair(KeyName="mine", KeyType="ed25519")
    imds, _ = launch(KeyName="mine")
    before = imds.get("meta-data/public-keys/0/openssh-key")
    ec2.delete_key_pair(KeyPairId=made["KeyPairId"])
    assert before.startswith("ssh-ed25519 ") and imds.get("meta-data/public-keys/0/openssh-key") == before


def test_head(launch):
    imds, _ = launch()
    status, text, headers = imds.ask("/latest/meta-data/ami-id", "HEAD")
    assert (status, text) == (200, "") and headers["Content-Length"] == "21"
    host, _, rest = imds.url.removeprefix("http://").partition("/")
    with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as connection:  # nothing of a body stays in the way
        for path in ("latest/meta-data/ami-id", "latest/nothing"):
            connection.request("HEAD", f"/{rest}/{path}")
            connection.getresponse().read()
        connection.request("GET", f"/{rest}/latest/meta-data/services/partition")
        assert connection.getresponse().read() == b"aws"


# ---- Tokens ----


def test_a_token(launch):
    imds, _ = launch(MetadataOptions={"HttpTokens": "required"})
    status, token, headers = imds.token("60")
    assert status == 200 and headers[TTL] == "60" and len(token) == 56 and token.endswith("==")
    assert imds.get("meta-data/ami-id", token)
    assert imds.status("/latest/meta-data/ami-id") == 401
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: ("B" if token[30] == "A" else "A").join((token[:30], token[31:]))}) == 401
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: "none"}) == 401


def test_a_token_is_good_on_its_instance_alone(launch):
    (one, _), (other, _) = launch(), launch()
    token = one.token()[1]
    assert one.status("/latest/meta-data/ami-id", **{TOKEN: token}) == 200
    assert other.status("/latest/meta-data/ami-id", **{TOKEN: token}) == 401  # although none is needed


@pytest.mark.parametrize(
    "ttl, status", [("1", 200), ("21600", 200), ("0", 200), ("21601", 400), ("-1", 400), ("soon", 400), ("", 400)]
)
def test_time_to_live(launch, ttl, status):
    imds, _ = launch()
    assert imds.token(ttl)[0] == status


def test_what_gets_no_token(launch, ec2):
    imds, instance = launch()
    assert imds.ask("/latest/api/token", "PUT")[0] == 400
    assert imds.token(X_Forwarded_For="10.0.0.1")[0] == 403
    assert imds.ask("/2021-03-23/api/token", "PUT", **{TTL: "60"})[0] == 403
    assert imds.ask("/latest/meta-data/ami-id", "PUT", **{TTL: "60"})[0] == 405
    assert imds.status("/latest/api/token") == 405
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpEndpoint="disabled")
    assert imds.token()[0] == 403
    status, text, _ = imds.ask("/latest/meta-data/ami-id")
    assert status == 403 and "<h1>403 - Forbidden</h1>" in text


def test_hops(launch, ec2):
    imds, instance = launch(MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2})
    assert imds.token(X_Amisim_Hops="2")[0] == 200
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        imds.token(X_Amisim_Hops="3")
    token = imds.token()[1]
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: token, "X_Amisim_Hops": "9"}) == 200
    ec2.modify_instance_metadata_options(InstanceId=instance, HttpPutResponseHopLimit=3, HttpEndpoint="enabled")
    assert imds.token(X_Amisim_Hops="3")[0] == 200


def test_a_token_ends(own, account):
    ec2 = own.client("ec2", account)
    imds = Imds(own.url, launched(ec2, MetadataOptions={"HttpTokens": "required"}))
    token, stopped = imds.token("60")[1], imds.token("21600")[1]
    own.control.clock(advance="59s")
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: token}) == 200
    own.control.clock(advance="1s")
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: token}) == 401
    instance = imds.url.split("/")[-2]
    ec2.stop_instances(InstanceIds=[instance])
    assert imds.status("/latest/meta-data/ami-id") == 409  # nobody is there to ask
    own.control.clock(advance="1h")
    ec2.start_instances(InstanceIds=[instance])
    assert imds.status("/latest/meta-data/ami-id", **{TOKEN: stopped}) == 401


# ---- Who the instance is ----


@pytest.fixture
def openssl(tmp_path):
    def run(*arguments, **files):
        for name, content in files.items():
            (tmp_path / name).write_text(content)
        return subprocess.run(["openssl", *arguments], cwd=tmp_path, capture_output=True, check=True).stdout

    return run


def test_the_identity_document_is_signed(launch, ec2, openssl, control, account):
    imds, instance = launch()
    shown = described(ec2, instance)
    text = imds.get("dynamic/instance-identity/document")
    document = json.loads(text)
    assert text.startswith('{\n  "accountId" : "')
    assert document == {
        "accountId": account,
        "architecture": "x86_64",
        "availabilityZone": shown["Placement"]["AvailabilityZone"],
        "billingProducts": None,
        "devpayProductCodes": None,
        "marketplaceProductCodes": None,
        "imageId": shown["ImageId"],
        "instanceId": instance,
        "instanceType": "t3.micro",
        "kernelId": None,
        "pendingTime": shown["LaunchTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": shown["PrivateIpAddress"],
        "ramdiskId": None,
        "region": "us-east-1",
        "version": "2017-09-30",
    }
    with urllib.request.urlopen(imds.url.split("/guests/")[0] + "/imds/certificate", timeout=60) as answer:
        certificate = answer.read().decode()
    assert b"amisim" in openssl("x509", "-noout", "-subject", "-in", "cert", cert=certificate)
    for name in ("pkcs7", "rsa2048"):
        envelope = imds.get(f"dynamic/instance-identity/{name}")
        message = f"-----BEGIN PKCS7-----\n{envelope}\n-----END PKCS7-----\n"
        verified = openssl(
            *"smime -verify -inform PEM -in message -certfile cert -CAfile cert -purpose any".split(),
            message=message,
            cert=certificate,
        )
        assert verified.decode() == text
    public = openssl("x509", "-pubkey", "-noout", "-in", "cert", cert=certificate).decode()
    signature = base64.b64decode(imds.get("dynamic/instance-identity/signature"))
    openssl("base64", "-d", "-in", "sig64", "-out", "sig", sig64=base64.encodebytes(signature).decode())
    openssl(*"dgst -sha256 -verify public -signature sig document".split(), public=public, document=text)


def test_the_same_world_signs_the_same(start_amisim):
    texts = set()
    for _ in range(2):
        one = start_amisim("--seed", "5", "--pace", "instant", "--clock", "2026-01-31T09:00:00Z", "--freeze")
        ec2 = one.client("ec2", "123456789012")
        imds = Imds(one.url, launched(ec2, MetadataOptions={"HttpTokens": "optional"}, IamInstanceProfile={"Name": "a"}))
        texts.add(imds.get("dynamic/instance-identity/rsa2048") + imds.get("meta-data/iam/security-credentials/a"))
    assert len(texts) == 1


def test_role_credentials_are_known_to_the_api(own, account):
    ec2 = own.client("ec2", account)
    arn = f"arn:aws:iam::{account}:instance-profile/team/builder"
    instance = launched(ec2, IamInstanceProfile={"Arn": arn}, MetadataOptions={"HttpTokens": "optional"})
    imds = Imds(own.url, instance)
    info = json.loads(imds.get("meta-data/iam/info"))
    assert info["Code"] == "Success" and info["InstanceProfileArn"] == arn
    assert info["InstanceProfileId"] == described(ec2, instance)["IamInstanceProfile"]["Id"]
    assert imds.get("meta-data/iam/security-credentials/") == "builder"
    assert imds.status("/latest/meta-data/iam/security-credentials/other") == 404
    keys = json.loads(imds.get("meta-data/iam/security-credentials/builder"))
    assert keys["Code"] == "Success" and keys["Type"] == "AWS-HMAC" and keys["AccessKeyId"].startswith("ASIA")
    assert json.loads(imds.get("meta-data/iam/security-credentials/builder")) == keys
    caller = own.client("sts", keys["AccessKeyId"]).get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{account}:assumed-role/builder/{instance}"
    assert caller["Account"] == account and caller["UserId"].endswith(f":{instance}")
    own.control.clock(advance="1h")
    renewed = json.loads(imds.get("meta-data/iam/security-credentials/builder"))
    assert renewed["AccessKeyId"] != keys["AccessKeyId"] and renewed["Expiration"] > keys["Expiration"]
    own.control.clock(advance="6h")
    with refused("ExpiredToken"):
        own.client("sts", keys["AccessKeyId"]).get_caller_identity()


def test_every_instance_has_credentials_of_its_own(launch, amisim, account):
    imds, instance = launch()
    assert json.loads(imds.get("meta-data/identity-credentials/ec2/info"))["AccountId"] == account
    keys = json.loads(imds.get("meta-data/identity-credentials/ec2/security-credentials/ec2-instance"))
    caller = amisim.client("sts", keys["AccessKeyId"]).get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{account}:assumed-role/aws:ec2-instance/{instance}"


# ---- botocore's own readers ----


@pytest.mark.parametrize("tokens", ["optional", "required"])
def test_botocore(launch, account, tokens):
    imds, instance = launch(IamInstanceProfile={"Name": "builder"}, MetadataOptions={"HttpTokens": tokens})
    config = {"ec2_metadata_service_endpoint": imds.url}
    region = botocore.utils.InstanceMetadataRegionFetcher(config=config).retrieve_region()
    assert region == "us-east-1"
    # with a slash at its end, as botocore asks for the zone
    assert imds.status("/latest/meta-data/ami-id/", **{TOKEN: imds.token()[1]}) == 200
    fetcher = botocore.utils.InstanceMetadataFetcher(config=config, base_url=imds.url)
    found = InstanceMetadataProvider(iam_role_fetcher=fetcher).load().get_frozen_credentials()
    keys = json.loads(imds.get("meta-data/iam/security-credentials/builder", imds.token()[1]))
    assert found[:3] == (keys["AccessKeyId"], keys["SecretAccessKey"], keys["Token"])


def test_the_environment_of_sdks(launch, monkeypatch, amisim, account):
    imds, instance = launch(IamInstanceProfile={"Name": "builder"})
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", imds.url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    sts = botocore.session.Session().create_client("sts", "us-east-1", endpoint_url=amisim.url)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{account}:assumed-role/builder/{instance}"


# ---- Whose options hold ----

ENFORCED = (
    "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account. Either launch the"
    " instance with httpTokens=required or contact your account owner to disable httpTokensEnforced using the"
    " ModifyInstanceMetadataDefaults API or the account settings in the EC2 console."
)


def options(ec2, **parameters):
    shown = described(ec2, launched(ec2, **parameters))["MetadataOptions"]
    return {name: shown[name] for name in ("HttpTokens", "HttpPutResponseHopLimit", "HttpEndpoint", "InstanceMetadataTags")}


def test_defaults_of_the_account(ec2):
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"ManagedBy": "account"}
    assert ec2.modify_instance_metadata_defaults(HttpTokens="optional", HttpPutResponseHopLimit=5)["Return"]
    ec2.modify_instance_metadata_defaults(InstanceMetadataTags="enabled", HttpEndpoint="disabled")
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {
        "HttpTokens": "optional",
        "HttpPutResponseHopLimit": 5,
        "HttpEndpoint": "disabled",
        "InstanceMetadataTags": "enabled",
        "ManagedBy": "account",
    }
    ec2.modify_instance_metadata_defaults(
        HttpTokens="no-preference",
        HttpPutResponseHopLimit=-1,
        HttpEndpoint="no-preference",
        InstanceMetadataTags="no-preference",
    )
    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"ManagedBy": "account"}
    with refused("InvalidParameterValue"):
        ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=0)
    with refused("InvalidParameterValue"):
        ec2.modify_instance_metadata_defaults(HttpPutResponseHopLimit=65)


def test_precedence(ec2):
    old = image_id(ec2, "amzn2-ami-hvm-*-x86_64-gp2")
    new = image_id(ec2)
    assert options(ec2, ImageId=old)["HttpTokens"] == "optional"
    assert options(ec2, ImageId=new) == {
        "HttpTokens": "required",
        "HttpPutResponseHopLimit": 2,
        "HttpEndpoint": "enabled",
        "InstanceMetadataTags": "disabled",
    }
    ec2.modify_instance_metadata_defaults(HttpTokens="optional", HttpPutResponseHopLimit=7, InstanceMetadataTags="enabled")
    account = {
        "HttpTokens": "optional",
        "HttpPutResponseHopLimit": 7,
        "HttpEndpoint": "enabled",
        "InstanceMetadataTags": "enabled",
    }
    assert options(ec2, ImageId=new) == account
    template = {"ImageId": new, "InstanceType": "t3.micro", "MetadataOptions": {"HttpTokens": "required"}}
    ec2.create_launch_template(LaunchTemplateName="strict", LaunchTemplateData=template)
    name = {"LaunchTemplateName": "strict"}
    assert options(ec2, ImageId=None, LaunchTemplate=name) == {**account, "HttpTokens": "required"}
    mine = {"HttpTokens": "optional", "HttpPutResponseHopLimit": 3}
    assert options(ec2, ImageId=None, LaunchTemplate=name, MetadataOptions=mine)["HttpPutResponseHopLimit"] == 3


def test_tokens_can_be_enforced(ec2):
    loose = launched(ec2, MetadataOptions={"HttpTokens": "optional"})
    strict = launched(ec2, MetadataOptions={"HttpTokens": "required"})
    ec2.modify_instance_metadata_defaults(HttpTokensEnforced="enabled")
    assert ec2.get_instance_metadata_defaults()["AccountLevel"]["HttpTokensEnforced"] == "enabled"
    with refused("UnsupportedOperation", ENFORCED):
        launched(ec2, MetadataOptions={"HttpTokens": "optional"})
    with refused("UnsupportedOperation", ENFORCED):
        ec2.modify_instance_metadata_options(InstanceId=strict, HttpTokens="optional")
    launched(ec2)  # the image asks for tokens
    ec2.modify_instance_metadata_options(InstanceId=loose, HttpPutResponseHopLimit=2)
    ec2.modify_instance_metadata_defaults(HttpTokensEnforced="disabled")
    launched(ec2, MetadataOptions={"HttpTokens": "optional"})


def test_windows_takes_no_ed25519(ec2):
    ec2.create_key_pair(KeyName="small", KeyType="ed25519")
    windows = image_id(ec2, "Windows_Server-2022-English-Full-Base-*")
    message = (
        "ED25519 key pairs are not supported with Windows AMIs. Choose a different key pair type and try again."
    )
    with refused("Unsupported", message):
        launched(ec2, ImageId=windows, KeyName="small", InstanceType="t3.large")
    ec2.create_key_pair(KeyName="large")
    launched(ec2, ImageId=windows, KeyName="large", InstanceType="t3.large")
