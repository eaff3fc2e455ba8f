/* Block public access for snapshots, per account and Region. */
#ifndef WORLD_SNAPSHOT_BLOCK_ACCESS_H
#define WORLD_SNAPSHOT_BLOCK_ACCESS_H

#include "base/field.h"
#include "call/call.h"
#include "world/snapshot/snapshot.h"

struct snapshot_block_access {
    const char *id; /* account/Region */
    const char *state; /* unblocked, block-new-sharing, block-all-sharing */
};

extern const struct schema snapshot_block_access_schema;

/* What the caller's account has decided; unblocked, as an account begins [recorded]. */
const char *snapshot_block_access_state(struct call *c);
/* state: one of the above. */
void snapshot_block_access_set(struct call *c, const char *state);
/* Whether its owner blocks all public sharing. */
bool snapshot_hides_public(struct call *c, const struct snapshot *s);

#endif
