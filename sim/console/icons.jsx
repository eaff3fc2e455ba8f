// Signs beside words: drawn here, for fonts do not have them everywhere.
const PATHS = {
    image: 'M3 3h7v7H3zM6 12.5h6.5V6',
    instance: 'M2 5.5h12v5H2zM4.5 8h.01M7 8h4.5',
    snapshot: 'M2.5 4.5h3l1-1.5h3l1 1.5h3v8h-11zM8 10.6a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z',
    volume: 'M2.5 4.5c0-2.7 11-2.7 11 0v7c0 2.7-11 2.7-11 0zM2.5 4.5c0 2.7 11 2.7 11 0',
    unknown: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 8.5V5M8 11h.01',
    call: 'M2 8h11M9 4l4 4-4 4',
    read: 'M2 8h2M6.5 8h2M11 8h2M10 5l3 3-3 3',
    state: 'M8 2.5 13.5 8 8 13.5 2.5 8z',
    job: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.5V8l2.5 2',
    fault: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
    step: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
    control: 'M2 4.5h12M2 11.5h12M5 2.5v4M11 9.5v4',
    next: 'M3 3.5v9L9.5 8zM12.5 3.5v9',
    pause: 'M5.5 3v10M10.5 3v10',
    run: 'M4.5 3v10l8-5z',
    lock: 'M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
    refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
    theme: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
    close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
    down: 'M4 6l4 4 4-4',
    brand: 'M2 2h8v8H2zM6 6h8v8H6z',
};

export const Icon = ({ name }) => <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={PATHS[name] ?? PATHS.unknown} /></svg>;
