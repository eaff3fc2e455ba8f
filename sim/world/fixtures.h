/* What the world starts with: fixtures/, built into the binary, and --fixtures on top of them. */
#ifndef WORLD_FIXTURES_H
#define WORLD_FIXTURES_H

#include "call/call.h"

struct fixtures {
    struct list regions; /* struct region */
};

/* Reads the built-in fixtures, then each path (a YAML file, or a folder of them). Memory comes from `a`
 * and lives as long as the process. On failure NULL and *ret_error, "file:line: what; what was expected". */
const struct fixtures *fixtures_load(struct arena *a, const struct list *paths,
                                     const char **ret_error);
/* Puts the public images into a new world. Runs inside a transaction. False and *ret_error where that
 * cannot be. */
bool fixtures_seed(struct sim *sim, const char **ret_error);

#endif
