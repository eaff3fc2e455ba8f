/* Requests in, answers out: what stands between the door, which knows bytes, and the pipeline,
 * which knows calls. Answers in pieces are those of stream.c.
 *
 * Requests that are ready together share one commit: handlers run as they come, an answer waits
 * while a transaction is open, and an event of the lowest priority, which libevent runs when no
 * request is left to read, commits and lets the answers go. */
#include "server/http.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "server/door.h"
#include "server/pipeline.h"
#include "server/ssh/ssh_server.h"
#include "server/stream.h"
#include "time/clock.h"
#include "time/job.h"

#define LARGEST_BODY ((size_t)16 * 1024 * 1024)
#define LARGEST_STATE ((size_t)4 * 1024 * 1024 * 1024) /* PUT /_amisim/state brings every block */
#define MAX_WAITING 256

struct waiting {
    struct connection *from;
    struct reply reply;
    struct arena arena;
};

/* A reply that a scenario holds back. */
struct late {
    struct waiting waiting;
    struct server *server;
    struct event *timer;
    struct late *next;
};

struct server {
    struct sim *sim;
    struct event_base *base;
    struct door *door;
    struct event *flush, *alarm, *stop[2], *input; /* input: standard input, or NULL */
    struct waiting waiting[MAX_WAITING]; /* arenas are kept and used again */
    size_t count;
    struct late *late;
    struct streams streams;
    struct ssh_server *ssh; /* NULL: no instance answers SSH */
};

static size_t largest_body(const struct request *head)
{
    bool state = text_is(head->path, "/_amisim/state") && text_is(head->method, "PUT");
    return state ? LARGEST_STATE : LARGEST_BODY;
}

static struct timeval span(int64_t ms)
{
    return (struct timeval){ .tv_sec = (time_t)(ms / 1000),
                             .tv_usec = (suseconds_t)(ms % 1000 * 1000) };
}

/* ---- Late replies ---- */

static void forget_late(struct late *l)
{
    struct late **at = &l->server->late;
    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    event_free(l->timer);
    if (l->waiting.reply.stream)
        stream_drop(l->server->sim, l->waiting.reply.stream);
    arena_release(&l->waiting.arena);
    free(l);
}

static void send_now(struct server *s, struct waiting *w)
{
    if (w->reply.drop)
        connection_drop(w->from);
    else if (w->reply.stream)
        stream_begin(&s->streams, w->from, &w->reply, &w->arena);
    else
        connection_answer(w->from, &w->reply, &w->arena);
    w->reply.stream = NULL; /* it is no longer ours */
}

static void on_late(evutil_socket_t fd, short what, void *arg)
{
    struct late *l = arg;
    (void)fd;
    (void)what;
    send_now(l->server, &l->waiting);
    forget_late(l);
}

static void on_gone(void *arg)
{
    forget_late(arg);
}

static void hold_back(struct server *s, struct waiting *w)
{
    struct late *l = calloc(1, sizeof *l);
    if (!l)
        BUG("out of memory");
    l->waiting = *w;
    w->arena = (struct arena){ 0 };
    l->server = s;
    l->next = s->late;
    s->late = l;
    l->timer = evtimer_new(s->base, on_late, l);
    struct timeval after = span(l->waiting.reply.delay);
    evtimer_add(l->timer, &after);
    connection_on_gone(l->waiting.from, on_gone, l, true);
}

/* ---- Replies ---- */

static void send_reply(struct server *s, struct waiting *w)
{
    if (w->reply.delay)
        hold_back(s, w);
    else
        send_now(s, w);
    arena_reset(&w->arena);
}

static void set_alarm(struct server *s)
{
    int64_t due = job_next_due(s->sim);
    int64_t wait = due == ABSENT ? -1 : clock_wait(s->sim->clock, due);
    evtimer_del(s->alarm);
    if (wait < 0)
        return;
    int64_t refused = s->sim->jobs_wait - machine_monotonic_ms();
    struct timeval after = span(wait < refused ? refused : wait);
    evtimer_add(s->alarm, &after);
}

static void answer_lost(struct server *s)
{
    for (size_t i = 0; i < s->count; i++) {
        struct waiting *w = &s->waiting[i];
        struct request r = connection_request(w->from);
        if (w->reply.stream)
            stream_drop(s->sim, w->reply.stream);
        w->reply = pipeline_lost(s->sim, &w->arena, &r);
    }
    pipeline_flush(s->sim);
}

