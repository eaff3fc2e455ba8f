/* How a snapshot goes, with all that hangs on it: its charge, its lock, its tiering, everybody's
 * fast restore of it. */
#ifndef WORLD_SNAPSHOT_DELETE_H
#define WORLD_SNAPSHOT_DELETE_H

#include "time/job.h"
#include "world/snapshot/snapshot.h"

/* Deletes one that is the caller's: refused while an image uses it or a lock holds it, as
 * DeleteSnapshot is. A retention rule puts it into the Recycle Bin instead. */
int snapshot_delete(struct call *c, const char *id);
/* Nothing is left of it, at once. */
void snapshot_erase(struct call *c, const struct snapshot *s);
/* Erases one whose time in the Recycle Bin is over. */
extern const struct job_kind job_expire_snapshot;

#endif
