/* Hostile bytes as YAML, and as what people write in it: a scenario is refused with a place and a
 * reason, or read. What was read is the same when it was packed and unpacked. */
#include "tests/hostile.h"

#include "base/text.h"
#include "base/value.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "scenario/scenario.h"
#include "server/pipeline.h"

static bool same_text(const char *x, const char *y)
{
    return x == y || text_is(x, y);
}

static bool same(const struct value *x, const struct value *y)
{
    if (x->type != y->type || x->line != y->line || x->count != y->count || x->flag != y->flag
        || (x->type == VALUE_INT && x->number != y->number)
        || (x->type == VALUE_REAL && memcmp(&x->real, &y->real, sizeof x->real) != 0)
        || !same_text(x->text, y->text) || !same_text(x->key, y->key))
        return false;
    for (x = x->first, y = y->first; x && y; x = x->next, y = y->next) {
        if (!same(x, y))
            return false;
    }
    return x == y;
}

static void check_packed(struct arena *a, const struct value *v)
{
    size_t n;
    const struct value *back = value_unpack(a, value_pack(a, "f", v, &n));
    if (!same(v, back) || !text_is(back->file, "f"))
        abort();
}

static void feed_yaml(const char *bytes, size_t n)
{
    static const struct fixtures none;
    struct sim sim = { .contents = &contents, .fixtures = &none };
    struct arena a = { 0 };
    struct call c = { .a = &a, .sim = &sim };
    struct plan plan;
    const char *error = NULL;
    struct value *v = value_from_yaml(&a, "f", bytes, n, &error);
    if (v ? !value_to_json(&a, v, 0) : !text_starts(error, "f:"))
        abort();
    if (v)
        check_packed(&a, v);
    v = value_from_yaml_loose(&a, "f", bytes, n, &error);
    if (v ? !value_to_json(&a, v, 0) : !text_starts(error, "f:"))
        abort();
    if (plan_read(&c, "f", bytes, n, &plan) && !c.outcome.message)
        abort();
    arena_release(&a);
}

HOSTILE("yaml", 20000, feed_yaml)
