/* PV-GRUB kernels (AKIs) that paravirtual images name (fixtures/kernels.yaml). */
#ifndef CATALOG_KERNEL_H
#define CATALOG_KERNEL_H

#include "call/call.h"

struct kernel {
    const char *name, *description, *location, *owner, *owner_alias, *architecture;
    int64_t created;
    const struct value *ids; /* Region -> id */
};

/* The kernel that has this id in this Region, or NULL. */
const struct kernel *kernel_find(const struct sim *sim, const char *region, const char *id);
const struct kernel *kernel_named(const struct sim *sim, const char *name);
/* A kernel's id in a Region, or NULL where that Region has none. */
const char *kernel_id(const struct kernel *kernel, const char *region);
/* The id, in another Region, of the kernel that `id` names in this one: same name, same
 * architecture. NULL where there is none, or where `id` is no kernel. */
const char *kernel_counterpart(const struct sim *sim, const char *region, const char *id,
                               const char *other_region);

#endif
