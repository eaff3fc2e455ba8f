/* See call.h. */
#include "call/call.h"

#include <stdarg.h>

#include "base/log.h"

static int fail_with(struct call *c, const char *reason, int status, const char *code,
                     const char *fmt, va_list args) __attribute__((format(printf, 5, 0)));

static int fail_with(struct call *c, const char *reason, int status, const char *code,
                     const char *fmt, va_list args)
{
    if (c->outcome.code)
        BUG("%s after %s", code, c->outcome.code);
    c->outcome.status = status;
    c->outcome.code = code;
    c->outcome.message = arena_vprintf(c->a, fmt, args);
    c->outcome.reason = reason;
    return -1;
}

int fail(struct call *c, int status, const char *code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int r = fail_with(c, NULL, status, code, fmt, args);
    va_end(args);
    return r;
}

int fail_with_reason(struct call *c, const char *reason, int status, const char *code,
                     const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int r = fail_with(c, reason, status, code, fmt, args);
    va_end(args);
    return r;
}

void call_clear_error(struct call *c)
{
    c->outcome.status = 0;
    c->outcome.code = c->outcome.message = c->outcome.reason = NULL;
}

void call_add_header(struct call *c, const char *name, const char *value)
{
    struct header *h = list_add(c->a, &c->outcome.headers, struct header);
    h->name = name;
    h->value = arena_strdup(c->a, value);
}
