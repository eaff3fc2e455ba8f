/* The record as lines of JSON. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "base/value.h"
#include "scenario/active.h"
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

static const char *line_of(struct arena *a, const struct entry *e)
{
    struct value *v = value_new(a, VALUE_MAP), *sent = parameters(a, e);
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
    return value_to_json(a, v, 0);
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

const char *record_lines(struct sim *sim, struct arena *a, bool events,
                         struct record_filter *filter, size_t most, size_t *ret_n)
{
    struct list lines = { 0 };
    struct record *record = &sim->scenarios->record;
    const struct ring *r = events ? &record->events : &record->requests;
    int64_t oldest = r->count > RECORD_KEEPS ? r->count - RECORD_KEEPS : 0;
    if (filter->since > 0 && filter->since < oldest)
        tell_gap(a, &lines, oldest - filter->since);
    int64_t seq = filter->since > oldest ? filter->since : oldest;
    for (size_t bytes = 0; seq < r->count && bytes < most;) {
        const struct entry *e = entry_of(r, ++seq);
        if (!e || !passes(a, e, filter))
            continue;
        const char *line = line_of(a, e);
        strs_add(a, &lines, line);
        bytes += strlen(line);
    }
    filter->since = seq;
    strs_add(a, &lines, "");
    const char *text = strs_join(a, &lines, "\n");
    *ret_n = strlen(text);
    return text;
}
