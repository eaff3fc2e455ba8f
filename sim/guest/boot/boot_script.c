/* Scripts of a boot: run by the guest's shell as root, over as many turns as they take. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot_run.h"
#include "guest/guest_file.h"
#include "guest/guest_power.h"
#include "guest/shell_host.h"

#define LOGGER "subp.py"
#define LONGEST_OUTPUT ((size_t)1 << 20) /* of one turn */
#define LOOK_AGAIN SECOND_MS /* whether a frozen file system is thawed */

/* What it said so far; errors go the same way. */
static void say_output(struct boot *b, const struct buffer *said)
{
    if (said->n)
        boot_say(b, shell_visible_output(b->c->a, said, LONGEST_OUTPUT));
}

enum boot_result boot_script(struct boot *b, const char *name, const char *lines,
                             int64_t *ret_status)
{
    struct shell_run r = { .script = arena_printf(b->c->a, "exec 2>&1\n%s", lines),
                           .name = name,
                           .folder = "/",
                           .state = b->row->script };
    r.bash = !text_is(b->system->manager, "apt");
    strs_add(b->c->a, &r.environment, arena_printf(b->c->a, "INSTANCE_ID=%s", b->i->id));
    guest_run_shell(b->c, b->i, &r);
    say_output(b, &r.out);
    guest_ask_power(b->c, b->i, r.power, r.power_delay);
    if (r.end == SHELL_ENDED) {
        b->row->script = NULL;
        *ret_status = r.status;
        return r.status ? BOOT_FAILED : BOOT_DONE;
    }
    b->row->script = r.state;
    b->pause = r.end == SHELL_WAITS ? LOOK_AGAIN : r.pause;
    return BOOT_PAUSED;
}

/* As a word of sh. */
static const char *quoted(struct boot *b, const char *path)
{
    struct buffer text = { 0 };
    for (const char *at = path; *at; at++)
        buffer_add_text(b->c->a, &text, *at == '\'' ? "'\\''" : arena_strndup(b->c->a, at, 1));
    return arena_printf(b->c->a, "'%s'", buffer_text(b->c->a, &text));
}

enum boot_result boot_run_file(struct boot *b, const char *path, int64_t *ret_status)
{
    size_t n = 0;
    const char *text = b->row->script ? "#!" : boot_read(b, path, &n);
    if (text && text_starts(text, "#!"))
        return boot_script(b, "cloud-init", quoted(b, path), ret_status);
    BOOT_DEBUG(b, "Exec format error. Missing #! in script?");
    *ret_status = 126;
    return BOOT_FAILED;
}

enum boot_result boot_run_parts(struct boot *b, const char *folder)
{
    struct list entries = { 0 }, names = { 0 };
    guest_list(b->c, b->i, folder, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (!e->is_folder && e->mode & 0111)
            strs_add(b->c->a, &names, e->name);
    }
    strs_sort(&names);
    for (; (size_t)b->row->item < names.count; b->row->item++) {
        const char *name = *list_at(&names, const char *, b->row->item);
        const char *path = arena_printf(b->c->a, "%s/%s", folder, name);
        int64_t status = 0;
        enum boot_result r = boot_run_file(b, path, &status);
        if (r == BOOT_PAUSED)
            return r;
        b->row->attempted++;
        if (r == BOOT_FAILED) {
            BOOT_DEBUG(b,
                       "Unexpected error while running command.\nCommand: ['%s']\nExit code: %lld",
                       path, (long long)status);
            strs_add(b->c->a, &b->row->failed, name);
        }
    }
    if (!b->row->failed.count)
        return BOOT_DONE;
    b->error = arena_printf(b->c->a, "Runparts: %zu failures (%s) in %lld attempted commands",
                            b->row->failed.count, strs_join(b->c->a, &b->row->failed, ","),
                            (long long)b->row->attempted);
    return BOOT_FAILED;
}
