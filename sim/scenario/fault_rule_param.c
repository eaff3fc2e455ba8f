/* What a rule may say: its parameter tables, and what they cannot check. */

#include "base/text.h"
#include "base/timefmt.h"
#include "scenario/fault_rule.h"
#include "scenario/job_fault.h"
#include "scenario/scenario.h"
#include "scenario/scenario_wrong.h"

#define MOST 1000000000

static const struct param when_params[] = {
    { "services", TEXTS(struct fault_when, services) },
    { "operations", TEXTS(struct fault_when, operations) },
    { "regions", TEXTS(struct fault_when, regions) },
    { "accounts", TEXTS(struct fault_when, accounts) },
    { "resources", TEXTS(struct fault_when, resources) },
    { "names", TEXTS(struct fault_when, names) },
    { "tags", TREE(struct fault_when, tags) },
    { "parameters", TREE(struct fault_when, parameters) },
    { "jobs", TEXTS(struct fault_when, jobs) },
    { "nth", INT(struct fault_when, nth), .min = 1, .max = MOST },
    { "first", INT(struct fault_when, first), .min = 1, .max = MOST },
    { "every", INT(struct fault_when, every), .min = 1, .max = MOST },
    { "times", INT(struct fault_when, times), .min = 1, .max = MOST },
    { "probability", TREE(struct fault_when, probability) },
    { "from", TEXT(struct fault_when, from) },
    { "until", TEXT(struct fault_when, until) },
    { 0 },
};

static const struct param error_params[] = {
    { "code", TEXT(struct fault_error, code), .flags = PARAM_REQUIRED, .min = 1, .max = 128 },
    { "message", TEXT(struct fault_error, message) },
    { "status", INT(struct fault_error, status), .min = 400, .max = 599 },
    { 0 },
};

static const struct param throttle_params[] = {
    { "rate", TREE(struct fault_throttle, rate), .flags = PARAM_REQUIRED },
    { "burst", INT(struct fault_throttle, burst), .min = 1, .max = MOST },
    { 0 },
};

static const struct param job_params[] = {
    { "fail", TEXT(struct fault_job, fail) },
    { "code", TEXT(struct fault_job, code) },
    { "progress", INT(struct fault_job, progress), .min = 0, .max = 99 },
    { "disable_key", BOOL(struct fault_job, disable_key) },
    { "slow", TREE(struct fault_job, slow) },
    { "stuck", BOOL(struct fault_job, stuck) },
    { 0 },
};

static const struct param hide_params[] = {
    { "calls", INT(struct fault_hide, calls), .min = 1, .max = MOST },
    { "for", TEXT(struct fault_hide, span) },
    { 0 },
};

static const char *const drops[] = { "before", "after", NULL };
static const char *const pretences[] = { "kernel-missing", "key-denied", "no-boot",
                                         "damaged-blocks", NULL };

static const struct param what_params[] = {
    { "error", STRUCT(struct fault_what, error, error_params),
      .there = offsetof(struct fault_what, has_error) },
    { "delay", TEXT(struct fault_what, delay) },
    { "throttle", STRUCT(struct fault_what, throttle, throttle_params),
      .there = offsetof(struct fault_what, has_throttle) },
    { "drop", TEXT(struct fault_what, drop), .values = drops },
    { "cut", INT(struct fault_what, cut), .min = 0, .max = MOST },
    { "malformed", BOOL(struct fault_what, malformed) },
    { "empty", INT(struct fault_what, empty), .min = 500, .max = 599 },
    { "hide", STRUCT(struct fault_what, hide, hide_params),
      .there = offsetof(struct fault_what, has_hide) },
    { "stale", STRUCT(struct fault_what, stale, hide_params),
      .there = offsetof(struct fault_what, has_stale) },
    { "pretend", TEXT(struct fault_what, pretend), .values = pretences },
    { "job", STRUCT(struct fault_what, job, job_params),
      .there = offsetof(struct fault_what, has_job) },
    { 0 },
};

const struct param fault_rule_params[] = {
    { "name", TEXT(struct fault_rule, name), .max = 64, .min = 1, .pattern = "^[A-Za-z0-9._-]+$" },
    { "when", STRUCT(struct fault_rule, when, when_params), .flags = PARAM_REQUIRED },
    { "what", STRUCT(struct fault_rule, what, what_params), .flags = PARAM_REQUIRED },
    { 0 },
};

/* ---- What goes beyond the tables ---- */

double fault_rule_number(const struct value *v)
{
    return v->type == VALUE_INT ? (double)v->number : v->type == VALUE_REAL ? v->real : -1;
}

static int read_number(struct call *c, const struct value *v, const char *name, double least,
                       double most, double *ret)
{
    *ret = fault_rule_number(v);
    if (*ret >= least && *ret <= most)
        return 0;
    return scenario_wrong(c, v, arena_printf(c->a, "'%s' is out of bounds", name),
                          arena_printf(c->a, "a number from %g to %g", least, most));
}

static int read_span(struct call *c, const struct value *at, const char *name, const char *text,
                     int64_t *ret)
{
    if (!text || span_parse(text, ret))
        return 0;
    return scenario_wrong(c, value_get(at, name), arena_printf(c->a, "'%s' is '%s'", name, text),
                          "a span such as 90s");
}

