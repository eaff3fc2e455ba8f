/* The record as lines of JSON. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"
#include "scenario/active.h"
#include "scenario/answer.h"
#include "scenario/entry.h"
#include "scenario/record.h"

/* ---- Filters ---- */

static bool fits(const char *glob, const char *s)
{
    return !glob || text_glob(glob, s ? s : "");
}

static bool has_word(struct arena *a, const char *words, const char *glob)
{
    for (size_t n; words && *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (text_glob(glob, arena_strndup(a, words, n)))
            return true;
    }
    return false;
}

static bool names_resource(struct arena *a, const struct entry *e, const char *glob)
{
    return has_word(a, e->text[TEXT_NAMED], glob) || has_word(a, e->text[TEXT_ANSWERED], glob);
}

/* One that is not simulated goes by its own name, too. */
static const char *service_of(const struct entry *e)
{
    return e->text[TEXT_SERVICE] ? e->text[TEXT_SERVICE] : e->service ? e->service->name : NULL;
}

static bool passes(struct arena *a, const struct entry *e, const struct record_filter *f)
{
    const char *const *text = e->text;
    return fits(f->service, service_of(e)) && fits(f->operation, text[TEXT_OPERATION])
           && fits(f->account, text[TEXT_ACCOUNT]) && fits(f->region, text[TEXT_REGION])
           && fits(f->code, text[TEXT_CODE])
           && fits(f->status, f->status ? arena_printf(a, "%d", e->status) : NULL)
           && fits(f->fault, text[TEXT_FAULT]) && fits(f->event, text[TEXT_EVENT])
           && fits(f->subject, text[TEXT_SUBJECT]) && fits(f->state, text[TEXT_STATE])
           && (!f->resource || names_resource(a, e, f->resource));
}

/* ---- Parameters ---- */

/* Who signed how is no parameter, and what was asked is named already. */
static bool is_envelope(const char *name)
{
    static const char *const names[] = { "Action",        "Version",         "AWSAccessKeyId",
                                         "Signature",     "SignatureMethod", "SignatureVersion",
                                         "SecurityToken", "Timestamp",       NULL };
    return text_any(name, names) || text_starts(name, "X-Amz-");
}

static void add_pair(struct arena *a, struct value *into, const char *pair, size_t n)
{
    const char *equals = memchr(pair, '=', n);
    size_t m = equals ? (size_t)(equals - pair) : n;
    char *name = url_decode(a, pair, m, true);
    char *value = equals ? url_decode(a, equals + 1, n - m - 1, true) : arena_strdup(a, "");
    if (name && *name && value && text_is_xml(name, strlen(name))
        && text_is_xml(value, strlen(value)) && !is_envelope(name))
        value_add_text(a, into, name, value);
}

/* Names as they are on the wire, which is how rules know them. */
static struct value *form_parameters(struct arena *a, const struct entry *e)
{
    struct value *all = value_new(a, VALUE_MAP);
    for (const char *at = e->text[TEXT_SENT]; *at;) {
        size_t n = strcspn(at, "&");
        if (at[n] || !e->cut) /* not one that was cut off */
            add_pair(a, all, at, n);
        at += n + (at[n] == '&');
    }
    return all->count ? all : NULL;
}

static struct value *parameters(struct arena *a, const struct entry *e)
{
    const char *sent = e->text[TEXT_SENT], *error;
    if (!sent)
        return NULL;
    if (e->service->protocol == PROTOCOL_EC2 || e->service->protocol == PROTOCOL_QUERY)
        return form_parameters(a, e);
    struct value *tree = value_from_json(a, sent, strlen(sent), &error);
    if (tree)
        return tree->count ? tree : NULL;
    tree = value_new(a, VALUE_TEXT); /* cut off, or no JSON at all */
    tree->text = text_is_xml(sent, strlen(sent)) ? sent : "";
    return tree;
}

/* ---- Lines ---- */

