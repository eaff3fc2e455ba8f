/* ImportImage, its tasks, and CancelImportTask.
 *
 * Where a disk lies in S3 nobody can look at it, because S3 is not simulated: it counts as a disk
 * of the size that ClientData.UploadSize says, or of IMPORTED_GIB, without content; that of an
 * object that this simulator wrote is known. A disk that is a snapshot keeps its blocks. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "ops/describe.h"
#include "ops/image/image_block_device.h"
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

extern const struct job_kind job_image_imported, job_import_cancelled;

#define IMPORTED_GIB 8 /* [guess] */
#define SHOWN_FOR (7 * DAY_MS) /* [guide] */

/* ---- ImportImage ---- */

struct user_bucket {
    const char *bucket, *key;
};

static const struct param user_bucket_params[] = {
    { "S3Bucket", TEXT(struct user_bucket, bucket) },
    { "S3Key", TEXT(struct user_bucket, key) },
    { 0 },
};

struct container {
    const char *description, *device, *format, *snapshot, *url;
    struct user_bucket bucket;
};

static const struct param container_params[] = {
    { "Description", TEXT(struct container, description) },
    { "DeviceName", TEXT(struct container, device) },
    { "Format", TEXT(struct container, format) },
    { "SnapshotId", TEXT(struct container, snapshot), .id = "snap-" },
    { "Url", TEXT(struct container, url) },
    { "UserBucket", STRUCT(struct container, bucket, user_bucket_params) },
    { 0 },
};

static const struct param license_params[] = {
    { "LicenseConfigurationArn", TEXT(struct license, arn) },
    { 0 },
};

/* UploadSize says how many GiB were uploaded; here it is the size of the first disk in S3. */
struct client_data {
    const char *size;
};

static const struct param client_data_params[] = {
    { "Comment", IGNORED(TEXT, "a note that no answer shows") },
    { "UploadEnd", IGNORED(TIME, "a note that no answer shows") },
    { "UploadSize", TEXT(struct client_data, size) },
    { "UploadStart", IGNORED(TIME, "a note that no answer shows") },
    { 0 },
};

struct import_image {
    struct client_data client;
    const char *architecture, *token, *description, *hypervisor, *key, *license_type, *platform,
        *usage_operation, *boot_mode;
    enum tri encrypted;
    struct list containers, licenses, tags;
};

static const char *const architectures[] = { "i386", "x86_64", "arm64", NULL };
static const char *const only_xen[] = { "xen", NULL };
static const char *const license_types[] = { "AWS", "BYOL", "auto", NULL };
static const char *const platforms[] = { "Windows", "Linux", NULL };
static const char *const boot_modes[] = { "legacy-bios", "uefi", "uefi-preferred", NULL };

static const struct param import_image_params[] = {
    { "Architecture", TEXT(struct import_image, architecture), .values = architectures },
    { "ClientData", STRUCT(struct import_image, client, client_data_params) },
    { "ClientToken", TEXT(struct import_image, token) },
    { "Description", TEXT(struct import_image, description) },
    { "DiskContainer", LIST(struct import_image, containers, struct container, container_params) },
    { "Encrypted", BOOL(struct import_image, encrypted) },
    { "Hypervisor", TEXT(struct import_image, hypervisor), .values = only_xen },
    { "KmsKeyId", TEXT(struct import_image, key) },
    { "LicenseType", TEXT(struct import_image, license_type), .values = license_types },
    { "Platform", TEXT(struct import_image, platform), .values = platforms },
    { "RoleName", IGNORED(TEXT, "roles are not simulated: every call is allowed") },
    { "LicenseSpecifications",
      LIST(struct import_image, licenses, struct license, license_params) },
    { "TagSpecification", TAG_SPECS(struct import_image, tags, "import-image-task") },
    { "UsageOperation", TEXT(struct import_image, usage_operation) },
    { "BootMode", TEXT(struct import_image, boot_mode), .values = boot_modes },
    { 0 },
};

static bool is_format(const char *format)
{
    static const char *const formats[] = { "OVA", "VHD", "VHDX", "VMDK", "RAW", NULL };
    for (const char *const *f = formats; *f; f++) {
        if (strcasecmp(*f, format) == 0)
            return true;
    }
    return false;
}

