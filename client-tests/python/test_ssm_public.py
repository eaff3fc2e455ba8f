"""The public parameters that name images: each of them, in each Region, and launches by them."""

import datetime

import pytest
from simulator import refused

AMAZON = "/aws/service/ami-amazon-linux-latest"
CANONICAL = "/aws/service/canonical/ubuntu"
DEBIAN = "/aws/service/debian"
WINDOWS = "/aws/service/ami-windows-latest"
AL2023 = f"{AMAZON}/al2023-ami-kernel-default-x86_64"


def below(ssm, path):
    """All public parameters below a path."""
    pages = ssm.get_paginator("get_parameters_by_path").paginate(Path=path, Recursive=True)
    return [parameter for page in pages for parameter in page["Parameters"]]


def images_of(client, region, parameters):
    """The images that parameters of a Region name, by id."""
    ids = sorted({parameter["Value"] for parameter in parameters})
    images = client("ec2", region=region).describe_images(ImageIds=ids)["Images"]
    return {image["ImageId"]: image for image in images}


@pytest.fixture
def public(client):
    """public(name, region): the parameter of that name and its image."""

    def find(name, region="us-east-1"):
        parameter = client("ssm", region=region).get_parameter(Name=name)["Parameter"]
        ec2 = client("ec2", region=region)
        (image,) = ec2.describe_images(ImageIds=[parameter["Value"]])["Images"]
        return parameter, image

    return find


# ---- Which there are ----


@pytest.mark.parametrize(
    "path, name, architecture",
    [
        # the paths that AWS, Canonical and Debian publish, and what their images are called
        (f"{AMAZON}/al2023-ami-kernel-default-x86_64", "al2023-ami-2023.*-kernel-6.18-x86_64", "x86_64"),
        (f"{AMAZON}/al2023-ami-kernel-default-arm64", "al2023-ami-2023.*-kernel-6.18-arm64", "arm64"),
        (f"{AMAZON}/al2023-ami-kernel-6.1-x86_64", "al2023-ami-2023.*-kernel-6.1-x86_64", "x86_64"),
        (f"{AMAZON}/al2023-ami-kernel-6.1-arm64", "al2023-ami-2023.*-kernel-6.1-arm64", "arm64"),
        (f"{AMAZON}/al2023-ami-kernel-6.12-x86_64", "al2023-ami-2023.*-kernel-6.12-x86_64", "x86_64"),
        (
            f"{AMAZON}/al2023-ami-minimal-kernel-default-x86_64",
            "al2023-ami-minimal-2023.*-kernel-6.18-x86_64",
            "x86_64",
        ),
        (
            f"{AMAZON}/al2023-ami-minimal-kernel-6.1-arm64",
            "al2023-ami-minimal-2023.*-kernel-6.1-arm64",
            "arm64",
        ),
        (
            f"{AMAZON}/al2027-preview-ami-kernel-default-arm64",
            "al2027-preview-ami-2027.*-arm64",
            "arm64",
        ),
        (f"{AMAZON}/amzn2-ami-hvm-x86_64-gp2", "amzn2-ami-hvm-2.0.*-x86_64-gp2", "x86_64"),
        (f"{AMAZON}/amzn2-ami-hvm-x86_64-ebs", "amzn2-ami-hvm-2.0.*-x86_64-ebs", "x86_64"),
        (f"{AMAZON}/amzn2-ami-hvm-arm64-gp2", "amzn2-ami-hvm-2.0.*-arm64-gp2", "arm64"),
        (
            f"{AMAZON}/amzn2-ami-kernel-5.10-hvm-x86_64-gp2",
            "amzn2-ami-kernel-5.10-hvm-2.0.*-x86_64-gp2",
            "x86_64",
        ),
        (
            f"{AMAZON}/amzn2-ami-minimal-hvm-x86_64-ebs",
            "amzn2-ami-minimal-hvm-2.0.*-x86_64-ebs",
            "x86_64",
        ),
        (f"{AMAZON}/amzn-ami-hvm-x86_64-gp2", "amzn-ami-hvm-2018.03.*-x86_64-gp2", "x86_64"),
        (f"{AMAZON}/amzn-ami-minimal-pv-x86_64-s3", "amzn-ami-minimal-pv-2018.03.*-s3", "x86_64"),
        (
            f"{CANONICAL}/server/26.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
            "ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-arm64-server-*",
            "arm64",
        ),
        (
            f"{CANONICAL}/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
            "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*",
            "x86_64",
        ),
        (
            f"{CANONICAL}/server/noble/stable/current/arm64/hvm/ebs-gp3/ami-id",
            "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*",
            "arm64",
        ),
        (
            f"{CANONICAL}/server/22.04/stable/current/arm64/hvm/ebs-gp2/ami-id",
            "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-*",
            "arm64",
        ),
        (
            f"{CANONICAL}/server/jammy/stable/20260610/amd64/hvm/ebs-gp2/ami-id",
            "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20260610",
            "x86_64",
        ),
        (
            f"{CANONICAL}/server/focal/stable/current/amd64/hvm/ebs-gp2/ami-id",
            "ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-*",
            "x86_64",
        ),
        (
            f"{CANONICAL}/server-minimal/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
            "ubuntu-minimal/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-minimal-*",
            "x86_64",
        ),
        (f"{DEBIAN}/release/13/latest/amd64", "debian-13-amd64-*", "x86_64"),
        (f"{DEBIAN}/release/trixie/latest/arm64", "debian-13-arm64-*", "arm64"),
        (f"{DEBIAN}/release/12/latest/amd64", "debian-12-amd64-*", "x86_64"),
        (f"{DEBIAN}/release/bookworm/latest/arm64", "debian-12-arm64-*", "arm64"),
        (f"{DEBIAN}/daily/bookworm/latest/amd64", "debian-12-amd64-daily-*", "x86_64"),
        *(
            (f"{WINDOWS}/{line}", f"{line}-20*", "x86_64")
            for line in (
                "Windows_Server-2016-English-Full-Base",
                "Windows_Server-2019-English-Full-Base",
                "Windows_Server-2019-English-Core-Base",
                "Windows_Server-2022-English-Full-Base",
                "Windows_Server-2022-English-Core-Base",
                "Windows_Server-2022-English-Full-SQL_2022_Standard",
                "Windows_Server-2025-English-Full-Base",
                "Windows_Server-2025-English-Core-Base",
                "EC2LaunchV2-Windows_Server-2019-English-Full-Base",
                "TPM-Windows_Server-2022-English-Full-Base",
            )
        ),
    ],
)
def test_path(client, public, path, name, architecture):
    parameter, image = public(path)
    newest = client("ec2").describe_images(
        Filters=[{"Name": "name", "Values": [name]}], Owners=[image["OwnerId"]]
    )["Images"]
    assert max(newest, key=lambda one: one["CreationDate"])["ImageId"] == image["ImageId"]
    assert image["Architecture"] == architecture
    assert parameter["Version"] == 1
    created = datetime.datetime.fromisoformat(image["CreationDate"].replace("Z", "+00:00"))
    assert parameter["LastModifiedDate"] == created


