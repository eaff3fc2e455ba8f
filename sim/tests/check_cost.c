/* What snapshots cost, beside the full sum: in random histories of writing, snapshots, copies,
 * deletion, archives and returns from them, each snapshot is charged as if at every moment all
 * blocks of all had been compared. */
#include "tests/fresh.h"

#include <math.h>

#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "catalog/price.h"
#include "store/block.h"
#include "world/account/cost.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_delete.h"

#define HISTORIES 4
#define EVENTS 60
#define POSITIONS 6
#define MONTH_MS (30.0 * DAY_MS)
#define GIB ((double)(1 << 30))
#define CLOSE 2000.0 /* billionths of a dollar: each sum that is kept is rounded */

static struct fresh f;
static struct call c;
static struct rng chance;
static int64_t volume_layer;
static struct list all; /* struct known */

/* A snapshot as the full sum has it. */
struct known {
    struct snapshot s;
    bool gone;
    double amount;
    int64_t bytes, alone, archived, archived_since;
};

static size_t below(size_t n)
{
    return (size_t)rng_below(&chance, n);
}

/* ---- The full sum ---- */

static bool is_charged(const struct known *k)
{
    return !k->gone && text_is(k->s.tier, "standard");
}

static bool holds(const struct known *k, int64_t position, int64_t block)
{
    struct list blocks = layer_blocks(c.store, c.a, k->s.layer, position, 1);
    return blocks.count && list_at(&blocks, struct placed, 0)->position == position
           && list_at(&blocks, struct placed, 0)->block == block;
}

/* How many others of the lineage hold it; whether one before k does. */
static size_t others(const struct known *k, int64_t position, int64_t block, bool *ret_before)
{
    size_t count = 0;
    *ret_before = false;
    LIST_EACH (struct known, o, &all) {
        if (o == k || !is_charged(o) || !text_is(o->s.lineage, k->s.lineage)
            || !holds(o, position, block))
            continue;
        count++;
        *ret_before |= o < k;
    }
    return count;
}

static void sum_up(struct known *k)
{
    bool before, archived = !k->gone && (k->s.restore_expiry != ABSENT || !is_charged(k));
    k->bytes = k->alone = 0;
    k->archived = archived ? k->s.full_size : 0;
    if (!is_charged(k))
        return;
    struct list blocks = layer_blocks(c.store, c.a, k->s.layer, 0, INT64_MAX);
    LIST_EACH (struct placed, p, &blocks) {
        size_t count = others(k, p->position, p->block, &before);
        k->bytes += before ? 0 : BLOCK_SIZE;
        k->alone += count ? 0 : BLOCK_SIZE;
    }
}

static void sum_up_all(void)
{
    LIST_EACH (struct known, k, &all)
        sum_up(k);
}

static void let_pass(int64_t ms)
{
    struct region_prices p = prices_in(&c, c.region);
    c.now += ms;
    LIST_EACH (struct known, k, &all)
        k->amount += ((double)k->bytes * (double)p.snapshot_gb_month
                      + (double)k->archived * (double)p.snapshot_archive_gb_month)
                     / GIB * (double)ms / MONTH_MS * 1000;
}

static void leaves_archive(struct known *k)
{
    struct region_prices p = prices_in(&c, c.region);
    int64_t least = k->archived_since + p.snapshot_archive_minimum_days * DAY_MS;
    if (k->archived_since != ABSENT && c.now < least)
        k->amount += (double)k->s.full_size / GIB * (double)p.snapshot_archive_gb_month
                     * (double)(least - c.now) / MONTH_MS * 1000;
    k->archived_since = ABSENT;
}

/* ---- Events ---- */

static void add(int64_t layer, const char *lineage)
{
    struct known *k = list_add(&f.process, &all, struct known);
    schema_init(&snapshot_schema, &k->s);
    k->s.id = arena_printf(&f.process, "snap-%zu", all.count);
    k->s.owner = c.account;
    k->s.region = c.region;
    k->s.status = "completed";
    k->s.tier = "standard";
    k->s.lineage = lineage ? lineage : k->s.id;
    k->s.completed = c.now;
    k->s.layer = layer;
    k->s.content.declared_bytes = 0;
    k->s.full_size = layer_count(c.store, layer) * BLOCK_SIZE;
    k->archived_since = ABSENT;
    snapshot_put(&c, &k->s);
}

