/* See unsound.h. */
#include "world/unsound.h"

#include "base/text.h"
#include "catalog/region.h"
#include "store/store.h"
#include "time/job.h"
#include "world/image/s3_bucket.h"

static const char *unknown_region(struct call *c)
{
    const char *unknown = NULL;
    struct rows *r = store_query(c->store, "SELECT DISTINCT ifnull(region, '') FROM job", NULL);
    while (rows_next(r)) {
        const char *region = rows_text(r, 0, c->a);
        if (!region_find(c->sim, region) && !text_is(region, BUCKET_REGION))
            unknown = region;
    }
    return unknown;
}

const char *world_unsound(struct call *c)
{
    static const char *const checks[][2] = {
        { "SELECT 1 FROM layer WHERE id < 1 OR parent >= id", "table layer: one stands on itself" },
        { "SELECT 1 FROM setting WHERE (name IN ('clock.base', 'clock.machine', 'clock.seen')"
          " AND value NOT BETWEEN 0 AND 253402300799999)" /* the year 9999 */
          " OR (name = 'clock.rate' AND value NOT BETWEEN 1 AND 1000000000)",
          "table setting: no clock can stand there" },
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (store_number(c->store, checks[i][0], NULL) != ABSENT)
            return checks[i][1];
    }
    const char *unknown = job_kind_unknown(c->sim, c->a);
    if (unknown)
        return arena_printf(c->a, "table job: no work is called '%s'", unknown);
    unknown = unknown_region(c);
    return unknown ? arena_printf(c->a, "table job: there is no Region '%s'", unknown) : NULL;
}
