/* systemctl and service, over the unit files of the guest.
 *
 * A unit is known by its file, or is one that every system of its kind has. What is enabled is what
 * a folder NAME.wants names; what runs is what was started since the boot, and what is enabled and
 * was not stopped. No program runs behind a unit: its ExecStart is not looked at. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command.h"
#include "guest/shell_host.h"

#define OWN_UNITS "/etc/systemd/system"
#define STATES "/run/systemd/units"

enum { FAILED = 1, INACTIVE = 3, NO_UNIT = 4, NOT_FOUND = 5 };

static const char *const folders[] = { OWN_UNITS, "/run/systemd/system", "/usr/lib/systemd/system",
                                       "/lib/systemd/system", NULL };
/* Their files are not on the disk, for nobody reads them. */
static const char *const of_all[] = {
    "rsyslog",          "dbus",       "systemd-journald", "systemd-networkd", "systemd-resolved",
    "cloud-init-local", "cloud-init", "cloud-config",     "cloud-final",      NULL,
};
static const char *const of_red_hat[] = { "sshd", "crond", "chronyd", "amazon-ssm-agent", NULL };
static const char *const of_debian[] = { "ssh", "cron", "chrony", NULL };

struct unit {
    const char *name; /* with its suffix */
    const char *file; /* NULL: one of the system's own */
    const char *description, *wanted_by; /* wanted_by: NULL: it cannot be enabled */
    bool found, masked, enabled, active;
};

/* ---- What there is ---- */

static const char *path_of(struct shell *sh, const char *folder, const char *name)
{
    return arena_printf(shell_arena(sh), "%s/%s", folder, name);
}

/* The value of KEY=value in a unit file; NULL: it has none. */
static const char *setting(struct shell *sh, const char *text, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at != '\0') {
        if (strncmp(at, key, n) == 0 && at[n] == '=')
            return arena_strndup(shell_arena(sh), at + n + 1, strcspn(at + n + 1, "\r\n"));
    }
    return NULL;
}

static void read_unit_file(struct shell *sh, struct unit *u)
{
    const char *text;
    size_t n;
    if (shell_read(sh, u->file, &text, &n))
        return;
    const char *description = setting(sh, text, "Description");
    const char *wanted_by = setting(sh, text, "WantedBy");
    u->description = description ? description : u->name;
    if (wanted_by)
        u->wanted_by = arena_strndup(shell_arena(sh), wanted_by, strcspn(wanted_by, " ,\t"));
}

static void find_file(struct shell *sh, struct unit *u)
{
    for (const char *const *folder = folders; *folder; folder++) {
        const char *path = path_of(sh, *folder, u->name);
        const struct dir_entry *link = shell_look_link(sh, path);
        if (!link)
            continue;
        u->found = true;
        u->file = path;
        const char *error, *to = shell_resolve(sh, path, &error);
        u->masked = text_is(to, "/dev/null");
        if (!u->masked)
            read_unit_file(sh, u);
        return;
    }
}

static bool is_of_system(struct shell *sh, const char *name)
{
    static const char suffix[] = ".service";
    if (!text_ends(name, suffix))
        return false;
    const char *own = arena_strndup(shell_arena(sh), name, strlen(name) - strlen(suffix));
    return text_any(own, of_all) || text_any(own, shell_machine(sh)->dash ? of_debian : of_red_hat);
}

static const char *wants_link(struct shell *sh, const struct unit *u)
{
    return arena_printf(shell_arena(sh), "%s/%s.wants/%s", OWN_UNITS,
                        u->wanted_by ? u->wanted_by : "multi-user.target", u->name);
}

static const char *state_path(struct shell *sh, const struct unit *u)
{
    return path_of(sh, STATES, u->name);
}

/* "BOOT started" or "BOOT stopped"; of an earlier boot it says nothing. */
static const char *state_word(struct shell *sh, const char *word)
{
    return arena_printf(shell_arena(sh), "%lld %s", (long long)guest_of_shell(sh)->i->boots, word);
}

