// A lineage as a picture and as a table that tells the same. Boxes are links in reading order; arrows
// walk along edges. Only what is in view is in the document.
import { useEffect, useMemo, useRef, useState } from 'react';
import { Icon } from './icons.jsx';
import { Empty, Id, Ref, State, Text, When, dollars, pageOf, stateWord } from './parts.jsx';
import { BOX, layOut } from './lineage_layout.js';
import { href, useRoute } from './router.js';
import { progressOf, useNow, useWorld } from './state.js';
import { Table } from './table.jsx';

const GONE = new Set(['deregistered', 'terminated', 'gone', 'recycled', 'shutting-down']);
const KIND = { image: 'AMI', instance: 'Instance', snapshot: 'Snapshot', volume: 'Volume' };

const titleOf = box => box.name || (box.size && box.kind === 'snapshot' ? `${box.size} GiB` : '')
    || box.id;
const shortId = id => id.length > 14 ? `${id.slice(0, 7)}…${id.slice(-5)}` : id;
const Lock = () => <span title="Encrypted"><Icon name="lock" /><span className="hidden">
    encrypted</span></span>;
const stillCharged = (box, snapshot) => GONE.has(box.state) && snapshot.perMonth !== undefined
    && snapshot.state !== 'recycled';

function useScroll(box) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const [view, setView] = useState([0, 200]);
    useEffect(() => {
        const element = box.current;
        const look = () => setView([element.scrollTop / rem - 20,
            (element.scrollTop + element.clientHeight) / rem + 20]);
        const watcher = new ResizeObserver(look);
        look();
        watcher.observe(element);
        element.addEventListener('scroll', look, { passive: true });
        return () => {
            watcher.disconnect();
            element.removeEventListener('scroll', look);
        };
    }, [rem]);
    return view;
}

function Edge({ link, from, to }) {
    const x1 = from.x + BOX.width, y1 = from.y + BOX.height / 2, y2 = to.y + BOX.height / 2;
    const back = to.x <= from.x;
    const x2 = to.x, reach = back ? 2 : Math.max(1.5, (x2 - x1) / 2);
    return <path className={`edge ${link.kind}${to.state === 'pending' ? ' busy' : ''}`}
        d={`M${x1} ${y1}C${x1 + reach} ${y1} ${x2 - reach} ${y2} ${x2} ${y2}`} />;
}

// How far each thing under way is, by its work and the clock.
function useProgress() {
    const jobs = useWorld(s => s.jobs);
    const now = useNow();
    return new Map(jobs.map(job => [job.subject, progressOf(job, now)]));
}

const Progress = ({ to, percent }) => <span className="progress" aria-hidden="true" style={{
    left: `${to.x - 2}rem`, top: `${to.y + BOX.height / 2}rem` }}>{percent ?? 0} %</span>;

function Snapshot({ box, snapshot, index }) {
    const charged = stillCharged(box, snapshot);
    return <a className={`snap${charged ? ' charged' : ''}${GONE.has(snapshot.state) ? ' dashed' : ''}`}
        href={href({ page: 'snapshots', id: snapshot.id, ...(snapshot.region
            && { region: snapshot.region }) })}
        style={{ left: `${box.x + 0.8}rem`, top: `${box.y + BOX.height + index * BOX.snapshot}rem`,
            width: `${BOX.width - 0.8}rem` }}
        title={`${snapshot.id}: ${stateWord(snapshot.state)}, ${dollars(snapshot.perMonth)} a month`}>
        <Icon name="snapshot" /> …{snapshot.id.slice(-5)} {snapshot.size} GiB{' '}
        {charged && <strong>still charged</strong>}
        {snapshot.encrypted && <Lock />}
    </a>;
}

function Box({ box, onKey, here, progress }) {
    const { account } = useRoute();
    const gone = GONE.has(box.state);
    const place = { left: `${box.x}rem`, top: `${box.y}rem`, width: `${BOX.width}rem`,
        height: `${BOX.height}rem` };
    const more = [box.instances && `${box.instances} instances`, box.count
        && `${box.count} snapshots`].filter(Boolean).join(', ');
    const inside = <>
        <span className="name"><Icon name={box.kind} />{' '}
            <bdi>{titleOf(box)}</bdi>{box.encrypted && <Lock />}</span>
        <span className="under"><State value={box.state}
            progress={box.state === 'pending' ? progress : undefined} />{' '}
            {more || (box.account && box.account !== account ? `of ${box.account}`
                : shortId(box.id))}</span></>;
    const page = pageOf(box.id);
    return <a className={`box ${box.kind}${gone ? ' dashed' : ''}${box.own ? '' : ' other'}`}
        data-id={box.id} style={place} onKeyDown={onKey} aria-current={here ? 'true' : undefined}
        href={href({ page, id: box.id, ...(box.region && { region: box.region }) })}
        aria-label={`${KIND[box.kind] ?? box.kind} ${titleOf(box)}, ${stateWord(box.state)}, ${
            box.id}${more ? `, ${more}` : ''}`}>{inside}</a>;
}

