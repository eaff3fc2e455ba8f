/* What the parts of ext4.h share: ext4.c (the file system and its files), ext4_look.c,
 * ext4_owner.c. */
#ifndef GUEST_EXT4_INNER_H
#define GUEST_EXT4_INNER_H

#include <ext2fs/ext2fs.h>

#include "guest/ext4.h"

errcode_t ext4_open_fs(const struct disk_ref *d, bool writing, ext2_filsys *ret);
errcode_t ext4_close_fs(const struct disk_ref *d, ext2_filsys fs);
/* What changes a file system: it is opened, changed and closed. */
typedef errcode_t changing(ext2_filsys fs, const struct disk_ref *d, const char *path,
                           const void *bytes, size_t n);
int ext4_change(const struct disk_ref *d, changing *how, const char *path, const void *bytes,
                size_t n, const char **ret_error);

errcode_t ext4_find_path(ext2_filsys fs, const char *path, ext2_ino_t *ret);
/* The folder that a path lies in, made with all above it; *ret_name is the last name. */
errcode_t ext4_make_parents(ext2_filsys fs, struct arena *a, const char *path, ext2_ino_t *ret,
                            const char **ret_name);
errcode_t ext4_unlink_name(ext2_filsys fs, const char *path, ext2_ino_t folder, const char *name);
errcode_t ext4_link_grown(ext2_filsys fs, ext2_ino_t folder, const char *name, ext2_ino_t ino,
                          int type);
errcode_t ext4_read_large(ext2_filsys fs, ext2_ino_t ino, struct ext2_inode_large *ret);
errcode_t ext4_set_times(ext2_filsys fs, ext2_ino_t ino);
int64_t ext4_moment(__u32 low, __u32 extra);

#endif
