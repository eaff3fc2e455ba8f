"""Worlds that take thousands of things: made as a document, for to make them by calls takes minutes."""

from conftest import REGION


def thousands(world, count, regions=(REGION,)):
    """`count` images of the account, evenly over the Regions."""
    ec2 = world.client()
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    world.control.clock(advance="10m")
    device = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}}]
    image = ec2.register_image(Name="row-0000", RootDeviceName="/dev/xvda", BlockDeviceMappings=device)["ImageId"]
    document = world.control.get("state")
    for name, key in (("image", "id"), ("image_mappings", "parent")):
        table = document["tables"][name]
        columns = table["columns"]
        row = next(row for row in table["rows"] if row[columns.index(key)] == image)
        last = max(row[columns.index("rowid")] for row in table["rows"]) if "rowid" in columns else 0
        for number in range(1, count):
            more = {key: f"ami-{number:017x}", "name": f"row-{number:04}", "rowid": last + number}
            more["region"] = regions[number % len(regions)]
            copy = [more.get(column, value) for column, value in zip(columns, row, strict=True)]
            table["rows"].append(copy)
    world.control.put("state", document)
