/* The protocol of the metadata service [guide]: who gets a token, who needs one, which version.
 * What is at a path is imds_path.c's to know. */
#include "guest/imds/imds.h"

#include <string.h>

#include "base/digest.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "guest/imds/imds_path.h"

#define LONGEST_TTL 21600 /* seconds */
#define MAC_SIZE SHA256_SIZE

static const char *const versions[] = {
    "1.0",        "2007-01-19", "2007-03-01", "2007-08-29", "2007-10-10", "2007-12-15",
    "2008-02-01", "2008-09-01", "2009-04-04", "2011-01-01", "2011-05-01", "2012-01-12",
    "2014-02-25", "2014-11-05", "2015-10-20", "2016-04-19", "2016-06-30", "2016-09-02",
    "2018-03-28", "2018-08-17", "2018-09-24", "2019-10-01", "2020-10-27", "2021-01-03",
    "2021-03-23", "2021-07-15", "2022-07-09", "2022-09-24", "latest",     NULL
};

/* ---- Answers ---- */

static void refuse(struct call *c, struct imds_answer *ret, int status, const char *name)
{
    const char *title = arena_printf(c->a, "%d - %s", status, name);
    ret->status = status;
    ret->type = "text/html";
    ret->body = arena_printf(
        c->a,
        "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n"
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\"\n"
        "\t\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n"
        "<html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"en\" lang=\"en\">\n"
        " <head>\n  <title>%s</title>\n </head>\n <body>\n  <h1>%s</h1>\n </body>\n</html>\n",
        title, title);
    ret->size = strlen(ret->body);
}

static void answer_text(struct imds_answer *ret, const char *body)
{
    *ret = (struct imds_answer){ 200, "text/plain", body, strlen(body), NULL };
}

/* ---- Tokens ---- */

/* Nothing of a token is kept: it says when it ends, under a seal of this world, for this instance
 * and for what it is since its last start. */
static void seal(struct call *c, const struct instance *i, int64_t ends,
                 unsigned char ret[MAC_SIZE])
{
    const char *text =
        arena_printf(c->a, "imds/%llx/%s/%lld/%lld", (unsigned long long)c->sim->seed, i->id,
                     (long long)i->launched, (long long)ends);
    sha256(text, strlen(text), ret);
}

static const char *make_token(struct call *c, const struct instance *i, int64_t ends)
{
    unsigned char bytes[sizeof ends + MAC_SIZE];
    memcpy(bytes, &ends, sizeof ends);
    seal(c, i, ends, bytes + sizeof ends);
    return base64_encode(c->a, bytes, sizeof bytes);
}

static bool token_is_good(struct call *c, const struct instance *i, const char *token)
{
    unsigned char mac[MAC_SIZE];
    int64_t ends;
    size_t n = 0;
    const char *bytes = base64_decode(c->a, token, &n);
    if (!bytes || n != sizeof ends + MAC_SIZE)
        return false;
    memcpy(&ends, bytes, sizeof ends);
    seal(c, i, ends, mac);
    return memcmp(mac, bytes + sizeof ends, MAC_SIZE) == 0 && ends > c->now;
}

/* A time to live of 0 is taken [recorded]. */
static bool read_ttl(const char *text, int64_t *ret)
{
    return text && strspn(text, "0123456789") == strlen(text) && text_int(text, ret)
           && *ret <= LONGEST_TTL;
}

/* ---- PUT ---- */

static bool is_token_path(const char *path)
{
    const char *slash = strchr(path, '/');
    return slash && text_is(slash, "/api/token");
}

static void put(struct call *c, const struct instance *i, const struct imds_request *r,
                struct imds_answer *ret)
{
    int64_t seconds = 0;
    if (!is_token_path(r->path)) {
        refuse(c, ret, 405, "Method Not Allowed");
    } else if (!text_starts(r->path, "latest/") || r->forwarded) {
        refuse(c, ret, 403, "Forbidden"); /* a proxy may not fetch one [guide] */
    } else if (!read_ttl(r->ttl, &seconds)) {
        refuse(c, ret, 400, "Bad Request");
    } else if (r->hops <= i->hop_limit) {
        answer_text(ret, make_token(c, i, c->now + seconds * SECOND_MS));
        ret->ttl = arena_printf(c->a, "%lld", (long long)seconds);
    } /* else the answer's packets do not come as far as the client */
}

/* ---- GET ---- */

static const char *all_versions(struct call *c)
{
    struct list all = { 0 };
    for (const char *const *v = versions; *v; v++)
        strs_add(c->a, &all, *v);
    return strs_join(c->a, &all, "\n");
}

static void show(struct call *c, const struct instance *i, const char *path,
                 struct imds_answer *ret)
{
    struct imds_view view = { .c = c, .i = i };
    size_t n = strcspn(path, "/"), size = 0;
    bool bytes = false;
    if (!*path) {
        answer_text(ret, all_versions(c));
        return;
    }
    const char *body = text_any(arena_strndup(c->a, path, n), versions)
                           ? imds_find(&view, path + n + (path[n] == '/'), &size, &bytes)
                           : NULL;
    if (body)
        *ret = (struct imds_answer){ 200, bytes ? "application/octet-stream" : "text/plain", body,
                                     size, NULL };
    else
        refuse(c, ret, 404, "Not Found");
}

static void get(struct call *c, const struct instance *i, const struct imds_request *r,
                struct imds_answer *ret)
{
    bool needed = r->token || text_is(i->http_tokens, "required");
    if (needed && !(r->token && token_is_good(c, i, r->token)))
        refuse(c, ret, 401, "Unauthorized");
    else if (is_token_path(r->path))
        refuse(c, ret, 405, "Method Not Allowed");
    else
        show(c, i, r->path, ret);
}

void imds_ask(struct call *c, const struct instance *i, const struct imds_request *r,
              struct imds_answer *ret)
{
    *ret = (struct imds_answer){ 0 };
    if (text_is(i->http_endpoint, "disabled"))
        refuse(c, ret, 403, "Forbidden");
    else if (text_is(r->method, "PUT"))
        put(c, i, r, ret);
    else if (text_is(r->method, "GET") || text_is(r->method, "HEAD"))
        get(c, i, r, ret);
    else
        refuse(c, ret, 405, "Method Not Allowed");
}
