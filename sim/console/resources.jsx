// The kinds of things that have a list: whom to ask, AWS's columns, what can be done. One declaration
// makes the list, the detail's head and the command that asks the same.
import { ec2All, items } from './api.js';
import { imageActions } from './actions_image.jsx';
import { instanceActions, launch } from './actions_instance.jsx';
import { manageTags } from './actions_tags.jsx';
import {
    binActions, createKeyPair, createVolume, keyActions, snapshotActions, volumeActions,
} from './actions_storage.jsx';
import { tagOf } from './actions_common.jsx';
import { Id, Ref, State, Text, When } from './parts.jsx';
import { here } from './router.js';

// A column of plain text.
const plain = (id, label, text) => ({ id, label, text, show: row => <Text>{text(row)}</Text> });
const time = (id, label, text) => ({ id, label, text, show: row => <When time={text(row)} short /> });
const state = (id, label, text, progress) => ({ id, label, text,
    show: (row) => <State value={text(row)} progress={progress?.(row)} /> });
const link = (id, label, page, text) => ({ id, label, text,
    show: row => <Id id={text(row)} page={page} /> });
const ref = (id, label, text) => ({ id, label, text, show: row => <Ref id={text(row)} /> });
const nameColumn = plain('Name', 'Name', row => tagOf(row, 'Name'));
const yes = value => value === 'true' ? 'Yes' : 'No';

const storage = image => items(image.blockDeviceMapping).filter(one => one.ebs)
    .map(one => one.ebs.volumeSize);

// The percentage that the jobs of the world tell; answers of EC2 have none for images.
export const percent = text => text ? Number(text.replace('%', '')) : undefined;

const ownedBy = owner => owner === here().account ? 'Owned by me' : owner;

export const images = {
    page: 'images', title: 'Amazon Machine Images (AMIs)', one: 'AMI', id: row => row.imageId,
    operation: 'DescribeImages', set: 'imagesSet',
    scopes: [
        ['mine', 'Owned by me', { Owners: ['self'] }],
        ['private', 'Private images', { Filters: [{ Name: 'is-public', Values: ['false'] }] }],
        ['public', 'Public images', { Filters: [{ Name: 'is-public', Values: ['true'] }] }],
        ['disabled', 'Disabled images', { Owners: ['self'], IncludeDisabled: true,
            Filters: [{ Name: 'state', Values: ['disabled'] }] }],
    ],
    properties: ['name', 'image-id', 'state', 'architecture', 'owner-id', 'is-public', 'platform',
        'root-device-type', 'virtualization-type', 'description', 'source-instance-id', 'tag:Name'],
    columns: [
        nameColumn,
        link('imageId', 'AMI ID', 'images', row => row.imageId),
        plain('name', 'AMI name', row => row.name),
        state('imageState', 'Status', row => row.imageState),
        plain('isPublic', 'Visibility', row => row.isPublic === 'true' ? 'Public' : 'Private'),
        time('creationDate', 'Creation date', row => row.creationDate),
        { ...plain('storage', 'Storage', row => storage(row).reduce((a, b) => a + Number(b), 0)),
            show: row => <Text>{storage(row).map(size => `${size} GiB`).join(' + ')}</Text> },
        plain('owner', 'Owner', row => row.imageOwnerAlias || ownedBy(row.imageOwnerId)),
        { ...plain('source', 'Source', row => row.sourceInstanceId || row.sourceImageId),
            show: row => row.sourceInstanceId ? <Ref id={row.sourceInstanceId} />
                : <Ref id={row.sourceImageId} region={row.sourceImageRegion} /> },
        plain('architecture', 'Architecture', row => row.architecture),
        plain('platform', 'Platform', row => row.platformDetails),
    ],
    actions: [{ ...launch, submit: 'Launch instance' }, ...imageActions,
        manageTags(row => row.imageId)],
    create: null,
    empty: 'Create one of an instance (Instances › Actions › Create image), register one of a snapshot, '
        + 'or copy one from another Region.',
};

export const instances = {
    page: 'instances', title: 'Instances', one: 'instance', id: row => row.instanceId,
    operation: 'DescribeInstances', set: 'reservationSet', name: row => tagOf(row, 'Name'),
    rows: reservations => reservations.flatMap(one => items(one.instancesSet)
        .map(row => ({ ...row, ownerId: one.ownerId }))),
    properties: ['instance-id', 'instance-state-name', 'image-id', 'instance-type', 'key-name',
        'availability-zone', 'tag:Name'],
    columns: [
        nameColumn,
        link('instanceId', 'Instance ID', 'instances', row => row.instanceId),
        state('state', 'Instance state', row => row.instanceState.name),
        plain('type', 'Instance type', row => row.instanceType),
        ref('image', 'AMI ID', row => row.imageId),
        plain('zone', 'Availability Zone', row => row.placement?.availabilityZone),
        plain('ip', 'Private IPv4', row => row.privateIpAddress),
        plain('key', 'Key name', row => row.keyName),
        time('launched', 'Launch time', row => row.launchTime),
    ],
    actions: [...instanceActions, manageTags(row => row.instanceId)],
    create: { ...launch, label: 'Launch instance' },
    empty: 'Launch one from an AMI: everything else begins with it.',
};

