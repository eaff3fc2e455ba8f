/* What the files of the image operations share: block device mappings in requests, the jobs' common
 * steps. It knows no single operation. */
#ifndef OPS_IMAGE_BLOCK_DEVICE_H
#define OPS_IMAGE_BLOCK_DEVICE_H

#include "call/op.h"
#include "world/image/image.h"

/* ---- BlockDeviceMapping of CreateImage and RegisterImage ---- */

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

/* Names and combinations; `existing` (struct mapping) are devices that need neither snapshot nor
 * size. */
int mappings_check(struct call *c, const struct list *wanted, const struct list *existing);
/* A mapping of an own snapshot, of an empty volume or of an ephemeral device, with its defaults. */
int mapping_make(struct call *c, const struct mapping_wanted *wanted, struct mapping *ret);
const struct mapping_wanted *mapping_wanted_for(const struct list *wanted, const char *device);

/* ---- Steps that several operations take ---- */

/* Ends it as a registered image: into the Recycle Bin where a retention rule says so, or for good;
 * the row stays. */
void image_deregister(struct call *c, struct image *image);

#endif
