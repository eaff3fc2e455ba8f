// What can be done with instances, and how one is launched. As actions_image.jsx.
import { ec2, ec2All, items } from './api.js';
import { href } from './router.js';
import { createImage } from './actions_image.jsx';
import { blank, nameOf, oneRow, tagOf, tagsFor } from './actions_common.jsx';

// Images of publishers by family, the newest first, so that a list for people is short.
function standardImages(images) {
    const newest = new Map();
    for (const image of [...images].sort((a, b) => b.creationDate.localeCompare(a.creationDate))) {
        const family = image.name.replace(/[-.]?\d{8}.*$|-\d+\.\d+\.\d{8}.*$/, '')
            + image.architecture;
        if (!newest.has(family))
            newest.set(family, image);
    }
    return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name));
}

const imageOption = image => [image.imageId,
    `${tagOf(image, 'Name') ?? image.name ?? ''} · ${image.architecture} · ${image.imageId}`];

export const launch = {
    id: 'launch-instance', label: 'Launch instance from AMI', title: 'Launch instance', token: true,
    submit: 'Launch instance',
    why: rows => rows.length > 1 && 'Choose one',
    load: async ({ account, region, rows: [image] }) => {
        const [keys, images] = await Promise.all([
            ec2({ account, region }, 'DescribeKeyPairs'),
            image ? [image] : ec2All({ account, region }, 'DescribeImages', { Filters: [
                { Name: 'state', Values: ['available'] },
                { Name: 'image-type', Values: ['machine'] }] }, 'imagesSet'),
        ]);
        const own = images.filter(one => one.imageOwnerId === account);
        const others = standardImages(images.filter(one => !own.includes(one)));
        const preferred = others.find(one => /^al2023-ami-2023/.test(one.name)
            && one.architecture === 'x86_64');
        const chosen = image ?? preferred ?? own[0] ?? others[0];
        return { keys: items(keys.keySet), images, own, others,
            initial: { image: chosen?.imageId ?? '', ...typeFor(chosen) } };
    },
    initial: () => ({ name: '', key: '', count: '1', userData: '', profile: '' }),
    fields: (values, context, { keys, own, others }) => [
        { id: 'name', label: 'Name', optional: true, first: true, hint: 'A tag with the key Name.' },
        { id: 'image', kind: 'select', label: 'Amazon Machine Image (AMI)', param: 'imageId',
            options: [{ group: 'My AMIs', options: own.map(imageOption) },
                { group: 'AMIs of others', options: others.map(imageOption) }] },
        { id: 'type', label: 'Instance type', required: true, param: 'instanceType',
            suggest: ['t3.micro', 't3.small', 't4g.micro', 'm5.large', 'm6g.large', 'c5.large',
                'r5.large', 't2.micro', 'm1.small'] },
        { id: 'key', kind: 'select', label: 'Key pair', options: [['', 'Without a key pair'],
            ...keys.map(key => [key.keyName, key.keyName])] },
        { id: 'size', kind: 'number', label: 'Size of the root volume in GiB', optional: true,
            min: 1, param: 'volumeSize', hint: 'Left empty: as the AMI has it.' },
        { id: 'count', kind: 'number', label: 'Number of instances', min: 1, param: 'MinCount' },
        { id: 'profile', label: 'IAM instance profile', optional: true,
            hint: 'Any name. With one the guest takes commands (Run Command).' },
        { id: 'userData', kind: 'area', label: 'User data', optional: true,
            hint: 'Sent as base64, as the AWS CLI does.' },
    ],
    calls: (values, context, { images }) => {
        const image = images.find(one => one.imageId === values.image);
        const device = values.size ? [{ DeviceName: image?.rootDeviceName ?? '/dev/xvda',
            Ebs: { VolumeSize: Number(values.size) } }] : undefined;
        const count = Number(values.count);
        const params = {
            ImageId: values.image,
            InstanceType: values.type,
            KeyName: blank(values.key),
            BlockDeviceMappings: device,
            IamInstanceProfile: values.profile ? { Name: values.profile } : undefined,
            TagSpecifications: tagsFor('instance', values.name
                ? [{ Key: 'Name', Value: values.name }] : []),
        };
        return [{ operation: 'RunInstances',
            params: { ...params, MinCount: count, MaxCount: count,
                UserData: values.userData ? base64(values.userData) : undefined },
            cli: { ...params, Count: count, UserData: blank(values.userData) } }];
    },
    done: ([{ instancesSet }]) => ({ text: `${items(instancesSet).map(one => one.instanceId)
        .join(', ')} launched.`, link: href({ page: 'instances', id: items(instancesSet)[0]?.instanceId }) }),
    errors: { 'InvalidAMIID.Unavailable': 'image', 'InvalidAMIID.NotFound': 'image',
        InvalidBlockDeviceMapping: 'size', InsufficientInstanceCapacity: 'type', Unsupported: 'type' },
};

const typeFor = image => ({ type: image?.architecture === 'arm64' ? 't4g.micro'
    : image?.virtualizationType === 'paravirtual' || image?.architecture === 'i386' ? 'm1.small'
        : 't3.micro' });

const base64 = text => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// ---- States ----

const inState = (...states) => rows => rows.some(row => !states.includes(row.instanceState.name))
    && `Only what is ${states.join(' or ')}`;

const stateAction = (id, label, operation, why, about, danger) => ({
    id, label, title: label, many: true, submit: label, danger, why,
    about: ({ rows }) => `${rows.map(nameOf).join(', ')}: ${about}`,
    calls: (values, { rows }) => [{ operation, params: { InstanceIds: rows.map(row =>
        row.instanceId) } }],
});

const start = stateAction('start', 'Start instance', 'StartInstances', inState('stopped'),
    'it boots from its volumes as they are.');
const stop = stateAction('stop', 'Stop instance', 'StopInstances', inState('running'),
    'the guest shuts down and writes all it holds; the volumes stay and are charged.');
const reboot = stateAction('reboot', 'Reboot instance', 'RebootInstances', inState('running'),
    'the guest shuts down and boots again.');
const terminate = stateAction('terminate', 'Terminate (delete) instance', 'TerminateInstances',
    inState('pending', 'running', 'stopping', 'stopped'),
    'volumes with “Delete on termination” go with it. This cannot be undone.', true);

const protection = {
    id: 'termination-protection', label: 'Change termination protection', submit: 'Save',
    why: oneRow,
    load: async ({ account, region, rows: [instance] }) => {
        const { disableApiTermination } = await ec2({ account, region }, 'DescribeInstanceAttribute',
            { InstanceId: instance.instanceId, Attribute: 'disableApiTermination' });
        return { initial: { on: disableApiTermination?.value === 'true' } };
    },
    fields: () => [{ id: 'on', kind: 'checkbox', label: 'Enable',
        hint: 'The instance cannot be terminated while it is on.' }],
    calls: (values, { rows: [{ instanceId }] }) => [{ operation: 'ModifyInstanceAttribute',
        params: { InstanceId: instanceId, DisableApiTermination: { Value: Boolean(values.on) } },
        cli: { InstanceId: instanceId, DisableApiTermination: Boolean(values.on) } }],
};

export const instanceActions = [createImage, start, stop, reboot, terminate, protection];

