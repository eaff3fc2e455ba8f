/* See record.h. */
#include "scenario/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "call/named.h"
#include "scenario/active.h"
#include "scenario/answer.h"
#include "scenario/entry.h"
#include "time/job.h"

/* Texts of strangers are kept up to here. */
#define MAX_SENT 2048
#define MAX_ELSE 1024

/* What is too long ends with a whole character. */
static size_t kept_length(const char *text, size_t n, size_t most)
{
    if (n <= most)
        return n;
    n = most;
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    return n;
}

struct draft {
    struct entry entry;
    size_t size[TEXTS];
};

static void keep_bytes(struct draft *d, enum text which, const char *text, size_t n, size_t most)
{
    d->entry.text[which] = text;
    d->size[which] = text ? kept_length(text, n, most) : 0;
    d->entry.cut |= d->size[which] < n;
}

static void keep(struct draft *d, enum text which, const char *text)
{
    keep_bytes(d, which, text, text ? strlen(text) : 0, MAX_ELSE);
}

/* The entry and its texts in one piece of memory. */
static struct entry *as_one(const struct draft *d)
{
    size_t size = sizeof(struct entry);
    for (size_t i = 0; i < TEXTS; i++)
        size += d->entry.text[i] ? d->size[i] + 1 : 0;
    struct entry *e = malloc(size);
    if (!e)
        BUG("out of memory");
    *e = d->entry;
    char *at = (char *)(e + 1);
    for (size_t i = 0; i < TEXTS; i++) {
        if (!e->text[i])
            continue;
        memcpy(at, e->text[i], d->size[i]);
        at[d->size[i]] = '\0';
        e->text[i] = at;
        at += d->size[i] + 1;
    }
    return e;
}

static void add(struct record *record, struct ring *r, struct draft *d, int64_t now)
{
    struct entry **slot = &r->entries[r->count % RECORD_KEEPS];
    d->entry.seq = ++r->count;
    d->entry.order = ++record->order;
    d->entry.now = now;
    if (*slot && (*slot)->order > record->lost)
        record->lost = (*slot)->order;
    free(*slot);
    *slot = as_one(d);
}

static void add_event(struct sim *sim, struct draft *d, int64_t now)
{
    struct record *record = &sim->scenarios->record;
    add(record, &record->events, d, now);
}

/* ---- Requests ---- */

static void keep_ids(struct call *c, struct draft *d, enum text which, const struct list *ids)
{
    const char *text = ids->count ? strs_join(c->a, ids, " ") : NULL;
    keep_bytes(d, which, text, text ? strlen(text) : 0, MAX_SENT);
}

/* Values of SSM's secure strings: whether one is secure is not always said in the request. */
static bool has_secrets(const struct call *c, const struct service *s)
{
    if (!c->op || (s->protocol != PROTOCOL_JSON && s->protocol != PROTOCOL_CONTROL))
        return false;
    for (const struct param *p = c->op->params; p->name; p++) {
        if (p->flags & PARAM_SECRET)
            return true;
    }
    return false;
}

/* What was sent as JSON without its secrets; "" where it could not be read. */
static const char *without_secrets(struct call *c)
{
    if (!c->input || !c->op)
        return "";
    struct value *kept = value_new(c->a, VALUE_MAP);
    for (const struct value *v = c->input->first; v; v = v->next) {
        const struct param *p = c->op->params;
        while (p->name && !text_is(p->name, v->key))
            p++;
        if (p->name && p->flags & PARAM_SECRET) {
            value_add_text(c->a, kept, v->key, "(secret)");
            continue;
        }
        struct value *copy = arena_new(c->a, struct value);
        *copy = *v;
        copy->next = NULL;
        value_add(kept, v->key, copy);
    }
    return value_to_json(c->a, kept, 0);
}

/* As it came; what it means is worked out when somebody looks. The entry has the beginning of it;
 * returned is what an answer keeps beside it. */
static struct kept_bytes keep_sent(struct call *c, struct draft *d, const struct service *s,
                                   const struct request *r)
{
    bool bytes = c->op && c->op->flags & OP_TAKES_BYTES;
    const char *sent = bytes ? "" : r->body;
    size_t n = bytes ? 0 : r->size;
    if (n && (c->cbor || has_secrets(c, s)))
        n = strlen(sent = without_secrets(c));
    if (!c->op && s->protocol != PROTOCOL_REST)
        keep(d, TEXT_PATH, arena_printf(c->a, "%s %s", r->method, r->path));
    if (s->protocol == PROTOCOL_REST || s->protocol == PROTOCOL_CONTROL)
        keep(d, TEXT_PATH,
             arena_printf(c->a, "%s %s%s%s", r->method, r->path, *r->query ? "?" : "", r->query));
    else if (*r->query)
        n = strlen(sent =
                       arena_printf(c->a, "%s&%.*s", r->query,
                                    (int)(n < RECORD_ANSWER_MOST ? n : RECORD_ANSWER_MOST), sent));
    if (n)
        keep_bytes(d, TEXT_SENT, sent, n, MAX_SENT);
    n = kept_length(sent, n, RECORD_ANSWER_MOST);
    return (struct kept_bytes){ sent, n > d->size[TEXT_SENT] ? n : 0 };
}

