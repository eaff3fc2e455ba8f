/* See snapshot_delete.h. */
#include "world/snapshot/snapshot_delete.h"

#include "base/text.h"
#include "call/errors.h"
#include "store/block.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/account/cost.h"
#include "world/account/retention_rule.h"
#include "world/instance/page_cache.h"
#include "world/snapshot/fast_restore.h"
#include "world/snapshot/snapshot_lock.h"
#include "world/snapshot/snapshot_tier.h"

/* The one that continued it continues what it continued. */
static void let_go(struct call *c, const struct snapshot *s)
{
    store_exec(c->store, "UPDATE snapshot SET parent = ? WHERE parent = ?",
               SQL_ARGS(SQL_TEXT(s->parent), SQL_TEXT(s->id)));
    layer_unref(c->store, s->layer);
}

void snapshot_erase(struct call *c, const struct snapshot *s)
{
    cost_close(c, s);
    job_cancel(c, NULL, s->id);
    let_go(c, s);
    snapshot_lock_forget(c, s->id);
    snapshot_tiering_forget(c, s->id);
    store_remove(c, &snapshot_content_schema, s->id);
    store_remove(c, &snapshot_schema, s->id);
    cost_changed(c, s);
}

/* Only what is complete goes to the bin [guess]. */
static bool recycle_snapshot(struct call *c, struct snapshot *s)
{
    int64_t until =
        text_is(s->status, "completed") ? retention_until(c, RETENTION_SNAPSHOT, &s->tags) : ABSENT;
    if (until == ABSENT)
        return false;
    s->recycle_enter = c->now;
    s->recycle_exit = until;
    store_put(c, &snapshot_schema, s);
    job_after(c, until - c->now, &job_expire_snapshot, s->id, NULL);
    return true;
}

int snapshot_delete(struct call *c, const char *id)
{
    struct snapshot s;
    if (snapshot_own(c, id, &s))
        return -1;
    struct list images = snapshot_images(c, id);
    if (images.count)
        return fail(c, E_SnapshotInUse, id, strs_join(c->a, &images, ", "));
    if (snapshot_lock_holds(c, id))
        return fail(c, E_SnapshotLocked, id);
    struct list zones = fast_restore_zones(c, id);
    if (zones.count)
        return fail(c, E_SnapshotFastRestore, id, strs_join(c->a, &zones, ", "));
    fast_restore_end(c, id);
    if (!recycle_snapshot(c, &s))
        snapshot_erase(c, &s);
    return 0;
}

static void expire_snapshot(struct call *c, const char *id)
{
    struct snapshot s;
    if (snapshot_recycled(c, id, &s))
        snapshot_erase(c, &s);
}

JOB(expire_snapshot, .name = "expire_snapshot");
