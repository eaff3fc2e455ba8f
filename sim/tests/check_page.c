/* Pages of lists: sizes, tokens of every service, what is refused and in which words. */
#include "tests/fresh.h"

#include "base/text.h"
#include "request/page.h"
#include "request/seal.h"

static struct fresh f;

static void open_fresh(void)
{
    fresh_open(&f, NULL, NULL);
}

static void close_fresh(void)
{
    fresh_close(&f);
}

static const struct op ec2 = { .service = &service_ec2, .name = "DescribeThings" };
static const struct op kms = { .service = &service_kms, .name = "ListThings" };
static const struct op ssm = { .service = &service_ssm, .name = "DescribeThings" };
static const struct op rbin = { .service = &service_rbin, .name = "ListThings" };
static const struct op ebs = { .service = &service_ebs, .name = "ListThings" };
static const struct op *const all_ops[] = { &ec2, &kms, &ssm, &rbin, &ebs };
#define OPS (sizeof all_ops / sizeof *all_ops)

static struct call call_of(const struct op *op)
{
    struct call c = fresh_call(&f);
    c.op = op;
    return c;
}

static struct paging asked(int64_t max_results, const char *token)
{
    return (struct paging){ .max_results = max_results, .next_token = token };
}

/* The bytes of a token. */
static const char *opened(struct call *c, const char *token, size_t *ret_n)
{
    return base64_decode(c->a, token, ret_n);
}

START_TEST(test_a_token_leads_on)
{
    for (size_t i = 0; i < OPS; i++) {
        struct call c = call_of(all_ops[i]);
        struct paging in = asked(100, NULL);
        struct page page;
        ck_assert_int_eq(page_read(&c, NULL, &in, "list", &page), PAGE_OK);
        ck_assert_int_eq(page.from, 0);
        ck_assert_int_eq(page.size, 100);
        in.next_token = page_token(&c, &page, 4321);
        ck_assert_int_eq(page_read(&c, NULL, &in, "list", &page), PAGE_OK);
        ck_assert_int_eq(page.from, 4321);
    }
}
END_TEST

START_TEST(test_forms_of_tokens)
{
    struct page page = { .of = "list" };
    size_t n;
    struct call c = call_of(&ec2);
    ck_assert_str_eq(opened(&c, page_token(&c, &page, 7), &n), "{\"v\":\"1\",\"s\":7}");
    c = call_of(&kms);
    ck_assert_str_eq(opened(&c, page_token(&c, &page, 7), &n), "from:7");
    c = call_of(&ssm);
    ck_assert(text_starts(page_token(&c, &page, 7), "AAEAA"));
}
END_TEST

START_TEST(test_bad_tokens)
{
    static const char *const bad[] = { "?", "Zm9v", "e30=", "ZnJvbTotMQ==", "ZnJvbTo=", "", NULL };
    for (size_t i = 0; i < OPS; i++) {
        struct call c = call_of(all_ops[i]);
        struct page page;
        for (const char *const *token = bad; *token; token++) {
            struct paging in = asked(ABSENT, *token);
            ck_assert_int_eq(page_read(&c, NULL, &in, "list", &page), PAGE_BAD_TOKEN);
        }
        for (size_t j = 0; j < OPS; j++) { /* those of another service */
            struct call other = call_of(all_ops[j]);
            bool same = i == j || (i == 0 && j == 3) || (i == 3 && j == 0);
            struct page of = { .of = "list" };
            struct paging in = asked(ABSENT, page_token(&other, &of, 1));
            ck_assert_int_eq(page_read(&c, NULL, &in, "list", &page),
                             same ? PAGE_OK : PAGE_BAD_TOKEN);
        }
    }
}
END_TEST

static const char *code_of(const struct op *op, const struct page_rule *rule, struct paging in)
{
    struct call c = call_of(op);
    struct page page;
    return page_open(&c, rule, &in, "list", &page) ? c.outcome.code : NULL;
}

static int own_words(struct call *c, const char *token)
{
    return fail(c, 400, "OwnWords", "%s", token);
}

START_TEST(test_words)
{
    ck_assert_str_eq(code_of(&ec2, NULL, asked(ABSENT, "?")), "InvalidParameterValue");
    ck_assert_str_eq(code_of(&kms, NULL, asked(ABSENT, "?")), "InvalidMarkerException");
    ck_assert_str_eq(code_of(&ssm, NULL, asked(ABSENT, "?")), "InvalidNextToken");
    ck_assert_str_eq(code_of(&rbin, NULL, asked(ABSENT, "?")), "ValidationException");
    ck_assert_str_eq(code_of(&ebs, NULL, asked(ABSENT, "?")), "ValidationException");
    const struct page_rule own = { .bad_token = own_words };
    ck_assert_str_eq(code_of(&ec2, &own, asked(ABSENT, "?")), "OwnWords");
}
END_TEST

