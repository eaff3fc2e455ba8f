/* See ext4.h. */
#include "guest/ext4_inner.h"

#include <et/com_err.h>
#include <string.h>

#include "base/text.h"
#include "guest/blockdev.h"
#include "store/block.h"

#define DISK_NAME "amisim"
#define JOURNAL_BLOCKS 4096 /* of 4 KiB */
#define LARGEST_READ ((size_t)64 << 20)
#define LONGEST_PATH 1024
#define LAST_SECOND                                                                                \
    ((INT64_C(3) << 32) + INT32_MAX) /* in 2446: 34 bits, of which 1901 takes some */

/* ---- Opening ---- */

static int trouble(const struct disk_ref *d, errcode_t e, const char **ret_error)
{
    *ret_error = arena_strdup(d->a, error_message(e));
    return -1;
}

/* The high bits of a time in the superblock, which have bytes of their own there. */
static void stamp(ext2_filsys fs, __u32 *low, __u8 *high)
{
    *low = (__u32)fs->now;
    *high = (__u8)((uint64_t)fs->now >> 32);
}

static void set_now(ext2_filsys fs, const struct disk_ref *d)
{
    int64_t second = d->now / 1000;
    fs->now = (time_t)(second > LAST_SECOND ? LAST_SECOND : second);
}

errcode_t ext4_open_fs(const struct disk_ref *d, bool writing, ext2_filsys *ret)
{
    *ret = d->open;
    if (*ret)
        return 0;
    blockdev_use(d->store, d->layer, d->gib);
    errcode_t e = ext2fs_open(DISK_NAME, EXT2_FLAG_64BITS | (writing ? EXT2_FLAG_RW : 0), 0, 0,
                              blockdev_manager, ret);
    if (!e)
        set_now(*ret, d);
    if (!e && writing)
        e = ext2fs_read_bitmaps(*ret);
    if (!e && writing) /* the low ones are set by the library when it writes */
        stamp(*ret, &(*ret)->super->s_wtime, &(*ret)->super->s_wtime_hi);
    if (e && *ret)
        ext2fs_close_free(ret);
    if (e)
        blockdev_check(d->store);
    return e;
}

/* Where the store refused a piece of the disk the call is left, now that libext2fs is done. */
errcode_t ext4_close_fs(const struct disk_ref *d, ext2_filsys fs)
{
    if (d->open)
        return 0;
    errcode_t e = ext2fs_close_free(&fs);
    blockdev_check(d->store);
    return e;
}

int ext4_begin(struct disk_ref *d, bool writing, const char **ret_error)
{
    ext2_filsys fs = NULL;
    errcode_t e = ext4_open_fs(d, writing, &fs);
    d->open = fs;
    return e ? trouble(d, e, ret_error) : 0;
}

int ext4_end(struct disk_ref *d, const char **ret_error)
{
    ext2_filsys fs = d->open;
    d->open = NULL;
    errcode_t e = fs ? ext4_close_fs(d, fs) : 0;
    return e ? trouble(d, e, ret_error) : 0;
}

int ext4_change(const struct disk_ref *d, changing *how, const char *path, const void *bytes,
                size_t n, const char **ret_error)
{
    ext2_filsys fs = NULL;
    errcode_t e = ext4_open_fs(d, true, &fs);
    if (e)
        return trouble(d, e, ret_error);
    e = how(fs, d, path, bytes, n);
    errcode_t closing = ext4_close_fs(d, fs);
    return e || closing ? trouble(d, e ? e : closing, ret_error) : 0;
}

/* ---- Times ---- */

/* Two more bits of each time stand behind the 128 bytes of an old inode, in the lowest of its extra
 * field; with them, the low 32 bits count on from 1901 in steps of 136 years. */
static __u32 extra_of(int64_t second)
{
    return (__u32)((second - (int32_t)second) >> 32 & 3);
}

int64_t ext4_moment(__u32 low, __u32 extra)
{
    return ((int64_t)(int32_t)low + ((int64_t)(extra & 3) << 32)) * 1000;
}

errcode_t ext4_read_large(ext2_filsys fs, ext2_ino_t ino, struct ext2_inode_large *ret)
{
    memset(ret, 0, sizeof *ret);
    return ext2fs_read_inode_full(fs, ino, (struct ext2_inode *)ret, sizeof *ret);
}

