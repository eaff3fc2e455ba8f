/* ls, stat. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command/mode.h"

#define DEEPEST 40

/* ---- ls ---- */

struct listing {
    struct shell *sh;
    bool all, nearly_all, itself, slashes, recursive, by_time, by_size, backwards, headed, numbers;
    bool detailed;
};

static const char *owner(struct listing *l, int64_t id, bool group)
{
    const char *name = l->numbers ? NULL
                       : group    ? shell_group_name(l->sh, id)
                                  : shell_user_name(l->sh, id);
    return name ? name : arena_printf(shell_arena(l->sh), "%lld", (long long)id);
}

static void show_entry(struct listing *l, const struct dir_entry *e, const char *name)
{
    struct arena *a = shell_arena(l->sh);
    const char *tail = l->slashes && e->is_folder ? "/" : "";
    if (!l->detailed) {
        shell_say(l->sh, "%s%s\n", name, tail);
        return;
    }
    shell_say(l->sh, "%s %d %s %s %6lld %s %s%s%s%s\n", mode_text(a, e), e->is_folder ? 2 : 1,
              owner(l, e->uid, false), owner(l, e->gid, true), (long long)e->size,
              time_format(a, "%b %e %H:%M", e->changed), name, tail, e->target ? " -> " : "",
              e->target ? e->target : "");
}

static int64_t order(const struct listing *l, const struct dir_entry *a, const struct dir_entry *b)
{
    int64_t by = l->by_time   ? (b->changed > a->changed) - (b->changed < a->changed)
                 : l->by_size ? (b->size > a->size) - (b->size < a->size)
                              : 0;
    by = by ? by : strcmp(a->name, b->name);
    return l->backwards ? -by : by;
}

static void sort(const struct listing *l, struct list *entries)
{
    struct dir_entry *e = entries->items;
    for (size_t i = 1; i < entries->count; i++) {
        struct dir_entry one = e[i];
        size_t at = i;
        for (; at && order(l, &e[at - 1], &one) > 0; at--)
            e[at] = e[at - 1];
        e[at] = one;
        shell_spend(l->sh, i - at);
    }
}

static int64_t show_folder(struct listing *l, const char *path, int depth)
{
    struct list entries = { 0 };
    struct arena *a = shell_arena(l->sh);
    const char *why = shell_list(l->sh, path, &entries);
    if (why) {
        shell_complain(l->sh, "ls: cannot open directory '%s': %s", path, why);
        return 2;
    }
    sort(l, &entries);
    if (l->headed)
        shell_say(l->sh, "%s%s:\n", depth ? "\n" : "", path);
    if (l->detailed)
        shell_say(l->sh, "total %zu\n", 4 * entries.count);
    for (int i = 0; l->all && i < 2; i++)
        show_entry(l,
                   &(struct dir_entry){
                       .is_folder = true, .mode = 0755, .size = 4096, .changed = shell_now(l->sh) },
                   i ? ".." : ".");
    LIST_EACH (struct dir_entry, e, &entries) {
        if (*e->name != '.' || l->all || l->nearly_all)
            show_entry(l, e, e->name);
    }
    LIST_EACH (struct dir_entry, e, &entries) {
        if (l->recursive && e->is_folder && depth < DEEPEST && !shell_stopped(l->sh))
            show_folder(l, arena_printf(a, "%s/%s", path, e->name), depth + 1);
    }
    return 0;
}

static bool read_listing(struct shell_options *o, struct listing *l)
{
    for (char c; (c = shell_option(o));) {
        l->all |= c == 'a';
        l->nearly_all |= c == 'A';
        l->itself |= c == 'd';
        l->detailed |= c == 'l' || c == 'n';
        l->numbers |= c == 'n';
        l->slashes |= c == 'p' || c == 'F';
        l->recursive |= c == 'R';
        l->by_time |= c == 't';
        l->by_size |= c == 'S';
        l->backwards |= c == 'r';
        if (c == '?')
            return false;
    }
    return true;
}

