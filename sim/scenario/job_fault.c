/* See job_fault.h. */
#include "scenario/job_fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenario/active.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/noun.h"
#include "time/job.h"

extern const struct job_kind job_fault_strikes;

/* A job that a rule holds up. */
struct stuck_job {
    const char *id; /* the job's */
    const char *account, *scenario, *subject;
    int64_t left; /* virtual ms it would still have taken */
};

const struct schema stuck_job_schema = {
    .name = "stuck_job",
    .was = "stuck",
    .size = sizeof(struct stuck_job),
    .unwatched = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct stuck_job, id), .column = "id" },
            { TEXT_FIELD(struct stuck_job, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct stuck_job, scenario), .column = "scenario" },
            { TEXT_FIELD(struct stuck_job, subject), .column = "subject" },
            { INT_FIELD(struct stuck_job, left), .column = "left" },
            { 0 } },
};

/* ---- Names ---- */

/* All names that the declarations give to rules, in the order of the table of contents. */
static struct list names(const struct sim *sim, struct arena *a)
{
    struct list all = { 0 };
    for (const struct job_kind *const *kind = sim->contents->jobs; *kind; kind++) {
        for (const char *const *name = (*kind)->faults; name && *name; name++)
            strs_add(a, &all, *name);
    }
    return all;
}

bool job_name_known(const struct sim *sim, const char *glob)
{
    for (const struct job_kind *const *kind = sim->contents->jobs; *kind; kind++) {
        for (const char *const *name = (*kind)->faults; name && *name; name++) {
            if (text_glob(glob, *name))
                return true;
        }
    }
    return false;
}

const char *job_names(struct call *c)
{
    struct list all = names(c->sim, c->a);
    return arena_printf(c->a, "one of %s", strs_join(c->a, &all, ", "));
}

/* NULL: rules cannot name it. */
static const char *name_of(struct call *c, const struct job *job)
{
    if (!job->kind->faults)
        return NULL;
    return job->kind->fault ? job->kind->fault(c, job->subject) : job->kind->faults[0];
}

/* ---- What happens to a job ---- */

/* Nouns that show progress know when they will be done. */
static void set_due(struct call *c, const struct job *job, int64_t due)
{
    const struct schema *k = job->kind->noun;
    void *noun = k ? arena_bytes(c->a, k->size) : NULL;
    if (!noun || !store_get(c, k, job->subject, noun))
        return;
    *(int64_t *)((char *)noun + job->kind->due) = due;
    store_put(c, k, noun);
}

/* A hundred years; whoever waits for it keeps waiting. */
#define NEVER (INT64_C(100) * 366 * 24 * 3600 * 1000)

static void put_off(struct call *c, const struct job *job, int64_t due)
{
    job_move(c->sim, job, due);
    set_due(c, job, due);
}

static void hold_up(struct call *c, const struct job *job, const struct fault_rule *r)
{
    struct stuck_job s = { .id = arena_printf(c->a, "%lld", (long long)job->id),
                           .account = c->account,
                           .scenario = arena_strndup(c->a, r->id, strcspn(r->id, "/")),
                           .subject = job->subject,
                           .left = job->due - c->now };
    store_put(c, &stuck_job_schema, &s);
    put_off(c, job, c->now + NEVER);
}

const char *job_faults_holder(struct call *c, int64_t job)
{
    struct stuck_job s;
    const char *id = arena_printf(c->a, "%lld", (long long)job);
    return store_get(c, &stuck_job_schema, id, &s) ? s.scenario : NULL;
}

void job_faults_release(struct call *c, const char *scenario)
{
    struct list all =
        store_list(c, &stuck_job_schema, "scenario = ?", SQL_ARGS(SQL_TEXT(scenario)));
    LIST_EACH (struct stuck_job, s, &all) {
        struct job job;
        if (job_find(c, strtoll(s->id, NULL, 10), s->subject, &job))
            put_off(c, &job, c->now + s->left);
        store_remove(c, &stuck_job_schema, s->id);
    }
}

/* ---- A job that fails ---- */

struct fault_strikes {
    const char *job, *rule; /* job: the name under which its kind is stored */
    struct job_failure how;
};

static const struct field fault_strikes_fields[] = {
    { TEXT_FIELD(struct fault_strikes, job), .column = "job" },
    { TEXT_FIELD(struct fault_strikes, rule), .column = "rule" },
    { TEXT_FIELD(struct fault_strikes, how.code), .column = "code" },
    { TEXT_FIELD(struct fault_strikes, how.reason), .column = "reason" },
    { BOOL_FIELD(struct fault_strikes, how.disable_key), .column = "disable_key" },
    { 0 },
};

static void let_fail(struct call *c, const struct job *job, const struct fault_rule *r)
{
    const struct fault_job *fault = &r->what.job;
    struct fault_strikes in = { .job = job->kind->name,
                                .rule = r->id,
                                .how = { .code = fault->code ? fault->code : "Client.InternalError",
                                         .reason = fault->fail,
                                         .disable_key = fault->disable_key } };
    int64_t percent = fault->progress == ABSENT ? 99 : fault->progress;
    job_drop(c->sim, job);
    job_after(c, (job->due - c->now) * percent / 100, &job_fault_strikes, job->subject, &in);
}

/* In the place of the job that was to be. */
static void fault_strikes(struct call *c, const char *subject, const struct fault_strikes *in)
{
    const struct job_kind *kind = job_kind_find(c->sim, in->job);
    if (kind && kind->fail)
        kind->fail(c, subject, &in->how);
    record_fault(c, subject, in->rule);
}

JOB_WITH(fault_strikes, fault_strikes_fields, struct fault_strikes, .name = "fault_strikes");

/* ---- Meeting the rules ---- */

static void strike(struct call *c, const struct job *job, const struct fault_rule *r)
{
    const struct fault_job *fault = &r->what.job;
    if (fault->fail)
        let_fail(c, job, r);
    else if (fault->stuck == YES)
        hold_up(c, job, r);
    else
        put_off(c, job, c->now + (int64_t)((double)(job->due - c->now) * r->what.slower));
    record_fault(c, job->subject, r->id);
}

static void meet(struct call *c, const struct job *job)
{
    struct match_context o = { .job = name_of(c, job), .resource = job->subject };
    if (!o.job)
        return;
    for (const struct fault_rule *r = match_next(c, &o); r; r = match_next(c, &o)) {
        if (!fault_rule_fires(c, r))
            continue;
        strike(c, job, r);
        return;
    }
}

static bool is_itself(const struct call *c, const struct job *job)
{
    return c->job && c->job->kind == job->kind && text_is(c->job->subject, job->subject);
}

void job_faults_apply(struct call *c)
{
    struct list queued = *c->jobs;
    *c->jobs = (struct list){ 0 }; /* what rules queue meets no rule */
    if (!c->sim->scenarios || !c->sim->scenarios->about_jobs)
        return;
    LIST_EACH (struct job, job, &queued) {
        struct job waiting;
        if (!is_itself(c, job) && job_find(c, job->id, job->subject, &waiting))
            meet(c, &waiting);
    }
}
