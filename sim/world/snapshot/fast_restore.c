/* Fast snapshot restore: its states, and how long each takes. */
#include "world/snapshot/fast_restore.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "store/noun.h"
#include "time/job.h"

extern const struct job_kind job_advance_fast_restore;

#define BY_USER "Client.UserInitiated"
#define BY_LIFECYCLE "Client.UserInitiated - Lifecycle state transition"

const struct schema fast_restore_schema = {
    .name = "fast_restore",
    .indexes = (const char *const[]){ "fast_restore_on ON fast_restore (owner, region, snapshot) "
                                      "WHERE state NOT IN ('disabling', 'disabled')",
                                      NULL },
    .size = sizeof(struct fast_restore),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct fast_restore, id), .column = "id" },
            { TEXT_FIELD(struct fast_restore, snapshot), .column = "snapshot", .xml = "snapshotId",
              .filter = "snapshot-id", .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct fast_restore, zone), .column = "zone", .xml = "availabilityZone",
              .filter = "availability-zone" },
            { TEXT_FIELD(struct fast_restore, zone_id), .column = "zone_id",
              .xml = "availabilityZoneId", .filter = "availability-zone-id" },
            { TEXT_FIELD(struct fast_restore, state), .column = "state", .xml = "state",
              .filter = "state", .flags = FIELD_STATE },
            { TEXT_FIELD(struct fast_restore, reason), .column = "reason",
              .xml = "stateTransitionReason" },
            { TEXT_FIELD(struct fast_restore, owner), .column = "owner", .xml = "ownerId",
              .filter = "owner-id", .flags = FIELD_OWNER | FIELD_INDEXED },
            { TEXT_FIELD(struct fast_restore, region), .column = "region" },
            { TIME_FIELD(struct fast_restore, enabling), .column = "enabling",
              .xml = "enablingTime" },
            { TIME_FIELD(struct fast_restore, optimizing), .column = "optimizing",
              .xml = "optimizingTime" },
            { TIME_FIELD(struct fast_restore, enabled), .column = "enabled", .xml = "enabledTime" },
            { TIME_FIELD(struct fast_restore, disabling), .column = "disabling",
              .xml = "disablingTime" },
            { TIME_FIELD(struct fast_restore, disabled), .column = "disabled",
              .xml = "disabledTime" },
            { 0 } },
};

static const char *fast_restore_id(struct call *c, const char *snapshot, const char *zone)
{
    return arena_printf(c->a, "%s/%s/%s", snapshot, zone, c->account);
}

bool fast_restore_find(struct call *c, const char *snapshot, const struct zone *zone,
                       struct fast_restore *ret)
{
    return store_get(c, &fast_restore_schema, fast_restore_id(c, snapshot, zone->name), ret);
}

static void fast_restore_keep(struct call *c, const struct fast_restore *f, int64_t quick,
                              int64_t real)
{
    store_put(c, &fast_restore_schema, f);
    job_cancel(c, &job_advance_fast_restore, f->id);
    if (!text_is(f->state, "enabled") && !text_is(f->state, "disabled"))
        job_after(c, pace_delay(c, quick, real), &job_advance_fast_restore, f->id, NULL);
}

void fast_restore_start(struct call *c, const struct snapshot *s, const struct zone *zone,
                        struct fast_restore *ret)
{
    NOUN(struct fast_restore, fast_restore_schema, f);
    f.id = fast_restore_id(c, s->id, zone->name);
    f.snapshot = s->id;
    f.zone = zone->name;
    f.zone_id = zone->id;
    f.owner = c->account;
    f.region = c->region;
    f.state = "enabling";
    f.reason = BY_USER;
    f.enabling = c->now;
    fast_restore_keep(c, &f, 20, MINUTE_MS);
    *ret = f;
}

bool fast_restore_is_on(const struct fast_restore *f)
{
    return !text_is(f->state, "disabling") && !text_is(f->state, "disabled");
}

int64_t fast_restore_others(struct call *c, const char *snapshot)
{
    return store_number(c->store,
                        "SELECT count(DISTINCT snapshot) FROM fast_restore WHERE " MINE
                        " AND snapshot <> ?3 AND state NOT IN ('disabling', 'disabled')",
                        SQL_ARGS(MINE_ARGS(c), SQL_TEXT(snapshot)));
}

void fast_restore_disable(struct call *c, struct fast_restore *f)
{
    f->state = "disabling";
    f->reason = BY_USER;
    f->disabling = c->now;
    fast_restore_keep(c, f, 20, MINUTE_MS);
}

/* An hour for each TiB [guide]. */
static int64_t optimizing_takes(struct call *c, const struct fast_restore *f)
{
    struct snapshot s;
    return snapshot_find(c, f->snapshot, &s) ? s.size * HOUR_MS / 1024 : 0;
}

/* To its next state. */
static void advance_fast_restore(struct call *c, const char *id)
{
    struct fast_restore f;
    if (!store_get(c, &fast_restore_schema, id, &f))
        return;
    if (text_is(f.state, "enabling")) {
        f.state = "optimizing";
        f.optimizing = c->now;
    } else if (text_is(f.state, "optimizing")) {
        f.state = "enabled";
        f.enabled = c->now;
    } else if (text_is(f.state, "disabling")) {
        f.state = "disabled";
        f.disabled = c->now;
    } else {
        return;
    }
    f.reason = BY_LIFECYCLE;
    fast_restore_keep(c, &f, 20, optimizing_takes(c, &f));
}

JOB(advance_fast_restore, .name = "advance_fast_restore");

struct list fast_restore_zones(struct call *c, const char *snapshot)
{
    struct list zones = { 0 };
    struct list all =
        store_list(c, &fast_restore_schema, "snapshot = ?", SQL_ARGS(SQL_TEXT(snapshot)));
    LIST_EACH (struct fast_restore, f, &all) {
        if (fast_restore_is_on(f) && !strs_have(&zones, f->zone))
            strs_add(c->a, &zones, f->zone);
    }
    return zones;
}

void fast_restore_end(struct call *c, const char *snapshot)
{
    struct list all =
        store_list(c, &fast_restore_schema, "snapshot = ?", SQL_ARGS(SQL_TEXT(snapshot)));
    LIST_EACH (struct fast_restore, f, &all) {
        job_cancel(c, NULL, f->id);
        store_remove(c, &fast_restore_schema, f->id);
    }
}

bool fast_restore_works(struct call *c, const char *snapshot, const char *zone)
{
    struct fast_restore f;
    return store_get(c, &fast_restore_schema, fast_restore_id(c, snapshot, zone), &f)
           && text_is(f.state, "enabled");
}
