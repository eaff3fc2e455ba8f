/* What was asked, what happened, what was injected: the last of each, in memory, for people and tests.
 * It is no state: a checkpoint does not bring it back, a reset does not empty it. */
#ifndef SCENARIO_RECORD_H
#define SCENARIO_RECORD_H

#include "call/op.h"

enum { RECORD_KEEPS = 2048 };

struct entry {
    int64_t seq, now; /* seq: from 1, never again */
    const char *service, *operation; /* requests; constants */
    char what[32];                   /* events: job, fault */
    char account[13], region[24], code[64], message[256], request[37], subject[64], fault[96];
    int status;
};

struct ring {
    struct entry entries[RECORD_KEEPS];
    int64_t count, settled;
};

struct record {
    struct ring requests, events;
};

void record_request(struct call *c, const struct service *s, int status, const char *fault);
/* fault: the rule behind it, or NULL. */
void record_event(struct call *c, const char *what, const char *subject, const char *fault);

/* What was recorded since the last time is settled, or it never happened. */
void record_settle(struct sim *sim, bool kept);

/* Which entries to show; NULL and 0: whatever. */
struct record_filter {
    const char *operation, *account, *region, *code, *fault;
    int64_t since; /* seq */
};
/* Those of a ring as lines of JSON, oldest first; *ret_n bytes. */
const char *record_lines(struct call *c, bool events, const struct record_filter *filter,
                         size_t *ret_n);

#endif
