// The ways out of the page: EC2 query calls as an account in a Region through the public door, and
// the simulator's own routes. Nothing here knows what is shown of the answers.

// Parsing text as XML is a sink of trusted types, though nothing of it becomes markup of the page.
const policy = globalThis.trustedTypes?.createPolicy('xml', { createHTML: text => text });

export class Refusal extends Error {
    constructor(status, code, message, requestId) {
        super(message || code);
        Object.assign(this, { status, code, requestId });
    }
}

export class Unreachable extends Error {
    constructor() {
        super('The simulator does not answer.');
        this.code = 'Unreachable';
    }
}

const reach = async (...request) => {
    try {
        return await fetch(...request);
    } catch {
        throw new Unreachable();
    }
};

// ---- EC2 ----

// A list of the model has its items' name on the wire: ImageIds is ImageId.1, ImageId.2, …
export const WIRE_LISTS = { Resources: 'ResourceId', OwnerIds: 'Owner',
    RestorableByUserIds: 'RestorableBy', ExecutableUsers: 'ExecutableBy' };
const listName = name => WIRE_LISTS[name] ?? name.replace(/s$/, '');

// {ImageIds: ['a'], Ebs: {Size: 1}} as [['ImageId.1', 'a'], ['Ebs.Size', '1']]; undefined is left out.
export function flatten(params, prefix = '') {
    return Object.entries(params).flatMap(([name, value]) => {
        if (value === undefined || value === null)
            return [];
        if (Array.isArray(value)) {
            const at = prefix + listName(name);
            return value.flatMap((one, i) => typeof one === 'object'
                ? flatten(one, `${at}.${i + 1}.`) : [[`${at}.${i + 1}`, String(one)]]);
        }
        return typeof value === 'object' ? flatten(value, `${prefix}${name}.`)
            : [[prefix + name, String(value)]];
    });
}

// Elements as objects, lists of <item> as arrays, the rest as text.
function plain(node) {
    const children = [...node.children];
    if (!children.length)
        return node.textContent;
    if (children.every(child => child.localName === 'item'))
        return children.map(plain);
    return Object.fromEntries(children.map(child => [child.localName, plain(child)]));
}

// A list of an answer; one without items cannot be told from an empty text.
export const items = list => Array.isArray(list) ? list : [];

// Whether each element ends where it should. What a browser says of text that is no XML has a style of
// its own inside, which the page's policy refuses and reports.
function isXml(text) {
    const open = [];
    let any = false;
    for (const [, end, name, empty] of text.matchAll(/<(\/?)([A-Za-z][\w:.-]*)[^<>]*?(\/?)>/g)) {
        any = true;
        if (end ? open.pop() !== name : !empty && !open.push(name))
            return false;
    }
    return any && !open.length;
}

const parse = text => new DOMParser().parseFromString(
    policy ? policy.createHTML(text) : text, 'text/xml').documentElement;

const credentials = (account, region, service) => 'AWS4-HMAC-SHA256 '
    + `Credential=${account}/20260101/${region}/${service}/aws4_request, `
    + 'SignedHeaders=host, Signature=console';

// The answer as an object, with its text as `xml` beside it.
export async function ec2({ account, region }, operation, params = {}) {
    const reply = await reach('/', {
        method: 'POST',
        body: new URLSearchParams([['Action', operation], ['Version', '2016-11-15'],
            ...flatten(params)]),
        headers: { Authorization: credentials(account, region, 'ec2') },
    });
    const xml = await reply.text();
    if (!isXml(xml))
        throw new Refusal(reply.status, 'NoXML', `The answer is not XML (HTTP ${reply.status}): ${
            xml.slice(0, 200) || 'nothing'}`);
    const value = plain(parse(xml));
    if (!reply.ok) {
        const error = items([value.Errors?.Error ?? {}].flat())[0];
        throw new Refusal(reply.status, error.Code ?? `HTTP ${reply.status}`, error.Message,
            value.RequestID);
    }
    return { ...value, xml };
}

// All pages of a list.
export async function ec2All(scope, operation, params, set) {
    const rows = [];
    let token;
    do {
        const page = await ec2(scope, operation, { ...params, NextToken: token });
        rows.push(...items(page[set]));
        token = page.nextToken || undefined;
    } while (token);
    return rows;
}

// ---- The simulator's own routes ----

// body: an object goes as JSON, a text as it is.
export async function control(path, { method, body } = {}) {
    const how = method ?? (body === undefined ? 'GET' : 'POST');
    const reply = await reach(`/_amisim/${path}`, {
        method: how,
        body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
        headers: how === 'GET' ? {} : { 'X-Amisim': 'console' },
    });
    const text = await reply.text();
    const value = reply.headers.get('Content-Type')?.startsWith('application/json')
        ? JSON.parse(text) : text;
    if (!reply.ok)
        throw new Refusal(reply.status, value.error, value.message);
    return value;
}

export const lines = text => text.split('\n').filter(Boolean).map(line => JSON.parse(line));

// Lines of JSON as they come, those that are there together at once; opened: when it has begun.
export async function* follow(path, signal, opened) {
    const reply = await fetch(`/_amisim/${path}`, { signal });
    if (!reply.ok)
        throw new Unreachable();
    opened();
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
        const { value, done } = await reader.read();
        if (done)
            return;
        const end = (rest + value).lastIndexOf('\n') + 1;
        const whole = (rest + value).slice(0, end);
        rest = (rest + value).slice(end);
        if (whole)
            yield lines(whole);
    }
}
