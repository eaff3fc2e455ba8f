/* Jobs as rules name them, and what a rule does to one. */
#ifndef SCENARIO_JOB_FAULT_H
#define SCENARIO_JOB_FAULT_H

#include "call/call.h"
#include "time/job.h"

/* Whether a glob meets a job's name; all names, for complaints. */
bool job_name_known(const char *glob);
const char *job_names(struct call *c);

/* Jobs that were queued since the mark meet the rules: some are slowed down, stuck, or will fail.
 * `running` is the job that queued them, or NULL: one that puts itself off is no new one. */
int64_t job_faults_mark(struct call *c);
void job_faults_apply(struct call *c, int64_t mark, const struct job *running);
/* The scenario has ended: what it held up goes on from where it was. */
void job_faults_release(struct call *c, const char *scenario);

/* What the job fault_strikes is told (its argument). */
struct job_fault {
    const char *job, *rule, *code, *reason;
    bool disable_key;
};
void job_fault_read(struct call *c, const char *argument, struct job_fault *ret);

#endif
