/* dnf, and yum in its words of Amazon Linux 2; amazon-linux-extras. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/package/package_manager.h"

#define RULE "================================================================================"

struct request {
    const char *verb;
    struct list names; /* const char * */
    bool yes, quiet;
    const char *releasever;
};

static bool is_yum(const struct package_run *r)
{
    return text_is(r->h->system->manager, "yum");
}

static void fail_with(struct package_run *r, int64_t status, const char *text)
{
    package_complain(r, "%s\n", text);
    r->status = status;
}

/* ---- The command line ---- */

/* Options that change nothing here; one that ends with = has a value. */
static bool is_idle_option(const char *word)
{
    static const char *const flags[] = { "--allowerasing",
                                         "--best",
                                         "--nobest",
                                         "--skip-broken",
                                         "--nogpgcheck",
                                         "--refresh",
                                         "--noplugins",
                                         "--security",
                                         "--bugfix",
                                         "-v",
                                         "--verbose",
                                         "-t",
                                         "-C",
                                         "--cacheonly",
                                         "--obsoletes",
                                         "--nodocs",
                                         "-b",
                                         "-d1",
                                         "--tolerant",
                                         "--all",
                                         "--installed",
                                         "--available",
                                         "--showduplicates",
                                         NULL };
    static const char *const valued[] = {
        "--setopt=",  "--enablerepo=",      "--disablerepo=", "--repo=",
        "--exclude=", "--disableexcludes=", "--installroot=", NULL
    };
    for (const char *const *v = valued; *v; v++) {
        if (text_starts(word, *v))
            return true;
    }
    return text_any(word, flags);
}

/* False: an option that is not known, and that is said. */
static bool read_request(struct package_run *r, struct request *ret)
{
    *ret = (struct request){ 0 };
    for (size_t i = 1; i < r->n; i++) {
        const char *word = r->words[i];
        if (text_is(word, "-y") || text_is(word, "--assumeyes")) {
            ret->yes = true;
        } else if (text_is(word, "-q") || text_is(word, "--quiet") || text_is(word, "-qy")
                   || text_is(word, "-yq")) {
            ret->quiet = true;
            ret->yes |= strchr(word, 'y') != NULL;
        } else if (text_starts(word, "--releasever=")) {
            ret->releasever = strchr(word, '=') + 1;
        } else if (word[0] == '-' && !is_idle_option(word)) {
            package_complain(r,
                             "usage: %s [options] COMMAND\n\n%s: error: unrecognized arguments: "
                             "%s\n",
                             r->words[0], r->words[0], word);
            r->status = 1;
            return false;
        } else if (word[0] != '-' && !ret->verb) {
            ret->verb = word;
        } else if (word[0] != '-') {
            strs_add(r->h->a, &ret->names, word);
        }
    }
    return true;
}

/* ---- What a transaction says ---- */

static const char *full_name(struct package_run *r, const struct package_step *s)
{
    return arena_printf(r->h->a, "%s-%s.%s", s->package->name,
                        s->release ? s->release->version : s->before,
                        package_arch(r->h, s->package));
}

static void say_rows(struct package_run *r, const struct list *steps, const char *title,
                     bool (*chosen)(const struct package_step *s))
{
    bool said = false;
    LIST_EACH (struct package_step, s, steps) {
        if (!chosen(s))
            continue;
        if (!said)
            package_say(r, "%s:\n", title);
        said = true;
        package_say(r, " %-22s %-8s %-28s %-12s %6s\n", s->package->name,
                    package_arch(r->h, s->package), s->release ? s->release->version : s->before,
                    s->release ? r->h->system->repository : "@System",
                    package_size(r->h, s->package->size));
    }
}

static bool is_new(const struct package_step *s)
{
    return s->release && !s->before && s->asked;
}

static bool is_needed(const struct package_step *s)
{
    return s->release && !s->before && !s->asked;
}