/* Of our own calls, those that changed something: the clock moved, all was reset. */
static void record_control(struct call *c, const struct request *r)
{
    struct draft d = { .entry.service = &service_control };
    bool changes = c->op && c->op->flags & (OP_WRITES | OP_CHANGES) && !c->outcome.code;
    if (!changes || text_is(r->method, "GET"))
        return;
    keep(&d, TEXT_EVENT, "control");
    keep(&d, TEXT_OPERATION, c->op->name);
    keep_sent(c, &d, &service_control, r);
    add_event(c->sim, &d, c->now);
}

void record_request(struct call *c, const struct service *s, const struct request *r,
                    const struct reply *reply, const char *fault)
{
    struct draft d = { 0 };
    if (!c->sim->scenarios)
        return;
    if (s == &service_control) {
        record_control(c, r);
        return;
    }
    d.entry.service = s;
    d.entry.status = reply->status;
    keep(&d, TEXT_OPERATION, c->op ? c->op->name : c->asked);
    keep(&d, TEXT_SERVICE, c->asked_service);
    keep(&d, TEXT_ACCOUNT, c->account);
    keep(&d, TEXT_REGION, c->region);
    struct kept_bytes sent = keep_sent(c, &d, s, r);
    keep_ids(c, &d, TEXT_NAMED, call_named(c));
    if (!c->outcome.code)
        keep_ids(c, &d, TEXT_ANSWERED, &c->made);
    keep(&d, TEXT_CODE, c->outcome.code);
    keep(&d, TEXT_MESSAGE, c->outcome.message);
    keep(&d, TEXT_REQUEST, c->request_id);
    keep(&d, TEXT_FAULT, fault);
    struct record *record = &c->sim->scenarios->record;
    add(record, &record->requests, &d, c->now);
    answer_keep(record, d.entry.seq, sent, c, reply);
}

/* ---- Events ---- */

static void keep_event(struct call *c, struct draft *d, const char *event, const char *subject)
{
    if (!c->sim->scenarios)
        return;
    keep(d, TEXT_EVENT, event);
    keep(d, TEXT_SUBJECT, subject);
    keep(d, TEXT_ACCOUNT, c->account);
    keep(d, TEXT_REGION, c->region);
    add_event(c->sim, d, c->now);
}

void record_fault(struct call *c, const char *subject, const char *fault)
{
    struct draft d = { 0 };
    keep(&d, TEXT_FAULT, fault);
    keep_event(c, &d, "fault", subject);
}

void record_step(struct call *c, const char *scenario)
{
    struct draft d = { .entry.service = c->op->service };
    keep(&d, TEXT_OPERATION, c->op->name);
    keep(&d, TEXT_CODE, c->outcome.code);
    keep(&d, TEXT_MESSAGE, c->outcome.message);
    keep(&d, TEXT_FAULT, scenario);
    keep_event(c, &d, "step", NULL);
}

void record_job(struct call *c)
{
    struct draft d = { 0 };
    keep(&d, TEXT_JOB, job_kind_label(c->a, c->job->kind));
    keep_event(c, &d, "job", c->job->subject);
}

void record_change(struct sim *sim, const struct state_change *change)
{
    struct draft d = { 0 };
    if (!sim->scenarios)
        return;
    keep(&d, TEXT_EVENT, "state");
    keep(&d, TEXT_RESOURCE, change->noun);
    keep(&d, TEXT_SUBJECT, change->id);
    keep(&d, TEXT_WAS, change->was);
    keep(&d, TEXT_STATE, change->is ? change->is : "gone");
    keep(&d, TEXT_ACCOUNT, change->account);
    keep(&d, TEXT_REGION, change->region);
    add_event(sim, &d, sim->now);
}

/* ---- What stands ---- */

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

int64_t record_mark(const struct sim *sim)
{
    return sim->scenarios ? sim->scenarios->record.events.count : 0;
}

void record_undo(struct sim *sim, int64_t mark)
{
    if (sim->scenarios)
        sim->scenarios->record.events.count = mark;
}

void record_close(struct record *record)
{
    for (size_t i = 0; i < RECORD_KEEPS; i++) {
        free(record->requests.entries[i]);
        free(record->events.entries[i]);
    }
    answers_free(record);
}
