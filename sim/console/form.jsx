// A form of an action's declaration: its fields, the command that says the same, and what came of it.
// The declaration is in actions.jsx; how it looks is the same for all.
import { useEffect, useMemo, useRef, useState } from 'react';
import { ec2 } from './api.js';
import { commands } from './cli.js';
import { FIELDS } from './fields.jsx';
import { Command, Dialog, Problem } from './parts.jsx';
import { useRoute } from './router.js';
import { say, useQuery, useWorld } from './state.js';

// The field that a refusal is about: the declaration may say so by its code, else by a parameter that
// the message names.
function fieldOf(error, action, fields) {
    const said = action.errors?.[error?.code];
    if (said && fields.some(field => field.id === said))
        return said;
    const message = (error?.message ?? '').toLowerCase();
    return fields.find(field => field.param
        && new RegExp(`\\b${field.param.toLowerCase()}\\b`).test(message))?.id;
}

function token() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}

// Sends the calls one after another. What was done before one was refused is not done again.
function useSending(action) {
    const done = useRef(new Map());
    const tokens = useRef({});
    return async (scope, calls) => {
        const answers = [];
        for (const call of calls) {
            const key = JSON.stringify([call.operation, call.region, call.params]);
            if (!done.current.has(key)) {
                const params = action.token
                    ? { ...call.params, ClientToken: tokens.current[key] ??= token() } : call.params;
                done.current.set(key, await ec2({ ...scope, region: call.region }, call.operation,
                    params));
            }
            answers.push(done.current.get(key));
        }
        return answers;
    };
}

export function useContext(rows) {
    const { account, region } = useRoute();
    const regions = useWorld(s => s.regions);
    return useMemo(() => ({ account, region, regions, rows }), [account, region, regions, rows]);
}

export function ActionDialog({ action, rows, onClose }) {
    const context = useContext(rows);
    const [values, setValues] = useState(() => action.initial?.(context) ?? {});
    const [error, setError] = useState();
    const [sending, setSending] = useState(false);
    const [shown, setShown] = useState();
    const send = useSending(action);
    const more = useQuery(action.load ? `${action.id} ${action.loadFor?.(values) ?? ''}` : 'nothing',
        async () => action.load?.(context, values));
    useEffect(() => {
        if (more.value?.initial)
            setValues(old => ({ ...more.value.initial, ...old }));
    }, [more.value]);
    const known = useRef(); // what it was while the next is under way: a form does not go from the screen
    known.current = more.value ?? known.current;
    if (action.load && !known.current)
        return <Dialog title={action.title ?? action.label} onClose={onClose}>
            <Problem error={more.error} />{!more.error && <p className="quiet">Loading …</p>}</Dialog>;

    const fields = action.fields?.(values, context, known.current) ?? [];
    const calls = action.calls({ ...values }, context, known.current)
        .map(call => ({ region: context.region, ...call }));
    const wrong = error && fieldOf(error, action, fields);
    const submit = async event => {
        event.preventDefault();
        setSending(true);
        setError(undefined);
        try {
            const answers = await send(context, calls);
            const result = action.done?.(answers, values, context) ?? {};
            say(result.text ?? `${action.label}: done`, result.link);
            if (result.show)
                setShown(result.show);
            else
                onClose(true);
        } catch (refusal) {
            setError(refusal);
        }
        setSending(false);
    };
    if (shown)
        return <Dialog title={action.label} onClose={() => onClose(true)}>{shown}
            <footer className="row"><button type="button" className="primary"
                onClick={() => onClose(true)}>Close</button></footer></Dialog>;
    return <Dialog title={action.title ?? action.label} onClose={() => onClose(false)} wide>
        <form onSubmit={submit} className="action">
            <div className="fields">
                {action.about && <p>{action.about(context)}</p>}
                {fields.map(field => {
                    const Field = FIELDS[field.kind ?? 'text'];
                    return <Field key={field.id} field={field} value={values[field.id]}
                        error={wrong === field.id ? error : undefined}
                        set={value => setValues(old => ({ ...old, [field.id]: value }))} />;
                })}
                {error && !wrong && <Problem error={error} />}
            </div>
            <aside aria-label="The same in a shell">
                <h3>The same with the AWS CLI</h3>
                <Command text={commands(calls) || '# nothing to change'} />
            </aside>
            <footer className="row">
                <button className={action.danger ? 'danger' : 'primary'}
                    disabled={sending || !calls.length}>{action.submit ?? action.label}</button>
                <button type="button" onClick={() => onClose(false)}>Cancel</button>
            </footer>
        </form>
    </Dialog>;
}
