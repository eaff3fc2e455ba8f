/* See process.h. */
#include "guest/process.h"

#include "base/buffer.h"
#include "base/rng.h"
#include "base/text.h"
#include "base/timefmt.h"
#include "guest/guest_file.h"
#include "guest/guest_power.h"
#include "guest/shell_host.h"
#include "store/noun.h"
#include "time/job.h"

extern const struct job_kind job_process_step;

#define LOOK_AGAIN SECOND_MS /* whether a file system is thawed */
#define MOST_SAID ((size_t)4 << 20) /* bytes that nobody took: what comes then is lost */

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
            { TEXT_FIELD(struct guest_process, input), .column = "input" },
            { BOOL_FIELD(struct guest_process, input_open), .column = "input_open" },
            { BOOL_FIELD(struct guest_process, session), .column = "session" },
            { TEXT_FIELD(struct guest_process, state), .column = "state" },
            { TEXT_FIELD(struct guest_process, out), .column = "out" },
            { TEXT_FIELD(struct guest_process, err), .column = "err" },
            { INT_FIELD(struct guest_process, status), .column = "status" },
            { BOOL_FIELD(struct guest_process, ended), .column = "ended" },
            { BOOL_FIELD(struct guest_process, reads), .column = "reads" },
            { BOOL_FIELD(struct guest_process, left), .column = "exited" },
            { BOOL_FIELD(struct guest_process, unfinished), .column = "unfinished" },
            { 0 } },
};

static enum tri truth(bool is)
{
    return is ? YES : NO;
}

static void add_said(struct call *c, const char **kept, const struct buffer *more)
{
    struct buffer all = { 0 };
    size_t n = 0;
    const char *before = *kept ? base64_decode(c->a, *kept, &n) : NULL;
    if (!more->n || n + more->n > MOST_SAID)
        return;
    if (before)
        buffer_add(c->a, &all, before, n);
    buffer_add(c->a, &all, more->at, more->n);
    *kept = base64_encode(c->a, all.at, all.n);
}

/* Until it ends or pauses; then a job goes on with it, or more input. */
static void run(struct call *c, const struct instance *i, struct guest_process *p)
{
    struct shell_run r = { .script = p->script,
                           .name = p->session == YES ? "-bash" : "bash",
                           .user = p->user,
                           .folder = p->folder,
                           .bash = true,
                           .session = p->session == YES,
                           .input_open = p->input_open == YES,
                           .state = p->state };
    r.input = p->input ? base64_decode(c->a, p->input, &r.input_size) : NULL;
    guest_run_shell(c, i, &r);
    guest_ask_power(c, i, r.power, r.power_delay);
    add_said(c, &p->out, &r.out);
    add_said(c, &p->err, &r.err);
    p->status = r.status;
    p->ended = truth(r.end == SHELL_ENDED);
    p->reads = truth(r.end == SHELL_READS);
    p->left = truth(r.left);
    p->unfinished = truth(r.unfinished);
    p->state = r.state;
    if (r.end == SHELL_SLEEPS || r.end == SHELL_WAITS)
        job_after(c, r.end == SHELL_SLEEPS ? r.pause : LOOK_AGAIN, &job_process_step, p->id, NULL);
}

static void keep(struct call *c, const struct guest_process *p)
{
    struct guest_process kept = *p;
    kept.out = kept.err = NULL; /* they are in hand */
    store_put(c, &guest_process_schema, &kept);
}

void guest_process_begin(struct call *c, const struct instance *i, struct guest_process *p)
{
    char id[37];
    struct dir_entry home;
    rng_uuid(&c->sim->requests, id);
    p->id = arena_strdup(c->a, id);
    p->owner = i->owner;
    p->region = i->region;
    p->instance = i->id;
    p->boots = i->boots;
    if (!guest_look(c, i, p->folder, &home) || !home.is_folder)
        p->folder = "/";
    run(c, i, p);
    if (p->ended != YES)
        keep(c, p);
}

void guest_process_feed(struct call *c, const struct instance *i, const char *id, const char *input,
                        bool open)
{
    struct guest_process p;
    if (!store_get(c, &guest_process_schema, id, &p))
        return;
    p.input = input;
    p.input_open = truth(open);
    if (p.reads == YES)
        run(c, i, &p);
    store_put(c, &guest_process_schema, &p);
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

bool guest_process_take(struct call *c, const char *id, struct guest_process *ret)
{
    if (!store_get(c, &guest_process_schema, id, ret))
        return false;
    if (ret->ended == YES)
        store_remove(c, &guest_process_schema, id);
    else if (ret->out || ret->err)
        keep(c, ret);
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
