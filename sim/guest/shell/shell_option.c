/* Options of commands, as getopt_long reads them. See command.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command.h"

static char complain(struct shell_options *o, const char *fmt, const char *what)
{
    const char *text = arena_printf(shell_arena(o->sh), "%s: %s", o->words[0], fmt);
    shell_complain(o->sh, "%s%s'\nTry '%s --help' for more information.", text, what, o->words[0]);
    return '?';
}

/* --name, --name=value, and as much of a name as makes it the only one. */
static char long_option(struct shell_options *o, const char *word)
{
    size_t n = strcspn(word, "=");
    const struct shell_option_name *found = NULL;
    int matches = 0;
    for (const struct shell_option_name *name = o->names; name && name->name; name++) {
        if (strncmp(name->name, word, n) != 0)
            continue;
        bool exact = !name->name[n];
        matches = exact ? 1 : matches + 1;
        found = name;
        if (exact)
            break;
    }
    if (matches != 1)
        return complain(o, "unrecognized option '--", word);
    if (found->value && !word[n] && o->at + 1 >= o->n)
        return complain(o, "option requires an argument -- '", found->name);
    if (!found->value && word[n])
        return complain(o, "option doesn't allow an argument -- '", found->name);
    o->value = !found->value ? NULL : word[n] ? word + n + 1 : o->words[++o->at];
    return found->letter;
}

static char short_option(struct shell_options *o)
{
    const char letter[2] = { *o->in++, '\0' };
    const char *known = letter[0] == ':' ? NULL : strchr(o->letters, letter[0]);
    if (!known)
        return complain(o, "invalid option -- '", letter);
    if (known[1] != ':')
        return letter[0];
    o->value = o->in;
    if (!*o->in && o->at + 1 >= o->n)
        return complain(o, "option requires an argument -- '", letter);
    if (!*o->in)
        o->value = o->words[++o->at];
    o->in = NULL;
    return letter[0];
}

char shell_option(struct shell_options *o)
{
    if (o->in && *o->in)
        return short_option(o);
    o->in = NULL;
    while (++o->at < o->n) {
        const char *word = o->words[o->at];
        if (text_is(word, "--")) {
            o->at++;
            break;
        }
        if (word[0] == '-' && word[1] == '-')
            return long_option(o, word + 2);
        if (word[0] == '-' && word[1]) {
            o->in = word + 1;
            return short_option(o);
        }
        if (o->first_operand_ends)
            break;
        strs_add(shell_arena(o->sh), &o->rest, word);
    }
    for (; o->at < o->n; o->at++)
        strs_add(shell_arena(o->sh), &o->rest, o->words[o->at]);
    return 0;
}