static int disk_size(struct call *c, const struct container *from, const char *uploaded,
                     int64_t *ret)
{
    struct snapshot s;
    struct s3_object object;
    if (import_size(c, uploaded, ret))
        return -1;
    if (!uploaded)
        *ret = IMPORTED_GIB;
    if (from->snapshot) {
        if (snapshot_own(c, from->snapshot, &s))
            return -1;
        *ret = s.size;
    } else if (from->bucket.bucket
               && s3_bucket_find(c, from->bucket.bucket, from->bucket.key, &object)) {
        *ret = object.size;
    }
    return 0;
}

static int check_container(struct call *c, const struct container *from)
{
    bool in_bucket = from->bucket.bucket && from->bucket.key;
    if (from->bucket.bucket && s3_bucket_check_name(c, from->bucket.bucket))
        return -1;
    if (!from->snapshot && !from->url && !in_bucket)
        return fail(c, E_ImportNoSource);
    if (from->format && !is_format(from->format))
        return fail(c, E_ImportFormat, from->format);
    return 0;
}

static int check_import(struct call *c, const struct import_image *in, const char **ret_key)
{
    struct kms_key key;
    *ret_key = NULL;
    if (!in->containers.count)
        return fail(c, E_MissingParameter, "DiskContainers");
    LIST_EACH (struct container, from, &in->containers) {
        if (check_container(c, from))
            return -1;
    }
    if (text_is(in->boot_mode, "uefi-preferred"))
        return fail(c, E_ImportBootMode);
    if (in->key && in->encrypted != YES)
        return fail(c, E_KeyWithoutEncrypted);
    if (in->key && kms_key_resolve(c, in->key, &key) != KEY_USABLE)
        return fail(c, E_ImportKey);
    if (!in->key && (in->encrypted == YES || kms_key_encrypts_by_default(c)))
        kms_key_for_ebs(c, &key);
    else if (!in->key)
        return 0;
    *ret_key = key.arn;
    return 0;
}

static int add_disks(struct call *c, const struct import_image *in, struct list *to)
{
    char letter = 'a';
    LIST_EACH (struct container, from, &in->containers) {
        struct imported_disk *disk = list_add(c->a, to, struct imported_disk);
        bool first = letter == 'a';
        *disk = (struct imported_disk){ .description = from->description,
                                        .format = from->format,
                                        .snapshot = from->snapshot,
                                        .url = from->url,
                                        .bucket = from->bucket.bucket,
                                        .key = from->bucket.key };
        disk->device = first          ? "/dev/sda1"
                       : from->device ? from->device
                                      : arena_printf(c->a, "/dev/sd%c", letter);
        letter++;
        if (disk_size(c, from, first ? in->client.size : NULL, &disk->size))
            return -1;
    }
    return 0;
}

static void emit_task(struct call *c, const struct import_image_task *t, enum view view);

