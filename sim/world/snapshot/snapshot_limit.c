/* See snapshot_limit.h. */
#include "world/snapshot/snapshot_limit.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "catalog/quota.h"
#include "store/noun.h"

#define MAX_PENDING_DIRECT 100
#define CREATE_INTERVAL (15 * SECOND_MS)

/* What hangs on how long things take in AWS is held against --pace real only: at the other paces it
 * would depend on how fast the machine is. */
static bool is_paced_as_aws(const struct call *c)
{
    return c->sim->pace == PACE_REAL;
}

static int check_count(struct call *c)
{
    int64_t count = store_count(c, &snapshot_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    return count >= quota(c->sim, "snapshots") ? fail(c, E_SnapshotLimit) : 0;
}

static int64_t most_pending(const struct call *c, const struct volume *v)
{
    bool cold = text_is(v->type, "st1") || text_is(v->type, "sc1");
    return quota(c->sim,
                 cold ? "pending-snapshots-per-cold-volume" : "pending-snapshots-per-volume");
}

static int check_pace(struct call *c, const struct volume *v)
{
    int64_t pending = store_count(c, &snapshot_schema, "volume = ? AND status = 'pending'",
                                  SQL_ARGS(SQL_TEXT(v->id)));
    if (pending >= most_pending(c, v))
        return fail(c, E_SnapshotsInProgress);
    int64_t last = store_number(c->store, "SELECT max(start) FROM snapshot WHERE volume = ?",
                                SQL_ARGS(SQL_TEXT(v->id)));
    return last != ABSENT && c->now < last + CREATE_INTERVAL ? fail(c, E_SnapshotRate) : 0;
}

int snapshot_check_volume(struct call *c, const struct volume *v)
{
    if (!text_is(v->status, "available") && !text_is(v->status, "in-use"))
        return fail(c, E_SnapshotVolumeState, v->id);
    if (is_paced_as_aws(c) && check_pace(c, v))
        return -1;
    return check_count(c);
}

int snapshot_check_copies(struct call *c)
{
    int64_t most = quota(c->sim, "snapshot-copies-in-progress");
    int64_t pending = store_count(c, &snapshot_schema, MINE " AND is_copy AND status = 'pending'",
                                  SQL_ARGS(MINE_ARGS(c)));
    if (is_paced_as_aws(c) && pending >= most)
        return fail(c, E_SnapshotCopiesInProgress, (long long)most);
    return check_count(c);
}

int snapshot_check_direct(struct call *c)
{
    int64_t pending = store_count(
        c, &snapshot_schema, MINE " AND status = 'pending' AND direct = 1", SQL_ARGS(MINE_ARGS(c)));
    return pending >= MAX_PENDING_DIRECT ? fail(c, E_EbsPendingLimit) : 0;
}
