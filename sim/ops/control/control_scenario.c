/* /_amisim/scenarios: what goes wrong on purpose, and the timelines. */
#include <string.h>

#include "ops/control/control.h"
#include "reply/emit.h"
#include "request/request.h"
#include "scenario/scenario.h"
#include "store/noun.h"

struct named {
    const char *name, *account; /* account: PUT only */
};

static const struct param named_params[] = { CONTROL_NAME(struct named), { 0 } };
static const struct param put_params[] = {
    CONTROL_NAME(struct named),
    { "account", TEXT(struct named, account), .flags = PARAM_QUERY, .pattern = "^[0-9]{12}$" },
    { "document", .type = PARAM_BLOB, .flags = PARAM_BODY },
    { 0 },
};

static int no_scenario(struct call *c, const char *name)
{
    return fail(c, 404, "NoSuchScenario", "There is no scenario '%s'", name);
}

/* ---- Showing ---- */

static void emit_scenario_rule(struct call *c, const struct fault_rule *r)
{
    int64_t met, struck;
    fault_rule_counts(c, r, &met, &struck);
    emit_item(c);
    emit_text(c, "name", r->name);
    emit_int(c, "met", met);
    emit_int(c, "struck", struck);
    emit_close(c);
}

static void emit_scenario_rules(struct call *c, const char *scenario)
{
    size_t n = strlen(scenario);
    emit_list(c, "rules");
    LIST_EACH (struct fault_rule, r, scenarios_rules(c->sim)) {
        if (strncmp(r->id, scenario, n) == 0 && r->id[n] == '/')
            emit_scenario_rule(c, r);
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
    emit_scenario_rules(c, s->name);
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

OPERATION_AS(control, GetScenario, get_scenario, named_params, struct named,
             .route = "GET /_amisim/scenarios/{name}", .errors = "NoSuchScenario");

/* One that is shipped but does not run. */
static int emit_shipped(struct call *c, const struct shipped *s)
{
    struct plan plan;
    if (plan_read(c, s->name, s->document, s->size, &plan))
        return -1;
    emit_text(c, "name", s->name);
    emit_text(c, "story", plan.story);
    emit_text(c, "try", s->try);
    emit_text(c, "document", arena_strndup(c->a, s->document, s->size));
    return 0;
}

static int list_shipped(struct call *c)
{
    struct list shipped = scenarios_all_shipped(c->a);
    emit_list(c, "shipped");
    LIST_EACH (struct shipped, s, &shipped) {
        emit_item(c);
        if (emit_shipped(c, s))
            return -1;
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

struct list_scenarios {
    enum tri all;
};

static const struct param list_scenarios_params[] = {
    { "all", BOOL(struct list_scenarios, all), .flags = PARAM_QUERY },
    { 0 },
};

int control_emit_scenarios(struct call *c)
{
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

static int list_scenarios(struct call *c, const struct list_scenarios *in)
{
    if (control_emit_scenarios(c))
        return -1;
    return in->all == YES ? list_shipped(c) : 0;
}

OPERATION(control, ListScenarios, list_scenarios, .route = "GET /_amisim/scenarios");

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
    emit_scenario_rules(c, in->name);
    return 0;
}

OPERATION_AS(control, PutScenario, put_scenario, put_params, struct named,
             .route = "PUT /_amisim/scenarios/{name}", .flags = OP_WRITES | OP_TAKES_BYTES,
             .errors = "BadScenario NoSuchScenario",
             .effects =
                 "begins a scenario (YAML or JSON; without one, the shipped one of that name), "
                 "for one account or all; replaces one of that name");

static int delete_scenario(struct call *c, const struct named *in)
{
    if (!scenario_remove(c, in->name))
        return no_scenario(c, in->name);
    emit_text(c, "name", in->name);
    return 0;
}

OPERATION_AS(control, DeleteScenario, delete_scenario, named_params, struct named,
             .route = "DELETE /_amisim/scenarios/{name}", .flags = OP_WRITES,
             .errors = "NoSuchScenario",
             .effects = "ends a scenario: its rules, and the steps that are still to come");
