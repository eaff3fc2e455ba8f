/* What must be said of every noun: one that TagSpecification knows can be tagged afterwards, too,
 * by a row in taggable.def; one that an account owns says so. */
#include "store/noun.h" /* before Check, which has a macro fail() */

#include <check.h>
#include <stdlib.h>

#include "base/text.h"
#include "catalog/organization.h"
#include "contents/contents.h"
#include "ops/tag.h"
#include "world/instance/identity_key.h"

static bool has_row(const struct schema *k)
{
    for (const struct taggable *t = contents.taggables; t->prefix; t++) {
        if (t->schema == k)
            return true;
    }
    return false;
}

START_TEST(test_every_noun_has_a_row)
{
    for (const struct schema *const *k = contents.schemas; *k; k++)
        ck_assert_msg(!(*k)->noun || has_row(*k), "%s is not in contents/taggable.def", (*k)->name);
}
END_TEST

START_TEST(test_rows_fit_together)
{
    for (const struct taggable *t = contents.taggables; t->prefix; t++) {
        ck_assert_msg(t->schema->noun != NULL, "%s is no noun", t->schema->name);
        ck_assert(text_ends(t->prefix, "-"));
        for (const struct taggable *before = contents.taggables; before < t; before++)
            ck_assert_str_ne(t->prefix, before->prefix);
    }
}
END_TEST

/* A reset of one account finds it. Who belongs to which organization is no account's own, nor is
 * the key that signs everybody's identity documents. */
START_TEST(test_every_noun_has_an_owner)
{
    for (const struct schema *const *k = contents.schemas; *k; k++)
        ck_assert_msg(*k == &organization_member_schema || *k == &identity_key_schema
                          || schema_flagged(*k, FIELD_OWNER) || schema_flagged(*k, FIELD_PART_OF),
                      "%s: neither FIELD_OWNER nor FIELD_PART_OF", (*k)->name);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("schemas");
    TCase *t = tcase_create("schemas");
    tcase_add_test(t, test_every_noun_has_a_row);
    tcase_add_test(t, test_rows_fit_together);
    tcase_add_test(t, test_every_noun_has_an_owner);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
