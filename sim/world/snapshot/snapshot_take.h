/* A snapshot of a volume: the one place that knows both. */
#ifndef WORLD_SNAPSHOT_TAKE_H
#define WORLD_SNAPSHOT_TAKE_H

#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

/* Begins a snapshot of a volume as it is now: stores it, starts its job, returns it as the answer
 * of CreateSnapshot shows it. */
void snapshot_of_volume(struct call *c, const struct volume *from, const char *description,
                        struct snapshot *ret);

#endif
