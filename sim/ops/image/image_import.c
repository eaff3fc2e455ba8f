/* ImportImage, its tasks, and CancelImportTask.
 *
 * Where a disk lies in S3 nobody can look at it, because S3 is not simulated: it counts as a disk
 * of the size that ClientData.UploadSize says, or of IMPORTED_GIB, without content; that of an
 * object that this simulator wrote is known. A disk that is a snapshot keeps its blocks. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_ready.h"
#include "world/image/image_task.h"
#include "world/image/s3_bucket.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/import_snapshot_task.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"

extern const struct job_kind job_import_made, job_image_imported, job_import_cancelled;

#define IMPORTED_GIB 8 /* [guess] */
#define MAX_DISKS 21 /* [guide] */
#define SHOWN_FOR (7 * DAY_MS) /* [guide] */

/* ---- ImportImage ---- */

static const struct param user_bucket_params[] = {
    { "S3Bucket", TEXT(struct imported_disk, bucket) },
    { "S3Key", TEXT(struct imported_disk, key) },
    { 0 },
};

static const char *const formats[] = { "OVA", "VHD", "VHDX", "VMDK", "RAW", NULL };

static const struct param container_params[] = {
    { "Description", TEXT(struct imported_disk, description) },
    { "DeviceName", TEXT(struct imported_disk, device) },
    { "Format", TEXT(struct imported_disk, format), .flags = PARAM_ANY_CASE, .values = formats },
    { "SnapshotId", TEXT(struct imported_disk, snapshot), .id = "snap-" },
    { "Url", TEXT(struct imported_disk, url) },
    { "UserBucket", .type = PARAM_STRUCT, .of = user_bucket_params },
    { 0 },
};

static const struct param license_params[] = {
    { "LicenseConfigurationArn", TEXT(struct license, arn) },
    { 0 },
};

struct import_image {
    struct import_image_task task; /* as far as the request says what it is */
    const char *token, *key;
    const char *uploaded; /* GiB: here the size of the first disk in S3 */
    struct list tags;
};

static const struct param client_data_params[] = {
    { "Comment", IGNORED(TEXT, "a note that no answer shows") },
    { "UploadEnd", IGNORED(TIME, "a note that no answer shows") },
    { "UploadSize", TEXT(struct import_image, uploaded) },
    { "UploadStart", IGNORED(TIME, "a note that no answer shows") },
    { 0 },
};

static const char *const architectures[] = { "i386", "x86_64", "arm64", NULL };
static const char *const only_xen[] = { "xen", NULL };
static const char *const license_types[] = { "AWS", "BYOL", "auto", NULL };
static const char *const platforms[] = { "Windows", "Linux", NULL };

static const struct param import_image_params[] = {
    { "Architecture", TEXT(struct import_image, task.architecture), .values = architectures },
    { "ClientData", .type = PARAM_STRUCT, .of = client_data_params },
    { "ClientToken", TEXT(struct import_image, token) },
    { "Description", TEXT(struct import_image, task.description) },
    { "DiskContainer",
      LIST(struct import_image, task.disks, struct imported_disk, container_params) },
    { "Encrypted", BOOL(struct import_image, task.encrypted) },
    { "Hypervisor", TEXT(struct import_image, task.hypervisor), .values = only_xen },
    { "KmsKeyId", TEXT(struct import_image, key) },
    { "LicenseType", TEXT(struct import_image, task.license_type), .flags = PARAM_ANY_CASE,
      .values = license_types },
    { "Platform", TEXT(struct import_image, task.platform), .flags = PARAM_ANY_CASE,
      .values = platforms },
    { "RoleName", IGNORED(TEXT, "roles are not simulated: every call is allowed") },
    { "LicenseSpecifications",
      LIST(struct import_image, task.licenses, struct license, license_params) },
    { "TagSpecification", TAG_SPECS(struct import_image, tags, "import-image-task") },
    { "UsageOperation", TEXT(struct import_image, task.usage_operation) },
    { "BootMode", TEXT(struct import_image, task.boot_mode), .values = machine_boot_modes },
    { 0 },
};

