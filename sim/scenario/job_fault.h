/* Jobs as rules name them, and what a rule does to one. */
#ifndef SCENARIO_JOB_FAULT_H
#define SCENARIO_JOB_FAULT_H

#include "call/call.h"

/* Whether a glob meets a name that a declaration gives to rules; all these names, for complaints.
 */
bool job_name_known(const struct sim *sim, const char *glob);
const char *job_names(struct call *c);

/* The jobs that the call has queued since the last time meet the rules: some are slowed down,
 * stuck, or will fail. A job that puts itself off is no new one. */
void job_faults_apply(struct call *c);
/* The scenario that holds a job up; NULL: none does. */
const char *job_faults_holder(struct call *c, int64_t job);
/* The scenario has ended: what it held up goes on from where it was. */
void job_faults_release(struct call *c, const char *scenario);

#endif
