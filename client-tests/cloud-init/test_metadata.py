"""The metadata service of an instance, read by cloud-init's own EC2 data source as it reads Amazon's at each boot."""

import pytest
from cloudinit.helpers import Paths
from cloudinit.sources import DataSourceEc2

USER_DATA = "#!/bin/sh\necho hi\n"


@pytest.fixture
def source(simulator, tmp_path, monkeypatch):
    """source(INSTANCE): the data source in that machine, once it has looked for its service."""
    monkeypatch.setattr(DataSourceEc2, "identify_platform", lambda: DataSourceEc2.CloudNames.AWS)

    def of(instance):
        url = f"{simulator.url}/_amisim/guests/{instance}/imds"
        settings = {"datasource": {"Ec2": {"metadata_urls": [url], "max_wait": 60, "timeout": 60}}}
        paths = Paths({"cloud_dir": str(tmp_path), "run_dir": str(tmp_path)})
        return DataSourceEc2.DataSourceEc2(settings, None, paths)

    return of


def test_data_source(ec2, launch, source):
    """Each thing that it finds is what the API says of the instance."""
    ec2.create_key_pair(KeyName="reader")
    name = launch(
        KeyName="reader",
        UserData=USER_DATA,
        MetadataOptions={"HttpTokens": "required", "InstanceMetadataTags": "enabled"},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Stage", "Value": "test"}]}],
    )
    [instance] = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"]
    found = source(name)
    assert found.get_data()
    assert found.get_metadata_api_version() == "2021-03-23"
    assert found.get_instance_id() == name
    assert (found.region, found.availability_zone) == ("us-east-1", instance["Placement"]["AvailabilityZone"])
    assert found.get_userdata_raw() == USER_DATA.encode()
    assert not found.is_classic_instance()
    assert found.launch_index == "0"
    assert found.identity["imageId"] == instance["ImageId"]
    assert found.get_hostname().hostname == instance["PrivateDnsName"].split(".")[0]
    [key] = found.get_public_ssh_keys()
    assert key.startswith("ssh-rsa ") and key.endswith(" reader")
    [interface] = instance["NetworkInterfaces"]
    [(mac, facts)] = found.metadata["network"]["interfaces"]["macs"].items()
    assert mac == interface["MacAddress"]
    assert (facts["interface-id"], facts["vpc-id"]) == (interface["NetworkInterfaceId"], instance["VpcId"])
    assert facts["local-ipv4s"] == instance["PrivateIpAddress"]
    assert found.metadata["tags"]["instance"] == {"Stage": "test"}
    assert found.metadata["instance-type"] == "t3.micro"
    assert DataSourceEc2.convert_ec2_metadata_network_config(
        found.metadata["network"], {mac: "eth0"}, fallback_nic="eth0"
    )["ethernets"]["eth0"]["match"] == {"macaddress": mac}


def test_data_source_without_service(launch, source):
    """A machine whose service is off finds none, and says so instead of waiting."""
    assert not source(launch(MetadataOptions={"HttpEndpoint": "disabled"})).get_data()
