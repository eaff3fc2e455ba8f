/* The patterns of POSIX tools and shells, through PCRE2: basic and extended regular expressions as
 * glibc has them, and file name patterns with bash's groups. Of bytes, not of characters.
 *
 * Where alternatives match differently far the first one wins, not the longest. What a match may
 * take is bounded, and what it took is told. */
#ifndef BASE_POSIX_PATTERN_H
#define BASE_POSIX_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum posix_syntax {
    POSIX_BASIC, /* grep, sed */
    POSIX_EXTENDED, /* grep -E, sed -E, [[ =~ ]] */
    POSIX_AWK, /* the same, with escapes inside of brackets */
    POSIX_GLOB, /* a whole text, stars take as much as they can */
    POSIX_GLOB_LAZY, /* stars take as little as they can */
    POSIX_PERL, /* grep -P */
};

enum { PATTERN_NO_CASE = 1, PATTERN_LINES = 2 /* ^ and $ at each line */ };

struct posix_span {
    size_t from, to; /* to < from: that group is not in it */
};

#define POSIX_SPANS 10

struct posix_pattern;

/* In the arena; NULL: *ret_error says what is wrong, as glibc does. `before` and `behind` are put
 * around it as PCRE2 has them ("\\A", "\\z"); may be NULL. */
struct posix_pattern *posix_pattern_new(struct arena *a, enum posix_syntax syntax, const char *text,
                                        int flags, const char *before, const char *behind,
                                        const char **ret_error);
/* The first match at `from` or behind; what stands before `from` counts for ^ and the like. */
bool posix_pattern_find(struct posix_pattern *p, const char *text, size_t n, size_t from,
                        struct posix_span ret[POSIX_SPANS]);
/* How many groups it has. */
int posix_pattern_groups(const struct posix_pattern *p);
/* What the matches since the last question took, as bytes that are looked at. */
size_t posix_pattern_cost(struct posix_pattern *p);

#endif
