/* A file system for SQLite that fails when it is told to: the n-th write, sync, read, truncation,
 * opening or deletion, once or from then on; or that loses power there, and with it what was
 * written and not synced. It lies over the usual one and never really syncs. And memory for SQLite
 * of which the n-th piece is not to be had. */
#ifndef TESTS_FAULT_VFS_H
#define TESTS_FAULT_VFS_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum fault_mode { FAULT_NONE, FAULT_ONCE, FAULT_STAYS, FAULT_POWER, FAULT_MEMORY };

static struct {
    enum fault_mode mode;
    bool paused; /* whoever looks on meets no faults, and does not count */
    long at, count; /* 1: the first operation */
} fault_plan;

/* What was there before a write that is not synced: newest first. */
struct fault_undo {
    struct fault_undo *older;
    sqlite3_int64 at, size; /* size: of the whole file before */
    int n;
    char bytes[];
};

struct fault_file {
    sqlite3_file base;
    struct fault_file *next; /* all that are open */
    struct fault_undo *undo;
    sqlite3_file *real;
};

static struct fault_file *fault_files;

/* ---- Power ---- */

static inline void fault_forget(struct fault_file *f)
{
    while (f->undo) {
        struct fault_undo *u = f->undo;
        f->undo = u->older;
        free(u);
    }
}

static inline void fault_note(struct fault_file *f, sqlite3_int64 at, int n)
{
    struct fault_undo *u = calloc(1, sizeof *u + (size_t)n);
    if (fault_plan.mode != FAULT_POWER || !u) {
        free(u);
        return;
    }
    u->at = at;
    f->real->pMethods->xFileSize(f->real, &u->size);
    u->n = at + n > u->size ? (int)(u->size > at ? u->size - at : 0) : n;
    if (u->n)
        f->real->pMethods->xRead(f->real, u->bytes, u->n, at);
    u->older = f->undo;
    f->undo = u;
}

/* Of what was not synced some is on the disk all the same: every third write. */
static inline void fault_power_off(void)
{
    for (struct fault_file *f = fault_files; f; f = f->next) {
        int number = 0;
        for (struct fault_undo *u = f->undo; u; u = u->older) {
            if (number++ % 3 == 2)
                continue;
            if (u->n)
                f->real->pMethods->xWrite(f->real, u->bytes, u->n, u->at);
            if (number == 1)
                f->real->pMethods->xTruncate(f->real, u->size);
        }
    }
    _exit(EXIT_SUCCESS);
}

static inline bool fault_strikes(void)
{
    if (fault_plan.paused || fault_plan.mode == FAULT_NONE || fault_plan.mode == FAULT_MEMORY)
        return false;
    long now = ++fault_plan.count;
    if (now == fault_plan.at && fault_plan.mode == FAULT_POWER)
        fault_power_off();
    return now == fault_plan.at || (now > fault_plan.at && fault_plan.mode == FAULT_STAYS);
}

/* ---- Files ---- */

static inline struct fault_file *fault_of(sqlite3_file *file)
{
    return (struct fault_file *)file;
}

static inline int fault_close(sqlite3_file *file)
{
    struct fault_file *f = fault_of(file), **at = &fault_files;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    fault_forget(f);
    return f->real->pMethods->xClose(f->real);
}

static inline int fault_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
    sqlite3_file *real = fault_of(file)->real;
    return fault_strikes() ? SQLITE_IOERR_READ : real->pMethods->xRead(real, to, n, at);
}

/* A disk that is full and one that is broken take turns. */
static inline int fault_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
    sqlite3_file *real = fault_of(file)->real;
    if (fault_strikes())
        return fault_plan.at % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    fault_note(fault_of(file), at, n);
    return real->pMethods->xWrite(real, from, n, at);
}

static inline int fault_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct fault_file *f = fault_of(file);
    sqlite3_int64 was = 0;
    if (fault_strikes())
        return SQLITE_IOERR_TRUNCATE;
    f->real->pMethods->xFileSize(f->real, &was);
    if (was > size)
        fault_note(f, size, (int)(was - size));
    return f->real->pMethods->xTruncate(f->real, size);
}

