/* Commands on their way: delivered to the agent or not, run by the guest's shell until the script
 * ends, sleeps or waits for a frozen file system, timed out. And what scripts do to the power. */
#include <string.h>

#include "base/text.h"
#include "base/timefmt.h"
#include "contents/contents.h"
#include "guest/guest.h"
#include "guest/instance_state.h"
#include "guest/shell_host.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_command_target.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/ssm/ssm_agent.h"

#define KILLED 137 /* [recorded] */
#define LOOK_AGAIN (15 * SECOND_MS)

/* ---- On its way ---- */

void ssm_command_send(struct call *c, const struct ssm_command *command, const char *instance)
{
    const char *id = arena_printf(c->a, "%s/%s", command->id, instance);
    ssm_invocation_add(c, command, instance);
    job_after(c, pace_delay(c, 10, SECOND_MS), "command_begin", id, NULL);
    job_after(c, command->timeout, "command_undelivered", id, NULL);
}

void job_command_targets(struct call *c, const char *subject, const char *argument)
{
    struct ssm_command command;
    struct list targets = { 0 };
    const char *error;
    const struct value *all = value_from_json(c->a, argument, strlen(argument), &error);
    if (!store_get(c, &ssm_command_schema, subject, &command) || !all)
        return;
    for (const struct value *one = all->first; one; one = one->next) {
        struct command_target *t = list_add(c->a, &targets, struct command_target);
        t->key = one->first->text;
        for (const struct value *value = one->first->next; value; value = value->next)
            strs_add(c->a, &t->values, value->text);
    }
    struct list ids = command_targets(c, &targets);
    LIST_EACH (const char *, id, &ids)
        ssm_command_send(c, &command, *id);
}

void job_command_undelivered(struct call *c, const char *subject, const char *argument)
{
    struct ssm_invocation v;
    struct ssm_command command;
    (void)argument;
    if (!ssm_invocation_find(c, subject, &v, &command) || ssm_invocation_is_over(&v)
        || v.started != ABSENT)
        return;
    job_cancel(c, "command_begin", subject);
    ssm_invocation_end(c, &v, "TimedOut", "DeliveryTimedOut", -1);
}

/* ---- Power ---- */

static void shut_down(struct call *c, struct instance *i)
{
    i->reason = "";
    i->state_reason_code = "Client.InstanceInitiatedShutdown";
    i->state_reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
    if (text_is(i->shutdown_behavior, "terminate"))
        instance_terminate(c, i);
    else
        instance_stop(c, i, NULL);
}

/* argument: what, and in which boot it was asked for. */
void job_guest_power(struct call *c, const char *subject, const char *argument)
{
    struct instance i;
    if (!instance_find(c, subject, &i) || i.state_code != INSTANCE_RUNNING
        || !text_ends(argument, arena_printf(c->a, " %lld", (long long)i.boots)))
        return;
    if (text_starts(argument, "reboot"))
        guest_reboot(c, &i, "reboot");
    else
        shut_down(c, &i);
}

static void change_power(struct call *c, const struct instance *i, const struct shell_run *r)
{
    if (!r->power)
        return;
    job_cancel(c, "guest_power", i->id); /* the last word counts */
    if (!text_is(r->power, "cancel"))
        job_after(c, r->power_delay, "guest_power", i->id,
                  arena_printf(c->a, "%s %lld", r->power, (long long)i->boots));
}

/* ---- Running ---- */

static void end_run(struct call *c, struct ssm_invocation *v, int64_t status, const char *out,
                    const char *err)
{
    v->out = out;
    v->err = err;
    if (status) /* the agent's own words [seen] */
        v->err = arena_printf(c->a, "%sfailed to run commands: exit status %lld", err,
                              (long long)status);
    job_cancel(c, "command_expired", v->id);
    if (status)
        ssm_invocation_end(c, v, "Failed", "Failed", status);
    else
        ssm_invocation_end(c, v, "Success", "Success", 0);
}

/* Others on the machine may have waited for it. */
static void wake(struct call *c, const char *instance)
{
    struct list waiting = store_list(c, &ssm_invocation_schema, "instance = ? AND waits = 1",
                                     SQL_ARGS(SQL_TEXT(instance)));
    LIST_EACH (struct ssm_invocation, v, &waiting) {
        v->waits = UNSET; /* woken once */
        ssm_invocation_put(c, v);
        job_after(c, 0, "command_step", v->id, NULL);
    }
}

static void run(struct call *c, struct ssm_invocation *v, const struct ssm_command *command,
                const struct instance *i, const struct agent *agent)
{
    struct shell_run r = { .script = command->script,
                           .folder = command->folder,
                           .bash = shell_is_bash(command->script, agent->platform),
                           .state = v->state };
    struct dir_entry folder;
    if (!guest_look(c, i, command->folder, &folder) || !folder.is_folder) {
        end_run(c, v, 1, "",
                arena_printf(c->a, "chdir %s: no such file or directory\n", command->folder));
        return;
    }
    r.name = arena_printf(c->a,
                          "/var/lib/amazon/ssm/%s/document/orchestration/%s/awsrunShellScript/"
                          "0.awsrunShellScript/_script.sh",
                          i->id, command->id);
    guest_run_shell(c, i, &r);
    change_power(c, i, &r);
    if (r.thawed)
        wake(c, i->id);
    if (r.end == SHELL_ENDED) {
        end_run(c, v, r.status, r.out, r.err);
        return;
    }
    v->state = r.state;
    v->waits = r.end == SHELL_WAITS ? YES : UNSET;
    ssm_invocation_put(c, v);
    if (r.end == SHELL_SLEEPS)
        job_after(c, r.pause, "command_step", v->id, NULL);
}

/* The agent takes it, or will be looked for again: less and less often. */
void job_command_begin(struct call *c, const char *subject, const char *argument)
{
    struct ssm_invocation v;
    struct ssm_command command;
    struct instance i;
    struct agent agent;
    (void)argument;
    if (!ssm_invocation_find(c, subject, &v, &command) || ssm_invocation_is_over(&v)
        || v.started != ABSENT)
        return;
    if (!instance_find(c, v.instance, &i) || !ssm_agent_find(c, &i, &agent)
        || !text_is(agent.ping, "Online")) {
        int64_t age = c->now - v.requested;
        job_after(c, age / 10 > LOOK_AGAIN ? age / 10 : LOOK_AGAIN, "command_begin", subject, NULL);
        return;
    }
    job_cancel(c, "command_undelivered", subject);
    v.started = c->now;
    v.boots = i.boots;
    job_after(c, command.execution, "command_expired", subject, NULL);
    run(c, &v, &command, &i, &agent);
}

/* A script does not outlive its machine. */
void job_command_step(struct call *c, const char *subject, const char *argument)
{
    struct ssm_invocation v;
    struct ssm_command command;
    struct instance i;
    struct agent agent;
    (void)argument;
    if (ssm_invocation_find(c, subject, &v, &command) && !ssm_invocation_is_over(&v)
        && instance_find(c, v.instance, &i) && i.boots == v.boots && ssm_agent_find(c, &i, &agent))
        run(c, &v, &command, &i, &agent);
}

void job_command_expired(struct call *c, const char *subject, const char *argument)
{
    struct ssm_invocation v;
    struct ssm_command command;
    (void)argument;
    if (!ssm_invocation_find(c, subject, &v, &command) || ssm_invocation_is_over(&v))
        return;
    job_cancel(c, "command_step", subject);
    ssm_invocation_end(c, &v, "TimedOut", "ExecutionTimedOut", KILLED);
}
