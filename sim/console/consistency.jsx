// What an image caught of the guest: "what the no-reboot image lost".
import { control } from './api.js';
import { Empty, Facts, Head, Problem, Ref, moment } from './parts.jsx';
import { href, useRoute } from './router.js';
import { concerns, useQuery } from './state.js';
import { ask, images } from './resources.jsx';

function Volume({ volume }) {
    const files = volume.lost ?? [];
    return <div className="card">
        <h2>{volume.device} <Ref id={volume.snapshot} /></h2>
        <p>Caught at {moment(volume.at)} UTC, {volume.mounted
            ? 'while the guest had it mounted' : 'cleanly: nothing had it mounted'}.</p>
        {files.length > 0 && <div className="table" tabIndex={0} role="region"
            aria-label={`Files of ${volume.device}`}><table><thead><tr><th scope="col">File</th>
                <th scope="col">What became of it</th><th scope="col">Bytes</th></tr></thead>
        <tbody>{files.map(file => <tr key={file.path}><th scope="row"><code><bdi>{file.path}</bdi>
        </code></th><td>{file.what}</td><td>{file.bytes}</td></tr>)}</tbody>
        </table></div>}
    </div>;
}

export function Consistency({ image }) {
    const { account } = useRoute();
    const { value, error } = useQuery(`consistency ${image}`,
        () => control(`images/${image}/consistency`), concerns(account));
    if (error)
        return <Problem error={error} />;
    if (!value)
        return <Empty>Loading …</Empty>;
    const [group, sign, word] = !value.volumes?.length ? ['off', '○', 'Not known']
        : value.consistent ? ['good', '●', 'Consistent'] : ['bad', '✖', 'Not consistent'];
    return <>
        <p className="summary"><span className={`state ${group}`}>
            <span aria-hidden="true" className="sign">{sign}</span> {word}</span> {value.summary}</p>
        <Facts rows={[
            ['All volumes at one moment', value.sameMoment ? 'Yes' : 'No'],
            ['Files lost', value.lostFiles], ['Bytes lost', value.lostBytes],
        ]} />
        {(value.volumes ?? []).map(volume => <Volume key={volume.device} volume={volume} />)}
    </>;
}

export function ConsistencyPage() {
    const { account, region, id } = useRoute();
    const { value, error } = useQuery(`images for consistency ${account} ${region}`, () => ask(images,
        { account, region }, { Owners: ['self'] }), concerns(account));
    const own = (value ?? []).filter(image => image.imageState === 'available');
    const chosen = id || own[0]?.imageId;
    return <section>
        <Head title="Consistency" />
        <p>What an image caught of a guest that ran: with a reboot everything, without one only what the
            guest had written to its volumes.</p>
        <Problem error={error} />
        {own.length > 0 && <label className="field">AMI <select value={chosen}
            onChange={event => {
                location.hash = href({ page: 'consistency', id: event.target.value });
            }}>{!own.some(image => image.imageId === chosen) && <option value={chosen}>{chosen}</option>}
            {own.map(image => <option key={image.imageId} value={image.imageId}>
                {image.name} · {image.imageId}</option>)}</select></label>}
        {value && !own.length && <Empty><strong>No AMI of your own is available in {region}.</strong>{' '}
            Create one of an instance first, once with and once without “Reboot instance”.</Empty>}
        {chosen && <Consistency key={chosen} image={chosen} />}
    </section>;
}
