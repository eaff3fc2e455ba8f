/* Wildcards: right where going back would take for ever, and within their steps. */
#include "tests/fresh.h"

#include "base/glob.h"
#include "base/rng.h"
#include "base/text.h"
#include "tests/simple_glob.h"

static const char *times(struct arena *a, const char *what, size_t n)
{
    struct list parts = { 0 };
    while (n--)
        strs_add(a, &parts, what);
    return strs_join(a, &parts, "");
}

/* The matcher before this one gave up here, and said no. */
START_TEST(test_found_always)
{
    struct arena a = { 0 };
    const char *text = times(&a, "ab", 64);
    ck_assert(text_glob(arena_printf(&a, "%sb", times(&a, "*a", 64)), text));
    ck_assert(!text_glob(arena_printf(&a, "%sc", times(&a, "*a", 64)), text));
    ck_assert(text_glob(times(&a, "a?", 128), times(&a, "a", 128)));
    ck_assert(text_glob(times(&a, "a?", 64), times(&a, "a", 128)));
    ck_assert(!text_glob(times(&a, "a?", 63), times(&a, "a", 128)));
    ck_assert(text_glob(times(&a, "?", 64), times(&a, "x", 64)));
    ck_assert(!text_glob(times(&a, "?", 63), times(&a, "x", 64)));
    ck_assert(text_glob("*\\*", "a*"));
    ck_assert(text_glob("a\\", "a\\"));
    ck_assert(text_glob("*\xff", "a\xff"));
    arena_release(&a);
}
END_TEST

START_TEST(test_as_the_simple_one)
{
    static const char letters[] = "aab*?\\";
    struct rng r = { (uint64_t)_i + 1 };
    char p[24], s[200];
    for (int round = 0; round < 20000; round++) {
        size_t n = rng_below(&r, sizeof p), m = rng_below(&r, round % 8 ? 12 : sizeof s);
        for (size_t i = 0; i < n; i++)
            p[i] = letters[rng_below(&r, sizeof letters - 1)];
        for (size_t i = 0; i < m; i++)
            s[i] = letters[rng_below(&r, round % 3 ? 3 : sizeof letters - 1)];
        p[n ? n - 1 : 0] = s[m ? m - 1 : 0] = '\0';
        if (text_glob(p, s) != simple_glob(p, s))
            ck_abort_msg("%s on %s", p, s);
    }
}
END_TEST

START_TEST(test_steps)
{
    struct arena a = { 0 };
    struct glob_text t = { .a = &a };
    const char *const parts[] = { "*a", "a?", "*a?", "?", "*", "\\a*" };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        for (size_t n = 1; n <= 4096; n *= 4) {
            const char *pattern = arena_printf(&a, "%sx", times(&a, parts[i], n));
            glob_text_set(&t, times(&a, "a", 2 * n));
            t.steps = 0;
            ck_assert(!glob_match(&t, pattern));
            ck_assert_uint_le(t.steps, (strlen(pattern) + 1) * (2 * n / 64 + 1));
        }
    }
    arena_release(&a);
}
END_TEST

START_TEST(test_many)
{
    struct arena a = { 0 };
    struct list patterns = { 0 };
    for (int i = 0; i < 200; i++)
        strs_add(&a, &patterns, arena_printf(&a, i % 2 ? "name-%d" : "*-x%d?", i % 100));
    struct globs *g = globs_make(&a, &patterns);
    ck_assert_uint_eq(g->exact_count + g->wild_count, 100);
    ck_assert(globs_match(g, "name-99"));
    ck_assert(!globs_match(g, "name-98"));
    ck_assert(globs_match(g, "any-x980"));
    ck_assert(!globs_match(g, "any-x99"));
    ck_assert(!globs_match(g, ""));
    arena_release(&a);
}
END_TEST

/* 1,000 names against the 200 values that a filter may have: ten times as many steps are a second
 * at most. */
START_TEST(test_world)
{
    struct arena a = { 0 }, names = { 0 };
    const char *const shapes[][2] = {
        { "*a", "b*c" }, { "*a*b*c*d*e*f*", "" },       { "image?", "?x*" },
        { "*", "z" },    { times(&a, "*a", 120), "*" }, { times(&a, "a?", 120), "" }
    };
    struct list patterns = { 0 };
    for (int i = 0; i < 200; i++)
        strs_add(&a, &patterns, arena_printf(&a, "%s%d%s", shapes[_i][0], i + 500, shapes[_i][1]));
    struct globs *g = globs_make(&a, &patterns);
    const char *tail = times(&a, _i < 4 ? "abcdef" : "aaaaaa", 19);
    for (int i = 0; i < 1000; i++) {
        ck_assert(!globs_match(g, arena_printf(&names, "a%s%d", tail, i % 400)));
        arena_reset(&names);
    }
    ck_assert_uint_le(g->text.steps, 75 * 1000 * 1000);
    arena_release(&names);
    arena_release(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("glob");
    TCase *t = tcase_create("glob");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_found_always);
    tcase_add_loop_test(t, test_as_the_simple_one, 0, 4);
    tcase_add_test(t, test_steps);
    tcase_add_test(t, test_many);
    tcase_add_loop_test(t, test_world, 0, 6);
    suite_add_tcase(s, t);
    return run_suite(s);
}
