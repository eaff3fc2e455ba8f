/* See pipeline.h. */
#include "server/pipeline.h"

#include <string.h>

#include "base/log.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "reply/emit.h"
#include "request/guard.h"
#include "scenario/consistency_stale.h"
#include "scenario/fault.h"
#include "scenario/job_fault.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/memo.h"
#include "store/store.h"
#include "time/clock.h"
#include "time/job.h"
#include "world/seed.h"

#define JOBS_WAIT_MS 1000

static struct call new_call(struct sim *sim, struct arena *a)
{
    struct call c = { .a = a,
                      .sim = sim,
                      .store = sim->store,
                      .fault = arena_new(a, struct fault),
                      .jobs = arena_new(a, struct list),
                      .fresh = arena_new(a, struct list) };
    sim->now = c.now = clock_now(sim->clock);
    return c;
}

/* ---- The handler, of a call or of a job ---- */

static void end_answer(struct call *c)
{
    switch (c->op->answer) {
    case ANSWER_BY_HANDLER:
        return;
    case ANSWER_RETURN:
        emit_bool(c, "return", true);
        return;
    case ANSWER_CREATED:
        c->outcome.status = 201;
        return;
    case ANSWER_NO_CONTENT:
        c->outcome.status = 204;
        emit_bytes(c, "application/json", "", 0);
    }
}

/* What was answered does not count where the store refused. */
static int refused(struct call *c)
{
    call_clear_error(c);
    return fail(c, E_InternalError);
}

/* ---- What the process holds of the store's state ---- */

/* While a transaction is open its calls have drawn identifiers that the store does not know of. */
static void reload(void *with)
{
    struct sim *sim = with;
    clock_load(sim->clock, sim->store);
    scenarios_reload(sim);
    if (!store_in_transaction(sim->store))
        sim->ids.state = (uint64_t)store_setting(sim->store, "ids", (int64_t)sim->seed);
}

/* After some of it was undone it is read again, before the next call looks at it; the one in hand
 * still holds rules of before. False: it cannot be read. */
static bool catch_up(struct sim *sim)
{
    sim->behind = sim->behind && !store_try(sim->store, reload, sim);
    return !sim->behind;
}

static void give_up(struct sim *sim)
{
    store_give_up(sim->store);
    sim->behind = true;
}

/* ---- The handler, of a call or of a job ---- */

struct work {
    struct call *c;
    const void *in;
    int (*act)(struct call *c, void *with); /* of one that is neither request nor job */
    void *with;
    int result;
};

static void handle(void *with)
{
    struct work *w = with;
    struct call *c = w->c;
    w->result = w->act ? w->act(c, w->with) : c->op ? c->op->run(c, w->in) : job_run(c);
    if (w->result == 0 && c->op)
        end_answer(c);
}

static void handle_and_keep(void *with)
{
    const struct work *w = with;
    handle(with);
    if (w->result == 0)
        store_keep(w->c->store);
}

/* All or nothing. Where the store refuses a job, or a step that a job takes, there is nobody to be
 * told: it is left as a whole, and comes again. */
static int run_in_savepoint(struct work *w)
{
    struct call *c = w->c;
    store_begin(c->store);
    store_savepoint(c->store);
    int64_t mark = record_mark(c->sim);
    size_t queued = c->jobs->count;
    struct rng ids = c->sim->ids;
    if (c->job)
        handle_and_keep(w);
    else if (!store_try(c->store, handle_and_keep, w))
        w->result = refused(c);
    if (w->result == 0)
        return 0;
    store_undo(c->store);
    record_undo(c->sim, mark);
    c->jobs->count = queued;
    if (c->outcome.status == 500) { /* it stopped half way */
        c->sim->ids = ids;
        c->sim->behind = true;
    }
    return -1;
}

static int change_by(struct work *w)
{
    struct call *c = w->c;
    stale_watch(c);
    int result = run_in_savepoint(w);
    stale_watched(c);
    if (result == 0)
        job_faults_apply(c);
    return result;
}

static int change(struct call *c, const void *in)
{
    return change_by(&(struct work){ .c = c, .in = in });
}

/* No work of others is in its transaction: it is undone as a whole, without a savepoint, whose
 * journal SQLite would walk through for each statement. */
static int change_alone(struct call *c, const void *in)
{
    struct work w = { .c = c, .in = in };
    int64_t mark = record_mark(c->sim);
    if (!store_try(c->store, handle, &w))
        w.result = refused(c);
    if (w.result == 0)
        return 0;
    store_rollback(c->store);
    record_undo(c->sim, mark);
    c->sim->behind = true;
    return -1;
}

