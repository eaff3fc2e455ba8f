/* DescribeSnapshots: by identifiers, owners and who may restore them. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/resource_id.h"
#include "world/snapshot/snapshot.h"

struct describe_snapshots {
    struct listing list;
    struct list owners, restorable_by;
};

static const struct param describe_snapshots_params[] = {
    { "SnapshotId", TEXTS(struct describe_snapshots, list.ids) },
    { "Owner", TEXTS(struct describe_snapshots, owners) },
    { "RestorableBy", TEXTS(struct describe_snapshots, restorable_by) },
    { "Filter", FILTERS(struct describe_snapshots, list.filters) },
    PAGING(struct describe_snapshots, list.page),
    { 0 },
};

/* Whoever is allowed to restore: the caller, what is its own or named to it; all, what is public;
 * another account, what the caller owns and has shared with it [recorded]. */
#define PERMITS(who)                                                                               \
    "EXISTS (SELECT 1 FROM snapshot_permissions p WHERE p.parent = snapshot.id AND " who ")"
static const char snapshots_asked_for[] =
    SNAPSHOT_VISIBLE " AND (?3 IS NULL OR owner IN (SELECT value FROM json_each(?3))"
                     " OR owner_alias IN (SELECT value FROM json_each(?3)))"
                     " AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(?4) who WHERE"
                     " (who.value = ?2 AND (owner = ?2 OR " PERMITS(
                         "p.user = ?2") "))"
                                        " OR (who.value = 'all' AND " PERMITS(
                                            "p.grp = 'all'") ")"
                                                             " OR (owner = ?2 AND " PERMITS(
                                                                 "p.user = who.value") ")))";

MISSING(missing_snapshots, E_SnapshotNotFound);

static const struct describe snapshot_list = {
    .schema = &snapshot_schema,
    .set = "snapshotSet",
    .ids_name = "snapshotIdsSet", /* [guess], after imageIdsSet and volumeIdsSet */
    .visible = snapshots_asked_for,
    .prepare = snapshot_prepare,
    .missing = missing_snapshots,
};

static int describe_snapshots(struct call *c, const struct describe_snapshots *in)
{
    static const char *const aliases[] = { "amazon", NULL }, *const groups[] = { "all", NULL };
    const char *owners, *restorable_by;
    if (snapshot_ids_check(c, &in->list.ids) || accounts_read(c, &in->owners, aliases, &owners)
        || accounts_read(c, &in->restorable_by, groups, &restorable_by))
        return -1;
    return describe_with(c, &snapshot_list, &in->list,
                         SQL_ARGS(MINE_ARGS(c), SQL_TEXT(owners), SQL_TEXT(restorable_by)));
}

OPERATION(ec2, DescribeSnapshots, describe_snapshots,
          .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshot.NotFound "
                    "InvalidSnapshotID.Malformed InvalidUserID.Malformed");
