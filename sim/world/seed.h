/* What a new world begins with, from the catalog. */
#ifndef WORLD_SEED_H
#define WORLD_SEED_H

#include "call/call.h"

/* Puts the public images and kernels into a world that has none yet. Runs inside a transaction. */
void fixtures_seed(struct sim *sim);

#endif
