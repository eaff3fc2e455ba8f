/* A new world gets the public images and kernels of the fixtures, with the snapshots behind them.
 *
 * They belong to their publishers, accounts like all others; a world that has them already keeps
 * what became of them. */
#include "world/seed.h"

#include "base/text.h"
#include "call/id.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/kernel.h"
#include "catalog/organization.h"
#include "catalog/public_image.h"
#include "catalog/region.h"
#include "store/block.h"
#include "store/noun.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"

static const char *snapshot_id(struct call *c, const struct image *image, const char *device)
{
    return id_hashed(c->a, "snap-", arena_printf(c->a, "%s/%s", image->id, device));
}

static void begin_image(struct call *c, struct image *image, const char *id, const char *owner,
                        const char *type)
{
    schema_init(&image_schema, image);
    image->id = id;
    image->owner = owner;
    image->region = c->region;
    image->type = type;
    image->state = "available";
    image->public = YES;
}

/* Marketplace snapshots can't be copied to other accounts; the others are public, as those of
 * Amazon and of the Linux publishers are [guess: each publisher decides]. */
static void put_snapshot(struct call *c, const struct public_image *from, const struct image *image,
                         const struct mapping *m)
{
    NOUN(struct snapshot, snapshot_schema, s);
    s.id = m->snapshot;
    s.owner = image->owner;
    s.owner_alias = text_is(image->owner_alias, "amazon") ? "amazon" : NULL;
    s.region = image->region;
    s.volume = SNAPSHOT_NO_VOLUME;
    s.description = "";
    s.status = "completed";
    s.start = s.due = s.completed = image->created;
    s.size = m->size;
    /* A fifth of the volume in use, in whole blocks; of 8 GiB of Amazon Linux it was 1.7
     * [recorded]. */
    s.full_size = m->size * (INT64_C(1) << 30) / 5 / BLOCK_SIZE * BLOCK_SIZE;
    s.content.declared_bytes = s.full_size;
    s.encrypted = m->encrypted;
    s.tier = "standard";
    s.transfer = "standard";
    s.content.product_codes = from->product_codes;
    s.content.system = public_image_key(c->a, from);
    s.content.generalized =
        from->machine.platform ? YES : UNSET; /* publishers run Sysprep [guide] */
    if (image->public == YES && !text_is(image->owner_alias, "aws-marketplace"))
        list_add(c->a, &s.permissions, struct snapshot_permission)->group = "all";
    store_add(c, &snapshot_schema, &s);
}

static void add_mappings(struct call *c, const struct public_image *from, struct image *image)
{
    LIST_EACH (struct public_mapping, p, &from->mappings) {
        struct mapping *m = list_add(c->a, &image->mappings, struct mapping);
        schema_init(&mapping_schema, m);
        m->device = p->device;
        m->virtual_name = p->virtual_name;
        if (p->virtual_name)
            continue;
        m->snapshot = snapshot_id(c, image, p->device);
        m->size = p->size;
        m->iops = p->iops;
        m->throughput = p->throughput;
        m->type = p->type;
        m->delete_on_termination = p->delete_on_termination;
        m->encrypted = p->encrypted;
        put_snapshot(c, from, image, m);
    }
}

/* The kernel and the codes differ: fixtures name a kernel that has another id in each Region, and
 * codes without their type. That ENA is not supported is not shown [recorded]. */
static struct machine public_machine(struct call *c, const struct public_image *from)
{
    struct machine m = from->machine;
    m.kernel = m.kernel ? kernel_id(kernel_named(c->sim, m.kernel), c->region) : NULL;
    m.ena = m.ena == YES ? YES : UNSET;
    product_codes_add(c, &m.product_codes, &from->product_codes);
    return m;
}

static void put_public_image(struct call *c, const struct public_image *from)
{
    struct image image;
    begin_image(c, &image, public_image_id(c->a, from, c->region), from->owner, "machine");
    image.owner_alias = from->owner_alias;
    image.name = from->name;
    image.description = from->description;
    image.location = fixtures_in_region(c->a, from->location, c->region);
    image.created = from->created;
    image.deprecation = from->deprecated;
    image.machine = public_machine(c, from);
    image.imds = from->imds;
    image.free_tier = from->free_tier;
    image.public = from->public;
    if (from->parameters.count)
        image.public_parameter = *list_at(&from->parameters, const char *, 0);
    if (from->source_region && !text_is(from->source_region, c->region)) {
        image.source_region = from->source_region;
        image.source_image = public_image_id(c->a, from, from->source_region);
    }
    add_mappings(c, from, &image);
    store_add(c, &image_schema, &image);
}

static void put_kernel(struct call *c, const struct kernel *from)
{
    struct image image;
    begin_image(c, &image, kernel_id(from, c->region), from->owner, "kernel");
    image.owner_alias = from->owner_alias;
    image.name = from->name;
    image.description = from->description;
    image.location = from->location;
    image.created = from->created;
    image.machine = (struct machine){ .architecture = from->architecture,
                                      .platform_details = "Linux/UNIX",
                                      .usage_operation = "RunInstances",
                                      .root_type = "instance-store",
                                      .virtualization = "paravirtual",
                                      .hypervisor = HYPERVISOR };
    image.free_tier = NO;
    store_add(c, &image_schema, &image);
}

static void seed_region(struct call *c)
{
    LIST_EACH (struct kernel, kernel, &c->sim->fixtures->kernels) {
        if (kernel_id(kernel, c->region))
            put_kernel(c, kernel);
    }
    LIST_EACH (struct public_image, image, &c->sim->fixtures->images) {
        if (public_image_in(image, c->region))
            put_public_image(c, image);
    }
}

static void seed(void *with)
{
    struct call *c = with;
    organization_seed(c);
    if (store_setting(c->store, "seeded", 0))
        return;
    store_pause_watch(c->store, true);
    LIST_EACH (struct region, region, region_all(c->sim)) {
        c->region = region->name;
        c->account = NULL;
        seed_region(c);
        arena_reset(c->a);
    }
    store_set(c->store, "seeded", 1);
}

void fixtures_seed(struct sim *sim)
{
    struct arena a = { 0 };
    struct call c = { .a = &a, .sim = sim, .store = sim->store };
    bool watch_paused = store_pause_watch(sim->store, false);
    bool seeded = store_try(sim->store, seed, &c);
    store_pause_watch(sim->store, watch_paused);
    arena_release(&a);
    if (!seeded)
        store_leave(sim->store);
}
