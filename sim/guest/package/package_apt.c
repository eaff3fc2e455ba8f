/* apt-get and apt. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/package/package_manager.h"

#define FAILED 100
#define UPDATING (PACKAGE_WORKING + 1)

struct request {
    const char *verb;
    struct list names; /* const char * */
    bool yes, quiet;
};

/* ---- The command line ---- */

static bool is_idle_option(const char *word)
{
    static const char *const flags[] = { "--no-install-recommends",
                                         "--install-recommends",
                                         "--allow-downgrades",
                                         "--allow-unauthenticated",
                                         "--allow-change-held-packages",
                                         "--fix-broken",
                                         "-f",
                                         "--fix-missing",
                                         "--only-upgrade",
                                         "--purge",
                                         "--autoremove",
                                         "--auto-remove",
                                         "--reinstall",
                                         "--installed",
                                         "--upgradable",
                                         "--allow-releaseinfo-change",
                                         "--with-new-pkgs",
                                         NULL };
    return text_any(word, flags) || text_starts(word, "--option") || text_starts(word, "-o");
}

/* -y, -q, -qq, -yq, …: false where a letter is another one. */
static bool read_letters(const char *word, struct request *q)
{
    for (const char *at = word + 1; *at; at++) {
        if (!strchr("yq=0123456789", *at))
            return false;
        q->yes |= *at == 'y';
        q->quiet |= *at == 'q';
    }
    return word[1] != '\0' && word[1] != '-';
}

/* An option whose value is the next word. */
static bool takes_next(const char *word)
{
    static const char *const words[] = { "-o", "--option", "-t", "--target-release", NULL };
    return text_any(word, words);
}

static bool read_request(struct package_run *r, struct request *ret)
{
    *ret = (struct request){ 0 };
    for (size_t i = 1; i < r->n; i++) {
        const char *word = r->words[i];
        if (takes_next(word)) {
            i++;
        } else if (text_is(word, "--yes") || text_is(word, "--assume-yes")) {
            ret->yes = true;
        } else if (text_is(word, "--quiet")) {
            ret->quiet = true;
        } else if (word[0] == '-' && !is_idle_option(word) && !read_letters(word, ret)) {
            package_complain(r,
                             "E: Command line option %s is not understood in combination with "
                             "the other options\n",
                             word);
            r->status = FAILED;
            return false;
        } else if (word[0] != '-' && !ret->verb) {
            ret->verb = word;
        } else if (word[0] != '-') {
            strs_add(r->h->a, &ret->names, word);
        }
    }
    return true;
}

/* ---- The lock ---- */

static bool may_begin(struct package_run *r, const char *file, const char *what)
{
    int64_t until = 0, worker = r->h->worker(r->h, &until);
    if (!r->h->root) {
        package_complain(r,
                         "E: Could not open lock file %s - open (13: Permission denied)\n"
                         "E: Unable to %s, are you root?\n",
                         file,
                         text_starts(what, "lock") ? what
                                                   : "acquire the dpkg frontend lock "
                                                     "(/var/lib/dpkg/lock-frontend)");
    } else if (worker) {
        package_complain(r,
                         "E: Could not get lock %s. It is held by process %lld (apt-get)\n"
                         "N: Be aware that removing the lock file is not a solution and may break "
                         "your system.\nE: Unable to %s, is another process using it?\n",
                         file, (long long)worker,
                         text_starts(what, "lock")
                             ? what
                             : "acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend)");
    } else {
        return true;
    }
    r->status = FAILED;
    return false;
}

/* ---- update ---- */

