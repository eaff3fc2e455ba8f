// What can be done with snapshots, volumes, key pairs and what is in the Recycle Bin. As
// actions_image.jsx.
import { ec2, items } from './api.js';
import { href } from './router.js';
import { blank, found, mapEach, mine, oneRow, tagsFor } from './actions_common.jsx';
import { Command } from './parts.jsx';

const VOLUME_TYPES = ['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1', 'standard'];
const notStates = (why, ...states) => rows => rows.some(row => states.includes(row.status)) && why;

// ---- Snapshots ----

export const createSnapshot = {
    id: 'create-snapshot', label: 'Create snapshot', why: oneRow,
    initial: () => ({ description: '', tags: [] }),
    fields: () => [
        { id: 'description', label: 'Description', optional: true, first: true, param: 'Description' },
        { id: 'tags', kind: 'tags', label: 'Tags', optional: true },
        { id: 'about', kind: 'note', text: 'What a running guest has not written to the volume yet is '
            + 'not in the snapshot.' },
    ],
    calls: (values, { rows: [{ volumeId }] }) => [{ operation: 'CreateSnapshot', params: {
        VolumeId: volumeId, Description: blank(values.description),
        TagSpecifications: tagsFor('snapshot', values.tags) } }],
    done: ([{ snapshotId }]) => ({ text: `${snapshotId} is being created.`,
        link: href({ page: 'snapshots', id: snapshotId }) }),
};

const imageFromSnapshot = {
    id: 'create-image-from-snapshot', label: 'Create image from snapshot', submit: 'Create image',
    why: rows => oneRow(rows) || notStates('It is not completed', 'pending', 'error')(rows),
    initial: () => ({ name: '', description: '', architecture: 'x86_64', root: '/dev/sda1',
        virtualization: 'hvm', kernel: '', ramdisk: '', size: '', type: 'gp2', delete: true, tags: [] }),
    fields: values => [
        { id: 'name', label: 'Image name', required: true, first: true, param: 'name' },
        { id: 'description', label: 'Description', optional: true, param: 'description' },
        { id: 'architecture', kind: 'select', label: 'Architecture', options: ['x86_64', 'arm64',
            'i386', 'x86_64_mac', 'arm64_mac'] },
        { id: 'root', label: 'Root device name', param: 'rootDeviceName' },
        { id: 'virtualization', kind: 'select', label: 'Virtualization type', options: [
            ['hvm', 'Hardware-assisted virtualization'], ['paravirtual', 'Paravirtual']] },
        ...(values.virtualization === 'paravirtual' ? [
            { id: 'kernel', label: 'Kernel ID', optional: true, param: 'kernelId' },
            { id: 'ramdisk', label: 'RAM disk ID', optional: true, param: 'ramdiskId' }] : []),
        { id: 'size', kind: 'number', label: 'Size of the root volume in GiB', optional: true, min: 1,
            param: 'volumeSize' },
        { id: 'type', kind: 'select', label: 'Volume type', options: VOLUME_TYPES },
        { id: 'delete', kind: 'checkbox', label: 'Delete on termination' },
        { id: 'tags', kind: 'tags', label: 'Tags', optional: true },
    ],
    calls: (values, { rows: [{ snapshotId }] }) => [{ operation: 'RegisterImage', params: {
        Name: values.name,
        Description: blank(values.description),
        Architecture: values.architecture,
        RootDeviceName: values.root,
        VirtualizationType: values.virtualization,
        KernelId: blank(values.kernel),
        RamdiskId: blank(values.ramdisk),
        EnaSupport: values.virtualization === 'hvm' || undefined,
        BlockDeviceMappings: [{ DeviceName: values.root, Ebs: { SnapshotId: snapshotId,
            VolumeSize: values.size ? Number(values.size) : undefined, VolumeType: values.type,
            DeleteOnTermination: values.delete } }],
        TagSpecifications: tagsFor('image', values.tags),
    } }],
    done: ([{ imageId }]) => ({ text: `${imageId} registered.`,
        link: href({ page: 'images', id: imageId }) }),
    errors: found('name', 'InvalidAMIName.Duplicate', 'InvalidAMIName.Malformed'),
};

