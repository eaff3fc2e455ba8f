/* See consistency_hidden.h. */
#include "scenario/consistency_hidden.h"

#include "base/text.h"
#include "call/errors.h"
#include "call/named.h"
#include "scenario/active.h"
#include "store/noun.h"

struct hidden {
    const char *resource;
    int64_t calls; /* left; ABSENT: they do not count */
    int64_t until; /* ABSENT: only the calls count */
};

const struct schema hidden_schema = {
    .name = "hidden",
    .size = sizeof(struct hidden),
    .unwatched = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct hidden, resource), .column = "resource",
                                        .flags = FIELD_PART_OF },
                                      { INT_FIELD(struct hidden, calls), .column = "calls" },
                                      { TIME_FIELD(struct hidden, until), .column = "until" },
                                      { 0 } },
};

/* ---- Hiding ---- */

static void hide(struct call *c, const char *id, const struct fault_what *w)
{
    int64_t calls = w->hide.calls;
    struct hidden h = { .resource = id,
                        .calls = calls == ABSENT && !w->hide.span ? 1 : calls,
                        .until = w->hide.span ? c->now + w->hidden_for : ABSENT };
    store_begin(c->store);
    store_put(c, &hidden_schema, &h);
    c->sim->scenarios->hidden++;
}

void hidden_watch(struct call *c)
{
    c->watched = &c->made;
}

void hidden_add(struct call *c, const struct fault_what *what)
{
    LIST_EACH (const char *, id, &c->shown)
        hide(c, *id, what);
}

/* ---- Asking ---- */

bool hidden_is(struct call *c, const char *resource)
{
    struct hidden h;
    if (!c->sim->scenarios || !c->sim->scenarios->hidden
        || !store_get(c, &hidden_schema, resource, &h))
        return false;
    bool over = (h.until != ABSENT && c->now >= h.until) || (h.calls != ABSENT && h.calls <= 0);
    store_begin(c->store);
    if (over) {
        store_remove(c, &hidden_schema, resource);
        c->sim->scenarios->hidden--;
        return false;
    }
    if (h.calls != ABSENT && !c->sim->scenarios->looks_back) { /* there it would not last */
        h.calls--;
        store_put(c, &hidden_schema, &h);
    }
    return true;
}

/* The answer of AWS to an identifier it does not know. */
static int unknown(struct call *c, const char *id)
{
    if (c->op->service == &service_kms)
        return fail(c, E_KmsNoKey, id);
    if (text_starts(id, "key-"))
        return fail(c, E_KeyPairIdNotFound, id);
    if (text_starts(id, "ami-"))
        return fail(c, E_ImageNotFound, id);
    if (text_starts(id, "snap-"))
        return fail(c, E_SnapshotNotFound, id);
    if (text_starts(id, "vol-"))
        return fail(c, E_VolumeNotFound, id);
    if (text_starts(id, "i-"))
        return fail(c, E_InstanceNotFound, id);
    if (text_starts(id, "vpc-"))
        return fail(c, E_VpcNotFound, id);
    if (text_starts(id, "subnet-"))
        return fail(c, E_SubnetNotFound, id);
    if (text_starts(id, "sg-"))
        return fail(c, E_GroupNotFound, id);
    if (text_starts(id, "eni-"))
        return fail(c, E_InterfaceNotFound, id);
    return text_starts(id, "lt-") ? fail(c, E_TemplateNotFound, id) : fail(c, E_TagResourceId, id);
}

int hidden_check(struct call *c)
{
    if (!c->sim->scenarios || !c->sim->scenarios->hidden)
        return 0;
    LIST_EACH (const char *, id, call_named(c)) {
        if (hidden_is(c, *id))
            return unknown(c, *id);
    }
    return 0;
}
