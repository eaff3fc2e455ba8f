// What can be done with AMIs, and to get one: AWS's words for the fields, one declaration for the query
// call and the command. {id, label, why(rows): why not, many, initial, fields, calls, done, errors}.
import { ec2, items } from './api.js';
import { href } from './router.js';
import {
    blank, deviceMapping, found, mapEach, mine, nameOf, oneRow, separateTags, tagFields, volumesOf,
} from './actions_common.jsx';

export const createImage = {
    id: 'create-image', label: 'Create image', title: 'Create image',
    why: rows => oneRow(rows) || (rows[0].rootDeviceType !== 'ebs'
        && 'Its root device is no EBS volume') || (['terminated', 'shutting-down']
        .includes(rows[0].instanceState.name) && 'It is terminated'),
    load: async ({ account, region, rows }) => {
        const volumes = volumesOf(rows[0]);
        const known = volumes.length ? items((await ec2({ account, region }, 'DescribeVolumes',
            { VolumeIds: volumes.map(volume => volume.id) })).volumeSet) : [];
        const initial = volumes.map(({ id, ...volume }) => {
            const { size, volumeType } = known.find(one => one.volumeId === id) ?? {};
            return { ...volume, size, least: size, type: volumeType };
        });
        return { initial: { volumes: initial, was: initial } };
    },
    initial: () => ({ name: '', description: '', reboot: true, tags: [], separate: 'together' }),
    fields: values => [
        { id: 'name', label: 'Image name', param: 'name', required: true, first: true,
            hint: '3 to 128 letters, digits, spaces and ( ) [ ] . / - \' @ _' },
        { id: 'description', label: 'Image description', param: 'description', optional: true,
            hint: 'At most 255 characters.' },
        { id: 'reboot', kind: 'checkbox', label: 'Reboot instance', live: true, hint: values.reboot
            ? 'The guest shuts down and writes all it holds, every volume is caught at one moment, '
              + 'then it boots again.'
            : <span className="warning">The guest runs on. What it has not written to its volumes yet
                is not in the image, and AWS does not guarantee the file system’s integrity.
                Afterwards “Consistency” says what was lost.</span> },
        { id: 'volumes', kind: 'volumes', label: 'Instance volumes', button: 'Add volume',
            hint: 'A snapshot is taken of each, as large as the volume. Instances of the image get volumes of '
                + 'the size and type that stand here.' },
        ...tagFields(values),
    ],
    calls: (values, { rows }) => [{ operation: 'CreateImage', params: {
        InstanceId: rows[0].instanceId,
        Name: values.name,
        Description: blank(values.description),
        NoReboot: values.reboot ? undefined : true,
        BlockDeviceMappings: deviceMapping(values.volumes, values.was),
        TagSpecifications: separateTags(values),
    } }],
    done: ([{ imageId }]) => ({ text: `${imageId} is being created.`,
        link: href({ page: 'images', id: imageId }) }),
    errors: { ...found('name', 'InvalidAMIName.Duplicate', 'InvalidAMIName.Malformed'),
        ...found('volumes', 'InvalidBlockDeviceMapping') },
};