static int import_image(struct call *c, const struct import_image *in)
{
    const char *before, *key;
    struct import_image_task t = { 0 };
    if (check_import(c, in, &key) || token_find(c, in->token, &before))
        return -1;
    if (before && store_get(c, &import_image_task_schema, before, &t)) {
        emit_task(c, &t, VIEW_CREATED);
        return 0;
    }
    schema_init(&import_image_task_schema, &t);
    t.id = id_new(c, "import-ami-");
    t.owner = c->account;
    t.region = c->region;
    t.architecture = in->architecture;
    t.description = in->description;
    t.hypervisor = in->hypervisor;
    t.kms_key_permitted = key;
    t.encrypted = key ? YES : in->encrypted;
    t.license_type = in->license_type;
    t.platform = in->platform;
    t.usage_operation = in->usage_operation;
    t.boot_mode = in->boot_mode;
    t.status = "active";
    t.started = c->now;
    t.licenses = in->licenses;
    if (add_disks(c, in, &t.disks))
        return -1;
    int64_t delay = pace_delay(c, 60, 25 * MINUTE_MS); /* [guess] */
    t.due = c->now + delay;
    store_put(c, &import_image_task_schema, &t);
    tag_specs_put(c, &in->tags, "import-image-task", t.id);
    t.tags = tag_specs_for(&in->tags, "import-image-task");
    job_after(c, delay, &job_image_imported, t.id, NULL);
    token_keep(c, in->token, t.id);
    emit_task(c, &t, VIEW_CREATED);
    return 0;
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
static void add_mapping(struct call *c, const struct import_image_task *t,
                        struct imported_disk *disk, struct image *image)
{
    struct snapshot from, s;
    const char *description =
        arena_printf(c->a, "Created by AWS-VMImport service for %s", t->id); /* [seen] */
    if (disk->snapshot && snapshot_find(c, disk->snapshot, &from))
        snapshot_copy_of(c, &from, t->kms_key_permitted ? t->kms_key_permitted : from.key,
                         description, NULL, ABSENT, &s);
    else
        s = empty_snapshot(c, description, disk->size, t->kms_key_permitted);
    disk->snapshot = s.id;
    *list_add(c->a, &image->mappings, struct mapping) =
        (struct mapping){ .device = disk->device,
                          .snapshot = s.id,
                          .size = disk->size,
                          .iops = ABSENT,
                          .throughput = ABSENT,
                          .type = "gp2",
                          .delete_on_termination = YES,
                          .encrypted = s.key ? YES : NO };
}

/* What a license makes of a platform [guide: licensing options]. */
static struct machine imported_machine(const struct import_image_task *t)
{
    bool windows = text_is(t->platform, "Windows"), own = text_is(t->license_type, "BYOL");
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

static void make_image(struct call *c, struct import_image_task *t)
{
    struct image image;
    image_start_creating(c, t->id, &image); /* named after the task [guide] */
    image.description = t->description;
    image.machine = imported_machine(t);
    LIST_EACH (struct imported_disk, disk, &t->disks)
        add_mapping(c, t, disk, &image);
    int64_t due = image_snapshots_due(c, &image);
    image.state = due > c->now ? "pending" : "available";
    image_put(c, &image);
    if (due > c->now)
        job_after(c, due - c->now, &job_image_ready, image.id, NULL);
    t->image = image.id;
}

static void image_imported(struct call *c, const char *subject)
{
    struct import_image_task t;
    if (!store_get(c, &import_image_task_schema, subject, &t) || !text_is(t.status, "active"))
        return;
    make_image(c, &t);
    t.status = "completed";
    t.ended = c->now;
    store_put(c, &import_image_task_schema, &t);
}

JOB(image_imported, .name = "image_imported");

/* ---- The answer ---- */

/* The steps that a task names [recall]. */
static const char *step(int percent)
{
    static const struct {
        int until;
        const char *text;
    } steps[] = { { 5, "pending" },   { 10, "validating" }, { 15, "validated" },
                  { 25, "updating" }, { 60, "converting" }, { 65, "preparing to boot" },
                  { 70, "booting" },  { 85, "booted" },     { 101, "preparing ami" } };
    size_t i = 0;
    while (percent >= steps[i].until)
        i++;
    return steps[i].text;
}

static void emit_disk(struct call *c, const struct import_image_task *t,
                      const struct imported_disk *disk)
{
    bool done = text_is(t->status, "completed");
    emit_item(c);
    emit_text(c, "description", disk->description);
    emit_text(c, "deviceName", done ? disk->device : NULL);
    emit_text(c, "diskImageSize", arena_printf(c->a, "%lld.0", (long long)disk->size << 30));
    emit_text(c, "format", disk->format);
    emit_text(c, "snapshotId", done || !disk->bucket ? disk->snapshot : NULL);
    emit_text(c, "status", done ? "completed" : "active");
    emit_text(c, "url", disk->url);
    if (disk->bucket) {
        emit_open(c, "userBucket");
        emit_text(c, "s3Bucket", disk->bucket);
        emit_text(c, "s3Key", disk->key);
        emit_close(c);
    }
    emit_close(c);
}

static void emit_task(struct call *c, const struct import_image_task *t, enum view view)
{
    int percent = progress_percent(t->started, t->due, c->now);
    bool active = text_is(t->status, "active");
    emit_text(c, "architecture", t->architecture);
    emit_text(c, "description", t->description);
    emit_tri(c, "encrypted", t->encrypted);
    emit_text(c, "hypervisor", t->hypervisor);
    emit_text(c, "imageId", t->image);
    emit_text(c, "importTaskId", t->id);
    emit_text(c, "kmsKeyId", t->kms_key_permitted);
    emit_text(c, "licenseType", t->license_type);
    emit_text(c, "platform", t->platform);
    if (active)
        emit_text(c, "progress", arena_printf(c->a, "%d", percent < 1 ? 1 : percent));
    emit_list(c, "snapshotDetailSet");
    LIST_EACH (struct imported_disk, disk, &t->disks)
        emit_disk(c, t, disk);
    emit_close(c);
    emit_text(c, "status", t->status);
    emit_text(c, "statusMessage", active ? step(percent) : t->message);
    if (t->tags.count)
        emit_tags(c, "tagSet", &t->tags);
    if (t->licenses.count)
        emit_nouns(c, "licenseSpecifications", &license_schema, &t->licenses, VIEW_DESCRIBED);
    emit_text(c, "usageOperation", t->usage_operation);
    if (view == VIEW_DESCRIBED)
        emit_text(c, "bootMode", t->boot_mode);
}

/* ---- DescribeImportImageTasks ---- */

static const struct param describe_import_params[] = {
    { "Filters", FILTERS(struct listing, filters) },
    { "ImportTaskId", TEXTS(struct listing, ids) },
    PAGING(struct listing, page),
    { 0 },
};

static int find_task(struct call *c, const char *id, struct import_image_task *ret)
{
    if (store_get(c, &import_image_task_schema, id, ret) && text_is(ret->owner, c->account)
        && text_is(ret->region, c->region))
        return 0;
    return fail(c, E_ImportTaskNotFound, id);
}

static int describe_import_image_tasks(struct call *c, const struct listing *in)
{
    struct import_image_task t;
    struct list found = { 0 };
    const char *token;
    if (filters_check(c, &import_image_task_schema, &in->filters))
        return -1;
    LIST_EACH (const char *, id, &in->ids) {
        if (find_task(c, *id, &t))
            return -1;
    }
    struct list all = store_list(c, &import_image_task_schema, MINE, SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct import_image_task, task, &all) {
        bool asked =
            in->ids.count ? strs_have(&in->ids, task->id) : task->started > c->now - SHOWN_FOR;
        if (asked && filters_match(c, &import_image_task_schema, task, &in->filters))
            *list_add(c->a, &found, struct import_image_task) = *task;
    }
    if (page_cut(c, &(struct page_rule){ .least = 1 }, &in->page, &found,
                 sizeof(struct import_image_task), &token))
        return -1;
    emit_list(c, "importImageTaskSet");
    LIST_EACH (struct import_image_task, task, &found) {
        emit_item(c);
        emit_task(c, task, VIEW_DESCRIBED);
        emit_close(c);
    }
    emit_close(c);
    page_emit_next(c, token);
    return 0;
}

OPERATION_AS(ec2, DescribeImportImageTasks, describe_import_image_tasks, describe_import_params,
             struct listing, .errors = "InvalidConversionTaskId InvalidParameterValue");

/* ---- CancelImportTask ---- */

struct cancel_import_task {
    const char *reason, *task;
};

static const struct param cancel_import_task_params[] = {
    { "CancelReason", TEXT(struct cancel_import_task, reason) },
    { "ImportTaskId", TEXT(struct cancel_import_task, task) },
    { 0 },
};

static void emit_cancelled(struct call *c, const char *task, const char *state)
{
    emit_text(c, "importTaskId", task);
    emit_text(c, "previousState", "active");
    emit_text(c, "state", state);
}

static int cancel_snapshot(struct call *c, const char *id)
{
    struct import_snapshot_task t;
    if (!import_snapshot_task_find(c, id, &t))
        return fail(c, E_ImportTaskNotFound, id);
    if (!import_snapshot_task_cancel(c, &t))
        return fail(c, E_TaskNotActive, t.id, t.status);
    emit_cancelled(c, t.id, t.status);
    return 0;
}

static int cancel_import_task(struct call *c, const struct cancel_import_task *in)
{
    struct import_image_task t;
    if (!in->task)
        return fail(c, E_MissingParameter, "ImportTaskId");
    if (text_starts(in->task, IMPORT_TASK_PREFIX))
        return cancel_snapshot(c, in->task);
    if (find_task(c, in->task, &t))
        return -1;
    if (!text_is(t.status, "active"))
        return fail(c, E_TaskNotActive, t.id, t.status);
    t.status = "deleting";
    t.message = in->reason ? in->reason : "Canceled by the user"; /* [guess] */
    store_put(c, &import_image_task_schema, &t);
    job_cancel(c, &job_image_imported, t.id);
    job_after(c, pace_delay(c, 10, 10 * SECOND_MS), &job_import_cancelled, t.id, NULL);
    emit_cancelled(c, t.id, t.status);
    return 0;
}

OPERATION(ec2, CancelImportTask, cancel_import_task, .flags = OP_WRITES,
          .errors = "MissingParameter InvalidConversionTaskId IncorrectState",
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
