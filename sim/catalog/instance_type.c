/* Instance types: their finders, and their section of the fixtures. What an image needs of a type
 * is decided where instances are started. */
#include "catalog/instance_type.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/machine.h"
#include "catalog/region.h"

/* ---- Finders ---- */

/* The types of one letter, as far as they are built in. */
struct late_file {
    const struct embedded_file *from;
    bool read;
    struct list types; /* struct instance_type */
};

struct late_types {
    struct list files; /* struct late_file */
    struct list all; /* const struct instance_type *; empty until somebody wants all */
};

struct late_types *late_types_new(struct arena *a)
{
    struct late_types *late = arena_new(a, struct late_types);
    for (const struct embedded_file *file = embedded_fixtures; file->name; file++) {
        if (text_starts(file->name, LATE_TYPES))
            *list_add(a, &late->files, struct late_file) = (struct late_file){ .from = file };
    }
    return late;
}

static char letter_of(const struct late_file *file)
{
    return file->from->name[sizeof LATE_TYPES - 1];
}

static const struct list *types_of(const struct fixtures *f, struct late_file *file)
{
    struct fixtures into = *f;
    if (!file->read) {
        into.types = (struct list){ 0 };
        fixtures_read_late(f, file->from, "sizes", instance_type_decode, &into);
        file->types = into.types;
        file->read = true;
    }
    return &file->types;
}

static const struct instance_type *builtin_find(const struct fixtures *f, const char *name)
{
    LIST_EACH (struct late_file, file, &f->late_types->files) {
        if (name && letter_of(file) == *name)
            return LIST_FIND(struct instance_type, types_of(f, file), name, name);
    }
    return NULL;
}

/* A file of --fixtures replaces one that is built in, which keeps its place, or adds one. */
const struct list *instance_type_all(const struct sim *sim)
{
    const struct fixtures *f = sim->fixtures;
    struct list *all = &f->late_types->all;
    if (all->count)
        return all;
    LIST_EACH (struct late_file, file, &f->late_types->files) {
        LIST_EACH (struct instance_type, t, types_of(f, file)) {
            const struct instance_type *own =
                LIST_FIND(struct instance_type, &f->types, name, t->name);
            *list_add(f->a, all, const struct instance_type *) = own ? own : t;
        }
    }
    LIST_EACH (struct instance_type, t, &f->types) {
        if (!builtin_find(f, t->name))
            *list_add(f->a, all, const struct instance_type *) = t;
    }
    return all;
}

const struct instance_type *instance_type_find(const struct sim *sim, const char *name)
{
    const struct fixtures *f = sim->fixtures;
    const struct instance_type *own = LIST_FIND(struct instance_type, &f->types, name, name);
    return own ? own : builtin_find(f, name);
}

bool instance_type_has(const struct instance_type *type, const char *feature)
{
    return strs_have(&type->features, feature);
}

bool instance_type_in_region(const struct instance_type *type, const char *region)
{
    if (type->only_in_regions.count)
        return strs_have(&type->only_in_regions, region);
    return !strs_have(&type->not_in_regions, region);
}

bool instance_type_in_zone(const struct instance_type *type, const struct zone *zone)
{
    return zone_usable(zone) && instance_type_in_region(type, zone->region)
           && !strs_have(&type->not_in_zones, zone->id);
}

/* ---- Fixtures ---- */

/* A card as it is written: what it says of one that the type has is the type's own. */
struct card_entry {
    struct type_card card;
    struct list gbps; /* texts: baseline, peak */
};

struct speed_entry {
    struct list mbps, iops; /* texts: baseline, maximum */
};

struct type_entry {
    struct instance_type type;
    struct card_entry card; /* of a type that has one */
    struct list cards; /* struct card_entry */
    struct speed_entry speed;
    struct list ebs_cards; /* struct speed_entry */
    struct list core_ranges; /* texts: "4", "2-24/2" */
};

