/* Whole trees of files. See command.h. */
#include "base/text.h"
#include "guest/shell/shell_state.h"

#define DEEPEST 40

static const char *remove_below(struct shell *sh, const char *path, int depth)
{
    struct list entries = { 0 };
    const struct dir_entry *e = shell_look_link(sh, path);
    if (!e)
        return NO_ENTRY;
    if (!e->is_folder)
        return shell_remove(sh, path);
    if (depth > DEEPEST)
        return "File name too long";
    const char *why = shell_list(sh, path, &entries), *failed;
    LIST_EACH (struct dir_entry, one, &entries) {
        if (shell_stopped(sh))
            return why;
        failed = remove_below(
            sh, arena_printf(sh->s->a, "%s/%s", text_is(path, "/") ? "" : path, one->name),
            depth + 1);
        why = why ? why : failed;
    }
    failed = why || shell_stopped(sh) ? NULL : shell_remove_folder(sh, path);
    return why ? why : failed;
}

const char *shell_remove_all(struct shell *sh, const char *path)
{
    return remove_below(sh, shell_path(sh, path), 0);
}