static bool is_added(const struct package_step *s)
{
    return s->release && !s->before;
}

static bool is_upgrade(const struct package_step *s)
{
    return s->release && s->before;
}

static bool is_removal(const struct package_step *s)
{
    return !s->release;
}

static size_t count(const struct list *steps, bool (*chosen)(const struct package_step *s))
{
    size_t n = 0;
    LIST_EACH (struct package_step, s, steps)
        n += chosen(s);
    return n;
}

static void say_count(struct package_run *r, const char *what, size_t n)
{
    if (n)
        package_say(r, "%-8s %zu Package%s\n", what, n, n == 1 ? "" : "s");
}

static void say_plan(struct package_run *r, const struct list *steps)
{
    package_say(r, is_yum(r) ? "Resolving Dependencies\n--> Running transaction check\n"
                               "--> Finished Dependency Resolution\n\n"
                             : "");
    package_say(r, "Dependencies %s%s\n" RULE "\n %-22s %-8s %-28s %-12s %6s\n" RULE "\n",
                is_yum(r) ? "Resolved" : "resolved", is_yum(r) ? "\n" : ".", "Package",
                is_yum(r) ? "Arch" : "Arch.", "Version", "Repository", "Size");
    say_rows(r, steps, "Installing", is_new);
    say_rows(r, steps, is_yum(r) ? "Installing for dependencies" : "Installing dependencies",
             is_needed);
    say_rows(r, steps, is_yum(r) ? "Updating" : "Upgrading", is_upgrade);
    say_rows(r, steps, "Removing", is_removal);
    package_say(r, "\nTransaction Summary\n" RULE "\n");
    say_count(r, "Install", count(steps, is_new) + count(steps, is_needed));
    say_count(r, "Upgrade", count(steps, is_upgrade));
    say_count(r, "Remove", count(steps, is_removal));
    if (!count(steps, is_removal))
        package_say(r, "\nTotal download size: %s\n", package_size(r->h, package_bytes(steps)));
}

static void say_done(struct package_run *r, const struct list *steps, const char *title,
                     bool (*chosen)(const struct package_step *s))
{
    if (!count(steps, chosen))
        return;
    package_say(r, "\n%s:\n", title);
    LIST_EACH (struct package_step, s, steps) {
        if (chosen(s))
            package_say(r, "  %s\n", full_name(r, s));
    }
}

static void say_work(struct package_run *r, const struct list *steps)
{
    size_t number = 0;
    if (!count(steps, is_removal))
        package_say(r, "Downloading packages:\n");
    package_say(r, "Running transaction check\nTransaction check succeeded.\n"
                   "Running transaction test\nTransaction test succeeded.\nRunning transaction\n");
    LIST_EACH (struct package_step, s, steps)
        package_say(r, "  %-16s : %-50s %zu/%zu\n",
                    is_removal(s)   ? "Erasing"
                    : is_upgrade(s) ? (is_yum(r) ? "Updating" : "Upgrading")
                                    : "Installing",
                    full_name(r, s), ++number, steps->count);
    say_done(r, steps, "Installed", is_yum(r) ? is_new : is_added);
    if (is_yum(r))
        say_done(r, steps, "Dependency Installed", is_needed);
    say_done(r, steps, is_yum(r) ? "Updated" : "Upgraded", is_upgrade);
    say_done(r, steps, "Removed", is_removal);
    package_say(r, "\nComplete!\n");
}

/* ---- Transactions ---- */

#define WAITED (PACKAGE_WORKING + 1)

/* False: another one works, and this one waits for it. */
static bool may_begin(struct package_run *r)
{
    int64_t until = 0, worker = r->h->worker(r->h, &until);
    if (!worker)
        return true;
    if (r->phase != WAITED) {
        if (is_yum(r))
            package_say(r,
                        "Existing lock /var/run/yum.pid: another copy is running as pid %lld.\n"
                        "Another app is currently holding the yum lock; waiting for it to "
                        "exit...\n",
                        (long long)worker);
        else
            package_say(r, "Waiting for process with pid %lld to finish.\n", (long long)worker);
    }
    r->phase = WAITED;
    r->again = true;
    r->pause = until > r->h->now ? until - r->h->now : 1;
    return false;
}