/* A span after the start, or a moment. */
static int read_moment(struct call *c, const struct value *at, const char *name, const char *text,
                       int64_t started, int64_t *ret)
{
    int64_t span;
    if (!text || time_parse(text, ret))
        return 0;
    if (!span_parse(text, &span))
        return scenario_wrong(c, value_get(at, name),
                              arena_printf(c->a, "'%s' is '%s'", name, text),
                              "a span such as 10m or a time such as 2027-01-01T00:00:00Z");
    *ret = started + span;
    return 0;
}

/* A glob that no operation meets is a slip of the pen. */
static int check_operations(struct call *c, const struct fault_when *w, const struct value *at)
{
    const struct value *v = value_get(at, "operations");
    v = v ? v->first : NULL;
    LIST_EACH (const char *, glob, &w->operations) {
        bool known = false;
        for (size_t i = 0; i < c->sim->contents->op_count && !known; i++)
            known = text_glob(*glob, c->sim->contents->ops[i]->name);
        if (!known)
            return scenario_wrong(c, v ? v : at,
                                  arena_printf(c->a, "no operation is called '%s'", *glob),
                                  "a name such as CopyImage, or Describe*");
        v = v ? v->next : NULL;
    }
    return 0;
}

static int check_jobs(struct call *c, const struct fault_when *w, const struct value *at)
{
    LIST_EACH (const char *, glob, &w->jobs) {
        if (!job_name_known(c->sim, *glob))
            return scenario_wrong(c, value_get(at, "jobs"),
                                  arena_printf(c->a, "no job is called '%s'", *glob), job_names(c));
    }
    return 0;
}

static int check_globs(struct call *c, const struct value *map, const char *name)
{
    const struct value *bad = map && map->type != VALUE_MAP ? map : NULL;
    for (const struct value *v = map && !bad ? map->first : NULL; v && !bad; v = v->next)
        bad = value_scalar(c->a, v) ? NULL : v;
    return bad ? scenario_wrong(c, bad, arena_printf(c->a, "'%s' cannot be read", name),
                                "a mapping of names to patterns")
               : 0;
}

static int finish_when(struct call *c, struct fault_when *w, int64_t started,
                       const struct value *at)
{
    w->begins = INT64_MIN;
    w->ends = INT64_MAX;
    w->chance = 1;
    if (check_operations(c, w, at) || check_jobs(c, w, at) || check_globs(c, w->tags, "tags")
        || check_globs(c, w->parameters, "parameters"))
        return -1;
    if (w->probability && read_number(c, w->probability, "probability", 0, 1, &w->chance))
        return -1;
    return read_moment(c, at, "from", w->from, started, &w->begins)
                   || read_moment(c, at, "until", w->until, started, &w->ends)
               ? -1
               : 0;
}

static int finish_job(struct call *c, struct fault_rule *r, const struct value *at)
{
    struct fault_job *j = &r->what.job;
    if (!r->when.jobs.count)
        return scenario_wrong(c, at, "'job' happens to jobs only", "when: jobs: [...]");
    if (!j->fail + !j->slow + (j->stuck != YES) != 2)
        return scenario_wrong(c, at, "'job' says not what happens", "one of fail, slow, stuck");
    return j->slow ? read_number(c, j->slow, "slow", 0, 1e6, &r->what.slower) : 0;
}

static int finish_what(struct call *c, struct fault_rule *r, const struct value *at)
{
    struct fault_what *w = &r->what;
    int count = w->has_error + w->has_throttle + w->has_job + w->has_hide + w->has_stale + !!w->drop
                + !!w->pretend + (w->cut != ABSENT) + (w->empty != ABSENT) + (w->malformed == YES);
    w->acts = count > 0;
    if (count > 1 || count + !!w->delay == 0)
        return scenario_wrong(
            c, at, "'what' says not what happens",
            "one of error, throttle, drop, cut, malformed, empty, hide, stale, pretend or "
            "job, or a delay");
    if (read_span(c, at, "delay", w->delay, &w->wait)
        || read_span(c, value_get(at, "hide"), "for", w->hide.span, &w->hidden_for)
        || read_span(c, value_get(at, "stale"), "for", w->stale.span, &w->stale_for))
        return -1;
    if (w->has_throttle && read_number(c, w->throttle.rate, "rate", 0.0001, 1e6, &w->rate))
        return -1;
    if (w->has_job)
        return finish_job(c, r, value_get(at, "job"));
    return r->when.jobs.count ? scenario_wrong(c, at, "nothing happens to the job", "'job'") : 0;
}

int fault_rule_finish(struct call *c, struct fault_rule *r, const char *scenario, size_t index,
                      int64_t started, const struct value *at)
{
    if (!r->name)
        r->name = arena_printf(c->a, "%zu", index + 1);
    r->id = arena_printf(c->a, "%s/%s", scenario, r->name);
    const struct value *when = value_get(at, "when"), *what = value_get(at, "what");
    return finish_when(c, &r->when, started, when) || finish_what(c, r, what) ? -1 : 0;
}