export const copyImage = {
    id: 'copy-image', label: 'Copy AMI', token: true,
    why: oneRow,
    loadFor: values => values.region,
    load: async ({ account, region }, values) => {
        const { ebsEncryptionByDefault } = await ec2({ account, region: values.region ?? region },
            'GetEbsEncryptionByDefault');
        return { forced: ebsEncryptionByDefault === 'true' };
    },
    initial: ({ rows: [image], region }) => ({ name: image.name, region,
        description: `[Copied ${image.imageId} from ${region}] ${image.description ?? ''}`.trim(),
        copyTags: false, encrypt: false, key: '', timed: false, minutes: '15', tags: [],
        separate: 'together' }),
    fields: (values, { regions }, { forced }) => [
        { id: 'name', label: 'AMI copy name', param: 'name', required: true, first: true },
        { id: 'description', label: 'AMI copy description', optional: true, param: 'description' },
        { id: 'region', kind: 'select', label: 'Destination Region',
            options: regions.map(({ name, longName }) => [name, `${name} – ${longName}`]) },
        { id: 'copyTags', kind: 'checkbox', label: 'Copy tags',
            hint: 'Your own tags of the AMI and of its snapshots go along.' },
        { id: 'timed', kind: 'checkbox', label: 'Enable time-based copy' },
        ...(values.timed ? [{ id: 'minutes', kind: 'number', label: 'Completion duration in minutes',
            min: 15, max: 2880, step: 15, param: 'SnapshotCopyCompletionDurationMinutes',
            hint: '15 minutes to 48 hours, in steps of 15.' }] : []),
        { id: 'encrypt', kind: 'checkbox', label: 'Encrypt EBS snapshots of AMI copy', fixed: forced,
            hint: forced ? 'Encryption by default is on in that Region.' : undefined },
        ...(values.encrypt || forced ? [{ id: 'key', label: 'KMS key', optional: true,
            param: 'kmsKeyId', hint: 'A key of the destination Region: its ID, ARN or alias/NAME. '
                + 'Left empty: the default key of EBS.' }] : []),
        ...tagFields(values),
    ],
    calls: (values, { rows: [image], region }) => [{ operation: 'CopyImage', region: values.region,
        params: {
            SourceImageId: image.imageId,
            SourceRegion: region,
            Name: values.name,
            Description: blank(values.description),
            CopyImageTags: values.copyTags || undefined,
            Encrypted: values.encrypt || blank(values.key) ? true : undefined,
            KmsKeyId: blank(values.key),
            SnapshotCopyCompletionDurationMinutes: values.timed ? Number(values.minutes) : undefined,
            TagSpecifications: separateTags(values),
        } }],
    done: ([{ imageId }], { region }) => ({ text: `${imageId} is being copied to ${region}.`,
        link: href({ page: 'images', region, id: imageId }) }),
    errors: { ...found('name', 'InvalidAMIName.Duplicate', 'InvalidAMIName.Malformed'),
        ...found('key', 'InvalidParameterCombination') },
};

const PROTECTION_WORDS = [['cooldown', 'Enable with a 24-hour cooldown period'],
    ['plain', 'Enable without cooldown'], ['off', 'Disable']];

const protection = {
    id: 'manage-deregistration-protection', label: 'Manage AMI deregistration protection', many: true,
    submit: 'Save',
    why: mine,
    initial: ({ rows }) => ({ protect: rows[0].deregistrationProtection?.startsWith('enabled')
        ? 'off' : 'plain' }),
    fields: () => [{ id: 'protect', kind: 'radio', label: 'AMI deregistration protection',
        options: PROTECTION_WORDS,
        hint: 'With a cooldown the AMI stays protected for 24 hours after you disable it.' }],
    calls: ({ protect }, { rows }) => mapEach(rows, image => protect === 'off'
        ? { operation: 'DisableImageDeregistrationProtection', params: { ImageId: image.imageId } }
        : { operation: 'EnableImageDeregistrationProtection', params: { ImageId: image.imageId,
            WithCooldown: protect === 'cooldown' || undefined } }),
};

const deprecation = {
    id: 'manage-deprecation', label: 'Manage AMI deprecation', many: true, submit: 'Save',
    why: mine,
    initial: ({ rows: [image] }) => ({ on: Boolean(image.deprecationTime),
        at: (image.deprecationTime ?? '').slice(0, 16) }),
    fields: values => [
        { id: 'on', kind: 'checkbox', label: 'Enable', hint: 'From then on others no longer find the '
            + 'AMI in lists; whoever knows its ID can still launch it.' },
        ...(values.on ? [{ id: 'at', kind: 'datetime', label: 'Date and time (UTC)', required: true,
            param: 'DeprecateAt' }] : []),
    ],
    calls: (values, { rows }) => mapEach(rows, image => values.on
        ? { operation: 'EnableImageDeprecation', params: { ImageId: image.imageId,
            DeprecateAt: values.at ? `${values.at}:00Z` : '' } }
        : { operation: 'DisableImageDeprecation', params: { ImageId: image.imageId } }),
};

