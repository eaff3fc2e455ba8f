/* Routes that test suites for moto and LocalStack already use: reset, health, and LocalStack's
 * chaos in its own rule format [guide: LocalStack's documentation of the Chaos API]. They ask for
 * no X-Amisim.
 *
 * A set of LocalStack's rules is one scenario of ours; what was sent is kept with it and shown
 * again. */
#include <string.h>

#include "base/text.h"
#include "call/decode.h"
#include "call/op.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "scenario/scenario.h"

OPERATION_AS(control, MotoReset, control_reset, no_params, struct no_input,
             .route = "POST /moto-api/reset", .flags = OP_ALONE | OP_CHANGES | OP_OPEN,
             .errors = "ResetFailed", .effects = "as POST /_amisim/reset");
OPERATION_AS(control, LocalStackReset, control_reset, no_params, struct no_input,
             .route = "POST /_localstack/state/reset", .flags = OP_ALONE | OP_CHANGES | OP_OPEN,
             .errors = "ResetFailed", .effects = "as POST /_amisim/reset");

static int local_stack_health(struct call *c, const struct no_input *in)
{
    (void)in;
    emit_open(c, "services");
    for (const char *const *name = service_names; *name; name++)
        emit_text(c, *name, "running");
    emit_close(c);
    emit_text(c, "edition", "amisim");
    emit_text(c, "version", c->sim->version);
    return 0;
}

OPERATION_AS(control, LocalStackHealth, local_stack_health, no_params, struct no_input,
             .route = "GET /_localstack/health");

/* ---- Their rules ---- */

struct chaos_error {
    int64_t status;
    const char *code;
};

struct chaos_rule {
    const char *service, *operation, *region;
    const struct value *probability;
    struct chaos_error error;
};

static const struct param chaos_error_params[] = {
    { "statusCode", INT(struct chaos_error, status), .min = 400, .max = 599 },
    { "code", TEXT(struct chaos_error, code) },
    { 0 },
};

static const struct param chaos_rule_params[] = {
    { "service", TEXT(struct chaos_rule, service) },
    { "operation", TEXT(struct chaos_rule, operation) },
    { "region", TEXT(struct chaos_rule, region) },
    { "probability", TREE(struct chaos_rule, probability) },
    { "error", STRUCT(struct chaos_rule, error, chaos_error_params) },
    { 0 },
};

static const struct param body_params[] = {
    { "document", .type = PARAM_BLOB, .flags = PARAM_BODY },
    { 0 },
};

/* What LocalStack has a document for, and we a scenario. */
struct chaos {
    const char *scenario;
    enum value_type type; /* of the document: the rules are a list, the effects a mapping */
    int (*translate)(struct call *c, const struct value *theirs, struct value *ret_rules);
};

static void add_glob(struct call *c, struct value *when, const char *name, const char *glob)
{
    if (glob)
        value_add_text(c->a, value_add_new(c->a, when, name, VALUE_LIST), NULL, glob);
}

/* One of their rules as one of ours. Without an error it is a ServiceUnavailable. */
static int add_chaos_rule(struct call *c, const struct value *theirs, struct value *rules)
{
    struct chaos_rule r = { 0 };
    if (decode_names(c, chaos_rule_params, theirs, complain_yaml)
        || decode_values(c, chaos_rule_params, theirs, &r, complain_yaml))
        return -1;
    struct value *ours = value_add_new(c->a, rules, NULL, VALUE_MAP);
    struct value *when = value_add_new(c->a, ours, "when", VALUE_MAP);
    add_glob(c, when, "services", r.service);
    add_glob(c, when, "operations", r.operation);
    add_glob(c, when, "regions", r.region);
    if (r.probability) {
        struct value *chance = value_add_new(c->a, when, "probability", r.probability->type);
        chance->number = r.probability->number;
        chance->real = r.probability->real;
    }
    struct value *error =
        value_add_new(c->a, value_add_new(c->a, ours, "what", VALUE_MAP), "error", VALUE_MAP);
    value_add_text(c->a, error, "code", r.error.code ? r.error.code : "ServiceUnavailable");
    value_add_int(c->a, error, "status", r.error.status == ABSENT ? 503 : r.error.status);
    return 0;
}

static int add_chaos_rules(struct call *c, const struct value *theirs, struct value *rules)
{
    for (const struct value *v = theirs->first; v; v = v->next) {
        if (v->type != VALUE_MAP)
            return fail(c, 400, "BadRequest", "A rule must be a JSON object");
        if (add_chaos_rule(c, v, rules))
            return -1;
    }
    return 0;
}

static const struct chaos faults = { "localstack-faults", VALUE_LIST, add_chaos_rules };

/* ---- Their effects: a latency in milliseconds on every call ---- */

struct effects {
    int64_t latency;
};

static const struct param effects_params[] = {
    { "latency", INT(struct effects, latency), .min = 0, .max = 3600000 },
    { 0 },
};

static int add_latency(struct call *c, const struct value *theirs, struct value *rules)
{
    struct effects e;
    if (decode_names(c, effects_params, theirs, complain_yaml)
        || decode_values(c, effects_params, theirs, &e, complain_yaml))
        return -1;
    if (e.latency <= 0)
        return 0;
    struct value *rule = value_add_new(c->a, rules, NULL, VALUE_MAP);
    value_add_new(c->a, rule, "when", VALUE_MAP);
    value_add_text(c->a, value_add_new(c->a, rule, "what", VALUE_MAP), "delay",
                   arena_printf(c->a, "%lldms", (long long)e.latency));
    return 0;
}

static const struct chaos effects = { "localstack-effects", VALUE_MAP, add_latency };

/* ---- What is kept, and what comes instead ---- */

