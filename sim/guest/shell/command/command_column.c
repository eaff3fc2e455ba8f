/* cut, tr, paste, sort, uniq, comm, diff, cmp. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/text_input.h"

/* ---- cut ---- */

struct span {
    size_t from, to; /* 1 is the first; to SIZE_MAX: to the end */
};

static bool read_spans(struct shell *sh, const char *text, struct list *ret)
{
    while (*text) {
        char *end;
        struct span s = { 1, SIZE_MAX };
        bool open = *text == '-';
        if (!open) {
            s.from = s.to = (size_t)strtoul(text, &end, 10);
            if (end == text || !s.from)
                return false;
            text = end;
        }
        if (*text == '-') {
            text++;
            s.to = (size_t)strtoul(text, &end, 10);
            if (end == text) {
                if (open)
                    return false;
                s.to = SIZE_MAX;
            }
            text = end;
        }
        if ((*text && *text != ',') || s.to < s.from)
            return false;
        text += *text == ',';
        *list_add(shell_arena(sh), ret, struct span) = s;
    }
    return ret->count > 0;
}

static bool is_among(const struct list *spans, size_t at)
{
    LIST_EACH (struct span, s, spans) {
        if (at >= s->from && at <= s->to)
            return true;
    }
    return false;
}

struct cutting {
    struct list spans; /* struct span */
    bool fields, only, complement;
    char delimiter;
    const char *output;
};

static void cut_line(struct shell *sh, const struct cutting *c, const struct text_line *l)
{
    struct buffer out = { 0 };
    struct arena *a = shell_arena(sh);
    bool any = false;
    if (c->fields && !memchr(l->at, c->delimiter, l->n)) {
        if (!c->only)
            shell_say(sh, "%.*s\n", (int)l->n, l->at);
        return;
    }
    size_t which = 1;
    for (size_t at = 0; at <= l->n; which++) {
        const char *end = c->fields ? memchr(l->at + at, c->delimiter, l->n - at) : NULL;
        size_t n = c->fields ? (end ? (size_t)(end - l->at) - at : l->n - at) : 1;
        if (!c->fields && at == l->n)
            break;
        if (is_among(&c->spans, which) != c->complement) {
            if (c->fields && any)
                buffer_add_text(a, &out, c->output);
            buffer_add(a, &out, l->at + at, n);
            any = true;
        }
        at += n + c->fields;
    }
    shell_put(sh, out.n ? out.at : "", out.n);
    shell_put(sh, "\n", 1);
}

static int64_t run_cut(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = {
        { "delimiter", 'd', true },        { "fields", 'f', true },
        { "characters", 'c', true },       { "bytes", 'b', true },
        { "only-delimited", 's', false },  { "complement", '1', false },
        { "output-delimiter", '2', true }, { NULL, 0, 0 }
    };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "d:f:c:b:sn", .names = names
    };
    struct cutting c = { .delimiter = '\t' };
    int64_t status = 0;
    for (char letter; (letter = shell_option(&o));) {
        if (letter == '?')
            return 1;
        c.only |= letter == 's';
        c.complement |= letter == '1';
        c.output = letter == '2' ? o.value : c.output;
        if (letter == 'd' && *o.value && o.value[1]) {
            shell_complain(sh, "cut: the delimiter must be a single character");
            return 1;
        }
        c.delimiter = letter == 'd' ? *o.value : c.delimiter;
        c.fields |= letter == 'f';
        if (strchr("fcb", letter) && !read_spans(sh, o.value, &c.spans)) {
            shell_complain(sh, "cut: invalid %s value '%s'",
                           letter == 'f' ? "field" : "byte/character", o.value);
            return 1;
        }
    }
    if (!c.spans.count) {
        shell_complain(sh, "cut: you must specify a list of bytes, characters, or fields");
        return 1;
    }
    const char between[2] = { c.delimiter, '\0' };
    c.output = c.output ? c.output : between;
    struct buffer all = text_read_all(sh, "cut", &o.rest, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    LIST_EACH (struct text_line, l, &lines) {
        if (!shell_stopped(sh))
            cut_line(sh, &c, l);
    }
    return status;
}

/* ---- tr ---- */

