/* Modules that run things: bootcmd, runcmd, scripts, packages; and those that end a boot. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot_modules.h"
#include "guest/boot/cloud_config.h"
#include "guest/boot/jinja.h"
#include "guest/guest_power.h"

#define LOGGER "util.py"
#define INSTANCE "once-per-instance"

/* ---- bootcmd, runcmd ---- */

/* A list of commands as a script of sh; NULL: one of them is none, and b->error says so. */
static const char *script_of(struct boot *b, const char *key)
{
    struct buffer text = { 0 };
    const struct value *all = value_get(b->config, key);
    buffer_add_text(b->c->a, &text, "#!/bin/sh\n");
    for (const struct value *v = all ? all->first : NULL; v; v = v->next) {
        const char *line = cloud_config_shell(b->c->a, v);
        if (v->type == VALUE_NULL)
            continue;
        if (!line) {
            b->error = arena_printf(b->c->a,
                                    "Unable to shellify type '%s'. Expected list, string, tuple. "
                                    "Got: %s",
                                    v->type == VALUE_INT    ? "int"
                                    : v->type == VALUE_BOOL ? "bool"
                                    : v->type == VALUE_REAL ? "float"
                                                            : "dict",
                                    value_to_json(b->c->a, v, 0));
            return NULL;
        }
        buffer_add_text(b->c->a, &text, line);
        buffer_add_text(b->c->a, &text, "\n");
    }
    return buffer_text(b->c->a, &text);
}

static enum boot_result bootcmd(struct boot *b)
{
    int64_t status = 0;
    const char *script = script_of(b, "bootcmd");
    if (!script) {
        BOOT_WARN(b, "Failed to shellify bootcmd");
        return BOOT_FAILED;
    }
    enum boot_result r = boot_script(b, "/tmp/bootcmd.sh", script, &status);
    if (r != BOOT_FAILED)
        return r;
    BOOT_WARN(b, "Failed to run bootcmd module bootcmd");
    b->error = arena_printf(b->c->a,
                            "Unexpected error while running command. Command: "
                            "[''/bin/sh'', ''/tmp/bootcmd.sh''] Exit code: %lld",
                            (long long)status);
    return r;
}

static const char *const bootcmd_keys[] = { "bootcmd", NULL };
const struct boot_module boot_bootcmd = { "bootcmd", "always", bootcmd_keys, bootcmd };

static enum boot_result runcmd(struct boot *b)
{
    const char *script = script_of(b, "runcmd");
    if (!script) {
        BOOT_WARN(b, "Failed to shellify runcmd");
        return BOOT_FAILED;
    }
    boot_write(b, boot_instance_path(b, "scripts/runcmd"), script, 0700);
    return BOOT_DONE;
}

static const char *const runcmd_keys[] = { "runcmd", NULL };
const struct boot_module boot_runcmd = { "runcmd", INSTANCE, runcmd_keys, runcmd };

/* ---- Scripts ---- */

static enum boot_result run_folder(struct boot *b, const char *module, const char *name,
                                   const char *folder)
{
    enum boot_result r = boot_run_parts(b, folder);
    if (r == BOOT_FAILED)
        BOOT_WARN(b, "Failed to run module %s (%s in %s)", module, name, folder);
    return r;
}

static enum boot_result scripts_per_once(struct boot *b)
{
    return run_folder(b, "scripts_per_once", "per-once", "/var/lib/cloud/scripts/per-once");
}

static enum boot_result scripts_per_boot(struct boot *b)
{
    return run_folder(b, "scripts_per_boot", "per-boot", "/var/lib/cloud/scripts/per-boot");
}

static enum boot_result scripts_per_instance(struct boot *b)
{
    return run_folder(b, "scripts_per_instance", "per-instance",
                      "/var/lib/cloud/scripts/per-instance");
}

static enum boot_result scripts_user(struct boot *b)
{
    return run_folder(b, "scripts_user", "scripts", boot_instance_path(b, "scripts"));
}

const struct boot_module boot_scripts_per_once = { "scripts_per_once", "once", NULL,
                                                   scripts_per_once };
const struct boot_module boot_scripts_per_boot = { "scripts_per_boot", "always", NULL,
                                                   scripts_per_boot };
const struct boot_module boot_scripts_per_instance = { "scripts_per_instance", INSTANCE, NULL,
                                                       scripts_per_instance };
const struct boot_module boot_scripts_user = { "scripts_user", INSTANCE, NULL, scripts_user };

