/* See fault.h. */
#include "scenario/fault.h"

#include <string.h>

#include "base/text.h"
#include "call/errors.h"
#include "scenario/consistency_hidden.h"
#include "scenario/consistency_stale.h"
#include "scenario/match.h"
#include "scenario/record.h"

/* What AWS says with codes that people like to inject [guide: error codes]. */
static const struct known_error {
    const char *code;
    int status;
    const char *message;
} known_errors[] = {
    { "RequestLimitExceeded", 503, "Request limit exceeded." },
    { "InternalError", 500, "An internal error has occurred" },
    { "ServiceUnavailable", 503,
      "The request has failed due to a temporary failure of the server." },
    { "Unavailable", 503, "The server is overloaded and can't handle the request." },
    { "UnauthorizedOperation", 403, "You are not authorized to perform this operation." },
    { "InsufficientInstanceCapacity", 500,
      "We currently do not have sufficient capacity in the Availability Zone you requested." },
    { "ThrottlingException", 400, "Rate exceeded" },
    { 0 },
};

static int refuse(struct call *c, const char *code, const char *message, int64_t status)
{
    const struct known_error *known = known_errors;
    while (known->code && !text_is(known->code, code))
        known++;
    int own = known->code ? known->status : 400;
    const char *text = message ? message : known->code ? known->message : "";
    return fail(c, status == ABSENT ? own : (int)status, code, "%s", text);
}

/* A few things the operations themselves are asked to take for true in this call. */
static unsigned pretence(const char *name)
{
    return text_is(name, "kernel-missing") ? PRETEND_KERNEL_MISSING
           : text_is(name, "key-denied")   ? PRETEND_KEY_DENIED
           : text_is(name, "no-boot")      ? PRETEND_NO_BOOT
                                           : 0;
}

static int act(struct call *c, const struct fault_rule *r)
{
    const struct fault_what *w = &r->what;
    if (w->has_error)
        return refuse(c, w->error.code, w->error.message, w->error.status);
    if (w->has_throttle) /* each service has its own word for it [guide] */
        return c->op->service->protocol == PROTOCOL_EC2
                   ? refuse(c, "RequestLimitExceeded", NULL, ABSENT)
                   : refuse(c, "ThrottlingException", NULL, ABSENT);
    if (w->empty != ABSENT || text_is(w->drop, "before"))
        return fail(c, E_InternalError);
    c->pretend |= pretence(w->pretend);
    return 0;
}

int fault_before(struct call *c)
{
    struct match_context o = { 0 };
    struct fault *f = c->fault;
    if (c->op->service == &service_control)
        return 0;
    for (const struct fault_rule *r = match_next(c, &o); r; r = match_next(c, &o)) {
        bool too_late = f->rule && r->what.acts; /* the first that acts has the word */
        if (too_late || !fault_rule_fires(c, r))
            continue;
        f->names = f->names ? arena_printf(c->a, "%s, %s", f->names, r->id) : r->id;
        f->delay += r->what.wait;
        if (r->what.acts)
            f->rule = r;
    }
    if (f->names) {
        call_add_header(c, "X-Amisim-Fault", f->names);
        record_fault(c, c->op->name, f->names);
    }
    if (f->rule && act(c, f->rule))
        return -1;
    if (f->rule && f->rule->what.has_hide)
        hidden_watch(c);
    return hidden_check(c);
}

/* ---- The answer ---- */

/* The answer ends in the middle of an element: no parser takes it, the length is right. */
static void malform(struct reply *reply)
{
    size_t n = reply->size - reply->size / 3;
    while (n > 1 && reply->body[n - 1] == '>')
        n--;
    reply->size = n;
}

/* One bit of the bytes differs; the checksum that goes with them does not. */
static void damage(struct call *c, struct reply *reply)
{
    char *bytes = arena_bytes(c->a, reply->size + 1);
    memcpy(bytes, reply->body, reply->size);
    bytes[reply->size / 2] ^= 1;
    reply->body = bytes;
}

void fault_after(struct call *c, struct reply *reply)
{
    const struct fault *f = c->fault;
    reply->delay = f->delay;
    if (f->looked_back)
        stale_count(c);
    if (!f->rule)
        return;
    const struct fault_what *w = &f->rule->what;
    reply->drop = w->drop != NULL;
    if (w->empty != ABSENT) {
        reply->status = (int)w->empty;
        reply->size = 0;
    }
    if (w->cut != ABSENT && (size_t)w->cut < reply->size) {
        reply->promised = reply->size;
        reply->size = (size_t)w->cut;
        reply->close = true;
    }
    if (w->malformed == YES && reply->size)
        malform(reply);
    if (text_is(w->pretend, "damaged-blocks") && reply->size && !c->outcome.code
        && text_is(c->op->name, "GetSnapshotBlock"))
        damage(c, reply);
    if (w->has_hide && !c->outcome.code)
        hidden_add(c, w);
    if (w->has_stale && !c->outcome.code)
        stale_add(c);
}