static inline int fault_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    if (fault_strikes())
        return SQLITE_IOERR_FSYNC;
    fault_forget(fault_of(file));
    return SQLITE_OK;
}

static inline int fault_size(sqlite3_file *file, sqlite3_int64 *ret)
{
    sqlite3_file *real = fault_of(file)->real;
    return fault_strikes() ? SQLITE_IOERR_FSTAT : real->pMethods->xFileSize(real, ret);
}

static inline int fault_lock(sqlite3_file *file, int how)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xLock(real, how);
}

static inline int fault_unlock(sqlite3_file *file, int how)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xUnlock(real, how);
}

static inline int fault_is_reserved(sqlite3_file *file, int *ret)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xCheckReservedLock(real, ret);
}

static inline int fault_control(sqlite3_file *file, int what, void *with)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xFileControl(real, what, with);
}

static inline int fault_sector(sqlite3_file *file)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xSectorSize(real);
}

static inline int fault_traits(sqlite3_file *file)
{
    sqlite3_file *real = fault_of(file)->real;
    return real->pMethods->xDeviceCharacteristics(real);
}

/* Version 1 maps nothing into memory: the store does not, and its log in exclusive mode neither. */
static const sqlite3_io_methods fault_methods = {
    .iVersion = 1,
    .xClose = fault_close,
    .xRead = fault_read,
    .xWrite = fault_write,
    .xTruncate = fault_truncate,
    .xSync = fault_sync,
    .xFileSize = fault_size,
    .xLock = fault_lock,
    .xUnlock = fault_unlock,
    .xCheckReservedLock = fault_is_reserved,
    .xFileControl = fault_control,
    .xSectorSize = fault_sector,
    .xDeviceCharacteristics = fault_traits,
};

static sqlite3_vfs fault_vfs, *fault_below;

static inline int fault_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                             int *ret_flags)
{
    struct fault_file *f = fault_of(file);
    (void)vfs;
    memset(f, 0, sizeof *f);
    f->real = (sqlite3_file *)(f + 1);
    if (fault_strikes())
        return SQLITE_CANTOPEN;
    int rc = fault_below->xOpen(fault_below, name, f->real, flags, ret_flags);
    if (rc != SQLITE_OK)
        return rc;
    f->base.pMethods = &fault_methods;
    f->next = fault_files;
    fault_files = f;
    return SQLITE_OK;
}

static inline int fault_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
    (void)vfs;
    return fault_strikes() ? SQLITE_IOERR_DELETE : fault_below->xDelete(fault_below, name, sync);
}

/* ---- Memory ---- */

static sqlite3_mem_methods fault_heap;

static inline bool fault_no_memory(void)
{
    return fault_plan.mode == FAULT_MEMORY && !fault_plan.paused
           && ++fault_plan.count == fault_plan.at;
}

static inline void *fault_malloc(int n)
{
    return fault_no_memory() ? NULL : fault_heap.xMalloc(n);
}

static inline void *fault_realloc(void *was, int n)
{
    return fault_no_memory() ? NULL : fault_heap.xRealloc(was, n);
}

static inline void fault_memory_begin(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &fault_heap);
    sqlite3_mem_methods methods = fault_heap;
    methods.xMalloc = fault_malloc;
    methods.xRealloc = fault_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

/* ---- The whole ---- */

/* From now on every database of this process lies there. */
static inline void fault_vfs_begin(void)
{
    fault_memory_begin();
    fault_below = sqlite3_vfs_find(NULL);
    fault_vfs = *fault_below;
    fault_vfs.zName = "fault";
    fault_vfs.szOsFile = (int)sizeof(struct fault_file) + fault_below->szOsFile;
    fault_vfs.xOpen = fault_open;
    fault_vfs.xDelete = fault_delete;
    sqlite3_vfs_register(&fault_vfs, 1);
}

static inline void fault_arm(enum fault_mode mode, long at)
{
    fault_plan.mode = mode;
    fault_plan.at = at;
    fault_plan.count = 0;
}

#endif
