/* Builtins that read: read, mapfile, getopts. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

/* ---- read ---- */

struct reading {
    bool raw, silent;
    const char *array, *prompt;
    char end;
    int64_t descriptor, most; /* most: characters; -1: a line */
    bool exactly;
};

static const char *option_value(size_t n, const char *const *words, size_t *at, const char *in)
{
    if (in[1])
        return in + 1;
    return *at + 1 < n ? words[++*at] : "";
}

/* The options of read; gives the first operand's place, 0 where one is not known. */
static size_t read_options(struct shell *sh, size_t n, const char *const *words, struct reading *r)
{
    size_t at = 1;
    for (; at < n && words[at][0] == '-' && words[at][1]; at++) {
        if (text_is(words[at], "--"))
            return at + 1;
        for (const char *in = words[at] + 1; *in; in++) {
            if (*in == 'r') {
                r->raw = true;
            } else if (*in == 's' || *in == 'e') {
                r->silent = true;
            } else if (*in && strchr("apdnNtui", *in)) {
                const char letter = *in, *value = option_value(n, words, &at, in);
                if (letter == 'a')
                    r->array = value;
                else if (letter == 'd')
                    r->end = *value;
                else if (letter == 'u')
                    text_int(value, &r->descriptor);
                else if (letter == 'n' || letter == 'N')
                    text_int(value, &r->most);
                r->exactly |= letter == 'N';
                break;
            } else {
                shell_protest(sh, "read: -%c: invalid option", *in);
                return 0;
            }
        }
    }
    return at;
}

/* A line without its end; quoted: where a backslash stood before. False: the input is at its end.
 */
static bool take_line(struct shell *sh, const struct reading *r, struct buffer *text,
                      struct buffer *quoted)
{
    static const char no[1] = { 0 }, yes[1] = { 1 };
    for (;;) {
        size_t n;
        const char *line = shell_read_line(sh, r->descriptor, r->end, &n);
        if (!line)
            return false;
        bool ended = line[n - 1] == r->end, goes_on = false;
        n -= ended;
        for (size_t i = 0; i < n && !goes_on; i++) {
            bool escapes = !r->raw && line[i] == '\\';
            goes_on = escapes && i + 1 == n && ended;
            i += escapes;
            if (i >= n || (line[i] == '\0' && sh->bash))
                continue;
            buffer_add(sh->s->a, text, line + i, 1);
            buffer_add(sh->s->a, quoted, escapes ? yes : no, 1);
        }
        if (!goes_on)
            return ended;
    }
}

/* So many characters, whatever they are. */
static bool take_characters(struct shell *sh, const struct reading *r, struct buffer *text,
                            struct buffer *quoted)
{
    for (int64_t i = 0; i < r->most; i++) {
        size_t n = 1;
        const char *c = shell_read_some(sh, r->descriptor, &n);
        if (!n)
            return false;
        if (*c == r->end && !r->exactly)
            return true;
        buffer_add(sh->s->a, text, c, 1);
        buffer_add(sh->s->a, quoted, "", 1);
    }
    return true;
}

static bool is_blank(const char *ifs, char c)
{
    return c && strchr(ifs, c) && isspace((unsigned char)c);
}

/* The next field of text from `at`; its end is behind one separator. */
static const char *next_field(struct shell *sh, const struct buffer *text,
                              const struct buffer *quoted, const char *ifs, size_t *at)
{
    size_t from = *at, n;
    while (*at < text->n && (quoted->at[*at] || !text->at[*at] || !strchr(ifs, text->at[*at])))
        ++*at;
    n = *at - from;
    bool hard = false;
    for (; *at < text->n && !quoted->at[*at] && text->at[*at] && strchr(ifs, text->at[*at]);
         ++*at) {
        if (!is_blank(ifs, text->at[*at]) && hard)
            break;
        hard |= !is_blank(ifs, text->at[*at]);
    }
    return arena_strndup(sh->s->a, text->at + from, n);
}

/* What is left for the last name: without the blanks at its end, and without one separator that
 * only ends it. */
static const char *rest_of(struct shell *sh, const struct buffer *text, const struct buffer *quoted,
                           const char *ifs, size_t from)
{
    size_t end = text->n, at = from;
    while (end > from && !quoted->at[end - 1] && is_blank(ifs, text->at[end - 1]))
        end--;
    const char *only = next_field(sh, text, quoted, ifs, &at);
    if (at >= text->n)
        return only;
    return arena_strndup(sh->s->a, text->at + from, end - from);
}

static void give_fields(struct shell *sh, const struct reading *r, const struct buffer *text,
                        const struct buffer *quoted, size_t n, const char *const *names)
{
    const char *ifs = shell_variable(sh, "IFS");
    size_t at = 0;
    int64_t index = 0;
    ifs = ifs ? ifs : " \t\n";
    if (!n && !r->array) { /* REPLY has it as it is */
        variable_set(sh, "REPLY", text->n ? arena_strndup(sh->s->a, text->at, text->n) : "");
        return;
    }
    while (at < text->n && !quoted->at[at] && is_blank(ifs, text->at[at]))
        at++;
    if (r->array) {
        struct variable *v = variable_make(sh, r->array);
        v->kind = VARIABLE_ARRAY;
        v->set = true;
        v->value = NULL;
        v->items = (struct list){ 0 };
        while (at < text->n)
            variable_set_item(sh, v, arena_printf(sh->s->a, "%lld", (long long)index++),
                              next_field(sh, text, quoted, ifs, &at));
    }
    for (size_t i = 0; i < n; i++) {
        const char *value = at >= text->n ? ""
                            : i + 1 < n   ? next_field(sh, text, quoted, ifs, &at)
                                          : rest_of(sh, text, quoted, ifs, at);
        variable_set(sh, names[i], value);
    }
}

