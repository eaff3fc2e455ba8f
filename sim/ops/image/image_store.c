/* Images in S3: CreateStoreImageTask, DescribeStoreImageTasks, CreateRestoreImageTask. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/describe.h"
#include "ops/image/image_input.h"
#include "reply/emit.h"
#include "request/filter.h"
#include "request/tag_spec.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_ready.h"
#include "world/image/image_setting.h"
#include "world/image/s3_bucket.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_image_stored;

#define SHOWN_FOR (31 * DAY_MS) /* [model] */

/* ---- CreateStoreImageTask ---- */

struct create_store_image_task {
    const char *image, *bucket;
    struct list tags; /* struct tag */
};

static const struct param object_tag_params[] = {
    { "Key", TEXT(struct tag, key) },
    { "Value", TEXT(struct tag, value) },
    { 0 },
};

static const struct param create_store_image_task_params[] = {
    { "ImageId", TEXT(struct create_store_image_task, image), .flags = PARAM_REQUIRED,
      .id = "ami-" },
    { "Bucket", TEXT(struct create_store_image_task, bucket), .flags = PARAM_REQUIRED },
    { "S3ObjectTag", LIST(struct create_store_image_task, tags, struct tag, object_tag_params) },
    { 0 },
};

/* Own, or shared with its snapshots; public is not enough [guide]. */
static int find_storable(struct call *c, const char *id, struct image *ret)
{
    struct snapshot s;
    if (image_see(c, id, ret))
        return -1;
    if (!image_allowed(c, ret))
        return fail(c, E_ImageNotFound, id);
    if (image_check_available(c, ret))
        return -1;
    if (!text_is(ret->machine.root_type, "ebs")
        || text_is(ret->machine.virtualization, "paravirtual"))
        return fail(c, E_StoreUnsupported, id);
    if (!text_is(ret->owner, c->account)
        && !LIST_FIND(struct launch_permission, &ret->permissions, user, c->account))
        return fail(c, E_ImageForeign, id);
    LIST_EACH (struct mapping, m, &ret->mappings) {
        if (m->snapshot && (!snapshot_find(c, m->snapshot, &s) || !snapshot_visible(c, &s)))
            return fail(c, E_ImageStorage);
    }
    return 0;
}

static int check_store(struct call *c, const struct create_store_image_task *in,
                       const struct image *image)
{
    int64_t most = quota(c->sim, "image-store-gib-in-progress");
    if (store_task_has(c, image->id, in->bucket))
        return fail(c, E_StoredTwice, image->id, in->bucket);
    if (store_task_size_in_progress(c) + image_size(image) > most)
        return fail(c, E_StoreQuota, (long long)most);
    return 0;
}

/* What lies in the bucket: the image and its blocks as they are now. */
static struct image content_of(struct call *c, const struct image *image)
{
    struct call bucket = *c;
    struct image content = *image;
    struct snapshot from, to;
    bucket.region = content.region = BUCKET_REGION;
    content.id = id_new(c, "ami-");
    content.owner = c->account;
    content.public = NO;
    content.permissions = content.mappings = (struct list){ 0 };
    content.source_image = image->id;
    content.source_region = image->region;
    LIST_EACH (struct mapping, m, &image->mappings) {
        struct mapping *stored = list_add(c->a, &content.mappings, struct mapping);
        *stored = *m;
        if (!m->snapshot || !snapshot_find(c, m->snapshot, &from))
            continue;
        snapshot_copy_of(&bucket, &from, from.key, from.description, NULL, ABSENT, &to);
        stored->snapshot = to.id;
    }
    return content;
}

static bool keys_are_usable(struct call *c, const struct image *image)
{
    struct snapshot s;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (m->snapshot && snapshot_find(c, m->snapshot, &s) && s.key
            && kms_key_use(c, &need_read, s.key) != KEY_USABLE)
            return false;
    }
    return true;
}

static int create_store_image_task(struct call *c, const struct create_store_image_task *in)
{
    struct image image;
    if (s3_bucket_check_name(c, in->bucket) || find_storable(c, in->image, &image)
        || check_store(c, in, &image))
        return -1;
    struct store_task task = { .id = id_new(c, "store-"),
                               .account = c->account,
                               .region = c->region,
                               .image = image.id,
                               .bucket = in->bucket,
                               .key = arena_printf(c->a, "%s.bin", image.id),
                               .state = STORE_IN_PROGRESS,
                               .started = c->now,
                               .size = image_size(&image),
                               .tags = in->tags };
    task.due = c->now + pace_delay(c, 40, MINUTE_MS + task.size * 4 * SECOND_MS); /* [guess] */
    if (keys_are_usable(c, &image)) {
        struct image content = content_of(c, &image);
        image_put(c, &content);
        task.content = content.id;
    }
    store_put(c, &store_task_schema, &task);
    job_after(c, task.due - c->now, &job_image_stored, task.id, NULL);
    emit_text(c, "objectKey", task.key);
    return 0;
}

OPERATION(ec2, CreateStoreImageTask, create_store_image_task, .flags = OP_WRITES,
          .errors = IMAGE_OWN_ERRORS
          " InvalidRequest InvalidParameterValue UnsupportedOperation ResourceLimitExceeded",
          .effects = "a task, InProgress -> Completed; then an object AMI.bin in the bucket that "
                     "holds the image with its blocks");

