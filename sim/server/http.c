/* The socket: requests in, replies out. Answers that go on are those of follow.c.
 *
 * Requests that are ready together share one commit: handlers run as they come, a reply waits while
 * a transaction is open, and an event of the lowest priority, which libevent runs when no request
 * is left to read, commits and lets the replies go. */
#include "server/http.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timefmt.h"
#include "server/doorman.h"
#include "server/follow.h"
#include "server/pipeline.h"
#include "time/clock.h"
#include "time/job.h"

#define LARGEST_HEAD (64 * 1024)
#define LARGEST_BODY (256 * 1024 * 1024) /* PUT /_amisim/state brings every block */
#define MAX_WAITING 256
#define LIBEVENT_READS 4096 /* at a time, whatever it is told */
#define LARGE (64 * 1024) /* what a body must have for care to pay off */
#define READ_AHEAD (640 * 1024) /* room for a block of EBS direct and its head */
#define LARGEST_WRITE (1024 * 1024)
#define KEPT_MEMORY (16 * 1024 * 1024) /* of what is freed, for the next large bodies */
#define TRIM_AFTER (4 * 1024 * 1024) /* a body of which nothing is kept */
#define LARGEST_QUEUE (256 * 1024 * 1024) /* of large bodies that clients have yet to read */

struct waiting {
    struct evhttp_request *request;
    struct reply reply;
    struct arena arena;
};

/* A reply that a scenario holds back. The client may be gone before it leaves. */
struct late {
    struct waiting waiting;
    struct door *door;
    struct event *timer;
    struct late *next;
};

struct door {
    struct sim *sim;
    struct event_base *base;
    struct evhttp *http;
    struct event *flush, *alarm, *stop[2], *input; /* input: standard input, or NULL */
    struct waiting waiting[MAX_WAITING]; /* arenas are kept and used again */
    size_t count;
    struct late *late;
    struct followers followers;
    size_t queued; /* bytes of large bodies that are on their way */
    struct event *trim;
};

/* As evhttp_find_header. Most names are told apart by their first letter: a request has a dozen,
 * and is asked for half a dozen. */
static const char *find_header(const void *headers, const char *name)
{
    const struct evkeyvalq *all = headers;
    for (const struct evkeyval *h = all->tqh_first; h; h = h->next.tqe_next) {
        if (((h->key[0] ^ name[0]) & ~0x20) == 0 && strcasecmp(h->key, name) == 0)
            return h->value;
    }
    return NULL;
}

static const char *method_name(enum evhttp_cmd_type type)
{
    switch (type) {
    case EVHTTP_REQ_GET:
        return "GET";
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_DELETE:
        return "DELETE";
    case EVHTTP_REQ_PATCH:
        return "PATCH";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    default:
        return "OPTIONS";
    }
}

static struct request read_request(struct evhttp_request *from, struct arena *a)
{
    struct evbuffer *body = evhttp_request_get_input_buffer(from);
    const char *uri = evhttp_request_get_uri(from), *query = strchr(uri, '?');
    struct request r = {
        .method = method_name(evhttp_request_get_command(from)),
        .path = query ? arena_strndup(a, uri, (size_t)(query - uri)) : uri,
        .query = query ? query + 1 : "",
        .header = find_header,
        .headers = evhttp_request_get_input_headers(from),
        .size = evbuffer_get_length(body),
    };
    r.body = r.size ? (const char *)evbuffer_pullup(body, -1) : "";
    return r;
}

/* ---- Large bodies ---- */

/* After a full read of libevent's: what else waits in the socket, in one piece. A block of 512 KiB
 * would take 128 turns of the loop and then be copied together. */
static void read_on(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    evutil_socket_t fd = bufferevent_getfd(arg);
    int waiting = 0;
    struct evbuffer_iovec space;
    if (info->n_added)
        doorman_hears(fd);
    if (info->n_added != LIBEVENT_READS || ioctl(fd, FIONREAD, &waiting) != 0 || waiting <= 0)
        return;
    size_t room = waiting < LARGE ? (size_t)waiting : READ_AHEAD;
    if (evbuffer_reserve_space(in, (ev_ssize_t)room, &space, 1) != 1)
        return;
    ssize_t count = recv(fd, space.iov_base, space.iov_len, 0);
    space.iov_len = count > 0 ? (size_t)count : 0; /* an end or error is libevent's to see */
    evbuffer_commit_space(in, &space, 1);
}

