"""Writes fixtures/instance-types-LETTER.yaml: all instance types that EC2 offers, by their first letter.

python3 client-tests/python/instance_type_fixture.py FOLDER

FOLDER is an unpacked package moto of PyPI (5.2.5), which carries the answers of DescribeInstanceTypes and
DescribeInstanceTypeOfferings of all Regions as data. What the sizes of a family share stands once.
"""

import collections
import gzip
import json
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAD = """\
# Instance types whose names begin with {letter}: what DescribeInstanceTypes and DescribeInstanceTypeOfferings
# answer, and what RunInstances holds an image against (architecture, virtualization, root device, boot mode, ENA).
#
# Made by client-tests/python/instance_type_fixture.py, not by hand. Source: DescribeInstanceTypes and
# DescribeInstanceTypeOfferings of 2026 as observed; they are carried as data by the public package moto 5.2.5.
#
# One entry is a family; what its sizes share stands first, and a size may override any of it. docs/fixtures.md
# explains the keys. A type is offered everywhere, but not_in_regions (or: only_in_regions) and not_in_zones.
# ap-east-2, ap-southeast-6, ap-southeast-7 and mx-central-1 were not observed: they offer what the newest observed
# Region, ap-southeast-5, offers; me-central-1 was observed in a disturbed state: it offers at least what me-south-1
# offers [guess].

instance_types:
"""
LIKE_NEWEST = ["ap-east-2", "ap-southeast-6", "ap-southeast-7", "mx-central-1"]
NEWEST = "ap-southeast-5"
USUAL_TCP_TIMEOUT = 432000
FEATURES = {
    "bare_metal": "BareMetal",
    "burstable": "BurstablePerformanceSupported",
    "current": "CurrentGeneration",
    "hibernation": "HibernationSupported",
    "auto_recovery": "AutoRecoverySupported",
    "dedicated_hosts": "DedicatedHostsSupported",
}
NETWORK_FEATURES = {
    "encryption_in_transit": "EncryptionInTransitSupported",
    "ipv6": "Ipv6Supported",
    "efa": "EfaSupported",
    "ena_srd": "EnaSrdSupported",
    "secondary_network": "SecondaryNetworkSupported",
}
SUPPORT = {
    "nitro_tpm": "NitroTpmSupport",
    "enclaves": "NitroEnclavesSupport",
    "phc": "PhcSupport",
    "reboot_migration": "RebootMigrationSupport",
}
ACCELERATORS = [
    ("gpu", "GpuInfo", "Gpus"),
    ("fpga", "FpgaInfo", "Fpgas"),
    ("inference", "InferenceAcceleratorInfo", "Accelerators"),
    ("media", "MediaAcceleratorInfo", "Accelerators"),
    ("neuron", "NeuronInfo", "NeuronDevices"),
]


class Source:
    """The observed answers."""

    def __init__(self, folder):
        self.folder = Path(folder) / "moto/ec2/resources"
        self.types = self.read("instance_types.json.gz")
        self.zones = collections.defaultdict(set)  # by type: Region, zone id
        self.all_zones = set()
        for file in sorted((self.folder / "instance_type_offerings/availability-zone-id").iterdir()):
            region = file.name.partition(".")[0]
            for offering in json.loads(gzip.decompress(file.read_bytes())):
                self.zones[offering["InstanceType"]].add((region, offering["Location"]))
                self.all_zones.add((region, offering["Location"]))

    def read(self, name):
        return json.loads(gzip.decompress((self.folder / name).read_bytes()))

    def offers(self, name):
        """Where a type is offered, and which zones there lack it."""
        zones = set(self.zones[name])
        regions = {region for region, _ in zones}
        if "me-south-1" in regions and "me-central-1" not in regions:
            regions.add("me-central-1")
            zones |= {zone for zone in self.all_zones if zone[0] == "me-central-1"}
        if NEWEST in regions:
            regions |= set(LIKE_NEWEST)
        every = {region for region, _ in self.all_zones} | set(LIKE_NEWEST)
        lacking = sorted(zone for region, zone in self.all_zones - zones if region in regions)
        offers = {}
        if len(regions) * 2 <= len(every):
            offers["only_in_regions"] = sorted(regions)
        elif regions != every:
            offers["not_in_regions"] = sorted(every - regions)
        if lacking:
            offers["not_in_zones"] = lacking
        return offers


