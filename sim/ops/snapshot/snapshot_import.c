/* ImportSnapshot, DescribeImportSnapshotTasks.
 *
 * S3 is not simulated: every object that is named is taken to be there and to hold an empty disk,
 * of the size that ClientData.UploadSize says (1 GiB without it). */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "ops/describe.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "world/image/s3_bucket.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/import_snapshot_task.h"

/* ---- ImportSnapshot ---- */

struct import_snapshot {
    const char *token, *upload_size;
    struct import_snapshot_task task; /* as it was asked for: key and encrypted follow from it */
    struct list tag_specs;
};

#define ABOUT_UPLOAD "it only describes the upload"

static const struct param client_data_params[] = {
    { "Comment", IGNORED(TEXT, ABOUT_UPLOAD) },
    { "UploadStart", IGNORED(TIME, ABOUT_UPLOAD) },
    { "UploadEnd", IGNORED(TIME, ABOUT_UPLOAD) },
    { "UploadSize", TEXT(struct import_snapshot, upload_size) }, /* a decimal fraction */
    { 0 },
};

static const struct param user_bucket_params[] = {
    { "S3Bucket", TEXT(struct import_snapshot, task.bucket) },
    { "S3Key", TEXT(struct import_snapshot, task.object) },
    { 0 },
};

static const char *const formats[] = { "VMDK", "VHD", "VHDX", "RAW", NULL };

static const struct param disk_container_params[] = {
    { "Description", TEXT(struct import_snapshot, task.disk_description) },
    { "Format", TEXT(struct import_snapshot, task.format), .flags = PARAM_ANY_CASE,
      .values = formats },
    { "Url", TEXT(struct import_snapshot, task.url) },
    { "UserBucket", .type = PARAM_STRUCT, .at = 0, .of = user_bucket_params },
    { 0 },
};

static const struct param import_snapshot_params[] = {
    { "ClientToken", TEXT(struct import_snapshot, token) },
    { "Description", TEXT(struct import_snapshot, task.description) },
    { "Encrypted", BOOL(struct import_snapshot, task.encrypted) },
    { "KmsKeyId", TEXT(struct import_snapshot, task.key) },
    { "ClientData", .type = PARAM_STRUCT, .at = 0, .of = client_data_params },
    { "DiskContainer", .type = PARAM_STRUCT, .at = 0, .of = disk_container_params },
    { "RoleName", IGNORED(TEXT, "roles are not simulated: the service role may do everything") },
    { "TagSpecification", TAG_SPECS(struct import_snapshot, tag_specs, "import-snapshot-task") },
    { 0 },
};

/* s3://BUCKET/KEY, the scheme in any case, or the address of an object: answers show its bucket and
 * key beside it [reported output]. */
static bool read_url(struct call *c, struct import_snapshot_task *task)
{
    static const char scheme[] = "s3://";
    const char *url = task->url, *path;
    if (strncasecmp(url, "https://", 8) == 0)
        return strchr(url + 8, '/') != NULL;
    if (strncasecmp(url, scheme, sizeof scheme - 1) != 0)
        return false;
    url += sizeof scheme - 1;
    path = strchr(url, '/');
    if (!path || path == url || !path[1])
        return false;
    task->bucket = arena_strndup(c->a, url, (size_t)(path - url));
    task->object = path + 1;
    return true;
}

static int check_disk_container(struct call *c, struct import_snapshot_task *task)
{
    if (!task->format && !task->url && !task->bucket && !task->object)
        return fail(c, E_MissingParameter, "DiskContainer");
    if ((task->url != NULL) == (task->bucket || task->object))
        return fail(c, E_ParameterCombination,
                    "Either Url or UserBucket must be specified, but not both."); /* [guess] */
    if (task->url)
        return read_url(c, task) ? 0 : fail(c, E_ImportSource);
    if (!task->bucket || !task->object)
        return fail(c, E_MissingParameter, task->bucket ? "S3Key" : "S3Bucket"); /* [guess] */
    return 0;
}

/* AWS decides by the bytes. There are none here, so that the name has to tell. */
static const char *format_by_name(struct call *c, const char *name)
{
    const char *lower = text_lower(c->a, name);
    return text_ends(lower, ".vmdk")   ? "VMDK"
           : text_ends(lower, ".vhdx") ? "VHDX"
           : text_ends(lower, ".vhd")  ? "VHD"
                                       : "RAW";
}

static int read_import_size(struct call *c, const char *upload_size,
                            struct import_snapshot_task *task)
{
    struct s3_object object;
    if ((task->bucket && s3_bucket_check_name(c, task->bucket))
        || import_size(c, upload_size, &task->size))
        return -1;
    if (task->bucket && s3_bucket_find(c, task->bucket, task->object, &object))
        task->size = object.size;
    return 0;
}

/* A key that cannot be used is refused at once [guess]. */
static int read_import_key(struct call *c, struct import_snapshot_task *task)
{
    struct kms_key key = { 0 };
    enum key_verdict verdict = KEY_USABLE;
    if (task->key && kms_key_check(c, &need_import, task->key, &key, &verdict))
        return -1;
    if (verdict != KEY_USABLE)
        return fail(c, E_SnapshotKeyForbidden, key.arn);
    if (!task->key)
        kms_key_choose(c, &need_import, NULL, task->encrypted, &key.arn);
    task->encrypted = key.arn ? YES : NO;
    task->key = key.arn;
    return 0;
}

static void emit_import_task(struct call *c, struct import_snapshot_task *task)
{
    import_snapshot_task_prepare(c, task);
    task->tags = tags_of(c, task->id);
    emit_noun(c, &import_snapshot_task_schema, task, VIEW_CREATED);
}

static int import_snapshot(struct call *c, const struct import_snapshot *in)
{
    struct import_snapshot_task task = in->task;
    const char *made;
    if (check_disk_container(c, &task) || read_import_size(c, in->upload_size, &task)
        || dry_run_ends(c) || token_find(c, in->token, &made))
        return -1;
    if (!made || !import_snapshot_task_find(c, made, &task)) {
        if (read_import_key(c, &task))
            return -1;
        if (!task.format)
            task.format = format_by_name(c, task.object ? task.object : task.url);
        import_snapshot_task_start(c, &task);
        tag_specs_put(c, &in->tag_specs, "import-snapshot-task", task.id);
        token_keep(c, in->token, &import_snapshot_task_schema, task.id);
    }
    emit_import_task(c, &task);
    return 0;
}

OPERATION(ec2, ImportSnapshot, import_snapshot, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "MissingParameter InvalidParameterValue InvalidParameterCombination "
                    "IdempotentParameterMismatch InvalidParameter",
          .effects = "Begins a task that ends in a snapshot.");

/* ---- DescribeImportSnapshotTasks ---- */

static const struct param describe_imports_params[] = {
    { "ImportTaskId", TEXTS(struct listing, ids) },
    { "Filters", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { 0 },
};

MISSING(no_import, E_ImportTaskNotFound);

static const struct describe import_list = {
    .schema = &import_snapshot_task_schema,
    .set = "importSnapshotTaskSet",
    .ids_name = "importTaskIdsSet",
    .visible = MINE,
    .page = { .least = 1 },
    .prepare = import_snapshot_task_prepare,
    .missing = no_import,
};

LISTS(ec2, DescribeImportSnapshotTasks, describe_imports_params, import_list,
      .errors = "InvalidParameterValue InvalidParameterCombination "
                "InvalidConversionTaskId.Malformed");
