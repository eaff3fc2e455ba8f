/* DescribeVolumeAttribute, ModifyVolumeAttribute. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "request/resource_id.h"
#include "world/image/image.h"
#include "world/volume/volume.h"

struct describe_volume_attribute {
    const char *attribute, *id;
};

/* Both are required, in words of their own [recorded]. */
static const struct param describe_volume_attribute_params[] = {
    { "Attribute", TEXT(struct describe_volume_attribute, attribute) },
    { "VolumeId", TEXT(struct describe_volume_attribute, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int describe_volume_attribute(struct call *c, const struct describe_volume_attribute *in)
{
    struct volume v;
    bool codes = text_is(in->attribute, "productCodes");
    if (volume_id_check(c, in->id))
        return -1;
    if (!in->attribute)
        return fail(c, E_NoAttribute);
    if (!codes && !text_is(in->attribute, "autoEnableIO"))
        return fail(c, E_ValueInvalid, in->attribute, "attribute", "Unknown attribute.");
    if (volume_own(c, in->id, &v))
        return -1;
    emit_text(c, "volumeId", v.id);
    if (codes) {
        product_codes_emit(c, &v.content.product_codes);
        return 0;
    }
    emit_open(c, "autoEnableIO");
    emit_bool(c, "value", v.auto_io == YES);
    emit_close(c);
    return 0;
}

OPERATION(ec2, DescribeVolumeAttribute, describe_volume_attribute, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidParameterCombination InvalidParameterValue "
                    "InvalidVolumeID.Malformed InvalidVolume.NotFound");

struct modify_volume_attribute {
    const char *id;
    struct boolean_value auto_io;
};

static const struct param modify_volume_attribute_params[] = {
    { "AutoEnableIO", STRUCT(struct modify_volume_attribute, auto_io, boolean_value_params) },
    { "VolumeId", TEXT(struct modify_volume_attribute, id), .flags = PARAM_EMPTY },
    { 0 },
};

static int modify_volume_attribute(struct call *c, const struct modify_volume_attribute *in)
{
    struct volume v;
    if (!in->id)
        return fail(c, 400, "MissingParameter", "volumeId"); /* the whole text [recorded] */
    if (volume_id_malformed(c, in->id, "InvalidVolumeID.Malformed"))
        return -1;
    if (in->auto_io.value == UNSET)
        return fail(c, E_NoAttribute); /* [guess] */
    if (volume_own(c, in->id, &v))
        return -1;
    v.auto_io = in->auto_io.value;
    volume_put(c, &v);
    return 0;
}

OPERATION(ec2, ModifyVolumeAttribute, modify_volume_attribute, .flags = OP_WRITES,
          .answer = ANSWER_RETURN, .dry_run = DRYRUN_FIRST,
          .errors = "MissingParameter InvalidVolumeID.Malformed InvalidParameterCombination "
                    "InvalidVolume.NotFound",
          .effects = "sets whether I/O goes on by itself after a volume was impaired");
