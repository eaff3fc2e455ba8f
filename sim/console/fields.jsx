// The kinds of fields that a form's declaration can name. Each is controlled: value in, value out.
import { useId } from 'react';
import { Icon } from './icons.jsx';

const Hint = ({ id, children }) => children ? <div className="hint" id={id}>{children}</div> : null;

// A field's label, its hint and what is wrong with it around an input.
function Labelled({ field, error, children }) {
    const id = useId();
    const described = [field.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
    return <div className={`field${error ? ' wrong' : ''}`}>
        <label htmlFor={id}>{field.label}
            {field.optional && <span className="quiet"> – optional</span>}</label>
        {children({ id, 'aria-describedby': described || undefined,
            'aria-invalid': error ? true : undefined, required: field.required })}
        <Hint id={`${id}-hint`}>{field.hint}</Hint>
        {error && <div className="error" id={`${id}-error`}>
            <code>{error.code}</code> <bdi>{error.message}</bdi></div>}
    </div>;
}

const typed = set => event => set(event.target.value);

function Input({ field, value, set, error, type = 'text' }) {
    return <Labelled {...{ field, error }}>{props => <>
        <input {...props} type={type} value={value ?? ''} onChange={typed(set)} min={field.min}
            max={field.max} step={field.step} placeholder={field.placeholder} autoComplete="off"
            spellCheck="false" list={field.suggest ? `${props.id}-list` : undefined} dir="auto"
            autoFocus={field.first} />
        {field.suggest && <datalist id={`${props.id}-list`}>
            {field.suggest.map(one => <option key={one} value={one} />)}</datalist>}
    </>}</Labelled>;
}

const Area = ({ field, value, set, error }) => <Labelled {...{ field, error }}>{props =>
    <textarea {...props} rows={field.rows ?? 3} value={value ?? ''} onChange={typed(set)}
        spellCheck="false" autoFocus={field.first} />}</Labelled>;

const optionOf = option => Array.isArray(option) ? option : [option, option];

const Options = ({ options }) => options.map(option => {
    if (option.group)
        return option.options.length > 0 && <optgroup key={option.group} label={option.group}>
            <Options options={option.options} /></optgroup>;
    const [value, label] = optionOf(option);
    return <option key={value} value={value}>{label}</option>;
});

const Select = ({ field, value, set, error }) => <Labelled {...{ field, error }}>{props =>
    <select {...props} value={value ?? ''} onChange={typed(set)} autoFocus={field.first}>
        <Options options={field.options} /></select>}</Labelled>;

function Checkbox({ field, value, set, error }) {
    const id = useId();
    return <div className={`field${error ? ' wrong' : ''}`}>
        <label className="choice"><input type="checkbox" checked={Boolean(value)}
            disabled={field.fixed} aria-describedby={field.hint ? id : undefined}
            onChange={event => set(event.target.checked)} /> {field.label}</label>
        <div aria-live={field.live ? 'polite' : undefined}>
            <Hint id={id}>{field.hint}</Hint></div>
        {error && <div className="error"><code>{error.code}</code> {error.message}</div>}
    </div>;
}

function Radio({ field, value, set, error }) {
    const id = useId();
    return <fieldset className={`field${error ? ' wrong' : ''}`}>
        <legend>{field.label}</legend>
        {field.options.map(([one, label]) => <label className="choice" key={one}>
            <input type="radio" name={id} checked={value === one} onChange={() => set(one)} /> {label}
        </label>)}
        <Hint>{field.hint}</Hint>
        {error && <div className="error"><code>{error.code}</code> {error.message}</div>}
    </fieldset>;
}

const Fixed = ({ field, value }) => <div className="field"><span className="label">{field.label}</span>
    <div><bdi>{value}</bdi></div></div>;

const Note = ({ field }) => <div className="note">{field.text}</div>;

// ---- Lists of small things ----

function Several({ field, value, add, remove, children, button, error }) {
    return <fieldset className={`field${error ? ' wrong' : ''}`}>
        <legend>{field.label}{field.optional && <span className="quiet"> – optional</span>}</legend>
        <Hint>{field.hint}</Hint>
        {value.map((one, i) => <div className="row several" key={i}>{children(one, i)}
            {!field.keep?.(one) && <button type="button" className="plain"
                aria-label={`Remove ${field.one} ${i + 1}`} onClick={() => remove(i)}><Icon name="close" /></button>}
        </div>)}
        {button && <button type="button" onClick={add}>{button}</button>}
        {error && <div className="error"><code>{error.code}</code> {error.message}</div>}
    </fieldset>;
}

const changed = (list, i, part) => list.map((one, at) => at === i ? { ...one, ...part } : one);
const without = (list, i) => list.filter((_, at) => at !== i);

const Tags = ({ field, value = [], set, error }) => <Several button="Add tag" {...{ error }}
    field={{ one: 'tag', ...field }} value={value} add={() => set([...value, { Key: '', Value: '' }])}
    remove={i => set(without(value, i))}>
    {(tag, i) => <>
        <input aria-label={`Key of tag ${i + 1}`} placeholder="Key" value={tag.Key} dir="auto"
            onChange={event => set(changed(value, i, { Key: event.target.value }))} />
        <input aria-label={`Value of tag ${i + 1}`} placeholder="Value" value={tag.Value} dir="auto"
            onChange={event => set(changed(value, i, { Value: event.target.value }))} />
    </>}
</Several>;

const Texts = ({ field, value = [], set, error }) => <Several button={field.button} {...{ error }}
    field={field} value={value} add={() => set([...value, ''])} remove={i => set(without(value, i))}>
    {(text, i) => <input aria-label={`${field.one} ${i + 1}`} value={text} inputMode={field.inputMode}
        placeholder={field.placeholder} spellCheck="false"
        onChange={event => set(value.map((old, at) => at === i ? event.target.value : old))} />}
</Several>;

const VOLUME_TYPES = ['gp3', 'gp2', 'io1', 'io2', 'st1', 'sc1', 'standard'];

// value: {device, size, type, delete, fresh}; a fresh one is not on the instance.
const Volumes = ({ field, value = [], set, error }) => <Several button={field.button} {...{ error }}
    field={{ ...field, one: 'volume', keep: volume => volume.root }} value={value}
    add={() => set([...value, { device: nextDevice(value), size: 8, type: 'gp3', delete: true,
        fresh: true }])}
    remove={i => set(without(value, i))}>
    {(volume, i) => <>
        <input className="device" aria-label={`Device name of volume ${i + 1}`} value={volume.device}
            readOnly={!volume.fresh}
            onChange={event => set(changed(value, i, { device: event.target.value }))} />
        <label className="inline"><input type="number" min={volume.least ?? 1}
            aria-label={`Size of volume ${i + 1}`} value={volume.size} onChange={event => set(changed(value, i, { size: event.target.value }))}
        /> GiB</label>
        <select aria-label={`Type of volume ${i + 1}`} value={volume.type}
            onChange={event => set(changed(value, i, { type: event.target.value }))}>
            <Options options={VOLUME_TYPES} /></select>
        <label className="choice inline"><input type="checkbox" checked={volume.delete}
            onChange={event => set(changed(value, i, { delete: event.target.checked }))} />
            {' '}Delete on termination</label>
    </>}
</Several>;

function nextDevice(volumes) {
    const used = new Set(volumes.map(volume => volume.device.slice(-1)));
    return `/dev/sd${[...'fghijklmnop'].find(letter => !used.has(letter)) ?? 'z'}`;
}

export const FIELDS = {
    text: Input,
    number: props => <Input {...props} type="number" />,
    datetime: props => <Input {...props} type="datetime-local" />,
    area: Area,
    select: Select,
    checkbox: Checkbox,
    radio: Radio,
    fixed: Fixed,
    note: Note,
    tags: Tags,
    texts: Texts,
    volumes: Volumes,
};
