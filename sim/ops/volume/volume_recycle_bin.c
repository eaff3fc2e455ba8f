/* Volumes in the Recycle Bin: shown and restored. When they get there and how long they stay is
 * world/volume/volume.c's and the rules' to know. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
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
            { BOOL_FIELD(struct volume, managed), .xml = "operator/managed" },
            { BOOL_FIELD(struct volume, hidden), .xml = "operator/hiddenByDefault" },
            { TIME_FIELD(struct volume, created), .xml = "createTime" },
            { TIME_FIELD(struct volume, recycle_enter), .xml = "recycleBinEnterTime" },
            { TIME_FIELD(struct volume, recycle_exit), .xml = "recycleBinExitTime" },
            { 0 } },
};

static void show_recycled(struct call *c, const void *noun, void *shown)
{
    (void)c;
    *(struct volume *)shown = *(const struct volume *)noun;
}

/* ---- ListVolumesInRecycleBin ---- */

struct list_recycled {
    struct list ids;
    int64_t max_results;
    const char *next_token;
};

static const struct param list_recycled_params[] = {
    { "VolumeId", TEXTS(struct list_recycled, ids) },
    { "MaxResults", INT(struct list_recycled, max_results) },
    { "NextToken", TEXT(struct list_recycled, next_token) },
    { 0 },
};

static int missing_volumes(struct call *c, const struct list *ids)
{
    return fail(c, E_VolumeNotFound, *list_at(ids, const char *, 0)); /* [guess] */
}

static int list_recycled(struct call *c, const struct list_recycled *in)
{
    LIST_EACH (const char *, id, &in->ids) {
        if (volume_id_check(c, *id))
            return -1;
    }
    struct describe d = {
        .schema = &volume_schema,
        .shown = &recycled_schema,
        .show = show_recycled,
        .set = "volumeSet",
        .ids = &in->ids,
        .ids_name = "volumeIdsSet",
        .max_results = in->max_results,
        .next_token = in->next_token,
        .visible = "region = ?1 AND owner = ?2 AND recycle_enter IS NOT NULL",
        .binds = SQL_ARGS(SQL_TEXT(c->region), SQL_TEXT(c->account)),
        .prepare = volume_prepare,
        .missing = missing_volumes,
    };
    return describe(c, &d);
}

OPERATION(ec2, ListVolumesInRecycleBin, list_recycled, list_recycled_params, struct list_recycled,
          .errors = "InvalidVolume.NotFound InvalidParameterValue InvalidParameterCombination");

/* ---- RestoreVolumeFromRecycleBin ---- */

struct restore_volume {
    const char *id;
};

static const struct param restore_volume_params[] = {
    { "VolumeId", TEXT(struct restore_volume, id), .flags = PARAM_REQUIRED },
    { 0 },
};

static int restore_volume(struct call *c, const struct restore_volume *in)
{
    struct volume v;
    if (volume_id_check(c, in->id) || dry_run_ends(c))
        return -1;
    if (!volume_find_recycled(c, in->id, &v))
        return fail(c, E_VolumeNotFound, in->id); /* [guess] */
    v.recycle_enter = v.recycle_exit = ABSENT;
    job_cancel(c, NULL, v.id);
    volume_put(c, &v);
    emit_bool(c, "return", true);
    return 0;
}

OPERATION(ec2, RestoreVolumeFromRecycleBin, restore_volume, restore_volume_params,
          struct restore_volume, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidParameterValue InvalidVolumeID.Malformed InvalidVolume.NotFound",
          .effects = "the volume is available again, with its tags");