static void add_text(struct arena *a, struct value *line, const struct entry *e, enum text which,
                     const char *name)
{
    const char *text = e->text[which];
    if (!text_blank(text) && text_is_xml(text, strlen(text)))
        value_add_text(a, line, name, text);
}

static void add_words(struct arena *a, struct value *line, const char *name, const char *words)
{
    struct value *list = words ? value_add_new(a, line, name, VALUE_LIST) : NULL;
    for (size_t n; words && *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        value_add_text(a, list, NULL, arena_strndup(a, words, n));
    }
}

static struct value *value_of(struct arena *a, const struct entry *e, bool ordered)
{
    struct value *v = value_new(a, VALUE_MAP), *sent = parameters(a, e);
    if (ordered)
        value_add_int(a, v, "order", e->order);
    value_add_int(a, v, "seq", e->seq);
    value_add_text(a, v, "time", time_format_ms(a, e->now));
    add_text(a, v, e, TEXT_EVENT, "event");
    add_text(a, v, e, TEXT_RESOURCE, "resource");
    add_text(a, v, e, TEXT_SUBJECT, "subject");
    add_text(a, v, e, TEXT_WAS, "was");
    add_text(a, v, e, TEXT_STATE, "state");
    add_text(a, v, e, TEXT_JOB, "job");
    if (service_of(e))
        value_add_text(a, v, "service", service_of(e));
    add_text(a, v, e, TEXT_OPERATION, "operation");
    add_text(a, v, e, TEXT_ACCOUNT, "account");
    add_text(a, v, e, TEXT_REGION, "region");
    add_text(a, v, e, TEXT_PATH, "path");
    if (sent)
        value_add(v, "parameters", sent);
    if (e->cut)
        value_add_bool(a, v, "cut", true);
    add_words(a, v, "answered", e->text[TEXT_ANSWERED]);
    if (e->status)
        value_add_int(a, v, "status", e->status);
    add_text(a, v, e, TEXT_CODE, "code");
    add_text(a, v, e, TEXT_MESSAGE, "message");
    add_text(a, v, e, TEXT_REQUEST, "request");
    add_text(a, v, e, TEXT_FAULT, "fault");
    return v;
}

/* The entry of that number; NULL where it is no longer kept. */
static const struct entry *entry_of(const struct ring *r, int64_t seq)
{
    const struct entry *e = r->entries[(seq - 1) % RECORD_KEEPS];
    return e && e->seq == seq ? e : NULL;
}

static void tell_gap(struct arena *a, struct list *lines, int64_t lost)
{
    struct value *v = value_new(a, VALUE_MAP);
    value_add_int(a, v, "skipped", lost);
    strs_add(a, lines, value_to_json(a, v, 0));
}

/* ---- One ring ---- */

/* A ring that is gone through from after `seq` on. */
struct walk {
    const struct ring *ring;
    int64_t seq; /* the last one looked at */
};

static int64_t oldest_of(const struct ring *r)
{
    return r->count > RECORD_KEEPS ? r->count - RECORD_KEEPS : 0;
}

/* The next entry, without going on to it; NULL: there is none. What was undone is passed over. */
static const struct entry *walk_next(struct walk *w)
{
    const struct entry *e = NULL;
    while (w->seq < w->ring->count && !(e = entry_of(w->ring, w->seq + 1)))
        w->seq++;
    return e;
}

/* Those of a ring come in their order: where the first one after it stands. */
static struct walk walk_after(const struct ring *r, int64_t order)
{
    int64_t low = oldest_of(r), high = r->count;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        const struct entry *e = entry_of(r, middle + 1);
        if (!e || e->order <= order)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct walk){ r, low };
}

/* ---- Lines of what came since ---- */

struct page {
    struct arena *a;
    struct list lines;
    size_t bytes, most;
};

static void tell(struct page *page, const struct entry *e, bool ordered,
                 const struct record_filter *filter)
{
    if (!passes(page->a, e, filter))
        return;
    const char *line = value_to_json(page->a, value_of(page->a, e, ordered), 0);
    strs_add(page->a, &page->lines, line);
    page->bytes += strlen(line);
}

