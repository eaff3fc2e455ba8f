/* Hostile bytes as YAML, and as what people write in it: a scenario is refused with a place and a
 * reason, or read. */
#include "tests/hostile.h"

#include "base/text.h"
#include "base/value.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "scenario/scenario.h"
#include "server/pipeline.h"

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
    v = value_from_yaml_loose(&a, "f", bytes, n, &error);
    if (v ? !value_to_json(&a, v, 0) : !text_starts(error, "f:"))
        abort();
    if (plan_read(&c, "f", bytes, n, &plan) && !c.outcome.message)
        abort();
    arena_release(&a);
}

HOSTILE("yaml", 20000, feed_yaml)
