/* See parse.h. */
#include "server/parse.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static int refuse(struct parse *p, int status, const char *why)
{
    p->status = status;
    p->why = why;
    return -1;
}

/* ---- What llhttp finds ---- */

static void extend(const struct parse *p, struct span *s, bool *begun, const char *at, size_t n)
{
    if (!*begun)
        s->begin = (uint32_t)(at - p->bytes);
    *begun = true;
    s->end = (uint32_t)(at + n - p->bytes);
}

static int on_target(llhttp_t *http, const char *at, size_t n)
{
    struct parse *p = http->data;
    bool begun = p->target.end != 0;
    extend(p, &p->target, &begun, at, n);
    return 0;
}

/* Fields behind the last chunk are read and forgotten: nothing here would ask for one. */
static int on_name(llhttp_t *http, const char *at, size_t n)
{
    struct parse *p = http->data;
    if (p->head)
        return 0;
    if (p->count == MAX_HEADERS)
        return refuse(p, 431, "more than 100 headers");
    extend(p, &p->headers[p->count].name, &p->in_name, at, n);
    return 0;
}

static int on_value(llhttp_t *http, const char *at, size_t n)
{
    struct parse *p = http->data;
    if (!p->head)
        extend(p, &p->headers[p->count].value, &p->in_value, at, n);
    return 0;
}

static int on_header(llhttp_t *http)
{
    struct parse *p = http->data;
    if (p->head)
        return 0;
    if (!p->in_name)
        return refuse(p, 400, "a header has no name");
    struct span *name = &p->headers[p->count].name, *value = &p->headers[p->count].value;
    while (p->in_value && value->end > value->begin && strchr(" \t", p->bytes[value->end - 1]))
        value->end--;
    /* an empty one is found anywhere, or not at all; behind its name there is at least the colon */
    if (!p->in_value || value->end <= value->begin)
        *value = (struct span){ name->end + 1, name->end + 1 };
    p->in_name = p->in_value = false;
    p->count++;
    return 0;
}

/* A switch to another protocol is an offer that a server may pass by. */
static int on_head(llhttp_t *http)
{
    struct parse *p = http->data;
    p->keeps = llhttp_should_keep_alive(http);
    http->upgrade = 0;
    return HPE_PAUSED;
}

static int disk_refuses(struct parse *p)
{
    bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    return refuse(p, full ? 507 : 500, full ? "no room for the body" : "the body cannot be kept");
}

static bool is_large(const struct parse *p, size_t n)
{
    return p->length > p->limits->in_memory || p->body + n > p->limits->in_memory;
}

static int on_body(llhttp_t *http, const char *at, size_t n)
{
    struct parse *p = http->data;
    char *body = p->bytes + p->head;
    if (n > p->largest - p->body)
        return refuse(p, 413, "the body is too large");
    if (!spool_is_open(&p->spool) && is_large(p, n)
        && (!spool_open(&p->spool, p->limits->folder) || !spool_add(&p->spool, body, p->body)))
        return disk_refuses(p);
    if (spool_is_open(&p->spool) && !spool_add(&p->spool, at, n))
        return disk_refuses(p);
    if (!spool_is_open(&p->spool) && body + p->body != at)
        memmove(body + p->body, at, n);
    p->body += n;
    return 0;
}

static int on_whole(llhttp_t *http)
{
    struct parse *p = http->data;
    p->whole = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_target,
    .on_header_field = on_name,
    .on_header_value = on_value,
    .on_header_value_complete = on_header,
    .on_headers_complete = on_head,
    .on_body = on_body,
    .on_message_complete = on_whole,
};

/* ---- What llhttp lets pass ---- */

/* A line that ends without CR, one that goes on in the next, and a name that is empty. */
static int check_lines(struct parse *p)
{
    const char *at = p->bytes, *end = at + p->head;
    for (const char *nl; at < end && (nl = memchr(at, '\n', (size_t)(end - at))); at = nl + 1) {
        if (nl == p->bytes || nl[-1] != '\r')
            return refuse(p, 400, "a line of the head ends without CR");
        if (nl + 1 < end && (nl[1] == ' ' || nl[1] == '\t' || nl[1] == ':'))
            return refuse(p, 400, "a header is folded, or has no name");
    }
    return 0;
}

static const char no_method[] = "there is nothing for this method here";
static const char no_version[] = "HTTP/1.1 and 1.0 are spoken here";

