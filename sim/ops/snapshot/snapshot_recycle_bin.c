/* Snapshots in the Recycle Bin: ListSnapshotsInRecycleBin, RestoreSnapshotFromRecycleBin. How they
 * get there is in world/snapshot/snapshot_delete.c, the rules in rbin_rule.c. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "time/job.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"

static void recover_snapshot(struct call *c, const char *subject)
{
    struct snapshot s;
    if (!snapshot_find(c, subject, &s) || !text_is(s.status, "recovering"))
        return;
    s.status = "completed";
    snapshot_put(c, &s);
}

JOB(recover_snapshot, .name = "recover_snapshot");

MISSING(missing_snapshots, E_SnapshotNotFound); /* [guess] */

/* ---- ListSnapshotsInRecycleBin ---- */

static const struct param list_recycled_params[] = {
    { "SnapshotId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

static const struct describe recycled_list = {
    .schema = &snapshot_schema,
    .set = "snapshotSet",
    .ids_name = "snapshotIdsSet",
    .visible = MINE " AND recycle_enter IS NOT NULL",
    .check_ids = snapshot_ids_check,
    .missing = missing_snapshots,
    .view = VIEW_BRIEF,
};

LISTS(ec2, ListSnapshotsInRecycleBin, list_recycled_params, recycled_list,
      .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshot.NotFound "
                "InvalidSnapshotID.Malformed");

/* ---- RestoreSnapshotFromRecycleBin ---- */

static int restore_snapshot_from_recycle_bin(struct call *c, const struct snapshot_id *in)
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
    job_cancel(c, &job_expire_snapshot, s.id);
    job_after(c, pace_delay(c, 20, 5 * SECOND_MS), &job_recover_snapshot, s.id, NULL);
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

OPERATION_AS(ec2, RestoreSnapshotFromRecycleBin, restore_snapshot_from_recycle_bin,
             snapshot_id_params, struct snapshot_id, .flags = OP_WRITES,
             .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue",
             .effects = "The snapshot is there again under its own identifier, with its tags.");
