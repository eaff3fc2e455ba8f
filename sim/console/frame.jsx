// What stands around every page: the bar with account, Region and clock, the navigation, what is said
// aloud, keys, and the view that a browser remembers.
import { Component, useEffect, useState } from 'react';
import { ClockBar, toNext } from './clock.jsx';
import { Icon } from './icons.jsx';
import { Dialog, stateWord } from './parts.jsx';
import { go, here, href, useRoute } from './router.js';
import { get, say, unsay, useLines, useWorld } from './state.js';

// ---- The view: theme, size and keys are all that is stored ----

const VIEW = { theme: 'system', size: 'normal', keys: 'on' };

function storedView() {
    try {
        return { ...VIEW, ...JSON.parse(localStorage.getItem('view')) };
    } catch {
        return VIEW;
    }
}

function show(view) {
    document.documentElement.dataset.theme = view.theme;
    document.documentElement.dataset.size = view.size;
}

export function useView() {
    const [view, setView] = useState(() => {
        const asked = new URLSearchParams(location.search).get('size');
        const first = { ...storedView(), ...(asked && { size: asked }) };
        show(first);
        return first;
    });
    const change = part => setView(old => {
        const next = { ...old, ...part };
        show(next);
        try {
            localStorage.setItem('view', JSON.stringify(next));
        } catch {
            // a browser that stores nothing forgets the view
        }
        return next;
    });
    return [view, change];
}

// ---- Navigation ----

export const NAVIGATION = [
    ['', [['overview', 'Overview', 'o'], ['tour', 'Tour', 't']]],
    ['Instances', [['instances', 'Instances', 'i'], ['keys', 'Key pairs', 'k']]],
    ['Images', [['images', 'AMIs', 'a']]],
    ['Elastic Block Store', [['volumes', 'Volumes', 'v'], ['snapshots', 'Snapshots', 's']]],
    ['Recycle Bin', [['bin', 'Resources', 'b']]],
    ['What happened', [['lineage', 'Lineage', 'l'], ['timeline', 'Timeline', 'm'],
        ['consistency', 'Consistency', 'y'], ['cost', 'Cost', 'd']]],
    ['This world', [['clock', 'Clock', 'w'], ['scenarios', 'Scenarios', 'f'],
        ['checkpoints', 'Checkpoints', 'p']]],
];

function Navigation() {
    const { page } = useRoute();
    return <nav aria-label="Pages">
        {NAVIGATION.map(([group, pages]) => <div key={group}>
            {group && <h2>{group}</h2>}
            <ul>{pages.map(([id, label]) => <li key={id}><a href={href({ page: id })}
                aria-current={page === id ? 'page' : undefined}>{label}</a></li>)}</ul></div>)}
        <a className="licences" href={href({ page: 'licences' })}>Licences</a>
    </nav>;
}

// ---- Account and Region ----

function Whose() {
    const { account, region, page } = useRoute();
    const accounts = useWorld(s => s.accounts);
    const regions = useWorld(s => s.regions);
    const [adding, setAdding] = useState(false);
    const known = [...new Set([account, ...accounts.map(one => one.account)])].sort();
    const mine = accounts.find(one => one.account === account)?.regions.map(one => one.region) ?? [];
    const option = ({ name, longName }) => <option key={name} value={name}>{name} – {longName}</option>;
    return <div className="row whose">
        <label><span>Account </span><select value={account} onChange={event => event.target.value === '+'
            ? setAdding(true) : go({ account: event.target.value, page })}>
            {known.map(one => <option key={one} value={one}>{one}</option>)}
            <option value="+">Another …</option></select></label>
        <label><span>Region </span><select value={region} onChange={event => go({ region: event.target.value,
            page })}>
            {mine.length > 0 && <optgroup label="With something of yours">{regions.filter(one =>
                mine.includes(one.name)).map(option)}</optgroup>}
            <optgroup label={mine.length ? 'Others' : 'Regions'}>{regions.filter(one =>
                !mine.includes(one.name)).map(option)}</optgroup></select></label>
        {adding && <Another onClose={() => setAdding(false)} />}
    </div>;
}

