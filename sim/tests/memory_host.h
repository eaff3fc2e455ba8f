/* A machine for the shell alone: files in an arena, and a data volume at /mnt/sdf that can be
 * frozen. */
#ifndef TESTS_MEMORY_HOST_H
#define TESTS_MEMORY_HOST_H

#include <string.h>

#include "base/text.h"
#include "guest/shell/shell.h"

struct memory_file {
    const char *path;
    struct dir_entry entry;
    const void *bytes;
    bool gone;
};

struct memory_host {
    struct shell_host base; /* first: the shell knows only this */
    struct arena *a;
    struct list files; /* struct memory_file */
    bool root_frozen, data_frozen;
};

static inline struct memory_file *memory_file(struct shell_host *h, const char *path)
{
    LIST_EACH (struct memory_file, f, &((struct memory_host *)h)->files) {
        if (!f->gone && text_is(f->path, path))
            return f;
    }
    return NULL;
}

static inline const char *memory_put(struct shell_host *h, const char *path,
                                     const struct dir_entry *what, const void *bytes, size_t n)
{
    struct memory_host *m = (struct memory_host *)h;
    struct memory_file *f = memory_file(h, path);
    if (!f)
        f = list_add(m->a, &m->files, struct memory_file);
    f->path = arena_strdup(m->a, path);
    f->bytes = arena_strndup(m->a, bytes, n);
    f->entry = *what;
    f->entry.name = strrchr(f->path, '/') + 1;
    f->entry.size = what->is_folder ? 4096 : (int64_t)n;
    f->entry.changed = h->now;
    if (what->target)
        f->entry.target = f->bytes;
    return NULL;
}

static inline bool memory_look(struct shell_host *h, const char *path, struct dir_entry *ret,
                               struct arena *a)
{
    const struct memory_file *f = memory_file(h, path);
    (void)a;
    if (f)
        *ret = f->entry;
    return f != NULL;
}

static inline void memory_list(struct shell_host *h, const char *path, struct list *ret,
                               struct arena *a)
{
    size_t n = text_is(path, "/") ? 0 : strlen(path);
    LIST_EACH (struct memory_file, f, &((struct memory_host *)h)->files) {
        bool below = text_starts(f->path, path) && f->path[n] == '/' && f->path[n + 1];
        if (!f->gone && below && !strchr(f->path + n + 1, '/'))
            *list_add(a, ret, struct dir_entry) = f->entry;
    }
}

static inline const void *memory_read(struct shell_host *h, const char *path, size_t *ret_n,
                                      struct arena *a)
{
    const struct memory_file *f = memory_file(h, path);
    (void)a;
    if (!f || f->entry.is_folder)
        return NULL;
    *ret_n = (size_t)f->entry.size;
    return f->bytes;
}

static inline const char *memory_remove(struct shell_host *h, const char *path)
{
    memory_file(h, path)->gone = true;
    return NULL;
}

static inline bool memory_is_mount(struct shell_host *h, const char *path)
{
    (void)h;
    return text_is(path, "/") || text_is(path, "/mnt/sdf");
}

static inline void memory_sync(struct shell_host *h)
{
    (void)h;
}

static inline bool *memory_frozen(struct shell_host *h, const char *path)
{
    struct memory_host *m = (struct memory_host *)h;
    return text_starts(path, "/mnt/sdf") ? &m->data_frozen : &m->root_frozen;
}

static inline bool memory_is_frozen(struct shell_host *h, const char *path)
{
    return *memory_frozen(h, path);
}

static inline bool memory_freeze(struct shell_host *h, const char *path, bool frozen)
{
    bool *now = memory_frozen(h, path), changes = *now != frozen;
    *now = frozen;
    return changes;
}

static inline struct memory_host memory_host_new(struct arena *a)
{
    static const char *const folders[] = { "/",     "/srv", "/root", "/mnt", "/mnt/sdf",
                                           "/home", "/etc", "/tmp",  NULL };
    struct memory_host m = { .base = { .name = "ip-172-31-0-4.ec2.internal",
                                       .machine = "x86_64",
                                       .look = memory_look,
                                       .list = memory_list,
                                       .read = memory_read,
                                       .put = memory_put,
                                       .remove = memory_remove,
                                       .remove_directory = memory_remove,
                                       .is_mount = memory_is_mount,
                                       .sync = memory_sync,
                                       .freeze = memory_freeze,
                                       .is_frozen = memory_is_frozen },
                             .a = a };
    for (const char *const *folder = folders; *folder; folder++) {
        struct dir_entry e = { .is_folder = true,
                               .mode = text_is(*folder, "/tmp") ? 01777 : FOLDER_MODE };
        memory_put(&m.base, *folder, &e, "", 0);
    }
    return m;
}

#endif
