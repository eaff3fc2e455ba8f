/* Hostile bytes as JSON: refused, or a tree that is written and read again as the same; and whoever
 * walks through them finds what is in that tree. */
#include "tests/hostile.h"

#include "base/json_walk.h"
#include "base/text.h"
#include "base/value.h"

static const char *again(struct arena *a, const char *json, int flags)
{
    const char *error = NULL;
    struct value *v = value_from_json(a, json, strlen(json), &error);
    if (!v)
        abort();
    return value_to_json(a, v, flags);
}

/* What is in an object or a list, item by item. */
static struct value *walked(struct arena *a, const char *bytes, size_t n)
{
    struct json_walk w = json_walk(bytes, n);
    bool object = json_peek(&w) == '{';
    struct value *all = value_new(a, object ? VALUE_MAP : VALUE_LIST);
    json_enter(&w, object ? '{' : '[');
    while (json_next(&w)) {
        const char *key = object ? json_key(&w, a) : NULL;
        struct json_walk passing = w;
        struct value *v = json_value(&w, a);
        json_skip(&passing);
        if (v && passing.at != w.at)
            abort();
        if (v)
            value_add(all, key, v);
    }
    return json_is_passed(&w) ? all : NULL;
}

static bool stands_twice(const struct value *v)
{
    for (const struct value *child = v->first; child && v->type == VALUE_MAP; child = child->next) {
        if (value_get(v, child->key) != child)
            return true;
    }
    return false;
}

static void feed_walk(struct arena *a, const char *bytes, size_t n, const struct value *tree)
{
    struct value *all = walked(a, bytes, n);
    bool whole = tree && (tree->type == VALUE_MAP || tree->type == VALUE_LIST);
    /* behind a number jansson takes a NUL for nothing */
    if (all ? !whole && !stands_twice(all) : whole && !memchr(bytes, '\0', n))
        abort();
    if (all && whole && !text_is(value_to_json(a, all, 0), value_to_json(a, tree, 0)))
        abort();
}

static void feed_json(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *error = NULL;
    struct value *v = value_from_json(&a, bytes, n, &error);
    if (!v && !error)
        abort();
    feed_walk(&a, bytes, n, v);
    if (v) {
        const char *first = value_to_json(&a, v, 0);
        if (!text_is(again(&a, value_to_json(&a, v, JSON_PRETTY | JSON_ONLY_ASCII), 0), first))
            abort();
    }
    arena_release(&a);
}

HOSTILE("json", 20000, feed_json)
