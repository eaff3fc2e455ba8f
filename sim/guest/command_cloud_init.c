/* cloud-init, as a command of the guest: status, clean. */
#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"
#include "guest/shell/command.h"

#define FIRST_WAIT 250
#define LONGEST_WAIT (10 * MINUTE_MS)

/* ---- status ---- */

struct told {
    const char *status, *detail, *boot_code;
    struct list errors; /* const char * */
    double updated; /* seconds since 1970; 0: never */
};

static const struct value *read_json(struct shell *sh, const char *path)
{
    size_t n = 0;
    const char *text, *error;
    return shell_read(sh, path, &text, &n) ? NULL
                                           : value_from_json(shell_arena(sh), text, n, &error);
}

static double moment(const struct value *stage, const char *name)
{
    const struct value *v = value_get(stage, name);
    return v && v->type == VALUE_REAL ? v->real : v && v->type == VALUE_INT ? (double)v->number : 0;
}

/* One stage of status.json. */
static void look_at_stage(struct shell *sh, const struct value *stage, struct told *t)
{
    const struct value *errors = value_get(stage, "errors");
    double begun = moment(stage, "start"), ended = moment(stage, "finished");
    for (const struct value *e = errors ? errors->first : NULL; e; e = e->next)
        strs_add(shell_arena(sh), &t->errors, e->text ? e->text : "");
    if (begun > 0 && ended <= 0)
        t->status = "running";
    t->updated = ended > t->updated ? ended : begun > t->updated ? begun : t->updated;
}

static struct told look(struct shell *sh)
{
    static const char off[] = "/etc/cloud/cloud-init.disabled";
    struct told t = { .status = "not run", .boot_code = "enabled-by-generator" };
    t.detail = "Cloud-init enabled by systemd cloud-init-generator";
    if (shell_look(sh, off)) {
        t.status = "disabled";
        t.boot_code = "disabled-by-marker-file";
        t.detail = arena_printf(shell_arena(sh), "Cloud-init disabled by %s", off);
        return t;
    }
    const struct value *v1 = value_get(read_json(sh, "/run/cloud-init/status.json"), "v1");
    if (v1 && !shell_look(sh, "/run/cloud-init/result.json"))
        t.status = "running";
    for (const struct value *v = v1 ? v1->first : NULL; v; v = v->next) {
        if (text_is(v->key, "datasource") && v->text)
            t.detail = v->text;
        if (v->type == VALUE_MAP)
            look_at_stage(sh, v, &t);
    }
    if (t.errors.count) {
        t.status = "error";
        t.detail = strs_join(shell_arena(sh), &t.errors, "\n");
    } else if (text_is(t.status, "not run") && t.updated > 0) {
        t.status = "done";
    }
    return t;
}

static void show_json(struct shell *sh, const struct told *t, const char *updated)
{
    struct arena *a = shell_arena(sh);
    struct value *v = value_new(a, VALUE_MAP);
    value_add_text(a, v, "boot_status_code", t->boot_code);
    value_add_text(a, v, "datasource", t->updated > 0 ? "ec2local" : "");
    value_add_text(a, v, "detail", t->detail);
    struct value *errors = value_add_new(a, v, "errors", VALUE_LIST);
    LIST_EACH (const char *, e, &t->errors)
        value_add_text(a, errors, NULL, *e);
    value_add_text(a, v, "last_update", updated);
    value_add_text(a, v, "status", t->status);
    shell_say(sh, "%s\n", value_to_json(a, v, JSON_PRETTY));
}

static int64_t show_status(struct shell *sh, const struct told *t, bool more, bool json,
                           bool waited)
{
    const char *updated = t->updated > 0
                              ? time_format(shell_arena(sh), "%a, %d %b %Y %H:%M:%S +0000",
                                            (int64_t)(t->updated * 1000))
                              : "";
    if (json) {
        show_json(sh, t, updated);
    } else {
        shell_say(sh, "%sstatus: %s\n", waited ? "\n" : "", t->status);
        if (more)
            shell_say(sh, "boot_status_code: %s\n%s%s%sdetail:\n%s\n", t->boot_code,
                      *updated ? "last_update: " : "", updated, *updated ? "\n" : "", t->detail);
    }
    return text_is(t->status, "error") ? 1 : 0;
}

