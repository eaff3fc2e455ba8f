// Small parts that every page is made of: states, times, links, commands, dialogs, menus, tabs.
import { useEffect, useId, useRef, useState } from 'react';
import { shellSetup } from './cli.js';
import { Icon } from './icons.jsx';
import { href, useRoute } from './router.js';
import { say, useNow } from './state.js';

// ---- States: a sign and the word, never colour alone ----

const GROUPS = {
    good: ['available', 'completed', 'running', 'in-use', 'attached', 'active', 'success'],
    busy: ['pending', 'creating', 'stopping', 'shutting-down', 'deleting', 'attaching', 'detaching',
        'recovering', 'modifying', 'optimizing', 'queued', 'stuck'],
    bad: ['failed', 'error', 'invalid'],
};
const groupOf = state => Object.keys(GROUPS).find(group => GROUPS[group].includes(state)) ?? 'off';
const SIGNS = { good: '●', busy: '◐', bad: '✖', off: '○' };
const WORDS = { recycled: 'In Recycle Bin', gone: 'Gone', 'in-use': 'In-use' };

const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
export const stateWord = state => WORDS[state] ?? capital(state ?? '–');

export function State({ value, progress }) {
    const group = groupOf(value);
    return <span className={`state ${group}`}>
        <span aria-hidden="true" className="sign">{SIGNS[group]}</span> {stateWord(value)}
        {progress !== undefined && progress < 100 && <> {progress} %</>}
    </span>;
}

// ---- Text of strangers ----

export const Text = ({ children, none = '–' }) => children ? <bdi>{children}</bdi>
    : <span className="quiet">{none}</span>;

export function Id({ id, page, region, account }) {
    return <a className="id" href={href({ page, id, ...(region && { region }),
        ...(account && { account }) })}>{id}</a>;
}

const PAGES = { ami: 'images', snap: 'snapshots', vol: 'volumes', i: 'instances', key: 'keys' };
export const pageOf = id => PAGES[/^([a-z]+)-/.exec(id ?? '')?.[1]];

// An identifier as a link, wherever it is met.
export function Ref({ id, region, none }) {
    const page = pageOf(id);
    if (!id)
        return <Text none={none} />;
    return page ? <Id id={id} page={page} region={region} /> : <code>{id}</code>;
}

// ---- Times ----

const UNITS = [[86400 * 365, ' year'], [86400, ' day'], [3600, ' h'], [60, ' min'], [1, ' s']];

export function span(ms) {
    const s = Math.max(0, Math.round(ms / 1000));
    const [size, unit] = UNITS.find(([size]) => s >= size * (size === 86400 ? 2 : 1)) ?? [1, ' s'];
    const n = Math.round(s / size);
    return `${n}${unit}${size >= 86400 && n !== 1 ? 's' : ''}`;
}

export const moment = text => text?.slice(0, 19).replace('T', ' ') ?? '';

export function When({ time, short }) {
    const now = useNow(10000);
    if (!time)
        return <Text />;
    const ms = Date.parse(time);
    const relative = ms > now ? `in ${span(ms - now)}` : `${span(now - ms)} ago`;
    return <time dateTime={time} title={`${moment(time)} UTC`}>
        {short ? relative : `${moment(time)} UTC (${relative})`}</time>;
}

export const dollars = amount => amount === undefined ? '–' : `$${amount.toFixed(
    amount && amount < 0.1 ? 4 : 2)}`;

// ---- Commands ----

async function copy(text, what) {
    try {
        await navigator.clipboard.writeText(text);
        say(`${what} copied`);
    } catch {
        say('The browser did not allow copying: select the text instead.', null, true);
    }
}

export function Command({ text, label = 'AWS CLI command', setup = true }) {
    const { account } = useRoute();
    return <div className="command">
        <pre tabIndex={0} aria-label={label} role="region"><code>{text}</code></pre>
        <div className="row">
            <button type="button" onClick={() => copy(text, 'Command')}>Copy</button>
            {setup && <button type="button" className="plain"
                onClick={() => copy(shellSetup(account), 'Set-up of the shell')}
                title={shellSetup(account)}>Copy set-up of a shell</button>}
        </div>
    </div>;
}

// ---- Problems ----

export function Problem({ error, children }) {
    if (!error)
        return null;
    return <div className="problem" role="alert">
        <strong><code>{error.code ?? 'Error'}</code></strong> <bdi>{error.message}</bdi>
        {error.requestId && <div className="quiet">Request ID <code>{error.requestId}</code>{' '}
            <a href={href({ page: 'timeline', query: { q: error.requestId } })}>in the timeline</a>
        </div>}
        {children}
    </div>;
}

