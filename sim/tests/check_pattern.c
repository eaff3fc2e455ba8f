/* Regular expressions: Java's as far as they are taken, refused beyond, and never more than their
 * share. */
#include <time.h>

#include "tests/fresh.h"

#include "base/list.h"
#include "base/pattern.h"

static const struct {
    const char *pattern, *text;
    enum pattern_answer answer;
    const char *what;
} cases[] = {
    { "fixture-.*", "fixture-one", PATTERN_MATCHES, NULL },
    { "fixture-.*", "a fixture-one", PATTERN_DIFFERS, NULL },
    { "^\\d+$", "42", PATTERN_MATCHES, NULL },
    { "^\\d+$", "42\n", PATTERN_DIFFERS, NULL },
    { "\\d", "\xd9\xa3", PATTERN_DIFFERS, NULL }, /* an Arabic 3 */
    { "a|ab", "ab", PATTERN_MATCHES, NULL },
    { "..", "\xc3\xa4\xc3\xb6", PATTERN_MATCHES, NULL },
    { ".*", "a\nb", PATTERN_DIFFERS, NULL },
    { "(?s).*", "a\nb", PATTERN_MATCHES, NULL },
    { "(?i)abc", "aBC", PATTERN_MATCHES, NULL },
    { "(?i:a)b", "AB", PATTERN_DIFFERS, NULL },
    { "(?<year>\\d{4})-\\k<year>", "2026-2026", PATTERN_MATCHES, NULL },
    { "(?=.*\\d)(?!.*x)[a-z\\d]++", "abc1", PATTERN_MATCHES, NULL },
    { "(?<=a)?a*+b", "aab", PATTERN_MATCHES, NULL },
    { "\\p{Alpha}+[\\p{Digit}_]\\P{Upper}", "ab1c", PATTERN_MATCHES, NULL },
    { "[\\P{Lower}]+", "AB1", PATTERN_MATCHES, NULL },
    { "\\p{Alpha}", "\xc3\xa4", PATTERN_DIFFERS, NULL },
    { "\\p{IsAlphabetic}\\p{L}\\pL\\p{IsLatin}", "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
      PATTERN_MATCHES, NULL },
    { "\\p{script=Greek}\\p{gc=Lu}",
      "\xce\xb1"
      "A",
      PATTERN_MATCHES, NULL },
    { "\\u00e4\\x{e4}\\x41",
      "\xc3\xa4\xc3\xa4"
      "A",
      PATTERN_MATCHES, NULL },
    { "a\\hb\\R\\Q(*[\\E", "a b\n(*[", PATTERN_MATCHES, NULL },
    { "[]a^]+[^]a]", "]a^b", PATTERN_MATCHES, NULL },
    { "x{2}y{1,}z{0,3}", "xxy", PATTERN_MATCHES, NULL },
    { "\\c[", "\x1b", PATTERN_MATCHES, NULL },
    { "[", "x", PATTERN_WRONG, NULL },
    { "(", "x", PATTERN_WRONG, NULL },
    { "*", "x", PATTERN_WRONG, NULL },
    { "a{", "a{", PATTERN_WRONG, NULL },
    { "a{,3}", "a", PATTERN_WRONG, NULL },
    { "\\", "\\", PATTERN_WRONG, NULL },
    { "(*LIMIT_MATCH=4000000000)a", "a", PATTERN_WRONG, NULL },
    { "(?R)", "x", PATTERN_WRONG, NULL },
    { "(a)(?1)", "aa", PATTERN_WRONG, NULL },
    { "(?<1a>b)", "b", PATTERN_WRONG, NULL },
    { "(?#c)", "", PATTERN_WRONG, NULL },
    { "\\K\\C", "ab", PATTERN_WRONG, NULL },
    { "\\p{Nothing}", "a", PATTERN_WRONG, NULL },
    { "(((((a{1,100}){1,100}){1,100}){1,100}){1,100})", "a", PATTERN_WRONG, NULL },
    { "(.{1,999}){1,999}{1,999}", "a", PATTERN_WRONG, NULL },
    { "\\p{InGreek}", "a", PATTERN_BEYOND, "\\p{InGreek}" },
    { "[\\p{javaLowerCase}]", "a", PATTERN_BEYOND, "\\p{javaLowerCase}" },
    { "[a-z&&[^b]]", "a", PATTERN_BEYOND, "&& in a class" },
    { "[a[b]]", "a", PATTERN_BEYOND, "a class inside a class" },
    { "(?U)a", "a", PATTERN_BEYOND, "(?U)" },
    { "(?ix:a)", "a", PATTERN_BEYOND, "(?ix:" },
    { "\\0101", "A", PATTERN_BEYOND, "\\0" },
};

START_TEST(test_cases)
{
    struct arena a = { 0 };
    const char *what = NULL;
    enum pattern_answer answer = pattern_answer(&a, cases[_i].pattern, cases[_i].text, &what);
    ck_assert_msg(answer == cases[_i].answer, "%s on %s: %d", cases[_i].pattern, cases[_i].text,
                  (int)answer);
    if (cases[_i].what)
        ck_assert_str_eq(what, cases[_i].what);
    arena_release(&a);
}
END_TEST

/* The longest value that there is, and patterns that have no end of ways through it. */
START_TEST(test_costly)
{
    static const char *const patterns[] = {
        "(a+)+b",
        "(a|a)*b",
        "(a*)*b",
        "((?=.*+)a?)*b",
        "((?=.*+)(?=.*+)(?=.*+)(?=.*+)a|(?=.*+)a)*b",
        "(.*)(.*)(.*)(.*)\\1\\2\\3b",
        "(\\p{L}*,?)*b",
        "(?:.*.*)*+b|(.*.*.*.*)*b",
    };
    struct arena a = { 0 };
    const char *what;
    char *text = arena_alloc(&a, 8193);
    memset(text, 'a', 8190);
    memcpy(text + 8190, "bc", 2); /* else it is seen at once that there is no b */
    clock_t began = clock();
    enum pattern_answer answer = pattern_answer(&a, patterns[_i], text, &what);
    ck_assert(answer == PATTERN_COSTLY || answer == PATTERN_DIFFERS);
    ck_assert_int_lt((clock() - began) / CLOCKS_PER_SEC, 2);
    arena_release(&a);
}
END_TEST

/* What took 22 GB of glibc's. */
START_TEST(test_large)
{
    struct arena a = { 0 };
    const char *what;
    ck_assert_int_eq(pattern_answer(&a, "((((((((.{0,255}){0,255}){0,255})))))", "x", &what),
                     PATTERN_WRONG);
    struct list parts = { 0 };
    for (int i = 0; i < 1024; i++)
        strs_add(&a, &parts, "(");
    ck_assert_int_eq(pattern_answer(&a, strs_join(&a, &parts, ""), "x", &what), PATTERN_WRONG);
    arena_release(&a);
}
END_TEST

START_TEST(test_constants)
{
    static const char twelve[] = "^[0-9]{12}$";
    for (int i = 0; i < 1000; i++) {
        ck_assert(pattern_found(twelve, "111122223333"));
        ck_assert(!pattern_found(twelve, "111122223333\n"));
        ck_assert(pattern_found("[$]LATEST|^[1-9]", "$LATEST"));
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pattern");
    TCase *t = tcase_create("pattern");
    tcase_set_timeout(t, 30);
    tcase_add_loop_test(t, test_cases, 0, sizeof cases / sizeof *cases);
    tcase_add_loop_test(t, test_costly, 0, 8);
    tcase_add_test(t, test_large);
    tcase_add_test(t, test_constants);
    suite_add_tcase(s, t);
    return run_suite(s);
}