static bool has_state(struct shell *sh, const struct unit *u, const char *word)
{
    const char *text;
    size_t n;
    return !shell_read(sh, state_path(sh, u), &text, &n)
           && text_is(arena_strndup(shell_arena(sh), text, n), state_word(sh, word));
}

static struct unit unit_of(struct shell *sh, const char *given)
{
    struct unit u = { .name = strchr(given, '.')
                                  ? given
                                  : arena_printf(shell_arena(sh), "%s.service", given) };
    u.description = u.name;
    find_file(sh, &u);
    bool own = !u.found && is_of_system(sh, u.name);
    u.found |= own;
    u.enabled = shell_look_link(sh, wants_link(sh, &u))
                || (own && !has_state(sh, &u, "disabled")); /* they come enabled */
    u.active =
        has_state(sh, &u, "started") || (u.enabled && !u.masked && !has_state(sh, &u, "stopped"));
    return u;
}

/* ---- What is done to one ---- */

struct order {
    struct shell *sh;
    const char *verb;
    bool now, quiet;
};

static int64_t is_refused(struct order *o, const struct unit *u)
{
    if (shell_user(o->sh)->uid == 0)
        return 0;
    shell_complain(o->sh, "Failed to %s %s: Interactive authentication required.", o->verb,
                   u->name);
    return FAILED;
}

static int64_t set_state(struct order *o, const struct unit *u, const char *word)
{
    const char *text = state_word(o->sh, word);
    shell_make_folders(o->sh, STATES);
    return shell_write(o->sh, state_path(o->sh, u), text, strlen(text)) ? FAILED : 0;
}

static int64_t start(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    bool stops = text_is(o->verb, "stop");
    if (!u.found) {
        shell_complain(o->sh,
                       stops ? "Failed to stop %s: Unit %s not loaded."
                             : "Failed to %s %s: Unit %s not found.",
                       stops ? u.name : o->verb, u.name, u.name);
        return NOT_FOUND;
    }
    int64_t refused = is_refused(o, &u);
    if (refused)
        return refused;
    if (u.masked && !stops) {
        shell_complain(o->sh, "Failed to %s %s: Unit %s is masked.", o->verb, u.name, u.name);
        return FAILED;
    }
    if (text_starts(o->verb, "try-") && !u.active)
        return 0;
    if (text_is(o->verb, "reload") && !u.active) {
        shell_complain(o->sh, "Failed to reload %s: Unit %s is not active.", u.name, u.name);
        return FAILED;
    }
    return set_state(o, &u, stops ? "stopped" : "started");
}

static int64_t no_file(struct order *o, const struct unit *u)
{
    shell_complain(o->sh, "Failed to %s unit: Unit file %s does not exist.", o->verb, u->name);
    return FAILED;
}

static int64_t enable(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    const char *link = wants_link(o->sh, &u), *error;
    if (!u.found)
        return no_file(o, &u);
    int64_t refused = is_refused(o, &u);
    if (refused)
        return refused;
    if (u.masked) {
        shell_complain(o->sh, "Failed to enable unit: Unit file %s/%s is masked.", OWN_UNITS,
                       u.name);
        return FAILED;
    }
    if (u.file && !u.wanted_by) {
        shell_complain(o->sh,
                       "The unit files have no installation config (WantedBy=, RequiredBy=, "
                       "UpheldBy=,\nAlso=, or Alias= settings in the [Install] section, and "
                       "DefaultInstance= for\ntemplate units). This means they are not meant to be "
                       "enabled or disabled using systemctl.");
    } else if (u.file && !u.enabled) {
        shell_make_folders(
            o->sh, arena_strndup(shell_arena(o->sh), link, (size_t)(strrchr(link, '/') - link)));
        if ((error = shell_link(o->sh, u.file, link))) {
            shell_complain(o->sh, "Failed to enable unit: %s", error);
            return FAILED;
        }
        if (!o->quiet)
            shell_complain(o->sh, "Created symlink %s \xe2\x86\x92 %s.", link, u.file);
    }
    if (o->now)
        return set_state(o, &u, "started");
    return u.active ? 0 : set_state(o, &u, "stopped"); /* it waits for the next boot */
}

