/* See state.h. */
#include "world/state.h"

#include "base/text.h"
#include "catalog/region.h"
#include "store/document.h"
#include "time/clock.h"
#include "time/job.h"
#include "world/image/s3_bucket.h"

static const char *wrong_clock(struct call *c)
{
    static const char sql[] =
        "SELECT 1 FROM setting WHERE (name IN ('clock.base', 'clock.machine', 'clock.seen')"
        " AND value NOT BETWEEN 0 AND 253402300799999)" /* the year 9999 */
        " OR (name = 'clock.rate' AND value NOT BETWEEN 1 AND 1000000000)";
    return store_number(c->store, sql, NULL) == ABSENT ? NULL
                                                       : "table setting: no clock can stand there";
}

/* Handlers ask the catalog about the Region of what they find. */
static const char *wrong_region(struct call *c, const char *table)
{
    const char *wrong = NULL;
    struct rows *r = store_query(
        c->store, arena_printf(c->a, "SELECT DISTINCT region FROM \"%s\"", table), NULL);
    while (rows_next(r)) {
        const char *region = rows_text(r, 0, c->a);
        if (region && !region_find(c->sim, region) && !text_is(region, BUCKET_REGION))
            wrong = arena_printf(c->a, "table %s: there is no Region '%s'", table, region);
    }
    return wrong;
}

static const char *wrong_regions(struct call *c)
{
    struct list tables = { 0 };
    const char *wrong = NULL;
    struct rows *r = store_query(c->store,
                                 "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name)"
                                 " i ON i.name = 'region' WHERE m.type = 'table'",
                                 NULL);
    while (rows_next(r))
        strs_add(c->a, &tables, rows_text(r, 0, c->a));
    for (size_t i = 0; !wrong && i < tables.count; i++)
        wrong = wrong_region(c, *list_at(&tables, const char *, i));
    return wrong;
}

static const char *wrong_job(struct call *c)
{
    const char *unknown = job_kind_unknown(c->sim, c->a);
    return unknown ? arena_printf(c->a, "table job: no work is called '%s'", unknown) : NULL;
}

const char *state_import(struct call *c, const char *text, size_t n)
{
    const char *wrong = store_import(c->store, c->a, text, n);
    if (!wrong)
        wrong = store_unsound(c->store, c->a);
    if (!wrong)
        wrong = wrong_clock(c);
    if (!wrong)
        wrong = wrong_job(c);
    if (!wrong)
        wrong = wrong_regions(c);
    if (wrong)
        return wrong;
    clock_resume(c->sim);
    c->sim->ids.state = (uint64_t)store_setting(c->store, "ids", (int64_t)c->sim->seed);
    return NULL;
}
