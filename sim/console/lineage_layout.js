// Where things stand in the picture of a world: Regions are lanes, in the order of their first use;
// generations are columns. All sizes are rem. It knows nothing of how it is drawn.

export const BOX = { width: 15.5, height: 3.1, snapshot: 1.85, gapX: 4, gapY: 0.9 };
const LANE = { top: 2.2, bottom: 1 };
const COLLAPSE = 300;

// The picture's boxes out of nodes and edges: volumes are passed through, snapshots stand with the AMI
// that is made of them.
function boxesOf({ nodes, edges }, account) {
    const byId = new Map(nodes.map(node => [node.id, { ...node, snapshots: [], from: [], to: [] }]));
    const instanceOf = new Map(edges.filter(edge => edge.kind === 'attached')
        .map(edge => [edge.from, edge.to]));
    const home = new Map(); // the image beside which a snapshot stands
    for (const { from, to, kind } of edges) {
        if (kind === 'made-of' && byId.has(from) && byId.has(to))
            home.set(to, from);
        if (kind === 'RegisterImage' && !home.has(from) && byId.get(from)?.account
            !== byId.get(to)?.account)
            home.set(from, to);
    }
    const boxId = id => home.get(id) ?? id;
    for (const [snapshot, image] of home)
        byId.get(image).snapshots.push(byId.get(snapshot));
    const links = [], met = new Set();
    for (const { from, to, kind } of edges) {
        if (['made-of', 'attached', 'CreateVolume'].includes(kind))
            continue;
        const a = boxId(kind === 'CreateSnapshot' ? instanceOf.get(from) ?? from : from), b = boxId(to);
        const both = byId.get(a) && byId.get(b) && a !== b;
        if (!both || byId.get(a).kind === 'volume' || (kind === 'CreateSnapshot' && home.has(to)))
            continue;
        if (met.has(`${a} ${b}`))
            continue;
        met.add(`${a} ${b}`);
        byId.get(a).to.push(b);
        byId.get(b).from.push(a);
        links.push({ from: a, to: b, kind });
    }
    const boxes = [...byId.values()].filter(node => node.kind !== 'volume' && !home.has(node.id)
        && (node.kind !== 'snapshot' || node.from.length || node.to.length || node.account === account));
    return { boxes, links, byId };
}

// Beyond so many, instances that lead nowhere and snapshots are counts of their AMI.
function collapse({ boxes, links, byId }) {
    if (boxes.length + boxes.reduce((n, box) => n + box.snapshots.length, 0) <= COLLAPSE)
        return { boxes, links, byId };
    const gone = new Set();
    for (const box of boxes) {
        const [parent] = box.from;
        if (box.kind === 'instance' && !box.to.length && parent) {
            byId.get(parent).instances = (byId.get(parent).instances ?? 0) + 1;
            gone.add(box.id);
        }
        box.count = box.snapshots.length;
        box.snapshots = [];
    }
    return { byId, collapsed: true, boxes: boxes.filter(box => !gone.has(box.id)),
        links: links.filter(link => !gone.has(link.to)) };
}

// How many steps it is from what came of nothing here.
function setGenerations(boxes, byId) {
    const order = [], open = new Map(boxes.map(box => [box.id, box.from.length]));
    const ready = boxes.filter(box => !box.from.length);
    for (let box; (box = ready.pop());) {
        order.push(box);
        box.generation = Math.max(box.kind === 'instance' ? 1 : 0,
            ...box.from.map(id => (byId.get(id).generation ?? 0) + 1));
        for (const id of box.to) {
            open.set(id, open.get(id) - 1);
            if (!open.get(id) && byId.get(id))
                ready.push(byId.get(id));
        }
    }
    boxes.filter(box => box.generation === undefined).forEach(box => {
        box.generation = 0; // in a circle, which no real world has
    });
}

// Not by localeCompare, which is slow for thousands; these are digits.
const inOrder = (a, b) => a < b ? -1 : a > b ? 1 : 0;
const byAge = (a, b) => inOrder(a.created ?? '', b.created ?? '') || inOrder(a.id, b.id);
const heightOf = box => BOX.height + box.snapshots.length * BOX.snapshot;

function lanesOf(boxes) {
    const lanes = new Map();
    for (const box of [...boxes].sort(byAge).sort((a, b) => Number(b.own) - Number(a.own))) {
        const name = box.region ?? 'elsewhere';
        if (!lanes.has(name))
            lanes.set(name, { name, boxes: [] });
        lanes.get(name).boxes.push(box);
    }
    return [...lanes.values()];
}

// Each box beside what it came of where that is in the lane, else under those of its column.
function placeLane(lane, top, byId) {
    const free = [];
    let bottom = top + LANE.top + BOX.height;
    for (const box of [...lane.boxes].sort((a, b) => a.generation - b.generation || byAge(a, b))) {
        const [parent] = box.from.map(id => byId.get(id)).filter(one => one?.region === box.region);
        const wish = parent?.y ?? top + LANE.top;
        box.x = 1 + box.generation * (BOX.width + BOX.gapX);
        box.y = Math.max(wish, free[box.generation] ?? top + LANE.top);
        free[box.generation] = box.y + heightOf(box) + BOX.gapY;
        bottom = Math.max(bottom, box.y + heightOf(box));
    }
    lane.top = top;
    lane.height = bottom + LANE.bottom - top;
    return lane.top + lane.height;
}

// {boxes, links, lanes, width, height}; boxes in reading order.
export function layOut(world, account) {
    const { boxes, links, byId, collapsed } = collapse(boxesOf(world, account));
    boxes.forEach(box => {
        box.own = box.account === account;
    });
    setGenerations(boxes, byId);
    const lanes = lanesOf(boxes);
    let height = 0;
    for (const lane of lanes)
        height = placeLane(lane, height, byId);
    const columns = 1 + Math.max(0, ...boxes.map(box => box.generation));
    return { boxes: lanes.flatMap(lane => lane.boxes.sort((a, b) => a.y - b.y || a.x - b.x)), links,
        lanes, byId, collapsed, height, columns, width: 2 + columns * (BOX.width + BOX.gapX) };
}

// What has to do with one thing: all it came of, and all that came of it.
export function relatives(world, id) {
    const family = new Set([id]);
    for (const [near, far] of [['from', 'to'], ['to', 'from']]) {
        const met = new Map();
        world.edges.forEach(edge => met.set(edge[near], [...met.get(edge[near]) ?? [], edge]));
        const open = [id];
        for (let at; (at = open.pop());) {
            for (const edge of met.get(at) ?? []) {
                if (!family.has(edge[far])) {
                    family.add(edge[far]);
                    open.push(edge[far]);
                }
            }
        }
    }
    return { nodes: world.nodes.filter(node => family.has(node.id)),
        edges: world.edges.filter(edge => family.has(edge.from) && family.has(edge.to)) };
}