const copySnapshot = {
    id: 'copy-snapshot', label: 'Copy snapshot', why: oneRow,
    initial: ({ rows: [snapshot], region }) => ({ region, encrypt: snapshot.encrypted === 'true',
        description: `[Copied ${snapshot.snapshotId} from ${region}] ${snapshot.description ?? ''}`
            .trim(), key: '', tags: [] }),
    fields: (values, { regions, rows: [snapshot] }) => [
        { id: 'description', label: 'Description', optional: true, first: true, param: 'description' },
        { id: 'region', kind: 'select', label: 'Destination Region',
            options: regions.map(({ name, longName }) => [name, `${name} – ${longName}`]) },
        { id: 'encrypt', kind: 'checkbox', label: 'Encrypt this snapshot',
            fixed: snapshot.encrypted === 'true' },
        ...(values.encrypt ? [{ id: 'key', label: 'KMS key', optional: true, param: 'kmsKeyId',
            hint: 'Left empty: the default key of EBS in the destination Region.' }] : []),
        { id: 'tags', kind: 'tags', label: 'Tags', optional: true },
    ],
    calls: (values, { rows: [{ snapshotId }], region }) => [{ operation: 'CopySnapshot',
        region: values.region, params: { SourceSnapshotId: snapshotId, SourceRegion: region,
            Description: blank(values.description), Encrypted: values.encrypt || undefined,
            KmsKeyId: blank(values.key), TagSpecifications: tagsFor('snapshot', values.tags) } }],
    done: ([{ snapshotId }], { region }) => ({ text: `${snapshotId} is being copied to ${region}.`,
        link: href({ page: 'snapshots', region, id: snapshotId }) }),
};

const sharing = {
    id: 'modify-permissions', label: 'Modify permissions', submit: 'Save changes',
    why: rows => oneRow(rows) || mine(rows),
    load: async ({ account, region, rows: [{ snapshotId }] }) => {
        const all = items((await ec2({ account, region }, 'DescribeSnapshotAttribute',
            { SnapshotId: snapshotId, Attribute: 'createVolumePermission' })).createVolumePermission);
        const was = { public: all.some(one => one.group === 'all') ? 'public' : 'private',
            accounts: all.filter(one => one.userId).map(one => one.userId) };
        return { was, initial: was };
    },
    fields: values => [
        { id: 'public', kind: 'radio', label: 'Sharing options', options: [['public', 'Public'],
            ['private', 'Private']] },
        ...(values.public === 'private' ? [{ id: 'accounts', kind: 'texts', label: 'Shared accounts',
            one: 'AWS account ID', button: 'Add account', placeholder: '12 digits',
            inputMode: 'numeric', param: 'userId' }] : []),
    ],
    calls: (values, { rows: [{ snapshotId }] }, { was }) => {
        const entries = of => of.public === 'public' ? [{ Group: 'all' }]
            : (of.accounts ?? []).filter(Boolean).map(UserId => ({ UserId }));
        const missing = (a, b) => a.filter(one => !b.some(other => other.UserId === one.UserId
            && other.Group === one.Group));
        const Add = missing(entries(values), entries(was)), Remove = missing(entries(was),
            entries(values));
        const change = { ...(Add.length && { Add }), ...(Remove.length && { Remove }) };
        return Object.keys(change).length ? [{ operation: 'ModifySnapshotAttribute',
            params: { SnapshotId: snapshotId, CreateVolumePermission: change } }] : [];
    },
};

const archive = {
    id: 'archive', label: 'Archive snapshot', many: true,
    why: rows => mine(rows) || (rows.some(row => row.storageTier === 'archive')
        && 'It is archived already'),
    about: () => 'It becomes a full snapshot in the archive tier, charged for 90 days at least. It must '
        + 'be restored before anything can be made of it.',
    calls: (values, { rows }) => mapEach(rows, ({ snapshotId }) => ({ operation: 'ModifySnapshotTier',
        params: { SnapshotId: snapshotId, StorageTier: 'archive' } })),
};

