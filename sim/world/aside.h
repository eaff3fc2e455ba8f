/* A world aside of the one that is served, in a store of its own (store/beside.h): made there, or
 * set aside there, while this one stands still. */
#ifndef WORLD_ASIDE_H
#define WORLD_ASIDE_H

#include "call/call.h"
#include "store/beside.h"
#include "time/clock.h"

/* Its own clock and identifiers, and a call in it that is otherwise the one that is served. */
struct aside {
    struct clock clock;
    struct sim sim;
    struct call call;
};

void aside_open(struct aside *ret, const struct call *c, struct store *beside);
/* Writes down what the process holds of the world that is served: its moment, its identifiers. */
void aside_save(struct aside *a);
/* It takes the place of the one that is served, for good, and goes on from its own moment now. What
 * else the process holds of the store's state is read again by the next call. */
void aside_take_place(struct aside *a, struct call *c);

#endif
