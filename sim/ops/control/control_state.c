/* Checkpoints and the state as a document: /_amisim/checkpoints and /_amisim/state. */
#include "ops/control/control.h"
#include "reply/emit.h"
#include "scenario/scenario.h"
#include "store/checkpoint.h"
#include "time/clock.h"
#include "world/state.h"

struct named {
    const char *name;
};

static const struct param named_params[] = { CONTROL_NAME(struct named), { 0 } };

static int no_checkpoint(struct call *c, const char *name)
{
    return fail(c, 404, "NoSuchCheckpoint", "There is no checkpoint '%s'", name);
}

/* ---- Checkpoints ---- */

/* The clock and the identifiers are settings of the store: saved first, they go along. */
static void save_process(struct sim *sim)
{
    clock_freeze(sim, sim->clock->frozen);
    store_set(sim->store, "ids", (int64_t)sim->ids.state);
}

/* The store holds another state. */
static void resume_process(struct sim *sim)
{
    clock_resume(sim);
    scenarios_reload(sim);
    sim->ids.state = (uint64_t)store_setting(sim->store, "ids", (int64_t)sim->seed);
}

static void emit_checkpoint(struct call *c, const char *name)
{
    emit_text(c, "name", name);
    emit_time(c, "now", clock_now(c->sim->clock));
}

static int make_checkpoint(struct call *c, const struct named *in)
{
    store_begin(c->store); /* together, and before: a copy is made of what is kept */
    save_process(c->sim);
    if (!store_commit(c->store))
        store_leave(c->store);
    checkpoint_make(c->store, in->name);
    emit_checkpoint(c, in->name);
    return 0;
}

OPERATION_AS(control, MakeCheckpoint, make_checkpoint, named_params, struct named,
             .route = "POST /_amisim/checkpoints/{name}", .flags = OP_ALONE | OP_CHANGES,
             .effects = "sets state, jobs, clock and random state aside under a name");

static int restore_checkpoint(struct call *c, const struct named *in)
{
    if (!checkpoint_restore(c->store, in->name))
        return no_checkpoint(c, in->name);
    store_begin(c->store);
    resume_process(c->sim);
    emit_checkpoint(c, in->name);
    return 0;
}

OPERATION_AS(control, RestoreCheckpoint, restore_checkpoint, named_params, struct named,
             .route = "POST /_amisim/checkpoints/{name}/restore", .flags = OP_ALONE | OP_CHANGES,
             .errors = "NoSuchCheckpoint",
             .effects = "state, jobs, clock and random state are as they were");

static int drop_checkpoint(struct call *c, const struct named *in)
{
    if (!checkpoint_drop(c->store, in->name))
        return no_checkpoint(c, in->name);
    emit_text(c, "name", in->name);
    return 0;
}

OPERATION_AS(control, DropCheckpoint, drop_checkpoint, named_params, struct named,
             .route = "DELETE /_amisim/checkpoints/{name}", .flags = OP_ALONE | OP_CHANGES,
             .errors = "NoSuchCheckpoint");

static int list_checkpoints(struct call *c, const struct no_input *in)
{
    (void)in;
    struct list all = checkpoint_list(c->store, c->a);
    emit_list(c, "checkpoints");
    LIST_EACH (struct checkpoint, one, &all) {
        emit_item(c);
        emit_text(c, "name", one->name);
        emit_int(c, "bytes", one->bytes);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION_AS(control, ListCheckpoints, list_checkpoints, no_params, struct no_input,
             .route = "GET /_amisim/checkpoints");

/* ---- State ---- */

static int get_state(struct call *c, const struct no_input *in)
{
    (void)in;
    store_begin(c->store); /* it reads: what is saved goes into the document, not to the disk */
    save_process(c->sim);
    const struct value *document = store_export(c->store, c->a);
    store_rollback(c->store);
    for (const struct value *v = document->first; v; v = v->next)
        emit_tree(c, v->key, v);
    return 0;
}

OPERATION_AS(control, GetState, get_state, no_params, struct no_input,
             .route = "GET /_amisim/state", .flags = OP_ALONE);

struct put_state {
    const struct value *version, *tables;
};

static const struct param put_state_params[] = {
    { "version", TREE(struct put_state, version), .flags = PARAM_REQUIRED },
    { "tables", TREE(struct put_state, tables), .flags = PARAM_REQUIRED | PARAM_SECRET },
    { 0 },
};

static int put_state(struct call *c, const struct put_state *in)
{
    (void)in;
    const char *wrong = state_import(c, c->input);
    if (wrong)
        return fail(c, 400, "BadState", "%s", wrong);
    scenarios_reload(c->sim);
    emit_text(c, "status", "ok");
    return 0;
}

OPERATION(control, PutState, put_state, .route = "PUT /_amisim/state", .flags = OP_WRITES,
          .errors = "BadState", .effects = "replaces all state by that of the document");
