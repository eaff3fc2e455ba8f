/* See job.h. */
#include "time/job.h"

#include "base/field.h"
#include "store/store.h"

void job_after(struct call *c, int64_t delay, const char *kind, const char *subject,
               const char *argument)
{
    store_exec(c->store,
               "INSERT INTO job (due, kind, account, region, subject, argument)"
               " VALUES (?, ?, ?, ?, ?, ?)",
               SQL_ARGS(SQL_INT(c->now + delay), SQL_TEXT(kind), SQL_TEXT(c->account),
                        SQL_TEXT(c->region), SQL_TEXT(subject),
                        SQL_TEXT(argument ? argument : "")));
}

void job_cancel(struct call *c, const char *kind, const char *subject)
{
    store_exec(c->store, "DELETE FROM job WHERE subject = ?1 AND (?2 IS NULL OR kind = ?2)",
               SQL_ARGS(SQL_TEXT(subject), SQL_TEXT(kind)));
}

bool job_take(struct store *s, int64_t by, struct arena *a, struct job *ret)
{
    struct rows *r = store_query(s,
                                 "SELECT id, due, kind, account, region, subject, argument FROM job"
                                 " WHERE due <= ? ORDER BY due, id LIMIT 1",
                                 SQL_ARGS(SQL_INT(by)));
    if (!rows_next(r))
        return false;
    *ret = (struct job){ .id = rows_int(r, 0),
                         .due = rows_int(r, 1),
                         .kind = rows_text(r, 2, a),
                         .account = rows_text(r, 3, a),
                         .region = rows_text(r, 4, a),
                         .subject = rows_text(r, 5, a),
                         .argument = rows_text(r, 6, a) };
    rows_end(r);
    store_exec(s, "DELETE FROM job WHERE id = ?", SQL_ARGS(SQL_INT(ret->id)));
    return true;
}

int64_t job_next_due(struct store *s)
{
    return store_number(s, "SELECT min(due) FROM job", NULL);
}

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
