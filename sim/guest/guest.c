/* See guest.h. */
#include "guest/guest.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "guest/ext4.h"
#include "store/block.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/instance/console.h"
#include "world/snapshot/snapshot_take.h"

extern const struct job_kind job_guest_writeback;

/* ---- Disks ---- */

static struct disk_ref disk_of(struct call *c, int64_t layer, int64_t gib)
{
    return (
        struct disk_ref){ .store = c->store, .layer = layer, .gib = gib, .now = c->now, .a = c->a };
}

static struct disk_ref disk_of_volume(struct call *c, const struct volume *v)
{
    /* the struct may be older than the layer */
    return disk_of(
        c,
        store_number(c->store, "SELECT layer FROM volume WHERE id = ?", SQL_ARGS(SQL_TEXT(v->id))),
        v->size);
}

/* What every Linux has at its root, empty but for what a guest writes. */
static const char *const usual_folders[] = { "/boot",    "/etc",     "/home",          "/mnt",
                                             "/opt",     "/root",    "/run",           "/srv",
                                             "/tmp",     "/usr/bin", "/usr/local/bin", "/var/cache",
                                             "/var/lib", "/var/log", "/var/tmp",       NULL };

static void make_file_system(struct disk_ref *d, const char *id, const char *label)
{
    const char *error;
    unsigned char uuid[16];
    struct rng r = { hash_text(id) };
    for (size_t i = 0; i < sizeof uuid; i++)
        uuid[i] = (unsigned char)rng_next(&r);
    uuid[6] = (unsigned char)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (unsigned char)((uuid[8] & 0x3f) | 0x80);
    ext4_make(d, uuid, label, &error);
}

/* The image that a public snapshot is the root of; false for other snapshots and other systems. */
static bool find_linux_root(struct call *c, const char *snapshot, struct image *ret)
{
    return store_first(c, &image_schema,
                       "id = (SELECT i.id FROM image_mappings CROSS JOIN image i ON i.id = parent"
                       " WHERE snapshot = ? AND device = i.root_device) AND platform IS NULL",
                       SQL_ARGS(SQL_TEXT(snapshot)), ret);
}

