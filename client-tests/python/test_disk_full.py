"""A disk that takes no more: the call is refused with AWS's InternalError, what was answered is kept, and the
simulator goes on."""

import resource

import pytest
from botocore.exceptions import ClientError


def test_what_was_acknowledged_is_kept(start_amisim, account, tmp_path):
    database = tmp_path / "world.db"
    simulator = start_amisim("--db", database, "--pace", "instant")
    ec2 = simulator.client("ec2", account)
    made = [ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]]
    limit = max(path.stat().st_size for path in tmp_path.iterdir()) + 200_000
    resource.prlimit(simulator.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    with pytest.raises(ClientError) as refused:
        for _ in range(2000):
            made.append(ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"])
    assert refused.value.response["Error"]["Code"] == "InternalError"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert len(made) > 2
    resource.prlimit(simulator.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    made.append(ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"])
    simulator.kill()
    again = start_amisim("--db", database, "--pace", "instant").client("ec2", account)
    found = {volume["VolumeId"] for volume in again.describe_volumes()["Volumes"]}
    assert found == set(made)
