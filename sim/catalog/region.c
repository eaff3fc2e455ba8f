/* Regions and zones: their finders, and their sections of the fixtures. Knows nothing of who asks.
 */
#include "catalog/region.h"

#include "base/text.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"

/* ---- Finders ---- */

const struct list *region_all(const struct sim *sim)
{
    return &sim->fixtures->regions;
}

const struct region *region_find(const struct sim *sim, const char *name)
{
    return LIST_FIND(struct region, &sim->fixtures->regions, name, name);
}

bool region_enabled(const struct region *region)
{
    return !text_is(region->opt_in, "not-opted-in");
}

const struct zone *zone_find(const struct region *region, const char *name_or_id)
{
    const struct zone *zone = LIST_FIND(struct zone, &region->zones, name, name_or_id);
    return zone ? zone : LIST_FIND(struct zone, &region->zones, id, name_or_id);
}

bool zone_usable(const struct zone *zone)
{
    return text_is(zone->type, "availability-zone");
}

/* ---- Fixtures ---- */

struct region_entry {
    struct region region;
    const struct value *zones;
};

static const char *const opt_ins[] = { "opt-in-not-required", "opted-in", "not-opted-in", NULL };

static const struct param region_params[] = {
    { "name", TEXT(struct region_entry, region.name), .flags = PARAM_REQUIRED },
    { "code", TEXT(struct region_entry, region.code), .flags = PARAM_REQUIRED },
    { "long_name", TEXT(struct region_entry, region.long_name), .flags = PARAM_REQUIRED },
    { "opt_in", TEXT(struct region_entry, region.opt_in), .flags = PARAM_REQUIRED,
      .values = opt_ins },
    { "geography", TEXT(struct region_entry, region.geography) },
    { "sub_geography", TEXT(struct region_entry, region.sub_geography) },
    { "zones", TREE(struct region_entry, zones), .flags = PARAM_REQUIRED },
    { 0 },
};

/* One of the zones of a Region: the key is its letter, the value the number in its id. */
static int add_zone(struct call *c, struct region *region, const struct value *v)
{
    bool letter = v->key && v->key[0] >= 'a' && v->key[0] <= 'z' && !v->key[1];
    if (!letter || v->type != VALUE_INT || v->number < 1 || v->number > 99)
        return fixtures_wrong(c, v, arena_printf(c->a, "'%s' is no zone", v->key ? v->key : ""),
                              "a letter and the number of the zone id, as in {a: 6}");
    struct zone zone = {
        .name = arena_printf(c->a, "%s%s", region->name, v->key),
        .id = arena_printf(c->a, "%s-az%lld", region->code, (long long)v->number),
        .region = region->name,
        .type = "availability-zone",
        .opt_in = "opt-in-not-required",
        .group = arena_printf(c->a, "%s-zg-1", region->name),
        .group_long_name = arena_printf(c->a, "%s 1", region->long_name),
        .border_group = region->name,
        .geography = region->geography,
        .sub_geography = region->sub_geography,
    };
    if (zone_find(region, zone.id))
        return fixtures_wrong(c, v, arena_printf(c->a, "the zone %s stands here twice", zone.id),
                              "another number for each letter");
    *list_add(c->a, &region->zones, struct zone) = zone;
    return 0;
}

int region_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct region_entry e = { 0 };
    if (fixtures_decode(c, region_params, entry, &e))
        return -1;
    if (e.zones->type != VALUE_MAP || !e.zones->first)
        return fixtures_wrong(c, e.zones, "'zones' cannot be read",
                              "a mapping of letters to numbers, as in {a: 6, b: 1}");
    for (const struct value *v = e.zones->first; v; v = v->next) {
        if (add_zone(c, &e.region, v))
            return -1;
    }
    *list_add(c->a, &f->regions, struct region) = e.region;
    return 0;
}

static const char *const edge_types[] = { "local-zone", "wavelength-zone", NULL };

static const struct param edge_zone_params[] = {
    { "name", TEXT(struct zone, name), .flags = PARAM_REQUIRED },
    { "id", TEXT(struct zone, id), .flags = PARAM_REQUIRED },
    { "region", TEXT(struct zone, region), .flags = PARAM_REQUIRED },
    { "type", TEXT(struct zone, type), .flags = PARAM_REQUIRED, .values = edge_types },
    { "opt_in", TEXT(struct zone, opt_in), .values = opt_ins, .otherwise = "not-opted-in" },
    { "group", TEXT(struct zone, group), .flags = PARAM_REQUIRED },
    { "group_long_name", TEXT(struct zone, group_long_name), .flags = PARAM_REQUIRED },
    { "parent", TEXT(struct zone, parent_name), .flags = PARAM_REQUIRED },
    { "geography", TEXT(struct zone, geography) },
    { "sub_geography", TEXT(struct zone, sub_geography) },
    { 0 },
};

int edge_zone_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct zone zone = { 0 };
    if (fixtures_decode(c, edge_zone_params, entry, &zone)
        || region_check(c, value_get(entry, "region"), zone.region))
        return -1;
    struct region *region = LIST_FIND(struct region, &f->regions, name, zone.region);
    const struct zone *parent = zone_find(region, zone.parent_name);
    if (!parent)
        return fixtures_wrong(c, value_get(entry, "parent"),
                              arena_printf(c->a, "'%s' is no zone", zone.parent_name),
                              arena_printf(c->a, "a zone of %s", zone.region));
    zone.parent_id = parent->id;
    zone.border_group = text_is(zone.type, "local-zone") ? zone.group : zone.name;
    *list_add(c->a, &region->zones, struct zone) = zone;
    return 0;
}

/* ---- Names of Regions in other entries ---- */

int region_check(struct call *c, const struct value *at, const char *name)
{
    if (region_find(c->sim, name))
        return 0;
    return fixtures_wrong(c, at, arena_printf(c->a, "'%s' is no Region", name ? name : ""),
                          "a name of the section regions");
}

int regions_check(struct call *c, const struct value *names)
{
    for (const struct value *v = names ? names->first : NULL; v; v = v->next) {
        if (region_check(c, v, v->text))
            return -1;
    }
    return 0;
}

int region_ids_check(struct call *c, const struct value *ids, const char *prefix)
{
    if (ids->type != VALUE_MAP)
        return fixtures_wrong(c, ids, "'ids' cannot be read",
                              "a mapping of Regions to identifiers");
    for (const struct value *v = ids->first; v; v = v->next) {
        if (region_check(c, v, v->key))
            return -1;
        if (!v->text || !id_well_shaped(prefix, v->text))
            return fixtures_wrong(
                c, v, arena_printf(c->a, "'%s' is no identifier", v->text ? v->text : ""),
                arena_printf(c->a, "%s and 17 hex digits, or 8", prefix));
    }
    return 0;
}
