/* ExportImage, its tasks, and CancelExportTask. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_input.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_task.h"
#include "world/image/s3_bucket.h"

extern const struct job_kind job_image_exported, job_export_cancelled;

struct export_image {
    const char *token;
    struct export_image_task task; /* as far as the request says what it is */
    struct list tags;
};

#define LARGEST_EXPORTED 1024 /* GiB */

static const char *const formats[] = { "VMDK", "RAW", "VHD", NULL };

static const struct param export_location_params[] = {
    { "S3Bucket", TEXT(struct export_image, task.bucket), .flags = PARAM_REQUIRED },
    { "S3Prefix", TEXT(struct export_image, task.prefix) },
    { 0 },
};

static const struct param export_image_params[] = {
    { "ClientToken", TEXT(struct export_image, token) },
    { "Description", TEXT(struct export_image, task.description) },
    { "DiskImageFormat", TEXT(struct export_image, task.format), .flags = PARAM_REQUIRED,
      .values = formats },
    { "ImageId", TEXT(struct export_image, task.image), .flags = PARAM_REQUIRED, .id = "ami-" },
    { "S3ExportLocation", .type = PARAM_STRUCT, .of = export_location_params,
      .flags = PARAM_REQUIRED },
    { "RoleName",
      TEXT(struct export_image, task.role) }, /* shown where it was given [reports.md] */
    { "TagSpecification", TAG_SPECS(struct export_image, tags, "export-image-task") },
    { 0 },
};

/* Neither encrypted images nor those with somebody's product or of more than a TiB can be exported,
 * and each only once at a time [guide]. */
static int check_exportable(struct call *c, const char *id)
{
    struct image image;
    if (image_own(c, id, &image) || image_check_available(c, &image))
        return -1;
    bool unfit = false;
    LIST_EACH (struct mapping, m, &image.mappings)
        unfit |= m->encrypted == YES || m->size > LARGEST_EXPORTED;
    if (unfit || image.machine.product_codes.count || !text_is(image.machine.root_type, "ebs"))
        return fail(c, E_ExportUnsupported, id);
    if (store_count(c, &export_image_task_schema, MINE " AND image = ?3 AND status = 'active'",
                    SQL_ARGS(MINE_ARGS(c), SQL_TEXT(id))))
        return fail(c, E_ExportRunning, id);
    return 0;
}

static bool prepare_export(struct call *c, void *task)
{
    struct export_image_task *t = task;
    if (!text_is(t->status, "active"))
        return true;
    int percent = progress_percent(t->started, t->due, c->now);
    t->progress = arena_printf(c->a, "%d", percent);
    t->shown_message = percent < 15   ? "validating"
                       : percent < 60 ? "updating"
                                      : "converting"; /* [reported outputs] */
    return true;
}

static void emit_export(struct call *c, struct export_image_task *t)
{
    prepare_export(c, t);
    emit_noun(c, &export_image_task_schema, t, VIEW_CREATED);
}

static int export_image(struct call *c, const struct export_image *in)
{
    const char *before;
    struct export_image_task t = in->task;
    if (s3_bucket_check_name(c, t.bucket) || token_find(c, in->token, &before))
        return -1;
    if (before && store_get(c, &export_image_task_schema, before, &t)) {
        emit_export(c, &t);
        return 0;
    }
    if (check_exportable(c, t.image))
        return -1;
    t.id = id_new(c, "export-ami-");
    t.owner = c->account;
    t.region = c->region;
    t.status = "active";
    t.started = c->now;
    t.due = c->now + pace_delay(c, 60, 20 * MINUTE_MS); /* [guess] */
    t.ended = ABSENT;
    store_put(c, &export_image_task_schema, &t);
    tag_specs_put(c, &in->tags, "export-image-task", t.id);
    t.tags = tag_specs_for(&in->tags, "export-image-task");
    job_after(c, t.due - c->now, &job_image_exported, t.id, NULL);
    token_keep(c, in->token, &export_image_task_schema, t.id);
    emit_export(c, &t);
    return 0;
}

OPERATION(ec2, ExportImage, export_image, .flags = OP_WRITES,
          .errors = IMAGE_OWN_ERRORS
          " InvalidParameterValue UnsupportedOperation IdempotentParameterMismatch IncorrectState",
          .effects = "a task, active -> completed; then an object in the bucket");

static void image_exported(struct call *c, const char *subject)
{
    struct export_image_task t;
    struct image image;
    if (!store_get(c, &export_image_task_schema, subject, &t) || !text_is(t.status, "active"))
        return;
    const char *key =
        arena_printf(c->a, "%s%s.%s", t.prefix ? t.prefix : "", t.id, text_lower(c->a, t.format));
    s3_bucket_put(
        c, (struct s3_object){ .bucket = t.bucket,
                               .key = key,
                               .account = t.owner,
                               .region = t.region,
                               .type = "disk",
                               .size = image_find(c, t.image, &image) ? image_size(&image) : 0 });
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
    .prepare = prepare_export,
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
    if (export_image_task_own(c, in->task, &t))
        return -1;
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
