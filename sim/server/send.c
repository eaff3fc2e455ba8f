/* See connection.h: heads without printf, one call of the kernel for head and body, and what a slow
 * client leaves unread. Knows nothing of what comes before and after an answer. */
#include "server/connection.h"

#include <errno.h>
#include <string.h>

#include <sys/socket.h>

#include "base/timefmt.h"

#define LARGE ((size_t)64 * 1024) /* what a body must have for care to pay off */
#define TRIM_AFTER ((size_t)4 * 1024 * 1024) /* a body of which nothing is kept */
#define LARGEST_QUEUE ((size_t)256 * 1024 * 1024) /* of large bodies that are yet to be read */
#define HEAD_ROOM ((size_t)256) /* first line, date, length, connection */

/* ---- Heads ---- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } all[] = {
        { 200, "OK" },
        { 201, "Created" },
        { 202, "Accepted" },
        { 204, "No Content" },
        { 400, "Bad Request" },
        { 401, "Unauthorized" },
        { 403, "Forbidden" },
        { 404, "Not Found" },
        { 405, "Method Not Allowed" },
        { 409, "Conflict" },
        { 413, "Content Too Large" },
        { 414, "URI Too Long" },
        { 417, "Expectation Failed" },
        { 429, "Too Many Requests" },
        { 431, "Request Header Fields Too Large" },
        { 500, "Internal Server Error" },
        { 501, "Not Implemented" },
        { 503, "Service Unavailable" },
        { 505, "HTTP Version Not Supported" },
        { 507, "Insufficient Storage" },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].status == status)
            return all[i].reason;
    }
    return status < 500 ? "Refused" : "Failed";
}

static char *put_bytes(char *at, const char *bytes, size_t n)
{
    memcpy(at, bytes, n);
    return at + n;
}

static char *put(char *at, const char *text)
{
    return put_bytes(at, text, strlen(text));
}

#define PUT(at, literal) put_bytes(at, literal, sizeof literal - 1)

static char *put_number(char *at, size_t n, size_t base)
{
    char digits[24], *end = digits + sizeof digits, *first = end;
    do
        *--first = "0123456789abcdef"[n % base];
    while (n /= base);
    return put_bytes(at, first, (size_t)(end - first));
}

static char *put_header(char *at, const char *name, const char *value)
{
    at = PUT(put(at, name), ": ");
    return PUT(put(at, value), "\r\n");
}

static size_t head_room(const struct reply *r)
{
    size_t n = HEAD_ROOM + strlen(r->content_type);
    LIST_EACH (struct header, h, &r->headers)
        n += strlen(h->name) + strlen(h->value) + 4;
    return n;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", of the machine. */
static const char *date_of(struct door *d)
{
    struct timeval now;
    event_base_gettimeofday_cached(d->base, &now);
    if (now.tv_sec == d->dated)
        return d->date;
    struct arena a = { 0 };
    const char *text = time_format(&a, "%a, %d %b %Y %H:%M:%S GMT", now.tv_sec * SECOND_MS);
    size_t n = strlen(text);
    memcpy(d->date, text, n < sizeof d->date ? n + 1 : 1);
    arena_release(&a);
    d->dated = now.tv_sec;
    return d->date;
}

/* How the connection goes on, where that is not what the version of HTTP says anyway. */
static char *put_connection(char *at, const struct connection *c)
{
    if (c->last)
        return PUT(at, "Connection: close\r\n");
    return c->parse.http.http_minor ? at : PUT(at, "Connection: keep-alive\r\n");
}

/* Without its empty line, and without how long the body is. */
static char *put_head(struct connection *c, char *at, const struct reply *r)
{
    at = put_number(PUT(at, "HTTP/1.1 "), (size_t)r->status, 10);
    at = PUT(put(PUT(at, " "), reason_of(r->status)), "\r\n");
    at = put_header(at, "Content-Type", r->content_type);
    LIST_EACH (struct header, h, &r->headers)
        at = put_header(at, h->name, h->value);
    at = put_header(at, "Date", date_of(c->door));
    return put_connection(at, c);
}

struct iovec head_of_whole(struct connection *c, const struct reply *r, struct arena *a)
{
    char *head = arena_bytes(a, head_room(r)), *at = put_head(c, head, r);
    if (r->status != 204) {
        at = put_number(PUT(at, "Content-Length: "), r->promised ? r->promised : r->size, 10);
        at = PUT(at, "\r\n");
    }
    at = PUT(at, "\r\n");
    return (struct iovec){ head, (size_t)(at - head) };
}

