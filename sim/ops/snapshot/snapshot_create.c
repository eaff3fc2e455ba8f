/* CreateSnapshot, DeleteSnapshot. Those of a whole instance are in snapshot_create_set.c, copies in
 * snapshot_copy.c. */
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "guest/guest.h"
#include "ops/snapshot/snapshot_input.h"
#include "reply/emit_noun.h"
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

/* ---- DeleteSnapshot ---- */

static int delete_snapshot(struct call *c, const struct snapshot_id *in)
{
    return snapshot_id_check(c, in->id, SNAPSHOT_ID_VALUE) || dry_run_ends(c)
               ? -1
               : snapshot_delete(c, in->id);
}

OPERATION_AS(ec2, DeleteSnapshot, delete_snapshot, snapshot_id_params, struct snapshot_id,
             .flags = OP_WRITES, .answer = ANSWER_RETURN, .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidSnapshot.NotFound InvalidSnapshot.InUse InvalidParameterValue "
                       "InvalidSnapshotID.Malformed OperationNotPermitted",
             .effects = "Deletes the snapshot with everybody's tags on it, also a pending one.");
