/* The disks of a guest: the file system that a volume has, and where the guest has it mounted. */
#ifndef GUEST_GUEST_DISK_H
#define GUEST_GUEST_DISK_H

#include "guest/ext4.h"
#include "world/instance/instance.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

/* The layer that the volume writes to at this moment; the struct may be older than it. */
struct disk_ref disk_of_volume(struct call *c, const struct volume *v);
/* An empty one; what it calls itself (its UUID) follows from id. */
void make_file_system(struct disk_ref *d, const char *id, const char *label);
/* A public image's snapshot gets its file system, once; call before copying from one. */
void guest_fill_snapshot(struct call *c, struct snapshot *s);
/* What a snapshot holds; its layer is none where it has no file system. */
struct disk_ref disk_of_snapshot(struct call *c, struct snapshot *s);
/* A volume made from a public image before that had a file system stands on it from now on. */
void guest_fill_volume(struct call *c, const struct volume *v);

/* Where the guest has it: "" for the root, else /mnt/NAME. */
const char *guest_mount_point(struct call *c, const struct instance *i, const struct volume *v);
/* The volume with the longest mount point that the path begins with, and the path below it. */
bool guest_find_volume(struct call *c, const struct instance *i, const char *path,
                       struct volume *ret, const char **ret_below);

#endif
