#include "scenario/record.h"

#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"
#include "scenario/active.h"

/* What is too long ends with a whole character. */
static void keep(char *into, size_t size, const char *text)
{
    size_t n = text ? strlen(text) : 0;
    if (n >= size) {
        n = size - 1;
        while (n && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(into, text ? text : "", n);
    into[n] = '\0';
}

#define KEEP(field, text) keep(field, sizeof field, text)

static struct entry *next(struct ring *r, const struct call *c)
{
    struct entry *e = &r->entries[r->count % RECORD_KEEPS];
    memset(e, 0, sizeof *e);
    e->seq = ++r->count;
    e->now = c->now;
    KEEP(e->account, c->account);
    KEEP(e->region, c->region);
    return e;
}

void record_request(struct call *c, const struct service *s, int status, const char *fault)
{
    if (!c->sim->scenarios || s == &service_control)
        return;
    struct entry *e = next(&c->sim->scenarios->record.requests, c);
    e->service = s->name;
    e->operation = c->op ? c->op->name : NULL;
    e->status = status;
    KEEP(e->code, c->outcome.code);
    KEEP(e->message, c->outcome.message);
    KEEP(e->request, c->request_id);
    KEEP(e->fault, fault);
}

void record_event(struct call *c, const char *what, const char *subject, const char *fault)
{
    if (!c->sim->scenarios)
        return;
    struct entry *e = next(&c->sim->scenarios->record.events, c);
    KEEP(e->what, what);
    KEEP(e->subject, subject);
    KEEP(e->fault, fault);
}

static void settle(struct ring *r, bool kept)
{
    if (kept)
        r->settled = r->count;
    else
        r->count = r->settled;
}

void record_settle(struct sim *sim, bool kept)
{
    if (!sim->scenarios)
        return;
    settle(&sim->scenarios->record.requests, kept);
    settle(&sim->scenarios->record.events, kept);
}

/* ---- Showing ---- */

static bool fits(const char *glob, const char *s)
{
    return !glob || text_glob(glob, s ? s : "");
}

static bool passes(const struct entry *e, const struct record_filter *f)
{
    return e->seq > f->since && fits(f->operation, e->operation) && fits(f->account, e->account)
           && fits(f->region, e->region) && fits(f->code, e->code) && fits(f->fault, e->fault);
}

static void add(struct arena *a, struct value *v, const char *name, const char *text)
{
    if (!text_blank(text))
        value_add_text(a, v, name, text);
}

static const char *line(struct arena *a, const struct entry *e)
{
    struct value *v = value_new(a, VALUE_MAP);
    value_add_int(a, v, "seq", e->seq);
    add(a, v, "time", time_format_ms(a, e->now));
    add(a, v, "event", e->what);
    add(a, v, "subject", e->subject);
    add(a, v, "service", e->service);
    add(a, v, "operation", e->operation);
    add(a, v, "account", e->account);
    add(a, v, "region", e->region);
    if (e->status)
        value_add_int(a, v, "status", e->status);
    add(a, v, "code", e->code);
    add(a, v, "message", e->message);
    add(a, v, "request", e->request);
    add(a, v, "fault", e->fault);
    return value_to_json(a, v, 0);
}

const char *record_lines(struct call *c, bool events, const struct record_filter *filter,
                         size_t *ret_n)
{
    struct list lines = { 0 };
    struct active *active = c->sim->scenarios;
    const struct ring *r = !active  ? NULL
                           : events ? &active->record.events
                                    : &active->record.requests;
    int64_t first = r && r->count > RECORD_KEEPS ? r->count - RECORD_KEEPS : 0;
    for (int64_t i = first; r && i < r->count; i++) {
        const struct entry *e = &r->entries[i % RECORD_KEEPS];
        if (passes(e, filter))
            strs_add(c->a, &lines, line(c->a, e));
    }
    strs_add(c->a, &lines, "");
    const char *text = strs_join(c->a, &lines, "\n");
    *ret_n = strlen(text);
    return text;
}
