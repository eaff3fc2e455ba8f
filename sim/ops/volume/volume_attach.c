/* AttachVolume and DetachVolume. How long either takes is world/volume/volume.c's to know. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/instance_type.h"
#include "catalog/subscription.h"
#include "reply/emit_noun.h"
#include "request/resource_id.h"
#include "world/instance/instance.h"
#include "world/volume/device_name.h"
#include "world/volume/volume.h"

/* Instances that a volume with MultiAttachEnabled may have [guide]. */
#define MAX_MULTI_ATTACHED 16

static int check_attached_device(struct call *c, const struct instance *i, const char *device)
{
    if (!text_is(device, i->machine.root_device)
        && !device_name_fits(device, i->machine.virtualization, DEVICE_ATTACHED))
        return fail(c, E_DeviceName, device, device);
    struct list taken = volumes_of(c, i->id);
    LIST_EACH (struct volume, v, &taken) {
        if (device_is(volume_attachment(v, i->id)->device, device))
            return fail(c, E_DeviceTaken, device, device);
    }
    LIST_EACH (struct mapping, m, &i->ephemeral) {
        if (device_is(m->device, device))
            return fail(c, E_DeviceTaken, device, device);
    }
    const struct instance_type *type = instance_type_find(c->sim, i->type);
    if (type && type->ebs_attachments != ABSENT && taken.count >= (size_t)type->ebs_attachments)
        return fail(c, E_AttachmentLimit, (long long)type->ebs_attachments, i->id);
    return 0;
}

/* ---- AttachVolume ---- */

struct attach_volume {
    const char *device, *instance, *volume;
    int64_t card;
};

static const struct param attach_volume_params[] = {
    { "Device", TEXT(struct attach_volume, device), .flags = PARAM_REQUIRED },
    { "InstanceId", TEXT(struct attach_volume, instance), .flags = PARAM_REQUIRED },
    { "VolumeId", TEXT(struct attach_volume, volume), .flags = PARAM_REQUIRED },
    { "EbsCardIndex", INT(struct attach_volume, card) },
    { 0 },
};

static int check_attachable(struct call *c, const struct volume *v, const struct instance *i)
{
    bool shared = v->multi_attach == YES && text_is(v->status, "in-use");
    if (volume_attachment(v, i->id) || (text_is(v->status, "in-use") && !shared))
        return fail(c, E_VolumeAlready, v->id);
    if (!text_is(v->status, "available") && !shared)
        return fail(c, E_VolumeNotAvailable, v->id);
    const struct instance_type *type = instance_type_find(c->sim, i->type);
    if (v->multi_attach == YES && type && text_is(type->hypervisor, "xen"))
        return fail(c, E_MultiAttachXen, v->id, i->type);
    if (v->attachments.count >= MAX_MULTI_ATTACHED)
        return fail(c, E_MultiAttachLimit, v->id, MAX_MULTI_ATTACHED);
    if (!text_is(v->zone, i->zone))
        return fail(c, E_VolumeZone, v->id, i->id);
    return 0;
}

/* A volume with a product of AWS Marketplace makes the instance one of that product [guide]; the
 * texts are [seen]. */
static int check_attached_product(struct call *c, const struct volume *v, const struct instance *i)
{
    if (v->content.product_codes.count && i->state_code != INSTANCE_STOPPED)
        return fail(c, E_AttachMarketplace, v->id, i->id);
    LIST_EACH (const char *, code, &v->content.product_codes) {
        if (!marketplace_subscription_has(c->sim, c->account, *code))
            return fail(c, E_OptInRequired, *code);
    }
    return 0;
}

