/* See shell_host.h. */
#include "guest/shell_host.h"

#include <string.h>

#include "base/rng.h"
#include "base/text.h"
#include "catalog/public_image.h"
#include "guest/guest.h"
#include "guest/guest_file.h"
#include "guest/package/package_commands.h"
#include "guest/shell/command.h"

static struct guest_shell_host *host_of(struct shell_host *h)
{
    return (struct guest_shell_host *)h;
}

/* Looks are many: what they need of memory is given back at once. */
static bool look(struct shell_host *h, const char *path, struct dir_entry *ret, struct arena *a)
{
    struct arena scratch = { 0 };
    struct call c = *host_of(h)->c;
    c.a = &scratch;
    bool found = guest_look(&c, host_of(h)->i, path, ret);
    if (found) {
        ret->name = arena_strdup(a, ret->name);
        ret->target = arena_strdup(a, ret->target);
    }
    arena_release(&scratch);
    return found;
}

static void list(struct shell_host *h, const char *path, struct list *ret, struct arena *a)
{
    struct arena scratch = { 0 };
    struct list entries = { 0 };
    struct call c = *host_of(h)->c;
    c.a = &scratch;
    guest_list(&c, host_of(h)->i, path, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        struct dir_entry *kept = list_add(a, ret, struct dir_entry);
        *kept = *e;
        kept->name = arena_strdup(a, e->name);
        kept->target = arena_strdup(a, e->target);
    }
    arena_release(&scratch);
}

static const void *read_file(struct shell_host *h, const char *path, size_t *ret_n, struct arena *a)
{
    struct call c = *host_of(h)->c;
    c.a = a;
    return guest_read(&c, host_of(h)->i, path, ret_n);
}

static const char *put_file(struct shell_host *h, const char *path, const struct dir_entry *what,
                            const void *bytes, size_t n)
{
    return guest_put(host_of(h)->c, host_of(h)->i, path, what, bytes, n);
}

static const char *remove_file(struct shell_host *h, const char *path)
{
    return guest_remove(host_of(h)->c, host_of(h)->i, path);
}

static const char *remove_directory(struct shell_host *h, const char *path)
{
    return guest_remove_directory(host_of(h)->c, host_of(h)->i, path);
}

static bool is_mount(struct shell_host *h, const char *path)
{
    const struct instance *i = host_of(h)->i;
    struct list volumes = volumes_of(host_of(h)->c, i->id);
    LIST_EACH (struct volume, v, &volumes) {
        const char *slash = strrchr(volume_attachment(v, i->id)->device, '/');
        if (text_starts(path, "/mnt/") && slash && text_is(path + strlen("/mnt/"), slash + 1))
            return true;
    }
    return text_is(path, "/");
}

static void sync_all(struct shell_host *h)
{
    guest_sync(host_of(h)->c, host_of(h)->i);
}

static bool freeze(struct shell_host *h, const char *path, bool frozen)
{
    return guest_freeze(host_of(h)->c, host_of(h)->i, path, frozen);
}

static bool is_frozen(struct shell_host *h, const char *path)
{
    return guest_is_frozen(host_of(h)->c, host_of(h)->i, path);
}

/* ---- Commands that know the instance ---- */

#define GUEST_COMMAND(id) extern const struct shell_command shell_command_##id;
#include "guest/guest_commands.def"
#undef GUEST_COMMAND

static const struct shell_command *const commands[] = {
#define GUEST_COMMAND(id) &shell_command_##id,
#include "guest/guest_commands.def"
#undef GUEST_COMMAND
};

static const struct shell_command *command_named(struct shell_host *h, const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (text_is(commands[i]->name, name))
            return commands[i];
    }
    return package_shell_command(host_of(h)->c, host_of(h)->i, name);
}

/* ---- The machine as a whole ---- */

/* Debian's and Ubuntu's. */
static bool sh_is_dash(struct call *c, const struct instance *i)
{
    struct volume root;
    const struct public_image *system =
        instance_root(c, i, &root) ? public_image_named(c->sim, root.content.system) : NULL;
    return system && text_is(system->agent.platform, "Ubuntu");
}

void guest_shell_host_of(struct call *c, const struct instance *i, struct guest_shell_host *ret)
{
    *ret = (struct guest_shell_host){ .base = { .name = i->private_dns,
                                                .machine =
                                                    text_starts(i->machine.architecture, "arm64")
                                                        ? "aarch64"
                                                        : i->machine.architecture,
                                                .now = c->now,
                                                .seed = hash_text(i->id),
                                                .dash = sh_is_dash(c, i),
                                                .look = look,
                                                .list = list,
                                                .read = read_file,
                                                .put = put_file,
                                                .remove = remove_file,
                                                .remove_directory = remove_directory,
                                                .is_mount = is_mount,
                                                .sync = sync_all,
                                                .freeze = freeze,
                                                .is_frozen = is_frozen,
                                                .command = command_named },
                                      .c = c,
                                      .i = i };
}

void guest_run_shell(struct call *c, const struct instance *i, struct shell_run *r)
{
    struct guest_shell_host host;
    guest_shell_host_of(c, i, &host);
    shell_run(c->a, &host.base, r);
}
