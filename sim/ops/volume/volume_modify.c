/* ModifyVolume and DescribeVolumesModifications. */
#include <ctype.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "ops/describe.h"
#include "request/resource_id.h"
#include "world/volume/volume.h"

/* ---- ModifyVolume ---- */

struct modify_volume {
    const char *id;
    struct volume_spec spec;
};

/* VolumeId is required, in words of its own [recorded]. */
static const struct param modify_volume_params[] = {
    { "VolumeId", TEXT(struct modify_volume, id), .flags = PARAM_EMPTY },
    { "Size", INT(struct modify_volume, spec.size) },
    { "VolumeType", TEXT(struct modify_volume, spec.type) },
    { "Iops", INT(struct modify_volume, spec.iops) },
    { "Throughput", INT(struct modify_volume, spec.throughput) },
    { "MultiAttachEnabled", BOOL(struct modify_volume, spec.multi_attach) },
    { 0 },
};

static int64_t given_or(int64_t given, int64_t otherwise)
{
    return given == ABSENT ? otherwise : given;
}

/* What gp2 gives for nothing: 128 MiB/s, from 334 GiB on 250 [guide]. */
static int64_t gp2_throughput(const struct volume *v)
{
    return v->size < 334 ? GP3_THROUGHPUT : 250;
}

/* What the volume is to be; what was not said stays where the type has it. From gp2 to gp3 a volume
 * gets no slower [guide]. */
static struct volume_spec wanted_volume(const struct volume *v, const struct volume_spec *asked)
{
    struct volume_spec spec = *asked;
    if (!spec.type)
        spec.type = v->type;
    if (spec.multi_attach == UNSET)
        spec.multi_attach = v->multi_attach;
    spec.size = given_or(asked->size, v->size);
    const struct volume_type *t = volume_type_find(spec.type);
    if (t && t->max_iops && (t->iops_required || t->max_throughput))
        spec.iops = given_or(asked->iops, v->iops);
    if (t && t->max_throughput)
        spec.throughput = given_or(asked->throughput,
                                   text_is(v->type, "gp2") ? gp2_throughput(v) : v->throughput);
    /* a slow gp2 volume has fewer than gp3's own, which would be refused as too many for its size
     */
    if (t && t->max_throughput && asked->iops == ABSENT && v->iops != ABSENT && v->iops < GP3_IOPS)
        spec.iops = ABSENT;
    return spec;
}

static int check_wanted_volume(struct call *c, const struct volume *v, struct volume_spec *spec)
{
    if (spec->size < v->size)
        return fail(c, E_VolumeShrinks);
    return volume_check(c, spec) ? -1 : volume_check_multi_attach(c, spec);
}

static int check_modification_history(struct call *c, const struct volume *v)
{
    struct volume_modification m;
    struct list recent = { 0 };
    int64_t at, most = quota(c->sim, "volume-modifications-per-day");
    if (!volume_modification_find(c, v->id, &m))
        return 0;
    if (!text_is(m.state, "completed")) {
        char *state = arena_strdup(c->a, m.state);
        for (char *letter = state; *letter; letter++)
            *letter = (char)toupper((unsigned char)*letter);
        return fail(c, E_VolumeModifying, v->id, state);
    }
    LIST_EACH (const char *, start, &m.starts) {
        if (text_int(*start, &at) && at > c->now - DAY_MS)
            *list_add(c->a, &recent, int64_t) = at;
    }
    if ((int64_t)recent.count < most)
        return 0;
    at = *list_at(&recent, int64_t, recent.count - (size_t)most) + DAY_MS;
    return fail(c, E_VolumeModifyRate, time_format_ms(c->a, at));
}

static int modify_volume(struct call *c, const struct modify_volume *in)
{
    struct volume v;
    struct volume_modification m;
    const struct volume_spec *asked = &in->spec;
    bool nothing = asked->size == ABSENT && asked->iops == ABSENT && asked->throughput == ABSENT
                   && !asked->type && asked->multi_attach == UNSET;
    if (volume_id_check(c, in->id))
        return -1;
    if (nothing)
        return fail(c, E_VolumeModifyNothing);
    if (volume_own(c, in->id, &v))
        return -1;
    if (text_is(v.status, "creating"))
        return fail(c, E_VolumeInState, v.id, v.status);
    struct volume_spec spec = wanted_volume(&v, asked);
    if (check_wanted_volume(c, &v, &spec) || check_modification_history(c, &v))
        return -1;
    volume_modify(c, &v, &spec, &m);
    emit_noun_as(c, "volumeModification", &volume_modification_schema, &m, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, ModifyVolume, modify_volume, .flags = OP_WRITES, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidParameterValue InvalidParameterCombination "
                    "InvalidVolumeID.Malformed InvalidVolume.NotFound UnknownVolumeType "
                    "IncorrectState IncorrectModificationState VolumeModificationRateExceeded",
          .effects = "the volume is what was asked for once it is optimizing");

/* ---- DescribeVolumesModifications ---- */

static const struct param describe_modifications_params[] = {
    { "VolumeId", TEXTS(struct listing, ids), .flags = PARAM_EMPTY },
    { "Filter", FILTERS(struct listing, filters) },
    PAGING(struct listing, page),
    { "IncludeManagedResources", IGNORED(BOOL, "there are no managed volumes here") },
    { 0 },
};

/* That there is one comes before whether the filters are known [recorded]. */
static int check_modified(struct call *c, const struct list *ids)
{
    struct volume v;
    struct volume_modification m;
    if (volume_ids_check(c, ids))
        return -1;
    LIST_EACH (const char *, id, ids) {
        if (!volume_find(c, *id, &v) || !volume_modification_find(c, *id, &m))
            return fail(c, E_VolumeUnmodified, *id);
    }
    return 0;
}

static int bad_modification_token(struct call *c, const char *token)
{
    return fail(
        c, E_ParameterValue,
        arena_printf(c->a, "Value ( %s ) for parameter NextToken is invalid. The token is Invalid.",
                     token));
}

static const struct describe modification_list = {
    .schema = &volume_modification_schema,
    .set = "volumeModificationSet",
    .ids_name = "volumeModificationSet",
    .visible = MINE " AND EXISTS (SELECT 1 FROM volume v"
                    " WHERE v.id = volume_modification.volume AND v.status <> 'deleting')",
    .page = { .bad_token = bad_modification_token },
    .prepare = modification_prepare,
};

static int describe_volumes_modifications(struct call *c, const struct listing *in)
{
    bool paged = in->page.max_results != ABSENT || in->page.next_token;
    if (!paged && check_modified(c, &in->ids))
        return -1;
    return describe(c, &modification_list, in);
}

OPERATION_AS(ec2, DescribeVolumesModifications, describe_volumes_modifications,
             describe_modifications_params, struct listing, .dry_run = DRYRUN_FIRST,
             .errors = "MissingParameter InvalidParameterValue InvalidParameterCombination "
                       "InvalidVolumeID.Malformed InvalidVolumeModification.NotFound");
