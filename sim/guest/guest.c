/* See guest.h. */
#include "guest/guest.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/boot/boot.h"
#include "guest/guest_disk.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/instance/console.h"
#include "world/snapshot/snapshot_take.h"

extern const struct job_kind job_guest_writeback;

/* ---- The page cache ---- */

static struct list pages_of(struct call *c, const char *instance)
{
    return store_list(c, &dirty_file_schema, "instance = ?", SQL_ARGS(SQL_TEXT(instance)));
}

static void flush_page(struct call *c, const struct disk_ref *d, const struct dirty_file *p)
{
    const char *error;
    size_t n = 0;
    const struct dir_entry what = { .mode = p->mode, .uid = p->uid, .gid = p->gid };
    const char *bytes = p->content ? base64_decode(c->a, p->content, &n) : NULL;
    if (p->folder == YES) {
        bytes ? ext4_make_directory(d, p->path, &error) : ext4_remove_directory(d, p->path, &error);
    } else if (!bytes) {
        ext4_remove(d, p->path, &error);
    } else if (p->link == YES) {
        ext4_link(d, p->path, bytes, &error);
    } else {
        ext4_write(d, p->path, bytes, n, &error); /* a full disk loses it, as it does on Linux */
    }
    if (bytes && p->mode != ABSENT)
        ext4_set_owner(d, p->path, &what, &error);
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

void guest_plan_writeback(struct call *c, const char *instance)
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
    guest_plan_writeback(c, i.id);
}

JOB(guest_writeback, .name = "guest_writeback");

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
    return guest_find_volume(c, i, path, &v, &below) && v.frozen == YES;
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
    if (!guest_find_volume(c, i, path, &v, &below) || (v.frozen == YES) == frozen)
        return false;
    guest_fill_volume(c, &v);
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
    guest_fill_volume(c, v);
    struct disk_ref d = disk_of_volume(c, v);
    if (a && instance_find(c, a->instance, &i)) {
        caught.instance = i.id;
        caught.device = a->device;
        caught.unseen =
            i.boots && !instance_is_windows(&i)
                    && !store_count(c, &guest_boot_schema, "instance = ?", SQL_ARGS(SQL_TEXT(i.id)))
                ? YES
                : NO;
        caught.keyed = i.public_key ? YES : NO;
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
