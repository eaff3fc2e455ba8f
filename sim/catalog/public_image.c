/* Public images: their ids, their parameters, and their section of the fixtures. Knows no store. */
#include "catalog/public_image.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/id.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/kernel.h"
#include "catalog/region.h"

bool public_image_in(const struct public_image *image, const char *region)
{
    return !image->regions.count || strs_have(&image->regions, region);
}

const char *public_image_id(struct arena *a, const struct public_image *image, const char *region)
{
    const char *id = value_text(image->ids, region);
    return id ? id
              : id_hashed(a, "ami-",
                          arena_printf(a, "%s/%s/%s", region, image->owner, image->name));
}

static bool has_id(const struct sim *sim, const char *region, const char *id)
{
    struct arena a = { 0 };
    bool found = kernel_find(sim, region, id) != NULL;
    LIST_EACH (struct public_image, image, &sim->fixtures->images)
        found =
            found
            || (public_image_in(image, region) && text_is(public_image_id(&a, image, region), id));
    arena_release(&a);
    return found;
}

const char *public_image_region(const struct sim *sim, const char *id)
{
    LIST_EACH (struct region, region, region_all(sim)) {
        if (has_id(sim, region->name, id))
            return region->name;
    }
    return NULL;
}

const char *public_image_key(struct arena *a, const struct public_image *image)
{
    return arena_printf(a, "%s/%s", image->owner, image->name);
}

