/* CreateImage: from an instance, with snapshots of what is attached to it and what else is asked
 * for.
 */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "guest/guest.h"
#include "ops/image/image_block_device.h"
#include "reply/emit.h"
#include "request/tag_spec.h"
#include "time/job.h"
#include "world/image/image.h"
#include "world/image/image_ready.h"
#include "world/instance/instance.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/volume.h"

struct create_image {
    const char *location, *instance, *name, *description, *boot_mode;
    enum tri no_reboot;
    struct list tags, mappings;
};

static const char *const only_uefi[] = { "uefi", NULL };
static const char *const regional[] = { "regional", "local", NULL };

static const struct param create_image_params[] = {
    { "TagSpecification", TAG_SPECS(struct create_image, tags, "image snapshot") },
    { "SnapshotLocation", TEXT(struct create_image, location), .values = regional },
    { "InstanceId", TEXT(struct create_image, instance), .flags = PARAM_REQUIRED, .id = "i-" },
    { "Name", TEXT(struct create_image, name), .flags = PARAM_REQUIRED },
    { "Description", TEXT(struct create_image, description), .max = 255 },
    { "NoReboot", BOOL(struct create_image, no_reboot) },
    { "BlockDeviceMapping", MAPPINGS(struct create_image, mappings) },
    { "BootModeOverride", TEXT(struct create_image, boot_mode), .values = only_uefi },
    { 0 },
};

/* ---- Checks ---- */

static int find_imageable(struct call *c, const char *id, struct instance *ret)
{
    static const char *const good[] = { "running", "stopping", "stopped", NULL };
    if (!instance_find(c, id, ret))
        return fail(c, E_InstanceNotFound, id);
    if (!text_any(ret->state, good))
        return fail(c, E_InstanceNotImageable, id);
    if (!text_is(ret->machine.root_type, "ebs"))
        return fail(c, E_InstanceNotEbs, id);
    return 0;
}

/* The attachment of a volume to this instance. */
static const struct attachment *attachment_to(const struct volume *v, const char *instance)
{
    return LIST_FIND(struct attachment, &v->attachments, instance, instance);
}

/* The volumes of an instance, its root first as in every image of AWS's. */
static struct list volumes_to_image(struct call *c, const struct instance *i)
{
    struct list all = volumes_of(c, i->id), ordered = { 0 };
    for (int root = 1; root >= 0; root--) {
        LIST_EACH (struct volume, v, &all) {
            if (text_is(attachment_to(v, i->id)->device, i->machine.root_device) == root)
                *list_add(c->a, &ordered, struct volume) = *v;
        }
    }
    return ordered;
}

/* What is attached, as mappings without snapshots. */
static struct list attached_mappings(struct call *c, const struct instance *i,
                                     const struct list *volumes)
{
    struct list mappings = { 0 };
    LIST_EACH (struct volume, v, volumes) {
        const struct attachment *at = attachment_to(v, i->id);
        struct mapping *m = list_add(c->a, &mappings, struct mapping);
        m->device = at->device;
        m->size = v->size;
        m->type = v->type;
        m->iops = text_is(v->type, "gp2") ? ABSENT : v->iops; /* gp2's is a baseline, not a wish */
        m->throughput = v->throughput;
        m->delete_on_termination = tri_of(at->delete_on_termination); /* [recorded] */
        m->encrypted = tri_of(v->encrypted);
    }
    return mappings;
}

/* The image of an attached volume may be larger than it, of another type and speed, though the API
 * reference denies it; its snapshot stays as large as the volume [reports.md]. */
static int change_attached(struct call *c, struct mapping *m, const struct mapping_ebs *ebs)
{
    if (ebs->snapshot)
        return fail(c, E_MappedVolumeSnapshot, m->device);
    if (ebs->size != ABSENT && ebs->size < m->size)
        return fail(c, E_MappedVolumeSmaller, (long long)ebs->size, m->device, (long long)m->size);
    if (ebs->encrypted != UNSET && tri_of(ebs->encrypted) != m->encrypted)
        return fail(c, E_MappedVolumeEncrypted, m->device);
    if (ebs->type && !text_is(ebs->type, m->type)) {
        m->type = ebs->type; /* what belonged to the old type goes with it */
        m->iops = m->throughput = ABSENT;
    }
    m->size = ebs->size != ABSENT ? ebs->size : m->size;
    m->iops = ebs->iops != ABSENT ? ebs->iops : m->iops;
    m->throughput = ebs->throughput != ABSENT ? ebs->throughput : m->throughput;
    tri_set(&m->delete_on_termination, ebs->delete_on_termination);
    return mapping_check_volume(c, m);
}

static int change_mappings(struct call *c, const struct instance *i, const struct list *wanted,
                           struct list *mappings)
{
    if (mappings_check(c, &i->machine, wanted, mappings))
        return -1;
    LIST_EACH (struct mapping, m, mappings) {
        const struct mapping_wanted *w = mapping_wanted_for(wanted, m->device);
        if (w && w->has_ebs && !w->no_device && change_attached(c, m, &w->ebs))
            return -1;
    }
    return 0;
}

/* ---- The image ---- */

