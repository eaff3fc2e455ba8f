/* See consistency_stale.h. */
#include "scenario/consistency_stale.h"

#include <string.h>

#include "base/text.h"
#include "scenario/active.h"
#include "scenario/ids.h"
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

struct changes *stale_watch(struct call *c, const struct fault *f)
{
    if (!f->rule || !f->rule->what.has_stale || !concerns(c))
        return NULL;
    store_begin(c->store);
    return changes_begin(c->store, c->a);
}

void stale_watched(struct call *c, struct fault *f, struct changes *changes)
{
    if (changes)
        f->before = changes_end(changes, c->a, &f->before_size);
}

static void ids_of_input(struct call *c, const struct value *v, struct list *into)
{
    if (v->type == VALUE_TEXT)
        ids_in(c->a, v->text, strlen(v->text), into);
    for (const struct value *child = v->first; child; child = child->next)
        ids_of_input(c, child, into);
}

/* Those that the call named, and those in its answer. */
static struct list resources_of(struct call *c, const struct reply *reply)
{
    struct list ids = { 0 };
    if (c->input)
        ids_of_input(c, c->input, &ids);
    ids_in(c->a, reply->body, reply->size, &ids);
    return ids;
}

void stale_add(struct call *c, const struct fault *f, const struct reply *reply)
{
    const struct fault_what *w = &f->rule->what;
    if (!f->before)
        return;
    int64_t calls = w->stale.calls;
    struct stale s = { .id = arena_strdup(c->a, c->request_id),
                       .account = c->account,
                       .region = c->region,
                       .resources = resources_of(c, reply),
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
                      "account = ? AND region = ? AND (until IS NULL OR until > ?)"
                      " ORDER BY rowid DESC",
                      SQL_ARGS(SQL_TEXT(c->account), SQL_TEXT(c->region), SQL_INT(c->now)));
}

bool stale_enter(struct call *c)
{
    struct active *active = c->sim->scenarios;
    if (!active || !active->stale || !concerns(c))
        return false;
    struct list all = stale_here(c);
    if (!all.count)
        return false;
    store_begin(c->store);
    store_savepoint(c->store);
    LIST_EACH (struct stale, s, &all) {
        size_t n = 0;
        const void *back = s->back ? base64_decode(c->a, s->back, &n) : NULL;
        if (back)
            changes_take_back(c->store, back, n);
    }
    return active->looks_back = true;
}

void stale_leave(struct call *c)
{
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

void stale_count(struct call *c, const struct reply *reply)
{
    struct list all = stale_here(c), shown = resources_of(c, reply);
    LIST_EACH (struct stale, s, &all) {
        bool any = false;
        LIST_EACH (const char *, id, &s->resources)
            any |= strs_have(&shown, *id);
        if (any)
            seen(c, s);
    }
}
