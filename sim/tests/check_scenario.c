/* Scenarios without a client: documents of strangers, and rules that a reload keeps. */
#include "tests/fresh.h"

#include "base/text.h"
#include "scenario/scenario.h"

static int put(struct call *c, const char *text)
{
    call_clear_error(c);
    return scenario_put(c, &(struct scenario){ .name = "x" }, "x.yaml", text, strlen(text));
}

static struct call opened(struct fresh *f)
{
    const char *error = NULL;
    fresh_open(f, NULL, NULL);
    ck_assert(scenarios_open(&f->sim, &f->process, &(struct list){ 0 }, &error));
    return fresh_call(f);
}

static void closed(struct fresh *f)
{
    scenarios_close(&f->sim);
    fresh_close(f);
}

START_TEST(test_every_beginning_of_a_document_is_taken_or_refused)
{
    static const char text[] = "{name: x, seed: 3, rules: [{when: {operations: ['*'], nth: 2},"
                               " what: {error: {code: A}}}], timeline: [{at: 1h, call:"
                               " {operation: CopyImage, parameters: {a: [1, {b: 2}]}}}]}";
    struct fresh f;
    struct call c = opened(&f);
    for (size_t n = 0; n < sizeof text - 1; n++) {
        struct plan plan;
        call_clear_error(&c);
        if (plan_read(&c, "x", arena_strndup(c.a, text, n), n, &plan))
            ck_assert_ptr_nonnull(c.outcome.message);
    }
    ck_assert_int_eq(put(&c, text), 0);
    ck_assert_uint_eq(scenarios_rules(&f.sim)->count, 1);
    closed(&f);
}
END_TEST

START_TEST(test_a_refused_document_leaves_what_was)
{
    struct fresh f;
    struct call c = opened(&f);
    ck_assert_int_eq(put(&c, "rules: [{name: a, when: {}, what: {empty: 503}}]"), 0);
    ck_assert_int_eq(put(&c, "rules: [{when: {}, what: {empty: 200}}]"), -1);
    scenarios_reload(&f.sim);
    const struct list *rules = scenarios_rules(&f.sim);
    ck_assert_uint_eq(rules->count, 1);
    ck_assert_str_eq(list_at(rules, struct fault_rule, 0)->id, "x/a");
    call_clear_error(&c);
    ck_assert(scenario_remove(&c, "x"));
    ck_assert(!scenario_remove(&c, "x"));
    ck_assert_uint_eq(scenarios_rules(&f.sim)->count, 0);
    closed(&f);
}
END_TEST

START_TEST(test_rules_of_one_name_are_refused)
{
    struct fresh f;
    struct call c = opened(&f);
    ck_assert_int_eq(put(&c, "rules:\n- {name: a, when: {}, what: {empty: 503}}\n"
                             "- {name: a, when: {}, what: {empty: 503}}\n"),
                     -1);
    ck_assert(text_starts(c.outcome.message, "x.yaml:3: two rules are called 'a'"));
    closed(&f);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("scenario");
    TCase *t = tcase_create("documents");
    tcase_add_test(t, test_every_beginning_of_a_document_is_taken_or_refused);
    tcase_add_test(t, test_a_refused_document_leaves_what_was);
    tcase_add_test(t, test_rules_of_one_name_are_refused);
    suite_add_tcase(s, t);
    return run_suite(s);
}
