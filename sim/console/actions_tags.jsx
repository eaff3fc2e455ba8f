// Tags of anything that has an identifier: what is no longer there is deleted, what changed is put.
import { items } from './api.js';
import { nameOf } from './actions_common.jsx';

export const manageTags = idOf => ({
    id: 'manage-tags', label: 'Manage tags', submit: 'Save',
    why: rows => rows.length !== 1 && 'Choose one',
    initial: ({ rows: [row] }) => ({ tags: items(row.tagSet).map(({ key, value }) =>
        ({ Key: key, Value: value ?? '' })) }),
    fields: (values, { rows: [row] }) => [{ id: 'tags', kind: 'tags', label: `Tags of ${nameOf(row)}` }],
    calls: ({ tags }, { rows: [row] }) => {
        const was = new Map(items(row.tagSet).map(({ key, value }) => [key, value ?? '']));
        const put = tags.filter(({ Key, Value }) => Key && was.get(Key) !== Value);
        const gone = [...was.keys()].filter(key => !tags.some(tag => tag.Key === key));
        const Resources = [idOf(row)];
        return [
            ...(put.length ? [{ operation: 'CreateTags', params: { Resources, Tags: put } }] : []),
            ...(gone.length ? [{ operation: 'DeleteTags', params: { Resources,
                Tags: gone.map(Key => ({ Key })) } }] : []),
        ];
    },
    errors: { InvalidParameterValue: 'tags' },
});
