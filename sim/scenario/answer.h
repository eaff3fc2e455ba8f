/* Inside the scenario room: what was answered to the last requests, and what they sent beyond that
 * which their entries have. */
#ifndef SCENARIO_ANSWER_H
#define SCENARIO_ANSWER_H

#include "scenario/record.h"

struct kept_bytes {
    const char *text;
    size_t n; /* 0: there is nothing to keep */
};

/* One of a request. Most answers fit inside, so that nothing is allocated for them. */
struct kept_answer {
    int64_t seq; /* of the request; 0: none yet */
    const char *bytes; /* sent, then answered */
    size_t sent, answered;
    size_t size; /* of the whole answer */
    const char *withheld; /* why nothing of it is here; NULL: it is */
    char *large; /* what does not fit inside; used again for a later one */
    size_t large_room;
    char type[40]; /* Content-Type */
    char inside[2048];
};

void answer_keep(struct record *record, int64_t seq, struct kept_bytes sent, const struct call *c,
                 const struct reply *reply);
/* NULL: it is no longer kept. */
const struct kept_answer *answer_of(const struct record *record, int64_t seq);
void answers_free(struct record *record);

#endif