static void update(struct package_run *r)
{
    if (r->phase != UPDATING) {
        if (!may_begin(r, "/var/lib/apt/lists/lock", "lock directory /var/lib/apt/lists/"))
            return;
        r->phase = UPDATING;
        r->again = true;
        r->pause = r->h->span(r->h, 3 * SECOND_MS);
        r->h->work(r->h, r->h->now + r->pause);
        return;
    }
    r->h->write(r->h, PACKAGE_APT_LISTS, arena_printf(r->h->a, "%lld\n", (long long)r->h->now),
                0644);
    const char *release = r->h->system->repository, *distro = r->h->system->distro;
    const char *mirror = text_is(distro, "ubuntu") ? "http://archive.ubuntu.com/ubuntu"
                                                   : "http://deb.debian.org/debian";
    package_say(r,
                "Get:1 %s %s InRelease [270 kB]\nGet:2 %s %s/main Packages [1,401 kB]\n"
                "Fetched 1,671 kB in 3s (557 kB/s)\nReading package lists...\n",
                mirror, release, mirror, release);
    if (text_is(r->words[0], "apt")) {
        struct list all = package_installed(r->h), steps = { 0 };
        package_plan_upgrades(r->h, &all, &steps);
        if (steps.count)
            package_say(r,
                        "Building dependency tree...\nReading state information...\n%zu "
                        "package%s can be upgraded. Run 'apt list --upgradable' to see %s.\n",
                        steps.count, steps.count == 1 ? "" : "s", steps.count == 1 ? "it" : "them");
        else
            package_say(r, "Building dependency tree...\nReading state information...\nAll "
                           "packages are up to date.\n");
    }
}

/* ---- Transactions ---- */

static const char *kilobytes(struct package_run *r, int64_t bytes)
{
    int64_t kb = (bytes + 999) / 1000;
    if (kb < 1000)
        return arena_printf(r->h->a, "%lld kB", (long long)kb);
    return kb < 10000 ? arena_printf(r->h->a, "%lld,%03lld kB", (long long)(kb / 1000),
                                     (long long)(kb % 1000))
                      : arena_printf(r->h->a, "%lld.%lld MB", (long long)(kb / 1000),
                                     (long long)(kb % 1000 / 100));
}

/* Kinds of steps, as apt lists them. */
enum kind { EXTRA, NEW, UPGRADED, REMOVED };

static bool is_kind(const struct package_step *s, enum kind kind)
{
    switch (kind) {
    case EXTRA:
        return s->release && !s->before && !s->asked;
    case NEW:
        return s->release && !s->before;
    case UPGRADED:
        return s->release && s->before;
    case REMOVED:
        return !s->release;
    }
    return false;
}

static size_t say_names(struct package_run *r, const struct list *steps, enum kind kind,
                        const char *title)
{
    struct list names = { 0 };
    LIST_EACH (struct package_step, s, steps) {
        if (is_kind(s, kind))
            strs_add(r->h->a, &names, s->package->name);
    }
    strs_sort(&names);
    if (names.count && title)
        package_say(r, "%s\n  %s\n", title, strs_join(r->h->a, &names, " "));
    return names.count;
}

static void say_plan(struct package_run *r, const struct list *steps)
{
    say_names(r, steps, EXTRA, "The following additional packages will be installed:");
    size_t removed = say_names(r, steps, REMOVED, "The following packages will be REMOVED:");
    size_t new = say_names(r, steps, NEW, "The following NEW packages will be installed:");
    size_t upgraded = say_names(r, steps, UPGRADED, "The following packages will be upgraded:");
    package_say(r, "%zu upgraded, %zu newly installed, %zu to remove and 0 not upgraded.\n",
                upgraded, new, removed);
    if (new + upgraded)
        package_say(r,
                    "Need to get %s of archives.\nAfter this operation, %s of additional disk "
                    "space will be used.\n",
                    kilobytes(r, package_bytes(steps)), kilobytes(r, package_bytes(steps) * 4));
}

static void say_work(struct package_run *r, const struct list *steps)
{
    LIST_EACH (struct package_step, s, steps) {
        const char *name = s->package->name, *arch = package_arch(r->h, s->package);
        if (!s->release) {
            package_say(r, "Removing %s (%s) ...\n", name, s->before);
            continue;
        }
        if (!s->before)
            package_say(r, "Selecting previously unselected package %s.\n", name);
        package_say(r, "Preparing to unpack .../%s_%s_%s.deb ...\nUnpacking %s (%s)%s ...\n", name,
                    s->release->version, arch, name, s->release->version,
                    s->before ? arena_printf(r->h->a, " over (%s)", s->before) : "");
    }
    LIST_EACH (struct package_step, s, steps) {
        if (s->release)
            package_say(r, "Setting up %s (%s) ...\n", s->package->name, s->release->version);
    }
}

