/* awk's expressions. See awk.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/awk.h"

static const struct awk_node *child(const struct awk_node *n, size_t i)
{
    return i < n->nodes.count ? *list_at(&n->nodes, struct awk_node *, i) : NULL;
}

static double number_at(struct awk *w, const struct awk_node *n, size_t i)
{
    struct awk_value v = awk_evaluate(w, child(n, i));
    return awk_as_number(&v);
}

static const char *text_at(struct awk *w, const struct awk_node *n, size_t i)
{
    struct awk_value v = awk_evaluate(w, child(n, i));
    return awk_as_text(w, &v);
}

static bool true_at(struct awk *w, const struct awk_node *n, size_t i)
{
    struct awk_value v = awk_evaluate(w, child(n, i));
    return awk_is_true(&v);
}

/* ---- Places ---- */

struct awk_variable *awk_named(struct awk *w, const struct awk_node *n)
{
    return n->slot && w->own ? w->own[n->slot - 1] : awk_variable(w, n->text);
}

/* a[i,j] has one key. */
static const char *key_of(struct awk *w, const struct awk_node *n)
{
    struct list parts = { 0 };
    for (size_t i = 0; i < n->nodes.count; i++)
        strs_add(w->a, &parts, text_at(w, n, i));
    return strs_join(w->a, &parts, awk_as_text(w, &awk_variable(w, "SUBSEP")->value));
}

static size_t field_number(struct awk *w, const struct awk_node *n)
{
    double number = number_at(w, n, 0);
    return number < 0 ? 0 : number > 1e6 ? 1000000 : (size_t)number;
}

void awk_store(struct awk *w, const struct awk_node *place, struct awk_value value)
{
    if (place->kind == AWK_FIELD) {
        awk_set_field(w, field_number(w, place), awk_as_text(w, &value));
        return;
    }
    struct awk_variable *v = awk_named(w, place);
    v->unset = false;
    if (place->kind == AWK_ITEM) {
        const char *key = key_of(w, place);
        awk_item(w, v, key, true)->value = value;
        return;
    }
    v->value = value;
    if (text_is(place->text, "NF") && !place->slot) {
        double count = awk_as_number(&value);
        while ((double)w->fields.count > count && w->fields.count)
            w->fields.count--;
        w->line = strs_join(w->a, &w->fields, awk_as_text(w, &awk_variable(w, "OFS")->value));
    }
}

static struct awk_value load_field(struct awk *w, const struct awk_node *n)
{
    struct awk_value v = awk_text(awk_field(w, field_number(w, n)));
    v.looks = true;
    return v;
}

/* ---- Operators ---- */

static double combine(const char *sign, double a, double b)
{
    double power = 1;
    switch (*sign) {
    case '+':
        return a + b;
    case '-':
        return a - b;
    case '/':
        return b == 0 ? 0 : a / b;
    case '%':
        return b == 0 ? 0 : a - b * (double)(int64_t)(a / b);
    case '^':
        for (int64_t i = 0; i < (int64_t)b && i < 1100; i++)
            power *= a;
        return b < 0 ? 0 : power;
    default:
        return sign[1] == '*' ? combine("^", a, b) : a * b;
    }
}

static void fail_division(struct awk *w)
{
    shell_complain(w->sh, "awk: division by zero");
    w->flow = AWK_EXITS;
    w->status = 2;
}

static struct awk_value arithmetic(struct awk *w, const char *sign, double a, double b)
{
    if (b == 0 && (*sign == '/' || *sign == '%'))
        fail_division(w);
    return awk_number(combine(sign, a, b));
}

static struct awk_value assign(struct awk *w, const struct awk_node *n)
{
    const struct awk_node *place = child(n, 0);
    struct awk_value value = awk_evaluate(w, child(n, 1));
    if (!text_is(n->text, "=")) {
        struct awk_value before = awk_evaluate(w, place);
        value = arithmetic(w, n->text, awk_as_number(&before), awk_as_number(&value));
    }
    awk_store(w, place, value);
    return value;
}

static struct awk_value step(struct awk *w, const struct awk_node *n)
{
    double before = number_at(w, n, 0), after = before + (*n->text == '+' ? 1 : -1);
    awk_store(w, child(n, 0), awk_number(after));
    return awk_number(n->after ? before : after);
}

static bool compare(struct awk *w, const struct awk_node *n)
{
    struct awk_value a = awk_evaluate(w, child(n, 0)), b = awk_evaluate(w, child(n, 1));
    int order = awk_compare(w, &a, &b);
    switch (*n->text) {
    case '<':
        return n->text[1] ? order <= 0 : order < 0;
    case '>':
        return n->text[1] ? order >= 0 : order > 0;
    case '!':
        return order != 0;
    default:
        return order == 0;
    }
}

