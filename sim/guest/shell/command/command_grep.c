/* grep, egrep, fgrep. */
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/command/text_input.h"

#define DEEPEST 40

struct searching {
    struct shell *sh;
    struct list patterns; /* struct posix_pattern * */
    struct list names, excluded; /* struct posix_pattern *: --include, --exclude */
    bool inverted, counts, lists, lists_without, quiet, numbers, only, silent, named, recursive;
    int64_t most, before, after; /* most -1: all */
    bool found, failed;
};

/* ---- Patterns ---- */

static struct posix_pattern *compile(struct searching *g, enum posix_syntax syntax, int flags,
                                     const char *text, bool word, bool line)
{
    const char *error;
    struct posix_pattern *p = posix_pattern_new(shell_arena(g->sh), syntax, text, flags,
                                                line   ? "^"
                                                : word ? "(?<!\\w)"
                                                       : NULL,
                                                line   ? "$"
                                                : word ? "(?!\\w)"
                                                       : NULL,
                                                &error);
    shell_spend(g->sh, 500 + 4 * strlen(text));
    if (!p)
        shell_complain(g->sh, "grep: %s", error);
    return p;
}

static const char *literal(struct arena *a, const char *text)
{
    struct buffer out = { 0 };
    for (; *text; text++) {
        if (strchr(".[]*^$\\", *text))
            buffer_add(a, &out, "\\", 1);
        buffer_add(a, &out, text, 1);
    }
    return buffer_text(a, &out);
}

/* Each line of a pattern is one. */
static int add_patterns(struct searching *g, const char *text, char kind, int flags, bool word,
                        bool line)
{
    struct arena *a = shell_arena(g->sh);
    enum posix_syntax syntax = kind == 'E'   ? POSIX_EXTENDED
                               : kind == 'P' ? POSIX_PERL
                                             : POSIX_BASIC;
    for (;;) {
        size_t n = strcspn(text, "\n");
        const char *one = arena_strndup(a, text, n);
        struct posix_pattern *p =
            compile(g, syntax, flags, kind == 'F' ? literal(a, one) : one, word, line);
        if (!p)
            return -1;
        *list_add(a, &g->patterns, struct posix_pattern *) = p;
        if (!text[n])
            return 0;
        text += n + 1;
    }
}

/* The first match of any pattern from `from` on. */
static bool find(struct searching *g, const struct text_line *l, size_t from,
                 struct posix_span *ret)
{
    bool found = false;
    LIST_EACH (struct posix_pattern *, p, &g->patterns) {
        struct posix_span spans[POSIX_SPANS];
        if (posix_pattern_find(*p, l->at, l->n, from, spans)
            && (!found || spans[0].from < ret->from
                || (spans[0].from == ret->from && spans[0].to > ret->to))) {
            *ret = spans[0];
            found = true;
        }
        shell_spend(g->sh, posix_pattern_cost(*p));
    }
    return found;
}

/* ---- Files ---- */

static void show_head(struct searching *g, const char *name, size_t number, char between)
{
    if (g->named)
        shell_say(g->sh, "%s%c", name, between);
    if (g->numbers)
        shell_say(g->sh, "%zu%c", number, between);
}

static void show_matches(struct searching *g, const char *name, const struct text_line *l,
                         size_t number)
{
    struct posix_span s;
    for (size_t at = 0; at <= l->n && find(g, l, at, &s) && !shell_stopped(g->sh);
         at = s.to > s.from ? s.to : s.to + 1) {
        if (s.to == s.from)
            continue;
        show_head(g, name, number, ':');
        shell_put(g->sh, l->at + s.from, s.to - s.from);
        shell_put(g->sh, "\n", 1);
    }
}

static void show_line(struct searching *g, const char *name, const struct text_line *l,
                      size_t number, char between)
{
    show_head(g, name, number, between);
    shell_put(g->sh, l->at, l->n);
    shell_put(g->sh, "\n", 1);
}

/* With the lines around a match: shown is the last one that was. */
static void show_around(struct searching *g, const char *name, const struct list *lines, size_t at,
                        size_t *shown)
{
    const struct text_line *all = lines->items;
    size_t from = at > (size_t)g->before ? at - (size_t)g->before : 0;
    if (from < *shown)
        from = *shown;
    if ((g->before || g->after) && *shown && from > *shown)
        shell_say(g->sh, "--\n");
    for (size_t i = from; i < at; i++)
        show_line(g, name, &all[i], i + 1, '-');
    show_line(g, name, &all[at], at + 1, ':');
    *shown = at + 1;
}

