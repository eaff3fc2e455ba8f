/* See glob.h. The places in the text where the pattern read so far can end are a row of bits, one
 * for each place. A character keeps those it stands behind and moves them on by one, a ? adds the
 * next of each, a * adds all behind the first. */
#include "base/glob.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROWS 32

static bool is_wild(char c)
{
    return c == '*' || c == '?' || c == '\\';
}

const char *glob_bad_escape(const char *pattern)
{
    for (const char *at = pattern; (at = strchr(at, '\\')); at += 2) {
        if (!at[1] || !is_wild(at[1]))
            return at;
    }
    return NULL;
}

void glob_text_set(struct glob_text *t, const char *s)
{
    t->s = s;
    t->n = strlen(s);
    t->words = t->n / 64 + 1;
    t->used = 0;
    memset(t->known, 0, sizeof t->known);
    t->reached = NULL;
}

/* Rows are given out of one piece of memory, so that a text costs none once the first ones are
 * there. */
static uint64_t *new_row(struct glob_text *t)
{
    if (t->capacity - t->used < t->words) {
        t->capacity = t->words > t->capacity ? t->words * FIRST_ROWS : t->capacity * 2;
        t->room = (uint64_t *)arena_bytes(t->a, t->capacity * sizeof *t->room);
        t->used = 0;
    }
    uint64_t *row = t->room + t->used;
    t->used += t->words;
    memset(row, 0, t->words * sizeof *row);
    return row;
}

static const uint64_t *row_of(struct glob_text *t, unsigned char c)
{
    if (t->known[c / 64] >> c % 64 & 1)
        return t->rows[c];
    uint64_t *row = t->rows[c] = new_row(t);
    t->known[c / 64] |= (uint64_t)1 << c % 64;
    const char *end = t->s + t->n;
    for (const char *at = t->s; (at = memchr(at, c, (size_t)(end - at))); at++)
        row[(at - t->s) / 64] |= (uint64_t)1 << (at - t->s) % 64;
    return row;
}

/* Each returns whether a place is left, and looks at no word before the first that has one. */
static bool step_over(struct glob_text *t, unsigned char c)
{
    const uint64_t *row = row_of(t, c);
    uint64_t carry = 0;
    size_t from = t->least;
    t->steps += t->words - from;
    t->least = t->words;
    for (size_t i = from; i < t->words; i++) {
        uint64_t here = t->reached[i] & row[i];
        t->reached[i] = here << 1 | carry;
        carry = here >> 63;
        if (t->reached[i] && t->least == t->words)
            t->least = i;
    }
    return t->least < t->words;
}

static bool step_maybe(struct glob_text *t)
{
    uint64_t carry = 0;
    for (size_t i = t->least; i < t->words; i++) {
        uint64_t here = t->reached[i];
        t->reached[i] = here | here << 1 | carry;
        carry = here >> 63;
    }
    t->steps += t->words - t->least;
    return true;
}

static bool step_anywhere(struct glob_text *t)
{
    size_t i = t->least;
    t->reached[i] |= ~(t->reached[i] - 1); /* the lowest bit and all above it */
    while (++i < t->words)
        t->reached[i] = ~(uint64_t)0;
    t->steps += t->words - t->least;
    return true;
}

static bool walk(struct glob_text *t, const char *p)
{
    bool left = true;
    for (; *p && left; p++) {
        if (*p == '*' || *p == '?') {
            left = *p == '*' ? step_anywhere(t) : step_maybe(t);
            continue;
        }
        if (*p == '\\' && p[1])
            p++;
        left = step_over(t, (unsigned char)*p);
    }
    return left && t->reached[t->n / 64] >> t->n % 64 & 1;
}

bool glob_match(struct glob_text *t, const char *pattern)
{
    const char *s = t->s; /* up to the first wildcard there is but one place */
    while (*pattern && *pattern == *s && !is_wild(*pattern))
        pattern++, s++;
    t->steps++;
    if (!is_wild(*pattern))
        return !*pattern && !*s;
    if (pattern[0] == '*' && !pattern[1])
        return true;
    if (!t->reached)
        t->reached = new_row(t);
    memset(t->reached, 0, t->words * sizeof *t->reached);
    t->least = (size_t)(s - t->s) / 64;
    t->reached[t->least] = (uint64_t)1 << (s - t->s) % 64;
    return walk(t, pattern);
}

/* ---- Many patterns ---- */

static int by_text(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* Sorted, each once; returns how many are left. */
static size_t put_in_order(const char **texts, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(texts, n, sizeof *texts, by_text);
    for (size_t i = 0; i < n; i++) {
        if (!kept || strcmp(texts[kept - 1], texts[i]) != 0)
            texts[kept++] = texts[i];
    }
    return kept;
}

struct globs *globs_make(struct arena *a, const struct list *patterns)
{
    struct globs *g = arena_new(a, struct globs);
    g->text.a = a;
    g->exact = arena_array(a, const char *, patterns->count);
    g->wild = arena_array(a, const char *, patterns->count);
    LIST_EACH (const char *, p, patterns) {
        if (strpbrk(*p, "*?\\"))
            g->wild[g->wild_count++] = *p;
        else
            g->exact[g->exact_count++] = *p;
    }
    g->exact_count = put_in_order(g->exact, g->exact_count);
    g->wild_count = put_in_order(g->wild, g->wild_count);
    return g;
}

bool globs_match(struct globs *g, const char *s)
{
    if (g->exact_count && bsearch(&s, g->exact, g->exact_count, sizeof *g->exact, by_text))
        return true;
    if (!g->wild_count)
        return false;
    glob_text_set(&g->text, s);
    for (size_t i = 0; i < g->wild_count; i++) {
        if (glob_match(&g->text, g->wild[i]))
            return true;
    }
    return false;
}