static void first_read(struct evbuffer *in, const struct evbuffer_cb_info *info, void *arg)
{
    doorman_meets(bufferevent_getfd(arg));
    evbuffer_remove_cb(in, first_read, arg);
    evbuffer_add_cb(in, read_on, arg);
    read_on(in, info, arg);
}

/* glibc gives the memory of a large body back to the kernel, which clears it page by page for the
 * next one: a quarter of the time of GetSnapshotBlock. */
static void keep_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
#endif
}

static struct bufferevent *new_connection(struct event_base *base, void *arg)
{
    struct bufferevent *connection = bufferevent_socket_new(base, -1, 0);
    (void)arg;
    if (!connection)
        return NULL;
    bufferevent_set_max_single_write(connection, LARGEST_WRITE);
    evbuffer_add_cb(bufferevent_get_input(connection), first_read, connection);
    return connection;
}

/* A large body on its way, in its own memory. */
struct parcel {
    struct door *door;
    struct arena arena;
    size_t size;
};

static void on_trim(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
#ifdef __GLIBC__
    malloc_trim(KEPT_MEMORY);
#endif
}

/* Read to its end, or the client is gone. */
static void body_sent(const void *body, size_t size, void *arg)
{
    struct parcel p = *(struct parcel *)arg;
    struct timeval soon = { .tv_sec = 1 };
    (void)body;
    (void)size;
    arena_release(&p.arena);
    p.door->queued -= p.size;
    if (p.size >= TRIM_AFTER && p.door->trim && !evtimer_pending(p.door->trim, NULL))
        evtimer_add(p.door->trim, &soon);
}

/* A large body is not copied: libevent gets it with the memory that it lies in, and nothing else of
 * the call stays. */
static void hand_over(struct door *d, struct waiting *w, struct evbuffer *out)
{
    arena_keep(&w->arena, w->reply.body);
    struct parcel *p = arena_new(&w->arena, struct parcel);
    *p = (struct parcel){ d, w->arena, w->reply.size };
    w->arena = (struct arena){ 0 };
    d->queued += p->size;
    evbuffer_add_reference(out, w->reply.body, w->reply.size, body_sent, p);
}

/* Clients that ask for much and read nothing must not take the machine's memory. */
static bool queue_is_full(const struct door *d, const struct reply *r)
{
    return d->queued && r->size >= LARGE && d->queued + r->size > LARGEST_QUEUE;
}

static void refuse_large(struct reply *r)
{
    r->status = 503;
    r->size = r->promised = 0;
}

/* ---- Replies ---- */

static void write_headers(struct waiting *w)
{
    struct evkeyvalq *headers = evhttp_request_get_output_headers(w->request);
    evhttp_add_header(headers, "Content-Type", w->reply.content_type);
    if (w->reply.close)
        evhttp_add_header(headers, "Connection", "close");
    LIST_EACH (struct header, h, &w->reply.headers)
        evhttp_add_header(headers, h->name, h->value);
    if (w->reply.promised) {
        char size[24];
        snprintf(size, sizeof size, "%zu", w->reply.promised);
        evhttp_add_header(headers, "Content-Length", size);
    }
}

static void write_reply(struct door *d, struct waiting *w)
{
    if (queue_is_full(d, &w->reply))
        refuse_large(&w->reply);
    if (w->reply.drop) {
        evhttp_connection_free(evhttp_request_get_connection(w->request));
        w->request = NULL;
        return;
    }
    if (evhttp_request_get_command(w->request) == EVHTTP_REQ_HEAD) { /* the head alone */
        w->reply.promised = w->reply.size;
        w->reply.size = 0;
    }
    write_headers(w);
    struct evbuffer *out = evhttp_request_get_output_buffer(w->request);
    if (w->reply.size >= LARGE)
        hand_over(d, w, out);
    else if (w->reply.size)
        evbuffer_add(out, w->reply.body, w->reply.size);
    evhttp_send_reply(w->request, w->reply.status, NULL, NULL);
    w->request = NULL;
}

/* ---- Late replies ---- */

