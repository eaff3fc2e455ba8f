/* StartInstances, StopInstances, RebootInstances, TerminateInstances: which states they are allowed
 * in. What happens to the machine is in guest/instance_state.c. */
#include "base/text.h"
#include "base/timefmt.h"
#include "call/errors.h"
#include "call/op.h"
#include "guest/guest.h"
#include "guest/instance_state.h"
#include "reply/emit_noun.h"
#include "world/instance/instance.h"

/* ---- Changes of state ---- */

struct instance_change {
    const char *id, *before, *now; /* names of states */
    int64_t before_code, now_code;
};

static const struct schema instance_change_schema = {
    .name = "instance_change",
    .size = sizeof(struct instance_change),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct instance_change, id), .xml = "instanceId" },
            { INT_FIELD(struct instance_change, now_code), .xml = "currentState/code" },
            { TEXT_FIELD(struct instance_change, now), .xml = "currentState/name" },
            { INT_FIELD(struct instance_change, before_code), .xml = "previousState/code" },
            { TEXT_FIELD(struct instance_change, before), .xml = "previousState/name" },
            { 0 } },
};

/* All are checked before the first changes; then each may change. */
typedef int change_check(struct call *c, const struct instance *i);
typedef void change_run(struct call *c, struct instance *i);

static int change_states(struct call *c, const struct list *ids, change_check *check,
                         change_run *run)
{
    struct list found, changes = { 0 };
    if (instances_own(c, ids, &found))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        if (check(c, i))
            return -1;
    }
    if (dry_run_ends(c))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        struct instance_change *change = list_add(c->a, &changes, struct instance_change);
        *change = (struct instance_change){ .id = i->id,
                                            .before = i->state,
                                            .before_code = i->state_code };
        run(c, i);
        change->now = i->state;
        change->now_code = i->state_code;
    }
    emit_nouns(c, "instancesSet", &instance_change_schema, &changes, VIEW_DESCRIBED);
    return 0;
}

/* ---- StartInstances ---- */

struct start_instances {
    struct list ids;
};

static const struct param start_instances_params[] = {
    { "InstanceId", TEXTS(struct start_instances, ids), .flags = PARAM_REQUIRED },
    { "AdditionalInfo", IGNORED(TEXT, "AWS reserves it and shows no effect") },
    { 0 },
};

static int start_check(struct call *c, const struct instance *i)
{
    if (i->state_code == INSTANCE_STOPPED || i->state_code == INSTANCE_RUNNING
        || i->state_code == INSTANCE_PENDING)
        return 0;
    return fail(c, E_InstanceNoStart, i->id);
}

static void start_one(struct call *c, struct instance *i)
{
    if (i->state_code != INSTANCE_STOPPED)
        return;
    i->launched = time_whole_seconds(c->now);
    instance_start_launching(c, i);
}

static int start_instances(struct call *c, const struct start_instances *in)
{
    return change_states(c, &in->ids, start_check, start_one);
}

OPERATION(ec2, StartInstances, start_instances, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound IncorrectInstanceState",
          .effects = "stopped ones become pending, then running with a new launch time");

/* ---- StopInstances ---- */

struct stop_instances {
    struct list ids;
    enum tri hibernate, force, skip_shutdown;
};

static const struct param stop_instances_params[] = {
    { "InstanceId", TEXTS(struct stop_instances, ids), .flags = PARAM_REQUIRED },
    { "Hibernate", BOOL(struct stop_instances, hibernate) },
    { "SkipOsShutdown", BOOL(struct stop_instances, skip_shutdown) },
    { "Force", BOOL(struct stop_instances, force) },
    { 0 },
};

static int stop_check(struct call *c, const struct instance *i)
{
    if (i->state_code == INSTANCE_TERMINATED || i->state_code == INSTANCE_SHUTTING_DOWN
        || i->state_code == INSTANCE_PENDING)
        return fail(c, E_InstanceNoStop, i->id);
    if (text_is(i->machine.root_type, "instance-store"))
        return fail(c, E_InstanceStoreStop, i->id);
    if (i->protected_from_stop == YES && i->state_code == INSTANCE_RUNNING)
        return fail(c, E_InstanceProtected, i->id, "stopped", "disableApiStop");
    return 0;
}

static int hibernate_check(struct call *c, const struct instance *i)
{
    if (i->hibernation != YES)
        return fail(c, E_InstanceNoHibernation, i->id);
    return stop_check(c, i);
}

