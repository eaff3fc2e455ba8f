/* See consistency_stale.h. */
#include "scenario/consistency_stale.h"

#include "base/text.h"
#include "call/named.h"
#include "scenario/active.h"
#include "store/noun.h"

struct stale {
    const char *id; /* of the request that changed something */
    const char *account, *region;
    struct list resources; /* const char * */
    const char *back; /* base64; store/store.h: changes_take_back */
    int64_t calls; /* left; ABSENT: they do not count */
    int64_t until; /* ABSENT: only the calls count */
};

const struct schema stale_schema = {
    .name = "stale",
    .size = sizeof(struct stale),
    .unwatched = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct stale, id), .column = "id" },
            { TEXT_FIELD(struct stale, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct stale, region), .column = "region" },
            { TEXTS_FIELD(struct stale, resources), .column = "resources" },
            { TEXT_FIELD(struct stale, back), .column = "back" },
            { INT_FIELD(struct stale, calls), .column = "calls" },
            { TIME_FIELD(struct stale, until), .column = "until" },
            { 0 } },
};

/* ---- Changing ---- */

/* Blocks are read by EBS direct and are never stale. */
static bool concerns(const struct call *c)
{
    return c->op->service == &service_ec2;
}

void stale_watch(struct call *c)
{
    const struct fault_rule *r = c->fault->rule;
    if (!r || !r->what.has_stale || !concerns(c))
        return;
    store_begin(c->store);
    c->fault->watched = changes_begin(c->store, c->a);
}

void stale_watched(struct call *c)
{
    struct fault *f = c->fault;
    if (f->watched)
        f->before = changes_end(f->watched, c->a, &f->before_size);
}

static void add_all(struct call *c, struct list *into, const struct list *ids)
{
    LIST_EACH (const char *, id, ids)
        strs_add(c->a, into, *id);
}

/* Those that the call named, and those that it made. */
static struct list resources_of(struct call *c)
{
    struct list ids = { 0 };
    add_all(c, &ids, call_named(c));
    add_all(c, &ids, &c->made);
    return ids;
}

void stale_add(struct call *c)
{
    const struct fault *f = c->fault;
    const struct fault_what *w = &f->rule->what;
    if (!f->before)
        return;
    int64_t calls = w->stale.calls;
    struct stale s = { .id = arena_strdup(c->a, c->request_id),
                       .account = c->account,
                       .region = c->region,
                       .resources = resources_of(c),
                       .back = base64_encode(c->a, f->before, f->before_size),
                       .calls = calls == ABSENT && !w->stale.span ? 1 : calls,
                       .until = w->stale.span ? c->now + w->stale_for : ABSENT };
    store_begin(c->store);
    store_put(c, &stale_schema, &s);
    c->sim->scenarios->stale++;
}

/* ---- Reading ---- */

/* Newest first, as the way back goes. */
static struct list stale_here(struct call *c)
{
    return store_list(c, &stale_schema,
                      MINE_BY("account") " AND (until IS NULL OR until > ?)"
                                         " ORDER BY rowid DESC",
                      SQL_ARGS(MINE_ARGS(c), SQL_INT(c->now)));
}

void stale_enter(struct call *c)
{
    struct active *active = c->sim->scenarios;
    if (!active || !active->stale || !concerns(c))
        return;
    struct list all = stale_here(c);
    if (!all.count)
        return;
    store_begin(c->store);
    store_savepoint(c->store);
    struct list *watched = arena_new(c->a, struct list);
    LIST_EACH (struct stale, s, &all) {
        size_t n = 0;
        add_all(c, watched, &s->resources);
        const void *back = s->back ? base64_decode(c->a, s->back, &n) : NULL;
        if (back)
            changes_take_back(c->store, back, n);
    }
    c->watched = watched;
    active->looks_back = c->fault->looked_back = true;
}

void stale_leave(struct call *c)
{
    if (!c->fault->looked_back)
        return;
    store_undo(c->store);
    c->sim->scenarios->looks_back = false;
}

static void seen(struct call *c, struct stale *s)
{
    if (s->calls == ABSENT)
        return;
    store_begin(c->store);
    if (--s->calls > 0) {
        store_put(c, &stale_schema, s);
        return;
    }
    store_remove(c, &stale_schema, s->id);
    c->sim->scenarios->stale--;
}

void stale_count(struct call *c)
{
    struct list all = stale_here(c);
    const struct list *named = call_named(c);
    LIST_EACH (struct stale, s, &all) {
        bool any = false;
        LIST_EACH (const char *, id, &s->resources)
            any |= strs_have(named, *id) || strs_have(&c->shown, *id);
        if (any)
            seen(c, s);
    }
}
