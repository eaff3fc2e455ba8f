/* Answers that are given in pieces (struct stream of call/call.h). One is under way to each client
 * at a time: memory stays small however slowly it reads. */
#ifndef SERVER_STREAM_H
#define SERVER_STREAM_H

#include "server/door.h"

struct streamer;

struct streams {
    struct sim *sim;
    struct streamer *first;
    size_t followers, readers; /* of those that go on until somebody hangs up, and of others */
};

/* Answers with one more, or refuses that where there are too many. Takes over the arena, which the
 * stream lies in. */
void stream_begin(struct streams *all, struct connection *c, struct reply *r, struct arena *a);
/* One that is not to be begun: gives back what it holds. */
void stream_drop(struct sim *sim, struct stream *s);
/* What there is to tell by now, to all that have read what they were told before. */
void streams_tell(struct streams *all);
/* Those that would go on end as they should before the door closes; others break off. */
void streams_end(struct streams *all);

#endif
