/* What the world starts with: fixtures/, built into the binary, and --fixtures on top of them.
 *
 * Tables that never change while the process runs; each has its finders in a header of its own:
 * region.h, kernel.h, instance_type.h, public_image.h, quota.h, price.h, default_network.h. */
#ifndef WORLD_FIXTURES_H
#define WORLD_FIXTURES_H

#include "call/call.h"
#include "call/op.h"

struct fixtures {
    struct list regions; /* struct region */
    struct list kernels; /* struct kernel */
    struct list types; /* struct instance_type */
    struct list images; /* struct public_image */
    struct list quotas; /* struct quota */
    struct list organizations; /* struct organization */
    struct list subscriptions; /* struct marketplace_subscription */
    const struct default_network *network;
    const struct prices *prices;
};

/* Reads the built-in fixtures, then each path (a YAML file, or a folder of them). Memory comes from
 * `a` and lives as long as the process. On failure NULL and *ret_error, "file:line: what; what was
 * expected". */
const struct fixtures *fixtures_load(struct arena *a, const struct list *paths,
                                     const char **ret_error);
/* Puts the public images and kernels into a world that has none yet. Runs inside a transaction.
 * False and *ret_error where that cannot be. */
bool fixtures_seed(struct sim *sim, const char **ret_error);

/* ---- For the files that decode a section ---- */

/* Decodes one entry; reads what was decoded before it from *f, and fails with fixtures_wrong(). */
typedef int fixtures_decoder(struct call *c, struct fixtures *f, const struct value *entry);
fixtures_decoder region_decode, edge_zone_decode, kernel_decode, instance_type_decode,
    public_image_decode, default_network_decode, quota_decode, prices_decode, organization_decode,
    marketplace_subscription_decode;

/* Names and values of an entry by its table. */
int fixtures_decode(struct call *c, const struct param *params, const struct value *entry,
                  void *into);
/* "file:line: what; expected was expected", and -1. */
int fixtures_wrong(struct call *c, const struct value *at, const char *what, const char *expected);
/* -1 and a complaint unless it is a Region; unless every name of a list is one. `at` is where it
 * stands; names may be NULL. */
int fixtures_region(struct call *c, const struct value *at, const char *name);
int fixtures_regions(struct call *c, const struct value *names);
/* …unless it is a mapping of Regions to identifiers of this prefix. */
int fixtures_ids(struct call *c, const struct value *ids, const char *prefix);
/* …unless it is twelve digits in quotes: a number would lose its zeros. */
int fixtures_account(struct call *c, const struct value *account);
/* The text with {region} replaced. */
const char *fixtures_in_region(struct arena *a, const char *text, const char *region);

#endif