static int64_t run_read(struct shell *sh, size_t n, const char *const *words)
{
    struct reading r = { .end = '\n', .most = -1 };
    struct buffer text = { 0 }, quoted = { 0 };
    size_t at = read_options(sh, n, words, &r);
    if (!at)
        return 2;
    if (!shell_file(sh, r.descriptor)) {
        shell_protest(sh, "read: %lld: invalid file descriptor: Bad file descriptor",
                      (long long)r.descriptor);
        return 1;
    }
    if (at == n && !sh->bash) {
        shell_protest(sh, "read: arg count");
        return 2;
    }
    bool whole =
        r.most >= 0 ? take_characters(sh, &r, &text, &quoted) : take_line(sh, &r, &text, &quoted);
    if (shell_pausing(sh))
        return 0;
    give_fields(sh, &r, &text, &quoted, n - at, words + at);
    return whole ? 0 : 1;
}

/* ---- mapfile ---- */

static int64_t run_mapfile(struct shell *sh, size_t n, const char *const *words)
{
    struct reading r = { .end = '\n' };
    const char *name = "MAPFILE", *line;
    bool strips = false;
    int64_t index = 0;
    size_t length;
    for (size_t at = 1; at < n; at++) {
        if (text_is(words[at], "-t"))
            strips = true;
        else if (text_is(words[at], "-d") && at + 1 < n)
            r.end = *words[++at];
        else if (words[at][0] != '-')
            name = words[at];
        else {
            shell_protest(sh, "%s: %s: invalid option", words[0], words[at]);
            return 2;
        }
    }
    struct variable *v = variable_make(sh, name);
    *v = (struct variable){ .name = v->name, .kind = VARIABLE_ARRAY, .set = true };
    while (!shell_stopped(sh) && (line = shell_read_line(sh, 0, r.end, &length))) {
        length -= strips && line[length - 1] == r.end;
        variable_set_item(sh, v, arena_printf(sh->s->a, "%lld", (long long)index++),
                          arena_strndup(sh->s->a, line, length));
    }
    return 0;
}

/* ---- getopts ---- */

static void set_number(struct shell *sh, const char *name, size_t number)
{
    size_t at = sh->option_at, in = sh->option_in;
    variable_set(sh, name, arena_printf(sh->s->a, "%zu", number));
    sh->option_at = at;
    sh->option_in = in;
}

static int64_t end_options(struct shell *sh, const char *name)
{
    set_number(sh, "OPTIND", sh->option_at + 1);
    variable_set(sh, name, "?");
    return 1;
}

/* One letter was met: sets the variables. */
static int64_t give_option(struct shell *sh, const char *letters, const char *name, char letter,
                           const struct list *words)
{
    const char *known = letter == ':' ? NULL : strchr(letters, letter);
    const char one[2] = { letter, '\0' };
    bool silent = *letters == ':', value = known && known[1] == ':';
    const char *word = *list_at(words, const char *, sh->option_at);
    variable_unset(sh, "OPTARG");
    if (value && word[sh->option_in]) {
        variable_set(sh, "OPTARG", word + sh->option_in);
        sh->option_in = strlen(word);
    } else if (value && sh->option_at + 1 < words->count) {
        sh->option_at++;
        word = *list_at(words, const char *, sh->option_at);
        variable_set(sh, "OPTARG", word);
        sh->option_in = strlen(word);
    } else if (value || !known) {
        const char *what = value ? "option requires an argument" : "illegal option";
        if (silent)
            variable_set(sh, "OPTARG", one);
        else if (sh->bash)
            shell_complain(sh, "%s: %s -- %c", sh->name, what, letter);
        else
            shell_complain(sh, value ? "No arg for -%c option" : "Illegal option -%c", letter);
        variable_set(sh, name, value && silent ? ":" : "?");
        return 0;
    }
    variable_set(sh, name, one);
    return 0;
}

static int64_t run_getopts(struct shell *sh, size_t n, const char *const *words)
{
    int64_t index = 1;
    if (n < 3) {
        shell_protest(sh, sh->bash ? "getopts: usage: getopts optstring name [arg ...]"
                                   : "getopts: Usage: getopts optstring var [arg...]");
        return 2;
    }
    struct list all = n > 3 ? (struct list){ (void *)(words + 3), n - 3, n - 3 } : sh->arguments;
    const char *set = shell_variable(sh, "OPTIND");
    if (!sh->option_in && set && text_int(set, &index) && index > 0)
        sh->option_at = (size_t)index - 1;
    const char *word =
        sh->option_at < all.count ? *list_at(&all, const char *, sh->option_at) : NULL;
    if (sh->option_in && word && !word[sh->option_in]) {
        sh->option_at++;
        sh->option_in = 0;
        word = sh->option_at < all.count ? *list_at(&all, const char *, sh->option_at) : NULL;
    }
    if (!word || word[0] != '-' || !word[1])
        return end_options(sh, words[2]);
    if (text_is(word, "--")) {
        sh->option_at++;
        return end_options(sh, words[2]);
    }
    char letter = word[sh->option_in ? sh->option_in : 1];
    sh->option_in = sh->option_in ? sh->option_in + 1 : 2;
    int64_t status = give_option(sh, words[1], words[2], letter, &all);
    word = *list_at(&all, const char *, sh->option_at);
    set_number(sh, "OPTIND", sh->option_at + 1 + (word[sh->option_in] == '\0'));
    return status;
}

BUILTIN(read, "read", run_read);
BUILTIN(mapfile, "mapfile", run_mapfile);
BUILTIN(readarray, "readarray", run_mapfile);
BUILTIN(getopts, "getopts", run_getopts);
