/* ${…}. See shell_expand.h. */
#include <ctype.h>
#include <string.h>

#include "base/posix_pattern.h"
#include "base/text.h"
#include "guest/shell/shell_expand.h"
#include "guest/shell/shell_quote.h"

/* What a name stands for. */
struct operand {
    bool many; /* $@, $*, ${a[@]}: each value by itself */
    bool joined; /* written with a star */
    struct list values; /* const char *; of one: at most one */
    const char *name; /* as it is complained of */
};

static const char *only(const struct operand *o)
{
    return o->values.count ? *list_at(&o->values, const char *, 0) : NULL;
}

static void fail_word(struct shell *sh, int64_t status)
{
    sh->status = status;
    sh->failed = true;
    sh->flow = FLOW_EXIT;
}

/* ---- Looking up ---- */

static bool is_all(const char *index)
{
    return index && (text_is(index, "@") || text_is(index, "*"));
}

static struct operand pipe_status(struct shell *sh, const char *name, const char *index)
{
    struct operand o = { .name = name, .many = is_all(index) };
    int64_t which = 0;
    if (index && !o.many && !sh->s->arithmetic(sh, index, &which))
        return o;
    for (size_t i = 0; i < sh->pipe_status.count; i++) {
        if (o.many || which == (int64_t)i)
            strs_add(
                sh->s->a, &o.values,
                arena_printf(sh->s->a, "%lld", (long long)*list_at(&sh->pipe_status, int64_t, i)));
    }
    return o;
}

/* index: the text in brackets; NULL: none. */
static struct operand look_up(struct shell *sh, const char *name, const char *index)
{
    struct operand o = { .name = name };
    bool parameters = is_all(name);
    const struct variable *v = parameters ? NULL : variable_find(sh, name);
    if (sh->bash && text_is(name, "PIPESTATUS"))
        return pipe_status(sh, name, index);
    if (index)
        o.name = arena_printf(sh->s->a, "%s[%s]", name, index);
    if (parameters || is_all(index)) {
        o.many = true;
        o.joined = *(parameters ? name : index) == '*';
        if (parameters)
            o.values = sh->arguments;
        else if (v)
            variable_values(sh, v, &o.values);
        else if (variable_special(sh, name))
            strs_add(sh->s->a, &o.values, variable_special(sh, name));
        return o;
    }
    const char *value = !v      ? variable_special(sh, name)
                        : index ? variable_item(sh, v, index)
                                : variable_value(sh, v);
    if (value)
        strs_add(sh->s->a, &o.values, value);
    return o;
}

static const char *index_of(struct shell *sh, const struct part *p)
{
    return p->index ? shell_expand_one(sh, p->index) : NULL;
}

/* ${!name}: what the value names, perhaps with an index. */
static struct operand look_through(struct shell *sh, const struct part *p)
{
    struct operand o = look_up(sh, p->text, index_of(sh, p));
    const char *name = only(&o), *bracket = name ? strchr(name, '[') : NULL;
    size_t n = name ? strlen(name) : 0;
    if (!name)
        return (struct operand){ .name = p->text };
    if (bracket && name[n - 1] == ']')
        return look_up(sh, arena_strndup(sh->s->a, name, (size_t)(bracket - name)),
                       arena_strndup(sh->s->a, bracket + 1, n - 2 - (size_t)(bracket - name)));
    return look_up(sh, name, NULL);
}

static struct operand names_of(struct shell *sh, const struct part *p)
{
    struct operand o = { .many = true, .joined = !p->twice, .name = p->text };
    LIST_EACH (struct variable *, v, &sh->variables) {
        if (text_starts((*v)->name, p->text) && (*v)->set)
            strs_add(sh->s->a, &o.values, (*v)->name);
    }
    return o;
}

static struct operand keys_of(struct shell *sh, const struct part *p)
{
    struct operand o = { .many = true, .joined = !p->twice, .name = p->text };
    const struct variable *v = variable_find(sh, p->text);
    if (v && v->kind == VARIABLE_PLAIN && v->set)
        strs_add(sh->s->a, &o.values, "0");
    for (size_t i = 0; v && i < v->items.count; i++) {
        const struct item *item = list_at(&v->items, struct item, i);
        strs_add(sh->s->a, &o.values,
                 v->kind == VARIABLE_MAP ? item->key
                                         : arena_printf(sh->s->a, "%lld", (long long)item->index));
    }
    return o;
}

