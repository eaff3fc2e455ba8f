/* An ext4 file system on a layer, made and changed through libext2fs: what a Linux guest would
 * have.
 *
 * Times are virtual and end with ext4's own in 2446, identifiers come from the caller: the same
 * calls make the same bytes. Paths are absolute; "..", empty and over-long names are refused.
 * Functions return 0, or -1 and *ret_error where there is one to tell. */
#ifndef GUEST_EXT4_H
#define GUEST_EXT4_H

#include "base/list.h"
#include "guest/dir_entry.h"
#include "store/store.h"

struct disk_ref {
    struct store *store;
    int64_t layer, gib;
    int64_t now; /* virtual ms, for timestamps */
    struct arena *a;
    void *open; /* between ext4_begin and ext4_end */
};

/* What is done between the two opens the file system once. ext4_end writes what is left to write;
 * it does nothing where ext4_begin failed. */
int ext4_begin(struct disk_ref *d, bool writing, const char **ret_error);
int ext4_end(struct disk_ref *d, const char **ret_error);

/* Makes one with a journal. uuid: 16 bytes. */
int ext4_make(const struct disk_ref *d, const unsigned char *uuid, const char *label,
              const char **ret_error);
/* What the superblock says: no file system, one that was unmounted, one in use or left in use. */
enum ext4_state { EXT4_NONE, EXT4_CLEAN, EXT4_MOUNTED };
enum ext4_state ext4_state(const struct disk_ref *d);

/* Mounted: the superblock says so, as it does while Linux runs. Unmounted: clean. */
int ext4_mark(const struct disk_ref *d, bool mounted, const char **ret_error);

/* Writes a whole file; folders are made as needed. */
int ext4_write(const struct disk_ref *d, const char *path, const void *bytes, size_t n,
               const char **ret_error);
/* NULL where there is no such file. */
const void *ext4_read(const struct disk_ref *d, const char *path, size_t *ret_n);
int ext4_remove(const struct disk_ref *d, const char *path, const char **ret_error);

/* A folder, with all above it; one that is there is fine. Removes one that is empty. */
int ext4_make_directory(const struct disk_ref *d, const char *path, const char **ret_error);
int ext4_remove_directory(const struct disk_ref *d, const char *path, const char **ret_error);

/* A symbolic link, in the place of a file that is there. */
int ext4_link(const struct disk_ref *d, const char *path, const char *target,
              const char **ret_error);
/* Mode, owner and group of what is there, as `what` has them. */
int ext4_set_owner(const struct disk_ref *d, const char *path, const struct dir_entry *what,
                   const char **ret_error);

/* What a path names; false: nothing. A link stands for itself. */
bool ext4_look(const struct disk_ref *d, const char *path, struct dir_entry *ret);
/* struct dir_entry, without . and ..; false where there is no such folder. */
bool ext4_list(const struct disk_ref *d, const char *path, struct list *ret);

/* What is wrong with a path, or NULL. */
const char *ext4_path_error(const char *path);

#endif
