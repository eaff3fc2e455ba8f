// The console: a client of the public API and of the simulator's own routes, with no private way in.
import { lazy, StrictMode, Suspense, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { Fence, Frame } from './frame.jsx';
import { ListPage } from './list.jsx';
import { OverviewPage } from './overview.jsx';
import { Empty } from './parts.jsx';
import { RESOURCES } from './resources.jsx';
import { startRouter, useRoute } from './router.js';
import { get, startListening } from './state.js';
import './style.css';

// Pages that are not the first ones come when they are wanted.
const later = name => lazy(() => import('./more.jsx').then(all => ({ default: all[name] })));
const DetailPage = later('DetailPage');
const PAGES = {
    overview: OverviewPage,
    lineage: later('LineagePage'),
    timeline: later('TimelinePage'),
    consistency: later('ConsistencyPage'),
    cost: later('CostPage'),
    clock: later('ClockPage'),
    scenarios: later('ScenariosPage'),
    checkpoints: later('CheckpointsPage'),
    tour: later('TourPage'),
    licences: later('LicencesPage'),
};

function Page() {
    const { page, id } = useRoute();
    const resource = RESOURCES[page];
    if (resource)
        return id ? <DetailPage resource={resource} key={page} />
            : <ListPage resource={resource} key={page} />;
    const Other = PAGES[page];
    return Other ? <Other /> : <section><h1>There is no page “{page}”</h1></section>;
}

function Console() {
    const { account, region, page, id } = useRoute();
    useEffect(() => {
        document.title = [id, page, region, 'amisim'].filter(Boolean).join(' – ');
    }, [page, id, region]);
    useEffect(() => {
        requestAnimationFrame(() => performance.mark('usable'));
    }, []);
    return <Frame><Fence place={`${account} ${region} ${page} ${id}`}>
        <Suspense fallback={<Empty>Loading …</Empty>}><Page /></Suspense></Fence></Frame>;
}

// Whoever asked last is most likely the one who looks; nobody yet: as the program says at its start.
function beginning({ accounts }) {
    const [last] = [...accounts].sort((a, b) => (b.lastCall ?? '').localeCompare(a.lastCall ?? ''));
    return [last?.account ?? '000000000000', last?.regions[0]?.region ?? 'us-east-1'];
}

startRouter(...beginning(get()));
startListening();
createRoot(document.getElementById('console')).render(
    <StrictMode><Console /></StrictMode>);
