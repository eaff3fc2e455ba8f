// One image from the launch of its builder to the end of its last snapshot, as a pipeline written
// with the AWS SDK for JavaScript would do it. Each step looks at what it left behind.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as ebs from "@aws-sdk/client-ebs";
import * as ec2 from "@aws-sdk/client-ec2";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { Amisim } from "./amisim.js";
import * as steps from "./steps.js";
import { call, collect, snapshotsOf } from "./steps.js";

const HOME = "us-east-1";
const FRIEND = "210987654321";
const STAGE = { Key: "Stage", Value: "golden" };

// The clients know nothing but what is in the environment: AWS_ENDPOINT_URL and credentials.
const home = new ec2.EC2Client({ region: HOME });
const away = ["eu-west-1", "ap-southeast-2"].map((region) => new ec2.EC2Client({ region }));
const blocks = new ebs.EBSClient({ region: HOME });
const amisim = new Amisim(process.env.AWS_ENDPOINT_URL);

/** What the configuration of a builder comes to here: files, and the guest's own `sync`. */
const write = ({ InstanceId }, path, text) =>
    amisim.control("PUT", `guests/${InstanceId}/files/${path}`, Buffer.from(text));
const sync = ({ InstanceId }) => amisim.control("POST", `guests/${InstanceId}/sync`);

async function addVolume(builder, Device) {
    const { VolumeId } = await call(home, "CreateVolume", {
        AvailabilityZone: builder.Placement.AvailabilityZone,
        Size: 2,
        VolumeType: "gp3",
    });
    await ec2.waitUntilVolumeAvailable(steps.waiting(home), { VolumeIds: [VolumeId] });
    await call(home, "AttachVolume", { InstanceId: builder.InstanceId, VolumeId, Device });
    await ec2.waitUntilVolumeInUse(steps.waiting(home), { VolumeIds: [VolumeId] });
}

async function createImage({ InstanceId }, Name, NoReboot) {
    const { ImageId } = await call(home, "CreateImage", { InstanceId, Name, NoReboot });
    return steps.available(home, ImageId);
}

const lost = async ({ ImageId }) =>
    (await amisim.control("GET", `images/${ImageId}/consistency`)).lostFiles;

/** Whether the text is in the blocks that the second snapshot has and the first one has not. */
async function changedBlocksHave(text, FirstSnapshotId, SecondSnapshotId) {
    const changed = await collect(
        ebs.paginateListChangedBlocks(
            { client: blocks, pageSize: 100 },
            { FirstSnapshotId, SecondSnapshotId },
        ),
        "ChangedBlocks",
    );
    for (const { BlockIndex, SecondBlockToken } of changed.filter((b) => b.SecondBlockToken)) {
        const block = await blocks.send(
            new ebs.GetSnapshotBlockCommand({
                SnapshotId: SecondSnapshotId,
                BlockIndex,
                BlockToken: SecondBlockToken,
            }),
        );
        const bytes = await block.BlockData.transformToByteArray();
        assert.equal(createHash("sha256").update(bytes).digest("base64"), block.Checksum);
        if (Buffer.from(bytes).includes(text)) return true;
    }
    return false;
}

async function copyImage(source, client) {
    const region = await client.config.region();
    const { KeyMetadata } = await new KMSClient({ region }).send(new CreateKeyCommand({}));
    const { ImageId } = await call(client, "CopyImage", {
        SourceImageId: source.ImageId,
        SourceRegion: HOME,
        Name: source.Name,
        Encrypted: true,
        KmsKeyId: KeyMetadata.Arn,
        CopyImageTags: true,
    });
    const copied = await steps.available(client, ImageId);
    assert.deepEqual([copied.SourceImageId, copied.SourceImageRegion], [source.ImageId, HOME]);
    assert.deepEqual(copied.Tags, [STAGE]);
    const snapshots = await collect(
        ec2.paginateDescribeSnapshots({ client, pageSize: 5 }, { OwnerIds: ["self"] }),
        "Snapshots",
    );
    assert.deepEqual(snapshots.map((s) => s.SnapshotId).sort(), snapshotsOf(copied).sort());
    assert.ok(snapshots.every((s) => s.Encrypted && s.KmsKeyId === KeyMetadata.Arn));
    return copied;
}

async function deregister(image, client = home) {
    const { DeleteSnapshotResults } = await call(client, "DeregisterImage", {
        ImageId: image.ImageId,
        DeleteAssociatedSnapshots: true,
    });
    assert.deepEqual(
        DeleteSnapshotResults.map((r) => [r.SnapshotId, r.ReturnCode]),
        snapshotsOf(image).map((id) => [id, "success"]),
    );
    await assert.rejects(call(client, "DescribeSnapshots", { SnapshotIds: snapshotsOf(image) }), {
        name: "InvalidSnapshot.NotFound",
    });
}

