/* /_amisim/requests and /_amisim/events: what was asked, what happened, what was injected. */
#include "call/op.h"
#include "reply/emit.h"
#include "scenario/record.h"

struct log_input {
    struct record_filter filter;
};

static const struct param requests_params[] = {
    { "operation", TEXT(struct log_input, filter.operation), .flags = PARAM_QUERY },
    { "account", TEXT(struct log_input, filter.account), .flags = PARAM_QUERY },
    { "region", TEXT(struct log_input, filter.region), .flags = PARAM_QUERY },
    { "code", TEXT(struct log_input, filter.code), .flags = PARAM_QUERY },
    { "fault", TEXT(struct log_input, filter.fault), .flags = PARAM_QUERY },
    { "since", INT(struct log_input, filter.since), .flags = PARAM_QUERY },
    { 0 },
};

static const struct param events_params[] = {
    { "account", TEXT(struct log_input, filter.account), .flags = PARAM_QUERY },
    { "region", TEXT(struct log_input, filter.region), .flags = PARAM_QUERY },
    { "fault", TEXT(struct log_input, filter.fault), .flags = PARAM_QUERY },
    { "since", INT(struct log_input, filter.since), .flags = PARAM_QUERY },
    { 0 },
};

static int emit_lines(struct call *c, const struct log_input *in, bool events)
{
    size_t n;
    const char *lines = record_lines(c, events, &in->filter, &n);
    emit_bytes(c, "application/x-ndjson", lines, n);
    return 0;
}

static int get_requests(struct call *c, const struct log_input *in)
{
    return emit_lines(c, in, false);
}

static int get_events(struct call *c, const struct log_input *in)
{
    return emit_lines(c, in, true);
}

OPERATION(control, GetRequests, get_requests, requests_params, struct log_input,
          .route = "GET /_amisim/requests");
OPERATION(control, GetEvents, get_events, events_params, struct log_input,
          .route = "GET /_amisim/events");
