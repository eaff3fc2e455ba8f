// The timeline: calls, states, jobs, faults and control on the virtual clock, as they come. Pausing
// stops the list, never the world.
import { useMemo, useState } from 'react';
import { Icon } from './icons.jsx';
import { Head, Problem } from './parts.jsx';
import { KINDS, Lines, kindOf } from './lines.jsx';
import { refine, useRoute } from './router.js';
import { useRecord } from './state.js';

const HIDDEN = 'read'; // at first

export function TimelinePage() {
    const { account, region, query } = useRoute();
    const [stopped, setStopped] = useState();
    const { lines: all, error } = useRecord();
    const hidden = new Set((query.hide ?? HIDDEN).split(','));
    const wanted = (query.q ?? '').toLowerCase();
    const whose = query.whose ?? 'account';
    const shown = useMemo(() => (stopped ?? all).filter(line => !hidden.has(kindOf(line))
        && (whose === 'all' || !line.account || line.account === account)
        && (whose !== 'region' || !line.region || line.region === region)
        && (!wanted || JSON.stringify(line).toLowerCase().includes(wanted))).reverse(),
    [all, stopped, query.hide, wanted, whose, account, region]);
    const toggle = kind => {
        hidden.delete(kind) || hidden.add(kind);
        refine({ hide: [...hidden].join(',') || 'none' });
    };
    return <section>
        <Head title="Timeline" count={shown.length}>
            <button type="button" aria-pressed={Boolean(stopped)}
                onClick={() => setStopped(stopped ? undefined : all)}>
                <Icon name={stopped ? 'run' : 'pause'} />{' '}
                {stopped ? `Go on (${all.length - stopped.length} new)` : 'Pause the list'}</button>
        </Head>
        <div className="row filters">
            <select aria-label="Whose" value={whose} onChange={event => refine(
                { whose: event.target.value })}>
                <option value="account">This account</option>
                <option value="region">This account in this Region</option>
                <option value="all">All accounts</option></select>
            <input type="search" data-key="search" aria-label="Find in the timeline"
                placeholder="Find an ID, operation, code …" value={query.q ?? ''}
                onChange={event => refine({ q: event.target.value })} />
            <fieldset className="chips"><legend className="quiet">Show</legend>
                {Object.entries(KINDS).filter(([kind]) => kind !== 'step').map(([kind, label]) =>
                    <label key={kind} className="chip"><input type="checkbox"
                        checked={!hidden.has(kind)} onChange={() => toggle(kind)} />
                        <Icon name={kind} /> {label}</label>)}</fieldset>
        </div>
        <Problem error={error} />
        <Lines lines={shown} label="Timeline, newest first" large />
    </section>;
}
