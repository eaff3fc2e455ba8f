/* EC2's wildcards: * is any run, ? is zero or one character, a backslash takes the next one
 * literally [guide: the table and worked example of "Using filtering"]. Case-sensitive; of bytes.
 *
 * What matches is found, always, in at most (length of the pattern) * (length of the text / 64 + 1)
 * steps: there is no going back. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/list.h"

/* One text, for many patterns: for each byte that a pattern asked for, a row of bits says where it
 * stands. Zeroed but for the arena, and used again for the next text. */
struct glob_text {
    struct arena *a; /* of the rows */
    const char *s;
    size_t n, words; /* words: of a row, which has n + 1 bits */
    uint64_t known[4]; /* bytes whose row is made */
    uint64_t *rows[256];
    uint64_t *reached; /* the row of places that the pattern so far can end at */
    size_t least; /* the first word of it that has one */
    uint64_t *room; /* of rows to come */
    size_t used, capacity; /* words of room */
    uint64_t steps; /* words of bits looked at, ever: what a test counts */
};

/* The first backslash that has nothing to take literally: behind it stand *, ? and backslash alone.
 * NULL: there is none. */
const char *glob_bad_escape(const char *pattern);

void glob_text_set(struct glob_text *t, const char *s);
bool glob_match(struct glob_text *t, const char *pattern);

/* Alternatives: those without wildcards are found by their order, the others one by one. Each
 * stands here once. The patterns (const char *) must outlive it. */
struct globs {
    const char **exact, **wild;
    size_t exact_count, wild_count;
    struct glob_text text;
};
struct globs *globs_make(struct arena *a, const struct list *patterns);
bool globs_match(struct globs *g, const char *s);

#endif