static void transact(struct package_run *r, const struct request *q, struct list *all,
                     const struct list *steps)
{
    if (r->phase != PACKAGE_WORKING) {
        if (!steps->count) {
            package_say(r, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
            return;
        }
        say_plan(r, steps);
        if (!q->yes) { /* nobody answers */
            package_say(r, "Do you want to continue? [Y/n] Abort.\n");
            r->status = 1;
            return;
        }
        package_work(r, steps);
        return;
    }
    package_apply(r->h, all, steps);
    say_work(r, steps);
}

static void say_reading(struct package_run *r)
{
    if (r->phase != PACKAGE_WORKING)
        package_say(r, "Reading package lists...\nBuilding dependency tree...\nReading state "
                       "information...\n");
}

static void install(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    bool missing = false;
    LIST_EACH (const char *, name, &q->names) {
        size_t before = steps.count;
        const struct package *p = package_named(r->h->sim, r->h->system->name, *name);
        if (strchr(*name, '/')) {
            package_complain(r, "E: Unsupported file %s given on commandline\n", *name);
            missing = true;
        } else if (!package_plan(r->h, &all, *name, true, &steps)) {
            package_complain(r, "E: Unable to locate package %s\n", *name);
            missing = true;
        } else if (steps.count == before && p && r->phase != PACKAGE_WORKING) {
            const struct installed *now = package_is_installed(&all, *name);
            if (now)
                package_say(r, "%s is already the newest version (%s).\n", now->name, now->version);
        }
    }
    if (missing)
        r->status = FAILED;
    else
        transact(r, q, &all, &steps);
}

static void upgrade(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    package_plan_upgrades(r->h, &all, &steps);
    if (r->phase != PACKAGE_WORKING)
        package_say(r, "Calculating upgrade...\n");
    transact(r, q, &all, &steps);
}

static void erase(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h), steps = { 0 };
    LIST_EACH (const char *, name, &q->names) {
        if (package_plan_removal(r->h, &all, *name, &steps) || r->phase == PACKAGE_WORKING)
            continue;
        if (!package_named(r->h->sim, r->h->system->name, *name)) {
            package_complain(r, "E: Unable to locate package %s\n", *name);
            r->status = FAILED;
            return;
        }
        package_say(r, "Package '%s' is not installed, so not removed\n", *name);
    }
    transact(r, q, &all, &steps);
}

static void show(struct package_run *r, const struct request *q)
{
    struct list all = package_installed(r->h);
    package_say(r, "Listing...\n");
    LIST_EACH (struct installed, i, &all) {
        if (!q->names.count || strs_have(&q->names, i->name))
            package_say(r, "%s/%s,now %s %s [installed]\n", i->name, r->h->system->repository,
                        i->version, i->arch);
    }
}

/* ---- Verbs ---- */

static void change(struct package_run *r, const struct request *q,
                   void (*run)(struct package_run *r, const struct request *q))
{
    if (r->phase != PACKAGE_WORKING && !may_begin(r, "/var/lib/dpkg/lock-frontend", ""))
        return;
    say_reading(r);
    run(r, q);
}

void package_run_apt(struct package_run *r)
{
    static const struct {
        const char *name;
        void (*run)(struct package_run *r, const struct request *q);
    } changes[] = { { "install", install },      { "upgrade", upgrade },
                    { "dist-upgrade", upgrade }, { "full-upgrade", upgrade },
                    { "remove", erase },         { "purge", erase } };
    static const char *const idle[] = { "clean", "autoclean", NULL };
    struct request q;
    if (!read_request(r, &q))
        return;
    for (size_t i = 0; q.verb && i < sizeof changes / sizeof *changes; i++) {
        if (text_is(changes[i].name, q.verb)) {
            change(r, &q, changes[i].run);
            return;
        }
    }
    if (text_is(q.verb, "update")) {
        update(r);
    } else if (text_is(q.verb, "autoremove")) {
        say_reading(r);
        package_say(r, "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
    } else if (text_is(q.verb, "list")) {
        show(r, &q);
    } else if (!q.verb || !text_any(q.verb, idle)) {
        package_complain(r, "E: Invalid operation %s\n", q.verb ? q.verb : "");
        r->status = FAILED;
    }
}
