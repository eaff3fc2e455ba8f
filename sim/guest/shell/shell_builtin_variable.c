/* Builtins about variables and options. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

/* ---- set and shopt ---- */

static int64_t bad_option(struct shell *sh, const char *word)
{
    if (sh->bash)
        shell_protest(sh, "set: %s: invalid option", word);
    else
        shell_protest(sh, "set: Illegal option %s", word);
    if (!sh->bash) /* an error in a special builtin ends dash */
        sh->flow = FLOW_EXIT;
    return 2;
}

static void show_options(struct shell *sh, bool as_commands)
{
    for (const struct option_row *row = shell_option_rows; row->name; row++) {
        bool on = *shell_option_at(sh, row);
        if (row->shopt || (row->bash && !sh->bash))
            continue;
        if (as_commands)
            shell_say(sh, "set %co %s\n", on ? '-' : '+', row->name);
        else
            shell_say(sh, "%-15s\t%s\n", row->name, on ? "on" : "off");
    }
}

static void show_variables(struct shell *sh)
{
    LIST_EACH (struct variable *, v, &sh->variables) {
        if ((*v)->set && (*v)->kind == VARIABLE_PLAIN)
            shell_say(sh, "%s=%s\n", (*v)->name,
                      sh->bash ? quote_needed(sh->s->a, (*v)->value)
                               : quote_single(sh->s->a, (*v)->value));
    }
}

static int64_t set_arguments(struct shell *sh, size_t n, const char *const *words)
{
    sh->arguments = (struct list){ (void *)words, n, n };
    return 0;
}

static int64_t run_set(struct shell *sh, size_t n, const char *const *words)
{
    if (n == 1)
        show_variables(sh);
    for (size_t at = 1; at < n; at++) {
        const char *word = words[at];
        bool on = *word == '-';
        if (text_is(word, "--") || text_is(word, "-"))
            return set_arguments(sh, n - at - 1, words + at + 1);
        if ((!on && *word != '+') || !word[1])
            return set_arguments(sh, n - at, words + at);
        for (const char *letter = word + 1; *letter; letter++) {
            bool named = *letter == 'o';
            if (named && at + 1 >= n) {
                show_options(sh, !on);
                return 0;
            }
            if (named ? !shell_set_option(sh, words[at + 1], on, false)
                      : !shell_set_letter(sh, *letter, on))
                return bad_option(sh, named ? words[at + 1] : word);
            at += named;
        }
    }
    return 0;
}

static int64_t run_shopt(struct shell *sh, size_t n, const char *const *words)
{
    bool on = false, off = false, quiet = false, plain = false;
    int64_t status = 0;
    size_t at = 1;
    for (; at < n && words[at][0] == '-'; at++) {
        on |= strchr(words[at], 's') != NULL;
        off |= strchr(words[at], 'u') != NULL;
        quiet |= strchr(words[at], 'q') != NULL;
        plain |= strchr(words[at], 'o') != NULL;
    }
    for (; at < n; at++) {
        bool known = false;
        for (const struct option_row *row = shell_option_rows; row->name && !on && !off; row++) {
            if (row->shopt != plain && text_is(row->name, words[at])) {
                known = true;
                status |= !*shell_option_at(sh, row);
                if (!quiet)
                    shell_say(sh, "%-15s\t%s\n", row->name,
                              *shell_option_at(sh, row) ? "on" : "off");
            }
        }
        if (on || off)
            known = shell_set_option(sh, words[at], on, !plain);
        if (!known && !text_any(words[at], shell_idle_shopts)) {
            shell_protest(sh, "shopt: %s: invalid shell option name", words[at]);
            status = 1;
        }
    }
    return status;
}

/* ---- export, readonly, declare, local ---- */

struct attributes {
    bool exported, readonly, integer, lower, upper, array, map, unexported, global, shown, function,
        name_only;
};

static bool read_attributes(struct shell *sh, const char *builtin, const char *word,
                            struct attributes *ret)
{
    for (const char *letter = word + 1; *letter; letter++) {
        bool *flag = *letter == 'x'   ? word[0] == '+' ? &ret->unexported : &ret->exported
                     : *letter == 'r' ? &ret->readonly
                     : *letter == 'i' ? &ret->integer
                     : *letter == 'l' ? &ret->lower
                     : *letter == 'u' ? &ret->upper
                     : *letter == 'a' ? &ret->array
                     : *letter == 'A' ? &ret->map
                     : *letter == 'g' ? &ret->global
                     : *letter == 'p' ? &ret->shown
                     : *letter == 'f' ? &ret->function
                     : *letter == 'F' ? &ret->function
                     : *letter == 'n' && text_is(builtin, "export") ? &ret->unexported
                                                                    : NULL;
        if (!flag) {
            shell_protest(sh, "%s: -%c: invalid option", builtin, *letter);
            return false;
        }
        *flag = true;
    }
    return true;
}