static void image_stored(struct call *c, const char *subject)
{
    struct store_task task;
    if (!store_get(c, &store_task_schema, subject, &task))
        return;
    if (task.content) {
        s3_bucket_put(c, (struct s3_object){ .bucket = task.bucket,
                                             .key = task.key,
                                             .account = task.account,
                                             .region = task.region,
                                             .type = "image",
                                             .content = task.content,
                                             .size = task.size,
                                             .tags = task.tags });
    } else {
        task.reason = "A snapshot of the image can't be decrypted."; /* [guess] */
    }
    task.state = task.content ? "Completed" : "Failed";
    store_put(c, &store_task_schema, &task);
}

JOB(image_stored, .name = "image_stored");

/* ---- DescribeStoreImageTasks ---- */

static const struct param describe_store_params[] = {
    { "ImageId", TEXTS(struct listing, ids), .id = "ami-", .min = 0, .max = 20 },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING_BETWEEN(struct listing, page, 1, 200),
    { 0 },
};

static const struct describe store_task_list = { .schema = &store_task_schema,
                                                 .set = "storeImageTaskResultSet",
                                                 .page = { .least = 1 } };

/* Newest first [model]. With ids the filters are ignored and only the latest task of each image is
 * shown [seen]. */
static int describe_store_image_tasks(struct call *c, const struct listing *in)
{
    struct listing asked = *in;
    struct list latest = { 0 };
    if (page_without_ids(c, &in->page, &in->ids, "imageIdsSet")
        || filters_check(c, &store_task_schema, &in->filters))
        return -1;
    struct list all = store_list(c, &store_task_schema,
                                 MINE_BY("account") " AND started > ?3 ORDER BY rowid DESC",
                                 SQL_ARGS(MINE_ARGS(c), SQL_INT(c->now - SHOWN_FOR)));
    LIST_EACH (struct store_task, t, &all) {
        t->progress =
            text_is(t->state, "Failed") ? 0 : progress_percent(t->started, t->due, c->now);
        if (strs_have(&in->ids, t->image)
            && !LIST_FIND(struct store_task, &latest, image, t->image))
            *list_add(c->a, &latest, struct store_task) = *t;
    }
    if (in->ids.count)
        asked.filters = (struct list){ 0 };
    return describe_items(c, &store_task_list, &asked, in->ids.count ? &latest : &all);
}

OPERATION_AS(ec2, DescribeStoreImageTasks, describe_store_image_tasks, describe_store_params,
             struct listing, .errors = "InvalidParameterValue InvalidParameterCombination");

/* ---- CreateRestoreImageTask ---- */

struct create_restore_image_task {
    const char *bucket, *key, *name;
    struct list tags;
};

static const struct param create_restore_image_task_params[] = {
    { "Bucket", TEXT(struct create_restore_image_task, bucket), .flags = PARAM_REQUIRED },
    { "ObjectKey", TEXT(struct create_restore_image_task, key), .flags = PARAM_REQUIRED },
    { "Name", TEXT(struct create_restore_image_task, name) },
    { "TagSpecification", TAG_SPECS(struct create_restore_image_task, tags, "image snapshot") },
    { 0 },
};

static int find_stored(struct call *c, const struct create_restore_image_task *in,
                       struct image *ret)
{
    struct s3_object object;
    if (!s3_bucket_find(c, in->bucket, in->key, &object))
        return fail(c, E_ObjectNotFound, in->key, in->bucket);
    if (!object.content || !image_find_in(c, BUCKET_REGION, object.content, ret))
        return fail(c, E_ObjectNoImage, in->key);
    return 0;
}

static int check_restores(struct call *c, const struct image *stored)
{
    int64_t most = quota(c->sim, "image-restore-gib-in-progress");
    int64_t now = 0;
    struct list restoring = store_list(
        c, &image_schema, MINE " AND state = 'pending' AND restored = 1", SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct image, image, &restoring)
        now += image_size(image);
    return now + image_size(stored) > most ? fail(c, E_RestoreQuota, (long long)most) : 0;
}

static void restore_snapshots(struct call *c, const struct create_restore_image_task *in,
                              struct image *image)
{
    struct snapshot from, to;
    LIST_EACH (struct mapping, m, &image->mappings) {
        if (!m->snapshot || !snapshot_find_in(c, BUCKET_REGION, m->snapshot, &from))
            continue;
        snapshot_copy_of(c, &from, from.key,
                         arena_printf(c->a, "Restored for %s from %s/%s", image->id, in->bucket,
                                      in->key), /* [guess] */
                         NULL, ABSENT, &to);
        tag_specs_put(c, &in->tags, "snapshot", to.id);
        m->snapshot = to.id;
    }
}

static int create_restore_image_task(struct call *c, const struct create_restore_image_task *in)
{
    struct image image, fresh;
    if (s3_bucket_check_name(c, in->bucket) || find_stored(c, in, &image))
        return -1;
    const char *name = in->name ? in->name : image.name;
    if (image_check_new(c, name) || check_restores(c, &image))
        return -1;
    image_start_creating(c, name, &fresh);
    image.id = fresh.id;
    image.region = fresh.region;
    image.name = fresh.name;
    image.location = fresh.location;
    image.state = fresh.state;
    image.created = fresh.created;
    image.deprecation = image.last_launched = image.protected_until = ABSENT;
    image.protection = NULL;
    image.owner_alias = image.public_parameter = image.source_instance = NULL;
    image.restored = YES;
    restore_snapshots(c, in, &image);
    image_finish_copying(c, &image);
    tag_specs_put(c, &in->tags, "image", image.id);
    emit_text(c, "imageId", image.id);
    return 0;
}

OPERATION(ec2, CreateRestoreImageTask, create_restore_image_task, .flags = OP_WRITES,
          .errors = "InvalidParameterValue InvalidAMIName.Malformed InvalidAMIName.Duplicate "
                    "ResourceLimitExceeded",
          .effects = "a new image with snapshots of its own, pending -> available");
