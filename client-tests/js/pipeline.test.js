// One image from the launch of its builder to the end of its last snapshot, as a pipeline written
// with the AWS SDK for JavaScript would do it. Each step looks at what it left behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as ec2 from "@aws-sdk/client-ec2";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";

const HOME = "us-east-1";
const COPIES = ["eu-west-1", "ap-southeast-2"];
const FRIEND = "210987654321";
const waiting = (client) => ({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 });

const clients = new Map();
function client(region) {
    if (!clients.has(region)) clients.set(region, new ec2.EC2Client({ region }));
    return clients.get(region);
}

const send = (name, input, region = HOME) =>
    client(region).send(new ec2[`${name}Command`](input));

async function image(id, region = HOME) {
    const { Images } = await send("DescribeImages", { ImageIds: [id] }, region);
    assert.equal(Images.length, 1);
    return Images[0];
}

const snapshotsOf = (described) =>
    described.BlockDeviceMappings.map((mapping) => mapping.Ebs.SnapshotId);

async function refused(code, promise) {
    await assert.rejects(promise, (error) => {
        assert.equal(error.name, code);
        return true;
    });
}

async function newestAmazonLinux() {
    const found = [];
    const pages = ec2.paginateDescribeImages(
        { client: client(HOME), pageSize: 5 },
        {
            Owners: ["amazon"],
            Filters: [{ Name: "name", Values: ["al2023-ami-2023.*-x86_64"] }],
        },
    );
    for await (const page of pages) found.push(...page.Images);
    assert.ok(found.length > 0);
    return found.sort((a, b) => a.CreationDate.localeCompare(b.CreationDate)).at(-1).ImageId;
}

async function launch(imageId, region = HOME) {
    const { Instances } = await send(
        "RunInstances",
        { ImageId: imageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 },
        region,
    );
    const InstanceIds = [Instances[0].InstanceId];
    await ec2.waitUntilInstanceRunning(waiting(client(region)), { InstanceIds });
    return InstanceIds[0];
}

async function createImage(InstanceId, Name, NoReboot) {
    const { ImageId } = await send("CreateImage", { InstanceId, Name, NoReboot });
    await ec2.waitUntilImageAvailable(waiting(client(HOME)), { ImageIds: [ImageId] });
    return ImageId;
}

async function copyImage(SourceImageId, region) {
    const kms = new KMSClient({ region });
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const { ImageId } = await send(
        "CopyImage",
        {
            SourceImageId,
            SourceRegion: HOME,
            Name: "golden-js",
            Encrypted: true,
            KmsKeyId: KeyMetadata.Arn,
            CopyImageTags: true,
        },
        region,
    );
    await ec2.waitUntilImageAvailable(waiting(client(region)), { ImageIds: [ImageId] });

    const copied = await image(ImageId, region);
    assert.equal(copied.SourceImageId, SourceImageId);
    assert.equal(copied.SourceImageRegion, HOME);
    assert.deepEqual(copied.Tags, [{ Key: "Stage", Value: "golden" }]);
    const { Snapshots } = await send(
        "DescribeSnapshots",
        { SnapshotIds: snapshotsOf(copied) },
        region,
    );
    assert.ok(Snapshots.every((s) => s.Encrypted && s.KmsKeyId === KeyMetadata.Arn));
    return ImageId;
}

async function deregister(ImageId, region = HOME) {
    const snapshots = snapshotsOf(await image(ImageId, region));
    const answer = await send(
        "DeregisterImage",
        { ImageId, DeleteAssociatedSnapshots: true },
        region,
    );
    assert.deepEqual(
        answer.DeleteSnapshotResults.map((r) => [r.SnapshotId, r.ReturnCode]),
        snapshots.map((id) => [id, "success"]),
    );
    await refused(
        "InvalidSnapshot.NotFound",
        send("DescribeSnapshots", { SnapshotIds: snapshots }, region),
    );
}

test("an image is built, shared, copied, launched and taken away", async () => {
    const builder = await launch(await newestAmazonLinux());

    // A second volume is what this builder's configuration comes to.
    const { Reservations } = await send("DescribeInstances", { InstanceIds: [builder] });
    const { VolumeId } = await send("CreateVolume", {
        AvailabilityZone: Reservations[0].Instances[0].Placement.AvailabilityZone,
        Size: 2,
        VolumeType: "gp3",
    });
    await ec2.waitUntilVolumeAvailable(waiting(client(HOME)), { VolumeIds: [VolumeId] });
    await send("AttachVolume", { InstanceId: builder, VolumeId, Device: "/dev/sdf" });
    await ec2.waitUntilVolumeInUse(waiting(client(HOME)), { VolumeIds: [VolumeId] });

    const rebooted = await createImage(builder, "js-rebooted", false);
    const running = await createImage(builder, "js-running", true);
    const golden = await image(rebooted);
    assert.equal(golden.BlockDeviceMappings.length, 2);
    assert.equal(golden.State, "available");

    await send("CreateTags", {
        Resources: [rebooted, ...snapshotsOf(golden)],
        Tags: [{ Key: "Stage", Value: "golden" }],
    });
    await send("ModifyImageAttribute", {
        ImageId: rebooted,
        LaunchPermission: { Add: [{ UserId: FRIEND }] },
    });
    const { LaunchPermissions } = await send("DescribeImageAttribute", {
        ImageId: rebooted,
        Attribute: "launchPermission",
    });
    assert.deepEqual(LaunchPermissions, [{ UserId: FRIEND }]);

    const copies = [];
    for (const region of COPIES) copies.push([await copyImage(rebooted, region), region]);

    const [root] = snapshotsOf(golden);
    const { ImageId: registered } = await send("RegisterImage", {
        Name: "js-registered",
        Architecture: "x86_64",
        VirtualizationType: "hvm",
        RootDeviceName: "/dev/xvda",
        BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId: root } }],
    });
    assert.deepEqual(snapshotsOf(await image(registered)), [root]);

    const [copy, region] = copies[0];
    const launched = await launch(copy, region);
    await send("TerminateInstances", { InstanceIds: [launched] }, region);
    await ec2.waitUntilInstanceTerminated(waiting(client(region)), { InstanceIds: [launched] });

    const until = new Date(Date.now() + 30 * 24 * 3600 * 1000);
    until.setUTCSeconds(0, 0);
    await send("EnableImageDeprecation", { ImageId: rebooted, DeprecateAt: until });
    assert.equal(new Date((await image(rebooted)).DeprecationTime).getTime(), until.getTime());

    // A snapshot that another image is made of stays until that one is gone.
    await send("DeregisterImage", { ImageId: registered });
    await deregister(rebooted);
    await deregister(running);
    for (const [id, where] of copies) await deregister(id, where);
    const { Images } = await send("DescribeImages", { ImageIds: [rebooted] });
    assert.deepEqual(Images, []);
    await send("TerminateInstances", { InstanceIds: [builder] });
    await ec2.waitUntilInstanceTerminated(waiting(client(HOME)), { InstanceIds: [builder] });
});
