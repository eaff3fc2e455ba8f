/* A closed-loop HTTP/1.1 load generator: N keep-alive connections to 127.0.0.1, each of which sends
 * the next of the given requests as soon as its reply has come, in turn and over again. Every reply
 * must have the expected status, contain the expected text and, where asked for, be the expected
 * bytes, so that a failing server cannot look fast. It prints one line of JSON; it knows nothing of
 * what the requests mean. It does as little as it can for each reply:
 * the server must be what limits the rate. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_CONNECTIONS = 1024,
    MAX_REPLY = 64 << 20,
    FIRST_BUFFER = 64 << 10,
    GRACE_MS = 30000, /* how long a reply may take before the server counts as hung */
};

struct request {
    size_t size, body_size;
    char *bytes, *body; /* what is sent; what comes back, or NULL for anything */
};

struct connection {
    int fd;
    const struct request *request; /* under way */
    uint64_t sent_at;
    size_t used, size;
    char *bytes; /* always followed by a NUL within size */
};

struct load {
    /* what to do */
    uint16_t port;
    long connections, requests;
    double seconds;
    int status;
    bool bodies;
    const char *expect;
    struct request *list;
    long list_size;

    /* what was done */
    int poll;
    uint64_t started, ended, deadline;
    long sent, answered, reconnects;
    uint64_t *latencies; /* nanoseconds, room for latencies_size */
    long latencies_size;
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *grow(void *bytes, size_t size)
{
    void *grown = realloc(bytes, size);
    if (!grown)
        die("out of memory");
    return grown;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static char *read_whole(const char *path, size_t *ret_size)
{
    FILE *in = fopen(path, "rb");
    if (!in)
        die("%s: %s", path, strerror(errno));
    char *bytes = NULL;
    size_t used = 0, size = 0, count;
    do {
        if (used == size)
            bytes = grow(bytes, size = size ? 2 * size : FIRST_BUFFER);
        count = fread(bytes + used, 1, size - used, in);
        used += count;
    } while (count > 0);
    if (ferror(in))
        die("%s: cannot be read", path);
    fclose(in);
    *ret_size = used;
    return bytes;
}

/* ---- Replies ---- */

/* The value of a header within head, or NULL. name is lower case and ends with a colon. */
static const char *header(const char *head, const char *name)
{
    size_t size = strlen(name);
    for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, size) == 0)
            return line + 2 + size + strspn(line + 2 + size, " ");
    }
    return NULL;
}

/* The size of the reply with its head, or 0 while the head is not complete. */
static size_t reply_size(const struct connection *c)
{
    char *end = memmem(c->bytes, c->used, "\r\n\r\n", 4);
    if (!end)
        return 0;
    end[2] = '\0'; /* so that header() stays in the head */
    const char *length = header(c->bytes, "content-length:");
    if (!length)
        die("a reply without Content-Length: %.200s", c->bytes);
    size_t size = (size_t)(end + 4 - c->bytes) + strtoul(length, NULL, 10);
    end[2] = '\r';
    return size;
}

static void check_reply(const struct load *l, const struct connection *c, size_t size)
{
    if (size != c->used)
        die("%zu bytes too many in a reply: %.400s", c->used - size, c->bytes);
    if (strncmp(c->bytes, "HTTP/1.", 7) != 0 || atoi(c->bytes + 9) != l->status)
        die("not status %d: %.1000s", l->status, c->bytes);
    if (!memmem(c->bytes, size, l->expect, strlen(l->expect)))
        die("a reply without %s: %.1000s", l->expect, c->bytes);
    const struct request *r = c->request;
    const char *body = memmem(c->bytes, size, "\r\n\r\n", 4);
    size_t head = (size_t)(body - c->bytes) + 4;
    if (r->body && (size - head != r->body_size || memcmp(body + 4, r->body, r->body_size) != 0))
        die("a body of %zu bytes is not the expected one of %zu", size - head, r->body_size);
}

static bool reply_closes(const struct connection *c)
{
    const char *connection = header(c->bytes, "connection:");
    if (strncmp(c->bytes, "HTTP/1.0", 8) == 0)
        return !connection || strncasecmp(connection, "keep-alive", 10) != 0;
    return connection && strncasecmp(connection, "close", 5) == 0;
}

/* ---- Connections ---- */

