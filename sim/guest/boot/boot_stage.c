/* See boot_stage.h. */
#include "guest/boot/boot_stage.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "guest/boot/boot_data.h"
#include "guest/boot/boot_run.h"
#include "guest/boot/boot_status.h"
#include "guest/boot/cloud_config.h"

#define LOGGER "modules.py"
#define DATA "/var/lib/cloud/data"

/* ---- One module ---- */

static const char *underscored(struct boot *b, const char *name)
{
    char *copy = arena_strdup(b->c->a, name);
    for (char *at = copy; *at; at++)
        *at = *at == '-' ? '_' : *at;
    return copy;
}

/* As Python shows it. */
static const char *module_shown(struct boot *b, const char *name)
{
    return arena_printf(
        b->c->a, "<module 'cloudinit.config.cc_%s' from '/usr/lib/%s/cloudinit/config/cc_%s.py'>",
        name,
        text_is(b->system->manager, "apt")   ? "python3/dist-packages"
        : text_is(b->system->manager, "yum") ? "python2.7/site-packages"
                                             : "python3.9/site-packages",
        name);
}

static const char *semaphore(struct boot *b, const char *name, const char *frequency)
{
    if (text_is(frequency, "always"))
        return NULL;
    return text_is(frequency, "once")
               ? arena_printf(b->c->a, "/var/lib/cloud/sem/config_%s.once", name)
               : boot_instance_path(b, arena_printf(b->c->a, "sem/config_%s", name));
}

static bool has_keys(struct boot *b, const struct boot_module *m)
{
    for (const char *const *key = m->keys; key && *key; key++) {
        if (value_get(b->config, *key))
            return true;
    }
    return !m->keys;
}

/* Whether it is run now: it was not yet, as often as it may be. */
static bool enter_module(struct boot *b, const struct boot_module *m, const char *name,
                         const char *frequency)
{
    const char *sem = semaphore(b, m->name, frequency);
    b->row->attempted = b->row->item = 0;
    b->row->failed = (struct list){ 0 };
    BOOT_DEBUG(b, "Running module %s (%s) with frequency %s", name, module_shown(b, m->name),
               frequency);
    if (sem && boot_has(b, sem)) {
        boot_log(b, "helpers.py", "DEBUG", "config-%s already ran (freq=%s)", name, frequency);
        return false;
    }
    if (sem)
        boot_write(b, sem,
                   arena_printf(b->c->a, "%lld: %lld.%03lld\n",
                                1000 + (long long)b->row->step * 131, (long long)(b->c->now / 1000),
                                (long long)(b->c->now % 1000)),
                   0644);
    boot_log(b, "helpers.py", "DEBUG", "Running config-%s using lock (%s)", name,
             sem ? arena_printf(b->c->a, "<FileLock using file '%s'>", sem)
                 : "<cloudinit.helpers.DummyLock object>");
    return true;
}

static void note_failure(struct boot *b, const char *name)
{
    const char *error = b->error ? b->error : "failed";
    BOOT_WARN(b, "Running module %s (%s) failed", name, module_shown(b, underscored(b, name)));
    strs_add(b->c->a, &b->row->errors,
             arena_printf(b->c->a, "('%s', RuntimeError('%s'))", name, error));
    b->error = NULL;
}

/* False: it pauses. */
static bool run_module(struct boot *b, const char *name, const char *frequency)
{
    const struct boot_module *m = boot_module_named(underscored(b, name));
    if (!m)
        return true;
    if (b->row->attempted == ABSENT) {
        if (!has_keys(b, m))
            return true;
        if (!enter_module(b, m, name, frequency ? frequency : m->frequency)) {
            b->row->attempted = ABSENT;
            return true;
        }
    }
    b->module = name;
    enum boot_result r = m->run(b);
    if (r == BOOT_PAUSED)
        return false;
    if (r == BOOT_FAILED)
        note_failure(b, name);
    b->row->attempted = ABSENT;
    return true;
}

/* ---- The modules of a stage ---- */

