// Where one is: #/ACCOUNT/REGION/PAGE/ID?filter. It stands behind the #, so that the server knows no
// pages, and a link shows the same again.
import { useSyncExternalStore } from 'react';

const read = fallback => {
    const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?');
    const [account, region, page, ...id] = path.split('/').map(decodeURIComponent);
    return {
        account: /^\d{12}$/.test(account) ? account : fallback.account,
        region: region || fallback.region,
        page: page || 'overview',
        id: id.join('/'),
        query: Object.fromEntries(new URLSearchParams(query)),
    };
};

let fallback = {};
let current;

export function startRouter(account, region) {
    fallback = { account, region };
    current = read(fallback);
    addEventListener('hashchange', () => {
        current = read(fallback);
    });
}

export const here = () => current;

// The address of another place; what is not said stays, but for the ID and the filter of a page.
export function href(to) {
    const { account, region, page, id, query } = { ...current, id: '', query: {}, ...to };
    const filter = new URLSearchParams(Object.entries(query ?? {}).filter(([, value]) => value));
    const path = [account, region, page, ...(id ? [id] : [])].map(encodeURIComponent).join('/');
    return `#/${path}${String(filter) ? `?${filter}` : ''}`;
}

export const go = to => {
    location.hash = href(to);
};

// The same page with another filter, in the place of this one in the browser's history.
export function refine(query) {
    history.replaceState(null, '', href({ id: current.id, query: { ...current.query, ...query } }));
    dispatchEvent(new HashChangeEvent('hashchange'));
}

const subscribe = tell => {
    addEventListener('hashchange', tell);
    return () => removeEventListener('hashchange', tell);
};

export const useRoute = () => useSyncExternalStore(subscribe, here);
