// The pages that are not the first one: they come together when one of them is wanted. What they share
// with it stays in one file, because this imports it whole (see bundle.cmake).
import './console.jsx';

export { CheckpointsPage } from './checkpoints.jsx';
export { ClockPage } from './clock_page.jsx';
export { ConsistencyPage } from './consistency.jsx';
export { CostPage } from './cost.jsx';
export { DetailPage } from './detail.jsx';
export { LicencesPage } from './licences.jsx';
export { LineagePage } from './lineage.jsx';
export { ScenariosPage } from './scenarios.jsx';
export { TimelinePage } from './timeline.jsx';
export { TourPage } from './tour.jsx';
