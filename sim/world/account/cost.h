/* What snapshots cost: kept as the world changes, since blocks that are gone tell nothing any more.
 *
 * A block is stored once in its lineage (a volume and all that came from it) and charged to the
 * oldest snapshot that holds it; when that is deleted the next one takes it over [guide]. An
 * archived snapshot is a whole one, charged by itself. A month has 30 days, a GB 2^30 bytes.
 * Amounts are billionths of a US dollar. Volumes, fast snapshot restore and data transfer are not
 * in it. */
#ifndef WORLD_COST_H
#define WORLD_COST_H

#include "base/field.h"
#include "call/call.h"

#define NANODOLLAR_PER_DOLLAR 1e9

struct snapshot_charge {
    const char *snapshot; /* the key of the table */
    const char *account, *region, *lineage, *tier;
    int64_t begun, ended; /* ended: when the snapshot was deleted; ABSENT */
    int64_t since, amount; /* settled until then; what has come together by then */
    int64_t bytes, archived; /* charged in each tier from then on; bytes ABSENT: see cost_close */
    int64_t alone; /* of bytes that no other snapshot holds */
    int64_t full; /* of all its blocks */
    int64_t archived_since; /* for the least time in the archive; ABSENT */
};

extern const struct schema snapshot_charge_schema;

struct snapshot;

/* A snapshot has become complete, changed its tier or gone: settles its lineage until now. */
void cost_changed(struct call *c, const struct snapshot *s);
/* What the newest of a lineage is charged for is found out only when somebody asks, and before
 * one of the lineage goes or leaves its tier: to be called then, while all of them are as they
 * were. */
void cost_close(struct call *c, const struct snapshot *s);
/* All that are not found out yet. */
void cost_close_all(struct call *c);
/* What it costs in a month as things are; what it has cost until now. */
int64_t snapshot_charge_per_month(struct call *c, const struct snapshot_charge *charge);
int64_t snapshot_charge_until_now(struct call *c, const struct snapshot_charge *charge);

#endif
