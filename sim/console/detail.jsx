// One thing: what it is, its tags, what happened to it, what it costs, and the XML as the API gives it.
import { useState } from 'react';
import { control, ec2, items, lines } from './api.js';
import { ActionDialog } from './form.jsx';
import { entriesOf } from './list.jsx';
import {
    Empty, Facts, Head, Menu, Problem, Ref, State, Tabs, Text, When, dollars,
} from './parts.jsx';
import { nameOf } from './actions_common.jsx';
import { Described } from './resources.jsx';
import { refine, useRoute } from './router.js';
import { concerns, useQuery } from './state.js';
import { Lines } from './lines.jsx';
import { LineageOf } from './lineage_of.jsx';
import { Consistency } from './consistency.jsx';
import { GuestFiles } from './guest_files.jsx';

const IDS = { images: 'ImageIds', instances: 'InstanceIds', snapshots: 'SnapshotIds',
    volumes: 'VolumeIds', keys: 'KeyPairIds' };

const yes = value => value === 'true' ? 'Yes' : value === 'false' ? 'No' : undefined;
const time = value => value && <When time={value} />;

const FACTS = {
    images: row => [
        ['AMI ID', <code>{row.imageId}</code>],
        ['AMI name', <Text>{row.name}</Text>],
        ['Status', <><State value={row.imageState} /> <Text none="">{row.stateReason?.message}</Text></>],
        ['Description', <Described text={row.description} />],
        ['Owner account ID', row.imageOwnerId],
        ['Visibility', row.isPublic === 'true' ? 'Public' : 'Private'],
        ['Creation date', time(row.creationDate)],
        ['Deprecation time', time(row.deprecationTime) || '–'],
        ['Last launched time', time(row.lastLaunchedTime) || '–'],
        ['Deregistration protection', <Text>{row.deregistrationProtection}</Text>],
        ['Source instance', <Ref id={row.sourceInstanceId} />],
        ['Source AMI', row.sourceImageId && <><Ref id={row.sourceImageId}
            region={row.sourceImageRegion} /> {row.sourceImageRegion}</>],
        ['Platform details', row.platformDetails],
        ['Architecture', row.architecture],
        ['Virtualization type', row.virtualizationType],
        ['Root device name', row.rootDeviceName],
        ['Root device type', row.rootDeviceType],
        ['Boot mode', row.bootMode],
        ['Kernel ID', row.kernelId],
        ['IMDS support', row.imdsSupport],
        ['ENA support', yes(row.enaSupport)],
    ],
    instances: row => [
        ['Instance ID', <code>{row.instanceId}</code>],
        ['Instance state', <State value={row.instanceState.name} />],
        ['State transition', <Text>{row.reason}</Text>],
        ['Instance type', row.instanceType],
        ['AMI ID', <Ref id={row.imageId} />],
        ['Launch time', time(row.launchTime)],
        ['Key pair', <Text>{row.keyName}</Text>],
        ['Platform details', row.platformDetails],
        ['Availability Zone', row.placement?.availabilityZone],
        ['Private IPv4', row.privateIpAddress],
        ['Public IPv4', row.ipAddress],
        ['VPC', row.vpcId], ['Subnet', row.subnetId],
        ['IAM instance profile', row.iamInstanceProfile?.arn],
        ['Root device', row.rootDeviceName],
    ],
    snapshots: row => [
        ['Snapshot ID', <code>{row.snapshotId}</code>],
        ['Status', <><State value={row.status} /> {row.progress} <Text none="">{row.statusMessage}</Text></>],
        ['Volume size', `${row.volumeSize} GiB`],
        ['Full snapshot size', row.fullSnapshotSizeInBytes && `${Number(row.fullSnapshotSizeInBytes)
            .toLocaleString('en')} bytes`],
        ['Volume ID', <Ref id={row.volumeId} />],
        ['Description', <Described text={row.description} />],
        ['Started', time(row.startTime)],
        ['Completed', time(row.completionTime)],
        ['Storage tier', row.storageTier],
        ['Encryption', row.encrypted === 'true' ? 'Encrypted' : 'Not encrypted'],
        ['KMS key ARN', row.kmsKeyId],
        ['Owner', row.ownerId],
    ],
    volumes: row => [
        ['Volume ID', <code>{row.volumeId}</code>],
        ['Volume state', <State value={row.status} />],
        ['Type', row.volumeType], ['Size', `${row.size} GiB`], ['IOPS', row.iops],
        ['Throughput', row.throughput && `${row.throughput} MiB/s`],
        ['Snapshot ID', <Ref id={row.snapshotId} />],
        ['Created', time(row.createTime)],
        ['Availability Zone', row.availabilityZone],
        ['Encrypted', yes(row.encrypted)], ['KMS key ARN', row.kmsKeyId],
        ['Attached to', items(row.attachmentSet).map(one => <span key={one.instanceId}>
            <Ref id={one.instanceId} /> as {one.device} <State value={one.status} /></span>)],
    ],
    keys: row => [
        ['Name', <Text>{row.keyName}</Text>], ['ID', <code>{row.keyPairId}</code>],
        ['Type', row.keyType], ['Fingerprint', <code>{row.keyFingerprint}</code>],
        ['Created', time(row.createTime)],
    ],
};