static int check_method(struct parse *p)
{
    switch (p->http.method) {
    case HTTP_GET:
    case HTTP_HEAD:
    case HTTP_POST:
    case HTTP_PUT:
    case HTTP_DELETE:
    case HTTP_PATCH:
    case HTTP_OPTIONS:
        return 0;
    default:
        return refuse(p, 501, no_method);
    }
}

/* An absolute target names the host, whatever Host says (RFC 9112, 3.2.2). Its authority moves to
 * the left, so that a '\0' fits behind it. */
static int split_absolute(struct parse *p)
{
    char *at = p->bytes + p->target.begin, *end = p->bytes + p->target.end;
    char *name = memchr(at, ':', (size_t)(end - at));
    if (!name || end - name < 3 || memcmp(name, "://", 3) != 0)
        return refuse(p, 400, "the target is neither a path nor a URL");
    name += 3;
    size_t n = 0;
    while (name + n < end && name[n] != '/' && name[n] != '?')
        n++;
    if (!n)
        return refuse(p, 400, "the target has no host");
    memmove(name - 1, name, n);
    uint32_t begin = (uint32_t)(name - 1 - p->bytes);
    if (p->host >= 0)
        p->headers[p->host].value = (struct span){ begin, begin + (uint32_t)n };
    p->target.begin = begin + (uint32_t)n + 1;
    return 0;
}

static int check_target(struct parse *p)
{
    const char *at = p->bytes + p->target.begin;
    size_t n = p->target.end - p->target.begin;
    const char *version = at + n + 1;
    if (at[-1] != ' ' || at[-2] == ' ' || at[n] != ' ' || *version != 'H')
        return refuse(p, 400, "the first line has blanks that do not belong there");
    if (memchr(at, '#', n))
        return refuse(p, 400, "the target has a fragment");
    if (*at == '*')
        return n == 1 && p->http.method == HTTP_OPTIONS ? 0 : refuse(p, 400, "* is for OPTIONS");
    return *at == '/' ? 0 : split_absolute(p);
}

static bool is_header(const struct parse *p, unsigned i, const char *name, size_t n)
{
    const struct span *s = &p->headers[i].name;
    return s->end - s->begin == n && strncasecmp(p->bytes + s->begin, name, n) == 0;
}

static bool has_value(const struct parse *p, unsigned i, const char *value)
{
    const struct span *s = &p->headers[i].value;
    size_t n = strlen(value);
    return s->end - s->begin == n && strncasecmp(p->bytes + s->begin, value, n) == 0;
}

#define IS_HEADER(p, i, name) is_header(p, i, name, sizeof name - 1)

static int check_coding(struct parse *p, unsigned i, bool first)
{
    if (p->http.http_minor == 0)
        return refuse(p, 400, "HTTP/1.0 has no Transfer-Encoding");
    if (!first)
        return refuse(p, 400, "two Transfer-Encodings");
    if (!(p->http.flags & F_CHUNKED)) /* the last one must be, for the body has no end else */
        return refuse(p, 400, "a Transfer-Encoding without chunks");
    return has_value(p, i, "chunked") ? 0 : refuse(p, 501, "the only Transfer-Encoding is chunked");
}

static int check_headers(struct parse *p)
{
    bool coded = false;
    p->host = -1;
    for (unsigned i = 0; i < p->count; i++) {
        if (IS_HEADER(p, i, "Host")) {
            if (p->host >= 0)
                return refuse(p, 400, "two Hosts");
            p->host = (int)i;
        } else if (IS_HEADER(p, i, "Transfer-Encoding")) {
            if (check_coding(p, i, !coded))
                return -1;
            coded = true;
        } else if (IS_HEADER(p, i, "Expect") && p->http.http_minor) {
            if (!has_value(p, i, "100-continue"))
                return refuse(p, 417, "all that can be expected is 100-continue");
            p->expects = true;
        }
    }
    return p->host < 0 && p->http.http_minor ? refuse(p, 400, "no Host") : 0;
}

static int check_version(struct parse *p)
{
    return p->http.http_major == 1 ? 0 : refuse(p, 505, no_version);
}

static void end_texts(struct parse *p)
{
    const char *at = p->bytes + p->target.begin;
    size_t n = p->target.end - p->target.begin;
    const char *mark = memchr(at, '?', n);
    uint32_t path = mark ? (uint32_t)(mark - p->bytes) : p->target.end;
    p->path = (struct span){ p->target.begin, path };
    p->query = (struct span){ mark ? path + 1 : path, p->target.end };
    p->bytes[p->path.end] = p->bytes[p->query.end] = '\0';
    for (unsigned i = 0; i < p->count; i++)
        p->bytes[p->headers[i].name.end] = p->bytes[p->headers[i].value.end] = '\0';
}

