/* Commands on single files and folders. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/command.h"
#include "guest/shell/command/mode.h"

#define LARGEST_FILE (INT64_C(4) << 20)

static const char *base_name(struct arena *a, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    size_t from = n;
    while (from && path[from - 1] != '/')
        from--;
    return n == 1 ? arena_strndup(a, path, 1) : arena_strndup(a, path + from, n - from);
}

static const char *folder_name(struct arena *a, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n && path[n - 1] != '/')
        n--;
    while (n > 1 && path[n - 1] == '/')
        n--;
    return n ? arena_strndup(a, path, n) : ".";
}

/* ---- mkdir, rmdir ---- */

static int64_t make_one(struct shell *sh, const char *path, bool parents, int64_t mode)
{
    const struct dir_entry *e = shell_look(sh, path);
    if (e && parents && e->is_folder)
        return 0;
    const char *why = parents ? shell_make_folders(sh, path) : shell_make_folder(sh, path);
    if (!why && mode >= 0 && !shell_stopped(sh))
        why = shell_change_mode(sh, path, mode);
    if (!why)
        return 0;
    shell_complain(sh, "mkdir: cannot create directory '%s': %s", path, why);
    return 1;
}

static int64_t run_mkdir(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "parents", 'p', false }, { "mode", 'm', true }, { "verbose", 'v', false }, { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "pvm:", .names = names
    };
    bool parents = false, verbose = false;
    int64_t mode = -1, status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        parents |= c == 'p';
        verbose |= c == 'v';
        if (c == 'm' && !mode_read(o.value, 0777, true, &mode)) {
            shell_complain(sh, "mkdir: invalid mode '%s'", o.value);
            return 1;
        }
    }
    if (!o.rest.count)
        return command_missing_operand(sh, "mkdir");
    LIST_EACH (const char *, path, &o.rest) {
        int64_t failed = shell_stopped(sh) ? 1 : make_one(sh, *path, parents, mode);
        if (!failed && verbose)
            shell_say(sh, "mkdir: created directory '%s'\n", *path);
        status |= failed;
    }
    return status;
}

static int64_t run_rmdir(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "pv" };
    bool parents = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o)); parents |= c == 'p') {
        if (c == '?')
            return 1;
    }
    if (!o.rest.count)
        return command_missing_operand(sh, "rmdir");
    LIST_EACH (const char *, given, &o.rest) {
        const char *path = *given;
        do {
            const char *why = shell_remove_folder(sh, path);
            if (why) {
                shell_complain(sh, "rmdir: failed to remove '%s': %s", path, why);
                status = 1;
                break;
            }
            path = folder_name(shell_arena(sh), path);
        } while (parents && !text_is(path, ".") && !text_is(path, "/") && !shell_stopped(sh));
    }
    return status;
}

/* ---- rm, unlink ---- */

static int64_t remove_one(struct shell *sh, const char *path, bool recursive, bool force)
{
    const struct dir_entry *e = shell_look_link(sh, path);
    if (!e && force)
        return 0;
    const char *base = base_name(shell_arena(sh), path), *why;
    if (recursive && text_is(shell_path(sh, path), "/")) {
        shell_complain(sh, "rm: it is dangerous to operate recursively on '/'");
        shell_complain(sh, "rm: use --no-preserve-root to override this failsafe");
        return 1;
    }
    if (text_is(base, ".") || text_is(base, "..")) {
        shell_complain(sh, "rm: refusing to remove '.' or '..' directory: skipping '%s'", path);
        return 1;
    }
    if (!e)
        why = NO_ENTRY;
    else if (e->is_folder && !recursive)
        why = IS_DIRECTORY;
    else
        why = recursive ? shell_remove_all(sh, path) : shell_remove(sh, path);
    if (!why)
        return 0;
    shell_complain(sh, "rm: cannot remove '%s': %s", path, why);
    return 1;
}

