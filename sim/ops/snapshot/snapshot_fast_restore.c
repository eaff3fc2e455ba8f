/* Fast snapshot restore: Enable-, Disable- and DescribeFastSnapshotRestores. What AWS says of a
 * pair of snapshot and zone that it refuses is not known: those codes and texts are guesses. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "catalog/region.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "world/snapshot/fast_restore.h"

#define LARGEST 16384 /* GiB [guide] */
#define MAX_SNAPSHOTS 10

/* ---- Enable, Disable ---- */

struct fast_restores {
    struct list zones, zone_ids, snapshots;
};

static const struct param fast_restores_params[] = {
    { "SourceSnapshotId", TEXTS(struct fast_restores, snapshots), .flags = PARAM_REQUIRED },
    { "AvailabilityZone", TEXTS(struct fast_restores, zones) },
    { "AvailabilityZoneId", TEXTS(struct fast_restores, zone_ids) },
    { 0 },
};

/* Why a snapshot cannot have it in a zone: as an error inside a good answer. */
struct pair_error {
    const char *snapshot;
    const struct zone *zone;
    const char *code, *message;
};
#define ERROR_IN_PAIR(why, words)                                                                  \
    (struct pair_error)                                                                            \
    {                                                                                              \
        .code = (why), .message = (words)                                                          \
    }

/* const struct zone * each. */
static int find_zones(struct call *c, const struct fast_restores *in, struct list *ret)
{
    const struct list *names = in->zones.count ? &in->zones : &in->zone_ids;
    const struct region *here = region_find(c->sim, c->region);
    if ((in->zones.count > 0) == (in->zone_ids.count > 0))
        return fail(c, E_ParameterCombination,
                    "Either AvailabilityZones or AvailabilityZoneIds must be specified, "
                    "but not both.");
    LIST_EACH (const char *, name, names) {
        const struct zone *zone = zone_find(here, *name);
        if (!zone)
            return fail(c, E_ParameterValue,
                        arena_printf(c->a, "Invalid availability zones: [%s]", *name));
        *list_add(c->a, ret, const struct zone *) = zone;
    }
    return 0;
}

/* What keeps it from being enabled; without a code: nothing. */
static struct pair_error why_not_enabled(struct call *c, const char *id, struct snapshot *s)
{
    if (!snapshot_find(c, id, s) || !snapshot_visible(c, s))
        return ERROR_IN_PAIR("InvalidSnapshot.NotFound", "The snapshot does not exist.");
    if (!text_is(s->status, "completed"))
        return ERROR_IN_PAIR("IncorrectState", "The snapshot is not completed.");
    if (text_is(s->tier, "archive"))
        return ERROR_IN_PAIR("IncorrectState", "The snapshot is in the archive tier.");
    if (s->size > LARGEST)
        return ERROR_IN_PAIR("InvalidParameterValue", "The snapshot is larger than 16 TiB.");
    if (fast_restore_others(c, id) >= quota(c->sim, "fast-restore-snapshots"))
        return ERROR_IN_PAIR("FastSnapshotRestoreLimitExceeded",
                             "The maximum number of snapshots with fast snapshot restore has been "
                             "reached.");
    return (struct pair_error){ 0 };
}

static struct pair_error enable_pair(struct call *c, const char *id, const struct zone *zone,
                                     struct fast_restore *ret)
{
    struct snapshot s;
    struct pair_error error = why_not_enabled(c, id, &s);
    if (!error.code && (!fast_restore_find(c, id, zone, ret) || !fast_restore_is_on(ret)))
        fast_restore_start(c, &s, zone, ret);
    return error;
}

static struct pair_error disable_pair(struct call *c, const char *id, const struct zone *zone,
                                      struct fast_restore *ret)
{
    if (!fast_restore_find(c, id, zone, ret) || !fast_restore_is_on(ret))
        return ERROR_IN_PAIR("InvalidParameterValue",
                             "Fast snapshot restore is not enabled for the snapshot in this "
                             "Availability Zone.");
    fast_restore_disable(c, ret);
    return (struct pair_error){ 0 };
}

