// The first screen: what there is, what is in flight, what is charged, what happened last, and what to
// do first in an empty world.
import { useState } from 'react';
import { control } from './api.js';
import { launch } from './actions_instance.jsx';
import { shellSetup } from './cli.js';
import { ActionDialog } from './form.jsx';
import { Lines, kindOf } from './lines.jsx';
import { Command, Empty, Head, Problem, Ref, dollars, span } from './parts.jsx';
import { href, useRoute } from './router.js';
import { concerns, progressOf, useNow, useQuery, useWorld } from './state.js';
import { useTour } from './tour_steps.js';

const COUNTS = [['instances', 'Instances'], ['images', 'AMIs'], ['snapshots', 'Snapshots'],
    ['volumes', 'Volumes']];

export function Flight({ job }) {
    const now = useNow();
    const progress = progressOf(job, now);
    return <li>
        <span className="state busy"><span aria-hidden="true" className="sign">◐</span> {job.kind}</span>{' '}
        <Ref id={job.subject} region={job.region} /> <span className="quiet">{job.region}</span>
        <span className="due">{job.stuck ? `held up by ${job.stuck}`
            : `${progress ?? 0} %, due in ${span(Date.parse(job.due) - now)}`}</span>
        {progress !== undefined && <progress max="100" value={progress}
            aria-label={`${job.kind} ${job.subject}`} />}
    </li>;
}

function InFlight({ account }) {
    const jobs = useWorld(s => s.jobs).filter(job => job.account === account);
    return <section className="card" aria-labelledby="flight">
        <h2 id="flight">In flight</h2>
        {jobs.length ? <ul className="flight">{jobs.slice(0, 8).map(job => <Flight key={job.id}
            job={job} />)}</ul> : <Empty>Nothing is under way.</Empty>}
        {jobs.length > 8 && <a href={href({ page: 'clock' })}>{jobs.length - 8} more</a>}
    </section>;
}

function Regions({ mine }) {
    const { region } = useRoute();
    const regions = useWorld(s => s.regions);
    const rows = mine?.regions ?? [];
    return <section className="card" aria-labelledby="regions">
        <h2 id="regions">Regions</h2>
        {rows.length > 0 && <div className="table" tabIndex={0} role="region"
            aria-label="What there is in each Region"><table>
            <thead><tr><th scope="col">Region</th>{COUNTS.map(([id, label]) =>
                <th scope="col" key={id} className="number">{label}</th>)}</tr></thead>
            <tbody>{rows.map(row => <tr key={row.region} className={row.region === region ? 'here' : ''}>
                <th scope="row">{row.region}</th>{COUNTS.map(([id]) => <td key={id} className="number">
                    {row[id] ? <a href={href({ region: row.region, page: id })}
                        aria-label={`${row[id]} ${id} in ${row.region}`}>{row[id]}</a> : 0}</td>)}
            </tr>)}</tbody></table></div>}
        <p className="quiet">{regions.length - rows.length} {rows.length ? 'more Regions' : 'Regions'} are
            empty.</p>
    </section>;
}

function Charged({ account }) {
    const { value, error } = useQuery(`cost ${account}`, () => control(`cost?account=${account}`),
        concerns(account));
    const left = (value?.accounts[0]?.regions ?? []).flatMap(one => one.snapshots)
        .filter(one => !one.until && !one.images?.some(id => value.accounts[0].regions.some(region =>
            region.images.some(image => image.imageId === id && !image.deregistered))));
    return <section className="card" aria-labelledby="charged">
        <h2 id="charged">Charged</h2>
        <Problem error={error} />
        <p className="big">{value ? dollars(value.perMonth) : '…'} <small>a month</small></p>
        <p className="quiet">{value && `${dollars(value.amount)} until now.`}{' '}
            {left.length > 0 && `${left.length} snapshot${left.length > 1 ? 's' : ''} of no AMI. `}
            <a href={href({ page: 'cost' })}>Why</a></p>
    </section>;
}

function TourCard() {
    const { steps, next } = useTour();
    const done = steps.filter(step => step.done).length;
    return <section className="card" aria-labelledby="tour">
        <h2 id="tour">Tour</h2>
        <p className="big">{done} <small>of {steps.length} steps</small></p>
        <p>{next ? <>Next: {next.title}. <a href={href({ page: 'tour' })}>Go on</a></>
            : 'All of the lesson is done.'}</p>
    </section>;
}

function Beginning({ region, onLaunch }) {
    const command = `aws ec2 run-instances --region ${region} \\\n    --image-id resolve:ssm:/aws/service/`
        + 'ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64 \\\n    --instance-type t3.micro';
    const { account } = useRoute();
    return <section className="card hero" aria-labelledby="begin">
        <h2 id="begin">Nothing here yet</h2>
        <p>Everything begins with an instance. Launch one of Amazon Linux 2023, make an AMI of it, and see
            what comes of that. Whatever you do here, in a shell or with an SDK is the same world.</p>
        <div className="row"><button type="button" className="primary" onClick={onLaunch}>
            Launch instance</button>
        <a className="button" href={href({ page: 'tour' })}>Take the tour</a></div>
        <h3>Or in a shell</h3>
        <Command text={`${shellSetup(account)}\n${command}`} setup={false} />
    </section>;
}

export function OverviewPage() {
    const { account, region } = useRoute();
    const [dialog, setDialog] = useState(false);
    const mine = useWorld(s => s.accounts).find(one => one.account === account);
    const entries = useWorld(s => s.entries).filter(line => kindOf(line) !== 'read'
        && (!line.account || line.account === account)).slice(-14).reverse();
    return <section>
        <Head title="Overview" />
        {!mine?.regions.length && <Beginning region={region} onLaunch={() => setDialog(true)} />}
        <div className="cards">
            <div>
                <InFlight account={account} />
                <div className="cards two"><Charged account={account} /><TourCard /></div>
                <Regions mine={mine} />
            </div>
            <section className="card" aria-labelledby="latest">
                <h2 id="latest">Latest</h2>
                <Lines lines={entries} label="What happened last" />
                <a href={href({ page: 'timeline' })}>All of the timeline</a>
            </section>
        </div>
        {dialog && <ActionDialog action={launch} rows={[]} onClose={() => setDialog(false)} />}
    </section>;
}