const Rows = ({ head, rows, label, none }) => rows.length ? <div className="table" tabIndex={0}
    role="region" aria-label={label}><table aria-label={label}><thead><tr>{head.map(one =>
        <th scope="col" key={one}>{one}</th>)}</tr></thead><tbody>{rows.map((row, i) =>
        <tr key={i}>{row.map((cell, at) => at ? <td key={at}>{cell}</td>
            : <th scope="row" key={at}>{cell}</th>)}</tr>)}</tbody></table></div> : <Empty>{none}</Empty>;

const Tags = ({ row }) => <Rows label="Tags" head={['Key', 'Value']} none="No tags."
    rows={items(row.tagSet).map(tag => [<bdi>{tag.key}</bdi>, <Text>{tag.value}</Text>])} />;

const Devices = ({ row }) => <Rows label="Storage" none="No block devices."
    head={['Device', 'Volume or snapshot', 'Size', 'Type', 'Delete on termination', 'Encrypted']}
    rows={items(row.blockDeviceMapping).map(one => [one.deviceName,
        <Ref id={one.ebs?.volumeId ?? one.ebs?.snapshotId} none={one.virtualName} />,
        <Text>{one.ebs?.volumeSize && `${one.ebs.volumeSize} GiB`}</Text>,
        <Text>{one.ebs?.volumeType}</Text>, <Text>{yes(one.ebs?.deleteOnTermination)}</Text>,
        <Text>{yes(one.ebs?.encrypted)}</Text>])} />;

function Permissions({ row }) {
    const { account, region } = useRoute();
    const own = row.imageOwnerId === account;
    const { value, error } = useQuery(`permissions ${row.imageId}`, async () => own ? items((await ec2(
        { account, region }, 'DescribeImageAttribute', { ImageId: row.imageId,
            Attribute: 'launchPermission' })).launchPermission) : [], concerns(account));
    if (!own)
        return <Empty>Only its owner, {row.imageOwnerId}, sees who may launch it.</Empty>;
    return <><Problem error={error} /><Rows label="Permissions" head={['Who may launch it']}
        rows={(value ?? []).map(one => [one.group === 'all' ? 'Everybody (Public)' : one.userId
            ?? one.organizationArn ?? one.organizationalUnitArn])}
        none="Private: nobody but its owner." /></>;
}

// The record as far as it names the thing.
function Events({ id }) {
    const { account } = useRoute();
    const { value, error } = useQuery(`events ${id}`, async () => {
        const [events, requests] = await Promise.all([control(`events?subject=${id}`),
            control(`requests?resource=${id}`)]);
        return [...lines(events), ...lines(requests)].filter(line => !line.skipped)
            .sort((a, b) => a.time < b.time ? 1 : a.time > b.time ? -1 : 0);
    }, concerns(account));
    return <><Problem error={error} /><Lines lines={value ?? []} label={`Events of ${id}`} /></>;
}