static void connection_open(struct load *l, struct connection *c)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(l->port),
                              .sin_addr = { htonl(INADDR_LOOPBACK) } };
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("port %d: %s", l->port, strerror(errno));
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    if (epoll_ctl(l->poll, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll_ctl: %s", strerror(errno));
}

/* Sends the next request, or closes the connection when all is sent. The sockets block: a request
 * that fits into the socket buffer does not wait for the server. */
static void connection_next(struct load *l, struct connection *c)
{
    if (l->sent == l->requests || now_ns() >= l->deadline) {
        close(c->fd);
        c->fd = -1;
        return;
    }
    const struct request *r = &l->list[l->sent++ % l->list_size];
    c->request = r;
    c->used = 0;
    c->sent_at = now_ns();
    for (size_t done = 0; done < r->size;) {
        ssize_t count = send(c->fd, r->bytes + done, r->size - done, MSG_NOSIGNAL);
        if (count < 0)
            die("send: %s", strerror(errno));
        done += (size_t)count;
    }
}

static void note_latency(struct load *l, uint64_t nanoseconds)
{
    if (l->answered == l->latencies_size) {
        l->latencies_size = l->latencies_size ? 2 * l->latencies_size : 1 << 16;
        l->latencies = grow(l->latencies, (size_t)l->latencies_size * sizeof *l->latencies);
    }
    l->latencies[l->answered++] = nanoseconds;
}

static void connection_read(struct load *l, struct connection *c)
{
    if (c->used + 1 >= c->size) {
        if (c->size >= MAX_REPLY)
            die("a reply of more than %d bytes", MAX_REPLY);
        c->bytes = grow(c->bytes, c->size = c->size ? 2 * c->size : FIRST_BUFFER);
    }
    ssize_t count = recv(c->fd, c->bytes + c->used, c->size - c->used - 1, 0);
    if (count <= 0)
        die("connection lost: %s", count < 0 ? strerror(errno) : "closed by the server");
    c->used += (size_t)count;
    c->bytes[c->used] = '\0';

    size_t size = reply_size(c);
    if (!size || c->used < size)
        return;
    l->ended = now_ns();
    note_latency(l, l->ended - c->sent_at);
    check_reply(l, c, size);
    if (reply_closes(c)) {
        close(c->fd);
        connection_open(l, c);
        l->reconnects++;
    }
    connection_next(l, c);
}

static void load_run(struct load *l)
{
    struct connection *connections = calloc((size_t)l->connections, sizeof *connections);
    l->poll = epoll_create1(EPOLL_CLOEXEC);
    if (!connections || l->poll < 0)
        die("cannot start");
    for (long i = 0; i < l->connections; i++)
        connection_open(l, &connections[i]);

    l->started = now_ns();
    l->deadline = l->started + (uint64_t)(l->seconds * 1e9);
    for (long i = 0; i < l->connections; i++)
        connection_next(l, &connections[i]);
    while (l->answered < l->sent) {
        struct epoll_event events[MAX_CONNECTIONS];
        int count = epoll_wait(l->poll, events, MAX_CONNECTIONS, GRACE_MS);
        if (count == 0)
            die("no reply within %d seconds", GRACE_MS / 1000);
        for (int i = 0; i < count; i++)
            connection_read(l, events[i].data.ptr);
    }
    for (long i = 0; i < l->connections; i++)
        free(connections[i].bytes);
    free(connections);
    close(l->poll);
}

/* ---- Result ---- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(const struct load *l, double share)
{
    return (double)l->latencies[(long)(share * (double)(l->answered - 1))] / 1000;
}

static void load_print(struct load *l)
{
    double seconds = (double)(l->ended - l->started) / 1e9;
    qsort(l->latencies, (size_t)l->answered, sizeof *l->latencies, compare);
    printf("{\"requests\":%ld,\"seconds\":%.6f,\"per_second\":%.1f,\"reconnects\":%ld,"
           "\"latency_us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"max\":%.1f}}\n",
           l->answered, seconds, (double)l->answered / seconds, l->reconnects,
           percentile_us(l, 0.5), percentile_us(l, 0.9), percentile_us(l, 0.99),
           percentile_us(l, 1));
}

static const char usage[] =
    "usage: load --port N --expect TEXT [options] REQUEST-FILE...\n"
    "  --port N          where the server listens on 127.0.0.1\n"
    "  --expect TEXT     what every reply must contain\n"
    "  --status N        the status of every reply (200)\n"
    "  --bodies          the body of a reply is what REQUEST-FILE.body holds\n"
    "  --connections N   how many requests are under way at a time (16)\n"
    "  --requests N      stop after so many (1000000)\n"
    "  --seconds S       send nothing more after so long (10)\n";

static long number(const char *text, long min, long max)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (*end || n < min || n > max)
        die("%s is not a number from %ld to %ld", text, min, max);
    return n;
}

static void load_requests(struct load *l, char **paths)
{
    l->list = calloc((size_t)l->list_size, sizeof *l->list);
    for (long i = 0; l->list && i < l->list_size; i++) {
        struct request *r = &l->list[i];
        char path[4096];
        r->bytes = read_whole(paths[i], &r->size);
        snprintf(path, sizeof path, "%s.body", paths[i]);
        if (l->bodies)
            r->body = read_whole(path, &r->body_size);
    }
}

static void load_options(struct load *l, int argc, char **argv)
{
    static const struct option options[] = {
        { "port", required_argument, NULL, 'p' },
        { "expect", required_argument, NULL, 'e' },
        { "status", required_argument, NULL, 't' },
        { "bodies", no_argument, NULL, 'b' },
        { "connections", required_argument, NULL, 'c' },
        { "requests", required_argument, NULL, 'r' },
        { "seconds", required_argument, NULL, 's' },
        { NULL, 0, NULL, 0 },
    };
    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'p')
            l->port = (uint16_t)number(optarg, 1, 65535);
        else if (o == 'e')
            l->expect = optarg;
        else if (o == 't')
            l->status = (int)number(optarg, 100, 599);
        else if (o == 'b')
            l->bodies = true;
        else if (o == 'c')
            l->connections = number(optarg, 1, MAX_CONNECTIONS);
        else if (o == 'r')
            l->requests = number(optarg, 1, 1000000000);
        else if (o == 's')
            l->seconds = strtod(optarg, NULL);
        else
            exit(2);
    }
    l->list_size = argc - optind;
    if (l->list_size < 1 || !l->port || !l->expect || !(l->seconds > 0)) {
        fputs(usage, stderr);
        exit(2);
    }
    load_requests(l, argv + optind);
}

int main(int argc, char **argv)
{
    struct load l = { .connections = 16, .requests = 1000000, .seconds = 10, .status = 200 };
    load_options(&l, argc, argv);
    load_run(&l);
    load_print(&l);
    free(l.latencies);
    for (long i = 0; i < l.list_size; i++) {
        free(l.list[i].bytes);
        free(l.list[i].body);
    }
    free(l.list);
    return 0;
}
