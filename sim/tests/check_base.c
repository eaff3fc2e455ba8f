/* The lowest room: text, time, value trees. */
#include "tests/fresh.h"

#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"

START_TEST(test_glob)
{
    ck_assert(text_glob("database?", "database"));
    ck_assert(text_glob("database?", "database1"));
    ck_assert(!text_glob("database?", "database12"));
    ck_assert(text_glob("a*c", "abcbc"));
    ck_assert(!text_glob("a*c", "abcb"));
    ck_assert(text_glob("\\*amazon\\?\\\\", "*amazon?\\"));
    ck_assert(!text_glob("\\*", "x"));
    ck_assert(text_glob("*", ""));
    ck_assert(!text_glob("A", "a"));
}
END_TEST

START_TEST(test_times)
{
    struct arena a = { 0 };
    int64_t ms;
    ck_assert(time_parse("2026-09-25T11:57:20.570Z", &ms));
    ck_assert_str_eq(time_format_ms(&a, ms), "2026-09-25T11:57:20.570Z");
    ck_assert_str_eq(time_format_s(&a, ms), "2026-09-25T11:57:20Z");
    ck_assert(time_parse("2024-02-29", &ms));
    ck_assert_str_eq(time_format_s(&a, ms), "2024-02-29T00:00:00Z");
    ck_assert(time_parse("1970-01-01T01:00:00+01:00", &ms));
    ck_assert_int_eq(ms, 0);
    ck_assert(!time_parse("yesterday", &ms));
    ck_assert(!time_parse("2026-13-01", &ms));
    ck_assert(!time_parse("2026-02-31", &ms) && !time_parse("1900-02-29", &ms));
    ck_assert(!time_parse("2026-01-01T24:00:00Z", &ms) && !time_parse("2026-06-30T23:59:60Z", &ms));
    ck_assert(time_parse("9999-12-31T23:59:59.999Z", &ms) && ms == TIME_LAST);
    ck_assert(!time_parse("9999-12-31T23:59:59-01:00", &ms));
    ck_assert_str_eq(time_format_ms(&a, INT64_MAX), "9999-12-31T23:59:59.999Z");
    ck_assert_str_eq(time_format_ms(&a, INT64_MIN), "0001-01-01T00:00:00.000Z");
    ck_assert(span_parse("1d12h", &ms));
    ck_assert_int_eq(ms, 36 * HOUR_MS);
    ck_assert(!span_parse("-5h", &ms));
    ck_assert(!span_parse("5", &ms));
    ck_assert(!span_parse("", &ms));
    arena_release(&a);
}
END_TEST

START_TEST(test_base64)
{
    struct arena a = { 0 };
    static const char *const words[] = { "", "f", "fo", "foo", "foob", "fooba" };
    size_t n;
    for (size_t i = 0; i < 6; i++) {
        char *text = base64_encode(&a, words[i], i);
        ck_assert_str_eq(base64_decode(&a, text, &n), words[i]);
        ck_assert_uint_eq(n, i);
    }
    ck_assert_ptr_null(base64_decode(&a, "a", &n));
    ck_assert_ptr_null(base64_decode(&a, "ab!=", &n));
    arena_release(&a);
}
END_TEST

START_TEST(test_yaml)
{
    struct arena a = { 0 };
    const char *error = NULL, text[] = "a: 1\nb: [x, 'y', true, ~, 1.5]\nc: {d: \"1\"}\n";
    struct value *v = value_from_yaml(&a, "f.yaml", text, sizeof text - 1, &error);
    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(value_get(v, "a")->number, 1);
    ck_assert_uint_eq(value_get(v, "b")->count, 5);
    ck_assert_int_eq(value_get(v, "c")->line, 3);
    ck_assert_str_eq(value_text(value_get(v, "c"), "d"), "1");
    ck_assert_ptr_null(value_from_yaml(&a, "f.yaml", "a: 1\na: 2\n", 10, &error));
    ck_assert_str_eq(error, "f.yaml:2: 'a' stands here twice");
    ck_assert_ptr_null(value_from_yaml(&a, "f.yaml", "a: [1\n", 6, &error));
    arena_release(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("base");
    tcase_add_test(t, test_glob);
    tcase_add_test(t, test_times);
    tcase_add_test(t, test_base64);
    tcase_add_test(t, test_yaml);
    suite_add_tcase(s, t);
    return run_suite(s);
}
