"""Auto Scaling: there are no groups and no launch configurations, and who asks for the images in use gets that
as an answer."""

from simulator import refused


def test_there_are_no_groups(client):
    autoscaling = client("autoscaling")
    assert autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []
    asked = autoscaling.describe_auto_scaling_groups(
        AutoScalingGroupNames=["web", "build"],
        IncludeInstances=True,
        MaxRecords=100,
        Filters=[{"Name": "tag:stage", "Values": ["prod"]}],
    )
    assert asked["AutoScalingGroups"] == []
    with refused("InvalidNextToken"):
        autoscaling.describe_auto_scaling_groups(NextToken="more")


def test_there_are_no_launch_configurations(client):
    autoscaling = client("autoscaling")
    asked = autoscaling.describe_launch_configurations(LaunchConfigurationNames=["web"], MaxRecords=10)
    assert asked["LaunchConfigurations"] == []
    with refused("InvalidNextToken"):
        autoscaling.describe_launch_configurations(NextToken="more")


def test_none_can_be_made(client):
    text = "The operation CreateAutoScalingGroup is not simulated"
    with refused("UnsupportedOperation", text):
        client("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="web", MinSize=1, MaxSize=1
        )
