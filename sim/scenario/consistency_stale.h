/* Eventual consistency: what a call changed shows for a while as it was before. */
#ifndef SCENARIO_CONSISTENCY_STALE_H
#define SCENARIO_CONSISTENCY_STALE_H

#include "scenario/fault.h"

/* Around a handler that changes something, where a rule wants to know: c->fault gets the way back,
 * for stale_add. */
void stale_watch(struct call *c);
void stale_watched(struct call *c);
/* What the call named or made looks as it was, as the rule says, to reads of its account in its
 * Region. */
void stale_add(struct call *c);

/* Around a handler that only reads: the world is taken back for it where it has to look as it was.
 */
void stale_enter(struct call *c);
void stale_leave(struct call *c);
/* After its answer: a read that names a stale resource, or shows it, counts as one of its calls. */
void stale_count(struct call *c);

#endif
