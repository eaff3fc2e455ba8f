/* Public images as the fixtures give them: one for many Regions (fixtures/images.yaml). Sizes in
 * GiB, throughput in MiB/s, times in ms.
 *
 * seed.c makes images (world/image/image.h) of them in a new world. The public SSM parameters that
 * name them are answered from here. */
#ifndef CATALOG_PUBLIC_IMAGE_H
#define CATALOG_PUBLIC_IMAGE_H

#include "base/field.h"
#include "call/call.h"
#include "catalog/machine.h"

/* Public images, and the snapshots behind them, have row numbers of their own up to this one. */
#define PUBLIC_ROWS (1 << 20)

struct public_mapping {
    const char *device, *virtual_name, *type;
    int64_t size, iops, throughput;
    enum tri delete_on_termination, encrypted;
};

/* The SSM agent that its publisher put on it, by what it tells of the system. */
struct public_agent {
    const char *platform, *version; /* platform NULL: there is no agent */
};

struct public_image {
    const char *name, *description, *owner, *owner_alias, *location; /* location: with {region} */
    struct machine machine; /* the kernel by its name; its product codes are those below */
    const char *imds, *source_region;
    int64_t created, deprecated;
    enum tri free_tier, public;
    struct list product_codes, parameters, regions; /* const char *; regions: none means all */
    struct list mappings; /* struct public_mapping */
    const char *parameter_type; /* data type of its parameters: text, aws:ec2:image */
    struct public_agent agent;
    const struct value *ids; /* Region -> id; may be NULL */
};

struct public_parameter {
    const char *name, *image, *data_type; /* "/aws/service/…", an image id */
    int64_t changed; /* when that image was made */
};

/* Whether a Region has it, and its id there: a real one, or one that belongs to Region, owner and
 * name. */
bool public_image_in(const struct public_image *image, const char *region);
const char *public_image_id(struct arena *a, const struct public_image *image, const char *region);
/* The Region in which an image or kernel of the fixtures has this id; NULL: none has. */
const char *public_image_region(const struct sim *sim, const char *id);
/* By "OWNER/NAME", as volumes and snapshots carry it on; NULL: the fixtures have none of that name.
 */
const char *public_image_key(struct arena *a, const struct public_image *image);
const struct public_image *public_image_named(struct sim *sim, const char *key);
/* The public SSM parameters of a Region (struct public_parameter), sorted by name. */
struct list public_parameters(struct call *c, const char *region);

#endif