static void apply(struct variable *v, const struct attributes *a)
{
    v->exported |= a->exported;
    v->exported &= !a->unexported;
    v->integer |= a->integer;
    v->lower |= a->lower;
    v->upper |= a->upper;
    if (v->kind == VARIABLE_PLAIN && (a->array || a->map)) {
        v->kind = a->map ? VARIABLE_MAP : VARIABLE_ARRAY;
        v->value = NULL;
    }
}

static void show_items(struct shell *sh, struct buffer *out, const struct variable *v)
{
    buffer_add_text(sh->s->a, out, "=(");
    LIST_EACH (struct item, i, &v->items) {
        const char *key =
            v->kind == VARIABLE_MAP ? i->key : arena_printf(sh->s->a, "%lld", (long long)i->index);
        bool first = i == v->items.items;
        buffer_add_text(sh->s->a, out,
                        arena_printf(sh->s->a, "%s[%s]=%s",
                                     first || v->kind == VARIABLE_MAP ? "" : " ", key,
                                     quote_double(sh->s->a, i->value)));
        if (v->kind == VARIABLE_MAP)
            buffer_add_text(sh->s->a, out, " ");
    }
    buffer_add_text(sh->s->a, out, ")");
}

static void show(struct shell *sh, const char *builtin, const struct variable *v)
{
    struct buffer out = { 0 };
    const char *flags = arena_printf(sh->s->a, "%s%s%s%s%s", v->kind == VARIABLE_ARRAY ? "a" : "",
                                     v->kind == VARIABLE_MAP ? "A" : "", v->integer ? "i" : "",
                                     v->readonly ? "r" : "", v->exported ? "x" : "");
    if (sh->bash)
        buffer_add_text(sh->s->a, &out,
                        arena_printf(sh->s->a, "declare -%s %s", *flags ? flags : "-", v->name));
    else
        buffer_add_text(sh->s->a, &out, arena_printf(sh->s->a, "%s %s", builtin, v->name));
    if (v->kind != VARIABLE_PLAIN && v->set)
        show_items(sh, &out, v);
    else if (v->set)
        buffer_add_text(sh->s->a, &out,
                        arena_printf(sh->s->a, "=%s",
                                     sh->bash ? quote_double(sh->s->a, v->value)
                                              : quote_single(sh->s->a, v->value)));
    shell_say(sh, "%s\n", buffer_text(sh->s->a, &out));
}

static int64_t declare_one(struct shell *sh, const char *builtin, const char *word,
                           const struct attributes *a, bool local)
{
    size_t n = shell_name_length(word);
    bool appends = text_starts(word + n, "+=");
    const char *value = word[n] == '=' ? word + n + 1 : appends ? word + n + 2 : NULL;
    if (!n || (word[n] && !value)) {
        shell_protest(sh,
                      sh->bash ? "%s: `%s': not a valid identifier" : "%s: %s: bad variable name",
                      builtin, word);
        return 1;
    }
    const char *name = arena_strndup(sh->s->a, word, n);
    if (local && !variable_find(sh, name)) {
        variable_hide(sh, name);
        variable_make(sh, name);
    } else if (local && !LIST_FIND(struct variable, sh->locals, name, name)) {
        variable_hide(sh, name);
        if (sh->bash) { /* dash keeps the value */
            struct variable *v = variable_find(sh, name);
            *v = (struct variable){ .name = v->name, .exported = v->exported };
        }
    }
    struct variable *v = variable_make(sh, name);
    apply(v, a);
    if (value && appends && variable_value(sh, v))
        value = arena_printf(sh->s->a, "%s%s", variable_value(sh, v), value);
    if (value && variable_set(sh, name, value))
        return 1;
    v->readonly |= a->readonly;
    return 0;
}

static int64_t declare_functions(struct shell *sh, size_t n, const char *const *words, size_t at)
{
    int64_t status = 0;
    for (; at < n; at++) {
        if (!shell_function(sh, words[at]))
            status = 1;
        else if (strchr(words[1], 'F'))
            shell_say(sh, "%s\n", words[at]);
    }
    return status;
}