static int look(struct call *c, const void *in)
{
    struct work w = { .c = c, .in = in };
    stale_enter(c);
    c->may_stream = c->op->service->protocol == PROTOCOL_EC2 && !c->fault->rule
                    && !c->fault->looked_back && !c->watched;
    if (!store_try(c->store, handle, &w))
        w.result = refused(c);
    stale_leave(c);
    return w.result;
}

/* ---- A request ---- */

static bool changes(const struct call *c)
{
    return c->op->flags & (OP_WRITES | OP_CHANGES);
}

/* The simulator's own routes ask for the Region that they look into. */
static void ready(struct call *c)
{
    if (c->op->service != &service_control)
        region_ready(c->sim, c->region);
}

int pipeline_perform(struct call *c)
{
    void *in;
    ready(c);
    if (input_read(c, &in))
        return -1;
    reply_begin(c, c->op->service, c->op->name);
    if (c->op->flags & OP_ALONE && !pipeline_commit(c->sim))
        return fail(c, E_InternalError);
    if (c->op->flags & OP_ALONE && c->op->flags & OP_CHANGES)
        return change_alone(c, in);
    return c->op->flags & OP_WRITES ? change(c, in) : look(c, in);
}

/* Faults come before the parameters are looked at, as throttling does in AWS. */
static int run(struct call *c, const struct request *r)
{
    c->body = r->body;
    c->body_size = r->size;
    ready(c); /* rules may tell images by their names */
    return fault_before(c) ? -1 : pipeline_perform(c);
}

static void log_call(struct call *c, const struct service *s, const char *path,
                     const struct reply *r, int64_t began)
{
    struct value *facts = value_new(c->a, VALUE_MAP);
    value_add_text(c->a, facts, "service", c->asked_service ? c->asked_service : s->name);
    value_add_text(c->a, facts, "operation", c->op ? c->op->name : c->asked);
    if (!c->op)
        value_add_text(c->a, facts, "path", path);
    value_add_int(c->a, facts, "status", r->status);
    value_add_text(c->a, facts, "code", c->outcome.code);
    value_add_text(c->a, facts, "account", c->account);
    value_add_text(c->a, facts, "region", c->region);
    value_add_text(c->a, facts, "request", c->request_id);
    value_add_int(c->a, facts, "ms", machine_monotonic_ms() - began);
    log_event(c->a, "request", facts);
}

struct visit {
    struct call *c;
    const struct request *r;
    bool lost; /* what it changed before was not kept */
    const struct service *service;
    struct reply reply;
};

static void let_in(void *with)
{
    struct visit *v = with;
    bool routed = route(v->c, v->r, &v->service) == 0;
    if (guard(v->c, v->r, v->service) || !routed)
        return;
    if (v->lost && changes(v->c))
        fail(v->c, E_InternalError);
    else
        run(v->c, v->r);
}

static void let_out(void *with)
{
    struct visit *v = with;
    v->reply = reply_end(v->c, v->service);
    fault_after(v->c, &v->reply);
}

/* Half of its way cannot be undone alone. */
static struct reply answer_refused(struct visit *v)
{
    struct stream *stream = v->c->stream;
    if (stream && stream->drop)
        stream->drop(v->c->sim, stream);
    v->c->stream = NULL;
    give_up(v->c->sim);
    refused(v->c);
    return reply_end(v->c, v->service);
}

static struct reply answer(struct sim *sim, struct arena *a, const struct request *r, bool lost)
{
    int64_t began = log_wanted() ? machine_monotonic_ms() : 0;
    catch_up(sim);
    struct call c = new_call(sim, a);
    struct visit v = { .c = &c, .r = r, .lost = lost, .service = &service_ec2 };
    rng_uuid(&sim->requests, c.request_id);
    if (sim->behind || !store_try(sim->store, let_in, &v) || !store_try(sim->store, let_out, &v))
        v.reply = answer_refused(&v);
    record_request(&c, v.service, r, &v.reply, c.fault->names);
    if (!store_in_transaction(sim->store))
        record_settle(sim, true);
    if (log_wanted())
        log_call(&c, v.service, r->path, &v.reply, began);
    return v.reply;
}

struct reply pipeline_serve(struct sim *sim, struct arena *a, const struct request *r)
{
    memo_tidy(sim->store);
    catch_up(sim);
    pipeline_run_due(sim);
    return answer(sim, a, r, false);
}

/* ---- An answer in pieces ---- */

struct piece {
    struct sim *sim;
    struct stream *stream;
    struct arena *a;
    const char *text;
    size_t n;
};

