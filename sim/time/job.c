/* See job.h. */
#include "time/job.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "store/store.h"

/* ---- Kinds ---- */

const struct job_kind *job_kind_find(const struct sim *sim, const char *name)
{
    for (const struct job_kind *const *kind = sim->contents->jobs; *kind; kind++) {
        if (text_is((*kind)->name, name))
            return *kind;
    }
    return NULL;
}

const char *job_kind_label(struct arena *a, const struct job_kind *kind)
{
    if (kind->faults)
        return kind->faults[0];
    char *name = arena_strdup(a, kind->name);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? '-' : *at;
    return name;
}

const char *job_kind_unknown(const struct sim *sim, struct arena *a)
{
    const char *unknown = NULL;
    struct rows *r =
        store_query(sim->store, "SELECT DISTINCT ifnull(kind, '') FROM job ORDER BY kind", NULL);
    while (rows_next(r)) {
        const char *name = rows_text(r, 0, a);
        if (!unknown && !job_kind_find(sim, name))
            unknown = name;
    }
    return unknown;
}

/* ---- Arguments ---- */

static const char *encode(struct arena *a, const struct job_kind *kind, const void *in)
{
    return in ? value_to_json(a, schema_to_value(a, kind->argument, in), 0) : "";
}

static struct value *words(struct arena *a, const struct schema *k, const char *text)
{
    struct value *list = value_new(a, VALUE_LIST);
    for (const struct field *f = k->fields; f->type != FIELD_END && *text; f++) {
        bool last = f[1].type == FIELD_END;
        size_t n = last ? strlen(text) : strcspn(text, " ");
        value_add_text(a, list, NULL, arena_strndup(a, text, n));
        text += n + (text[n] == ' ');
    }
    return list;
}

/* Until 0.1.0 an argument had its fields by position: words, of which the last one goes to the end
 * of the text, or one list as JSON. */
static const struct value *by_position(struct arena *a, const struct schema *k, const char *text,
                                       struct value *json)
{
    if (!json || json->type != VALUE_LIST)
        return words(a, k, text);
    struct value *only = value_new(a, VALUE_LIST);
    value_add(only, NULL, json);
    return only;
}

static const void *decode(struct arena *a, const struct job_kind *kind, const char *text)
{
    const char *error;
    if (!kind->argument)
        return NULL;
    struct value *json = value_from_json(a, text, strlen(text), &error);
    const struct value *v =
        json && json->type == VALUE_MAP ? json : by_position(a, kind->argument, text, json);
    void *in = arena_bytes(a, kind->argument->size);
    schema_from_value(a, kind->argument, v, in);
    return in;
}

/* ---- When the next one is due ---- */

struct next_due {
    struct store *s;
    int64_t due;
};

static void look_at_next(void *with)
{
    struct next_due *n = with;
    n->due = store_number(n->s, "SELECT min(due) FROM job", NULL);
}

static bool knows_next(const struct sim *sim)
{
    return sim->knows_next_due && sim->next_due_at == store_undone(sim->store);
}

/* Every request asks: it is remembered until a job is taken, moved or forgotten. */
int64_t job_next_due(struct sim *sim)
{
    struct next_due n = { .s = sim->store };
    if (knows_next(sim))
        return sim->next_due;
    if (!store_try(sim->store, look_at_next, &n))
        return 0;
    sim->next_due = n.due;
    sim->next_due_at = store_undone(sim->store);
    sim->knows_next_due = true;
    return n.due;
}

static void note_queued(struct sim *sim, int64_t due)
{
    if (knows_next(sim) && (sim->next_due == ABSENT || due < sim->next_due))
        sim->next_due = due;
}

/* ---- Queueing ---- */

void job_after(struct call *c, int64_t delay, const struct job_kind *kind, const char *subject,
               const void *in)
{
    struct job job = { .due = c->now + delay,
                       .begun = c->now,
                       .kind = kind,
                       .account = c->account,
                       .region = c->region,
                       .subject = subject };
    store_exec(c->store,
               "INSERT INTO job (due, kind, account, region, subject, argument,"
               " begun) VALUES (?, ?, ?, ?, ?, ?, ?)",
               SQL_ARGS(SQL_INT(job.due), SQL_TEXT(kind->name), SQL_TEXT(c->account),
                        SQL_TEXT(c->region), SQL_TEXT(subject), SQL_TEXT(encode(c->a, kind, in)),
                        SQL_INT(job.begun)));
    note_queued(c->sim, job.due);
    if (!c->jobs)
        return;
    job.id = store_last_row(c->store);
    *list_add(c->a, c->jobs, struct job) = job;
}

