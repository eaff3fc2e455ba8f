/* The health of volumes: DescribeVolumeStatus, EnableVolumeIO. Volumes here are always healthy:
 * there are no events, and nothing has to be done. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/resource_id.h"
#include "time/job.h"
#include "world/volume/volume.h"

#define MIB (INT64_C(1) << 20)
/* How fast blocks of a snapshot come in where no rate was asked for, in MiB/s [guess]. */
#define INITIALIZATION_RATE 50

/* ---- What an answer shows of a volume ---- */

struct status_detail {
    const char *name, *status;
};

struct attachment_status {
    const char *performance, *instance;
};

struct volume_status {
    const char *volume, *zone, *zone_id;
    struct list details; /* struct status_detail */
    struct list attachments; /* struct attachment_status */
    const char *initialization; /* of blocks: volume-copy, default, provisioned-rate; NULL: none */
    int64_t progress, remaining; /* of it: per cent, seconds */
};

static const struct schema detail_schema = {
    .name = "detail",
    .size = sizeof(struct status_detail),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct status_detail, name), .xml = "name",
                                        .filter = "volume-status.details-name" },
                                      { TEXT_FIELD(struct status_detail, status), .xml = "status",
                                        .filter = "volume-status.details-status" },
                                      { 0 } },
};

static const struct schema attachment_status_schema = {
    .name = "attachment_status",
    .size = sizeof(struct attachment_status),
    .part = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct attachment_status, performance),
                                  .xml = "ioPerformance",
                                  .filter = "attachment-status.io-performance" },
                                { TEXT_FIELD(struct attachment_status, instance),
                                  .xml = "instanceId", .filter = "attachment-status.instance-id" },
                                { 0 } },
};

static const struct schema volume_status_schema = {
    .name = "volume_status",
    .size = sizeof(struct volume_status),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct volume_status, volume), .xml = "volumeId" },
            { TEXT_FIELD(struct volume_status, zone), .xml = "availabilityZone",
              .filter = "availability-zone" },
            { TEXT_FIELD(struct volume_status, zone_id), .xml = "availabilityZoneId",
              .filter = "availability-zone-id" },
            /* even while DescribeVolumes says creating [recorded] */
            { CONSTANT_FIELD("ok"), .xml = "volumeStatus/status",
              .filter = "volume-status.status" },
            { LIST_FIELD(struct volume_status, details, &detail_schema),
              .xml = "volumeStatus/details" },
            { EMPTY_LIST_FIELD, .xml = "eventsSet" },
            NO_SUCH("event.event-id"),
            NO_SUCH("event.event-type"),
            NO_SUCH("event.description"),
            NO_SUCH("event.not-before"),
            NO_SUCH("event.not-after"),
            { EMPTY_LIST_FIELD, .xml = "actionsSet" },
            NO_SUCH("action.code"),
            NO_SUCH("action.event-id"),
            NO_SUCH("action.description"),
            { LIST_FIELD(struct volume_status, attachments, &attachment_status_schema),
              .xml = "attachmentStatuses" },
            { TEXT_FIELD(struct volume_status, initialization),
              .xml = "initializationStatusDetails/initializationType" },
            { INT_FIELD(struct volume_status, progress),
              .xml = "initializationStatusDetails/progress" },
            { INT_FIELD(struct volume_status, remaining),
              .xml = "initializationStatusDetails/estimatedTimeToCompleteInSeconds" },
            { CONSTANT_FIELD("false"), .xml = "operator/managed", .filter = "operator.managed" },
            { CONSTANT_FIELD("false"), .xml = "operator/hiddenByDefault" },
            { 0 } },
};

static void add_detail(struct call *c, struct volume_status *s, const char *name,
                       const char *status)
{
    *list_add(c->a, &s->details, struct status_detail) =
        (struct status_detail){ .name = name, .status = status };
}

