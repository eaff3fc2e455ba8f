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

#define MOST_KEPT 64
#define COST_OF_PATTERN 6000

/* Loops ask for the same ones again and again. */
struct kept_pattern {
    const char *text, *before, *behind;
    enum posix_syntax syntax;
    int flags;
    struct posix_pattern *pattern;
};

struct posix_pattern *shell_pattern(struct shell *sh, enum posix_syntax syntax, const char *text,
                                    int flags, const char *before, const char *behind,
                                    const char **ret_error)
{
    struct list *all = &sh->s->patterns;
    LIST_EACH (struct kept_pattern, k, all) {
        if (k->syntax == syntax && k->flags == flags && text_is(k->text, text)
            && text_is(k->before, before) && text_is(k->behind, behind))
            return k->pattern;
    }
    shell_spend(sh, COST_OF_PATTERN + 8 * strlen(text));
    struct posix_pattern *p =
        posix_pattern_new(sh->s->a, syntax, text, flags, before, behind, ret_error);
    if (!p)
        return NULL;
    struct kept_pattern *k = all->count < MOST_KEPT
                                 ? list_add(sh->s->a, all, struct kept_pattern)
                                 : list_at(all, struct kept_pattern, sh->s->steps % MOST_KEPT);
    *k = (struct kept_pattern){ arena_strdup(sh->s->a, text), before, behind, syntax, flags, p };
    return p;
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
    struct posix_pattern *p = shell_pattern(sh, POSIX_GLOB, pattern, flags, "\\A", "\\z", &error);
    if (!p)
        return false;
    bool found = posix_pattern_find(p, text, strlen(text), 0, spans);
    shell_spend(sh, posix_pattern_cost(p));
    return found;
}
