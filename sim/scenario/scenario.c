/* Scenarios in the store, and what is active in this process. */
#include "scenario/scenario.h"

#include <string.h>

#include "base/embedded.h"
#include "base/log.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "scenario/active.h"
#include "scenario/consistency_hidden.h"
#include "scenario/fault.h"
#include "scenario/job_fault.h"
#include "scenario/record.h"
#include "store/noun.h"
#include "time/clock.h"
#include "time/job.h"
#include "world/state.h"

extern const struct job_kind job_scenario_step;

const struct schema scenario_schema = {
    .name = "scenario",
    .size = sizeof(struct scenario),
    .unwatched = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct scenario, name), .column = "name" },
            { TEXT_FIELD(struct scenario, document), .column = "document", .flags = FIELD_ALWAYS },
            { TEXT_FIELD(struct scenario, origin), .column = "origin" },
            { TEXT_FIELD(struct scenario, account), .column = "account", .flags = FIELD_OWNER },
            { TIME_FIELD(struct scenario, started), .column = "started" },
            { INT_FIELD(struct scenario, seed), .column = "seed" },
            { 0 } },
};

bool scenario_find(struct call *c, const char *name, struct scenario *ret)
{
    return store_get(c, &scenario_schema, name, ret);
}

bool scenario_remove(struct call *c, const char *name)
{
    struct scenario s;
    if (!scenario_find(c, name, &s))
        return false;
    fault_rules_forget(c, name);
    job_faults_release(c, name);
    job_cancel(c, &job_scenario_step, name);
    store_remove(c, &scenario_schema, name);
    scenarios_reload(c->sim);
    return true;
}

/* ---- The timeline: each of its steps is a job ---- */

struct scenario_step {
    int64_t index;
};

static const struct field scenario_step_fields[] = {
    { INT_FIELD(struct scenario_step, index), .column = "index" },
    { 0 },
};

/* A step that names no account is its scenario's. */
static void queue_steps(const struct call *c, const struct scenario *s, const struct plan *plan)
{
    struct call by = *c;
    if (s->account)
        by.account = s->account;
    for (size_t i = 0; i < plan->steps.count; i++)
        job_after(&by, list_at(&plan->steps, struct step, i)->due, &job_scenario_step, s->name,
                  &(struct scenario_step){ (int64_t)i });
}

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

/* A step is a call as any other; one that is refused is recorded, no more. */
static void take_step(struct call *job, const struct step *step, const char *scenario)
{
    struct call c = *job;
    c.op = step_operation(c.sim, &step->call);
    if (!c.op)
        return;
    c.outcome = (struct outcome){ 0 };
    c.fault = arena_new(c.a, struct fault);
    c.account = step->call.account ? step->call.account : job->account;
    c.region = step->call.region ? step->call.region : job->region;
    c.access_key = c.account;
    c.input =
        step->call.parameters ? with_moments(&c, step->call.parameters) : value_new(c.a, VALUE_MAP);
    c.sim->perform(&c);
    record_step(&c, scenario);
}

/* The steps of a timeline are taken one by one: its document is read for the first of them, and
 * kept until it is another one. */
static const struct plan *plan_of(struct call *c, const struct scenario *s)
{
    struct active *active = c->sim->scenarios;
    if (text_is(active->plan_name, s->name) && text_is(active->plan_document, s->document))
        return &active->plan;
    arena_reset(&active->plan_arena);
    struct call reading = *c;
    reading.a = &active->plan_arena;
    active->plan_name = arena_strdup(reading.a, s->name);
    active->plan_document = arena_strdup(reading.a, s->document);
    if (plan_read(&reading, active->plan_name, s->document, strlen(s->document), &active->plan))
        active->plan.steps.count = 0;
    return &active->plan;
}

