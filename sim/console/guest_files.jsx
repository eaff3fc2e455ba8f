// The files of a running guest: what is in them, and one more. They are what an image catches.
import { useState } from 'react';
import { control } from './api.js';
import { curl } from './cli.js';
import { Command, Empty, Problem } from './parts.jsx';
import { concerns, say, useQuery } from './state.js';
import { useRoute } from './router.js';

const encoded = path => path.split('/').filter(Boolean).map(encodeURIComponent).join('/');

function Write({ instance, folder, onDone }) {
    const [path, setPath] = useState(`${folder === '/' ? '/srv' : folder}/notes.txt`);
    const [text, setText] = useState('');
    const [error, setError] = useState();
    const route = `guests/${instance}/files/${encoded(path)}`;
    const send = async event => {
        event.preventDefault();
        try {
            await control(route, { method: 'PUT', body: text });
            say(`${path} written: it is in the guest’s page cache now.`);
            setError();
            onDone();
        } catch (refusal) {
            setError(refusal);
        }
    };
    return <form onSubmit={send} className="card">
        <h2>Write a file</h2>
        <label className="field">Path <input value={path} required spellCheck="false"
            onChange={event => setPath(event.target.value)} /></label>
        <label className="field">Text <textarea rows={3} value={text}
            onChange={event => setText(event.target.value)} /></label>
        <Problem error={error} />
        <div className="row"><button className="primary">Write</button></div>
        <p className="hint">It reaches the volume 30 s later on the virtual clock, with a sync, or when the
            guest stops or reboots.</p>
        <Command label="The same with curl" setup={false} text={curl('PUT', route, text)} />
    </form>;
}

export function GuestFiles({ instance: { instanceId } }) {
    const { account } = useRoute();
    const [folder, setFolder] = useState('/');
    const { value, error, again } = useQuery(`files ${instanceId} ${folder}`, () => control(
        `guests/${instanceId}/files${folder === '/' ? '' : `/${encoded(folder)}`}`), concerns(account));
    const [text, setText] = useState();
    const sync = async () => {
        await control(`guests/${instanceId}/sync`, { method: 'POST' });
        say('Everything the guest held is on its volumes.');
    };
    const open = async entry => {
        const path = `${folder === '/' ? '' : folder}/${entry.name}`;
        if (entry.type === 'folder')
            setFolder(path);
        else
            setText({ path, body: await control(`guests/${instanceId}/files/${encoded(path)}`) });
    };
    if (error)
        return <Problem error={error} />;
    return <>
        <div className="row spread"><h2><code><bdi>{folder}</bdi></code></h2>
            <div className="row">{folder !== '/' && <button type="button" onClick={() => setFolder(
                folder.replace(/\/[^/]*$/, '') || '/')}>Up</button>}
            <button type="button" onClick={sync}>Sync: flush the page cache</button></div></div>
        {value?.entries.length === 0 && <Empty>An empty folder.</Empty>}
        <ul className="files">{value?.entries.map(entry => <li key={entry.name}>
            <button type="button" className="plain" onClick={() => open(entry)}>
                <bdi>{entry.name}{entry.type === 'folder' ? '/' : ''}</bdi></button>
            <span className="quiet">{entry.size !== undefined && `${entry.size} bytes`}</span></li>)}
        </ul>
        {text && <><h2><code><bdi>{text.path}</bdi></code></h2><pre className="xml" tabIndex={0}
            role="region" aria-label="File"><code>{text.body}</code></pre></>}
        <Write instance={instanceId} folder={folder} onDone={again} />
    </>;
}
