// Calls as commands: what a form sends is what the AWS CLI is told, made of one declaration. It also
// reads calls back from the wire, for the timeline.

import { WIRE_LISTS } from './api.js';

const kebab = name => name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();

// A word of a POSIX shell.
export const quote = text => /^[\w@%+=:,./-]+$/.test(text) ? text
    : `'${text.replace(/'/g, `'\\''`)}'`;

// The CLI would read a file or fetch a page where a text begins so.
const isReference = text => /^(file|fileb|https?):\/\//.test(text);

function option(name, value) {
    const flag = `--${kebab(name)}`;
    if (value === true)
        return flag;
    if (value === false)
        return /^--(no-|dry-run)/.test(flag) ? null : flag.replace('--', '--no-');
    if (Array.isArray(value) && value.every(one => typeof one !== 'object'))
        return [flag, ...value.map(one => quote(String(one)))].join(' ');
    if (typeof value === 'object')
        return `${flag} ${quote(JSON.stringify(value))}`;
    const text = String(value);
    return text.startsWith('-') ? quote(`${flag}=${text}`) : `${flag} ${text ? quote(text) : "''"}`;
}

// One command, an option on a line. `cli` has the names that the CLI gives otherwise.
export function command({ service = 'ec2', operation, region, params = {}, cli }) {
    const named = Object.entries(cli ?? params).filter(([, value]) => value !== undefined);
    const referring = named.filter(([, value]) => typeof value === 'string' && isReference(value));
    const parts = named.filter(one => !referring.includes(one)).map(one => option(...one));
    if (referring.length)
        parts.push(`--cli-input-json ${quote(JSON.stringify(Object.fromEntries(referring)))}`);
    return [`aws ${service} ${kebab(operation)} --region ${region}`, ...parts.filter(Boolean)]
        .join(' \\\n    ');
}

export const commands = calls => calls.map(command).join('\n');

// What a shell needs so that commands reach this simulator as this account.
export const shellSetup = account => `export AWS_ENDPOINT_URL=${quote(location.origin)} \\\n`
    + `    AWS_ACCESS_KEY_ID=${account} AWS_SECRET_ACCESS_KEY=amisim`;

// The simulator's own routes.
export const curl = (method, path, body) => [
    `curl -X ${method} -H 'X-Amisim: 1'`,
    body === undefined ? '' : `--data-binary ${quote(typeof body === 'string' ? body : JSON.stringify(body))}`,
    quote(`${location.origin}/_amisim/${path}`),
].filter(Boolean).join(' ');

// ---- From the wire ----

// {'Filter.1.Name': 'state'} as {Filters: [{Name: 'state'}]}.
function unflatten(wire) {
    const tree = {};
    for (const [path, value] of Object.entries(wire)) {
        let at = tree;
        const names = path.split('.');
        names.forEach((name, i) => {
            at = at[name] ??= i === names.length - 1 ? value : {};
        });
    }
    return tree;
}

const TRUTHS = { true: true, false: false };
const NUMBERS = /^(VolumeSize|Iops|Throughput|VolumeInitializationRate|MinCount|MaxCount)$/;
const MODEL_LISTS = { Add: 'Add', Remove: 'Remove', ...Object.fromEntries(Object.entries(WIRE_LISTS)
    .map(([model, wire]) => [wire, model])) };
// Only snapshots have owners by their IDs.
const listName = (name, operation) => name === 'Owner' && operation !== 'DescribeSnapshots' ? 'Owners'
    : MODEL_LISTS[name] ?? `${name}s`;

function modelled(node, operation) {
    if (typeof node !== 'object')
        return TRUTHS[node] ?? node;
    return Object.fromEntries(Object.entries(node).map(([name, value]) => {
        if (NUMBERS.test(name))
            return [name, Number(value)];
        const isList = typeof value === 'object' && Object.keys(value).every(key => /^\d+$/.test(key));
        return isList ? [listName(name, operation), Object.values(value).map(one => modelled(one))]
            : [name, modelled(value)];
    }));
}

// The command of a recorded request; undefined where the CLI has another form for it.
export function commandOf(request) {
    if (!request.operation || !['ec2', 'kms', 'ssm'].includes(request.service))
        return undefined;
    const params = request.service === 'ec2' ? modelled(unflatten(request.parameters ?? {}),
        request.operation)
        : typeof request.parameters === 'object' ? request.parameters : {};
    delete params.ClientToken;
    if (params.MinCount && params.MaxCount) {
        const { MinCount: min, MaxCount: max, ...rest } = params;
        return command({ ...request, params: { ...rest, Count: min === max ? min : `${min}:${max}` } });
    }
    return command({ service: request.service, operation: request.operation, region: request.region,
        params });
}
