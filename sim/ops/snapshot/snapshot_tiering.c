/* The archive tier: ModifySnapshotTier, RestoreSnapshotTier, DescribeSnapshotTierStatus. What AWS
 * says when it refuses is not known: the texts are guesses. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/describe.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_tier.h"

static bool is_moving(struct call *c, const char *id)
{
    struct snapshot_tiering t;
    return snapshot_tiering_find(c, id, &t) && t.done != YES;
}

/* Moves of the caller's snapshots that go on: into the archive, or out of it. */
static int64_t moves(struct call *c, bool archival)
{
    return store_number(c->store,
                        "SELECT count(*) FROM snapshot_tiering WHERE " MINE
                        " AND NOT done AND (operation = 'archival') = ?",
                        SQL_ARGS(MINE_ARGS(c), SQL_INT(archival)));
}

/* ---- ModifySnapshotTier ---- */

struct modify_snapshot_tier {
    const char *id, *tier;
};

static const char *const tiers[] = { "archive", NULL };

static const struct param modify_snapshot_tier_params[] = {
    { "SnapshotId", TEXT(struct modify_snapshot_tier, id), .flags = PARAM_REQUIRED },
    { "StorageTier", TEXT(struct modify_snapshot_tier, tier), .values = tiers },
    { 0 },
};

static int check_archive_quotas(struct call *c, const struct snapshot *s)
{
    if (moves(c, true) >= quota(c->sim, "archives-in-progress"))
        return fail(c, E_SnapshotTierLimit, "snapshot archives in progress");
    int64_t archived = store_number(c->store,
                                    "SELECT count(*) FROM snapshot WHERE volume = ?3" AND_MINE
                                    " AND tier = 'archive'",
                                    SQL_ARGS(MINE_ARGS(c), SQL_TEXT(s->volume)));
    if (!text_is(s->volume, SNAPSHOT_NO_VOLUME)
        && archived >= quota(c->sim, "archived-snapshots-per-volume"))
        return fail(c, E_SnapshotTierLimit, "archived snapshots of one volume");
    return 0;
}

/* Images that are disabled leave their snapshots to the archive [guide]. */
static struct list enabled_images(struct call *c, const char *snapshot)
{
    struct list images = snapshot_images(c, snapshot), enabled = { 0 };
    struct image image;
    LIST_EACH (const char *, id, &images) {
        if (image_find(c, *id, &image) && !text_is(image.state, "disabled"))
            strs_add(c->a, &enabled, *id);
    }
    return enabled;
}

static int check_archival(struct call *c, const struct snapshot *s)
{
    if (!text_is(s->status, "completed"))
        return fail(c, E_SnapshotState, s->id, s->status);
    if (snapshot_check_tier(c, s))
        return -1;
    if (is_moving(c, s->id))
        return fail(c, E_SnapshotMoving, s->id);
    struct list images = enabled_images(c, s->id);
    if (images.count)
        return fail(c, E_SnapshotInUse, s->id, strs_join(c->a, &images, ", "));
    return check_archive_quotas(c, s);
}

static int modify_snapshot_tier(struct call *c, const struct modify_snapshot_tier *in)
{
    struct snapshot s;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c)
        || snapshot_own(c, in->id, &s) || check_archival(c, &s))
        return -1;
    snapshot_tiering_start(c, &s, TIERING_ARCHIVAL, ABSENT);
    emit_text(c, "snapshotId", s.id);
    emit_time(c, "tieringStartTime", c->now);
    return 0;
}

OPERATION(ec2, ModifySnapshotTier, modify_snapshot_tier, .flags = OP_WRITES,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue "
                    "IncorrectState InvalidSnapshot.InUse SnapshotLimitExceeded",
          .effects = "Moves the snapshot into the archive as a full one; whom it was shared with "
                     "loses it.");

/* ---- RestoreSnapshotTier ---- */

struct restore_snapshot_tier {
    const char *id;
    int64_t days;
    enum tri permanent;
};

static const struct param restore_snapshot_tier_params[] = {
    { "SnapshotId", TEXT(struct restore_snapshot_tier, id), .flags = PARAM_REQUIRED },
    { "TemporaryRestoreDays", INT(struct restore_snapshot_tier, days) },
    { "PermanentRestore", BOOL(struct restore_snapshot_tier, permanent) },
    { 0 },
};

static int check_restore(struct call *c, const struct restore_snapshot_tier *in)
{
    bool permanent = in->permanent == YES;
    if (permanent == (in->days != ABSENT))
        return fail(c, E_ParameterCombination,
                    "Either TemporaryRestoreDays or PermanentRestore must be specified, "
                    "but not both.");
    if (in->days != ABSENT && in->days < 1)
        return fail(c, E_ValueInvalid, arena_printf(c->a, "%lld", (long long)in->days),
                    "temporaryRestoreDays", "Value must be a positive integer.");
    return 0;
}

/* A temporary restore can be made longer, shorter or permanent while it lasts [guide]. */
static int begin_restore(struct call *c, const struct restore_snapshot_tier *in, struct snapshot *s)
{
    bool archived = text_is(s->tier, "archive");
    if (!archived && s->restore_expiry == ABSENT)
        return fail(c, E_SnapshotNotArchived, s->id);
    if (is_moving(c, s->id))
        return fail(c, E_SnapshotMoving, s->id);
    if (!archived) {
        snapshot_restore_changed(c, s, in->days);
        return 0;
    }
    if (moves(c, false) >= quota(c->sim, "archive-restores-in-progress"))
        return fail(c, E_SnapshotTierLimit, "snapshot restores in progress");
    snapshot_tiering_start(c, s, in->permanent == YES ? TIERING_PERMANENT : TIERING_TEMPORARY,
                           in->days);
    return 0;
}

static int restore_snapshot_tier(struct call *c, const struct restore_snapshot_tier *in)
{
    struct snapshot s;
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || check_restore(c, in) || dry_run_ends(c)
        || snapshot_own(c, in->id, &s) || begin_restore(c, in, &s))
        return -1;
    emit_text(c, "snapshotId", s.id);
    emit_time(c, "restoreStartTime", c->now);
    emit_int(c, "restoreDuration", in->days);
    emit_bool(c, "isPermanentRestore", in->permanent == YES);
    return 0;
}

OPERATION(ec2, RestoreSnapshotTier, restore_snapshot_tier, .flags = OP_WRITES,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidSnapshot.NotFound InvalidSnapshotID.Malformed InvalidParameterValue "
                    "InvalidParameterCombination IncorrectState SnapshotLimitExceeded",
          .effects = "Brings the snapshot back into the standard tier, for some days or for good.");

/* ---- DescribeSnapshotTierStatus ---- */

static const struct param describe_tiers_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

static const struct describe tier_list = {
    .schema = &snapshot_tiering_schema,
    .set = "snapshotTierStatusSet",
    .visible = MINE,
    .prepare = snapshot_tiering_prepare,
};

LISTS(ec2, DescribeSnapshotTierStatus, describe_tiers_params, tier_list,
      .errors = "InvalidParameterValue InvalidParameterCombination");