/* A module as a list names it: its name, or [name, frequency]. */
struct named {
    const char *name, *frequency;
};

static struct list modules_of(struct boot *b, const char *key, const struct list *otherwise)
{
    struct list all = { 0 };
    const struct value *said = value_get(b->config, key);
    for (const struct value *v = said ? said->first : NULL; v; v = v->next) {
        bool pair = v->type == VALUE_LIST;
        const char *name = pair && v->first ? v->first->text : v->text;
        if (name)
            *list_add(b->c->a, &all, struct named) =
                (struct named){ name, pair && v->first->next ? v->first->next->text : NULL };
    }
    if (said)
        return all;
    LIST_EACH (const char *, name, otherwise)
        *list_add(b->c->a, &all, struct named) = (struct named){ *name, NULL };
    return all;
}

/* A known frequency, or none. */
static const char *frequency_of(struct boot *b, const struct named *m)
{
    static const char *const known[] = { "always", "once-per-instance", "once", NULL };
    if (!m->frequency || text_any(m->frequency, known))
        return m->frequency;
    BOOT_WARN(b, "Config specified module %s has an unknown frequency %s", m->name, m->frequency);
    return NULL;
}

static bool run_modules(struct boot *b, const char *key, const struct list *otherwise)
{
    struct list all = modules_of(b, key, otherwise);
    for (; (size_t)b->row->module < all.count; b->row->module++) {
        const struct named *m = list_at(&all, struct named, b->row->module);
        if (!run_module(b, m->name, b->row->attempted == ABSENT ? frequency_of(b, m) : NULL))
            return false;
    }
    BOOT_DEBUG(b, "Ran %zu modules with %zu failures", all.count, b->row->errors.count);
    return true;
}

/* ---- Stages ---- */

static void welcome(struct boot *b, const char *mode)
{
    const char *line = arena_printf(
        b->c->a, "Cloud-init v. %s running '%s' at %s. Up %s seconds.\n", b->system->cloud_init,
        mode, boot_rfc2822(b, b->row->began), boot_uptime(b, b->row->began));
    boot_log(b, "util.py", "DEBUG", "%.*s", (int)strlen(line) - 1, line);
    boot_say(b, line);
}

/* systemd makes one where the image has none. */
static void make_machine_id(struct boot *b)
{
    size_t n = 0;
    char id[37];
    const char *now = boot_read(b, "/etc/machine-id", &n);
    struct rng r = { hash_text(
        arena_printf(b->c->a, "%s/%lld/machine-id", b->i->id, (long long)b->i->boots)) };
    if (now && n > 1 && !text_starts(now, "uninitialized"))
        return;
    rng_uuid(&r, id);
    struct buffer plain = { 0 };
    for (const char *at = id; *at; at++) {
        if (*at != '-')
            buffer_add(b->c->a, &plain, at, 1);
    }
    boot_write(b, "/etc/machine-id", arena_printf(b->c->a, "%s\n", buffer_text(b->c->a, &plain)),
               0444);
}

static void begin_local(struct boot *b)
{
    size_t n = 0;
    const char *before = boot_read(b, DATA "/instance-id", &n);
    before =
        before ? arena_strndup(b->c->a, before, strcspn(before, "\n")) : "NO_PREVIOUS_INSTANCE_ID";
    b->row->fresh = text_is(before, b->i->id) ? NO : YES;
    boot_remove_all(b, "/run/cloud-init");
    make_machine_id(b);
    welcome(b, "init-local");
    boot_write(b, DATA "/previous-instance-id", arena_printf(b->c->a, "%s\n", before), 0644);
    boot_write(b, DATA "/instance-id", arena_printf(b->c->a, "%s\n", b->i->id), 0644);
    boot_write(b, DATA "/previous-datasource", "DataSourceEc2Local: DataSourceEc2Local\n", 0644);
    boot_write(b, boot_instance_path(b, "datasource"), "DataSourceEc2Local: DataSourceEc2Local\n",
               0644);
    boot_link(b, "/var/lib/cloud/instance", arena_printf(b->c->a, "instances/%s", b->i->id));
    boot_status_begin(b, "init-local");
    boot_status_end(b, "init-local");
}

