/* Reads fixture files and hands each section to the file that knows it.
 *
 * Entries are merged as values before anything is decoded: a later entry of the same name takes the
 * place of the former one, so that order, defaults and checks are the same wherever an entry comes
 * from. Sections are decoded in a fixed order; each may look at those before it. */
#include "catalog/fixtures.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/embedded.h"
#include "base/rng.h"
#include "base/text.h"
#include "catalog/fixture_entry.h"

struct section {
    const char *name; /* key at the top of a file */
    const char *members; /* entries stand in groups, in the list of this name; the group's keys hold
                            for all */
    const char *key[2]; /* what tells entries apart; none: the section is one mapping */
    fixtures_decoder *decode;
};

static const struct section sections[] = {
    { "regions", NULL, { "name" }, region_decode },
    { "edge_zones", NULL, { "name" }, edge_zone_decode },
    { "kernels", NULL, { "name" }, kernel_decode },
    { "instance_types", "sizes", { "name" }, instance_type_decode },
    { "images", "images", { "name", "owner" }, public_image_decode },
    { "network", NULL, { NULL }, default_network_decode },
    { "quotas", NULL, { "name" }, quota_decode },
    { "prices", NULL, { NULL }, prices_decode },
    { "organizations", NULL, { "arn" }, organization_decode },
    { "subscriptions", NULL, { "code" }, marketplace_subscription_decode },
    { "systems", NULL, { "name" }, guest_system_decode },
    { "packages", "packages", { "name", "system" }, package_decode },
    { "commands", NULL, { "name", "image" }, guest_command_decode },
    { "urls", NULL, { "url" }, guest_url_decode },
};

enum { SECTIONS = sizeof sections / sizeof *sections };
enum { NAMES = 4096 }; /* bits: of two names that share one, the second is searched in vain */

struct reader {
    struct call c; /* carries the arena and the complaint */
    struct fixtures *f;
    struct value *entries[SECTIONS]; /* lists; a mapping where the section is one */
    uint64_t known[SECTIONS][NAMES / 64]; /* a bit for each name that was seen */
};

/* ---- Merging ---- */

static bool same_entry(const struct section *s, const struct value *x, const struct value *y)
{
    for (size_t i = 0; i < 2 && s->key[i]; i++) {
        const char *key = value_text(x, s->key[i]);
        if (!key || !text_is(key, value_text(y, s->key[i])))
            return false;
    }
    return true;
}

/* Whether an entry of its name may be there already: most are new, and there are a thousand. */
static bool may_be_known(struct reader *r, size_t section, const struct value *entry)
{
    uint64_t name = 0;
    for (size_t i = 0; i < 2 && sections[section].key[i]; i++) {
        const char *text = value_text(entry, sections[section].key[i]);
        name = name * 31 + hash_text(text ? text : "");
    }
    uint64_t *word = &r->known[section][name % NAMES / 64], bit = UINT64_C(1) << name % 64;
    bool known = *word & bit;
    *word |= bit;
    return known;
}

/* A later entry of the same name takes the former one's place, in its order. Within one file the
 * names must differ. */
static int merge_entry(struct reader *r, size_t section, const struct value *entry)
{
    const struct section *s = &sections[section];
    struct value *all = r->entries[section];
    if (entry->type != VALUE_MAP)
        return fixtures_wrong(&r->c, entry, arena_printf(r->c.a, "no entry of '%s'", s->name),
                              "a mapping");
    struct value *first = may_be_known(r, section, entry) ? all->first : NULL;
    for (struct value *old = first, *before = NULL; old; before = old, old = old->next) {
        if (!same_entry(s, old, entry))
            continue;
        if (text_is(old->file, entry->file))
            return fixtures_wrong(&r->c, entry,
                                  arena_printf(r->c.a, "'%s' stands in this file twice",
                                               value_text(entry, s->key[0])),
                                  "one entry of a name");
        struct value *copy = fixtures_copy(r->c.a, entry);
        copy->next = old->next;
        if (before)
            before->next = copy;
        else
            all->first = copy;
        if (all->last == old)
            all->last = copy;
        return 0;
    }
    value_add(all, NULL, fixtures_copy(r->c.a, entry));
    return 0;
}

static int merge_group(struct reader *r, size_t section, const struct value *group)
{
    const struct section *s = &sections[section];
    const struct value *members = group->type == VALUE_MAP ? value_get(group, s->members) : NULL;
    if (!members || members->type != VALUE_LIST)
        return fixtures_wrong(&r->c, group, arena_printf(r->c.a, "'%s' is missing", s->members),
                              "a list of that name");
    for (const struct value *m = members->first; m; m = m->next) {
        if (m->type != VALUE_MAP)
            return fixtures_wrong(&r->c, m, arena_printf(r->c.a, "no entry of '%s'", s->members),
                                  "a mapping");
        if (merge_entry(r, section, fixtures_member(r->c.a, m, group, s->members)))
            return -1;
    }
    return 0;
}

