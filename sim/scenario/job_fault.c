/* See job_fault.h. */
#include "scenario/job_fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/value.h"
#include "scenario/active.h"
#include "scenario/record.h"
#include "scenario/scenario.h"
#include "store/noun.h"
#include "world/image/image.h"
#include "world/snapshot/snapshot.h"

/* A job that a rule holds up. */
struct stuck_job {
    const char *id; /* the job's */
    const char *account, *scenario, *subject;
    int64_t left; /* virtual ms it would still have taken */
};

const struct schema stuck_job_schema = {
    .name = "stuck_job",
    .was = "stuck",
    .size = sizeof(struct stuck_job),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct stuck_job, id), .column = "id" },
            { TEXT_FIELD(struct stuck_job, account), .column = "account", .flags = FIELD_OWNER },
            { TEXT_FIELD(struct stuck_job, scenario), .column = "scenario" },
            { TEXT_FIELD(struct stuck_job, subject), .column = "subject" },
            { INT_FIELD(struct stuck_job, left), .column = "left" },
            { 0 } },
};

static const char *const names[] = { "image",    "image-copy",    "image-registration",
                                     "snapshot", "snapshot-copy", "import",
                                     "tiering",  "command",       NULL };

bool job_name_known(const char *glob)
{
    for (const char *const *name = names; *name; name++) {
        if (text_glob(glob, *name))
            return true;
    }
    return false;
}

const char *job_names(struct call *c)
{
    struct list all = { 0 };
    for (const char *const *name = names; *name; name++)
        strs_add(c->a, &all, *name);
    return arena_printf(c->a, "one of %s", strs_join(c->a, &all, ", "));
}

/* The name of a job by what it works on; NULL: rules cannot name it. */
static const char *name_of(struct call *c, const struct job *job)
{
    struct image image;
    struct snapshot snapshot;
    if (text_is(job->kind, "image_ready") && image_find(c, job->subject, &image))
        return image.source_instance ? "image"
               : image.source_image  ? "image-copy"
                                     : "image-registration";
    if (text_is(job->kind, "end_snapshot") && snapshot_find(c, job->subject, &snapshot))
        return snapshot.is_copy == YES ? "snapshot-copy" : "snapshot";
    return text_is(job->kind, "end_import")      ? "import"
           : text_is(job->kind, "end_tiering")   ? "tiering"
           : text_is(job->kind, "command_begin") ? "command"
                                                 : NULL;
}

int64_t job_faults_mark(struct call *c)
{
    if (!c->sim->scenarios || !c->sim->scenarios->about_jobs)
        return ABSENT;
    int64_t last = store_number(c->store, "SELECT max(id) FROM job", NULL);
    return last == ABSENT ? 0 : last;
}

/* ---- What happens to a job ---- */

/* When the noun will show itself done: nouns that show progress know it. */
static void set_due(struct call *c, const struct job *job, int64_t due)
{
    static const char *const updates[][2] = {
        { "end_snapshot", "UPDATE snapshot SET due = ? WHERE id = ?" },
        { "end_import", "UPDATE import_snapshot_task SET due = ? WHERE id = ?" },
        { "end_tiering", "UPDATE snapshot_tiering SET due = ? WHERE id = ?" },
    };
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        if (text_is(job->kind, updates[i][0]))
            store_exec(c->store, updates[i][1], SQL_ARGS(SQL_INT(due), SQL_TEXT(job->subject)));
    }
}

static void drop(struct call *c, const struct job *job)
{
    store_exec(c->store, "DELETE FROM job WHERE id = ?", SQL_ARGS(SQL_INT(job->id)));
}

/* A hundred years; whoever waits for it keeps waiting. */
#define NEVER (INT64_C(100) * 366 * 24 * 3600 * 1000)

static void put_off(struct call *c, const struct job *job, int64_t due)
{
    store_exec(c->store, "UPDATE job SET due = ? WHERE id = ? AND subject = ?",
               SQL_ARGS(SQL_INT(due), SQL_INT(job->id), SQL_TEXT(job->subject)));
    set_due(c, job, due);
}

static void hold_up(struct call *c, const struct job *job, const struct fault_rule *r)
{
    struct stuck_job s = { .id = arena_printf(c->a, "%lld", (long long)job->id),
                           .account = c->account,
                           .scenario = arena_strndup(c->a, r->id, strcspn(r->id, "/")),
                           .subject = job->subject,
                           .left = job->due - c->now };
    store_put(c, &stuck_job_schema, &s);
    put_off(c, job, c->now + NEVER);
}