function Another({ onClose }) {
    const [account, setAccount] = useState('');
    return <Dialog title="Another account" onClose={onClose}><form onSubmit={event => {
        event.preventDefault();
        onClose();
        go({ account, page: here().page });
    }}><label className="field">12 digits <input value={account} pattern="\d{12}" required autoFocus
            inputMode="numeric" onChange={event => setAccount(event.target.value)} /></label>
        <p className="hint">Any 12 digits are an account: AWS_ACCESS_KEY_ID says the same in a shell.</p>
        <footer className="row"><button className="primary">Use it</button></footer></form></Dialog>;
}

const LIVE = { live: ['good', 'live'], connecting: ['busy', 'connecting'], hidden: ['off', 'hidden'],
    lost: ['bad', 'no connection'] };

function Bar({ view, change, onHelp }) {
    const live = useWorld(s => s.live);
    const running = useWorld(s => s.scenarios);
    const [group, word] = LIVE[live];
    const themes = { system: 'light', light: 'dark', dark: 'system' };
    return <header className="bar">
        <a className="brand" href={href({ page: 'overview' })}><Icon name="brand" /> amisim</a>
        <Whose />
        {running.length > 0 && <a className="chip fault" href={href({ page: 'scenarios' })}>
            <Icon name="fault" /> {running.length === 1 ? running[0].name
                : `${running.length} scenarios`}</a>}
        <ClockBar />
        <div className="row tools">
            <span className={`state live ${group}`} role="status"><span aria-hidden="true"
                className="sign">●</span> {word}</span>
            <button type="button" className="plain" title={`Theme: ${view.theme}`}
                aria-label={`Theme: ${view.theme}`} onClick={() => change(
                    { theme: themes[view.theme] })}><Icon name="theme" /></button>
            <button type="button" className="plain" aria-pressed={view.size === 'classroom'}
                aria-label="Classroom size" title="Classroom size" onClick={() => change(
                    { size: view.size === 'classroom' ? 'normal' : 'classroom' })}>A+</button>
            <button type="button" className="plain" aria-label="Help" onClick={onHelp}>?</button>
        </div>
    </header>;
}

// ---- What is said aloud ----

const ENDS = new Set(['available', 'completed', 'failed', 'error', 'running', 'stopped', 'terminated']);
const PLURAL = { image: 'image', snapshot: 'snapshot', volume: 'volume', instance: 'instance' };