// ---- Dialogs: the browser's own keep the focus inside and give it back ----

export function Dialog({ title, onClose, wide, children }) {
    const ref = useRef();
    const id = useId();
    useEffect(() => {
        const dialog = ref.current;
        const before = document.activeElement;
        dialog.showModal();
        return () => {
            dialog.close();
            if (before?.isConnected)
                before.focus();
        };
    }, []);
    return <dialog ref={ref} aria-labelledby={id} className={wide ? 'wide' : ''}
        onCancel={event => {
            event.preventDefault();
            onClose();
        }}>
        <header className="row spread">
            <h2 id={id}>{title}</h2>
            <button type="button" className="plain" onClick={onClose} aria-label="Close"><Icon name="close" /></button>
        </header>
        {children}
    </dialog>;
}

// ---- Menus ----

export function Menu({ label, entries, disabled, primary }) {
    const [open, setOpen] = useState(false);
    const button = useRef(), list = useRef();
    const close = () => {
        setOpen(false);
        button.current.focus();
    };
    useEffect(() => {
        if (!open)
            return undefined;
        list.current.querySelector('[role=menuitem]')?.focus();
        const outside = event => list.current?.parentNode.contains(event.target) || setOpen(false);
        addEventListener('pointerdown', outside);
        return () => removeEventListener('pointerdown', outside);
    }, [open]);
    const keys = event => {
        const all = [...list.current.querySelectorAll('[role=menuitem]')];
        const at = all.indexOf(document.activeElement);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
        if (event.key in to)
            all[to[event.key] % all.length].focus();
        else if (event.key === 'Escape' || event.key === 'Tab')
            close();
        else if (event.key.length === 1)
            all.find(one => one.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
        if (event.key !== 'Enter' && event.key !== ' ')
            event.preventDefault();
        event.stopPropagation();
    };
    return <div className="menu">
        <button type="button" ref={button} aria-haspopup="menu" aria-expanded={open}
            className={primary ? 'primary' : ''} disabled={disabled}
            onClick={() => setOpen(!open)}
            onKeyDown={event => {
                if (event.key === 'ArrowDown') {
                    event.preventDefault();
                    setOpen(true);
                }
            }}>{label} <Icon name="down" /></button>
        {open && <ul role="menu" ref={list} aria-label={label} onKeyDown={keys}>
            {entries.map(entry => <li role="none" key={entry.label}>
                <button type="button" role="menuitem" tabIndex={-1}
                    aria-disabled={Boolean(entry.why)} title={entry.why || undefined}
                    onClick={() => {
                        if (entry.why)
                            return;
                        close();
                        entry.act();
                    }}>{entry.label}{entry.why && <small>{entry.why}</small>}</button></li>)}
        </ul>}
    </div>;
}

// ---- Tabs; which one is open stands in the address ----

export function Tabs({ label, tabs, open, onOpen }) {
    const id = useId();
    const list = useRef();
    const current = tabs.find(tab => tab.id === open) ?? tabs[0];
    const keys = event => {
        const at = tabs.indexOf(current);
        const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + tabs.length, Home: 0,
            End: tabs.length - 1 }[event.key];
        if (to === undefined)
            return;
        event.preventDefault();
        const next = to % tabs.length;
        onOpen(tabs[next].id);
        list.current.children[next].focus();
    };
    return <>
        <div role="tablist" aria-label={label} ref={list} onKeyDown={keys}>
            {tabs.map(tab => <button key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`}
                aria-selected={tab === current} aria-controls={`${id}-panel`}
                tabIndex={tab === current ? 0 : -1} onClick={() => onOpen(tab.id)}>
                {tab.label}</button>)}
        </div>
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current.id}`} tabIndex={0}>
            {current.show()}
        </div>
    </>;
}

// ---- Facts ----

// rows: [label, what it is]; those that are undefined are left out.
export function Facts({ rows }) {
    return <dl className="facts">
        {rows.filter(([, value]) => value !== undefined && value !== '').map(([label, value]) =>
            <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
    </dl>;
}

export const Empty = ({ children }) => <div className="empty">{children}</div>;

// A page's head: its name, how many there are, and what can be done.
export function Head({ title, count, children }) {
    const ref = useRef();
    const { page, id } = useRoute();
    useEffect(() => {
        if (document.activeElement === document.body || document.activeElement?.closest('nav, main'))
            ref.current.focus({ preventScroll: true });
    }, [page, id]);
    return <div className="head">
        <h1 tabIndex={-1} ref={ref}><bdi>{title}</bdi>{count !== undefined
            && <span className="quiet count"> ({count})</span>}</h1>
        <div className="row">{children}</div>
    </div>;
}
