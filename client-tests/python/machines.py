"""Steps that many tests about instances take."""

import functools

AL2023 = "al2023-ami-2023*-x86_64"


def image_id(ec2, name=AL2023, **filters):
    """The newest public image of that name."""
    wanted = [{"Name": "name", "Values": [name]}]
    wanted += [{"Name": key, "Values": [value]} for key, value in filters.items()]
    images = ec2.describe_images(Filters=wanted)["Images"]
    assert images, name
    return max(images, key=lambda image: image["CreationDate"])["ImageId"]


def launch(ec2, count=1, **changes):
    """RunInstances of a small machine; its answer. ImageId=None leaves the image out."""
    request = {"InstanceType": "t3.micro", "MinCount": count, "MaxCount": count, **changes}
    request.setdefault("ImageId", image_id(ec2) if "ImageId" not in changes else None)
    return ec2.run_instances(**{key: value for key, value in request.items() if value is not None})


def launched(ec2, **changes):
    """The id of one instance."""
    return launch(ec2, **changes)["Instances"][0]["InstanceId"]


def described(ec2, instance):
    (reservation,) = ec2.describe_instances(InstanceIds=[instance])["Reservations"]
    (found,) = reservation["Instances"]
    return found


def volumes_of(ec2, instance):
    """The volumes of an instance by device."""
    filters = [{"Name": "attachment.instance-id", "Values": [instance]}]
    volumes = ec2.describe_volumes(Filters=filters)["Volumes"]
    return {volume["Attachments"][0]["Device"]: volume for volume in volumes}


def state_of(ec2, instance):
    return described(ec2, instance)["State"]["Name"]


def filtered(ec2, name, *values):
    """Ids of the instances that one filter finds."""
    filters = [{"Name": name, "Values": list(values)}]
    reservations = ec2.describe_instances(Filters=filters)["Reservations"]
    return {found["InstanceId"] for one in reservations for found in one["Instances"]}


unknown = functools.partial("i-0ffffffffffffff{:02x}".format)