@pytest.mark.parametrize("region", ["us-east-1", "af-south-1", "me-central-1", "mx-central-1"])
def test_each_names_an_image_of_its_region(client, region):
    parameters = below(client("ssm", region=region), "/aws/service")
    images = images_of(client, region, parameters)
    names = [parameter["Name"] for parameter in parameters]
    assert len(names) == len(set(names)) > 80
    assert {image["PublicSsmParameterName"] for image in images.values()} < {n[1:] for n in names}
    for parameter in parameters:
        image = images[parameter["Value"]]
        assert image["Public"]
        assert parameter["ARN"] == f"arn:aws:ssm:{region}::parameter{parameter['Name']}"
        arm = "arm64" in parameter["Name"]
        assert image["Architecture"] == ("arm64" if arm else "x86_64"), parameter


@pytest.mark.parametrize("path, kind", [(AMAZON, "text"), (CANONICAL, "aws:ec2:image"), (WINDOWS, "text")])
def test_data_type(ssm, path, kind):
    assert {(one["Type"], one["DataType"]) for one in below(ssm, path)} == {("String", kind)}


# ---- Reading them ----


def test_public_parameters_are_not_ones_own(ssm):
    assert ssm.describe_parameters()["Parameters"] == []
    with refused("ParameterNotFound"):
        ssm.get_parameter(Name="/aws/service/ami-amazon-linux-latest/none")
    with refused("AccessDeniedException"):
        ssm.put_parameter(Name=AL2023, Value="x", Overwrite=True)
    with refused("ParameterNotFound"):
        ssm.delete_parameter(Name=AL2023)


def test_pages(ssm):
    """At most ten at a time, level by level."""
    paginator = ssm.get_paginator("get_parameters_by_path")
    pages = [page["Parameters"] for page in paginator.paginate(Path=AMAZON)]
    assert {len(page) for page in pages[:-1]} == {10}
    assert sum(map(len, pages)) == len(below(ssm, AMAZON)) == 53
    levels = [parameter["Name"].count("/") for parameter in below(ssm, "/aws/service")]
    assert levels == sorted(levels)
    with refused("ValidationException"):
        ssm.get_parameters_by_path(Path=AMAZON, MaxResults=11)


def test_by_arn_and_version(ssm):
    plain = ssm.get_parameter(Name=AL2023)["Parameter"]
    assert ssm.get_parameter(Name=plain["ARN"])["Parameter"] == plain
    assert ssm.get_parameter(Name=f"{AL2023}:1")["Parameter"] == {**plain, "Selector": ":1"}
    assert ssm.get_parameter(Name=f"{plain['ARN']}:1")["Parameter"]["Selector"] == ":1"
    with refused("ParameterVersionNotFound"):
        ssm.get_parameter(Name=f"{AL2023}:2")
    answer = ssm.get_parameters(Names=[AL2023, f"{DEBIAN}/release/9/latest/amd64"])
    assert [one["Value"] for one in answer["Parameters"]] == [plain["Value"]]
    assert answer["InvalidParameters"] == [f"{DEBIAN}/release/9/latest/amd64"]


# ---- Launching by them ----


@pytest.mark.parametrize(
    "path, machine",
    [
        (AL2023, "t3.micro"),
        (f"{AMAZON}/al2023-ami-kernel-default-arm64", "t4g.micro"),
        (f"{CANONICAL}/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id", "t3.micro"),
        (f"{DEBIAN}/release/13/latest/amd64", "t3.micro"),
        (f"{WINDOWS}/Windows_Server-2022-English-Core-Base", "t3.micro"),
    ],
)
def test_run_instances(client, public, path, machine):
    ec2 = client("ec2")
    launch = {"ImageId": f"resolve:ssm:{path}", "InstanceType": machine}
    answer = ec2.run_instances(MinCount=1, MaxCount=1, **launch)
    parameter, _ = public(path)
    assert answer["Instances"][0]["ImageId"] == parameter["Value"]
    template = ec2.create_launch_template(LaunchTemplateName="by-parameter", LaunchTemplateData=launch)
    chosen = {"LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"]}
    answer = ec2.run_instances(MinCount=1, MaxCount=1, LaunchTemplate=chosen)
    assert answer["Instances"][0]["ImageId"] == parameter["Value"]
