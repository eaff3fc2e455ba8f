/* See guard.h. */
#include "request/guard.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "call/errors.h"

/* NAME or NAME:PORT as it stands in a Host, an Origin or a target, without its dot at the end.
 * Without a port `port_size` is 0. */
struct authority {
    const char *name, *port;
    size_t name_size, port_size;
};

/* False: none, or one with a user's name in it, which no client sends. */
static bool read_authority(const char *text, struct authority *ret)
{
    size_t all = strcspn(text, "/?#"),
           name = *text == '[' ? strcspn(text, "]") + 1 : strcspn(text, ":/?#");
    if (name > all || memchr(text, '@', all))
        return false;
    *ret = (struct authority){ text, text + name, name, all - name };
    if (ret->port_size) {
        ret->port++;
        ret->port_size--;
        if (text[name] != ':' || strspn(ret->port, "0123456789") < ret->port_size)
            return false;
    }
    if (name && text[name - 1] == '.')
        ret->name_size--;
    return ret->name_size > 0;
}

static bool is_name(const struct authority *a, const char *name)
{
    return strlen(name) == a->name_size && strncasecmp(a->name, name, a->name_size) == 0;
}

/* `end` begins with a dot: something must stand before it. */
static bool ends_with(const struct authority *a, const char *end)
{
    size_t n = strlen(end);
    return a->name_size > n && strncasecmp(a->name + a->name_size - n, end, n) == 0;
}

static bool same_port(const struct authority *a, const struct authority *b)
{
    return a->port_size == b->port_size && memcmp(a->port, b->port, a->port_size) == 0;
}

/* Names that browsers trust to be this machine, so that they send Sec-Fetch-Site to it: the other
 * addresses that lead here, such as 0.0.0.0, are none. */
static bool is_machine(const struct authority *a)
{
    if (a->name_size > 4 && strncmp(a->name, "127.", 4) == 0)
        return strspn(a->name, "0123456789.") >= a->name_size;
    return is_name(a, "localhost") || is_name(a, "[::1]") || ends_with(a, ".localhost");
}

static bool is_aws(const struct authority *a)
{
    static const char *const ends[] = { ".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu",
                                        ".api.aws", ".api.amazonwebservices.com.cn" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends_with(a, ends[i]))
            return true;
    }
    return false;
}

/* A name that was allowed without a port is allowed with any. */
static bool is_allowed(const struct sim *sim, const struct authority *a)
{
    LIST_EACH (const char *, text, &sim->allowed) {
        struct authority allowed;
        if (read_authority(*text, &allowed) && a->name_size == allowed.name_size
            && strncasecmp(a->name, allowed.name, a->name_size) == 0
            && (!allowed.port_size || same_port(a, &allowed)))
            return true;
    }
    return false;
}

/* Whom the client believes to talk to: a target that is a whole URL has the last word (RFC
 * 9112, 3.2.2). */
static const char *host_of(const struct request *r)
{
    const char *scheme = *r->path == '/' ? NULL : strstr(r->path, "://");
    return scheme ? scheme + 3 : request_header(r, "Host");
}

static bool host_passes(const struct sim *sim, const char *host, const struct service *s)
{
    struct authority a;
    bool control = s == &service_control;
    if (!control && (!host || sim->exposed)) /* a browser always sends one */
        return true;
    if (!host || !read_authority(host, &a))
        return false;
    return is_machine(&a) || is_allowed(sim, &a) || (!control && is_aws(&a));
}

/* A page that was loaded from here has our port, under whichever name of this machine. */
static bool is_own_page(const struct sim *sim, const char *origin, const char *host)
{
    const char *name = strstr(origin, "://");
    struct authority page, here;
    if (!name || !read_authority(name + 3, &page))
        return false;
    if (is_allowed(sim, &page))
        return true;
    return text_starts(origin, "http://") && is_machine(&page) && host
           && read_authority(host, &here) && is_machine(&here) && same_port(&page, &here);
}

/* A browser says where a request comes from: in Origin where it posts or wants to read, in
 * Sec-Fetch-Site always ("none": the user typed it). Nothing else sends either. */
static bool page_passes(const struct sim *sim, const struct request *r, const char *host)
{
    const char *origin = request_header(r, "Origin");
    if (origin)
        return is_own_page(sim, origin, host);
    const char *site = request_header(r, "Sec-Fetch-Site");
    return !site || text_is(site, "same-origin") || text_is(site, "none");
}

static bool needs_header(const struct call *c)
{
    return c->op && c->op->service == &service_control && c->op->flags & (OP_WRITES | OP_CHANGES)
           && !(c->op->flags & OP_OPEN);
}

int guard(struct call *c, const struct request *r, const struct service *s)
{
    const char *host = host_of(r);
    bool known = host_passes(c->sim, host, s), own = known && page_passes(c->sim, r, host);
    if (own && (!needs_header(c) || request_header(r, "X-Amisim")))
        return 0;
    call_clear_error(c); /* whatever else is wrong with it */
    return own     ? fail(c, E_MissingHeader)
           : known ? fail(c, E_ForeignOrigin)
                   : fail(c, E_ForeignHost);
}

bool guard_is_loopback(const char *address)
{
    struct authority a = { address, address, strlen(address), 0 };
    return text_is(address, "::1") || is_machine(&a);
}

bool guard_is_name(const char *text)
{
    struct authority a;
    return !text[strcspn(text, "/?# ")] && read_authority(text, &a);
}