function Cost({ id }) {
    const { account, region } = useRoute();
    const { value, error } = useQuery(`cost ${id}`, () => control(
        `cost?account=${account}&region=${region}`), concerns(account));
    const here = value?.accounts[0]?.regions[0];
    const found = here && [...here.images, ...here.snapshots].find(one => (one.imageId
        ?? one.snapshotId) === id);
    if (error)
        return <Problem error={error} />;
    if (!value)
        return <Empty>Loading …</Empty>;
    if (!found)
        return <Empty>Nothing is charged for it: only snapshots are, and images by their own.</Empty>;
    return <Facts rows={[
        ['Until now', dollars(found.amount)], ['A month, as things are', dollars(found.perMonth)],
        ['Why', found.why],
        ['Snapshots', found.snapshots?.map(one => <div key={one}><Ref id={one} /></div>)],
        ['Of images', found.images?.map(one => <div key={one}><Ref id={one} /></div>)],
        ['Bytes that only it holds', found.bytes?.alone.toLocaleString('en')],
        ['Bytes that are charged to it', found.bytes?.charged.toLocaleString('en')],
    ]} />;
}

const Xml = ({ xml }) => <pre className="xml" tabIndex={0} role="region" aria-label="XML"><code>
    {xml.replace(/></g, '>\n<')}</code></pre>;

const TABS = {
    permissions: ['Permissions', ({ row }) => <Permissions row={row} />],
    storage: ['Storage', ({ row }) => <Devices row={row} />],
    tags: ['Tags', ({ row }) => <Tags row={row} />],
    files: ['Guest files', ({ row }) => <GuestFiles instance={row} />],
    lineage: ['Lineage', ({ id }) => <LineageOf id={id} />],
    events: ['Events', ({ id }) => <Events id={id} />],
    cost: ['Cost', ({ id }) => <Cost id={id} />],
    consistency: ['Consistency', ({ id }) => <Consistency image={id} />],
    xml: ['XML', ({ xml }) => <Xml xml={xml} />],
};
const TABS_OF = {
    images: ['permissions', 'storage', 'tags', 'lineage', 'events', 'cost', 'consistency', 'xml'],
    instances: ['storage', 'tags', 'files', 'lineage', 'events', 'xml'],
    snapshots: ['tags', 'lineage', 'events', 'cost', 'xml'],
    volumes: ['tags', 'lineage', 'events', 'xml'],
    keys: ['tags', 'xml'],
};

export function DetailPage({ resource }) {
    const { account, region, id, query } = useRoute();
    const [dialog, setDialog] = useState();
    const { value, error, again } = useQuery(`${resource.page} ${account} ${region} ${id}`, async () => {
        const answer = await ec2({ account, region }, resource.operation, {
            [IDS[resource.page]]: [id],
            ...(resource.page === 'images' && { IncludeDisabled: true }),
        });
        const rows = items(answer[resource.set]);
        return { row: (resource.rows ? resource.rows(rows) : rows)[0], xml: answer.xml };
    }, concerns(account));
    const row = value?.row;
    const back = <p><a href={`#/${account}/${region}/${resource.page}`}>{resource.title}</a></p>;
    if (error || !row)
        return <section aria-busy={!error && !value}>{back}<Head title={id} /><Problem error={error} />
            {error || value ? <Gone id={id} one={resource.one} /> : <Empty>Loading …</Empty>}</section>;
    const facts = { id: 'details', label: 'Details', show: () => <Facts
        rows={FACTS[resource.page](row)} /> };
    const tabs = [facts, ...TABS_OF[resource.page].map(tab => ({ id: tab, label: TABS[tab][0],
        show: () => TABS[tab][1]({ row, id, xml: value.xml }) }))];
    return <section>{back}
        <Head title={nameOf(row) === id ? id : `${nameOf(row)}`}>
            <Menu label="Actions" primary entries={entriesOf(resource.actions, [row], setDialog)} />
        </Head>
        <Tabs label={`About ${id}`} tabs={tabs} open={query.tab} onOpen={tab => refine({ tab })} />
        {dialog && <ActionDialog {...dialog} onClose={() => {
            setDialog(undefined);
            again();
        }} />}
    </section>;
}

// It is no more; what is known of it still stands in the record.
const Gone = ({ id, one }) => <><p>There is no such {one} in this Region, or no longer.</p>
    <h2>What is known of it</h2><Events id={id} /></>;