const permissions = {
    id: 'edit-permissions', label: 'Edit AMI permissions', submit: 'Save changes',
    why: rows => oneRow(rows) || mine(rows),
    load: async ({ account, region, rows: [image] }) => {
        const { launchPermission } = await ec2({ account, region }, 'DescribeImageAttribute',
            { ImageId: image.imageId, Attribute: 'launchPermission' });
        const all = items(launchPermission);
        const was = { public: all.some(one => one.group === 'all') ? 'public' : 'private',
            accounts: all.filter(one => one.userId).map(one => one.userId),
            arns: all.map(one => one.organizationArn ?? one.organizationalUnitArn).filter(Boolean) };
        return { was, initial: was };
    },
    fields: values => [
        { id: 'public', kind: 'radio', label: 'AMI availability', options: [['public',
            'Public'], ['private', 'Private']] },
        ...(values.public === 'private' ? [
            { id: 'accounts', kind: 'texts', label: 'Shared accounts', one: 'AWS account ID',
                button: 'Add account ID', placeholder: '12 digits', inputMode: 'numeric', param: 'userId',
                hint: 'Whoever is to launch it needs its key as well, where a snapshot is encrypted.' },
            { id: 'arns', kind: 'texts', label: 'Shared organizations and OUs', one: 'ARN',
                button: 'Add organization/OU ARN', placeholder: 'arn:aws:organizations::…' },
        ] : []),
    ],
    calls: (values, { rows: [image] }, { was }) => {
        const unit = arn => /:ou\//.test(arn) ? { OrganizationalUnitArn: arn }
            : { OrganizationArn: arn };
        const entries = of => [...of.public === 'public' ? [{ Group: 'all' }] : [],
            ...of.accounts.filter(Boolean).map(UserId => ({ UserId })),
            ...of.arns.filter(Boolean).map(unit)];
        const missing = (a, b) => a.filter(one => !b.some(other => JSON.stringify(other)
            === JSON.stringify(one)));
        if (!values.accounts)
            return [];
        const Add = missing(entries(values), entries(was)), Remove = missing(entries(was),
            entries(values));
        const change = { ...(Add.length && { Add }), ...(Remove.length && { Remove }) };
        return Object.keys(change).length ? [{ operation: 'ModifyImageAttribute',
            params: { ImageId: image.imageId, LaunchPermission: change } }] : [];
    },
    errors: found('accounts', 'InvalidAMIAttributeItemValue'),
};

const switching = (id, label, operation, state, about) => ({
    id, label, title: label, many: true, submit: label,
    why: rows => mine(rows) || (rows.some(image => (image.imageState === 'disabled') !== state)
        && (state ? 'It is not disabled' : 'It is disabled')),
    about: () => about,
    calls: (values, { rows }) => mapEach(rows, ({ imageId }) => ({ operation,
        params: { ImageId: imageId } })),
});

const disable = switching('disable', 'Disable AMI', 'DisableImage', false, 'A disabled AMI cannot be '
    + 'launched and is private. Its snapshots stay and are charged. It can be enabled again.');
const enable = switching('enable', 'Enable AMI', 'EnableImage', true,
    'The AMI can be launched again. Permissions that it lost when it was disabled do not come back.');

const deregister = {
    id: 'deregister', label: 'Deregister AMI', many: true, danger: true,
    why: mine,
    about: ({ rows }) => `Instances that run are not affected, but no new one can be launched from `
        + `${rows.length > 1 ? `these ${rows.length} AMIs` : 'this AMI'}.`,
    initial: () => ({ snapshots: false }),
    fields: values => [{ id: 'snapshots', kind: 'checkbox', label: 'Delete associated snapshots',
        live: true, hint: values.snapshots ? 'A snapshot that another AMI uses stays.'
            : <span className="warning">Its snapshots stay and are charged until you delete them.</span>,
    }],
    calls: (values, { rows }) => mapEach(rows, ({ imageId }) => ({ operation: 'DeregisterImage',
        params: { ImageId: imageId, DeleteAssociatedSnapshots: values.snapshots || undefined } })),
    done: (answers, values, { rows }) => ({ text: `${rows.map(nameOf).join(', ')} deregistered.` }),
};

export const imageActions = [copyImage, permissions, deprecation, protection, disable, enable,
    deregister];

