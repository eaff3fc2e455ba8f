/* Hostile bytes as CBOR: refused with a reason, or a tree that is written and read again as the
 * same. */
#include "tests/hostile.h"

#include "base/text.h"
#include "base/value.h"

static void feed_cbor(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *error = NULL;
    struct value *v = value_from_cbor(&a, bytes, n, &error);
    if (!v != (error != NULL))
        abort();
    if (v) {
        size_t size = 0;
        const void *written = value_to_cbor(&a, v, &size);
        struct value *again = value_from_cbor(&a, written, size, &error);
        if (!again || !text_is(value_to_json(&a, v, 0), value_to_json(&a, again, 0)))
            abort();
    }
    arena_release(&a);
}

HOSTILE("cbor", 20000, feed_cbor)