static void forget_late(struct late *l)
{
    struct late **at = &l->door->late;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    event_free(l->timer);
    arena_release(&l->waiting.arena);
    free(l);
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    struct late *l = arg;
    (void)fd;
    (void)what;
    if (l->waiting.request) {
        evhttp_connection_set_closecb(evhttp_request_get_connection(l->waiting.request), NULL,
                                      NULL);
        doorman_waits(evhttp_request_get_connection(l->waiting.request));
        write_reply(l->door, &l->waiting);
    }
    forget_late(l);
}

/* The client hung up: libevent frees the request with its connection. */
static void on_gone(struct evhttp_connection *connection, void *arg)
{
    (void)connection;
    ((struct late *)arg)->waiting.request = NULL;
}

/* A connection must not be freed inside its own callback, so that one that is dropped waits, too.
 */
static void hold_back(struct door *d, struct waiting *w)
{
    struct late *l = calloc(1, sizeof *l);
    if (!l)
        BUG("out of memory");
    l->waiting = *w;
    w->request = NULL;
    w->arena = (struct arena){ 0 };
    l->door = d;
    l->next = d->late;
    d->late = l;
    l->timer = evtimer_new(d->base, on_late, l);
    int64_t ms = l->waiting.reply.delay;
    struct timeval after = { .tv_sec = (time_t)(ms / 1000),
                             .tv_usec = (suseconds_t)(ms % 1000 * 1000) };
    evtimer_add(l->timer, &after);
    doorman_lets_wait(evhttp_request_get_connection(l->waiting.request));
    evhttp_connection_set_closecb(evhttp_request_get_connection(l->waiting.request), on_gone, l);
}

static void refuse_follower(struct reply *r)
{
    static const char body[] = "{\"error\":\"TooManyFollowers\",\"message\":\"64 follow already\"}";
    r->status = 503;
    r->content_type = "application/json";
    r->body = body;
    r->size = sizeof body - 1;
}

static void send_reply(struct door *d, struct waiting *w)
{
    if (w->reply.stream && d->followers.count < MAX_FOLLOWERS) {
        write_headers(w);
        follow_begin(&d->followers, w->request, &w->reply, &w->arena);
        w->request = NULL;
        return;
    }
    if (w->reply.stream)
        refuse_follower(&w->reply);
    if (w->reply.drop || w->reply.delay) {
        hold_back(d, w);
        return;
    }
    write_reply(d, w);
    arena_reset(&w->arena);
}

static void set_alarm(struct door *d)
{
    int64_t due = job_next_due(d->sim);
    int64_t wait = due == ABSENT ? -1 : clock_wait(d->sim->clock, due);
    evtimer_del(d->alarm);
    if (wait < 0)
        return;
    int64_t refused = d->sim->jobs_wait - machine_monotonic_ms();
    wait = wait < refused ? refused : wait;
    struct timeval after = { .tv_sec = (time_t)(wait / 1000),
                             .tv_usec = (suseconds_t)(wait % 1000 * 1000) };
    evtimer_add(d->alarm, &after);
}

static void answer_lost(struct door *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct waiting *w = &d->waiting[i];
        struct request r = read_request(w->request, &w->arena);
        w->reply = pipeline_lost(d->sim, &w->arena, &r);
    }
    pipeline_flush(d->sim);
}

static void flush(struct door *d)
{
    bool wrote = pipeline_pending(d->sim);
    if (!pipeline_flush(d->sim))
        answer_lost(d);
    for (size_t i = 0; i < d->count; i++)
        send_reply(d, &d->waiting[i]);
    d->count = 0;
    follow_tell(&d->followers);
    if (wrote)
        set_alarm(d);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    flush(arg);
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
    struct door *d = arg;
    (void)fd;
    (void)what;
    pipeline_run_due(d->sim);
    flush(d);
    set_alarm(d);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
    struct door *d = arg;
    (void)fd;
    (void)what;
    flush(d);
    event_base_loopbreak(d->base);
}

/* What is written there is nobody's; its end is that of whoever started this process. */
static void on_input(evutil_socket_t fd, short what, void *arg)
{
    char ignored[512];
    ssize_t n = read(fd, ignored, sizeof ignored);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        on_stop(fd, what, arg);
}

