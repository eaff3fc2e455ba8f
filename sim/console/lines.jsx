// Lines of the record for people: what was asked, what happened. A click on one tells all that is
// kept of it, with the command that asks the same.
import { useState } from 'react';
import { control } from './api.js';
import { commandOf } from './cli.js';
import { Icon } from './icons.jsx';
import { Command, Dialog, Empty, Facts, Problem, Ref, State, moment } from './parts.jsx';
import { isRead, useQuery } from './state.js';

// The kind of a line: what the timeline's filters name.
export const kindOf = line => line.event ?? (isRead(line) ? 'read' : 'call');

export const KINDS = { call: 'Calls', read: 'Reads', state: 'States', job: 'Jobs', fault: 'Faults',
    step: 'Steps', control: 'Control' };

const short = value => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

const About = {
    state: line => <><Ref id={line.subject} region={line.region} />{' '}
        {line.was && <>{line.was} → </>}<State value={line.state} /></>,
    job: line => <>work done: {line.job} <Ref id={line.subject} region={line.region} /></>,
    fault: line => <><strong>fault</strong> {line.fault} on <bdi>{line.subject}</bdi></>,
    step: line => <><strong>step</strong> of {line.fault}: {line.operation} {line.code}</>,
    control: line => <>{line.operation} <code><bdi>{short(line.parameters
        ?? line.path?.replace(/^\w+ \/_amisim\//, ''))}</bdi></code></>,
};

const call = line => <><strong>{line.operation ?? 'request'}</strong>{' '}
    {line.code ? <span className="state bad"><span aria-hidden="true" className="sign">✖</span>{' '}
        {line.code}</span> : <span className="quiet">{line.status}</span>}
    {line.answered && <> → {line.answered.slice(0, 3).map(id => <span key={id}><Ref id={id}
        region={line.region} /> </span>)}</>}
    {line.fault && <> <strong><Icon name="fault" /> {line.fault}</strong></>}</>;

function Line({ line, onOpen, large }) {
    const kind = kindOf(line);
    return <li className={`line of-${kind}`}>
        <button type="button" className="plain when" onClick={() => onOpen(line)}
            aria-label={`${KINDS[kind]} at ${moment(line.time)}: all of it`}>
            <Icon name={kind} /> <time dateTime={line.time}>
                {large ? moment(line.time).slice(5) : line.time.slice(11, 19)}</time></button>
        <span className="what">{(About[kind] ?? call)(line)}</span>
        <span className="where quiet">{line.region}</span>
    </li>;
}

export function Lines({ lines, label, large, most = 200 }) {
    const [open, setOpen] = useState();
    const [shown, setShown] = useState(most);
    return <>
        {lines.length ? <ol className="lines" aria-label={label}>
            {lines.slice(0, shown).map(line => <Line key={`${line.event ? 'e' : 'r'}${line.seq}`}
                {...{ line, large }} onOpen={setOpen} />)}</ol>
            : <Empty>Nothing has happened.</Empty>}
        {lines.length > shown && <button type="button" onClick={() => setShown(shown + 500)}>
            Show more ({lines.length - shown})</button>}
        {open && (open.event ? <EventDialog line={open} onClose={() => setOpen()} />
            : <RequestDialog line={open} onClose={() => setOpen()} />)}
    </>;
}

// ---- One of them ----

const json = value => JSON.stringify(value, null, 2);
const Code = ({ label, children }) => <pre className="xml" tabIndex={0} role="region"
    aria-label={label}><code>{children}</code></pre>;

function EventDialog({ line, onClose }) {
    return <Dialog title={`${KINDS[kindOf(line)]}: ${line.subject ?? line.operation ?? ''}`}
        onClose={onClose}><Code label="Event">{json(line)}</Code></Dialog>;
}

const pretty = ({ contentType, body }) => contentType.includes('json') && body
    ? json(tryJson(body)) : (body ?? '').replace(/></g, '>\n<');
const tryJson = text => {
    try {
        return JSON.parse(text);
    } catch {
        return text; // it was cut
    }
};

function RequestDialog({ line, onClose }) {
    const { value, error } = useQuery(`request ${line.seq}`, () => control(`requests/${line.seq}`));
    const request = value ?? line;
    const command = commandOf(request);
    const { answer } = request;
    return <Dialog title={`${request.operation ?? 'Request'} ${request.status ?? ''}`} wide
        onClose={onClose}>
        <Problem error={error} />
        <Facts rows={[
            ['When', `${moment(request.time)} UTC`], ['Account', request.account],
            ['Region', request.region], ['Request ID', <code>{request.request}</code>],
            ['Status', request.status], ['Code', request.code],
            ['Message', request.message && <bdi>{request.message}</bdi>], ['Fault', request.fault],
        ]} />
        {command && <><h3>The same with the AWS CLI</h3><Command text={command} /></>}
        <h3>Parameters</h3>
        <Code label="Parameters">{request.parameters ? json(request.parameters) : 'none'}</Code>
        {answer && <><h3>Answer <span className="quiet">{answer.size} bytes{answer.cut
            && ', cut'}</span></h3>{answer.withheld ? <p>Not kept: {answer.withheld}.</p>
            : <Code label="Answer">{pretty(answer)}</Code>}</>}
        {value && !answer && <p className="quiet">Its answer is no longer kept.</p>}
    </Dialog>;
}
