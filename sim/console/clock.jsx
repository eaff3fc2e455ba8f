// The virtual clock in the bar of every page.
import { Icon } from './icons.jsx';
import { Menu, moment, span } from './parts.jsx';
import { href } from './router.js';
import { moveClock, nextJob, say, useNow, useWorld, virtualNow } from './state.js';

const RATES = [1, 60, 3600];
export const JUMPS = [['1m', '+1 minute'], ['1h', '+1 hour'], ['1d', '+1 day'], ['30d', '+30 days'],
    ['365d', '+1 year']];

export const move = body => moveClock(body).catch(error => say(error.message, null, true));

// To the moment when the next work is done.
export function toNext(jobs) {
    const job = nextJob(jobs);
    if (!job)
        return say('Nothing is under way: there is no next event.');
    const due = Date.parse(job.due);
    return due > virtualNow() ? move({ set: job.due }) : move({ advance: '1s' });
}

export function ClockBar() {
    const now = useNow();
    const clock = useWorld(s => s.clock);
    const jobs = useWorld(s => s.jobs);
    const next = nextJob(jobs);
    return <div className="clock" role="group" aria-label="Virtual clock">
        <a href={href({ page: 'clock' })} className="time"><time dateTime={new Date(now).toISOString()}>
            {moment(new Date(now).toISOString())}</time> <small>UTC</small></a>
        <button type="button" aria-pressed={clock.frozen} onClick={() => move({ freeze: !clock.frozen })}
            aria-label="Pause the clock"><Icon name={clock.frozen ? 'run' : 'pause'} /></button>
        <select aria-label="Speed of the clock" value={clock.rate}
            onChange={event => move({ rate: Number(event.target.value) })}>
            {[...new Set([...RATES, clock.rate])].map(rate => <option key={rate} value={rate}>
                ×{rate}</option>)}</select>
        <Menu label="Jump" entries={JUMPS.map(([advance, label]) => ({ label,
            act: () => move({ advance }) }))} />
        <button type="button" className="next" disabled={!next}
            title="To the next event" onClick={() => toNext(jobs)}>
            <Icon name="next" /> {next ? `${next.kind} in ${span(Date.parse(next.due) - now)}` : 'next'}</button>
    </div>;
}