/* A new inode's times; the library knows only the low bits. */
errcode_t ext4_set_times(ext2_filsys fs, ext2_ino_t ino)
{
    struct ext2_inode_large inode;
    errcode_t e = ext4_read_large(fs, ino, &inode);
    if (e || !inode.i_extra_isize)
        return e;
    inode.i_atime = inode.i_ctime = inode.i_mtime = inode.i_crtime = (__u32)fs->now;
    inode.i_atime_extra = inode.i_ctime_extra = inode.i_mtime_extra = inode.i_crtime_extra =
        extra_of(fs->now);
    return ext2fs_write_inode_full(fs, ino, (struct ext2_inode *)&inode, sizeof inode);
}

/* ---- Making ---- */

static errcode_t make_folder(ext2_filsys fs, ext2_ino_t parent, const char *name)
{
    ext2_ino_t ino;
    errcode_t e = ext2fs_mkdir(fs, parent, 0, name);
    if (e == EXT2_ET_DIR_NO_SPACE) {
        e = ext2fs_expand_dir(fs, parent);
        if (!e)
            e = ext2fs_mkdir(fs, parent, 0, name);
    }
    if (!e)
        e = ext2fs_lookup(fs, parent, name, (int)strlen(name), NULL, &ino);
    return e ? e : ext4_set_times(fs, ino);
}

static errcode_t reserve_inodes(ext2_filsys fs)
{
    ext2fs_inode_alloc_stats2(fs, EXT2_BAD_INO, +1, 0);
    for (ext2_ino_t i = EXT2_ROOT_INO + 1; i < EXT2_FIRST_INODE(fs->super); i++)
        ext2fs_inode_alloc_stats2(fs, i, +1, 0);
    ext2fs_mark_ib_dirty(fs);
    return 0;
}

static errcode_t make_folders(ext2_filsys fs)
{
    errcode_t e = ext2fs_mkdir(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, 0);
    if (!e)
        e = ext4_set_times(fs, EXT2_ROOT_INO);
    return e ? e : make_folder(fs, EXT2_ROOT_INO, "lost+found");
}

/* The steps of mke2fs, with lazy inode tables: what is not written reads as zeros. */
static errcode_t fill(ext2_filsys fs, const unsigned char *uuid, const char *label)
{
    memcpy(fs->super->s_uuid, uuid, sizeof fs->super->s_uuid);
    memcpy(fs->super->s_hash_seed, uuid, sizeof fs->super->s_uuid);
    memset(fs->super->s_volume_name, 0, sizeof fs->super->s_volume_name);
    memcpy(fs->super->s_volume_name, label, strnlen(label, sizeof fs->super->s_volume_name));
    ext2fs_init_csum_seed(fs);
    fs->super->s_def_hash_version = EXT2_HASH_HALF_MD4;
    fs->super->s_max_mnt_count = -1; /* never checked for its age */
    fs->super->s_desc_size = EXT2_MIN_DESC_SIZE_64BIT;
    errcode_t e = ext2fs_allocate_tables(fs);
    for (dgrp_t g = 0; !e && g < fs->group_desc_count; g++) {
        ext2fs_bg_flags_set(fs, g, EXT2_BG_INODE_ZEROED);
        ext2fs_group_desc_csum_set(fs, g);
    }
    if (!e)
        e = make_folders(fs);
    if (!e)
        e = reserve_inodes(fs);
    if (!e)
        e = ext2fs_add_journal_inode(fs, JOURNAL_BLOCKS, 0);
    return e ? e : ext4_set_times(fs, EXT2_JOURNAL_INO);
}

