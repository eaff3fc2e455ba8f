/* /_amisim/requests, /_amisim/events, and /_amisim/timeline, which is both: what was asked, what
 * happened, what was injected. */
#include "base/text.h"
#include "call/op.h"
#include "reply/emit.h"
#include "scenario/record.h"

#define AT_A_TIME ((size_t)64 * 1024) /* of what a follower is sent */

struct log_input {
    struct record_filter filter;
    enum tri follow;
};

#define PATTERN(member)                                                                            \
    {                                                                                              \
#member, TEXT(struct log_input, filter.member), .flags = PARAM_QUERY                       \
    }
#define SHARED                                                                                     \
    PATTERN(operation), PATTERN(account), PATTERN(region), PATTERN(code), PATTERN(fault),          \
        { "since", INT(struct log_input, filter.since), .flags = PARAM_QUERY },                    \
    {                                                                                              \
        "follow", BOOL(struct log_input, follow), .flags = PARAM_QUERY                             \
    }

static const struct param requests_params[] = {
    SHARED, PATTERN(service), PATTERN(status), PATTERN(resource), { 0 },
};

static const struct param events_params[] = {
    SHARED, PATTERN(event), PATTERN(subject), PATTERN(state), { 0 },
};

static const struct param timeline_params[] = { SHARED, { 0 } };

/* What a follower is still to be sent. */
struct following {
    struct stream stream;
    struct record_filter filter;
    enum record_what what;
};

static const char *record_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct following *f = (struct following *)s; /* its first member */
    return record_lines(sim, a, f->what, &f->filter, AT_A_TIME, ret_n);
}

static int record_show(struct call *c, const struct log_input *in, enum record_what what)
{
    struct following *f = arena_new(c->a, struct following);
    const char *lines = "";
    size_t n = 0;
    *f = (struct following){ .stream = { .more = record_more, .follows = true },
                             .filter = in->filter,
                             .what = what };
    if (in->follow == YES)
        c->stream = &f->stream;
    else
        lines = record_lines(c->sim, c->a, what, &f->filter, SIZE_MAX, &n);
    emit_bytes(c, "application/x-ndjson", lines, n);
    return 0;
}

static int get_requests(struct call *c, const struct log_input *in)
{
    return record_show(c, in, RECORD_REQUESTS);
}

static int get_events(struct call *c, const struct log_input *in)
{
    return record_show(c, in, RECORD_EVENTS);
}

static int get_timeline(struct call *c, const struct log_input *in)
{
    return record_show(c, in, RECORD_TIMELINE);
}

OPERATION_AS(control, GetRequests, get_requests, requests_params, struct log_input,
             .route = "GET /_amisim/requests");
OPERATION_AS(control, GetEvents, get_events, events_params, struct log_input,
             .route = "GET /_amisim/events");
OPERATION_AS(control, GetTimeline, get_timeline, timeline_params, struct log_input,
             .route = "GET /_amisim/timeline");

/* ---- One request ---- */

struct get_request {
    const char *seq;
};

static const struct param get_request_params[] = {
    { "seq", TEXT(struct get_request, seq), .flags = PARAM_REQUIRED | PARAM_PATH,
      .pattern = "^[0-9]{1,18}$" },
    { 0 },
};

static int get_request(struct call *c, const struct get_request *in)
{
    int64_t seq = 0;
    text_int(in->seq, &seq);
    const struct value *v = record_one_request(c->sim, c->a, seq);
    if (!v)
        return fail(c, 404, "NoSuchRequest", "Request %s is not among the last %d", in->seq,
                    RECORD_KEEPS);
    for (const struct value *member = v->first; member; member = member->next)
        emit_tree(c, member->key, member);
    return 0;
}

OPERATION(control, GetRequest, get_request, .route = "GET /_amisim/requests/{seq}",
          .errors = "NoSuchRequest");
