// A table of any length: only the rows in view are in the document. Columns are declared:
// {id, label, show(row), text(row) for sorting, wide}.
import { useEffect, useMemo, useRef, useState } from 'react';

const OVERSCAN = 8;
const ALL = 60; // so many rows are shown without any of this

// Which rows are in view of the scrolling box.
function useView(box, count, rowHeight) {
    const [view, setView] = useState([0, 40]);
    useEffect(() => {
        const element = box.current;
        const look = () => {
            const { scrollTop, clientHeight } = element;
            const from = Math.max(0, Math.floor(scrollTop / rowHeight) - OVERSCAN);
            setView([from, from + Math.ceil(clientHeight / rowHeight) + 2 * OVERSCAN]);
        };
        look();
        element.addEventListener('scroll', look, { passive: true });
        const watcher = new ResizeObserver(look);
        watcher.observe(element);
        return () => {
            element.removeEventListener('scroll', look);
            watcher.disconnect();
        };
    }, [count, rowHeight]);
    return count <= ALL ? [0, count] : view;
}

const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b
    : String(a ?? '').localeCompare(String(b ?? ''), 'en', { numeric: true });

function useSorted(rows, columns, sort) {
    return useMemo(() => {
        const column = columns.find(one => one.id === sort?.by);
        if (!column?.text)
            return rows;
        const sorted = [...rows].sort((a, b) => compare(column.text(a), column.text(b)));
        return sort.down ? sorted.reverse() : sorted;
    }, [rows, columns, sort?.by, sort?.down]);
}

function Heading({ column, sort, onSort }) {
    const sorted = sort?.by === column.id;
    const direction = sorted ? sort.down ? 'descending' : 'ascending' : undefined;
    if (!column.text)
        return <th scope="col">{column.label}</th>;
    return <th scope="col" aria-sort={direction}>
        <button type="button" className="plain" onClick={() => onSort(
            { by: column.id, down: sorted && !sort.down })}>{column.label}
            <span aria-hidden="true">{sorted ? sort.down ? ' ▼' : ' ▲' : ''}</span></button></th>;
}

function Row({ row, id, index, columns, chosen, onChoose, label }) {
    return <tr aria-rowindex={index + 2} aria-selected={onChoose ? chosen.has(id) : undefined}>
        {onChoose && <td className="check"><input type="checkbox" checked={chosen.has(id)}
            aria-label={`Select ${label(row)}`} onChange={() => onChoose(id)} /></td>}
        {columns.map((column, i) => i === 0
            ? <th scope="row" key={column.id}>{column.show(row)}</th>
            : <td key={column.id} className={column.wide ? 'wide' : undefined}>{column.show(row)}</td>)}
    </tr>;
}

export function Table({ label, rows, columns, rowId, rowLabel = rowId, chosen, onChoose, children }) {
    const box = useRef();
    const [sort, setSort] = useState();
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const rowHeight = 2.5 * rem;
    const sorted = useSorted(rows, columns, sort);
    const [from, to] = useView(box, rows.length, rowHeight);
    const every = onChoose && rows.length > 0 && rows.every(row => chosen.has(rowId(row)));
    const width = columns.length + (onChoose ? 1 : 0);
    const gap = height => height > 0 && <tr aria-hidden="true" className="gap">
        <td colSpan={width} style={{ height }} /></tr>;
    return <div className={`table${rows.length > ALL ? ' long' : ''}`} ref={box} tabIndex={0}
        role="region" aria-label={label}>
        <table aria-rowcount={rows.length + 1} aria-label={label}>
            <thead><tr aria-rowindex={1}>
                {onChoose && <td className="check"><input type="checkbox" checked={every}
                    aria-label="Select all" onChange={() => onChoose(every ? [] : rows.map(rowId))} />
                </td>}
                {columns.map(column => <Heading key={column.id} {...{ column, sort }}
                    onSort={setSort} />)}
            </tr></thead>
            <tbody>
                {gap(from * rowHeight)}
                {sorted.slice(from, to).map((row, i) => <Row key={rowId(row)} row={row}
                    id={rowId(row)} index={from + i} label={rowLabel}
                    {...{ columns, chosen, onChoose }} />)}
                {gap((rows.length - Math.min(to, rows.length)) * rowHeight)}
            </tbody>
        </table>
        {rows.length === 0 && children}
    </div>;
}
