// Steps that the suites share; each takes the EC2 client that it goes by.
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";

export const call = (client, name, input) => client.send(new ec2[`${name}Command`](input));

/** Options of a waiter that asks again after a second at most. */
export const waiting = (client) => ({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 });

/** One member of all pages together. */
export async function collect(pages, member) {
    const found = [];
    for await (const page of pages) found.push(...(page[member] ?? []));
    return found;
}

export const snapshotsOf = (image) => image.BlockDeviceMappings.map((m) => m.Ebs.SnapshotId);

export async function newestAmazonLinux(client) {
    const Filters = [{ Name: "name", Values: ["al2023-ami-2023.*-x86_64"] }];
    const images = await collect(
        ec2.paginateDescribeImages({ client, pageSize: 5 }, { Owners: ["amazon"], Filters }),
        "Images",
    );
    assert.ok(images.length > 0);
    return images.sort((a, b) => a.CreationDate.localeCompare(b.CreationDate)).at(-1).ImageId;
}

/** Resolves with the whole answer of RunInstances. */
export const run = (client, ImageId) =>
    call(client, "RunInstances", { ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 });

export async function launch(client, imageId) {
    const { Instances } = await run(client, imageId);
    const InstanceIds = [Instances[0].InstanceId];
    await ec2.waitUntilInstanceRunning(waiting(client), { InstanceIds });
    const { Reservations } = await call(client, "DescribeInstances", { InstanceIds });
    return Reservations[0].Instances[0];
}

export async function terminate(client, { InstanceId }) {
    const InstanceIds = [InstanceId];
    await call(client, "TerminateInstances", { InstanceIds });
    await ec2.waitUntilInstanceTerminated(waiting(client), { InstanceIds });
}

export async function available(client, imageId) {
    const ImageIds = [imageId];
    await ec2.waitUntilImageAvailable(waiting(client), { ImageIds });
    const { Images } = await call(client, "DescribeImages", { ImageIds });
    assert.equal(Images.length, 1);
    return Images[0];
}
