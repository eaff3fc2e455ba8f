/* chmod, chown, chgrp, ln. See mode.h. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/mode.h"

#define DEEPEST 40

/* ---- chmod, chown, chgrp ---- */

struct change {
    struct shell *sh;
    const char *command, *mode; /* mode NULL: the owner */
    int64_t uid, gid, status;
    bool recursive, quiet, verbose;
};

static const char *change_one(struct change *c, const char *path, const struct dir_entry *e)
{
    int64_t mode;
    if (!c->mode)
        return shell_change_owner(c->sh, path, c->uid, c->gid);
    mode_read(c->mode, e->mode, e->is_folder, &mode);
    return shell_change_mode(c->sh, path, mode);
}

static void change_tree(struct change *c, const char *path, int depth)
{
    struct shell *sh = c->sh;
    struct list entries = { 0 };
    const struct dir_entry *e = depth ? shell_look_link(sh, path) : shell_look(sh, path);
    if (!e && shell_stopped(sh))
        return;
    if (!e && !c->quiet)
        shell_complain(sh, "%s: cannot access '%s': %s", c->command, path, NO_ENTRY);
    c->status |= !e;
    if (!e || (depth && e->target))
        return;
    const char *why = change_one(c, path, e);
    if (why) {
        shell_complain(sh, "%s: changing %s of '%s': %s", c->command,
                       c->mode                        ? "permissions"
                       : text_is(c->command, "chgrp") ? "group"
                                                      : "ownership",
                       path, why);
        c->status = 1;
    }
    if (!c->recursive || !e->is_folder || depth > DEEPEST)
        return;
    shell_list(sh, path, &entries);
    LIST_EACH (struct dir_entry, one, &entries) {
        if (!shell_stopped(sh))
            change_tree(c,
                        arena_printf(shell_arena(sh), "%s%s%s", path,
                                     text_ends(path, "/") ? "" : "/", one->name),
                        depth + 1);
    }
}

/* +x, -w: no options of chmod. */
static bool is_mode(const char *word)
{
    int64_t mode;
    return word[0] == '-' && word[1] && strchr("rwxXst", word[1])
           && mode_read(word, 0, false, &mode);
}

static int64_t change(struct shell *sh, size_t n, const char *const *words, bool mode)
{
    static const struct shell_option_name names[] = {
        { "recursive", 'R', false }, { "verbose", 'v', false },        { "quiet", 'f', false },
        { "silent", 'f', false },    { "no-dereference", 'h', false }, { NULL, 0, 0 }
    };
    struct change c = { .sh = sh, .command = words[0], .uid = -1, .gid = -1 };
    struct list all = { 0 };
    const char *given = NULL;
    for (size_t i = 0; i < n; i++) {
        if (mode && i && !given && is_mode(words[i]))
            given = words[i];
        else
            strs_add(shell_arena(sh), &all, words[i]);
    }
    struct shell_options o = {
        .sh = sh, .n = all.count, .words = all.items, .letters = "RvfchLPH", .names = names
    };
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return 1;
        c.recursive |= letter == 'R';
        c.quiet |= letter == 'f';
    }
    size_t at = given ? 0 : 1;
    if (o.rest.count <= at) {
        shell_complain(sh, o.rest.count ? "%s: missing operand after '%s'" : "%s: missing operand",
                       words[0], o.rest.count ? *list_at(&o.rest, const char *, 0) : "");
        return 1;
    }
    given = given ? given : *list_at(&o.rest, const char *, 0);
    int64_t ignored;
    if (mode && !mode_read(given, 0, false, &ignored)) {
        shell_complain(sh, "chmod: invalid mode: '%s'", given);
        return 1;
    }
    c.mode = mode ? given : NULL;
    if (text_is(words[0], "chgrp"))
        given = arena_printf(shell_arena(sh), ":%s", given);
    if (!mode && !mode_owner(sh, words[0], given, &c.uid, &c.gid))
        return 1;
    for (; at < o.rest.count && !shell_stopped(sh); at++)
        change_tree(&c, *list_at(&o.rest, const char *, at), 0);
    return c.status;
}

static int64_t run_chmod(struct shell *sh, size_t n, const char *const *words)
{
    return change(sh, n, words, true);
}

static int64_t run_chown(struct shell *sh, size_t n, const char *const *words)
{
    return change(sh, n, words, false);
}

/* ---- ln ---- */

static int64_t link_one(struct shell *sh, const char *target, const char *path, bool symbolic,
                        bool force)
{
    const char *why = NULL, *bytes;
    size_t n;
    const struct dir_entry *e = shell_look_link(sh, path);
    if (e && force && !e->is_folder)
        why = shell_remove(sh, path);
    if (!why && symbolic)
        why = shell_link(sh, target, path);
    else if (!why && e && !force)
        why = "File exists";
    else if (!why && !(why = shell_read(sh, target, &bytes, &n)))
        why = shell_write(sh, path, bytes, n); /* two names of one file are two files here */
    if (!why)
        return 0;
    shell_complain(sh, "ln: failed to create %s link '%s': %s", symbolic ? "symbolic" : "hard",
                   path, why);
    return 1;
}

static int64_t run_ln(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "symbolic", 's', false },
                                                      { "force", 'f', false },
                                                      { "no-dereference", 'n', false },
                                                      { "verbose", 'v', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "sfnvrTt:", .names = names
    };
    bool symbolic = false, force = false, plain = false;
    const char *folder = NULL;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        symbolic |= c == 's';
        force |= c == 'f';
        plain |= c == 'n' || c == 'T';
        folder = c == 't' ? o.value : folder;
    }
    if (!o.rest.count) {
        shell_complain(sh, "ln: missing file operand");
        return 1;
    }
    size_t targets = o.rest.count;
    const char *last = *list_at(&o.rest, const char *, targets - 1);
    if (!folder && targets == 1)
        folder = ".";
    else if (!folder) {
        const struct dir_entry *e = plain ? shell_look_link(sh, last) : shell_look(sh, last);
        targets--;
        if (!e || !e->is_folder)
            return link_one(sh, *list_at(&o.rest, const char *, 0), last, symbolic, force);
        folder = last;
    }
    for (size_t i = 0; i < targets; i++) {
        const char *target = *list_at(&o.rest, const char *, i), *slash = strrchr(target, '/');
        status |= link_one(
            sh, target, arena_printf(shell_arena(sh), "%s/%s", folder, slash ? slash + 1 : target),
            symbolic, force);
    }
    return status;
}

COMMAND(chmod, "chmod", run_chmod);
COMMAND(chown, "chown", run_chown);
COMMAND(chgrp, "chgrp", run_chown);
COMMAND(ln, "ln", run_ln);