static void search(struct searching *g, const char *name, const char *bytes, size_t n)
{
    struct list lines = text_lines(g->sh, bytes, n);
    const struct text_line *all = lines.items;
    int64_t matches = 0;
    size_t shown = 0, until = 0;
    for (size_t i = 0; i < lines.count && !shell_stopped(g->sh); i++) {
        struct posix_span s;
        bool wanted = find(g, &all[i], 0, &s) != g->inverted && (g->most < 0 || matches < g->most);
        bool says = !g->counts && !g->lists && !g->lists_without && !g->quiet;
        matches += wanted;
        if (wanted && g->quiet)
            break;
        if (wanted && says && g->only && !g->inverted) {
            show_matches(g, name, &all[i], i + 1);
        } else if (wanted && says && !g->only) {
            show_around(g, name, &lines, i, &shown);
            until = i + 1 + (size_t)g->after;
        } else if (says && i < until && i >= shown) {
            show_line(g, name, &all[i], i + 1, '-');
            shown = i + 1;
        }
    }
    g->found |= g->lists_without ? !matches : matches > 0;
    if (g->counts && g->named)
        shell_say(g->sh, "%s:", name);
    if (g->counts)
        shell_say(g->sh, "%lld\n", (long long)matches);
    if ((g->lists && matches) || (g->lists_without && !matches))
        shell_say(g->sh, "%s\n", name);
}

static bool is_among(struct searching *g, const struct list *patterns, const char *name)
{
    LIST_EACH (struct posix_pattern *, p, patterns) {
        struct posix_span spans[POSIX_SPANS];
        if (posix_pattern_find(*p, name, strlen(name), 0, spans))
            return true;
        shell_spend(g->sh, posix_pattern_cost(*p));
    }
    return false;
}

static void search_path(struct searching *g, const char *path, int depth)
{
    struct shell *sh = g->sh;
    struct list entries = { 0 };
    const char *bytes, *why;
    size_t n;
    const struct dir_entry *e = g->recursive && !text_is(path, "-") ? shell_look(sh, path) : NULL;
    if (e && e->is_folder && depth < DEEPEST) {
        shell_list(sh, path, &entries);
        LIST_EACH (struct dir_entry, one, &entries) {
            bool skipped = !one->is_folder
                           && ((g->names.count && !is_among(g, &g->names, one->name))
                               || is_among(g, &g->excluded, one->name));
            if (!skipped && !one->target && !shell_stopped(sh))
                search_path(g,
                            arena_printf(shell_arena(sh), "%s%s%s", path,
                                         text_ends(path, "/") ? "" : "/", one->name),
                            depth + 1);
        }
        return;
    }
    if (text_is(path, "-")) {
        bytes = shell_input(sh, &n);
        search(g, "(standard input)", bytes, n);
        return;
    }
    why = shell_read(sh, path, &bytes, &n);
    if (!why) {
        search(g, path, bytes, n);
        return;
    }
    if (!g->silent)
        shell_complain(sh, "grep: %s: %s", path, why);
    g->failed = true;
}

/* ---- Options ---- */

static const struct shell_option_name names[] = { { "extended-regexp", 'E', false },
                                                  { "fixed-strings", 'F', false },
                                                  { "perl-regexp", 'P', false },
                                                  { "ignore-case", 'i', false },
                                                  { "invert-match", 'v', false },
                                                  { "word-regexp", 'w', false },
                                                  { "line-regexp", 'x', false },
                                                  { "count", 'c', false },
                                                  { "files-with-matches", 'l', false },
                                                  { "files-without-match", 'L', false },
                                                  { "quiet", 'q', false },
                                                  { "silent", 'q', false },
                                                  { "no-messages", 's', false },
                                                  { "line-number", 'n', false },
                                                  { "only-matching", 'o', false },
                                                  { "recursive", 'r', false },
                                                  { "no-filename", 'h', false },
                                                  { "with-filename", 'H', false },
                                                  { "max-count", 'm', true },
                                                  { "regexp", 'e', true },
                                                  { "file", 'f', true },
                                                  { "after-context", 'A', true },
                                                  { "before-context", 'B', true },
                                                  { "context", 'C', true },
                                                  { "include", '1', true },
                                                  { "exclude", '2', true },
                                                  { "color", '3', false },
                                                  { NULL, 0, 0 } };

