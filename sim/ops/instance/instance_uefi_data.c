/* GetInstanceUefiData: the variable store of a machine that boots by UEFI.
 *
 * What firmware writes there is not simulated: it is what the machine's image brought along. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "reply/emit.h"
#include "world/image/image.h"
#include "world/instance/instance.h"

struct get_instance_uefi_data {
    const char *id;
};

static const struct param get_instance_uefi_data_params[] = {
    { "InstanceId", TEXT(struct get_instance_uefi_data, id), .flags = PARAM_REQUIRED, .id = "i-" },
    { 0 },
};

static int get_instance_uefi_data(struct call *c, const struct get_instance_uefi_data *in)
{
    struct instance i;
    struct image image;
    if (instance_own(c, in->id, &i))
        return -1;
    if (!text_is(i.current_boot_mode, "uefi"))
        return fail(c, E_InstanceNotUefi, i.id);
    bool known = i.image && image_find(c, i.image, &image);
    emit_text(c, "instanceId", i.id);
    emit_text(c, "uefiData", known && image.uefi_data ? image.uefi_data : "");
    return 0;
}

OPERATION(ec2, GetInstanceUefiData, get_instance_uefi_data,
          .errors = "InvalidInstanceID.NotFound InvalidParameterValue");
