/* cp, mv, install. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/mode.h"

#define DEEPEST 40

struct copying {
    struct shell *sh;
    const char *command;
    bool recursive, keeps, moves, verbose, careful, links; /* keeps: owner and mode; careful: -n */
    int64_t status;
};

static const char *base_name(struct arena *a, const char *path)
{
    size_t n = strlen(path), from;
    while (n > 1 && path[n - 1] == '/')
        n--;
    for (from = n; from && path[from - 1] != '/';)
        from--;
    return arena_strndup(a, path + from, n - from);
}

static void fail_copy(struct copying *c, const char *what, const char *path, const char *why)
{
    shell_complain(c->sh, "%s: cannot %s '%s': %s", c->command, what, path, why);
    c->status = 1;
}

static bool lies_in(struct shell *sh, const char *path, const char *folder)
{
    const char *a = shell_path(sh, path), *b = shell_path(sh, folder);
    size_t n = text_is(b, "/") ? 0 : strlen(b);
    return text_starts(a, text_is(b, "/") ? "" : b) && (a[n] == '/' || !a[n]);
}

static void keep_owner(struct copying *c, const char *to, const struct dir_entry *e)
{
    if (shell_stopped(c->sh))
        return;
    shell_change_mode(c->sh, to, e->mode);
    if (c->keeps)
        shell_change_owner(c->sh, to, e->uid, e->gid);
}

static void copy_file(struct copying *c, const char *from, const char *to,
                      const struct dir_entry *e)
{
    const char *bytes, *why;
    size_t n;
    const struct dir_entry *there = shell_look(c->sh, to);
    if (e->target && (c->links || c->moves)) {
        if (shell_look_link(c->sh, to))
            shell_remove(c->sh, to);
        why = shell_link(c->sh, e->target, to);
        if (why)
            fail_copy(c, "create symbolic link", to, why);
        return;
    }
    if (there && there->is_folder) {
        shell_complain(c->sh, "%s: cannot overwrite directory '%s' with non-directory", c->command,
                       to);
        c->status = 1;
        return;
    }
    why = shell_read(c->sh, from, &bytes, &n);
    if (why) {
        fail_copy(c, c->moves ? "stat" : "open", arena_printf(shell_arena(c->sh), "%s", from), why);
        return;
    }
    if (there && c->moves)
        shell_remove(c->sh, to);
    why = shell_write(c->sh, to, bytes, n);
    if (why)
        fail_copy(c, c->moves ? "move" : "create regular file",
                  c->moves ? arena_printf(shell_arena(c->sh), "%s' to '%s", from, to) : to, why);
    else if (!there || c->keeps || c->moves)
        keep_owner(c, to, e);
}

static void copy_tree(struct copying *c, const char *from, const char *to, int depth)
{
    struct shell *sh = c->sh;
    struct list entries = { 0 };
    const struct dir_entry *e =
        c->links || c->moves || depth ? shell_look_link(sh, from) : shell_look(sh, from);
    if (!e) {
        if (!shell_stopped(sh))
            fail_copy(c, "stat", from, NO_ENTRY);
        return;
    }
    if (!e->is_folder) {
        copy_file(c, from, to, e);
        return;
    }
    const struct dir_entry *there = shell_look(sh, to);
    const char *why = there ? (there->is_folder ? NULL : NOT_DIRECTORY) : shell_make_folder(sh, to);
    if (why || depth > DEEPEST) {
        fail_copy(c, "create directory", to, why ? why : "File name too long");
        return;
    }
    if (!there || c->keeps)
        keep_owner(c, to, e);
    shell_list(sh, from, &entries);
    LIST_EACH (struct dir_entry, one, &entries) {
        struct arena *a = shell_arena(sh);
        if (!shell_stopped(sh))
            copy_tree(c, arena_printf(a, "%s/%s", from, one->name),
                      arena_printf(a, "%s/%s", to, one->name), depth + 1);
    }
}