typedef struct pair_error change_pair(struct call *c, const char *id, const struct zone *zone,
                                      struct fast_restore *ret);

static void emit_errors_of(struct call *c, const char *id, const struct list *errors)
{
    emit_item(c);
    emit_text(c, "snapshotId", id);
    emit_list(c, "fastSnapshotRestoreStateErrorSet");
    LIST_EACH (struct pair_error, e, errors) {
        if (!text_is(e->snapshot, id))
            continue;
        emit_item(c);
        emit_text(c, "availabilityZone", e->zone->name);
        emit_text(c, "availabilityZoneId", e->zone->id);
        emit_open(c, "error");
        emit_text(c, "code", e->code);
        emit_text(c, "message", e->message);
        emit_close(c);
        emit_close(c);
    }
    emit_close(c);
    emit_close(c);
}

/* One item for each snapshot that has an error. */
static void emit_errors(struct call *c, const struct list *errors)
{
    struct list shown = { 0 };
    emit_list(c, "unsuccessful");
    LIST_EACH (struct pair_error, e, errors) {
        if (strs_have(&shown, e->snapshot))
            continue;
        strs_add(c->a, &shown, e->snapshot);
        emit_errors_of(c, e->snapshot, errors);
    }
    emit_close(c);
}

static int change_fast_restores(struct call *c, const struct fast_restores *in, change_pair *change)
{
    struct list zones = { 0 }, done = { 0 }, errors = { 0 };
    if (in->snapshots.count > MAX_SNAPSHOTS)
        return fail(c, E_FastRestoreMany, MAX_SNAPSHOTS);
    if (snapshot_ids_check(c, &in->snapshots) || find_zones(c, in, &zones) || dry_run_ends(c))
        return -1;
    LIST_EACH (const char *, id, &in->snapshots) {
        LIST_EACH (const struct zone *, zone, &zones) {
            struct fast_restore f;
            struct pair_error error = change(c, *id, *zone, &f);
            error.snapshot = *id;
            error.zone = *zone;
            if (error.code)
                *list_add(c->a, &errors, struct pair_error) = error;
            else
                *list_add(c->a, &done, struct fast_restore) = f;
        }
    }
    emit_nouns(c, "successful", &fast_restore_schema, &done, VIEW_CREATED);
    emit_errors(c, &errors);
    return 0;
}

static int enable_fast_snapshot_restores(struct call *c, const struct fast_restores *in)
{
    return change_fast_restores(c, in, enable_pair);
}

OPERATION_AS(
    ec2, EnableFastSnapshotRestores, enable_fast_snapshot_restores, fast_restores_params,
    struct fast_restores, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
    .errors = "InvalidParameterValue InvalidParameterCombination InvalidSnapshotID.Malformed "
              "InvalidRequest",
    .effects = "Volumes of the snapshots are fully there at once in the zones, as soon as it "
               "is enabled.");

static int disable_fast_snapshot_restores(struct call *c, const struct fast_restores *in)
{
    return change_fast_restores(c, in, disable_pair);
}

OPERATION_AS(ec2, DisableFastSnapshotRestores, disable_fast_snapshot_restores, fast_restores_params,
             struct fast_restores, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
             .errors =
                 "InvalidParameterValue InvalidParameterCombination InvalidSnapshotID.Malformed "
                 "InvalidRequest",
             .effects = "Ends it; volumes that were made stay as they are.");

/* ---- DescribeFastSnapshotRestores ---- */

static const struct param describe_fast_restores_params[] = {
    { "Filter", FILTERS(struct listing, filters) },
    PAGING_BETWEEN(struct listing, page, 0, 200),
    { 0 },
};

static const struct describe fast_restore_list = {
    .schema = &fast_restore_schema,
    .set = "fastSnapshotRestoreSet",
    .visible = MINE,
    .page = { .least = 1, .zero_is_all = true },
};

LISTS(ec2, DescribeFastSnapshotRestores, describe_fast_restores_params, fast_restore_list,
      .errors = "InvalidParameterValue InvalidParameterCombination");
