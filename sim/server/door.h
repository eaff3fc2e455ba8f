/* The door: who comes in over TCP, what each asks for in HTTP/1.1 or 1.0, and the answers' way
 * back. On libevent's loop and listener; knows nothing of what is asked. */
#ifndef SERVER_DOOR_H
#define SERVER_DOOR_H

#include <event2/event.h>

#include "reply/render.h"
#include "request/request.h"

/* A client. From door_options.serve on, until it is answered or dropped, it stands for the one
 * request that it asks; those that it sent meanwhile wait. */
struct connection;
struct door;

struct door_options {
    const char *address; /* or a name */
    int port; /* 0: any free one */
    int patience; /* seconds that a client may be silent, take nothing, or take for one request */
    const char
        *folder; /* where bodies over 1 MiB lie, without a name, while they are asked about */
    /* How many bytes the body may have of a request that has only its head yet. */
    size_t (*largest_body)(const struct request *head);
    void (*serve)(struct connection *c, void *arg);
    void *arg;
};

/* As many descriptors as the machine lets us have. */
void door_raise_limit(void);
/* Listens. Without a descriptor left it accepts nothing for a moment, in place of trying without
 * end. NULL with errno, or 0 for an address that is none. What `o` points to outlives the door. */
struct door *door_open(struct event_base *base, const struct door_options *o);
int door_port(const struct door *d);
/* Whoever is still there is let go; none may be left that stands for a request. */
void door_close(struct door *d);

/* ---- A request and its answer ---- */

/* What it asks; the same each time until it is answered. */
struct request connection_request(const struct connection *c);
/* Answers as a whole. What cannot leave at once goes with the arena, which the reply lies in: that
 * is empty then. */
void connection_answer(struct connection *c, struct reply *r, struct arena *a);
/* Ends the connection in place of an answer. */
void connection_drop(struct connection *c);
/* Calls `gone` when the client is lost while it waits for an answer or the end of one; it does not
 * stand for a request any longer then. `at_end`: also where it says that it will ask nothing more,
 * which is all that is heard of one that hung up, but may be one that still listens. */
void connection_on_gone(struct connection *c, void (*gone)(void *arg), void *arg, bool at_end);

/* ---- An answer in pieces ---- */

/* Its head. False: that is all, and it is answered: the client asked for no more (HEAD), or is
 * lost. Else connection_on_ready and connection_on_gone are to be called at once: `ready` is called
 * when there is room for a piece, until connection_rests; from the loop, so that others are served
 * in between. */
bool connection_begin(struct connection *c, const struct reply *r, struct arena *a);
void connection_on_ready(struct connection *c, void (*ready)(void *arg), void *arg);
/* n bytes, which may be none, and with `last` the end of the answer. */
void connection_piece(struct connection *c, const char *bytes, size_t n, bool last);
/* There is no piece for now: what comes next is sent unasked. */
void connection_rests(struct connection *c);
bool connection_is_resting(const struct connection *c);

#endif
