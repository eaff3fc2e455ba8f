/* The health of volumes, and the attribute that belongs to it. Volumes here are always healthy. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "time/clock.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/volume/volume.h"

#define MIB (INT64_C(1) << 20)
/* How fast blocks of a snapshot come in where no rate was asked for, in MiB/s [guess]. */
#define INITIALIZATION_RATE 50

/* ---- What an answer shows of a volume ---- */

struct status_detail {
    const char *name, *status;
};

struct status_event {
    const char *id, *type, *description, *code;
    int64_t not_before, not_after;
};

struct attachment_status {
    const char *performance, *instance;
};

struct volume_status {
    const char *volume, *zone, *zone_id, *status;
    struct list details, events, actions, attachments;
    const char *initialization;
    int64_t progress, remaining;
    enum tri managed, hidden;
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

static const struct schema event_schema = {
    .name = "event",
    .size = sizeof(struct status_event),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct status_event, id), .xml = "eventId",
                                        .filter = "event.event-id" },
                                      { TEXT_FIELD(struct status_event, type), .xml = "eventType",
                                        .filter = "event.event-type" },
                                      { TEXT_FIELD(struct status_event, description),
                                        .xml = "description", .filter = "event.description" },
                                      { TIME_FIELD(struct status_event, not_before),
                                        .xml = "notBefore", .filter = "event.not-before" },
                                      { TIME_FIELD(struct status_event, not_after),
                                        .xml = "notAfter", .filter = "event.not-after" },
                                      { 0 } },
};

static const struct schema action_schema = {
    .name = "action",
    .size = sizeof(struct status_event),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct status_event, code), .xml = "code", .filter = "action.code" },
            { TEXT_FIELD(struct status_event, id), .xml = "eventId", .filter = "action.event-id" },
            { TEXT_FIELD(struct status_event, description), .xml = "description",
              .filter = "action.description" },
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
            { TEXT_FIELD(struct volume_status, status), .xml = "volumeStatus/status",
              .filter = "volume-status.status" },
            { LIST_FIELD(struct volume_status, details, &detail_schema),
              .xml = "volumeStatus/details" },
            { LIST_FIELD(struct volume_status, events, &event_schema), .xml = "eventsSet",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct volume_status, actions, &action_schema), .xml = "actionsSet",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct volume_status, attachments, &attachment_status_schema),
              .xml = "attachmentStatuses" },
            { TEXT_FIELD(struct volume_status, initialization),
              .xml = "initializationStatusDetails/initializationType" },
            { INT_FIELD(struct volume_status, progress),
              .xml = "initializationStatusDetails/progress" },
            { INT_FIELD(struct volume_status, remaining),
              .xml = "initializationStatusDetails/estimatedTimeToCompleteInSeconds" },
            { BOOL_FIELD(struct volume_status, managed), .xml = "operator/managed",
              .filter = "operator.managed" },
            { BOOL_FIELD(struct volume_status, hidden), .xml = "operator/hiddenByDefault" },
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
    int64_t rate = v->initialization_rate == ABSENT ? INITIALIZATION_RATE : v->initialization_rate;
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
static bool is_watched(const struct volume *v)
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
    s->status = "ok"; /* even while DescribeVolumes says creating [recorded] */
    s->managed = s->hidden = NO;
    add_detail(c, s, "io-enabled", "passed");
    add_detail(c, s, "io-performance", is_watched(v) ? "normal" : "not-applicable");
    show_initialization(c, v, s);
    LIST_EACH (struct attachment, a, &v->attachments) {
        if (is_watched(v))
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
static int read_ids(struct call *c, const struct list *given, struct list *ret)
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
    return read_ids(c, &in->ids, &asked.ids) ? -1 : describe(c, &status_list, &asked);
}

OPERATION_AS(ec2, DescribeVolumeStatus, describe_volume_status, describe_status_params,
             struct listing, .dry_run = DRYRUN_FIRST,
             .errors = "InvalidVolumeID.Malformed InvalidVolume.NotFound InvalidParameterValue "
                       "InvalidParameterCombination");

/* ---- DescribeVolumeAttribute, ModifyVolumeAttribute ---- */

struct describe_volume_attribute {
    const char *attribute, *id;
};

/* Both are required, in words of their own [recorded]. */
static const struct param describe_volume_attribute_params[] = {
    { "Attribute", TEXT(struct describe_volume_attribute, attribute) },
    { "VolumeId", TEXT(struct describe_volume_attribute, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int describe_volume_attribute(struct call *c, const struct describe_volume_attribute *in)
{
    struct volume v;
    bool codes = text_is(in->attribute, "productCodes");
    if (volume_id_check(c, in->id))
        return -1;
    if (!in->attribute)
        return fail(c, E_NoAttribute);
    if (!codes && !text_is(in->attribute, "autoEnableIO"))
        return fail(c, E_ValueInvalid, in->attribute, "attribute", "Unknown attribute.");
    if (volume_own(c, in->id, &v))
        return -1;
    emit_text(c, "volumeId", v.id);
    if (codes) {
        product_codes_emit(c, &v.content.product_codes);
        return 0;
    }
    emit_open(c, "autoEnableIO");
    emit_bool(c, "value", v.auto_io == YES);
    emit_close(c);
    return 0;
}

OPERATION(ec2, DescribeVolumeAttribute, describe_volume_attribute, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidParameterCombination InvalidParameterValue "
                    "InvalidVolumeID.Malformed InvalidVolume.NotFound");

struct modify_volume_attribute {
    const char *id;
    struct {
        enum tri value;
    } auto_io;
};

static const struct param auto_io_params[] = {
    { "Value", BOOL(
                   struct { enum tri value; }, value) },
    { 0 },
};

static const struct param modify_volume_attribute_params[] = {
    { "AutoEnableIO", STRUCT(struct modify_volume_attribute, auto_io, auto_io_params) },
    { "VolumeId", TEXT(struct modify_volume_attribute, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int modify_volume_attribute(struct call *c, const struct modify_volume_attribute *in)
{
    struct volume v;
    if (!in->id)
        return fail(c, 400, "MissingParameter", "volumeId"); /* the whole text [recorded] */
    if (volume_id_malformed(c, in->id, "InvalidVolumeID.Malformed"))
        return -1;
    if (in->auto_io.value == UNSET)
        return fail(c, E_NoAttribute); /* [guess] */
    if (volume_own(c, in->id, &v))
        return -1;
    v.auto_io = in->auto_io.value;
    volume_put(c, &v);
    return 0;
}

OPERATION(ec2, ModifyVolumeAttribute, modify_volume_attribute, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidVolumeID.Malformed InvalidParameterCombination "
                    "InvalidVolume.NotFound",
          .effects = "sets whether I/O goes on by itself after a volume was impaired");

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
