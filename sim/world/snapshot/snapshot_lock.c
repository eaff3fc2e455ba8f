/* Snapshot locks. Their states are a matter of the clock alone: no job changes them. */
#include "world/snapshot/snapshot_lock.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "reply/emit_noun.h"
#include "store/noun.h"

const struct schema snapshot_lock_schema = {
    .name = "snapshot_lock",
    .size = sizeof(struct snapshot_lock),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot_lock, id), .column = "id", .xml = "snapshotId" },
            { TEXT_FIELD(struct snapshot_lock, owner), .column = "owner", .xml = "ownerId",
              .flags = FIELD_OWNER | FIELD_INDEXED, .views = VIEW_DESCRIBED },
            { TEXT_FIELD(struct snapshot_lock, region), .column = "region" },
            { TEXT_FIELD(struct snapshot_lock, state), .xml = "lockState", .filter = "lock-state" },
            { TEXT_FIELD(struct snapshot_lock, mode), .column = "mode" },
            { INT_FIELD(struct snapshot_lock, days), .column = "days", .xml = "lockDuration" },
            { INT_FIELD(struct snapshot_lock, cool_off), .column = "cool_off",
              .xml = "coolOffPeriod" },
            { TIME_FIELD(struct snapshot_lock, cool_off_ends), .column = "cool_off_ends",
              .xml = "coolOffPeriodExpiresOn" },
            { TIME_FIELD(struct snapshot_lock, created), .column = "created",
              .xml = "lockCreatedOn" },
            { TIME_FIELD(struct snapshot_lock, begins), .column = "begins",
              .xml = "lockDurationStartTime" },
            { TIME_FIELD(struct snapshot_lock, ends), .column = "ends", .xml = "lockExpiresOn" },
            { 0 } },
};

bool snapshot_lock_prepare(struct call *c, void *lock)
{
    struct snapshot_lock *l = lock;
    if (l->ends != ABSENT && c->now >= l->ends)
        l->state = "expired";
    else if (l->cool_off_ends != ABSENT && c->now < l->cool_off_ends)
        l->state = "compliance-cooloff";
    else
        l->state = l->mode;
    return true;
}

bool snapshot_lock_find(struct call *c, const char *snapshot, struct snapshot_lock *ret)
{
    return store_get(c, &snapshot_lock_schema, snapshot, ret) && snapshot_lock_prepare(c, ret);
}

void snapshot_lock_put(struct call *c, const struct snapshot_lock *lock)
{
    store_put(c, &snapshot_lock_schema, lock);
}

void snapshot_lock_forget(struct call *c, const char *snapshot)
{
    /* by hand: the tags belong to the snapshot, which has the same identifier */
    store_exec(c->store, "DELETE FROM snapshot_lock WHERE id = ?", SQL_ARGS(SQL_TEXT(snapshot)));
}

bool snapshot_lock_holds(struct call *c, const char *snapshot)
{
    struct snapshot_lock lock;
    return snapshot_lock_find(c, snapshot, &lock) && !text_is(lock.state, "expired");
}

void snapshot_lock_start(struct call *c, const struct snapshot *s)
{
    struct snapshot_lock lock;
    if (!snapshot_lock_find(c, s->id, &lock))
        return;
    if (text_is(s->status, "error")) {
        snapshot_lock_forget(c, s->id);
        return;
    }
    lock.begins = c->now;
    if (lock.ends == ABSENT) /* no ExpirationDate was given */
        lock.ends = c->now + lock.days * DAY_MS;
    snapshot_lock_put(c, &lock);
}
