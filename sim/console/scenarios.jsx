// Faults on purpose: every scenario that is shipped or runs, with its story, how to meet it, and how
// often its rules were met and struck.
import { useState } from 'react';
import { control } from './api.js';
import { curl } from './cli.js';
import { Icon } from './icons.jsx';
import { Command, Dialog, Head, Problem, When } from './parts.jsx';
import { useRoute } from './router.js';
import { say, useQuery } from './state.js';

const news = line => line.skipped || line.fault || line.event === 'control';

function Rules({ rules }) {
    return <ul className="rules">{rules.map(rule => <li key={rule.name}>
        <code>{rule.name}</code> met {rule.met}, struck {rule.struck}</li>)}</ul>;
}

function Card({ scenario, running, onChange, onShow }) {
    const { name, story } = scenario;
    const turn = async () => {
        await control(`scenarios/${name}`, running ? { method: 'DELETE' } : { method: 'PUT',
            body: scenario.shipped ? '' : scenario.document });
        say(`Scenario ${name} ${running ? 'ended' : 'runs'}.`);
        onChange();
    };
    return <section className={`card scenario${running ? ' on' : ''}`} aria-labelledby={`s-${name}`}>
        <div className="row spread">
            <h2 id={`s-${name}`}><Icon name="fault" /> {name}</h2>
            <button type="button" role="switch" aria-checked={Boolean(running)} onClick={turn}
                aria-label={name}>{running ? 'On' : 'Off'}</button>
        </div>
        <p><bdi>{story}</bdi></p>
        {scenario.try && <p><strong>Try:</strong> {scenario.try}</p>}
        {running && <><p className="quiet">Since <When time={running.started} short />
            {running.account && `, for account ${running.account}`}</p><Rules rules={running.rules} /></>}
        {scenario.document && <button type="button" className="plain" onClick={onShow}>YAML</button>}
    </section>;
}

function Own({ onChange }) {
    const [name, setName] = useState('mine');
    const [text, setText] = useState('name: mine\nstory: Launches are refused twice.\nrules:\n'
        + '  - name: refused\n    when: {operations: [RunInstances], first: 2}\n'
        + '    what: {error: {code: InsufficientInstanceCapacity}}\n');
    const [error, setError] = useState();
    const send = async event => {
        event.preventDefault();
        try {
            await control(`scenarios/${encodeURIComponent(name)}`, { method: 'PUT', body: text });
            say(`Scenario ${name} runs.`);
            setError();
            onChange();
        } catch (refusal) {
            setError(refusal);
        }
    };
    return <form className="card" onSubmit={send}>
        <h2>Your own</h2>
        <label className="field">Name <input value={name} required
            onChange={event => setName(event.target.value)} /></label>
        <label className="field">Scenario (YAML) <textarea rows={9} className="code" value={text}
            spellCheck="false" onChange={event => setText(event.target.value)} /></label>
        <Problem error={error} />
        <div className="row"><button className="primary">Begin</button></div>
    </form>;
}

export function ScenariosPage() {
    const { account } = useRoute();
    const [shown, setShown] = useState();
    const { value, error, again } = useQuery(`scenarios ${account}`, () => control('scenarios?all=true'),
        news);
    const running = new Map((value?.scenarios ?? []).map(one => [one.name, one]));
    const shipped = (value?.shipped ?? []).map(one => ({ ...one, shipped: true }));
    const others = [...running.values()].filter(one => !shipped.some(other => other.name === one.name));
    return <section>
        <Head title="Scenarios" count={value ? running.size : undefined} />
        <p>What goes wrong on purpose. A scenario that runs shows in the bar on every page.</p>
        <Problem error={error} />
        <div className="cards auto">
            {[...others, ...shipped].map(one => <Card key={one.name} scenario={one}
                running={running.get(one.name)} onChange={again} onShow={() => setShown(one)} />)}
            <Own onChange={again} />
        </div>
        {shown && <Dialog title={shown.name} onClose={() => setShown()} wide>
            <pre className="xml" tabIndex={0} role="region" aria-label="YAML"><code>{shown.document}</code>
            </pre><Command label="The same with curl" setup={false}
                text={curl('PUT', `scenarios/${shown.name}`)} /></Dialog>}
    </section>;
}
