/* Regions and zones: fixed while the process runs (fixtures/regions.yaml). */
#ifndef CATALOG_REGION_H
#define CATALOG_REGION_H

#include "call/call.h"

struct zone {
    const char *name; /* us-east-1a */
    const char *id; /* use1-az6 */
    const char *region;
    const char *type; /* availability-zone, local-zone, wavelength-zone */
    const char *opt_in; /* opt-in-not-required, not-opted-in */
    const char *group, *group_long_name, *border_group;
    const char *parent_name, *parent_id; /* local and wavelength zones */
    const char *geography, *sub_geography; /* NULL: none */
};

struct region {
    const char *name, *code, *long_name, *opt_in, *geography, *sub_geography;
    /* struct zone, in order: availability zones, then local and wavelength zones */
    struct list zones;
};

/* NULL where there is none of that name. */
const struct region *region_find(const struct sim *sim, const char *name);
/* Whether accounts have it enabled; one that they have not refuses every call [recorded]. */
bool region_enabled(const struct region *region);
/* By name or by id, within a Region; NULL where there is none. */
const struct zone *zone_find(const struct region *region, const char *name_or_id);
/* Whether volumes and instances can be in it: local and wavelength zones are only shown. */
bool zone_usable(const struct zone *zone);
/* All of them: struct region, in AWS's own order. */
const struct list *region_all(const struct sim *sim);

/* ---- Names of Regions in entries of fixtures ---- */

/* -1 and a complaint unless it is a Region; unless every name of a list is one. `at` is where it
 * stands; names may be NULL. */
int region_check(struct call *c, const struct value *at, const char *name);
int regions_check(struct call *c, const struct value *names);
/* …unless it is a mapping of Regions to identifiers of this prefix. */
int region_ids_check(struct call *c, const struct value *ids, const char *prefix);

#endif
