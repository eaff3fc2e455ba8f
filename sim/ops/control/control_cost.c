/* GET /_amisim/cost: what the snapshots of each account and Region cost, now and until now, which
 * images they belong to, and why what is left after DeregisterImage is still charged.
 *
 * How bytes become money is world/account/cost.c's to know. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/op.h"
#include "catalog/price.h"
#include "reply/emit.h"
#include "store/noun.h"
#include "world/account/cost.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_lock.h"

struct get_cost {
    const char *account, *region;
};

static const struct param get_cost_params[] = {
    { "account", TEXT(struct get_cost, account), .flags = PARAM_QUERY },
    { "region", TEXT(struct get_cost, region), .flags = PARAM_QUERY },
    { 0 },
};

struct sum {
    double amount, per_month; /* billionths of a dollar */
};

static void emit_dollars(struct call *c, const char *name, double nanodollars)
{
    emit_real(c, name, nanodollars / NANODOLLAR_PER_DOLLAR);
}

static void emit_sum(struct call *c, const struct sum *sum)
{
    emit_dollars(c, "amount", sum->amount);
    emit_dollars(c, "perMonth", sum->per_month);
}

static void sum_add(struct call *c, struct sum *sum, const struct snapshot_charge *charge)
{
    sum->amount += (double)snapshot_charge_until_now(c, charge);
    sum->per_month += (double)snapshot_charge_per_month(c, charge);
}

static struct sum sum_of(struct call *c, const struct list *charges)
{
    struct sum sum = { 0 };
    LIST_EACH (struct snapshot_charge, charge, charges)
        sum_add(c, &sum, charge);
    return sum;
}

/* ---- Why a snapshot is charged ---- */

/* Images that are made of it, the gone ones among them, the newest first. */
static struct list images_of(struct call *c, const char *snapshot)
{
    return store_list(c, &image_schema,
                      "id IN (SELECT parent FROM image_mappings WHERE snapshot = ?1"
                      " UNION SELECT parent FROM image_mappings WHERE former = ?1)"
                      " ORDER BY rowid DESC",
                      SQL_ARGS(SQL_TEXT(snapshot)));
}

static const char *because_of_image(struct call *c, const struct image *image)
{
    if (image->deregistered != ABSENT)
        return arena_printf(c->a,
                            "image %s was deregistered at %s without its snapshots: they are "
                            "charged until they are deleted",
                            image->id, time_format_s(c->a, image->deregistered));
    if (image->recycle_enter != ABSENT)
        return arena_printf(c->a, "image %s is in the Recycle Bin until %s and keeps its snapshots",
                            image->id, time_format_s(c->a, image->recycle_exit));
    return arena_printf(c->a, "image %s is made of it", image->id);
}

/* The reason that stands in the way of deleting it first. */
static const char *why_charged(struct call *c, const struct snapshot *s, const struct list *images)
{
    struct snapshot_lock lock;
    const char *left = NULL;
    if (s->recycle_enter != ABSENT)
        return arena_printf(c->a, "deleted, but kept in the Recycle Bin until %s",
                            time_format_s(c->a, s->recycle_exit));
    LIST_EACH (struct image, image, images) {
        const char *because = because_of_image(c, image);
        if (image->deregistered == ABSENT)
            return because;
        left = left ? left : because;
    }
    if (store_get(c, &snapshot_lock_schema, s->id, &lock) && lock.ends != ABSENT
        && lock.ends > c->now)
        return arena_printf(c->a, "locked: it cannot be deleted before %s",
                            time_format_s(c->a, lock.ends));
    return left ? left : "a snapshot is charged until it is deleted";
}

/* ---- Snapshots ---- */

static void emit_bytes_of(struct call *c, const struct snapshot_charge *charge)
{
    bool standard = text_is(charge->tier, "standard");
    emit_open(c, "bytes");
    emit_int(c, "full", charge->full);
    emit_int(c, "alone", standard ? charge->alone : charge->archived);
    emit_int(c, "shared",
             standard && charge->full > charge->alone ? charge->full - charge->alone : 0);
    emit_int(c, "charged", charge->bytes);
    emit_int(c, "archived", charge->archived);
    emit_close(c);
}

static void emit_there(struct call *c, const struct snapshot_charge *charge,
                       const struct snapshot *s)
{
    struct list images = images_of(c, s->id);
    emit_text(c, "volumeId", s->volume);
    emit_text(c, "tier", s->tier);
    emit_bytes_of(c, charge);
    emit_list(c, "images");
    LIST_EACH (struct image, image, &images)
        emit_item_text(c, image->id);
    emit_close(c);
    emit_text(c, "why", why_charged(c, s, &images));
}

static void emit_charge(struct call *c, const struct snapshot_charge *charge)
{
    struct snapshot s;
    struct sum sum = { 0 };
    sum_add(c, &sum, charge);
    emit_item(c);
    emit_text(c, "snapshotId", charge->snapshot);
    emit_time(c, "since", charge->begun);
    emit_time(c, "until", charge->ended);
    emit_sum(c, &sum);
    if (charge->ended == ABSENT && store_get(c, &snapshot_schema, charge->snapshot, &s))
        emit_there(c, charge, &s);
    emit_close(c);
}

