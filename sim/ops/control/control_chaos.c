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

#define FAULTS "localstack-faults"
#define EFFECTS "localstack-effects"

OPERATION_AS(control, MotoReset, control_reset, no_params, struct no_input,
             .route = "POST /moto-api/reset", .flags = OP_WRITES | OP_OPEN,
             .effects = "as POST /_amisim/reset");
OPERATION_AS(control, LocalStackReset, control_reset, no_params, struct no_input,
             .route = "POST /_localstack/state/reset", .flags = OP_WRITES | OP_OPEN,
             .effects = "as POST /_amisim/reset");

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

/* What was sent before; an empty list or mapping where nothing was. */
static struct value *kept(struct call *c, const char *name, enum value_type type)
{
    struct scenario s;
    const char *error;
    struct value *v = scenario_find(c, name, &s) && s.origin
                          ? value_from_json(c->a, s.origin, strlen(s.origin), &error)
                          : NULL;
    return v ? v : value_new(c->a, type);
}

static int show(struct call *c, const struct value *v)
{
    const char *text = value_to_json(c->a, v, 0);
    emit_bytes(c, "application/json", text, strlen(text));
    return 0;
}

static int read_body(struct call *c, enum value_type type, struct value **ret)
{
    const char *error = "nothing was sent";
    *ret = c->body_size ? value_from_json(c->a, c->body, c->body_size, &error) : NULL;
    if (!*ret)
        return fail(c, 400, "BadRequest", "The body is not JSON: %s", error);
    if ((*ret)->type != type)
        return fail(c, 400, "BadRequest", "The body must be a JSON %s",
                    type == VALUE_LIST ? "list" : "object");
    return 0;
}

static void add_glob(struct call *c, struct value *when, const char *name, const char *glob)
{
    if (glob)
        value_add_text(c->a, value_add_new(c->a, when, name, VALUE_LIST), NULL, glob);
}

/* One of their rules as one of ours. Without an error it is a ServiceUnavailable. */
static int add_rule(struct call *c, const struct value *theirs, struct value *rules)
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

static int put(struct call *c, const char *name, const struct value *origin, struct value *rules)
{
    struct value *document = value_new(c->a, VALUE_MAP);
    value_add(document, "rules", rules);
    const char *text = value_to_json(c->a, document, 0);
    struct scenario s = { .name = name, .origin = value_to_json(c->a, origin, 0) };
    if (scenario_put(c, &s, name, text, strlen(text)))
        return -1;
    return show(c, origin);
}

static int put_faults(struct call *c, const struct value *theirs)
{
    struct value *rules = value_new(c->a, VALUE_LIST);
    for (const struct value *v = theirs->first; v; v = v->next) {
        if (v->type != VALUE_MAP)
            return fail(c, 400, "BadRequest", "A rule must be a JSON object");
        if (add_rule(c, v, rules))
            return -1;
    }
    return put(c, FAULTS, theirs, rules);
}

/* The rules of `from`, without or only those that stand in `others`. */
static void take(struct call *c, const struct value *from, const struct value *others,
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

static int get_chaos_faults(struct call *c, const struct no_input *in)
{
    (void)in;
    return show(c, kept(c, FAULTS, VALUE_LIST));
}

static int post_faults(struct call *c, const struct no_input *in)
{
    struct value *sent;
    (void)in;
    return read_body(c, VALUE_LIST, &sent) ? -1 : put_faults(c, sent);
}

static int patch_faults(struct call *c, const struct no_input *in)
{
    struct value *sent, *all = value_new(c->a, VALUE_LIST);
    (void)in;
    if (read_body(c, VALUE_LIST, &sent))
        return -1;
    take(c, kept(c, FAULTS, VALUE_LIST), NULL, all);
    take(c, sent, NULL, all);
    return put_faults(c, all);
}

/* Those that are named; all, where none are [guess]. */
static int delete_faults(struct call *c, const struct no_input *in)
{
    struct value *sent, *all = value_new(c->a, VALUE_LIST);
    (void)in;
    if (c->body_size) {
        if (read_body(c, VALUE_LIST, &sent))
            return -1;
        take(c, kept(c, FAULTS, VALUE_LIST), sent, all);
    }
    return put_faults(c, all);
}

#define FAULTS_OPERATION(Name, handler, method)                                                    \
    OPERATION_AS(control, Name, handler, body_params, struct no_input,                             \
                 .route = method " /_localstack/chaos/faults",                                     \
                 .flags = OP_WRITES | OP_OPEN | OP_TAKES_BYTES, .errors = "BadRequest",            \
                 .effects = "changes the set of faults, in LocalStack's own format")

OPERATION_AS(control, GetChaosFaults, get_chaos_faults, no_params, struct no_input,
             .route = "GET /_localstack/chaos/faults");
FAULTS_OPERATION(PostChaosFaults, post_faults, "POST");
FAULTS_OPERATION(PatchChaosFaults, patch_faults, "PATCH");
FAULTS_OPERATION(DeleteChaosFaults, delete_faults, "DELETE");

/* ---- Their effects: a latency in milliseconds on every call ---- */

struct effects {
    int64_t latency;
};

static const struct param effects_params[] = {
    { "latency", INT(struct effects, latency), .min = 0, .max = 3600000 },
    { 0 },
};

static int put_effects(struct call *c, const struct value *theirs)
{
    struct effects e;
    struct value *rules = value_new(c->a, VALUE_LIST);
    if (decode_names(c, effects_params, theirs, complain_yaml)
        || decode_values(c, effects_params, theirs, &e, complain_yaml))
        return -1;
    if (e.latency > 0) {
        struct value *rule = value_add_new(c->a, rules, NULL, VALUE_MAP);
        value_add_new(c->a, rule, "when", VALUE_MAP);
        value_add_text(c->a, value_add_new(c->a, rule, "what", VALUE_MAP), "delay",
                       arena_printf(c->a, "%lldms", (long long)e.latency));
    }
    return put(c, EFFECTS, theirs, rules);
}

static int get_chaos_effects(struct call *c, const struct no_input *in)
{
    (void)in;
    return show(c, kept(c, EFFECTS, VALUE_MAP));
}

static int post_effects(struct call *c, const struct no_input *in)
{
    struct value *sent;
    (void)in;
    return read_body(c, VALUE_MAP, &sent) ? -1 : put_effects(c, sent);
}

static int delete_effects(struct call *c, const struct no_input *in)
{
    (void)in;
    return put_effects(c, value_new(c->a, VALUE_MAP));
}

#define EFFECTS_OPERATION(Name, handler, method)                                                   \
    OPERATION_AS(control, Name, handler, body_params, struct no_input,                             \
                 .route = method " /_localstack/chaos/effects",                                    \
                 .flags = OP_WRITES | OP_OPEN | OP_TAKES_BYTES, .errors = "BadRequest",            \
                 .effects = "sets the latency of every call, in LocalStack's own format")

OPERATION_AS(control, GetChaosEffects, get_chaos_effects, no_params, struct no_input,
             .route = "GET /_localstack/chaos/effects");
EFFECTS_OPERATION(PostChaosEffects, post_effects, "POST");
EFFECTS_OPERATION(PatchChaosEffects, post_effects, "PATCH");
EFFECTS_OPERATION(DeleteChaosEffects, delete_effects, "DELETE");