export const snapshots = {
    page: 'snapshots', title: 'Snapshots', one: 'snapshot', id: row => row.snapshotId,
    operation: 'DescribeSnapshots', set: 'snapshotSet',
    scopes: [
        ['mine', 'Owned by me', { OwnerIds: ['self'] }],
        ['private', 'Private snapshots', { RestorableByUserIds: ['self'] }],
        ['public', 'Public snapshots', { RestorableByUserIds: ['all'] }],
    ],
    properties: ['snapshot-id', 'status', 'volume-id', 'volume-size', 'description', 'encrypted',
        'storage-tier', 'tag:Name'],
    columns: [
        nameColumn,
        link('snapshotId', 'Snapshot ID', 'snapshots', row => row.snapshotId),
        { ...plain('size', 'Volume size', row => Number(row.volumeSize)),
            show: row => `${row.volumeSize} GiB` },
        { ...plain('description', 'Description', row => row.description),
            show: row => <Described text={row.description} /> },
        plain('tier', 'Storage tier', row => row.storageTier === 'archive' ? 'Archive' : 'Standard'),
        state('status', 'Snapshot status', row => row.status,
            row => row.status === 'pending' ? percent(row.progress) : undefined),
        time('started', 'Started', row => row.startTime),
        plain('encrypted', 'Encryption', row => row.encrypted === 'true' ? 'Encrypted'
            : 'Not encrypted'),
        ref('volume', 'Volume ID', row => row.volumeId),
    ],
    actions: [...snapshotActions, manageTags(row => row.snapshotId)],
    empty: 'Snapshots come with an AMI, or of a volume: Volumes › Actions › Create snapshot.',
};

// The guide finds an AMI's snapshot by the AMI's ID in its description.
export function Described({ text }) {
    const parts = (text ?? '').split(/((?:ami|i|vol|snap)-[0-9a-f]{8,17})/);
    return text ? <bdi>{parts.map((part, i) => i % 2 ? <Ref key={i} id={part} /> : part)}</bdi>
        : <Text />;
}

export const volumes = {
    page: 'volumes', title: 'Volumes', one: 'volume', id: row => row.volumeId,
    operation: 'DescribeVolumes', set: 'volumeSet',
    properties: ['volume-id', 'status', 'volume-type', 'size', 'snapshot-id', 'availability-zone',
        'encrypted', 'tag:Name'],
    columns: [
        nameColumn,
        link('volumeId', 'Volume ID', 'volumes', row => row.volumeId),
        plain('type', 'Type', row => row.volumeType),
        { ...plain('size', 'Size', row => Number(row.size)), show: row => `${row.size} GiB` },
        plain('iops', 'IOPS', row => row.iops),
        ref('snapshot', 'Snapshot ID', row => row.snapshotId),
        time('created', 'Created', row => row.createTime),
        plain('zone', 'Availability Zone', row => row.availabilityZone),
        state('status', 'Volume state', row => row.status),
        ref('attached', 'Attached to', row => items(row.attachmentSet)[0]?.instanceId),
        plain('encrypted', 'Encrypted', row => yes(row.encrypted)),
    ],
    actions: [...volumeActions, manageTags(row => row.volumeId)],
    create: createVolume,
    empty: 'Volumes come with an instance, or of a snapshot.',
};

export const keys = {
    page: 'keys', title: 'Key pairs', one: 'key pair', id: row => row.keyPairId,
    operation: 'DescribeKeyPairs', set: 'keySet',
    properties: ['key-name', 'key-pair-id', 'fingerprint', 'tag:Name'],
    columns: [
        plain('keyName', 'Name', row => row.keyName),
        plain('type', 'Type', row => row.keyType),
        time('created', 'Created', row => row.createTime),
        { ...plain('fingerprint', 'Fingerprint', row => row.keyFingerprint),
            show: row => <code>{row.keyFingerprint}</code> },
        link('keyPairId', 'ID', 'keys', row => row.keyPairId),
    ],
    actions: [...keyActions, manageTags(row => row.keyPairId)],
    create: createKeyPair,
    empty: 'A Linux instance is reached by SSH with one; the console of AWS makes one at launch.',
};

const BIN = [['ListImagesInRecycleBin', 'imageSet', 'imageId', 'AMI'],
    ['ListSnapshotsInRecycleBin', 'snapshotSet', 'snapshotId', 'Snapshot'],
    ['ListVolumesInRecycleBin', 'volumeSet', 'volumeId', 'Volume']];

export const bin = {
    page: 'bin', title: 'Recycle Bin', one: 'resource', id: row => row.id,
    operation: 'ListImagesInRecycleBin',
    ask: async scope => (await Promise.all(BIN.map(async ([operation, set, id, kind]) =>
        (await ec2All(scope, operation, {}, set)).map(row => ({ ...row, id: row[id], kind }))))).flat(),
    properties: [],
    columns: [
        { ...plain('id', 'Resource ID', row => row.id), show: row => <code>{row.id}</code> },
        plain('kind', 'Resource type', row => row.kind),
        plain('name', 'Name', row => row.name || row.description),
        time('entered', 'Bin entry time', row => row.recycleBinEnterTime),
        time('exits', 'Bin exit time', row => row.recycleBinExitTime),
    ],
    actions: binActions,
    empty: 'What a retention rule keeps after its deletion lies here until its time is up. A rule is made '
        + 'with: aws rbin create-rule',
};

export const RESOURCES = { images, instances, snapshots, volumes, keys, bin };

// What a list asks the API for: a scope (owner filter) and the filters that it does.
export function question(resource, scope, filters) {
    const scoped = resource.scopes?.find(([id]) => id === scope)?.[2] ?? resource.scopes?.[0][2] ?? {};
    const all = [...scoped.Filters ?? [], ...filters];
    return { ...scoped, Filters: all.length ? all : undefined };
}

export async function ask(resource, scope, params) {
    if (resource.ask)
        return resource.ask(scope);
    const rows = await ec2All(scope, resource.operation, params, resource.set);
    return resource.rows ? resource.rows(rows) : rows;
}
