/* Prices: what they are in each Region, and their section of the fixtures. Knows no bill. */
#include "catalog/price.h"

#include <stdlib.h>

#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/region.h"

struct timed_copy {
    int64_t minutes, price;
};

struct factor {
    const char *region;
    int64_t snapshots, volumes; /* millionths: DOLLAR is 1 */
};

struct prices {
    struct region_prices base;
    struct list timed_copies; /* struct timed_copy, shortest first */
    struct list factors; /* struct factor */
};

static int64_t times(int64_t amount, int64_t factor)
{
    return (amount * factor + DOLLAR / 2) / DOLLAR;
}

static struct factor factor_of(const struct prices *p, const char *region)
{
    const struct factor *f = LIST_FIND(struct factor, &p->factors, region, region);
    return f ? *f : (struct factor){ .region = region, .snapshots = DOLLAR, .volumes = DOLLAR };
}

struct region_prices prices_in(const struct call *c, const char *region)
{
    const struct prices *p = c->sim->fixtures->prices;
    struct factor f = factor_of(p, region);
    struct region_prices r = p->base;
    r.snapshot_gb_month = times(r.snapshot_gb_month, f.snapshots);
    r.snapshot_archive_gb_month = times(r.snapshot_archive_gb_month, f.snapshots);
    r.snapshot_restore_gb = times(r.snapshot_restore_gb, f.snapshots);
    r.volumes = (struct list){ 0 };
    LIST_EACH (struct volume_price, base, &p->base.volumes) {
        struct volume_price *v = list_add(c->a, &r.volumes, struct volume_price);
        *v = *base;
        v->gb_month = times(v->gb_month, f.volumes);
        v->iops_month = times(v->iops_month, f.volumes);
        v->throughput_month = times(v->throughput_month, f.volumes);
    }
    return r;
}

int64_t timed_copy_price(const struct sim *sim, int64_t minutes)
{
    const struct list *copies = &sim->fixtures->prices->timed_copies;
    int64_t price = 0;
    LIST_EACH (struct timed_copy, t, copies) {
        price = t->price;
        if (minutes <= t->minutes)
            break;
    }
    return price;
}

/* ---- Fixtures ---- */

/* Amounts are read as they are written, so that 0.05 is exactly 50000 millionths. */
struct prices_entry {
    const char *region;
    const struct value *snapshot, *archive, *restore, *fast_restore;
    int64_t archive_days;
    struct list timed_copies, volumes, factors; /* of the structs below */
};

struct timed_copy_entry {
    int64_t minutes;
    const struct value *price;
};

struct volume_entry {
    const char *type;
    const struct value *gb_month, *iops_month, *throughput_month;
    int64_t free_iops, free_throughput;
};

struct factor_entry {
    const struct value *region, *snapshots, *volumes;
};

