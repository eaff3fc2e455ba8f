/* a{b,c}d and {1..9}. See shell_expand.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"

#define MOST_WORDS 10000
#define DEEPEST 16

/* A word as its characters and, between them, what is no plain text. */
struct atom {
    char c; /* 0: the part */
    const struct part *part;
};

static struct list atoms_of(struct shell *sh, const struct word *w)
{
    struct list atoms = { 0 };
    LIST_EACH (struct part, p, &w->parts) {
        if (p->kind != PART_TEXT || p->quoted) {
            list_add(sh->s->a, &atoms, struct atom)->part = p;
            continue;
        }
        for (const char *s = p->text; *s; s++)
            list_add(sh->s->a, &atoms, struct atom)->c = *s;
    }
    return atoms;
}

static void add_word(struct shell *sh, const struct atom *atoms, size_t n, struct list *ret)
{
    struct word *w = list_add(sh->s->a, ret, struct word);
    struct buffer text = { 0 };
    for (size_t i = 0; i <= n; i++) {
        if (i < n && atoms[i].c) {
            buffer_add(sh->s->a, &text, &atoms[i].c, 1);
            continue;
        }
        if (text.n)
            list_add(sh->s->a, &w->parts, struct part)->text = buffer_text(sh->s->a, &text);
        text = (struct buffer){ 0 };
        if (i < n)
            *list_add(sh->s->a, &w->parts, struct part) = *atoms[i].part;
    }
    shell_spend(sh, sizeof *w + n);
}

/* The brace that closes the one at `from`, and whether a comma stands right between them. */
static size_t closing(const struct atom *atoms, size_t n, size_t from, bool *ret_comma)
{
    int depth = 0;
    *ret_comma = false;
    for (size_t i = from; i < n; i++) {
        depth += atoms[i].c == '{';
        depth -= atoms[i].c == '}';
        *ret_comma |= atoms[i].c == ',' && depth == 1;
        if (!depth)
            return i;
    }
    return n;
}

static void put_together(struct shell *sh, struct list *to, const struct atom *atoms, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *list_add(sh->s->a, to, struct atom) = atoms[i];
}

static void expand(struct shell *sh, const struct atom *atoms, size_t n, size_t from, int depth,
                   struct list *ret);

/* Before the brace, one of what stands in it, and what comes behind. */
static void expand_choice(struct shell *sh, const struct atom *atoms, size_t n, size_t open,
                          size_t close, const struct atom *choice, size_t length, int depth,
                          struct list *ret)
{
    struct list all = { 0 };
    put_together(sh, &all, atoms, open);
    put_together(sh, &all, choice, length);
    put_together(sh, &all, atoms + close + 1, n - close - 1);
    if (ret->count < MOST_WORDS && !sh->s->killed)
        expand(sh, all.items, all.count, open, depth + 1, ret);
}

/* x..y and x..y..step, of numbers or letters. */
static bool read_range(struct shell *sh, const struct atom *atoms, size_t n, int64_t ret[3],
                       bool *ret_letters, int *ret_width)
{
    struct buffer text = { 0 };
    const char *ends[3] = { NULL, NULL, "1" };
    for (size_t i = 0; i < n; i++) {
        if (!atoms[i].c)
            return false;
        buffer_add(sh->s->a, &text, &atoms[i].c, 1);
    }
    char *s = text.at;
    size_t count = 0;
    while (s && count < 3) {
        char *dots = strstr(s, "..");
        ends[count++] = s;
        if (dots)
            *dots = '\0';
        s = dots ? dots + 2 : NULL;
    }
    if (s || count < 2 || !text_int(ends[2], &ret[2]))
        return false;
    *ret_letters = isalpha((unsigned char)*ends[0]) && !ends[0][1]
                   && isalpha((unsigned char)*ends[1]) && !ends[1][1];
    *ret_width = 0;
    for (int i = 0; i < 2; i++) {
        const char *digits = ends[i] + (*ends[i] == '-');
        if (*ret_letters)
            ret[i] = (unsigned char)*ends[i];
        else if (!text_int(ends[i], &ret[i]) || ret[i] > INT32_MAX || ret[i] < INT32_MIN)
            return false;
        if (!*ret_letters && *digits == '0' && digits[1] && (int)strlen(ends[i]) > *ret_width)
            *ret_width = (int)strlen(ends[i]);
    }
    return true;
}

static bool expand_range(struct shell *sh, const struct atom *atoms, size_t n, size_t open,
                         size_t close, int depth, struct list *ret)
{
    int64_t range[3];
    bool letters;
    int width;
    if (!read_range(sh, atoms + open + 1, close - open - 1, range, &letters, &width))
        return false;
    int64_t step = range[2] < 0 ? -range[2] : range[2] ? range[2] : 1;
    if (step > INT32_MAX)
        step = INT32_MAX;
    bool down = range[1] < range[0];
    for (int64_t i = range[0]; down ? i >= range[1] : i <= range[1]; i += down ? -step : step) {
        struct list text = { 0 };
        const char *s = letters ? arena_printf(sh->s->a, "%c", (char)i)
                                : arena_printf(sh->s->a, "%0*lld", width, (long long)i);
        for (; *s; s++)
            list_add(sh->s->a, &text, struct atom)->c = *s;
        if (ret->count >= MOST_WORDS || sh->s->killed)
            break;
        expand_choice(sh, atoms, n, open, close, text.items, text.count, depth, ret);
    }
    return true;
}

static void expand_list(struct shell *sh, const struct atom *atoms, size_t n, size_t open,
                        size_t close, int depth, struct list *ret)
{
    int inner = 0;
    size_t from = open + 1;
    for (size_t i = open + 1; i <= close; i++) {
        bool ends = i == close || (atoms[i].c == ',' && !inner);
        inner += atoms[i].c == '{';
        inner -= atoms[i].c == '}' && i < close;
        if (!ends)
            continue;
        expand_choice(sh, atoms, n, open, close, atoms + from, i - from, depth, ret);
        from = i + 1;
    }
}

static void expand(struct shell *sh, const struct atom *atoms, size_t n, size_t from, int depth,
                   struct list *ret)
{
    shell_spend(sh, n * sizeof *atoms);
    for (size_t open = from; open < n && depth < DEEPEST && !sh->s->killed; open++) {
        bool comma;
        if (atoms[open].c != '{')
            continue;
        shell_spend(sh, n);
        size_t close = closing(atoms, n, open, &comma);
        if (close == n)
            continue;
        if (comma) {
            expand_list(sh, atoms, n, open, close, depth, ret);
            return;
        }
        if (expand_range(sh, atoms, n, open, close, depth, ret))
            return;
    }
    add_word(sh, atoms, n, ret);
}

void expand_braces(struct shell *sh, const struct word *w, struct list *ret)
{
    struct list atoms = atoms_of(sh, w);
    expand(sh, atoms.items, atoms.count, 0, 0, ret);
}
