"""Instance types: all that EC2 offers, what is said of each, and where they are offered."""

import pytest
from machines import launched
from simulator import refusal

ASKED_FOR = """c4.2xlarge m4.xlarge c5.4xlarge c5n.large r4.large t2.xlarge c7i.large c7g.xlarge m6a.large
m7a.large m8g.large r7g.large r6i.2xlarge i4i.large g5.xlarge p4d.24xlarge p5.48xlarge inf2.xlarge
trn1.2xlarge hpc7a.96xlarge z1d.large x2gd.large x2idn.16xlarge m5zn.large""".split()


@pytest.fixture(scope="module")
def everywhere(amisim):
    """All types by name, as one Region shows them page by page."""
    ec2 = amisim.client("ec2", "470000999999", "us-east-1")
    pages = ec2.get_paginator("describe_instance_types").paginate()
    return {one["InstanceType"]: one for page in pages for one in page["InstanceTypes"]}


def test_all_are_there(everywhere):
    assert len(everywhere) > 1300
    assert set(ASKED_FOR) - {"hpc7a.96xlarge"} <= set(everywhere)


def test_a_page_has_a_hundred(ec2):
    answer = ec2.describe_instance_types()
    assert len(answer["InstanceTypes"]) == 100 and answer["NextToken"]


def test_cores_and_threads_that_can_be_chosen(everywhere):
    cpu = everywhere["m5.24xlarge"]["VCpuInfo"]
    assert cpu["ValidCores"] == list(range(4, 49, 2))
    assert cpu["ValidThreadsPerCore"] == [1, 2]
    metal = everywhere["m5.metal"]["VCpuInfo"]
    assert not {"ValidCores", "ValidThreadsPerCore"} & metal.keys()
    for name, one in everywhere.items():
        cpu = one["VCpuInfo"]
        assert cpu["DefaultCores"] * cpu["DefaultThreadsPerCore"] == cpu["DefaultVCpus"], name


def test_accelerators(everywhere):
    gpu = everywhere["p5.48xlarge"]["GpuInfo"]
    assert (gpu["Gpus"][0]["Name"], gpu["Gpus"][0]["Count"]) == ("H100", 8)
    assert gpu["TotalGpuMemoryInMiB"] == 8 * 81920
    neuron = everywhere["trn1.2xlarge"]["NeuronInfo"]["NeuronDevices"][0]
    assert neuron["Name"] == "Trainium"
    assert "FpgaInfo" in everywhere["f2.6xlarge"] and "GpuInfo" not in everywhere["m5.large"]


def test_network_cards(everywhere):
    network = everywhere["p5.48xlarge"]["NetworkInfo"]
    assert network["MaximumNetworkCards"] == len(network["NetworkCards"]) == 32
    assert [card["NetworkCardIndex"] for card in network["NetworkCards"]] == list(range(32))
    assert network["EfaSupported"] and network["EfaInfo"]["MaximumEfaInterfaces"] == 32
    (card,) = everywhere["m5.large"]["NetworkInfo"]["NetworkCards"]
    assert (card["BaselineBandwidthInGbps"], card["PeakBandwidthInGbps"]) == (0.75, 10.0)
    assert card["NetworkPerformance"] == "Up to 10 Gigabit"


@pytest.mark.parametrize(
    "name, value, found",
    [
        ("vcpu-info.valid-cores", "48", "m5.24xlarge"),
        ("network-info.efa-info.maximum-efa-interfaces", "32", "p5.48xlarge"),
        ("processor-info.supported-features", "amd-sev-snp", "m6a.large"),
    ],
)
def test_filters(ec2, name, value, found):
    filters = [{"Name": name, "Values": [value]}]
    pages = ec2.get_paginator("describe_instance_types").paginate(Filters=filters)
    assert found in [one["InstanceType"] for page in pages for one in page["InstanceTypes"]]


def test_a_type_that_the_region_lacks(client):
    ec2 = client("ec2", region="eu-north-1")
    said = refusal(ec2.describe_instance_types, InstanceTypes=["hpc7g.4xlarge"])
    text = "The following supplied instance types do not exist: [hpc7g.4xlarge]"
    assert said == ("InvalidInstanceType", text)
    filters = [{"Name": "instance-type", "Values": ["hpc7g.4xlarge"]}]
    offered = ec2.describe_instance_type_offerings(Filters=filters)["InstanceTypeOfferings"]
    assert offered == []


def test_types_in_their_order_and_once(ec2):
    names = ["t3.micro", "c7g.xlarge", "t3.micro"]
    found = ec2.describe_instance_types(InstanceTypes=names)["InstanceTypes"]
    assert sorted(one["InstanceType"] for one in found) == ["c7g.xlarge", "t3.micro"]


def test_a_file_replaces_and_adds(start_amisim, tmp_path):
    file = tmp_path / "types.yaml"
    own = (
        "processor: Intel, vcpus: 2, cores: 1, memory: 1024, architectures: [x86_64], "
        "virtualization: [hvm], root_devices: [ebs], boot_modes: [legacy-bios], hypervisor: nitro, "
        "ena: required, network: Slow, enis: 2, addresses: 2, ebs_optimized: default, "
        "ebs_nvme: required, ebs_attachments: 3, usage: [on-demand]"
    )
    sizes = [f"      - {{name: {name}, {own}}}" for name in ("t3.micro", "p3.2xlarge")]
    file.write_text("\n".join(["instance_types:", "  - sizes:", *sizes]))
    ec2 = start_amisim("--fixtures", file).client("ec2", "123456789012")
    pages = ec2.get_paginator("describe_instance_types").paginate()
    found = [one for page in pages for one in page["InstanceTypes"]]
    slow = [one["InstanceType"] for one in found if one["NetworkInfo"]["NetworkPerformance"] == "Slow"]
    assert sorted(slow) == ["p3.2xlarge", "t3.micro"]
    launched(ec2, InstanceType="p3.2xlarge")