static void scenario_step(struct call *c, const char *subject, const struct scenario_step *in)
{
    struct scenario s;
    if (!c->sim->scenarios || !scenario_find(c, subject, &s))
        return;
    const struct plan *plan = plan_of(c, &s);
    if (in->index >= 0 && in->index < (int64_t)plan->steps.count)
        take_step(c, list_at(&plan->steps, struct step, in->index), subject);
}

JOB_WITH(scenario_step, scenario_step_fields, struct scenario_step, .name = "scenario_step");

/* ---- Beginning ---- */

int scenario_put(struct call *c, struct scenario *s, const char *file, const char *text, size_t n)
{
    struct plan plan;
    if (plan_read(c, file, text, n, &plan))
        return -1;
    if (plan.name && !text_is(plan.name, s->name))
        return fail(c, 400, "BadScenario", "%s: the scenario is called '%s'; '%s' was expected",
                    file, plan.name, s->name);
    scenario_remove(c, s->name);
    s->document = arena_strndup(c->a, text, n);
    s->started = c->now;
    s->seed = plan.seed;
    store_put(c, &scenario_schema, s);
    queue_steps(c, s, &plan);
    scenarios_reload(c->sim);
    return 0;
}

/* ---- Those that the program carries ---- */

const char *scenario_shipped(const char *name, size_t *ret_n)
{
    size_t n = strlen(name);
    for (const struct embedded_file *file = embedded_scenarios; file->name; file++) {
        if (strncmp(file->name, name, n) == 0 && text_is(file->name + n, ".yaml")) {
            *ret_n = file->size;
            return (const char *)file->bytes;
        }
    }
    return NULL;
}

/* "# Try: copy an image.\n# Then wait.\n" is "copy an image. Then wait." */
static const char *how_to_try(struct arena *a, const char *text)
{
    struct list lines = { 0 };
    for (size_t n; *text == '#'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        size_t mark = strspn(text, "# ");
        mark = mark < n ? mark : n;
        strs_add(a, &lines, arena_strndup(a, text + mark, n - mark));
    }
    const char *all = strs_join(a, &lines, " ");
    return text_starts(all, "Try: ") ? all + strlen("Try: ") : all;
}

struct list scenarios_all_shipped(struct arena *a)
{
    struct list all = { 0 };
    for (const struct embedded_file *file = embedded_scenarios; file->name; file++) {
        struct shipped *s = list_add(a, &all, struct shipped);
        s->name = arena_strndup(a, file->name, strcspn(file->name, "."));
        s->document = (const char *)file->bytes;
        s->size = file->size;
        s->try = how_to_try(a, s->document);
    }
    return all;
}

const char *scenarios_shipped(struct arena *a)
{
    struct list names = { 0 };
    for (const struct embedded_file *file = embedded_scenarios; file->name; file++)
        strs_add(a, &names, arena_strndup(a, file->name, strcspn(file->name, ".")));
    return strs_join(a, &names, ", ");
}

/* ---- The process ---- */

const struct list *scenarios_rules(const struct sim *sim)
{
    static const struct list none = { 0 };
    return sim->scenarios ? &sim->scenarios->rules : &none;
}

static void add_rules(struct call *c, const struct scenario *s, struct list *into)
{
    struct plan plan;
    struct call reading = *c;
    reading.now = s->started;
    const char *document = s->document ? s->document : "";
    if (plan_read(&reading, s->name, document, strlen(document), &plan)) {
        /* made by another version, or brought in with a state: it stays, but does nothing */
        struct value *facts = value_new(c->a, VALUE_MAP);
        value_add_text(c->a, facts, "scenario", s->name);
        value_add_text(c->a, facts, "problem", reading.outcome.message);
        log_event(c->a, "scenario", facts);
        return;
    }
    for (size_t i = 0; i < plan.rules.count; i++) {
        struct fault_rule *r = list_add(c->a, into, struct fault_rule);
        *r = *list_at(&plan.rules, struct fault_rule, i);
        r->id = arena_printf(c->a, "%s/%s", s->name, r->name);
        r->account = s->account;
    }
}