static bool job_of(struct call *c, const struct stuck_job *s, struct job *ret)
{
    *ret = (struct job){ .id = strtoll(s->id, NULL, 10), .subject = s->subject };
    ret->kind = store_word(c, "SELECT kind FROM job WHERE id = ? AND subject = ?",
                           SQL_ARGS(SQL_INT(ret->id), SQL_TEXT(s->subject)));
    return ret->kind != NULL;
}

void job_faults_release(struct call *c, const char *scenario)
{
    struct list all =
        store_list(c, &stuck_job_schema, "scenario = ?", SQL_ARGS(SQL_TEXT(scenario)));
    LIST_EACH (struct stuck_job, s, &all) {
        struct job job;
        if (job_of(c, s, &job))
            put_off(c, &job, c->now + s->left);
        store_remove(c, &stuck_job_schema, s->id);
    }
}

static void let_fail(struct call *c, const struct job *job, const struct fault_rule *r)
{
    const struct fault_job *fault = &r->what.job;
    struct value *v = value_new(c->a, VALUE_MAP);
    value_add_text(c->a, v, "job", job->kind);
    value_add_text(c->a, v, "rule", r->id);
    value_add_text(c->a, v, "code", fault->code ? fault->code : "Client.InternalError");
    value_add_text(c->a, v, "reason", fault->fail);
    value_add_bool(c->a, v, "disable_key", fault->disable_key == YES);
    int64_t percent = fault->progress == ABSENT ? 99 : fault->progress;
    drop(c, job);
    job_after(c, (job->due - c->now) * percent / 100, "fault_strikes", job->subject,
              value_to_json(c->a, v, 0));
}

static void strike(struct call *c, const struct job *job, const struct fault_rule *r)
{
    const struct fault_job *fault = &r->what.job;
    if (fault->fail)
        let_fail(c, job, r);
    else if (fault->stuck == YES)
        hold_up(c, job, r);
    else
        put_off(c, job, c->now + (int64_t)((double)(job->due - c->now) * r->what.slower));
    record_fault(c, job->subject, r->id);
}

static void meet(struct call *c, const struct job *job)
{
    struct match_context o = { .job = name_of(c, job), .resource = job->subject };
    if (!o.job)
        return;
    for (const struct fault_rule *r = match_next(c, &o); r; r = match_next(c, &o)) {
        if (!fault_rule_fires(c, r))
            continue;
        strike(c, job, r);
        return;
    }
}

static struct list queued_since(struct call *c, int64_t mark)
{
    struct list jobs = { 0 };
    struct rows *r = store_query(c->store,
                                 "SELECT id, due, kind, account, region, subject, argument FROM job"
                                 " WHERE id > ? ORDER BY id",
                                 SQL_ARGS(SQL_INT(mark)));
    while (rows_next(r))
        *list_add(c->a, &jobs, struct job) = (struct job){ .id = rows_int(r, 0),
                                                           .due = rows_int(r, 1),
                                                           .kind = rows_text(r, 2, c->a),
                                                           .account = rows_text(r, 3, c->a),
                                                           .region = rows_text(r, 4, c->a),
                                                           .subject = rows_text(r, 5, c->a),
                                                           .argument = rows_text(r, 6, c->a) };
    return jobs;
}

void job_faults_apply(struct call *c, int64_t mark, const struct job *running)
{
    if (mark == ABSENT)
        return;
    struct list jobs = queued_since(c, mark);
    LIST_EACH (struct job, job, &jobs) {
        bool itself =
            running && text_is(job->kind, running->kind) && text_is(job->subject, running->subject);
        if (!itself)
            meet(c, job);
    }
}

void job_fault_read(struct call *c, const char *argument, struct job_fault *ret)
{
    const char *error;
    const struct value *v = value_from_json(c->a, argument, strlen(argument), &error);
    const struct value *flag = value_get(v, "disable_key");
    *ret = (struct job_fault){ .job = value_text(v, "job"),
                               .rule = value_text(v, "rule"),
                               .code = value_text(v, "code"),
                               .reason = value_text(v, "reason"),
                               .disable_key = flag && flag->flag };
}
