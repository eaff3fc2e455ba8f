/* See process.h. */
#include "guest/process.h"

#include "base/rng.h"
#include "base/timefmt.h"
#include "guest/guest_power.h"
#include "guest/shell_host.h"
#include "store/noun.h"
#include "time/job.h"

extern const struct job_kind job_process_step;

#define LOOK_AGAIN SECOND_MS /* whether a file system is thawed */

const struct schema guest_process_schema = {
    .name = "guest_process",
    .unwatched = true,
    .size = sizeof(struct guest_process),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct guest_process, id), .column = "id" },
            { TEXT_FIELD(struct guest_process, owner), .column = "owner", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct guest_process, region), .column = "region" },
            { TEXT_FIELD(struct guest_process, instance), .column = "instance" },
            { INT_FIELD(struct guest_process, boots), .column = "boots" },
            { TEXT_FIELD(struct guest_process, script), .column = "script" },
            { TEXT_FIELD(struct guest_process, user), .column = "user" },
            { TEXT_FIELD(struct guest_process, folder), .column = "folder" },
            { TEXT_FIELD(struct guest_process, state), .column = "state" },
            { TEXT_FIELD(struct guest_process, out), .column = "out" },
            { TEXT_FIELD(struct guest_process, err), .column = "err" },
            { INT_FIELD(struct guest_process, status), .column = "status" },
            { BOOL_FIELD(struct guest_process, ended), .column = "ended" },
            { 0 } },
};

/* Until it ends or pauses; then a job goes on with it. */
static void run(struct call *c, const struct instance *i, struct guest_process *p)
{
    struct shell_run r = {
        .script = p->script, .name = "bash", .folder = p->folder, .bash = true, .state = p->state
    };
    guest_run_shell(c, i, &r);
    guest_ask_power(c, i, r.power, r.power_delay);
    p->out = r.out;
    p->err = r.err;
    p->status = r.status;
    p->ended = r.end == SHELL_ENDED ? YES : NO;
    p->state = r.state;
    if (p->ended != YES)
        job_after(c, r.end == SHELL_SLEEPS ? r.pause : LOOK_AGAIN, &job_process_step, p->id, NULL);
}

void guest_process_begin(struct call *c, const struct instance *i, struct guest_process *p)
{
    char id[37];
    rng_uuid(&c->sim->requests, id);
    p->id = arena_strdup(c->a, id);
    p->owner = i->owner;
    p->region = i->region;
    p->instance = i->id;
    p->boots = i->boots;
    run(c, i, p);
    if (p->ended != YES)
        store_put(c, &guest_process_schema, p);
}

static void process_step(struct call *c, const char *subject)
{
    struct guest_process p;
    struct instance i;
    if (!store_get(c, &guest_process_schema, subject, &p))
        return;
    if (!instance_find(c, p.instance, &i) || i.state_code != INSTANCE_RUNNING
        || i.boots != p.boots) {
        store_remove(c, &guest_process_schema, p.id);
        return;
    }
    run(c, &i, &p);
    store_put(c, &guest_process_schema, &p);
}

JOB(process_step, .name = "process_step");

bool guest_process_end(struct call *c, const char *id, struct guest_process *ret)
{
    if (!store_get(c, &guest_process_schema, id, ret) || ret->ended != YES)
        return false;
    store_remove(c, &guest_process_schema, id);
    return true;
}

void guest_process_forget(struct call *c, const char *id)
{
    job_cancel(c, &job_process_step, id);
    store_remove(c, &guest_process_schema, id);
}

void guest_process_forget_all(struct call *c)
{
    struct list all = store_list(c, &guest_process_schema, "true", SQL_ARGS({ 0 }));
    LIST_EACH (struct guest_process, p, &all)
        guest_process_forget(c, p->id);
}
