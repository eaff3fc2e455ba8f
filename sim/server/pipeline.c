#include "server/pipeline.h"

#include <string.h>

#include "base/log.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "contents/contents.h"
#include "request/guard.h"
#include "scenario/consistency_stale.h"
#include "scenario/fault.h"
#include "scenario/job_fault.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/store.h"
#include "time/clock.h"

#define JOBS_WAIT_MS 1000

static struct call new_call(struct sim *sim, struct arena *a)
{
    struct call c = { .a = a, .sim = sim, .store = sim->store };
    sim->now = c.now = clock_now(sim->clock);
    return c;
}

/* The handler; what it answers does not count where the disk refused. */
static int run_handler(struct call *c, const void *in)
{
    int r = c->op->run(c, in);
    if (!store_failed(c->store))
        return r;
    call_clear_error(c);
    return fail(c, E_InternalError);
}

/* What the process holds of the store's state is read again after some of it was undone. */
static void reload(struct sim *sim)
{
    clock_load(sim->clock, sim->store);
    scenarios_reload(sim);
}

/* A call that changes something is all or nothing. */
static int run_in_savepoint(struct call *c, const void *in)
{
    store_begin(c->store);
    store_savepoint(c->store);
    int64_t mark = record_mark(c->sim);
    if (run_handler(c, in) == 0) {
        store_keep(c->store);
        return 0;
    }
    store_undo(c->store);
    record_undo(c->sim, mark);
    if (c->outcome.status == 500) /* it stopped half way */
        reload(c->sim);
    return -1;
}

static int change(struct call *c, const void *in, struct fault *fault)
{
    struct changes *watched = stale_watch(c, fault);
    int result = run_in_savepoint(c, in);
    stale_watched(c, fault, watched);
    return result;
}

static int look(struct call *c, const void *in, struct fault *fault)
{
    fault->looked_back = stale_enter(c);
    int result = run_handler(c, in);
    if (fault->looked_back)
        stale_leave(c);
    return result;
}

static bool changes(const struct call *c)
{
    return c->op->flags & (OP_WRITES | OP_CHANGES);
}

/* Faults come before the parameters are looked at, as throttling does in AWS. */
static int run(struct call *c, const struct request *r, struct fault *fault)
{
    void *in;
    if (guard(c, r) || fault_before(c, fault) || input_read(c, &in))
        return -1;
    c->body = r->body;
    c->body_size = r->size;
    reply_begin(c, c->op->service, c->op->name);
    if (c->op->flags & OP_ALONE && !pipeline_commit(c->sim) && changes(c))
        return fail(c, E_InternalError);
    int64_t mark = c->op->flags & OP_WRITES ? job_faults_mark(c) : ABSENT;
    int result = c->op->flags & OP_WRITES ? change(c, in, fault) : look(c, in, fault);
    job_faults_apply(c, mark, NULL);
    return result;
}

static void log_call(struct call *c, const struct service *s, const struct reply *r, int64_t began)
{
    struct value *facts = value_new(c->a, VALUE_MAP);
    value_add_text(c->a, facts, "service", s->name);
    value_add_text(c->a, facts, "operation", c->op ? c->op->name : NULL);
    value_add_int(c->a, facts, "status", r->status);
    value_add_text(c->a, facts, "code", c->outcome.code);
    value_add_text(c->a, facts, "account", c->account);
    value_add_text(c->a, facts, "region", c->region);
    value_add_text(c->a, facts, "request", c->request_id);
    value_add_int(c->a, facts, "ms", machine_monotonic_ms() - began);
    log_event(c->a, "request", facts);
}

static struct reply answer(struct sim *sim, struct arena *a, const struct request *r, bool lost)
{
    int64_t began = log_wanted() ? machine_monotonic_ms() : 0;
    const struct service *service = &service_ec2;
    struct call c = new_call(sim, a);
    rng_uuid(&sim->requests, c.request_id);
    struct fault fault = { 0 };
    if (route(&c, r, &service) == 0) {
        if (lost && changes(&c))
            fail(&c, E_InternalError);
        else
            run(&c, r, &fault);
    }
    struct reply reply = reply_end(&c, service);
    fault_after(&c, &fault, &reply);
    record_request(&c, service, r, &reply, fault.names);
    if (!pipeline_pending(sim))
        record_settle(sim, true);
    if (log_wanted())
        log_call(&c, service, &reply, began);
    return reply;
}

struct reply pipeline_serve(struct sim *sim, struct arena *a, const struct request *r)
{
    pipeline_run_due(sim);
    return answer(sim, a, r, false);
}

struct reply pipeline_lost(struct sim *sim, struct arena *a, const struct request *r)
{
    return answer(sim, a, r, true);
}

/* ---- Jobs ---- */

static void run_job(struct sim *sim, struct arena *a, const struct job *job)
{
    const struct job_kind *kind = job_kind_find(job->kind);
    if (!kind)
        BUG("no job is called %s", job->kind);
    struct call c = new_call(sim, a);
    c.account = job->account;
    c.region = job->region;
    sim->now = c.now =
        job->due; /* however late it runs: what it writes carries the moment it was due */
    int64_t mark = job_faults_mark(&c);
    kind->run(&c, job->subject, job->argument);
    job_faults_apply(&c, mark, job);
    record_job(&c, job->kind, job->subject);
    if (c.outcome.code)
        BUG("job %s on %s failed: %s", job->kind, job->subject, c.outcome.code);
}

void pipeline_run_due(struct sim *sim)
{
    int64_t now = clock_now(sim->clock), due = job_next_due(sim->store);
    if (due == ABSENT || due > now || machine_monotonic_ms() < sim->jobs_wait)
        return;
    struct arena a = { 0 };
    struct job job;
    store_begin(sim->store);
    while (!store_refuses(sim->store) && job_take(sim->store, now, &a, &job)) {
        run_job(sim, &a, &job);
        arena_reset(&a);
    }
    arena_release(&a);
}

/* ---- Commit ---- */

bool pipeline_pending(const struct sim *sim)
{
    return store_in_transaction(sim->store);
}

bool pipeline_commit(struct sim *sim)
{
    if (!pipeline_pending(sim))
        return true;
    store_set(sim->store, "ids", (int64_t)sim->ids.state);
    bool kept = store_commit(sim->store);
    record_settle(sim, kept);
    sim->jobs_wait = kept ? 0 : machine_monotonic_ms() + JOBS_WAIT_MS;
    if (kept)
        return true;
    sim->lost = true;
    reload(sim);
    return false;
}

bool pipeline_flush(struct sim *sim)
{
    pipeline_commit(sim);
    bool lost = sim->lost;
    sim->lost = false;
    return !lost;
}