static int attach_volume(struct call *c, const struct attach_volume *in)
{
    struct volume v;
    struct instance i;
    if (volume_id_check(c, in->volume) || instance_check_id(c, in->instance) || dry_run_ends(c)
        || volume_own(c, in->volume, &v) || instance_own(c, in->instance, &i))
        return -1;
    /* none of the types here has a second card */
    if (in->card != ABSENT && in->card != 0)
        return fail(c, E_EbsCard, (long long)in->card, i.type);
    if (i.state_code != INSTANCE_RUNNING && i.state_code != INSTANCE_STOPPED)
        return fail(c, E_InstanceNotRunning, i.id);
    if (check_attachable(c, &v, &i) || check_attached_device(c, &i, in->device)
        || check_attached_product(c, &v, &i))
        return -1;
    if (v.content.product_codes.count) {
        product_codes_add(c, &i.machine.product_codes, &v.content.product_codes);
        instance_put(c, &i);
    }
    volume_attach(c, &v, i.id, in->device, NO);
    emit_noun(c, &attachment_schema, volume_attachment(&v, i.id), VIEW_CREATED);
    return 0;
}

OPERATION(ec2, AttachVolume, attach_volume, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidParameterValue InvalidVolume.NotFound InvalidVolumeID.Malformed "
                    "InvalidInstanceID.NotFound InvalidInstanceID.Malformed IncorrectState "
                    "VolumeInUse InvalidVolume.ZoneMismatch AttachmentLimitExceeded "
                    "IncorrectInstanceState OptInRequired UnsupportedOperation",
          .effects =
              "the volume is in-use; its attachment becomes attached by a job, or ends where "
              "its key cannot be used");

/* ---- DetachVolume ---- */

struct detach_volume {
    const char *device, *instance, *volume;
};

static const struct param detach_volume_params[] = {
    { "Device", TEXT(struct detach_volume, device) },
    { "Force", IGNORED(BOOL, "a detachment never hangs here: no guest keeps a volume busy") },
    { "InstanceId", TEXT(struct detach_volume, instance) },
    { "VolumeId", TEXT(struct detach_volume, volume), .flags = PARAM_REQUIRED },
    { 0 },
};

/* The attachment that is meant; where a volume has several it must be named. */
static int find_attachment(struct call *c, const struct detach_volume *in, const struct volume *v,
                           struct attachment **ret)
{
    if (!v->attachments.count)
        return fail(c, E_VolumeInState, v->id, v->status);
    if (!in->instance && v->attachments.count > 1)
        return fail(c, E_MultiAttachUnnamed, v->id);
    struct attachment *a = in->instance ? volume_attachment(v, in->instance)
                                        : list_at(&v->attachments, struct attachment, 0);
    if (!a || (in->device && !text_is(a->device, in->device)))
        return fail(c, E_AttachmentNotFound, v->id, in->instance ? in->instance : a->instance,
                    in->device ? in->device : "null");
    if (text_is(a->status, "detaching"))
        return fail(c, E_VolumeInState, v->id, a->status);
    *ret = a;
    return 0;
}

static int check_detachable(struct call *c, const struct volume *v, const struct attachment *a)
{
    struct instance i;
    if (!instance_find(c, a->instance, &i) || i.state_code == INSTANCE_STOPPED)
        return 0;
    if (v->content.product_codes.count)
        return fail(c, E_DetachMarketplace, v->id, i.id);
    return text_is(a->device, i.machine.root_device) ? fail(c, E_DetachRoot, v->id, i.id) : 0;
}

static int detach_volume(struct call *c, const struct detach_volume *in)
{
    struct volume v;
    struct attachment *a;
    if (volume_id_check(c, in->volume) || (in->instance && instance_check_id(c, in->instance))
        || dry_run_ends(c) || volume_own(c, in->volume, &v) || find_attachment(c, in, &v, &a)
        || check_detachable(c, &v, a))
        return -1;
    volume_detach(c, &v, a->instance);
    emit_noun(c, &attachment_schema, a, VIEW_CREATED);
    return 0;
}

OPERATION(ec2, DetachVolume, detach_volume, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidParameterValue InvalidVolume.NotFound InvalidVolumeID.Malformed "
                    "InvalidInstanceID.Malformed IncorrectState IncorrectInstanceState "
                    "InvalidAttachment.NotFound InvalidParameterCombination",
          .effects = "the attachment ends by a job; the volume is available with its last one");