static bool in_class(const char *name, int c)
{
    return text_is(name, "alpha")    ? isalpha(c)
           : text_is(name, "digit")  ? isdigit(c)
           : text_is(name, "alnum")  ? isalnum(c)
           : text_is(name, "upper")  ? isupper(c)
           : text_is(name, "lower")  ? islower(c)
           : text_is(name, "space")  ? isspace(c)
           : text_is(name, "blank")  ? c == ' ' || c == '\t'
           : text_is(name, "punct")  ? ispunct(c)
           : text_is(name, "print")  ? isprint(c)
           : text_is(name, "graph")  ? isgraph(c)
           : text_is(name, "cntrl")  ? iscntrl(c)
           : text_is(name, "xdigit") ? isxdigit(c)
                                     : 0;
}

static const char *set_character(const char *s, char *ret)
{
    static const char from[] = "abfnrtv\\", to[] = "\a\b\f\n\r\t\v\\";
    const char *known = *s == '\\' && s[1] ? strchr(from, s[1]) : NULL;
    *ret = *s;
    if (known) {
        *ret = to[known - from];
        return s + 2;
    }
    if (*s == '\\' && s[1] >= '0' && s[1] <= '7') {
        unsigned value = 0;
        size_t n = 1;
        for (; n < 4 && s[n] >= '0' && s[n] <= '7'; n++)
            value = value * 8 + (unsigned)(s[n] - '0');
        *ret = (char)value;
        return s + n;
    }
    if (*s == '\\' && s[1]) {
        *ret = s[1];
        return s + 2;
    }
    return s + 1;
}

/* A set of tr as its characters, in order. */
static struct buffer read_set(struct shell *sh, const char *s)
{
    struct buffer set = { 0 };
    struct arena *a = shell_arena(sh);
    while (*s) {
        const char *end = text_starts(s, "[:") ? strstr(s, ":]") : NULL;
        if (end) {
            const char *name = arena_strndup(a, s + 2, (size_t)(end - s - 2));
            for (int c = 0; c < 256; c++) {
                char one = (char)c;
                if (in_class(name, c))
                    buffer_add(a, &set, &one, 1);
            }
            s = end + 2;
            continue;
        }
        char first, last;
        s = set_character(s, &first);
        last = first;
        if (*s == '-' && s[1])
            s = set_character(s + 1, &last);
        for (int c = (unsigned char)first; c <= (unsigned char)last; c++) {
            char one = (char)c;
            buffer_add(a, &set, &one, 1);
        }
    }
    return set;
}

static struct buffer others(struct shell *sh, const struct buffer *set)
{
    struct buffer all = { 0 };
    for (int c = 0; c < 256; c++) {
        char one = (char)c;
        if (!set->n || !memchr(set->at, c, set->n))
            buffer_add(shell_arena(sh), &all, &one, 1);
    }
    return all;
}

static bool has(const struct buffer *set, char c)
{
    return set->n && memchr(set->at, (unsigned char)c, set->n);
}

static int64_t run_tr(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "delete", 'd', false },
                                                      { "squeeze-repeats", 's', false },
                                                      { "complement", 'c', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "dscCt", .names = names
    };
    bool deletes = false, squeezes = false, complement = false;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        deletes |= c == 'd';
        squeezes |= c == 's';
        complement |= c == 'c' || c == 'C';
    }
    if (!o.rest.count || (o.rest.count < 2 && !deletes && !squeezes)) {
        shell_complain(sh,
                       o.rest.count ? "tr: missing operand after '%s'" : "tr: missing operand%s",
                       o.rest.count ? *list_at(&o.rest, const char *, 0) : "");
        return 1;
    }
    struct buffer from = read_set(sh, *list_at(&o.rest, const char *, 0)), to = { 0 }, out = { 0 };
    if (o.rest.count > 1)
        to = read_set(sh, *list_at(&o.rest, const char *, 1));
    if (complement)
        from = others(sh, &from);
    char map[256];
    for (int c = 0; c < 256; c++)
        map[c] = (char)c;
    for (size_t i = 0; i < from.n && to.n && !deletes; i++)
        map[(unsigned char)from.at[i]] = to.at[i < to.n ? i : to.n - 1];
    const struct buffer *squeezed = to.n ? &to : &from;
    size_t size;
    const char *bytes = shell_input(sh, &size);
    for (size_t i = 0; i < size; i++) {
        char c = map[(unsigned char)bytes[i]];
        bool again = squeezes && out.n && out.at[out.n - 1] == c && has(squeezed, c);
        if (!again && !(deletes && has(&from, bytes[i])))
            buffer_add(shell_arena(sh), &out, &c, 1);
    }
    shell_put(sh, out.n ? out.at : "", out.n);
    return 0;
}

