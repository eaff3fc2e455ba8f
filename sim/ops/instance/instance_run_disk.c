/* The disks of a launch: the block device mappings of the request, merged field by field over those
 * of the image, and the volumes made of them. */
#include "base/text.h"
#include "call/errors.h"
#include "ops/instance/instance_run.h"
#include "request/tag_spec.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/device_name.h"
#include "world/volume/volume.h"

/* ---- Merging ---- */

/* A device of the launch: what the image has there, and what the request says of it. */
struct device {
    const char *name;
    const struct mapping *from; /* NULL: a new one */
    const struct launch_mapping *wanted;
};

static bool is_ebs(const struct mapping *m)
{
    return !m->virtual_name && !m->no_device;
}

static int check_override(struct call *c, const struct launch *l, const struct device *d)
{
    const struct launch_mapping *w = d->wanted;
    bool root = text_is(d->name, l->image.machine.root_device);
    if (w->no_device)
        return root ? fail(c, E_MappingRootRemoved) : 0;
    if (!w->has_ebs && root)
        return fail(c, E_MappingRootVirtual);
    if (!d->from || !w->has_ebs)
        return 0;
    if (w->ebs.snapshot && !is_ebs(d->from))
        return fail(c, E_MappingNotEbs);
    if (w->ebs.snapshot && root && !text_is(w->ebs.snapshot, d->from->snapshot))
        return fail(c, E_MappingRootSnapshot);
    return 0;
}

/* What the words of a mapping must be, whatever the image has there. Where Ebs is given a virtual
 * name says nothing [imports.md: RegisterImage]. */
static int check_words(struct call *c, const struct launch *l, const struct launch_mapping *w)
{
    const struct machine *m = &l->image.machine;
    if (!w->device)
        return fail(c, E_NoDeviceName);
    if (!text_is(w->device, m->root_device)
        && !device_name_fits(w->device, m->virtualization, DEVICE_MAPPED))
        return fail(c, E_MappingDeviceName, w->device);
    if (!w->has_ebs && !w->no_device && !virtual_name_fits(w->virtual_name))
        return fail(c, E_MissingParameter, "ebs");
    return 0;
}

static struct device *device_of(const struct list *devices, const char *name)
{
    LIST_EACH (struct device, d, devices) {
        if (device_is(d->name, name))
            return d;
    }
    return NULL;
}

/* The image's devices in its order, then the new ones in the order of the request. */
static int collect_devices(struct call *c, const struct launch *l, struct list *devices)
{
    LIST_EACH (struct mapping, m, &l->image.mappings) {
        *list_add(c->a, devices, struct device) = (struct device){ .name = m->device, .from = m };
    }
    LIST_EACH (struct launch_mapping, w, &l->in->mappings) {
        if (check_words(c, l, w))
            return -1;
        struct device *d = device_of(devices, w->device);
        if (d && (d->wanted || !text_is(d->name, w->device)))
            return fail(c, E_LaunchDeviceTwice, device_bare(w->device));
        if (!d) {
            d = list_add(c->a, devices, struct device);
            d->name = w->device;
        }
        d->wanted = w;
        if (check_override(c, l, d))
            return -1;
    }
    return 0;
}

static void take_number(int64_t *into, int64_t given)
{
    if (given != ABSENT)
        *into = given;
}

static struct launch_disk merge_device(const struct launch *l, const struct device *d)
{
    struct launch_disk disk = { .device = d->name, .spec = volume_spec_new() };
    struct volume_spec *spec = &disk.spec;
    spec->zone = l->subnet.zone;
    disk.delete_on_termination = NO; /* of a new data device [guide] */
    if (d->from && is_ebs(d->from)) {
        spec->snapshot = d->from->snapshot;
        spec->type = d->from->type;
        spec->size = d->from->size;
        spec->iops = d->from->iops;
        spec->throughput = d->from->throughput;
        spec->encrypted = d->from->encrypted == YES ? YES : UNSET;
        disk.delete_on_termination = d->from->delete_on_termination;
    }
    if (!d->wanted)
        return disk;
    const struct launch_ebs *w = &d->wanted->ebs;
    if (w->type && !text_is(w->type, spec->type)) {
        spec->type = w->type; /* what belonged to the old type goes with it */
        spec->iops = spec->throughput = ABSENT;
    }
    if (w->snapshot)
        spec->snapshot = w->snapshot;
    take_number(&spec->size, w->size);
    take_number(&spec->iops, w->iops);
    take_number(&spec->throughput, w->throughput);
    take_number(&spec->initialization_rate, w->initialization_rate);
    tri_set(&spec->encrypted, w->encrypted);
    spec->key = w->key;
    tri_set(&disk.delete_on_termination, w->delete_on_termination);
    return disk;
}

