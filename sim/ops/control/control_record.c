/* /_amisim/requests and /_amisim/events: what was asked, what happened, what was injected. */
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

/* What a follower is still to be sent. */
struct following {
    struct stream stream;
    struct record_filter filter;
    bool events;
};

static const char *record_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct following *f = (struct following *)s; /* its first member */
    return record_lines(sim, a, f->events, &f->filter, AT_A_TIME, ret_n);
}

static int record_show(struct call *c, const struct log_input *in, bool events)
{
    struct following *f = arena_new(c->a, struct following);
    const char *lines = "";
    size_t n = 0;
    *f = (struct following){ .stream = { .more = record_more, .follows = true },
                             .filter = in->filter,
                             .events = events };
    if (in->follow == YES)
        c->stream = &f->stream;
    else
        lines = record_lines(c->sim, c->a, events, &f->filter, SIZE_MAX, &n);
    emit_bytes(c, "application/x-ndjson", lines, n);
    return 0;
}

static int get_requests(struct call *c, const struct log_input *in)
{
    return record_show(c, in, false);
}

static int get_events(struct call *c, const struct log_input *in)
{
    return record_show(c, in, true);
}

OPERATION_AS(control, GetRequests, get_requests, requests_params, struct log_input,
             .route = "GET /_amisim/requests");
OPERATION_AS(control, GetEvents, get_events, events_params, struct log_input,
             .route = "GET /_amisim/events");
