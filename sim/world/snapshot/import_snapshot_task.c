/* Tasks of ImportSnapshot: what they show, and the snapshot that they end in. */
#include "world/snapshot/import_snapshot_task.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/id.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/snapshot/snapshot.h"

extern const struct job_kind job_end_import;

#define DOWNLOADS 5 /* per cent of an import: the object is looked at from there on */

const struct schema import_snapshot_task_schema = {
    .name = "import_snapshot_task",
    .was = "import_task",
    .noun = "import-snapshot-task",
    .size = sizeof(struct import_snapshot_task),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct import_snapshot_task, id), .column = "id" },
            { TEXT_FIELD(struct import_snapshot_task, owner), .column = "owner",
              .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct import_snapshot_task, region), .column = "region" },
            { TEXT_FIELD(struct import_snapshot_task, description), .column = "description",
              .xml = "description" },
            { TEXT_FIELD(struct import_snapshot_task, id), .xml = "importTaskId" },
            { TEXT_FIELD(struct import_snapshot_task, disk_description),
              .column = "disk_description", .xml = "snapshotTaskDetail/description" },
            { TEXT_FIELD(struct import_snapshot_task, disk_size),
              .xml = "snapshotTaskDetail/diskImageSize" },
            { BOOL_FIELD(struct import_snapshot_task, encrypted), .column = "encrypted" },
            { BOOL_FIELD(struct import_snapshot_task, shown_encrypted),
              .xml = "snapshotTaskDetail/encrypted" },
            { TEXT_FIELD(struct import_snapshot_task, format), .column = "format" },
            { TEXT_FIELD(struct import_snapshot_task, shown_format),
              .xml = "snapshotTaskDetail/format" },
            { TEXT_FIELD(struct import_snapshot_task, key), .column = "kms_key",
              .xml = "snapshotTaskDetail/kmsKeyId" },
            { TEXT_FIELD(struct import_snapshot_task, progress),
              .xml = "snapshotTaskDetail/progress" },
            { TEXT_FIELD(struct import_snapshot_task, snapshot), .column = "snapshot",
              .xml = "snapshotTaskDetail/snapshotId" },
            { TEXT_FIELD(struct import_snapshot_task, status), .column = "status",
              .xml = "snapshotTaskDetail/status", .filter = "task-state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct import_snapshot_task, state), .column = "state",
              .xml = "snapshotTaskDetail/statusMessage" },
            { TEXT_FIELD(struct import_snapshot_task, url), .column = "url",
              .xml = "snapshotTaskDetail/url" },
            { TEXT_FIELD(struct import_snapshot_task, bucket), .column = "bucket",
              .xml = "snapshotTaskDetail/userBucket/s3Bucket" },
            { TEXT_FIELD(struct import_snapshot_task, object), .column = "object",
              .xml = "snapshotTaskDetail/userBucket/s3Key" },
            { TAGS_FIELD(struct import_snapshot_task, tags), .xml = "tagSet",
              .flags = FIELD_SHOW_EMPTY },
            { INT_FIELD(struct import_snapshot_task, size), .column = "size" },
            { TIME_FIELD(struct import_snapshot_task, started), .column = "started" },
            { TIME_FIELD(struct import_snapshot_task, due), .column = "due" },
            { 0 } },
};

double import_bytes(int64_t gib)
{
    return gib > 0 ? (double)gib * (double)(INT64_C(1) << 30) : 0;
}

/* The words are those of reported outputs; when one follows the other is a guess. Before the object
 * is looked at it has no size and no format. */
bool import_snapshot_task_prepare(struct call *c, void *task)
{
    struct import_snapshot_task *t = task;
    bool active = text_is(t->status, "active");
    int percent = c->now > t->started ? progress_percent(t->started, t->due, c->now) : 0;
    t->progress = active ? arena_printf(c->a, "%d", percent) : NULL;
    if (active)
        t->state = percent < DOWNLOADS ? "pending" : "downloading/converting";
    bool looked_at = !active || percent >= DOWNLOADS;
    t->disk_size = arena_printf(c->a, "%.1f", looked_at ? import_bytes(t->size) : 0.0);
    t->shown_format = percent || !active ? t->format : NULL;
    t->shown_encrypted = t->encrypted == YES ? YES : UNSET;
    return true;
}

bool import_snapshot_task_find(struct call *c, const char *id, struct import_snapshot_task *ret)
{
    return store_get(c, &import_snapshot_task_schema, id, ret) && text_is(ret->owner, c->account)
           && text_is(ret->region, c->region);
}

void import_snapshot_task_start(struct call *c, struct import_snapshot_task *task)
{
    int64_t delay = pace_delay(c, 50, 5 * MINUTE_MS + task->size * MINUTE_MS / 2);
    task->id = id_new(c, IMPORT_TASK_PREFIX);
    task->owner = c->account;
    task->region = c->region;
    task->status = "active";
    task->started = c->now;
    task->due = c->now + delay;
    store_add(c, &import_snapshot_task_schema, task);
    job_after(c, delay, &job_end_import, task->id, NULL);
}

static void end_import(struct call *c, const char *id)
{
    struct import_snapshot_task task;
    if (!import_snapshot_task_find(c, id, &task) || !text_is(task.status, "active"))
        return;
    struct snapshot s = snapshot_new(c);
    s.volume = SNAPSHOT_NO_VOLUME;
    /* seen in reports of image builders */
    s.description = arena_printf(c->a, "Created by AWS-VMImport service for %s", task.id);
    s.size = task.size;
    s.full_size = 0;
    s.layer = 0;
    s.encrypted = task.encrypted;
    s.key = task.key;
    s.due = c->now;
    snapshot_finish(c, &s);
    task.snapshot = s.id;
    task.status = "completed";
    task.state = NULL;
    store_put(c, &import_snapshot_task_schema, &task);
}

/* An active one ends without a snapshot. */
static bool end_without_snapshot(struct call *c, struct import_snapshot_task *task, const char *why)
{
    if (!text_is(task->status, "active"))
        return false;
    task->status = "deleted";
    task->state = why;
    store_put(c, &import_snapshot_task_schema, task);
    return true;
}

static void end_import_fail(struct call *c, const char *id, const struct job_failure *how)
{
    struct import_snapshot_task task;
    if (import_snapshot_task_find(c, id, &task))
        end_without_snapshot(c, &task, how->reason);
}

JOB(end_import, .name = "end_import", JOB_FAULTS("import"), .fail = end_import_fail,
    JOB_DUE(&import_snapshot_task_schema, struct import_snapshot_task, due));

bool import_snapshot_task_cancel(struct call *c, struct import_snapshot_task *task)
{
    if (!end_without_snapshot(c, task, "User initiated task cancelation")) /* [guess] */
        return false;
    job_cancel(c, &job_end_import, task->id);
    return true;
}

int import_size(struct call *c, const char *text, int64_t *ret)
{
    char *end;
    double gib = text ? strtod(text, &end) : 1;
    if (text && (*end || !(gib > 0) || gib > 65536))
        return fail(c, E_ValueInvalid, text, "uploadSize", "Expected a number of GiB.");
    *ret = (int64_t)gib + (gib > (double)(int64_t)gib);
    return 0;
}
