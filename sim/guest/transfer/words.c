/* See words.h. */
#include "guest/transfer/words.h"

#include <string.h>

/* One quoted part or sign into *to; where it goes on, NULL: a quote is missing. */
static const char *take(const char *from, char **to)
{
    if (*from == '\\' && from[1]) {
        *(*to)++ = from[1];
        return from + 2;
    }
    if (*from != '\'' && *from != '"') {
        *(*to)++ = *from;
        return from + 1;
    }
    for (char quote = *from++; *from && *from != quote; from++) {
        from += quote == '"' && *from == '\\' && from[1] && strchr("\\\"$`", from[1]);
        *(*to)++ = *from;
    }
    return *from ? from + 1 : NULL;
}

bool transfer_words(struct arena *a, const char *command, struct list *ret)
{
    char *out = arena_alloc(a, strlen(command) + 1);
    for (;;) {
        command += strspn(command, " \t\n");
        if (!*command)
            return ret->count > 0;
        char *word = out;
        while (*command && !strchr(" \t\n", *command)) {
            if (strchr(";&|<>()$`*?[{~#", *command) || !(command = take(command, &out)))
                return false;
        }
        strs_add(a, ret, arena_strndup(a, word, (size_t)(out - word)));
    }
}