static int64_t run_ls(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "all", 'a', false },       { "almost-all", 'A', false }, { "directory", 'd', false },
        { "recursive", 'R', false }, { "color", 'h', false },      { NULL, 0, 0 }
    };
    struct listing l = { .sh = sh };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "1laAdhpRtrSFnG", .names = names
    };
    int64_t status = 0;
    if (!read_listing(&o, &l))
        return 2;
    if (!o.rest.count)
        strs_add(shell_arena(sh), &o.rest, ".");
    strs_sort(&o.rest);
    l.headed = l.recursive || o.rest.count > 1;
    bool said = false;
    for (int folders = 0; folders < 2; folders++) { /* files come first */
        LIST_EACH (const char *, path, &o.rest) {
            const struct dir_entry *e =
                l.detailed || l.itself ? shell_look_link(sh, *path) : shell_look(sh, *path);
            if (!e && !folders) {
                shell_complain(sh, "ls: cannot access '%s': " NO_ENTRY, *path);
                status = 2;
            }
            bool opens = e && e->is_folder && !l.itself;
            if (!e || opens != folders)
                continue;
            if (opens && said && l.headed)
                shell_say(sh, "\n");
            if (opens)
                status |= show_folder(&l, *path, 0);
            else
                show_entry(&l, e, *path);
            said = true;
        }
    }
    return status;
}

/* ---- stat ---- */

static void stat_letter(struct shell *sh, const struct dir_entry *e, const char *path, char c)
{
    const char *user = shell_user_name(sh, e->uid), *group = shell_group_name(sh, e->gid);
    const char *kind = e->target      ? "symbolic link"
                       : e->is_folder ? "directory"
                       : e->size      ? "regular file"
                                      : "regular empty file";
    if (c == 'a')
        shell_say(sh, "%llo", (unsigned long long)e->mode);
    else if (c == 'A')
        shell_say(sh, "%s", mode_text(shell_arena(sh), e));
    else if (c == 's')
        shell_say(sh, "%lld", (long long)e->size);
    else if (c == 'u' || c == 'g')
        shell_say(sh, "%lld", (long long)(c == 'u' ? e->uid : e->gid));
    else if (c == 'U' || c == 'G')
        shell_say(sh, "%s", c == 'U' ? (user ? user : "UNKNOWN") : group ? group : "UNKNOWN");
    else if (c == 'n' || c == 'N')
        shell_say(sh, c == 'n' ? "%s" : "'%s'", path);
    else if (c == 'F')
        shell_say(sh, "%s", kind);
    else if (c == 'Y' || c == 'Z')
        shell_say(sh, "%lld", (long long)(e->changed / SECOND_MS));
    else if (c == 'y')
        shell_say(sh, "%s",
                  time_format(shell_arena(sh), "%Y-%m-%d %H:%M:%S.000000000 +0000", e->changed));
    else
        shell_say(sh, "?");
}

static void stat_format(struct shell *sh, const struct dir_entry *e, const char *path,
                        const char *format)
{
    for (; *format; format++) {
        if (*format == '%' && format[1])
            stat_letter(sh, e, path, *++format);
        else
            shell_say(sh, "%c", *format);
    }
}

static int64_t run_stat(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "format", 'c', true },
                                                      { "dereference", 'L', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "c:L", .names = names };
    const char *format = NULL;
    bool follows = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        follows |= c == 'L';
        format = c == 'c' ? o.value : format;
    }
    if (!o.rest.count)
        return command_missing_operand(sh, "stat");
    LIST_EACH (const char *, path, &o.rest) {
        const struct dir_entry *e = follows ? shell_look(sh, *path) : shell_look_link(sh, *path);
        if (!e) {
            shell_complain(sh, "stat: cannot statx '%s': " NO_ENTRY, *path);
            status = 1;
            continue;
        }
        stat_format(sh, e, *path,
                    format ? format
                           : "  File: %n\n  Size: %s\t%F\nAccess: (0%a/%A)  Uid: (%u/%U)   Gid: "
                             "(%g/%G)\nModify: %y");
        shell_say(sh, "\n");
    }
    return status;
}

COMMAND(ls, "ls", run_ls);
COMMAND(stat, "stat", run_stat);
