// The search field of a list: words that any property or tag has, and tokens of one property.
// NAME = VALUE goes to the API as a filter; NAME : VALUE (contains) and NAME != VALUE, and every word,
// are looked for in what came.
import { useId, useState } from 'react';
import { Icon } from './icons.jsx';

const TOKEN = /^\s*((?:tag:)?[\w./-]+)\s*(!=|=|:)\s*(.+?)\s*$/;

export const readTokens = text => (text ? JSON.parse(text) : []);

// The part of a search that the API does: {Filters}.
export const apiFilters = tokens => tokens.filter(token => token.is === '=')
    .map(token => ({ Name: token.name, Values: [token.value] }));

const words = value => (typeof value === 'object' && value
    ? Object.values(value).map(words).join('\n') : String(value ?? '')).toLowerCase();

// "block-device-mapping.snapshot-id" is found under blockDeviceMapping, as answers call it.
function valueOf(row, name) {
    if (name.startsWith('tag:'))
        return row.tagSet?.find?.(tag => tag.key === name.slice(4))?.value;
    const camel = name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase()).split('.');
    return camel.reduce((at, part) => Array.isArray(at) ? at.map(one => one?.[part]) : at?.[part], row)
        ?? row[name];
}

// The part that is done here.
export function matches(row, tokens, text) {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const has = wanted.length && words(row);
    return wanted.every(word => has.includes(word)) && tokens.every(({ name, is, value }) => {
        const found = words(valueOf(row, name));
        return is === '=' || (is === ':' ? found.includes(value.toLowerCase())
            : found !== value.toLowerCase());
    });
}

export function Search({ label, properties, text, tokens, onChange }) {
    const id = useId();
    const [draft, setDraft] = useState(text);
    const send = event => {
        event.preventDefault();
        const token = TOKEN.exec(draft);
        if (!token)
            return;
        const [, name, is, value] = token;
        setDraft('');
        onChange('', [...tokens, { name, is, value }]);
    };
    const type = value => {
        setDraft(value);
        if (!TOKEN.test(value) && !properties.includes(value.trim()))
            onChange(value, tokens);
    };
    return <div className="search">
        <form onSubmit={send} role="search" aria-label={label}>
            <input type="search" aria-label={label} placeholder={label} list={id} value={draft}
                data-key="search" autoComplete="off" spellCheck="false"
                onChange={event => type(event.target.value)} />
            <datalist id={id}>{properties.map(name => <option key={name} value={`${name} = `} />)}
            </datalist>
        </form>
        {tokens.map((token, i) => <span className="token" key={JSON.stringify(token)}>
            <bdi>{token.name} {token.is} {token.value}</bdi>
            {token.is !== '=' && <small> (here)</small>}
            <button type="button" className="plain" aria-label={`Remove filter ${token.name}`}
                onClick={() => onChange(draft, tokens.filter((_, at) => at !== i))}><Icon name="close" /></button></span>)}
    </div>;
}