int ext4_make(const struct disk_ref *d, const unsigned char *uuid, const char *label,
              const char **ret_error)
{
    struct ext2_super_block param = { 0 };
    ext2_filsys fs = NULL;
    param.s_log_block_size = 2; /* 4 KiB */
    param.s_rev_level = EXT2_DYNAMIC_REV;
    param.s_inode_size = 256;
    param.s_creator_os = EXT2_OS_LINUX;
    param.s_log_groups_per_flex = 6; /* bitmaps of many groups side by side */
    ext2fs_blocks_count_set(&param, (blk64_t)d->gib * 262144);
    ext2fs_r_blocks_count_set(&param, (blk64_t)d->gib * 262144 / 20);
    param.s_inodes_count = (__u32)(d->gib * 65536 > 1 << 30 ? 1 << 30 : d->gib * 65536);
    /* two backups of the superblock instead of one in many groups: each costs a block of 512 KiB */
    param.s_feature_compat = EXT2_FEATURE_COMPAT_EXT_ATTR | EXT2_FEATURE_COMPAT_DIR_INDEX
                             | EXT4_FEATURE_COMPAT_SPARSE_SUPER2;
    param.s_backup_bgs[0] = 1;
    param.s_feature_incompat = EXT2_FEATURE_INCOMPAT_FILETYPE | EXT3_FEATURE_INCOMPAT_EXTENTS
                               | EXT4_FEATURE_INCOMPAT_64BIT | EXT4_FEATURE_INCOMPAT_FLEX_BG;
    param.s_feature_ro_compat =
        EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE
        | EXT4_FEATURE_RO_COMPAT_HUGE_FILE | EXT4_FEATURE_RO_COMPAT_GDT_CSUM
        | EXT4_FEATURE_RO_COMPAT_DIR_NLINK | EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE;
    blockdev_use(d->store, d->layer, d->gib);
    errcode_t e = ext2fs_initialize(DISK_NAME, EXT2_FLAG_EXCLUSIVE | EXT2_FLAG_64BITS, &param,
                                    blockdev_manager, &fs);
    blockdev_check(d->store);
    if (e)
        return trouble(d, e, ret_error);
    set_now(fs, d);
    stamp(fs, &fs->super->s_mkfs_time, &fs->super->s_mkfs_time_hi);
    stamp(fs, &fs->super->s_lastcheck, &fs->super->s_lastcheck_hi);
    stamp(fs, &fs->super->s_wtime, &fs->super->s_wtime_hi);
    e = fill(fs, uuid, label);
    errcode_t closing = ext4_close_fs(d, fs);
    return e || closing ? trouble(d, e ? e : closing, ret_error) : 0;
}

/* ---- Mounted or not ---- */

int ext4_mark(const struct disk_ref *d, bool mounted, const char **ret_error)
{
    ext2_filsys fs = NULL;
    errcode_t e = ext4_open_fs(d, true, &fs);
    if (e)
        return trouble(d, e, ret_error);
    if (mounted) {
        fs->super->s_state &= (__u16)~EXT2_VALID_FS;
        stamp(fs, &fs->super->s_mtime, &fs->super->s_mtime_hi);
        fs->super->s_mnt_count++;
    } else {
        fs->super->s_state |= EXT2_VALID_FS;
    }
    ext2fs_mark_super_dirty(fs);
    fs->flags |= EXT2_FLAG_SUPER_ONLY;
    e = ext4_close_fs(d, fs);
    return e ? trouble(d, e, ret_error) : 0;
}

enum ext4_state ext4_state(const struct disk_ref *d)
{
    ext2_filsys fs = NULL;
    if (layer_is_empty(d->store, d->layer) || ext4_open_fs(d, false, &fs))
        return EXT4_NONE;
    bool clean = fs->super->s_state & EXT2_VALID_FS;
    ext4_close_fs(d, fs);
    return clean ? EXT4_CLEAN : EXT4_MOUNTED;
}

/* ---- Paths ---- */