/* One operand to the place that it shall have. */
static void copy_operand(struct copying *c, const char *from, const char *to)
{
    struct shell *sh = c->sh;
    const struct dir_entry *e = shell_look_link(sh, from);
    if (!e) {
        if (!shell_stopped(sh))
            fail_copy(c, "stat", from, NO_ENTRY);
        return;
    }
    if (c->careful && shell_look_link(sh, to))
        return;
    if (text_is(shell_path(sh, from), shell_path(sh, to))) {
        shell_complain(sh, "%s: '%s' and '%s' are the same file", c->command, from, to);
        c->status = 1;
        return;
    }
    if (e->is_folder && !c->recursive && !c->moves) {
        shell_complain(sh, "cp: -r not specified; omitting directory '%s'", from);
        c->status = 1;
        return;
    }
    if (e->is_folder && lies_in(sh, to, from)) {
        shell_complain(sh,
                       c->moves ? "mv: cannot move '%s' to a subdirectory of itself, '%s'"
                                : "cp: cannot copy a directory, '%s', into itself, '%s'",
                       from, to);
        c->status = 1;
        return;
    }
    int64_t before = c->status;
    c->status = 0;
    copy_tree(c, from, to, 0);
    if (c->moves && !c->status && !shell_stopped(sh)) {
        const char *why = shell_remove_all(sh, from);
        if (why)
            fail_copy(c, "remove", from, why);
    }
    if (c->verbose && !c->status)
        shell_say(sh, c->moves ? "renamed '%s' -> '%s'\n" : "'%s' -> '%s'\n", from, to);
    c->status |= before;
}

static int64_t copy_all(struct copying *c, struct list *operands, const char *folder, bool plain)
{
    struct shell *sh = c->sh;
    if (!operands->count || (operands->count == 1 && !folder)) {
        shell_complain(sh,
                       operands->count ? "%s: missing destination file operand after '%s'"
                                       : "%s: missing file operand",
                       c->command, operands->count ? *list_at(operands, const char *, 0) : "");
        return 1;
    }
    const char *last = *list_at(operands, const char *, operands->count - 1);
    size_t n = operands->count - !folder;
    const struct dir_entry *e = folder || plain ? NULL : shell_look(sh, last);
    bool into = folder || (e && e->is_folder);
    if (!into && n > 1) {
        shell_complain(sh, "%s: target '%s' is not a directory", c->command, last);
        return 1;
    }
    if (!into && !e && text_ends(last, "/") && !c->recursive && !c->moves) {
        shell_complain(sh, "%s: cannot create regular file '%s': Not a directory", c->command,
                       last);
        return 1;
    }
    const char *to = folder ? folder : last;
    for (size_t i = 0; i < n && !shell_stopped(sh); i++) {
        const char *from = *list_at(operands, const char *, i);
        const char *name = base_name(shell_arena(sh), from);
        bool dots = text_is(name, ".") || text_is(name, ".."); /* cp -r x/. y */
        copy_operand(c, from,
                     into && !dots ? arena_printf(shell_arena(sh), "%s/%s", to, name) : to);
    }
    return c->status;
}

static int64_t run_cp(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "recursive", 'r', false },       { "archive", 'a', false },
        { "preserve", 'P', true },         { "force", 'f', false },
        { "verbose", 'v', false },         { "no-clobber", 'n', false },
        { "target-directory", 't', true }, { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "rRapfvndLTuit:", .names = names
    };
    struct copying c = { .sh = sh, .command = "cp" };
    const char *folder = NULL;
    bool plain = false;
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return 1;
        c.recursive |= letter == 'r' || letter == 'R' || letter == 'a';
        c.keeps |= letter == 'a' || letter == 'p' || letter == 'P';
        c.links |= letter == 'a' || letter == 'd' || letter == 'r' || letter == 'R';
        c.links &= letter != 'L';
        c.verbose |= letter == 'v';
        c.careful |= letter == 'n';
        plain |= letter == 'T';
        folder = letter == 't' ? o.value : folder;
    }
    return copy_all(&c, &o.rest, folder, plain);
}

static int64_t run_mv(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "force", 'f', false },
                                                      { "verbose", 'v', false },
                                                      { "no-clobber", 'n', false },
                                                      { "target-directory", 't', true },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "fvnTuit:", .names = names
    };
    struct copying c = { .sh = sh, .command = "mv", .moves = true, .keeps = true };
    const char *folder = NULL;
    bool plain = false;
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return 1;
        c.verbose |= letter == 'v';
        c.careful |= letter == 'n';
        plain |= letter == 'T';
        folder = letter == 't' ? o.value : folder;
    }
    return copy_all(&c, &o.rest, folder, plain);
}