static int disk_size(struct call *c, const struct imported_disk *disk, const char *uploaded,
                     int64_t *ret)
{
    struct snapshot s;
    struct s3_object object;
    if (import_size(c, uploaded, ret))
        return -1;
    if (!uploaded)
        *ret = IMPORTED_GIB;
    if (disk->snapshot) {
        if (snapshot_own(c, disk->snapshot, &s))
            return -1;
        *ret = s.size;
    } else if (disk->bucket && s3_bucket_find(c, disk->bucket, disk->key, &object)) {
        *ret = object.size;
    }
    return 0;
}

static int check_disk(struct call *c, const struct imported_disk *disk)
{
    if (disk->bucket && s3_bucket_check_name(c, disk->bucket))
        return -1;
    if (!disk->snapshot && !disk->url && !(disk->bucket && disk->key))
        return fail(c, E_ImportNoSource);
    return 0;
}

/* What the guide says cannot be asked for; the words are ours. */
static int check_license(struct call *c, const struct import_image_task *t)
{
    bool windows = text_is(t->platform, "Windows");
    if (t->license_type && t->usage_operation)
        return fail(c, E_ImportLicenseTwice);
    if (t->platform && !windows && text_is(t->license_type, "AWS"))
        return fail(c, E_ImportLicenseLinux);
    if (text_is(t->architecture, "arm64"))
        return fail(c, E_ImportArchitecture);
    return 0;
}

static bool has_snapshot(const struct list *disks)
{
    LIST_EACH (struct imported_disk, disk, disks) {
        if (disk->snapshot)
            return true;
    }
    return false;
}

static int check_import(struct call *c, const struct import_image *in, const char **ret_key)
{
    if (!in->task.disks.count)
        return fail(c, E_MissingParameter, "DiskContainers");
    LIST_EACH (struct imported_disk, disk, &in->task.disks) {
        if (check_disk(c, disk))
            return -1;
    }
    if (text_is(in->task.boot_mode, "uefi-preferred"))
        return fail(c, E_ImportBootMode);
    if (in->task.boot_mode && !in->task.platform && has_snapshot(&in->task.disks))
        return fail(c, E_MissingParameter, "Platform"); /* rule [guide] */
    if (check_license(c, &in->task))
        return -1;
    if (in->key && in->task.encrypted != YES)
        return fail(c, E_KeyWithoutEncrypted);
    if (kms_key_choose(c, &need_import, in->key, in->task.encrypted, ret_key) != KEY_USABLE)
        return fail(c, E_ImportKey);
    return 0;
}

/* What a disk is called in the image, and how large it is. */
static int place_disks(struct call *c, const struct import_image *in, struct list *disks)
{
    char letter = 'a';
    LIST_EACH (struct imported_disk, disk, disks) {
        bool first = letter == 'a';
        if (first)
            disk->device = "/dev/sda1";
        else if (!disk->device)
            disk->device = arena_printf(c->a, "/dev/sd%c", letter);
        letter++;
        if (disk_size(c, disk, first ? in->uploaded : NULL, &disk->size))
            return -1;
    }
    return 0;
}

/* The steps that a task names, and about when [reported outputs]. */
static const char *import_step(int percent)
{
    static const struct {
        int until;
        const char *text;
    } steps[] = {
        { 10, "pending" },           { 19, "validating" }, { 28, "validated" },
        { 34, "converting" },        { 45, "updating" },   { 50, "updated" },
        { 58, "preparing to boot" }, { 70, "booting" },    { IMPORT_MADE, "booted" },
        { 101, "preparing ami" },
    };
    size_t i = 0;
    while (percent >= steps[i].until)
        i++;
    return steps[i].text;
}

#define IMPORT_LOOKED_AT 28 /* the object has been opened */
#define IMPORT_READ 34
#define IMPORT_BOOTS 58 /* what is on the disks is known */

/* An archive that has been opened shows the disk in it. */
static const char *shown_format(const struct imported_disk *disk, int percent)
{
    return percent >= IMPORT_LOOKED_AT && text_is(disk->format, "OVA") ? "VMDK" : disk->format;
}

