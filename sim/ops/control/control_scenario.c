/* /_amisim/scenarios: what goes wrong on purpose; the timelines; how a job fails that a rule met.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/decode.h"
#include "call/errors.h"
#include "call/op.h"
#include "contents/contents.h"
#include "reply/emit.h"
#include "reply/render.h"
#include "request/request.h"
#include "scenario/job_fault.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/noun.h"
#include "world/image/image.h"
#include "world/kms/kms_key.h"
#include "world/snapshot/import_snapshot_task.h"
#include "world/snapshot/snapshot.h"
#include "world/snapshot/snapshot_tier.h"
#include "world/ssm/ssm_command.h"

struct named {
    const char *name, *account; /* account: PUT only */
};

#define SCENARIO_NAME                                                                              \
    {                                                                                              \
        "name", TEXT(struct named, name), .flags = PARAM_REQUIRED | PARAM_PATH, .max = 64,         \
                                          .min = 1, .pattern = "^[A-Za-z0-9._-]+$"                 \
    }

static const struct param named_params[] = { SCENARIO_NAME, { 0 } };
static const struct param put_params[] = {
    SCENARIO_NAME,
    { "account", TEXT(struct named, account), .flags = PARAM_QUERY, .pattern = "^[0-9]{12}$" },
    { "document", .type = PARAM_BLOB, .flags = PARAM_BODY },
    { 0 },
};

static int no_scenario(struct call *c, const char *name)
{
    return fail(c, 404, "NoSuchScenario", "There is no scenario '%s'", name);
}

/* ---- Showing ---- */

static void emit_rule(struct call *c, const struct fault_rule *r)
{
    int64_t met, struck;
    fault_rule_counts(c, r, &met, &struck);
    emit_item(c);
    emit_text(c, "name", r->name);
    emit_int(c, "met", met);
    emit_int(c, "struck", struck);
    emit_close(c);
}

static void emit_rules(struct call *c, const char *scenario)
{
    size_t n = strlen(scenario);
    emit_list(c, "rules");
    LIST_EACH (struct fault_rule, r, scenarios_rules(c->sim)) {
        if (strncmp(r->id, scenario, n) == 0 && r->id[n] == '/')
            emit_rule(c, r);
    }
    emit_close(c);
}

static int emit_scenario(struct call *c, const struct scenario *s)
{
    struct plan plan;
    if (plan_read(c, s->name, s->document, strlen(s->document), &plan))
        return -1;
    emit_text(c, "name", s->name);
    emit_text(c, "story", plan.story);
    emit_text(c, "account", s->account);
    emit_time(c, "started", s->started);
    emit_rules(c, s->name);
    return 0;
}

static int get_scenario(struct call *c, const struct named *in)
{
    struct scenario s;
    if (!scenario_find(c, in->name, &s))
        return no_scenario(c, in->name);
    if (emit_scenario(c, &s))
        return -1;
    emit_text(c, "document", s.document);
    return 0;
}

OPERATION(control, GetScenario, get_scenario, named_params, struct named,
          .route = "GET /_amisim/scenarios/{name}", .errors = "NoSuchScenario");

