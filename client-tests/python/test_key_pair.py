"""Key pairs: real keys, the fingerprints that AWS shows, and the recorded refusals."""

import base64
import hashlib
import subprocess

import pytest
from simulator import refused

DRY = "Request would have succeeded, but DryRun flag is set."


@pytest.fixture
def openssl(tmp_path):
    """openssl("rsa -check", text): runs it on a file that holds the text; its output."""

    def run(command, text):
        path = tmp_path / "key"
        path.write_text(text)
        path.chmod(0o600)
        return subprocess.run(
            [*command.split(), str(path)], capture_output=True, check=True
        ).stdout

    return run


def colons(digest):
    return ":".join(f"{byte:02x}" for byte in digest)


def public_key(ec2, name):
    (pair,) = ec2.describe_key_pairs(KeyNames=[name], IncludePublicKey=True)["KeyPairs"]
    return pair["PublicKey"]


def test_rsa(ec2, openssl):
    made = ec2.create_key_pair(KeyName="mine")
    assert made["KeyMaterial"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert made["KeyPairId"].startswith("key-")
    der = openssl("openssl pkcs8 -topk8 -nocrypt -outform DER -in", made["KeyMaterial"])
    assert made["KeyFingerprint"] == colons(hashlib.sha1(der).digest())
    assert b"2048" in openssl("openssl rsa -noout -text -in", made["KeyMaterial"])
    line = openssl("ssh-keygen -y -f", made["KeyMaterial"]).decode().split()[:2]
    assert public_key(ec2, "mine") == " ".join([*line, "mine"]) + "\n"


def test_ed25519(ec2, openssl):
    made = ec2.create_key_pair(KeyName="small", KeyType="ed25519", KeyFormat="pem")
    assert made["KeyMaterial"].startswith("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    kind, blob = openssl("ssh-keygen -y -f", made["KeyMaterial"]).decode().split()[:2]
    assert kind == "ssh-ed25519"
    digest = hashlib.sha256(base64.b64decode(blob)).digest()
    assert made["KeyFingerprint"] == base64.b64encode(digest).decode()
    assert public_key(ec2, "small") == f"{kind} {blob} small\n"


@pytest.mark.parametrize("kind, name", [("rsa", "ssh-rsa"), ("ed25519", "ssh-ed25519")])
def test_putty(ec2, kind, name):
    text = ec2.create_key_pair(KeyName="putty", KeyType=kind, KeyFormat="ppk")["KeyMaterial"]
    lines = text.splitlines()
    assert lines[:3] == [f"PuTTY-User-Key-File-2: {name}", "Encryption: none", "Comment: putty"]
    public_lines = int(lines[3].removeprefix("Public-Lines: "))
    public = base64.b64decode("".join(lines[4 : 4 + public_lines]))
    rest = lines[4 + public_lines :]
    private = base64.b64decode("".join(rest[1 : 1 + int(rest[0].removeprefix("Private-Lines: "))]))
    assert base64.b64encode(public).decode() == public_key(ec2, "putty").split()[1]

    def part(value):
        value = value.encode() if isinstance(value, str) else value
        return len(value).to_bytes(4, "big") + value

    import hmac

    signed = b"".join(map(part, (name, "none", "putty", public, private)))
    key = hashlib.sha1(b"putty-private-key-file-mac-key").digest()
    assert lines[-1] == "Private-MAC: " + hmac.new(key, signed, hashlib.sha1).hexdigest()


def test_two_keys_differ(ec2):
    prints = {ec2.create_key_pair(KeyName=f"k{n}")["KeyFingerprint"] for n in range(2)}
    assert len(prints) == 2


@pytest.fixture
def own_key(tmp_path):
    def make(kind, *options):
        path = tmp_path / kind
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "someone@host", "-f", path, *options],
            check=True,
        )
        return path.with_suffix(".pub").read_text()

    return make


@pytest.mark.parametrize("bits", ["1024", "3072", "8192"])
def test_import_rsa_of_other_lengths(ec2, own_key, bits):
    made = ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=own_key("rsa", "-b", bits))
    assert made["KeyFingerprint"].count(":") == 15


