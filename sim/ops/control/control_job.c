/* GET /_amisim/jobs: the work that waits for its moment on the virtual clock. */
#include "ops/control/control.h"
#include "reply/emit.h"
#include "scenario/job_fault.h"
#include "time/job.h"

static void emit_job(struct call *c, const struct job *job)
{
    const char *holder = job_faults_holder(c, job->id);
    emit_item(c);
    emit_int(c, "id", job->id);
    emit_text(c, "kind", job->kind ? job_kind_label(c->a, job->kind) : "unknown");
    emit_text(c, "subject", job->subject);
    emit_text(c, "account", job->account);
    emit_text(c, "region", job->region);
    emit_time(c, "begun", job->begun);
    if (holder)
        emit_text(c, "stuck", holder);
    else
        emit_time(c, "due", job->due);
    if (!holder && job->begun != ABSENT)
        emit_int(c, "progress", progress_percent(job->begun, job->due, c->now));
    emit_close(c);
}

void control_emit_jobs(struct call *c)
{
    struct list all = jobs_waiting(c);
    emit_list(c, "jobs");
    LIST_EACH (struct job, job, &all)
        emit_job(c, job);
    emit_close(c);
}

static int list_jobs(struct call *c, const struct no_input *in)
{
    (void)in;
    control_emit_jobs(c);
    return 0;
}

OPERATION_AS(control, ListJobs, list_jobs, no_params, struct no_input,
             .route = "GET /_amisim/jobs");