struct posix_pattern *awk_node_pattern(struct awk *w, const struct awk_node *n)
{
    if (n->kind == AWK_REGEX)
        return n->pattern;
    struct awk_value v = awk_evaluate(w, n);
    return awk_pattern(w, awk_as_text(w, &v));
}

static bool is_in(struct awk *w, const struct awk_node *n)
{
    const struct awk_node *left = child(n, 0);
    const char *key = left->kind == AWK_LIST ? key_of(w, left) : text_at(w, n, 0);
    return awk_item(w, awk_named(w, child(n, 1)), key, false) != NULL;
}

/* ---- Functions that need more than values ---- */

static struct awk_value substitute(struct awk *w, const struct awk_node *n, bool every)
{
    static const struct awk_node zero = { .kind = AWK_NUMBER };
    static const struct awk_node *const only[] = { &zero };
    static const struct awk_node line = { .kind = AWK_FIELD, .nodes = { (void *)only, 1, 1 } };
    const struct awk_node *place = n->nodes.count > 2 ? child(n, 2) : &line;
    double count;
    struct posix_pattern *p = awk_node_pattern(w, child(n, 0));
    const char *with = text_at(w, n, 1);
    struct awk_value value = awk_evaluate(w, place);
    const char *made = awk_substitute(w, p, with, awk_as_text(w, &value), every, &count);
    if (count > 0)
        awk_store(w, place, awk_text(made));
    return awk_number(count);
}

static struct awk_value match(struct awk *w, const struct awk_node *n)
{
    struct posix_span spans[POSIX_SPANS];
    const char *text = text_at(w, n, 0);
    bool found = awk_find(w, awk_node_pattern(w, child(n, 1)), text, 0, spans);
    double start = found ? (double)spans[0].from + 1 : 0;
    awk_variable(w, "RSTART")->value = awk_number(start);
    awk_variable(w, "RLENGTH")->value =
        awk_number(found ? (double)(spans[0].to - spans[0].from) : -1);
    return awk_number(start);
}

static struct awk_value split(struct awk *w, const struct awk_node *n)
{
    struct list parts = { 0 };
    const struct awk_node *by = child(n, 2);
    const char *text = text_at(w, n, 0);
    const char *separator = !by                     ? awk_as_text(w, &awk_variable(w, "FS")->value)
                            : by->kind == AWK_REGEX ? by->text
                                                    : text_at(w, n, 2);
    struct awk_variable *v = awk_named(w, child(n, 1));
    v->items = (struct list){ 0 };
    awk_split(w, text, separator, &parts);
    for (size_t i = 0; i < parts.count; i++) {
        struct awk_item *item = awk_item(w, v, arena_printf(w->a, "%zu", i + 1), true);
        item->value = awk_text(*list_at(&parts, const char *, i));
        item->value.looks = true;
    }
    return awk_number((double)parts.count);
}

static struct awk_value call_own(struct awk *w, const struct awk_function *f,
                                 const struct awk_node *n)
{
    struct awk_variable **around = w->own;
    size_t count = f->parameters.count;
    struct awk_variable **own = arena_array(w->a, struct awk_variable *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct awk_node *given = child(n, i);
        struct awk_variable *v = given && given->kind == AWK_NAME ? awk_named(w, given) : NULL;
        bool array = v && (v->unset || v->items.count); /* those are handed over as they are */
        own[i] = array ? v : arena_new(w->a, struct awk_variable);
        if (array)
            continue;
        own[i]->value = given ? awk_evaluate(w, given) : awk_text("");
        own[i]->unset = !given;
        own[i]->value.looks |= !given;
    }
    w->own = own;
    w->returned = awk_text("");
    w->execute(w, f->body);
    w->own = around;
    if (w->flow == AWK_RETURNS)
        w->flow = AWK_ON;
    return w->returned;
}

static struct awk_value call(struct awk *w, const struct awk_node *n)
{
    const struct awk_function *f =
        LIST_FIND(struct awk_function, &w->program->functions, name, n->text);
    struct awk_value values[16], made;
    size_t count = n->nodes.count < 16 ? n->nodes.count : 16;
    const struct awk_node *first = child(n, 0);
    if (f)
        return call_own(w, f, n);
    if ((text_is(n->text, "sub") || text_is(n->text, "gsub")) && count > 1)
        return substitute(w, n, *n->text == 'g');
    if (text_is(n->text, "match") && count > 1)
        return match(w, n);
    if (text_is(n->text, "split") && count > 1)
        return split(w, n);
    if (text_is(n->text, "length") && first && first->kind == AWK_NAME
        && awk_named(w, first)->items.count)
        return awk_number((double)awk_named(w, first)->items.count);
    for (size_t i = 0; i < count; i++)
        values[i] = awk_evaluate(w, child(n, i));
    if (awk_call(w, n->text, count, values, &made))
        return made;
    shell_complain(w->sh, "awk: function %s is not defined", n->text);
    w->flow = AWK_EXITS;
    w->status = 2;
    return awk_number(0);
}

