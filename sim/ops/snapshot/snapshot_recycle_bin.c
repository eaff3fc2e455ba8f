/* Snapshots in the Recycle Bin: ListSnapshotsInRecycleBin, RestoreSnapshotFromRecycleBin. How they
 * get there is in world/snapshot/snapshot_delete.c, the rules in rbin_rule.c. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "contents/contents.h"
#include "ops/describe.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "time/job.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"

void job_expire_snapshot(struct call *c, const char *subject, const char *argument)
{
    struct snapshot s;
    (void)argument;
    if (snapshot_recycled(c, subject, &s))
        snapshot_erase(c, &s);
}

void job_recover_snapshot(struct call *c, const char *subject, const char *argument)
{
    struct snapshot s;
    (void)argument;
    if (!snapshot_find(c, subject, &s) || !text_is(s.status, "recovering"))
        return;
    s.status = "completed";
    snapshot_put(c, &s);
}

static int missing_snapshots(struct call *c, const struct list *ids)
{
    return fail(c, E_SnapshotNotFound, *list_at(ids, const char *, 0)); /* [guess] */
}

/* ---- ListSnapshotsInRecycleBin ---- */

struct list_recycled {
    struct list ids;
    int64_t max_results;
    const char *next_token;
};

static const struct param list_recycled_params[] = {
    { "SnapshotId", TEXTS(struct list_recycled, ids) },
    { "MaxResults", INT(struct list_recycled, max_results) },
    { "NextToken", TEXT(struct list_recycled, next_token) },
    { 0 },
};

static int list_recycled(struct call *c, const struct list_recycled *in)
{
    if (snapshot_ids_check(c, &in->ids))
        return -1;
    struct describe d = {
        .schema = &snapshot_schema,
        .set = "snapshotSet",
        .ids = &in->ids,
        .ids_name = "snapshotIdsSet",
        .max_results = in->max_results,
        .next_token = in->next_token,
        .visible = "region = ?1 AND owner = ?2 AND recycle_enter IS NOT NULL",
        .binds = SQL_ARGS(SQL_TEXT(c->region), SQL_TEXT(c->account)),
        .missing = missing_snapshots,
        .view = VIEW_BRIEF,
    };
    return describe(c, &d);
}

OPERATION(ec2, ListSnapshotsInRecycleBin, list_recycled, list_recycled_params, struct list_recycled,
          .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshot.NotFound "
                    "InvalidSnapshotID.Malformed");

/* ---- RestoreSnapshotFromRecycleBin ---- */

struct restore_recycled {
    const char *id;
};

static const struct param restore_recycled_params[] = {
    { "SnapshotId", TEXT(struct restore_recycled, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int restore_recycled(struct call *c, const struct restore_recycled *in)
{
    struct snapshot s;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c))
        return -1;
    if (!snapshot_recycled(c, in->id, &s))
        return fail(c, E_SnapshotNotFound, in->id);
    snapshot_prepare(c, &s);
    s.status = "recovering";
    s.recycle_enter = s.recycle_exit = ABSENT;
    snapshot_put(c, &s);
    job_cancel(c, "expire_snapshot", s.id);
    job_after(c, pace_delay(c, 20, 5 * SECOND_MS), "recover_snapshot", s.id, NULL);
    emit_text(c, "snapshotId", s.id);
    emit_text(c, "description", s.description);
    emit_tri(c, "encrypted", s.encrypted);
    emit_text(c, "ownerId", s.owner);
    emit_text(c, "progress", s.progress);
    emit_time(c, "startTime", s.start);
    emit_text(c, "status", s.status);
    emit_text(c, "volumeId", s.volume);
    emit_int(c, "volumeSize", s.size);
    return 0;
}

OPERATION(ec2, RestoreSnapshotFromRecycleBin, restore_recycled, restore_recycled_params,
          struct restore_recycled, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue",
          .effects = "The snapshot is there again under its own identifier, with its tags.");