static void prepare_disk(struct call *c, struct imported_disk *disk, int percent)
{
    bool looked_at = percent >= IMPORT_LOOKED_AT;
    disk->shown_format = shown_format(disk, percent);
    disk->shown_size = arena_printf(c->a, "%.1f", looked_at ? import_bytes(disk->size) : 0.0);
    disk->shown_status = percent >= IMPORT_READ ? "completed" : looked_at ? "active" : NULL;
    disk->shown_device = percent >= IMPORT_BOOTS ? disk->device : NULL;
    disk->shown_snapshot = disk->made ? disk->made : disk->snapshot;
}

static const char *license_of(const struct import_image_task *t)
{
    bool decided = !t->license_type || text_is(t->license_type, "auto");
    return !decided ? t->license_type : text_is(t->platform, "Windows") ? "AWS" : "BYOL";
}

/* Later members appear as the task finds them out [reported outputs]. */
static void prepare_import(struct call *c, struct import_image_task *t)
{
    bool active = text_is(t->status, "active");
    int percent =
        text_is(t->status, "completed") ? 100 : progress_percent(t->started, t->due, c->now);
    bool known = percent >= IMPORT_BOOTS;
    t->shown_message = active ? import_step(percent) : t->message;
    if (active)
        t->progress = arena_printf(c->a, "%d", percent < 2 ? 2 : percent);
    t->shown_architecture = t->architecture ? t->architecture : known ? "x86_64" : NULL;
    t->shown_platform = t->platform ? t->platform : known ? "Linux" : NULL;
    t->shown_license = t->license_type && !known      ? t->license_type
                       : known && !t->usage_operation ? license_of(t)
                                                      : NULL;
    LIST_EACH (struct imported_disk, disk, &t->disks)
        prepare_disk(c, disk, percent);
}

static int emit_import(struct call *c, struct import_image_task *t)
{
    prepare_import(c, t);
    emit_noun(c, &import_image_task_schema, t, VIEW_CREATED);
    return 0;
}

static int import_image(struct call *c, const struct import_image *in)
{
    const char *before, *key;
    struct import_image_task t = in->task;
    if (check_import(c, in, &key) || token_find(c, in->token, &before))
        return -1;
    if (before && store_get(c, &import_image_task_schema, before, &t))
        return emit_import(c, &t);
    t.id = id_new(c, "import-ami-");
    t.owner = c->account;
    t.region = c->region;
    t.kms_key_permitted = key;
    t.encrypted = key ? YES : t.encrypted;
    t.status = "active";
    t.started = c->now;
    t.due = c->now + pace_delay(c, 60, 25 * MINUTE_MS); /* [guess] */
    t.ended = ABSENT;
    if (place_disks(c, in, &t.disks))
        return -1;
    store_put(c, &import_image_task_schema, &t);
    tag_specs_put(c, &in->tags, "import-image-task", t.id);
    t.tags = tag_specs_for(&in->tags, "import-image-task");
    job_after(c, progress_moment(t.started, t.due, IMPORT_MADE) - c->now, &job_import_made, t.id,
              NULL);
    job_after(c, t.due - c->now, &job_image_imported, t.id, NULL);
    token_keep(c, in->token, &import_image_task_schema, t.id);
    return emit_import(c, &t);
}

OPERATION(
    ec2, ImportImage, import_image, .flags = OP_WRITES,
    .errors = "MissingParameter InvalidParameter InvalidParameterValue InvalidParameterDependency "
              "InvalidSnapshot.NotFound IdempotentParameterMismatch",
    .effects = "a task, active -> completed; then an image named after it, and its snapshots");

/* ---- The work ---- */

static struct snapshot empty_snapshot(struct call *c, const char *description, int64_t size,
                                      const char *key)
{
    struct snapshot s = snapshot_new(c);
    s.volume = SNAPSHOT_NO_VOLUME;
    s.description = description;
    s.size = size;
    s.full_size = 0;
    s.encrypted = key ? YES : NO;
    s.key = key;
    s.due = c->now;
    snapshot_finish(c, &s);
    return s;
}

