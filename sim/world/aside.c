/* See aside.h. */
#include "world/aside.h"

#include "store/store.h"

void aside_open(struct aside *ret, const struct call *c, struct store *beside)
{
    ret->clock = *c->sim->clock;
    ret->sim = *c->sim;
    ret->sim.clock = &ret->clock;
    ret->sim.store = beside;
    ret->sim.ready = NULL;
    ret->sim.knows_next_due = false;
    ret->call = *c;
    ret->call.sim = &ret->sim;
    ret->call.store = beside;
}

void aside_save(struct aside *a)
{
    store_begin(a->sim.store);
    clock_freeze(&a->sim, a->clock.frozen);
    store_set(a->sim.store, "ids", (int64_t)a->sim.ids.state);
    if (!store_commit(a->sim.store))
        store_leave(a->sim.store);
}

void aside_take_place(struct aside *a, struct call *c)
{
    store_begin(a->sim.store);
    clock_resume(&a->sim);
    beside_take_place(a->sim.store);
    *c->sim->clock = a->clock;
    c->sim->ids.state = (uint64_t)store_setting(a->sim.store, "ids", (int64_t)c->sim->seed);
    c->sim->behind = true;
}
