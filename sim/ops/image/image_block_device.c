/* See image_block_device.h. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/image/image_block_device.h"
#include "world/snapshot/snapshot.h"
#include "world/volume/device_name.h"
#include "world/volume/volume.h"

#define NO_OUTPOSTS "Outposts and Local Zones are not simulated"

static const struct param ebs_params[] = {
    { "DeleteOnTermination", BOOL(struct mapping_ebs, delete_on_termination) },
    { "Iops", INT(struct mapping_ebs, iops) },
    { "SnapshotId", TEXT(struct mapping_ebs, snapshot) },
    { "VolumeSize", INT(struct mapping_ebs, size) },
    { "VolumeType", TEXT(struct mapping_ebs, type) },
    { "KmsKeyId", TEXT(struct mapping_ebs, key) }, /* AWS calls it unknown here: see check_ebs */
    { "Throughput", INT(struct mapping_ebs, throughput) },
    { "OutpostArn", REFUSED(TEXT, NO_OUTPOSTS) },
    { "AvailabilityZone", REFUSED(TEXT, "images keep no zone outside Local Zones") },
    { "AvailabilityZoneId", REFUSED(TEXT, "images keep no zone outside Local Zones") },
    { "Encrypted", BOOL(struct mapping_ebs, encrypted) },
    { "VolumeInitializationRate",
      REFUSED(INT, "the rate belongs to launches, images do not show it") },
    { "EbsCardIndex", REFUSED(INT, "the card belongs to launches, images do not show it") },
    { 0 },
};

const struct param mapping_params[] = {
    { "Ebs", STRUCT(struct mapping_wanted, ebs, ebs_params),
      .there = offsetof(struct mapping_wanted, has_ebs) },
    { "NoDevice", TEXT(struct mapping_wanted, no_device), .flags = PARAM_EMPTY },
    { "DeviceName", TEXT(struct mapping_wanted, device) },
    { "VirtualName", TEXT(struct mapping_wanted, virtual_name) },
    { 0 },
};

const struct mapping_wanted *mapping_wanted_for(const struct list *wanted, const char *device)
{
    LIST_EACH (struct mapping_wanted, m, wanted) {
        if (device_is(m->device, device))
            return m;
    }
    return NULL;
}

const struct mapping *mapping_for(const struct list *mappings, const char *device)
{
    LIST_EACH (struct mapping, m, mappings) {
        if (device_is(m->device, device))
            return m;
    }
    return NULL;
}

static int check_ebs(struct call *c, const struct mapping_ebs *ebs)
{
    if (ebs->key)
        return fail(c, E_UnknownParameter, "KmsKeyId");
    /* even Encrypted=false [recorded] */
    if (ebs->snapshot && ebs->encrypted != UNSET)
        return fail(c, E_EncryptedWithSnapshot);
    return 0;
}

static int check_mapping(struct call *c, const struct machine *of, const struct mapping_wanted *m)
{
    if (!m->device)
        return fail(c, E_NoDeviceName);
    if (!text_is(m->device, of->root_device)
        && !device_name_fits(m->device, of->virtualization, DEVICE_MAPPED))
        return fail(c, E_ImageDeviceName, m->device);
    if (!m->has_ebs && !m->no_device && !virtual_name_fits(m->virtual_name))
        return fail(c, E_MissingParameter, "ebs");
    return m->has_ebs ? check_ebs(c, &m->ebs) : 0;
}

int mappings_check(struct call *c, const struct machine *of, const struct list *wanted,
                   const struct list *existing)
{
    struct list vague = { 0 };
    LIST_EACH (struct mapping_wanted, m, wanted) {
        if (check_mapping(c, of, m))
            return -1;
        if (mapping_wanted_for(wanted, m->device) != m)
            return fail(c, E_ImageDeviceTwice, m->device);
        if (m->has_ebs && !m->no_device && !m->ebs.snapshot && m->ebs.size == ABSENT
            && !mapping_for(existing, m->device))
            strs_add(c->a, &vague, m->device);
    }
    return vague.count ? fail(c, E_SnapshotOrSize, strs_join(c->a, &vague, ", ")) : 0;
}

/* An unknown id is NotFound here, even where others call it malformed [recorded]. Somebody else's
 * snapshot cannot be used though it is shared [recorded]. */
static int find_mapped_snapshot(struct call *c, const char *id, struct snapshot *ret)
{
    if (!text_starts(id, "snap-"))
        return id_check(c, "snap-", id);
    if (!snapshot_find(c, id, ret) || !snapshot_visible(c, ret))
        return fail(c, E_MappingSnapshotNotFound, id);
    if (!text_is(ret->owner, c->account))
        return fail(c, E_SnapshotForeign, id, c->account);
    if (text_is(ret->status, "error"))
        return fail(c, E_SnapshotInvalidState, ret->status);
    return snapshot_check_tier(c, ret);
}

/* What was not given stays away all the same: a gp3 mapping shows no iops then [recorded]. */
int mapping_check_volume(struct call *c, const struct mapping *m)
{
    struct volume_spec spec = { .type = m->type,
                                .size = m->size,
                                .iops = m->iops,
                                .throughput = m->throughput,
                                .initialization_rate = ABSENT };
    return volume_check(c, &spec);
}

int mapping_make(struct call *c, const struct mapping_wanted *wanted, struct mapping *ret)
{
    const struct mapping_ebs *ebs = &wanted->ebs;
    struct snapshot s;
    *ret = (struct mapping){ .device = wanted->device,
                             .virtual_name = wanted->has_ebs ? NULL : wanted->virtual_name,
                             .size = ABSENT,
                             .iops = ABSENT,
                             .throughput = ABSENT };
    if (!wanted->has_ebs)
        return 0;
    ret->snapshot = ebs->snapshot;
    ret->size = ebs->size;
    ret->type = ebs->type ? ebs->type : "gp2"; /* not gp3 [recorded] */
    ret->iops = ebs->iops;
    ret->throughput = ebs->throughput;
    ret->delete_on_termination = ebs->delete_on_termination == NO ? NO : YES; /* [recorded] */
    ret->encrypted = tri_of(ebs->encrypted);
    if (ebs->snapshot) {
        if (find_mapped_snapshot(c, ebs->snapshot, &s))
            return -1;
        ret->encrypted = tri_of(s.encrypted);
        if (ret->size == ABSENT)
            ret->size = s.size;
        if (ret->size < s.size)
            return fail(c, E_MappingSmaller, (long long)ret->size, s.id, (long long)s.size);
    }
    return mapping_check_volume(c, ret);
}
