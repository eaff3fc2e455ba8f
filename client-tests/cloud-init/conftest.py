"""One simulator for the whole suite, and an account in it."""

import boto3
import pytest
from amisim import Simulator


@pytest.fixture(scope="session")
def simulator():
    simulator = Simulator("--seed", "1", "--pace", "instant")
    yield simulator
    simulator.stop()


@pytest.fixture(scope="session")
def ec2(simulator):
    return boto3.client(
        "ec2",
        endpoint_url=simulator.url,
        region_name="us-east-1",
        aws_access_key_id="123456789012",
        aws_secret_access_key="secret",
    )


@pytest.fixture(scope="session")
def launch(ec2):
    """launch(**parameters) runs a Debian machine and gives its id."""
    [image, *_] = ec2.describe_images(Owners=["amazon"], Filters=[{"Name": "name", "Values": ["debian-12-amd64-2*"]}])[
        "Images"
    ]

    def run(**parameters):
        answer = ec2.run_instances(
            ImageId=image["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1, **parameters
        )
        return answer["Instances"][0]["InstanceId"]

    return run
