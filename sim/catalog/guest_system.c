/* Systems: their finders, and their sections of the fixtures. Knows no instance. */
#include "catalog/guest_system.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "call/op.h"
#include "catalog/fixture_entry.h"
#include "catalog/fixtures.h"

const struct guest_system *guest_system_of(const struct sim *sim, const char *image_key)
{
    LIST_EACH (struct guest_system, s, &sim->fixtures->systems) {
        LIST_EACH (const char *, pattern, &s->images) {
            if (image_key && text_glob(*pattern, image_key))
                return s;
        }
    }
    return NULL;
}

const char *guest_url_content(const struct sim *sim, const char *url)
{
    const struct guest_url *u = LIST_FIND(struct guest_url, &sim->fixtures->urls, url, url);
    return u ? u->content : NULL;
}

/* ---- Fixtures ---- */

struct system_entry {
    struct guest_system system;
    const struct value *steps;
};

static const char *const managers[] = { "dnf", "yum", "apt", NULL };
static const char *const key_types[] = { "rsa", "ecdsa", "ed25519", NULL };

static const struct param user_params[] = {
    { "name", TEXT(struct guest_user, name), .flags = PARAM_REQUIRED },
    { "gecos", TEXT(struct guest_user, gecos), .otherwise = "" },
    { "shell", TEXT(struct guest_user, shell), .otherwise = "/bin/bash" },
    { "groups", TEXTS(struct guest_user, groups) },
    { 0 },
};

static const struct param system_params[] = {
    { "name", TEXT(struct system_entry, system.name), .flags = PARAM_REQUIRED },
    { "images", TEXTS(struct system_entry, system.images), .flags = PARAM_REQUIRED },
    { "distro", TEXT(struct system_entry, system.distro), .flags = PARAM_REQUIRED },
    { "manager", TEXT(struct system_entry, system.manager), .flags = PARAM_REQUIRED,
      .values = managers },
    { "os_release", TEXT(struct system_entry, system.os_release), .flags = PARAM_REQUIRED },
    { "cloud_init", TEXT(struct system_entry, system.cloud_init), .flags = PARAM_REQUIRED },
    { "console_prefix", TEXT(struct system_entry, system.console_prefix), .otherwise = "" },
    { "repository", TEXT(struct system_entry, system.repository), .flags = PARAM_REQUIRED },
    { "locked", BOOL(struct system_entry, system.locked), .otherwise = "false" },
    { "user", STRUCT(struct system_entry, system.user, user_params), .flags = PARAM_REQUIRED },
    { "host_keys", TEXTS(struct system_entry, system.host_keys), .flags = PARAM_REQUIRED,
      .values = key_types },
    { "steps", TREE(struct system_entry, steps), .flags = PARAM_REQUIRED },
    { "init", TEXTS(struct system_entry, system.init), .flags = PARAM_REQUIRED },
    { "config", TEXTS(struct system_entry, system.config), .flags = PARAM_REQUIRED },
    { "final", TEXTS(struct system_entry, system.final), .flags = PARAM_REQUIRED },
    { "installed", TEXTS(struct system_entry, system.installed) },
    { "topics", TEXTS(struct system_entry, system.topics) },
    { 0 },
};

static int read_steps(struct call *c, const struct value *steps, struct guest_steps *ret)
{
    const struct {
        const char *name;
        int64_t *into;
    } all[] = { { "kernel", &ret->kernel },   { "init-local", &ret->init_local },
                { "network", &ret->network }, { "sshd", &ret->sshd },
                { "config", &ret->config },   { "final", &ret->final } };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const char *span = value_text(steps, all[i].name);
        if (!span || !span_parse(span, all[i].into) || *all[i].into > HOUR_MS)
            return fixtures_wrong(
                c, steps, arena_printf(c->a, "no time for the step '%s'", all[i].name),
                "kernel, init-local, network, sshd, config and final with a time, as in 900ms");
    }
    return 0;
}

int guest_system_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct system_entry e = { 0 };
    if (fixtures_decode(c, system_params, entry, &e) || read_steps(c, e.steps, &e.system.steps))
        return -1;
    *list_add(c->a, &f->systems, struct guest_system) = e.system;
    return 0;
}

static const struct param url_params[] = {
    { "url", TEXT(struct guest_url, url), .flags = PARAM_REQUIRED },
    { "content", TEXT(struct guest_url, content), .flags = PARAM_REQUIRED },
    { 0 },
};

int guest_url_decode(struct call *c, struct fixtures *f, const struct value *entry)
{
    struct guest_url url = { 0 };
    if (fixtures_decode(c, url_params, entry, &url))
        return -1;
    *list_add(c->a, &f->urls, struct guest_url) = url;
    return 0;
}