static const struct param timed_copy_params[] = {
    { "minutes", INT(struct timed_copy_entry, minutes), .flags = PARAM_REQUIRED, .min = 1,
      .max = 2880 },
    { "price", TREE(struct timed_copy_entry, price), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param volume_params[] = {
    { "type", TEXT(struct volume_entry, type), .flags = PARAM_REQUIRED },
    { "gb_month", TREE(struct volume_entry, gb_month), .flags = PARAM_REQUIRED },
    { "iops_month", TREE(struct volume_entry, iops_month) },
    { "throughput_month", TREE(struct volume_entry, throughput_month) },
    { "free_iops", INT(struct volume_entry, free_iops), .min = 0, .max = INT64_MAX,
      .otherwise = "0" },
    { "free_throughput", INT(struct volume_entry, free_throughput), .min = 0, .max = INT64_MAX,
      .otherwise = "0" },
    { 0 },
};

static const struct param factor_params[] = {
    { "region", TREE(struct factor_entry, region), .flags = PARAM_REQUIRED },
    { "snapshots", TREE(struct factor_entry, snapshots), .flags = PARAM_REQUIRED },
    { "volumes", TREE(struct factor_entry, volumes), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param prices_params[] = {
    { "region", TEXT(struct prices_entry, region), .flags = PARAM_REQUIRED },
    { "snapshot_gb_month", TREE(struct prices_entry, snapshot), .flags = PARAM_REQUIRED },
    { "snapshot_archive_gb_month", TREE(struct prices_entry, archive), .flags = PARAM_REQUIRED },
    { "snapshot_archive_minimum_days", INT(struct prices_entry, archive_days),
      .flags = PARAM_REQUIRED, .min = 0, .max = 3650 },
    { "snapshot_restore_gb", TREE(struct prices_entry, restore), .flags = PARAM_REQUIRED },
    { "fast_restore_hour", TREE(struct prices_entry, fast_restore), .flags = PARAM_REQUIRED },
    { "timed_copy_gb",
      LIST(struct prices_entry, timed_copies, struct timed_copy_entry, timed_copy_params) },
    { "volumes", LIST(struct prices_entry, volumes, struct volume_entry, volume_params),
      .flags = PARAM_REQUIRED },
    { "factors", LIST(struct prices_entry, factors, struct factor_entry, factor_params) },
    { 0 },
};

/* A decimal number in millionths; NULL is 0. */
static int amount(struct call *c, const struct value *at, int64_t *ret)
{
    char *end = NULL;
    const char *text = at ? value_scalar(c->a, at) : "0";
    double number = text ? strtod(text, &end) : -1;
    if (!text || *end || !(number >= 0 && number < 1e6))
        return fixtures_wrong(c, at, arena_printf(c->a, "'%s' is no amount", text ? text : at->key),
                              "a decimal number such as 0.05");
    *ret = (int64_t)(number * (double)DOLLAR + 0.5);
    return 0;
}

static int read_timed_copies(struct call *c, const struct prices_entry *e, struct prices *p)
{
    LIST_EACH (struct timed_copy_entry, from, &e->timed_copies) {
        struct timed_copy *to = list_add(c->a, &p->timed_copies, struct timed_copy);
        to->minutes = from->minutes;
        if (amount(c, from->price, &to->price))
            return -1;
    }
    return 0;
}

static int read_volumes(struct call *c, const struct prices_entry *e, struct prices *p)
{
    LIST_EACH (struct volume_entry, from, &e->volumes) {
        struct volume_price *to = list_add(c->a, &p->base.volumes, struct volume_price);
        to->type = from->type;
        to->free_iops = from->free_iops;
        to->free_throughput = from->free_throughput;
        if (amount(c, from->gb_month, &to->gb_month) || amount(c, from->iops_month, &to->iops_month)
            || amount(c, from->throughput_month, &to->throughput_month))
            return -1;
    }
    return 0;
}

static int read_factors(struct call *c, const struct prices_entry *e, struct prices *p)
{
    LIST_EACH (struct factor_entry, from, &e->factors) {
        struct factor *to = list_add(c->a, &p->factors, struct factor);
        to->region = from->region->text;
        if (region_check(c, from->region, to->region) || amount(c, from->snapshots, &to->snapshots)
            || amount(c, from->volumes, &to->volumes))
            return -1;
    }
    return 0;
}

int prices_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct prices_entry e = { 0 };
    struct prices *p = arena_new(c->a, struct prices);
    if (fixtures_decode(c, prices_params, entry, &e)
        || region_check(c, value_get(entry, "region"), e.region)
        || amount(c, e.snapshot, &p->base.snapshot_gb_month)
        || amount(c, e.archive, &p->base.snapshot_archive_gb_month)
        || amount(c, e.restore, &p->base.snapshot_restore_gb)
        || amount(c, e.fast_restore, &p->base.fast_restore_hour) || read_timed_copies(c, &e, p)
        || read_volumes(c, &e, p) || read_factors(c, &e, p))
        return -1;
    p->base.snapshot_archive_minimum_days = e.archive_days;
    f->prices = p;
    return 0;
}