/* ---- paste ---- */

static int64_t run_paste(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "sd:" };
    bool serial = false;
    const char *between = "\t";
    int64_t status = 0;
    for (char c; (c = shell_option(&o)); serial |= c == 's') {
        if (c == '?')
            return 1;
        between = c == 'd' ? o.value : between;
    }
    if (!o.rest.count)
        strs_add(shell_arena(sh), &o.rest, "-");
    struct list files = { 0 };
    size_t most = 0;
    LIST_EACH (const char *, path, &o.rest) {
        const char *bytes = "";
        size_t size = 0;
        status |= text_read(sh, "paste", *path, &bytes, &size) != 0;
        struct list *lines = list_add(shell_arena(sh), &files, struct list);
        *lines = text_lines(sh, bytes, size);
        most = lines->count > most ? lines->count : most;
    }
    for (size_t i = 0; i < (serial ? files.count : most); i++) {
        size_t count = serial ? list_at(&files, struct list, i)->count : files.count;
        for (size_t k = 0; k < count && !shell_stopped(sh); k++) {
            const struct list *lines = list_at(&files, struct list, serial ? i : k);
            size_t at = serial ? k : i;
            if (k && *between)
                shell_put(sh, &between[(k - 1) % strlen(between)], 1);
            if (at < lines->count)
                shell_put(sh, list_at(lines, struct text_line, at)->at,
                          list_at(lines, struct text_line, at)->n);
        }
        shell_put(sh, "\n", 1);
    }
    return status;
}

/* ---- uniq ---- */

static bool same_line(const struct text_line *a, const struct text_line *b, bool no_case)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        bool equal = no_case ? tolower((unsigned char)a->at[i]) == tolower((unsigned char)b->at[i])
                             : a->at[i] == b->at[i];
        if (!equal)
            return false;
    }
    return true;
}

static int64_t run_uniq(struct shell *sh, size_t n, const char *const *words)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = "cdui" };
    bool counts = false, doubles = false, singles = false, no_case = false;
    int64_t status = 0;
    for (char c; (c = shell_option(&o));) {
        if (c == '?')
            return 1;
        counts |= c == 'c';
        doubles |= c == 'd';
        singles |= c == 'u';
        no_case |= c == 'i';
    }
    struct buffer all = text_read_all(sh, "uniq", &o.rest, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    const struct text_line *l = lines.items;
    for (size_t i = 0, same; i < lines.count; i += same) {
        for (same = 1; i + same < lines.count && same_line(&l[i], &l[i + same], no_case);)
            same++;
        if ((doubles && same < 2) || (singles && same > 1))
            continue;
        if (counts)
            shell_say(sh, "%7zu ", same);
        shell_put(sh, l[i].at, l[i].n);
        shell_put(sh, "\n", 1);
    }
    return status;
}

/* ---- diff, cmp ---- */

#define MOST_DIFFERENCES 2000000 /* lines of the one times lines of the other */

static void show_range(struct shell *sh, size_t from, size_t n)
{
    if (n > 1)
        shell_say(sh, "%zu,%zu", from + 1, from + n);
    else
        shell_say(sh, "%zu", n ? from + 1 : from);
}

static void show_lines(struct shell *sh, const struct text_line *l, size_t n, const char *sign)
{
    for (size_t i = 0; i < n; i++)
        shell_say(sh, "%s %.*s\n", sign, (int)l[i].n, l[i].at);
}