/* Each disk becomes a snapshot; one that was a snapshot is copied [guess]. */
static const char *snapshot_of_disk(struct call *c, const struct import_image_task *t,
                                    const struct imported_disk *disk)
{
    struct snapshot from, s;
    const char *description =
        arena_printf(c->a, "Created by AWS-VMImport service for %s", t->id); /* [seen] */
    if (!disk->snapshot || !snapshot_find(c, disk->snapshot, &from))
        return empty_snapshot(c, description, disk->size, t->kms_key_permitted).id;
    snapshot_copy_of(c, &from, t->kms_key_permitted ? t->kms_key_permitted : from.key, description,
                     NULL, ABSENT, &s);
    return s.id;
}

static void import_made(struct call *c, const char *subject)
{
    struct import_image_task t;
    if (!store_get(c, &import_image_task_schema, subject, &t) || !text_is(t.status, "active"))
        return;
    if (t.disks.count > MAX_DISKS) { /* the task fails, not the call [guide]; the words are ours */
        t.status = "deleted";
        t.message = "ClientError: An import can't have more than 21 volumes.";
        t.ended = c->now;
        job_cancel(c, &job_image_imported, t.id);
    } else {
        LIST_EACH (struct imported_disk, disk, &t.disks)
            disk->made = snapshot_of_disk(c, &t, disk);
    }
    store_put(c, &import_image_task_schema, &t);
}

JOB(import_made, .name = "import_made");

static void add_imported(struct call *c, const struct imported_disk *disk, struct image *image)
{
    struct snapshot s;
    if (!disk->made || !snapshot_find(c, disk->made, &s))
        return; /* somebody deleted it meanwhile */
    *list_add(c->a, &image->mappings, struct mapping) =
        (struct mapping){ .device = disk->device,
                          .snapshot = s.id,
                          .size = s.size,
                          .iops = ABSENT,
                          .throughput = ABSENT,
                          .type = "gp2",
                          .delete_on_termination = YES,
                          .encrypted = s.key ? YES : NO };
}

/* What a license makes of a platform [guide: licensing options]. */
static struct machine imported_machine(const struct import_image_task *t)
{
    bool windows = text_is(t->platform, "Windows"), own = text_is(license_of(t), "BYOL");
    const char *usage = !windows ? "RunInstances" : own ? "RunInstances:0800" : "RunInstances:0002";
    return (struct machine){
        .architecture = t->architecture ? t->architecture : "x86_64",
        .platform = windows ? "windows" : NULL,
        .platform_details = !windows ? "Linux/UNIX"
                            : own    ? "Windows BYOL"
                                     : "Windows",
        .usage_operation = t->usage_operation ? t->usage_operation : usage,
        .root_type = "ebs",
        .root_device = "/dev/sda1",
        .virtualization = "hvm",
        .hypervisor = HYPERVISOR,
        .boot_mode = t->boot_mode,
    };
}

static void make_imported_image(struct call *c, struct import_image_task *t)
{
    struct image image;
    image_start_creating(c, t->id, &image); /* named after the task [guide] */
    image.description = t->description;
    image.machine = imported_machine(t);
    LIST_EACH (struct imported_disk, disk, &t->disks) {
        if (!disk->made) /* a task of 0.1.0, which made them last */
            disk->made = snapshot_of_disk(c, t, disk);
        add_imported(c, disk, &image);
    }
    image_finish_creating(c, &image);
    t->image = image.id;
}

static void image_imported(struct call *c, const char *subject)
{
    struct import_image_task t;
    if (!store_get(c, &import_image_task_schema, subject, &t) || !text_is(t.status, "active"))
        return;
    make_imported_image(c, &t);
    t.status = "completed";
    t.ended = c->now;
    store_put(c, &import_image_task_schema, &t);
}

JOB(image_imported, .name = "image_imported");

/* ---- DescribeImportImageTasks ---- */

