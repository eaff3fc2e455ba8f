/* See s3_bucket.h. */
#include "world/image/s3_bucket.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "store/noun.h"

const struct schema s3_object_tag_schema = {
    .name = "object_tag",
    .size = sizeof(struct tag),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct tag, key), .column = "key" },
                                      { TEXT_FIELD(struct tag, value), .column = "value" },
                                      { 0 } },
};

const struct schema s3_object_schema = {
    .name = "s3_object",
    .was = "bucket_object",
    .size = sizeof(struct s3_object),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct s3_object, id), .column = "id" },
            { TEXT_FIELD(struct s3_object, bucket), .column = "bucket" },
            { TEXT_FIELD(struct s3_object, key), .column = "key" },
            { TEXT_FIELD(struct s3_object, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct s3_object, region), .column = "region" },
            { TEXT_FIELD(struct s3_object, type), .column = "type" },
            { TEXT_FIELD(struct s3_object, content), .column = "content" },
            { TIME_FIELD(struct s3_object, created), .column = "created" },
            { INT_FIELD(struct s3_object, size), .column = "size" },
            { LIST_FIELD(struct s3_object, tags, &s3_object_tag_schema), .column = "tags" },
            { 0 } },
};

const struct schema store_task_schema = {
    .name = "store_task",
    .indexes =
        (const char *const[]){
            "store_task_running ON store_task (account, region) WHERE state = 'InProgress'", NULL },
    .size = sizeof(struct store_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct store_task, id), .column = "id" },
            { TEXT_FIELD(struct store_task, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct store_task, region), .column = "region" },
            { TEXT_FIELD(struct store_task, image), .column = "image", .xml = "amiId",
              .flags = FIELD_INDEXED },
            { TIME_FIELD(struct store_task, started), .column = "started", .xml = "taskStartTime" },
            { TEXT_FIELD(struct store_task, bucket), .column = "bucket", .xml = "bucket",
              .filter = "bucket" },
            { TEXT_FIELD(struct store_task, key), .column = "key", .xml = "s3objectKey" },
            { INT_FIELD(struct store_task, progress), .xml = "progressPercentage" },
            { TEXT_FIELD(struct store_task, state), .column = "state", .xml = "storeTaskState",
              .filter = "task-state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct store_task, reason), .column = "reason",
              .xml = "storeTaskFailureReason" },
            { TEXT_FIELD(struct store_task, content), .column = "content" },
            { TIME_FIELD(struct store_task, due), .column = "due" },
            { INT_FIELD(struct store_task, size), .column = "size" },
            { LIST_FIELD(struct store_task, tags, &s3_object_tag_schema), .column = "tags" },
            { 0 } },
};

int s3_bucket_check_name(struct call *c, const char *name)
{
    size_t n = strlen(name);
    if (n >= 3 && n <= 63 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n
        && name[0] != '-' && name[0] != '.' && name[n - 1] != '-' && name[n - 1] != '.')
        return 0;
    return fail(c, E_BucketName, name);
}

bool s3_bucket_find(struct call *c, const char *bucket, const char *key, struct s3_object *ret)
{
    return store_get(c, &s3_object_schema, arena_printf(c->a, "%s/%s", bucket, key), ret)
           && text_is(ret->account, c->account) && text_is(ret->region, c->region);
}

void s3_bucket_put(struct call *c, struct s3_object object)
{
    object.id = arena_printf(c->a, "%s/%s", object.bucket, object.key);
    object.created = c->now;
    store_put(c, &s3_object_schema, &object);
}

int64_t store_task_size_in_progress(struct call *c)
{
    int64_t size = 0;
    struct list tasks =
        store_list(c, &store_task_schema, MINE_BY("account") " AND state = '" STORE_IN_PROGRESS "'",
                   SQL_ARGS(MINE_ARGS(c)));
    LIST_EACH (struct store_task, t, &tasks)
        size += t->size;
    return size;
}

bool store_task_has(struct call *c, const char *image, const char *bucket)
{
    struct store_task t;
    return store_first(c, &store_task_schema,
                       MINE_BY("account") " AND image = ?3 AND bucket = ?4 AND state <> 'Failed'",
                       SQL_ARGS(MINE_ARGS(c), SQL_TEXT(image), SQL_TEXT(bucket)), &t);
}
