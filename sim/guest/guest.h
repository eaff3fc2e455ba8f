/* The guest of an instance, as far as its files go: file systems on its volumes (guest_disk.h), a
 * page cache in front of them, and what a shutdown, a crash and a snapshot make of both. How its
 * files are read and changed is in guest_file.h.
 *
 * Nothing is written before somebody looks: a public image gets its file system when a file of it
 * or a snapshot is first wanted, and the mark of a mounted file system reaches the disk when a
 * snapshot is taken of it. So a launch writes nothing. */
#ifndef GUEST_GUEST_H
#define GUEST_GUEST_H

#include "world/instance/instance.h"
#include "world/instance/page_cache.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

/* Writeback after this long, as Linux's dirty_expire_centisecs. */
#define WRITEBACK_MS INT64_C(30000)

/* Everything in the cache reaches the disks. */
void guest_sync(struct call *c, const struct instance *i);
/* Whoever changes a file plans when that reaches the disks: WRITEBACK_MS after the oldest change.
 */
void guest_plan_writeback(struct call *c, const char *instance);

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

#endif