static void ask_for_more(void *with)
{
    struct piece *p = with;
    p->text = p->stream->more(p->sim, p->stream, p->a, &p->n);
}

const char *pipeline_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct piece p = { .sim = sim, .stream = s, .a = a };
    catch_up(sim);
    s->broken |= sim->behind || !store_try(sim->store, ask_for_more, &p);
    *ret_n = s->broken ? 0 : p.n;
    return p.text;
}

/* ---- Jobs ---- */

static void log_job(struct arena *a, const struct job *job, const char *problem)
{
    struct value *facts = value_new(a, VALUE_MAP);
    value_add_text(a, facts, "job", job->kind ? job->kind->name : NULL);
    value_add_text(a, facts, "subject", job->subject);
    value_add_text(a, facts, "problem", problem);
    log_event(a, "job failed", facts);
}

/* It was asked for in a call that was let in: nothing but its handler can refuse it, and that does
 * so only in a world that another program made. */
static void run_job(struct sim *sim, struct arena *a, const struct job *job)
{
    struct call c = new_call(sim, a);
    c.job = job;
    c.account = job->account;
    c.region = job->region;
    sim->now = c.now =
        job->due; /* however late it runs: what it writes carries the moment it was due */
    if (!job->kind)
        log_job(a, job, "it is not known here");
    else if (change(&c, NULL))
        log_job(a, job, c.outcome.code);
    else
        record_job(&c);
}

struct shift {
    struct sim *sim;
    struct arena a;
    int64_t until;
};

static void run_jobs(void *with)
{
    struct shift *s = with;
    struct job job;
    store_begin(s->sim->store);
    while (catch_up(s->sim) && job_take(s->sim, s->until, &s->a, &job)) {
        run_job(s->sim, &s->a, &job);
        arena_reset(&s->a);
    }
}

/* Those that waited for the commit lose their work with it; where nobody did nobody is told. */
static void put_off_jobs(struct sim *sim, bool alone)
{
    give_up(sim);
    if (alone) {
        store_rollback(sim->store);
        record_settle(sim, false);
    }
    sim->jobs_wait = machine_monotonic_ms() + JOBS_WAIT_MS;
}

void pipeline_run_due(struct sim *sim)
{
    int64_t now = clock_now(sim->clock), due = job_next_due(sim);
    if (due == ABSENT || due > now || machine_monotonic_ms() < sim->jobs_wait)
        return;
    if (sim->jobs_wait)
        pipeline_commit(sim); /* the last ones were refused: nobody's work is to go with these */
    struct shift shift = { .sim = sim, .until = now };
    bool alone = !store_in_transaction(sim->store);
    if (!store_try(sim->store, run_jobs, &shift))
        put_off_jobs(sim, alone);
    arena_release(&shift.a);
}

/* ---- Neither ---- */

int pipeline_act(struct sim *sim, struct arena *a, int (*act)(struct call *c, void *with),
                 void *with)
{
    if (!catch_up(sim))
        return -1;
    pipeline_run_due(sim);
    struct call c = new_call(sim, a);
    int result = change_by(&(struct work){ .c = &c, .act = act, .with = with });
    return pipeline_commit(sim) ? result : -1;
}

/* ---- Commit ---- */

bool pipeline_pending(const struct sim *sim)
{
    return store_in_transaction(sim->store) || sim->behind;
}

static void save_process(void *with)
{
    struct sim *sim = with;
    store_set(sim->store, "ids", (int64_t)sim->ids.state);
    clock_seen(sim);
}

/* happened: whatever becomes of what the calls wrote, they are answered. */
static bool commit(struct sim *sim, bool happened)
{
    if (!store_in_transaction(sim->store))
        return true;
    if (!store_try(sim->store, save_process, sim))
        store_give_up(sim->store);
    bool kept = store_commit(sim->store);
    record_settle(sim, kept || happened);
    sim->jobs_wait = kept ? 0 : machine_monotonic_ms() + JOBS_WAIT_MS;
    sim->lost |= !kept;
    sim->behind |= !kept;
    return kept;
}

bool pipeline_commit(struct sim *sim)
{
    return commit(sim, false);
}

struct reply pipeline_lost(struct sim *sim, struct arena *a, const struct request *r)
{
    struct reply reply = answer(sim, a, r, true);
    commit(sim, true);
    return reply;
}

bool pipeline_flush(struct sim *sim)
{
    pipeline_commit(sim);
    catch_up(sim);
    bool lost = sim->lost;
    sim->lost = false;
    return !lost;
}