static const char *const supports[] = { "required", "supported", "unsupported", NULL };
static const char *const defaults[] = { "default", "supported", "unsupported", NULL };
static const char *const hypervisors[] = { "nitro", "xen", "none", NULL };
static const char *const disk_types[] = { "hdd", "ssd", NULL };
static const char *const boot_modes[] = { "legacy-bios", "uefi", NULL };
static const char *const placements[] = { "cluster", "partition", "spread", NULL };
static const char *const usages[] = { "on-demand", "spot", "capacity-block", NULL };
static const char *const features[] = { "bare_metal",
                                        "burstable",
                                        "current",
                                        "hibernation",
                                        "auto_recovery",
                                        "dedicated_hosts",
                                        "nitro_tpm",
                                        "enclaves",
                                        "encryption_in_transit",
                                        "ipv6",
                                        "efa",
                                        "ena_srd",
                                        "secondary_network",
                                        "phc",
                                        "reboot_migration",
                                        NULL };
static const char *const limits[] = { "shared", "dedicated", NULL };
static const char *const accelerator_kinds[] = {
    "gpu", "fpga", "inference", "media", "neuron", NULL
};

/* Of a card, in a list of them or in the type itself. */
#define CARD_ROWS(S, m)                                                                            \
    { "gbps", TEXTS(S, m.gbps), .max = 2 }, { "queues", INT(S, m.card.queues) },                   \
        { "most_queues", INT(S, m.card.most_queues) },                                             \
        { "most_queues_of_one", INT(S, m.card.most_queues_of_one) },                               \
        { "kinds", TEXTS(S, m.card.kinds) },                                                       \
    {                                                                                              \
        "more_enis", INT(S, m.card.more_enis)                                                      \
    }

struct listed_card {
    struct card_entry entry;
};

static const struct param card_params[] = {
    CARD_ROWS(struct listed_card, entry),
    { "network", TEXT(struct listed_card, entry.card.network), .flags = PARAM_REQUIRED },
    { "enis", INT(struct listed_card, entry.card.enis), .flags = PARAM_REQUIRED },
    { "count", INT(struct listed_card, entry.card.count), .min = 1, .max = 1000, .otherwise = "1" },
    { 0 },
};

static const struct param speed_params[] = {
    { "mbps", TEXTS(struct speed_entry, mbps), .min = 2, .max = 2 },
    { "iops", TEXTS(struct speed_entry, iops), .min = 2, .max = 2 },
    { 0 },
};

static const struct param accelerator_params[] = {
    { "kind", TEXT(struct accelerator, kind), .flags = PARAM_REQUIRED,
      .values = accelerator_kinds },
    { "name", TEXT(struct accelerator, name), .flags = PARAM_REQUIRED },
    { "manufacturer", TEXT(struct accelerator, manufacturer) },
    { "count", INT(struct accelerator, count), .flags = PARAM_REQUIRED, .max = 1000 },
    { "memory", INT(struct accelerator, memory) },
    { "partition", TEXT(struct accelerator, partition) },
    { "logical", INT(struct accelerator, logical) },
    { "workloads", TEXTS(struct accelerator, workloads) },
    { "cores", INT(struct accelerator, cores) },
    { "core_version", INT(struct accelerator, core_version) },
    { 0 },
};

