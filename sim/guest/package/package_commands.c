/* The package managers, and what fixtures declare, as commands of a guest's shell. */
#include "guest/package/package_commands.h"

#include <string.h>

#include "base/text.h"
#include "catalog/fixtures.h"
#include "catalog/public_image.h"
#include "guest/guest_file.h"
#include "guest/guest_folder.h"
#include "guest/package/package_manager.h"
#include "guest/shell/command.h"
#include "store/noun.h"
#include "time/job.h"

const struct schema package_lock_schema = {
    .name = "package_lock",
    .size = sizeof(struct package_lock),
    .unwatched = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct package_lock, id), .column = "id" },
                                { TEXT_FIELD(struct package_lock, instance), .column = "instance",
                                  .flags = FIELD_PART_OF | FIELD_INDEXED },
                                { INT_FIELD(struct package_lock, boot), .column = "boot" },
                                { INT_FIELD(struct package_lock, until), .column = "until" },
                                { 0 } },
};

/* ---- The machine as a package manager sees it ---- */

struct host {
    struct package_host base; /* first: the managers know only this */
    struct call *c;
    const struct instance *i;
};

static struct host *host_of(struct package_host *h)
{
    return (struct host *)h;
}

static const char *read_file(struct package_host *h, const char *path)
{
    size_t n = 0;
    return guest_read(host_of(h)->c, host_of(h)->i, path, &n);
}

static void write_file(struct package_host *h, const char *path, const char *text, int mode)
{
    struct dir_entry what = { .mode = mode };
    guest_make_parents(host_of(h)->c, host_of(h)->i, path);
    guest_put(host_of(h)->c, host_of(h)->i, path, &what, text, strlen(text));
}

static void make_folder(struct package_host *h, const char *path)
{
    guest_make_parents(host_of(h)->c, host_of(h)->i, path);
    guest_make_directory(host_of(h)->c, host_of(h)->i, path);
}

static void remove_file(struct package_host *h, const char *path)
{
    guest_remove(host_of(h)->c, host_of(h)->i, path);
}

static const char *lock_id(struct call *c, const struct instance *i)
{
    return arena_printf(c->a, "%s/packages", i->id);
}

/* Process numbers are made up; whoever works is named by his. */
static int64_t worker(struct package_host *h, int64_t *ret_until)
{
    struct package_lock lock;
    struct call *c = host_of(h)->c;
    const struct instance *i = host_of(h)->i;
    if (!store_get(c, &package_lock_schema, lock_id(c, i), &lock) || lock.boot != i->boots
        || lock.until <= c->now)
        return 0;
    *ret_until = lock.until;
    return 2000 + lock.until / 1000 % 5000;
}

static void work(struct package_host *h, int64_t until)
{
    struct call *c = host_of(h)->c;
    const struct instance *i = host_of(h)->i;
    store_put(c, &package_lock_schema,
              &(struct package_lock){ lock_id(c, i), i->id, i->boots, until });
}

static int64_t span(struct package_host *h, int64_t real)
{
    return pace_delay(host_of(h)->c, real / 100, real);
}

/* False: the disk is of no system that is known. */
static bool find_host(struct call *c, const struct instance *i, struct host *ret)
{
    struct volume root;
    const char *key = instance_root(c, i, &root) ? root.content.system : NULL;
    const struct guest_system *system = guest_system_of(c->sim, key);
    const struct public_image *image = public_image_named(c->sim, key);
    bool arm = text_starts(i->machine.architecture, "arm64");
    *ret = (struct host){ .base = { .a = c->a,
                                    .sim = c->sim,
                                    .system = system,
                                    .machine = arm ? "aarch64" : i->machine.architecture,
                                    .now = c->now,
                                    .image_date = image ? image->created : c->now,
                                    .read = read_file,
                                    .write = write_file,
                                    .make_folder = make_folder,
                                    .remove = remove_file,
                                    .worker = worker,
                                    .work = work,
                                    .span = span },
                          .c = c,
                          .i = i };
    return system != NULL;
}

/* ---- Managers ---- */

struct manager_command {
    const char *name, *manager;
    void (*run)(struct package_run *r);
};

static const struct manager_command *manager_command_named(const struct guest_system *system,
                                                           const char *name)
{
    static const struct manager_command all[] = {
        { "dnf", "dnf", package_run_dnf },     { "yum", "dnf", package_run_dnf },
        { "yum", "yum", package_run_dnf },     { "amazon-linux-extras", "yum", package_run_extras },
        { "rpm", "dnf", package_run_rpm },     { "rpm", "yum", package_run_rpm },
        { "apt-get", "apt", package_run_apt }, { "apt", "apt", package_run_apt },
        { "dpkg", "apt", package_run_dpkg }
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (text_is(all[i].name, name) && text_is(all[i].manager, system->manager))
            return &all[i];
    }
    return NULL;
}

static bool has_command(const struct guest_system *system, const char *name)
{
    return manager_command_named(system, name) != NULL;
}

