/* The tables of contents: operations (ops.def; see request/request.h) and jobs (jobs.def). */
#ifndef CONTENTS_CONTENTS_H
#define CONTENTS_CONTENTS_H

#include "request/request.h"
#include "time/job.h"

/* JOB handlers have no other declaration than this. */
#define JOB(name) void job_##name(struct call *c, const char *subject, const char *argument);
#include "contents/jobs.def"
#undef JOB

/* NULL where there is none of that name. */
const struct job_kind *job_kind_find(const char *name);

/* The declarations as JSON: operations, parameters, types, limits, refusals (--operations). */
char *ops_json(struct arena *a);

#endif
