/* Instance types: their finders, and their section of the fixtures. What an image needs of a type
 * is decided where instances are started. */
#include "catalog/instance_type.h"

#include "base/text.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/machine.h"
#include "catalog/region.h"

/* ---- Finders ---- */

const struct list *instance_type_all(const struct sim *sim)
{
    return &sim->fixtures->types;
}

const struct instance_type *instance_type_find(const struct sim *sim, const char *name)
{
    return LIST_FIND(struct instance_type, &sim->fixtures->types, name, name);
}

bool instance_type_has(const struct instance_type *type, const char *feature)
{
    return strs_have(&type->features, feature);
}

bool instance_type_in_region(const struct instance_type *type, const char *region)
{
    if (type->only_in_regions.count)
        return strs_have(&type->only_in_regions, region);
    return !strs_have(&type->not_in_regions, region);
}

bool instance_type_in_zone(const struct instance_type *type, const struct zone *zone)
{
    return zone_usable(zone) && instance_type_in_region(type, zone->region)
           && !strs_have(&type->not_in_zones, zone->id);
}

/* ---- Fixtures ---- */

struct type_entry {
    struct instance_type type;
    struct list mbps, iops; /* texts: baseline, maximum */
};

static const char *const supports[] = { "required", "supported", "unsupported", NULL };
static const char *const defaults[] = { "default", "supported", "unsupported", NULL };
static const char *const hypervisors[] = { "nitro", "xen", "none", NULL };
static const char *const disk_types[] = { "hdd", "ssd", NULL };
static const char *const boot_modes[] = { "legacy-bios", "uefi", NULL };
static const char *const placements[] = { "cluster", "partition", "spread", NULL };
static const char *const usages[] = { "on-demand", "spot", "capacity-block", NULL };
static const char *const features[] = { "bare_metal",
                                        "burstable",
                                        "current",
                                        "hibernation",
                                        "auto_recovery",
                                        "dedicated_hosts",
                                        "nitro_tpm",
                                        "enclaves",
                                        "encryption_in_transit",
                                        "ipv6",
                                        NULL };

static const struct param type_params[] = {
    { "name", TEXT(struct type_entry, type.name), .flags = PARAM_REQUIRED },
    { "family", TEXT(struct type_entry, type.family) },
    { "processor", TEXT(struct type_entry, type.processor), .flags = PARAM_REQUIRED },
    { "ghz", TEXT(struct type_entry, type.ghz) },
    { "vcpus", INT(struct type_entry, type.vcpus), .flags = PARAM_REQUIRED, .min = 1,
      .max = 10000 },
    { "cores", INT(struct type_entry, type.cores), .flags = PARAM_REQUIRED, .min = 1,
      .max = 10000 },
    { "memory", INT(struct type_entry, type.memory), .flags = PARAM_REQUIRED, .min = 1,
      .max = INT64_MAX },
    { "architectures", TEXTS(struct type_entry, type.architectures), .flags = PARAM_REQUIRED,
      .values = machine_architectures },
    { "virtualization", TEXTS(struct type_entry, type.virtualization), .flags = PARAM_REQUIRED,
      .values = machine_virtualizations },
    { "root_devices", TEXTS(struct type_entry, type.root_devices), .flags = PARAM_REQUIRED,
      .values = machine_root_types },
    { "boot_modes", TEXTS(struct type_entry, type.boot_modes), .flags = PARAM_REQUIRED,
      .values = boot_modes },
    { "hypervisor", TEXT(struct type_entry, type.hypervisor), .values = hypervisors },
    { "features", TEXTS(struct type_entry, type.features), .values = features },
    { "ena", TEXT(struct type_entry, type.ena), .flags = PARAM_REQUIRED, .values = supports },
    { "network", TEXT(struct type_entry, type.network), .flags = PARAM_REQUIRED },
    { "enis", INT(struct type_entry, type.enis), .flags = PARAM_REQUIRED, .min = 1, .max = 1000 },
    { "addresses", INT(struct type_entry, type.addresses), .flags = PARAM_REQUIRED, .min = 1,
      .max = 1000 },
    { "ebs_optimized", TEXT(struct type_entry, type.ebs_optimized), .flags = PARAM_REQUIRED,
      .values = defaults },
    { "ebs_nvme", TEXT(struct type_entry, type.ebs_nvme), .flags = PARAM_REQUIRED,
      .values = supports },
    { "ebs_attachments", INT(struct type_entry, type.ebs_attachments), .flags = PARAM_REQUIRED,
      .min = 1, .max = 1000 },
    { "ebs_mbps", TEXTS(struct type_entry, mbps), .min = 2, .max = 2 },
    { "ebs_iops", TEXTS(struct type_entry, iops), .min = 2, .max = 2 },
    { "disks", INT(struct type_entry, type.disks), .min = 1, .max = 100 },
    { "disk_size", INT(struct type_entry, type.disk_size), .min = 1, .max = INT64_MAX },
    { "disk_type", TEXT(struct type_entry, type.disk_type), .values = disk_types },
    { "storage_nvme", TEXT(struct type_entry, type.storage_nvme), .values = supports },
    { "storage_encryption", TEXT(struct type_entry, type.storage_encryption), .values = supports },
    { "placement", TEXTS(struct type_entry, type.placement), .values = placements },
    { "usage", TEXTS(struct type_entry, type.usage), .flags = PARAM_REQUIRED, .values = usages },
    { "free_tier", BOOL(struct type_entry, type.free_tier) },
    { "not_in_regions", TEXTS(struct type_entry, type.not_in_regions) },
    { "only_in_regions", TEXTS(struct type_entry, type.only_in_regions) },
    { "not_in_zones", TEXTS(struct type_entry, type.not_in_zones) },
    { 0 },
};

static int read_pair(struct call *c, const struct value *entry, const char *key,
                     const struct list *texts, int64_t pair[2])
{
    pair[BASELINE] = pair[MAXIMUM] = ABSENT;
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = *list_at(texts, const char *, i);
        if (!text_int(text, &pair[i]))
            return fixtures_wrong(c, value_get(entry, key),
                                  arena_printf(c->a, "'%s' is no number", text),
                                  "two numbers, baseline and maximum");
    }
    return 0;
}

int instance_type_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct type_entry e = { 0 };
    if (fixtures_decode(c, type_params, entry, &e)
        || read_pair(c, entry, "ebs_mbps", &e.mbps, e.type.ebs_mbps)
        || read_pair(c, entry, "ebs_iops", &e.iops, e.type.ebs_iops)
        || regions_check(c, value_get(entry, "not_in_regions"))
        || regions_check(c, value_get(entry, "only_in_regions")))
        return -1;
    bool bare = instance_type_has(&e.type, "bare_metal");
    if (text_is(e.type.hypervisor, "none"))
        e.type.hypervisor = NULL;
    if (bare != !e.type.hypervisor)
        return fixtures_wrong(c, entry, arena_printf(c->a, "hypervisor of '%s'", e.type.name),
                              "one, or the feature bare_metal and none");
    if ((e.type.disks == ABSENT) != (e.type.disk_size == ABSENT)
        || (e.type.disks == ABSENT) != !e.type.disk_type)
        return fixtures_wrong(c, entry, arena_printf(c->a, "instance store of '%s'", e.type.name),
                              "disks, disk_size and disk_type, or none of them");
    *list_add(c->a, &f->types, struct instance_type) = e.type;
    return 0;
}
