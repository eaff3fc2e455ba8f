#include "world/region.h"

#include "base/text.h"
#include "world/fixtures.h"

const struct list *region_all(const struct sim *sim)
{
    return &sim->fixtures->regions;
}

const struct region *region_find(const struct sim *sim, const char *name)
{
    LIST_EACH(struct region, region, &sim->fixtures->regions) {
        if (text_is(region->name, name))
            return region;
    }
    return NULL;
}

const struct zone *zone_find(const struct region *region, const char *name_or_id)
{
    LIST_EACH(struct zone, zone, &region->zones) {
        if (text_is(zone->name, name_or_id) || text_is(zone->id, name_or_id))
            return zone;
    }
    return NULL;
}
