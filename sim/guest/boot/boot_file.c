/* What a boot reads and writes on the disk, and what it says in its logs and on the console. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot_run.h"
#include "guest/guest_file.h"
#include "guest/guest_folder.h"
#include "world/instance/console.h"

#define LOGGER "util.py"
#define LOG "/var/log/cloud-init.log"
#define OUTPUT "/var/log/cloud-init-output.log"
#define LONGEST_LOG ((size_t)1 << 20) /* bytes; what comes after is not kept */

/* ---- Files ---- */

const char *boot_read(struct boot *b, const char *path, size_t *ret_n)
{
    return guest_read(b->c, b->i, path, ret_n);
}

bool boot_has(struct boot *b, const char *path)
{
    struct dir_entry e;
    return guest_look(b->c, b->i, path, &e);
}

/* The number in the third field of the line of a name; -1: there is no such line. */
static int64_t id_in(struct boot *b, const char *path, const char *name)
{
    size_t n = 0, length = strlen(name);
    const char *text = boot_read(b, path, &n);
    for (; text && *text; text += strcspn(text, "\n"), text += *text != '\0') {
        if (strncmp(text, name, length) != 0 || text[length] != ':')
            continue;
        const char *second = text + length + 1, *third = second + strcspn(second, ":\n");
        return *third == ':' ? strtol(third + 1, NULL, 10) : -1;
    }
    return -1;
}

/* "user:group", "user" or NULL; NULL, or which of them is not there. */
static const char *find_owner(struct boot *b, const char *owner, struct dir_entry *ret)
{
    if (!owner)
        return NULL;
    size_t n = strcspn(owner, ":");
    const char *user = arena_strndup(b->c->a, owner, n), *group = owner[n] ? owner + n + 1 : NULL;
    ret->uid = id_in(b, "/etc/passwd", user);
    ret->gid = group ? id_in(b, "/etc/group", group) : 0;
    if (ret->uid < 0)
        return arena_printf(b->c->a, "Unknown user or group: \"getpwnam(): name not found: '%s'\"",
                            user);
    return ret->gid < 0 ? arena_printf(
               b->c->a, "Unknown user or group: \"getgrnam(): name not found: '%s'\"", group)
                        : NULL;
}

const char *boot_write_as(struct boot *b, const char *path, const void *bytes, size_t n, int mode,
                          const char *owner)
{
    struct dir_entry what = { .mode = mode };
    const char *error = find_owner(b, owner, &what);
    guest_make_parents(b->c, b->i, path);
    return error ? error : guest_put(b->c, b->i, path, &what, bytes, n);
}

void boot_write(struct boot *b, const char *path, const char *text, int mode)
{
    const char *error = boot_write_as(b, path, text, strlen(text), mode, NULL);
    if (error)
        BOOT_WARN(b, "Failed writing %s: %s", path, error);
}

void boot_append(struct boot *b, const char *path, const char *text, int mode)
{
    size_t n = 0;
    const char *old = boot_read(b, path, &n);
    struct buffer all = { 0 };
    struct dir_entry what;
    bool there = guest_look(b->c, b->i, path, &what);
    if (old && n > LONGEST_LOG)
        return;
    buffer_add(b->c->a, &all, old ? old : "", n);
    buffer_add_text(b->c->a, &all, text);
    if (!there)
        guest_make_parents(b->c, b->i, path);
    if (!there)
        what = (struct dir_entry){ .mode = mode };
    guest_put(b->c, b->i, path, &what, all.at, all.n);
}

void boot_make_folder(struct boot *b, const char *path, int mode, const char *owner)
{
    struct dir_entry what = { .is_folder = true, .mode = mode };
    find_owner(b, owner, &what);
    guest_make_parents(b->c, b->i, path);
    guest_put(b->c, b->i, path, &what, "", 0);
}

void boot_link(struct boot *b, const char *path, const char *target)
{
    struct dir_entry what = { .target = target, .mode = LINK_MODE };
    guest_remove(b->c, b->i, path);
    guest_put(b->c, b->i, path, &what, target, strlen(target));
}

static void remove_tree(struct boot *b, const char *path, int depth)
{
    struct list entries = { 0 };
    guest_list(b->c, b->i, path, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        const char *below = arena_printf(b->c->a, "%s/%s", path, e->name);
        if (!e->is_folder)
            guest_remove(b->c, b->i, below);
        else if (depth)
            remove_tree(b, below, depth - 1);
    }
    guest_remove_directory(b->c, b->i, path);
}

void boot_remove_all(struct boot *b, const char *path)
{
    struct dir_entry e;
    if (!guest_look(b->c, b->i, path, &e))
        return;
    if (e.is_folder)
        remove_tree(b, path, 64);
    else
        guest_remove(b->c, b->i, path);
}

const char *boot_instance_path(struct boot *b, const char *name)
{
    return arena_printf(b->c->a, "/var/lib/cloud/instances/%s/%s", b->i->id, name);
}

const char *boot_public_key(struct boot *b)
{
    const char *key = b->i->public_key;
    return key ? arena_strndup(b->c->a, key, strcspn(key, "\n")) : NULL;
}

/* ---- Times ---- */

const char *boot_uptime(struct boot *b, int64_t at)
{
    int64_t up = at - b->i->booted;
    return arena_printf(b->c->a, "%lld.%02lld", (long long)(up / 1000),
                        (long long)(up % 1000 / 10));
}

const char *boot_rfc2822(struct boot *b, int64_t at)
{
    return time_format(b->c->a, "%a, %d %b %Y %H:%M:%S +0000", at);
}

/* ---- Logs ---- */

void boot_tell(struct boot *b, const char *text)
{
    buffer_add_text(b->c->a, &b->console, text);
}

/* Each line behind the kernel's time and the name of the service, as the journal shows it. */
static void tell_output(struct boot *b, const char *text)
{
    int64_t up = b->c->now - b->i->booted;
    while (*text) {
        size_t n = strcspn(text, "\n");
        boot_tell(b, arena_printf(b->c->a, "[%5lld.%06lld] cloud-init[%lld]: %.*s\n",
                                  (long long)(up / 1000), (long long)(up % 1000 * 1000),
                                  1000 + (long long)b->row->step * 131, (int)n, text));
        text += n + (text[n] != '\0');
    }
}

void boot_say(struct boot *b, const char *text)
{
    buffer_add_text(b->c->a, &b->output, text);
    tell_output(b, text);
}

void boot_log(struct boot *b, const char *file, const char *level, const char *format, ...)
{
    const char *when = time_format(b->c->a, "%Y-%m-%d %H:%M:%S", b->c->now);
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(b->c->a, format, args);
    va_end(args);
    const char *line = arena_printf(b->c->a, "%s,%03lld - %s[%s]: %s\n", when,
                                    (long long)(b->c->now % 1000), file, level, text);
    buffer_add_text(b->c->a, &b->log, line);
    if (text_is(level, "WARNING"))
        boot_say(b, line);
}

void boot_flush(struct boot *b)
{
    if (b->log.n)
        boot_append(b, LOG, b->log.at, 0640);
    if (b->output.n)
        boot_append(b, OUTPUT, b->output.at, 0640);
    if (b->console.n)
        console_write(b->c, b->i, b->console.at);
    b->log = b->output = b->console = (struct buffer){ 0 };
}