static int list_scenarios(struct call *c, const struct no_input *in)
{
    (void)in;
    struct list all = store_list(c, &scenario_schema, "1 ORDER BY rowid", NULL);
    emit_list(c, "scenarios");
    LIST_EACH (struct scenario, s, &all) {
        emit_item(c);
        if (emit_scenario(c, s))
            return -1;
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION(control, ListScenarios, list_scenarios, no_params, struct no_input,
          .route = "GET /_amisim/scenarios");

/* ---- Changing ---- */

static int put_scenario(struct call *c, const struct named *in)
{
    struct scenario s = { .name = in->name, .account = in->account };
    size_t n = c->body_size;
    const char *text = n ? c->body : scenario_shipped(in->name, &n);
    if (!text)
        return fail(c, 404, "NoSuchScenario",
                    "No scenario '%s' is shipped, and none was sent. Shipped are: %s", in->name,
                    scenarios_shipped(c->a));
    if (scenario_put(c, &s, in->name, text, n))
        return -1;
    emit_text(c, "name", in->name);
    emit_rules(c, in->name);
    return 0;
}

OPERATION(control, PutScenario, put_scenario, put_params, struct named,
          .route = "PUT /_amisim/scenarios/{name}", .flags = OP_WRITES | OP_TAKES_BYTES,
          .errors = "BadScenario NoSuchScenario",
          .effects = "begins a scenario (YAML or JSON; without one, the shipped one of that name), "
                     "for one account or all; replaces one of that name");

static int delete_scenario(struct call *c, const struct named *in)
{
    if (!scenario_remove(c, in->name))
        return no_scenario(c, in->name);
    emit_text(c, "name", in->name);
    return 0;
}

OPERATION(control, DeleteScenario, delete_scenario, named_params, struct named,
          .route = "DELETE /_amisim/scenarios/{name}", .flags = OP_WRITES,
          .errors = "NoSuchScenario",
          .effects = "ends a scenario: its rules, and the steps that are still to come");

/* ---- The timeline ---- */

/* "{now+36h}" in a step stands for that moment, as AWS writes times. */
static const char *moment(struct call *c, const char *text)
{
    size_t n = strlen(text);
    int64_t span = 0;
    if (!text_starts(text, "{now") || text[n - 1] != '}')
        return text;
    const char *after = arena_strndup(c->a, text + 4, n - 5);
    if (*after && (*after != '+' || !span_parse(after + 1, &span)))
        return text;
    return time_format_s(c->a, c->now + span);
}

static struct value *with_moments(struct call *c, const struct value *v)
{
    struct value *copy = arena_new(c->a, struct value);
    *copy = *v;
    copy->first = copy->last = copy->next = NULL;
    copy->count = 0;
    if (v->type == VALUE_TEXT)
        copy->text = moment(c, v->text);
    for (const struct value *child = v->first; child; child = child->next)
        value_add(copy, child->key, with_moments(c, child));
    return copy;
}

/* A step is a call as any other, all or nothing; one that is refused is recorded, no more. */
static void take_step(struct call *job, const struct step *step, const char *scenario)
{
    struct call c = *job;
    void *in;
    c.op = step_operation(&step->call);
    if (!c.op)
        return;
    c.outcome = (struct outcome){ 0 };
    c.account = step->call.account ? step->call.account : job->account;
    c.region = step->call.region ? step->call.region : job->region;
    c.access_key = c.account;
    c.input =
        step->call.parameters ? with_moments(&c, step->call.parameters) : value_new(c.a, VALUE_MAP);
    reply_begin(&c, c.op->service, c.op->name);
    store_savepoint(c.store);
    int64_t mark = record_mark(c.sim);
    int result = input_read(&c, &in) || c.op->run(&c, in);
    if (result) {
        store_undo(c.store);
        record_undo(c.sim, mark);
    } else {
        store_keep(c.store);
    }
    record_step(&c, scenario);
}

void job_scenario_step(struct call *c, const char *subject, const char *argument)
{
    const struct step *step = scenario_step(c, subject, strtoul(argument, NULL, 10));
    if (step)
        take_step(c, step, subject);
}

/* ---- A job that fails because a rule met it ---- */

static void disable_key(struct call *c, const char *arn)
{
    struct kms_key_permitted key;
    if (!arn || !kms_key_find(c, arn, &key))
        return;
    key.state = "Disabled";
    kms_key_put(c, &key);
}

static void fail_snapshot(struct call *c, const char *id, const struct job_fault *f)
{
    struct snapshot s;
    if (!snapshot_find(c, id, &s) || !text_is(s.status, "pending"))
        return;
    if (f->disable_key)
        disable_key(c, s.key);
    s.failure = f->reason;
    snapshot_finish(c, &s);
}

static void fail_image(struct call *c, const char *id, const struct job_fault *f)
{
    struct image image;
    struct snapshot s;
    if (!image_find(c, id, &image) || !text_is(image.state, "pending"))
        return;
    LIST_EACH (struct mapping, m, &image.mappings) {
        if (f->disable_key && m->snapshot && snapshot_find(c, m->snapshot, &s))
            disable_key(c, s.key);
    }
    image_fail(c, &image, f->code, f->reason);
}

static void fail_import(struct call *c, const char *id, const struct job_fault *f)
{
    struct import_snapshot_task task;
    if (import_snapshot_task_find(c, id, &task))
        import_snapshot_task_fail(c, &task, f->reason);
}

/* A move between tiers that fails leaves the snapshot in the tier it had. */
static void fail_tiering(struct call *c, const char *id, const struct job_fault *f)
{
    (void)f;
    snapshot_tiering_forget(c, id);
}

static void fail_command(struct call *c, const char *id, const struct job_fault *f)
{
    struct ssm_invocation v;
    struct ssm_command command;
    if (!ssm_invocation_find(c, id, &v, &command) || ssm_invocation_is_over(&v))
        return;
    job_cancel(c, "command_undelivered", id);
    v.started = c->now;
    v.err = f->reason;
    ssm_invocation_end(c, &v, "Failed", "Failed", 1);
}

void job_fault_strikes(struct call *c, const char *subject, const char *argument)
{
    static const struct {
        const char *job;
        void (*fail)(struct call *c, const char *id, const struct job_fault *f);
    } ends[] = {
        { "image_ready", fail_image },     { "end_snapshot", fail_snapshot },
        { "end_import", fail_import },     { "end_tiering", fail_tiering },
        { "command_begin", fail_command },
    };
    struct job_fault f;
    job_fault_read(c, argument, &f);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (text_is(ends[i].job, f.job))
            ends[i].fail(c, subject, &f);
    }
    record_fault(c, subject, f.rule);
}