static void nothing_to_do(struct package_run *r)
{
    package_say(r, is_yum(r) ? "Nothing to do\n"
                             : "Dependencies resolved.\nNothing to do.\nComplete!\n");
}

static void transact(struct package_run *r, const struct request *q, struct list *all,
                     const struct list *steps)
{
    if (r->phase != PACKAGE_WORKING) {
        if (!q->quiet)
            say_plan(r, steps);
        if (!q->yes) {
            package_say(r, is_yum(r) ? "Is this ok [y/d/N]: Exiting on user command\n"
                                     : "Is this ok [y/N]: Operation aborted.\n");
            r->status = 1;
            return;
        }
        package_work(r, steps);
        return;
    }
    package_apply(r->h, all, steps);
    if (!q->quiet)
        say_work(r, steps);
}

static bool is_address(const char *name)
{
    return strstr(name, "://") || text_ends(name, ".rpm");
}

/* Something that nothing here can fetch; or a name that nothing has. */
static void say_missing(struct package_run *r, const char *name)
{
    if (is_address(name) && is_yum(r))
        package_say(r, "Cannot open: %s. Skipping.\n", name);
    else if (is_address(name))
        package_complain(r,
                         "[MIRROR] : Curl error (6): Couldn't resolve host name for %s [amisim "
                         "fetches nothing]\n",
                         name);
    else if (is_yum(r))
        package_say(r, "No package %s available.\n", name);
    else
        package_say(r, "No match for argument: %s\n", name);
}

static void install(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 }, missing = { 0 };
    LIST_EACH (const char *, name, &q->names) {
        size_t before = steps.count;
        if (!package_plan(r->h, &all, *name, true, &steps)) {
            if (r->phase != PACKAGE_WORKING)
                say_missing(r, *name);
            strs_add(r->h->a, &missing, *name);
        } else if (steps.count == before && r->phase != PACKAGE_WORKING) {
            const struct installed *now = package_is_installed(&all, *name);
            if (now)
                package_say(r, "Package %s-%s.%s %s\n", now->name, now->version, now->arch,
                            is_yum(r) ? "already installed and latest version"
                                      : "is already installed.");
        }
    }
    if (missing.count && !is_yum(r)) { /* dnf does all or nothing */
        package_complain(r, "Error: Unable to find a match: %s\n",
                         strs_join(r->h->a, &missing, " "));
        r->status = 1;
    } else if (!q->names.count) {
        fail_with(r, 1, "Error: Need to pass a list of pkgs to install");
    } else if (steps.count) {
        transact(r, q, &all, &steps);
    } else if (missing.count) {
        fail_with(r, 1, "Error: Nothing to do");
    } else {
        nothing_to_do(r);
    }
}

static void upgrade(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    if (!q->names.count)
        package_plan_upgrades(r->h, &all, &steps);
    LIST_EACH (const char *, name, &q->names) {
        if (package_is_installed(&all, *name))
            package_plan(r->h, &all, *name, true, &steps);
        else if (r->phase != PACKAGE_WORKING)
            package_say(r, is_yum(r) ? "No package %s available.\n" : "No match for argument: %s\n",
                        *name);
    }
    if (steps.count)
        transact(r, q, &all, &steps);
    else if (is_yum(r))
        package_say(r, "No packages marked for update\n");
    else
        nothing_to_do(r);
}

