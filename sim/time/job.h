/* Work that takes time in AWS: rows in the store, due on the virtual clock, run in order of (due,
 * id).
 *
 * A job is a call without a socket: its handler gets a call in the account and Region that asked
 * for it, at the moment it was due, in a savepoint of its own. It survives a restart. */
#ifndef TIME_JOB_H
#define TIME_JOB_H

#include "call/call.h"

/* What contents/jobs.def lists. A handler that fails is a bug: a job that goes wrong as in AWS
 * writes that into its noun. `argument` is what job_after was given, or "". */
struct job_kind {
    const char *name;
    void (*run)(struct call *c, const char *subject, const char *argument);
};

struct job {
    int64_t id, due;
    const char *kind, *account, *region, *subject, *argument;
};

/* Runs `kind` on `subject` (an identifier) that many virtual ms from now. */
void job_after(struct call *c, int64_t delay, const char *kind, const char *subject,
               const char *argument);
/* Forgets the jobs of that kind on that subject; kind NULL: all on it. */
void job_cancel(struct call *c, const char *kind, const char *subject);
/* The oldest job that is due by then; false: none. */
bool job_take(struct store *s, int64_t by, struct arena *a, struct job *ret);
/* When the next one is due; ABSENT: none. */
int64_t job_next_due(struct store *s);

/* A delay at the simulator's pace: `real` ms is what AWS takes, `quick` what the default pace
 * takes. */
int64_t pace_delay(const struct call *c, int64_t quick, int64_t real);
/* 0…99 while work that began then and ends then goes on; 100 from its end. */
int progress_percent(int64_t begun, int64_t due, int64_t now);

#endif
