/* Patterns of file names, of case and of [[ ]]. See shell_expand.h. */
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/shell_expand.h"

bool pattern_is_magic(const char *s)
{
    for (; *s; s++) {
        if (*s == '\\' && s[1])
            s++;
        else if (strchr("*?[", *s) || (strchr("+@!", *s) && s[1] == '('))
            return true;
    }
    return false;
}

const char *pattern_plain(struct arena *a, const char *pattern)
{
    char *plain = arena_strdup(a, pattern), *into = plain;
    for (; *pattern; pattern++) {
        pattern += *pattern == '\\' && pattern[1];
        *into++ = *pattern;
    }
    *into = '\0';
    return plain;
}

bool shell_matches(struct shell *sh, const char *pattern, const char *text)
{
    struct posix_span spans[POSIX_SPANS];
    const char *error;
    int flags = sh->options.nocasematch ? PATTERN_NO_CASE : 0;
    if (!flags && !pattern_is_magic(pattern))
        return text_is(pattern_plain(sh->s->a, pattern), text);
    if (text_is(pattern, "*"))
        return true;
    struct posix_pattern *p =
        posix_pattern_new(sh->s->a, POSIX_GLOB, pattern, flags, "\\A", "\\z", &error);
    shell_spend(sh, 200 + 4 * strlen(pattern));
    if (!p)
        return false;
    bool found = posix_pattern_find(p, text, strlen(text), 0, spans);
    shell_spend(sh, posix_pattern_cost(p));
    return found;
}