/* ---- Packages ---- */

/* "name", or a version of it as the manager wants it. */
static const char *wanted_package(struct boot *b, const struct value *v)
{
    const char *name = v->type == VALUE_LIST && v->first ? v->first->text : v->text;
    const char *version =
        v->type == VALUE_LIST && v->first && v->first->next ? v->first->next->text : NULL;
    if (!version)
        return name;
    return arena_printf(b->c->a, "%s%s%s", name, text_is(b->system->manager, "apt") ? "=" : "-",
                        version);
}

static void add_packages(struct boot *b, const struct value *list, struct list *into)
{
    for (const struct value *v = list ? list->first : NULL; v; v = v->next) {
        const char *name = v->type == VALUE_MAP ? NULL : wanted_package(b, v);
        if (name)
            strs_add(b->c->a, into, arena_printf(b->c->a, "'%s'", name));
        for (const struct value *m = v->type == VALUE_MAP ? v->first : NULL; m; m = m->next) {
            if (text_is(m->key, "apt"))
                add_packages(b, m, into);
            else
                BOOT_WARN(b, "amisim does not simulate %s packages", m->key);
        }
    }
}

static bool any_truth(struct boot *b, const char *const *keys)
{
    for (; *keys; keys++) {
        const char *said = cloud_config_text(b->c->a, b->config, *keys);
        bool named = text_is(said, "security") || text_is(said, "bugfix") || text_is(said, "all");
        if (named || cloud_config_truth(b->config, *keys, false))
            return true;
    }
    return false;
}

/* The line of sh that does it; what: update, upgrade, install. */
static const char *manager_line(struct boot *b, const char *what, const char *names)
{
    const char *manager = b->system->manager;
    if (text_is(manager, "apt"))
        return arena_printf(b->c->a,
                            "DEBIAN_FRONTEND=noninteractive apt-get "
                            "--option=Dpkg::Options::=--force-confold "
                            "--option=Dpkg::options::=--force-unsafe-io --assume-yes --quiet %s %s",
                            text_is(what, "upgrade") ? "dist-upgrade" : what, names);
    if (text_is(what, "update"))
        what = "makecache";
    return arena_printf(b->c->a, "%s -y %s %s", manager, what, names);
}

/* As Python shows a list. */
static const char *as_list(struct boot *b, const struct list *names)
{
    return arena_printf(b->c->a, "[%s]", strs_join(b->c->a, names, ", "));
}

static void package_failed(struct boot *b, const char *what, const struct list *names)
{
    if (text_is(what, "install"))
        BOOT_WARN(b, "Failed to install packages: %s", as_list(b, names));
    else
        BOOT_WARN(b, "Package %s failed", what);
    strs_add(b->c->a, &b->row->failed, what);
}

static enum boot_result install_packages(struct boot *b)
{
    static const char *const updates[] = { "package_update", "apt_update", "repo_update", NULL };
    static const char *const upgrades[] = { "package_upgrade", "apt_upgrade", "repo_upgrade",
                                            NULL };
    static const char *const whats[] = { "update", "upgrade", "install" };
    struct list names = { 0 };
    add_packages(b, value_get(b->config, "packages"), &names);
    bool upgrade = any_truth(b, upgrades);
    const bool wanted[] = { names.count || upgrade || any_truth(b, updates), upgrade,
                            names.count > 0 };
    for (; b->row->item < 3; b->row->item++) {
        int64_t status = 0;
        const char *what = whats[b->row->item];
        if (!wanted[b->row->item])
            continue;
        const char *line =
            manager_line(b, what, b->row->item == 2 ? strs_join(b->c->a, &names, " ") : "");
        enum boot_result r = boot_script(b, "/bin/sh", line, &status);
        if (r == BOOT_PAUSED)
            return r;
        if (r == BOOT_FAILED)
            package_failed(b, what, &names);
    }
    if (!b->row->failed.count)
        return BOOT_DONE;
    BOOT_WARN(b, "%zu failed with exceptions, re-raising the last one", b->row->failed.count);
    b->error = "Unexpected error while running command.";
    return BOOT_FAILED;
}

static const char *const package_keys[] = { "packages",        "package_update",
                                            "apt_update",      "repo_update",
                                            "package_upgrade", "apt_upgrade",
                                            "repo_upgrade",    NULL };
const struct boot_module boot_packages = { "package_update_upgrade_install", INSTANCE, package_keys,
                                           install_packages };

/* ---- The end ---- */