void guest_fill_snapshot(struct call *c, struct snapshot *s)
{
    struct image image;
    const char *error;
    if (s->layer != ABSENT || !find_linux_root(c, s->id, &image))
        return;
    s->layer = layer_new(c->store, 0);
    struct disk_ref d = disk_of(c, s->layer, s->size);
    d.now = image.created;
    make_file_system(&d, s->id, "/");
    for (const char *const *folder = usual_folders; *folder; folder++)
        ext4_make_directory(&d, *folder, &error);
    const char *about = arena_printf(c->a, "NAME=\"%s\"\nIMAGE_ID=\"%s\"\n", image.name, image.id);
    ext4_write(&d, "/etc/os-release", about, strlen(about), &error);
    store_exec(c->store, "UPDATE snapshot SET layer = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(s->layer), SQL_TEXT(s->id)));
}

/* A volume made from a public image before that had a file system stands on it from now on. */
static void fill_volume(struct call *c, const struct volume *v)
{
    struct snapshot s;
    int64_t layer = disk_of_volume(c, v).layer;
    if (text_blank(v->snapshot) || !layer_is_empty(c->store, layer)
        || !snapshot_find(c, v->snapshot, &s))
        return;
    guest_fill_snapshot(c, &s);
    if (layer_is_empty(c->store, s.layer))
        return;
    store_exec(c->store, "UPDATE volume SET layer = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(layer_new(c->store, s.layer)), SQL_TEXT(v->id)));
    layer_unref(c->store, layer);
}

/* ---- Which volume a path lies on ---- */

static const char *mount_point(struct call *c, const struct instance *i, const struct volume *v)
{
    const struct attachment *a = volume_attachment(v, i->id);
    if (text_is(a->device, i->machine.root_device))
        return "";
    const char *slash = strrchr(a->device, '/');
    return arena_printf(c->a, "/mnt/%s", slash ? slash + 1 : a->device);
}

/* The volume with the longest mount point that the path begins with, and the path below it. */
static bool find_volume(struct call *c, const struct instance *i, const char *path,
                        struct volume *ret, const char **ret_below)
{
    struct list volumes = volumes_of(c, i->id);
    size_t best = 0;
    bool found = false;
    LIST_EACH (struct volume, v, &volumes) {
        const char *mount = mount_point(c, i, v);
        size_t n = strlen(mount);
        bool below = text_starts(path, mount) && (!path[n] || path[n] == '/');
        if (below && (!found || n > best)) {
            *ret = *v;
            *ret_below = path[n] ? path + n : "/";
            best = n;
            found = true;
        }
    }
    return found;
}

/* ---- The page cache ---- */

static struct list pages_of(struct call *c, const char *instance)
{
    return store_list(c, &dirty_file_schema, "instance = ?", SQL_ARGS(SQL_TEXT(instance)));
}

static void flush_page(struct call *c, const struct disk_ref *d, const struct dirty_file *p)
{
    const char *error;
    size_t n = 0;
    if (p->folder == YES) {
        p->content ? ext4_make_directory(d, p->path, &error)
                   : ext4_remove_directory(d, p->path, &error);
    } else if (p->content) {
        char *bytes = base64_decode(c->a, p->content, &n);
        ext4_write(d, p->path, bytes, n, &error); /* a full disk loses it, as it does on Linux */
    } else {
        ext4_remove(d, p->path, &error);
    }
}

/* By volume; in one, what is removed first, and that from the bottom up: its name may have been
 * taken since. */
static int in_order(const void *a, const void *b)
{
    const struct dirty_file *x = a, *y = b;
    int volume = strcmp(x->volume, y->volume),
        removal = (x->content != NULL) - (y->content != NULL);
    return volume ? volume : removal ? removal : strcmp(y->path, x->path);
}

/* The n pages of one volume, whose file system is opened once. */
static void flush_volume(struct call *c, const struct dirty_file *pages, size_t n)
{
    struct volume v;
    const char *error;
    for (size_t i = 0; i < n; i++)
        store_remove(c, &dirty_file_schema, pages[i].id);
    if (!volume_find(c, pages->volume, &v))
        return;
    struct disk_ref d = disk_of_volume(c, &v);
    if (ext4_state(&d) == EXT4_NONE)
        make_file_system(&d, v.id, "data");
    if (ext4_begin(&d, true, &error))
        return;
    for (size_t i = 0; i < n; i++)
        flush_page(c, &d, &pages[i]);
    ext4_end(&d, &error);
}

static void flush(struct call *c, struct list *pages)
{
    struct dirty_file *p = pages->items;
    if (pages->count)
        qsort(p, pages->count, sizeof *p, in_order);
    for (size_t i = 0, n; i < pages->count; i += n) {
        for (n = 1; i + n < pages->count && text_is(p[i].volume, p[i + n].volume);)
            n++;
        flush_volume(c, p + i, n);
    }
}

void guest_sync(struct call *c, const struct instance *i)
{
    struct list pages = pages_of(c, i->id);
    flush(c, &pages);
}

static void plan_writeback(struct call *c, const char *instance)
{
    int64_t oldest =
        store_number(c->store, "SELECT min(written) FROM dirty_file WHERE instance = ?",
                     SQL_ARGS(SQL_TEXT(instance)));
    job_cancel(c, &job_guest_writeback, instance);
    if (oldest != ABSENT)
        job_after(c, oldest + WRITEBACK_MS - c->now, &job_guest_writeback, instance, NULL);
}

/* What has been in the cache long enough reaches the disks. */
static void guest_writeback(struct call *c, const char *instance)
{
    struct instance i;
    if (!instance_find(c, instance, &i))
        return;
    struct list old = store_list(c, &dirty_file_schema, "instance = ? AND written <= ?",
                                 SQL_ARGS(SQL_TEXT(i.id), SQL_INT(c->now - WRITEBACK_MS)));
    flush(c, &old);
    plan_writeback(c, i.id);
}

JOB(guest_writeback, .name = "guest_writeback");

/* content NULL: what is there is removed. */
static int change(struct call *c, const struct instance *i, const char *path, enum tri folder,
                  const char *content, size_t n, const char **ret_error)
{
    struct volume v;
    const char *below;
    *ret_error = ext4_path_error(path);
    if (*ret_error)
        return -1;
    if (!find_volume(c, i, path, &v, &below) || text_ends(below, "/")) {
        *ret_error = "this path names no file of a volume";
        return -1;
    }
    if (v.frozen == YES) {
        *ret_error = GUEST_FROZEN;
        return -1;
    }
    fill_volume(c, &v);
    struct dirty_file p = { .instance = i->id,
                            .volume = v.id,
                            .path = below,
                            .content = content,
                            .folder = folder,
                            .size = (int64_t)n,
                            .written = c->now };
    p.id = arena_printf(c->a, "%s:%s", v.id, below);
    bool planned = store_number(c->store, "SELECT 1 FROM dirty_file WHERE instance = ? LIMIT 1",
                                SQL_ARGS(SQL_TEXT(i->id)))
                   == 1;
    store_put(c, &dirty_file_schema, &p);
    if (!planned) /* the oldest one decides */
        plan_writeback(c, i->id);
    return 0;
}

int guest_write(struct call *c, const struct instance *i, const char *path, const void *bytes,
                size_t n, const char **ret_error)
{
    return change(c, i, path, UNSET, base64_encode(c->a, bytes, n), n, ret_error);
}

const void *guest_read(struct call *c, const struct instance *i, const char *path, size_t *ret_n)
{
    struct volume v;
    struct dirty_file p;
    const char *below;
    if (ext4_path_error(path) || !find_volume(c, i, path, &v, &below))
        return NULL;
    if (store_get(c, &dirty_file_schema, arena_printf(c->a, "%s:%s", v.id, below), &p))
        return p.content && p.folder != YES ? base64_decode(c->a, p.content, ret_n) : NULL;
    fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    return ext4_read(&d, below, ret_n);
}

int guest_remove(struct call *c, const struct instance *i, const char *path, const char **ret_error)
{
    size_t n;
    if (!guest_read(c, i, path, &n)) {
        *ret_error = "there is no such file";
        return -1;
    }
    return change(c, i, path, UNSET, NULL, 0, ret_error);
}

int guest_make_directory(struct call *c, const struct instance *i, const char *path,
                         const char **ret_error)
{
    return change(c, i, path, YES, "", 0, ret_error);
}

int guest_remove_directory(struct call *c, const struct instance *i, const char *path,
                           const char **ret_error)
{
    struct list entries = { 0 };
    if (!guest_list(c, i, path, &entries) || entries.count) {
        *ret_error = entries.count ? "the folder is not empty" : "there is no such folder";
        return -1;
    }
    return change(c, i, path, YES, NULL, 0, ret_error);
}

/* ---- Listing: the disk, and the cache over it ---- */

static struct dir_entry *entry_named(struct list *entries, const char *name)
{
    LIST_EACH (struct dir_entry, e, entries) {
        if (text_is(e->name, name))
            return e;
    }
    return NULL;
}

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

/* The folder itself and what lies below it, what is removed first. The contents stay in the store:
 * "" stands for them. */
static struct list pages_in_outline(struct call *c, const char *volume, const char *folder)
{
    struct list pages = { 0 };
    struct rows *r =
        store_query(c->store,
                    "SELECT path, content IS NULL, folder, size, written FROM dirty_file"
                    " WHERE volume = ? AND (path = ? OR (path > ? AND path < ?))"
                    " ORDER BY content IS NOT NULL, path",
                    SQL_ARGS(SQL_TEXT(volume), SQL_TEXT(folder), SQL_TEXT(first_below(c, folder)),
                             SQL_TEXT(first_behind(c, folder))));
    while (rows_next(r)) {
        *list_add(c->a, &pages, struct dirty_file) =
            (struct dirty_file){ .path = rows_text(r, 0, c->a),
                                 .content = rows_int(r, 1) ? NULL : "",
                                 .folder = rows_int(r, 2) == 1 ? YES : UNSET,
                                 .size = rows_int(r, 3),
                                 .written = rows_int(r, 4) };
    }
    rows_end(r);
    return pages;
}

static void lay_over(struct call *c, const struct dirty_file *p, const char *folder,
                     struct list *entries)
{
    bool is_folder = false;
    const char *name = name_below(c, p, folder, &is_folder);
    struct dir_entry *e = name ? entry_named(entries, name) : NULL;
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
    }
    e->is_folder = is_folder || p->folder == YES;
    if (!e->is_folder) {
        e->size = p->size;
        e->changed = p->written;
    }
}

/* Where data volumes are mounted there are folders. */
static void add_mounts(struct call *c, const struct instance *i, const char *path,
                       struct list *entries)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        const char *mount = mount_point(c, i, v);
        struct dirty_file as_page = {
            .path = mount, .content = "", .folder = YES, .written = v->created
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
    if (ext4_path_error(path) || !find_volume(c, i, path, &v, &below))
        return false;
    size_t n = strlen(below);
    if (n > 1 && below[n - 1] == '/')
        below = arena_strndup(c->a, below, n - 1);
    fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    bool found = ext4_list(&d, below, &entries) || text_is(below, "/");
    struct list pages = pages_in_outline(c, v.id, below);
    LIST_EACH (struct dirty_file, p, &pages) {
        if (text_is(p->path, below)) /* the folder itself: made, removed, or a file now */
            found = p->content && p->folder == YES;
        lay_over(c, p, below, &entries);
    }
    if (text_is(mount_point(c, i, &v), ""))
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
        if (text_is(mount_point(c, i, v), "")
            && text_starts(mount_point(c, i, other), first_below(c, path)))
            return true;
    }
    return false;
}

