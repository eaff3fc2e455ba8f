/* Hostile bytes as HTTP: what the door's parser makes of a connection's bytes does not depend on
 * the pieces in which they come, and what it lets pass has one meaning only. */
#include "tests/hostile.h"

#include "base/buffer.h"
#include "server/parse.h"

#define LARGEST ((size_t)600)

static const struct parse_limits limits = { .head = 1500, .in_memory = 64, .folder = "/tmp" };

struct reader {
    struct parse parse;
    struct arena *a;
    struct buffer told; /* all that was read, as a text */
    char *in; /* of its own size, so that a sanitizer sees each byte that is read beyond */
    size_t used;
};

static void tell(struct reader *r, const char *what, size_t n)
{
    buffer_add(r->a, &r->told, what, n);
    buffer_add_text(r->a, &r->told, "\n");
}

/* The head as it came is gone over again, by rules that are simpler than the parser's. */
static void check_head(const struct reader *r)
{
    const struct parse *p = &r->parse;
    const char *head = p->bytes;
    if (p->head > limits.head || p->count > MAX_HEADERS || head[p->head - 1] != '\n')
        abort();
    for (size_t i = 0; i < p->head; i++) {
        bool ended = head[i] == '\n';
        if (ended && (!i || (head[i - 1] != '\r' && head[i - 1] != '\0')))
            abort();
        if (ended && i + 1 < p->head && strchr(" \t:", head[i + 1]) && head[i + 1])
            abort();
    }
    bool chunks = p->http.flags & F_CHUNKED, length = p->http.flags & F_CONTENT_LENGTH;
    if (chunks && (length || !p->http.http_minor))
        abort();
}

static void tell_request(struct reader *r)
{
    struct request q = parse_request(&r->parse);
    tell(r, q.method, strlen(q.method));
    tell(r, q.path, strlen(q.path));
    tell(r, q.query, strlen(q.query));
    for (unsigned i = 0; i < r->parse.count; i++) {
        const char *name = r->parse.bytes + r->parse.headers[i].name.begin;
        const char *value = r->parse.bytes + r->parse.headers[i].value.begin;
        if (!*name || !q.header(q.headers, name))
            abort();
        tell(r, name, strlen(name));
        tell(r, value, strlen(value));
    }
    tell(r, q.body, q.size);
    tell(r, r->parse.keeps ? "keeps" : "closes", r->parse.keeps ? 5 : 6);
    if (q.size > LARGEST || (*q.path != '/' && strcmp(q.path, "*") != 0))
        abort();
}

static void next(struct reader *r)
{
    parse_end(&r->parse);
    r->used -= r->parse.seen;
    memmove(r->in, r->in + r->parse.seen, r->used);
    parse_begin(&r->parse, &limits);
}

/* False: nothing more is taken from this connection. */
static bool go_on(struct reader *r)
{
    for (;;) {
        switch (parse_go_on(&r->parse, r->in, &r->used)) {
        case PARSE_MORE:
            return true;
        case PARSE_HEAD:
            check_head(r);
            if (!parse_takes_body(&r->parse, LARGEST))
                return false;
            break;
        case PARSE_WHOLE:
            tell_request(r);
            next(r);
            break;
        default:
            if (r->parse.status < 400 || !r->parse.why)
                abort();
            return false;
        }
    }
}

static const char *read_in_pieces(struct arena *a, const char *bytes, size_t n, size_t piece)
{
    struct reader r = { .a = a };
    bool open = true;
    parse_begin(&r.parse, &limits);
    for (size_t at = 0; at < n && open; at += piece) {
        size_t more = n - at < piece ? n - at : piece;
        char *in = malloc(r.used + more);
        if (r.used)
            memcpy(in, r.in, r.used);
        memcpy(in + r.used, bytes + at, more);
        free(r.in);
        r.in = in;
        r.used += more;
        open = go_on(&r);
    }
    if (!open)
        tell(&r, "refused", 7);
    parse_end(&r.parse);
    free(r.in);
    return buffer_text(a, &r.told);
}

static void feed_http(const char *bytes, size_t n)
{
    struct arena a = { 0 };
    const char *whole = read_in_pieces(&a, bytes, n, n + 1);
    for (size_t piece = 1; piece <= 7; piece += 3) {
        if (strcmp(whole, read_in_pieces(&a, bytes, n, piece)) != 0)
            abort();
    }
    arena_release(&a);
}

HOSTILE("http", 20000, feed_http)
