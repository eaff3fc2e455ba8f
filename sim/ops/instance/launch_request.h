/* What RunInstances is asked for, and what a launch template may hold of it. Nothing in these
 * structs is checked but for what the tables say. */
#ifndef OPS_LAUNCH_REQUEST_H
#define OPS_LAUNCH_REQUEST_H

#include "call/op.h"

struct launch_ebs {
    const char *snapshot, *type, *key;
    int64_t size, iops, throughput, initialization_rate;
    enum tri delete_on_termination, encrypted;
};

struct launch_mapping {
    const char *device, *virtual_name, *no_device;
    struct launch_ebs ebs;
    bool has_ebs;
};

struct launch_address {
    const char *address;
    enum tri primary;
};

struct launch_interface {
    const char *id, *subnet, *description, *address, *type;
    enum tri public_ip, delete_on_termination;
    int64_t device_index, card_index;
    struct list groups; /* const char *: identifiers */
    struct list addresses; /* struct launch_address */
};

struct launch_placement {
    const char *zone, *zone_id, *tenancy, *group;
    int64_t partition;
};

struct launch_metadata {
    const char *tokens, *endpoint, *ipv6, *tags;
    int64_t hop_limit;
};

struct launch_template_ref {
    const char *id, *name, *version;
};

struct launch_switch {
    enum tri on;
};

struct launch_cpu {
    int64_t cores, threads;
};

struct launch_dns {
    const char *type;
    enum tri a_record, aaaa_record;
};

struct launch_profile {
    const char *arn, *name;
};

/* The request; also the data of a launch template, without counts, subnet, address and token. */
struct run_instances {
    const char *image, *type, *kernel, *ramdisk, *key_name, *subnet, *address, *user_data, *token;
    const char *shutdown_behavior;
    int64_t min_count, max_count;
    enum tri ebs_optimized, protected_from_termination, protected_from_stop;
    struct list mappings; /* struct launch_mapping */
    struct list interfaces; /* struct launch_interface */
    struct list groups, group_names; /* const char * */
    struct list tag_specs; /* struct tag_spec */
    struct launch_placement placement;
    struct launch_metadata metadata;
    struct launch_template_ref template;
    struct launch_switch monitoring, hibernation, enclave;
    struct text_value credits, capacity, recovery, bandwidth;
    struct launch_cpu cpu;
    struct launch_dns dns;
    struct launch_profile profile;
    bool has_template;
};

extern const struct param run_instances_params[], launch_template_data_params[];

#endif
