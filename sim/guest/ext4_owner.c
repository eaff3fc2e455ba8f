/* Owners, modes and links. See ext4.h. */
#include <string.h>

#include "guest/ext4_inner.h"

static errcode_t set_owner(ext2_filsys fs, const struct disk_ref *d, const char *path,
                           const void *bytes, size_t n)
{
    const struct dir_entry *what = bytes;
    struct ext2_inode inode;
    ext2_ino_t ino;
    (void)d;
    (void)n;
    errcode_t e = ext4_find_path(fs, path, &ino);
    if (!e)
        e = ext2fs_read_inode(fs, ino, &inode);
    if (e)
        return e;
    inode.i_mode = (__u16)((inode.i_mode & LINUX_S_IFMT) | (what->mode & 07777));
    inode.i_uid = (__u16)what->uid;
    inode.i_gid = (__u16)what->gid;
    ext2fs_set_i_uid_high(inode, (__u16)(what->uid >> 16));
    ext2fs_set_i_gid_high(inode, (__u16)(what->gid >> 16));
    return ext2fs_write_inode(fs, ino, &inode);
}

int ext4_set_owner(const struct disk_ref *d, const char *path, const struct dir_entry *what,
                   const char **ret_error)
{
    return ext4_change(d, set_owner, path, what, 0, ret_error);
}

static errcode_t make_link(ext2_filsys fs, const struct disk_ref *d, const char *path,
                           const void *bytes, size_t n)
{
    ext2_ino_t folder, ino;
    const char *name;
    (void)n;
    errcode_t e = ext4_make_parents(fs, d->a, path, &folder, &name);
    if (!e)
        e = ext4_unlink_name(fs, path, folder, name);
    if (e && e != EXT2_ET_FILE_NOT_FOUND)
        return e;
    e = ext2fs_symlink(fs, folder, 0, name, bytes);
    if (e == EXT2_ET_DIR_NO_SPACE) {
        e = ext2fs_expand_dir(fs, folder);
        if (!e)
            e = ext2fs_symlink(fs, folder, 0, name, bytes);
    }
    if (!e)
        e = ext2fs_lookup(fs, folder, name, (int)strlen(name), NULL, &ino);
    return e ? e : ext4_set_times(fs, ino);
}

int ext4_link(const struct disk_ref *d, const char *path, const char *target,
              const char **ret_error)
{
    return ext4_change(d, make_link, path, target, strlen(target), ret_error);
}
