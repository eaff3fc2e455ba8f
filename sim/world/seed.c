/* A Region gets the public images and kernels of the fixtures, with the snapshots behind them, when
 * it is asked for the first time: those of all Regions would be most of a start.
 *
 * They belong to their publishers, accounts like all others; a Region that has them already keeps
 * what became of them. Their row numbers, and so what page tokens say, are what they would be if
 * all Regions had got them at the start, in the order of the fixtures. */
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

/* Rows of images and snapshots: the last ones that are taken. ABSENT: whichever come next. */
struct rows_of {
    int64_t images, snapshots;
};

struct seeding {
    struct call c;
    const struct region *region;
    struct rows_of rows;
};

static int64_t next_row(int64_t *last)
{
    return *last == ABSENT ? ABSENT : ++*last;
}

/* ---- One image ---- */

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
static void put_snapshot(struct seeding *to, const struct public_image *from,
                         const struct image *image, const struct mapping *m)
{
    struct call *c = &to->c;
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
    store_add_at(c, &snapshot_schema, &s, next_row(&to->rows.snapshots));
}

static void add_mappings(struct seeding *to, const struct public_image *from, struct image *image)
{
    struct call *c = &to->c;
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
        put_snapshot(to, from, image, m);
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

static void put_public_image(struct seeding *to, const struct public_image *from)
{
    struct call *c = &to->c;
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
    add_mappings(to, from, &image);
    store_add_at(c, &image_schema, &image, next_row(&to->rows.images));
}

static void put_kernel(struct seeding *to, const struct kernel *from)
{
    struct call *c = &to->c;
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
    store_add_at(c, &image_schema, &image, next_row(&to->rows.images));
}

/* ---- A Region's turn ---- */

static int64_t volumes_of(const struct public_image *image)
{
    int64_t n = 0;
    LIST_EACH (struct public_mapping, m, &image->mappings)
        n += !m->virtual_name;
    return n;
}

static void add_rows(const struct sim *sim, const char *region, struct rows_of *rows)
{
    LIST_EACH (struct kernel, kernel, &sim->fixtures->kernels)
        rows->images += kernel_id(kernel, region) != NULL;
    LIST_EACH (struct public_image, image, &sim->fixtures->images) {
        if (!public_image_in(image, region))
            continue;
        rows->images++;
        rows->snapshots += volumes_of(image);
    }
}

static bool is_free(struct call *c, const struct schema *k, int64_t after, int64_t last)
{
    return last <= PUBLIC_ROWS
           && !store_count(c, k, "rowid > ? AND rowid <= ?",
                           SQL_ARGS(SQL_INT(after), SQL_INT(last)));
}

/* In a file that began with other fixtures another Region may have these rows: then those of this
 * one are the next in turn. */
static struct rows_of rows_before(struct call *c, const struct region *of)
{
    struct rows_of before = { 0 };
    LIST_EACH (struct region, region, region_all(c->sim)) {
        if (region == of)
            break;
        add_rows(c->sim, region->name, &before);
    }
    struct rows_of last = before;
    add_rows(c->sim, of->name, &last);
    if (is_free(c, &image_schema, before.images, last.images)
        && is_free(c, &snapshot_schema, before.snapshots, last.snapshots))
        return before;
    return (struct rows_of){ ABSENT, ABSENT };
}

static const char *setting_of(struct arena *a, const char *region)
{
    return arena_printf(a, "seeded/%s", region);
}

static void seed_region(void *with)
{
    struct seeding *s = with;
    struct call *c = &s->c;
    s->rows = rows_before(c, s->region);
    LIST_EACH (struct kernel, kernel, &c->sim->fixtures->kernels) {
        if (kernel_id(kernel, c->region))
            put_kernel(s, kernel);
    }
    LIST_EACH (struct public_image, image, &c->sim->fixtures->images) {
        if (public_image_in(image, c->region))
            put_public_image(s, image);
    }
    store_set(c->store, setting_of(c->a, c->region), 1);
}

/* Whole, or not at all: a call may go on after a refusal. */
static void seed_in_savepoint(struct sim *sim, struct arena *a, const struct region *region)
{
    struct store *store = sim->store;
    struct seeding s = { .c = { .a = a, .sim = sim, .store = store, .region = region->name },
                         .region = region };
    store_begin(store);
    store_savepoint(store);
    bool paused = store_pause_watch(store, true);
    bool seeded = store_try(store, seed_region, &s);
    store_pause_watch(store, paused);
    if (seeded) {
        store_keep(store);
        return;
    }
    arena_release(a);
    store_undo(store);
    store_leave(store);
}

/* "seeded": a file of before, which began with the images of all Regions. */
static bool is_seeded(struct store *s, struct arena *a, const char *region)
{
    return store_setting(s, setting_of(a, region), 0) || store_setting(s, "seeded", 0);
}

void region_ready(struct sim *sim, const char *name)
{
    if (sim->ready_at == store_undone(sim->store) && sim->ready && text_is(sim->ready, name))
        return;
    const struct region *region = region_find(sim, name);
    if (!region)
        return;
    struct arena a = { 0 };
    if (!is_seeded(sim->store, &a, region->name))
        seed_in_savepoint(sim, &a, region);
    arena_release(&a);
    sim->ready = region->name;
    sim->ready_at = store_undone(sim->store);
}