static const struct param type_params[] = {
    { "name", TEXT(struct type_entry, type.name), .flags = PARAM_REQUIRED },
    { "family", TEXT(struct type_entry, type.family) },
    { "processor", TEXT(struct type_entry, type.processor), .flags = PARAM_REQUIRED },
    { "ghz", TEXT(struct type_entry, type.ghz) },
    { "vcpus", INT(struct type_entry, type.vcpus), .flags = PARAM_REQUIRED, .min = 1,
      .max = 10000 },
    { "cores", INT(struct type_entry, type.cores), .flags = PARAM_REQUIRED, .min = 1,
      .max = 10000 },
    { "memory", INT(struct type_entry, type.memory), .flags = PARAM_REQUIRED, .min = 1,
      .max = INT64_MAX },
    { "architectures", TEXTS(struct type_entry, type.architectures), .flags = PARAM_REQUIRED,
      .values = machine_architectures },
    { "virtualization", TEXTS(struct type_entry, type.virtualization), .flags = PARAM_REQUIRED,
      .values = machine_virtualizations },
    { "root_devices", TEXTS(struct type_entry, type.root_devices), .flags = PARAM_REQUIRED,
      .values = machine_root_types },
    { "boot_modes", TEXTS(struct type_entry, type.boot_modes), .flags = PARAM_REQUIRED,
      .values = boot_modes },
    { "hypervisor", TEXT(struct type_entry, type.hypervisor), .values = hypervisors },
    { "features", TEXTS(struct type_entry, type.features), .values = features },
    { "ena", TEXT(struct type_entry, type.ena), .flags = PARAM_REQUIRED, .values = supports },
    { "network", TEXT(struct type_entry, type.network), .flags = PARAM_REQUIRED },
    { "enis", INT(struct type_entry, type.enis), .flags = PARAM_REQUIRED, .min = 1, .max = 1000 },
    { "addresses", INT(struct type_entry, type.addresses), .flags = PARAM_REQUIRED, .min = 1,
      .max = 1000 },
    { "ebs_optimized", TEXT(struct type_entry, type.ebs_optimized), .flags = PARAM_REQUIRED,
      .values = defaults },
    { "ebs_nvme", TEXT(struct type_entry, type.ebs_nvme), .flags = PARAM_REQUIRED,
      .values = supports },
    { "ebs_attachments", INT(struct type_entry, type.ebs_attachments), .flags = PARAM_REQUIRED,
      .min = 1, .max = 1000 },
    { "ebs_limit", TEXT(struct type_entry, type.ebs_limit), .values = limits },
    { "ebs_mbps", TEXTS(struct type_entry, speed.mbps), .max = 2 },
    { "ebs_iops", TEXTS(struct type_entry, speed.iops), .max = 2 },
    { "ebs_cards", LIST(struct type_entry, ebs_cards, struct speed_entry, speed_params) },
    { "ipv6_addresses", INT(struct type_entry, type.ipv6_addresses) },
    { "secondary_addresses", INT(struct type_entry, type.secondary_addresses) },
    { "tcp_timeout", INT(struct type_entry, type.tcp_timeout), .otherwise = "432000" },
    { "efa_interfaces", INT(struct type_entry, type.efa_interfaces) },
    { "flexible_queues", BOOL(struct type_entry, type.flexible_queues) },
    { "bandwidth_weightings", TEXTS(struct type_entry, type.bandwidth_weightings) },
    CARD_ROWS(struct type_entry, card),
    { "cards", LIST(struct type_entry, cards, struct listed_card, card_params) },
    { "accelerators",
      LIST(struct type_entry, type.accelerators, struct accelerator, accelerator_params) },
    { "processor_features", TEXTS(struct type_entry, type.processor_features) },
    { "valid_cores", TEXTS(struct type_entry, core_ranges) },
    { "valid_threads", TEXTS(struct type_entry, type.valid_threads) },
    { "disks", INT(struct type_entry, type.disks), .min = 1, .max = 100 },
    { "disk_size", INT(struct type_entry, type.disk_size), .min = 1, .max = INT64_MAX },
    { "disk_type", TEXT(struct type_entry, type.disk_type), .values = disk_types },
    { "storage_nvme", TEXT(struct type_entry, type.storage_nvme), .values = supports },
    { "storage_encryption", TEXT(struct type_entry, type.storage_encryption), .values = supports },
    { "placement", TEXTS(struct type_entry, type.placement), .values = placements },
    { "usage", TEXTS(struct type_entry, type.usage), .flags = PARAM_REQUIRED, .values = usages },
    { "free_tier", BOOL(struct type_entry, type.free_tier) },
    { "not_in_regions", TEXTS(struct type_entry, type.not_in_regions) },
    { "only_in_regions", TEXTS(struct type_entry, type.only_in_regions) },
    { "not_in_zones", TEXTS(struct type_entry, type.not_in_zones) },
    { 0 },
};

static int read_pair(struct call *c, const struct value *entry, const struct list *texts,
                     int64_t pair[2])
{
    pair[BASELINE] = pair[MAXIMUM] = ABSENT;
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = *list_at(texts, const char *, i);
        if (i > MAXIMUM || !text_int(text, &pair[i]))
            return fixtures_wrong(c, entry, arena_printf(c->a, "'%s' is no number", text),
                                  "two numbers, baseline and maximum");
    }
    return 0;
}