/* ---- What is given ---- */

static const char *join(struct shell *sh, const struct list *values, bool starred)
{
    const char *ifs = shell_variable(sh, "IFS");
    char between[2] = " ";
    if (starred && ifs)
        between[0] = *ifs;
    return strs_join(sh->s->a, values, between);
}

static void give(struct shell *sh, const struct part *p, const struct operand *o, struct fields *f)
{
    bool joins = o->many && ((o->joined && p->quoted) || !f->split);
    if (!o->many || joins) {
        const char *value = joins ? join(sh, &o->values, o->joined) : only(o);
        if (joins && !o->values.count && !o->joined)
            return;
        fields_add_value(sh, f, value ? value : "", p->quoted);
        return;
    }
    /* "$@" without values is no field, even between quotes */
    if (p->quoted && !o->values.count && !f->plain.n)
        f->there = false;
    for (size_t i = 0; i < o->values.count && !shell_stopped(sh); i++) {
        const char *value = *list_at(&o->values, const char *, i);
        if (i)
            fields_close(sh, f);
        fields_add_value(sh, f, value, p->quoted);
    }
}

/* The operand's word in its place, with the quotes that it has itself. */
static void give_word(struct shell *sh, const struct part *p, struct fields *f)
{
    if (p->quoted)
        f->there = true;
    bool loose = f->loose;
    f->loose = true;
    sh->s->expand_parts(sh, p->first, f);
    f->loose = loose;
}

static bool is_empty(const struct operand *o, bool colon)
{
    if (!o->values.count)
        return true;
    return colon && o->values.count == 1 && !*only(o);
}

static void complain_unset(struct shell *sh, const struct part *p, const struct operand *o)
{
    const char *text = shell_expand_one(sh, p->first);
    if (shell_stopped(sh))
        return;
    if (!*text)
        text = !sh->bash || p->colon ? (sh->bash   ? "parameter null or not set"
                                        : p->colon ? "parameter not set or null"
                                                   : "parameter not set")
                                     : "parameter not set";
    shell_protest(sh, "%s: %s", o->name, text);
    fail_word(sh, sh->bash ? 1 : 2);
}

static void assign_default(struct shell *sh, const struct part *p, struct fields *f)
{
    const char *text;
    size_t n;
    if (!memo_recall(sh, &text, &n)) {
        text = shell_expand_one(sh, p->first);
        if (shell_stopped(sh))
            return;
        const char *index = index_of(sh, p);
        if (index)
            variable_set_item(sh, variable_make(sh, p->text), index, text);
        else
            variable_set(sh, p->text, text);
        memo_add(sh, text, strlen(text));
    }
    fields_add_value(sh, f, text, p->quoted);
}

static void give_conditionally(struct shell *sh, const struct part *p, const struct operand *o,
                               struct fields *f)
{
    bool empty = is_empty(o, p->colon);
    if (p->operation == GIVE_OTHER) {
        if (!empty)
            give_word(sh, p, f);
        else if (p->quoted && !o->many)
            f->there = true;
        return;
    }
    const char *done;
    size_t n;
    if (p->operation == GIVE_ASSIGNED && sh->memo && sh->memo_at < sh->memo->count) {
        memo_recall(sh, &done, &n); /* it was set in its turn */
        fields_add_value(sh, f, done, p->quoted);
        return;
    }
    if (!empty) {
        give(sh, p, o, f);
        if (p->operation == GIVE_ASSIGNED && only(o))
            memo_add(sh, only(o), strlen(only(o)));
    } else if (p->operation == GIVE_DEFAULT) {
        give_word(sh, p, f);
    } else if (p->operation == GIVE_ASSIGNED) {
        assign_default(sh, p, f);
    } else {
        complain_unset(sh, p, o);
    }
}

/* ---- Cutting and replacing ---- */

static struct posix_pattern *compile(struct shell *sh, const char *pattern, bool lazy,
                                     const char *before, const char *behind)
{
    const char *error;
    shell_spend(sh, 200 + 4 * strlen(pattern));
    return posix_pattern_new(sh->s->a, lazy ? POSIX_GLOB_LAZY : POSIX_GLOB, pattern, 0, before,
                             behind, &error);
}

