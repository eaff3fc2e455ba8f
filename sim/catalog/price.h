/* Prices for reports of what images and snapshots cost (fixtures/prices.yaml). They change no
 * answer.
 *
 * Amounts are millionths of a US dollar, so that sums stay exact. */
#ifndef CATALOG_PRICE_H
#define CATALOG_PRICE_H

#include "call/call.h"

#define DOLLAR INT64_C(1000000)

struct volume_price {
    const char *type;
    int64_t gb_month, iops_month, throughput_month; /* 0: not charged */
    int64_t free_iops, free_throughput; /* what the size includes */
};

struct region_prices {
    int64_t snapshot_gb_month, snapshot_archive_gb_month, snapshot_restore_gb;
    int64_t snapshot_archive_minimum_days;
    int64_t fast_restore_hour;
    struct list volumes; /* struct volume_price */
};

/* What things cost in a Region. */
struct region_prices prices_in(const struct call *c, const char *region);
/* The surcharge for each GiB of a copy that has to be done in so many minutes. */
int64_t timed_copy_price(const struct sim *sim, int64_t minutes);

#endif