def number(value):
    return int(value) if float(value).is_integer() else value


def network(info):
    cards = info["NetworkCards"]
    keys = {
        "network": info["NetworkPerformance"],
        "enis": info["MaximumNetworkInterfaces"],
        "addresses": info["Ipv4AddressesPerInterface"],
        "ena": info["EnaSupport"],
        "efa_interfaces": info.get("EfaInfo", {}).get("MaximumEfaInterfaces"),
        "bandwidth_weightings": info.get("BandwidthWeightings"),
        "flexible_queues": info["FlexibleEnaQueuesSupport"] == "supported" or None,
    }
    tracking = info["ConnectionTrackingConfiguration"]["DefaultTcpEstablishedTimeout"]
    keys["tcp_timeout"] = tracking if tracking != USUAL_TCP_TIMEOUT else None
    keys["secondary_addresses"] = info.get("Ipv4AddressesPerSecondaryInterface")
    if info["Ipv6AddressesPerInterface"] != (keys["addresses"] if info["Ipv6Supported"] else 0):
        keys["ipv6_addresses"] = info["Ipv6AddressesPerInterface"]
    groups = card_groups(cards)
    alike = len(groups) == 1 and groups[0]["count"] == 1
    if alike and (groups[0]["network"], groups[0]["enis"]) == (keys["network"], keys["enis"]):
        own = ("network", "enis", "count")
        keys |= {key: value for key, value in groups[0].items() if key not in own}
    else:
        keys["cards"] = groups
    return keys


def card_groups(cards):
    """Neighbours that are alike stand once, with their count."""
    groups = []
    for card in cards:
        kinds = card["InterfaceTypes"]
        keys = {
            "network": card["NetworkPerformance"],
            "enis": card["MaximumNetworkInterfaces"],
            "gbps": [number(card["BaselineBandwidthInGbps"]), number(card["PeakBandwidthInGbps"])],
            "queues": card.get("DefaultEnaQueueCountPerInterface"),
            "most_queues": card.get("MaximumEnaQueueCount"),
            "most_queues_of_one": card.get("MaximumEnaQueueCountPerInterface"),
            "kinds": kinds if kinds != ["interface"] else None,
            "more_enis": card.get("AdditionalFlexibleNetworkInterfaces"),
        }
        keys = {key: value for key, value in keys.items() if value is not None}
        if groups and {**groups[-1], "count": 0} == {**keys, "count": 0}:
            groups[-1]["count"] += 1
        else:
            groups.append({**keys, "count": 1})
    return groups


def ranges(numbers):
    """[2, 4, 6, 8, 12] as ["2-8/2", 12]."""
    found = []
    while numbers:
        step = numbers[1] - numbers[0] if len(numbers) > 1 else 0
        n = 1
        while n < len(numbers) and numbers[n] - numbers[n - 1] == step:
            n += 1
        if n < 3:
            found.append(numbers[0])
            numbers = numbers[1:]
        else:
            found.append(f"{numbers[0]}-{numbers[n - 1]}/{step}")
            numbers = numbers[n:]
    return found


def pair(info, name):
    return [info[f"Baseline{name}"], info[f"Maximum{name}"]] if info else None


def ebs(info):
    optimized = info.get("EbsOptimizedInfo")
    return {
        "ebs_optimized": info["EbsOptimizedSupport"],
        "ebs_nvme": info["NvmeSupport"],
        "ebs_attachments": info["MaximumEbsAttachments"],
        "ebs_limit": info["AttachmentLimitType"],
        "ebs_mbps": pair(optimized, "BandwidthInMbps"),
        "ebs_iops": pair(optimized, "Iops"),
        "ebs_cards": [
            {"mbps": pair(card, "BandwidthInMbps"), "iops": pair(card, "Iops")}
            for card in info.get("EbsCards", [])
        ]
        or None,
    }


def storage(info):
    if not info:
        return {}
    (disk,) = info["Disks"]
    return {
        "disks": disk["Count"],
        "disk_size": disk["SizeInGB"],
        "disk_type": disk["Type"],
        "storage_nvme": info["NvmeSupport"],
        "storage_encryption": info.get("EncryptionSupport"),
    }


