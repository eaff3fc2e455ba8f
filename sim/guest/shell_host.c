/* See shell_host.h. */
#include "guest/shell_host.h"

#include <string.h>

#include "base/text.h"
#include "guest/guest.h"
#include "guest/guest_file.h"

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
    if (found)
        ret->name = arena_strdup(a, ret->name);
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
    }
    arena_release(&scratch);
}

static const void *read_file(struct shell_host *h, const char *path, size_t *ret_n, struct arena *a)
{
    struct call c = *host_of(h)->c;
    c.a = a;
    return guest_read(&c, host_of(h)->i, path, ret_n);
}

static const char *write_file(struct shell_host *h, const char *path, const void *bytes, size_t n)
{
    return guest_write(host_of(h)->c, host_of(h)->i, path, bytes, n);
}

static const char *remove_file(struct shell_host *h, const char *path)
{
    return guest_remove(host_of(h)->c, host_of(h)->i, path);
}

static const char *make_directory(struct shell_host *h, const char *path)
{
    return guest_make_directory(host_of(h)->c, host_of(h)->i, path);
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

void guest_shell_host_of(struct call *c, const struct instance *i, struct guest_shell_host *ret)
{
    *ret = (struct guest_shell_host){ .base = { .name = i->private_dns,
                                                .machine =
                                                    text_starts(i->machine.architecture, "arm64")
                                                        ? "aarch64"
                                                        : i->machine.architecture,
                                                .now = c->now,
                                                .look = look,
                                                .list = list,
                                                .read = read_file,
                                                .write = write_file,
                                                .remove = remove_file,
                                                .make_directory = make_directory,
                                                .remove_directory = remove_directory,
                                                .is_mount = is_mount,
                                                .sync = sync_all,
                                                .freeze = freeze,
                                                .is_frozen = is_frozen },
                                      .c = c,
                                      .i = i };
}

void guest_run_shell(struct call *c, const struct instance *i, struct shell_run *r)
{
    struct guest_shell_host host;
    guest_shell_host_of(c, i, &host);
    shell_run(c->a, &host.base, r);
}
