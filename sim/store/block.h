/* Blocks: what volumes and snapshots hold. 512 KiB each, as in EBS direct; sparse;
 * content-addressed.
 *
 * A layer holds the blocks that were written since the layer under it, its parent. A volume writes
 * into a layer of its own on top of what it was made from; a snapshot freezes that layer and the
 * volume goes on in a new one. So a launch writes nothing, an incremental snapshot is its layer,
 * and equal blocks are stored once. Layers are counted: what nothing holds goes away, blocks too.
 */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "base/digest.h"
#include "store/store.h"

#define BLOCK_SIZE 524288
#define BLOCKS_IN_GIB 2048

/* A new empty layer on top of another (0: none), held once by the caller. */
int64_t layer_new(struct store *s, int64_t parent);
/* Here and below 0 and ABSENT stand for no layer: nothing to hold, nothing to read. */
void layer_ref(struct store *s, int64_t layer);
void layer_unref(struct store *s, int64_t layer);
/* The same for many at once, in time that grows with their number: a statement, a constant, that
 * begins with LAYERS_UNREF and finds a layer and how often it is let go of, each layer once. */
#define LAYERS_UNREF "INSERT INTO less_held "
void layers_unref(struct store *s, const char *holders, const struct sql_arg *binds);

/* Writes into a layer that only its volume (or unfinished snapshot) holds. digest: the SHA-256 of
 * the bytes where the caller has it, else NULL. */
void layer_write(struct store *s, int64_t layer, int64_t position, const void *bytes,
                 const unsigned char *digest);
/* Reads through the layers below; false where nothing was ever written (zeros). */
bool layer_read(struct store *s, int64_t layer, int64_t position, void *ret_bytes);
/* The same, and the SHA-256 of the bytes, which the store knows. */
bool layer_read_digest(struct store *s, int64_t layer, int64_t position, void *ret_bytes,
                       unsigned char ret_digest[SHA256_SIZE]);

/* What a snapshot of a volume holds, held for the snapshot. The volume's layer may be a new one
 * afterwards. */
int64_t layer_freeze(struct store *s, int64_t *volume_layer);
/* A full copy, with nothing under it: what a copy under another key is in AWS. */
int64_t layer_flatten(struct store *s, int64_t layer);

/* A block that was written: `block` is equal where the contents are equal. */
struct placed {
    int64_t position, block;
};
/* The next ones from a position on, in order, at most `most` (struct placed). */
struct list layer_blocks(struct store *s, struct arena *a, int64_t layer, int64_t from,
                         int64_t most);
/* These layers (int64_t; 0 and ABSENT are none) and all under them, each once, a parent before what
 * stands on it (struct stacked); and what is written in them (struct layered). */
struct stacked {
    int64_t layer, parent; /* parent 0: none */
};
struct layered {
    int64_t layer, position, block;
};
void layers_under(struct store *s, struct arena *a, const struct list *layers,
                  struct list *ret_layers, struct list *ret_blocks);
/* How many blocks one sees through it; how many it holds itself. */
int64_t layer_count(struct store *s, int64_t layer);
/* Nothing was ever written to it or to those below; cheaper than counting. */
bool layer_is_empty(struct store *s, int64_t layer);
int64_t layer_own_count(struct store *s, int64_t layer);
/* The digests of its own blocks, 32 bytes each, in order of their positions. */
unsigned char *layer_digests(struct store *s, struct arena *a, int64_t layer, size_t *ret_size);
int64_t layer_parent(struct store *s, int64_t layer); /* 0: none */

#endif
