/* What the tests with hostile bytes share. With gcc they are unit tests: seeds, changed at random
 * by a fixed stream. Built by clang with -fsanitize=fuzzer -DFUZZING each is a libFuzzer target
 * (docs/contributing.md). */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Bytes replaced, cut out, doubled or exchanged for signs that parsers care about. */
static inline size_t hostile_change(struct rng *r, char *text, size_t n, size_t room)
{
    static const char signs[] = "&=.%+{}[]\",:'\\-#*?\n\0\xff\x80/0";
    for (uint64_t times = 1 + rng_below(r, 6); times && n; times--) {
        size_t at = (size_t)rng_below(r, n), length = (size_t)rng_below(r, n - at) + 1;
        switch (rng_below(r, 4)) {
        case 0:
            text[at] = (char)rng_next(r);
            break;
        case 1:
            text[at] = signs[rng_below(r, sizeof signs)];
            break;
        case 2:
            memmove(text + at, text + at + length, n - at - length);
            n -= length;
            break;
        default:
            if (n + length < room) {
                memmove(text + at + length, text + at, n - at);
                n += length;
            }
        }
    }
    return n;
}

static inline void hostile_rounds(uint64_t stream, int rounds, const char *const *seeds,
                                  size_t count, void (*feed)(const char *bytes, size_t n))
{
    struct rng r = { stream };
    char text[4096];
    for (int round = 0; round < rounds; round++) {
        const char *seed = seeds[rng_below(&r, count)];
        size_t n = strlen(seed);
        memcpy(text, seed, n);
        feed(text, hostile_change(&r, text, n, sizeof text));
    }
}

#endif