// "2 images became available".
function ended(lines) {
    const counts = new Map();
    for (const { event, resource, state } of lines) {
        const key = `${resource} ${state}`;
        if (event === 'state' && ENDS.has(state) && PLURAL[resource])
            counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return [...counts].filter(([key]) => !key.startsWith('volume')).map(([key, count]) => {
        const [kind, state] = key.split(' ');
        return `${count} ${kind}${count > 1 ? 's' : ''} became ${stateWord(state).toLowerCase()}`;
    }).join(', ');
}

function Notices() {
    const { account } = useRoute();
    const notices = useWorld(s => s.notices) ?? [];
    const [first] = useState(get().order);
    useLines(batch => {
        const text = ended(batch.filter(line => line.order > first && line.account === account));
        if (text)
            say(text);
    });
    return <div className="notices" role="log" aria-live="polite" aria-label="What ended">
        {notices.map(notice => <Notice key={notice.id} notice={notice} />)}</div>;
}

function Notice({ notice: { id, text, link, bad } }) {
    useEffect(() => {
        const timer = setTimeout(() => unsay(id), bad ? 20000 : 8000);
        return () => clearTimeout(timer);
    }, [id]);
    return <div className={`notice${bad ? ' bad' : ''}`}>{link ? <a href={link}>{text}</a> : text}
        <button type="button" className="plain" aria-label="Dismiss" onClick={() => unsay(id)}><Icon name="close" /></button>
    </div>;
}

// ---- Keys ----

const KEYS = [['/', 'to the search field'], ['c', 'create, on a list'], ['.', 'to the next event'],
    ['+', 'classroom size'], ['?', 'this help'], ['g, then a letter', 'to a page']];

function useKeys(view, change, onHelp) {
    useEffect(() => {
        let going = -Infinity; // when g was pressed
        const press = event => {
            const typing = event.target.closest('input, textarea, select, dialog, [role=menu]');
            if (view.keys === 'off' || typing || event.ctrlKey || event.metaKey || event.altKey)
                return;
            if (performance.now() - going < 1500) {
                const page = NAVIGATION.flatMap(([, pages]) => pages)
                    .find(([, , key]) => key === event.key)?.[0];
                going = -Infinity;
                if (page) {
                    event.preventDefault();
                    go({ page });
                }
                return;
            }
            const act = {
                g: () => {
                    going = performance.now();
                },
                '/': () => document.querySelector('[data-key=search]')?.focus(),
                c: () => document.querySelector('[data-key=create]')?.focus(),
                '.': () => toNext(get().jobs),
                '+': () => change({ size: view.size === 'classroom' ? 'normal' : 'classroom' }),
                '?': onHelp,
            }[event.key];
            if (!act)
                return;
            event.preventDefault();
            act();
        };
        addEventListener('keydown', press);
        return () => removeEventListener('keydown', press);
    }, [view.keys, view.size]);
}

function Help({ view, change, onClose }) {
    const pages = NAVIGATION.flatMap(([, all]) => all);
    return <Dialog title="Keys" onClose={onClose}>
        <label className="choice"><input type="checkbox" checked={view.keys === 'on'} onChange={event =>
            change({ keys: event.target.checked ? 'on' : 'off' })} /> Keys without Ctrl or Alt work</label>
        <dl className="facts">{KEYS.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt>
            <dd>{what}</dd></div>)}</dl>
        <h3>Pages</h3>
        <dl className="facts">{pages.map(([id, label, key]) => <div key={id}><dt><kbd>g</kbd>{' '}
            <kbd>{key}</kbd></dt><dd>{label}</dd></div>)}</dl>
        <p className="quiet">In menus, tabs and the lineage arrows lead on; Escape closes. None of these is
            the only way.</p>
    </Dialog>;
}

// ---- One page that fails takes nothing else down ----

export class Fence extends Component {
    state = {};

    static getDerivedStateFromError(error) {
        return { error };
    }

    componentDidUpdate(before) {
        if (before.place !== this.props.place && this.state.error)
            this.setState({ error: undefined });
    }

    render() {
        if (!this.state.error)
            return this.props.children;
        return <section><h1>This page has failed</h1><p>The others still work.</p>
            <pre className="xml"><code>{String(this.state.error.stack ?? this.state.error)}</code></pre>
        </section>;
    }
}

export function Frame({ children }) {
    const [view, change] = useView();
    const [help, setHelp] = useState(false);
    const lost = useWorld(s => s.live) === 'lost';
    useKeys(view, change, () => setHelp(true));
    return <>
        <a className="skip" href="#main" onClick={event => {
            event.preventDefault();
            document.querySelector('main h1')?.focus();
        }}>Skip to the page</a>
        <Bar {...{ view, change }} onHelp={() => setHelp(true)} />
        {lost && <div className="problem lost" role="alert">The simulator does not answer. What you have
            typed stays; the page goes on by itself when it is back.</div>}
        <div className="body">
            <Navigation />
            <main id="main">{children}</main>
        </div>
        <Notices />
        {help && <Help {...{ view, change }} onClose={() => setHelp(false)} />}
    </>;
}
