// What one thing came of, and what came of it.
import { control } from './api.js';
import { Empty, Problem } from './parts.jsx';
import { useRoute } from './router.js';
import { concerns, useQuery } from './state.js';
import { relatives } from './lineage_layout.js';
import { Lineage } from './lineage_picture.jsx';

export function LineageOf({ id }) {
    const { account } = useRoute();
    const { value, error } = useQuery(`world ${account} of ${id}`, async () => relatives(await control(
        `world?account=${account}`), id), concerns(account));
    if (!value)
        return <><Problem error={error} />{!error && <Empty>Loading …</Empty>}</>;
    return <Lineage world={value} focus={id} />;
}