/* What was sent before; an empty list or mapping where nothing was. */
static struct value *chaos_kept(struct call *c, const struct chaos *of)
{
    struct scenario s;
    const char *error;
    struct value *v = scenario_find(c, of->scenario, &s) && s.origin
                          ? value_from_json(c->a, s.origin, strlen(s.origin), &error)
                          : NULL;
    return v ? v : value_new(c->a, of->type);
}

static int chaos_show(struct call *c, const struct value *document)
{
    const char *text = value_to_json(c->a, document, 0);
    emit_bytes(c, "application/json", text, strlen(text));
    return 0;
}

static int read_chaos(struct call *c, const struct chaos *of, struct value **ret)
{
    const char *error = "nothing was sent";
    *ret = c->body_size ? value_from_json(c->a, c->body, c->body_size, &error) : NULL;
    if (!*ret)
        return fail(c, 400, "BadRequest", "The body is not JSON: %s", error);
    if ((*ret)->type != of->type)
        return fail(c, 400, "BadRequest", "The body must be a JSON %s",
                    of->type == VALUE_LIST ? "list" : "object");
    return 0;
}

static int chaos_put(struct call *c, const struct chaos *of, const struct value *theirs)
{
    struct value *document = value_new(c->a, VALUE_MAP), *rules = value_new(c->a, VALUE_LIST);
    if (of->translate(c, theirs, rules))
        return -1;
    value_add(document, "rules", rules);
    const char *text = value_to_json(c->a, document, 0);
    struct scenario s = { .name = of->scenario, .origin = value_to_json(c->a, theirs, 0) };
    if (scenario_put(c, &s, of->scenario, text, strlen(text)))
        return -1;
    return chaos_show(c, theirs);
}

/* The rules of `from`, without or only those that stand in `others`. */
static void take_chaos_rules(struct call *c, const struct value *from, const struct value *others,
                             struct value *into)
{
    for (const struct value *v = from->first; v; v = v->next) {
        bool among = false;
        for (const struct value *o = others ? others->first : NULL; o && !among; o = o->next)
            among = text_is(value_to_json(c->a, v, 0), value_to_json(c->a, o, 0));
        if (among)
            continue;
        struct value *copy = arena_new(c->a, struct value);
        *copy = *v;
        copy->next = NULL;
        value_add(into, NULL, copy);
    }
}

/* ---- The routes ---- */

static int chaos_get(struct call *c, const struct chaos *of)
{
    return chaos_show(c, chaos_kept(c, of));
}

static int chaos_replace(struct call *c, const struct chaos *of)
{
    struct value *sent;
    return read_chaos(c, of, &sent) ? -1 : chaos_put(c, of, sent);
}

static int chaos_extend(struct call *c, const struct chaos *of)
{
    struct value *sent, *all = value_new(c->a, VALUE_LIST);
    if (read_chaos(c, of, &sent))
        return -1;
    take_chaos_rules(c, chaos_kept(c, of), NULL, all);
    take_chaos_rules(c, sent, NULL, all);
    return chaos_put(c, of, all);
}

/* Those that are named; all, where none are [guess]. */
static int chaos_remove(struct call *c, const struct chaos *of)
{
    struct value *sent, *rest = value_new(c->a, of->type);
    if (c->body_size && of->type == VALUE_LIST) {
        if (read_chaos(c, of, &sent))
            return -1;
        take_chaos_rules(c, chaos_kept(c, of), sent, rest);
    }
    return chaos_put(c, of, rest);
}

/* An operation that does something to one of the two. */
#define CHAOS(Name, name, action, of, table, ...)                                                  \
    static int name(struct call *c, const struct no_input *in)                                     \
    {                                                                                              \
        (void)in;                                                                                  \
        return action(c, &(of));                                                                   \
    }                                                                                              \
    OPERATION_AS(control, Name, name, table, struct no_input, __VA_ARGS__)
#define CHANGES(method_and_path)                                                                   \
    .route = method_and_path, .flags = OP_ALONE | OP_CHANGES | OP_OPEN | OP_TAKES_BYTES,           \
    .errors = "BadFile BadRequest BadScenario"

#define FAULTS "/_localstack/chaos/faults"
#define CHANGES_FAULTS(method)                                                                     \
    CHANGES(method " " FAULTS), .effects = "changes the set of faults, in LocalStack's own format"
CHAOS(GetChaosFaults, get_chaos_faults, chaos_get, faults, no_params, .route = "GET " FAULTS);
CHAOS(PostChaosFaults, post_chaos_faults, chaos_replace, faults, body_params,
      CHANGES_FAULTS("POST"));
CHAOS(PatchChaosFaults, patch_chaos_faults, chaos_extend, faults, body_params,
      CHANGES_FAULTS("PATCH"));
CHAOS(DeleteChaosFaults, delete_chaos_faults, chaos_remove, faults, body_params,
      CHANGES_FAULTS("DELETE"));

#define EFFECTS "/_localstack/chaos/effects"
#define CHANGES_EFFECTS(method)                                                                    \
    CHANGES(method " " EFFECTS),                                                                   \
        .effects = "sets the latency of every call, in LocalStack's own format"
CHAOS(GetChaosEffects, get_chaos_effects, chaos_get, effects, no_params, .route = "GET " EFFECTS);
CHAOS(PostChaosEffects, post_chaos_effects, chaos_replace, effects, body_params,
      CHANGES_EFFECTS("POST"));
CHAOS(PatchChaosEffects, patch_chaos_effects, chaos_replace, effects, body_params,
      CHANGES_EFFECTS("PATCH"));
CHAOS(DeleteChaosEffects, delete_chaos_effects, chaos_remove, effects, body_params,
      CHANGES_EFFECTS("DELETE"));