static bool run_command(struct package_run *r)
{
    const struct manager_command *found = manager_command_named(r->h->system, r->words[0]);
    if (found)
        found->run(r);
    return found != NULL;
}

/* Lines on standard error. */
static void complain(struct shell *sh, const char *text)
{
    size_t n = strlen(text);
    if (n)
        shell_complain(sh, "%.*s", (int)(text[n - 1] == '\n' ? n - 1 : n), text);
}

static int64_t run_manager(struct shell *sh, size_t n, const char *const *words)
{
    struct host host;
    struct guest_shell_host *g = guest_of_shell(sh);
    if (!find_host(g->c, g->i, &host))
        return 127;
    host.base.root = shell_user(sh)->uid == 0;
    struct list plain = { 0 };
    const char *slash = strrchr(words[0], '/');
    for (size_t i = 0; i < n; i++)
        strs_add(g->c->a, &plain, i || !slash ? words[i] : slash + 1);
    struct package_run r = {
        .h = &host.base, .n = n, .words = plain.items, .phase = shell_phase(sh)
    };
    if (!run_command(&r))
        return 127;
    shell_put(sh, r.out.n ? r.out.at : "", r.out.n);
    complain(sh, r.err.n ? r.err.at : "");
    if (r.again)
        shell_pause(sh, r.pause, r.phase);
    return r.status;
}

/* ---- Declared commands ---- */

/* Whether a declaration is for this machine; its package is looked at last, on the disk. */
static bool is_for(struct host *h, const struct guest_command *d)
{
    struct volume root;
    struct image image;
    if (d->image) {
        bool named = text_glob(d->image, h->i->image)
                     || (store_get(h->c, &image_schema, h->i->image, &image)
                         && text_glob(d->image, image.name))
                     || (instance_root(h->c, h->i, &root) && root.content.system
                         && text_glob(d->image, root.content.system));
        if (!named)
            return false;
    }
    if (!d->package)
        return true;
    struct list all = package_installed(&h->base);
    return h->base.system && package_is_installed(&all, d->package);
}

/* The last declaration that fits holds. */
static const struct guest_command *declared(struct host *h, const char *name)
{
    const struct guest_command *found = NULL;
    LIST_EACH (struct guest_command, d, &h->base.sim->fixtures->commands) {
        if (text_is(d->name, name) && is_for(h, d))
            found = d;
    }
    return found;
}

/* Whether an installed package brings a command of that name. */
static bool is_brought(struct host *h, const char *name)
{
    static const struct list nothing = { 0 };
    struct list all = nothing;
    const struct package *p = NULL;
    while (h->base.system && (p = package_next(h->base.sim, h->base.system->name, p))) {
        if (!strs_have(&p->commands, name))
            continue;
        if (!all.count)
            all = package_installed(&h->base);
        if (package_is_installed(&all, p->name))
            return true;
    }
    return false;
}

static int64_t run_declared(struct shell *sh, size_t n, const char *const *words)
{
    struct host host;
    struct guest_shell_host *g = guest_of_shell(sh);
    (void)n;
    find_host(g->c, g->i, &host);
    const struct guest_command *d = declared(&host, words[0]);
    if (!d) /* a package's, of which no more is known */
        return 0;
    if (shell_phase(sh) == 0 && d->time) {
        shell_pause(sh, d->time, 1);
        return 0;
    }
    for (const struct value *v = d->files ? d->files->first : NULL; v; v = v->next) {
        const char *folder =
            arena_strndup(g->c->a, v->key, (size_t)(strrchr(v->key, '/') - v->key));
        if (*folder)
            shell_make_folders(sh, folder);
        const char *error = shell_write(sh, v->key, v->text, strlen(v->text));
        if (error)
            shell_complain(sh, "%s: %s: %s", words[0], v->key, error);
    }
    shell_put(sh, d->output, strlen(d->output));
    complain(sh, d->errors);
    return d->status;
}

/* ---- By name ---- */

static const struct shell_command *command_of(struct call *c, const char *name,
                                              int64_t (*run)(struct shell *sh, size_t n,
                                                             const char *const *words))
{
    struct shell_command *made = arena_new(c->a, struct shell_command);
    *made = (struct shell_command){ .name = arena_strdup(c->a, name), .run = run };
    return made;
}

const struct shell_command *package_shell_command(struct call *c, const struct instance *i,
                                                  const char *name)
{
    struct host host;
    bool known = find_host(c, i, &host);
    if (declared(&host, name))
        return command_of(c, name, run_declared);
    if (known && has_command(host.base.system, name))
        return command_of(c, name, run_manager);
    return is_brought(&host, name) ? command_of(c, name, run_declared) : NULL;
}

void package_forget(struct call *c, const char *instance)
{
    store_exec(c->store, "DELETE FROM package_lock WHERE instance = ?",
               SQL_ARGS(SQL_TEXT(instance)));
}
