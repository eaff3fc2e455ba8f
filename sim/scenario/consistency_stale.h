/* Eventual consistency: what a call changed shows for a while as it was before. */
#ifndef SCENARIO_CONSISTENCY_STALE_H
#define SCENARIO_CONSISTENCY_STALE_H

#include "scenario/fault.h"

struct changes;

/* Around a handler that changes something: NULL where no rule wants to know. */
struct changes *stale_watch(struct call *c, const struct fault *f);
/* f->before: the way back, for stale_add. */
void stale_watched(struct call *c, struct fault *f, struct changes *changes);
/* What the call named or made looks as it was, as the rule says, to reads of its account in its
 * Region. */
void stale_add(struct call *c, const struct fault *f, const struct reply *reply);

/* Around a handler that only reads: true where the world was taken back for it. */
bool stale_enter(struct call *c);
void stale_leave(struct call *c);
/* Its answer: a read that names a stale resource, or shows it, counts as one of its calls. */
void stale_count(struct call *c, const struct reply *reply);

#endif