void scenarios_reload(struct sim *sim)
{
    struct active *active = sim->scenarios;
    if (!active)
        return;
    arena_reset(&active->a);
    active->rules = (struct list){ 0 };
    active->looks_back = false;
    struct call c = { .a = &active->a, .sim = sim, .store = sim->store };
    struct list all = store_list(&c, &scenario_schema, "1 ORDER BY rowid", NULL);
    LIST_EACH (struct scenario, s, &all)
        add_rules(&c, s, &active->rules);
    match_make(&active->match, &active->a, &active->rules);
    active->about_jobs = false;
    LIST_EACH (struct fault_rule, r, &active->rules)
        active->about_jobs |= r->when.jobs.count > 0;
    active->hidden = store_number(sim->store, "SELECT count(*) FROM hidden", NULL);
    active->stale = store_number(sim->store, "SELECT count(*) FROM stale", NULL);
}

/* The name of a scenario that does not say one: its file's. */
static const char *name_of_file(struct arena *a, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return arena_strndup(a, name, strcspn(name, "."));
}

static bool load_state(struct call *c, const char *path, const char *state, const char **ret_error)
{
    const char *slash = strrchr(path, '/');
    const char *at = slash && *state != '/'
                         ? arena_printf(c->a, "%.*s/%s", (int)(slash - path), path, state)
                         : state;
    size_t n;
    const char *text = file_read(c->a, at, &n, ret_error);
    const char *wrong = text ? state_import(c, text, n) : *ret_error;
    if (wrong) {
        *ret_error = arena_printf(c->a, "%s: %s", at, wrong);
        return false;
    }
    c->now = clock_now(c->sim->clock);
    return true;
}

static bool begin_file(struct sim *sim, struct arena *a, const char *path, const char **ret_error)
{
    struct call c = { .a = a,
                      .sim = sim,
                      .store = sim->store,
                      .account = "000000000000",
                      .region = "us-east-1",
                      .now = clock_now(sim->clock) };
    struct plan plan;
    size_t n;
    const char *text = scenario_shipped(path, &n);
    if (!text && !(text = file_read(a, path, &n, ret_error)))
        return false;
    if (plan_read(&c, path, text, n, &plan) == 0) {
        struct scenario s = { .name = plan.name ? plan.name : name_of_file(a, path) };
        if ((!plan.state || load_state(&c, path, plan.state, ret_error))
            && scenario_put(&c, &s, path, text, n) == 0)
            return true;
    }
    if (c.outcome.code)
        *ret_error = c.outcome.message;
    return false;
}

bool scenarios_begin(struct sim *sim, const char **ret_error)
{
    struct active *active = sim->scenarios;
    if (!active)
        return true;
    LIST_EACH (const char *, path, &active->files) {
        if (!begin_file(sim, active->process, *path, ret_error))
            return false;
    }
    scenarios_reload(sim);
    return true;
}

bool scenarios_open(struct sim *sim, struct arena *a, const struct list *files,
                    const char **ret_error)
{
    sim->scenarios = arena_new(a, struct active);
    sim->scenarios->process = a;
    sim->scenarios->files = *files;
    sim->is_hidden = hidden_is;
    store_watch(sim->store, record_change, sim);
    if (store_number(sim->store, "SELECT count(*) FROM scenario", NULL) == 0)
        return scenarios_begin(sim, ret_error);
    scenarios_reload(sim); /* a database file that was there goes on where it stopped */
    return true;
}

void scenarios_close(struct sim *sim)
{
    if (!sim->scenarios)
        return;
    store_watch(sim->store, NULL, NULL);
    record_close(&sim->scenarios->record);
    match_release(&sim->scenarios->match);
    arena_release(&sim->scenarios->plan_arena);
    arena_release(&sim->scenarios->a);
}