/* By the longest common subsequence, in diff's plain form. */
static void show_difference(struct shell *sh, const struct list *left, const struct list *right)
{
    size_t n = left->count, m = right->count;
    const struct text_line *a = left->items, *b = right->items;
    uint32_t *common = arena_alloc(shell_arena(sh), (n + 1) * (m + 1) * sizeof *common);
    shell_spend(sh, (n + 1) * (m + 1) * sizeof *common);
    for (size_t i = n; i-- > 0;) {
        for (size_t k = m; k-- > 0;) {
            uint32_t *at = &common[i * (m + 1) + k];
            uint32_t down = at[m + 1], aside = at[1];
            *at = same_line(&a[i], &b[k], false) ? at[m + 2] + 1 : down > aside ? down : aside;
        }
    }
    for (size_t i = 0, k = 0; (i < n || k < m) && !shell_stopped(sh);) {
        size_t from = i, to = k;
        if (i < n && k < m && same_line(&a[i], &b[k], false)) {
            i++;
            k++;
            continue;
        }
        while ((i < n || k < m) && !(i < n && k < m && same_line(&a[i], &b[k], false))) {
            bool first =
                k == m || (i < n && common[(i + 1) * (m + 1) + k] >= common[i * (m + 1) + k + 1]);
            i += first;
            k += !first;
        }
        show_range(sh, from, i - from);
        shell_say(sh, i == from ? "a" : k == to ? "d" : "c");
        show_range(sh, to, k - to);
        shell_say(sh, "\n");
        show_lines(sh, a + from, i - from, "<");
        if (i > from && k > to)
            shell_say(sh, "---\n");
        show_lines(sh, b + to, k - to, ">");
    }
}

static int64_t compare(struct shell *sh, size_t n, const char *const *words, bool diff)
{
    struct shell_options o = { .sh = sh, .n = n, .words = words, .letters = diff ? "qs" : "s" };
    const char *bytes[2];
    size_t size[2];
    bool quiet = false;
    for (char c; (c = shell_option(&o)); quiet |= diff ? c == 'q' : c == 's') {
        if (c == '?')
            return 2;
    }
    if (o.rest.count != 2) {
        shell_complain(sh, "%s: missing operand after '%s'", words[0], words[n - 1]);
        return 2;
    }
    for (size_t i = 0; i < 2; i++) {
        const char *path = *list_at(&o.rest, const char *, i), *why = NULL;
        if (text_is(path, "-"))
            bytes[i] = shell_input(sh, &size[i]);
        else
            why = shell_read(sh, path, &bytes[i], &size[i]);
        if (why) {
            shell_complain(sh, "%s: %s: %s", words[0], path, why);
            return 2;
        }
    }
    if (size[0] == size[1] && memcmp(bytes[0], bytes[1], size[0]) == 0)
        return 0;
    const char *left = *list_at(&o.rest, const char *, 0),
               *right = *list_at(&o.rest, const char *, 1);
    if (diff && quiet)
        shell_say(sh, "Files %s and %s differ\n", left, right);
    if (quiet)
        return 1;
    if (!diff) {
        size_t at = 0, line = 1;
        for (; at < size[0] && at < size[1] && bytes[0][at] == bytes[1][at]; at++)
            line += bytes[0][at] == '\n';
        if (at < size[0] && at < size[1])
            shell_say(sh, "%s %s differ: byte %zu, line %zu\n", left, right, at + 1, line);
        else
            shell_complain(sh, "cmp: EOF on %s after byte %zu", at < size[0] ? right : left, at);
        return 1;
    }
    struct list a = text_lines(sh, bytes[0], size[0]), b = text_lines(sh, bytes[1], size[1]);
    if ((a.count + 1) * (b.count + 1) > MOST_DIFFERENCES) {
        shell_complain(sh, "diff: memory exhausted");
        return 2;
    }
    show_difference(sh, &a, &b);
    return 1;
}

static int64_t run_diff(struct shell *sh, size_t n, const char *const *words)
{
    return compare(sh, n, words, true);
}

static int64_t run_cmp(struct shell *sh, size_t n, const char *const *words)
{
    return compare(sh, n, words, false);
}

COMMAND(cut, "cut", run_cut);
COMMAND(tr, "tr", run_tr);
COMMAND(paste, "paste", run_paste);
COMMAND(uniq, "uniq", run_uniq);
COMMAND(diff, "diff", run_diff);
COMMAND(cmp, "cmp", run_cmp);
