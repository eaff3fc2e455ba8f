/* GET /_amisim/cost: what the snapshots of each account and Region cost, now and until now, which
 * images they belong to, and why what is left after DeregisterImage is still charged.
 *
 * How bytes become money is world/account/cost.c's to know. */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/price.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "reply/render.h"
#include "store/noun.h"
#include "world/account/cost.h"
#include "world/aside.h"
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
    emit_text(c, "snapshotId", charge->snapshot);
    emit_time(c, "since", charge->begun);
    emit_time(c, "until", charge->ended);
    emit_sum(c, &sum);
    if (charge->ended == ABSENT && store_get(c, &snapshot_schema, charge->snapshot, &s))
        emit_there(c, charge, &s);
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
    emit_text(c, "imageId", image->id);
    emit_text(c, "name", image->name);
    emit_text(c, "state", image_state(image));
    emit_time_s(c, "deregistered", image->deregistered);
    emit_sum(c, &sum);
    emit_list(c, "snapshots");
    LIST_EACH (struct snapshot_charge, one, &own)
        emit_item_text(c, one->snapshot);
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

/* ---- The bill, in pieces ---- */

#define PIECE ((size_t)64 * 1024)

/* An account, or one of its Regions, which follow it. */
struct part {
    const char *account, *region; /* region NULL: all of the account */
    struct sum sum;
};

/* It is made out in a copy of the world, which stands still. */
struct bill {
    struct stream stream;
    struct aside aside;
    struct arena *a, one; /* of all of it; of one charge. That of the call is the piece's. */
    const struct op *op;
    struct sum sum;
    struct list parts; /* struct part */
    size_t next;
    struct cursor *charges, *images; /* what is left of a Region; NULL: nothing */
    bool begun, first; /* its head is out; the next one is the first in its list */
};

static struct part *last_part(struct bill *b)
{
    return b->parts.count ? list_at(&b->parts, struct part, b->parts.count - 1) : NULL;
}

static struct part *part_of(struct bill *b, const char *account, const char *region)
{
    struct part *part = list_add(b->a, &b->parts, struct part);
    *part = (struct part){ .account = arena_strdup(b->a, account),
                           .region = arena_strdup(b->a, region) };
    return part;
}

/* Charges come by account and Region. */
static void add_charge(struct bill *b, size_t *account, const struct snapshot_charge *charge)
{
    struct part *last = last_part(b);
    if (!last || !text_is(last->account, charge->account)) {
        part_of(b, charge->account, NULL);
        *account = b->parts.count - 1;
    }
    last = last_part(b);
    if (!last->region || !text_is(last->region, charge->region))
        last = part_of(b, charge->account, charge->region);
    struct call *c = &b->aside.call;
    sum_add(c, &last->sum, charge);
    sum_add(c, &list_at(&b->parts, struct part, *account)->sum, charge);
    sum_add(c, &b->sum, charge);
}

/* A condition that was not given is NULL. */
static void add_up(struct bill *b, const struct get_cost *in)
{
    struct call *c = &b->aside.call;
    struct snapshot_charge charge;
    size_t account = 0;
    struct cursor *cur = store_find(c, &snapshot_charge_schema,
                                    "(?1 IS NULL OR account = ?1) AND (?2 IS NULL OR region = ?2)"
                                    " ORDER BY account, region",
                                    SQL_ARGS(SQL_TEXT(in->account), SQL_TEXT(in->region)));
    for (c->a = &b->one; cursor_next(cur, &charge); arena_reset(&b->one))
        add_charge(b, &account, &charge);
    c->a = b->a;
}

/* What was emitted, up to the list that goes on with the next pieces. */
static void add_head(struct bill *b, struct buffer *out, const char *list)
{
    struct call *c = &b->aside.call;
    const char *json = reply_piece(c);
    buffer_add(c->a, out, json, strlen(json) - 1);
    buffer_add_text(c->a, out, arena_printf(c->a, ",\"%s\":[", list));
    b->first = true;
}

static void begin_item(struct bill *b, struct buffer *out)
{
    struct call *c = &b->aside.call;
    if (!b->first)
        buffer_add_text(c->a, out, ",");
    b->first = false;
    reply_begin(c, b->op->service, b->op->name);
}

static void add_bill(struct bill *b, struct buffer *out)
{
    struct call *c = &b->aside.call;
    begin_item(b, out);
    emit_time(c, "now", c->now);
    emit_text(c, "currency", "USD");
    emit_sum(c, &b->sum);
    add_head(b, out, "accounts");
}