static bool find(struct shell *sh, struct posix_pattern *p, const char *text, size_t n, size_t from,
                 struct posix_span *ret)
{
    struct posix_span spans[POSIX_SPANS] = { 0 };
    bool found = p && posix_pattern_find(p, text, n, from, spans);
    if (p)
        shell_spend(sh, posix_pattern_cost(p));
    *ret = spans[0];
    return found && !sh->s->killed;
}

static const char *cut(struct shell *sh, const struct part *p, const char *pattern,
                       const char *text)
{
    struct posix_span span;
    size_t n = strlen(text);
    if (p->operation == CUT_PREFIX) {
        struct posix_pattern *one = compile(sh, pattern, !p->twice, "\\A", NULL);
        return find(sh, one, text, n, 0, &span) ? text + span.to : text;
    }
    /* the first place from where it reaches the end, or the last one */
    struct posix_pattern *one = compile(sh, pattern, false, p->twice ? "" : "\\A.*\\K", "\\z");
    return find(sh, one, text, n, 0, &span) ? arena_strndup(sh->s->a, text, span.from) : text;
}

/* & in what is put in is what was found, in bash 5.2; quoted it is itself. */
static void add_replacement(struct shell *sh, struct buffer *out, const char *with,
                            const char *found, size_t n)
{
    for (; *with; with++) {
        if (*with == '&') {
            buffer_add(sh->s->a, out, found, n);
            continue;
        }
        with += *with == '\\' && with[1];
        buffer_add(sh->s->a, out, with, 1);
    }
    shell_spend(sh, n + 1);
}

static const char *replace(struct shell *sh, const struct part *p, const char *pattern,
                           const char *with, const char *text)
{
    struct buffer out = { 0 };
    struct posix_span span;
    size_t n = strlen(text), at = 0;
    struct posix_pattern *one =
        compile(sh, pattern, false, p->operation == REPLACE_PREFIX ? "\\A" : "",
                p->operation == REPLACE_SUFFIX ? "\\z" : "");
    if (!*pattern && p->operation == REPLACE)
        return text;
    while (at <= n && find(sh, one, text, n, at, &span)) {
        buffer_add(sh->s->a, &out, text + at, span.from - at);
        add_replacement(sh, &out, with, text + span.from, span.to - span.from);
        at = span.to;
        if (span.to == span.from) { /* nothing was found between two characters */
            buffer_add(sh->s->a, &out, text + at, at < n);
            at++;
        }
        if (!p->twice || at >= n)
            break;
    }
    buffer_add(sh->s->a, &out, at < n ? text + at : "", at < n ? n - at : 0);
    return buffer_text(sh->s->a, &out);
}

static const char *change_case(struct shell *sh, const struct part *p, const char *pattern,
                               const char *text)
{
    char *changed = arena_strdup(sh->s->a, text);
    for (char *c = changed; *c && (p->twice || c == changed); c++) {
        const char one[2] = { *c, '\0' };
        if (!*pattern || shell_matches(sh, pattern, one))
            *c = (char)(p->operation == UPPER ? toupper((unsigned char)*c)
                                              : tolower((unsigned char)*c));
    }
    return changed;
}

static const char *transform(struct shell *sh, const struct part *p, const char *how,
                             const char *text)
{
    struct part all = { .operation = *how == 'L' ? LOWER : UPPER, .twice = *how != 'u' };
    if (text_is(how, "Q"))
        return quote_single(sh->s->a, text);
    if (text_is(how, "U") || text_is(how, "L") || text_is(how, "u"))
        return change_case(sh, &all, "", text);
    shell_protest(sh, "${%s@%s}: this transformation is not simulated", p->text, how);
    sh->status = 1;
    sh->failed = true;
    return "";
}

/* Where a substring begins and how long it is, in n characters or values; false: out of it. */
static bool substring(struct shell *sh, const struct part *p, size_t n, size_t *ret_from,
                      size_t *ret_n)
{
    int64_t from, length = (int64_t)n;
    if (!shell_arithmetic(sh, shell_expand_one(sh, p->first), &from))
        return false;
    if (p->second && !shell_arithmetic(sh, shell_expand_one(sh, p->second), &length))
        return false;
    if (from < 0)
        from += (int64_t)n;
    if (from < 0 || from > (int64_t)n)
        return false;
    int64_t left = (int64_t)n - from;
    if (length < 0)
        length += left;
    if (length < 0) {
        shell_protest(sh, "%s: substring expression < 0", shell_expand_one(sh, p->second));
        sh->status = 1;
        sh->failed = true;
        return false;
    }
    *ret_from = (size_t)from;
    *ret_n = (size_t)(length < left ? length : left);
    return true;
}

