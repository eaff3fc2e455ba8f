/* MonitorInstances, UnmonitorInstances: a switch; no metrics are made. */
#include "base/text.h"
#include "call/op.h"
#include "reply/emit.h"
#include "world/instance/instance.h"

struct monitor_instances {
    struct list ids;
};

static const struct param monitor_params[] = {
    { "InstanceId", TEXTS(struct monitor_instances, ids), .flags = PARAM_REQUIRED },
    { "MetricCategoryId", REFUSED(TEXTS, "metrics are not simulated") },
    { 0 },
};

static int set_monitoring(struct call *c, const struct list *ids, const char *state,
                          const char *on_the_way)
{
    struct list found;
    if (instances_own(c, ids, &found))
        return -1;
    emit_list(c, "instancesSet");
    LIST_EACH (struct instance, i, &found) {
        const char *shown = text_is(i->monitoring, state) ? state : on_the_way;
        i->monitoring = state;
        instance_put(c, i);
        emit_item(c);
        emit_text(c, "instanceId", i->id);
        emit_open(c, "monitoring");
        emit_text(c, "state", shown);
        emit_close(c);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

static int monitor_instances(struct call *c, const struct monitor_instances *in)
{
    return set_monitoring(c, &in->ids, "enabled", "pending");
}

static int unmonitor_instances(struct call *c, const struct monitor_instances *in)
{
    return set_monitoring(c, &in->ids, "disabled", "disabling");
}

OPERATION_AS(ec2, MonitorInstances, monitor_instances, monitor_params, struct monitor_instances,
             .flags = OP_WRITES, .errors = "InvalidInstanceID.NotFound",
             .effects = "detailed monitoring is on");
OPERATION_AS(ec2, UnmonitorInstances, unmonitor_instances, monitor_params, struct monitor_instances,
             .flags = OP_WRITES, .errors = "InvalidInstanceID.NotFound",
             .effects = "detailed monitoring is off");