test("an image is built, shared, copied, launched and taken away", async (t) => {
    let builder, running, golden, registered;
    const copies = [];

    await t.test("launch and configure", async () => {
        builder = await steps.launch(home, await steps.newestAmazonLinux(home));
        await addVolume(builder, "/dev/sdf");
        await write(builder, "etc/motd", "built by a pipeline");
        await write(builder, "mnt/sdf/data.bin", "data");
        await sync(builder);
        await write(builder, "srv/late.txt", "written last");
    });

    await t.test("create an image without a reboot, and one with", async () => {
        running = await createImage(builder, "js-running", true);
        assert.equal(await lost(running), 1);
        golden = await createImage(builder, "js-golden", false);
        assert.equal(await lost(golden), 0);
        assert.deepEqual(
            golden.BlockDeviceMappings.map((m) => m.DeviceName),
            ["/dev/xvda", "/dev/sdf"],
        );
        const [early] = snapshotsOf(running);
        const [root] = snapshotsOf(golden);
        assert.ok(await changedBlocksHave("written last", early, root));
        assert.ok(!(await changedBlocksHave("written last", root, early)));
    });

    await t.test("tag", async () => {
        const Resources = [golden.ImageId, ...snapshotsOf(golden)];
        await call(home, "CreateTags", { Resources, Tags: [STAGE] });
        const tags = await collect(
            ec2.paginateDescribeTags(
                { client: home, pageSize: 5 },
                { Filters: [{ Name: "tag:Stage", Values: ["golden"] }] },
            ),
            "Tags",
        );
        assert.deepEqual(tags.map((tag) => tag.ResourceId).sort(), Resources.sort());
    });

    await t.test("share", async () => {
        const { ImageId } = golden;
        const Add = [{ UserId: FRIEND }];
        await call(home, "ModifyImageAttribute", { ImageId, LaunchPermission: { Add } });
        const CreateVolumePermission = { Add };
        for (const SnapshotId of snapshotsOf(golden))
            await call(home, "ModifySnapshotAttribute", { SnapshotId, CreateVolumePermission });
        const { LaunchPermissions } = await call(home, "DescribeImageAttribute", {
            ImageId,
            Attribute: "launchPermission",
        });
        assert.deepEqual(LaunchPermissions, Add);

        const friend = new ec2.EC2Client(amisim.config(FRIEND));
        const { Images } = await friend.send(
            new ec2.DescribeImagesCommand({ ExecutableUsers: ["self"] }),
        );
        assert.deepEqual(Images.map((image) => image.ImageId), [ImageId]);
        const { Snapshots } = await friend.send(
            new ec2.DescribeSnapshotsCommand({ RestorableByUserIds: ["self"] }),
        );
        assert.deepEqual(Snapshots.map((s) => s.SnapshotId).sort(), snapshotsOf(golden).sort());
    });

    await t.test("copy to two Regions, each with a key of its own", async () => {
        for (const client of away) copies.push(await copyImage(golden, client));
    });

    await t.test("register from a snapshot", async () => {
        const [root] = snapshotsOf(golden);
        const { ImageId } = await call(home, "RegisterImage", {
            Name: "js-registered",
            Architecture: "x86_64",
            VirtualizationType: "hvm",
            EnaSupport: true,
            RootDeviceName: "/dev/xvda",
            BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId: root } }],
        });
        registered = await steps.available(home, ImageId);
        assert.deepEqual(snapshotsOf(registered), [root]);
    });

    await t.test("launch the copy", async () => {
        const [client] = away;
        const launched = await steps.launch(client, copies[0].ImageId);
        assert.equal(launched.ImageId, copies[0].ImageId);
        const volumes = await collect(
            ec2.paginateDescribeVolumes(
                { client, pageSize: 5 },
                { Filters: [{ Name: "attachment.instance-id", Values: [launched.InstanceId] }] },
            ),
            "Volumes",
        );
        assert.equal(volumes.length, 2);
        assert.ok(volumes.every((volume) => volume.Encrypted));
        await steps.terminate(client, launched);
    });

    await t.test("deprecate", async () => {
        const { ImageId } = golden;
        const DeprecateAt = new Date((await amisim.clock.now()).getTime() + 30 * 24 * 3600 * 1000);
        DeprecateAt.setUTCSeconds(0, 0);
        await call(home, "EnableImageDeprecation", { ImageId, DeprecateAt });
        const { DeprecationTime } = await steps.available(home, ImageId);
        assert.equal(new Date(DeprecationTime).getTime(), DeprecateAt.getTime());
    });

    await t.test("deregister, snapshots and all", async () => {
        // A snapshot that another image is made of stays until that one is gone.
        await call(home, "DeregisterImage", { ImageId: registered.ImageId });
        await deregister(golden);
        await deregister(running);
        for (const [i, copy] of copies.entries()) await deregister(copy, away[i]);
        const { Images } = await call(home, "DescribeImages", { Owners: ["self"] });
        assert.deepEqual(Images, []);
        await steps.terminate(home, builder);
    });
});

test("a disk is uploaded block by block, registered and launched", async () => {
    const size = 512 * 1024;
    const digest = (bytes) => createHash("sha256").update(bytes).digest("base64");
    const { SnapshotId, BlockSize } = await blocks.send(
        new ebs.StartSnapshotCommand({ VolumeSize: 1, Tags: [STAGE] }),
    );
    assert.equal(BlockSize, size);
    for (const BlockIndex of [0, 7]) {
        const BlockData = Buffer.alloc(size, `block ${BlockIndex}`);
        await blocks.send(
            new ebs.PutSnapshotBlockCommand({
                SnapshotId,
                BlockIndex,
                BlockData,
                DataLength: size,
                Checksum: digest(BlockData),
                ChecksumAlgorithm: "SHA256",
            }),
        );
    }
    await blocks.send(new ebs.CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 2 }));
    await ec2.waitUntilSnapshotCompleted(steps.waiting(home), { SnapshotIds: [SnapshotId] });

    const listed = await collect(
        ebs.paginateListSnapshotBlocks({ client: blocks }, { SnapshotId }),
        "Blocks",
    );
    assert.deepEqual(listed.map((block) => block.BlockIndex), [0, 7]);

    const { ImageId } = await call(home, "RegisterImage", {
        Name: "js-uploaded",
        Architecture: "x86_64",
        VirtualizationType: "hvm",
        EnaSupport: true,
        RootDeviceName: "/dev/sda1",
        BlockDeviceMappings: [{ DeviceName: "/dev/sda1", Ebs: { SnapshotId } }],
    });
    const image = await steps.available(home, ImageId);
    await steps.terminate(home, await steps.launch(home, ImageId));
    await deregister(image);
});
