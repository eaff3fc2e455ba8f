/* Instance types: what RunInstances checks an image against and DescribeInstanceTypes shows
 * (fixtures/instance-types-*.yaml). Memory in MiB, disks in GB, bandwidth in Mbit/s.
 *
 * There are over a thousand. Those that are built in stand in a file for each first letter, which
 * is read when somebody asks for a type of that letter. */
#ifndef CATALOG_INSTANCE_TYPE_H
#define CATALOG_INSTANCE_TYPE_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/region.h"

enum { BASELINE, MAXIMUM };

/* Network cards that are alike, one behind the other. */
struct type_card {
    const char *network;
    const char *baseline_gbps, *peak_gbps; /* "0.75" */
    int64_t count, enis, more_enis, queues, most_queues, most_queues_of_one;
    struct list kinds; /* const char *: interface, efa, efa-only */
};

/* By BASELINE and MAXIMUM; ABSENT: not EBS-optimized by default. */
struct ebs_speed {
    int64_t mbps[2], iops[2];
};

/* GPUs and their like: devices of one name. */
struct accelerator {
    const char *kind; /* gpu, fpga, inference, media, neuron */
    const char *name, *manufacturer, *partition;
    int64_t count, memory, logical, cores, core_version;
    struct list workloads; /* const char * */
};

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
    int64_t ipv6_addresses; /* of an interface; 0 where there is no IPv6 */
    int64_t secondary_addresses, efa_interfaces;
    int64_t tcp_timeout; /* of a connection that is tracked, seconds */
    const char *ebs_limit; /* shared, dedicated */
    struct ebs_speed ebs;
    struct list ebs_cards; /* struct ebs_speed */
    struct list cards; /* struct type_card */
    struct list accelerators; /* struct accelerator */
    struct list processor_features, bandwidth_weightings; /* const char * */
    struct list valid_cores, valid_threads; /* const char *: numbers */
    enum tri free_tier, flexible_queues;
    struct list architectures, virtualization, root_devices, boot_modes, placement, usage, features;
    struct list not_in_regions, only_in_regions, not_in_zones; /* zones: ids */
};

/* NULL where there is none of that name. */
const struct instance_type *instance_type_find(const struct sim *sim, const char *name);
/* All of them: const struct instance_type *. */
const struct list *instance_type_all(const struct sim *sim);
/* bare_metal, burstable, current, hibernation, auto_recovery, dedicated_hosts, nitro_tpm, enclaves,
 * encryption_in_transit, ipv6, efa, ena_srd, secondary_network, phc, reboot_migration */
bool instance_type_has(const struct instance_type *type, const char *feature);
/* Where it is offered. */
bool instance_type_in_region(const struct instance_type *type, const char *region);
bool instance_type_in_zone(const struct instance_type *type, const struct zone *zone);

#endif
