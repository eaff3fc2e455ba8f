/* What ModifyVolume began: modifying until the volume is what was asked for, optimizing until it is
 * as fast, then completed. A volume remembers its latest one. */
#include "base/text.h"
#include "base/timefmt.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/volume/volume.h"

extern const struct job_kind job_volume_modify_next;

#define GIB (INT64_C(1) << 30)

bool volume_modification_find(struct call *c, const char *volume, struct volume_modification *ret)
{
    return store_get(c, &volume_modification_schema, volume, ret);
}

bool modification_prepare(struct call *c, void *modification)
{
    struct volume_modification *m = modification;
    bool done = text_is(m->state, "completed");
    m->progress = done ? 100 : progress_percent(m->started, m->ended, c->now);
    m->shown_end = done ? m->ended : ABSENT;
    return true;
}

/* The starts of the last day, this one among them. */
static struct list recent_starts(struct call *c, const char *volume)
{
    struct volume_modification before;
    struct list recent = { 0 };
    int64_t at;
    if (volume_modification_find(c, volume, &before)) {
        LIST_EACH (const char *, start, &before.starts) {
            if (text_int(*start, &at) && at > c->now - DAY_MS)
                strs_add(c->a, &recent, *start);
        }
    }
    strs_add(c->a, &recent, arena_printf(c->a, "%lld", (long long)c->now));
    return recent;
}

void volume_modify(struct call *c, const struct volume *v, const struct volume_spec *spec,
                   struct volume_modification *ret)
{
    /* a terabyte takes up to six hours [guide]; an empty volume took two seconds [recorded] */
    int64_t apply = pace_delay(c, 20, SECOND_MS);
    int64_t rest = pace_delay(c, 20, SECOND_MS + volume_used(c, v) * 20 / GIB * SECOND_MS);
    struct volume_modification m = {
        .volume = v->id,
        .owner = v->owner,
        .region = v->region,
        .state = "modifying",
        .started = c->now,
        .applied = c->now + apply,
        .ended = c->now + apply + rest,
        .size = spec->size,
        .iops = spec->iops,
        .throughput = spec->throughput,
        .type = spec->type,
        .multi_attach = spec->multi_attach,
        .old_size = v->size,
        .old_iops = v->iops,
        .old_throughput = v->throughput,
        .old_type = v->type,
        .old_multi_attach = v->multi_attach,
        .starts = recent_starts(c, v->id),
    };
    store_put(c, &volume_modification_schema, &m);
    job_after(c, apply, &job_volume_modify_next, v->id, NULL);
    modification_prepare(c, &m);
    m.progress = 0; /* in the answer that began it, at any pace */
    *ret = m;
}

static void apply_modification(struct call *c, struct volume *v,
                               const struct volume_modification *m)
{
    v->size = m->size;
    v->iops = m->iops;
    v->throughput = m->throughput;
    v->type = m->type;
    v->multi_attach = m->multi_attach;
    volume_put(c, v);
}

/* The next state of what volume_modify began. */
static void volume_modify_next(struct call *c, const char *id)
{
    struct volume v;
    struct volume_modification m;
    if (!volume_find(c, id, &v) || !volume_modification_find(c, id, &m)
        || text_is(m.state, "completed"))
        return;
    if (text_is(m.state, "modifying")) {
        apply_modification(c, &v, &m);
        m.state = "optimizing";
        job_after(c, m.ended - c->now, &job_volume_modify_next, id, NULL);
    } else {
        m.state = "completed";
    }
    store_put(c, &volume_modification_schema, &m);
}

JOB(volume_modify_next, .name = "volume_modify_next");
