/* See connection.h: its way from one request to the next, its answers, and its end. */
#include "server/connection.h"

#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "base/log.h"

#define MOST_UNSENT (128 * 1024) /* what the kernel keeps of pieces, for a client that is slow */
#define KEPT_ROOM ((size_t)16 * 1024) /* of a connection that asks nothing */

/* ---- Its end ---- */

void connection_enter(struct connection *c)
{
    c->inside = true;
}

static void settle(struct connection *c)
{
    if (c->fd >= 0 || c->inside || c->phase == CALLED || c->phase == STREAMING)
        return;
    parse_end(&c->parse);
    free(c->in);
    free(c);
}

void connection_leave(struct connection *c)
{
    c->inside = false;
    settle(c);
}

static void leave_list(struct connection *c)
{
    struct door *d = c->door;
    *c->at = c->next;
    if (c->next)
        c->next->at = c->at;
    if (d->count-- == d->most)
        evconnlistener_enable(d->listener);
}

static void hang_up(struct connection *c)
{
    if (c->fd < 0)
        return;
    event_del(&c->read);
    event_del(&c->write);
    evutil_closesocket(c->fd);
    c->fd = -1;
    outbox_clear(c);
    leave_list(c);
}

void connection_close(struct connection *c)
{
    hang_up(c);
    c->phase = READING;
    c->gone = NULL;
    settle(c);
}

void connection_drop(struct connection *c)
{
    connection_close(c);
}

static void tell_gone(struct connection *c)
{
    void (*gone)(void *) = c->gone;
    c->gone = NULL;
    if (gone)
        gone(c->gone_arg);
}

/* Where nobody asked to be told, a call that stands on it goes on, and is answered to nobody. */
void connection_lose(struct connection *c)
{
    bool known = c->gone || c->phase != CALLED;
    tell_gone(c);
    hang_up(c);
    if (known)
        c->phase = READING;
    settle(c);
}

void connection_on_gone(struct connection *c, void (*gone)(void *arg), void *arg, bool at_end)
{
    c->gone = gone;
    c->gone_arg = arg;
    c->gone_at_end = at_end;
}

void connection_stop_listening(struct connection *c)
{
    event_del(&c->read);
    c->listening = false;
}

void connection_make_room(struct connection *c, size_t room)
{
    if (room <= c->room)
        return;
    c->in = realloc(c->in, room);
    if (!c->in)
        BUG("out of memory");
    c->room = room;
}

/* ---- From one request to the next ---- */

static void leave(struct connection *c)
{
    c->phase = LEAVING;
    c->since = c->door->turn;
    shutdown(c->fd, SHUT_WR);
    if (!c->listening)
        event_add(&c->read, NULL);
    c->listening = true;
}

static void give_room_back(struct connection *c)
{
    if (c->room <= KEPT_ROOM || c->used > FIRST_ROOM)
        return;
    c->room = 0;
    connection_make_room(c, FIRST_ROOM);
}

void connection_reads(struct connection *c)
{
    c->phase = READING;
    c->since = c->door->turn;
    c->gone = NULL;
    parse_begin(&c->parse, &c->door->limits);
}

void connection_next(struct connection *c)
{
    size_t left = c->used - c->parse.seen;
    if (c->last && !c->ended && (left || !c->parse.whole)) {
        leave(c);
        return;
    }
    if (c->last || (c->ended && !left)) {
        connection_close(c);
        return;
    }
    parse_end(&c->parse);
    memmove(c->in, c->in + c->parse.seen, left);
    c->used = left;
    give_room_back(c);
    connection_reads(c);
    if (left)
        event_add(&c->write, NULL);
    if (!c->listening && !c->ended)
        event_add(&c->read, NULL);
    c->listening = !c->ended;
}

struct request connection_request(const struct connection *c)
{
    return parse_request(&c->parse);
}

/* ---- Answers ---- */

static bool asks_for_head(const struct connection *c)
{
    return c->parse.head && c->parse.http.method == HTTP_HEAD;
}

static void send_last(struct connection *c, struct iovec *v, size_t count, struct arena *a)
{
    c->phase = SENDING;
    switch (send_bytes(c, v, count, a)) {
    case SENT_ALL:
        connection_next(c);
        return;
    case SENT_NOWHERE:
        connection_lose(c);
        return;
    default:
        return;
    }
}

/* True: its client was lost while it stood for a request, and nobody stands on it now. */
static bool is_lost(struct connection *c)
{
    bool lost = c->fd < 0;
    if (lost)
        connection_close(c);
    return lost;
}

void connection_answer(struct connection *c, struct reply *r, struct arena *a)
{
    c->gone = NULL;
    if (is_lost(c))
        return;
    if (queue_is_full(c->door, r)) {
        r->status = 503;
        r->size = r->promised = 0;
    }
    c->last |= r->close;
    struct iovec v[] = { head_of_whole(c, r, a),
                         { (char *)r->body, asks_for_head(c) ? 0 : r->size } };
    send_last(c, v, 2, a);
}

bool connection_begin(struct connection *c, const struct reply *r, struct arena *a)
{
    c->gone = NULL;
    if (is_lost(c))
        return false;
    c->last |= !has_chunks(c);
    struct iovec v = head_of_pieces(c, r, a);
    if (asks_for_head(c)) {
        send_last(c, &v, 1, NULL);
        return false;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){ MOST_UNSENT }, sizeof(int));
    c->phase = STREAMING;
    c->resting = false;
    if (send_bytes(c, &v, 1, NULL) == SENT_NOWHERE) {
        connection_lose(c);
        return false;
    }
    event_add(&c->write, NULL);
    return true;
}

void connection_on_ready(struct connection *c, void (*ready)(void *arg), void *arg)
{
    c->ready = ready;
    c->ready_arg = arg;
}

void connection_piece(struct connection *c, const char *bytes, size_t n, bool last)
{
    char line[CHUNK_LINE];
    const char *end = !last ? "\r\n" : n ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
    bool chunks = has_chunks(c);
    struct iovec v[] = { { line, chunks && n ? chunk_begin(line, n) : 0 },
                         { (char *)bytes, n },
                         { (char *)end, chunks ? strlen(end) : 0 } };
    c->resting = false;
    if (last) {
        c->gone = NULL;
        send_last(c, v, 3, NULL);
    } else if (send_bytes(c, v, 3, NULL) == SENT_NOWHERE) {
        connection_lose(c);
    } else {
        event_add(&c->write, NULL);
    }
}

void connection_rests(struct connection *c)
{
    c->resting = true;
    event_del(&c->write);
}

bool connection_is_resting(const struct connection *c)
{
    return c->resting;
}
