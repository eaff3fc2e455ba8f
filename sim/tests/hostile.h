/* What the tests with hostile bytes share. Each is a function that takes any bytes and ends the
 * process where something is wrong.
 *
 * With gcc it is a unit test: the inputs that were kept in sim/tests/corpus/, as they are and then
 * changed at random by a fixed stream. Built by clang with -DFUZZING it is a libFuzzer target, led
 * by what it covers: client-tests/fuzz. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/list.h"
#include "base/rng.h"

#ifndef FUZZING
#include "tests/suite.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define HOSTILE_LONGEST 4096

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
    char text[HOSTILE_LONGEST];
    for (int round = 0; round < rounds; round++) {
        const char *seed = seeds[rng_below(&r, count)];
        size_t n = strlen(seed);
        memcpy(text, seed, n);
        feed(text, hostile_change(&r, text, n, sizeof text));
    }
}

/* ---- The inputs that were kept ---- */

/* In its place: \n, \\ and \xHH stand for bytes that a line of text cannot have. */
static inline void hostile_unescape(char *line)
{
    char *to = line;
    for (const char *at = line; *at; at++) {
        if (*at != '\\') {
            *to++ = *at;
            continue;
        }
        at++;
        if (*at == 'x') {
            char hex[3] = { at[1], at[2], '\0' };
            *to++ = (char)strtoul(hex, NULL, 16);
            at += 2;
        } else {
            *to++ = (char)(*at == 'n' ? '\n' : *at);
        }
    }
    *to = '\0';
}

/* Texts, one for each line of the file. None is empty, none has a NUL. */
static inline struct list hostile_kept(struct arena *a, const char *target)
{
    struct list all = { 0 };
    char line[4 * HOSTILE_LONGEST];
    FILE *file = fopen(arena_printf(a, "sim/tests/corpus/%s", target), "r");
    if (!file)
        abort();
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        hostile_unescape(line);
        *list_add(a, &all, const char *) = arena_strdup(a, line);
    }
    fclose(file);
    return all;
}

/* Each as it is, then `rounds` changed ones. */
static inline void hostile_replay(const char *target, int rounds,
                                  void (*feed)(const char *bytes, size_t n))
{
    struct arena a = { 0 };
    struct list kept = hostile_kept(&a, target);
    LIST_EACH (const char *, text, &kept)
        feed(*text, strlen(*text));
    hostile_rounds(1, rounds, kept.items, kept.count, feed);
    arena_release(&a);
}

#ifdef FUZZING
#define HOSTILE(target, rounds, feed)                                                              \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)                                     \
    {                                                                                              \
        feed((const char *)bytes, n);                                                              \
        return 0;                                                                                  \
    }
#else
#define HOSTILE(target, rounds, feed)                                                              \
    START_TEST(test_##feed)                                                                        \
    {                                                                                              \
        hostile_replay(target, rounds, feed);                                                      \
    }                                                                                              \
    END_TEST                                                                                       \
                                                                                                   \
    int main(void)                                                                                 \
    {                                                                                              \
        Suite *s = suite_create("hostile " target);                                                \
        TCase *t = tcase_create(target);                                                           \
        tcase_set_timeout(t, 100);                                                                 \
        tcase_add_test(t, test_##feed);                                                            \
        suite_add_tcase(s, t);                                                                     \
        return run_suite(s);                                                                       \
    }
#endif

#endif
