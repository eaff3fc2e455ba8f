/* See cost.h. */
#include "world/account/cost.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/price.h"
#include "store/noun.h"
#include "world/account/lineage.h"
#include "world/snapshot/snapshot.h"

#define MONTH_MS (30 * DAY_MS)
#define GIB ((double)(INT64_C(1) << 30))
#define NANO_PER_MICRO 1000.0
#define MAX_NANODOLLARS 9e15

const struct schema snapshot_charge_schema = {
    .name = "snapshot_charge",
    .indexes =
        (const char *const[]){
            "snapshot_charge_open ON snapshot_charge (lineage) WHERE bytes IS NULL",
            "snapshot_charge_running ON snapshot_charge (lineage) WHERE ended IS NULL", NULL },
    .was = "charge",
    .size = sizeof(struct snapshot_charge),
    .unwatched = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct snapshot_charge, snapshot), .column = "snapshot" },
            { TEXT_FIELD(struct snapshot_charge, account), .column = "account",
              .flags = FIELD_OWNER },
            { TEXT_FIELD(struct snapshot_charge, region), .column = "region" },
            { TEXT_FIELD(struct snapshot_charge, lineage), .column = "lineage",
              .flags = FIELD_INDEXED },
            { TEXT_FIELD(struct snapshot_charge, tier), .column = "tier" },
            { TIME_FIELD(struct snapshot_charge, begun), .column = "begun" },
            { TIME_FIELD(struct snapshot_charge, ended), .column = "ended" },
            { TIME_FIELD(struct snapshot_charge, since), .column = "since" },
            { INT_FIELD(struct snapshot_charge, amount), .column = "amount" },
            { INT_FIELD(struct snapshot_charge, bytes), .column = "bytes" },
            { INT_FIELD(struct snapshot_charge, archived), .column = "archived" },
            { INT_FIELD(struct snapshot_charge, alone), .column = "alone" },
            { INT_FIELD(struct snapshot_charge, full), .column = "full" },
            { TIME_FIELD(struct snapshot_charge, archived_since), .column = "archived_since" },
            { 0 } },
};

/* ---- Amounts ---- */

/* Added to what there is; a state that was brought in may say anything. */
static int64_t nanodollars(int64_t before, double dollars_in_millionths)
{
    double sum = (double)before + dollars_in_millionths * NANO_PER_MICRO + 0.5;
    return (int64_t)(sum > MAX_NANODOLLARS    ? MAX_NANODOLLARS
                     : sum < -MAX_NANODOLLARS ? -MAX_NANODOLLARS
                                              : sum);
}

static double month_price(struct call *c, const struct snapshot_charge *charge)
{
    struct region_prices p = prices_in(c, charge->region);
    return (double)charge->bytes / GIB * (double)p.snapshot_gb_month
           + (double)charge->archived / GIB * (double)p.snapshot_archive_gb_month;
}

int64_t snapshot_charge_per_month(struct call *c, const struct snapshot_charge *charge)
{
    return nanodollars(0, month_price(c, charge));
}

int64_t snapshot_charge_until_now(struct call *c, const struct snapshot_charge *charge)
{
    double months = (double)(c->now - charge->since) / (double)MONTH_MS;
    return nanodollars(charge->amount, month_price(c, charge) * months);
}

static void settle_charge(struct call *c, struct snapshot_charge *charge)
{
    charge->bytes = charge->bytes == ABSENT ? 0 : charge->bytes;
    charge->amount = snapshot_charge_until_now(c, charge);
    charge->since = c->now;
    charge->bytes = charge->archived = charge->alone = 0;
}

/* ---- Changes ---- */

static bool is_archived(const struct snapshot *s)
{
    return text_is(s->tier, "archive") || s->restore_expiry != ABSENT;
}

/* Who leaves the archive before its least time pays for the rest of it [guide]. */
static void leave_archive(struct call *c, struct snapshot_charge *charge)
{
    struct region_prices p = prices_in(c, charge->region);
    if (charge->archived_since == ABSENT)
        return;
    int64_t least = charge->archived_since + p.snapshot_archive_minimum_days * DAY_MS;
    if (c->now < least)
        charge->amount = nanodollars(
            charge->amount, (double)charge->full / GIB * (double)p.snapshot_archive_gb_month
                                * (double)(least - c->now) / (double)MONTH_MS);
    charge->archived_since = ABSENT;
}