static void on_request(struct evhttp_request *from, void *arg)
{
    struct door *d = arg;
    struct waiting *w = &d->waiting[d->count];
    struct request r = read_request(from, &w->arena);
    doorman_has_heard(evhttp_request_get_connection(from));
    w->request = from;
    w->reply = pipeline_serve(d->sim, &w->arena, &r);
    bool pending = pipeline_pending(d->sim);
    if (!pending)
        send_reply(d, w);
    else
        d->count++;
    if (d->count == MAX_WAITING)
        flush(d);
    else if (pending || d->followers.count)
        event_active(d->flush, EV_TIMEOUT, 1);
}

/* ---- Opening and closing ---- */

static const char *open_port(struct door *d, const struct http_options *o, struct arena *a)
{
    struct evhttp_bound_socket *socket =
        evhttp_bind_socket_with_handle(d->http, o->address, (ev_uint16_t)o->port);
    if (!socket)
        return arena_printf(a, "cannot listen on %s port %d: %s", o->address, o->port,
                            errno ? strerror(errno) : "bad address");
    doorman_open(d->base, d->http, socket, o->patience);
    evutil_socket_t fd = evhttp_bound_socket_get_fd(socket);
    /* Connections inherit it. A long reply is sent in pieces: without it the last one waits for the
     * client's delayed acknowledgement, 40 ms. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
    struct sockaddr_storage name;
    socklen_t size = sizeof name;
    int port = o->port;
    if (getsockname(fd, (struct sockaddr *)&name, &size) == 0)
        port = ntohs(name.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&name)->sin6_port
                                                : ((struct sockaddr_in *)&name)->sin_port);
    o->ready(d->sim, o->address, port);
    return NULL;
}

static const char *attach(struct door *d)
{
    d->input = event_new(d->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, d);
    return event_add(d->input, NULL) == 0
               ? NULL
               : "--attached needs a pipe or a terminal as standard input";
}

static void open_door(struct door *d)
{
    static const int signals[] = { SIGINT, SIGTERM };
    keep_memory();
    doorman_raise_limit();
    d->base = event_base_new();
    if (!d->base || event_base_priority_init(d->base, 3))
        BUG("libevent cannot start");
    d->http = evhttp_new(d->base);
    evhttp_set_gencb(d->http, on_request, d);
    evhttp_set_bevcb(d->http, new_connection, d);
    evhttp_set_max_headers_size(d->http, LARGEST_HEAD);
    evhttp_set_max_body_size(d->http, LARGEST_BODY);
    evhttp_set_allowed_methods(d->http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT
                                            | EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH | EVHTTP_REQ_HEAD
                                            | EVHTTP_REQ_OPTIONS);
    d->flush = event_new(d->base, -1, 0, on_flush, d);
    event_priority_set(d->flush, 2);
    d->alarm = evtimer_new(d->base, on_alarm, d);
    d->trim = evtimer_new(d->base, on_trim, NULL);
    for (size_t i = 0; i < 2; i++) {
        d->stop[i] = evsignal_new(d->base, signals[i], on_stop, d);
        event_add(d->stop[i], NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails */
}

static void close_door(struct door *d)
{
    evhttp_free(d->http);
    while (d->late)
        forget_late(d->late);
    event_free(d->flush);
    event_free(d->alarm);
    event_free(d->trim);
    d->trim = NULL; /* libevent frees connections, and so their answers, as late as with the base */
    doorman_close();
    if (d->input)
        event_free(d->input);
    event_free(d->stop[0]);
    event_free(d->stop[1]);
    event_base_free(d->base);
    for (size_t i = 0; i < MAX_WAITING; i++)
        arena_release(&d->waiting[i].arena);
}

const char *http_run(struct sim *sim, const struct http_options *options, struct arena *a)
{
    struct door *d = arena_new(a, struct door);
    d->sim = d->followers.sim = sim;
    open_door(d);
    const char *error = options->attached ? attach(d) : NULL;
    errno = 0;
    if (!error)
        error = open_port(d, options, a);
    if (!error) {
        set_alarm(d);
        event_base_dispatch(d->base);
        follow_end(&d->followers, d->base);
    }
    close_door(d);
    libevent_global_shutdown();
    return error;
}
