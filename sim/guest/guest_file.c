/* See guest_file.h. */
#include "guest/guest_file.h"

#include <string.h>

#include "base/text.h"
#include "guest/guest.h"
#include "guest/guest_disk.h"
#include "store/noun.h"

/* ---- Reading and changing ---- */

/* content NULL: what is there is removed. */
static const char *change_file(struct call *c, const struct instance *i, const char *path,
                               struct dirty_file *p)
{
    struct volume v;
    const char *below, *error = ext4_path_error(path);
    if (error)
        return error;
    if (!guest_find_volume(c, i, path, &v, &below) || text_ends(below, "/"))
        return "this path names no file of a volume";
    if (v.frozen == YES)
        return GUEST_FROZEN;
    guest_fill_volume(c, &v);
    p->instance = i->id;
    p->volume = v.id;
    p->path = below;
    p->written = c->now;
    p->id = arena_printf(c->a, "%s:%s", v.id, below);
    bool planned = store_number(c->store, "SELECT 1 FROM dirty_file WHERE instance = ? LIMIT 1",
                                SQL_ARGS(SQL_TEXT(i->id)))
                   == 1;
    store_put(c, &dirty_file_schema, p);
    if (!planned) /* the oldest one decides */
        guest_plan_writeback(c, i->id);
    return NULL;
}

const char *guest_put(struct call *c, const struct instance *i, const char *path,
                      const struct dir_entry *what, const void *bytes, size_t n)
{
    struct dirty_file p = { .content = what->is_folder ? "" : base64_encode(c->a, bytes, n),
                            .folder = what->is_folder ? YES : UNSET,
                            .link = what->target ? YES : UNSET,
                            .size = what->is_folder ? 0 : (int64_t)n,
                            .mode = what->mode,
                            .uid = what->uid,
                            .gid = what->gid };
    return change_file(c, i, path, &p);
}

/* Whoever it belongs to keeps it; a new one is root's. */
static const char *put_as_it_was(struct call *c, const struct instance *i, const char *path,
                                 bool folder, const void *bytes, size_t n)
{
    struct dir_entry what, new = { .is_folder = folder, .mode = folder ? FOLDER_MODE : FILE_MODE };
    bool same = guest_look(c, i, path, &what) && what.is_folder == folder && !what.target;
    return guest_put(c, i, path, same ? &what : &new, bytes, n);
}

const char *guest_write(struct call *c, const struct instance *i, const char *path,
                        const void *bytes, size_t n)
{
    return put_as_it_was(c, i, path, false, bytes, n);
}

static const char *take_away(struct call *c, const struct instance *i, const char *path,
                             enum tri folder)
{
    struct dirty_file p = { .folder = folder, .mode = ABSENT, .uid = ABSENT, .gid = ABSENT };
    return change_file(c, i, path, &p);
}

const void *guest_read(struct call *c, const struct instance *i, const char *path, size_t *ret_n)
{
    struct volume v;
    struct dirty_file p;
    const char *below;
    if (ext4_path_error(path) || !guest_find_volume(c, i, path, &v, &below))
        return NULL;
    if (store_get(c, &dirty_file_schema, arena_printf(c->a, "%s:%s", v.id, below), &p))
        return p.content && p.folder != YES && p.link != YES ? base64_decode(c->a, p.content, ret_n)
                                                             : NULL;
    guest_fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    return ext4_read(&d, below, ret_n);
}

const char *guest_remove(struct call *c, const struct instance *i, const char *path)
{
    struct dir_entry e;
    return guest_look(c, i, path, &e) && !e.is_folder ? take_away(c, i, path, UNSET)
                                                      : "there is no such file";
}

const char *guest_make_directory(struct call *c, const struct instance *i, const char *path)
{
    return put_as_it_was(c, i, path, true, "", 0);
}

const char *guest_remove_directory(struct call *c, const struct instance *i, const char *path)
{
    struct list entries = { 0 };
    if (!guest_list(c, i, path, &entries))
        return "there is no such folder";
    return entries.count ? "the folder is not empty" : take_away(c, i, path, YES);
}