/* ---- Checking ---- */

/* The snapshots of an image that may be launched need no permission of their own; others do. */
static int check_snapshot(struct call *c, const struct launch_disk *disk, const struct device *d)
{
    const struct volume_spec *spec = &disk->spec;
    struct snapshot s;
    bool of_image = d->from && text_is(d->from->snapshot, spec->snapshot);
    if (!spec->snapshot)
        return 0;
    if (!snapshot_find(c, spec->snapshot, &s) || (!of_image && !snapshot_visible(c, &s)))
        return fail(c, E_SnapshotNotFound, spec->snapshot);
    if (!text_is(s.status, "completed"))
        return fail(c, E_SnapshotInvalidState, s.status);
    if (spec->encrypted == NO && s.encrypted == YES)
        return fail(c, E_MappingEncrypted, disk->device);
    if (spec->size != ABSENT && spec->size < s.size)
        return fail(c, E_MappingSmaller, (long long)spec->size, s.id, (long long)s.size);
    return 0;
}

/* No machine boots from a hard disk drive. AWS says it of iops, though none were given. */
static int check_root_type(struct call *c, const struct launch *l, const struct launch_disk *disk)
{
    static const char *const drives[] = { "st1", "sc1", NULL };
    if (text_is(disk->device, l->image.machine.root_device) && text_any(disk->spec.type, drives))
        return fail(c, E_VolumeNoIops, disk->spec.type);
    return 0;
}

static int check_disk(struct call *c, const struct launch *l, struct launch_disk *disk,
                      const struct device *d)
{
    if (check_snapshot(c, disk, d) || check_root_type(c, l, disk))
        return -1;
    if (disk->spec.key && disk->spec.encrypted != YES)
        return fail(c, E_MappingKey);
    return volume_check(c, &disk->spec);
}

static void add_ephemeral(struct call *c, struct launch *l, const struct device *d)
{
    struct mapping *m = list_add(c->a, &l->ephemeral, struct mapping);
    schema_init(&mapping_schema, m);
    m->device = d->name;
    m->virtual_name = d->wanted ? d->wanted->virtual_name : d->from->virtual_name;
}

int launch_disks(struct call *c, struct launch *l)
{
    struct list devices = { 0 };
    bool store = text_is(l->image.machine.root_type, "instance-store");
    if (collect_devices(c, l, &devices))
        return -1;
    LIST_EACH (struct device, d, &devices) {
        const struct launch_mapping *w = d->wanted;
        if ((w && w->no_device) || (!w && d->from->no_device))
            continue;
        if (w ? !w->has_ebs : d->from->virtual_name != NULL) {
            if (l->type->disks != ABSENT) /* a type without instance store ignores them [guide] */
                add_ephemeral(c, l, d);
            continue;
        }
        if (store && d->wanted)
            return fail(c, E_MappingOnStore);
        struct launch_disk disk = merge_device(l, d);
        if (!disk.spec.snapshot && disk.spec.size == ABSENT)
            return fail(c, E_MissingParameter, "size or snapshotId");
        if (check_disk(c, l, &disk, d))
            return -1;
        *list_add(c->a, &l->disks, struct launch_disk) = disk;
    }
    return 0;
}

/* ---- Making ---- */

void launch_make_disks(struct call *c, const struct launch *l, struct instance *i)
{
    LIST_EACH (struct launch_disk, disk, &l->disks) {
        struct volume v;
        struct volume_spec spec = disk->spec;
        spec.zone = i->zone;
        volume_create(c, &spec, &v);
        tag_specs_put(c, &l->in->tag_specs, "volume", v.id);
        volume_attach(c, &v, i->id, disk->device, disk->delete_on_termination);
        if (v.rolled_back == YES)
            i->failure = "Client.InvalidKMSKey.InvalidState";
    }
}