/* ---- Images ---- */

static const char *image_state(const struct image *image)
{
    return image->recycle_enter != ABSENT ? "in the Recycle Bin" : image->state;
}

/* An image costs what its snapshots cost; one that two images share is counted in both. */
static void emit_image(struct call *c, const struct image *image)
{
    struct list own = { 0 };
    struct snapshot_charge charge;
    LIST_EACH (struct mapping, m, &image->mappings) {
        const char *snapshot = mapping_snapshot(m);
        if (snapshot && store_get(c, &snapshot_charge_schema, snapshot, &charge)
            && text_is(charge.account, image->owner) && text_is(charge.region, image->region))
            *list_add(c->a, &own, struct snapshot_charge) = charge;
    }
    struct sum sum = sum_of(c, &own);
    emit_item(c);
    emit_text(c, "imageId", image->id);
    emit_text(c, "name", image->name);
    emit_text(c, "state", image_state(image));
    emit_time_s(c, "deregistered", image->deregistered);
    emit_sum(c, &sum);
    emit_list(c, "snapshots");
    LIST_EACH (struct snapshot_charge, one, &own)
        emit_item_text(c, one->snapshot);
    emit_close(c);
    emit_close(c);
}

/* ---- Regions and accounts ---- */

static void emit_prices(struct call *c, const char *region)
{
    struct region_prices p = prices_in(c, region);
    emit_open(c, "prices");
    emit_real(c, "standardGbMonth", (double)p.snapshot_gb_month / DOLLAR);
    emit_real(c, "archiveGbMonth", (double)p.snapshot_archive_gb_month / DOLLAR);
    emit_real(c, "restoreGb", (double)p.snapshot_restore_gb / DOLLAR);
    emit_close(c);
}

/* The first of the charges and those behind it that have the same text in a member: they are taken
 * off the list. */
static struct list take_group(struct list *charges, size_t member)
{
    struct list group = { .items = charges->items };
    const char *first = *(const char **)((char *)group.items + member);
    while (group.count < charges->count
           && text_is(first,
                      *(const char **)((char *)list_at(charges, struct snapshot_charge, group.count)
                                       + member)))
        group.count++;
    charges->items = list_at(charges, struct snapshot_charge, group.count);
    charges->count -= group.count;
    return group;
}

/* Those that are there and those that are gone, each by its index. */
static struct list images_in(struct call *c, const char *account, const char *region)
{
    return store_list(c, &image_schema,
                      "rowid IN (SELECT rowid FROM image WHERE owner = ?1 AND region = ?2"
                      " AND state <> 'deregistered' UNION ALL SELECT rowid FROM image"
                      " WHERE owner = ?1 AND region = ?2 AND state = 'deregistered')",
                      SQL_ARGS(SQL_TEXT(account), SQL_TEXT(region)));
}

/* charges: of one account in one Region. */
static void emit_region(struct call *c, const struct list *charges)
{
    const struct snapshot_charge *first = charges->items;
    const char *region = first->region;
    struct list images = images_in(c, first->account, region);
    struct sum sum = sum_of(c, charges);
    emit_item(c);
    emit_text(c, "region", region);
    emit_sum(c, &sum);
    emit_prices(c, region);
    emit_list(c, "snapshots");
    LIST_EACH (struct snapshot_charge, charge, charges)
        emit_charge(c, charge);
    emit_close(c);
    emit_list(c, "images");
    LIST_EACH (struct image, image, &images)
        emit_image(c, image);
    emit_close(c);
    emit_close(c);
}

/* charges: of one account. */
static void emit_account(struct call *c, struct list charges)
{
    struct sum sum = sum_of(c, &charges);
    emit_item(c);
    emit_text(c, "account", list_at(&charges, struct snapshot_charge, 0)->account);
    emit_sum(c, &sum);
    emit_list(c, "regions");
    while (charges.count) {
        struct list here = take_group(&charges, offsetof(struct snapshot_charge, region));
        emit_region(c, &here);
    }
    emit_close(c);
    emit_close(c);
}

/* A condition that was not given is NULL. */
static void emit_cost(struct call *c, const struct get_cost *in)
{
    struct list charges = store_list(c, &snapshot_charge_schema,
                                     "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
                                     " ORDER BY account, region, begun, rowid",
                                     SQL_ARGS(SQL_TEXT(in->account), SQL_TEXT(in->region)));
    struct sum sum = sum_of(c, &charges);
    emit_time(c, "now", c->now);
    emit_text(c, "currency", "USD");
    emit_sum(c, &sum);
    emit_list(c, "accounts");
    while (charges.count)
        emit_account(c, take_group(&charges, offsetof(struct snapshot_charge, account)));
    emit_close(c);
}

static int get_cost(struct call *c, const struct get_cost *in)
{
    store_begin(c->store); /* it reads: what is found out for it is not kept */
    cost_close_all(c);
    emit_cost(c, in);
    store_rollback(c->store);
    return 0;
}

OPERATION(control, GetCost, get_cost, .route = "GET /_amisim/cost", .flags = OP_ALONE);
