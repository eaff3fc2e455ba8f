// The page of the lineage: all Regions of an account.
import { useEffect } from 'react';
import { control } from './api.js';
import { Icon } from './icons.jsx';
import { Empty, Head, Problem } from './parts.jsx';
import { Lineage } from './lineage_picture.jsx';
import { refine, useRoute } from './router.js';
import { concerns, useQuery } from './state.js';

export function LineagePage() {
    const { account, query } = useRoute();
    const { value, error, loading } = useQuery(`world ${account}`, () => control(
        `world?account=${account}`), concerns(account));
    const asTable = query.as === 'table';
    useEffect(() => {
        if (value)
            requestAnimationFrame(() => performance.mark('drawn'));
    }, [value]);
    return <section aria-busy={loading}>
        <Head title="Lineage" count={value?.nodes.length}>
            <button type="button" aria-pressed={asTable} onClick={() => refine(
                { as: asTable ? '' : 'table' })}>As a table</button>
        </Head>
        <p className="quiet legend"><span><Icon name="image" /> AMI</span>{' '}
            <span><Icon name="instance" /> instance</span>{' '}
            <span><Icon name="snapshot" /> snapshot</span>{' '}
            <span className="dashed">dashed: no longer there</span> {' '}Regions are lanes, generations go to
            the right.</p>
        <Problem error={error} />
        {value ? <Lineage world={value} asTable={asTable} /> : !error && <Empty>Loading …</Empty>}
    </section>;
}
