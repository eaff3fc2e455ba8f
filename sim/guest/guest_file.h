/* Files of a running instance, as its programs see them: what the page cache holds lies over what
 * is on the disks. */
#ifndef GUEST_GUEST_FILE_H
#define GUEST_GUEST_FILE_H

#include "guest/dir_entry.h"
#include "world/instance/instance.h"

/* Paths as the guest sees them, no link is followed: data volumes are mounted at /mnt/NAME, NAME
 * being the last part of their device. What changes something returns NULL, or why it does not. */
const char *guest_write(struct call *c, const struct instance *i, const char *path,
                        const void *bytes, size_t n);
/* A file, a folder or a link (its bytes are where it leads), of the kind, mode and owner of `what`.
 * What is there is replaced, but for what lies in a folder. */
const char *guest_put(struct call *c, const struct instance *i, const char *path,
                      const struct dir_entry *what, const void *bytes, size_t n);
const char *guest_remove(struct call *c, const struct instance *i, const char *path);
/* NULL where there is no such file. */
const void *guest_read(struct call *c, const struct instance *i, const char *path, size_t *ret_n);
/* A folder with all above it; or one that is empty goes. */
const char *guest_make_directory(struct call *c, const struct instance *i, const char *path);
const char *guest_remove_directory(struct call *c, const struct instance *i, const char *path);
/* What a path names; false: nothing. */
bool guest_look(struct call *c, const struct instance *i, const char *path, struct dir_entry *ret);
/* Names in a folder (struct dir_entry); false where there is no such folder. */
bool guest_list(struct call *c, const struct instance *i, const char *path, struct list *ret);

#endif
