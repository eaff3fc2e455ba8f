/* See guard.h. */
#include "request/guard.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* "127.0.0.1:4566", "localhost", "[::1]:80", "amisim.localhost". */
static bool is_local(struct call *c, const char *host)
{
    static const char *const names[] = { "localhost", "127.0.0.1", "[::1]", NULL };
    size_t n = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    const char *name = n <= strlen(host) ? text_lower(c->a, arena_strndup(c->a, host, n)) : host;
    return text_any(name, names) || text_ends(name, ".localhost");
}

static bool is_local_origin(struct call *c, const char *origin)
{
    const char *host = strstr(origin, "://");
    return host && is_local(c, host + 3);
}

int guard(struct call *c, const struct request *r)
{
    if (c->op->service != &service_control)
        return 0;
    const char *host = request_header(r, "Host"), *origin = request_header(r, "Origin");
    if (!host || !is_local(c, host))
        return fail(c, 403, "ForeignHost",
                    "The Host of a control call must be a name of this machine");
    if (origin && !is_local_origin(c, origin))
        return fail(c, 403, "ForeignOrigin", "Pages of other sites cannot make control calls");
    bool changes = c->op->flags & (OP_WRITES | OP_CHANGES) && !(c->op->flags & OP_OPEN);
    if (changes && !request_header(r, "X-Amisim"))
        return fail(c, 403, "MissingHeader",
                    "Control calls that change something need a header X-Amisim (any value)");
    return 0;
}