START_TEST(test_sizes)
{
    struct call c = call_of(&ec2);
    struct page page;
    struct paging four = asked(4, NULL), none = asked(0, NULL), usual = asked(ABSENT, NULL);
    ck_assert_int_eq(page_read(&c, NULL, &four, NULL, &page), PAGE_TOO_SMALL);
    ck_assert_int_eq(page_read(&c, &(struct page_rule){ .least = 1 }, &four, NULL, &page), PAGE_OK);
    ck_assert_int_eq(page_read(&c, NULL, &none, NULL, &page), PAGE_TOO_SMALL);
    ck_assert_int_eq(page_read(&c, &(struct page_rule){ .zero_is_all = true }, &none, NULL, &page),
                     PAGE_OK);
    ck_assert_int_eq(page.size, INT64_MAX);
    ck_assert_int_eq(page_read(&c, &(struct page_rule){ .unpaged = true }, &none, NULL, &page),
                     PAGE_OK);
    ck_assert_int_eq(page_read(&c, NULL, &usual, NULL, &page), PAGE_OK);
    ck_assert_int_eq(page.size, INT64_MAX);
    c = call_of(&kms);
    ck_assert_int_eq(page_read(&c, NULL, &usual, NULL, &page), PAGE_OK);
    ck_assert_int_eq(page.size, 50);
    page_read(&c, &(struct page_rule){ .usual = 100 }, &usual, NULL, &page);
    ck_assert_int_eq(page.size, 100);
    ck_assert_str_eq(code_of(&ec2, NULL, four), "InvalidParameterValue");
}
END_TEST

START_TEST(test_cutting)
{
    struct call c = call_of(&ec2);
    const char *token = NULL;
    int seen = 0, pages = 0;
    do {
        struct list numbers = { 0 };
        for (int i = 0; i < 12; i++)
            *list_add(c.a, &numbers, int) = i;
        struct paging in = asked(5, token);
        ck_assert_int_eq(page_cut(&c, NULL, &in, &numbers, sizeof(int), &token), 0);
        LIST_EACH (int, number, &numbers)
            ck_assert_int_eq(*number, seen++);
        pages++;
    } while (token);
    ck_assert_int_eq(seen, 12);
    ck_assert_int_eq(pages, 3);
}
END_TEST

/* The list has become shorter since; one that fits exactly has no next page. */
START_TEST(test_cutting_at_the_end)
{
    struct call c = call_of(&ec2);
    struct list numbers = { 0 }, empty = { 0 };
    struct page page = { 0 };
    struct paging in = asked(5, NULL), behind = asked(5, page_token(&c, &page, 99));
    const char *token;
    for (int i = 0; i < 5; i++)
        *list_add(c.a, &numbers, int) = i;
    ck_assert_int_eq(page_cut(&c, NULL, &in, &numbers, sizeof(int), &token), 0);
    ck_assert_int_eq((int)numbers.count, 5);
    ck_assert_ptr_null(token);
    ck_assert_int_eq(page_cut(&c, NULL, &behind, &numbers, sizeof(int), &token), 0);
    ck_assert_int_eq((int)numbers.count, 0);
    ck_assert_ptr_null(token);
    ck_assert_int_eq(page_cut(&c, NULL, &in, &empty, sizeof(int), &token), 0);
    ck_assert_int_eq((int)empty.count, 0);
}
END_TEST

START_TEST(test_ids_and_pages)
{
    struct call c = call_of(&ec2);
    struct list ids = { 0 };
    struct paging none = asked(ABSENT, NULL), token = asked(ABSENT, "x");
    ck_assert_int_eq(page_without_ids(&c, &token, &ids, "thingIdsSet"), 0);
    strs_add(c.a, &ids, "thing-1");
    ck_assert_int_eq(page_without_ids(&c, &none, &ids, "thingIdsSet"), 0);
    ck_assert_int_eq(page_without_ids(&c, &token, &ids, "thingIdsSet"), -1);
    ck_assert_str_eq(c.outcome.message,
                     "The parameter thingIdsSet cannot be used with the parameter nextToken");
}
END_TEST

START_TEST(test_seals)
{
    struct call c = call_of(&ebs);
    const char *token = seal_token(&c, "page/a", 7, 1000);
    int64_t number;
    ck_assert(seal_read(&c, token, "page/a", &number));
    ck_assert_int_eq(number, 7);
    ck_assert(!seal_read(&c, token, "page/b", &number));
    ck_assert(!seal_read(&c, token, "page", &number));
    struct call other = call_of(&ebs);
    other.account = "999999999999";
    ck_assert(!seal_read(&other, token, "page/a", &number));
    c.now += 1000;
    ck_assert(!seal_read(&c, token, "page/a", &number)); /* expired */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("page");
    TCase *t = tcase_create("page");
    tcase_add_checked_fixture(t, open_fresh, close_fresh);
    tcase_add_test(t, test_a_token_leads_on);
    tcase_add_test(t, test_forms_of_tokens);
    tcase_add_test(t, test_bad_tokens);
    tcase_add_test(t, test_words);
    tcase_add_test(t, test_sizes);
    tcase_add_test(t, test_cutting);
    tcase_add_test(t, test_cutting_at_the_end);
    tcase_add_test(t, test_ids_and_pages);
    tcase_add_test(t, test_seals);
    suite_add_tcase(s, t);
    return run_suite(s);
}