const unarchive = {
    id: 'restore', label: 'Restore snapshot from archive', submit: 'Restore snapshot',
    why: rows => oneRow(rows) || (rows[0].storageTier !== 'archive' && 'It is not archived'),
    initial: () => ({ how: 'permanent', days: '1' }),
    fields: values => [
        { id: 'how', kind: 'radio', label: 'Restore type', options: [['permanent', 'Permanent'],
            ['temporary', 'Temporary']] },
        ...(values.how === 'temporary' ? [{ id: 'days', kind: 'number', min: 1, max: 180,
            label: 'Temporary restore period in days', param: 'TemporaryRestoreDays' }] : []),
    ],
    calls: (values, { rows: [{ snapshotId }] }) => [{ operation: 'RestoreSnapshotTier', params: {
        SnapshotId: snapshotId, PermanentRestore: values.how === 'permanent' || undefined,
        TemporaryRestoreDays: values.how === 'temporary' ? Number(values.days) : undefined } }],
};

const deleteSnapshot = {
    id: 'delete', label: 'Delete snapshot', many: true, danger: true, why: mine,
    about: () => 'A snapshot that an AMI uses cannot be deleted before the AMI is deregistered.',
    calls: (values, { rows }) => mapEach(rows, ({ snapshotId }) => ({ operation: 'DeleteSnapshot',
        params: { SnapshotId: snapshotId } })),
};

// ---- Volumes ----

export const createVolume = {
    id: 'create-volume', label: 'Create volume', token: true,
    why: rows => rows.length > 1 && 'Choose one',
    load: async ({ account, region, rows: [from] }) => {
        const zones = items((await ec2({ account, region }, 'DescribeAvailabilityZones'))
            .availabilityZoneInfo).map(zone => zone.zoneName);
        return { zones, initial: { zone: zones[0], size: from?.volumeSize ?? '8' } };
    },
    initial: () => ({ type: 'gp3', iops: '', encrypt: false, key: '', tags: [] }),
    fields: (values, { rows: [from] }, { zones }) => [
        { id: 'type', kind: 'select', label: 'Volume type', options: VOLUME_TYPES },
        { id: 'size', kind: 'number', label: 'Size (GiB)', min: 1, param: 'size' },
        { id: 'iops', kind: 'number', label: 'IOPS', optional: true, min: 1, param: 'iops' },
        { id: 'zone', kind: 'select', label: 'Availability Zone', options: zones },
        ...(from ? [{ id: 'from', kind: 'note', text: `From ${from.snapshotId}` }] : []),
        { id: 'encrypt', kind: 'checkbox', label: 'Encrypt this volume' },
        ...(values.encrypt ? [{ id: 'key', label: 'KMS key', optional: true }] : []),
        { id: 'tags', kind: 'tags', label: 'Tags', optional: true },
    ],
    calls: (values, { rows: [from] }) => [{ operation: 'CreateVolume', params: {
        AvailabilityZone: values.zone,
        SnapshotId: from?.snapshotId,
        Size: Number(values.size),
        VolumeType: values.type,
        Iops: values.iops ? Number(values.iops) : undefined,
        Encrypted: values.encrypt || undefined,
        KmsKeyId: blank(values.key),
        TagSpecifications: tagsFor('volume', values.tags),
    } }],
    done: ([{ volumeId }]) => ({ text: `${volumeId} is being created.`,
        link: href({ page: 'volumes', id: volumeId }) }),
};

const attach = {
    id: 'attach', label: 'Attach volume',
    why: rows => oneRow(rows) || (rows[0].status !== 'available' && 'It is not available'),
    load: async ({ account, region, rows: [{ availabilityZone }] }) => ({ instances: items((await ec2(
        { account, region }, 'DescribeInstances', { Filters: [
            { Name: 'availability-zone', Values: [availabilityZone] },
            { Name: 'instance-state-name', Values: ['running', 'stopped'] }] })).reservationSet)
        .flatMap(one => items(one.instancesSet)) }),
    initial: () => ({ instance: '', device: '/dev/sdf' }),
    fields: (values, context, { instances }) => [
        { id: 'instance', kind: 'select', label: 'Instance', options: [['', 'Choose one in its zone'],
            ...instances.map(one => [one.instanceId, one.instanceId])] },
        { id: 'device', label: 'Device name', param: 'device' },
    ],
    calls: (values, { rows: [{ volumeId }] }) => values.instance ? [{ operation: 'AttachVolume',
        params: { VolumeId: volumeId, InstanceId: values.instance, Device: values.device } }] : [],
};

