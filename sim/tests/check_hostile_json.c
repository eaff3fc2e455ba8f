/* Hostile bytes as JSON: refused, or a tree that is written and read again as the same. */
#include "tests/hostile.h"

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

static void feed_json(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *error = NULL;
    struct value *v = value_from_json(&a, bytes, n, &error);
    if (!v && !error)
        abort();
    if (v) {
        const char *first = value_to_json(&a, v, 0);
        if (!text_is(again(&a, value_to_json(&a, v, JSON_PRETTY | JSON_ONLY_ASCII), 0), first))
            abort();
    }
    arena_release(&a);
}

HOSTILE("json", 20000, feed_json)
