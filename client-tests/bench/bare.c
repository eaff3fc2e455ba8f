/* The least that a libevent server can do: it reads each request with evhttp and answers every one
 * with the same recorded reply. What it reaches is the bound for any server built on evhttp, and so
 * the measure for amisim. It knows nothing of what the request or the reply means. */
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_HEADERS = 32, MAX_REPLY = 16 << 20 };

struct reply {
    int status;
    const char *reason;
    struct {
        const char *name, *value;
    } headers[MAX_HEADERS];
    int header_count;
    const char *body;
    size_t body_size;
};

/* evhttp adds these by itself, for amisim too. */
static bool is_automatic(const char *name)
{
    return strcasecmp(name, "Content-Length") == 0 || strcasecmp(name, "Date") == 0
           || strcasecmp(name, "Connection") == 0;
}

static char *read_whole(const char *path, size_t *ret_size)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        return NULL;
    char *bytes = malloc(MAX_REPLY + 1);
    size_t size = bytes ? fread(bytes, 1, MAX_REPLY, in) : 0;
    fclose(in);
    if (!bytes)
        return NULL;
    bytes[size] = '\0';
    *ret_size = size;
    return bytes;
}

/* Takes the line at *at apart from the rest; NULL at the empty line that ends the head. */
static char *next_line(char **at)
{
    char *line = *at, *end = strstr(line, "\r\n");
    if (!end || end == line)
        return NULL;
    *end = '\0';
    *at = end + 2;
    return line;
}

/* bytes: a reply as it came over the wire, taken apart in place. */
static bool reply_parse(struct reply *r, char *bytes, size_t size)
{
    char *at = bytes, *line = next_line(&at);
    if (!line || strncmp(line, "HTTP/1.1 ", 9) != 0)
        return false;
    r->status = (int)strtol(line + 9, &line, 10);
    r->reason = line + strspn(line, " ");
    while ((line = next_line(&at))) {
        char *colon = strchr(line, ':');
        if (!colon || r->header_count == MAX_HEADERS)
            return false;
        *colon = '\0';
        if (is_automatic(line))
            continue;
        r->headers[r->header_count].name = line;
        r->headers[r->header_count++].value = colon + 1 + strspn(colon + 1, " ");
    }
    if (strncmp(at, "\r\n", 2) != 0)
        return false;
    r->body = at + 2;
    r->body_size = size - (size_t)(r->body - bytes);
    return true;
}

static void answer(struct evhttp_request *request, void *arg)
{
    const struct reply *r = arg;
    struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
    for (int i = 0; i < r->header_count; i++)
        evhttp_add_header(headers, r->headers[i].name, r->headers[i].value);
    struct evbuffer *body = evhttp_request_get_output_buffer(request);
    evbuffer_add(body, r->body, r->body_size);
    evhttp_send_reply(request, r->status, r->reason, NULL);
}

static void stop(evutil_socket_t signal, short events, void *base)
{
    (void)signal;
    (void)events;
    event_base_loopbreak(base);
}

static bool serve(struct reply *r)
{
    struct event_base *base = event_base_new();
    struct evhttp *http = base ? evhttp_new(base) : NULL;
    struct event *term = base ? evsignal_new(base, SIGTERM, stop, base) : NULL;
    bool ok = http && term && evsignal_add(term, NULL) == 0;
    struct evhttp_bound_socket *bound =
        ok ? evhttp_bind_socket_with_handle(http, "127.0.0.1", 0) : NULL;
    if (bound) {
        struct sockaddr_in address;
        socklen_t size = sizeof address;
        evutil_socket_t fd = evhttp_bound_socket_get_fd(bound);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int)); /* as amisim does */
        getsockname(fd, (struct sockaddr *)&address, &size);
        evhttp_set_gencb(http, answer, r);
        printf("bare ready on http://127.0.0.1:%d\n", ntohs(address.sin_port));
        fflush(stdout);
        event_base_dispatch(base);
    }
    if (term)
        event_free(term);
    if (http)
        evhttp_free(http);
    if (base)
        event_base_free(base);
    return bound;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: bare REPLY-FILE\n", stderr);
        return 2;
    }
    size_t size = 0;
    char *bytes = read_whole(argv[1], &size);
    struct reply r = { 0 };
    if (!bytes || !reply_parse(&r, bytes, size)) {
        fprintf(stderr, "bare: %s is not a recorded HTTP/1.1 reply\n", argv[1]);
        free(bytes);
        return 1;
    }
    bool ok = serve(&r);
    free(bytes);
    if (!ok)
        fputs("bare: cannot listen on 127.0.0.1\n", stderr);
    return ok ? 0 : 1;
}
