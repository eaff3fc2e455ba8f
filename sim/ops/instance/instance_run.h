/* The steps of RunInstances, which make instances of a request: image, disks, network. */
#ifndef OPS_INSTANCE_RUN_H
#define OPS_INSTANCE_RUN_H

#include "catalog/instance_type.h"
#include "ops/instance/launch_request.h"
#include "world/instance/instance.h"

/* A disk that each instance gets. */
struct launch_disk {
    const char *device;
    struct volume_spec spec;
    enum tri delete_on_termination;
};

/* An interface that each instance gets. */
struct launch_nic {
    struct network_interface like; /* what is asked for; private_ip NULL: any */
    struct subnet subnet;
};

/* What a launch has become so far; what all its instances share. */
struct launch {
    const struct run_instances *in;
    struct image image;
    const struct instance_type *type;
    const char *kernel, *ramdisk, *boot_mode;
    const char *public_key; /* of the key pair; NULL: none */
    struct subnet subnet; /* of the first interface */
    struct list nics; /* struct launch_nic */
    struct list disks; /* struct launch_disk */
    struct list ephemeral; /* struct mapping */
    struct launch_metadata metadata; /* all of it decided */
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