def test_import_rsa(ec2, own_key, tmp_path):
    line = own_key("rsa", "-b", "2048")
    made = ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=line)
    der = subprocess.run(
        "ssh-keygen -e -m PKCS8 -f rsa.pub | openssl pkey -pubin -outform DER",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    assert made["KeyFingerprint"] == colons(hashlib.md5(der).digest())
    assert "KeyMaterial" not in made
    kind, blob, _ = line.split()
    assert public_key(ec2, "mine") == f"{kind} {blob} mine\n"  # its comment is dropped
    ec2.import_key_pair(KeyName="der", PublicKeyMaterial=base64.b64encode(der))
    assert public_key(ec2, "der").split()[1] == blob


def test_import_ed25519(ec2, own_key, tmp_path):
    line = own_key("ed25519")
    made = ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=line)
    blob = base64.b64decode(line.split()[1])
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    assert made["KeyFingerprint"] == digest
    (shown,) = ec2.describe_key_pairs()["KeyPairs"]
    assert shown["KeyType"] == "ed25519"
    rfc = subprocess.run(
        ["ssh-keygen", "-e", "-f", tmp_path / "ed25519.pub"], capture_output=True, check=True
    ).stdout
    again = ec2.import_key_pair(KeyName="rfc", PublicKeyMaterial=rfc)
    assert again["KeyFingerprint"] == digest


def test_import_of_other_keys(ec2, own_key):
    short = subprocess.run(
        "openssl genrsa 768 | openssl pkey -pubout -outform DER | base64 -w 0",
        shell=True,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for line in (own_key("ecdsa"), short):
        with refused("InvalidKey.Format", "Key is not in valid OpenSSH public key format"):
            ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=line)


@pytest.mark.parametrize("text", ["nonsense", "ssh-rsa", "ssh-rsa AAAA", "ssh-rsa !!!!"])
def test_import_of_nonsense(ec2, text):
    with refused("InvalidKey.Format", "Key is not in valid OpenSSH public key format"):
        ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=text)


