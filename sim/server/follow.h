/* Clients whose answers come in pieces (struct stream of call/call.h). One is under way to each at
 * a time: memory stays small however slowly it reads. */
#ifndef SERVER_FOLLOW_H
#define SERVER_FOLLOW_H

#include <event2/event.h>
#include <event2/http.h>

#include "call/call.h"
#include "reply/render.h"

#define MAX_FOLLOWERS 64

struct follower;

struct followers {
    struct sim *sim;
    struct follower *first;
    size_t count;
};

/* One more, its headers written: takes over the request, and the arena that the stream lies in. */
void follow_begin(struct followers *all, struct evhttp_request *request, const struct reply *reply,
                  struct arena *arena);
/* What there is to tell by now, to all that have read what they were told before. */
void follow_tell(struct followers *all);
/* Their answers end as they should before the door closes. */
void follow_end(struct followers *all, struct event_base *base);

#endif
