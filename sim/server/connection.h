/* What the files of the door share: a connection and where it stands. */
#ifndef SERVER_CONNECTION_H
#define SERVER_CONNECTION_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "server/door.h"
#include "server/parse.h"

#include <sys/uio.h>

struct door {
    struct event_base *base;
    struct door_options options;
    struct parse_limits limits;
    struct evconnlistener *listener;
    struct event *again; /* when to accept again */
    struct event *sweep; /* counts `turn`, and lets go of who takes too long */
    struct timeval period; /* of that */
    struct event *trim;
    struct connection *all;
    size_t count, most;
    unsigned turn; /* a quarter of the patience each */
    size_t queued; /* bytes of large answers that clients have yet to read */
    int64_t complained; /* machine ms of the last line of log about it; 0: none */
    time_t dated; /* what `date` says */
    char date[32];
};

/* What an answer has not been rid of yet. */
struct outbox {
    struct iovec copied, rest; /* in this order; `rest` is of a large body */
    struct arena copies, taken; /* where they lie */
    size_t weight; /* bytes that the door counts */
};

enum phase {
    READING, /* a request is to come */
    CALLED, /* it stands for one that is not answered */
    SENDING, /* of the answer all is given, but not all sent */
    STREAMING, /* it is given in pieces */
    LEAVING, /* the last is said; what the client still sends is read, so that it hears that */
};

struct connection {
    struct door *door;
    struct connection *next, **at;
    int fd; /* -1: lost, and freed as soon as nobody stands on it */
    struct event read, write;
    enum phase phase;
    unsigned since; /* turn of the door when this phase, its request or its last progress began */
    char *in;
    size_t used, room; /* bytes in it */
    struct parse parse;
    struct outbox out;
    bool listening; /* the event of reading is on */
    bool inside; /* a callback of its own is running: it must not be freed */
    bool ended; /* the client will ask nothing more */
    bool last; /* it ends after this answer */
    bool resting; /* a stream with nothing to send */
    bool gone_at_end;
    void (*ready)(void *arg);
    void (*gone)(void *arg);
    void *ready_arg, *gone_arg;
};

/* ---- send.c: bytes ---- */

#define MAX_PIECES 3
#define CHUNK_LINE 24

enum sent {
    SENT_ALL,
    SENT_PART, /* the rest is kept, and the event of writing is on */
    SENT_NOWHERE, /* the client is lost */
};

/* Sends what was kept, and these; `a`: where the last of them lies, which goes with it, and is
 * empty then, where it is large and does not leave at once. NULL: what does not is copied. */
enum sent send_bytes(struct connection *c, struct iovec *v, size_t count, struct arena *a);
enum sent send_rest(struct connection *c);
/* Lets go of what it has not sent. */
void outbox_clear(struct connection *c);
/* Clients that ask for much and read nothing must not take the machine's memory. */
bool queue_is_full(const struct door *d, const struct reply *r);
struct iovec head_of_whole(struct connection *c, const struct reply *r, struct arena *a);
struct iovec head_of_pieces(struct connection *c, const struct reply *r, struct arena *a);
bool has_chunks(const struct connection *c);
/* The line before a chunk of n bytes: CHUNK_LINE bytes at most; returns how many. */
size_t chunk_begin(char *line, size_t n);

/* ---- connection.c: from one request to the next ---- */

#define FIRST_ROOM ((size_t)4096)

/* Ends it, without a word; whoever waits for it is told nothing. */
void connection_close(struct connection *c);
/* The same, and whoever wanted to know of it is told. */
void connection_lose(struct connection *c);
/* Its answer is sent: the next request, or the end. */
void connection_next(struct connection *c);
/* A request is to come. */
void connection_reads(struct connection *c);
void connection_make_room(struct connection *c, size_t room);
void connection_stop_listening(struct connection *c);
/* A callback of its own begins, and ends: it may be freed then. */
void connection_enter(struct connection *c);
void connection_leave(struct connection *c);

/* ---- receive.c ---- */

void connection_new(struct door *d, int fd);

#endif
