/* A layer of blocks (store/block.h) as a disk for libext2fs. */
#ifndef GUEST_BLOCKDEV_H
#define GUEST_BLOCKDEV_H

#include <ext2fs/ext2fs.h>

#include "store/store.h"

/* The disk that the manager opens next, whatever name it is given; one thread, one disk at a time.
 * The layer must be its volume's own (layer_write). */
void blockdev_use(struct store *s, int64_t layer, int64_t gib);
/* After libext2fs let go of a disk: goes on leaving the work in hand (store_leave) where the store
 * refused some of the disk meanwhile. */
void blockdev_check(struct store *s);
extern const io_manager blockdev_manager;

#endif
