/* Regions and zones. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/region.h"
#include "ops/describe.h"

/* ---- DescribeRegions ---- */

struct describe_regions {
    struct list names, filters;
    enum tri all;
};

static const struct param describe_regions_params[] = {
    { "RegionName", TEXTS(struct describe_regions, names), .shape = "RegionNames" },
    { "AllRegions", BOOL(struct describe_regions, all) },
    { "Filter", FILTERS(struct describe_regions, filters) },
    { 0 },
};

/* What an answer shows of a Region; the order of elements is recorded. */
struct region_item {
    const char *name, *endpoint, *opt_in;
    struct list geography; /* struct geography_item */
};

struct geography_item {
    const char *name;
};

static const struct schema geography_schema = {
    .name = "geography",
    .size = sizeof(struct geography_item),
    .part = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct geography_item, name), .xml = "name" }, { 0 } },
};

static const struct schema region_schema = {
    .name = "region",
    .size = sizeof(struct region_item),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct region_item, name), .xml = "regionName", .filter = "region-name" },
            { TEXT_FIELD(struct region_item, endpoint), .xml = "regionEndpoint",
              .filter = "endpoint" },
            { TEXT_FIELD(struct region_item, opt_in), .xml = "optInStatus",
              .filter = "opt-in-status" },
            { LIST_FIELD(struct region_item, geography, &geography_schema), .xml = "geographySet",
              .flags = FIELD_SHOW_EMPTY },
            { 0 } },
};

static struct list geography(struct call *c, const char *name)
{
    struct list l = { 0 };
    if (name)
        list_add(c->a, &l, struct geography_item)->name = name;
    return l;
}

static const struct describe region_list = { .schema = &region_schema,
                                             .set = "regionInfo",
                                             .page = { .unpaged = true } };

static int describe_regions(struct call *c, const struct describe_regions *in)
{
    LIST_EACH (const char *, name, &in->names) {
        if (!region_find(c->sim, *name))
            return fail(c, E_ParameterValue,
                        arena_printf(c->a, "Invalid region names: [%s]", *name));
    }
    struct list items = { 0 };
    LIST_EACH (struct region, region, region_all(c->sim)) {
        if (in->names.count ? !strs_have(&in->names, region->name)
                            : in->all != YES && !region_enabled(region))
            continue;
        *list_add(c->a, &items, struct region_item) = (struct region_item){
            .name = region->name,
            .endpoint = arena_printf(c->a, "ec2.%s.amazonaws.com", region->name),
            .opt_in = region->opt_in,
            .geography = geography(c, region->geography),
        };
    }
    return describe_items(c, &region_list, &(struct listing){ .filters = in->filters }, &items);
}

OPERATION(ec2, DescribeRegions, describe_regions, .errors = "InvalidParameterValue");

/* ---- DescribeAvailabilityZones ---- */

struct describe_availability_zones {
    struct list names, ids, filters;
    enum tri all;
};

static const struct param describe_availability_zones_params[] = {
    { "ZoneName", TEXTS(struct describe_availability_zones, names) },
    { "ZoneId", TEXTS(struct describe_availability_zones, ids) },
    { "AllAvailabilityZones", BOOL(struct describe_availability_zones, all) },
    { "Filter", FILTERS(struct describe_availability_zones, filters) },
    { 0 },
};

struct zone_item {
    struct zone zone;
    const char *state;
    struct list messages, geography, sub_geography;
};

static const struct schema zone_schema = {
    .name = "zone",
    .size = sizeof(struct zone_item),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct zone_item, zone.name), .xml = "zoneName", .filter = "zone-name" },
            { TEXT_FIELD(struct zone_item, zone.id), .xml = "zoneId", .filter = "zone-id" },
            { TEXT_FIELD(struct zone_item, state), .xml = "zoneState", .filter = "state" },
            { TEXT_FIELD(struct zone_item, zone.region), .xml = "regionName",
              .filter = "region-name" },
            { TEXT_FIELD(struct zone_item, zone.group), .xml = "groupName",
              .filter = "group-name" },
            { TEXT_FIELD(struct zone_item, zone.opt_in), .xml = "optInStatus",
              .filter = "opt-in-status" },
            { TEXT_FIELD(struct zone_item, zone.border_group), .xml = "networkBorderGroup",
              .filter = "network-border-group" },
            { TEXT_FIELD(struct zone_item, zone.type), .xml = "zoneType", .filter = "zone-type" },
            { TEXT_FIELD(struct zone_item, zone.parent_name), .xml = "parentZoneName",
              .filter = "parent-zone-name" },
            { TEXT_FIELD(struct zone_item, zone.parent_id), .xml = "parentZoneId",
              .filter = "parent-zone-id" },
            { TEXT_FIELD(struct zone_item, zone.group_long_name), .xml = "groupLongName",
              .filter = "group-long-name" },
            { LIST_FIELD(struct zone_item, messages, &geography_schema), .xml = "messageSet",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct zone_item, geography, &geography_schema), .xml = "geographySet",
              .flags = FIELD_SHOW_EMPTY },
            { LIST_FIELD(struct zone_item, sub_geography, &geography_schema),
              .xml = "subGeographySet", .flags = FIELD_SHOW_EMPTY },
            { 0 } },
};

static int check_zone_names(struct call *c, const struct region *here, const struct list *names)
{
    struct list bad = { 0 };
    LIST_EACH (const char *, name, names) {
        if (!zone_find(here, *name))
            strs_add(c->a, &bad, *name);
    }
    return bad.count ? fail(
               c, E_ParameterValue,
               arena_printf(c->a, "Invalid availability zones: [%s]", strs_join(c->a, &bad, ", ")))
                     : 0;
}

static bool is_zone_asked_for(const struct describe_availability_zones *in, const struct zone *zone)
{
    if (in->names.count || in->ids.count)
        return strs_have(&in->names, zone->name) || strs_have(&in->ids, zone->id);
    return in->all == YES || !text_is(zone->opt_in, "not-opted-in");
}

static const struct describe zone_list = { .schema = &zone_schema,
                                           .set = "availabilityZoneInfo",
                                           .page = { .unpaged = true } };

static int describe_availability_zones(struct call *c, const struct describe_availability_zones *in)
{
    const struct region *here = region_find(c->sim, c->region);
    struct list items = { 0 };
    if (check_zone_names(c, here, &in->names) || check_zone_names(c, here, &in->ids))
        return -1;
    LIST_EACH (struct zone, zone, &here->zones) {
        if (is_zone_asked_for(in, zone))
            *list_add(c->a, &items, struct zone_item) =
                (struct zone_item){ .zone = *zone,
                                    .state = "available",
                                    .geography = geography(c, zone->geography),
                                    .sub_geography = geography(c, zone->sub_geography) };
    }
    return describe_items(c, &zone_list, &(struct listing){ .filters = in->filters }, &items);
}

OPERATION(ec2, DescribeAvailabilityZones, describe_availability_zones,
          .errors = "InvalidParameterValue");