static void flush(struct server *s)
{
    bool wrote = pipeline_pending(s->sim);
    if (!pipeline_flush(s->sim))
        answer_lost(s);
    for (size_t i = 0; i < s->count; i++)
        send_reply(s, &s->waiting[i]);
    s->count = 0;
    log_flush();
    streams_tell(&s->streams);
    if (wrote && s->ssh)
        ssh_server_refresh(s->ssh);
    if (wrote)
        set_alarm(s);
}

static void on_flush(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    flush(arg);
}

static void on_alarm(evutil_socket_t fd, short what, void *arg)
{
    struct server *s = arg;
    (void)fd;
    (void)what;
    pipeline_run_due(s->sim);
    flush(s);
    set_alarm(s);
}

static void on_stop(evutil_socket_t fd, short what, void *arg)
{
    struct server *s = arg;
    (void)fd;
    (void)what;
    flush(s);
    event_base_loopbreak(s->base);
}

/* What is written there is nobody's; its end is that of whoever started this process. */
static void on_input(evutil_socket_t fd, short what, void *arg)
{
    char ignored[512];
    ssize_t n = read(fd, ignored, sizeof ignored);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        on_stop(fd, what, arg);
}

static void on_request(struct connection *from, void *arg)
{
    struct server *s = arg;
    struct waiting *w = &s->waiting[s->count];
    struct request r = connection_request(from);
    w->from = from;
    w->reply = pipeline_serve(s->sim, &w->arena, &r);
    bool pending = pipeline_pending(s->sim);
    if (!pending)
        send_reply(s, w);
    else
        s->count++;
    if (s->count == MAX_WAITING)
        flush(s);
    else if (pending || s->streams.first || log_waits())
        event_active(s->flush, EV_TIMEOUT, 1);
}

/* ---- Opening and closing ---- */

static const char *open_door(struct server *s, const struct http_options *o, struct arena *a)
{
    struct door_options options = { .address = o->address,
                                    .port = o->port,
                                    .patience = o->patience,
                                    .folder = o->folder,
                                    .largest_body = largest_body,
                                    .serve = on_request,
                                    .arg = s };
    s->door = door_open(s->base, &options);
    if (!s->door)
        return arena_printf(a, "cannot listen on %s port %d: %s", o->address, o->port,
                            errno ? strerror(errno) : "bad address");
    o->ready(s->sim, o->address, door_port(s->door));
    return NULL;
}

/* A session's commit was its own; work that it queued is not. */
static void on_session(void *arg)
{
    set_alarm(arg);
}

static const char *attach(struct server *s)
{
    s->input = event_new(s->base, STDIN_FILENO, EV_READ | EV_PERSIST, on_input, s);
    return event_add(s->input, NULL) == 0
               ? NULL
               : "--attached needs a pipe or a terminal as standard input";
}

static void open_loop(struct server *s)
{
    static const int signals[] = { SIGINT, SIGTERM };
    door_raise_limit();
    s->base = event_base_new();
    if (!s->base || event_base_priority_init(s->base, 3))
        BUG("libevent cannot start");
    s->flush = event_new(s->base, -1, 0, on_flush, s);
    event_priority_set(s->flush, 2);
    s->alarm = evtimer_new(s->base, on_alarm, s);
    for (size_t i = 0; i < 2; i++) {
        s->stop[i] = evsignal_new(s->base, signals[i], on_stop, s);
        event_add(s->stop[i], NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a write that fails */
}

static void close_loop(struct server *s)
{
    while (s->late) {
        connection_drop(s->late->waiting.from);
        forget_late(s->late);
    }
    if (s->ssh)
        ssh_server_free(s->ssh);
    if (s->door)
        door_close(s->door);
    event_free(s->flush);
    event_free(s->alarm);
    if (s->input)
        event_free(s->input);
    event_free(s->stop[0]);
    event_free(s->stop[1]);
    event_base_free(s->base);
    for (size_t i = 0; i < MAX_WAITING; i++)
        arena_release(&s->waiting[i].arena);
}

const char *http_run(struct sim *sim, const struct http_options *options, struct arena *a)
{
    struct server *s = arena_new(a, struct server);
    s->sim = s->streams.sim = sim;
    open_loop(s);
    const char *error = options->attached ? attach(s) : NULL;
    if (!error)
        error = open_door(s, options, a);
    if (!error) {
        if (sim->ssh)
            s->ssh = ssh_server_new(sim, s->base, options->patience, on_session, s);
        set_alarm(s);
        log_gather(true);
        event_base_dispatch(s->base);
        streams_end(&s->streams);
        event_base_loop(s->base, EVLOOP_NONBLOCK); /* the last that they are told */
        log_gather(false);
    }
    close_loop(s);
    libevent_global_shutdown();
    return error;
}
