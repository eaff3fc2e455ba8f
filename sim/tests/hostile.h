/* What the tests with hostile bytes share. With gcc they are unit tests: seeds, changed at random
 * by a fixed stream. Built by clang with -fsanitize=fuzzer -DFUZZING each is a libFuzzer target
 * (docs/contributing.md). */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/rng.h"
#include "call/call.h"
#include "store/store.h"
#include "time/clock.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "server/pipeline.h"

static struct arena process;
static struct clock still;
static struct sim sim;

static inline void open_sim(void)
{
    const char *error = NULL;
    log_open(LOG_OFF);
    sim = (struct sim){ .clock = &still,
                        .contents = &contents,
                        .perform = pipeline_perform,
                        .pace = PACE_INSTANT,
                        .version = "fuzz",
                        .seed = 1 };
    sim.fixtures = fixtures_load(&process, &(struct list){ 0 }, &error);
    sim.store = store_open(&process, NULL, contents.schemas, &error);
    if (!sim.fixtures || !sim.store)
        abort();
    clock_open(&still, sim.store);
    still.frozen = true;
}

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
