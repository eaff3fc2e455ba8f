/* Blocks of addresses: what is one, what is in which, how they are shown. */
#include "tests/suite.h"

#include "base/cidr.h"

static const char *canonical(struct arena *a, const char *text)
{
    struct cidr block;
    return cidr_parse(text, &block) ? cidr_format(a, block) : NULL;
}

START_TEST(test_ipv4)
{
    static const char *const wrong[] = {
        "",           "10.0.0.0",     "10.0.0.0/",     "10.0.0.0/33",  "256.0.0.0/8",
        "10.0.0/8",   "10.0.0.0/8 ",  "10.0.0.0.0/16", "10.0.0.0/8/8", "a.b.c.d/8",
        "10.0.0.0/x", "1000.0.0.0/8",
    };
    struct arena a = { 0 };
    ck_assert_str_eq(canonical(&a, "10.0.3.7/17"), "10.0.0.0/17");
    ck_assert_str_eq(canonical(&a, "255.255.255.255/32"), "255.255.255.255/32");
    ck_assert_str_eq(canonical(&a, "1.2.3.4/0"), "0.0.0.0/0");
    ck_assert_ptr_null(canonical(&a, NULL));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(!canonical(&a, wrong[i]), "%s is a block", wrong[i]);
    arena_release(&a);
}
END_TEST

START_TEST(test_has)
{
    struct cidr all, outer, inner, beside;
    ck_assert(cidr_parse("0.0.0.0/0", &all) && cidr_parse("10.0.0.0/16", &outer)
              && cidr_parse("10.0.255.0/24", &inner) && cidr_parse("10.1.0.0/24", &beside));
    ck_assert(cidr_has(all, outer) && cidr_has(outer, inner) && cidr_has(outer, outer));
    ck_assert(!cidr_has(inner, outer) && !cidr_has(outer, beside) && !cidr_has(outer, all));
}
END_TEST

START_TEST(test_ipv6)
{
    struct arena a = { 0 };
    ck_assert_str_eq(cidr6_canonical(&a, "2001:0DB8:0:0::1/64"), "2001:db8::/64");
    ck_assert_str_eq(cidr6_canonical(&a, "ffff::/3"), "e000::/3");
    ck_assert_str_eq(cidr6_canonical(&a, "::1/128"), "::1/128");
    ck_assert_str_eq(cidr6_canonical(&a, "::/0"), "::/0");
    ck_assert_ptr_null(cidr6_canonical(&a, NULL));
    ck_assert_ptr_null(cidr6_canonical(&a, "::1"));
    ck_assert_ptr_null(cidr6_canonical(&a, "::1/129"));
    ck_assert_ptr_null(cidr6_canonical(&a, "10.0.0.0/8"));
    arena_release(&a);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cidr");
    TCase *t = tcase_create("cidr");
    tcase_add_test(t, test_ipv4);
    tcase_add_test(t, test_has);
    tcase_add_test(t, test_ipv6);
    suite_add_tcase(s, t);
    return run_suite(s);
}
