/* What a Region begins with, from the catalog. */
#ifndef WORLD_SEED_H
#define WORLD_SEED_H

#include "call/call.h"

/* The public images and kernels of a Region are in the store when it returns; nothing happens
 * where there is none of that name. What it writes is in the transaction of the call that asks, or
 * begins one. Every call's own Region is ready; one that looks into another asks for it before. */
void region_ready(struct sim *sim, const char *region);

#endif
