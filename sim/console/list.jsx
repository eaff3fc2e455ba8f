// The page of a list: owner filter, search, actions, the table, and the command that asks the same.
import { useMemo, useState } from 'react';
import { command } from './cli.js';
import { ActionDialog } from './form.jsx';
import { Icon } from './icons.jsx';
import { Command, Empty, Head, Menu, Problem } from './parts.jsx';
import { ask, question } from './resources.jsx';
import { refine, useRoute } from './router.js';
import { apiFilters, matches, readTokens, Search } from './search.jsx';
import { concerns, useQuery } from './state.js';
import { Table } from './table.jsx';

// Which rows are chosen, of those that are still there.
function useChosen(rows, rowId) {
    const [ids, setIds] = useState(() => new Set());
    const chosen = useMemo(() => rows.filter(row => ids.has(rowId(row))), [rows, ids]);
    const choose = what => setIds(old => {
        if (Array.isArray(what))
            return new Set(what);
        const next = new Set(old);
        next.delete(what) || next.add(what);
        return next;
    });
    return [chosen, choose, useMemo(() => new Set(chosen.map(rowId)), [chosen])];
}

// The actions of a resource as entries of a menu; those that a choice does not allow say why.
export const entriesOf = (actions, rows, open) => actions.map(action => ({
    label: action.label,
    why: rows.length ? action.why?.(rows) || (!action.many && rows.length > 1 && 'Choose one')
        : 'Choose one',
    act: () => open({ action, rows }),
}));

function Scopes({ resource, scope }) {
    return <select aria-label="Owner" value={scope}
        onChange={event => refine({ owner: event.target.value })}>
        {resource.scopes.map(([id, label]) => <option key={id} value={id}>{label}</option>)}</select>;
}

export function ListPage({ resource }) {
    const { account, region, query } = useRoute();
    const [dialog, setDialog] = useState();
    const [showCommand, setShowCommand] = useState(false);
    const scope = query.owner ?? resource.scopes?.[0][0];
    const tokens = readTokens(query.f), text = query.q ?? '';
    const params = question(resource, scope, apiFilters(tokens));
    const { value, error, loading, again } = useQuery(
        JSON.stringify([resource.page, account, region, params]),
        () => ask(resource, { account, region }, params), concerns(account));
    const rows = useMemo(() => (value ?? []).filter(row => matches(row, tokens, text)),
        [value, query.f, text]);
    const [chosen, choose, ids] = useChosen(rows, resource.id);
    const narrow = text || tokens.length > 0;
    return <section aria-busy={loading}>
        <Head title={resource.title} count={value ? rows.length : undefined}>
            <button type="button" onClick={again} aria-label="Refresh">
                <Icon name="refresh" /></button>
            <Menu label="Actions" entries={entriesOf(resource.actions, chosen, setDialog)} />
            {resource.create && <button type="button" className="primary" data-key="create"
                onClick={() => setDialog({ action: resource.create, rows: [] })}>
                {resource.create.label}</button>}
        </Head>
        <div className="row filters">
            {resource.scopes && <Scopes {...{ resource, scope }} />}
            <Search label={`Find ${resource.one} by keyword, property or tag`}
                key={`${account}${region}`} properties={resource.properties} {...{ text, tokens }}
                onChange={(q, f) => refine({ q, f: f.length ? JSON.stringify(f) : '' })} />
            <button type="button" aria-expanded={showCommand}
                onClick={() => setShowCommand(!showCommand)}>CLI</button>
        </div>
        {showCommand && <Command text={command({ operation: resource.operation, region, params })} />}
        <Problem error={error}><button type="button" onClick={again}>Try again</button></Problem>
        <Table label={resource.title} rows={rows} columns={resource.columns} rowId={resource.id}
            chosen={ids} onChoose={choose}>
            {loading ? <Empty>Loading …</Empty> : !error && <Empty>
                {narrow ? <>Nothing here meets the search. <button type="button"
                    onClick={() => refine({ q: '', f: '' })}>Clear it</button></>
                    : <><strong>No {resource.one} in {region}.</strong> {resource.empty}</>}</Empty>}
        </Table>
        {chosen.length > 0 && <p className="quiet" role="status">{chosen.length} chosen</p>}
        {dialog && <ActionDialog {...dialog} onClose={changed => {
            setDialog(undefined);
            if (changed)
                again();
        }} />}
    </section>;
}