static void write_blocks(void)
{
    static unsigned char bytes[BLOCK_SIZE];
    for (size_t n = 1 + below(3); n > 0; n--) {
        bytes[0] = (unsigned char)below(4); /* so that an old content comes back at times */
        layer_write(c.store, volume_layer, (int64_t)below(POSITIONS), bytes, NULL);
    }
}

static void copy(const struct known *k)
{
    if (below(3) == 0) {
        add(layer_flatten(c.store, k->s.layer), NULL);
        return;
    }
    layer_ref(c.store, k->s.layer);
    add(k->s.layer, k->s.lineage);
}

/* The volume goes on from an older snapshot: a branch. */
static void branch(const struct known *k)
{
    layer_unref(c.store, volume_layer);
    volume_layer = layer_new(c.store, k->s.layer);
}

static void archive(struct known *k)
{
    if (!text_is(k->s.tier, "standard"))
        return;
    cost_close(&c, &k->s);
    int64_t whole = layer_flatten(c.store, k->s.layer);
    layer_unref(c.store, k->s.layer);
    k->s.layer = whole;
    k->s.lineage = k->s.id;
    k->s.tier = "archive";
    k->s.restore_expiry = ABSENT;
    if (k->archived_since == ABSENT)
        k->archived_since = c.now;
    snapshot_put(&c, &k->s);
}

static void restore(struct known *k)
{
    if (text_is(k->s.tier, "standard"))
        return;
    k->amount +=
        (double)k->s.full_size / GIB * (double)prices_in(&c, c.region).snapshot_restore_gb * 1000;
    k->s.tier = "standard";
    k->s.restore_expiry = below(2) ? ABSENT : c.now + DAY_MS;
    if (k->s.restore_expiry == ABSENT)
        leaves_archive(k);
    snapshot_put(&c, &k->s);
}

static void delete (struct known *k)
{
    snapshot_erase(&c, &k->s);
    leaves_archive(k);
    k->gone = true;
}

static void happen(void)
{
    size_t what = below(10);
    struct known *k = list_at(&all, struct known, below(all.count));
    write_blocks();
    if (what < 4)
        add(layer_freeze(c.store, &volume_layer), "snap-1");
    else if (k->gone)
        return;
    else if (what == 4)
        copy(k);
    else if (what == 5 && text_is(k->s.lineage, "snap-1"))
        branch(k);
    else if (what == 6)
        archive(k);
    else if (what == 7)
        restore(k);
    else if (what >= 8)
        delete (k);
}

/* ---- Comparing ---- */

static void compare(int event)
{
    struct snapshot_charge charge;
    LIST_EACH (struct known, k, &all) {
        ck_assert(store_get(&c, &snapshot_charge_schema, k->s.id, &charge));
        double off = (double)snapshot_charge_until_now(&c, &charge) - k->amount;
        ck_assert_msg(charge.bytes == k->bytes && charge.alone == k->alone
                          && charge.archived == k->archived && fabs(off) < CLOSE,
                      "event %d, %s: bytes %lld (%lld), alone %lld (%lld), archived"
                      " %lld (%lld), off by %g",
                      event, k->s.id, (long long)charge.bytes, (long long)k->bytes,
                      (long long)charge.alone, (long long)k->alone, (long long)charge.archived,
                      (long long)k->archived, off);
    }
}

/* As GET /_amisim/cost does: what is found out for it is not kept. */
static void look(int event)
{
    store_begin(c.store);
    cost_close_all(&c);
    compare(event);
    store_rollback(c.store);
}

START_TEST(test_random_histories)
{
    fresh_open(&f, NULL, NULL);
    c = fresh_call(&f);
    chance = (struct rng){ .state = 1000 + (uint64_t)_i };
    all = (struct list){ 0 };
    volume_layer = layer_new(c.store, 0);
    write_blocks();
    add(layer_freeze(c.store, &volume_layer), NULL);
    for (int event = 0; event < EVENTS; event++) {
        sum_up_all();
        let_pass((int64_t)below(60) * DAY_MS / 2); /* at times two things at one moment */
        happen();
        sum_up_all();
        if (below(3) == 0)
            look(event);
    }
    look(EVENTS);
    fresh_close(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cost");
    TCase *t = tcase_create("cost");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, test_random_histories, 0, HISTORIES);
    suite_add_tcase(s, t);
    return run_suite(s);
}
