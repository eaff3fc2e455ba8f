// What snapshots and images cost, now and until now, and why what is left is still charged.
import { control } from './api.js';
import { Icon } from './icons.jsx';
import { Empty, Head, Problem, Ref, State, Text, When, dollars } from './parts.jsx';
import { Table } from './table.jsx';
import { useRoute } from './router.js';
import { concerns, useQuery } from './state.js';

const money = (id, label) => ({ id, label, text: row => row[id], show: row => dollars(row[id]) });
const where = { id: 'region', label: 'Region', text: row => row.region, show: row => row.region };

const SNAPSHOTS = [
    { id: 'id', label: 'Snapshot', text: row => row.snapshotId, show: row => row.until
        ? <code>{row.snapshotId}</code> : <Ref id={row.snapshotId} region={row.region} /> },
    where, money('perMonth', 'A month'), money('amount', 'Until now'),
    { id: 'why', label: 'Why', wide: true, text: row => row.why, show: row => row.until
        ? <>deleted <When time={row.until} short /></> : <Text>{row.why}</Text> },
];
const IMAGES = [
    { id: 'id', label: 'AMI', text: row => row.imageId, show: row => <Ref id={row.imageId}
        region={row.region} /> },
    { id: 'name', label: 'Name', text: row => row.name, show: row => <Text>{row.name}</Text> },
    { id: 'state', label: 'State', text: row => row.state, show: row => <State value={row.state} /> },
    where, money('perMonth', 'A month'), money('amount', 'Until now'),
];

export function CostPage() {
    const { account } = useRoute();
    const { value, error, again } = useQuery(`cost ${account}`, () => control(
        `cost?account=${account}`), concerns(account));
    const regions = value?.accounts[0]?.regions ?? [];
    const all = name => regions.flatMap(one => one[name].map(row => ({ ...row, region: one.region })));
    return <section>
        <Head title="Cost"><button type="button" aria-label="Refresh" onClick={again}>
            <Icon name="refresh" /></button></Head>
        <Problem error={error} />
        <p>Snapshots are charged until they are deleted; deregistering an AMI stops nothing. Move the clock
            on to see what a month or a year would cost.</p>
        <div className="cards three">
            <div className="card"><h2>A month, as things are</h2><p className="big">
                {value ? dollars(value.perMonth) : '…'}</p></div>
            <div className="card"><h2>Until now</h2><p className="big">
                {value ? dollars(value.amount) : '…'}</p></div>
            <div className="card"><h2>By Region</h2>{regions.map(one => <p key={one.region}>{one.region}{' '}
                <strong>{dollars(one.perMonth)}</strong> a month</p>)}</div>
        </div>
        <h2>Snapshots</h2>
        <Table label="What snapshots cost" rows={all('snapshots')} columns={SNAPSHOTS}
            rowId={row => row.snapshotId}><Empty>No snapshot is charged.</Empty></Table>
        <h2>AMIs</h2>
        <p className="quiet">An AMI costs what its snapshots cost; one that two share is counted in both.</p>
        <Table label="What AMIs cost" rows={all('images')} columns={IMAGES}
            rowId={row => row.imageId}><Empty>No AMI of this account.</Empty></Table>
    </section>;
}