/* --wait looks less and less often: nobody counts its dots. */
static int64_t status(struct shell *sh, size_t n, const char *const *words)
{
    bool wait = false, more = false, json = false;
    for (size_t at = 2; at < n; at++) {
        const char *w = words[at];
        if (text_is(w, "-w") || text_is(w, "--wait")) {
            wait = true;
        } else if (text_is(w, "-l") || text_is(w, "--long")) {
            more = true;
        } else if ((text_is(w, "--format") && at + 1 < n && text_is(words[at + 1], "json"))
                   || text_is(w, "--format=json")) {
            json = true;
            at += w[8] == '\0';
        } else {
            shell_complain(sh, "cloud-init: error: unrecognized arguments: %s", w);
            return 2;
        }
    }
    struct told t = look(sh);
    if (wait && (text_is(t.status, "running") || text_is(t.status, "not run"))) {
        int64_t turn = shell_phase(sh), pause = FIRST_WAIT;
        for (int64_t i = 0; i < turn && pause < LONGEST_WAIT; i++)
            pause = pause * 3 / 2;
        shell_say(sh, json ? "" : ".");
        shell_pause(sh, pause, turn + 1);
        return 0;
    }
    return show_status(sh, &t, more, json, wait);
}

/* ---- clean ---- */

static const char *remove_folder_but(struct shell *sh, const char *folder, const char *but)
{
    struct list names = { 0 };
    shell_list(sh, folder, &names);
    LIST_EACH (struct dir_entry, e, &names) {
        const char *path = arena_printf(shell_arena(sh), "%s/%s", folder, e->name);
        const char *error = text_is(e->name, but) ? NULL : shell_remove_all(sh, path);
        if (error)
            return arena_printf(shell_arena(sh), "Could not remove %s: %s", path, error);
    }
    return NULL;
}

/* The next boot is the first one again. */
static int64_t clean(struct shell *sh, size_t n, const char *const *words)
{
    bool logs = false, reboot = false, seed = false, id = false;
    for (size_t at = 2; at < n; at++) {
        const char *w = words[at];
        logs |= text_is(w, "-l") || text_is(w, "--logs");
        reboot |= text_is(w, "-r") || text_is(w, "--reboot");
        seed |= text_is(w, "-s") || text_is(w, "--seed");
        id |= text_is(w, "--machine-id");
        static const char *const known[] = { "-l", "--logs", "-r",           "--reboot",
                                             "-s", "--seed", "--machine-id", NULL };
        if (!text_any(w, known)) {
            shell_complain(sh, "cloud-init: error: unrecognized arguments: %s", w);
            return 2;
        }
    }
    if (logs) {
        shell_remove(sh, "/var/log/cloud-init.log");
        shell_remove(sh, "/var/log/cloud-init-output.log");
    }
    const char *error = remove_folder_but(sh, "/var/lib/cloud", seed ? "" : "seed");
    if (error) {
        shell_complain(sh, "ERROR: %s", error);
        return 1;
    }
    if (id)
        shell_write(sh, "/etc/machine-id", "uninitialized\n", 14);
    if (reboot)
        shell_power(sh, "reboot", 0);
    return 0;
}

static int64_t run_cloud_init(struct shell *sh, size_t n, const char *const *words)
{
    if (n > 1 && text_is(words[1], "status"))
        return status(sh, n, words);
    if (n > 1 && text_is(words[1], "clean"))
        return clean(sh, n, words);
    shell_complain(sh, "cloud-init: amisim simulates status and clean only");
    return 2;
}

COMMAND(cloud_init, "cloud-init", run_cloud_init);