static void head_too_large(struct parse *p, bool target)
{
    refuse(p, target ? 414 : 431, target ? "the target is too long" : "the head is too large");
}

static enum parsed take_head(struct parse *p)
{
    p->head = p->seen;
    p->length = p->http.flags & F_CHUNKED ? 0 : p->http.content_length;
    if (p->head > p->limits->head)
        head_too_large(p, p->target.end > p->limits->head);
    else if (!check_lines(p) && !check_version(p) && !check_method(p) && !check_headers(p)
             && !check_target(p))
        end_texts(p);
    return p->status ? PARSE_REFUSED : PARSE_HEAD;
}

/* ---- Going on ---- */

void parse_begin(struct parse *p, const struct parse_limits *limits)
{
    llhttp_init(&p->http, HTTP_REQUEST, &settings);
    p->http.data = p;
    p->limits = limits;
    p->seen = p->head = p->body = p->length = p->largest = 0;
    p->spool = (struct spool)NO_SPOOL;
    p->whole = p->keeps = p->expects = p->in_name = p->in_value = false;
    p->status = 0;
    p->target = (struct span){ 0 };
    p->count = 0;
}

static enum parsed give_up(struct parse *p, llhttp_errno_t error)
{
    if (p->status)
        return PARSE_REFUSED;
    if (error == HPE_INVALID_METHOD && *p->bytes >= 'A' && *p->bytes <= 'Z')
        refuse(p, 501, no_method);
    else if (error == HPE_INVALID_VERSION || error == HPE_PAUSED_H2_UPGRADE)
        refuse(p, 505, no_version);
    else
        refuse(p, 400, llhttp_get_error_reason(&p->http));
    return PARSE_REFUSED;
}

static enum parsed want_more(struct parse *p, size_t *used)
{
    p->seen = *used;
    if (p->head) {
        p->seen = *used = p->head + (spool_is_open(&p->spool) ? 0 : p->body);
        return PARSE_MORE;
    }
    if (p->seen <= p->limits->head)
        return PARSE_MORE;
    head_too_large(p, !p->count && !p->in_name);
    return PARSE_REFUSED;
}

enum parsed parse_go_on(struct parse *p, char *bytes, size_t *used)
{
    p->bytes = bytes;
    llhttp_errno_t error = llhttp_execute(&p->http, bytes + p->seen, *used - p->seen);
    if (error == HPE_OK)
        return want_more(p, used);
    if (error != HPE_PAUSED)
        return give_up(p, error);
    p->seen = (size_t)(llhttp_get_error_pos(&p->http) - bytes);
    llhttp_resume(&p->http);
    if (!p->whole)
        return take_head(p);
    if (spool_is_open(&p->spool) && !spool_map(&p->spool)) {
        disk_refuses(p);
        return PARSE_REFUSED;
    }
    return PARSE_WHOLE;
}

bool parse_takes_body(struct parse *p, size_t largest)
{
    p->largest = largest;
    if (p->length > largest)
        refuse(p, 413, "the body is too large");
    return p->length <= largest;
}

size_t parse_wants(const struct parse *p)
{
    return p->length - (p->length ? p->body : 0);
}

static const char *find_header(const void *of, const char *name)
{
    const struct parse *p = of;
    for (unsigned i = 0; i < p->count; i++) {
        const char *key = p->bytes + p->headers[i].name.begin;
        if (((*key ^ *name) & ~0x20) == 0 && strcasecmp(key, name) == 0)
            return p->bytes + p->headers[i].value.begin;
    }
    return NULL;
}

struct request parse_request(const struct parse *p)
{
    const char *in_place = p->bytes + p->head;
    return (struct request){
        .method = llhttp_method_name((llhttp_method_t)p->http.method),
        .path = p->path.end > p->path.begin ? p->bytes + p->path.begin : "/",
        .query = p->bytes + p->query.begin,
        .header = find_header,
        .headers = p,
        .body = !p->body                   ? ""
                : spool_is_open(&p->spool) ? p->spool.map
                                           : in_place,
        .size = p->body,
    };
}

void parse_end(struct parse *p)
{
    spool_close(&p->spool);
}