static struct snapshot_charge begin_charge(struct call *c, const struct snapshot *s)
{
    NOUN(struct snapshot_charge, snapshot_charge_schema, charge);
    charge.snapshot = s->id;
    charge.account = s->owner;
    charge.region = s->region;
    charge.tier = "standard";
    charge.begun = charge.since = c->now;
    charge.amount = charge.bytes = charge.archived = charge.alone = 0;
    if (s->duration != ABSENT)
        charge.amount = nanodollars(0, (double)s->full_size / GIB
                                           * (double)timed_copy_price(c->sim, s->duration));
    return charge;
}

/* The charge of a snapshot that is there, settled until now, before its bytes are shared out. */
static struct snapshot_charge continue_charge(struct call *c, const struct snapshot *s)
{
    struct snapshot_charge charge;
    struct region_prices p = prices_in(c, s->region);
    if (store_get(c, &snapshot_charge_schema, s->id, &charge))
        settle_charge(c, &charge);
    else
        charge = begin_charge(c, s);
    charge.lineage = s->lineage ? s->lineage : s->id;
    charge.full = s->full_size == ABSENT ? 0 : s->full_size;
    if (text_is(charge.tier, "archive") && text_is(s->tier, "standard"))
        charge.amount =
            nanodollars(charge.amount, (double)charge.full / GIB * (double)p.snapshot_restore_gb);
    if (!is_archived(s))
        leave_archive(c, &charge);
    else if (charge.archived_since == ABSENT)
        charge.archived_since = c->now;
    charge.tier = s->tier;
    charge.archived = is_archived(s) ? charge.full : 0;
    return charge;
}

static void end_gone(struct call *c, const char *account, const char *region, const char *lineage)
{
    struct list gone =
        store_list(c, &snapshot_charge_schema,
                   "lineage = ? AND ended IS NULL AND +account = ? AND +region = ?"
                   " AND NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.id = snapshot)",
                   SQL_ARGS(SQL_TEXT(lineage), SQL_TEXT(account), SQL_TEXT(region)));
    LIST_EACH (struct snapshot_charge, charge, &gone) {
        settle_charge(c, charge);
        leave_archive(c, charge);
        charge->ended = c->now;
        store_put(c, &snapshot_charge_schema, charge);
    }
}

/* The complete snapshots of a lineage, the oldest first. */
static struct list snapshots_of(struct call *c, const char *account, const char *region,
                                const char *lineage)
{
    return store_list(c, &snapshot_schema,
                      "(lineage = ?3 OR (lineage IS NULL AND id = ?3)) AND +owner = ?2"
                      " AND +region = ?1 AND status = 'completed' ORDER BY completed, rowid",
                      SQL_ARGS(SQL_TEXT(region), SQL_TEXT(account), SQL_TEXT(lineage)));
}

/* Into charges, one for each snapshot, whose tiers they know. */
static void share_lineage(struct call *c, const struct list *snapshots,
                          struct snapshot_charge *charges)
{
    struct share *shares = arena_array(c->a, struct share, snapshots->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < snapshots->count; i++) {
        const struct snapshot *s = list_at(snapshots, struct snapshot, i);
        if (text_is(charges[i].tier, "standard"))
            shares[n++] =
                (struct share){ .layer = s->layer, .declared = s->content.declared_bytes };
    }
    lineage_share(c->store, c->a, shares, n);
    n = 0;
    for (size_t i = 0; i < snapshots->count; i++) {
        bool shared = text_is(charges[i].tier, "standard");
        charges[i].bytes = shared ? shares[n].bytes : 0;
        charges[i].alone = shared ? shares[n].alone : 0;
        n += shared;
    }
}

/* Whether it goes on as it did: then there is nothing to settle. */
static bool is_as_before(const struct snapshot_charge *before, const struct snapshot_charge *after)
{
    return before->bytes == after->bytes && before->archived == after->archived
           && before->alone == after->alone && before->full == after->full
           && before->archived_since == after->archived_since && text_is(before->tier, after->tier)
           && text_is(before->lineage, after->lineage);
}

static void settle_lineage(struct call *c, const char *account, const char *region,
                           const char *lineage)
{
    struct list snapshots = snapshots_of(c, account, region, lineage);
    struct snapshot_charge before;
    struct snapshot_charge *charges =
        arena_array(c->a, struct snapshot_charge, snapshots.count + 1);
    for (size_t i = 0; i < snapshots.count; i++)
        charges[i] = continue_charge(c, list_at(&snapshots, struct snapshot, i));
    share_lineage(c, &snapshots, charges);
    for (size_t i = 0; i < snapshots.count; i++) {
        if (!store_get(c, &snapshot_charge_schema, charges[i].snapshot, &before)
            || !is_as_before(&before, &charges[i]))
            store_put(c, &snapshot_charge_schema, &charges[i]);
    }
    end_gone(c, account, region, lineage);
}