const struct public_image *public_image_named(struct sim *sim, const char *key)
{
    LIST_EACH (struct public_image, image, &sim->fixtures->images) {
        size_t n = strlen(image->owner);
        if (key && strncmp(key, image->owner, n) == 0 && key[n] == '/'
            && text_is(key + n + 1, image->name))
            return image;
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct public_parameter *x = a, *y = b;
    return strcmp(x->name, y->name);
}

struct list public_parameters(struct call *c, const char *region)
{
    struct list all = { 0 };
    LIST_EACH (struct public_image, image, &c->sim->fixtures->images) {
        if (!public_image_in(image, region))
            continue;
        LIST_EACH (const char *, name, &image->parameters) {
            struct public_parameter *p = list_add(c->a, &all, struct public_parameter);
            *p = (struct public_parameter){ *name, public_image_id(c->a, image, region),
                                            image->parameter_type, image->created };
        }
    }
    if (all.count)
        qsort(all.items, all.count, sizeof(struct public_parameter), by_name);
    return all;
}

/* ---- Fixtures: mappings ---- */

struct mapping_entry {
    struct public_mapping mapping;
    const char *last_device;
};

static const char *const volume_types[] = { "gp2", "gp3", "io1",      "io2",
                                            "st1", "sc1", "standard", NULL };

static const struct param mapping_params[] = {
    { "device", TEXT(struct mapping_entry, mapping.device), .flags = PARAM_REQUIRED },
    { "last_device", TEXT(struct mapping_entry, last_device) },
    { "virtual", TEXT(struct mapping_entry, mapping.virtual_name) },
    { "size", INT(struct mapping_entry, mapping.size), .min = 1, .max = 65536 },
    { "type", TEXT(struct mapping_entry, mapping.type), .values = volume_types,
      .otherwise = "gp2" },
    { "iops", INT(struct mapping_entry, mapping.iops), .min = 100, .max = 256000 },
    { "throughput", INT(struct mapping_entry, mapping.throughput), .min = 125, .max = 2000 },
    { "delete_on_termination", BOOL(struct mapping_entry, mapping.delete_on_termination) },
    { "encrypted", BOOL(struct mapping_entry, mapping.encrypted), .otherwise = "false" },
    { 0 },
};

/* xvdca to xvdcz as ephemeral0 to ephemeral25: one entry, many mappings. */
static int add_virtual_mappings(struct call *c, const struct value *at, struct mapping_entry e,
                                struct list *into)
{
    const char *digits = e.mapping.virtual_name + strlen("ephemeral");
    int64_t number = 0;
    size_t n = strlen(e.mapping.device);
    if (!text_starts(e.mapping.virtual_name, "ephemeral") || !text_int(digits, &number))
        return fixtures_wrong(
            c, at, arena_printf(c->a, "'%s' is no instance store volume", e.mapping.virtual_name),
            "ephemeral and a number");
    if (!e.last_device)
        e.last_device = e.mapping.device;
    char last = e.last_device[n - 1];
    if (strlen(e.last_device) != n || strncmp(e.last_device, e.mapping.device, n - 1) != 0
        || last < e.mapping.device[n - 1])
        return fixtures_wrong(
            c, at,
            arena_printf(c->a, "no devices from '%s' to '%s'", e.mapping.device, e.last_device),
            "names that differ in the last letter");
    for (char letter = e.mapping.device[n - 1]; letter <= last; letter++, number++) {
        struct public_mapping *m = list_add(c->a, into, struct public_mapping);
        *m = e.mapping;
        m->device = arena_printf(c->a, "%.*s%c", (int)n - 1, e.mapping.device, letter);
        m->virtual_name = arena_printf(c->a, "ephemeral%lld", (long long)number);
    }
    return 0;
}

static int add_mapping(struct call *c, const struct value *at, struct list *into)
{
    struct mapping_entry e = { 0 };
    if (fixtures_decode(c, mapping_params, at, &e))
        return -1;
    if (e.mapping.virtual_name)
        return add_virtual_mappings(c, at, e, into);
    if (e.mapping.size == ABSENT || e.last_device)
        return fixtures_wrong(c, at, arena_printf(c->a, "no volume for '%s'", e.mapping.device),
                              "'size', or 'virtual'");
    if (e.mapping.delete_on_termination == UNSET)
        e.mapping.delete_on_termination = into->count ? NO : YES;
    *list_add(c->a, into, struct public_mapping) = e.mapping;
    return 0;
}

/* ---- Fixtures: images ---- */

struct image_entry {
    struct public_image image;
    const struct value *mappings;
};

static const char *const aliases[] = { "amazon", "aws-marketplace", "aws-backup-vault", NULL };
static const char *const windows[] = { "windows", NULL };
static const char *const data_types[] = { "text", "aws:ec2:image", NULL };

static const struct param agent_params[] = {
    { "platform", TEXT(struct public_agent, platform), .flags = PARAM_REQUIRED },
    { "version", TEXT(struct public_agent, version), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param image_params[] = {
    { "owner", TEXT(struct image_entry, image.owner), .flags = PARAM_REQUIRED },
    { "owner_alias", TEXT(struct image_entry, image.owner_alias), .values = aliases },
    { "name", TEXT(struct image_entry, image.name), .flags = PARAM_REQUIRED, .min = 3, .max = 128 },
    { "description", TEXT(struct image_entry, image.description), .max = 255 },
    { "location", TEXT(struct image_entry, image.location) },
    { "architecture", TEXT(struct image_entry, image.machine.architecture), .flags = PARAM_REQUIRED,
      .values = machine_architectures },
    { "created", TIME(struct image_entry, image.created), .flags = PARAM_REQUIRED },
    { "deprecated", TIME(struct image_entry, image.deprecated) },
    { "virtualization", TEXT(struct image_entry, image.machine.virtualization),
      .values = machine_virtualizations, .otherwise = "hvm" },
    { "root_device_type", TEXT(struct image_entry, image.machine.root_type),
      .values = machine_root_types, .otherwise = "ebs" },
    { "root_device", TEXT(struct image_entry, image.machine.root_device) },
    { "kernel", TEXT(struct image_entry, image.machine.kernel) },
    { "platform", TEXT(struct image_entry, image.machine.platform), .values = windows },
    { "platform_details", TEXT(struct image_entry, image.machine.platform_details),
      .otherwise = "Linux/UNIX" },
    { "usage_operation", TEXT(struct image_entry, image.machine.usage_operation),
      .otherwise = "RunInstances" },
    { "product_codes", TEXTS(struct image_entry, image.product_codes) },
    { "ena", BOOL(struct image_entry, image.machine.ena) },
    { "sriov", TEXT(struct image_entry, image.machine.sriov), .values = machine_simple },
    { "boot_mode", TEXT(struct image_entry, image.machine.boot_mode),
      .values = machine_boot_modes },
    { "imds", TEXT(struct image_entry, image.imds), .values = machine_v2 },
    { "tpm", TEXT(struct image_entry, image.machine.tpm), .values = machine_v2 },
    { "free_tier", BOOL(struct image_entry, image.free_tier), .otherwise = "false" },
    { "public", BOOL(struct image_entry, image.public), .otherwise = "true" },
    { "source_region", TEXT(struct image_entry, image.source_region) },
    { "ssm", TEXTS(struct image_entry, image.parameters) },
    { "ssm_data_type", TEXT(struct image_entry, image.parameter_type), .values = data_types,
      .otherwise = "text" },
    { "ssm_agent", STRUCT(struct image_entry, image.agent, agent_params) },
    { "regions", TEXTS(struct image_entry, image.regions) },
    { "ids", TREE(struct image_entry, image.ids) },
    { "mappings", TREE(struct image_entry, mappings) },
    { 0 },
};

static void fill_defaults(struct arena *a, struct public_image *image)
{
    struct machine *m = &image->machine;
    if (text_is(m->root_type, "ebs") && !m->root_device)
        m->root_device = list_at(&image->mappings, struct public_mapping, 0)->device;
    if (!image->location)
        image->location = arena_printf(
            a, "%s/%s", image->owner_alias ? image->owner_alias : image->owner, image->name);
    m->hypervisor = HYPERVISOR;
}

static int read_mappings(struct call *c, const struct value *entry, struct image_entry *e)
{
    bool ebs = text_is(e->image.machine.root_type, "ebs");
    if (e->mappings && e->mappings->type != VALUE_LIST)
        return fixtures_wrong(c, e->mappings, "'mappings' cannot be read", "a list");
    for (const struct value *v = e->mappings ? e->mappings->first : NULL; v; v = v->next) {
        if (add_mapping(c, v, &e->image.mappings))
            return -1;
    }
    const struct public_mapping *first = e->image.mappings.items;
    if (ebs && (!first || first->virtual_name))
        return fixtures_wrong(c, entry,
                              arena_printf(c->a, "'%s' has no root volume", e->image.name),
                              "a mapping with 'size' in the first place");
    if (!ebs && !e->image.location)
        return fixtures_wrong(c, entry, arena_printf(c->a, "'%s' has no manifest", e->image.name),
                              "'location'");
    return 0;
}

/* A paravirtual image can only be where its kernel is. */
static int check_kernel(struct call *c, struct fixtures *f, const struct value *entry,
                        const struct public_image *image)
{
    const struct kernel *kernel = kernel_named(c->sim, image->machine.kernel);
    if (!image->machine.kernel)
        return 0;
    if (!kernel)
        return fixtures_wrong(c, value_get(entry, "kernel"),
                              arena_printf(c->a, "'%s' is no kernel", image->machine.kernel),
                              "a name of the section kernels");
    LIST_EACH (struct region, region, &f->regions) {
        if (public_image_in(image, region->name) && !kernel_id(kernel, region->name))
            return fixtures_wrong(
                c, value_get(entry, "kernel"),
                arena_printf(c->a, "%s has no kernel '%s'", region->name, image->machine.kernel),
                "'regions' that have it");
    }
    return 0;
}

/* The image it was copied from is the one of the same name over there. */
static int check_source(struct call *c, const struct value *at, const struct public_image *image)
{
    if (region_check(c, at, image->source_region))
        return -1;
    if (public_image_in(image, image->source_region))
        return 0;
    return fixtures_wrong(
        c, at, arena_printf(c->a, "'%s' is not in %s", image->name, image->source_region),
        "one of its 'regions'");
}

int public_image_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct image_entry e = { 0 };
    const struct value *source = value_get(entry, "source_region");
    if (fixtures_decode(c, image_params, entry, &e)
        || fixtures_account(c, value_get(entry, "owner"))
        || regions_check(c, value_get(entry, "regions"))
        || (source && check_source(c, source, &e.image))
        || (e.image.ids && region_ids_check(c, e.image.ids, "ami-")) || read_mappings(c, entry, &e)
        || check_kernel(c, f, entry, &e.image))
        return -1;
    fill_defaults(c->a, &e.image);
    *list_add(c->a, &f->images, struct public_image) = e.image;
    return 0;
}
