/* Checkpoints and the state as a document: /_amisim/checkpoints and /_amisim/state. */
#include "base/text.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "store/checkpoint.h"
#include "store/document.h"
#include "world/aside.h"
#include "world/state.h"

#define PIECE ((size_t)64 * 1024)
#define MOST_READERS 32 /* each takes the room of the world on the disk */

struct named {
    const char *name;
};

static const struct param named_params[] = { CONTROL_NAME(struct named), { 0 } };

static int no_checkpoint(struct call *c, const char *name)
{
    return fail(c, 404, "NoSuchCheckpoint", "There is no checkpoint '%s'", name);
}

/* ---- Checkpoints ---- */

static void emit_checkpoint(struct call *c, const char *name)
{
    emit_text(c, "name", name);
    emit_time(c, "now", clock_now(c->sim->clock));
}

/* The clock and the identifiers as they are now belong to what is set aside. */
static void set_aside(struct call *c, struct store *copy)
{
    struct aside aside;
    aside_open(&aside, c, copy);
    aside_save(&aside);
}

static int make_checkpoint(struct call *c, const struct named *in)
{
    struct store *copy = beside_copy(c->store, BESIDE_IN_MEMORY);
    set_aside(c, copy);
    checkpoint_keep(c->store, in->name, copy);
    emit_checkpoint(c, in->name);
    return 0;
}

OPERATION_AS(control, MakeCheckpoint, make_checkpoint, named_params, struct named,
             .route = "POST /_amisim/checkpoints/{name}", .flags = OP_ALONE | OP_CHANGES,
             .effects = "sets state, jobs, clock and random state aside under a name");

static int restore_checkpoint(struct call *c, const struct named *in)
{
    struct aside aside;
    struct store *copy = checkpoint_find(c->store, in->name);
    if (!copy)
        return no_checkpoint(c, in->name);
    aside_open(&aside, c, copy);
    aside_take_place(&aside, c);
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

int control_copy(struct call *c, struct store **ret)
{
    if (beside_files(c->store) >= MOST_READERS)
        return fail(c, 503, "TooManyReaders", "%d such answers are under way already",
                    MOST_READERS);
    *ret = beside_copy(c->store, BESIDE_IN_A_FILE);
    return 0;
}

/* The copy, on its way to a client: as the portable document or, where that is NULL, as its file.
 */
struct leaving {
    struct stream stream;
    struct store *copy;
    struct document *document;
    int64_t at; /* of the file: what comes next */
};

static const char *leaving_more(struct sim *sim, struct stream *s, struct arena *a, size_t *ret_n)
{
    struct leaving *l = (struct leaving *)s; /* its first member */
    (void)sim;
    if (l->document)
        return document_more(l->document, a, ret_n, &s->ends);
    char *piece = arena_bytes(a, PIECE);
    *ret_n = beside_read(l->copy, l->at, piece, PIECE);
    l->at += (int64_t)*ret_n;
    s->ends = *ret_n == 0;
    return piece;
}

static void leaving_drop(struct sim *sim, struct stream *s)
{
    (void)sim;
    beside_close(((struct leaving *)s)->copy);
}

struct get_state {
    const char *format;
};

static const char *const formats[] = { "json", "sqlite", NULL };

static const struct param get_state_params[] = {
    { "format", TEXT(struct get_state, format), .flags = PARAM_QUERY, .values = formats,
      .otherwise = "json" },
    { 0 },
};

static int get_state(struct call *c, const struct get_state *in)
{
    struct leaving *l = arena_new(c->a, struct leaving);
    bool document = text_is(in->format, "json");
    if (control_copy(c, &l->copy))
        return -1;
    set_aside(c, l->copy);
    l->stream = (struct stream){ .more = leaving_more, .drop = leaving_drop };
    l->document = document ? document_begin(l->copy, c->a) : NULL;
    c->stream = &l->stream;
    emit_bytes(c, document ? "application/json" : "application/vnd.sqlite3", "", 0);
    return 0;
}

OPERATION(control, GetState, get_state, .route = "GET /_amisim/state", .flags = OP_ALONE,
          .errors = CONTROL_COPY_ERRORS);

static const struct param put_state_params[] = {
    { "document", .type = PARAM_BLOB, .flags = PARAM_BODY },
    { 0 },
};

static int put_state(struct call *c, const struct no_input *in)
{
    (void)in;
    struct aside aside;
    struct store *beside = beside_new(c->store, BESIDE_IN_A_FILE);
    aside_open(&aside, c, beside);
    const char *wrong = state_import(&aside.call, c->body, c->body_size);
    if (!wrong)
        aside_take_place(&aside, c);
    beside_close(beside);
    if (wrong)
        return fail(c, 400, "BadState", "%s", wrong);
    emit_text(c, "status", "ok");
    return 0;
}

OPERATION_AS(control, PutState, put_state, put_state_params, struct no_input,
             .route = "PUT /_amisim/state", .flags = OP_ALONE | OP_CHANGES | OP_TAKES_BYTES,
             .errors = "BadState", .effects = "replaces all state by that of the document");