static void add_account(struct bill *b, struct buffer *out, const struct part *part)
{
    struct call *c = &b->aside.call;
    begin_item(b, out);
    emit_text(c, "account", part->account);
    emit_sum(c, &part->sum);
    add_head(b, out, "regions");
}

/* Those that are there and those that are gone, each by its index. */
static struct cursor *images_in(struct call *c, const struct sql_arg *here)
{
    return store_find(c, &image_schema,
                      "rowid IN (SELECT rowid FROM image WHERE owner = ?1 AND region = ?2"
                      " AND state <> 'deregistered' UNION ALL SELECT rowid FROM image"
                      " WHERE owner = ?1 AND region = ?2 AND state = 'deregistered')",
                      here);
}

/* What is bound and the cursors outlive the piece. */
static void add_region(struct bill *b, struct buffer *out, const struct part *part)
{
    struct call *c = &b->aside.call;
    struct arena *piece = c->a;
    const struct sql_arg *here = SQL_ARGS(SQL_TEXT(part->account), SQL_TEXT(part->region));
    begin_item(b, out);
    emit_text(c, "region", part->region);
    emit_sum(c, &part->sum);
    emit_prices(c, part->region);
    add_head(b, out, "snapshots");
    c->a = b->a;
    b->charges = store_find(c, &snapshot_charge_schema,
                            "account = ? AND region = ? ORDER BY begun, rowid", here);
    b->images = images_in(c, here);
    c->a = piece;
}

static void add_snapshot(struct bill *b, struct buffer *out)
{
    struct call *c = &b->aside.call;
    struct snapshot_charge charge;
    if (!cursor_next(b->charges, &charge)) {
        buffer_add_text(c->a, out, "],\"images\":[");
        b->charges = NULL;
        b->first = true;
        return;
    }
    begin_item(b, out);
    emit_charge(c, &charge);
    buffer_add_text(c->a, out, reply_piece(c));
}

static void add_image(struct bill *b, struct buffer *out)
{
    struct call *c = &b->aside.call;
    struct image image;
    if (!cursor_next(b->images, &image)) {
        buffer_add_text(c->a, out, "]}");
        b->images = NULL;
        b->first = false;
        return;
    }
    begin_item(b, out);
    emit_image(c, &image);
    buffer_add_text(c->a, out, reply_piece(c));
}

static void add_part(struct bill *b, struct buffer *out)
{
    const struct part *part = list_at(&b->parts, struct part, b->next);
    if (!part->region && b->next)
        buffer_add_text(b->aside.call.a, out, "]}");
    b->first &= !b->next || part->region;
    b->next++;
    if (part->region)
        add_region(b, out, part);
    else
        add_account(b, out, part);
}

static const char *bill_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct bill *b = (struct bill *)s; /* its first member */
    struct buffer out = { 0 };
    (void)sim;
    b->aside.call.a = a;
    if (!b->begun)
        add_bill(b, &out);
    b->begun = true;
    while (out.n < PIECE && !s->ends) {
        if (b->charges)
            add_snapshot(b, &out);
        else if (b->images)
            add_image(b, &out);
        else if (b->next < b->parts.count)
            add_part(b, &out);
        else
            s->ends = true;
    }
    if (s->ends)
        buffer_add_text(a, &out, b->parts.count ? "]}]}" : "]}");
    *ret_n = out.n;
    return out.at;
}

static void bill_drop(struct sim *sim, struct stream *s)
{
    struct bill *b = (struct bill *)s;
    (void)sim;
    arena_release(&b->one);
    beside_close(b->aside.sim.store);
}

static int get_cost(struct call *c, const struct get_cost *in)
{
    struct bill *b = arena_new(c->a, struct bill);
    struct store *copy;
    if (control_copy(c, &copy))
        return -1;
    b->stream = (struct stream){ .more = bill_more, .drop = bill_drop };
    b->a = c->a;
    b->op = c->op;
    b->first = true;
    aside_open(&b->aside, c, copy);
    b->aside.call.watched = NULL;
    cost_close_all(&b->aside.call);
    add_up(b, in);
    c->stream = &b->stream;
    emit_bytes(c, "application/json", "", 0);
    return 0;
}

OPERATION(control, GetCost, get_cost, .route = "GET /_amisim/cost", .flags = OP_ALONE,
          .errors = CONTROL_COPY_ERRORS);
