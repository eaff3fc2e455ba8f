/* sort. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/text_input.h"

/* How a key is compared. */
struct order {
    bool numeric, versions, no_case, backwards, blanks, general, human;
};

struct key {
    size_t from, to; /* fields; to 0: to the end of the line */
    size_t character; /* of the first field, 0: from its beginning */
    struct order order;
    bool own; /* it says how, else as the whole does */
};

struct sorting {
    struct shell *sh;
    struct list keys; /* struct key */
    struct order order;
    char separator; /* 0: blanks */
    bool unique, stable, checks;
    const char *output;
};

static bool read_letter(struct order *o, char c)
{
    bool *flag = c == 'n'   ? &o->numeric
                 : c == 'V' ? &o->versions
                 : c == 'f' ? &o->no_case
                 : c == 'r' ? &o->backwards
                 : c == 'b' ? &o->blanks
                 : c == 'g' ? &o->numeric
                 : c == 'h' ? &o->human
                            : NULL;
    if (flag)
        *flag = true;
    return flag != NULL;
}

/* 2, 2,3, 2.1n, 1,1r */
static bool read_key(const char *text, struct key *ret)
{
    char *end;
    *ret = (struct key){ 0 };
    ret->from = (size_t)strtoul(text, &end, 10);
    if (end == text || !ret->from)
        return false;
    if (*end == '.')
        ret->character = (size_t)strtoul(end + 1, &end, 10);
    for (; *end && *end != ','; end++) {
        ret->own = true;
        if (!read_letter(&ret->order, *end))
            return false;
    }
    if (*end == ',') {
        ret->to = (size_t)strtoul(end + 1, &end, 10);
        if (*end == '.')
            strtoul(end + 1, &end, 10);
        for (; *end; end++) {
            ret->own = true;
            if (!read_letter(&ret->order, *end))
                return false;
        }
    }
    return true;
}

/* Where a field begins; behind the last one at the end of the line. */
static size_t field_start(const struct sorting *s, const struct text_line *l, size_t which)
{
    size_t at = 0;
    for (size_t i = 1; i < which && at < l->n; i++) {
        if (s->separator) {
            while (at < l->n && l->at[at] != s->separator)
                at++;
            at += at < l->n;
            continue;
        }
        while (at < l->n && isblank((unsigned char)l->at[at]))
            at++;
        while (at < l->n && !isblank((unsigned char)l->at[at]))
            at++;
    }
    return at;
}

static struct text_line key_of(const struct sorting *s, const struct key *k,
                               const struct text_line *l, const struct order *o)
{
    size_t from = field_start(s, l, k->from), to = l->n;
    if (k->to) {
        to = field_start(s, l, k->to + 1);
        to -= s->separator && to && to < l->n + 1 && l->at[to - 1] == s->separator && to > from;
    }
    while ((o->blanks || o->numeric) && from < to && isblank((unsigned char)l->at[from]))
        from++;
    from += k->character ? k->character - 1 : 0;
    return from < to ? (struct text_line){ l->at + from, to - from } : (struct text_line){ "", 0 };
}

static double number_of(struct shell *sh, const struct text_line *l, bool human)
{
    static const char units[] = "KMGTP";
    char *end;
    const char *text = arena_strndup(shell_arena(sh), l->at, l->n < 40 ? l->n : 40);
    text += strspn(text, " \t");
    if (!isdigit((unsigned char)text[*text == '-']) && text[*text == '-'] != '.')
        return 0;
    double value = strtod(text, &end);
    const char *unit = human && *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    for (const char *u = units; unit && u <= unit; u++)
        value *= 1024;
    return value;
}

/* 1.10 behind 1.9: runs of digits are numbers. */
static int by_version(const struct text_line *a, const struct text_line *b)
{
    size_t i = 0, k = 0;
    while (i < a->n && k < b->n) {
        if (isdigit((unsigned char)a->at[i]) && isdigit((unsigned char)b->at[k])) {
            size_t from = i, other = k;
            for (; from < a->n && a->at[from] == '0'; from++) {
            }
            for (; other < b->n && b->at[other] == '0'; other++) {
            }
            for (i = from; i < a->n && isdigit((unsigned char)a->at[i]); i++) {
            }
            for (k = other; k < b->n && isdigit((unsigned char)b->at[k]); k++) {
            }
            if (i - from != k - other)
                return i - from < k - other ? -1 : 1;
            int order = memcmp(a->at + from, b->at + other, i - from);
            if (order)
                return order;
            continue;
        }
        if (a->at[i] != b->at[k])
            return (unsigned char)a->at[i] < (unsigned char)b->at[k] ? -1 : 1;
        i++;
        k++;
    }
    return (i < a->n) - (k < b->n);
}

