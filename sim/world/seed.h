/* What a new world begins with, from the catalog. */
#ifndef WORLD_SEED_H
#define WORLD_SEED_H

#include "call/call.h"

/* Puts the public images and kernels into a world that has none yet. Runs inside a transaction.
 * False and *ret_error where that cannot be. */
bool fixtures_seed(struct sim *sim, const char **ret_error);

#endif
