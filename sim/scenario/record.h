/* What was asked, what happened, what was injected: the last of each, in memory, for people and
 * tests. It is no state: a checkpoint does not bring it back, a reset does not empty it. */
#ifndef SCENARIO_RECORD_H
#define SCENARIO_RECORD_H

#include "base/list.h"
#include "reply/render.h"
#include "request/request.h"
#include "store/store.h"

enum { RECORD_KEEPS = 2048, RECORD_KEEPS_ANSWERS = 512, RECORD_ANSWER_MOST = 16 * 1024 };

struct kept_answer;
struct entry;

struct ring {
    struct entry *entries[RECORD_KEEPS]; /* each in memory of its own */
    int64_t count, settled;
};

struct record {
    struct ring requests, events;
    int64_t order, lost; /* the last that was given; the last that is no longer kept */
    struct kept_answer *answers; /* to the last RECORD_KEEPS_ANSWERS; NULL before the first */
};

/* fault: the rules behind it, or NULL. */
void record_request(struct call *c, const struct service *s, const struct request *r,
                    const struct reply *reply, const char *fault);
/* A rule acted: on a call of that name, on the work on a resource. */
void record_fault(struct call *c, const char *subject, const char *fault);
/* A step of a scenario's timeline was taken, or refused. */
void record_step(struct call *c, const char *scenario);
/* Work (c->job) fell due and was done. */
void record_job(struct call *c);
/* A resource has another state. */
void record_change(struct sim *sim, const struct state_change *change);

/* What was recorded since the last time is settled, or it never happened. */
void record_settle(struct sim *sim, bool kept);
/* The events since a mark never happened: what they tell of was undone. */
int64_t record_mark(const struct sim *sim);
void record_undo(struct sim *sim, int64_t mark);
void record_close(struct record *record);

/* Which entries to show; NULL and 0: whatever. All but `since` are patterns. */
struct record_filter {
    const char *service, *operation, *account, *region, *status, *code, *fault;
    const char *event, *subject, *state; /* events */
    const char *resource; /* requests: an identifier in the request or the answer */
    int64_t since; /* seq; of a timeline: order */
};
enum record_what { RECORD_REQUESTS, RECORD_EVENTS, RECORD_TIMELINE };
/* Those that came since, as lines of JSON, oldest first: about `most` bytes, in truth *ret_n.
 * filter->since moves on to the last one looked at. A line says how many are lost that came since.
 * A timeline has requests and events in the order in which they came; each line has its `order`. */
const char *record_lines(struct sim *sim, struct arena *a, enum record_what what,
                         struct record_filter *filter, size_t most, size_t *ret_n);
/* The order of the latest entry of all: where a timeline goes on from. */
int64_t record_order(const struct sim *sim);
/* A request as its line has it, with all that is kept of what was sent and answered; NULL where it
 * is no longer kept. */
struct value *record_one_request(struct sim *sim, struct arena *a, int64_t seq);

/* Who asked last, as far as it is remembered. */
struct caller {
    const char *account;
    int64_t last, requests; /* last: when, virtual ms */
};
struct list record_callers(struct sim *sim, struct arena *a);

#endif