static void take_from_instance(struct call *c, const struct instance *i, struct image *image)
{
    struct image source;
    image->machine = i->machine;
    image->source_instance = i->id;
    image->source_image = i->image;
    image->source_region = c->region;
    if (!i->image || !image_find(c, i->image, &source))
        return;
    image->imds = source.imds;
    image->uefi_data = source.uefi_data;
    image->watermarks = source.watermarks;
}

static bool is_left_out(const struct list *wanted, const char *device)
{
    const struct mapping_wanted *w = mapping_wanted_for(wanted, device);
    return w && w->no_device;
}

static void add_volumes(struct call *c, const struct create_image *in, const struct instance *i,
                        const struct list *volumes, const struct list *mappings, bool shut_down,
                        struct image *image)
{
    const char *description =
        arena_printf(c->a, "Created by CreateImage(%s) for %s", i->id, image->id); /* [recorded] */
    struct snapshot s;
    for (size_t n = 0; n < volumes->count; n++) {
        const struct mapping *from = list_at(mappings, struct mapping, n);
        if (is_left_out(&in->mappings, from->device))
            continue;
        guest_snapshot(c, list_at(volumes, struct volume, n), description, shut_down, &s);
        tag_specs_put(c, &in->tags, "snapshot", s.id);
        struct mapping *m = list_add(c->a, &image->mappings, struct mapping);
        *m = *from;
        m->snapshot = s.id;
    }
}

static int add_rest(struct call *c, const struct create_image *in, const struct instance *i,
                    const struct list *mappings, struct image *image)
{
    LIST_EACH (struct mapping, m, &i->ephemeral) {
        if (!mapping_wanted_for(&in->mappings, m->device))
            *list_add(c->a, &image->mappings, struct mapping) = *m;
    }
    LIST_EACH (struct mapping_wanted, w, &in->mappings) {
        if (!mapping_for(mappings, w->device) && !w->no_device
            && mapping_make(c, w, list_add(c->a, &image->mappings, struct mapping)))
            return -1;
    }
    return 0;
}

/* The work of an image goes on for some 25 s after its snapshots are complete; their ids show
 * within the first ten [recorded]. */
static void start_work(struct call *c, const struct instance *i, struct image *image)
{
    struct instance now;
    int64_t due = image_snapshots_due(c, image) + pace_delay(c, 20, 25 * SECOND_MS);
    image->mapped = c->now + pace_delay(c, 10, 8 * SECOND_MS);
    instance_find(c, i->id, &now); /* our own reboot counts as a boot */
    image_put(c, image);
    job_after(c, due - c->now, &job_image_ready, image->id,
              &(struct image_ready){ .instance = i->id, .boots = now.boots });
}

static int check_instance(struct call *c, const struct create_image *in, struct instance *ret)
{
    if (image_check_new(c, in->name) || find_imageable(c, in->instance, ret))
        return -1;
    if (text_is(in->location, "local"))
        return fail(c, E_NotSimulated, "SnapshotLocation", "Local Zones are not simulated");
    if (in->boot_mode && !text_is(ret->current_boot_mode, "uefi"))
        return fail(c, E_BootModeOverride, ret->id);
    return 0;
}

/* The root is there, and is not left out. */
static int check_root(struct call *c, const struct create_image *in, const struct instance *i,
                      const struct list *mappings)
{
    const struct mapping *first = mappings->count ? mappings->items : NULL;
    if (!first || !text_is(first->device, i->machine.root_device))
        return fail(c, E_InstanceNoRoot, i->id, i->machine.root_device);
    return is_left_out(&in->mappings, i->machine.root_device) ? fail(c, E_NoRootSnapshot) : 0;
}

static int create_image(struct call *c, const struct create_image *in)
{
    struct instance i;
    struct image image;
    if (check_instance(c, in, &i))
        return -1;
    struct list volumes = volumes_to_image(c, &i);
    struct list mappings = attached_mappings(c, &i, &volumes);
    if (change_mappings(c, &i, &in->mappings, &mappings) || check_root(c, in, &i, &mappings))
        return -1;
    image_start_creating(c, in->name, &image);
    image.description = in->description;
    take_from_instance(c, &i, &image);
    if (in->boot_mode)
        image.machine.boot_mode = in->boot_mode;
    bool reboots = in->no_reboot != YES && text_is(i.state, "running");
    if (reboots)
        guest_shutdown(c, &i);
    add_volumes(c, in, &i, &volumes, &mappings, reboots, &image);
    if (add_rest(c, in, &i, &mappings, &image))
        return -1;
    if (reboots) {
        instance_reboot(c, &i, arena_printf(c->a, "CreateImage %s", image.id));
        guest_boot(c, &i);
    }
    start_work(c, &i, &image);
    tag_specs_put(c, &in->tags, "image", image.id);
    emit_text(c, "imageId", image.id);
    return 0;
}

OPERATION(ec2, CreateImage, create_image, .flags = OP_WRITES,
          .errors = "InvalidAMIName.Malformed InvalidAMIName.Duplicate InvalidInstanceID.NotFound "
                    "InvalidBlockDeviceMapping InvalidParameter "
                    "InvalidParameterValue InvalidSnapshotID.NotFound IncorrectState "
                    "InvalidParameterCombination ResourceLimitExceeded UnknownVolumeType",
          .effects =
              "a new image, pending -> available or failed, and a snapshot of every attached "
              "volume; a running instance reboots unless NoReboot");
