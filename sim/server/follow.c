/* See follow.h. */
#include "server/follow.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>

#include <sys/socket.h>

#include "base/log.h"
#include "server/doorman.h"
#include "server/pipeline.h"

#define MOST_UNREAD (64 * 1024) /* of what such a client sends in the meantime */

struct follower {
    struct followers *all;
    struct evhttp_request *request;
    struct stream *stream;
    struct arena arena; /* where the stream is */
    bool busy;
    struct follower *next;
};

static void forget(struct follower *f)
{
    struct follower **at = &f->all->first;
    while (*at != f)
        at = &(*at)->next;
    *at = f->next;
    f->all->count--;
    if (f->stream->drop)
        f->stream->drop(f->all->sim, f->stream);
    arena_release(&f->arena);
    free(f);
}

/* The client hung up. libevent lets go of a request whose answer was under way: it is ours to free.
 */
static void on_gone(struct evhttp_connection *connection, void *arg)
{
    struct follower *f = arg;
    (void)connection;
    if (!evhttp_request_get_connection(f->request))
        evhttp_request_free(f->request);
    forget(f);
}

static void on_sent(struct evhttp_connection *connection, void *arg);

static void finish(struct follower *f)
{
    evhttp_connection_set_closecb(evhttp_request_get_connection(f->request), NULL, NULL);
    evhttp_send_reply_end(f->request);
    forget(f);
}

/* Without the end that HTTP asks for. libevent sees that of the socket, and calls on_gone. */
static void break_off(struct follower *f)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(f->request);
    f->busy = true;
    shutdown(bufferevent_getfd(evhttp_connection_get_bufferevent(connection)), SHUT_RDWR);
}

static void tell(struct follower *f)
{
    struct arena a = { 0 };
    size_t n = 0;
    const char *text = f->stream->ends ? NULL : pipeline_more(f->all->sim, f->stream, &a, &n);
    if (f->stream->broken) {
        break_off(f);
    } else if (n) {
        struct evbuffer *piece = evbuffer_new();
        evbuffer_add(piece, text, n);
        f->busy = true;
        evhttp_send_reply_chunk_with_cb(f->request, piece, on_sent, f);
        evbuffer_free(piece);
    } else if (f->stream->ends) {
        finish(f);
    }
    arena_release(&a);
}

static void on_sent(struct evhttp_connection *connection, void *arg)
{
    struct follower *f = arg;
    (void)connection;
    f->busy = false;
    tell(f);
}

void follow_tell(struct followers *all)
{
    for (struct follower *f = all->first, *next; f; f = next) {
        next = f->next;
        if (!f->busy)
            tell(f);
    }
}

void follow_begin(struct followers *all, struct evhttp_request *request, const struct reply *reply,
                  struct arena *arena)
{
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    struct follower *f = calloc(1, sizeof *f);
    if (!f)
        BUG("out of memory");
    *f = (struct follower){ all, request, reply->stream, *arena, false, all->first };
    *arena = (struct arena){ 0 };
    all->first = f;
    all->count++;
    doorman_lets_wait(connection);
    evhttp_connection_set_closecb(connection, on_gone, f);
    bufferevent_setwatermark(evhttp_connection_get_bufferevent(connection), EV_READ, 0,
                             MOST_UNREAD);
    evhttp_send_reply_start(request, reply->status, NULL);
    tell(f);
}

void follow_end(struct followers *all, struct event_base *base)
{
    bool any = all->first != NULL;
    while (all->first)
        finish(all->first);
    if (any)
        event_base_loop(base, EVLOOP_NONBLOCK);
}