/* What the cache knows of a path; false: nothing. removed: it is gone. */
static bool look_in_cache(struct call *c, const struct volume *v, const char *path,
                          bool *ret_removed, struct dir_entry *ret)
{
    struct rows *r = store_query(
        c->store, "SELECT content IS NULL, folder, size, written FROM dirty_file WHERE id = ?",
        SQL_ARGS(SQL_TEXT(arena_printf(c->a, "%s:%s", v->id, path))));
    bool found = rows_next(r);
    if (found) {
        *ret_removed = rows_int(r, 0);
        ret->is_folder = rows_int(r, 1) == 1;
        ret->size = rows_int(r, 2);
        ret->changed = rows_int(r, 3);
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
    if (ext4_path_error(path) || !find_volume(c, i, path, &v, &below))
        return false;
    struct dir_entry mounted = { .name = slash + 1, .is_folder = true, .changed = v.created };
    bool cached = look_in_cache(c, &v, below, &removed, ret);
    if (text_is(below, "/") || ((!cached || removed) && is_above(c, i, &v, below))) {
        *ret = mounted;
        return true;
    }
    ret->name = slash + 1;
    if (cached)
        return !removed;
    fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    return ext4_look(&d, below, ret);
}

/* ---- Freezing ---- */

/* The file system of a disk, where there is one, says from now on that it is mounted, or that it is
 * not. */
static void mark(const struct disk_ref *d, bool mounted)
{
    const char *error;
    if (ext4_state(d) == (mounted ? EXT4_CLEAN : EXT4_MOUNTED))
        ext4_mark(d, mounted, &error);
}

bool guest_is_frozen(struct call *c, const struct instance *i, const char *path)
{
    struct volume v;
    const char *below;
    return find_volume(c, i, path, &v, &below) && v.frozen == YES;
}

static void set_frozen(struct call *c, const char *volume, bool frozen)
{
    store_exec(c->store, "UPDATE volume SET frozen = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(frozen ? 1 : ABSENT), SQL_TEXT(volume)));
}

bool guest_freeze(struct call *c, const struct instance *i, const char *path, bool frozen)
{
    struct volume v;
    const char *below;
    if (!find_volume(c, i, path, &v, &below) || (v.frozen == YES) == frozen)
        return false;
    fill_volume(c, &v);
    struct disk_ref d = disk_of_volume(c, &v);
    if (frozen) {
        struct list pages =
            store_list(c, &dirty_file_schema, "volume = ?", SQL_ARGS(SQL_TEXT(v.id)));
        flush(c, &pages);
        mark(&d, false);
    }
    set_frozen(c, v.id, frozen);
    return true;
}

/* ---- Turns of the machine ---- */

void guest_boot(struct call *c, const struct instance *i)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        struct disk_ref d = disk_of_volume(c, v);
        if (ext4_state(&d) == EXT4_MOUNTED)
            console_recovery(c, i, volume_attachment(v, i->id)->device);
    }
}

