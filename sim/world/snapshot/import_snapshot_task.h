/* Tasks of ImportSnapshot. CancelImportTask ends them, too. */
#ifndef WORLD_IMPORT_SNAPSHOT_TASK_H
#define WORLD_IMPORT_SNAPSHOT_TASK_H

#include "base/field.h"
#include "call/call.h"

#define IMPORT_TASK_PREFIX "import-snap-"

struct import_snapshot_task {
    const char *id, *owner, *region;
    const char *description; /* of the task, and of its snapshot */
    const char *disk_description; /* of the DiskContainer */
    const char *format, *url, *bucket, *object;
    int64_t size; /* GiB */
    enum tri encrypted;
    const char *key; /* ARN */
    const char *status, *state; /* active, completed, deleting, deleted; state: the message */
    const char *snapshot; /* once it is completed */
    int64_t started, due; /* virtual ms */
    struct list tags;
    /* Set by import_snapshot_task_prepare: */
    const char *progress, *disk_size, *shown_format;
    enum tri shown_encrypted;
};

extern const struct schema import_snapshot_task_schema;

/* Sets progress, size and message as they are now; as struct describe wants it. */
bool import_snapshot_task_prepare(struct call *c, void *task);
/* The caller's, in this Region. */
bool import_snapshot_task_find(struct call *c, const char *id, struct import_snapshot_task *ret);
/* Begins it; the job end_import ends it. */
void import_snapshot_task_start(struct call *c, struct import_snapshot_task *task);
/* Bytes of so many GiB, as tasks show them; none of what is ABSENT. */
double import_bytes(int64_t gib);
/* UploadSize as a client says it, a decimal fraction, in whole GiB; 1 where it says none. */
int import_size(struct call *c, const char *text, int64_t *ret);
/* Ends an active one: false where it is none. */
bool import_snapshot_task_cancel(struct call *c, struct import_snapshot_task *task);

#endif