static int64_t run_rm(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "recursive", 'r', false },
                                                      { "force", 'f', false },
                                                      { "verbose", 'v', false },
                                                      { "one-file-system", 'x', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "rRfvidI", .names = names
    };
    bool recursive = false, force = false, verbose = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        recursive |= c == 'r' || c == 'R';
        force |= c == 'f';
        verbose |= c == 'v';
    }
    if (!o.rest.count && !force)
        return command_missing_operand(sh, "rm");
    LIST_EACH (const char *, path, &o.rest) {
        int64_t failed = shell_stopped(sh) ? 1 : remove_one(sh, *path, recursive, force);
        if (!failed && verbose)
            shell_say(sh, "removed '%s'\n", *path);
        status |= failed;
    }
    return status;
}

/* ---- touch, truncate ---- */

static int64_t run_touch(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "acmfd:r:t:" };
    bool create = true;
    int64_t status = 0;
    for (char c; (c = shell_option(&o)); create &= c != 'c') {
        if (c == '?')
            return 1;
        if (c == 'd' || c == 'r' || c == 't') {
            shell_complain(sh, "touch: only the present time is simulated: -%c", c);
            return 1;
        }
    }
    if (!o.rest.count) {
        shell_complain(sh, "touch: missing file operand");
        return 1;
    }
    LIST_EACH (const char *, path, &o.rest) {
        const struct dir_entry *e = shell_look(sh, *path);
        if ((e && e->is_folder) || (!e && !create))
            continue;
        const char *why = shell_append(sh, *path, "", 0);
        if (why) {
            shell_complain(sh, "touch: cannot touch '%s': %s", *path, why);
            status = 1;
        }
    }
    return status;
}

static bool read_size(const char *text, int64_t *ret)
{
    static const char units[] = "KMGT";
    char *end;
    *ret = strtoll(text, &end, 10);
    const char *unit = *end ? strchr(units, *end) : NULL;
    for (const char *u = units; unit && u <= unit; u++)
        *ret = *ret > INT64_MAX / 1024 ? INT64_MAX / 1024 : *ret * 1024;
    return end != text && *ret >= 0 && (!*end || unit);
}

static int64_t run_truncate(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "size", 's', true }, { NULL, 0, 0 } };
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "s:c", .names = names };
    int64_t size = -1, status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        if (c == 's' && !read_size(o.value, &size)) {
            shell_complain(sh, "truncate: Invalid number: '%s'", o.value);
            return 1;
        }
    }
    if (size < 0) {
        shell_complain(sh, "truncate: you must specify either '--size' or '--reference'");
        return 1;
    }
    LIST_EACH (const char *, path, &o.rest) {
        const char *old, *why;
        size_t before;
        why = size > LARGEST_FILE ? "File too large" : shell_read(sh, *path, &old, &before);
        if (text_is(why, NO_ENTRY))
            why = NULL;
        if (!why) {
            char *bytes = arena_alloc(shell_arena(sh), (size_t)size + 1);
            memcpy(bytes, old, before < (size_t)size ? before : (size_t)size);
            why = shell_write(sh, *path, bytes, (size_t)size);
        }
        if (why) {
            shell_complain(sh, "truncate: cannot open '%s' for writing: %s", *path, why);
            status = 1;
        }
    }
    return status;
}

/* ---- basename, dirname, realpath, readlink, mktemp ---- */

static int64_t run_basename(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "as:" };
    const char *suffix = NULL;
    bool many = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        many = true;
        suffix = c == 's' ? o.value : suffix;
    }
    if (!o.rest.count)
        return command_missing_operand(sh, "basename");
    if (!many && o.rest.count == 2)
        suffix = *list_at(&o.rest, const char *, 1);
    LIST_EACH (const char *, path, &o.rest) {
        const char *name = base_name(shell_arena(sh), *path);
        if (suffix && *suffix && text_ends(name, suffix) && !text_is(name, suffix))
            name = arena_strndup(shell_arena(sh), name, strlen(name) - strlen(suffix));
        shell_say(sh, "%s\n", name);
        if (!many)
            break;
    }
    return 0;
}

