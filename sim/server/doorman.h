/* Who may stay: how many connections there can be, and for how long one may keep us waiting.
 *
 * One for the process, which has one door. */
#ifndef SERVER_DOORMAN_H
#define SERVER_DOORMAN_H

#include <event2/event.h>
#include <event2/http.h>

/* As many descriptors as the machine lets us have. */
void doorman_raise_limit(void);
/* Begins to watch over a server that listens. Without a descriptor left it accepts nothing for a
 * moment, in place of trying without end. A client that is silent for `patience` seconds is let go.
 */
void doorman_open(struct event_base *base, struct evhttp *http, struct evhttp_bound_socket *socket,
                  int patience);
void doorman_close(void);

/* A connection has its first bytes: what was known of the descriptor is another's. */
void doorman_meets(evutil_socket_t fd);
/* More of a request came: lets the client go when that has taken longer than `patience`, however
 * often it sends a byte. */
void doorman_hears(evutil_socket_t fd);
/* The request is there as a whole. */
void doorman_has_heard(struct evhttp_connection *connection);
/* The answer keeps the client waiting: it may be silent. And no longer. */
void doorman_lets_wait(struct evhttp_connection *connection);
void doorman_waits(struct evhttp_connection *connection);

#endif
