/* Query strings and form bodies as trees. Every byte here is hostile. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "request/request.h"

#define MAX_PAIRS 20000
#define DEEPEST 12

struct pair {
    const char *name, *value;
    size_t order;
};

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

char *url_decode(struct arena *a, const char *text, size_t n, bool plus_is_space)
{
    char *out = arena_alloc(a, n + 1), *at = out;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == '+' && plus_is_space) {
            *at++ = ' ';
        } else if (text[i] == '%') {
            int high = i + 2 < n ? hex(text[i + 1]) : -1, low = high < 0 ? -1 : hex(text[i + 2]);
            if (low < 0)
                return NULL;
            *at++ = (char)(high << 4 | low);
            i += 2;
        } else {
            *at++ = text[i];
        }
    }
    return text_is_xml(out, (size_t)(at - out)) ? out : NULL;
}

/* '.' sorts before everything, so that what belongs to one list or structure stands together. */
static int compare_names(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    int x = *a == '.' ? 1 : *a ? (unsigned char)*a + 1 : 0;
    int y = *b == '.' ? 1 : *b ? (unsigned char)*b + 1 : 0;
    return x - y;
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int order = compare_names(x->name, y->name);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

static int read_pairs(struct call *c, const char *text, size_t n, struct list *pairs)
{
    const char *end = text + n;
    while (text < end) {
        const char *stop = memchr(text, '&', (size_t)(end - text));
        if (!stop)
            stop = end;
        const char *equals = memchr(text, '=', (size_t)(stop - text));
        if (!equals)
            equals = stop;
        if (stop > text) {
            if (pairs->count == MAX_PAIRS)
                return fail(c, E_MalformedQuery, "Too many parameters");
            struct pair *p = list_add(c->a, pairs, struct pair);
            p->order = pairs->count;
            p->name = url_decode(c->a, text, (size_t)(equals - text), true);
            p->value = equals < stop
                           ? url_decode(c->a, equals + 1, (size_t)(stop - equals - 1), true)
                           : "";
            if (!p->name || !p->value)
                return fail(c, E_MalformedQuery,
                            "A parameter is not correctly encoded or not valid UTF-8 text");
        }
        text = stop + 1;
    }
    return 0;
}

/* Names arrive sorted, so the place for the next one is always at the end of the tree. */
static int add_pair(struct call *c, struct value *root, const struct pair *p, bool first_wins)
{
    struct value *at = root;
    const char *name = p->name;
    for (int depth = 0;; depth++) {
        size_t n = strcspn(name, ".");
        if (depth == DEEPEST)
            return fail(c, E_MalformedQuery, "A parameter is nested too deeply");
        struct value *child = at->last;
        bool same = child && strlen(child->key) == n && strncmp(child->key, name, n) == 0;
        if (!same)
            child = value_add_text(c->a, at, arena_strndup(c->a, name, n), "");
        if (!name[n]) {
            if (child->type == VALUE_TEXT && (!same || !first_wins))
                child->text = p->value;
            return 0;
        }
        if (child->type != VALUE_MAP && same && *child->text)
            return fail(c, E_MalformedQuery,
                        arena_printf(c->a, "%s is a value and a structure at once", child->key));
        child->type = VALUE_MAP;
        at = child;
        name += n + 1;
    }
}

struct value *query_decode(struct call *c, const char *text, size_t n, bool first_wins)
{
    struct list pairs = { 0 };
    struct value *root = value_new(c->a, VALUE_MAP);
    if (read_pairs(c, text, n, &pairs))
        return NULL;
    if (pairs.count)
        qsort(pairs.items, pairs.count, sizeof(struct pair), compare_pairs);
    LIST_EACH (struct pair, p, &pairs) {
        if (add_pair(c, root, p, first_wins))
            return NULL;
    }
    return root;
}
