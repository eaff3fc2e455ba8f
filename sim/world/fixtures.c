#include "world/fixtures.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "call/bind.h"
#include "world/region.h"

struct region_entry {
    struct region region;
    const struct value *zones;
};

struct file_content {
    struct list regions; /* struct region_entry */
};

static const struct param region_params[] = {
    { "name", TEXT(struct region_entry, region.name), .flags = PARAM_REQUIRED },
    { "code", TEXT(struct region_entry, region.code), .flags = PARAM_REQUIRED },
    { "long_name", TEXT(struct region_entry, region.long_name), .flags = PARAM_REQUIRED },
    { "opt_in", TEXT(struct region_entry, region.opt_in) },
    { "geography", TEXT(struct region_entry, region.geography) },
    { "sub_geography", TEXT(struct region_entry, region.sub_geography) },
    { "zones", TREE(struct region_entry, zones), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param file_params[] = {
    { "regions", LIST(struct file_content, regions, struct region_entry, region_params) },
    { 0 },
};

static void add_zones(struct arena *a, struct region *region, const struct value *zones)
{
    for (const struct value *v = zones->first; v; v = v->next) {
        struct zone *zone = list_add(a, &region->zones, struct zone);
        zone->name = arena_printf(a, "%s%s", region->name, v->key);
        zone->id = arena_printf(a, "%s-az%lld", region->code, (long long)v->number);
        zone->region = region->name;
        zone->type = "availability-zone";
        zone->opt_in = "opt-in-not-required";
        zone->group = arena_printf(a, "%s-zg-1", region->name);
        zone->group_long_name = arena_printf(a, "%s 1", region->long_name);
        zone->border_group = region->name;
    }
}

const struct fixtures *fixtures_load(struct arena *a, const struct list *paths, const char **ret_error)
{
    struct fixtures *fixtures = arena_new(a, struct fixtures);
    struct sim sim = { .fixtures = fixtures };
    struct call c = { .a = a, .sim = &sim };
    (void)paths;
    for (const struct embedded_file *file = embedded_fixtures; file->name; file++) {
        if (!text_is(file->name, "regions.yaml"))
            continue;
        struct file_content content = { 0 };
        struct value *v = value_from_yaml(a, file->name, file->bytes, file->size, ret_error);
        if (!v)
            return NULL;
        if (bind_values(&c, file_params, v, &content, bind_complain_yaml)) {
            *ret_error = c.outcome.message;
            return NULL;
        }
        LIST_EACH(struct region_entry, entry, &content.regions) {
            add_zones(a, &entry->region, entry->zones);
            *list_add(a, &fixtures->regions, struct region) = entry->region;
        }
    }
    return fixtures;
}

bool fixtures_seed(struct sim *sim, const char **ret_error)
{
    *ret_error = NULL;
    return sim->fixtures != NULL;
}
