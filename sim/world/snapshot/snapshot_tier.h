/* The archive tier: what the last move of a snapshot into it or out of it came to. */
#ifndef WORLD_SNAPSHOT_TIER_H
#define WORLD_SNAPSHOT_TIER_H

#include "base/field.h"
#include "call/call.h"
#include "world/snapshot/snapshot.h"

#define TIERING_ARCHIVAL "archival"
#define TIERING_TEMPORARY "temporary-restore"
#define TIERING_PERMANENT "permanent-restore"

struct snapshot_tiering {
    const char *id, *owner, *region, *volume; /* id: the snapshot's */
    const char *operation; /* one of the above */
    enum tri done;
    int64_t started, due; /* virtual ms */
    int64_t days; /* of a temporary restore; ABSENT */
    int64_t archived; /* when the last archival was complete */
    struct list tags;
    /* Set by snapshot_tiering_prepare: */
    const char *snapshot_status, *tier, *status;
    int64_t progress, expiry; /* per cent; until when a temporary restore lasts, or ABSENT */
};

extern const struct schema snapshot_tiering_schema;

/* Sets what is computed; false where the snapshot is in the Recycle Bin. As struct describe wants
 * it. */
bool snapshot_tiering_prepare(struct call *c, void *tiering);
/* The last move of a snapshot, anyone's; false: there was none. */
bool snapshot_tiering_find(struct call *c, const char *snapshot, struct snapshot_tiering *ret);
/* Whether a move of it is not done yet. */
bool snapshot_is_moving(struct call *c, const char *snapshot);
/* How many moves of the caller's are not done: into the archive, or out of it. */
int64_t snapshot_tierings_in_progress(struct call *c, bool archival);
/* How many snapshots of a volume the caller has in the archive. */
int64_t snapshots_archived_of(struct call *c, const char *volume);
/* Nothing is known of its moves any more. */
void snapshot_tiering_forget(struct call *c, const char *snapshot);
/* Begins a move; the job end_tiering ends it. days: of a temporary restore, else ABSENT. */
void snapshot_tiering_start(struct call *c, const struct snapshot *s, const char *operation,
                            int64_t days);
/* A temporary restore that is done lasts that many days from now; ABSENT: for ever. */
void snapshot_restore_changed(struct call *c, struct snapshot *s, int64_t days);

#endif