struct given {
    struct list texts; /* const char * */
    char kind;
    int flags;
    bool word, line, hides, shows;
};

static int read_file_patterns(struct searching *g, const char *path, struct given *given)
{
    const char *bytes;
    size_t n;
    const char *why = shell_read(g->sh, path, &bytes, &n);
    if (why) {
        shell_complain(g->sh, "grep: %s: %s", path, why);
        return -1;
    }
    n -= n && bytes[n - 1] == '\n';
    strs_add(shell_arena(g->sh), &given->texts, arena_strndup(shell_arena(g->sh), bytes, n));
    return 0;
}

static int read_value(struct searching *g, struct given *given, char c, const char *value)
{
    const char *error;
    struct arena *a = shell_arena(g->sh);
    if (c == 'e')
        strs_add(a, &given->texts, value);
    if (c == 'f')
        return read_file_patterns(g, value, given);
    if (c == '1' || c == '2')
        *list_add(a, c == '1' ? &g->names : &g->excluded, struct posix_pattern *) =
            posix_pattern_new(a, POSIX_GLOB, value, 0, "\\A", "\\z", &error);
    int64_t *into = c == 'm' ? &g->most : c == 'A' ? &g->after : c == 'B' ? &g->before : NULL;
    if (c == 'C') {
        into = &g->before;
        if (text_int(value, &g->after) && g->after >= 0)
            text_int(value, &g->before);
    }
    if (into && (!text_int(value, into) || *into < 0)) {
        shell_complain(g->sh,
                       c == 'm' ? "grep: invalid max count"
                                : "grep: %s: invalid context length argument",
                       value);
        return -1;
    }
    return 0;
}

static int read_options(struct searching *g, struct shell_options *o, struct given *given)
{
    for (char c; (c = shell_option(o));) {
        if (c == '?')
            return -1;
        if (strchr("EFPG", c))
            given->kind = c;
        given->flags |= c == 'i' || c == 'y' ? PATTERN_NO_CASE : 0;
        given->word |= c == 'w';
        given->line |= c == 'x';
        given->hides |= c == 'h';
        given->shows |= c == 'H';
        g->inverted |= c == 'v';
        g->counts |= c == 'c';
        g->lists |= c == 'l';
        g->lists_without |= c == 'L';
        g->quiet |= c == 'q';
        g->silent |= c == 's';
        g->numbers |= c == 'n';
        g->only |= c == 'o';
        g->recursive |= c == 'r' || c == 'R';
        if (o->value && strchr("efmABC12", c) && read_value(g, given, c, o->value))
            return -1;
    }
    return 0;
}

static int64_t run_grep(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh,
                               .n = n,
                               .words = words,
                               .letters = "EFPGivwxclLqsnorRhHm:e:f:A:B:C:aIyzU",
                               .names = names };
    struct searching g = { .sh = sh, .most = -1 };
    struct given given = { .kind = words[0][0] == 'e' ? 'E' : words[0][0] == 'f' ? 'F' : 'G' };
    size_t at = 0;
    if (read_options(&g, &o, &given))
        return 2;
    if (!given.texts.count) {
        if (!o.rest.count) {
            shell_complain(sh, "Usage: grep [OPTION]... PATTERNS [FILE]...\n"
                               "Try 'grep --help' for more information.");
            return 2;
        }
        strs_add(shell_arena(sh), &given.texts, *list_at(&o.rest, const char *, at++));
    }
    LIST_EACH (const char *, text, &given.texts) {
        if (add_patterns(&g, *text, given.kind, given.flags, given.word, given.line))
            return 2;
    }
    if (at == o.rest.count)
        strs_add(shell_arena(sh), &o.rest, g.recursive ? "." : "-");
    g.named = given.shows || (!given.hides && (o.rest.count - at > 1 || g.recursive));
    for (; at < o.rest.count && !shell_stopped(sh) && !(g.quiet && g.found); at++)
        search_path(&g, *list_at(&o.rest, const char *, at), 0);
    if (g.found && (g.quiet || !g.failed))
        return 0;
    return g.failed ? 2 : 1;
}

COMMAND(grep, "grep", run_grep);
COMMAND(egrep, "egrep", run_grep);
COMMAND(fgrep, "fgrep", run_grep);
