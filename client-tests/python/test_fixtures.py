"""What the world starts with: Regions and zones; and --fixtures on top of it."""

from simulator import refused


def test_regions_in_the_order_of_aws(client):
    regions = client("ec2").describe_regions()["Regions"]
    assert len(regions) == 34
    assert [region["RegionName"] for region in regions[:3]] == ["ap-south-2", "ap-south-1", "eu-south-1"]
    assert regions[0]["OptInStatus"] == "opted-in"
    assert regions[0]["Geography"] == [{"Name": "India"}]


def test_local_zones_lie_elsewhere(client):
    """A local zone is shown only on request, with the geography of its own place."""
    ec2 = client("ec2")
    assert len(ec2.describe_availability_zones()["AvailabilityZones"]) == 6
    zones = ec2.describe_availability_zones(AllAvailabilityZones=True)["AvailabilityZones"]
    lima = next(zone for zone in zones if zone["ZoneName"] == "us-east-1-lim-1a")
    assert lima["Geography"] == [{"Name": "Peru"}]
    assert lima["SubGeography"] == []
    assert lima["ParentZoneId"] == "use1-az2"
    assert lima["OptInStatus"] == "not-opted-in"


def test_region_that_is_not_enabled(start_amisim, tmp_path):
    """--fixtures replaces a Region by one that the account has not enabled: it refuses every call."""
    (tmp_path / "mine.yaml").write_text(
        """
regions:
  - {name: ap-east-2, code: ape2, long_name: Asia Pacific (Taipei), opt_in: not-opted-in,
     geography: Taiwan, zones: {a: 1}}
"""
    )
    simulator = start_amisim("--fixtures", tmp_path)
    ec2 = simulator.client("ec2", "111122223333", "eu-west-1")
    for everything in (False, True):
        answer = ec2.describe_regions(AllRegions=everything)
        assert ("ap-east-2" in {region["RegionName"] for region in answer["Regions"]}) is everything
    with refused("AuthFailure", "AWS was not able to validate the provided access credentials"):
        simulator.client("ec2", "111122223333", "ap-east-2").describe_regions()
