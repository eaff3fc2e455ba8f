// The page of the clock: any moment, and what will fall due.
import { useState } from 'react';
import { curl } from './cli.js';
import { JUMPS, move } from './clock.jsx';
import { Command, Empty, Head, Problem, Ref, moment, span } from './parts.jsx';
import { moveClock, progressOf, useNow, useWorld } from './state.js';
import { Table } from './table.jsx';

const columns = now => [
    { id: 'kind', label: 'Work', text: job => job.kind, show: job => job.kind },
    { id: 'subject', label: 'On', text: job => job.subject, show: job => <Ref id={job.subject}
        region={job.region} /> },
    { id: 'region', label: 'Region', text: job => job.region, show: job => job.region },
    { id: 'account', label: 'Account', text: job => job.account, show: job => job.account },
    { id: 'due', label: 'Due', text: job => job.due, show: job => job.stuck
        ? `held up by ${job.stuck}` : `in ${span(Date.parse(job.due) - now)}` },
    { id: 'progress', label: 'Done', text: job => progressOf(job, now), show: job => job.stuck ? '–'
        : `${progressOf(job, now) ?? 0} %` },
];

export function ClockPage() {
    const now = useNow();
    const jobs = useWorld(s => s.jobs);
    const clock = useWorld(s => s.clock);
    const [to, setTo] = useState('');
    const [error, setError] = useState();
    const body = to ? { set: `${to}:00Z` } : { advance: '1h' };
    const send = async event => {
        event.preventDefault();
        try {
            await moveClock(body);
            setError();
        } catch (refusal) {
            setError(refusal);
        }
    };
    return <section>
        <Head title="Clock" />
        <p className="big">{moment(new Date(now).toISOString())} <small>UTC, {clock.frozen ? 'standing'
            : `×${clock.rate}`}</small></p>
        <p>Virtual time: when it moves, all that falls due is done in order, each at its own moment. It
            never goes back; a checkpoint or a reset does that.</p>
        <form className="row" onSubmit={send}>
            <label>Go to (UTC) <input type="datetime-local" value={to} min={moment(new Date(now)
                .toISOString()).slice(0, 16).replace(' ', 'T')}
            onChange={event => setTo(event.target.value)} /></label>
            <button className="primary" disabled={!to}>Go</button>
            {JUMPS.map(([advance, label]) => <button type="button" key={advance}
                onClick={() => move({ advance })}>{label}</button>)}
        </form>
        <Problem error={error} />
        <Command label="The same with curl" setup={false} text={curl('POST', 'clock', body)} />
        <h2>What will fall due</h2>
        <Table label="Work that waits" rows={jobs} columns={columns(now)} rowId={job => job.id}><Empty>Nothing is under way.</Empty></Table>
    </section>;
}