static int by_text(const struct text_line *a, const struct text_line *b, bool no_case)
{
    size_t n = a->n < b->n ? a->n : b->n;
    for (size_t i = 0; i < n; i++) {
        int x = (unsigned char)a->at[i], y = (unsigned char)b->at[i];
        if (no_case) {
            x = toupper(x);
            y = toupper(y);
        }
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a->n > n) - (b->n > n);
}

static int by_order(struct shell *sh, const struct order *o, const struct text_line *a,
                    const struct text_line *b)
{
    int order;
    if (o->numeric || o->human) {
        double x = number_of(sh, a, o->human), y = number_of(sh, b, o->human);
        order = (x > y) - (x < y);
    } else {
        order = o->versions ? by_version(a, b) : by_text(a, b, o->no_case);
    }
    return o->backwards ? -order : order;
}

static int compare(const struct sorting *s, const struct text_line *a, const struct text_line *b)
{
    LIST_EACH (struct key, k, &s->keys) {
        const struct order *o = k->own ? &k->order : &s->order;
        struct text_line x = key_of(s, k, a, o), y = key_of(s, k, b, o);
        int order = by_order(s->sh, o, &x, &y);
        if (order)
            return order;
    }
    int order = s->keys.count ? 0 : by_order(s->sh, &s->order, a, b);
    if (order || s->stable || s->unique)
        return order;
    order = by_text(a, b, false);
    return s->order.backwards ? -order : order;
}

/* Merge sort: stable, and never quadratic. */
static void merge(const struct sorting *s, struct text_line *lines, struct text_line *room,
                  size_t n)
{
    if (n < 2 || shell_stopped(s->sh))
        return;
    size_t half = n / 2, i = 0, k = half;
    merge(s, lines, room, half);
    merge(s, lines + half, room, n - half);
    for (size_t at = 0; at < n; at++) {
        bool left = k == n || (i < half && compare(s, &lines[i], &lines[k]) <= 0);
        room[at] = left ? lines[i++] : lines[k++];
    }
    memcpy(lines, room, n * sizeof *lines);
    shell_spend(s->sh, 100 * n);
}

static int read_options(struct sorting *s, struct shell_options *o)
{
    for (char c; (c = shell_option(o));) {
        struct key k;
        if (c == '?')
            return -1;
        s->unique |= c == 'u';
        s->stable |= c == 's';
        s->checks |= c == 'c' || c == 'C';
        s->separator = c == 't' ? *o->value : s->separator;
        s->output = c == 'o' ? o->value : s->output;
        read_letter(&s->order, c);
        if (c == 'k' && !read_key(o->value, &k)) {
            shell_complain(s->sh,
                           "sort: invalid number at field start: invalid count at start of '%s'",
                           o->value);
            return -1;
        }
        if (c == 'k')
            *list_add(shell_arena(s->sh), &s->keys, struct key) = k;
    }
    return 0;
}

static int64_t run_sort(struct shell *sh, size_t n, const char *const *words)
{
    static const struct shell_option_name names[] = { { "numeric-sort", 'n', false },
                                                      { "reverse", 'r', false },
                                                      { "unique", 'u', false },
                                                      { "key", 'k', true },
                                                      { "field-separator", 't', true },
                                                      { "version-sort", 'V', false },
                                                      { "ignore-case", 'f', false },
                                                      { "output", 'o', true },
                                                      { "stable", 's', false },
                                                      { "human-numeric-sort", 'h', false },
                                                      { NULL, 0, 0 } };
    struct shell_options o = {
        .sh = sh, .n = n, .words = words, .letters = "nrufbVghsCck:t:o:", .names = names
    };
    struct sorting s = { .sh = sh };
    struct buffer out = { 0 };
    int64_t status = 0;
    if (read_options(&s, &o))
        return 2;
    struct buffer all = text_read_all(sh, "sort", &o.rest, &status);
    struct list lines = text_lines(sh, all.at, all.n);
    struct text_line *l = lines.items;
    for (size_t i = 1; s.checks && i < lines.count; i++) {
        if (compare(&s, &l[i - 1], &l[i]) > 0) {
            shell_complain(sh, "sort: -:%zu: disorder: %.*s", i + 1, (int)l[i].n, l[i].at);
            return 1;
        }
    }
    if (s.checks)
        return status ? 2 : 0;
    merge(&s, l, arena_array(shell_arena(sh), struct text_line, lines.count + 1), lines.count);
    for (size_t i = 0; i < lines.count; i++) {
        if (s.unique && i && compare(&s, &l[i - 1], &l[i]) == 0)
            continue;
        buffer_add(shell_arena(sh), &out, l[i].at, l[i].n);
        buffer_add(shell_arena(sh), &out, "\n", 1);
    }
    const char *why = s.output ? shell_write(sh, s.output, out.n ? out.at : "", out.n) : NULL;
    if (!s.output)
        shell_put(sh, out.n ? out.at : "", out.n);
    if (why)
        shell_complain(sh, "sort: open failed: %s: %s", s.output, why);
    return why || status ? 2 : 0;
}

COMMAND(sort, "sort", run_sort);
