/* What AWS limits: how many snapshots there are, how many are on their way, how often one begins.
 * What hangs on how long things take in AWS is held against --pace real only: at the other paces it
 * would depend on how fast the machine is. */
#ifndef WORLD_SNAPSHOT_LIMIT_H
#define WORLD_SNAPSHOT_LIMIT_H

#include "world/volume/volume.h"

/* Whether AWS would begin a snapshot of this volume now: its state, limits and rates. */
int snapshot_check_volume(struct call *c, const struct volume *v);
/* Whether it would begin one more copy into this Region. */
int snapshot_check_copies(struct call *c);
/* Whether EBS direct would begin one more. */
int snapshot_check_direct(struct call *c);

#endif
