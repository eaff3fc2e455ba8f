/* ExportImage, its tasks, and CancelExportTask. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_task.h"
#include "world/image/s3_bucket.h"

extern const struct job_kind job_image_exported, job_export_cancelled;

struct export_location {
    const char *bucket, *prefix;
};

static const struct param export_location_params[] = {
    { "S3Bucket", TEXT(struct export_location, bucket), .flags = PARAM_REQUIRED },
    { "S3Prefix", TEXT(struct export_location, prefix) },
    { 0 },
};

struct export_image {
    const char *token, *description, *format, *image, *role;
    struct export_location location;
    struct list tags;
};

static const char *const formats[] = { "VMDK", "RAW", "VHD", NULL };

static const struct param export_image_params[] = {
    { "ClientToken", TEXT(struct export_image, token) },
    { "Description", TEXT(struct export_image, description) },
    { "DiskImageFormat", TEXT(struct export_image, format), .flags = PARAM_REQUIRED,
      .values = formats },
    { "ImageId", TEXT(struct export_image, image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "S3ExportLocation", STRUCT(struct export_image, location, export_location_params),
      .flags = PARAM_REQUIRED },
    { "RoleName", TEXT(struct export_image, role), .otherwise = "vmimport" },
    { "TagSpecification", TAG_SPECS(struct export_image, tags, "export-image-task") },
    { 0 },
};

/* Neither encrypted images nor those with somebody's product can be exported [guide]. */
static int find_image(struct call *c, const char *id, struct image *ret)
{
    if (image_own(c, id, ret))
        return -1;
    if (!text_is(ret->state, "available"))
        return fail(c, E_ImageState, id, ret->state);
    bool encrypted = false;
    LIST_EACH (struct mapping, m, &ret->mappings)
        encrypted |= m->encrypted == YES;
    if (encrypted || ret->machine.product_codes.count || !text_is(ret->machine.root_type, "ebs"))
        return fail(c, E_ExportUnsupported, id);
    return 0;
}

static bool prepare_task(struct call *c, void *task)
{
    struct export_image_task *t = task;
    if (!text_is(t->status, "active"))
        return true;
    int percent = progress_percent(t->started, t->due, c->now);
    t->progress = arena_printf(c->a, "%d", percent);
    t->shown_message = percent < 5    ? "validating"
                       : percent < 60 ? "converting"
                                      : "updating"; /* [guess] */
    return true;
}

static int export_image(struct call *c, const struct export_image *in)
{
    const char *before;
    struct image image;
    struct export_image_task t = { 0 };
    if (s3_bucket_check_name(c, in->location.bucket) || token_find(c, in->token, &before))
        return -1;
    if (before && store_get(c, &export_image_task_schema, before, &t)) {
        prepare_task(c, &t);
        emit_noun(c, &export_image_task_schema, &t, VIEW_CREATED);
        return 0;
    }
    if (find_image(c, in->image, &image))
        return -1;
    schema_init(&export_image_task_schema, &t);
    t.id = id_new(c, "export-ami-");
    t.owner = c->account;
    t.region = c->region;
    t.image = image.id;
    t.description = in->description;
    t.format = in->format;
    t.bucket = in->location.bucket;
    t.prefix = in->location.prefix;
    t.role = in->role; /* [guide] */
    t.status = "active";
    t.started = c->now;
    int64_t delay = pace_delay(c, 60, 20 * MINUTE_MS); /* [guess] */
    t.due = c->now + delay;
    store_put(c, &export_image_task_schema, &t);
    tag_specs_put(c, &in->tags, "export-image-task", t.id);
    t.tags = tag_specs_for(&in->tags, "export-image-task");
    job_after(c, delay, &job_image_exported, t.id, NULL);
    token_keep(c, in->token, t.id);
    prepare_task(c, &t);
    emit_noun(c, &export_image_task_schema, &t, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, ExportImage, export_image, .flags = OP_WRITES,
          .errors = "AuthFailure InvalidAMIID.Malformed InvalidAMIID.NotFound "
                    "InvalidAMIID.Unavailable InvalidParameterValue UnsupportedOperation "
                    "IdempotentParameterMismatch",
          .effects = "a task, active -> completed; then an object in the bucket");

static int64_t size_of(const struct image *image)
{
    int64_t size = 0;
    LIST_EACH (struct mapping, m, &image->mappings)
        size += m->size == ABSENT ? 0 : m->size;
    return size;
}

static void image_exported(struct call *c, const char *subject)
{
    struct export_image_task t;
    struct image image;
    if (!store_get(c, &export_image_task_schema, subject, &t) || !text_is(t.status, "active"))
        return;
    const char *key =
        arena_printf(c->a, "%s%s.%s", t.prefix ? t.prefix : "", t.id, text_lower(c->a, t.format));
    struct s3_object object = { .id = arena_printf(c->a, "%s/%s", t.bucket, key),
                                .bucket = t.bucket,
                                .key = key,
                                .account = t.owner,
                                .region = t.region,
                                .type = "disk",
                                .created = c->now,
                                .size = image_find(c, t.image, &image) ? size_of(&image) : 0 };
    s3_bucket_put(c, &object);
    t.status = "completed";
    t.ended = c->now;
    store_put(c, &export_image_task_schema, &t);
}

JOB(image_exported, .name = "image_exported");

/* ---- DescribeExportImageTasks ---- */

static const struct param describe_export_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    { "ExportImageTaskId", TEXTS(struct listing, ids) },
    PAGING_BETWEEN(struct listing, page, 1, 500),
    { 0 },
};

MISSING(no_export, E_ExportTaskNotFound);

static const struct describe export_list = {
    .schema = &export_image_task_schema,
    .set = "exportImageTaskSet",
    .ids_name = "exportImageTaskIdSet",
    .visible = MINE,
    .page = { .least = 1 },
    .prepare = prepare_task,
    .missing = no_export,
};

LISTS(ec2, DescribeExportImageTasks, describe_export_params, export_list,
      .errors = "InvalidExportTaskID.NotFound InvalidParameterValue InvalidParameterCombination");

/* ---- CancelExportTask ---- */

struct cancel_export_task {
    const char *task;
};

static const struct param cancel_export_task_params[] = {
    { "ExportTaskId", TEXT(struct cancel_export_task, task), .flags = PARAM_REQUIRED },
    { 0 },
};

static int cancel_export_task(struct call *c, const struct cancel_export_task *in)
{
    struct export_image_task t;
    if (!store_get(c, &export_image_task_schema, in->task, &t) || !text_is(t.owner, c->account)
        || !text_is(t.region, c->region))
        return fail(c, E_ExportTaskNotFound, in->task);
    if (!text_is(t.status, "active"))
        return fail(c, E_TaskNotActive, t.id, t.status);
    t.status = "deleting";
    store_put(c, &export_image_task_schema, &t);
    job_cancel(c, &job_image_exported, t.id);
    job_after(c, pace_delay(c, 10, 10 * SECOND_MS), &job_export_cancelled, t.id, NULL);
    return 0;
}

OPERATION(ec2, CancelExportTask, cancel_export_task, .flags = OP_WRITES | OP_NO_DRYRUN,
          .answer = ANSWER_RETURN, .errors = "InvalidExportTaskID.NotFound IncorrectState",
          .effects = "the task: active -> deleting -> deleted");

static void export_cancelled(struct call *c, const char *subject)
{
    struct export_image_task t;
    if (!store_get(c, &export_image_task_schema, subject, &t))
        return;
    t.status = "deleted";
    t.ended = c->now;
    store_put(c, &export_image_task_schema, &t);
}

JOB(export_cancelled, .name = "export_cancelled");
