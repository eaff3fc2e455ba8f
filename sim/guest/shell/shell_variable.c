/* Variables, and what stands behind $? and the like. See shell_state.h. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/shell/shell_state.h"

/* ---- Finding ---- */

/* Where a name stands or would stand in a sorted list. */
static size_t place(const struct list *all, const char *name, bool *ret_found)
{
    size_t low = 0, high = all->count;
    *ret_found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp((*list_at(all, struct variable *, middle))->name, name);
        if (!order) {
            *ret_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct variable *variable_find(struct shell *sh, const char *name)
{
    bool found;
    size_t at = place(&sh->variables, name, &found);
    return found ? *list_at(&sh->variables, struct variable *, at) : NULL;
}

static void insert(struct shell *sh, size_t at, struct variable *v)
{
    list_add(sh->s->a, &sh->variables, struct variable *);
    struct variable **all = sh->variables.items;
    memmove(all + at + 1, all + at, (sh->variables.count - 1 - at) * sizeof *all);
    all[at] = v;
}

struct variable *variable_make(struct shell *sh, const char *name)
{
    bool found;
    size_t at = place(&sh->variables, name, &found);
    if (found)
        return *list_at(&sh->variables, struct variable *, at);
    struct variable *v = arena_new(sh->s->a, struct variable);
    v->name = arena_strdup(sh->s->a, name);
    v->exported = sh->options.allexport;
    shell_spend(sh, sizeof *v);
    insert(sh, at, v);
    return v;
}

struct variable *variable_copy(struct arena *a, const struct variable *v)
{
    struct variable *copy = arena_new(a, struct variable);
    *copy = *v;
    copy->items = (struct list){ 0 };
    LIST_EACH (struct item, i, &v->items)
        *list_add(a, &copy->items, struct item) = *i;
    return copy;
}

/* ---- Setting ---- */

static bool may_change(struct shell *sh, const struct variable *v)
{
    if (!v->readonly)
        return true;
    shell_protest(sh, sh->bash ? "%s: readonly variable" : "%s: is read only", v->name);
    sh->status = sh->bash ? 1 : 2;
    sh->failed = true;
    if (!sh->bash)
        sh->flow = FLOW_EXIT;
    return false;
}

static const char *by_attributes(struct shell *sh, const struct variable *v, const char *value)
{
    int64_t number;
    if (v->integer)
        return sh->s->arithmetic(sh, value, &number)
                   ? arena_printf(sh->s->a, "%lld", (long long)number)
                   : "0";
    if (!v->lower && !v->upper)
        return value;
    char *changed = arena_strdup(sh->s->a, value);
    for (char *c = changed; *c; c++)
        *c = (char)(v->lower ? tolower((unsigned char)*c) : toupper((unsigned char)*c));
    return changed;
}

static struct item *find_item(const struct variable *v, const char *key, int64_t index)
{
    LIST_EACH (struct item, i, &v->items) {
        if (v->kind == VARIABLE_MAP ? text_is(i->key, key) : i->index == index)
            return i;
    }
    return NULL;
}

/* Arrays stay in the order of their indices. */
static struct item *make_item(struct shell *sh, struct variable *v, const char *key, int64_t index)
{
    struct item *items,
        *last = v->items.count ? list_at(&v->items, struct item, v->items.count - 1) : NULL;
    size_t at = v->items.count;
    bool behind = v->kind == VARIABLE_ARRAY && (!last || last->index < index);
    struct item *found = behind ? NULL : find_item(v, key, index);
    if (found)
        return found;
    shell_spend(sh, sizeof *found + (behind ? 0 : 4 * v->items.count));
    list_add(sh->s->a, &v->items, struct item);
    items = v->items.items;
    for (; v->kind == VARIABLE_ARRAY && at && items[at - 1].index > index; at--)
        items[at] = items[at - 1];
    items[at] = (struct item){ .key = arena_strdup(sh->s->a, key), .index = index };
    return items + at;
}

int variable_set(struct shell *sh, const char *name, const char *value)
{
    struct variable *v = variable_make(sh, name);
    if (!may_change(sh, v))
        return -1;
    value = arena_strdup(sh->s->a, by_attributes(sh, v, value));
    shell_spend(sh, strlen(value));
    v->set = true;
    if (v->kind == VARIABLE_PLAIN)
        v->value = value;
    else
        make_item(sh, v, "0", 0)->value = value;
    if (text_is(name, "OPTIND")) {
        sh->option_at = 0;
        sh->option_in = 0;
    }
    return 0;
}

static bool index_of(struct shell *sh, const struct variable *v, const char *text, int64_t *ret)
{
    *ret = 0;
    if (v->kind == VARIABLE_MAP)
        return true;
    if (!sh->s->arithmetic(sh, text, ret))
        return false;
    if (*ret < 0 && v->items.count)
        *ret += list_at(&v->items, struct item, v->items.count - 1)->index + 1;
    if (*ret >= 0)
        return true;
    shell_protest(sh, "%s[%s]: bad array subscript", v->name, text);
    sh->status = 1;
    sh->failed = true;
    return false;
}

static void remove_item(struct variable *v, const char *key, int64_t index)
{
    struct item *gone = find_item(v, key, index), *items = v->items.items;
    if (!gone)
        return;
    size_t at = (size_t)(gone - items);
    memmove(gone, gone + 1, (v->items.count - at - 1) * sizeof *items);
    v->items.count--;
}

int variable_set_item(struct shell *sh, struct variable *v, const char *index, const char *value)
{
    int64_t number;
    if (!may_change(sh, v))
        return -1;
    if (v->kind == VARIABLE_PLAIN) { /* it becomes an array */
        v->kind = VARIABLE_ARRAY;
        if (v->value)
            make_item(sh, v, "0", 0)->value = v->value;
        v->value = NULL;
    }
    if (!index_of(sh, v, index, &number))
        return -1;
    if (!value) {
        remove_item(v, index, number);
        return 0;
    }
    v->set = true;
    value = arena_strdup(sh->s->a, by_attributes(sh, v, value));
    shell_spend(sh, strlen(value));
    make_item(sh, v, index, number)->value = value;
    return 0;
}

int variable_unset(struct shell *sh, const char *name)
{
    bool found;
    size_t at = place(&sh->variables, name, &found);
    struct variable **all = sh->variables.items;
    if (!found)
        return 0;
    if (!may_change(sh, all[at]))
        return -1;
    if (sh->locals && LIST_FIND(struct variable, sh->locals, name, name)) {
        *all[at] = (struct variable){ .name = all[at]->name }; /* still hides */
        return 0;
    }
    memmove(all + at, all + at + 1, (sh->variables.count - at - 1) * sizeof *all);
    sh->variables.count--;
    return 0;
}

/* ---- Values ---- */

const char *variable_item(struct shell *sh, const struct variable *v, const char *index)
{
    int64_t number;
    if (v->kind == VARIABLE_PLAIN)
        return sh->s->arithmetic(sh, index, &number) && number == 0 ? v->value : NULL;
    if (!index_of(sh, v, index, &number))
        return NULL;
    shell_spend(sh, v->items.count);
    const struct item *i = find_item(v, index, number);
    return i ? i->value : NULL;
}

const char *variable_value(struct shell *sh, const struct variable *v)
{
    (void)sh;
    if (v->kind == VARIABLE_PLAIN)
        return v->set ? v->value : NULL;
    const struct item *i = find_item(v, "0", 0);
    return i ? i->value : NULL;
}

void variable_values(struct shell *sh, const struct variable *v, struct list *ret)
{
    if (v->kind == VARIABLE_PLAIN && v->set)
        strs_add(sh->s->a, ret, v->value);
    LIST_EACH (struct item, i, &v->items)
        strs_add(sh->s->a, ret, i->value);
    shell_spend(sh, 8 * v->items.count);
}

static const char *flags(struct shell *sh)
{
    const struct options *o = &sh->options;
    return arena_printf(sh->s->a, "%s%s%s%s%s%s%s", o->allexport ? "a" : "", o->errexit ? "e" : "",
                        o->noglob ? "f" : "", sh->bash ? "h" : "", o->nounset ? "u" : "",
                        o->trace ? "x" : "", sh->bash ? "B" : "");
}

static const char *number(struct shell *sh, int64_t n)
{
    return arena_printf(sh->s->a, "%lld", (long long)n);
}

/* Variables that nobody set. */
static const char *given(struct shell *sh, const char *name)
{
    if (text_is(name, "LINENO"))
        return number(sh, sh->line);
    if (text_is(name, "PPID"))
        return "1";
    if (!sh->bash)
        return NULL;
    if (text_is(name, "RANDOM"))
        return number(sh, (int64_t)rng_below(&sh->s->chance, 32768));
    if (text_is(name, "SRANDOM"))
        return number(sh, (int64_t)rng_below(&sh->s->chance, UINT64_C(1) << 32));
    if (text_is(name, "SECONDS"))
        return number(sh, (shell_now(sh) - sh->seconds) / SECOND_MS);
    if (text_is(name, "EPOCHSECONDS"))
        return number(sh, shell_now(sh) / SECOND_MS);
    if (text_is(name, "UID") || text_is(name, "EUID"))
        return number(sh, sh->user.uid);
    if (text_is(name, "BASHPID"))
        return number(sh, sh->pid);
    if (text_is(name, "BASH_VERSION"))
        return "5.2.15(1)-release";
    if (text_is(name, "BASH"))
        return "/usr/bin/bash";
    if (text_is(name, "HOSTNAME"))
        return sh->s->host->name;
    if (text_is(name, "BASH_SOURCE"))
        return sh->name;
    if (text_is(name, "FUNCNAME"))
        return sh->function;
    if (text_is(name, "OSTYPE"))
        return "linux-gnu";
    return text_is(name, "HOSTTYPE") ? sh->s->host->machine : NULL;
}

const char *variable_special(struct shell *sh, const char *name)
{
    int64_t n;
    if (isdigit((unsigned char)*name)) {
        if (!text_int(name, &n) || n > (int64_t)sh->arguments.count)
            return NULL;
        return n ? *list_at(&sh->arguments, const char *, (size_t)n - 1) : sh->name;
    }
    if (name[0] && name[1])
        return given(sh, name);
    switch (*name) {
    case '?':
        return number(sh, sh->status);
    case '#':
        return number(sh, (int64_t)sh->arguments.count);
    case '$':
        return number(sh, (*list_at(&sh->s->tasks, struct task *, 0))->shell->pid);
    case '!':
        return sh->last_background ? number(sh, sh->last_background) : NULL;
    case '-':
        return flags(sh);
    case '_':
        return "";
    default:
        return NULL;
    }
}

const char *shell_variable(struct shell *sh, const char *name)
{
    const struct variable *v = variable_find(sh, name);
    return v ? variable_value(sh, v) : variable_special(sh, name);
}

void shell_set(struct shell *sh, const char *name, const char *value)
{
    variable_set(sh, name, value);
}

/* ---- Names of functions and commands alone ---- */

void variable_hide(struct shell *sh, const char *name)
{
    const struct variable *v = variable_find(sh, name);
    if (!sh->locals || LIST_FIND(struct variable, sh->locals, name, name))
        return;
    struct variable *hidden = list_add(sh->s->a, sh->locals, struct variable);
    *hidden = v ? *variable_copy(sh->s->a, v) : (struct variable){ 0 }; /* as one that is not set */
    hidden->name = arena_strdup(sh->s->a, name);
}

void variables_restore(struct shell *sh, const struct list *hidden)
{
    LIST_EACH (struct variable, h, hidden) {
        struct variable *v = variable_make(sh, h->name);
        const char *name = v->name;
        *v = *variable_copy(sh->s->a, h);
        v->name = name;
    }
}

void variables_exported(struct shell *sh, struct list *ret)
{
    LIST_EACH (struct variable *, v, &sh->variables) {
        if ((*v)->exported && (*v)->kind == VARIABLE_PLAIN && (*v)->set)
            strs_add(sh->s->a, ret, arena_printf(sh->s->a, "%s=%s", (*v)->name, (*v)->value));
    }
}
