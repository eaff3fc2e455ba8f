// What the declarations of actions share: reasons why not, tags, volumes.
import { items } from './api.js';
import { here } from './router.js';

export const blank = text => text || undefined;

// ---- Why an action is not possible with what is chosen ----

export const oneRow = rows => rows.length !== 1 && 'Choose one';
export const mine = rows => rows.some(row => (row.imageOwnerId ?? row.ownerId) !== here().account)
    && 'It is not owned by this account';


// ---- Names ----

export const tagOf = (row, key) => items(row?.tagSet).find(tag => tag.key === key)?.value;
export const nameOf = row => row.name || tagOf(row, 'Name') || row.imageId || row.snapshotId
    || row.volumeId || row.instanceId || row.keyName;

export const mapEach = (rows, call) => rows.map(call);

// {CODE: field} for codes about one field.
export const found = (field, ...codes) => Object.fromEntries(codes.map(code => [code, field]));

// ---- Tags ----

const filled = tags => tags.filter(tag => tag.Key || tag.Value);
const specification = (ResourceType, tags) => filled(tags).length
    ? [{ ResourceType, Tags: filled(tags) }] : [];

export const tagsFor = (type, tags) => {
    const all = specification(type, tags ?? []);
    return all.length ? all : undefined;
};

// An image and its snapshots: the same tags for both, or each its own.
export const tagFields = values => [
    { id: 'separate', kind: 'radio', label: 'Tags', options: [
        ['together', 'Tag image and snapshots together'],
        ['separately', 'Tag image and snapshots separately']] },
    { id: 'tags', kind: 'tags', label: values.separate === 'separately' ? 'Image tags'
        : 'Image and snapshot tags', optional: true },
    ...(values.separate === 'separately'
        ? [{ id: 'snapshotTags', kind: 'tags', label: 'Snapshot tags', optional: true }] : []),
];

export function separateTags({ tags, snapshotTags, separate }) {
    const all = [...specification('image', tags),
        ...specification('snapshot', separate === 'separately' ? snapshotTags ?? [] : tags)];
    return all.length ? all : undefined;
}

// ---- Volumes ----

// Those of an instance, the root first.
export const volumesOf = instance => items(instance.blockDeviceMapping).filter(one => one.ebs?.volumeId)
    .map(one => ({ id: one.ebs.volumeId, device: one.deviceName,
        root: one.deviceName === instance.rootDeviceName,
        delete: one.ebs.deleteOnTermination === 'true' }))
    .sort((a, b) => Number(b.root) - Number(a.root));

const differing = (now, was) => ({
    ...(String(now.size) !== String(was?.size) && { VolumeSize: Number(now.size) }),
    ...(now.type !== was?.type && { VolumeType: now.type }),
    ...(now.delete !== was?.delete && { DeleteOnTermination: now.delete }),
});

// What is said of devices beyond what they are: changes, new ones, those that are left out.
export function deviceMapping(volumes = [], was = []) {
    const before = new Map(was.map(volume => [volume.device, volume]));
    const said = volumes.map(volume => ({ DeviceName: volume.device,
        Ebs: differing(volume, before.get(volume.device)) }))
        .filter(mapping => Object.keys(mapping.Ebs).length);
    const left = was.filter(volume => !volumes.some(now => now.device === volume.device))
        .map(volume => ({ DeviceName: volume.device, NoDevice: '' }));
    return said.length + left.length ? [...said, ...left] : undefined;
}
