/* The 512 KiB blocks of a layer are kept in a small cache while a file system is open: libext2fs
 * reads and writes pieces of 4 KiB. Changed ones go back when another takes their place, on flush
 * and on close. A block of zeros that was never written stays unwritten: disks stay sparse. */
#include "guest/blockdev.h"

#include <stdlib.h>
#include <string.h>

#include "store/block.h"

#define CACHED 8

struct slot {
    int64_t position; /* -1: free */
    uint64_t used; /* when last, for the choice of a victim */
    bool dirty, existed;
    unsigned char *bytes;
};

struct disk {
    struct store *store;
    int64_t layer, size; /* size in bytes */
    uint64_t turn;
    bool refused; /* by the store: nothing is read or written any more */
    struct slot slots[CACHED];
};

static struct disk next_disk;
static bool refused_once; /* the store refused since the last look */

void blockdev_use(struct store *s, int64_t layer, int64_t gib)
{
    next_disk =
        (struct disk){ .store = s, .layer = layer, .size = gib * BLOCKS_IN_GIB * BLOCK_SIZE };
}

void blockdev_check(struct store *s)
{
    bool refused = refused_once;
    refused_once = false;
    if (refused)
        store_leave(s);
}

/* ---- The cache ---- */

static bool is_zero(const unsigned char *bytes)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, BLOCK_SIZE - 1) == 0;
}

static void write_back(struct disk *d, struct slot *slot)
{
    if (slot->dirty && (slot->existed || !is_zero(slot->bytes))) {
        layer_write(d->store, d->layer, slot->position, slot->bytes, NULL);
        slot->existed = true;
    }
    slot->dirty = false;
}

static struct slot *load(struct disk *d, int64_t position)
{
    struct slot *victim = &d->slots[0];
    for (struct slot *slot = d->slots; slot < d->slots + CACHED; slot++) {
        if (slot->bytes && slot->position == position) {
            slot->used = ++d->turn;
            return slot;
        }
        if (slot->used < victim->used)
            victim = slot;
    }
    if (victim->bytes)
        write_back(d, victim);
    else if (!(victim->bytes = malloc(BLOCK_SIZE)))
        abort();
    victim->position = position;
    victim->used = ++d->turn;
    victim->existed = layer_read(d->store, d->layer, position, victim->bytes);
    return victim;
}

struct transfer {
    struct disk *d;
    int64_t offset, n;
    char *to;
    const char *from; /* NULL: zeros */
    bool writing;
};

static void move_piece(struct transfer *t, int64_t at, int64_t piece)
{
    struct slot *slot = load(t->d, t->offset / BLOCK_SIZE);
    if (!t->writing) {
        memcpy(t->to, slot->bytes + at, (size_t)piece);
        t->to += piece;
        return;
    }
    slot->dirty = true;
    if (t->from) {
        memcpy(slot->bytes + at, t->from, (size_t)piece);
        t->from += piece;
    } else {
        memset(slot->bytes + at, 0, (size_t)piece);
    }
}

static void move_bytes(void *with)
{
    struct transfer *t = with;
    while (t->n) {
        int64_t at = t->offset % BLOCK_SIZE,
                piece = BLOCK_SIZE - at < t->n ? BLOCK_SIZE - at : t->n;
        move_piece(t, at, piece);
        t->offset += piece;
        t->n -= piece;
    }
}

/* Work with the store must not be left through libext2fs, which would lose what it holds: it gets
 * an error, gives up by itself, and whoever called it goes on leaving (blockdev_check). */
static errcode_t attempt(struct disk *d, void (*work)(void *with), void *with)
{
    if (d->refused)
        return EXT2_ET_SHORT_READ;
    d->refused = !store_try(d->store, work, with);
    refused_once |= d->refused;
    return d->refused ? EXT2_ET_SHORT_READ : 0;
}

/* Moves bytes between a buffer and the disk; from NULL is zeros. */
static errcode_t transfer(struct disk *d, int64_t offset, int64_t n, void *to, const void *from,
                          bool writing)
{
    struct transfer t = { d, offset, n, to, from, writing };
    if (offset < 0 || n < 0 || offset + n > d->size)
        return EXT2_ET_SHORT_READ;
    return attempt(d, move_bytes, &t);
}

/* ---- libext2fs's manager ---- */

/* A negative count is bytes, not blocks: libext2fs's convention. */
static int64_t byte_count(io_channel channel, int count)
{
    return count < 0 ? -(int64_t)count : (int64_t)count * channel->block_size;
}

static errcode_t disk_open(const char *name, int flags, io_channel *ret)
{
    io_channel channel = calloc(1, sizeof *channel);
    struct disk *d = calloc(1, sizeof *d);
    (void)flags;
    if (!channel || !d || !(channel->name = strdup(name)))
        abort();
    *d = next_disk;
    channel->magic = EXT2_ET_MAGIC_IO_CHANNEL;
    channel->manager = blockdev_manager;
    channel->block_size = 1024;
    channel->refcount = 1;
    channel->private_data = d;
    *ret = channel;
    return 0;
}

static void flush_all(void *with)
{
    struct disk *d = with;
    for (struct slot *slot = d->slots; slot < d->slots + CACHED; slot++) {
        if (slot->bytes)
            write_back(d, slot);
    }
}

static errcode_t disk_flush(io_channel channel)
{
    struct disk *d = channel->private_data;
    return attempt(d, flush_all, d);
}

static errcode_t disk_close(io_channel channel)
{
    struct disk *d = channel->private_data;
    if (--channel->refcount > 0)
        return 0;
    errcode_t e = disk_flush(channel);
    for (struct slot *slot = d->slots; slot < d->slots + CACHED; slot++)
        free(slot->bytes);
    free(d);
    free(channel->name);
    free(channel);
    return e;
}

static errcode_t disk_set_blksize(io_channel channel, int size)
{
    channel->block_size = size;
    return 0;
}

static errcode_t disk_read64(io_channel channel, unsigned long long block, int count, void *data)
{
    return transfer(channel->private_data, (int64_t)block * channel->block_size,
                    byte_count(channel, count), data, NULL, false);
}

static errcode_t disk_read(io_channel channel, unsigned long block, int count, void *data)
{
    return disk_read64(channel, block, count, data);
}

static errcode_t disk_write64(io_channel channel, unsigned long long block, int count,
                              const void *data)
{
    return transfer(channel->private_data, (int64_t)block * channel->block_size,
                    byte_count(channel, count), NULL, data, true);
}

static errcode_t disk_write(io_channel channel, unsigned long block, int count, const void *data)
{
    return disk_write64(channel, block, count, data);
}

static errcode_t disk_write_byte(io_channel channel, unsigned long offset, int count,
                                 const void *data)
{
    return transfer(channel->private_data, (int64_t)offset, count, NULL, data, true);
}

static errcode_t disk_zeroout(io_channel channel, unsigned long long block,
                              unsigned long long count)
{
    return transfer(channel->private_data, (int64_t)block * channel->block_size,
                    (int64_t)count * channel->block_size, NULL, NULL, true);
}

static struct struct_io_manager manager = {
    .magic = EXT2_ET_MAGIC_IO_MANAGER,
    .name = "amisim layer",
    .open = disk_open,
    .close = disk_close,
    .set_blksize = disk_set_blksize,
    .read_blk = disk_read,
    .write_blk = disk_write,
    .flush = disk_flush,
    .write_byte = disk_write_byte,
    .read_blk64 = disk_read64,
    .write_blk64 = disk_write64,
    .zeroout = disk_zeroout,
};

const io_manager blockdev_manager = &manager;