static void erase(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    LIST_EACH (const char *, name, &q->names) {
        if (!package_plan_removal(r->h, &all, *name, &steps) && r->phase != PACKAGE_WORKING)
            package_say(r, "No %s: %s\n", is_yum(r) ? "Match for argument" : "match for argument",
                        *name);
    }
    if (steps.count) {
        transact(r, q, &all, &steps);
        return;
    }
    package_say(r, is_yum(r)
                       ? "No Packages marked for removal\n"
                       : "No packages marked for removal.\nDependencies resolved.\nNothing to "
                         "do.\nComplete!\n");
}

static void show(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h);
    size_t found = 0;
    LIST_EACH (struct installed, i, &all) {
        if (q->names.count && !strs_have(&q->names, "installed") && !strs_have(&q->names, i->name))
            continue;
        if (!found++)
            package_say(r, "Installed Packages\n");
        package_say(r, "%-40s %-34s @System\n", arena_printf(r->h->a, "%s.%s", i->name, i->arch),
                    i->version);
    }
    LIST_EACH (const char *, name, &q->names) {
        const struct package *p = package_named(r->h->sim, r->h->system->name, *name);
        const struct package_release *release = p ? package_visible(r->h, p) : NULL;
        if (!release || package_is_installed(&all, *name))
            continue;
        found++;
        package_say(r, "Available Packages\n%-40s %-34s %s\n",
                    arena_printf(r->h->a, "%s.%s", p->name, package_arch(r->h, p)),
                    release->version, r->h->system->repository);
    }
    if (!found)
        fail_with(r, 1, "Error: No matching Packages to list");
}

static void make_cache(struct package_run *r, const struct request *q)
{
    if (r->phase != PACKAGE_WORKING) {
        r->phase = PACKAGE_WORKING;
        r->again = true;
        r->pause = r->h->span(r->h, 2 * SECOND_MS);
        return;
    }
    if (!q->quiet)
        package_say(r, is_yum(r) ? "Metadata Cache Created\n" : "Metadata cache created.\n");
}

static void check_update(struct package_run *r)
{
    struct list all = package_installed(r->h), steps = { 0 };
    package_plan_upgrades(r->h, &all, &steps);
    LIST_EACH (struct package_step, s, &steps)
        package_say(
            r, "%-40s %-34s %s\n",
            arena_printf(r->h->a, "%s.%s", s->package->name, package_arch(r->h, s->package)),
            s->release->version, r->h->system->repository);
    r->status = steps.count ? 100 : 0;
}

static void clean(struct package_run *r)
{
    package_say(r, is_yum(r) ? "Cleaning repos: amzn2-core\n" : "0 files removed\n");
}

/* ---- Verbs ---- */

enum verb { INSTALL, UPGRADE, REMOVE, LIST, CACHE, CHECK, CLEAN };

static const struct {
    const char *name;
    enum verb verb;
} verbs[] = { { "install", INSTALL },
              { "localinstall", INSTALL },
              { "update", UPGRADE },
              { "upgrade", UPGRADE },
              { "upgrade-minimal", UPGRADE },
              { "update-minimal", UPGRADE },
              { "remove", REMOVE },
              { "erase", REMOVE },
              { "list", LIST },
              { "info", LIST },
              { "makecache", CACHE },
              { "check-update", CHECK },
              { "clean", CLEAN } };

static void perform(struct package_run *r, const struct request *q, enum verb verb)
{
    bool changes = verb == INSTALL || verb == UPGRADE || verb == REMOVE;
    if (changes && !r->h->root) {
        fail_with(r, 1,
                  is_yum(r) ? "You need to be root to perform this command."
                            : "Error: This command has to be run with superuser privileges (under "
                              "the root user on most systems).");
        return;
    }
    if (changes && r->phase != PACKAGE_WORKING && !may_begin(r))
        return;
    switch (verb) {
    case INSTALL:
        install(r, q);
        break;
    case UPGRADE:
        upgrade(r, q);
        break;
    case REMOVE:
        erase(r, q);
        break;
    case LIST:
        show(r, q);
        break;
    case CACHE:
        make_cache(r, q);
        break;
    case CHECK:
        check_update(r);
        break;
    case CLEAN:
        clean(r);
        break;
    }
}

