/* File name patterns. See shell_expand.h. */
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define MAX_MATCHES 1000
#define DEEPEST 20

/* The names in `folder` that one part of a pattern matches, each behind it. */
static void match_names(struct shell *sh, const char *folder, const char *part, struct list *ret)
{
    struct list entries = { 0 };
    struct posix_span spans[POSIX_SPANS];
    const char *error;
    int flags = sh->options.nocaseglob ? PATTERN_NO_CASE : 0;
    struct posix_pattern *p = shell_pattern(sh, POSIX_GLOB, part, flags, "\\A", "\\z", &error);
    if (!p || shell_list(sh, *folder ? folder : ".", &entries))
        return;
    LIST_EACH (struct dir_entry, e, &entries) {
        bool hidden = *e->name == '.' && *part != '.' && !sh->options.dotglob;
        if (!hidden && ret->count < MAX_MATCHES
            && posix_pattern_find(p, e->name, strlen(e->name), 0, spans))
            strs_add(sh->s->a, ret, arena_printf(sh->s->a, "%s%s", folder, e->name));
    }
    shell_spend(sh, posix_pattern_cost(p));
}

/* ** of globstar: the folder itself and all below it. */
static void match_deep(struct shell *sh, const char *folder, bool files, int depth,
                       struct list *ret)
{
    struct list entries = { 0 };
    if (depth > DEEPEST || shell_list(sh, *folder ? folder : ".", &entries))
        return;
    LIST_EACH (struct dir_entry, e, &entries) {
        const char *path = arena_printf(sh->s->a, "%s%s", folder, e->name);
        if (*e->name == '.' || ret->count >= MAX_MATCHES || shell_stopped(sh))
            continue;
        if (e->is_folder || files)
            strs_add(sh->s->a, ret, path);
        if (e->is_folder)
            match_deep(sh, arena_printf(sh->s->a, "%s/", path), files, depth + 1, ret);
    }
}

static void match_part(struct shell *sh, const char *path, const char *part, bool last,
                       struct list *ret)
{
    if (text_is(part, "**") && sh->options.globstar) {
        if (!last)
            strs_add(sh->s->a, ret, *path ? arena_strndup(sh->s->a, path, strlen(path) - 1) : ".");
        match_deep(sh, path, last, 0, ret);
    } else if (pattern_is_magic(part)) {
        match_names(sh, path, part, ret);
    } else {
        strs_add(sh->s->a, ret,
                 arena_printf(sh->s->a, "%s%s", path, pattern_plain(sh->s->a, part)));
    }
}

/* Part by part: `found` holds the paths so far, each with its slash. */
void expand_files(struct shell *sh, const char *pattern, struct list *ret)
{
    struct list found = { 0 };
    bool ends_in_folder = false;
    strs_add(sh->s->a, &found, "");
    for (const char *at = pattern; *at && found.count && !shell_stopped(sh);) {
        size_t n = strcspn(at, "/"), slashes = strspn(at + n, "/");
        const char *part = arena_strndup(sh->s->a, at, n);
        struct list next = { 0 };
        LIST_EACH (const char *, path, &found) {
            struct list names = { 0 };
            match_part(sh, *path, part, !at[n], &names);
            LIST_EACH (const char *, name, &names) {
                if (next.count < MAX_MATCHES)
                    strs_add(sh->s->a, &next,
                             slashes ? arena_printf(sh->s->a, "%s/", *name) : *name);
            }
        }
        found = next;
        at += n + slashes;
        ends_in_folder = slashes > 0;
    }
    LIST_EACH (const char *, path, &found) {
        const struct dir_entry *e = shell_stopped(sh) ? NULL : shell_look_link(sh, *path);
        if (e && ends_in_folder && !e->is_folder)
            e = shell_look(sh, *path);
        if (e && (!ends_in_folder || e->is_folder))
            strs_add(sh->s->a, ret, *path);
    }
    strs_sort(ret);
}
