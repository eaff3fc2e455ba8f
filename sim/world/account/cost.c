/* See cost.h. */
#include "world/account/cost.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/price.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/snapshot/snapshot.h"

#define MONTH_MS (30 * DAY_MS)
#define GIB ((double)(INT64_C(1) << 30))
#define NANO_PER_MICRO 1000.0
#define MAX_NANODOLLARS 9e15

const struct schema snapshot_charge_schema = {
    .name = "snapshot_charge",
    .indexes =
        (const char *const[]){
            "snapshot_charge_open ON snapshot_charge (lineage) WHERE bytes IS NULL", NULL },
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

/* ---- Blocks of a lineage ---- */

/* A block as one snapshot holds it. Bytes without blocks are one block of their own. */
struct held {
    int64_t position, block, bytes;
    size_t by; /* index of the snapshot, the oldest first */
};

static int by_block(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->position != y->position)
        return x->position < y->position ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return x->by < y->by ? -1 : x->by > y->by;
}

static void hold_blocks(struct call *c, struct list *held, const struct snapshot *s, size_t by)
{
    struct list blocks = layer_blocks(c->store, c->a, s->layer, 0, INT64_MAX);
    if (s->content.declared_bytes != ABSENT && s->content.declared_bytes > 0)
        *list_add(c->a, held, struct held) =
            (struct held){ -1, s->content.declared_bytes, s->content.declared_bytes, by };
    LIST_EACH (struct placed, p, &blocks)
        *list_add(c->a, held, struct held) = (struct held){ p->position, p->block, BLOCK_SIZE, by };
}

/* Each block is charged to the first that holds it; alone are those that one snapshot holds. */
static void share_out(struct list *held, struct snapshot_charge *charges)
{
    struct held *h = held->items;
    if (!held->count)
        return;
    qsort(h, held->count, sizeof *h, by_block);
    for (size_t i = 0, next; i < held->count; i = next) {
        next = i + 1;
        while (next < held->count && h[next].position == h[i].position
               && h[next].block == h[i].block)
            next++;
        charges[h[i].by].bytes += h[i].bytes;
        if (next == i + 1)
            charges[h[i].by].alone += h[i].bytes;
    }
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
    struct list gone = store_list(c, &snapshot_charge_schema,
                                  "account = ? AND region = ? AND lineage = ? AND ended IS NULL"
                                  " AND snapshot NOT IN (SELECT id FROM snapshot)",
                                  SQL_ARGS(SQL_TEXT(account), SQL_TEXT(region), SQL_TEXT(lineage)));
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
    struct list held = { 0 };
    for (size_t i = 0; i < snapshots->count; i++) {
        charges[i].bytes = charges[i].alone = 0;
        if (text_is(charges[i].tier, "standard"))
            hold_blocks(c, &held, list_at(snapshots, struct snapshot, i), i);
    }
    share_out(&held, charges);
}

static void settle_lineage(struct call *c, const char *account, const char *region,
                           const char *lineage)
{
    struct list snapshots = snapshots_of(c, account, region, lineage);
    struct snapshot_charge *charges =
        arena_array(c->a, struct snapshot_charge, snapshots.count + 1);
    for (size_t i = 0; i < snapshots.count; i++)
        charges[i] = continue_charge(c, list_at(&snapshots, struct snapshot, i));
    share_lineage(c, &snapshots, charges);
    for (size_t i = 0; i < snapshots.count; i++)
        store_put(c, &snapshot_charge_schema, &charges[i]);
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

/* So few that they are settled at once. */
#define SHORT_LINEAGE 16

static bool is_newest_of_many(struct call *c, const struct snapshot *s, const char *lineage)
{
    bool many = store_number(c->store, "SELECT 1 FROM snapshot WHERE lineage = ? LIMIT 1 OFFSET ?",
                             SQL_ARGS(SQL_TEXT(lineage), SQL_INT(SHORT_LINEAGE)))
                != ABSENT;
    return many
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
        arena_array(c->a, struct snapshot_charge, snapshots.count + 1);
    for (size_t i = 0; i < snapshots.count; i++) {
        const char *id = list_at(&snapshots, struct snapshot, i)->id;
        if (!store_get(c, &snapshot_charge_schema, id, &charges[i]))
            charges[i] = begin_charge(c, list_at(&snapshots, struct snapshot, i));
    }
    share_lineage(c, &snapshots, charges);
    for (size_t i = 0; i < snapshots.count; i++)
        store_put(c, &snapshot_charge_schema, &charges[i]);
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
    if (!known && is_snapshot_there(c, s) && !is_archived(s) && is_newest_of_many(c, s, lineage)) {
        open_charge(c, s);
        return;
    }
    settle_lineage(c, s->owner, s->region, lineage);
    if (moved)
        settle_lineage(c, s->owner, s->region, before.lineage);
}
