/* awk's values, variables, fields. See awk.h. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/command/awk.h"
#include "guest/shell/shell_format.h"

#define MOST_FIELDS 10000

struct awk_pattern {
    const char *text;
    struct posix_pattern *pattern;
};

/* ---- Values ---- */

struct awk_value awk_number(double number)
{
    return (struct awk_value){ .number = number };
}

struct awk_value awk_text(const char *text)
{
    return (struct awk_value){ .text = text, .is_text = true };
}

static bool looks_like_number(const char *text)
{
    char *end;
    text += strspn(text, " \t\n");
    if (!isdigit((unsigned char)text[*text == '-' || *text == '+' || *text == '.'])
        && !isdigit((unsigned char)*text) && text[0] != '.' && !(text[0] && text[1] == '.'))
        return false;
    strtod(text, &end);
    return end != text && !end[strspn(end, " \t\n")];
}

double awk_as_number(const struct awk_value *v)
{
    if (!v->is_text)
        return v->number;
    const char *text = v->text + strspn(v->text, " \t\n");
    size_t sign = *text == '-' || *text == '+';
    if (!isdigit((unsigned char)text[sign]) && text[sign] != '.')
        return 0; /* nor inf, nan */
    if (text[sign] == '0' && tolower((unsigned char)text[sign + 1]) == 'x')
        return 0;
    return strtod(text, NULL);
}

static const char *number_text(struct awk *w, double n)
{
    bool whole = n > -1e16 && n < 1e16 && n == (double)(int64_t)n;
    return whole ? arena_printf(w->a, "%lld", (long long)n) : arena_printf(w->a, "%.6g", n);
}

const char *awk_as_text(struct awk *w, const struct awk_value *v)
{
    return v->is_text ? v->text : number_text(w, v->number);
}

bool awk_is_true(const struct awk_value *v)
{
    if (v->looks && looks_like_number(v->text))
        return strtod(v->text, NULL) != 0;
    return v->is_text ? *v->text != '\0' : v->number != 0;
}

static bool counts_as_number(const struct awk_value *v)
{
    return !v->is_text || (v->looks && looks_like_number(v->text));
}

int awk_compare(struct awk *w, const struct awk_value *a, const struct awk_value *b)
{
    if (counts_as_number(a) && counts_as_number(b)) {
        double x = awk_as_number(a), y = awk_as_number(b);
        return (x > y) - (x < y);
    }
    int order = strcmp(awk_as_text(w, a), awk_as_text(w, b));
    return (order > 0) - (order < 0);
}

/* ---- Variables ---- */

struct awk_variable *awk_variable(struct awk *w, const char *name)
{
    LIST_EACH (struct awk_variable *, v, &w->variables) {
        if (text_is((*v)->name, name))
            return *v;
    }
    struct awk_variable *v = arena_new(w->a, struct awk_variable);
    v->name = name;
    v->value = awk_text("");
    v->value.looks = true;
    v->unset = true;
    *list_add(w->a, &w->variables, struct awk_variable *) = v;
    return v;
}