static int64_t run_dirname(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "" };
    if (shell_option(&o))
        return 1;
    if (!o.rest.count)
        return command_missing_operand(sh, "dirname");
    LIST_EACH (const char *, path, &o.rest)
        shell_say(sh, "%s\n", folder_name(shell_arena(sh), *path));
    return 0;
}

static int64_t run_realpath(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "emqs" };
    int64_t status = 0;
    bool anything = false;
    for (char c; (c = shell_option(&o)); anything |= c == 'm') {
        if (c == '?')
            return 1;
    }
    LIST_EACH (const char *, path, &o.rest) {
        const char *why, *real = shell_resolve(sh, *path, &why);
        if (!real && anything)
            real = shell_path(sh, *path);
        if (real) {
            shell_say(sh, "%s\n", real);
        } else {
            shell_complain(sh, "realpath: %s: %s", *path, why);
            status = 1;
        }
    }
    return status;
}

static int64_t run_readlink(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "femnqsv" };
    int64_t status = 0;
    bool follows = false, newline = true;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        follows |= c == 'f' || c == 'e' || c == 'm';
        newline &= c != 'n';
    }
    if (!o.rest.count)
        return command_missing_operand(sh, "readlink");
    LIST_EACH (const char *, path, &o.rest) {
        const char *why;
        const struct dir_entry *e = shell_look_link(sh, *path);
        const char *to = follows ? shell_resolve(sh, *path, &why) : e ? e->target : NULL;
        if (to)
            shell_say(sh, newline ? "%s\n" : "%s", to);
        status |= !to;
    }
    return status;
}

static const char *random_name(struct shell *sh, const char *pattern)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    char *name = arena_strdup(shell_arena(sh), pattern), *end = name + strlen(name);
    while (end > name && end[-1] != 'X')
        end--;
    for (char *x = end; x > name && x[-1] == 'X';)
        *--x = letters[shell_chance(sh, sizeof letters - 1)];
    return name;
}

static int64_t run_mktemp(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "directory", 'd', false }, { "dry-run", 'u', false }, { "tmpdir", 'P', false },
        { "suffix", 'S', true },     { "quiet", 'q', false },   { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "duqtp:", .names = names
    };
    const char *folder = NULL, *suffix = "", *set = shell_variable(sh, "TMPDIR");
    bool directory = false, dry = false, inside = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        directory |= c == 'd';
        dry |= c == 'u';
        inside |= c == 't' || c == 'P';
        folder = c == 'p' ? o.value : folder;
        suffix = c == 'S' ? o.value : suffix;
    }
    const char *pattern = o.rest.count ? *list_at(&o.rest, const char *, 0) : "tmp.XXXXXXXXXX";
    if (!strstr(pattern, "XXX")) {
        shell_complain(sh, "mktemp: too few X's in template '%s'", pattern);
        return 1;
    }
    if ((inside || !o.rest.count) && !folder)
        folder = set && *set ? set : "/tmp";
    const char *path = random_name(sh, pattern);
    path = arena_printf(shell_arena(sh), "%s%s%s%s", folder ? folder : "", folder ? "/" : "", path,
                        suffix);
    const char *why = dry         ? NULL
                      : directory ? shell_make_folder(sh, path)
                                  : shell_write(sh, path, "", 0);
    if (!why && !dry && !shell_stopped(sh))
        shell_change_mode(sh, path, directory ? 0700 : 0600);
    if (why) {
        shell_complain(sh, "mktemp: failed to create %s via template '%s': %s",
                       directory ? "directory" : "file", pattern, why);
        return 1;
    }
    shell_say(sh, "%s\n", path);
    return 0;
}

COMMAND(mkdir, "mkdir", run_mkdir);
COMMAND(rmdir, "rmdir", run_rmdir);
COMMAND(rm, "rm", run_rm);
COMMAND(touch, "touch", run_touch);
COMMAND(truncate, "truncate", run_truncate);
COMMAND(basename, "basename", run_basename);
COMMAND(dirname, "dirname", run_dirname);
COMMAND(realpath, "realpath", run_realpath);
COMMAND(readlink, "readlink", run_readlink);
COMMAND(mktemp, "mktemp", run_mktemp);
