// Checkpoints: the whole world set aside under a name, and brought back as often as one likes.
import { useState } from 'react';
import { control } from './api.js';
import { curl } from './cli.js';
import { Command, Dialog, Empty, Head, Problem } from './parts.jsx';
import { say, useQuery } from './state.js';
import { Table } from './table.jsx';

const news = line => line.skipped || line.event === 'control';

function Sure({ title, about, label, act, onClose }) {
    return <Dialog title={title} onClose={onClose}><p>{about}</p><footer className="row">
        <button type="button" className="danger" onClick={() => {
            onClose();
            act();
        }}>{label}</button><button type="button" onClick={onClose}>Cancel</button></footer></Dialog>;
}

export function CheckpointsPage() {
    const { value, error, again } = useQuery('checkpoints', () => control('checkpoints'), news);
    const [name, setName] = useState('');
    const [problem, setProblem] = useState();
    const [sure, setSure] = useState();
    const attempt = async (path, method, said) => {
        try {
            await control(path, { method });
            setProblem();
            say(said);
            again();
        } catch (refusal) {
            setProblem(refusal);
        }
    };
    const path = one => `checkpoints/${encodeURIComponent(one)}`;
    const columns = [
        { id: 'name', label: 'Name', text: row => row.name, show: row => row.name },
        { id: 'bytes', label: 'Size', text: row => row.bytes,
            show: row => `${(row.bytes / 1e6).toFixed(1)} MB` },
        { id: 'act', label: 'What to do', show: row => <>
            <button type="button" aria-label={`Restore ${row.name}`} onClick={() => setSure({
                title: `Restore ${row.name}`, label: 'Restore',
                about: 'The world, its jobs and its clock are again as they were; what came since is gone.',
                act: () => attempt(`${path(row.name)}/restore`, 'POST', `${row.name} restored.`),
            })}>Restore</button>{' '}
            <button type="button" className="plain" aria-label={`Forget ${row.name}`} onClick={() =>
                attempt(path(row.name), 'DELETE', `${row.name} forgotten.`)}>Forget</button></> },
    ];
    const make = event => {
        event.preventDefault();
        attempt(path(name), 'POST', `Checkpoint ${name} made.`);
        setName('');
    };
    return <section>
        <Head title="Checkpoints" count={value?.checkpoints.length}>
            <button type="button" onClick={() => setSure({ title: 'Reset the world', label: 'Reset',
                about: 'Everything is as after the start, for every account. Checkpoints stay.',
                act: () => attempt('reset', 'POST', 'The world is new.') })}>Reset the world</button>
        </Head>
        <p>State, jobs, clock and chances of all accounts, set aside under a name. They live in memory and
            end with the process.</p>
        <form className="row" onSubmit={make}><label>Name <input value={name} required data-key="create"
            onChange={event => setName(event.target.value)} /></label>
        <button className="primary">Make checkpoint</button></form>
        <Command label="The same with curl" setup={false} text={curl('POST', path(name || 'NAME'))} />
        <Problem error={problem ?? error} />
        <Table label="Checkpoints" rows={value?.checkpoints ?? []} columns={columns}
            rowId={row => row.name}><Empty>None yet.</Empty></Table>
        {sure && <Sure {...sure} onClose={() => setSure()} />}
    </section>;
}
