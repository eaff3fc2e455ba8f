/* The simulator's own routes under /_amisim: health, reset, clock. */
#include "ops/control/control.h"
#include "base/timefmt.h"
#include "call/op.h"
#include "catalog/organization.h"
#include "reply/emit.h"
#include "scenario/scenario.h"
#include "store/store.h"
#include "time/clock.h"
#include "world/account/account.h"
#include "world/aside.h"

static const char *pace_name(enum pace pace)
{
    return pace == PACE_INSTANT ? "instant" : pace == PACE_QUICK ? "quick" : "real";
}

/* ---- Health ---- */

static int get_health(struct call *c, const struct no_input *in)
{
    (void)in;
    emit_text(c, "status", "ok");
    emit_text(c, "version", c->sim->version);
    emit_text(c, "pace", pace_name(c->sim->pace));
    emit_int(c, "operations", (int64_t)c->sim->contents->op_count);
    return 0;
}

OPERATION_AS(control, GetHealth, get_health, no_params, struct no_input,
             .route = "GET /_amisim/health");

/* ---- Reset ---- */

/* A new world takes the place of this one, as after a start with the same options: world, clock,
 * identifiers. */
int control_reset(struct call *c, const struct no_input *in)
{
    struct aside aside;
    const char *error = NULL;
    struct store *beside = beside_new(c->store, BESIDE_IN_MEMORY);
    (void)in;
    aside_open(&aside, c, beside);
    clock_open(&aside.clock, beside);
    aside.sim.ids.state = c->sim->seed;
    organization_seed(&aside.call);
    bool begun = scenarios_begin(&aside.sim, &error);
    if (begun)
        aside_take_place(&aside, c);
    beside_close(beside);
    if (!begun)
        return fail(c, 500, "ResetFailed", "%s", error);
    emit_text(c, "status", "ok");
    return 0;
}

struct reset {
    const char *account;
};

static const struct param reset_params[] = {
    { "account", TEXT(struct reset, account), .flags = PARAM_QUERY, .pattern = "^[0-9]{12}$" },
    { 0 },
};

/* Of one account: its nouns, its scenarios. The clock and the identifiers go on, for they are
 * everybody's. */
static int reset(struct call *c, const struct reset *in)
{
    if (!in->account)
        return control_reset(c, NULL);
    if (account_has_fixtures(c->sim, in->account))
        return fail(c, 400, "BadRequest", "images of the fixtures belong to account %s",
                    in->account);
    store_begin(c->store);
    account_forget(c, in->account);
    scenarios_reload(c->sim);
    emit_text(c, "status", "ok");
    return 0;
}

OPERATION(control, Reset, reset, .route = "POST /_amisim/reset", .flags = OP_ALONE | OP_CHANGES,
          .errors = "BadRequest ResetFailed",
          .effects = "empties the world and sets the clock to where it began; with `account`,"
                     " empties that account alone");

/* ---- Clock ---- */

void control_emit_clock(struct call *c)
{
    const struct clock *k = c->sim->clock;
    emit_time(c, "now", clock_now(k));
    emit_bool(c, "frozen", k->frozen);
    emit_real(c, "rate", (double)k->rate / 1000);
}

static int get_clock(struct call *c, const struct no_input *in)
{
    (void)in;
    control_emit_clock(c);
    return 0;
}

OPERATION_AS(control, GetClock, get_clock, no_params, struct no_input,
             .route = "GET /_amisim/clock");

struct set_clock {
    const char *advance, *set;
    enum tri freeze;
    const struct value *rate;
};

static const struct param set_clock_params[] = {
    { "advance", TEXT(struct set_clock, advance) },
    { "set", TEXT(struct set_clock, set) },
    { "freeze", BOOL(struct set_clock, freeze) },
    { "rate", TREE(struct set_clock, rate) },
    { 0 },
};

static int read_clock_rate(struct call *c, const struct value *v, int64_t *ret)
{
    double rate = v->type == VALUE_INT ? (double)v->number : v->type == VALUE_REAL ? v->real : -1;
    if (!(rate >= 0.001 && rate <= 1e6))
        return fail(c, 400, "BadRequest", "rate must be a number from 0.001 to 1000000");
    *ret = (int64_t)(rate * 1000 + 0.5);
    return 0;
}

static int read_clock_moment(struct call *c, const struct set_clock *in, int64_t *ret)
{
    int64_t span = 0, was = *ret; /* one look at the clock: it goes on between two */
    if (in->set && !time_parse(in->set, ret))
        return fail(c, 400, "BadRequest", "set must be a time such as 2027-01-01T00:00:00Z");
    if (in->advance && (!span_parse(in->advance, &span) || span > 100 * 366 * DAY_MS))
        return fail(c, 400, "BadRequest",
                    "advance must be a span such as 36h, 90s or 1d12h, at most 100 years");
    *ret += span;
    if (*ret > TIME_LAST)
        return fail(c, 400, "BadRequest", "the clock ends with the year 9999");
    if (*ret < was)
        return fail(c, 400, "BadRequest", "the clock does not go back; use POST /_amisim/reset");
    return 0;
}

static int set_clock(struct call *c, const struct set_clock *in)
{
    int64_t now = clock_now(c->sim->clock), rate = ABSENT;
    if (read_clock_moment(c, in, &now) || (in->rate && read_clock_rate(c, in->rate, &rate)))
        return -1;
    if (in->freeze != UNSET) /* first: it stands still at that moment, not a little later */
        clock_freeze(c->sim, in->freeze == YES);
    if (in->set || in->advance)
        clock_set(c->sim, now);
    if (rate != ABSENT)
        clock_rate(c->sim, rate);
    control_emit_clock(c);
    return 0;
}

OPERATION(
    control, SetClock, set_clock, .route = "POST /_amisim/clock", .flags = OP_WRITES,
    .errors = "BadRequest",
    .effects = "moves, freezes or speeds up the virtual clock; jobs that fall due run in order");
