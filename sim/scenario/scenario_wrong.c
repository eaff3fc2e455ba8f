/* See scenario_wrong.h. */
#include "scenario/scenario_wrong.h"

int scenario_wrong(struct call *c, const struct value *at, const char *what, const char *expected)
{
    const char *where = at && at->file ? arena_printf(c->a, "%s:%d: ", at->file, at->line) : "";
    return fail(c, 400, "BadScenario", "%s%s; %s was expected", where, what, expected);
}