static void mark_all(struct call *c, const struct instance *i, bool mounted)
{
    struct list volumes = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        struct disk_ref d = disk_of_volume(c, v);
        mark(&d, mounted);
        set_frozen(c, v->id, false);
    }
}

void guest_shutdown(struct call *c, const struct instance *i)
{
    guest_sync(c, i);
    mark_all(c, i, false);
}

void guest_reboot(struct call *c, struct instance *i, const char *why)
{
    guest_shutdown(c, i);
    instance_reboot(c, i, why);
    guest_boot(c, i);
}

void guest_lose(struct call *c, const struct instance *i)
{
    store_exec(c->store, "DELETE FROM dirty_file WHERE instance = ?", SQL_ARGS(SQL_TEXT(i->id)));
    job_cancel(c, &job_guest_writeback, i->id);
}

void guest_crash(struct call *c, const struct instance *i)
{
    guest_lose(c, i);
    mark_all(c, i, true);
}

/* ---- Snapshots ---- */

static const char *fate(const struct disk_ref *d, const struct dirty_file *p)
{
    size_t n;
    bool on_disk = ext4_read(d, p->path, &n) != NULL;
    return !p->content ? "not removed" : on_disk ? "stale" : "missing";
}

static void note_losses(struct call *c, const struct volume *v, struct disk_ref *d,
                        struct list *lost)
{
    const char *error;
    struct list pages = store_list(c, &dirty_file_schema, "volume = ?", SQL_ARGS(SQL_TEXT(v->id)));
    if (pages.count)
        ext4_begin(d, false, &error);
    LIST_EACH (struct dirty_file, p, &pages) {
        if (p->folder == YES)
            continue;
        struct missing_write *l = list_add(c->a, lost, struct missing_write);
        l->path = p->path;
        l->what = fate(d, p);
        l->bytes = p->size;
    }
    ext4_end(d, &error);
}

void guest_snapshot(struct call *c, const struct volume *v, const char *description, bool shut_down,
                    struct snapshot *ret)
{
    struct instance i;
    struct snapshot_content caught = { .volume = v->id, .at = c->now, .mounted = NO };
    const struct attachment *a =
        v->attachments.count ? list_at(&v->attachments, struct attachment, 0) : NULL;
    fill_volume(c, v);
    struct disk_ref d = disk_of_volume(c, v);
    if (a && instance_find(c, a->instance, &i)) {
        caught.instance = i.id;
        caught.device = a->device;
        caught.mounted = text_is(i.state, "running") && !shut_down && v->frozen != YES ? YES : NO;
    }
    if (caught.mounted == YES) {
        note_losses(c, v, &d, &caught.lost);
        mark(&d, true);
    }
    snapshot_of_volume(c, v, description, ret);
    caught.id = ret->id;
    store_put(c, &snapshot_content_schema, &caught);
}