static int read_speed(struct call *c, const struct value *entry, const struct speed_entry *from,
                      struct ebs_speed *ret)
{
    return read_pair(c, entry, &from->mbps, ret->mbps)
                   || read_pair(c, entry, &from->iops, ret->iops)
               ? -1
               : 0;
}

/* "4", or "2-24/2": every second number from 2 to 24. */
static int read_range(struct call *c, const struct value *entry, const char *text,
                      struct list *into)
{
    int64_t from, to, step;
    char *copy = arena_strdup(c->a, text), *dash = strchr(copy, '-'), *slash = strchr(copy, '/');
    if (!dash && text_int(text, &from)) {
        strs_add(c->a, into, text);
        return 0;
    }
    if (dash && slash > dash)
        *dash = *slash = '\0';
    if (!dash || slash < dash || !text_int(copy, &from) || !text_int(dash + 1, &to)
        || !text_int(slash + 1, &step) || step < 1 || from < 1 || to > 10000)
        return fixtures_wrong(c, entry, arena_printf(c->a, "'%s' in valid_cores", text),
                              "a number or a range, such as 2-24/2");
    for (; from <= to; from += step)
        strs_add(c->a, into, arena_printf(c->a, "%lld", (long long)from));
    return 0;
}

static int read_cores(struct call *c, const struct value *entry, struct type_entry *e)
{
    LIST_EACH (const char *, text, &e->core_ranges) {
        if (read_range(c, entry, *text, &e->type.valid_cores))
            return -1;
    }
    return 0;
}

static void add_card(struct call *c, struct type_card card, const struct list *gbps,
                     struct list *into)
{
    if (gbps->count == 2) {
        card.baseline_gbps = *list_at(gbps, const char *, 0);
        card.peak_gbps = *list_at(gbps, const char *, 1);
    }
    if (!card.kinds.count)
        strs_add(c->a, &card.kinds, "interface");
    *list_add(c->a, into, struct type_card) = card;
}

/* One card has what the type has, unless the entry lists cards. */
static void read_cards(struct call *c, struct type_entry *e)
{
    struct type_card own = e->card.card;
    own.network = e->type.network;
    own.enis = e->type.enis;
    own.count = 1;
    if (!e->cards.count)
        add_card(c, own, &e->card.gbps, &e->type.cards);
    LIST_EACH (struct listed_card, card, &e->cards)
        add_card(c, card->entry.card, &card->entry.gbps, &e->type.cards);
}

static int read_ebs(struct call *c, const struct value *entry, struct type_entry *e)
{
    LIST_EACH (struct speed_entry, card, &e->ebs_cards) {
        if (read_speed(c, entry, card, list_add(c->a, &e->type.ebs_cards, struct ebs_speed)))
            return -1;
    }
    return read_speed(c, entry, &e->speed, &e->type.ebs);
}

/* What a file may leave out. */
static void fill_type(struct instance_type *t)
{
    if (!t->ebs_limit)
        t->ebs_limit = text_is(t->hypervisor, "xen") ? "dedicated" : "shared";
    if (t->ipv6_addresses == ABSENT)
        t->ipv6_addresses = instance_type_has(t, "ipv6") ? t->addresses : 0;
}

int instance_type_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct type_entry e = { 0 };
    if (fixtures_decode(c, type_params, entry, &e) || read_ebs(c, entry, &e)
        || read_cores(c, entry, &e) || regions_check(c, value_get(entry, "not_in_regions"))
        || regions_check(c, value_get(entry, "only_in_regions")))
        return -1;
    bool bare = instance_type_has(&e.type, "bare_metal");
    if (text_is(e.type.hypervisor, "none"))
        e.type.hypervisor = NULL;
    if (bare != !e.type.hypervisor)
        return fixtures_wrong(c, entry, arena_printf(c->a, "hypervisor of '%s'", e.type.name),
                              "one, or the feature bare_metal and none");
    if ((e.type.disks == ABSENT) != (e.type.disk_size == ABSENT)
        || (e.type.disks == ABSENT) != !e.type.disk_type)
        return fixtures_wrong(c, entry, arena_printf(c->a, "instance store of '%s'", e.type.name),
                              "disks, disk_size and disk_type, or none of them");
    read_cards(c, &e);
    fill_type(&e.type);
    *list_add(c->a, &f->types, struct instance_type) = e.type;
    return 0;
}