static void tell_ring(struct page *page, const struct ring *r, struct record_filter *filter)
{
    int64_t oldest = oldest_of(r);
    if (filter->since > 0 && filter->since < oldest)
        tell_gap(page->a, &page->lines, oldest - filter->since);
    struct walk w = { r, filter->since > oldest ? filter->since : oldest };
    for (const struct entry *e; page->bytes < page->most && (e = walk_next(&w)); w.seq++)
        tell(page, e, false, filter);
    filter->since = w.seq;
}

static void tell_both(struct page *page, const struct record *record, struct record_filter *filter)
{
    if (filter->since > 0 && filter->since < record->lost)
        tell_gap(page->a, &page->lines, record->lost - filter->since);
    struct walk requests = walk_after(&record->requests, filter->since);
    struct walk events = walk_after(&record->events, filter->since);
    while (page->bytes < page->most) {
        const struct entry *request = walk_next(&requests), *event = walk_next(&events);
        bool is_request = request && (!event || request->order < event->order);
        const struct entry *e = is_request ? request : event;
        if (!e)
            break;
        (is_request ? &requests : &events)->seq++;
        tell(page, e, true, filter);
        filter->since = e->order;
    }
}

const char *record_lines(struct sim *sim, struct arena *a, enum record_what what,
                         struct record_filter *filter, size_t most, size_t *ret_n)
{
    struct page page = { .a = a, .most = most };
    const struct record *record = &sim->scenarios->record;
    if (what == RECORD_TIMELINE)
        tell_both(&page, record, filter);
    else
        tell_ring(&page, what == RECORD_EVENTS ? &record->events : &record->requests, filter);
    strs_add(a, &page.lines, "");
    const char *text = strs_join(a, &page.lines, "\n");
    *ret_n = strlen(text);
    return text;
}

int64_t record_order(const struct sim *sim)
{
    return sim->scenarios->record.order;
}

/* ---- One request ---- */

static void add_answer(struct arena *a, struct value *line, const struct kept_answer *answer)
{
    struct value *v = value_add_new(a, line, "answer", VALUE_MAP);
    value_add_text(a, v, "contentType", answer->type);
    value_add_int(a, v, "size", (int64_t)answer->size);
    if (answer->withheld) {
        value_add_text(a, v, "withheld", answer->withheld);
        return;
    }
    char *text = arena_strndup(a, answer->bytes + answer->sent, answer->answered);
    if (answer->size > answer->answered)
        value_add_bool(a, v, "cut", true);
    text_repair_xml(text, strlen(text));
    value_add_text(a, v, "body", text);
}

struct value *record_one_request(struct sim *sim, struct arena *a, int64_t seq)
{
    const struct record *record = &sim->scenarios->record;
    const struct entry *e =
        seq > 0 && seq <= record->requests.count ? entry_of(&record->requests, seq) : NULL;
    if (!e)
        return NULL;
    struct entry whole = *e;
    const struct kept_answer *answer = answer_of(record, seq);
    if (answer && answer->sent) {
        whole.text[TEXT_SENT] = arena_strndup(a, answer->bytes, answer->sent);
        whole.cut = answer->sent >= RECORD_ANSWER_MOST - 3; /* where a character ends */
    }
    struct value *v = value_of(a, &whole, true);
    if (answer)
        add_answer(a, v, answer);
    return v;
}

/* ---- Who asked ---- */

struct list record_callers(struct sim *sim, struct arena *a)
{
    struct list callers = { 0 };
    struct walk w = walk_after(&sim->scenarios->record.requests, 0);
    for (const struct entry *e; (e = walk_next(&w)); w.seq++) {
        const char *account = e->text[TEXT_ACCOUNT];
        struct caller *caller = LIST_FIND(struct caller, &callers, account, account);
        if (!caller) {
            caller = list_add(a, &callers, struct caller);
            caller->account = arena_strdup(a, account);
        }
        caller->last = e->now;
        caller->requests++;
    }
    return callers;
}
