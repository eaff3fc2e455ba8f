/* What the world starts with: fixtures/, built into the binary, and --fixtures on top of them.
 *
 * Tables that never change while the process runs; each has its finders in a header of its own:
 * region.h, kernel.h, instance_type.h, public_image.h, quota.h, price.h, default_network.h. */
#ifndef CATALOG_FIXTURES_H
#define CATALOG_FIXTURES_H

#include "call/call.h"

struct late_types;

struct fixtures {
    struct arena *a; /* of all of it; lives as long as the process */
    struct list regions; /* struct region */
    struct list kernels; /* struct kernel */
    struct list types; /* struct instance_type: of --fixtures; the others are in late_types */
    struct late_types *late_types; /* instance_type.c's */
    struct list images; /* struct public_image */
    struct list quotas; /* struct quota */
    struct list organizations; /* struct organization */
    struct list subscriptions; /* struct marketplace_subscription */
    struct list systems; /* struct guest_system */
    struct list packages; /* struct package */
    struct list commands; /* struct guest_command */
    struct list urls; /* struct guest_url */
    const struct default_network *network;
    const struct prices *prices;
};

/* Reads the built-in fixtures, then each path (a YAML file, or a folder of them). Memory comes from
 * `a` and lives as long as the process. On failure NULL and *ret_error, "file:line: what; what was
 * expected". */
const struct fixtures *fixtures_load(struct arena *a, const struct list *paths,
                                     const char **ret_error);

#endif