/* ---- Listing: the disk, and the cache over it ---- */

/* The name that a changed file has, or that of the folder it lies in, right below `folder`. */
static const char *name_below(struct call *c, const struct dirty_file *p, const char *folder,
                              bool *ret_is_folder)
{
    size_t n = text_is(folder, "/") ? 0 : strlen(folder);
    if (strncmp(p->path, folder, n) != 0 || p->path[n] != '/')
        return NULL;
    const char *rest = p->path + n + 1;
    size_t length = strcspn(rest, "/");
    *ret_is_folder = rest[length] != '\0';
    return arena_strndup(c->a, rest, length);
}

/* From where to where the paths below a folder go ('0' comes after '/'). */
static const char *first_below(struct call *c, const char *folder)
{
    return arena_printf(c->a, "%s/", text_is(folder, "/") ? "" : folder);
}

static const char *first_behind(struct call *c, const char *folder)
{
    return arena_printf(c->a, "%s0", text_is(folder, "/") ? "" : folder);
}

/* The folder itself and what lies below it, what is removed first. The contents stay in the store,
 * but for those of links: "" stands for them. */
static struct list pages_in_outline(struct call *c, const char *volume, const char *folder)
{
    struct list pages = { 0 };
    struct rows *r =
        store_query(c->store,
                    "SELECT path, content IS NULL, folder, size, written, mode, uid, gid,"
                    " CASE WHEN link = 1 THEN content END FROM dirty_file"
                    " WHERE volume = ? AND (path = ? OR (path > ? AND path < ?))"
                    " ORDER BY content IS NOT NULL, path",
                    SQL_ARGS(SQL_TEXT(volume), SQL_TEXT(folder), SQL_TEXT(first_below(c, folder)),
                             SQL_TEXT(first_behind(c, folder))));
    while (rows_next(r)) {
        const char *target = rows_text(r, 8, c->a);
        *list_add(c->a, &pages, struct dirty_file) =
            (struct dirty_file){ .path = rows_text(r, 0, c->a),
                                 .content = rows_int(r, 1) ? NULL
                                            : target       ? target
                                                           : "",
                                 .folder = rows_int(r, 2) == 1 ? YES : UNSET,
                                 .link = target ? YES : UNSET,
                                 .size = rows_int(r, 3),
                                 .written = rows_int(r, 4),
                                 .mode = rows_int(r, 5),
                                 .uid = rows_int(r, 6),
                                 .gid = rows_int(r, 7) };
    }
    rows_end(r);
    return pages;
}

/* What a changed file is seen as; the name is the caller's to set. */
static void describe(struct call *c, const struct dirty_file *p, struct dir_entry *e)
{
    size_t n;
    e->is_folder = p->folder == YES;
    e->target = p->link == YES ? base64_decode(c->a, p->content, &n) : NULL;
    e->mode = p->mode != ABSENT ? p->mode : e->is_folder ? FOLDER_MODE : FILE_MODE;
    e->uid = p->uid != ABSENT ? p->uid : 0;
    e->gid = p->gid != ABSENT ? p->gid : 0;
    e->size = p->size;
    e->changed = p->written;
}

static void lay_over(struct call *c, const struct dirty_file *p, const char *folder,
                     struct list *entries)
{
    bool is_folder = false;
    const char *name = name_below(c, p, folder, &is_folder);
    struct dir_entry *e = LIST_FIND(struct dir_entry, entries, name, name);
    if (!name || (!p->content && is_folder))
        return;
    if (!p->content) {
        if (e)
            e->name = NULL; /* taken out by guest_list */
        return;
    }
    if (!e) {
        e = list_add(c->a, entries, struct dir_entry);
        e->name = name;
        e->changed = p->written;
        e->mode = FOLDER_MODE;
    }
    if (is_folder)
        e->is_folder = true;
    else
        describe(c, p, e);
}

/* Where data volumes are mounted there are folders. */
static void add_mounts(struct call *c, const struct instance *i, const char *path,
                       struct list *entries)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        const char *mount = guest_mount_point(c, i, v);
        struct dirty_file as_page = {
            .path = mount, .content = "", .folder = YES, .written = v->created, .mode = FOLDER_MODE
        };
        if (*mount)
            lay_over(c, &as_page, path, entries);
    }
}

