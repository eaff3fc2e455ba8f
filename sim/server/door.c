/* See door.h: the listener, and who may stay. */
#include "server/connection.h"

#include <errno.h>
#include <event2/listener.h>
#include <event2/util.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/timefmt.h"

#define LARGEST_HEAD ((size_t)64 * 1024)
#define IN_MEMORY ((size_t)1024 * 1024)
#define MAX_CONNECTIONS 8192
#define OTHER_DESCRIPTORS 64 /* the database, bodies in files, the log */
#define MAX_PENDING 1024 /* connections that the kernel keeps for us to accept */
#define PAUSE_MS 200
#define TURNS 4 /* in a patience */
#define SLOWEST                                                                                    \
    ((size_t)1024 * 1024) /* bytes a second that a long body may take, beyond patience */
#define KEPT_MEMORY (16 * 1024 * 1024) /* of what is freed, for the next large bodies */

/* ---- How many ---- */

void door_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); /* refused: it stays as it was */
}

static size_t most_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > MAX_CONNECTIONS * 2)
        return MAX_CONNECTIONS;
    size_t all = limit.rlim_cur;
    return all > 2 * OTHER_DESCRIPTORS ? all - OTHER_DESCRIPTORS : all / 2;
}

static void complain(struct door *d, const char *message)
{
    int64_t now = machine_monotonic_ms();
    if (d->complained && now - d->complained < MINUTE_MS)
        return;
    d->complained = now;
    struct arena a = { 0 };
    struct value *facts = value_new(&a, VALUE_MAP);
    value_add_text(&a, facts, "message", message);
    value_add_int(&a, facts, "connections", (int64_t)d->count);
    log_event(&a, "cannot accept", facts);
    arena_release(&a);
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    struct door *d = arg;
    struct timeval pause = { .tv_usec = PAUSE_MS * 1000 };
    complain(d, strerror(EVUTIL_SOCKET_ERROR()));
    evconnlistener_disable(listener);
    evtimer_add(d->again, &pause);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    struct door *d = arg;
    (void)fd;
    (void)what;
    if (d->count < d->most)
        evconnlistener_enable(d->listener);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *from,
                      int size, void *arg)
{
    struct door *d = arg;
    (void)from;
    (void)size;
    connection_new(d, fd);
    d->count++;
    if (!evtimer_pending(d->sweep, NULL))
        evtimer_add(d->sweep, &d->period);
    if (d->count < d->most)
        return;
    complain(d, "as many as there may be");
    evconnlistener_disable(listener);
}

/* ---- How long ---- */

static bool is_patient(const struct door *d, const struct connection *c)
{
    unsigned turns = d->turn - c->since;
    size_t second = (size_t)d->options.patience * SLOWEST / TURNS;
    switch (c->phase) {
    case READING:
        return turns <= TURNS + c->parse.body / second;
    case SENDING:
        return turns <= TURNS;
    case STREAMING:
        return turns <= TURNS || !c->out.copied.iov_len;
    case LEAVING:
        return turns <= 1;
    default:
        return true;
    }
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    struct door *d = arg;
    (void)fd;
    (void)what;
    d->turn++;
    for (struct connection *c = d->all, *next; c; c = next) {
        next = c->next;
        if (!is_patient(d, c))
            connection_lose(c);
    }
    if (d->all)
        evtimer_add(d->sweep, &d->period);
}

/* ---- Memory ---- */

/* glibc gives the memory of a large body back to the kernel, which clears it page by page for the
 * next one: a quarter of the time of GetSnapshotBlock. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
#endif
}

static void on_trim(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
#ifdef __GLIBC__
    malloc_trim(KEPT_MEMORY);
#endif
}

/* ---- Opening and closing ---- */

static struct evconnlistener *listen_at(struct door *d, const struct addrinfo *at)
{
    unsigned flags = LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE;
    struct evconnlistener *listener = evconnlistener_new_bind(
        d->base, on_accept, d, flags, MAX_PENDING, at->ai_addr, (int)at->ai_addrlen);
    if (!listener)
        return NULL;
    /* Connections inherit it. A long answer is sent in pieces: without it the last one waits for
     * the client's delayed acknowledgement, 40 ms. */
    setsockopt(evconnlistener_get_fd(listener), IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    evconnlistener_set_error_cb(listener, on_accept_error);
    return listener;
}

/* The first address of the name on which it can listen. */
static bool listen_on(struct door *d)
{
    struct arena a = { 0 };
    struct addrinfo hints = { .ai_family = AF_UNSPEC,
                              .ai_socktype = SOCK_STREAM,
                              .ai_flags = AI_PASSIVE | AI_ADDRCONFIG };
    struct addrinfo *all = NULL;
    errno = 0;
    if (getaddrinfo(d->options.address, arena_printf(&a, "%d", d->options.port), &hints, &all))
        all = NULL;
    for (const struct addrinfo *at = all; at && !d->listener; at = at->ai_next)
        d->listener = listen_at(d, at);
    if (all)
        freeaddrinfo(all);
    arena_release(&a);
    return d->listener;
}

int door_port(const struct door *d)
{
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    if (getsockname(evconnlistener_get_fd(d->listener), (struct sockaddr *)&name, &size) != 0)
        return d->options.port;
    return ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                            : ((struct sockaddr_in *)&name)->sin_port);
}

struct door *door_open(struct event_base *base, const struct door_options *o)
{
    struct door *d = calloc(1, sizeof *d);
    if (!d)
        BUG("out of memory");
    keep_memory();
    d->base = base;
    d->options = *o;
    d->limits = (struct parse_limits){ LARGEST_HEAD, IN_MEMORY, o->folder };
    d->most = most_connections();
    d->period = (struct timeval){ .tv_sec = o->patience / TURNS,
                                  .tv_usec = o->patience % TURNS * (1000000 / TURNS) };
    d->again = evtimer_new(base, on_again, d);
    d->sweep = evtimer_new(base, on_sweep, d);
    d->trim = evtimer_new(base, on_trim, NULL);
    if (listen_on(d))
        return d;
    int error = errno;
    door_close(d);
    errno = error;
    return NULL;
}

void door_close(struct door *d)
{
    while (d->all)
        connection_close(d->all);
    if (d->listener)
        evconnlistener_free(d->listener);
    event_free(d->again);
    event_free(d->sweep);
    event_free(d->trim);
    free(d);
}