static int64_t disable(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    const char *link = wants_link(o->sh, &u);
    if (!u.found)
        return no_file(o, &u);
    int64_t refused = is_refused(o, &u);
    if (refused)
        return refused;
    if (shell_look_link(o->sh, link) && !shell_remove(o->sh, link) && !o->quiet)
        shell_complain(o->sh, "Removed \"%s\".", link);
    if (o->now)
        return set_state(o, &u, "stopped");
    return u.active ? set_state(o, &u, "started") : 0; /* it runs on */
}

static int64_t mask(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    const char *link = path_of(o->sh, OWN_UNITS, u.name), *error;
    int64_t refused = is_refused(o, &u);
    if (refused || u.masked)
        return refused;
    if (shell_look_link(o->sh, link)) {
        shell_complain(o->sh, "Failed to mask unit: File %s already exists.", link);
        return FAILED;
    }
    shell_make_folders(o->sh, OWN_UNITS);
    if ((error = shell_link(o->sh, "/dev/null", link))) {
        shell_complain(o->sh, "Failed to mask unit: %s", error);
        return FAILED;
    }
    shell_complain(o->sh, "Created symlink %s \xe2\x86\x92 /dev/null.", link);
    return o->now ? set_state(o, &u, "stopped") : 0;
}

static int64_t unmask(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    int64_t refused = is_refused(o, &u);
    if (refused || !u.masked)
        return refused;
    shell_remove(o->sh, u.file);
    shell_complain(o->sh, "Removed \"%s\".", u.file);
    return 0;
}

/* ---- What is said of one ---- */

static int64_t is_active(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    if (!o->quiet)
        shell_say(o->sh, "%s\n", u.active ? "active" : "inactive");
    return u.active ? 0 : INACTIVE;
}

static int64_t is_failed(struct order *o, const char *given)
{
    is_active(o, given);
    return FAILED; /* no unit fails here */
}

static const char *enabled_word(const struct unit *u)
{
    if (u->masked)
        return "masked";
    return u->enabled ? "enabled" : u->wanted_by ? "disabled" : "static";
}

static int64_t is_enabled(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    if (!u.found) {
        shell_complain(o->sh, "Failed to get unit file state for %s: %s", u.name, NO_ENTRY);
        return FAILED;
    }
    const char *word = enabled_word(&u);
    if (!o->quiet)
        shell_say(o->sh, "%s\n", word);
    return text_is(word, "enabled") || text_is(word, "static") ? 0 : FAILED;
}

static int64_t status(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    if (!u.found) {
        shell_complain(o->sh, "Unit %s could not be found.", u.name);
        return NO_UNIT;
    }
    const char *file = u.file ? u.file : path_of(o->sh, folders[2], u.name);
    shell_say(o->sh, "%s %s - %s\n", u.active ? "\xe2\x97\x8f" : "\xe2\x97\x8b", u.name,
              u.description);
    if (u.masked)
        shell_say(o->sh, "     Loaded: masked (Reason: Unit %s is masked.)\n", u.name);
    else
        shell_say(o->sh, "     Loaded: loaded (%s; %s)\n", file, enabled_word(&u));
    shell_say(o->sh, "     Active: %s\n", u.active ? "active (running)" : "inactive (dead)");
    return u.active ? 0 : INACTIVE;
}

static int64_t cat(struct order *o, const char *given)
{
    struct unit u = unit_of(o->sh, given);
    const char *text;
    size_t n;
    if (!u.file || shell_read(o->sh, u.file, &text, &n)) {
        shell_complain(o->sh, "No files found for %s.", u.name);
        return FAILED;
    }
    shell_say(o->sh, "# %s\n", u.file);
    shell_put(o->sh, text, n);
    return 0;
}