// Right: what came of it; left: what it came of; up and down: its neighbours.
function walk(event, box, plan) {
    const at = plan.boxes.indexOf(box);
    const to = { ArrowRight: box.to[0], ArrowLeft: box.from[0], ArrowDown: plan.boxes[at + 1]?.id,
        ArrowUp: plan.boxes[at - 1]?.id }[event.key];
    if (!to)
        return;
    event.preventDefault();
    const root = event.currentTarget.closest('.picture');
    const target = plan.byId.get(to);
    root.scrollTo({ top: (target.y - 6) * parseFloat(getComputedStyle(document.documentElement)
        .fontSize) });
    const find = () => root.querySelector(`[data-id="${CSS.escape(to)}"]`);
    if (find())
        find().focus();
    else
        requestAnimationFrame(() => find()?.focus()); // it comes into the document as it comes into view
}

export function Picture({ world, focus }) {
    const { account } = useRoute();
    const ref = useRef();
    const plan = useMemo(() => layOut(world, account), [world, account]);
    const [top, bottom] = useScroll(ref);
    const progress = useProgress();
    const inView = box => box.y + 8 > top && box.y < bottom;
    const at = id => plan.byId.get(id);
    const links = plan.links.filter(link => inView(at(link.to))).concat(plan.links.filter(link =>
        inView(at(link.from)) && !inView(at(link.to))).slice(0, 100));
    return <div className="picture" ref={ref} tabIndex={0} role="region"
        aria-label="Lineage: Regions are lanes, generations are columns">
        <div className="canvas" style={{ width: `${plan.width}rem`, height: `${plan.height}rem` }}>
            {plan.lanes.map(lane => <div className="lane" key={lane.name} style={{
                top: `${lane.top}rem`, height: `${lane.height}rem` }}><h2>{lane.name}</h2></div>)}
            <svg aria-hidden="true" viewBox={`0 0 ${plan.width} ${plan.height}`}
                style={{ width: `${plan.width}rem`, height: `${plan.height}rem` }}>
                {links.map(link => <Edge key={`${link.from} ${link.to}`} link={link}
                    from={at(link.from)} to={at(link.to)} />)}</svg>
            {plan.boxes.filter(inView).flatMap(box => [
                <Box key={box.id} box={box} here={box.id === focus} progress={progress.get(box.id)}
                    onKey={event => walk(event, box, plan)} />,
                ...box.snapshots.map((snapshot, index) => <Snapshot key={snapshot.id}
                    {...{ box, snapshot, index }} />)])}
            {links.filter(link => link.kind === 'CopyImage' && at(link.to).state === 'pending')
                .map(link => <Progress key={link.to} to={at(link.to)}
                    percent={progress.get(link.to)} />)}
        </div>
    </div>;
}

const columns = account => [
    { id: 'id', label: 'ID', text: node => node.id, show: node => <Id id={node.id}
        page={pageOf(node.id)} region={node.region} /> },
    { id: 'kind', label: 'Kind', text: node => KIND[node.kind], show: node => KIND[node.kind] },
    { id: 'name', label: 'Name', text: node => node.name, show: node => <Text>{node.name}</Text> },
    { id: 'state', label: 'State', text: node => node.state, show: node => <State value={node.state}
        progress={node.progress} /> },
    { id: 'region', label: 'Region', text: node => node.region, show: node => <Text>{node.region}</Text> },
    { id: 'account', label: 'Account', text: node => node.account, show: node =>
        node.account === account ? 'Mine' : <Text>{node.account}</Text> },
    { id: 'from', label: 'Came of', text: node => node.made?.map(edge => edge.from).join(' '),
        show: node => <>{(node.made ?? []).map(edge => <span key={edge.from}>{edge.kind}{' '}
            <Ref id={edge.from} /> </span>)}{!node.made && '–'}</> },
    { id: 'created', label: 'Created', text: node => node.created, show: node => <When
        time={node.created} short /> },
    { id: 'charged', label: 'Charged a month', text: node => node.perMonth ?? -1, show: node =>
        <>{dollars(node.perMonth)}{node.orphan && <strong> still charged</strong>}</> },
];

export function AsTable({ world }) {
    const { account } = useRoute();
    const rows = useMemo(() => {
        const made = new Map(), states = new Map(world.nodes.map(node => [node.id, node.state]));
        const orphans = new Set();
        world.edges.forEach(edge => {
            made.set(edge.to, [...made.get(edge.to) ?? [], edge]);
            if (edge.kind === 'made-of' && GONE.has(states.get(edge.from)))
                orphans.add(edge.to);
        });
        return world.nodes.map(node => ({ ...node, made: made.get(node.id),
            orphan: orphans.has(node.id) && node.perMonth !== undefined }));
    }, [world]);
    return <Table label="Lineage" rows={rows} columns={columns(account)} rowId={node => node.id}>
        <Empty>Nothing.</Empty></Table>;
}

export function Lineage({ world, focus, asTable }) {
    if (!world.nodes.length)
        return <Empty>Nothing has come of anything yet.</Empty>;
    return asTable ? <AsTable world={world} /> : <Picture world={world} focus={focus} />;
}