static void stop_in_a_way(struct call *c, struct instance *i, const char *way)
{
    if (i->state_code != INSTANCE_RUNNING)
        return;
    instance_user_reason(c, i);
    instance_stop(c, i, way);
}

static void stop_one(struct call *c, struct instance *i)
{
    stop_in_a_way(c, i, NULL);
}

/* No opportunity to flush file system caches [model]. */
static void cut_power(struct call *c, struct instance *i)
{
    stop_in_a_way(c, i, INSTANCE_POWER_CUT);
}

static int stop_instances(struct call *c, const struct stop_instances *in)
{
    bool hard = in->force == YES || in->skip_shutdown == YES;
    return change_states(c, &in->ids, in->hibernate == YES ? hibernate_check : stop_check,
                         hard ? cut_power : stop_one);
}

OPERATION(ec2, StopInstances, stop_instances, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
          .errors =
              "InvalidInstanceID.Malformed InvalidInstanceID.NotFound IncorrectInstanceState"
              " UnsupportedOperation OperationNotPermitted UnsupportedHibernationConfiguration",
          .effects = "running ones become stopping, then stopped; public addresses are given back; "
                     "Force and SkipOsShutdown lose what the guest had not flushed");

/* ---- RebootInstances ---- */

static const struct param reboot_instances_params[] = {
    { "InstanceId", TEXTS(struct start_instances, ids), .flags = PARAM_REQUIRED },
    { 0 },
};

static int reboot_instances(struct call *c, const struct start_instances *in)
{
    struct list found;
    if (instances_own(c, &in->ids, &found))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        /* a terminated one is no error [recorded] */
        if (i->state_code != INSTANCE_RUNNING && i->state_code != INSTANCE_TERMINATED)
            return fail(c, E_InstanceNoReboot, i->id, i->state);
    }
    if (dry_run_ends(c))
        return -1;
    LIST_EACH (struct instance, i, &found) {
        if (i->state_code == INSTANCE_RUNNING)
            guest_reboot(c, i, "reboot");
    }
    return 0;
}

OPERATION_AS(ec2, RebootInstances, reboot_instances, reboot_instances_params,
             struct start_instances, .flags = OP_WRITES, .answer = ANSWER_RETURN,
             .dry_run = DRYRUN_IN_HANDLER,
             .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound IncorrectState",
             .effects = "the console shows a shutdown and a boot; the state stays running");

/* ---- TerminateInstances ---- */

static const struct param terminate_instances_params[] = {
    { "InstanceId", TEXTS(struct start_instances, ids), .flags = PARAM_REQUIRED },
    { "Force", IGNORED(BOOL, "every termination succeeds here, as a forced one does in AWS") },
    { "SkipOsShutdown", IGNORED(BOOL, "no operating system runs that could be skipped") },
    { 0 },
};

static int terminate_check(struct call *c, const struct instance *i)
{
    if (i->state_code == INSTANCE_TERMINATED)
        return 0;
    if (i->protected_from_termination == YES)
        return fail(c, E_InstanceProtected, i->id, "terminated", "disableApiTermination");
    /* stopping an instance on instance store is its end, so this protects from both [seen in AWS]
     */
    if (i->protected_from_stop == YES && text_is(i->machine.root_type, "instance-store"))
        return fail(c, E_InstanceProtected, i->id, "terminated", "disableApiStop");
    return 0;
}

/* A stopped one is terminated at once [recorded]. */
static void terminate_one(struct call *c, struct instance *i)
{
    if (i->state_code == INSTANCE_TERMINATED || i->state_code == INSTANCE_SHUTTING_DOWN)
        return;
    instance_user_reason(c, i);
    if (i->state_code == INSTANCE_STOPPED)
        instance_finish_terminating(c, i);
    else
        instance_terminate(c, i);
}

static int terminate_instances(struct call *c, const struct start_instances *in)
{
    return change_states(c, &in->ids, terminate_check, terminate_one);
}

OPERATION_AS(
    ec2, TerminateInstances, terminate_instances, terminate_instances_params,
    struct start_instances, .flags = OP_WRITES, .dry_run = DRYRUN_IN_HANDLER,
    .errors = "InvalidInstanceID.Malformed InvalidInstanceID.NotFound OperationNotPermitted",
    .effects = "shutting-down, then terminated and shown for an hour; volumes go or stay as their"
               " DeleteOnTermination says");
