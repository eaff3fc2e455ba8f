/* Scripts of a boot: run by the guest's shell as root, over as many turns as they take. */
#include <string.h>

#include "base/text.h"
#include "guest/boot/boot_run.h"
#include "guest/guest_file.h"
#include "guest/shell_host.h"

#define LOGGER "subp.py"
#define MOST_OUTPUT (64 * 1024) /* of a turn; the console keeps as much */

enum boot_result boot_script(struct boot *b, const char *path, const char *content,
                             int64_t *ret_status)
{
    struct shell_run r = { .script = content,
                           .name = path,
                           .folder = "/",
                           .bash = shell_is_bash(content, "Amazon Linux"),
                           .state = b->row->script };
    guest_run_shell(b->c, b->i, &r);
    boot_say(b, shell_visible_output(b->c->a, &r.out, MOST_OUTPUT));
    boot_say(b, shell_visible_output(b->c->a, &r.err, MOST_OUTPUT));
    if (r.end == SHELL_ENDED) {
        b->row->script = NULL;
        *ret_status = r.status;
        return r.status ? BOOT_FAILED : BOOT_DONE;
    }
    b->row->script = r.state;
    b->pause = r.pause;
    return BOOT_PAUSED;
}

enum boot_result boot_run_parts(struct boot *b, const char *folder)
{
    struct list entries = { 0 }, names = { 0 };
    guest_list(b->c, b->i, folder, &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        if (!e->is_folder)
            strs_add(b->c->a, &names, e->name);
    }
    strs_sort(&names);
    for (; (size_t)b->row->item < names.count; b->row->item++) {
        const char *name = *list_at(&names, const char *, b->row->item);
        const char *path = arena_printf(b->c->a, "%s/%s", folder, name);
        int64_t status = 0;
        size_t n = 0;
        const char *content = boot_read(b, path, &n);
        enum boot_result r = boot_script(b, path, content ? content : "", &status);
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