def accelerators(of):
    found = []
    for kind, info, devices in ACCELERATORS:
        for device in of.get(info, {}).get(devices, []):
            core = device.get("CoreInfo", {})
            keys = {
                "kind": kind,
                "name": device["Name"],
                "manufacturer": device.get("Manufacturer"),
                "count": device["Count"],
                "memory": device.get("MemoryInfo", {}).get("SizeInMiB"),
                "partition": number(device["GpuPartitionSize"]) if kind == "gpu" else None,
                "logical": device.get("LogicalGpuCount"),
                "workloads": device.get("Workloads"),
                "cores": core.get("Count"),
                "core_version": core.get("Version"),
            }
            found.append({key: value for key, value in keys.items() if value is not None})
    return found or None


def features(of):
    found = [name for name, key in FEATURES.items() if of[key]]
    found += [name for name, key in NETWORK_FEATURES.items() if of["NetworkInfo"][key]]
    found += [name for name, key in SUPPORT.items() if of[key] == "supported"]
    return sorted(found)


def entry(of, offers):
    processor, cpu = of["ProcessorInfo"], of["VCpuInfo"]
    ghz = processor.get("SustainedClockSpeedInGhz")
    keys = {
        "name": of["InstanceType"],
        "processor": processor["Manufacturer"],
        "ghz": None if ghz is None else f"{ghz:g}",
        "processor_features": processor.get("SupportedFeatures"),
        "vcpus": cpu["DefaultVCpus"],
        "cores": cpu["DefaultCores"],
        "valid_cores": ranges(cpu.get("ValidCores", [])),
        "valid_threads": cpu.get("ValidThreadsPerCore"),
        "memory": of["MemoryInfo"]["SizeInMiB"],
        "architectures": processor["SupportedArchitectures"],
        "virtualization": of["SupportedVirtualizationTypes"],
        "root_devices": of["SupportedRootDeviceTypes"],
        "boot_modes": of["SupportedBootModes"],
        "hypervisor": of.get("Hypervisor", "none"),
        "features": features(of),
        **network(of["NetworkInfo"]),
        **ebs(of["EbsInfo"]),
        **storage(of.get("InstanceStorageInfo")),
        "accelerators": accelerators(of),
        "placement": of["PlacementGroupInfo"]["SupportedStrategies"],
        "usage": of["SupportedUsageClasses"],
        "free_tier": of["FreeTierEligible"] or None,
        **offers,
    }
    return {key: value for key, value in keys.items() if value is not None and value != []}


def is_sharable(values):
    """Not what some lack, unless it is a list: an empty one takes it back."""
    there = [value for value in values if value is not None]
    return len(there) == len(values) or all(isinstance(value, list) for value in there)


def shared_keys(sizes):
    """What all sizes or most of them have; one that differs says so."""
    shared = {}
    for key in dict.fromkeys(key for size in sizes for key in size):
        values = [size.get(key) for size in sizes]
        (value, count), *_ = collections.Counter(map(json.dumps, values)).most_common()
        if key != "name" and is_sharable(values) and value != "null" and count > len(sizes) // 3:
            shared[key] = json.loads(value)
    return shared


def own_keys(size, shared):
    lacking = {key: [] for key in shared if key not in size}
    return {key: value for key, value in size.items() if shared.get(key) != value} | lacking


def plain(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(plain(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(item)}" for key, item in value.items()) + "}"
    text = str(value)
    return f'"{text}"' if any(sign in text for sign in ":{}[],#") else text


def wrapped(text, indent, first):
    lines = textwrap.wrap(
        text,
        width=118,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) + "\n"


def family_text(family, sizes):
    shared = shared_keys(sizes)
    out = f"  - family: {family}\n"
    for key, value in shared.items():
        out += wrapped(f"{key}: {plain(value)}", "      ", "    ")
    out += "    sizes:\n"
    for size in sizes:
        out += wrapped(plain(own_keys(size, shared)), "         ", "      - ")
    return out


def main():
    source = Source(sys.argv[1])
    families = collections.defaultdict(list)
    for name, of in sorted(source.types.items(), key=lambda item: item[0]):
        families[name.partition(".")[0]].append(entry(of, source.offers(name)))
    texts = collections.defaultdict(str)
    for family, sizes in sorted(families.items()):
        sizes.sort(key=lambda size: (size["vcpus"], size["memory"], size["name"]))
        texts[family[0]] += family_text(family, sizes)
    for letter, text in texts.items():
        file = ROOT / "fixtures" / f"instance-types-{letter}.yaml"
        file.write_text(HEAD.format(letter=letter) + text)


if __name__ == "__main__":
    main()