def test_describe(ec2):
    tags = [{"ResourceType": "key-pair", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = ec2.create_key_pair(KeyName="mine", TagSpecifications=tags)
    (shown,) = ec2.describe_key_pairs(KeyPairIds=[made["KeyPairId"]])["KeyPairs"]
    assert shown["CreateTime"]
    shown.pop("CreateTime")
    assert shown == {
        "KeyPairId": made["KeyPairId"],
        "KeyName": "mine",
        "KeyFingerprint": made["KeyFingerprint"],
        "KeyType": "rsa",
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert made["Tags"] == shown["Tags"]


def test_order_of_elements(amisim, account):
    import re

    def order(body):
        return [name for name in re.findall(r"<(key\w+|createTime|tagSet|publicKey)", body)]

    body = amisim.query(account, Action="CreateKeyPair", KeyName="mine").body
    assert order(body) == ["keyName", "keyFingerprint", "keyMaterial", "keyPairId", "tagSet"]
    body = amisim.query(account, Action="DescribeKeyPairs", IncludePublicKey="true").body
    assert order(body) == [
        "keySet",
        "keyName",
        "keyPairId",
        "keyFingerprint",
        "keyType",
        "publicKey",
        "createTime",
        "tagSet",
    ]


def test_the_same_name_twice_is_one_item(ec2):
    ec2.create_key_pair(KeyName="mine")
    assert len(ec2.describe_key_pairs(KeyNames=["mine", "mine"])["KeyPairs"]) == 1


def test_filters(ec2):
    made = ec2.create_key_pair(KeyName="mine")
    ec2.create_key_pair(KeyName="other", KeyType="ed25519")

    def found(name, *values, **more):
        filters = [{"Name": name, "Values": list(values)}]
        return [p["KeyName"] for p in ec2.describe_key_pairs(Filters=filters, **more)["KeyPairs"]]

    assert found("key-name", "m*") == ["mine"]
    assert found("key-pair-id", made["KeyPairId"]) == ["mine"]
    assert found("fingerprint", made["KeyFingerprint"]) == ["mine"]
    assert found("key-name") == []
    assert found("key-name", "other", KeyNames=["mine"]) == []
    for name in ("key-type", "unsupported"):
        with refused("InvalidParameterValue", f"The filter '{name}' is invalid"):
            found(name, "rsa")


def test_delete(ec2):
    made = ec2.create_key_pair(KeyName="mine")
    assert ec2.delete_key_pair(KeyName="mine")["KeyPairId"] == made["KeyPairId"]
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    again = ec2.delete_key_pair(KeyName="mine")
    assert again["Return"] is True and "KeyPairId" not in again
    ec2.delete_key_pair(KeyPairId=made["KeyPairId"])
    text = "The parameter 'keyPairId' may not be used in combination with 'keyName'"
    with refused("InvalidParameterCombination", text):
        ec2.delete_key_pair(KeyName="mine", KeyPairId=made["KeyPairId"])
    for bad in ("bad", "key-00000000000000000"):
        with refused("InvalidParameterValue", f"Invalid value '{bad}' for keyPairId."):
            ec2.delete_key_pair(KeyPairId=bad)


def enumeration(value, member, choices):
    return (
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint:"
        f" Member must satisfy enum value set: [{choices}]"
    )


@pytest.mark.parametrize(
    "request_, code, message",
    [
        (
            {"KeyName": "x" * 256},
            "InvalidParameterValue",
            "Value for parameter KeyName is invalid. Length exceeds maximum of 255.",
        ),
        (
            {"KeyName": " x"},
            "InvalidParameterValue",
            "Invalid value ' x' for keyName. It should be trimmed",
        ),
        (
            {"KeyName": "a\nb"},
            "InvalidParameterValue",
            "Value for parameter a\nb is invalid. KeyName",
        ),
        (
            {"KeyName": "caf\u00e9"},
            "InvalidParameterValue",
            "Value for parameter KeyName is invalid. Character sets beyond ASCII are not"
            " supported.",
        ),
        (
            {"KeyName": "x", "KeyType": "ecdsa"},
            "InvalidParameterValue",
            enumeration("ecdsa", "keyType", "rsa, ed25519"),
        ),
        (
            {"KeyName": "x", "KeyFormat": "der"},
            "InvalidParameterValue",
            enumeration("der", "keyFormat", "ppk, pem"),
        ),
        (
            {
                "KeyName": "x",
                "TagSpecifications": [
                    {"ResourceType": "instance", "Tags": [{"Key": "a", "Value": "b"}]}
                ],
            },
            "InvalidParameterValue",
            "'instance' is not a valid taggable resource type for this operation.",
        ),
        (
            {"KeyName": ""},
            "MissingParameter",
            "The request must contain the parameter KeyName",
        ),
    ],
)
def test_refused_creation(ec2, request_, code, message):
    with refused(code, message):
        ec2.create_key_pair(**request_)
    with refused("DryRunOperation", DRY):  # hides all of them [recorded]
        ec2.create_key_pair(DryRun=True, **request_)
    assert ec2.describe_key_pairs()["KeyPairs"] == []


def test_duplicate(ec2, client):
    ec2.create_key_pair(KeyName="mine")
    with refused("InvalidKeyPair.Duplicate"):
        ec2.create_key_pair(KeyName="mine")
    with refused("DryRunOperation", DRY):
        ec2.create_key_pair(KeyName="mine", DryRun=True)
    client("ec2", region="eu-west-1").create_key_pair(KeyName="mine")


def test_unknown(ec2):
    text = "The key pair 'missing' does not exist"
    ec2.create_key_pair(KeyName="mine")
    for names in (["missing"], ["mine", "missing"]):
        with refused("InvalidKeyPair.NotFound", text):
            ec2.describe_key_pairs(KeyNames=names)
    with refused("DryRunOperation", DRY):
        ec2.describe_key_pairs(KeyNames=["missing"], DryRun=True)
    text = "Invalid value '' for keyPairNames. It should not be blank"
    with refused("InvalidParameterValue", text):
        ec2.describe_key_pairs(KeyNames=[""])


def test_a_key_at_launch(ec2):
    from machines import described, launched

    ec2.create_key_pair(KeyName="mine")
    assert described(ec2, launched(ec2, KeyName="mine"))["KeyName"] == "mine"