/* getline [name] [< file] */
static struct awk_value get_line(struct awk *w, const struct awk_node *n)
{
    const struct awk_node *place = child(n, 0);
    const char *line;
    bool found;
    if (n->nodes.count > 1) {
        const char *path = text_at(w, n, 1);
        struct awk_reader *r = LIST_FIND(struct awk_reader, &w->readers, path, path);
        if (!r) {
            r = list_add(w->a, &w->readers, struct awk_reader);
            r->path = path;
            if (shell_read(w->sh, path, &r->at, &r->left)) {
                w->readers.count--;
                return awk_number(-1);
            }
        }
        found = awk_take_line(w, &r->at, &r->left, &line);
    } else {
        found = awk_next_line(w, &line);
    }
    if (found && place) {
        struct awk_value v = awk_text(line);
        v.looks = true;
        awk_store(w, place, v);
    } else if (found) {
        awk_set_line(w, line);
    }
    return awk_number(found);
}

static struct awk_value load(struct awk *w, const struct awk_node *n)
{
    if (n->kind == AWK_ITEM) {
        struct awk_variable *v = awk_named(w, n);
        v->unset = false;
        const char *key = key_of(w, n);
        return awk_item(w, v, key, true)->value;
    }
    return awk_named(w, n)->value;
}

static bool judge(struct awk *w, const struct awk_node *n)
{
    struct posix_span spans[POSIX_SPANS];
    switch (n->kind) {
    case AWK_REGEX:
        return awk_find(w, n->pattern, w->line, 0, spans);
    case AWK_MATCH:
        return awk_find(w, awk_node_pattern(w, child(n, 1)), text_at(w, n, 0), 0, spans)
               != n->negated;
    case AWK_OR:
        return true_at(w, n, 0) || true_at(w, n, 1);
    case AWK_AND:
        return true_at(w, n, 0) && true_at(w, n, 1);
    case AWK_IN:
        return is_in(w, n);
    case AWK_NOT:
        return !true_at(w, n, 0);
    default:
        return compare(w, n);
    }
}

static struct awk_value evaluate(struct awk *w, const struct awk_node *n)
{
    switch (n->kind) {
    case AWK_NUMBER:
        return awk_number(n->number);
    case AWK_TEXT:
        return awk_text(n->text);
    case AWK_NAME:
    case AWK_ITEM:
        return load(w, n);
    case AWK_FIELD:
        return load_field(w, n);
    case AWK_ASSIGN:
        return assign(w, n);
    case AWK_CHOICE:
        return awk_evaluate(w, child(n, true_at(w, n, 0) ? 1 : 2));
    case AWK_JOIN: {
        const char *left = text_at(w, n, 0), *right = text_at(w, n, 1);
        shell_spend(w->sh, strlen(left) + strlen(right));
        return awk_text(arena_printf(w->a, "%s%s", left, right));
    }
    case AWK_SUM: {
        double left = number_at(w, n, 0), right = number_at(w, n, 1);
        return arithmetic(w, n->text, left, right);
    }
    case AWK_MINUS:
        return awk_number(-number_at(w, n, 0));
    case AWK_PLUS:
        return awk_number(number_at(w, n, 0));
    case AWK_STEP:
        return step(w, n);
    case AWK_CALL:
        return call(w, n);
    case AWK_GETLINE:
        return get_line(w, n);
    case AWK_LIST:
        return awk_text(key_of(w, n));
    default:
        return awk_number(judge(w, n));
    }
}

struct awk_value awk_evaluate(struct awk *w, const struct awk_node *n)
{
    struct awk_value v = awk_text("");
    if (!n || shell_stopped(w->sh) || w->flow == AWK_EXITS)
        return v;
    if (w->depth >= 4 * AWK_DEEPEST) {
        shell_complain(w->sh, "awk: nested too deep");
        w->flow = AWK_EXITS;
        w->status = 2;
        return v;
    }
    w->depth++;
    shell_spend(w->sh, 64);
    v = evaluate(w, n);
    w->depth--;
    return v;
}
