/* A scenario file as a plan: its table, and what goes beyond it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/decode.h"
#include "scenario/scenario.h"
#include "scenario/scenario_wrong.h"

/* Each call is held against all rules and conditions. */
#define MOST_RULES 1000
#define MOST_CONDITIONS 1000
#define MOST_STEPS 10000

static const char *const services[] = { "ec2", "ebs", "kms", "rbin", "ssm", "sts", "amisim", NULL };

static const struct param call_params[] = {
    { "service", TEXT(struct step_call, service), .values = services },
    { "operation", TEXT(struct step_call, operation), .flags = PARAM_REQUIRED },
    { "parameters", TREE(struct step_call, parameters) },
    { "account", TEXT(struct step_call, account), .pattern = "^[0-9]{12}$" },
    { "region", TEXT(struct step_call, region) },
    { 0 },
};

static const struct param step_params[] = {
    { "at", TEXT(struct step, at), .flags = PARAM_REQUIRED },
    { "call", STRUCT(struct step, call, call_params), .flags = PARAM_REQUIRED },
    { 0 },
};

static const struct param plan_params[] = {
    { "name", TEXT(struct plan, name), .min = 1, .max = 64, .pattern = "^[A-Za-z0-9._-]+$" },
    { "story", TEXT(struct plan, story) },
    { "seed", INT(struct plan, seed) },
    { "state", TEXT(struct plan, state) },
    { "rules", LIST(struct plan, rules, struct fault_rule, fault_rule_params), .max = MOST_RULES },
    { "timeline", LIST(struct plan, steps, struct step, step_params), .max = MOST_STEPS },
    { 0 },
};

/* Steps that would pull the world from under the timeline are none. */
static bool step_is_allowed(const struct op *op)
{
    static const char *const control[] = { "SetClock", NULL };
    return op->service != &service_control || text_any(op->name, control);
}

const struct op *step_operation(const struct sim *sim, const struct step_call *call)
{
    for (size_t i = 0; i < sim->contents->op_count; i++) {
        const struct op *op = sim->contents->ops[i];
        if (text_is(op->service->name, call->service ? call->service : "ec2")
            && text_is(op->name, call->operation))
            return step_is_allowed(op) && !(op->flags & (OP_ALONE | OP_TAKES_BYTES)) ? op : NULL;
    }
    return NULL;
}

static int finish_steps(struct call *c, struct plan *plan, const struct value *list)
{
    const struct value *at = list ? list->first : NULL;
    LIST_EACH (struct step, s, &plan->steps) {
        if (!span_parse(s->at, &s->due))
            return scenario_wrong(c, value_get(at, "at"), arena_printf(c->a, "'at' is '%s'", s->at),
                                  "a span after the start, such as 90s");
        if (!step_operation(c->sim, &s->call))
            return scenario_wrong(
                c, value_get(value_get(at, "call"), "operation"),
                arena_printf(c->a, "a timeline cannot call '%s'", s->call.operation),
                "an operation of the service");
        at = at->next;
    }
    return 0;
}

static int finish_rules(struct call *c, struct plan *plan, const char *name,
                        const struct value *list)
{
    const struct value *at = list ? list->first : NULL;
    size_t conditions = 0;
    for (size_t i = 0; i < plan->rules.count; i++) {
        struct fault_rule *r = list_at(&plan->rules, struct fault_rule, i);
        if (fault_rule_finish(c, r, name, i, c->now, at))
            return -1;
        for (size_t j = 0; j < i; j++) {
            if (text_is(list_at(&plan->rules, struct fault_rule, j)->name, r->name))
                return scenario_wrong(c, at,
                                      arena_printf(c->a, "two rules are called '%s'", r->name),
                                      "a name for each");
        }
        conditions += r->when.parameters ? r->when.parameters->count : 0;
        if (conditions > MOST_CONDITIONS)
            return scenario_wrong(c, at, "the rules look at too many parameters",
                                  arena_printf(c->a, "at most %d", MOST_CONDITIONS));
        at = at->next;
    }
    return 0;
}

static struct value *read_tree(struct call *c, const char *file, const char *text, size_t n)
{
    const char *error = NULL;
    struct value *tree = value_from_yaml(c->a, file, text, n, &error);
    if (!tree && n && *text == '{') { /* JSON has a few escapes that YAML does not know */
        const char *ignored;
        tree = value_from_json(c->a, text, n, &ignored);
    }
    if (!tree)
        fail(c, 400, "BadScenario", "%s", error);
    return tree;
}

int plan_read(struct call *c, const char *file, const char *text, size_t n, struct plan *ret)
{
    *ret = (struct plan){ 0 };
    struct value *tree = read_tree(c, file, text, n);
    if (!tree)
        return -1;
    if (tree->type != VALUE_MAP)
        return scenario_wrong(c, tree, "this is no scenario", "a mapping with rules or a timeline");
    if (decode_names(c, plan_params, tree, complain_yaml)
        || decode_values(c, plan_params, tree, ret, complain_yaml))
        return -1;
    if (ret->seed == ABSENT)
        ret->seed = 0;
    return finish_rules(c, ret, ret->name ? ret->name : file, value_get(tree, "rules"))
                   || finish_steps(c, ret, value_get(tree, "timeline"))
               ? -1
               : 0;
}

const char *file_read(struct arena *a, const char *path, size_t *ret_n, const char **ret_error)
{
    FILE *f = fopen(path, "rb");
    long size = -1;
    if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0)
        rewind(f);
    if (size < 0) {
        *ret_error = arena_printf(a, "%s: %s", path, strerror(errno));
        if (f)
            fclose(f);
        return NULL;
    }
    char *text = arena_bytes(a, (size_t)size + 1);
    *ret_n = fread(text, 1, (size_t)size, f);
    text[*ret_n] = '\0';
    fclose(f);
    return text;
}

const char *scenario_check(struct sim *sim, struct arena *a, const char *path)
{
    struct call c = { .a = a, .sim = sim };
    struct plan plan;
    const char *error = NULL;
    size_t n = 0;
    const char *text = file_read(a, path, &n, &error);
    if (!text)
        return error;
    return plan_read(&c, path, text, n, &plan) ? c.outcome.message : NULL;
}