static void table_line(struct boot *b, const char *text)
{
    boot_say(b, arena_printf(b->c->a, "ci-info: %s\n", text));
}

static void show_network(struct boot *b)
{
    const char *rule = "+--------+------+-----------------+---------------+--------+";
    table_line(b, "++++++++++++++++++++++Net device info+++++++++++++++++++++++");
    table_line(b, rule);
    table_line(b, "| Device |  Up  |     Address     |      Mask     | Scope  |");
    table_line(b, rule);
    table_line(b, arena_printf(b->c->a, "|  eth0  | True | %-15s | 255.255.240.0 | global |",
                               b->i->private_ip ? b->i->private_ip : "."));
    table_line(b, "|   lo   | True | 127.0.0.1       |   255.0.0.0   |  host  |");
    table_line(b, rule);
}

/* What a stage has in the fixtures, and what it is called by whom. */
struct stage {
    const char *mode, *said, *key;
};

static const struct stage stages[BOOT_OVER] = {
    [BOOT_NETWORK] = { "init", "init", "cloud_init_modules" },
    [BOOT_CONFIG] = { "modules-config", "modules:config", "cloud_config_modules" },
    [BOOT_FINAL] = { "modules-final", "modules:final", "cloud_final_modules" },
};

static const struct list *usual_modules(const struct boot *b)
{
    return b->row->step == BOOT_NETWORK  ? &b->system->init
           : b->row->step == BOOT_CONFIG ? &b->system->config
                                         : &b->system->final;
}

/* module ABSENT: it has not begun; -1: the user data is taken in, before the first module. */
static bool run_stage(struct boot *b, const struct stage *s)
{
    if (b->row->module == ABSENT) {
        welcome(b, s->said);
        boot_status_begin(b, s->mode);
        b->row->errors = (struct list){ 0 };
        b->row->module = b->row->step == BOOT_NETWORK ? -1 : 0;
        b->row->item = 0;
        if (b->row->step == BOOT_NETWORK)
            show_network(b);
    }
    if (b->row->module == -1) {
        enum boot_result r = boot_consume(b);
        if (r == BOOT_PAUSED)
            return false;
        if (r == BOOT_FAILED) {
            BOOT_WARN(b, "failed stage %s", s->mode);
            boot_say(b, arena_printf(b->c->a, "failed run of stage %s\n%s\n", s->mode, b->error));
            strs_add(b->c->a, &b->row->errors, b->error);
            boot_status_end(b, s->mode);
            return true;
        }
        b->row->module = 0;
    }
    if (!run_modules(b, s->key, usual_modules(b)))
        return false;
    boot_status_end(b, s->mode);
    return true;
}

static void begin_sshd(struct boot *b)
{
    b->row->sshd = b->c->now;
    boot_tell(b, "[  OK  ] Started OpenSSH server daemon.\n");
}

static bool run_step(struct boot *b)
{
    static const char off[] = "/etc/cloud/cloud-init.disabled";
    bool through = true;
    if (b->row->step == BOOT_SSHD) {
        begin_sshd(b);
    } else if (boot_has(b, off)) {
        BOOT_DEBUG(b, "Cloud-init is disabled by %s", off);
        b->log = (struct buffer){ 0 };
    } else if (b->row->step == BOOT_INIT_LOCAL) {
        begin_local(b);
    } else {
        through = run_stage(b, &stages[b->row->step]);
    }
    return through;
}

bool boot_stage_run(struct call *c, const struct instance *i, const struct guest_system *s,
                    struct guest_boot *row)
{
    struct boot b = { .c = c, .i = i, .system = s, .row = row };
    boot_load(&b);
    if (row->began == ABSENT)
        row->began = c->now;
    bool through = run_step(&b);
    boot_flush(&b);
    if (!through) {
        row->due = c->now + b.pause;
        return false;
    }
    row->began = row->module = row->item = row->attempted = ABSENT;
    row->script = NULL;
    return true;
}
