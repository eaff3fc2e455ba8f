/* What RunInstances is asked for, and the steps that make instances of it: image, disks, network.
 */
#ifndef OPS_INSTANCE_RUN_H
#define OPS_INSTANCE_RUN_H

#include "call/op.h"
#include "catalog/instance_type.h"
#include "world/instance/instance.h"

/* ---- Input ---- */

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

struct launch_choice {
    const char *value;
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

struct run_instances {
    const char *image, *type, *kernel, *ramdisk, *key_name, *subnet, *address, *user_data, *token;
    const char *shutdown_behavior;
    int64_t min_count, max_count;
    enum tri ebs_optimized, protected_from_termination, protected_from_stop;
    struct list mappings; /* struct launch_mapping */
    struct list interfaces; /* struct launch_interface */
    struct list groups, group_names; /* const char * */
    struct list tag_specs;
    struct launch_placement placement;
    struct launch_metadata metadata;
    struct launch_template_ref template;
    struct launch_switch monitoring, hibernation, enclave;
    struct launch_choice credits, capacity, recovery, bandwidth;
    struct launch_cpu cpu;
    struct launch_dns dns;
    struct launch_profile profile;
    bool has_template;
};

extern const struct param run_instances_params[], launch_template_data_params[];

/* ---- Steps ---- */

/* A disk that each instance gets. */
struct launch_disk {
    const char *device;
    struct volume_spec spec;
    enum tri delete_on_termination;
};

/* An interface that each instance gets. */
struct launch_nic {
    const char *description, *address; /* address NULL: any */
    int64_t device_index;
    struct subnet subnet;
    struct list groups; /* struct security_group_ref */
    enum tri public_ip, delete_on_termination;
};

/* What a launch has become so far; what all its instances share. */
struct launch {
    const struct run_instances *in;
    struct image image;
    const struct instance_type *type;
    const char *kernel, *ramdisk, *boot_mode;
    struct subnet subnet; /* of the first interface */
    struct list nics; /* struct launch_nic */
    struct list disks; /* struct launch_disk */
    struct list ephemeral; /* struct mapping */
};

/* An image that the caller may launch. */
int launch_find_image(struct call *c, const char *id, struct image *ret);
/* Each fails as AWS does and fills its part of the launch. */
int launch_image(struct call *c, struct launch *l); /* image, type and how they go together */
int launch_network(struct call *c, struct launch *l); /* subnet, groups, addresses */
int launch_disks(struct call *c, struct launch *l); /* mappings over the image's */
/* How a machine goes with a type, and which kernel it may have (NULL: none is named). */
int launch_check_architecture(struct call *c, const struct instance_type *type,
                              const struct machine *m);
int launch_check_virtualization(struct call *c, const struct instance_type *type,
                                const struct machine *m);
int launch_check_kernel(struct call *c, const struct machine *m, const char *kernel);
/* Base64 (NULL: none) of 16 KiB at most. */
int launch_check_user_data(struct call *c, const char *data);
/* What may not stand together in the request; needs nothing but it. */
int launch_check_network(struct call *c, const struct run_instances *in);
/* The disks and interfaces of one instance, made and attached. */
void launch_make_disks(struct call *c, const struct launch *l, struct instance *i);
int launch_make_interfaces(struct call *c, const struct launch *l, struct instance *i);

#endif
