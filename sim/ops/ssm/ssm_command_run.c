/* Commands on their way: delivered to the agent or not, run by the guest's shell until the script
 * ends, sleeps or waits for a frozen file system, timed out. */

#include "base/text.h"
#include "base/timefmt.h"
#include "guest/boot/boot.h"
#include "guest/guest_file.h"
#include "guest/guest_power.h"
#include "guest/shell_host.h"
#include "ops/ssm/ssm_command_request.h"
#include "ops/ssm/ssm_command_target.h"
#include "store/noun.h"
#include "time/job.h"
#include "world/ssm/ssm_agent.h"

extern const struct job_kind job_command_undelivered, job_command_begin, job_command_step,
    job_command_expired;

#define KILLED 137 /* [recorded] */
#define LOOK_AGAIN (15 * SECOND_MS)

/* ---- On its way ---- */

/* The invocation of a job and its command, unless it is over. */
static bool find_running(struct call *c, const char *id, struct ssm_invocation *ret,
                         struct ssm_command *ret_command)
{
    return ssm_invocation_find(c, id, ret, ret_command) && !ssm_invocation_is_over(ret);
}

void ssm_command_send(struct call *c, const struct ssm_command *command, const char *instance)
{
    const char *id = arena_printf(c->a, "%s/%s", command->id, instance);
    ssm_invocation_add(c, command, instance);
    job_after(c, pace_delay(c, 10, SECOND_MS), &job_command_begin, id, NULL);
    job_after(c, command->timeout, &job_command_undelivered, id, NULL);
}

static const struct field command_targets_fields[] = {
    { LIST_FIELD(struct command_targets, targets, &command_target_schema), .column = "targets" },
    { 0 },
};

static void command_targets(struct call *c, const char *subject, const struct command_targets *in)
{
    struct ssm_command command;
    if (!store_get(c, &ssm_command_schema, subject, &command))
        return;
    struct list ids = ssm_command_targets(c, &in->targets);
    LIST_EACH (const char *, id, &ids)
        ssm_command_send(c, &command, *id);
}

JOB_WITH(command_targets, command_targets_fields, struct command_targets,
         .name = "command_targets");

static void command_undelivered(struct call *c, const char *subject)
{
    struct ssm_invocation v;
    struct ssm_command command;
    if (!find_running(c, subject, &v, &command) || v.started != ABSENT)
        return;
    job_cancel(c, &job_command_begin, subject);
    ssm_invocation_end(c, &v, "TimedOut", "DeliveryTimedOut", -1);
}

JOB(command_undelivered, .name = "command_undelivered");

/* ---- Running ---- */

static void end_script(struct call *c, struct ssm_invocation *v, int64_t status, const char *out,
                       const char *err)
{
    v->out = out;
    v->err = err;
    if (status) /* the agent's own words [seen] */
        v->err = arena_printf(c->a, "%sfailed to run commands: exit status %lld", err,
                              (long long)status);
    job_cancel(c, &job_command_expired, v->id);
    if (status)
        ssm_invocation_end(c, v, "Failed", "Failed", status);
    else
        ssm_invocation_end(c, v, "Success", "Success", 0);
}

/* Others on the machine may have waited for it. */
static void wake_waiting(struct call *c, const char *instance)
{
    struct list waiting = store_list(c, &ssm_invocation_schema, "instance = ? AND waits = 1",
                                     SQL_ARGS(SQL_TEXT(instance)));
    LIST_EACH (struct ssm_invocation, v, &waiting) {
        v->waits = UNSET; /* woken once */
        store_put(c, &ssm_invocation_schema, v);
        job_after(c, 0, &job_command_step, v->id, NULL);
    }
}

static void run_script(struct call *c, struct ssm_invocation *v, const struct ssm_command *command,
                       const struct instance *i, const struct agent *agent)
{
    struct shell_run r = { .script = command->script,
                           .folder = command->folder,
                           .bash = shell_is_bash(command->script, agent->platform),
                           .keep = SHELL_MAX_OUT,
                           .state = v->state };
    struct dir_entry folder;
    boot_catch_up(c, i);
    if (!guest_look(c, i, command->folder, &folder) || !folder.is_folder) {
        end_script(c, v, 1, "",
                   arena_printf(c->a, "chdir %s: no such file or directory\n", command->folder));
        return;
    }
    r.name = arena_printf(c->a,
                          "/var/lib/amazon/ssm/%s/document/orchestration/%s/awsrunShellScript/"
                          "0.awsrunShellScript/_script.sh",
                          i->id, command->id);
    guest_run_shell(c, i, &r);
    guest_ask_power(c, i, r.power, r.power_delay);
    if (r.thawed)
        wake_waiting(c, i->id);
    if (r.end == SHELL_ENDED) {
        end_script(c, v, r.status, shell_visible_output(c->a, &r.out, SHELL_MAX_OUT),
                   shell_visible_output(c->a, &r.err, SHELL_MAX_ERR));
        return;
    }
    v->state = r.state;
    v->waits = r.end == SHELL_WAITS ? YES : UNSET;
    store_put(c, &ssm_invocation_schema, v);
    if (r.end == SHELL_SLEEPS)
        job_after(c, r.pause, &job_command_step, v->id, NULL);
}

/* The agent takes it, or will be looked for again: less and less often. */
static void command_begin(struct call *c, const char *subject)
{
    struct ssm_invocation v;
    struct ssm_command command;
    struct instance i;
    struct agent agent;
    if (!find_running(c, subject, &v, &command) || v.started != ABSENT)
        return;
    if (!instance_find(c, v.instance, &i) || !ssm_agent_find(c, &i, &agent)
        || !text_is(agent.ping, "Online")) {
        int64_t age = c->now - v.requested;
        job_after(c, age / 10 > LOOK_AGAIN ? age / 10 : LOOK_AGAIN, &job_command_begin, subject,
                  NULL);
        return;
    }
    job_cancel(c, &job_command_undelivered, subject);
    v.started = c->now;
    v.boots = i.boots;
    job_after(c, command.execution, &job_command_expired, subject, NULL);
    run_script(c, &v, &command, &i, &agent);
}

static void command_begin_fail(struct call *c, const char *id, const struct job_failure *how)
{
    struct ssm_invocation v;
    struct ssm_command command;
    if (!find_running(c, id, &v, &command))
        return;
    job_cancel(c, &job_command_undelivered, id);
    v.started = c->now;
    v.err = how->reason;
    ssm_invocation_end(c, &v, "Failed", "Failed", 1);
}

JOB(command_begin, .name = "command_begin", JOB_FAULTS("command"), .fail = command_begin_fail);

/* A script does not outlive its machine. */
static void command_step(struct call *c, const char *subject)
{
    struct ssm_invocation v;
    struct ssm_command command;
    struct instance i;
    struct agent agent;
    if (find_running(c, subject, &v, &command) && instance_find(c, v.instance, &i)
        && i.boots == v.boots && ssm_agent_find(c, &i, &agent))
        run_script(c, &v, &command, &i, &agent);
}

JOB(command_step, .name = "command_step");

static void command_expired(struct call *c, const char *subject)
{
    struct ssm_invocation v;
    struct ssm_command command;
    if (!find_running(c, subject, &v, &command))
        return;
    job_cancel(c, &job_command_step, subject);
    ssm_invocation_end(c, &v, "TimedOut", "ExecutionTimedOut", KILLED);
}

JOB(command_expired, .name = "command_expired");