/* HTTP/1.0 has no chunks: there the end of the connection is that of the answer. */
bool has_chunks(const struct connection *c)
{
    return c->parse.http.http_minor > 0;
}

struct iovec head_of_pieces(struct connection *c, const struct reply *r, struct arena *a)
{
    char *head = arena_bytes(a, head_room(r)), *at = put_head(c, head, r);
    if (has_chunks(c))
        at = PUT(at, "Transfer-Encoding: chunked\r\n");
    at = PUT(at, "\r\n");
    return (struct iovec){ head, (size_t)(at - head) };
}

size_t chunk_begin(char *line, size_t n)
{
    return (size_t)(PUT(put_number(line, n, 16), "\r\n") - line);
}

/* ---- Bytes ---- */

static void advance(struct iovec *v, size_t count, size_t n)
{
    for (; count && n; v++, count--) {
        size_t part = n < v->iov_len ? n : v->iov_len;
        v->iov_base = (char *)v->iov_base + part;
        v->iov_len -= part;
        n -= part;
    }
}

static size_t left_in(const struct iovec *v, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += v[i].iov_len;
    return n;
}

/* What the socket takes. */
static enum sent push(struct connection *c, struct iovec *v, size_t count)
{
    for (size_t left = left_in(v, count); left;) {
        struct msghdr m = { .msg_iov = v, .msg_iovlen = count };
        ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN ? SENT_PART : SENT_NOWHERE;
        advance(v, count, (size_t)n);
        left -= (size_t)n;
        if (left)
            c->since = c->door->turn;
    }
    return SENT_ALL;
}

void outbox_clear(struct connection *c)
{
    struct door *d = c->door;
    struct timeval soon = { .tv_sec = 1 };
    arena_release(&c->out.copies);
    arena_release(&c->out.taken);
    d->queued -= c->out.weight;
    if (c->out.weight >= TRIM_AFTER && !evtimer_pending(d->trim, NULL))
        evtimer_add(d->trim, &soon);
    c->out = (struct outbox){ 0 };
}

static struct iovec copy(struct arena *a, const struct iovec *v, size_t count)
{
    size_t n = left_in(v, count);
    if (!n)
        return (struct iovec){ 0 };
    char *bytes = arena_bytes(a, n), *at = bytes;
    for (size_t i = 0; i < count; i++) {
        if (v[i].iov_len)
            at = put_bytes(at, v[i].iov_base, v[i].iov_len);
    }
    return (struct iovec){ bytes, n };
}

/* A large body is not copied: of the call's memory the block that it lies in stays, and nothing
 * else. */
static void keep_rest(struct connection *c, const struct iovec *v, size_t count, struct arena *a,
                      size_t size)
{
    struct outbox *out = &c->out;
    bool large = a && v[count - 1].iov_len >= LARGE;
    out->copied = copy(&out->copies, v, large ? count - 1 : count);
    if (large) {
        out->rest = v[count - 1];
        out->weight = size; /* what was sent of it lies there as well */
        c->door->queued += out->weight;
        arena_keep(a, out->rest.iov_base);
        out->taken = *a;
        *a = (struct arena){ 0 };
    }
    c->since = c->door->turn;
    event_add(&c->write, NULL);
}

enum sent send_bytes(struct connection *c, struct iovec *v, size_t count, struct arena *a)
{
    size_t last = v[count - 1].iov_len;
    struct arena before = c->out.copies;
    struct iovec all[1 + MAX_PIECES] = { c->out.copied };
    memcpy(all + 1, v, count * sizeof *v);
    c->out.copied = (struct iovec){ 0 };
    c->out.copies = (struct arena){ 0 };
    enum sent sent = push(c, all, count + 1);
    if (sent == SENT_PART)
        keep_rest(c, all, count + 1, a, last);
    arena_release(&before);
    return sent;
}

enum sent send_rest(struct connection *c)
{
    struct iovec v[] = { c->out.copied, c->out.rest };
    enum sent sent = push(c, v, 2);
    c->out.copied = v[0];
    c->out.rest = v[1];
    if (sent == SENT_ALL)
        outbox_clear(c);
    return sent;
}

bool queue_is_full(const struct door *d, const struct reply *r)
{
    return d->queued && r->size >= LARGE && d->queued + r->size > LARGEST_QUEUE;
}
