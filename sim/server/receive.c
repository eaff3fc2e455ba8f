/* See connection.h: what a client sends, one request after the other. */
#include "server/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sys/socket.h>

#include "base/log.h"

#define PIECE_ROOM ((size_t)256 * 1024) /* for what goes into a file */
#define CHUNK_ROOM ((size_t)64 * 1024)
#define SPARE ((size_t)1024) /* behind a body: room to hear that the client hangs up */
#define MOST_STEPS 32 /* two for each request; then those that were sent with them wait */
#define MOST_DISCARDED 16 /* pieces in a turn, of who is to leave */

/* ---- Bytes ---- */

/* No more will come from the client. */
static void end(struct connection *c)
{
    c->ended = true;
    connection_stop_listening(c);
    if (c->gone && c->gone_at_end)
        connection_lose(c);
}

/* Not without end: who sends many requests at once is read on when some of them are answered. */
static void make_room_to_read(struct connection *c)
{
    const struct parse *p = &c->parse;
    size_t most = 2 * c->door->limits.head;
    if (c->phase != READING) /* what stands there is asked about: it stays in its place */
        return;
    if (!p->head)
        connection_make_room(c, c->used == c->room && c->room < most ? 2 * c->room : c->room);
    else if (p->length > c->door->limits.in_memory || spool_is_open(&p->spool))
        connection_make_room(c, p->head + PIECE_ROOM);
    else
        connection_make_room(c, p->length ? p->head + p->length + SPARE : c->used + CHUNK_ROOM);
}

/* Closed with bytes that nobody read, a socket resets the connection, and the client may lose the
 * answer (RFC 9112, 9.6). */
static void discard(struct connection *c)
{
    char bytes[16 * 1024];
    for (int i = 0; i < MOST_DISCARDED; i++) {
        ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            connection_close(c);
            return;
        }
    }
}

static void receive(struct connection *c)
{
    make_room_to_read(c);
    if (c->used == c->room) {
        connection_stop_listening(c);
        return;
    }
    ssize_t n = recv(c->fd, c->in + c->used, c->room - c->used, 0);
    if (n > 0 && c->phase == READING && !c->used)
        c->since = c->door->turn;
    if (n > 0)
        c->used += (size_t)n;
    else if (n == 0)
        end(c);
    else if (errno != EAGAIN && errno != EINTR)
        connection_lose(c);
}

/* ---- Requests ---- */

static void refuse(struct connection *c)
{
    struct arena a = { 0 };
    struct reply r = { .status = c->parse.status, .content_type = "text/plain", .close = true };
    r.body = arena_printf(&a, "%s\n", c->parse.why);
    r.size = strlen(r.body);
    c->phase = CALLED;
    connection_answer(c, &r, &a);
    arena_release(&a);
}

static void take_head(struct connection *c)
{
    static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct request head = parse_request(&c->parse);
    if (!parse_takes_body(&c->parse, c->door->options.largest_body(&head)))
        refuse(c);
    else if (c->parse.expects && c->used == c->parse.seen
             && send(c->fd, go_on, sizeof go_on - 1, MSG_NOSIGNAL) < 0)
        connection_lose(c);
}

static void serve(struct connection *c)
{
    c->phase = CALLED;
    c->last = !c->parse.keeps;
    c->door->options.serve(c, c->door->options.arg);
}

/* One step with what was read; false: it does not suffice. */
static bool step(struct connection *c)
{
    switch (parse_go_on(&c->parse, c->in, &c->used)) {
    case PARSE_MORE:
        if (c->ended)
            connection_close(c);
        return false;
    case PARSE_HEAD:
        take_head(c);
        return true;
    case PARSE_WHOLE:
        serve(c);
        return true;
    default:
        refuse(c);
        return true;
    }
}

static void go_on(struct connection *c)
{
    bool more = true;
    for (int i = 0; more && c->phase == READING && c->fd >= 0; i++) {
        if (i == MOST_STEPS) {
            event_add(&c->write, NULL); /* nearly at once, but through the loop */
            return;
        }
        more = step(c);
    }
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
    struct connection *c = arg;
    (void)fd;
    (void)what;
    connection_enter(c);
    c->phase == LEAVING ? discard(c) : receive(c);
    go_on(c);
    connection_leave(c);
}

/* All is sent, and there is room. */
static void use_room(struct connection *c)
{
    if (c->phase == STREAMING) {
        c->ready(c->ready_arg);
        return;
    }
    event_del(&c->write);
    if (c->phase == SENDING)
        connection_next(c);
    else
        go_on(c);
}

static void on_write(evutil_socket_t fd, short what, void *arg)
{
    struct connection *c = arg;
    (void)fd;
    (void)what;
    connection_enter(c);
    enum sent sent = send_rest(c);
    if (sent == SENT_ALL)
        use_room(c);
    else if (sent == SENT_NOWHERE)
        connection_lose(c);
    connection_leave(c);
}

void connection_new(struct door *d, int fd)
{
    struct connection *c = calloc(1, sizeof *c);
    if (!c)
        BUG("out of memory");
    c->door = d;
    c->fd = fd;
    connection_make_room(c, FIRST_ROOM);
    connection_reads(c);
    c->next = d->all;
    c->at = &d->all;
    if (c->next)
        c->next->at = &c->next;
    d->all = c;
    event_assign(&c->read, d->base, fd, EV_READ | EV_PERSIST, on_read, c);
    event_assign(&c->write, d->base, fd, EV_WRITE | EV_PERSIST, on_write, c);
    event_add(&c->read, NULL);
    c->listening = true;
}
