/* Who of a lineage's snapshots holds what: the oldest is charged for a block, and who is alone with
 * one saves it when it goes. */
#ifndef WORLD_LINEAGE_H
#define WORLD_LINEAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct store;

struct share {
    int64_t layer; /* of the snapshot; 0, ABSENT: it holds no blocks */
    int64_t declared; /* bytes without blocks, one block of their own; 0, ABSENT: none */
    int64_t bytes, alone; /* set: of what it holds first; of what it alone holds */
};

/* n snapshots, the oldest first. What it takes grows with what is written in their layers, however
 * many snapshots see it. */
void lineage_share(struct store *s, struct arena *a, struct share *shares, size_t n);

#endif
