/* See snapshot_block_access.h. */
#include "world/snapshot/snapshot_block_access.h"

#include "base/text.h"
#include "store/noun.h"

const struct schema snapshot_block_access_schema = {
    .name = "snapshot_block_access",
    .was = "snapshot_access",
    .size = sizeof(struct snapshot_block_access),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot_block_access, id), .column = "id", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct snapshot_block_access, state), .column = "state" },
            { 0 } },
};

static const char *state_of(struct call *c, const char *account, const char *region)
{
    struct snapshot_block_access access;
    const char *id = arena_printf(c->a, "%s/%s", account, region);
    return store_get(c, &snapshot_block_access_schema, id, &access) ? access.state : "unblocked";
}

const char *snapshot_block_access_state(struct call *c)
{
    return state_of(c, c->account, c->region);
}

void snapshot_block_access_set(struct call *c, const char *state)
{
    struct snapshot_block_access access = {
        .id = arena_printf(c->a, "%s/%s", c->account, c->region),
        .state = state,
    };
    store_put(c, &snapshot_block_access_schema, &access);
}

bool snapshot_hides_public(struct call *c, const struct snapshot *s)
{
    return text_is(state_of(c, s->owner, s->region), "block-all-sharing");
}
