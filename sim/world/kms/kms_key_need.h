/* What a call needs of the keys that it uses: which actions the caller must be permitted.
 *
 * Recorded from AWS for CopySnapshot, CreateVolume and EBS direct, where each action was denied in
 * turn; the others are documented or guessed (docs/fidelity.md). CreateSnapshot needs nothing. */
#ifndef WORLD_KMS_KEY_NEED_H
#define WORLD_KMS_KEY_NEED_H

#include <stdbool.h>

struct key_need {
    const char *service; /* through which the key is used: kms:ViaService names it */
    bool described; /* kms:DescribeKey is asked for first; without it the key is KEY_FORBIDDEN */
    const char *actions[4]; /* without one of them it is KEY_INACCESSIBLE; ends with NULL */
};

/* The key of a copy of a snapshot, and that of the snapshot it is made of. */
extern const struct key_need need_copy_to, need_copy_from;
/* The key of a volume: of an empty one, of one made of something encrypted; and that one's key. */
extern const struct key_need need_volume_new, need_volume_to, need_volume_from;
extern const struct key_need need_attach;
/* Whatever reads a snapshot or an image as a whole: images stored in S3, exports. */
extern const struct key_need need_read;
/* What is imported. */
extern const struct key_need need_import;

/* EBS direct: a new snapshot; one on a parent, in two steps; reading lists and blocks. */
extern const struct key_need need_direct_new, need_direct_parent, need_direct_parent_read;
extern const struct key_need need_direct_list, need_direct_block;

/* SecureString parameters of Systems Manager. */
extern const struct key_need need_secure_write, need_secure_read;

#endif
