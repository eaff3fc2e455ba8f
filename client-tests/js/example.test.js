// How a test of your own can look: amisim.js beside this file is all it needs.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as ec2 from "@aws-sdk/client-ec2";
import { Amisim } from "./amisim.js";

let amisim;
before(async () => (amisim = await Amisim.start("--clock", "2026-01-31T09:00:00Z")));
after(() => amisim.stop());

/** Each test is alone in an account of its own. */
function fresh() {
    const account = amisim.account();
    return { account, client: new ec2.EC2Client(amisim.config(account)) };
}

async function register(client, Name) {
    const { VolumeId } = await client.send(
        new ec2.CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }),
    );
    const { SnapshotId } = await client.send(new ec2.CreateSnapshotCommand({ VolumeId }));
    const { ImageId } = await client.send(
        new ec2.RegisterImageCommand({
            Name,
            RootDeviceName: "/dev/xvda",
            BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId } }],
        }),
    );
    return ImageId;
}

async function imagesOf(client) {
    const { Images } = await client.send(new ec2.DescribeImagesCommand({ Owners: ["self"] }));
    return Images;
}

test("an image is there as soon as a waiter asks", async () => {
    const { client } = fresh();
    const ImageId = await register(client, "golden");
    await ec2.waitUntilImageAvailable({ client, maxWaitTime: 60 }, { ImageIds: [ImageId] });
    assert.equal((await imagesOf(client))[0].Name, "golden");
});

test("an account sees nothing of another one", async () => {
    await register(fresh().client, "golden");
    assert.deepEqual(await imagesOf(fresh().client), []);
});

test("an image is deprecated after 90 days that nobody waits for", async () => {
    const owner = fresh();
    const friend = fresh();
    const ImageId = await register(owner.client, "golden");
    await owner.client.send(
        new ec2.ModifyImageAttributeCommand({
            ImageId,
            LaunchPermission: { Add: [{ UserId: friend.account }] },
        }),
    );
    const DeprecateAt = new Date((await amisim.clock.now()).getTime() + 90 * 24 * 3600 * 1000);
    await owner.client.send(new ec2.EnableImageDeprecationCommand({ ImageId, DeprecateAt }));

    const shared = new ec2.DescribeImagesCommand({ Owners: [owner.account] });
    assert.equal((await friend.client.send(shared)).Images.length, 1);
    await amisim.clock.advance("91d");
    assert.equal((await friend.client.send(shared)).Images.length, 0);
});

test("a refusal that is hard to come by, when it is wanted", async () => {
    const { account, client } = fresh();
    await amisim.faults(account, {
        when: { operations: ["RegisterImage"], first: 1 },
        what: { error: { code: "InvalidAMIName.Duplicate" } },
    });
    await assert.rejects(register(client, "golden"), { name: "InvalidAMIName.Duplicate" });
    assert.ok(await register(client, "golden"));
});
