/* Snapshot locks: until when a snapshot can't be deleted, and who can still change that. */
#ifndef WORLD_SNAPSHOT_LOCK_H
#define WORLD_SNAPSHOT_LOCK_H

#include "base/field.h"
#include "call/call.h"
#include "world/snapshot/snapshot.h"

struct snapshot_lock {
    const char *id, *owner, *region; /* id: the snapshot's */
    const char *mode; /* governance, compliance */
    int64_t days, cool_off; /* cool_off: hours; ABSENT */
    int64_t created, cool_off_ends; /* virtual ms; the latter may be ABSENT */
    int64_t begins, ends; /* of the duration; ABSENT until a pending snapshot is complete */
    /* Set by snapshot_lock_prepare: */
    const char *state; /* governance, compliance-cooloff, compliance, expired */
};

extern const struct schema snapshot_lock_schema;

/* Sets the state; as struct describe wants it. */
bool snapshot_lock_prepare(struct call *c, void *lock);
/* The lock on a snapshot of the caller, prepared. */
bool snapshot_lock_find(struct call *c, const char *snapshot, struct snapshot_lock *ret);
void snapshot_lock_put(struct call *c, const struct snapshot_lock *lock);
void snapshot_lock_forget(struct call *c, const char *snapshot);
/* A lock that has not expired. */
bool snapshot_lock_holds(struct call *c, const char *snapshot);
/* A pending snapshot has ended: the duration begins; a failed one cancels its lock [guide]. */
void snapshot_lock_start(struct call *c, const struct snapshot *s);

#endif
