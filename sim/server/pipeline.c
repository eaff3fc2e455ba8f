/* See pipeline.h. */
#include "server/pipeline.h"

#include <string.h>

#include "base/log.h"
#include "base/timefmt.h"
#include "call/errors.h"

#include "contents/contents.h"
#include "reply/emit.h"
#include "request/guard.h"
#include "scenario/consistency_stale.h"
#include "scenario/fault.h"
#include "scenario/job_fault.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/store.h"
#include "time/clock.h"
#include "time/job.h"

#define JOBS_WAIT_MS 1000

/* After an undo rules are exchanged here, where no call has one of the old ones in hand. */
static struct call new_call(struct sim *sim, struct arena *a)
{
    if (sim->rules_undone)
        scenarios_reload(sim);
    sim->rules_undone = false;
    struct call c = { .a = a,
                      .sim = sim,
                      .store = sim->store,
                      .fault = arena_new(a, struct fault),
                      .jobs = arena_new(a, struct list) };
    sim->now = c.now = clock_now(sim->clock);
    return c;
}

/* ---- The handler, of a call or of a job ---- */

/* What was answered does not count where the disk refused. For a job the refusal stays: it comes
 * again when the transaction in which it was taken out of the queue is lost. */
static int run_handler(struct call *c, const void *in)
{
    int result = c->op ? c->op->run(c, in) : job_run(c);
    if (result == 0 && c->op && c->op->answer == ANSWER_RETURN)
        emit_bool(c, "return", true);
    if (c->job ? !store_refuses(c->store) : !store_failed(c->store))
        return result;
    call_clear_error(c);
    return fail(c, E_InternalError);
}

/* What the process holds of the store's state is read again after some of it was undone: the rules
 * by the next call, for the fault of this one is still to be applied to its answer. */
static void reload(struct sim *sim)
{
    clock_load(sim->clock, sim->store);
    sim->rules_undone = true;
}

/* All or nothing. */
static int run_in_savepoint(struct call *c, const void *in)
{
    store_begin(c->store);
    store_savepoint(c->store);
    int64_t mark = record_mark(c->sim);
    size_t queued = c->jobs->count;
    if (run_handler(c, in) == 0) {
        store_keep(c->store);
        return 0;
    }
    store_undo(c->store);
    record_undo(c->sim, mark);
    c->jobs->count = queued;
    if (c->outcome.status == 500) /* it stopped half way */
        reload(c->sim);
    return -1;
}

static int change(struct call *c, const void *in)
{
    stale_watch(c);
    int result = run_in_savepoint(c, in);
    stale_watched(c);
    if (result == 0)
        job_faults_apply(c);
    return result;
}

static int look(struct call *c, const void *in)
{
    stale_enter(c);
    int result = run_handler(c, in);
    stale_leave(c);
    return result;
}

/* ---- A request ---- */

static bool changes(const struct call *c)
{
    return c->op->flags & (OP_WRITES | OP_CHANGES);
}

int pipeline_perform(struct call *c)
{
    void *in;
    if (input_read(c, &in))
        return -1;
    reply_begin(c, c->op->service, c->op->name);
    if (c->op->flags & OP_ALONE && !pipeline_commit(c->sim) && changes(c))
        return fail(c, E_InternalError);
    return c->op->flags & OP_WRITES ? change(c, in) : look(c, in);
}

/* Faults come before the parameters are looked at, as throttling does in AWS. */
static int run(struct call *c, const struct request *r)
{
    c->body = r->body;
    c->body_size = r->size;
    return fault_before(c) ? -1 : pipeline_perform(c);
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
    bool routed = route(&c, r, &service) == 0;
    if (guard(&c, r, service) == 0 && routed) {
        if (lost && changes(&c))
            fail(&c, E_InternalError);
        else
            run(&c, r);
    }
    struct reply reply = reply_end(&c, service);
    fault_after(&c, &reply);
    record_request(&c, service, r, &reply, c.fault->names);
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

/* It was asked for in a call that was let in: nothing but its handler can refuse it. */
static void run_job(struct sim *sim, struct arena *a, const struct job *job)
{
    struct call c = new_call(sim, a);
    c.job = job;
    c.account = job->account;
    c.region = job->region;
    sim->now = c.now =
        job->due; /* however late it runs: what it writes carries the moment it was due */
    int result = change(&c, NULL);
    if (store_refuses(sim->store))
        return;
    if (result)
        BUG("job %s on %s failed: %s", job->kind->name, job->subject, c.outcome.code);
    record_job(&c);
}

void pipeline_run_due(struct sim *sim)
{
    int64_t now = clock_now(sim->clock), due = job_next_due(sim->store);
    if (due == ABSENT || due > now || machine_monotonic_ms() < sim->jobs_wait)
        return;
    struct arena a = { 0 };
    struct job job;
    store_begin(sim->store);
    while (!store_refuses(sim->store) && job_take(sim, now, &a, &job)) {
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
    clock_seen(sim);
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