void package_run_dnf(struct package_run *r)
{
    struct request q;
    if (!read_request(r, &q))
        return;
    if (q.releasever && r->h->system->locked == YES && text_is(q.releasever, "latest"))
        r->h->image_date = r->h->now;
    for (size_t i = 0; q.verb && i < sizeof verbs / sizeof *verbs; i++) {
        if (text_is(verbs[i].name, q.verb)) {
            perform(r, &q, verbs[i].verb);
            return;
        }
    }
    if (!q.verb && r->n > 1 && text_is(r->words[1], "--version"))
        return;
    package_complain(r, "No such command: %s. Please use /usr/bin/%s --help\n",
                     q.verb ? q.verb : "", r->words[0]);
    r->status = 1;
}

/* ---- amazon-linux-extras ---- */

#define EXTRAS "/etc/yum.repos.d/amzn2-extras.repo"

static bool is_topic(struct package_run *r, const char *topic)
{
    const struct package *p = NULL;
    while ((p = package_next(r->h->sim, r->h->system->name, p))) {
        if (text_is(p->topic, topic))
            return true;
    }
    return false;
}

static void enable(struct package_run *r, const char *topic)
{
    const char *now = r->h->read(r->h, EXTRAS);
    const char *head = arena_printf(r->h->a, "[amzn2extra-%s]\n", topic);
    if (!now || !strstr(now, head))
        r->h->write(r->h, EXTRAS,
                    arena_printf(r->h->a, "%s%senabled = 1\nname = Amazon Extras repo for %s\n\n",
                                 now ? now : "", head, topic),
                    0644);
}

static void list_topics(struct package_run *r)
{
    struct list seen = { 0 };
    const struct package *p = NULL;
    const char *now = r->h->read(r->h, EXTRAS);
    while ((p = package_next(r->h->sim, r->h->system->name, p))) {
        if (!p->topic || strs_have(&seen, p->topic))
            continue;
        strs_add(r->h->a, &seen, p->topic);
        bool on = now && strstr(now, arena_printf(r->h->a, "[amzn2extra-%s]\n", p->topic));
        package_say(r, "%3zu  %-24s %-10s [ =stable ]\n", seen.count, p->topic,
                    on ? "enabled" : "available");
    }
}

/* Enables each topic, then yum installs what they bring. */
static void install_topics(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    LIST_EACH (const char *, topic, &q->names) {
        const struct package *p = NULL;
        enable(r, *topic);
        while ((p = package_next(r->h->sim, r->h->system->name, p))) {
            if (text_is(p->topic, *topic))
                package_plan(r->h, &all, p->name, true, &steps);
        }
    }
    if (steps.count)
        transact(r, q, &all, &steps);
    else
        nothing_to_do(r);
}

void package_run_extras(struct package_run *r)
{
    struct request q;
    if (!read_request(r, &q))
        return;
    if (!q.verb || text_is(q.verb, "list")) {
        list_topics(r);
        return;
    }
    if (!r->h->root) {
        fail_with(r, 1, "amazon-linux-extras: you need to be root to do that");
        return;
    }
    LIST_EACH (const char *, topic, &q.names) {
        if (!is_topic(r, *topic)) {
            package_complain(r, "Topic %s is not found.\n", *topic);
            r->status = 16;
            return;
        }
    }
    if (text_is(q.verb, "enable")) {
        LIST_EACH (const char *, topic, &q.names)
            enable(r, *topic);
        list_topics(r);
        package_say(r, "\nNow you can install:\n # yum clean metadata\n");
    } else if (text_is(q.verb, "install")) {
        if (r->phase == PACKAGE_WORKING || may_begin(r))
            install_topics(r, &q);
    } else {
        package_complain(r, "amazon-linux-extras: unknown command %s\n", q.verb);
        r->status = 2;
    }
}