static int64_t declare_with(struct shell *sh, size_t n, const char *const *words,
                            struct attributes a, bool local)
{
    int64_t status = 0;
    size_t at = 1;
    for (; at < n && (words[at][0] == '-' || words[at][0] == '+') && words[at][1]; at++) {
        if (text_is(words[at], "--")) {
            at++;
            break;
        }
        if (!read_attributes(sh, words[0], words[at], &a))
            return 2;
    }
    if (a.function)
        return declare_functions(sh, n, words, at);
    if (at == n && !local) {
        LIST_EACH (struct variable *, v, &sh->variables) {
            if (((*v)->exported || !a.exported) && ((*v)->readonly || !a.readonly))
                show(sh, words[0], *v);
        }
    }
    for (; at < n; at++) {
        const struct variable *v = a.shown ? variable_find(sh, words[at]) : NULL;
        if (v) {
            show(sh, words[0], v);
        } else if (a.shown) {
            shell_protest(sh, "%s: %s: not found", words[0], words[at]);
            status = 1;
        } else {
            status |= declare_one(sh, words[0], words[at], &a, local && !a.global);
        }
    }
    return status;
}

static int64_t run_export(struct shell *sh, size_t n, const char *const *words)
{
    return declare_with(sh, n, words, (struct attributes){ .exported = true }, false);
}

static int64_t run_readonly(struct shell *sh, size_t n, const char *const *words)
{
    return declare_with(sh, n, words, (struct attributes){ .readonly = true }, false);
}

static int64_t run_declare(struct shell *sh, size_t n, const char *const *words)
{
    return declare_with(sh, n, words, (struct attributes){ 0 }, sh->locals && sh->functions_deep);
}

static int64_t run_local(struct shell *sh, size_t n, const char *const *words)
{
    if (sh->functions_deep)
        return declare_with(sh, n, words, (struct attributes){ 0 }, true);
    shell_protest(sh,
                  sh->bash ? "local: can only be used in a function" : "local: not in a function");
    if (!sh->bash)
        sh->flow = FLOW_EXIT;
    return sh->bash ? 1 : 2;
}

/* ---- unset, shift, let ---- */

static int64_t unset_one(struct shell *sh, const char *word, bool function, bool variable)
{
    struct list kept = { 0 };
    const char *bracket = strchr(word, '[');
    if (bracket && text_ends(word, "]") && sh->bash) {
        struct variable *v =
            variable_find(sh, arena_strndup(sh->s->a, word, (size_t)(bracket - word)));
        return v ? -variable_set_item(
                   sh, v, arena_strndup(sh->s->a, bracket + 1, strlen(bracket) - 2), NULL)
                 : 0;
    }
    if (!function && variable_find(sh, word))
        return variable_unset(sh, word) ? 1 : 0;
    if (variable)
        return 0;
    LIST_EACH (struct function, f, &sh->functions) {
        if (!text_is(f->name, word))
            *list_add(sh->s->a, &kept, struct function) = *f;
    }
    sh->functions = kept;
    return 0;
}

static int64_t run_unset(struct shell *sh, size_t n, const char *const *words)
{
    bool function = false, variable = false;
    int64_t status = 0;
    size_t at = 1;
    for (; at < n && words[at][0] == '-'; at++) {
        function |= text_is(words[at], "-f");
        variable |= text_is(words[at], "-v");
    }
    for (; at < n; at++)
        status |= unset_one(sh, words[at], function, variable);
    return status;
}

static int64_t run_shift(struct shell *sh, size_t n, const char *const *words)
{
    int64_t by = 1;
    struct list *all = &sh->arguments;
    if (n > 1 && (!text_int(words[1], &by) || by < 0)) {
        shell_protest(
            sh, sh->bash ? "shift: %s: numeric argument required" : "shift: Illegal number: %s",
            words[1]);
        return sh->bash ? 1 : 2;
    }
    if ((size_t)by > all->count) {
        if (!sh->bash) {
            shell_protest(sh, "shift: can't shift that many");
            sh->flow = FLOW_EXIT;
            return 2;
        }
        return 1;
    }
    *all = (struct list){ (const char **)all->items + by, all->count - (size_t)by,
                          all->count - (size_t)by };
    return 0;
}

static int64_t run_let(struct shell *sh, size_t n, const char *const *words)
{
    int64_t value = 0;
    for (size_t at = 1; at < n; at++) {
        if (!shell_arithmetic(sh, words[at], &value)) {
            sh->failed = false;
            return 1;
        }
    }
    return value == 0;
}

BUILTIN(set, "set", run_set);
BUILTIN(shopt, "shopt", run_shopt);
BUILTIN(export, "export", run_export);
BUILTIN(readonly, "readonly", run_readonly);
BUILTIN(declare, "declare", run_declare);
BUILTIN(typeset, "typeset", run_declare);
BUILTIN(local, "local", run_local);
BUILTIN(unset, "unset", run_unset);
BUILTIN(shift, "shift", run_shift);
BUILTIN(let, "let", run_let);