/* ---- install ---- */

struct installing {
    int64_t mode, uid, gid;
    bool folders, parents;
    const char *folder;
};

static bool read_install(struct shell *sh, struct shell_options *o, struct installing *i)
{
    const char *owner = NULL, *group = NULL;
    for (char letter; (letter = shell_option(o));) {
        if (letter == '?')
            return false;
        i->folders |= letter == 'd';
        i->parents |= letter == 'D';
        i->folder = letter == 't' ? o->value : i->folder;
        owner = letter == 'o' ? o->value : owner;
        group = letter == 'g' ? o->value : group;
        if (letter == 'm' && !mode_read(o->value, 0, false, &i->mode)) {
            shell_complain(sh, "install: invalid mode '%s'", o->value);
            return false;
        }
    }
    int64_t ignored;
    if (owner && !mode_owner(sh, "install", owner, &i->uid, &ignored))
        return false;
    return !group
           || mode_owner(sh, "install", arena_printf(shell_arena(sh), ":%s", group), &ignored,
                         &i->gid);
}

static int64_t settle_installed(struct shell *sh, const struct installing *i, const char *path)
{
    if (shell_stopped(sh))
        return 0;
    const char *why = shell_change_mode(sh, path, i->mode);
    if (!why)
        why = shell_change_owner(sh, path, i->uid, i->gid);
    if (why)
        shell_complain(sh, "install: cannot change ownership of '%s': %s", path, why);
    return why != NULL;
}

static int64_t install_folders(struct shell *sh, const struct installing *i, const struct list *all)
{
    int64_t status = 0;
    LIST_EACH (const char *, path, all) {
        const char *why = shell_make_folders(sh, *path);
        if (why)
            shell_complain(sh, "install: cannot create directory '%s': %s", *path, why);
        status |= why ? 1 : settle_installed(sh, i, *path);
    }
    return status;
}

static int64_t install_one(struct shell *sh, const struct installing *i, const char *from,
                           const char *to)
{
    size_t n;
    const char *bytes, *why = shell_read(sh, from, &bytes, &n), *slash = strrchr(to, '/');
    if (why) {
        shell_complain(sh, "install: cannot stat '%s': %s", from, why);
        return 1;
    }
    if (i->parents && slash && slash > to)
        shell_make_folders(sh, arena_strndup(shell_arena(sh), to, (size_t)(slash - to)));
    why = shell_write(sh, to, bytes, n);
    if (why) {
        shell_complain(sh, "install: cannot create regular file '%s': %s", to, why);
        return 1;
    }
    return settle_installed(sh, i, to);
}

static int64_t run_install(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "mode", 'm', true },
                                                      { "owner", 'o', true },
                                                      { "group", 'g', true },
                                                      { "directory", 'd', false },
                                                      { "target-directory", 't', true },
                                                      { "verbose", 'v', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "m:o:g:dDt:vpcCTsb", .names = names
    };
    struct installing i = { .mode = 0755, .uid = -1, .gid = -1 };
    int64_t status = 0;
    if (!read_install(sh, &o, &i))
        return 1;
    if (i.folders)
        return install_folders(sh, &i, &o.rest);
    if (o.rest.count < (i.folder ? 1u : 2u)) {
        shell_complain(sh, "install: missing file operand");
        return 1;
    }
    const char *last = *list_at(&o.rest, const char *, o.rest.count - 1);
    const struct dir_entry *e = i.folder ? NULL : shell_look(sh, last);
    const char *folder = i.folder ? i.folder : e && e->is_folder ? last : NULL;
    for (size_t at = 0; at < o.rest.count - !i.folder; at++) {
        const char *from = *list_at(&o.rest, const char *, at);
        const char *to = folder ? arena_printf(shell_arena(sh), "%s/%s", folder,
                                               base_name(shell_arena(sh), from))
                                : last;
        status |= install_one(sh, &i, from, to);
    }
    return status;
}

COMMAND(cp, "cp", run_cp);
COMMAND(mv, "mv", run_mv);
COMMAND(install, "install", run_install);
