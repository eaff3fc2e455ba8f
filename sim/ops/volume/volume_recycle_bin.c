/* Volumes in the Recycle Bin: shown and restored. When they get there and how long they stay is
 * world/volume/volume.c's and the rules' to know. */
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/resource_id.h"
#include "time/job.h"
#include "world/volume/volume.h"

/* A volume as the Recycle Bin shows it: its state is not called status here. */
static const struct schema recycled_schema = {
    .name = "recycled_volume",
    .size = sizeof(struct volume),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct volume, id), .xml = "volumeId" },
            { TEXT_FIELD(struct volume, type), .xml = "volumeType" },
            { TEXT_FIELD(struct volume, status), .xml = "state" },
            { INT_FIELD(struct volume, size), .xml = "size" },
            { INT_FIELD(struct volume, iops), .xml = "iops" },
            { INT_FIELD(struct volume, throughput), .xml = "throughput" },
            { TEXT_FIELD(struct volume, zone), .xml = "availabilityZone" },
            { TEXT_FIELD(struct volume, zone_id), .xml = "availabilityZoneId" },
            { TEXT_FIELD(struct volume, source), .xml = "sourceVolumeId" },
            { TEXT_FIELD(struct volume, snapshot), .xml = "snapshotId" },
            { CONSTANT_FIELD("false"), .xml = "operator/managed" },
            { CONSTANT_FIELD("false"), .xml = "operator/hiddenByDefault" },
            { TIME_FIELD(struct volume, created), .xml = "createTime" },
            { TIME_FIELD(struct volume, recycle_enter), .xml = "recycleBinEnterTime" },
            { TIME_FIELD(struct volume, recycle_exit), .xml = "recycleBinExitTime" },
            { 0 } },
};

/* ---- ListVolumesInRecycleBin ---- */

static const struct param list_recycled_params[] = {
    { "VolumeId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

MISSING(missing_volumes, E_VolumeNotFound); /* [guess] */

static const struct describe recycled_list = {
    .schema = &volume_schema,
    .shown = &recycled_schema,
    .set = "volumeSet",
    .ids_name = "volumeIdsSet",
    .visible = MINE " AND recycle_enter IS NOT NULL",
    .check_ids = volume_ids_check,
    .prepare = volume_prepare,
    .missing = missing_volumes,
};

LISTS(ec2, ListVolumesInRecycleBin, list_recycled_params, recycled_list,
      .errors = "InvalidVolume.NotFound InvalidParameterValue InvalidParameterCombination "
                "InvalidVolumeID.Malformed");

/* ---- RestoreVolumeFromRecycleBin ---- */

struct restore_volume_from_recycle_bin {
    const char *id;
};

static const struct param restore_volume_from_recycle_bin_params[] = {
    { "VolumeId", TEXT(struct restore_volume_from_recycle_bin, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int restore_volume_from_recycle_bin(struct call *c,
                                           const struct restore_volume_from_recycle_bin *in)
{
    struct volume v;
    if (volume_id_check(c, in->id) || dry_run_ends(c))
        return -1;
    if (!volume_find_recycled(c, in->id, &v))
        return fail(c, E_VolumeNotFound, in->id); /* [guess] */
    v.recycle_enter = v.recycle_exit = ABSENT;
    job_cancel(c, NULL, v.id);
    volume_put(c, &v);
    return 0;
}

OPERATION(ec2, RestoreVolumeFromRecycleBin, restore_volume_from_recycle_bin, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidParameterValue InvalidVolumeID.Malformed InvalidVolume.NotFound",
          .effects = "the volume is available again, with its tags");
