// What the SDK makes of refusals and of answers that never arrive: typed errors, its own retries, and
// the tokens that keep a call from taking effect twice.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import * as ebs from "@aws-sdk/client-ebs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as kms from "@aws-sdk/client-kms";
import { Amisim } from "./amisim.js";
import { call, launch, newestAmazonLinux, run, waiting } from "./steps.js";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let amisim;
before(async () => (amisim = await Amisim.start("--seed", "1")));
after(() => amisim.stop());

function fresh(options) {
    const account = amisim.account();
    return { account, client: new ec2.EC2Client({ ...amisim.config(account), ...options }) };
}

/** The call must end in this error, which is returned. */
async function refused(name, status, promise) {
    const [{ reason }] = await Promise.allSettled([promise]);
    assert.equal(reason?.name, name);
    assert.equal(reason.$metadata.httpStatusCode, status);
    assert.match(reason.$metadata.requestId, UUID);
    return reason;
}

test("EC2's errors carry code, status and request", async () => {
    const { client } = fresh();
    const ImageIds = ["ami-0fedcba9876543210"];
    const images = call(client, "DescribeImages", { ImageIds });
    const error = await refused("InvalidAMIID.NotFound", 400, images);
    assert.ok(error instanceof ec2.EC2ServiceException);
    assert.equal(error.message, `The image id '[${ImageIds[0]}]' does not exist`);
    assert.equal(error.$metadata.attempts, 1);
    await refused("DryRunOperation", 412, call(client, "DescribeImages", { DryRun: true }));
});

test("errors of KMS and EBS direct are classes of their own", async () => {
    const config = amisim.config(amisim.account());
    const KeyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
    const key = new kms.KMSClient(config).send(new kms.DescribeKeyCommand({ KeyId }));
    const error = await refused("NotFoundException", 400, key);
    assert.ok(error instanceof kms.NotFoundException);

    const SnapshotId = "snap-0fedcba9876543210";
    const list = new ebs.ListSnapshotBlocksCommand({ SnapshotId });
    const nowhere = await refused(
        "ResourceNotFoundException",
        404,
        new ebs.EBSClient(config).send(list),
    );
    assert.ok(nowhere instanceof ebs.ResourceNotFoundException);
    assert.equal(nowhere.Reason, ebs.ResourceNotFoundExceptionReason.SNAPSHOT_NOT_FOUND);
});

test("a throttled call is tried three times", async () => {
    const { account, client } = fresh();
    const when = { operations: ["DescribeVolumes"] };
    const what = { error: { code: "RequestLimitExceeded" } };
    const attempts = async () => (await call(client, "DescribeVolumes", {})).$metadata.attempts;
    await amisim.faults(account, { when: { ...when, first: 2 }, what });
    assert.equal(await attempts(), 3);
    await amisim.faults(account, { when, what });
    const volumes = call(client, "DescribeVolumes", {});
    const error = await refused("RequestLimitExceeded", 503, volumes);
    assert.equal(error.$metadata.attempts, 3);
    await amisim.faults(account);
    assert.equal(await attempts(), 1);
});

test("who has patience gets through the scenario of the throttled pipeline", async () => {
    const { client } = fresh({ maxAttempts: 10 });
    const path = "scenarios/throttled-pipeline";
    const file = new URL(`../../${path}.yaml`, import.meta.url);
    await amisim.control("PUT", path, await readFile(file));
    await amisim.control("POST", "clock", { rate: 60 }); // its tokens come in virtual time
    const calls = Array.from({ length: 20 }, () => call(client, "DescribeRegions", {}));
    const attempts = (await Promise.all(calls)).map((answer) => answer.$metadata.attempts);
    assert.ok(attempts.some((n) => n > 1));
    await amisim.control("POST", "clock", { rate: 1 });
    await amisim.control("DELETE", path);
});

for (const what of [{ drop: "before" }, { cut: 40 }, { empty: 503 }]) {
    test(`an answer that does not arrive is asked for again: ${Object.keys(what)}`, async () => {
        const { account, client } = fresh();
        await amisim.faults(account, { when: { operations: ["DescribeRegions"], first: 1 }, what });
        const { Regions, $metadata } = await call(client, "DescribeRegions", {});
        assert.equal($metadata.attempts, 2);
        assert.ok(Regions.length > 20);
    });
}

/** The first such call takes effect, and its answer is lost. */
const lost = (operation) => ({
    when: { operations: [operation], first: 1 },
    what: { drop: "after" },
});

test("lost after the effect: the SDK's own ClientToken makes one call of two", async () => {
    const { account, client } = fresh();
    await amisim.faults(account, lost("RunInstances"), lost("CreateVolume"));

    const launched = await run(client, await newestAmazonLinux(client));
    assert.equal(launched.$metadata.attempts, 2);
    const { Reservations } = await call(client, "DescribeInstances", {});
    assert.deepEqual(
        Reservations.flatMap((r) => r.Instances.map((i) => i.InstanceId)),
        launched.Instances.map((i) => i.InstanceId),
    );

    const made = await call(client, "CreateVolume", { AvailabilityZone: "us-east-1a", Size: 3 });
    assert.equal(made.$metadata.attempts, 2);
    const Filters = [{ Name: "size", Values: ["3"] }];
    const { Volumes } = await call(client, "DescribeVolumes", { Filters });
    assert.deepEqual(Volumes.map((v) => v.VolumeId), [made.VolumeId]);
});

test("lost after the effect: CreateImage has no token, its name is taken", async () => {
    const { account, client } = fresh();
    const { InstanceId } = await launch(client, await newestAmazonLinux(client));
    await amisim.faults(account, lost("CreateImage"));
    const again = call(client, "CreateImage", { InstanceId, Name: "once" });
    const error = await refused("InvalidAMIName.Duplicate", 400, again);
    assert.equal(error.$metadata.attempts, 2);
    const Filters = [{ Name: "name", Values: ["once"] }];
    const { Images } = await call(client, "DescribeImages", { Owners: ["self"], Filters });
    assert.equal(Images.length, 1);
});

test("a waiter ends as soon as an image has failed", async () => {
    const { account, client } = fresh();
    await amisim.faults(account, {
        when: { jobs: ["image"] },
        what: { job: { fail: "The disk could not be read", code: "Client.InternalError" } },
    });
    const { InstanceId } = await launch(client, await newestAmazonLinux(client));
    const { ImageId } = await call(client, "CreateImage", { InstanceId, Name: "doomed" });
    const ImageIds = [ImageId];
    await assert.rejects(ec2.waitUntilImageAvailable(waiting(client), { ImageIds }), /FAILURE/);
    const { Images } = await call(client, "DescribeImages", { ImageIds });
    assert.equal(Images[0].State, "failed");
    assert.equal(Images[0].StateReason.Message, "The disk could not be read");
});
