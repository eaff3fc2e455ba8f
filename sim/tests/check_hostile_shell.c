/* Hostile scripts at a guest's shell: no crash, no leak, an end in bounded time, and text as
 * output. */
#include "tests/hostile.h"

#include "base/text.h"
#include "guest/shell/shell.h"
#include "tests/memory_host.h"

/* On a machine that is gone afterwards. */
static void feed_shell(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *script = arena_strndup(&a, bytes, n), *why;
    struct shell_run r = { .script = script,
                           .name = "sh",
                           .folder = "/",
                           .bash = *script != '\n',
                           .keep = SHELL_MAX_OUT };
    if (!shell_check(&a, script, r.bash, &why)) {
        arena_release(&a);
        return;
    }
    struct memory_host machine = memory_host_new(&a);
    for (int pauses = 0; pauses < 4 && (!pauses || r.end == SHELL_SLEEPS); pauses++) {
        shell_run(&a, &machine.base, &r);
        const char *out = shell_visible_output(&a, &r.out, SHELL_MAX_OUT),
                   *err = shell_visible_output(&a, &r.err, SHELL_MAX_ERR);
        if (!text_is_xml(out, strlen(out)) || !text_is_xml(err, strlen(err)))
            abort();
    }
    arena_release(&a);
}

HOSTILE("shell", 10000, feed_shell)
