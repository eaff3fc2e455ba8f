/* The archive tier. An archived snapshot is a whole one: it continues nothing any more, and what
 * continues it stays where it is [guide]. */
#include "world/snapshot/snapshot_tier.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "store/block.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/account/cost.h"

extern const struct job_kind job_archive_again, job_end_tiering;

/* AWS: up to 72 hours [guide]; how long it takes is a guess. */
#define MOVE_TAKES (24 * HOUR_MS)

const struct schema snapshot_tiering_schema = {
    .name = "snapshot_tiering",
    .indexes =
        (const char *const[]){
            "snapshot_tiering_running ON snapshot_tiering (owner, region) WHERE NOT done", NULL },
    .size = sizeof(struct snapshot_tiering),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot_tiering, id), .column = "id", .xml = "snapshotId",
              .filter = "snapshot-id" },
            { TEXT_FIELD(struct snapshot_tiering, region), .column = "region" },
            { TEXT_FIELD(struct snapshot_tiering, volume), .column = "volume", .xml = "volumeId",
              .filter = "volume-id" },
            { TEXT_FIELD(struct snapshot_tiering, snapshot_status), .xml = "status" },
            { TEXT_FIELD(struct snapshot_tiering, owner), .column = "owner", .xml = "ownerId",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TAGS_FIELD(struct snapshot_tiering, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { TEXT_FIELD(struct snapshot_tiering, tier), .xml = "storageTier" },
            { TIME_FIELD(struct snapshot_tiering, started), .column = "started",
              .xml = "lastTieringStartTime" },
            { INT_FIELD(struct snapshot_tiering, progress), .xml = "lastTieringProgress" },
            { TEXT_FIELD(struct snapshot_tiering, status), .xml = "lastTieringOperationStatus",
              .filter = "last-tiering-operation" },
            { TIME_FIELD(struct snapshot_tiering, archived), .column = "archived",
              .xml = "archivalCompleteTime" },
            { TIME_FIELD(struct snapshot_tiering, expiry), .xml = "restoreExpiryTime" },
            { TEXT_FIELD(struct snapshot_tiering, operation), .column = "operation" },
            { BOOL_FIELD(struct snapshot_tiering, done), .column = "done" },
            { TIME_FIELD(struct snapshot_tiering, due), .column = "due" },
            { INT_FIELD(struct snapshot_tiering, days), .column = "days" },
            { 0 } },
};

bool snapshot_tiering_prepare(struct call *c, void *tiering)
{
    struct snapshot_tiering *t = tiering;
    struct snapshot s;
    if (!snapshot_find_in(c, t->region, t->id, &s))
        return false; /* it is in the Recycle Bin */
    t->snapshot_status = s.status;
    t->tier = s.tier;
    t->expiry = s.restore_expiry;
    t->progress = t->done == YES ? 100 : progress_percent(t->started, t->due, c->now);
    t->status =
        arena_printf(c->a, "%s-%s", t->operation, t->done == YES ? "completed" : "in-progress");
    return true;
}

bool snapshot_tiering_find(struct call *c, const char *snapshot, struct snapshot_tiering *ret)
{
    return store_get(c, &snapshot_tiering_schema, snapshot, ret);
}

bool snapshot_is_moving(struct call *c, const char *snapshot)
{
    struct snapshot_tiering t;
    return snapshot_tiering_find(c, snapshot, &t) && t.done != YES;
}

int64_t snapshot_tierings_in_progress(struct call *c, bool archival)
{
    return store_count(c, &snapshot_tiering_schema,
                       MINE " AND NOT done AND (operation = 'archival') = ?3",
                       SQL_ARGS(MINE_ARGS(c), SQL_INT(archival)));
}

int64_t snapshots_archived_of(struct call *c, const char *volume)
{
    return store_count(c, &snapshot_schema, "volume = ?3" AND_MINE " AND tier = 'archive'",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(volume)));
}

void snapshot_tiering_forget(struct call *c, const char *snapshot)
{
    /* by hand: the tags belong to the snapshot, which has the same identifier */
    store_exec(c->store, "DELETE FROM snapshot_tiering WHERE id = ?", SQL_ARGS(SQL_TEXT(snapshot)));
}

void snapshot_tiering_start(struct call *c, const struct snapshot *s, const char *operation,
                            int64_t days)
{
    struct snapshot_tiering t;
    int64_t delay = pace_delay(c, 50, MOVE_TAKES);
    if (!snapshot_tiering_find(c, s->id, &t))
        schema_init(&snapshot_tiering_schema, &t);
    t.id = s->id;
    t.owner = s->owner;
    t.region = s->region;
    t.volume = s->volume;
    t.operation = operation;
    t.done = NO;
    t.started = c->now;
    t.due = c->now + delay;
    t.days = days;
    store_put(c, &snapshot_tiering_schema, &t);
    job_after(c, delay, &job_end_tiering, s->id, NULL);
}

static void archive_snapshot(struct call *c, struct snapshot *s)
{
    int64_t whole = layer_flatten(c->store, s->layer);
    layer_unref(c->store, s->layer);
    s->layer = whole;
    s->parent = NULL;
    s->lineage = s->id;
    s->tier = "archive";
    s->permissions = (struct list){ 0 }; /* whom it was shared with loses it [guide] */
}

static void restore_for(struct call *c, struct snapshot *s, int64_t days)
{
    s->tier = "standard";
    s->restore_expiry = days == ABSENT ? ABSENT : c->now + days * DAY_MS;
    job_cancel(c, &job_archive_again, s->id);
    if (days != ABSENT)
        job_after(c, days * DAY_MS, &job_archive_again, s->id, NULL);
    snapshot_put(c, s);
}

void snapshot_restore_changed(struct call *c, struct snapshot *s, int64_t days)
{
    struct snapshot_tiering t;
    if (!snapshot_tiering_find(c, s->id, &t))
        return;
    t.operation = days == ABSENT ? TIERING_PERMANENT : TIERING_TEMPORARY;
    t.days = days;
    store_put(c, &snapshot_tiering_schema, &t);
    restore_for(c, s, days);
}

/* ---- Ending ---- */

static void end_tiering(struct call *c, const char *id)
{
    struct snapshot s;
    struct snapshot_tiering t;
    if (!snapshot_find(c, id, &s) || !snapshot_tiering_find(c, id, &t) || t.done == YES)
        return;
    t.done = YES;
    if (text_is(t.operation, TIERING_ARCHIVAL)) {
        t.archived = c->now;
        cost_close(c, &s);
        archive_snapshot(c, &s);
        snapshot_put(c, &s);
    } else {
        restore_for(c, &s, t.days);
    }
    store_put(c, &snapshot_tiering_schema, &t);
}

/* A move that fails leaves the snapshot in the tier it had. */
static void end_tiering_fail(struct call *c, const char *id, const struct job_failure *how)
{
    (void)how;
    snapshot_tiering_forget(c, id);
}

JOB(end_tiering, .name = "end_tiering", JOB_FAULTS("tiering"), .fail = end_tiering_fail,
    JOB_DUE(&snapshot_tiering_schema, struct snapshot_tiering, due));

/* The time of a temporary restore is over. */
static void archive_again(struct call *c, const char *id)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s))
        return;
    s.tier = "archive";
    s.restore_expiry = ABSENT;
    snapshot_put(c, &s);
}

JOB(archive_again, .name = "archive_again");
