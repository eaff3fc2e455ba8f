/* Packages and declared commands: their finders, and their sections of the fixtures. */
#include "catalog/package.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"
#include "catalog/guest_system.h"

#define LONGEST (24 * HOUR_MS)

const struct package *package_next(const struct sim *sim, const char *system,
                                   const struct package *after)
{
    const struct list *all = &sim->fixtures->packages;
    const struct package *end = (const struct package *)all->items + all->count;
    for (const struct package *p = after ? after + 1 : all->items; p && p < end; p++) {
        if (text_is(p->system, system))
            return p;
    }
    return NULL;
}

const struct package *package_named(const struct sim *sim, const char *system, const char *name)
{
    const struct package *p = NULL;
    while ((p = package_next(sim, system, p))) {
        if (text_is(p->name, name))
            return p;
    }
    return NULL;
}

const struct package_release *package_newest(const struct package *p, int64_t by)
{
    const struct package_release *found = NULL;
    LIST_EACH (struct package_release, r, &p->releases) {
        if (r->date <= by)
            found = r;
    }
    return found;
}

/* ---- Fixtures: packages ---- */

struct package_entry {
    struct package package;
    const char *time;
};

static const char *const architectures[] = { "noarch", "all", NULL };

static const struct param release_params[] = {
    { "version", TEXT(struct package_release, version), .flags = PARAM_REQUIRED },
    { "date", TIME(struct package_release, date), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param package_params[] = {
    { "system", TEXT(struct package_entry, package.system), .flags = PARAM_REQUIRED },
    { "name", TEXT(struct package_entry, package.name), .flags = PARAM_REQUIRED },
    { "arch", TEXT(struct package_entry, package.arch), .values = architectures },
    { "releases",
      LIST(struct package_entry, package.releases, struct package_release, release_params),
      .flags = PARAM_REQUIRED },
    { "size", INT(struct package_entry, package.size), .min = 1, .otherwise = "102400" },
    { "time", TEXT(struct package_entry, time), .otherwise = "500ms" },
    { "user", TEXT(struct package_entry, package.user) },
    { "topic", TEXT(struct package_entry, package.topic) },
    { "depends", TEXTS(struct package_entry, package.depends) },
    { "files", TEXTS(struct package_entry, package.files) },
    { "services", TEXTS(struct package_entry, package.services) },
    { "commands", TEXTS(struct package_entry, package.commands) },
    { 0 },
};

static int read_time(struct call *c, const struct value *entry, const char *span, int64_t *ret)
{
    if (span_parse(span, ret) && *ret <= LONGEST)
        return 0;
    return fixtures_wrong(c, value_get(entry, "time"),
                          arena_printf(c->a, "'%s' cannot be read", span), "a time, as in 1500ms");
}

int package_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct package_entry e = { 0 };
    if (fixtures_decode(c, package_params, entry, &e)
        || read_time(c, entry, e.time, &e.package.time))
        return -1;
    if (!LIST_FIND(struct guest_system, &f->systems, name, e.package.system))
        return fixtures_wrong(c, entry, arena_printf(c->a, "'%s' is no system", e.package.system),
                              "a name of the section systems");
    const struct package_release *before = NULL;
    LIST_EACH (struct package_release, r, &e.package.releases) {
        if (before && r->date < before->date)
            return fixtures_wrong(
                c, entry,
                arena_printf(c->a, "%s comes after %s, and is older", r->version, before->version),
                "releases in order of their dates");
        before = r;
    }
    *list_add(c->a, &f->packages, struct package) = e.package;
    return 0;
}

/* ---- Fixtures: commands ---- */

struct command_entry {
    struct guest_command command;
    const char *time;
};

static const struct param command_params[] = {
    { "name", TEXT(struct command_entry, command.name), .flags = PARAM_REQUIRED },
    { "image", TEXT(struct command_entry, command.image) },
    { "package", TEXT(struct command_entry, command.package) },
    { "status", INT(struct command_entry, command.status), .max = 255, .otherwise = "0" },
    { "time", TEXT(struct command_entry, time), .otherwise = "0s" },
    { "output", TEXT(struct command_entry, command.output), .otherwise = "" },
    { "errors", TEXT(struct command_entry, command.errors), .otherwise = "" },
    { "files", TREE(struct command_entry, command.files) },
    { 0 },
};

int guest_command_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct command_entry e = { 0 };
    if (fixtures_decode(c, command_params, entry, &e)
        || read_time(c, entry, e.time, &e.command.time))
        return -1;
    for (const struct value *v = e.command.files ? e.command.files->first : NULL; v; v = v->next) {
        if (v->type != VALUE_TEXT || !text_starts(v->key, "/"))
            return fixtures_wrong(c, v, "'files' cannot be read",
                                  "a mapping of absolute paths to texts");
    }
    *list_add(c->a, &f->commands, struct guest_command) = e.command;
    return 0;
}
