/* What a guest's page cache holds: files written but not yet on the disk; and what a snapshot
 * caught. */
#ifndef WORLD_PAGE_CACHE_H
#define WORLD_PAGE_CACHE_H

#include "base/field.h"

/* One changed file or folder. The newest change of a path replaces those before it. */
struct dirty_file {
    const char *id; /* VOLUME:PATH */
    const char *instance, *volume;
    const char *path; /* on the volume's file system */
    const char *content; /* base64; NULL: removed */
    enum tri folder; /* YES: a folder, its content is "" */
    enum tri link; /* YES: a symbolic link, its content is where it leads */
    int64_t size, written;
    int64_t mode, uid, gid; /* mode: 07777; ABSENT: written before they were kept */
};

/* A change that a snapshot came too early for. */
struct missing_write {
    const char *path, *what; /* what: missing, stale, not removed */
    int64_t bytes;
};

/* What a snapshot of a volume caught of its file system; a copy of a snapshot caught the same. */
struct snapshot_content {
    const char *id; /* the snapshot */
    const char *volume, *instance, *device;
    int64_t at;
    enum tri mounted; /* the guest was running: the file system is marked so */
    struct list lost; /* struct missing_write */
    /* Its last boot left no traces on the disk, for nobody looked; it had a key pair. */
    enum tri unseen, keyed;
};

struct call;

/* What a snapshot caught, or the one it is a copy of; false: nothing is known. */
bool snapshot_caught(struct call *c, const char *snapshot, struct snapshot_content *ret);

extern const struct schema dirty_file_schema, snapshot_content_schema, missing_write_schema;

#endif
