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
    const char *source, *type, *token, *key;
    int64_t iops, size, throughput;
    enum tri multi_attach, encrypted;
    struct list tag_specs;
};

static const struct param copy_volumes_params[] = {
    { "SourceVolumeId", TEXT(struct copy_volumes, source), .flags = PARAM_REQUIRED },
    { "Iops", INT(struct copy_volumes, iops) },
    { "Size", INT(struct copy_volumes, size) },
    { "VolumeType", TEXT(struct copy_volumes, type) },
    { "TagSpecification", TAG_SPECS(struct copy_volumes, tag_specs, "volume") },
    { "MultiAttachEnabled", BOOL(struct copy_volumes, multi_attach) },
    { "Throughput", INT(struct copy_volumes, throughput) },
    { "ClientToken", TEXT(struct copy_volumes, token) },
    { "Encrypted", BOOL(struct copy_volumes, encrypted) },
    { "KmsKeyId", TEXT(struct copy_volumes, key) },
    { 0 },
};

static int check_source(struct call *c, const struct volume *from, const struct copy_volumes *in)
{
    int64_t most = quota(c->sim, "volume-copies-in-progress");
    if (!text_is(from->status, "available") && !text_is(from->status, "in-use"))
        return fail(c, E_VolumeInState, from->id, from->status); /* [guess] */
    if (in->size != ABSENT && in->size < from->size)
        return fail(c, E_VolumeCopySmaller, (long long)in->size, (long long)from->size);
    if (in->key && in->encrypted != YES && from->encrypted != YES)
        return fail(c, E_VolumeKeyAlone);
    return volume_copies_in_progress(c) < most ? 0
                                               : fail(c, E_VolumeCopiesInProgress, (long long)most);
}

/* As for CreateVolume the type is gp2 where none is named, whatever the source is [guide]. */
static int make_copy(struct call *c, const struct copy_volumes *in, struct volume *ret)
{
    struct volume from;
    if (volume_own(c, in->source, &from) || check_source(c, &from, in))
        return -1;
    struct volume_spec spec = { .zone = from.zone,
                                .type = in->type,
                                .key = in->key,
                                .source = from.id,
                                .size = in->size == ABSENT ? from.size : in->size,
                                .iops = in->iops,
                                .throughput = in->throughput,
                                .initialization_rate = ABSENT,
                                .encrypted = in->encrypted,
                                .multi_attach = in->multi_attach };
    if (volume_check(c, &spec))
        return -1;
    if (in->multi_attach == YES && !volume_type_find(spec.type)->multi_attach)
        return fail(c, E_VolumeNoMultiAttach, spec.type);
    volume_create(c, &spec, ret);
    tag_specs_put(c, &in->tag_specs, "volume", ret->id);
    token_keep(c, in->token, ret->id);
    return 0;
}

static int copy_volumes(struct call *c, const struct copy_volumes *in)
{
    struct volume v;
    const char *before;
    if (volume_id_check(c, in->source) || dry_run_ends(c) || token_find(c, in->token, &before))
        return -1;
    if (before ? volume_own(c, before, &v) : make_copy(c, in, &v))
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
