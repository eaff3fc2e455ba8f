/* Fast snapshot restore: of a snapshot, in a zone, for whoever enabled it. */
#ifndef WORLD_FAST_RESTORE_H
#define WORLD_FAST_RESTORE_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/region.h"
#include "world/snapshot/snapshot.h"

struct fast_restore {
    const char *id; /* snapshot/zone/account */
    const char *snapshot, *zone, *zone_id, *owner, *region;
    const char *state; /* enabling, optimizing, enabled, disabling, disabled */
    const char *reason;
    int64_t enabling, optimizing, enabled, disabling, disabled; /* when it became so, or ABSENT */
};

extern const struct schema fast_restore_schema;

/* The caller's for this snapshot in this zone; false: there was never one. */
bool fast_restore_find(struct call *c, const char *snapshot, const struct zone *zone,
                       struct fast_restore *ret);
/* Begins; its job (advance_fast_restore) takes it on to enabled. */
void fast_restore_start(struct call *c, const struct snapshot *s, const struct zone *zone,
                        struct fast_restore *ret);
/* The same for disabling and disabled. */
void fast_restore_disable(struct call *c, struct fast_restore *f);
/* Enabled, or on its way there. */
bool fast_restore_is_on(const struct fast_restore *f);
/* How many other snapshots the caller has it on for in this Region. */
int64_t fast_restore_others(struct call *c, const char *snapshot);
/* The names of the zones in which somebody has it on for this snapshot (const char *). */
struct list fast_restore_zones(struct call *c, const char *snapshot);
/* The snapshot goes: so does everybody's fast restore of it. */
void fast_restore_end(struct call *c, const char *snapshot);
/* Whether a volume that the caller makes of it in this zone (by name) is fully there at once. */
bool fast_restore_works(struct call *c, const char *snapshot, const char *zone);

#endif
