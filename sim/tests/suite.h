/* One test program: a suite of Check that is run and judged. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <stdlib.h>
#include <string.h>

#include <check.h>
#undef fail /* ours is a function; see call/call.h */

static inline int run_suite(Suite *s)
{
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
