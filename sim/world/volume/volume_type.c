/* Volume types with their limits, and the refusals of what goes beyond them. Limits and texts are
 * recorded unless a row says otherwise; they are far above what the user guide said before 2025. */
#include <strings.h>

#include "base/text.h"
#include "call/errors.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

#define GP3_THROUGHPUT_PER_IOPS 0.25

static const struct volume_type types[] = {
    { "gp2", .min_size = 1, .max_size = 16384 },
    { "gp3", .min_size = 1, .max_size = 65536, .min_iops = 100, .max_iops = 80000,
      .iops_per_gib = 500, .max_throughput = 2000 },
    { "io1", .min_size = 4, .max_size = 16384, .min_iops = 100, .max_iops = 64000,
      .iops_per_gib = 50, .iops_required = true, .multi_attach = true },
    { "io2", .min_size = 4, .max_size = 65536, .min_iops = 100, .max_iops = 256000,
      .iops_per_gib = 1000, .iops_required = true, .multi_attach = true },
    { "st1", .min_size = 125, .max_size = 16384 },
    { "sc1", .min_size = 125, .max_size = 16384 },
    { "standard", .min_size = 1, .max_size = 1024 },
};

const struct volume_type *volume_type_find(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcasecmp(types[i].name, name) == 0) /* "GP3" is gp3 [recorded] */
            return &types[i];
    }
    return NULL;
}

static int check_positive(struct call *c, const char *name, int64_t value)
{
    return value == ABSENT || value >= 0 ? 0 : fail(c, E_VolumeNegative, (long long)value, name);
}

static int check_supported(struct call *c, const struct volume_type *t,
                           const struct volume_spec *spec)
{
    if (spec->throughput != ABSENT && !t->max_throughput)
        return fail(c, E_VolumeNoThroughput, t->name);
    if (spec->iops != ABSENT && !t->max_iops)
        return fail(c, E_VolumeNoIops, t->name);
    if (spec->iops == ABSENT && t->iops_required)
        return fail(c, E_VolumeIopsRequired, t->name);
    return 0;
}

static int check_size(struct call *c, const struct volume_type *t, int64_t size)
{
    if (size == ABSENT) /* of a snapshot that is not there: refused later, in the caller's words */
        return 0;
    if (size < t->min_size)
        return fail(c, E_VolumeTooSmall, t->name, (long long)size, t->name, (long long)t->min_size);
    if (size > t->max_size)
        return fail(c, E_VolumeTooLarge, (long long)size, t->name, (long long)t->max_size);
    return 0;
}

/* The ratio is that of what was asked for; a gp3 volume may have its baseline at any size. */
static int check_iops(struct call *c, const struct volume_type *t, const struct volume_spec *spec)
{
    if (spec->iops == ABSENT)
        return 0;
    if (spec->iops < t->min_iops)
        return fail(c, E_VolumeIopsLow, (long long)spec->iops, (long long)t->min_iops);
    if (spec->iops > t->max_iops)
        return fail(c, E_VolumeIopsHigh, (long long)spec->iops, (long long)t->max_iops);
    bool baseline = !t->iops_required && spec->iops == GP3_IOPS;
    if (spec->size != ABSENT && !baseline && spec->iops > spec->size * t->iops_per_gib)
        return fail(c, E_VolumeIopsRatio, (double)spec->iops / (double)spec->size,
                    (long long)t->iops_per_gib);
    return 0;
}

static int check_throughput(struct call *c, const struct volume_type *t, int64_t throughput,
                            int64_t iops)
{
    if (throughput == ABSENT)
        return 0;
    if (throughput > t->max_throughput)
        return fail(c, E_VolumeThroughputHigh, (long long)throughput, (long long)t->max_throughput);
    double ratio = (double)throughput / (double)iops;
    return ratio > GP3_THROUGHPUT_PER_IOPS
               ? fail(c, E_VolumeThroughputRatio, ratio, GP3_THROUGHPUT_PER_IOPS)
               : 0;
}

static int64_t at_least(int64_t least, int64_t value)
{
    return value == ABSENT || value < least ? least : value;
}

static void fill_defaults(const struct volume_type *t, struct volume_spec *spec)
{
    spec->type = t->name;
    if (t->max_throughput) {
        /* less than the baseline is raised to it in silence [recorded] */
        spec->iops = at_least(GP3_IOPS, spec->iops);
        spec->throughput = at_least(GP3_THROUGHPUT, spec->throughput);
    } else if (text_is(t->name, "gp2") && spec->size != ABSENT) {
        spec->iops = spec->size * 3 < 100 ? 100 : spec->size * 3 > 16000 ? 16000 : spec->size * 3;
    }
}

static int64_t snapshot_size(struct call *c, const char *id)
{
    struct snapshot s;
    bool seen = !text_blank(id) && snapshot_find(c, id, &s) && snapshot_visible(c, &s);
    return seen ? s.size : ABSENT;
}

int volume_check(struct call *c, struct volume_spec *spec)
{
    const struct volume_type *t = volume_type_find(spec->type ? spec->type : "gp2");
    if (spec->size == ABSENT && text_blank(spec->snapshot))
        return fail(c, E_MissingParameter, "size/snapshot");
    if (!t)
        return fail(c, E_VolumeType, spec->type);
    if (check_positive(c, "size", spec->size) || check_positive(c, "iops", spec->iops)
        || check_positive(c, "throughput", spec->throughput) || check_supported(c, t, spec))
        return -1;
    int64_t least = snapshot_size(c, spec->snapshot);
    if (least != ABSENT)
        spec->size = at_least(least, spec->size);
    if (check_size(c, t, spec->size) || check_iops(c, t, spec))
        return -1;
    if (check_throughput(c, t, spec->throughput, at_least(GP3_IOPS, spec->iops)))
        return -1;
    fill_defaults(t, spec);
    return 0;
}

int volume_check_multi_attach(struct call *c, const struct volume_spec *spec)
{
    bool refused = spec->multi_attach == YES && !volume_type_find(spec->type)->multi_attach;
    return refused ? fail(c, E_VolumeNoMultiAttach, spec->type) : 0;
}
