/* What is in an ext4 file system. See ext4.h. */
#include <string.h>

#include "base/text.h"
#include "guest/ext4_inner.h"

#define LONGEST_LINK 4096

/* Where a link leads: in the inode itself where there is room, else in a block. */
static const char *target_of(ext2_filsys fs, struct arena *a, ext2_ino_t ino,
                             const struct ext2_inode_large *inode)
{
    size_t n = (size_t)EXT2_I_SIZE(inode);
    ext2_file_t file;
    unsigned int got = 0;
    if (ext2fs_is_fast_symlink((struct ext2_inode *)inode))
        return arena_strndup(a, (const char *)inode->i_block, n);
    if (n > LONGEST_LINK || ext2fs_file_open(fs, ino, 0, &file))
        return "";
    char *bytes = arena_alloc(a, n + 1);
    ext2fs_file_read(file, bytes, (unsigned)n, &got);
    ext2fs_file_close(file);
    return bytes;
}

static struct dir_entry entry_of(ext2_filsys fs, struct arena *a, const char *name, ext2_ino_t ino,
                                 const struct ext2_inode_large *inode)
{
    bool link = LINUX_S_ISLNK(inode->i_mode);
    return (struct dir_entry){ .name = name,
                               .is_folder = LINUX_S_ISDIR(inode->i_mode),
                               .size = (int64_t)EXT2_I_SIZE(inode),
                               .changed = ext4_moment(inode->i_mtime, inode->i_mtime_extra),
                               .mode = inode->i_mode & 07777,
                               .uid = inode_uid(*inode),
                               .gid = inode_gid(*inode),
                               .target = link ? target_of(fs, a, ino, inode) : NULL };
}

struct listing {
    ext2_filsys fs;
    struct arena *a;
    struct list *entries;
};

static int add_entry(struct ext2_dir_entry *entry, int offset, int size, char *buffer, void *arg)
{
    struct listing *l = arg;
    struct ext2_inode_large inode;
    const char *name = arena_strndup(l->a, entry->name, (size_t)ext2fs_dirent_name_len(entry));
    (void)offset;
    (void)size;
    (void)buffer;
    if (text_is(name, ".") || text_is(name, "..") || ext4_read_large(l->fs, entry->inode, &inode))
        return 0;
    *list_add(l->a, l->entries, struct dir_entry) =
        entry_of(l->fs, l->a, name, entry->inode, &inode);
    return 0;
}

bool ext4_look(const struct disk_ref *d, const char *path, struct dir_entry *ret)
{
    ext2_filsys fs = NULL;
    ext2_ino_t ino;
    struct ext2_inode_large inode;
    const char *slash = strrchr(path, '/');
    if (ext4_open_fs(d, false, &fs))
        return false;
    bool found = !ext4_find_path(fs, path, &ino) && !ext4_read_large(fs, ino, &inode);
    if (found)
        *ret = entry_of(fs, d->a, slash ? slash + 1 : path, ino, &inode);
    ext4_close_fs(d, fs);
    return found;
}

bool ext4_list(const struct disk_ref *d, const char *path, struct list *ret)
{
    ext2_filsys fs = NULL;
    ext2_ino_t ino;
    if (ext4_open_fs(d, false, &fs))
        return false;
    struct listing l = { fs, d->a, ret };
    bool found = !ext4_find_path(fs, path, &ino) && !ext2fs_check_directory(fs, ino)
                 && !ext2fs_dir_iterate(fs, ino, 0, NULL, add_entry, &l);
    ext4_close_fs(d, fs);
    return found;
}
