/* See shell_expand.h. */
#include "guest/shell/shell_expand.h"

#include <string.h>

#define MAX_MATCHES 1000

static const char magic[] = "*?[", blanks[] = " \t\n";

/* ---- One word ---- */

static const char *value_of(struct shell *sh, const char *name)
{
    const char *value = shell_variable(sh, name);
    if (value || !sh->nounset)
        return value ? value : "";
    shell_protest(sh, sh->r->bash ? "%s: unbound variable" : "%s: parameter not set", name);
    sh->status = sh->r->bash ? 1 : 2;
    sh->over = true;
    return "";
}

/* Plain as it will be; pattern with what was quoted behind backslashes. */
struct growing {
    struct buffer plain, pattern;
    bool there, has_magic;
};

static void grow(struct shell *sh, struct growing *g, const char *text, size_t n, bool quoted)
{
    buffer_add(sh->a, &g->plain, text, n);
    shell_spend(sh, n);
    for (size_t i = 0; i < n; i++) {
        bool special = strchr("*?[]\\", text[i]) != NULL;
        if (quoted && special)
            buffer_add(sh->a, &g->pattern, "\\", 1);
        buffer_add(sh->a, &g->pattern, text + i, 1);
        g->has_magic |= !quoted && strchr(magic, text[i]);
    }
    g->there |= n > 0 || quoted;
}

static void match_files(struct shell *sh, const char *pattern, struct list *ret);

static void close_word(struct shell *sh, struct growing *g, struct list *ret)
{
    struct list found = { 0 };
    if (g->there && g->has_magic)
        match_files(sh, buffer_text(sh->a, &g->pattern), &found);
    LIST_EACH (const char *, path, &found)
        strs_add(sh->a, ret, *path);
    if (g->there && !found.count)
        strs_add(sh->a, ret, buffer_text(sh->a, &g->plain));
    *g = (struct growing){ 0 };
}

/* A variable outside quotes falls apart at blanks. */
static void grow_fields(struct shell *sh, struct growing *g, const char *value, struct list *ret)
{
    while (*value) {
        size_t n = strspn(value, blanks);
        if (n && g->there)
            close_word(sh, g, ret);
        value += n;
        n = strcspn(value, blanks);
        grow(sh, g, value, n, false);
        value += n;
        if (*value)
            close_word(sh, g, ret);
    }
}

static bool begins_at_home(const struct piece *p, bool first)
{
    return first && p->kind == PIECE_TEXT && *p->text == '~' && (!p->text[1] || p->text[1] == '/');
}

static void expand_word(struct shell *sh, const struct word *w, bool fields, struct list *ret)
{
    struct growing g = { 0 };
    LIST_EACH (struct piece, p, &w->pieces) {
        const char *text = p->text;
        if (p->kind == PIECE_VARIABLE || p->kind == PIECE_QUOTED_VARIABLE)
            text = value_of(sh, text);
        if (begins_at_home(p, p == w->pieces.items)) {
            grow(sh, &g, "/root", strlen("/root"), true);
            text++;
        }
        if (p->kind == PIECE_VARIABLE && fields)
            grow_fields(sh, &g, text, ret);
        else
            grow(sh, &g, text, strlen(text), p->kind != PIECE_TEXT || !fields);
    }
    g.there |= !fields;
    close_word(sh, &g, ret);
}

void shell_expand(struct shell *sh, const struct list *words, struct list *ret)
{
    LIST_EACH (struct word, w, words)
        expand_word(sh, w, true, ret);
}

const char *shell_expand_one(struct shell *sh, const struct word *w)
{
    struct list one = { 0 };
    expand_word(sh, w, false, &one);
    return *list_at(&one, const char *, 0);
}

/* ---- Patterns ---- */

static bool has_magic(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\')
            i++;
        else if (strchr(magic, s[i]))
            return true;
    }
    return false;
}

static const char *without_backslashes(struct arena *a, const char *s)
{
    char *plain = arena_strdup(a, s), *into = plain;
    for (; *s; s++) {
        s += *s == '\\' && s[1];
        *into++ = *s;
    }
    *into = '\0';
    return plain;
}

/* At a bracket: whether the set holds the character; *ret_end is behind the set, or the bracket
 * itself where it is never closed. */
static bool set_has(const char *p, char c, const char **ret_end)
{
    const char *at = p + 1;
    bool negated = *at == '!' || *at == '^', found = false;
    at += negated;
    for (bool first = true; *at && (first || *at != ']'); first = false, at++) {
        if (at[1] == '-' && at[2] && at[2] != ']') {
            found |= at[0] <= c && c <= at[2];
            at += 2;
        } else {
            found |= *at == c;
        }
    }
    *ret_end = *at ? at + 1 : p;
    return found != negated;
}

/* Whether the pattern takes the character; *ret_next is what it goes on with. */
static bool takes(const char *p, char c, const char **ret_next)
{
    const char *end;
    *ret_next = p + 1;
    if (*p == '?')
        return true;
    if (*p == '[') {
        bool has = set_has(p, c, &end);
        if (end != p) {
            *ret_next = end;
            return has;
        }
    }
    if (*p == '\\' && p[1]) {
        *ret_next = p + 2;
        return p[1] == c;
    }
    return *p == c;
}

/* Goes back to the last star only: no pattern takes long. */
static bool matches(const char *pattern, const char *name)
{
    const char *star = NULL, *retry = NULL, *next;
    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            retry = name;
        } else if (*pattern && takes(pattern, *name, &next)) {
            pattern = next;
            name++;
        } else if (star) {
            pattern = star;
            name = ++retry;
        } else {
            return false;
        }
    }
    return !pattern[strspn(pattern, "*")];
}

/* The names in `folder` that one part of a pattern matches, each behind it. */
static void match_names(struct shell *sh, const char *folder, const char *part, struct list *ret)
{
    struct list entries = { 0 };
    shell_list(sh, shell_path(sh, *folder ? folder : "."), &entries);
    LIST_EACH (struct dir_entry, e, &entries) {
        bool hidden = *e->name == '.' && *part != '.';
        if (!hidden && ret->count < MAX_MATCHES && matches(part, e->name))
            strs_add(sh->a, ret, arena_printf(sh->a, "%s%s", folder, e->name));
    }
}

/* Part by part: `found` holds the paths so far, each with its slash. */
static void match_files(struct shell *sh, const char *pattern, struct list *ret)
{
    struct list found = { 0 };
    strs_add(sh->a, &found, "");
    for (const char *at = pattern; *at && found.count;) {
        size_t n = strcspn(at, "/"), slashes = strspn(at + n, "/");
        const char *part = arena_strndup(sh->a, at, n);
        struct list next = { 0 };
        LIST_EACH (const char *, path, &found) {
            struct list names = { 0 };
            if (has_magic(at, n))
                match_names(sh, *path, part, &names);
            else
                strs_add(sh->a, &names,
                         arena_printf(sh->a, "%s%s", *path, without_backslashes(sh->a, part)));
            LIST_EACH (const char *, name, &names) {
                if (next.count < MAX_MATCHES)
                    strs_add(sh->a, &next, slashes ? arena_printf(sh->a, "%s/", *name) : *name);
            }
        }
        found = next;
        at += n + slashes;
    }
    LIST_EACH (const char *, path, &found) {
        if (!sh->over && shell_look(sh, shell_path(sh, *path)))
            strs_add(sh->a, ret, *path);
    }
    strs_sort(ret);
}
