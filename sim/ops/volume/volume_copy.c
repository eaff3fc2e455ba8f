/* CopyVolumes: a volume of the same zone that is what another one was at this moment. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/quota.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "request/resource_id.h"
#include "request/tag_spec.h"
#include "request/token.h"
#include "store/tag_row.h"
#include "world/volume/volume.h"

struct copy_volumes {
    const char *token;
    struct volume_spec spec; /* of the source's zone */
    struct list tag_specs;
};

static const struct param copy_volumes_params[] = {
    { "SourceVolumeId", TEXT(struct copy_volumes, spec.source), .flags = PARAM_REQUIRED },
    { "Iops", INT(struct copy_volumes, spec.iops) },
    { "Size", INT(struct copy_volumes, spec.size) },
    { "VolumeType", TEXT(struct copy_volumes, spec.type) },
    { "TagSpecification", TAG_SPECS(struct copy_volumes, tag_specs, "volume") },
    { "MultiAttachEnabled", BOOL(struct copy_volumes, spec.multi_attach) },
    { "Throughput", INT(struct copy_volumes, spec.throughput) },
    { "ClientToken", TEXT(struct copy_volumes, token) },
    { "Encrypted", BOOL(struct copy_volumes, spec.encrypted) },
    { "KmsKeyId", TEXT(struct copy_volumes, spec.key) },
    { 0 },
};

static int check_copied_volume(struct call *c, const struct volume *from,
                               const struct copy_volumes *in)
{
    int64_t most = quota(c->sim, "volume-copies-in-progress");
    if (!text_is(from->status, "available") && !text_is(from->status, "in-use"))
        return fail(c, E_VolumeInState, from->id, from->status); /* [guess] */
    if (in->spec.size != ABSENT && in->spec.size < from->size)
        return fail(c, E_VolumeCopySmaller, (long long)in->spec.size, (long long)from->size);
    if (in->spec.key && in->spec.encrypted != YES && from->encrypted != YES)
        return fail(c, E_KeyWithoutEncrypted);
    return volume_copies_in_progress(c) < most ? 0
                                               : fail(c, E_VolumeCopiesInProgress, (long long)most);
}

/* As for CreateVolume the type is gp2 where none is named, whatever the source is [guide]. */
static int make_volume_copy(struct call *c, const struct copy_volumes *in, struct volume *ret)
{
    struct volume from;
    if (volume_own(c, in->spec.source, &from) || check_copied_volume(c, &from, in))
        return -1;
    struct volume_spec spec = in->spec;
    spec.zone = from.zone;
    spec.initialization_rate = ABSENT;
    if (spec.size == ABSENT)
        spec.size = from.size;
    if (volume_check(c, &spec) || volume_check_multi_attach(c, &spec))
        return -1;
    volume_create(c, &spec, ret);
    tag_specs_put(c, &in->tag_specs, "volume", ret->id);
    token_keep(c, in->token, &volume_schema, ret->id);
    return 0;
}

static int copy_volumes(struct call *c, const struct copy_volumes *in)
{
    struct volume v;
    const char *before;
    if (volume_id_check(c, in->spec.source) || dry_run_ends(c) || token_find(c, in->token, &before))
        return -1;
    if (before ? volume_own(c, before, &v) : make_volume_copy(c, in, &v))
        return -1;
    v.tags = tags_of(c, v.id);
    volume_prepare(c, &v);
    emit_list(c, "volumeSet");
    emit_noun_item(c, &volume_schema, &v, VIEW_CREATED);
    emit_close(c);
    return 0;
}

OPERATION(ec2, CopyVolumes, copy_volumes, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidVolume.NotFound InvalidVolumeID.Malformed InvalidParameterValue "
                    "InvalidParameterCombination InvalidParameterDependency UnknownVolumeType "
                    "IncorrectState ResourceLimitExceeded IdempotentParameterMismatch",
          .effects = "makes a volume with the blocks of another one; it is encrypted when that is");