/* ---- The commands ---- */

struct verb {
    const char *name;
    int64_t (*run)(struct order *o, const char *given);
};

static const struct verb verbs[] = {
    { "start", start },           { "stop", start },          { "restart", start },
    { "reload", start },          { "try-restart", start },   { "reload-or-restart", start },
    { "enable", enable },         { "disable", disable },     { "mask", mask },
    { "unmask", unmask },         { "is-active", is_active }, { "is-failed", is_failed },
    { "is-enabled", is_enabled }, { "status", status },       { "cat", cat },
};

/* What concerns no unit, and has nothing to do here. */
static bool is_without_units(const char *verb)
{
    static const char *const all[] = { "daemon-reload", "daemon-reexec", "reset-failed", NULL };
    return text_any(verb, all);
}

/* is-active and its kin are content with one unit that is; all others want all of them. */
static int64_t run_verb(struct order *o, const struct verb *verb, const struct list *units)
{
    bool asks = text_starts(verb->name, "is-"), good = false;
    int64_t worst = 0;
    o->verb = verb->name;
    LIST_EACH (const char *, unit, units) {
        int64_t result = verb->run(o, *unit);
        good |= result == 0;
        worst = result ? result : worst;
    }
    return asks && good ? 0 : worst;
}

static int64_t give_order(struct order *o, const char *name, const struct list *units)
{
    if (is_without_units(name))
        return 0;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!text_is(verbs[i].name, name))
            continue;
        if (units->count)
            return run_verb(o, &verbs[i], units);
        shell_complain(o->sh, "Too few arguments.");
        return FAILED;
    }
    shell_complain(o->sh, "Unknown command verb %s.", name);
    return FAILED;
}

static int64_t run_systemctl(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "now", 'N', false },      { "quiet", 'q', false },     { "no-block", 'b', false },
        { "no-pager", 'p', false }, { "force", 'f', false },     { "full", 'l', false },
        { "system", 's', false },   { "no-reload", 'r', false }, { NULL, 0, false },
    };
    struct order order = { .sh = sh };
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "qfl", .names = names };
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return FAILED;
        order.now |= letter == 'N';
        order.quiet |= letter == 'q';
    }
    if (!o.rest.count) {
        shell_complain(sh, "systemctl: amisim lists no units; name what is to be done");
        return FAILED;
    }
    struct list units = { 0 };
    for (size_t i = 1; i < o.rest.count; i++)
        strs_add(shell_arena(sh), &units, *list_at(&o.rest, const char *, i));
    return give_order(&order, *list_at(&o.rest, const char *, 0), &units);
}

COMMAND(systemctl, "systemctl", run_systemctl);

/* service NAME VERB, which Red Hat's and Amazon's systems pass on in so many words. */
static int64_t run_service(struct shell *sh, size_t n, const char *const *words)
{
    struct order order = { .sh = sh };
    struct list units = { 0 };
    if (n < 3) {
        shell_complain(sh, "Usage: service < option > | --status-all | [ service_name [ command | "
                           "--full-restart ] ]");
        return FAILED;
    }
    struct unit u = unit_of(sh, words[1]);
    if (!u.found) {
        shell_complain(sh,
                       shell_machine(sh)->dash ? "%s: unrecognized service"
                                               : "Failed to find %s: Unit not found.",
                       words[1]);
        return shell_machine(sh)->dash ? FAILED : NOT_FOUND;
    }
    if (!shell_machine(sh)->dash)
        shell_complain(sh, "Redirecting to /bin/systemctl %s %s", words[2], u.name);
    strs_add(shell_arena(sh), &units, u.name);
    return give_order(&order, words[2], &units);
}

COMMAND(service, "service", run_service);