static size_t place(const struct list *items, const char *key, bool *ret_found)
{
    size_t low = 0, high = items->count;
    *ret_found = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(list_at(items, struct awk_item, middle)->key, key);
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

struct awk_item *awk_item(struct awk *w, struct awk_variable *v, const char *key, bool make)
{
    bool found;
    size_t at = place(&v->items, key, &found);
    if (found)
        return list_at(&v->items, struct awk_item, at);
    if (!make)
        return NULL;
    list_add(w->a, &v->items, struct awk_item);
    struct awk_item *items = v->items.items;
    memmove(items + at + 1, items + at, (v->items.count - 1 - at) * sizeof *items);
    items[at] = (struct awk_item){ .key = arena_strdup(w->a, key), .value = awk_text("") };
    items[at].value.looks = true;
    shell_spend(w->sh, sizeof *items + v->items.count);
    return items + at;
}

void awk_delete(struct awk_variable *v, const char *key)
{
    bool found;
    size_t at = place(&v->items, key, &found);
    struct awk_item *items = v->items.items;
    if (!found)
        return;
    memmove(items + at, items + at + 1, (v->items.count - at - 1) * sizeof *items);
    v->items.count--;
}

/* ---- Patterns ---- */

struct posix_pattern *awk_pattern(struct awk *w, const char *text)
{
    const char *error;
    struct awk_pattern *known = LIST_FIND(struct awk_pattern, &w->patterns, text, text);
    if (known)
        return known->pattern;
    struct posix_pattern *p = posix_pattern_new(w->a, POSIX_AWK, text, 0, NULL, NULL, &error);
    shell_spend(w->sh, 1000 + 4 * strlen(text));
    *list_add(w->a, &w->patterns, struct awk_pattern) = (struct awk_pattern){ text, p };
    return p;
}

bool awk_find(struct awk *w, struct posix_pattern *p, const char *text, size_t from,
              struct posix_span ret[POSIX_SPANS])
{
    bool found = p && posix_pattern_find(p, text, strlen(text), from, ret);
    shell_spend(w->sh, p ? posix_pattern_cost(p) : 0);
    return found;
}

/* ---- Fields ---- */

static void split_blanks(struct awk *w, const char *text, struct list *ret)
{
    while (*(text += strspn(text, " \t\n"))) {
        size_t n = strcspn(text, " \t\n");
        strs_add(w->a, ret, arena_strndup(w->a, text, n));
        text += n;
    }
}

void awk_split(struct awk *w, const char *text, const char *separator, struct list *ret)
{
    shell_spend(w->sh, strlen(text));
    if (text_is(separator, " ")) {
        split_blanks(w, text, ret);
        return;
    }
    if (!*text)
        return;
    if (!*separator) { /* each character by itself */
        for (; *text; text++)
            strs_add(w->a, ret, arena_strndup(w->a, text, 1));
        return;
    }
    struct posix_pattern *p = separator[1] || *separator == '\\' ? awk_pattern(w, separator) : NULL;
    size_t at = 0;
    for (; ret->count < MOST_FIELDS;) {
        struct posix_span spans[POSIX_SPANS];
        const char *plain = p ? NULL : strchr(text + at, *separator);
        size_t from = plain ? (size_t)(plain - text) : 0, to = from + 1;
        bool found = plain != NULL;
        if (p && awk_find(w, p, text, at, spans) && spans[0].to > spans[0].from) {
            found = true;
            from = spans[0].from;
            to = spans[0].to;
        }
        if (!found)
            break;
        strs_add(w->a, ret, arena_strndup(w->a, text + at, from - at));
        at = to;
    }
    strs_add(w->a, ret, text + at);
}

void awk_set_line(struct awk *w, const char *line)
{
    const struct awk_value *separator = &awk_variable(w, "FS")->value;
    w->line = line;
    w->fields = (struct list){ 0 };
    awk_split(w, line, awk_as_text(w, separator), &w->fields);
    awk_variable(w, "NF")->value = awk_number((double)w->fields.count);
}

const char *awk_field(struct awk *w, size_t which)
{
    if (!which)
        return w->line;
    return which <= w->fields.count ? *list_at(&w->fields, const char *, which - 1) : "";
}

void awk_set_field(struct awk *w, size_t which, const char *text)
{
    if (!which) {
        awk_set_line(w, text);
        return;
    }
    if (which > MOST_FIELDS)
        return;
    while (w->fields.count < which)
        strs_add(w->a, &w->fields, "");
    *list_at(&w->fields, const char *, which - 1) = text;
    awk_variable(w, "NF")->value = awk_number((double)w->fields.count);
    w->line = strs_join(w->a, &w->fields, awk_as_text(w, &awk_variable(w, "OFS")->value));
    shell_spend(w->sh, strlen(w->line));
}

/* ---- printf ---- */

struct printing {
    struct awk *w;
    size_t n, at;
    const struct awk_value *values;
};

static const struct awk_value *next_value(struct printing *p)
{
    static const struct awk_value nothing = { .text = "", .is_text = true };
    return p->at < p->n ? &p->values[p->at++] : &nothing;
}

static int64_t star(void *of)
{
    double n = awk_as_number(next_value(of));
    return n > 1e6 ? 1000000 : n < -1e6 ? -1000000 : (int64_t)n;
}

static int64_t whole_of(double n)
{
    return n >= 9.2e18 ? INT64_MAX : n <= -9.2e18 ? INT64_MIN : (int64_t)n;
}

static void format_one(struct printing *p, struct buffer *out, const struct conversion *c,
                       char kind)
{
    const struct awk_value *v = next_value(p);
    struct arena *a = p->w->a;
    char one = (char)whole_of(awk_as_number(v));
    if (strchr("diouxX", kind))
        format_integer(a, out, c, kind, whole_of(awk_as_number(v)));
    else if (strchr("eEfFgG", kind))
        format_real(a, out, c, kind, awk_as_number(v));
    else if (kind == 'c' && !v->is_text)
        format_text(a, out, c, &one, 1);
    else
        format_text(a, out, c, awk_as_text(p->w, v),
                    kind == 'c' ? *awk_as_text(p->w, v) != '\0' : strlen(awk_as_text(p->w, v)));
    shell_spend(p->w->sh, (size_t)(c->width < 0 ? -c->width : c->width) + 8);
}

const char *awk_format(struct awk *w, size_t n, const struct awk_value *values)
{
    struct buffer out = { 0 };
    struct printing p = { .w = w, .n = n, .at = 1, .values = values };
    const char *format = n ? awk_as_text(w, &values[0]) : "";
    for (; *format && !shell_stopped(w->sh); format++) {
        struct conversion c;
        if (*format != '%' || format[1] == '%') {
            buffer_add(w->a, &out, format, 1);
            format += *format == '%';
            continue;
        }
        const char *letter = format_read(format + 1, &c, star, &p);
        if (!*letter)
            break;
        if (strchr("diouxXeEfFgGcs", *letter))
            format_one(&p, &out, &c, *letter);
        format = letter;
    }
    shell_spend(w->sh, out.n);
    return buffer_text(w->a, &out);
}