void job_cancel(struct call *c, const struct job_kind *kind, const char *subject)
{
    c->sim->knows_next_due = false;
    store_exec(c->store, "DELETE FROM job WHERE subject = ?1 AND (?2 IS NULL OR kind = ?2)",
               SQL_ARGS(SQL_TEXT(subject), SQL_TEXT(kind ? kind->name : NULL)));
}

/* ---- Those that wait ---- */

#define COLUMNS "id, due, kind, account, region, subject, argument, begun"

/* The row on which the query stands; its kind is NULL where this program does not know it. */
static struct job read_job(const struct sim *sim, struct rows *r, struct arena *a)
{
    const char *argument = rows_text(r, 6, a), *name = rows_text(r, 2, a);
    const struct job_kind *kind = job_kind_find(sim, name);
    return (struct job){ .id = rows_int(r, 0),
                         .due = rows_int(r, 1),
                         .begun = rows_int(r, 7),
                         .kind = kind,
                         .account = rows_text(r, 3, a),
                         .region = rows_text(r, 4, a),
                         .subject = rows_text(r, 5, a),
                         .in = kind ? decode(a, kind, argument ? argument : "") : NULL };
}

struct list jobs_waiting(struct call *c)
{
    struct list all = { 0 };
    struct rows *r = store_query(c->store, "SELECT " COLUMNS " FROM job ORDER BY due, id", NULL);
    while (rows_next(r))
        *list_add(c->a, &all, struct job) = read_job(c->sim, r, c->a);
    return all;
}

bool job_find(struct call *c, int64_t id, const char *subject, struct job *ret)
{
    struct rows *r =
        store_query(c->store, "SELECT " COLUMNS " FROM job WHERE id = ? AND subject = ?",
                    SQL_ARGS(SQL_INT(id), SQL_TEXT(subject)));
    if (!rows_next(r))
        return false;
    *ret = read_job(c->sim, r, c->a);
    rows_end(r);
    return ret->kind != NULL;
}

void job_move(struct sim *sim, const struct job *job, int64_t due)
{
    sim->knows_next_due = false;
    store_exec(sim->store, "UPDATE job SET due = ? WHERE id = ?",
               SQL_ARGS(SQL_INT(due), SQL_INT(job->id)));
}

void job_drop(struct sim *sim, const struct job *job)
{
    sim->knows_next_due = false;
    store_exec(sim->store, "DELETE FROM job WHERE id = ?", SQL_ARGS(SQL_INT(job->id)));
}

bool job_take(struct sim *sim, int64_t by, struct arena *a, struct job *ret)
{
    struct rows *r = store_query(
        sim->store, "SELECT " COLUMNS " FROM job WHERE due <= ? ORDER BY due, id LIMIT 1",
        SQL_ARGS(SQL_INT(by)));
    if (!rows_next(r))
        return false;
    *ret = read_job(sim, r, a);
    rows_end(r);
    job_drop(sim, ret);
    return true;
}

int job_run(struct call *c)
{
    c->job->kind->run(c, c->job->subject, c->job->in);
    return c->outcome.code ? -1 : 0;
}

/* ---- Time ---- */

int64_t pace_delay(const struct call *c, int64_t quick, int64_t real)
{
    switch (c->sim->pace) {
    case PACE_INSTANT:
        return 0;
    case PACE_QUICK:
        return quick;
    default:
        return real;
    }
}

int progress_percent(int64_t begun, int64_t due, int64_t now)
{
    if (now >= due)
        return 100;
    if (now <= begun)
        return 0;
    return (int)((now - begun) * 99 / (due - begun));
}

int64_t progress_moment(int64_t begun, int64_t due, int percent)
{
    return begun + ((due - begun) * percent + 98) / 99;
}
