"""GetInstanceUefiData: of machines that boot by UEFI."""

from image_steps import register
from machines import launched
from simulator import refusal


def test_the_data_of_the_image(ec2):
    data = "QU1aTlVFRkk="
    image = register(ec2, BootMode="uefi", EnaSupport=True, UefiData=data)
    instance = launched(ec2, ImageId=image)
    found = ec2.get_instance_uefi_data(InstanceId=instance)
    assert (found["InstanceId"], found["UefiData"]) == (instance, data)


def test_without_any(ec2):
    instance = launched(ec2, ImageId=register(ec2, BootMode="uefi", EnaSupport=True))
    assert ec2.get_instance_uefi_data(InstanceId=instance)["UefiData"] == ""


def test_who_has_none(ec2, client, another_account):
    instance = launched(ec2, ImageId=register(ec2, BootMode="legacy-bios", EnaSupport=True))
    assert refusal(ec2.get_instance_uefi_data, InstanceId=instance)[0] == "InvalidParameterValue"
    stranger = client("ec2", account=another_account)
    said = refusal(stranger.get_instance_uefi_data, InstanceId=instance)
    assert said[0] == "InvalidInstanceID.NotFound"
