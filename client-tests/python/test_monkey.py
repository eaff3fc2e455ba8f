"""A monkey at the keys: calls of every operation with parameters picked at random from a fixed seed, many of
them identifiers that earlier answers named. It finds what no one thought of: a crash, a leak, an answer of 500."""

import random
import re

import pytest
from test_every_parameter import EC2, TABLE, leaves

IDENTIFIER = re.compile(r"\b(?:ami|snap|vol|i|aki|sg|subnet|vpc|eni|lt|key|r|replacevol|import-ami|import-snap|export-ami)-0?[0-9a-f]{8,17}\b")
WORDS = ["", "x", "self", "all", "amazon", "true", "0", "-1", "5", "1000000", "us-east-1", "eu-west-1", "us-east-1a", "gp3", "io2", "/dev/sdf", "/dev/xvda", "standard", "archive", "2027-01-01T00:00:00Z", "123456789012", "*", "aws:x", "ü", "arn:aws:kms:us-east-1:123456789012:key/1", "alias/aws/ebs", "{}", "t3.micro", "m1.small", "bucket", "available", "running"]
# Each makes something that the others can name.
MAKERS = [
    {"Action": "CreateVolume", "AvailabilityZone": "us-east-1a", "Size": "1"},
    {"Action": "RunInstances", "MinCount": "1", "MaxCount": "1", "InstanceType": "t3.micro"},
    {"Action": "CreateSnapshot"},
    {"Action": "CreateImage"},
    {"Action": "CopyImage", "SourceRegion": "us-east-1"},
    {"Action": "CopySnapshot", "SourceRegion": "us-east-1"},
    {"Action": "AttachVolume", "Device": "/dev/sdg"},
    {"Action": "StopInstances"},
    {"Action": "StartInstances"},
    {"Action": "DeregisterImage"},
    {"Action": "DescribeImages", "Owner.1": "amazon"},
    {"Action": "DescribeSubnets"},
]
PREFIXES = {"image": "ami-", "snapshot": "snap-", "volume": "vol-", "instance": "i-", "group": "sg-", "subnet": "subnet-", "vpc": "vpc-"}


class Monkey:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.known = {}
        self.names = {name: list(leaves(EC2.operation_model(name).input_shape, "")) for name in TABLE if EC2.operation_model(name).input_shape}

    def learn(self, body):
        for found in IDENTIFIER.findall(body):
            pool = self.known.setdefault(found.split("-0")[0].rsplit("-", 1)[0], [])
            if found not in pool:
                pool.append(found)
                del pool[:-40]

    def identifier(self, path):
        """One of the kind that the parameter's name asks for, mostly."""
        wanted = next((prefix[:-1] for word, prefix in PREFIXES.items() if f"{word}id" in path.lower()), None)
        pool = self.known.get(wanted) or [i for pool in self.known.values() for i in pool]
        return self.random.choice(pool) if pool else "ami-12345678"

    def value(self, path, sample):
        dice = self.random.random()
        if re.search(r"(?:Id|Ids)(?:\.\d+)?$", path) and dice < 0.85:
            return self.identifier(path)
        if dice < 0.5:
            return sample
        return self.random.choice(WORDS) if dice < 0.9 else self.identifier(path)

    def call(self):
        if self.random.random() < 0.3:
            made = dict(self.random.choice(MAKERS))
            action = made["Action"]
            wanted = [p for p in TABLE[action]["parameters"] if p.get("required") and p["name"] not in made]
            for parameter in wanted:
                name = parameter["name"] + (".1" if parameter["type"] in ("list", "strings") else "")
                made[name] = self.value(name, f"name{self.random.randrange(10**6)}")
            if action == "RunInstances":
                made["ImageId"] = self.identifier("imageid")
            return made
        action = self.random.choice(sorted(self.names))
        chosen = self.random.sample(self.names[action], min(len(self.names[action]), self.random.randrange(6)))
        required = {p["name"] for p in TABLE[action]["parameters"] if p.get("required")}
        chosen += [leaf for leaf in self.names[action] if leaf[0].split(".")[0] in required]
        return {"Action": action} | {path: self.value(path, sample) for path, sample in chosen if path != "DryRun" or self.random.random() < 0.1}


@pytest.mark.parametrize("seed", range(4))
def test_nothing_breaks(start_amisim, account, seed):
    simulator = start_amisim("--seed", seed, "--pace", "instant", "--log", "off")
    monkey = Monkey(seed)
    for turn in range(1500):
        call = monkey.call()
        reply = simulator.query(account, **call)
        assert reply.status < 500 or call["Action"] in ("CopySnapshot", "EnableVolumeIO"), (call, reply.body)
        monkey.learn(reply.body)
        if turn % 100 == 99:
            simulator.control.clock(advance=f"{monkey.random.randrange(1, 100)}h")
