/* What rules remember, and whether one strikes now. */
#include "scenario/fault_rule.h"

#include <string.h>

#include "base/rng.h"
#include "store/noun.h"

/* What a rule remembers. */
struct fault_rule_state {
    const char *id, *scenario;
    int64_t met, struck; /* occasions that fitted; those it acted on */
    int64_t random; /* state of its own stream */
    int64_t tokens, filled; /* thousandths of a token, and when they were counted */
};

const struct schema fault_rule_state_schema = {
    .name = "fault_rule_state",
    .was = "rule_state",
    .size = sizeof(struct fault_rule_state),
    .unwatched = true,
    .fields =
        (const struct field[]){ { TEXT_FIELD(struct fault_rule_state, id), .column = "id" },
                                { TEXT_FIELD(struct fault_rule_state, scenario),
                                  .column = "scenario", .flags = FIELD_PART_OF },
                                { INT_FIELD(struct fault_rule_state, met), .column = "met" },
                                { INT_FIELD(struct fault_rule_state, struck), .column = "struck" },
                                { INT_FIELD(struct fault_rule_state, random), .column = "random" },
                                { INT_FIELD(struct fault_rule_state, tokens), .column = "tokens" },
                                { TIME_FIELD(struct fault_rule_state, filled), .column = "filled" },
                                { 0 } },
};

/* ---- What it remembers ---- */

static void state_of(struct call *c, const struct fault_rule *r, struct fault_rule_state *ret)
{
    if (store_get(c, &fault_rule_state_schema, r->id, ret))
        return;
    int64_t seed = store_number(
        c->store, "SELECT seed FROM scenario WHERE name = substr(?1, 1, instr(?1, '/') - 1)",
        SQL_ARGS(SQL_TEXT(r->id)));
    *ret = (struct fault_rule_state){
        .id = r->id,
        .scenario = arena_strndup(c->a, r->id, strcspn(r->id, "/")),
        .random = (int64_t)(hash_text(r->id) ^ (uint64_t)(seed == ABSENT ? 0 : seed)),
        .tokens = (r->what.throttle.burst == ABSENT ? 1 : r->what.throttle.burst) * 1000,
        .filled = c->now
    };
}

static bool chance_has_it(struct fault_rule_state *s, double chance)
{
    if (chance >= 1)
        return true;
    struct rng rng = { .state = (uint64_t)s->random };
    double drawn = (double)(rng_next(&rng) >> 11) / 9007199254740992.0;
    s->random = (int64_t)rng.state;
    return drawn < chance;
}

static bool count_fits(const struct fault_when *w, const struct fault_rule_state *s)
{
    return (w->nth == ABSENT || s->met == w->nth) && (w->first == ABSENT || s->met <= w->first)
           && (w->every == ABSENT || s->met % w->every == 0)
           && (w->times == ABSENT || s->struck < w->times);
}

/* A bucket fills at `rate` up to `burst`; a call that finds no whole token is refused. */
static bool bucket_is_empty(struct call *c, const struct fault_what *w, struct fault_rule_state *s)
{
    double most = (double)(w->throttle.burst == ABSENT ? 1 : w->throttle.burst) * 1000;
    double tokens = (double)s->tokens + (double)(c->now - s->filled) * w->rate;
    s->tokens = (int64_t)(tokens < most ? tokens : most);
    s->filled = c->now;
    if (s->tokens < 1000)
        return true;
    s->tokens -= 1000;
    return false;
}

bool fault_rule_fires(struct call *c, const struct fault_rule *r)
{
    struct fault_rule_state s;
    store_begin(c->store);
    state_of(c, r, &s);
    s.met++;
    bool strikes = count_fits(&r->when, &s) && chance_has_it(&s, r->when.chance)
                   && (!r->what.has_throttle || bucket_is_empty(c, &r->what, &s));
    s.struck += strikes;
    store_put(c, &fault_rule_state_schema, &s);
    return strikes;
}

void fault_rules_forget(struct call *c, const char *scenario)
{
    store_exec(c->store, "DELETE FROM fault_rule_state WHERE scenario = ?",
               SQL_ARGS(SQL_TEXT(scenario)));
}

void fault_rule_counts(struct call *c, const struct fault_rule *r, int64_t *ret_met,
                       int64_t *ret_struck)
{
    struct fault_rule_state s = { 0 };
    bool known = store_get(c, &fault_rule_state_schema, r->id, &s);
    *ret_met = known ? s.met : 0;
    *ret_struck = known ? s.struck : 0;
}