static const struct param describe_import_params[] = {
    { "Filters", FILTERS(struct listing, filters) },
    { "ImportTaskId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

static const struct describe import_list = { .schema = &import_image_task_schema,
                                             .set = "importImageTaskSet",
                                             .page = { .least = 1 } };

/* Identifiers go with filters and pages here; without them old tasks are left out. */
static int describe_import_image_tasks(struct call *c, const struct listing *in)
{
    struct import_image_task one;
    struct list found = { 0 };
    if (filters_check(c, &import_image_task_schema, &in->filters))
        return -1;
    LIST_EACH (const char *, id, &in->ids) {
        if (import_image_task_own(c, *id, &one))
            return -1;
    }
    struct list all = store_list(c, &import_image_task_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct import_image_task, t, &all) {
        prepare_import(c, t);
        if (in->ids.count ? strs_have(&in->ids, t->id) : t->started > c->now - SHOWN_FOR)
            *list_add(c->a, &found, struct import_image_task) = *t;
    }
    return describe_items(c, &import_list, in, &found);
}

OPERATION_AS(ec2, DescribeImportImageTasks, describe_import_image_tasks, describe_import_params,
             struct listing, .errors = "InvalidConversionTaskId.Malformed InvalidParameterValue");

/* ---- CancelImportTask ---- */

struct cancel_import_task {
    const char *reason, *task;
};

static const struct param cancel_import_task_params[] = {
    { "CancelReason", TEXT(struct cancel_import_task, reason),
      .otherwise = "Canceled by the user" }, /* [guess] */
    { "ImportTaskId", TEXT(struct cancel_import_task, task) },
    { 0 },
};

static void emit_cancelled(struct call *c, const char *task, const char *state)
{
    emit_text(c, "importTaskId", task);
    emit_text(c, "previousState", "active");
    emit_text(c, "state", state);
}

static int cancel_import_snapshot_task(struct call *c, const char *id)
{
    struct import_snapshot_task t;
    if (!import_snapshot_task_find(c, id, &t))
        return fail(c, E_ImportTaskNotFound, id);
    if (!import_snapshot_task_cancel(c, &t))
        return fail(c, E_TaskNotActive, t.id, t.status);
    emit_cancelled(c, t.id, t.status);
    return 0;
}

/* What was made of the disks goes with the task. */
static void forget_made(struct call *c, struct import_image_task *t)
{
    struct snapshot s;
    LIST_EACH (struct imported_disk, disk, &t->disks) {
        if (disk->made && snapshot_find(c, disk->made, &s))
            snapshot_erase(c, &s);
        disk->made = NULL;
    }
}

static int cancel_import_task(struct call *c, const struct cancel_import_task *in)
{
    struct import_image_task t;
    if (!in->task)
        return fail(c, E_MissingParameter, "ImportTaskId");
    if (text_starts(in->task, IMPORT_TASK_PREFIX))
        return cancel_import_snapshot_task(c, in->task);
    if (import_image_task_own(c, in->task, &t))
        return -1;
    if (!text_is(t.status, "active"))
        return fail(c, E_TaskNotActive, t.id, t.status);
    t.status = "deleting";
    t.message = in->reason;
    forget_made(c, &t);
    store_put(c, &import_image_task_schema, &t);
    job_cancel(c, &job_import_made, t.id);
    job_cancel(c, &job_image_imported, t.id);
    job_after(c, pace_delay(c, 10, 10 * SECOND_MS), &job_import_cancelled, t.id, NULL);
    emit_cancelled(c, t.id, t.status);
    return 0;
}

OPERATION(ec2, CancelImportTask, cancel_import_task, .flags = OP_WRITES,
          .errors = "MissingParameter InvalidConversionTaskId.Malformed IncorrectState",
          .effects = "the task: active -> deleting -> deleted");

static void import_cancelled(struct call *c, const char *subject)
{
    struct import_image_task t;
    if (!store_get(c, &import_image_task_schema, subject, &t))
        return;
    t.status = "deleted";
    t.ended = c->now;
    store_put(c, &import_image_task_schema, &t);
}

JOB(import_cancelled, .name = "import_cancelled");
