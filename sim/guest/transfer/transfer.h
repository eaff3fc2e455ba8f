/* Files between a client of a guest's sshd and the guest: what scp and sftp share.
 *
 * These are protocols over bytes: they know neither sockets nor SSH, and the machine by
 * guest/shell/command.h alone, as its user may meet it. Bytes come in as they come; what is to be
 * sent is added to a buffer. */
#ifndef GUEST_TRANSFER_H
#define GUEST_TRANSFER_H

#include "base/buffer.h"
#include "guest/shell/command.h"

/* What a client may send as one file: as much as the shell writes. */
#define TRANSFER_MOST ((size_t)4 << 20)
#define TRANSFER_DEEPEST 32 /* folders in folders */

/* The machine as the one who is logged in meets it, for one portion of bytes. */
struct transfer {
    struct shell *sh;
    const char *home; /* where paths without a slash begin */
    struct arena *a; /* of this portion */
    struct buffer *out; /* in that arena */
};

/* A path without "." and "..": absolute. */
const char *transfer_path(struct arena *a, const char *home, const char *written);
const char *transfer_join(struct arena *a, const char *folder, const char *name);
/* The folder that a path lies in. */
const char *transfer_folder(struct arena *a, const char *path);
bool transfer_look(const struct transfer *t, const char *path, struct dir_entry *ret);
/* NULL: it went well. A file system that is frozen is not waited for. */
const char *transfer_outcome(const struct transfer *t, const char *error);
bool transfer_is_folder(const struct transfer *t, const char *path);

#endif