const simple = (id, label, operation, why, about, danger) => ({
    id, label, many: true, why, danger, about: () => about,
    calls: (values, { rows }) => mapEach(rows, ({ volumeId }) => ({ operation,
        params: { VolumeId: volumeId } })),
});
const detach = simple('detach', 'Detach volume', 'DetachVolume', rows => rows.some(row => row.status
    !== 'in-use') && 'It is not attached', 'What the guest holds of it is written first.');
const deleteVolume = simple('delete', 'Delete volume', 'DeleteVolume', rows => rows.some(row =>
    row.status === 'in-use') && 'It is attached', 'Snapshots of it stay.', true);

const modify = {
    id: 'modify', label: 'Modify volume', submit: 'Modify', why: oneRow,
    initial: ({ rows: [volume] }) => ({ type: volume.volumeType, size: volume.size,
        iops: volume.iops ?? '' }),
    fields: () => [
        { id: 'type', kind: 'select', label: 'Volume type', options: VOLUME_TYPES },
        { id: 'size', kind: 'number', label: 'Size (GiB)', min: 1, param: 'size' },
        { id: 'iops', kind: 'number', label: 'IOPS', optional: true, min: 1, param: 'iops' },
    ],
    calls: (values, { rows: [volume] }) => {
        const params = {
            VolumeType: values.type !== volume.volumeType ? values.type : undefined,
            Size: values.size !== volume.size ? Number(values.size) : undefined,
            Iops: values.iops && values.iops !== volume.iops ? Number(values.iops) : undefined,
        };
        return Object.values(params).some(one => one !== undefined) ? [{ operation: 'ModifyVolume',
            params: { VolumeId: volume.volumeId, ...params } }] : [];
    },
};

// ---- Key pairs ----

export const createKeyPair = {
    id: 'create-key-pair', label: 'Create key pair',
    initial: () => ({ name: '', type: 'rsa', format: 'pem' }),
    fields: () => [
        { id: 'name', label: 'Name', required: true, first: true, param: 'keyName' },
        { id: 'type', kind: 'radio', label: 'Key pair type', options: [['rsa', 'RSA'],
            ['ed25519', 'ED25519']] },
        { id: 'format', kind: 'radio', label: 'Private key file format', options: [['pem', '.pem'],
            ['ppk', '.ppk']] },
    ],
    calls: values => [{ operation: 'CreateKeyPair', params: { KeyName: values.name,
        KeyType: values.type, KeyFormat: values.format } }],
    done: ([{ keyName, keyMaterial }]) => ({ text: `Key pair ${keyName} created.`, show: <>
        <p>The private key is shown this once.</p>
        <Command text={keyMaterial} label="Private key" setup={false} /></> }),
    errors: found('name', 'InvalidKeyPair.Duplicate'),
};

const deleteKeyPair = {
    id: 'delete', label: 'Delete key pair', many: true, danger: true, why: () => false,
    about: () => 'Instances that were launched with it keep its public half.',
    calls: (values, { rows }) => mapEach(rows, ({ keyPairId }) => ({ operation: 'DeleteKeyPair',
        params: { KeyPairId: keyPairId } })),
};

// ---- Recycle Bin ----

const RECOVER = { ami: ['RestoreImageFromRecycleBin', 'ImageId'],
    snap: ['RestoreSnapshotFromRecycleBin', 'SnapshotId'],
    vol: ['RestoreVolumeFromRecycleBin', 'VolumeId'] };

const recover = {
    id: 'recover', label: 'Recover', many: true, why: () => false,
    about: ({ rows }) => `${rows.map(row => row.id).join(', ')}: as before it was deleted.`,
    calls: (values, { rows }) => mapEach(rows, ({ id }) => {
        const [operation, param] = RECOVER[id.split('-')[0]];
        return { operation, params: { [param]: id } };
    }),
};

export const snapshotActions = [imageFromSnapshot, createVolume, copySnapshot, sharing, archive,
    unarchive, deleteSnapshot];
export const volumeActions = [createSnapshot, attach, detach, modify, deleteVolume];
export const keyActions = [deleteKeyPair];
export const binActions = [recover];
