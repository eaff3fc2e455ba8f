/* Instance types: what RunInstances checks an image against and DescribeInstanceTypes shows
 * (fixtures/instance-types.yaml). Memory in MiB, disks in GB, bandwidth in Mbit/s. */
#ifndef CATALOG_INSTANCE_TYPE_H
#define CATALOG_INSTANCE_TYPE_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/region.h"

enum { BASELINE, MAXIMUM };

struct instance_type {
    const char *name;
    const char *family; /* t3; for the reader of the file */
    const char *processor, *ghz; /* ghz as text, "2.5"; may be NULL */
    const char *hypervisor; /* nitro, xen; NULL: bare metal */
    const char *network; /* "Up to 5 Gigabit" */
    const char *ena; /* required, supported, unsupported */
    const char *ebs_optimized; /* default, supported, unsupported */
    const char *ebs_nvme; /* required, supported, unsupported */
    const char *storage_nvme, *storage_encryption; /* instance store; NULL: it has none */
    const char *disk_type; /* hdd, ssd */
    int64_t vcpus, cores, memory, enis, addresses, ebs_attachments;
    int64_t disks, disk_size; /* ABSENT: no instance store */
    /* by BASELINE and MAXIMUM; ABSENT: not EBS-optimized by default */
    int64_t ebs_mbps[2], ebs_iops[2];
    enum tri free_tier;
    struct list architectures, virtualization, root_devices, boot_modes, placement, usage, features;
    struct list not_in_regions, only_in_regions, not_in_zones; /* zones: ids */
};

/* NULL where there is none of that name. */
const struct instance_type *instance_type_find(const struct sim *sim, const char *name);
/* All of them: struct instance_type. */
const struct list *instance_type_all(const struct sim *sim);
/* bare_metal, burstable, current, hibernation, auto_recovery, dedicated_hosts, nitro_tpm, enclaves,
 * encryption_in_transit, ipv6 */
bool instance_type_has(const struct instance_type *type, const char *feature);
/* Where it is offered. */
bool instance_type_in_region(const struct instance_type *type, const char *region);
bool instance_type_in_zone(const struct instance_type *type, const struct zone *zone);

#endif
