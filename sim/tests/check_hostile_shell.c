/* Hostile scripts at a guest's shell: no crash, no leak, an end in bounded time, and text as
 * output. */
#ifndef FUZZING
#include "tests/suite.h"
#endif

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell.h"
#include "tests/hostile.h"
#include "tests/memory_host.h"

/* On a machine that is gone afterwards. */
static void feed(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *script = arena_strndup(&a, bytes, n), *why;
    struct shell_run r = { .script = script, .name = "sh", .folder = "/", .bash = *script != '\n' };
    if (!shell_check(&a, script, &why)) {
        arena_release(&a);
        return;
    }
    struct memory_host machine = memory_host_new(&a);
    for (int pauses = 0; pauses < 4 && (!pauses || r.end == SHELL_SLEEPS); pauses++) {
        shell_run(&a, &machine.base, &r);
        if (!r.out || !text_is_xml(r.out, strlen(r.out)) || !text_is_xml(r.err, strlen(r.err)))
            abort();
    }
    arena_release(&a);
}

#ifdef FUZZING

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    feed((const char *)bytes, n);
    return 0;
}

#else

static const char *const seeds[] = {
    "set -eu\nA='a b'; for i in x $A; do [ -e /srv/$i ] || mkdir -p /srv/$i; sleep 1; done\n"
    "cat <<E >> /srv/x/f && ls -l /srv/* | tee /mnt/sdf/log 2>&1\nfile \"$A\" \\$A\nE\n",
    "if ! cp -r /srv /mnt/sdf; then exit 3; else rm -rf /srv/[a-z]*; sync; fi\nfsfreeze -f /\n",
};

START_TEST(test_hostile_scripts)
{
    hostile_rounds(1, 10000, seeds, sizeof seeds / sizeof *seeds, feed);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("hostile scripts");
    TCase *t = tcase_create("scripts");
    tcase_set_timeout(t, 100);
    tcase_add_test(t, test_hostile_scripts);
    suite_add_tcase(s, t);
    return run_suite(s);
}

#endif
