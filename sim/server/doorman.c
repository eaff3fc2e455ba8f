/* See doorman.h. */
#include "server/doorman.h"

#include <errno.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/timefmt.h"

#define PAUSE_MS 200

/* libevent tells nobody that a connection is gone, so that what is known of one is kept by its
 * descriptor, and here: the callbacks of a connection's bytes have room for the connection alone.
 */
static struct {
    struct evconnlistener *listener;
    struct event *again; /* when to accept again */
    int64_t complained; /* machine ms of the last line of log about it; 0: none */
    int patience; /* seconds */
    int64_t *began; /* by descriptor: machine ms when its request began to arrive; 0: none does */
    size_t room;
} doorman;

/* ---- How many ---- */

void doorman_raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); /* refused: it stays as it was */
}

static void complain(int error)
{
    int64_t now = machine_monotonic_ms();
    if (doorman.complained && now - doorman.complained < MINUTE_MS)
        return;
    doorman.complained = now;
    struct arena a = { 0 };
    struct value *facts = value_new(&a, VALUE_MAP);
    value_add_text(&a, facts, "message", strerror(error));
    log_event(&a, "cannot accept", facts);
    arena_release(&a);
}

static void on_accept_error(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    struct timeval pause = { .tv_usec = PAUSE_MS * 1000 };
    complain(EVUTIL_SOCKET_ERROR());
    evconnlistener_disable(listener);
    evtimer_add(doorman.again, &pause);
}

static void on_again(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
    evconnlistener_enable(doorman.listener);
}

void doorman_open(struct event_base *base, struct evhttp *http, struct evhttp_bound_socket *socket,
                  int patience)
{
    doorman.patience = patience;
    doorman.listener = evhttp_bound_socket_get_listener(socket);
    doorman.again = evtimer_new(base, on_again, NULL);
    evconnlistener_set_error_cb(doorman.listener, on_accept_error);
    evhttp_set_timeout(http, patience);
}

void doorman_close(void)
{
    if (doorman.again)
        event_free(doorman.again);
    free(doorman.began);
}

/* ---- How long ---- */

static int64_t *began_of(evutil_socket_t fd)
{
    size_t at = (size_t)fd;
    if (at >= doorman.room) {
        size_t room = at < 64 ? 64 : at * 2;
        doorman.began = realloc(doorman.began, room * sizeof *doorman.began);
        if (!doorman.began)
            BUG("out of memory");
        memset(doorman.began + doorman.room, 0, (room - doorman.room) * sizeof *doorman.began);
        doorman.room = room;
    }
    return &doorman.began[at];
}

void doorman_meets(evutil_socket_t fd)
{
    *began_of(fd) = 0;
}

void doorman_hears(evutil_socket_t fd)
{
    int64_t *began = began_of(fd), now = machine_monotonic_ms();
    if (!*began)
        *began = now;
    if (now - *began > doorman.patience * SECOND_MS)
        shutdown(fd, SHUT_RDWR); /* libevent sees its end and frees the connection */
}

void doorman_has_heard(struct evhttp_connection *connection)
{
    *began_of(bufferevent_getfd(evhttp_connection_get_bufferevent(connection))) = 0;
}

void doorman_lets_wait(struct evhttp_connection *connection)
{
    struct timeval writing = { .tv_sec = doorman.patience };
    bufferevent_set_timeouts(evhttp_connection_get_bufferevent(connection), NULL, &writing);
}

void doorman_waits(struct evhttp_connection *connection)
{
    evhttp_connection_set_timeout(connection, doorman.patience);
}
