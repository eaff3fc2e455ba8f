/* Regular expressions, through PCRE2; nothing else here knows any. */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

#include <stdbool.h>

#include "base/arena.h"

/* One of our own, a constant: compiled once and kept as long as the process, by its address. Found
 * anywhere in the text. $ is the very end. */
bool pattern_found(const char *constant, const char *text);

enum pattern_answer {
    PATTERN_MATCHES,
    PATTERN_DIFFERS,
    PATTERN_WRONG, /* no regular expression, or one too large */
    PATTERN_BEYOND, /* Java has it and this has not: *ret_what names it */
    PATTERN_COSTLY, /* it takes more steps or memory on this text than are allowed */
};

/* One that a user wrote, as Java's java.util.regex has them, on the whole text. Both are UTF-8.
 * Bounded: about half a second and 16 MiB at the very worst. */
enum pattern_answer pattern_answer(struct arena *a, const char *pattern, const char *text,
                                   const char **ret_what);

#endif