static int merge_section(struct reader *r, size_t section, const struct value *v)
{
    const struct section *s = &sections[section];
    bool single = !s->key[0];
    if (v->type != (single ? VALUE_MAP : VALUE_LIST))
        return fixtures_wrong(&r->c, v, arena_printf(r->c.a, "'%s' cannot be read", s->name),
                              single ? "a mapping" : "a list");
    if (single) {
        r->entries[section] = r->entries[section]->file
                                  ? fixtures_member(r->c.a, v, r->entries[section], NULL)
                                  : fixtures_copy(r->c.a, v);
        return 0;
    }
    for (const struct value *entry = v->first; entry; entry = entry->next) {
        if (s->members ? merge_group(r, section, entry) : merge_entry(r, section, entry))
            return -1;
    }
    return 0;
}

/* ---- Files ---- */

static const char *section_names(struct arena *a)
{
    struct list names = { 0 };
    for (size_t i = 0; i < SECTIONS; i++)
        strs_add(a, &names, sections[i].name);
    return arena_printf(a, "one of %s", strs_join(a, &names, ", "));
}

static int merge_file(struct reader *r, const struct value *top)
{
    if (top->type != VALUE_MAP && top->type != VALUE_NULL)
        return fixtures_wrong(&r->c, top, "no sections", section_names(r->c.a));
    for (const struct value *v = top->first; v; v = v->next) {
        size_t i = 0;
        while (i < SECTIONS && !text_is(sections[i].name, v->key))
            i++;
        if (i == SECTIONS)
            return fixtures_wrong(&r->c, v, arena_printf(r->c.a, "'%s' is not known here", v->key),
                                  section_names(r->c.a));
        if (v->type != VALUE_NULL && merge_section(r, i, v))
            return -1;
    }
    return 0;
}

static int read_text(struct reader *r, const char *file, const void *text, size_t size)
{
    const char *error = NULL;
    const struct value *top = value_from_yaml(r->c.a, file, text, size, &error);
    return top ? merge_file(r, top)
               : fail(&r->c, 400, "BadFile", "%s; a YAML file was expected", error);
}

static int cannot_read(struct reader *r, const char *path)
{
    return fail(&r->c, 400, "BadFile", "%s: %s; a YAML file or a folder of them was expected", path,
                strerror(errno));
}

static int read_file(struct reader *r, const char *path)
{
    char *bytes = NULL;
    size_t size = 0, room = 0, got;
    FILE *in = fopen(path, "rb");
    if (!in)
        return cannot_read(r, path);
    do {
        char *more = arena_alloc(r->c.a, room = room * 2 + 16384);
        memcpy(more, bytes ? bytes : "", size);
        bytes = more;
        size += got = fread(bytes + size, 1, room - size, in);
    } while (got);
    bool failed = ferror(in);
    fclose(in);
    return failed ? cannot_read(r, path) : read_text(r, path, bytes, size);
}

static int read_folder(struct reader *r, const char *path)
{
    struct list files = { 0 };
    struct dirent *entry;
    DIR *folder = opendir(path);
    if (!folder)
        return cannot_read(r, path);
    while ((entry = readdir(folder))) {
        if (text_ends(entry->d_name, ".yaml") || text_ends(entry->d_name, ".yml"))
            strs_add(r->c.a, &files, arena_printf(r->c.a, "%s/%s", path, entry->d_name));
    }
    closedir(folder);
    if (!files.count)
        return fail(&r->c, 400, "BadFile",
                    "%s: no fixtures in it; files ending in .yaml were expected", path);
    strs_sort(&files);
    LIST_EACH (const char *, file, &files) {
        if (read_file(r, *file))
            return -1;
    }
    return 0;
}

static int read_all(struct reader *r, const struct list *paths)
{
    for (const struct embedded_file *file = embedded_fixtures; file->name; file++) {
        if (text_starts(file->name, LATE_TYPES))
            continue;
        if (merge_file(r, value_unpack(r->c.a, file->bytes)))
            return -1;
    }
    LIST_EACH (const char *, path, paths) {
        struct stat st;
        bool folder = stat(*path, &st) == 0 && S_ISDIR(st.st_mode);
        if (folder ? read_folder(r, *path) : read_file(r, *path))
            return -1;
    }
    return 0;
}

static int decode_all(struct reader *r)
{
    for (size_t i = 0; i < SECTIONS; i++) {
        if (!sections[i].key[0]) {
            if (sections[i].decode(&r->c, r->f, r->entries[i]))
                return -1;
            continue;
        }
        for (const struct value *entry = r->entries[i]->first; entry; entry = entry->next) {
            if (sections[i].decode(&r->c, r->f, entry))
                return -1;
        }
    }
    return 0;
}

const struct fixtures *fixtures_load(struct arena *a, const struct list *paths,
                                     const char **ret_error)
{
    struct fixtures *f = arena_new(a, struct fixtures);
    f->a = a;
    f->late_types = late_types_new(a);
    struct sim sim = { .fixtures = f };
    struct reader r = { .c = { .a = a, .sim = &sim }, .f = f };
    for (size_t i = 0; i < SECTIONS; i++)
        r.entries[i] = value_new(a, sections[i].key[0] ? VALUE_LIST : VALUE_MAP);
    if (read_all(&r, paths) || decode_all(&r)) {
        *ret_error = r.c.outcome.message;
        return NULL;
    }
    return f;
}
