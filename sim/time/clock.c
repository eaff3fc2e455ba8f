/* See clock.h. */
#include "time/clock.h"

#include "base/timefmt.h"
#include "store/store.h"

static void save(const struct clock *k, struct store *s)
{
    store_set(s, "clock.machine", k->machine);
    store_set(s, "clock.base", k->base);
    store_set(s, "clock.rate", k->rate);
    store_set(s, "clock.frozen", k->frozen);
}

/* Milliseconds since 1970 as this process counts them. */
static int64_t machine_now(const struct clock *k)
{
    return k->began + machine_steady_ms() - k->counted;
}

/* Commits within a second may share one note of the time, so that it may be that much later. */
static void begin(struct clock *k)
{
    int64_t now = machine_time_ms(), least = k->seen ? k->seen + SECOND_MS : 0;
    k->began = now > least ? now : least;
    k->counted = machine_steady_ms();
}

void clock_load(struct clock *k, struct store *s)
{
    k->seen = store_setting(s, "clock.seen", 0);
    if (!k->began)
        begin(k);
    int64_t now = machine_now(k);
    k->machine = store_setting(s, "clock.machine", now);
    k->base = store_setting(s, "clock.base", k->start ? k->start : now);
    if (k->base > TIME_LAST)
        k->base = TIME_LAST;
    k->rate = store_setting(s, "clock.rate", 1000);
    k->frozen = store_setting(s, "clock.frozen", k->still) != 0;
}

void clock_open(struct clock *k, struct store *s)
{
    clock_load(k, s);
    save(k, s); /* a world that began elsewhere than now goes on there after a restart */
}

void clock_seen(struct sim *sim)
{
    struct clock *k = sim->clock;
    int64_t now = machine_now(k);
    bool known = now >= k->seen && (k->frozen || now - k->seen < SECOND_MS);
    if (known)
        return;
    k->seen = now;
    store_set(sim->store, "clock.seen", now);
}

int64_t clock_now(const struct clock *k)
{
    if (k->frozen)
        return k->base;
    int64_t passed = machine_now(k) - k->machine;
    if (passed <= 0)
        return k->base;
    if (k->rate > 0 && passed > (TIME_LAST - k->base) / k->rate * 1000)
        return TIME_LAST;
    return k->base + passed * k->rate / 1000;
}

static void restart(struct clock *k, int64_t now)
{
    k->base = now;
    k->machine = machine_now(k);
}

bool clock_set(struct sim *sim, int64_t now)
{
    if (now < clock_now(sim->clock))
        return false;
    restart(sim->clock, now);
    save(sim->clock, sim->store);
    return true;
}

void clock_freeze(struct sim *sim, bool frozen)
{
    restart(sim->clock, clock_now(sim->clock));
    sim->clock->frozen = frozen;
    save(sim->clock, sim->store);
}

void clock_rate(struct sim *sim, int64_t rate)
{
    restart(sim->clock, clock_now(sim->clock));
    sim->clock->rate = rate;
    save(sim->clock, sim->store);
}

void clock_resume(struct sim *sim)
{
    clock_load(sim->clock, sim->store);
    sim->clock->machine = machine_now(sim->clock);
    save(sim->clock, sim->store);
}

int64_t clock_wait(const struct clock *k, int64_t due)
{
    int64_t left = due - clock_now(k);
    if (left <= 0)
        return 0;
    if (k->frozen || k->rate <= 0)
        return -1;
    return left > INT64_MAX / 1000 ? INT64_MAX / 1000 : left * 1000 / k->rate + 1;
}