/* $UPTIME and $uptime in an older message. */
static const char *with_dollars(struct boot *b, const char *text, const struct value *data)
{
    struct buffer out = { 0 };
    while (*text) {
        const struct value *found = NULL;
        size_t n = strcspn(text, "$"), skip = 0;
        buffer_add(b->c->a, &out, text, n);
        text += n;
        for (const struct value *v = *text ? data->first : NULL; v && !found; v = v->next) {
            skip = strlen(v->key);
            if (strncmp(text + 1, v->key, skip) == 0)
                found = v;
        }
        if (found)
            buffer_add_text(b->c->a, &out, found->text);
        else if (*text)
            buffer_add(b->c->a, &out, text, 1);
        text += found ? skip + 1 : *text != '\0';
    }
    return buffer_text(b->c->a, &out);
}

static const struct value *final_data(struct boot *b)
{
    struct value *data = value_new(b->c->a, VALUE_MAP);
    const struct {
        const char *lower, *upper, *value;
    } all[] = { { "uptime", "UPTIME", boot_uptime(b, b->c->now) },
                { "timestamp", "TIMESTAMP", boot_rfc2822(b, b->c->now) },
                { "version", "VERSION", b->system->cloud_init },
                { "datasource", "DATASOURCE", "DataSourceEc2Local" } };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        value_add_text(b->c->a, data, all[i].lower, all[i].value);
        value_add_text(b->c->a, data, all[i].upper, all[i].value);
    }
    return data;
}

static enum boot_result final_message(struct boot *b)
{
    static const char usual[] = "Cloud-init v. $VERSION finished at $TIMESTAMP. Datasource "
                                "$DATASOURCE.  Up $UPTIME seconds";
    const char *said = cloud_config_text(b->c->a, b->config, "final_message"), *error;
    const struct value *data = final_data(b);
    struct list missing = { 0 };
    const char *text = text_blank(said) ? usual : said;
    if (text_starts(text, "## template: jinja")) {
        text = jinja_render(b->c->a, text + strcspn(text, "\n"), data, &missing, &error);
        if (text)
            text += strspn(text, "\n");
    } else {
        text = with_dollars(b, text, data);
    }
    if (text)
        boot_say(b, arena_printf(b->c->a, "%s\n", text));
    else
        BOOT_WARN(b, "Failed to render final message template");
    boot_write(b, boot_instance_path(b, "boot-finished"),
               arena_printf(b->c->a, "%s - %s - v. %s\n", boot_uptime(b, b->c->now),
                            boot_rfc2822(b, b->c->now), b->system->cloud_init),
               0644);
    return BOOT_DONE;
}

const struct boot_module boot_final_message = { "final_message", "always", NULL, final_message };

/* Whether the condition holds: a truth, or a command that ends with 0. */
static enum boot_result judge(struct boot *b, const struct value *condition)
{
    int64_t status = 0;
    if (!condition || condition->type == VALUE_BOOL)
        return !condition || condition->flag ? BOOT_DONE : BOOT_FAILED;
    const char *line = cloud_config_shell(b->c->a, condition);
    return line ? boot_script(b, "/bin/sh", line, &status) : BOOT_FAILED;
}

static enum boot_result power_state(struct boot *b)
{
    static const char *const modes[] = { "poweroff", "reboot", "halt", NULL };
    const struct value *said = value_get(b->config, "power_state");
    const char *mode = value_text(said, "mode");
    const char *delay = cloud_config_text(b->c->a, said, "delay");
    int64_t minutes = 0;
    if (!text_any(mode ? mode : "", modes)) {
        b->error = "power_state[mode] required, must be one of: halt,poweroff,reboot.";
        return BOOT_FAILED;
    }
    if (delay && !text_is(delay, "now") && !text_int(delay + (*delay == '+'), &minutes)) {
        b->error = "power_state[delay] must be 'now' or '+m' (minutes).";
        return BOOT_FAILED;
    }
    enum boot_result holds = judge(b, value_get(said, "condition"));
    if (holds == BOOT_PAUSED)
        return holds;
    if (holds == BOOT_DONE)
        guest_ask_power(b->c, b->i, text_is(mode, "reboot") ? "reboot" : "halt",
                        minutes * MINUTE_MS);
    return BOOT_DONE;
}

static const char *const power_keys[] = { "power_state", NULL };
const struct boot_module boot_power_state = { "power_state_change", INSTANCE, power_keys,
                                              power_state };
