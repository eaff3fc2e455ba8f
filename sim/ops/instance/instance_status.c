/* What a machine tells of itself: DescribeInstanceStatus, GetConsoleOutput. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/instance_type.h"
#include "guest/boot/boot.h"
#include "ops/describe.h"
#include "reply/emit.h"
#include "request/narrow.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/instance/console.h"

/* ---- DescribeInstanceStatus ---- */

struct describe_instance_status {
    struct listing list;
    enum tri all;
};

static const struct param describe_instance_status_params[] = {
    { "InstanceId", TEXTS(struct describe_instance_status, list.ids) },
    PAGING(struct describe_instance_status, list.page),
    { "IncludeManagedResources", IGNORED(BOOL, "no instance here is managed by a service") },
    { "Filter", FILTERS(struct describe_instance_status, list.filters) },
    { "IncludeAllInstances", BOOL(struct describe_instance_status, all) },
    { 0 },
};

struct status_detail {
    const char *name, *status;
};

/* The three checks of an instance always agree: nothing breaks in the simulator. */
struct status {
    struct instance i;
    const char *status, *reachability;
    struct list details; /* struct status_detail */
};

static const struct schema status_detail_schema = {
    .name = "status_detail",
    .size = sizeof(struct status_detail),
    .part = true,
    .fields = (const struct field[]){ { TEXT_FIELD(struct status_detail, name), .xml = "name" },
                                      { TEXT_FIELD(struct status_detail, status), .xml = "status" },
                                      { 0 } },
};

#define CHECK_ROWS(element, filter_name)                                                           \
    { TEXT_FIELD(struct status, status), .xml = element "/status",                                 \
      .filter = filter_name ".status" },                                                           \
        { LIST_FIELD(struct status, details, &status_detail_schema), .xml = element "/details" },  \
    {                                                                                              \
        TEXT_FIELD(struct status, reachability), .filter = filter_name ".reachability"             \
    }

static const struct schema status_schema = {
    .name = "instance_status",
    .size = sizeof(struct status),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct status, i.id), .xml = "instanceId" },
            { TEXT_FIELD(struct status, i.zone), .xml = "availabilityZone",
              .filter = "availability-zone" },
            { TEXT_FIELD(struct status, i.zone_id), .xml = "availabilityZoneId",
              .filter = "availability-zone-id" },
            { INT_FIELD(struct status, i.state_code), .xml = "instanceState/code",
              .filter = "instance-state-code" },
            { TEXT_FIELD(struct status, i.state), .xml = "instanceState/name",
              .filter = "instance-state-name" },
            CHECK_ROWS("systemStatus", "system-status"),
            CHECK_ROWS("instanceStatus", "instance-status"),
            CHECK_ROWS("attachedEbsStatus", "attached-ebs-status"),
            { CONSTANT_FIELD("false"), .xml = "operator/managed", .filter = "operator.managed" },
            { CONSTANT_FIELD("false"), .xml = "operator/hiddenByDefault" },
            NO_SUCH("application-status.status"),
            NO_SUCH("event.code"),
            NO_SUCH("event.description"),
            NO_SUCH("event.instance-event-id"),
            NO_SUCH("event.not-after"),
            NO_SUCH("event.not-before"),
            NO_SUCH("event.not-before-deadline"),
            NO_SUCH("operator.principal"),
            { 0 } },
};

/* The checks of a machine that has just booted take two minutes to say ok. */
static const char *status_of(const struct call *c, const struct instance *i)
{
    if (i->state_code != INSTANCE_RUNNING)
        return "not-applicable";
    if (c->now < i->booted + pace_delay(c, 50, 2 * MINUTE_MS))
        return "initializing";
    return i->hung == YES ? "impaired" : "ok";
}

static void add_status(struct call *c, const struct instance *i, struct list *into)
{
    struct status *s = list_add(c->a, into, struct status);
    *s = (struct status){ .i = *i, .status = status_of(c, i) };
    if (i->state_code != INSTANCE_RUNNING)
        return;
    s->reachability = text_is(s->status, "ok")         ? "passed"
                      : text_is(s->status, "impaired") ? "failed"
                                                       : "initializing";
    *list_add(c->a, &s->details, struct status_detail) =
        (struct status_detail){ .name = "reachability", .status = s->reachability };
}

static const struct describe status_list = {
    .schema = &status_schema,
    .set = "instanceStatusSet",
};

static int describe_instance_status(struct call *c, const struct describe_instance_status *in)
{
    const struct narrowed n = { &instance_schema, &status_schema, .filters = &in->list.filters };
    struct list instances, shown = { 0 };
    if (page_without_ids(c, &in->list.page, &in->list.ids, "instancesSet"))
        return -1;
    if (!in->list.ids.count)
        instances = narrow_list(c, &n, MINE, SQL_ARGS(MINE_ARGS(c)));
    else if (instances_own(c, &in->list.ids, &instances))
        return -1;
    LIST_EACH (struct instance, i, &instances) {
        if (in->all == YES || i->state_code == INSTANCE_RUNNING)
            add_status(c, i, &shown);
    }
    return describe_items(c, &status_list, &in->list, &shown);
}

OPERATION(
    ec2, DescribeInstanceStatus, describe_instance_status,
    .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound InvalidParameterCombination");

/* ---- GetConsoleOutput ---- */

struct get_console_output {
    const char *id;
    enum tri latest;
};

static const struct param get_console_output_params[] = {
    { "InstanceId", TEXT(struct get_console_output, id), .flags = PARAM_REQUIRED },
    { "Latest", BOOL(struct get_console_output, latest) },
    { 0 },
};

static int get_console_output(struct call *c, const struct get_console_output *in)
{
    struct instance i;
    int64_t stamp = c->now;
    if (instance_own(c, in->id, &i))
        return -1;
    const struct instance_type *type = instance_type_find(c->sim, i.type);
    if (in->latest == YES && !(type && text_is(type->hypervisor, "nitro")))
        return fail(c, E_ConsoleLatest);
    boot_catch_up(c, &i);
    const char *text = console_text(c, &i, &stamp);
    emit_text(c, "instanceId", i.id);
    emit_time(c, "timestamp", stamp);
    emit_text(c, "output", text ? base64_encode(c->a, text, strlen(text)) : "");
    return 0;
}

OPERATION(ec2, GetConsoleOutput, get_console_output, .flags = OP_WRITES,
          .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound UnsupportedOperation");