static void give_substring(struct shell *sh, const struct part *p, struct operand *o,
                           struct fields *f)
{
    size_t from, n;
    struct operand part = { .many = o->many, .joined = o->joined, .name = o->name };
    if (!o->many) {
        const char *text = only(o) ? only(o) : "";
        if (substring(sh, p, strlen(text), &from, &n))
            strs_add(sh->s->a, &part.values, arena_strndup(sh->s->a, text + from, n));
    } else {
        struct list all = { 0 };
        if (is_all(p->text)) /* there $0 comes first */
            strs_add(sh->s->a, &all, sh->name);
        LIST_EACH (const char *, value, &o->values)
            strs_add(sh->s->a, &all, *value);
        if (substring(sh, p, all.count, &from, &n))
            part.values = (struct list){ (const char **)all.items + from, n, n };
    }
    if (!shell_stopped(sh))
        give(sh, p, &part, f);
}

static void give_changed(struct shell *sh, const struct part *p, struct operand *o,
                         struct fields *f)
{
    struct operand changed = { .many = o->many, .joined = o->joined, .name = o->name };
    bool replaces = p->operation >= REPLACE && p->operation <= REPLACE_SUFFIX;
    const char *first = p->operation == TRANSFORM ? shell_expand_one(sh, p->first)
                                                  : shell_expand_pattern(sh, p->first);
    const char *second = replaces && p->second ? shell_expand_pattern(sh, p->second) : "";
    LIST_EACH (const char *, value, &o->values) {
        if (shell_stopped(sh))
            return;
        const char *text = p->operation == TRANSFORM ? transform(sh, p, first, *value)
                           : replaces                ? replace(sh, p, first, second, *value)
                           : p->operation == CUT_PREFIX || p->operation == CUT_SUFFIX
                               ? cut(sh, p, first, *value)
                               : change_case(sh, p, first, *value);
        strs_add(sh->s->a, &changed.values, text);
    }
    give(sh, p, &changed, f);
}

/* ---- All together ---- */

static void bad_substitution(struct shell *sh, const struct part *p)
{
    const char *source = shell_expand_one(sh, p->first);
    if (sh->bash)
        shell_protest(sh, "%s: bad substitution", source);
    else
        shell_protest(sh, "Bad substitution");
    fail_word(sh, sh->bash ? 1 : 2);
    if (sh->bash) /* there only what was read together ends */
        sh->flow = FLOW_ON;
}

static bool fails_unset(struct shell *sh, const struct part *p, const struct operand *o)
{
    bool looked_for = p->operation < GIVE_DEFAULT || p->operation > GIVE_OTHER;
    if (!sh->options.nounset || o->values.count || o->many || !looked_for)
        return false;
    shell_protest(sh, sh->bash ? "%s: unbound variable" : "%s: parameter not set", o->name);
    fail_word(sh, sh->bash ? 1 : 2);
    return true;
}

void expand_parameter(struct shell *sh, const struct part *p, struct fields *f)
{
    if (!*p->text) {
        bad_substitution(sh, p);
        return;
    }
    struct operand o = p->operation == NAMES  ? names_of(sh, p)
                       : p->operation == KEYS ? keys_of(sh, p)
                       : p->indirect          ? look_through(sh, p)
                                              : look_up(sh, p->text, index_of(sh, p));
    if (shell_stopped(sh) || fails_unset(sh, p, &o))
        return;
    if (p->operation == GIVE || p->operation == NAMES || p->operation == KEYS) {
        give(sh, p, &o, f);
    } else if (p->operation == LENGTH) {
        size_t n = o.many ? o.values.count : strlen(only(&o) ? only(&o) : "");
        fields_add_value(sh, f, arena_printf(sh->s->a, "%zu", n), p->quoted);
    } else if (p->operation == SUBSTRING) {
        give_substring(sh, p, &o, f);
    } else if (p->operation <= GIVE_OTHER) {
        give_conditionally(sh, p, &o, f);
    } else {
        give_changed(sh, p, &o, f);
    }
}