bool guest_list(struct call *c, const struct instance *i, const char *path, struct list *ret)
{
    struct volume v;
    struct list entries = { 0 };
    const char *below;
    if (ext4_path_error(path) || !guest_find_volume(c, i, path, &v, &below))
        return false;
    size_t n = strlen(below);
    if (n > 1 && below[n - 1] == '/')
        below = arena_strndup(c->a, below, n - 1);
    guest_fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    bool found = ext4_list(&d, below, &entries) || text_is(below, "/");
    struct list pages = pages_in_outline(c, v.id, below);
    LIST_EACH (struct dirty_file, p, &pages) {
        if (text_is(p->path, below)) /* the folder itself: made, removed, or a file now */
            found = p->content && p->folder == YES;
        lay_over(c, p, below, &entries);
    }
    if (text_is(guest_mount_point(c, i, &v), ""))
        add_mounts(c, i, below, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (e->name)
            *list_add(c->a, ret, struct dir_entry) = *e;
    }
    return found || ret->count;
}

/* A folder because a changed file, or a data volume, lies below it. */
static bool is_above(struct call *c, const struct instance *i, const struct volume *v,
                     const char *path)
{
    if (store_number(c->store,
                     "SELECT 1 FROM dirty_file WHERE volume = ? AND path > ? AND path < ?"
                     " AND content IS NOT NULL LIMIT 1",
                     SQL_ARGS(SQL_TEXT(v->id), SQL_TEXT(first_below(c, path)),
                              SQL_TEXT(first_behind(c, path))))
        == 1)
        return true;
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, other, &volumes) {
        if (text_is(guest_mount_point(c, i, v), "")
            && text_starts(guest_mount_point(c, i, other), first_below(c, path)))
            return true;
    }
    return false;
}

/* What the cache knows of a path; false: nothing. removed: it is gone. */
static bool look_in_cache(struct call *c, const struct volume *v, const char *path,
                          bool *ret_removed, struct dir_entry *ret)
{
    struct dirty_file p = { 0 };
    struct rows *r =
        store_query(c->store,
                    "SELECT content IS NULL, folder, size, written, mode, uid, gid,"
                    " CASE WHEN link = 1 THEN content END FROM dirty_file WHERE id = ?",
                    SQL_ARGS(SQL_TEXT(arena_printf(c->a, "%s:%s", v->id, path))));
    bool found = rows_next(r);
    if (found) {
        *ret_removed = rows_int(r, 0);
        p = (struct dirty_file){ .content = rows_text(r, 7, c->a),
                                 .folder = rows_int(r, 1) == 1 ? YES : UNSET,
                                 .size = rows_int(r, 2),
                                 .written = rows_int(r, 3),
                                 .mode = rows_int(r, 4),
                                 .uid = rows_int(r, 5),
                                 .gid = rows_int(r, 6) };
        p.link = p.content ? YES : UNSET;
        describe(c, &p, ret);
    }
    rows_end(r);
    return found;
}

bool guest_look(struct call *c, const struct instance *i, const char *path, struct dir_entry *ret)
{
    struct volume v;
    const char *below, *slash = strrchr(path, '/');
    bool removed = false;
    *ret = (struct dir_entry){ 0 };
    if (ext4_path_error(path) || !guest_find_volume(c, i, path, &v, &below))
        return false;
    struct dir_entry mounted = {
        .name = slash + 1, .is_folder = true, .changed = v.created, .mode = FOLDER_MODE
    };
    bool cached = look_in_cache(c, &v, below, &removed, ret);
    bool above = text_is(below, "/") || ((!cached || removed) && is_above(c, i, &v, below));
    ret->name = slash + 1;
    if (cached && !removed)
        return true;
    guest_fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    bool on_disk = !removed && !text_is(below, "/") && ext4_look(&d, below, ret);
    if (above && !(on_disk && ret->is_folder)) /* what is there has its own mode and owner */
        *ret = mounted;
    return above || on_disk;
}
