/* The guest of an instance, as far as its files go: file systems on its volumes, a page cache in
 * front of them, and what a shutdown, a crash and a snapshot make of both.
 *
 * Nothing is written before somebody looks: a public image gets its file system when a file of it
 * or a snapshot is first wanted, and the mark of a mounted file system reaches the disk when a
 * snapshot is taken of it. So a launch writes nothing. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "guest/dir_entry.h"
#include "world/instance/instance.h"
#include "world/instance/page_cache.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

/* Writeback after this long, as Linux's dirty_expire_centisecs. */
#define WRITEBACK_MS INT64_C(30000)

/* Files of a running instance; paths as the guest sees them: data volumes are mounted at /mnt/NAME,
 * NAME being the last part of their device. Functions return 0, or -1 and *ret_error. */
int guest_write(struct call *c, const struct instance *i, const char *path, const void *bytes,
                size_t n, const char **ret_error);
int guest_remove(struct call *c, const struct instance *i, const char *path,
                 const char **ret_error);
/* NULL where there is no such file. */
const void *guest_read(struct call *c, const struct instance *i, const char *path, size_t *ret_n);
/* A folder with all above it; or one that is empty goes. */
int guest_make_directory(struct call *c, const struct instance *i, const char *path,
                         const char **ret_error);
int guest_remove_directory(struct call *c, const struct instance *i, const char *path,
                           const char **ret_error);
/* What a path names; false: nothing. */
bool guest_look(struct call *c, const struct instance *i, const char *path, struct dir_entry *ret);
/* Names in a folder (struct dir_entry); false where there is no such folder. */
bool guest_list(struct call *c, const struct instance *i, const char *path, struct list *ret);
/* Everything in the cache reaches the disks. */
void guest_sync(struct call *c, const struct instance *i);

/* fsfreeze: the file system that a path lies on is flushed and clean, and nothing is written on it
 * until it is thawed; changes fail with GUEST_FROZEN. False: it is so already. */
#define GUEST_FROZEN "the file system is frozen"
bool guest_freeze(struct call *c, const struct instance *i, const char *path, bool frozen);
bool guest_is_frozen(struct call *c, const struct instance *i, const char *path);

/* Turns of the machine, for those who start and stop it. */
void guest_boot(struct call *c, const struct instance *i); /* an unclean file system is recovered */
void guest_shutdown(struct call *c, const struct instance *i); /* flushed and unmounted */
/* The power goes: the cache is lost and the file systems stay marked as mounted. */
void guest_crash(struct call *c, const struct instance *i);
/* Shutdown and boot; the state stays running. */
void guest_reboot(struct call *c, struct instance *i, const char *why);
void guest_lose(struct call *c, const struct instance *i); /* the cache is gone */

/* snapshot_of_volume with the guest's part in it. shut_down: CreateImage has the guest down. */
void guest_snapshot(struct call *c, const struct volume *v, const char *description, bool shut_down,
                    struct snapshot *ret);
/* A public image's snapshot gets its file system, once; call before copying from one. */
void guest_fill_snapshot(struct call *c, struct snapshot *s);

#endif