/* Blocks of a snapshot or of another volume come in after the volume is there. */
static void show_initialization(struct call *c, const struct volume *v, struct volume_status *s)
{
    if (text_blank(v->snapshot) && !v->source)
        return;
    int64_t rate = v->initialization_rate > 0 ? v->initialization_rate : INITIALIZATION_RATE;
    int64_t span = pace_delay(c, 30, volume_used(c, v) / (rate * MIB) * SECOND_MS);
    int64_t end = v->created + (v->fast_restored == YES ? 0 : span);
    s->progress = progress_percent(v->created, end, c->now);
    s->initialization = v->source                          ? "volume-copy"
                        : v->initialization_rate == ABSENT ? "default"
                                                           : "provisioned-rate";
    /* only where it can be foreseen [guide] */
    if (v->initialization_rate != ABSENT)
        s->remaining = c->now < end ? (end - c->now) / SECOND_MS : 0;
    add_detail(c, s, "initialization-state", s->progress == 100 ? "completed" : "initializing");
}

/* How fast an attached volume is is watched for types with provisioned performance only [guide]. */
static bool has_watched_performance(const struct volume *v)
{
    static const char *const types[] = { "io1", "io2", "gp3", NULL };
    return v->attachments.count && text_any(v->type, types);
}

static void show_status(struct call *c, const void *noun, void *shown)
{
    const struct volume *v = noun;
    struct volume_status *s = shown;
    s->volume = v->id;
    s->zone = v->zone;
    s->zone_id = v->zone_id;
    add_detail(c, s, "io-enabled", "passed");
    add_detail(c, s, "io-performance", has_watched_performance(v) ? "normal" : "not-applicable");
    show_initialization(c, v, s);
    LIST_EACH (struct attachment, a, &v->attachments) {
        if (has_watched_performance(v))
            *list_add(c->a, &s->attachments, struct attachment_status) =
                (struct attachment_status){ .performance = "normal", .instance = a->instance };
    }
}

/* ---- DescribeVolumeStatus ---- */

static const struct param describe_status_params[] = {
    PAGING(struct listing, page),
    { "VolumeId", TEXTS(struct listing, ids), .flags = PARAM_EMPTY },
    { "IncludeManagedResources", IGNORED(BOOL, "there are no managed volumes here") },
    { "Filter", FILTERS(struct listing, filters) },
    { 0 },
};

/* An empty id is none: the answer shows all volumes [recorded]. */
static int read_status_ids(struct call *c, const struct list *given, struct list *ret)
{
    *ret = (struct list){ 0 };
    LIST_EACH (const char *, id, given) {
        if (text_blank(*id))
            continue;
        if (id_check(c, "vol-", *id))
            return -1;
        strs_add(c->a, ret, *id);
    }
    return 0;
}

MISSING(missing_volumes, E_VolumeNotFound);

static const struct describe status_list = {
    .schema = &volume_schema,
    .shown = &volume_status_schema,
    .show = show_status,
    .set = "volumeStatusSet",
    .ids_name = "volumeIdsSet",
    .visible = VOLUME_VISIBLE " AND status <> 'deleting'",
    .missing = missing_volumes,
};

static int describe_volume_status(struct call *c, const struct listing *in)
{
    struct listing asked = *in;
    return read_status_ids(c, &in->ids, &asked.ids) ? -1 : describe(c, &status_list, &asked);
}

OPERATION_AS(ec2, DescribeVolumeStatus, describe_volume_status, describe_status_params,
             struct listing, .dry_run = DRYRUN_FIRST,
             .errors = "InvalidVolumeID.Malformed InvalidVolume.NotFound InvalidParameterValue "
                       "InvalidParameterCombination");

/* ---- EnableVolumeIO ---- */

struct enable_volume_io {
    const char *id;
};

static const struct param enable_volume_io_params[] = {
    { "VolumeId", TEXT(struct enable_volume_io, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int enable_volume_io(struct call *c, const struct enable_volume_io *in)
{
    struct volume v;
    if (in->id && text_starts(in->id, "vol-") && !id_well_shaped("vol-", in->id))
        return fail(c, E_InternalError); /* AWS's own answer to seventeen zeros [recorded] */
    if (volume_id_check(c, in->id) || volume_own(c, in->id, &v))
        return -1;
    return fail(c, E_VolumeHasIo, v.id);
}

OPERATION(ec2, EnableVolumeIO, enable_volume_io, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidParameterValue InternalError InvalidVolume.NotFound "
                    "IncorrectState InvalidVolumeID.Malformed");
