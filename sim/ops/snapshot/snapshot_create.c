/* Snapshots of volumes: made, shown, deleted. Copies are in snapshot_copy.c, sharing in
 * snapshot_attribute.c. */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "guest/guest.h"
#include "ops/describe.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "request/tag_spec.h"
#include "store/tag_row.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"
#include "world/snapshot/snapshot_limit.h"

/* ---- CreateSnapshot ---- */

struct create_snapshot {
    const char *volume, *description, *location;
    struct list tag_specs;
};

static const struct param create_snapshot_params[] = {
    { "VolumeId", TEXT(struct create_snapshot, volume), .flags = PARAM_REQUIRED },
    { "Description", TEXT(struct create_snapshot, description) },
    { "Location", TEXT(struct create_snapshot, location), .values = snapshot_locations },
    { "OutpostArn", REFUSED(TEXT, SNAPSHOT_NO_OUTPOSTS) },
    { "TagSpecification", TAG_SPECS(struct create_snapshot, tag_specs, "snapshot") },
    { 0 },
};

static int create_snapshot(struct call *c, const struct create_snapshot *in)
{
    struct volume volume;
    struct snapshot s;
    if (!id_well_shaped("vol-", in->volume))
        return fail(c, E_ValueInvalid, in->volume, "volumeId", "Expected: 'vol-...'.");
    if (snapshot_check_place(c, in->location) || snapshot_check_description(c, in->description)
        || dry_run_ends(c))
        return -1;
    if (volume_own(c, in->volume, &volume) || snapshot_check_volume(c, &volume))
        return -1;
    guest_snapshot(c, &volume, in->description, false, &s);
    tag_specs_put(c, &in->tag_specs, "snapshot", s.id);
    s.tags = tags_of(c, s.id);
    emit_noun(c, &snapshot_schema, &s, VIEW_CREATED);
    return 0;
}

OPERATION(
    ec2, CreateSnapshot, create_snapshot, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
    .errors = "InvalidVolume.NotFound InvalidParameterValue IncorrectState "
              "ConcurrentSnapshotLimitExceeded SnapshotCreationPerVolumeRateExceeded "
              "SnapshotLimitExceeded",
    .effects = "Begins a snapshot of the volume as it is at this moment; it completes later.");

/* ---- DescribeSnapshots ---- */

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

/* Accounts and the words that stand for some, as JSON for the condition below; NULL for none. */
static int read_accounts(struct call *c, const struct list *given, const char *word,
                         const char **ret_json)
{
    struct value *v = value_new(c->a, VALUE_LIST);
    LIST_EACH (const char *, account, given) {
        if (!text_digits(*account, 12) && !text_is(*account, "self") && !text_is(*account, word))
            return fail(c, E_SnapshotOwner, *account);
        value_add_text(c->a, v, NULL, text_is(*account, "self") ? c->account : *account);
    }
    *ret_json = given->count ? value_to_json(c->a, v, 0) : NULL;
    return 0;
}

/* Whoever is allowed to restore: the caller, what is its own or named to it; all, what is public;
 * another account, what the caller owns and has shared with it [recorded]. */
#define PERMITS(who)                                                                               \
    "EXISTS (SELECT 1 FROM snapshot_permissions p WHERE p.parent = snapshot.id AND " who ")"
static const char asked_for[] =
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
    .visible = asked_for,
    .prepare = snapshot_prepare,
    .missing = missing_snapshots,
};

static int describe_snapshots(struct call *c, const struct describe_snapshots *in)
{
    const char *owners, *restorable_by;
    if (snapshot_ids_check(c, &in->list.ids) || read_accounts(c, &in->owners, "amazon", &owners)
        || read_accounts(c, &in->restorable_by, "all", &restorable_by))
        return -1;
    return describe_with(c, &snapshot_list, &in->list,
                         SQL_ARGS(MINE_ARGS(c), SQL_TEXT(owners), SQL_TEXT(restorable_by)));
}

OPERATION(ec2, DescribeSnapshots, describe_snapshots,
          .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshot.NotFound "
                    "InvalidSnapshotID.Malformed InvalidUserID.Malformed");

/* ---- DeleteSnapshot ---- */

struct delete_snapshot {
    const char *id;
};

static const struct param delete_snapshot_params[] = {
    { "SnapshotId", TEXT(struct delete_snapshot, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int delete_snapshot(struct call *c, const struct delete_snapshot *in)
{
    if (snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c)
        || snapshot_delete(c, in->id))
        return -1;
    return 0;
}

OPERATION(ec2, DeleteSnapshot, delete_snapshot, .flags = OP_WRITES, .answer = ANSWER_RETURN,
          .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidSnapshot.NotFound InvalidSnapshot.InUse InvalidParameterValue "
                    "InvalidSnapshotID.Malformed OperationNotPermitted",
          .effects = "Deletes the snapshot with everybody's tags on it, also a pending one.");
