/* The corridor: one request from bytes to bytes, and the jobs that fall due. Knows no sockets. */
#ifndef SERVER_PIPELINE_H
#define SERVER_PIPELINE_H

#include "reply/render.h"
#include "request/request.h"

/* Answers one request. What it changed stands in an open transaction: the reply must not leave
 * before pipeline_commit. All of the reply lives in `a`. */
struct reply pipeline_serve(struct sim *sim, struct arena *a, const struct request *r);
/* Performs c->op with c->input for a call that was let in: sim->perform. -1 where it failed. */
int pipeline_perform(struct call *c);
/* The next piece of an answer that is given in pieces, as the stream's own `more`. */
const char *pipeline_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n);
/* Something that no request asked for: `act` at this moment, all or nothing, and it is kept when
 * this returns. -1: `act` failed, or the disk did. */
int pipeline_act(struct sim *sim, struct arena *a, int (*act)(struct call *c, void *with),
                 void *with);
/* Runs the jobs that are due by now, in order. */
void pipeline_run_due(struct sim *sim);
/* True while there is something that pipeline_flush has to make durable or to read again. */
bool pipeline_pending(const struct sim *sim);
/* Ends the transaction. False: the disk refused, nothing since the last commit has happened, and
 * jobs are let be for a second. */
bool pipeline_commit(struct sim *sim);
/* The same for those who wait: false also where a commit failed since the last time. */
bool pipeline_flush(struct sim *sim);
/* The answer to a request whose commit failed: what only reads is asked once more. What is noted
 * down of a read (by rules, or the public images of its Region) may be lost again; its answer is
 * good all the same. */
struct reply pipeline_lost(struct sim *sim, struct arena *a, const struct request *r);

#endif
