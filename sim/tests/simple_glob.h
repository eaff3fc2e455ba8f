/* The wildcards once more, as plain as they can be told: what base/glob.c is held against. */
#ifndef TESTS_SIMPLE_GLOB_H
#define TESTS_SIMPLE_GLOB_H

#include <stdbool.h>
#include <string.h>

#define SIMPLE_GLOB_MOST 512

/* One row for each part of the pattern: row[i] says whether the pattern so far matches the first i
 * bytes of the text, which has at most SIMPLE_GLOB_MOST. */
static inline bool simple_glob(const char *p, const char *s)
{
    bool row[SIMPLE_GLOB_MOST + 1] = { true };
    size_t n = strlen(s);
    for (; *p; p++) {
        bool next[SIMPLE_GLOB_MOST + 1] = { false };
        bool star = *p == '*', maybe = *p == '?';
        if (*p == '\\' && p[1])
            p++;
        next[0] = row[0] && (star || maybe);
        for (size_t i = 1; i <= n; i++)
            next[i] = star    ? row[i] || next[i - 1]
                      : maybe ? row[i] || row[i - 1]
                              : row[i - 1] && s[i - 1] == *p;
        memcpy(row, next, sizeof row);
    }
    return row[n];
}

#endif
