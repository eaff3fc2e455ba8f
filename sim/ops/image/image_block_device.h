/* BlockDeviceMapping of CreateImage and RegisterImage: parameters, checks, defaults. Sizes in GiB,
 * throughput in MiB/s; what was not given is NULL, ABSENT or UNSET. */
#ifndef OPS_IMAGE_BLOCK_DEVICE_H
#define OPS_IMAGE_BLOCK_DEVICE_H

#include "call/op.h"
#include "world/image/image.h"

struct mapping_ebs {
    const char *snapshot, *type, *key;
    int64_t size, iops, throughput;
    enum tri delete_on_termination, encrypted;
};

struct mapping_wanted {
    const char *device, *virtual_name, *no_device; /* no_device: "" is given */
    bool has_ebs;
    struct mapping_ebs ebs;
};

extern const struct param mapping_params[];
#define MAPPINGS(S, m) LIST(S, m, struct mapping_wanted, mapping_params)

/* Names and combinations for an image of such a machine; `existing` (struct mapping) are devices
 * that need neither snapshot nor size. */
int mappings_check(struct call *c, const struct machine *of, const struct list *wanted,
                   const struct list *existing);
/* A mapping of an own snapshot, of an empty volume or of an ephemeral device, with its defaults;
 * -1 where the snapshot cannot be used or the volume could not be made. */
int mapping_make(struct call *c, const struct mapping_wanted *wanted, struct mapping *ret);
/* Type and numbers obey CreateVolume's limits. */
int mapping_check_volume(struct call *c, const struct mapping *m);
/* What is wanted of a device, and what is there; NULL: nothing. */
const struct mapping_wanted *mapping_wanted_for(const struct list *wanted, const char *device);
const struct mapping *mapping_for(const struct list *mappings, const char *device);

#endif
