/* See image_block_device.h. */
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "ops/image/image_block_device.h"
#include "world/snapshot/snapshot.h"
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
    return LIST_FIND(struct mapping_wanted, wanted, device, device);
}

/* ephemeral0 … ephemeral23 [guide] */
static bool is_ephemeral(const char *name)
{
    int64_t n;
    return text_starts(name, "ephemeral") && text_int(name + strlen("ephemeral"), &n) && n >= 0
           && n <= 23;
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

static int check_mapping(struct call *c, const struct mapping_wanted *m)
{
    if (!m->device)
        return fail(c, E_NoDeviceName);
    if (m->virtual_name && !is_ephemeral(m->virtual_name))
        return fail(c, E_VirtualName, m->virtual_name);
    if (!m->has_ebs && !m->virtual_name && !m->no_device)
        return fail(c, E_MissingParameter, "ebs");
    return m->has_ebs ? check_ebs(c, &m->ebs) : 0;
}

int mappings_check(struct call *c, const struct list *wanted, const struct list *existing)
{
    struct list vague = { 0 };
    LIST_EACH (struct mapping_wanted, m, wanted) {
        if (check_mapping(c, m))
            return -1;
        if (mapping_wanted_for(wanted, m->device) != m)
            return fail(c, E_DeviceTwice, m->device);
        if (m->has_ebs && !m->no_device && !m->ebs.snapshot && m->ebs.size == ABSENT
            && !LIST_FIND(struct mapping, existing, device, m->device))
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

/* The type and its numbers obey CreateVolume's limits, but what was not given stays away: a gp3
 * mapping shows no iops then [recorded]. */
static int check_volume(struct call *c, const struct mapping *m)
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
                             .virtual_name = wanted->virtual_name,
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
    return check_volume(c, ret);
}