const char *ext4_path_error(const char *path)
{
    if (*path != '/')
        return "a path begins with /";
    if (strlen(path) > LONGEST_PATH)
        return "a path has at most 1024 bytes";
    while (*path == '/') {
        size_t n = strcspn(++path, "/");
        if (n == 0 && *path)
            return "a path has no empty names";
        if (n > EXT2_NAME_LEN)
            return "a name has at most 255 bytes";
        if ((n == 1 && *path == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
            return "a path has no . and ..";
        path += n;
    }
    return NULL;
}

errcode_t ext4_find_path(ext2_filsys fs, const char *path, ext2_ino_t *ret)
{
    return ext2fs_namei(fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path, ret);
}

static bool is_folder(ext2_filsys fs, const char *path)
{
    ext2_ino_t ino;
    return !ext4_find_path(fs, path, &ino) && !ext2fs_check_directory(fs, ino);
}

errcode_t ext4_link_grown(ext2_filsys fs, ext2_ino_t folder, const char *name, ext2_ino_t ino,
                          int type)
{
    errcode_t e = ext2fs_link(fs, folder, name, ino, type);
    if (e != EXT2_ET_DIR_NO_SPACE)
        return e;
    e = ext2fs_expand_dir(fs, folder);
    return e ? e : ext2fs_link(fs, folder, name, ino, type);
}

/* The folder that a path lies in, made with all above it; *ret_name is the last name. */
errcode_t ext4_make_parents(ext2_filsys fs, struct arena *a, const char *path, ext2_ino_t *ret,
                            const char **ret_name)
{
    ext2_ino_t at = EXT2_ROOT_INO, next;
    errcode_t e = 0;
    for (path++; strchr(path, '/') && !e; path += strcspn(path, "/") + 1) {
        const char *name = arena_strndup(a, path, strcspn(path, "/"));
        e = ext2fs_lookup(fs, at, name, (int)strlen(name), NULL, &next);
        if (e == EXT2_ET_FILE_NOT_FOUND) {
            e = make_folder(fs, at, name);
            if (!e)
                e = ext2fs_lookup(fs, at, name, (int)strlen(name), NULL, &next);
        }
        if (!e)
            at = next;
    }
    *ret = at;
    *ret_name = path;
    return e;
}

/* ---- Files ---- */

static errcode_t release(ext2_filsys fs, ext2_ino_t ino)
{
    struct ext2_inode inode;
    errcode_t e = ext2fs_read_inode(fs, ino, &inode);
    if (e)
        return e;
    if (ext2fs_inode_has_valid_blocks2(fs, &inode))
        e = ext2fs_punch(fs, ino, &inode, NULL, 0, ~0ULL);
    inode.i_links_count = 0;
    inode.i_dtime = (__u32)fs->now;
    if (!e)
        e = ext2fs_write_inode(fs, ino, &inode);
    ext2fs_inode_alloc_stats2(fs, ino, -1, LINUX_S_ISDIR(inode.i_mode));
    return e;
}

errcode_t ext4_unlink_name(ext2_filsys fs, const char *path, ext2_ino_t folder, const char *name)
{
    ext2_ino_t ino;
    struct ext2_inode inode;
    errcode_t e = ext4_find_path(fs, path, &ino);
    if (!e)
        e = ext2fs_read_inode(fs, ino, &inode);
    if (!e && LINUX_S_ISDIR(inode.i_mode))
        return EXT2_ET_BAD_INODE_NUM;
    if (!e)
        e = ext2fs_unlink(fs, folder, name, ino, 0);
    return e ? e : release(fs, ino);
}

static int is_other_name(ext2_ino_t folder, int what, struct ext2_dir_entry *entry, int offset,
                         int size, char *buffer, void *arg)
{
    (void)folder;
    (void)entry;
    (void)offset;
    (void)size;
    (void)buffer;
    if (what != DIRENT_OTHER_FILE)
        return 0;
    *(bool *)arg = true;
    return DIRENT_ABORT;
}

static errcode_t unlink_folder(ext2_filsys fs, const char *path, ext2_ino_t parent,
                               const char *name)
{
    ext2_ino_t ino;
    struct ext2_inode inode;
    bool filled = false;
    errcode_t e = ext4_find_path(fs, path, &ino);
    if (!e)
        e = ext2fs_dir_iterate2(fs, ino, 0, NULL, is_other_name, &filled);
    if (!e && filled)
        return EXT2_ET_DIR_EXISTS;
    if (!e)
        e = ext2fs_unlink(fs, parent, name, ino, 0);
    if (!e)
        e = release(fs, ino);
    if (!e) /* its ".." was a link to the parent */
        e = ext2fs_read_inode(fs, parent, &inode);
    if (e)
        return e;
    if (inode.i_links_count > 1)
        inode.i_links_count--;
    return ext2fs_write_inode(fs, parent, &inode);
}

static errcode_t new_file(ext2_filsys fs, ext2_ino_t folder, const char *name, ext2_ino_t *ret)
{
    struct ext2_inode inode = { 0 };
    errcode_t e = ext2fs_new_inode(fs, folder, LINUX_S_IFREG | 0644, 0, ret);
    if (!e)
        e = ext4_link_grown(fs, folder, name, *ret, EXT2_FT_REG_FILE);
    if (e)
        return e;
    ext2fs_inode_alloc_stats2(fs, *ret, +1, 0);
    inode.i_mode = LINUX_S_IFREG | 0644;
    inode.i_links_count = 1;
    e = ext2fs_inode_size_set(fs, &inode, 0);
    if (!e && ext2fs_has_feature_extents(fs->super)) {
        ext2_extent_handle_t handle;
        inode.i_flags |= EXT4_EXTENTS_FL;
        e = ext2fs_extent_open2(fs, *ret, &inode, &handle);
        if (!e)
            ext2fs_extent_free(handle);
    }
    if (!e)
        e = ext2fs_write_new_inode(fs, *ret, &inode);
    return e ? e : ext4_set_times(fs, *ret);
}

static errcode_t put_bytes(ext2_filsys fs, ext2_ino_t ino, const void *bytes, size_t n)
{
    ext2_file_t file;
    unsigned int written;
    errcode_t e = ext2fs_file_open(fs, ino, EXT2_FILE_WRITE, &file);
    if (e)
        return e;
    const char *at = bytes;
    while (n && !e) {
        e = ext2fs_file_write(file, at, (unsigned)(n > 1 << 20 ? 1 << 20 : n), &written);
        at += written;
        n -= written;
    }
    errcode_t closing = ext2fs_file_close(file);
    return e ? e : closing;
}

static errcode_t replace(ext2_filsys fs, const struct disk_ref *d, const char *path,
                         const void *bytes, size_t n)
{
    ext2_ino_t folder, ino;
    const char *name;
    errcode_t e = ext4_make_parents(fs, d->a, path, &folder, &name);
    if (!e)
        e = is_folder(fs, path) ? unlink_folder(fs, path, folder, name)
                                : ext4_unlink_name(fs, path, folder, name);
    if (e && e != EXT2_ET_FILE_NOT_FOUND)
        return e;
    e = new_file(fs, folder, name, &ino);
    return e ? e : put_bytes(fs, ino, bytes, n);
}

int ext4_write(const struct disk_ref *d, const char *path, const void *bytes, size_t n,
               const char **ret_error)
{
    return ext4_change(d, replace, path, bytes, n, ret_error);
}

static const void *read_file(ext2_filsys fs, struct arena *a, ext2_ino_t ino, size_t *ret_n)
{
    ext2_file_t file;
    struct ext2_inode inode;
    unsigned int got = 0;
    if (ext2fs_read_inode(fs, ino, &inode) || !LINUX_S_ISREG(inode.i_mode)
        || ext2fs_file_open(fs, ino, 0, &file))
        return NULL;
    size_t size = EXT2_I_SIZE(&inode), n = 0;
    if (size > LARGEST_READ) { /* whoever writes blocks can claim anything */
        ext2fs_file_close(file);
        return NULL;
    }
    char *bytes = arena_alloc(a, size + 1);
    while (n < size && !ext2fs_file_read(file, bytes + n, (unsigned)(size - n), &got) && got)
        n += got;
    ext2fs_file_close(file);
    *ret_n = n;
    return bytes;
}

const void *ext4_read(const struct disk_ref *d, const char *path, size_t *ret_n)
{
    ext2_filsys fs = NULL;
    ext2_ino_t ino;
    const void *bytes = NULL;
    if (ext4_open_fs(d, false, &fs))
        return NULL;
    if (!ext4_find_path(fs, path, &ino))
        bytes = read_file(fs, d->a, ino, ret_n);
    ext4_close_fs(d, fs);
    return bytes;
}

static errcode_t remove_file(ext2_filsys fs, const struct disk_ref *d, const char *path,
                             const void *bytes, size_t n)
{
    ext2_ino_t folder;
    const char *name;
    (void)bytes;
    (void)n;
    errcode_t e = ext4_make_parents(fs, d->a, path, &folder, &name);
    return e ? e : ext4_unlink_name(fs, path, folder, name);
}

int ext4_remove(const struct disk_ref *d, const char *path, const char **ret_error)
{
    return ext4_change(d, remove_file, path, NULL, 0, ret_error);
}

/* ---- Folders ---- */

static errcode_t add_folder(ext2_filsys fs, const struct disk_ref *d, const char *path,
                            const void *bytes, size_t n)
{
    ext2_ino_t parent;
    const char *name;
    (void)bytes;
    (void)n;
    errcode_t e = ext4_make_parents(fs, d->a, path, &parent, &name);
    if (e || is_folder(fs, path))
        return e;
    e = ext4_unlink_name(fs, path, parent, name);
    return e && e != EXT2_ET_FILE_NOT_FOUND ? e : make_folder(fs, parent, name);
}

int ext4_make_directory(const struct disk_ref *d, const char *path, const char **ret_error)
{
    return ext4_change(d, add_folder, path, NULL, 0, ret_error);
}

static errcode_t remove_folder(ext2_filsys fs, const struct disk_ref *d, const char *path,
                               const void *bytes, size_t n)
{
    ext2_ino_t parent;
    const char *name;
    (void)bytes;
    (void)n;
    errcode_t e = is_folder(fs, path) ? ext4_make_parents(fs, d->a, path, &parent, &name)
                                      : EXT2_ET_NO_DIRECTORY;
    return e ? e : unlink_folder(fs, path, parent, name);
}

int ext4_remove_directory(const struct disk_ref *d, const char *path, const char **ret_error)
{
    return ext4_change(d, remove_folder, path, NULL, 0, ret_error);
}