static bool is_snapshot_there(struct call *c, const struct snapshot *s)
{
    return store_number(c->store, "SELECT 1 FROM snapshot WHERE id = ?", SQL_ARGS(SQL_TEXT(s->id)))
           != ABSENT;
}

/* ---- The newest ---- */

static bool is_open(struct call *c, const char *lineage)
{
    return store_number(c->store,
                        "SELECT 1 FROM snapshot_charge WHERE lineage = ? AND bytes IS NULL LIMIT 1",
                        SQL_ARGS(SQL_TEXT(lineage)))
           != ABSENT;
}

/* The only one of a lineage is settled at once: that costs no more. */
static bool is_newest_of_some(struct call *c, const struct snapshot *s, const char *lineage)
{
    bool some = store_number(c->store, "SELECT 1 FROM snapshot WHERE lineage = ? LIMIT 1 OFFSET 1",
                             SQL_ARGS(SQL_TEXT(lineage)))
                != ABSENT;
    return some
           && store_number(c->store,
                           "SELECT 1 FROM snapshot WHERE lineage = ?1 AND completed > ?2"
                           " UNION ALL SELECT 1 FROM snapshot WHERE lineage = ?1 AND completed = ?2"
                           " AND rowid > (SELECT rowid FROM snapshot WHERE id = ?3) LIMIT 1",
                           SQL_ARGS(SQL_TEXT(lineage), SQL_INT(s->completed), SQL_TEXT(s->id)))
                  == ABSENT;
}

/* The newest takes nothing from the older ones: what it is charged for can be found out later, as
 * long as none of them goes. Its bytes are not known until then. */
static void open_charge(struct call *c, const struct snapshot *s)
{
    struct snapshot_charge charge = continue_charge(c, s);
    charge.bytes = ABSENT;
    store_put(c, &snapshot_charge_schema, &charge);
}

static void close_lineage(struct call *c, const char *account, const char *region,
                          const char *lineage)
{
    struct list snapshots = snapshots_of(c, account, region, lineage);
    struct snapshot_charge *charges =
        arena_array(c->a, struct snapshot_charge, 2 * snapshots.count + 1);
    struct snapshot_charge *before = charges + snapshots.count;
    for (size_t i = 0; i < snapshots.count; i++) {
        const char *id = list_at(&snapshots, struct snapshot, i)->id;
        bool known = store_get(c, &snapshot_charge_schema, id, &charges[i]);
        if (!known)
            charges[i] = begin_charge(c, list_at(&snapshots, struct snapshot, i));
        before[i] = charges[i];
        before[i].bytes = known ? charges[i].bytes : ABSENT;
    }
    share_lineage(c, &snapshots, charges);
    for (size_t i = 0; i < snapshots.count; i++) {
        if (!is_as_before(&before[i], &charges[i]))
            store_put(c, &snapshot_charge_schema, &charges[i]);
    }
}

void cost_close(struct call *c, const struct snapshot *s)
{
    const char *lineage = s->lineage ? s->lineage : s->id;
    if (is_open(c, lineage))
        close_lineage(c, s->owner, s->region, lineage);
}

void cost_close_all(struct call *c)
{
    struct list open = store_list(c, &snapshot_charge_schema, "bytes IS NULL", NULL);
    LIST_EACH (struct snapshot_charge, charge, &open) {
        if (is_open(c, charge->lineage)) /* none of those before was of the same */
            close_lineage(c, charge->account, charge->region, charge->lineage);
    }
}

/* What a complete snapshot holds never changes, so most of what happens to one costs nothing. */
void cost_changed(struct call *c, const struct snapshot *s)
{
    const char *lineage = s->lineage ? s->lineage : s->id;
    struct snapshot_charge before;
    if (!text_is(s->status, "completed"))
        return;
    bool known = store_get(c, &snapshot_charge_schema, s->id, &before);
    bool moved = known && !text_is(before.lineage, lineage);
    if (known && !moved && is_snapshot_there(c, s) && text_is(before.tier, s->tier)
        && (before.archived_since != ABSENT) == is_archived(s))
        return;
    if (!known && is_snapshot_there(c, s) && !is_archived(s) && is_newest_of_some(c, s, lineage)) {
        open_charge(c, s);
        return;
    }
    settle_lineage(c, s->owner, s->region, lineage);
    if (moved)
        settle_lineage(c, s->owner, s->region, before.lineage);
}
