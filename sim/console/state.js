// What the page knows of the world, and how it stays true: the first state lies in the HTML, from
// then on one stream tells what happens. Nothing is asked for at intervals, and a hidden tab holds
// no connection.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { control, follow, lines } from './api.js';

const KEPT = 2000; // lines of the timeline
const BACKLOG = 300; // of those before the page was loaded

const first = JSON.parse(document.getElementById('state').textContent);
let state = {
    ...first,
    clock: { ...first.clock, at: performance.now() },
    entries: [], // the timeline, oldest first
    live: 'connecting', // live, paused, hidden, lost
};
const listeners = new Set();

export const get = () => state;

function set(changes) {
    state = { ...state, ...changes };
    listeners.forEach(tell => tell());
}

const subscribe = tell => {
    listeners.add(tell);
    return () => listeners.delete(tell);
};

export const useWorld = select => useSyncExternalStore(subscribe, () => select(state));

// ---- The clock ----

// Virtual ms now; between two messages it is worked out.
export function virtualNow({ clock } = state) {
    const passed = clock.frozen ? 0 : (performance.now() - clock.at) * clock.rate;
    return Date.parse(clock.now) + passed;
}

const setClock = clock => set({ clock: { ...clock, at: performance.now() } });

export const moveClock = async body => setClock(await control('clock', { body }));

// The moment for those who show it, a few times a second of it while it goes on.
export function useNow(every = 1000) {
    const [, tick] = useState(0);
    const clock = useWorld(s => s.clock);
    useEffect(() => {
        if (clock.frozen)
            return undefined;
        const timer = setInterval(() => document.hidden || tick(n => n + 1), every);
        return () => clearInterval(timer);
    }, [clock.frozen, every]);
    return virtualNow({ clock });
}

// How far work is by now, in percent; undefined for what is stuck.
export const progressOf = (job, now) => job.due && job.begun ? Math.max(0, Math.min(99, Math.floor(
    100 * (now - Date.parse(job.begun)) / (Date.parse(job.due) - Date.parse(job.begun) || 1))))
    : undefined;

// The work that falls due next; that of guests is none that people wait for.
export const nextJob = jobs => jobs.find(job => job.due && !job.kind.startsWith('guest-'));

// ---- What happens ----

const READS = /^(Describe|Get|List|Filter|Lookup)/;
export const isRead = line => Boolean(line.service) && !line.event && READS.test(line.operation ?? '');

// Whether the line may change what somebody shows of that account. What our own routes change (the
// clock, a guest, the world as a whole) is everybody's.
export const concerns = account => line => Boolean(line.skipped) || line.event === 'control'
    || ((!line.account || line.account === account) && !isRead(line));

const watchers = new Set();

let refreshing;

// Routes without a stream of their own, again once something has happened.
function refreshSoon() {
    clearTimeout(refreshing);
    refreshing = setTimeout(async () => {
        try {
            const answers = await Promise.all(['jobs', 'accounts', 'scenarios'].map(route =>
                control(route)));
            set(Object.assign({}, ...answers));
        } catch {
            // the end of the stream tells it
        }
    }, 120);
}

function heard(batch) {
    const known = batch.filter(line => !line.skipped);
    set({
        entries: [...state.entries, ...known].slice(-KEPT),
        order: known.at(-1)?.order ?? state.order,
    });
    if (batch.some(line => line.event === 'control' || line.skipped))
        control('clock').then(setClock, () => {});
    if (batch.some(line => !isRead(line)))
        refreshSoon();
    watchers.forEach(watch => watch(batch));
}

const pause = ms => new Promise(done => setTimeout(done, ms));

let following;

// Until the connection ends. A line that is no read is news for those who show something.
async function listenOnce(signal) {
    const since = Math.max(0, state.order - (state.entries.length ? 0 : BACKLOG));
    const opened = () => set({ live: 'live' });
    for await (const batch of follow(`timeline?follow=true&since=${since}`, signal, opened))
        heard(batch);
}

// Another process may stand there now, with another world, whose timeline begins anew.
async function startAnew() {
    set({ entries: [], order: 0, clock: state.clock });
    setClock(await control('clock'));
    refreshSoon();
    watchers.forEach(watch => watch([{ skipped: 1 }]));
}

async function listen() {
    following?.abort();
    following = new AbortController();
    const { signal } = following;
    for (let wait = 250; !signal.aborted; wait = Math.min(wait * 2, 5000)) {
        try {
            if (state.live === 'lost')
                await startAnew();
            wait = 250;
            await listenOnce(signal);
        } catch {
            // told below: whatever it was, the stream has ended
        }
        if (signal.aborted)
            return;
        set({ live: 'lost' });
        await pause(wait);
    }
}

export function startListening() {
    const change = () => {
        if (document.hidden) {
            following?.abort();
            set({ live: 'hidden' });
        } else {
            listen();
        }
    };
    document.addEventListener('visibilitychange', change);
    change();
}

// Calls `tell` with lines as they come.
export function useLines(tell) {
    const last = useRef(tell);
    last.current = tell;
    useEffect(() => {
        const watch = batch => last.current(batch);
        watchers.add(watch);
        return () => watchers.delete(watch);
    }, []);
}

// ---- Questions ----

// The answer to a question, asked again when a line comes that concerns it. Old rows stay while a new
// answer is under way: {value, error, loading, again}.
export function useQuery(key, load, concerned) {
    const [result, setResult] = useState({});
    const asked = useRef({});
    const run = useRef();
    run.current = async () => {
        const question = asked.current = { key };
        try {
            const value = await load();
            if (asked.current === question)
                setResult({ key, value });
        } catch (error) {
            if (asked.current === question)
                setResult(old => ({ key, value: old.key === key ? old.value : undefined, error }));
        }
    };
    useEffect(() => {
        run.current();
        return () => {
            asked.current = {};
        };
    }, [key]);
    const timer = useRef();
    useLines(batch => {
        if (!concerned || !batch.some(concerned))
            return;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => run.current(), 100);
    });
    const same = result.key === key;
    return {
        value: same ? result.value : undefined,
        error: same ? result.error : undefined,
        loading: !same,
        again: () => run.current(),
    };
}

// All that the record has, and what comes: {lines, error}, the oldest first.
export function useRecord() {
    const live = useWorld(s => s.entries);
    const { value: past, error } = useQuery('record', async () => lines(await control('timeline')));
    const all = useMemo(() => {
        const known = (past ?? []).filter(line => !line.skipped);
        const last = known.at(-1)?.order ?? 0;
        return [...known, ...live.filter(line => line.order > last)];
    }, [past, live]);
    return { lines: all, error };
}

// ---- What is said aloud ----

export const say = (text, link, bad) => set({
    notices: [...(state.notices ?? []).slice(-3), { id: Math.random(), text, link, bad }],
});
export const unsay = id => set({ notices: state.notices.filter(notice => notice.id !== id) });
